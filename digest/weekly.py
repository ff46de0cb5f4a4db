"""Weeks: ISO weeks, which begin on the Monday of somebody's own zone, and their counts."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from digest.compose import local_moment
from digest.regexes import regex

DAYS = 7
_ISO = regex(r"([0-9]{4})-W([0-9]{2})", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class Week:
    """An ISO week, written "2026-W48". Raises ValueError for one that no calendar has."""

    year: int
    number: int

    def __post_init__(self) -> None:
        date.fromisocalendar(self.year, self.number, 1)

    def __str__(self) -> str:
        return f"{self.year:04d}-W{self.number:02d}"

    @classmethod
    def of(cls, day: date) -> "Week":
        """The week in which `day` lies."""
        year, number, _ = day.isocalendar()
        return cls(year, number)

    @classmethod
    def at(cls, moment: datetime, zone: str) -> "Week":
        """The week that it is in `zone` (IANA) at `moment`."""
        return cls.of(moment.astimezone(ZoneInfo(zone)).date())

    @classmethod
    def read(cls, text: str) -> "Week | None":
        """The week written as "2026-W48", None for anything else."""
        found = _ISO.fullmatch(text)
        try:
            return cls(int(found[1]), int(found[2])) if found else None
        except ValueError:
            return None

    @property
    def monday(self) -> date:
        """Its first day."""
        return date.fromisocalendar(self.year, self.number, 1)

    @property
    def sunday(self) -> date:
        """Its last day."""
        return date.fromisocalendar(self.year, self.number, 7)

    def moved(self, weeks: int) -> "Week":
        """The week so many weeks later, or earlier. Raises OverflowError beyond the calendar."""
        return Week.of(self.monday + timedelta(weeks=weeks))

    def bounds(self, zone: str) -> tuple[datetime, datetime]:
        """Its first moment and that of the next week in `zone`, in UTC."""
        place = ZoneInfo(zone)
        return (
            local_moment(self.monday, time(), place),
            local_moment(self.monday + timedelta(days=DAYS), time(), place),
        )


@dataclass(frozen=True, slots=True)
class Tally:
    """The week in counts: signals in all and per column, and from how many sources."""

    signals: int = 0
    sources: int = 0
    by_column: Mapping[str, int] | None = None
