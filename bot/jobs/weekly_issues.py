"""Makes the report of each week once it is over, and lets out the drafts that nobody looked at.

With review the report waits as a draft, from some hours before the earliest push on; without, it
is out at once.
"""

import logging
from contextlib import suppress
from datetime import datetime, time, timedelta
from typing import Protocol

from bot.clock import Clock
from digest.compose import local_moment
from digest.taxonomy import Taxonomy
from digest.weeklies.report import Intro, Report
from digest.weekly import Week
from storage import Stale, Storage
from storage.acts import SYSTEM
from storage.weekly_reading import make_report

log = logging.getLogger(__name__)

USUAL_PUSH = time(9)
"""When a week's report is wanted where no reader is due: Monday at this time."""


class Introduce(Protocol):
    """Whoever writes the sentences that introduce a week (bot/model/weekly.py)."""

    async def __call__(self, report: Report) -> Intro:
        """The sentences that hold, by language; none after any trouble."""


class WeeklyIssues:
    """The reports of weeks that are over, in the publication's own zone."""

    def __init__(
        self,
        storage: Storage,
        *,
        taxonomy: Taxonomy,
        clock: Clock,
        introduce: Introduce | None = None,
    ) -> None:
        self._storage = storage
        self._taxonomy = taxonomy
        self._clock = clock
        self._introduce = introduce

    @property
    def zone(self) -> str:
        """Where the publication is (IANA)."""
        return str(self._storage.numbers.zone)

    def last_week(self, now: datetime) -> Week:
        """The week that ended last."""
        return Week.at(now, self.zone).moved(-1)

    async def run_due(self) -> int:
        """Make the report that is due, let out drafts whose time has come. Returns how many."""
        now = self._clock()
        fallen = await self._storage.weeklies.fall(now)
        week = self.last_week(now)
        if await self._storage.weeklies.get(week) is not None:
            return len(fallen)
        policy = await self._storage.weeklies.policy()
        if policy.review and now < await self._wanted_at(week, policy.lead_hours):
            return len(fallen)
        return len(fallen) + await self.make(week)

    async def _wanted_at(self, week: Week, lead_hours: int) -> datetime:
        """When the draft is to come: some hours before the first reader is due."""
        end = week.bounds(self.zone)[1]
        monday = local_moment(week.moved(1).monday, USUAL_PUSH, self._storage.numbers.zone)
        earliest = await self._storage.weeklies.earliest_push(end) or monday
        return max(end, min(earliest, monday) - timedelta(hours=lead_hours))

    async def make(self, week: Week) -> bool:
        """Make and keep the report of a week that is over; False when there is one already."""
        now = self._clock()
        policy = await self._storage.weeklies.policy()
        report = await make_report(
            self._storage, week, self.zone, now, self._taxonomy, thorough=True
        )
        intro: Intro = {}
        if report is not None and self._introduce is not None:
            try:
                intro = await self._introduce(report)
            except Exception:  # the boundary: the report says all without an introduction
                log.exception("week %s is not introduced", week)
        falls_at = now + timedelta(hours=policy.fall_hours) if policy.fall_hours else None
        kept = await self._storage.weeklies.keep(
            week, report, now, intro=intro, review=policy.review, falls_at=falls_at
        )
        await self._let_lapse(week, now)
        return kept

    async def _let_lapse(self, week: Week, now: datetime) -> None:
        """Drafts of earlier weeks are overtaken: nobody wants last month's review."""
        for draft in await self._storage.weeklies.drafts():
            if draft.week < week:
                with suppress(Stale):
                    await self._storage.weeklies.skip(
                        draft, actor=SYSTEM, now=now, name="weekly.lapse"
                    )
