"""Decide what is owed to whom: daily digests at each reader's hour, strong signals at once.

Readers who would get the same digest share one: they are grouped by wishes, window, zone and by
what they have already been given. Planning and the move of the reader's next hour are one
transaction, so a restart in between changes nothing.
"""

import asyncio
import hashlib
import logging
from bisect import bisect_right
from collections import defaultdict
from collections.abc import (
    AsyncIterator,
    Awaitable,
    Callable,
    Hashable,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from collections.abc import (
    Set as AbstractSet,
)
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.clock import Clock
from bot.jobs.alerts import Alerts
from bot.jobs.past import PastJob
from bot.jobs.posts import PostPushes, everyone
from bot.jobs.press import Press
from bot.jobs.readers import awake_and_asleep
from bot.jobs.trend_alerts import TrendAlerts
from bot.jobs.weeklies import Weeklies
from digest.audience import Circle
from digest.compose import compose, next_push_at
from digest.matching import Matching
from digest.model import Action, Digest, DigestKind, Signal, Subscriber, Subscription, Wishes
from digest.render import Links, render_digest
from digest.taxonomy import Taxonomy
from digest.trends import Trends
from digest.trends.telling import rising_for
from storage import (
    Daily,
    Pin,
    PlannedDigest,
    Recipient,
    Storage,
    Unread,
    allowances,
    chosen,
    unread,
    window_start,
)
from storage.upsert import chunks

log = logging.getLogger(__name__)

# So many weeklies and look-backs are planned at a time.
_REVIEWS = 500

_Windows = dict[datetime, tuple[Signal, ...]]


@dataclass(frozen=True, slots=True)
class _Today:
    """What the digests of all readers have in common at one moment."""

    report: Trends
    pinned: tuple[tuple[Signal, Pin], ...]
    _upcoming: dict[Hashable, datetime | None] = field(default_factory=dict)

    @property
    def pins(self) -> dict[int, bool]:
        """Which signals lead, and whether everywhere."""
        return {signal.id: pin.everywhere for signal, pin in self.pinned}

    def next_after(self, now: datetime, subscription: Subscription) -> datetime | None:
        """`next_push_at`, worked out once for all who keep the same hours."""
        zone, times, paused = subscription.zone, subscription.digest_times, subscription.paused
        hours = (now, zone, times, paused, subscription.quiet_from, subscription.quiet_to)
        if hours not in self._upcoming:
            self._upcoming[hours] = next_push_at(subscription, now)
        return self._upcoming[hours]

    def with_pinned(
        self, window: Sequence[Signal], known: Mapping[int, Signal]
    ) -> tuple[Signal, ...]:
        """`window` with the pinned signals that are older, as they are `known` where they are."""
        there = {signal.id for signal in window}
        older = (known.get(one.id, one) for one, _ in self.pinned if one.id not in there)
        return (*window, *older)


@dataclass(frozen=True, slots=True)
class _Group:
    wishes: Wishes
    zone: str
    since: datetime
    given: Unread
    capped: bool = False

    def key(self) -> str:
        given = (sorted(self.given.hidden), self.given.carried, sorted(self.given.unsure))
        parts = (self.wishes, self.zone, self.since, given, self.capped)
        return hashlib.sha256(repr(parts).encode()).hexdigest()[:32]


class Planner:
    """Plans deliveries; the sender sends them."""

    def __init__(  # noqa: PLR0913  wired once
        self,
        storage: Storage,
        *,
        taxonomy: Taxonomy,
        links: Links,
        clock: Clock,
        pack: Callable[[Action], str],
        wake_sender: Callable[[], None],
        circle: Callable[[], Awaitable[Circle]] = everyone,
        ahead: int | None = None,
    ) -> None:
        """`ahead`: with so many messages of digests waiting, no more are planned."""
        self._storage = storage
        self._clock = clock
        self._press = Press(taxonomy, links, clock, pack)
        self._alerts = Alerts(storage, self._press)
        self._posts = PostPushes(storage, self._alerts, circle)
        self._trends = TrendAlerts(storage, self._press)
        self._weeklies = Weeklies(storage, self._press)
        self._past = PastJob(storage, self._press)
        self._wake_sender = wake_sender
        self._ahead = ahead
        self._batches: Iterator[Sequence[int]] = iter(())
        # A digest and an alert that are planned at once would both carry the same signal.
        self._planning = asyncio.Lock()

    async def run_due(self, limit: int = 4000) -> int:
        """Plan the digests that are due, `limit` readers at a time. Returns the messages owed.

        Readers with the same wishes are planned together, wherever in the database they are.
        Where more are due than can be sent in a while, the rest is planned when it is their turn:
        with what is new by then, and without what was taken back.
        """
        total = 0
        async for some in self._in_turn(limit):
            now = self._clock()
            # Those for whom planning fails stay due, for the next time.
            ready = await self._storage.subscribers.due_among(some, now)
            async with self._planning:
                awake, asleep = awake_and_asleep(ready, now, lambda one: one.next_digest_at)
                if asleep:
                    await self._storage.digests.skip_daily(asleep)
                total += await self._run(awake, now)
        return total + await self._run_reviews(min(limit, _REVIEWS))

    async def _in_turn(self, limit: int) -> AsyncIterator[Sequence[int]]:
        """Readers who are due, until enough waits to be sent; the next time goes on from there."""
        looked = False  # once is enough: those for whom planning failed are still due
        while not await self._enough():
            some = next(self._batches, None)
            if some is not None:
                yield some
            elif looked:
                return
            else:
                due = await self._storage.subscribers.due_by_wishes(self._clock())
                self._batches, looked = chunks(due, limit), True

    async def _enough(self) -> bool:
        if self._ahead is None:
            return False
        waiting = self._storage.deliveries.digests_waiting(self._clock(), self._ahead)
        return await waiting >= self._ahead

    async def _run_reviews(self, limit: int) -> int:
        async with self._planning:
            made = await self._weeklies.run(self._clock(), limit)
            made += await self._past.run(self._clock(), limit)
        if made:
            self._wake_sender()
        return made

    async def plan_now(self, subscriber: Subscriber) -> int:
        """Plan a reader's next digest at once, whatever the hour. Returns the messages owed."""
        async with self._planning:
            return await self._run((subscriber,), self._clock())

    async def _run(self, due: Iterable[Subscriber], now: datetime) -> int:
        """Plan for these readers. What fails for some is logged, and tried again later."""
        today = _Today(
            await self._storage.trends.report(now), await self._storage.pins.signals(now)
        )
        windows, groups = await self._grouped(tuple(due), today, now)
        # Each number stands for one signal from here on, whichever windows it is in.
        known = await self._carried(groups)
        known |= {one.id: one for window in windows.values() for one in window}
        matching = Matching(known.values())
        dailies: list[Daily] = []
        for group, members in groups.items():
            again = [known[number] for number in group.given.carried if number in known]
            signals = chosen(windows[group.since], again, group.given)
            try:
                fitting = matching.fitting(group.wishes)
                dailies.append(self._daily(group, members, signals, fitting, today, now))
            except Exception:  # the boundary: one digest that fails must not cost others theirs
                log.exception("a digest for %d readers could not be planned", len(members))
            await asyncio.sleep(0)  # whoever waits for an answer does not wait for all of this
        made = await self._keep(dailies)
        if made:
            self._wake_sender()
        return made

    async def _keep(self, dailies: Sequence[Daily]) -> int:
        """Keep all of them at once; where that fails, each by itself."""
        try:
            return await self._storage.dailies.plan(dailies)
        except Exception:  # the boundary: one that cannot be kept must not cost others theirs
            log.exception("%d digests could not be kept together", len(dailies))
        made = 0
        for daily in dailies:
            try:
                made += await self._storage.dailies.plan((daily,))
            except Exception:  # the boundary, as above
                readers = len(daily.recipients)
                log.exception("a digest for %d readers could not be planned", readers)
        return made

    async def _carried(self, groups: Iterable[_Group]) -> dict[int, Signal]:
        """The signals that come again to anybody, by number."""
        numbers = sorted({number for group in groups for number in group.given.carried})
        if not numbers:
            return {}
        return {one.id: one for one in await self._storage.signals.get_many(numbers)}

    async def run_instant(self) -> int:
        """Plan pushes of strong new signals to those who want them at once. Returns how many.

        Looks back a little further than needed: planning a signal twice makes nothing new, so a
        crash between storing a signal and planning its alert loses nothing. A signal whose score
        changed meanwhile, as when others report it too, is looked at again.
        """
        async with self._planning:
            made = await self._alerts.run(self._clock())
        if made:
            self._wake_sender()
        return made

    async def run_trends(self) -> int:
        """Plan what is told of beginning trends to those who follow them. Returns how many."""
        async with self._planning:
            made = await self._trends.run(self._clock())
        if made:
            self._wake_sender()
        return made

    async def run_posts(self) -> int:
        """Plan pushes of posts to the audiences that editors chose. Returns the messages owed."""
        async with self._planning:
            made = await self._posts.run(self._clock())
        if made:
            self._wake_sender()
        return made

    async def _grouped(
        self, due: Sequence[Subscriber], today: _Today, now: datetime
    ) -> tuple[_Windows, dict[_Group, list[Subscriber]]]:
        """Those who get the same digest together, and the signals of each window."""
        by_window: dict[datetime, list[Subscriber]] = defaultdict(list)
        for subscriber in due:
            by_window[window_start(subscriber, now)].append(subscriber)
        windows = await self._windows(by_window, today, now)
        left = await allowances(self._storage, due, now)
        groups: dict[_Group, list[Subscriber]] = defaultdict(list)
        # Readers who were read together share equal subscriptions: most need no look at wishes.
        same: dict[tuple[object, ...], list[Subscriber]] = {}
        for since, members in by_window.items():
            ids = [member.id for member in members]
            given = await unread(self._storage, ids, windows[since], now)
            for member in members:
                mine, room = given[member.id], left[member.id]
                alike = (id(member.subscription), member.lang, mine, room)
                if alike not in same:
                    same[alike] = groups[_group(member, since, mine, room)]
                same[alike].append(member)
        return windows, groups

    async def _windows(self, starts: Iterable[datetime], today: _Today, now: datetime) -> _Windows:
        """The signals since each of the moments, read once: the longest window has them all.

        What is pinned is in every window.
        """
        longest = min(starts, default=now)
        signals = await self._storage.signals.window(longest, now)
        made = [signal.arrived_at for signal in signals]
        known = {signal.id: signal for signal in signals}
        return {
            since: today.with_pinned(signals[bisect_right(made, since) :], known)
            for since in starts
        }

    def _daily(
        self,
        group: _Group,
        members: Iterable[Subscriber],
        signals: Sequence[Signal],
        fitting: AbstractSet[int],
        today: _Today,
        now: datetime,
    ) -> Daily:
        digest = compose(
            signals,
            group.wishes,
            kind=DigestKind.DAILY,
            window_from=group.since,
            window_to=now,
            zone=group.zone,
            rising=rising_for(today.report, group.wishes),
            pins=today.pins,
            taxonomy=self._press.taxonomy,
            capped=group.capped,
            fitting=fitting,
            owed=group.given.unsure,
        )
        # What the day has no room for waits: the next digest looks back as far as this one.
        held = group.capped and (digest is None or digest.left_out > 0)
        recipients = [_recipient(member, today, now, held=held) for member in members]
        return Daily(self._planned(digest, group) if digest else None, recipients)

    def _planned(self, digest: Digest, group: _Group) -> PlannedDigest:
        rendering = self._press.rendering(group.wishes, group.zone)
        messages = render_digest(digest, rendering, self._press.entries)
        return PlannedDigest(
            kind=digest.kind,
            group_key=group.key(),
            window_from=digest.window_from,
            window_to=digest.window_to,
            lang=group.wishes.lang,
            signal_ids=tuple(signal.id for signal in digest.signals),
            parts=self._press.bodies(messages),
            part_signals=[message.signals for message in messages],
            wishes=group.wishes,
            look=replace(rendering, now=digest.window_to).look,
            part_blocks=[message.blocks for message in messages],
        )


def _group(subscriber: Subscriber, since: datetime, given: Unread, left: int | None) -> _Group:
    """Who a reader shares a digest with; `left` is how many signals the day has room for."""
    wishes = replace(subscriber.subscription.wishes.normal(), lang=subscriber.lang)
    zone = subscriber.subscription.zone
    if left is None or left >= wishes.max_items:
        return _Group(wishes, zone, since, given)
    return _Group(replace(wishes, max_items=left), zone, since, given, capped=True)


def _recipient(subscriber: Subscriber, today: _Today, now: datetime, *, held: bool) -> Recipient:
    subscription = subscriber.subscription
    return Recipient(
        subscriber_id=subscriber.id,
        next_digest_at=today.next_after(now, subscription),
        expected_next=subscription.next_digest_at,
        considered_until=None if held else now,
    )
