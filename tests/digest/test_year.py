"""A year of days in forty zones: every digest is due once a day, and quiet hours are kept.

The expectations come from looking at the wall clock minute by minute, not from our own sums.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from digest.compose import (
    next_digest_at,
    next_push_at,
    next_weekly_at,
    next_weekly_push_at,
    quiet_until,
)
from digest.wishes import Subscription, WeeklyTime

YEAR = 2026
ZONES = (
    "Africa/Cairo", "Africa/Casablanca", "Africa/Johannesburg", "Africa/Lagos", "Africa/Nairobi",
    "America/Anchorage", "America/Argentina/Buenos_Aires", "America/Asuncion", "America/Bogota",
    "America/Chicago", "America/Havana", "America/Los_Angeles", "America/Mexico_City",
    "America/New_York", "America/Nuuk", "America/Santiago", "America/Sao_Paulo",
    "America/Scoresbysund", "America/St_Johns", "Antarctica/Troll", "Asia/Beirut", "Asia/Dubai",
    "Asia/Gaza", "Asia/Jerusalem", "Asia/Kathmandu", "Asia/Kolkata", "Asia/Shanghai",
    "Asia/Tehran", "Asia/Tokyo", "Atlantic/Azores", "Australia/Adelaide", "Australia/Eucla",
    "Australia/Lord_Howe", "Australia/Sydney", "Europe/Dublin", "Europe/London",
    "Europe/Moscow", "Pacific/Apia", "Pacific/Chatham", "Pacific/Kiritimati",
)  # fmt: skip
assert len(ZONES) == 40
# Years in which clocks did what they no longer do: changes at midnight and one minute past it, a
# day left out, half an hour dropped for good, changes for the month of fasting.
ODD_YEARS = (
    ("America/St_Johns", 2010), ("America/Sao_Paulo", 2018), ("Pacific/Apia", 2011),
    ("America/Caracas", 2016), ("Asia/Pyongyang", 2018), ("Asia/Pyongyang", 2015),
    ("Africa/Casablanca", 2019), ("America/Scoresbysund", 2024), ("Asia/Amman", 2022),
    ("Europe/Istanbul", 2016), ("Asia/Tehran", 2021), ("America/Havana", 2012),
)  # fmt: skip
PLACES = (*((zone, YEAR) for zone in ZONES), *ODD_YEARS)
# A morning and an evening; around midnight; in the small hours, when clocks are changed.
CLOCKS = (time(23, 45), time(20, 30), time(2, 15), time(1, 45), time(8, 30), time(0, 0))
QUIETS = (
    (time(23), time(7)),
    (time(22, 30), time(0, 0)),
    (time(0), time(2, 30)),
    (time(1, 45), time(1, 15)),
    (time(12), time(14)),
)

STEP = timedelta(minutes=15)
MINUTE = timedelta(minutes=1)


class Wall:
    """What a clock on the wall of a zone shows, every quarter of an hour of a year and a bit."""

    def __init__(self, zone: str, year: int) -> None:
        self.zone = ZoneInfo(zone)
        self.start = datetime(year - 1, 12, 28, tzinfo=UTC)
        self.end = datetime(year + 1, 1, 5, tzinfo=UTC)
        count = (self.end - self.start) // STEP
        self.shown = [self.at(self.moment(place)) for place in range(count)]

    def moment(self, place: int) -> datetime:
        """When the clock is looked at for the time of that number."""
        return self.start + STEP * place

    def at(self, moment: datetime) -> datetime:
        """The wall clock at a moment."""
        return moment.astimezone(self.zone).replace(tzinfo=None)

    def reached(self, clocks: tuple[time, ...]) -> Iterator[tuple[date, datetime]]:
        """For each day of the calendar and each clock time: the first moment it is that late."""
        days = (self.end - self.start).days
        wanted = sorted(
            datetime.combine(self.start.date() + timedelta(days=number), clock)
            for number in range(2, days - 2)
            for clock in clocks
        )
        at = 0
        for wall in wanted:
            while self.shown[at] < wall:
                at += 1
            yield wall.date(), self._refined(at, lambda shown, wall=wall: shown >= wall)

    def first(self, moment: datetime, fits: Callable[[datetime], bool]) -> datetime:
        """The first minute from `moment` on at which what is shown fits.

        What only shows because clocks were set back does not count: whoever sleeps sleeps on.
        """
        if fits(self.at(moment)):
            return moment
        at = (moment - self.start) // STEP + 1
        while not fits(self.shown[at]) or self.shown[at] < self.shown[at - 1]:
            set_back = self.shown[at] < self.shown[at - 1]
            while set_back and fits(self.shown[at]):
                at += 1
            at += not fits(self.shown[at])
        return max(moment, self._refined(at, fits))

    def _refined(self, at: int, fits: Callable[[datetime], bool]) -> datetime:
        evenly = self.shown[at] - self.shown[at - 1] == STEP
        if evenly and not fits(self.shown[at] - MINUTE):
            return self.moment(at)  # no clock was set: it fits from there on
        moment = self.moment(at - 1) + MINUTE
        while not fits(self.at(moment)):
            moment += MINUTE
        return moment


@pytest.fixture(scope="module")
def walls() -> dict[tuple[str, int], Wall]:
    """Those made so far, kept for this module's tests, which come in any order."""
    return {}


