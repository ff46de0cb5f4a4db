"""Decide what is owed to whom: daily digests at each reader's hour, strong signals at once.

Readers who would get the same digest share one: they are grouped by wishes, window, zone and by
what they have already been given. Planning and the move of the reader's next hour are one
transaction, so a restart in between changes nothing.
"""

import asyncio
import hashlib
import logging
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.clock import Clock
from digest.compose import compose, next_push_at, quiet_until, wants_instant
from digest.model import (
    Action,
    Digest,
    DigestKind,
    Lang,
    Relation,
    Rising,
    Signal,
    Subscriber,
    Wishes,
)
from digest.reasons import reason_of
from digest.render import Links, Rendering, message_body, render_card, render_digest
from digest.taxonomy import Taxonomy
from digest.texts import texts_for
from digest.trends import rising_topics
from storage import PlannedDigest, Recipient, Storage, Unread, chosen, unread, window_start

log = logging.getLogger(__name__)

INSTANT_COOL_DOWN = timedelta(hours=4)
TREND_DAYS = 15
# How long a signal may wait for its alert; what is older is left to the next digest.
ALERT_WINDOW = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class _Group:
    wishes: Wishes
    zone: str
    since: datetime
    given: Unread

    def key(self) -> str:
        given = (sorted(self.given.hidden), self.given.carried)
        parts = (self.wishes, self.zone, self.since, given)
        return hashlib.sha256(repr(parts).encode()).hexdigest()[:32]


