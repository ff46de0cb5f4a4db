"""Weeklies: a review of the week for each reader who wants one, on a schedule of its own.

It may show again what daily digests brought, and moves nothing of their window. What a week's
report speaks of was chosen once for all (bot/jobs/weekly_issues.py); a reader's wishes narrow it.
Where editors look at it first, readers wait until it is out: one whose day comes before that gets
it as soon as it is, once. Of several that are due, as after a pause of ours, the newest comes.
"""

import hashlib
import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum, auto
from zoneinfo import ZoneInfo

from bot.jobs.press import Press
from bot.jobs.readers import awake_and_asleep, is_placed
from bot.jobs.weekly_issues import WeeklyIssues
from digest.compose import next_weekly_push_at
from digest.model import (
    Button,
    DigestKind,
    Message,
    Picture,
    Signal,
    Subscriber,
    Subscription,
    Wishes,
)
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
_LOOK_AGAIN = timedelta(minutes=30)
_DAYS_BACK = timedelta(days=70)


class _Standing(Enum):
    """What a week without a report to show means to its readers."""

    WAIT = auto()
    NOTHING = auto()


@dataclass(frozen=True, slots=True)
class _Turn:
    """Which week a reader gets now, and when the next one is due: at once, where that waits."""

    week: Week
    upcoming: datetime | None


@dataclass(frozen=True, slots=True)
class _Waiting:
    """Up to whom all readers wait for an editor, or sleep: while `mark` is so, and `until`."""

    mark: str
    until: datetime
    last: Subscriber


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
        self._waiting: _Waiting | None = None

    async def run(self, now: datetime, limit: int) -> int:
        """Plan every weekly that is due, `limit` readers at a time. Returns the messages owed."""
        total = 0
        mark = await self._mark(now)
        held = self._waiting
        if held and (held.mark != mark or now >= held.until):
            held = None
        # Nobody who waits for an editor is read again every few seconds.
        last, waits = (held.last, True) if held else (None, False)
        until = held.until if held else now + _LOOK_AGAIN
        weeks = _Weeks(self._storage, self._issues, self._press, now)
        while due := await self._storage.subscribers.due_weekly(now, limit, after=last):
            last = due[-1]
            placed = [one for one in due if is_placed(one)]
            turns = {one.id: await _turn(one.subscription, weeks, now) for one in placed}
            ready = [one for one in placed if turns[one.id]]
            # Whoever sleeps stays due: of another moment it would be another week.
            awake, asleep = awake_and_asleep(ready, now, lambda one: one.next_weekly_at)
            until = min([until, *(one.next_digest_at or until for one in asleep)])
            waits = waits or len(awake) < len(placed)
            total += await self._run(awake, turns, weeks, now)
            # Those who wait, or for whom planning fails, stay due.
            if len(due) < limit:
                break
        self._waiting = _Waiting(mark, until, last) if waits and last else None
        return total

    async def _mark(self, now: datetime) -> str:
        """What changes as soon as readers may have to wait no longer."""
        drafts = await self._storage.weeklies.drafts()
        policy = await self._storage.weeklies.policy()
        waiting = [(one.week, one.revision) for one in drafts]
        return repr((policy, waiting, self._issues.last_week(now)))

    async def _run(
        self,
        due: Iterable[Subscriber],
        turns: Mapping[int, _Turn | None],
        weeks: "_Weeks",
        now: datetime,
    ) -> int:
        groups: dict[_Group, list[Recipient]] = defaultdict(list)
        for subscriber in due:
            turn = turns[subscriber.id]
            if turn is not None:
                group = _group(subscriber, turn.week)
                groups[group].append(_recipient(subscriber, turn.upcoming))
        made = 0
        for group, recipients in groups.items():
            try:
                made += await self._plan(group, recipients, weeks, now)
            except Exception:  # the boundary: one weekly that fails must not cost others theirs
                log.exception("a weekly for %d readers could not be planned", len(recipients))
        return made

    async def _plan(
        self, group: _Group, recipients: Sequence[Recipient], weeks: "_Weeks", now: datetime
    ) -> int:
        found = await weeks.of(group.week, group.zone)
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


async def _turn(subscription: Subscription, weeks: _Weeks, now: datetime) -> _Turn | None:
    """The newest week that a reader has come due for and that is out; None while all wait.

    What is older than that one does not come any more, what is newer stays due.
    """
    upcoming = next_weekly_push_at(subscription, now)
    for push in reversed(_pushes(subscription, now)):
        week = _week_of(subscription, push)
        if not await weeks.waits(week):
            return _Turn(week, upcoming)
        upcoming = push
    return None


def _pushes(subscription: Subscription, now: datetime) -> list[datetime]:
    """The moment that a reader is due, and those that passed since, the oldest first."""
    due = subscription.next_weekly_at or now
    found = [due]
    following = next_weekly_push_at(subscription, max(due, now - _DAYS_BACK))
    while following is not None and following <= now:
        found.append(following)
        following = next_weekly_push_at(subscription, following)
    return found


def _week_of(subscription: Subscription, push: datetime) -> Week:
    """The week that a weekly of this moment is about, by the day that the reader chose."""
    zone, chosen = subscription.zone, subscription.weekly
    day = push.astimezone(ZoneInfo(zone)).date()
    before = day - timedelta(days=1)
    if chosen is not None and day.weekday() != chosen.day == before.weekday():
        day = before  # quiet hours held it overnight
    week = Week.of(day)
    return week.moved(-1) if day.weekday() <= _LOOKS_BACK_UNTIL else week


def _group(subscriber: Subscriber, week: Week) -> _Group:
    subscription = subscriber.subscription
    wishes = replace(subscription.wishes.normal(), lang=subscriber.lang)
    return _Group(wishes, subscription.zone, week)


def _recipient(subscriber: Subscriber, upcoming: datetime | None) -> Recipient:
    return Recipient(
        subscriber_id=subscriber.id,
        next_digest_at=upcoming,
        expected_next=subscriber.subscription.next_weekly_at,
    )
