"""The memory of a process and of those it started, and whether it grows: from /proc, in KB."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Sample:
    """KB of the process at a second, and its open files.

    `own` memory, `mapped` files (programs, and pages of the database, which the system takes back
    at will), and the `whole` resident set with its children.
    """

    at: float
    own: int
    mapped: int
    whole: int
    files: int


def sample(pid: int, at: float) -> Sample:
    """What the process holds now. Raises ProcessLookupError when it is gone."""
    try:
        own, mapped = _status(pid, "RssAnon:"), _status(pid, "RssFile:")
        children = sum(_status(child, "VmRSS:") for child in _children(pid))
        files = len(list(Path(f"/proc/{pid}/fd").iterdir()))
    except FileNotFoundError:
        raise ProcessLookupError(pid) from None
    return Sample(at, own, mapped, own + mapped + children, files)


def slope(points: Sequence[tuple[float, float]]) -> float:
    """The steepness of the straight line nearest to `points`, 0 for fewer than two."""
    if len({at for at, _ in points}) < 2:
        return 0.0
    middle_at = sum(at for at, _ in points) / len(points)
    middle = sum(value for _, value in points) / len(points)
    above = sum((at - middle_at) * (value - middle) for at, value in points)
    return above / sum((at - middle_at) ** 2 for at, _ in points)


def _status(pid: int, name: str) -> int:
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace")
    found = status.partition(name)[2].split()
    return int(found[0]) if found else 0


def _children(pid: int) -> Iterator[int]:
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text(encoding="ascii").split():
            yield int(child)
            yield from _children(int(child))