class Planner:
    """Plans deliveries; the sender sends them."""

    def __init__(
        self,
        storage: Storage,
        *,
        taxonomy: Taxonomy,
        links: Links,
        clock: Clock,
        pack: Callable[[Action], str],
        wake_sender: Callable[[], None],
    ) -> None:
        self._storage = storage
        self._taxonomy = taxonomy
        self._links = links
        self._clock = clock
        self._pack = pack
        self._wake_sender = wake_sender
        # A digest and an alert that are planned at once would both carry the same signal.
        self._planning = asyncio.Lock()
        # With which score each recent signal was last looked at.
        self._alerted: dict[int, int] = {}

    async def run_due(self, limit: int = 500) -> int:
        """Plan the digests that are due, `limit` readers at a time. Returns the messages owed."""
        total = 0
        seen: set[int] = set()
        while due := await self._storage.subscribers.due(self._clock(), limit):
            fresh = [subscriber for subscriber in due if subscriber.id not in seen]
            seen.update(subscriber.id for subscriber in fresh)
            now = self._clock()
            async with self._planning:
                total += await self._run(await self._awake(fresh, now), now)
            # Those for whom planning fails stay due.
            if len(due) < limit or not fresh:
                break
        return total

    async def plan_now(self, subscriber: Subscriber) -> int:
        """Plan a reader's next digest at once, whatever the hour. Returns the messages owed."""
        async with self._planning:
            return await self._run((subscriber,), self._clock())

    async def _run(self, due: Iterable[Subscriber], now: datetime) -> int:
        """Plan for these readers. What fails for some is logged, and tried again later."""
        windows: dict[datetime, tuple[Signal, ...]] = {}
        groups: dict[_Group, list[Subscriber]] = defaultdict(list)
        for subscriber in due:
            group = await self._group(subscriber, now, windows)
            groups[group].append(subscriber)
        rising = await self._rising(now)
        made = 0
        for group, members in groups.items():
            try:
                made += await self._plan(group, members, windows[group.since], rising, now)
            except Exception:  # the boundary: one digest that fails must not cost others theirs
                log.exception("a digest for %d readers could not be planned", len(members))
        if made:
            self._wake_sender()
        return made

    async def _awake(self, due: Iterable[Subscriber], now: datetime) -> list[Subscriber]:
        """Those who are not in their quiet hours; the digests of the others wait for the end."""
        awake: list[Subscriber] = []
        asleep: list[Recipient] = []
        for subscriber in due:
            if not _placed(subscriber):
                continue
            wake = quiet_until(subscriber.subscription, now)
            if wake is None:
                awake.append(subscriber)
            else:
                asleep.append(_postponed(subscriber, wake))
        if asleep:
            await self._storage.digests.skip_daily(asleep)
        return awake

    async def run_instant(self) -> int:
        """Plan pushes of strong new signals to those who want them at once. Returns how many.

        Looks back a little further than needed: planning a signal twice makes nothing new, so a
        crash between storing a signal and planning its alert loses nothing. A signal whose score
        changed meanwhile, as when others report it too, is looked at again.
        """
        async with self._planning:
            made = await self._run_instant(self._clock())
        if made:
            self._wake_sender()
        return made

    async def _run_instant(self, now: datetime) -> int:
        recent = await self._storage.signals.window(now - ALERT_WINDOW, now)
        known, self._alerted = self._alerted, {}
        made = 0
        for signal in recent:
            if known.get(signal.id) != signal.score.total:
                try:
                    made += await self._alert(signal, now)
                except Exception:  # the boundary: one odd signal must not hold up the others
                    log.exception("alerts about signal %d could not be planned", signal.id)
            self._alerted[signal.id] = signal.score.total
        return made

    async def _alert(self, signal: Signal, now: datetime) -> int:
        if signal.relation == Relation.DUPLICATE or signal.backlog:
            return 0
        groups: dict[tuple[Lang, str], list[Recipient]] = defaultdict(list)
        after = 0
        while batch := await self._storage.subscribers.wanting_instant(1000, after_id=after):
            after = batch[-1].id
            for subscriber in batch:
                recipient = await self._instant_recipient(subscriber, signal, now)
                if recipient is not None:
                    key = (subscriber.lang, subscriber.subscription.zone)
                    groups[key].append(recipient)
        made = 0
        for (lang, zone), recipients in groups.items():
            made += await self._plan_instant(signal, lang, zone, recipients)
        return made

    async def _instant_recipient(
        self, subscriber: Subscriber, signal: Signal, now: datetime
    ) -> Recipient | None:
        subscription = subscriber.subscription
        if not wants_instant(signal, subscription, now) or not _placed(subscriber):
            return None
        considered = subscription.considered_until
        if considered is not None and signal.created_at <= considered:
            return None  # a digest has had its chance with this one
        wake = quiet_until(subscription, now)
        if wake is not None and subscription.digest_times:
            return None  # the morning's digest will carry it
        if await self._storage.subscribers.delivered(subscriber.id, [signal.id]):
            return None
        owed = await self._storage.subscribers.owed(subscriber.id)
        if signal.id in owed or await self._told_lately(subscriber, signal, owed, now):
            return None
        return Recipient(
            subscriber_id=subscriber.id,
            next_digest_at=subscription.next_digest_at,
            expected_next=subscription.next_digest_at,
            considered_until=subscription.considered_until,
            not_before=wake,
            because=reason_of(signal, subscription.wishes, subscription.instant_score),
        )

    async def _told_lately(
        self, subscriber: Subscriber, signal: Signal, owed: set[int], now: datetime
    ) -> bool:
        """Whether the reader was just told of the story, or is about to be."""
        if signal.story_id is None:
            return False
        told = await self._storage.subscribers.delivered_stories(
            subscriber.id, now - INSTANT_COOL_DOWN
        )
        if signal.story_id in told:
            return True
        coming = await self._storage.signals.get_many(sorted(owed))
        return any(other.story_id == signal.story_id for other in coming)

    async def _plan_instant(
        self, signal: Signal, lang: Lang, zone: str, recipients: list[Recipient]
    ) -> int:
        rendering = self._rendering(lang, zone)
        message = render_card(signal, rendering)
        return await self._storage.digests.plan_instant(
            PlannedDigest(
                kind=DigestKind.INSTANT,
                group_key=f"signal:{signal.id}:{lang}:{zone}",
                window_from=signal.created_at,
                window_to=signal.created_at,
                lang=lang,
                signal_ids=(signal.id,),
                parts=[message_body(message, self._pack)],
                part_signals=[(signal.id,)],
            ),
            recipients,
        )

    async def _group(
        self,
        subscriber: Subscriber,
        now: datetime,
        windows: dict[datetime, tuple[Signal, ...]],
    ) -> _Group:
        since = window_start(subscriber, now)
        if since not in windows:
            windows[since] = await self._storage.signals.window(since, now)
        return _Group(
            replace(subscriber.subscription.wishes.normal(), lang=subscriber.lang),
            subscriber.subscription.zone,
            since,
            await unread(self._storage, subscriber, windows[since], now),
        )

    async def _plan(
        self,
        group: _Group,
        members: Iterable[Subscriber],
        window: tuple[Signal, ...],
        rising: tuple[Rising, ...],
        now: datetime,
    ) -> int:
        carried = await self._storage.signals.get_many(group.given.carried)
        digest = compose(
            chosen(window, carried, group.given),
            group.wishes,
            kind=DigestKind.DAILY,
            window_from=group.since,
            window_to=now,
            zone=group.zone,
            rising=rising,
        )
        recipients = [_recipient(member, now) for member in members]
        if digest is None:
            await self._storage.digests.skip_daily(recipients)
            return 0
        return await self._storage.digests.plan_daily(self._planned(digest, group), recipients)

    def _planned(self, digest: Digest, group: _Group) -> PlannedDigest:
        messages = render_digest(digest, self._rendering(group.wishes.lang, group.zone))
        return PlannedDigest(
            kind=digest.kind,
            group_key=group.key(),
            window_from=digest.window_from,
            window_to=digest.window_to,
            lang=group.wishes.lang,
            signal_ids=tuple(signal.id for signal in digest.signals),
            parts=[message_body(message, self._pack) for message in messages],
            part_signals=[message.signals for message in messages],
            wishes=group.wishes,
        )

    def _rendering(self, lang: Lang, zone: str) -> Rendering:
        return Rendering(self._links, texts_for(lang), self._taxonomy, zone, self._clock())

    async def _rising(self, now: datetime) -> tuple[Rising, ...]:
        return rising_topics(await self._storage.signals.topic_days(TREND_DAYS, now))


def _placed(subscriber: Subscriber) -> bool:
    """Whether the reader's time zone is one that this machine knows."""
    try:
        ZoneInfo(subscriber.subscription.zone)
    except (ZoneInfoNotFoundError, ValueError):  # another machine's list of zones is longer
        log.warning("reader %d lives in a zone that is not known here", subscriber.id)
        return False
    return True


def _recipient(subscriber: Subscriber, now: datetime) -> Recipient:
    subscription = subscriber.subscription
    return Recipient(
        subscriber_id=subscriber.id,
        next_digest_at=next_push_at(subscription, now),
        expected_next=subscription.next_digest_at,
        considered_until=now,
    )


def _postponed(subscriber: Subscriber, wake: datetime) -> Recipient:
    """The digest is due in the reader's quiet hours, as after a pause of ours: it waits."""
    return Recipient(
        subscriber_id=subscriber.id,
        next_digest_at=wake,
        expected_next=subscriber.subscription.next_digest_at,
    )
