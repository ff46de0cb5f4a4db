"""Fair timing: the two sides in turn, CPU time, medians."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: our figure, the other one, and how many times better ours is."""

    work: str
    ours: str
    beside: str = ""
    ratio: str = ""
    note: str = ""


def in_turn(
    ours: Callable[[], object], beside: Callable[[], object], rounds: int = 5
) -> tuple[float, float]:
    """CPU seconds of each side, median of `rounds` taken alternately after one warm-up."""
    ours()
    beside()
    spent: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds):
        for side, times in zip((ours, beside), spent, strict=True):
            began = time.process_time()
            side()
            times.append(time.process_time() - began)
    return statistics.median(spent[0]), statistics.median(spent[1])


def alone(work: Callable[[], object], rounds: int = 5) -> float:
    """CPU seconds of one round, median."""
    work()
    times = []
    for _ in range(rounds):
        began = time.process_time()
        work()
        times.append(time.process_time() - began)
    return statistics.median(times)


def percentile(values: list[float], share: float) -> float:
    """The value below which `share` of `values` lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