@pytest.fixture(params=PLACES, ids=lambda place: f"{place[0]}-{place[1]}")
def wall(request: pytest.FixtureRequest, walls: dict[tuple[str, int], Wall]) -> Wall:
    if request.param not in walls:
        walls[request.param] = Wall(*request.param)
    return walls[request.param]


def walked(
    following: Callable[[Subscription, datetime], datetime | None],
    subscription: Subscription,
    wall: Wall,
) -> list[datetime]:
    """The moments one after another, as the planner meets them, for the year and a day around."""
    now = wall.start + timedelta(days=2)
    found: list[datetime] = []
    while now < wall.end - timedelta(days=3):
        later = following(subscription, now)
        assert later is not None
        assert later > now
        found.append(now := later)
    return found


def inside(moments: list[datetime], wall: Wall) -> list[datetime]:
    """Those well within the year, where both lists are whole."""
    year = wall.start.year + 1
    first, last = datetime(year, 1, 1, tzinfo=UTC), datetime(year, 12, 31, 23, tzinfo=UTC)
    return [moment for moment in moments if first <= moment <= last]


def quiet(shown: datetime, start: time, end: time) -> bool:
    if start < end:
        return start <= shown.time() < end
    return not end <= shown.time() < start


def test_each_daily_digest_is_due_once_per_local_day(wall: Wall):
    for clocks in (*((one,) for one in CLOCKS), CLOCKS):
        subscription = Subscription(zone=wall.zone.key, digest_times=clocks)
        due = inside(walked(next_digest_at, subscription, wall), wall)
        reached = list(wall.reached(clocks))
        assert due == inside(sorted({moment for _day, moment in reached}), wall), clocks
        if len(clocks) == 1:
            days = Counter(wall.at(moment).date() for moment in due)
            # Only a time that the clocks or the calendar leave out may come on the day after.
            late = {
                wall.at(moment).date() for day, moment in reached if wall.at(moment).date() != day
            }
            assert {day for day, count in days.items() if count != 1} <= late, clocks
            assert len(days) >= 364, clocks


def test_quiet_hours_end_when_the_clock_on_the_wall_says_so(wall: Wall):
    for start, end in QUIETS:
        subscription = Subscription(zone=wall.zone.key, quiet_from=start, quiet_to=end)
        for moment in around_changes(wall):
            if quiet(wall.at(moment), start, end):
                awake = wall.first(moment, awake_by(start, end))
                assert quiet_until(subscription, moment) == awake, (moment, start, end)
            else:
                assert quiet_until(subscription, moment) is None, (moment, start, end)


def awake_by(start: time, end: time) -> Callable[[datetime], bool]:
    return lambda shown: not quiet(shown, start, end)


def around_changes(wall: Wall) -> Iterator[datetime]:
    """Odd minutes of three days: some day in March, and the days on which the clocks change."""
    year = wall.start.year + 1
    days = {datetime(year, 3, 10, tzinfo=UTC)}
    before = None
    for place, shown in enumerate(wall.shown):
        moment = wall.moment(place)
        offset = shown - moment.replace(tzinfo=None)
        if before is not None and offset != before and moment < wall.end - timedelta(days=3):
            days.add(moment)
        before = offset
    for day in sorted(days):
        for number in range(-60, 60):
            yield day + number * timedelta(minutes=23)


def test_each_day_brings_one_push_and_none_in_quiet_hours(wall: Wall):
    for clock, (start, end) in zip(CLOCKS, (*QUIETS, QUIETS[0]), strict=True):
        subscription = Subscription(
            zone=wall.zone.key, digest_times=(clock,), quiet_from=start, quiet_to=end
        )
        pushed = inside(walked(next_push_at, subscription, wall), wall)
        assert not [moment for moment in pushed if quiet(wall.at(moment), start, end)]
        held = (wall.first(moment, awake_by(start, end)) for _, moment in wall.reached((clock,)))
        assert pushed == inside(sorted(set(held)), wall), (clock, start, end)


def test_each_weekly_is_due_once_per_week(wall: Wall):
    for weekly in (WeeklyTime(0, time(9)), WeeklyTime(6, time(2, 15))):
        subscription = Subscription(zone=wall.zone.key, digest_times=(), weekly=weekly)
        due = inside(walked(next_weekly_at, subscription, wall), wall)
        expected = [
            moment for day, moment in wall.reached((weekly.at,)) if day.weekday() == weekly.day
        ]
        assert due == inside(expected, wall)
        assert len(due) in {52, 53}
        held = inside(walked(next_weekly_push_at, subscription, wall), wall)
        assert not [moment for moment in held if quiet(wall.at(moment), time(23), time(7))]
        assert len(held) in {52, 53}
