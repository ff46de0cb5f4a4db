"""Pushes at once: strong signals, and news of the stories that a reader knows."""

import logging
from collections import defaultdict
from datetime import datetime, timedelta
from typing import NamedTuple

from bot.jobs.press import Press
from bot.jobs.readers import is_placed
from digest.compose import quiet_until, wants_instant, wants_update
from digest.model import DigestKind, Lang, Layout, Relation, Signal, Subscriber, Wishes, Wording
from digest.reasons import Reason, reason_of, story_reason
from digest.render import render_alert
from storage import PlannedDigest, Recipient, Storage, allowance

log = logging.getLogger(__name__)

COOL_DOWN = timedelta(hours=4)
# How long a signal may wait for its alert; what is older is left to the next digest.
ALERT_WINDOW = timedelta(hours=1)
_BATCH = 1000


class _Look(NamedTuple):
    """Readers who see the same words."""

    lang: Lang
    zone: str
    layout: Layout
    wording: Wording

    @property
    def wishes(self) -> Wishes:
        return Wishes(lang=self.lang, layout=self.layout, wording=self.wording)


class Alerts:
    """Plans what is pushed at once; the sender sends it."""

    def __init__(self, storage: Storage, press: Press) -> None:
        self._storage = storage
        self._press = press
        # With which score each recent signal was last looked at.
        self._alerted: dict[int, int] = {}

    async def run(self, now: datetime) -> int:
        """Plan alerts about the signals of the last hour. Returns the messages owed."""
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
        made = await self._strong(signal, now)
        if signal.relation == Relation.UPDATE and signal.story_id is not None:
            made += await self._story(signal, signal.story_id, now)
        return made

    async def _strong(self, signal: Signal, now: datetime) -> int:
        groups: dict[_Look, list[Recipient]] = defaultdict(list)
        after = 0
        subscribers = self._storage.subscribers
        while batch := await subscribers.wanting_instant(_BATCH, after_id=after):
            after = batch[-1].id
            for subscriber in batch:
                if wants_instant(signal, subscriber.subscription, now):
                    wishes = subscriber.subscription.wishes
                    reason = reason_of(signal, wishes, subscriber.subscription.instant_score)
                    await self._add(groups, subscriber, signal, reason, now)
        return await self._plan(DigestKind.INSTANT, signal, groups)

    async def _story(self, signal: Signal, story_id: int, now: datetime) -> int:
        groups: dict[_Look, list[Recipient]] = defaultdict(list)
        after = 0
        subscribers = self._storage.subscribers
        knowing = await subscribers.knowing_story(story_id)
        while batch := await subscribers.wanting_updates(_BATCH, after_id=after):
            after = batch[-1].id
            for subscriber in batch:
                subscription = subscriber.subscription
                known = subscriber.id in knowing
                if wants_update(signal, subscription, now, known=known):
                    reason = story_reason(signal, subscription.wishes)
                    await self._add(groups, subscriber, signal, reason, now)
        return await self._plan(DigestKind.STORY, signal, groups)

    async def _add(
        self,
        groups: dict[_Look, list[Recipient]],
        subscriber: Subscriber,
        signal: Signal,
        reason: Reason,
        now: datetime,
    ) -> None:
        """Put the reader into the group that sees the same words, unless told already."""
        subscription = subscriber.subscription
        if not is_placed(subscriber) or await self._spared(subscriber, signal, now):
            return
        wake = quiet_until(subscription, now)
        if await allowance(self._storage, subscriber, wake or now) == 0:
            return  # the next digest will carry it
        wishes = subscription.wishes
        look = _Look(subscriber.lang, subscription.zone, wishes.layout, wishes.wording)
        groups[look].append(
            Recipient(
                subscriber_id=subscriber.id,
                next_digest_at=subscription.next_digest_at,
                expected_next=subscription.next_digest_at,
                considered_until=subscription.considered_until,
                not_before=wake,
                because=reason,
            )
        )

    async def _spared(self, subscriber: Subscriber, signal: Signal, now: datetime) -> bool:
        """Whether the reader has the signal, gets it by a digest, or just heard of its story."""
        subscription = subscriber.subscription
        considered = subscription.considered_until
        if considered is not None and signal.created_at <= considered:
            return True  # a digest has had its chance with this one
        if subscription.digest_times and quiet_until(subscription, now) is not None:
            return True  # the morning's digest will carry it
        if await self._storage.subscribers.delivered(subscriber.id, [signal.id]):
            return True
        owed = await self._storage.subscribers.owed(subscriber.id)
        return signal.id in owed or await self._told_lately(subscriber, signal, owed, now)

    async def _told_lately(
        self, subscriber: Subscriber, signal: Signal, owed: set[int], now: datetime
    ) -> bool:
        """Whether the reader was just told of the story, or is about to be."""
        if signal.story_id is None:
            return False
        told = await self._storage.subscribers.delivered_stories(subscriber.id, now - COOL_DOWN)
        if signal.story_id in told:
            return True
        coming = await self._storage.signals.get_many(sorted(owed))
        return any(other.story_id == signal.story_id for other in coming)

    async def _plan(
        self, kind: DigestKind, signal: Signal, groups: dict[_Look, list[Recipient]]
    ) -> int:
        made = 0
        for look, recipients in groups.items():
            rendering = self._press.rendering(look.wishes, look.zone)
            message = render_alert(signal, rendering, kind)
            made += await self._storage.digests.plan_instant(
                PlannedDigest(
                    kind=kind,
                    group_key=f"signal:{signal.id}:{':'.join(look)}",
                    window_from=signal.created_at,
                    window_to=signal.created_at,
                    lang=look.lang,
                    signal_ids=(signal.id,),
                    parts=self._press.bodies([message]),
                    part_signals=[(signal.id,)],
                ),
                recipients,
            )
        return made
