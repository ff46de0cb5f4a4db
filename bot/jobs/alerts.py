"""Pushes at once: strong signals, and news of the stories that a reader knows."""

import logging
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

from bot.jobs.press import Press
from bot.jobs.readers import is_placed
from digest.compose import quiet_until, takes_push, wants_instant, wants_update
from digest.model import (
    DigestKind,
    Lang,
    Layout,
    Relation,
    Signal,
    SignalState,
    Subscriber,
    Wishes,
    Wording,
)
from digest.reasons import Reason, chosen_reason, reason_of, story_reason
from digest.render import render_alert
from storage import PlannedDigest, Recipient, Storage, allowances
from storage.signal_queries import Mark
from storage.unread import LONGEST_WINDOW, hearing, is_too_soon

log = logging.getLogger(__name__)

# How long a signal may wait for its alert; what is older is left to the next digest.
ALERT_WINDOW = timedelta(hours=1)
# Two hundred signals that an editor agrees to at once are no two hundred rings: so many alerts may
# ring within so long.
MOST_RINGS = 5
RINGS_WITHIN = timedelta(minutes=10)
_BATCH = 1000
_AT_ONCE = 50
_NEXT = timedelta(microseconds=1)


class _Look(NamedTuple):
    """Readers who see the same words."""

    lang: Lang
    zone: str
    layout: Layout
    wording: Wording

    @property
    def wishes(self) -> Wishes:
        return Wishes(lang=self.lang, layout=self.layout, wording=self.wording)


class _Wanting(NamedTuple):
    """A reader who wants the signal, and why."""

    subscriber: Subscriber
    reason: Reason


