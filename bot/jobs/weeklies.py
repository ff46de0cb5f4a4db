"""Weeklies: a review of the week for each reader who wants one, on a schedule of its own.

It may show again what daily digests brought, and moves nothing of their window. What a week's
report speaks of was chosen once for all (bot/jobs/weekly_issues.py); a reader's wishes narrow it.
Where editors look at it first, readers wait until it is out.
"""

import hashlib
import logging
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum, auto
from zoneinfo import ZoneInfo

from bot.jobs.press import Press
from bot.jobs.readers import awake_and_asleep, is_placed
from bot.jobs.weekly_issues import WeeklyIssues
from digest.compose import next_weekly_push_at
from digest.model import Button, DigestKind, Message, Picture, Signal, Subscriber, Wishes
from digest.render import Rendering, column_rows, render_weekly
from digest.render.fit import escape
from digest.weeklies.choosing import NOW_TOO
from digest.weeklies.opened import Reach, Weekly
from digest.weekly import Week
from storage import PlannedDigest, Recipient, Storage
from storage.weeklies import IssueState
from storage.weekly_reading import Shown, make_report, open_report, shown_of

log = logging.getLogger(__name__)

# A weekly that comes early in a week is about the week before, a later one about its own.
_LOOKS_BACK_UNTIL = 2
_MOST_READ = 5000
_LOOK_AGAIN = timedelta(minutes=2)


class _Standing(Enum):
    """What a week without a report to show means to its readers."""

    WAIT = auto()
    NOTHING = auto()


