"""A row of counts as a small picture made of characters."""

from collections.abc import Sequence

_BARS = "▁▂▃▄▅▆▇█"


def sparkline(counts: Sequence[int]) -> str:
    """One character per count: ▁ for none, █ for the highest, at least ▂ for any other.

    Empty when nothing happened at all.
    """
    highest = max(counts, default=0)
    if highest <= 0:
        return ""
    steps = len(_BARS) - 1
    return "".join(
        _BARS[max(1, round(count / highest * steps)) if count else 0] for count in counts
    )