class Alerts:
    """Plans what is pushed at once; the sender sends it."""

    def __init__(self, storage: Storage, press: Press) -> None:
        self._storage = storage
        self._press = press
        # With which score each recent signal was last looked at.
        self._alerted: dict[int, int] = {}
        # By which act of an editor each came into its story that was looked at for that.
        self._joined: Mapping[int, int] = {}

    async def run(self, now: datetime) -> int:
        """Plan alerts about the signals of the last hour. Returns the messages owed."""
        # Of those that came together the strongest is told first: not all may ring.
        recent = await self._storage.signals.marks(now - ALERT_WINDOW, now)
        # Only what is new since the last look is read, and little of it at once: an hour of a
        # busy day, read whole each few seconds, was most of what this process held at its peak.
        known = self._alerted
        self._alerted = {one.id: one.score for one in recent if known.get(one.id) == one.score}
        fresh = [one for one in recent if one.id not in self._alerted]
        made = 0
        for start in range(0, len(fresh), _AT_ONCE):
            made += await self._look(fresh[start : start + _AT_ONCE], now)
        return made + await self._by_hand(now)

    async def _look(self, marks: Sequence[Mark], now: datetime) -> int:
        scores, made = dict(marks), 0
        for signal in await self._storage.signals.get_many(list(scores)):
            try:
                made += await self._alert(signal, now)
            except Exception:  # the boundary: one odd signal must not hold up the others
                log.exception("alerts about signal %d could not be planned", signal.id)
            self._alerted[signal.id] = scores[signal.id]
        return made

    async def _by_hand(self, now: datetime) -> int:
        """Plan alerts about news that an editor put into a story, as if it had come there.

        The newest first: who hears of it has what else was put there too soon.
        """
        storage = self._storage
        known, self._joined = self._joined, await storage.storyboard.joined(now - ALERT_WINDOW)
        fresh = [one for one, act in self._joined.items() if known.get(one) != act]
        made = 0
        for signal in sorted(
            await storage.signals.get_many(fresh), key=lambda one: one.when, reverse=True
        ):
            if signal.story_id is not None and signal.relation.is_news and not signal.backlog:
                knowing = await storage.given.knowing_story(signal.story_id)
                made += await self._story(signal, signal.story_id, knowing, now, by_hand=True)
        return made

    async def push(self, signal: Signal, readers: Sequence[Subscriber], now: datetime) -> int:
        """Owe a signal to readers whom an editor chose. Returns the messages owed.

        Their minimum score and what they follow do not count; what they mute, that they pause,
        sleep or have had enough for today does, and so does that they have it or its story, of
        which only news is worth a push.
        """
        groups: dict[_Look, list[Recipient]] = defaultdict(list)
        taking = [one for one in readers if takes_push(signal, one.subscription)]
        wanting = [
            _Wanting(one, chosen_reason(signal, one.subscription.wishes))
            for one in taking
            if is_placed(one)
        ]
        spared = await self._having(taking, signal, now)
        if signal.story_id is not None and not signal.relation.is_news:
            ids = [one.id for one in taking]
            heard = await hearing(self._storage, ids, await self._storage.given.owed(ids), now)
            spared |= {one for one in ids if signal.story_id in heard[one]}
        await self._sort(groups, wanting, spared, now)
        return await self._plan(DigestKind.INSTANT, signal, groups)

    async def _alert(self, signal: Signal, now: datetime) -> int:
        if signal.relation == Relation.DUPLICATE or signal.backlog:
            return 0
        if signal.state is not SignalState.LIVE:  # taken back since it was found
            return 0
        made = await self._strong(signal, now)
        if signal.story_id is not None:
            if signal.relation.is_news:
                knowing = await self._storage.given.knowing_story(signal.story_id)
                made += await self._story(signal, signal.story_id, knowing, now)
            elif (earlier := await self._storage.stories.earlier(signal.story_id)) is not None:
                # The event is back: whoever follows the story of then is told, once.
                made += await self._story(signal, earlier, set(), now)
        return made

    async def _strong(self, signal: Signal, now: datetime) -> int:
        groups: dict[_Look, list[Recipient]] = defaultdict(list)
        after = 0
        subscribers = self._storage.subscribers
        while batch := await subscribers.wanting_instant(_BATCH, after_id=after):
            after = batch[-1].id
            wanting: list[_Wanting] = []
            for subscriber in batch:
                subscription = subscriber.subscription
                if wants_instant(signal, subscription, now):
                    score = subscription.instant_score
                    reason = reason_of(signal, subscription.wishes, score)
                    wanting.append(_Wanting(subscriber, reason))
            await self._add(groups, wanting, signal, now)
        return await self._plan(DigestKind.INSTANT, signal, groups)

    async def _story(
        self,
        signal: Signal,
        story_id: int,
        knowing: Collection[int],
        now: datetime,
        *,
        by_hand: bool = False,
    ) -> int:
        """Plan alerts for those who follow a story, and for those `knowing` it who wish so.

        `by_hand`: an editor put it there, perhaps after a digest had passed it by.
        """
        groups: dict[_Look, list[Recipient]] = defaultdict(list)
        after = 0
        subscribers = self._storage.subscribers
        # Who followed a story that editors put into this one follows this one.
        names = (story_id, *sorted(await self._storage.storyboard.merged_from(story_id)))
        while batch := await subscribers.wanting_updates(_BATCH, after_id=after):
            after = batch[-1].id
            wanting: list[_Wanting] = []
            for subscriber in batch:
                known = subscriber.id in knowing
                subscription = subscriber.subscription
                followed = next((one for one in names if one in subscription.stories), story_id)
                told = replace(signal, story_id=followed)
                if wants_update(told, subscription, now, known=known):
                    reason = story_reason(signal, subscriber.subscription.wishes)
                    wanting.append(_Wanting(subscriber, reason))
            await self._add(groups, wanting, signal, now, by_hand=by_hand)
        return await self._plan(DigestKind.STORY, signal, groups)

    async def _add(
        self,
        groups: dict[_Look, list[Recipient]],
        wanting: Iterable[_Wanting],
        signal: Signal,
        now: datetime,
        *,
        by_hand: bool = False,
    ) -> None:
        """Put each reader into the group that sees the same words, unless told already."""
        open_to = [
            one for one in wanting if _is_open_to(one.subscriber, signal, now, by_hand=by_hand)
        ]
        spared = await self._spared([one.subscriber for one in open_to], signal, now)
        await self._sort(groups, open_to, spared, now)

    async def _sort(
        self,
        groups: dict[_Look, list[Recipient]],
        wanting: Iterable[_Wanting],
        spared: Collection[int],
        now: datetime,
    ) -> None:
        """Put each reader who is not `spared` into a group: now, or for when they wake.

        Whoever has heard enough rings for the moment is told without sound.
        """
        moments: dict[datetime, list[_Wanting]] = defaultdict(list)
        for one in wanting:
            if one.subscriber.id not in spared:
                wake = quiet_until(one.subscriber.subscription, now)
                moments[wake or now].append(one)
        for moment, some in moments.items():
            readers = [one.subscriber for one in some]
            left = await allowances(self._storage, readers, moment)
            rung = await self._storage.given.alerted(
                [reader.id for reader in readers], moment - RINGS_WITHIN, moment + _NEXT
            )
            for subscriber, reason in some:
                quiet = rung[subscriber.id] >= MOST_RINGS
                if left[subscriber.id] == 0:
                    continue  # the next digest will carry it
                wake = moment if moment > now else None
                recipient = _recipient(subscriber, reason, wake)
                groups[_look(subscriber)].append(replace(recipient, silent=quiet))

    async def _spared(
        self, readers: Sequence[Subscriber], signal: Signal, now: datetime
    ) -> set[int]:
        """Those who have the signal or its story, get it by a digest, or heard of it just now."""
        ids = [reader.id for reader in readers]
        spared = await self._having(readers, signal, now)
        if signal.story_id is None:
            return spared
        owed = await self._storage.given.owed(ids)
        heard = await hearing(self._storage, ids, owed, now)
        names = {signal.story_id, *await self._storage.storyboard.merged_from(signal.story_id)}
        spared.update(
            reader.id
            for reader in readers
            if is_too_soon(
                signal,
                heard[reader.id],
                now,
                followed=not names.isdisjoint(reader.subscription.stories),
            )
        )
        return spared

    async def _having(
        self, readers: Sequence[Subscriber], signal: Signal, now: datetime
    ) -> set[int]:
        """Those who were sent the signal, are owed it, or may have been sent it."""
        ids = [reader.id for reader in readers]
        back = await self._storage.given.coming_back(ids, now)
        # In this order: what arrives while we ask is then found in both, never in neither.
        owed = await self._storage.given.owed(ids)
        had = await self._storage.given.delivered(ids, (signal.id,))
        # One that was taken back and published again may have been sent for all we know.
        unsure = await self._storage.given.carried(ids, now - LONGEST_WINDOW)
        return {
            reader
            for reader in ids
            if signal.id in had[reader] | owed[reader] | back[reader] | set(unsure[reader])
        }

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
                    window_from=signal.arrived_at,
                    window_to=signal.arrived_at,
                    lang=look.lang,
                    signal_ids=(signal.id,),
                    parts=self._press.bodies([message]),
                    part_signals=[(signal.id,)],
                    look=rendering.look,
                    part_blocks=[message.blocks],
                ),
                recipients,
            )
        return made


def _is_open_to(
    subscriber: Subscriber, signal: Signal, now: datetime, *, by_hand: bool = False
) -> bool:
    """Whether no digest has had, or will have, the signal for the reader anyway.

    One that had it before it was put `by_hand` where it is news had something else.
    """
    subscription = subscriber.subscription
    considered = subscription.considered_until
    if not is_placed(subscriber):
        return False
    if considered is not None and signal.arrived_at <= considered:
        return by_hand
    return not (subscription.digest_times and quiet_until(subscription, now) is not None)


def _look(subscriber: Subscriber) -> _Look:
    wishes = subscriber.subscription.wishes
    return _Look(subscriber.lang, subscriber.subscription.zone, wishes.layout, wishes.wording)


def _recipient(subscriber: Subscriber, reason: Reason, wake: datetime | None) -> Recipient:
    subscription = subscriber.subscription
    return Recipient(
        subscriber_id=subscriber.id,
        next_digest_at=subscription.next_digest_at,
        expected_next=subscription.next_digest_at,
        considered_until=subscription.considered_until,
        not_before=wake,
        because=reason,
    )