@dataclass(frozen=True, slots=True)
class _Group:
    wishes: Wishes
    zone: str
    week: Week

    def key(self) -> str:
        return hashlib.sha256(repr((self.wishes, self.zone, self.week)).encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class _Material:
    """What a week holds, read once for all readers of a zone."""

    shown: Shown
    signals: tuple[Signal, ...]


class Weeklies:
    """Plans the weeklies that are due; the sender sends them."""

    def __init__(self, storage: Storage, press: Press) -> None:
        self._storage = storage
        self._press = press
        self._issues = WeeklyIssues(storage, taxonomy=press.taxonomy, clock=press.clock)
        self._held_up: tuple[datetime | None, str] = (None, "")

    async def run(self, now: datetime, limit: int) -> int:
        """Plan every weekly that is due, `limit` readers at a time. Returns the messages owed."""
        if await self._is_held_up(now):
            return 0
        total = waiting = 0
        weeks = _Weeks(self._storage, self._issues, self._press, now)
        last: Subscriber | None = None
        while due := await self._storage.subscribers.due_weekly(now, limit, after=last):
            last = due[-1]
            placed = [one for one in due if is_placed(one)]
            ready = [one for one in placed if not await weeks.waits(_group(one, now).week)]
            waiting += len(placed) - len(ready)
            awake, asleep = awake_and_asleep(ready, now, lambda one: one.next_weekly_at)
            if asleep:
                await self._storage.digests.skip_weekly(asleep)
            total += await self._run(awake, weeks, now)
            # Those who wait, or for whom planning fails, stay due.
            if len(due) < limit:
                break
        if waiting:
            self._held_up = now + _LOOK_AGAIN, await self._mark()
        return total

    async def _is_held_up(self, now: datetime) -> bool:
        """Whether readers wait for an editor: then not all of them are read every few seconds."""
        until, mark = self._held_up
        return until is not None and now < until and mark == await self._mark()

    async def _mark(self) -> str:
        """What changes as soon as readers may have to wait no longer."""
        drafts = await self._storage.weeklies.drafts()
        policy = await self._storage.weeklies.policy()
        return repr((policy, [(one.week, one.revision) for one in drafts]))

    async def _run(self, due: Iterable[Subscriber], weeks: "_Weeks", now: datetime) -> int:
        groups: dict[_Group, list[Subscriber]] = defaultdict(list)
        for subscriber in due:
            groups[_group(subscriber, now)].append(subscriber)
        made = 0
        for group, members in groups.items():
            try:
                made += await self._plan(group, members, weeks, now)
            except Exception:  # the boundary: one weekly that fails must not cost others theirs
                log.exception("a weekly for %d readers could not be planned", len(members))
        return made

    async def _plan(
        self, group: _Group, members: Iterable[Subscriber], weeks: "_Weeks", now: datetime
    ) -> int:
        found = await weeks.of(group.week, group.zone)
        recipients = [_recipient(member, now) for member in members]
        weekly = None
        if isinstance(found, _Material):
            weekly = await open_report(
                self._storage,
                found.shown,
                now,
                self._press.taxonomy,
                reach=Reach(group.wishes),
                wider=found.signals,
            )
        if weekly is None:
            await self._storage.digests.skip_weekly(recipients)
            return 0
        planned = self._planned(group, weekly, now)
        return await self._storage.digests.plan_weekly(planned, recipients)

    def _planned(self, group: _Group, weekly: Weekly, now: datetime) -> PlannedDigest:
        rendering = self._press.rendering(group.wishes, group.zone)
        message = pushed(weekly, rendering)
        return PlannedDigest(
            kind=DigestKind.WEEKLY,
            group_key=group.key(),
            window_from=weekly.report.window_from,
            window_to=now,
            lang=group.wishes.lang,
            signal_ids=message.signals,
            parts=self._press.bodies([message]),
            part_signals=[message.signals],
            wishes=group.wishes,
            look=replace(rendering, zone=weekly.zone, now=None).look,
            part_blocks=[message.blocks],
        )


class _Weeks:
    """The weeks that readers are due for, each read once in a run."""

    def __init__(
        self, storage: Storage, issues: WeeklyIssues, press: Press, now: datetime
    ) -> None:
        self._storage = storage
        self._issues = issues
        self._press = press
        self._now = now
        self._shown: dict[Week, Shown | _Standing | None] = {}
        self._found: dict[tuple[Week, str], _Material | _Standing] = {}

    async def of(self, week: Week, zone: str) -> _Material | _Standing:
        """What readers in `zone` get of a week."""
        key = (week, zone)
        if key not in self._found:
            self._found[key] = await self._read(week, zone)
        return self._found[key]

    async def waits(self, week: Week) -> bool:
        """Whether readers have to wait for an editor."""
        if week not in self._shown:
            self._shown[week] = await self._standing(week)
        return self._shown[week] is _Standing.WAIT

    async def _read(self, week: Week, zone: str) -> _Material | _Standing:
        await self.waits(week)
        shown = self._shown[week]
        if isinstance(shown, _Standing):
            return shown
        if shown is None:  # it goes on, where the publication is
            made = await make_report(self._storage, week, zone, self._now, self._press.taxonomy)
            if made is None:
                return _Standing.NOTHING
            shown = Shown(made)
        start, end = week.bounds(zone)
        report = replace(shown.report, zone=zone)
        signals = await self._storage.weeklies.week_signals(
            start, min(end, self._now + NOW_TOO), limit=_MOST_READ
        )
        return _Material(replace(shown, report=report), signals)

    async def _standing(self, week: Week) -> Shown | _Standing | None:
        """The report that is out, or how readers stand to it; None while the week goes on."""
        last = self._issues.last_week(self._now)
        issue = await self._storage.weeklies.get(week)
        if issue is None:
            if (await self._storage.weeklies.policy()).review:
                return _Standing.WAIT if week >= last else _Standing.NOTHING
            if week > last:
                return None
            await self._issues.make(week)
            issue = await self._storage.weeklies.get(week)
        if issue is not None and issue.state is IssueState.DRAFT:
            return _Standing.WAIT
        return (shown_of(issue) if issue else None) or _Standing.NOTHING


def pushed(weekly: Weekly, rendering: Rendering) -> Message:
    """The weekly as readers are sent it: with its picture where pages can be reached."""
    message = render_weekly(weekly, rendering)
    # It repeats what dailies brought, and says so.
    note = escape(rendering.texts("digest.weekly_end"))
    links, week = rendering.links, str(weekly.week)
    page: tuple[tuple[Button, ...], ...] = ()
    picture = None
    if links.usable:
        page = ((Button(rendering.texts("weekly.page"), url=links.week(week)),),)
        if weekly.complete:
            picture = Picture("", links.week_picture(week, rendering.lang))
    return replace(
        message,
        text=f"{message.text}\n\n<i>{note}</i>",
        buttons=(*message.buttons, *column_rows(weekly, rendering), *page),
        picture=picture,
    )


def _group(subscriber: Subscriber, now: datetime) -> _Group:
    subscription = subscriber.subscription
    due = subscription.next_weekly_at or now
    week = Week.at(due, subscription.zone)
    if due.astimezone(ZoneInfo(subscription.zone)).weekday() <= _LOOKS_BACK_UNTIL:
        week = week.moved(-1)
    wishes = replace(subscription.wishes.normal(), lang=subscriber.lang)
    return _Group(wishes, subscription.zone, week)


def _recipient(subscriber: Subscriber, now: datetime) -> Recipient:
    return Recipient(
        subscriber_id=subscriber.id,
        next_digest_at=next_weekly_push_at(subscriber.subscription, now),
        expected_next=subscriber.subscription.next_weekly_at,
    )
