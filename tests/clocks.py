"""Clocks that are moved by hand."""

from datetime import datetime, timedelta


class HandClock:
    """Stands still at `now` until it is moved."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> None:
        self.now += timedelta(**by)
