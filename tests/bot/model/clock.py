"""A clock that stands until it is moved."""

from datetime import UTC, datetime, timedelta


class MovedClock:
    def __init__(self) -> None:
        self.now = datetime(2026, 5, 12, 8, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> None:
        self.now += timedelta(**by)
