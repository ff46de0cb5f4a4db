"""A topic's signals per day as a small picture, drawn with attributes only (no inline styles)."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 300, 56
_GAP = 2
_HAIRLINE = 1.5


@dataclass(frozen=True, slots=True)
class Bar:
    """One day's place in the picture, in the units of a WIDTH by HEIGHT view box."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Sparkline:
    """Bars from the oldest day to the last 24 hours, of which `latest` is the count."""

    bars: tuple[Bar, ...]
    total: int
    latest: int


def sparkline(counts: Sequence[int]) -> Sparkline | None:
    """Draw daily `counts`, oldest first; None when nothing happened on any day."""
    highest = max(counts, default=0)
    if highest <= 0:
        return None
    step = WIDTH / len(counts)
    bars = tuple(
        _bar(place * step, step - _GAP, count / highest) for place, count in enumerate(counts)
    )
    return Sparkline(bars, sum(counts), counts[-1])


def _bar(x: float, width: float, share: float) -> Bar:
    # A day without signals keeps a hairline, so that the row of days stays visible.
    height = max(_HAIRLINE, HEIGHT * share)
    return Bar(round(x, 2), round(HEIGHT - height, 2), round(max(1.0, width), 2), round(height, 2))
