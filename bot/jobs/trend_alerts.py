"""Whoever follows a topic or a word hears once that it begins to be told unusually often."""

import hashlib
import logging
from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

from bot.jobs.alerts import MOST_RINGS, RINGS_WITHIN
from bot.jobs.press import Press
from bot.jobs.readers import is_placed
from digest.model import DigestKind, Lang, Layout, Signal, Subscriber, Wishes, Wording
from digest.reasons import Reason
from digest.render import render_trend_alert
from digest.trends import Trend
from digest.trends.telling import (
    COOL_DOWN,
    MOST_A_DAY,
    beginning,
    evidence,
    is_open,
    mark_of,
    rule_met,
)
from digest.weights import pull
from storage import PlannedDigest, Recipient, Storage, allowances
from storage.given import TrendTold
from storage.unread import LONGEST_WINDOW

log = logging.getLogger(__name__)

_BATCH = 1000
_DAY = timedelta(days=1)
_NEXT = timedelta(microseconds=1)


class _Look(NamedTuple):
    """Readers who are shown the same signals (by number) in the same words."""

    lang: Lang
    zone: str
    layout: Layout
    wording: Wording
    shown: tuple[int, ...]

    @property
    def wishes(self) -> Wishes:
        return Wishes(lang=self.lang, layout=self.layout, wording=self.wording)


class TrendAlerts:
    """Plans what is told of beginning trends; the sender sends it."""

    def __init__(self, storage: Storage, press: Press) -> None:
        self._storage = storage
        self._press = press

    async def run(self, now: datetime) -> int:
        """Tell of what begins. Returns the messages owed."""
        report = await self._storage.trends.report(now)
        made = 0
        for trend in beginning(report):
            try:
                made += await self._tell(trend, now)
            except Exception:  # the boundary: one odd trend must not hold up the others
                log.exception("nobody could be told of the trend %s", mark_of(trend))
        return made

    async def _tell(self, trend: Trend, now: datetime) -> int:
        signals = await self._storage.signals.get_many(trend.signal_ids)
        groups: dict[_Look, list[Recipient]] = defaultdict(list)
        after = 0
        subscribers = self._storage.subscribers
        while batch := await subscribers.wanting_trends(_BATCH, after_id=after):
            after = batch[-1].id
            following = [
                one
                for one in batch
                if rule_met(trend, one.subscription.wishes)
                and is_placed(one)
                and is_open(one.subscription, now)
            ]
            for look, recipient in await self._sorted(following, trend, signals, now):
                groups[look].append(recipient)
        by_id = {one.id: one for one in signals}
        made = 0
        for look, recipients in groups.items():
            shown = [by_id[number] for number in look.shown]
            planned = self._planned(trend, shown, look, now)
            made += await self._storage.digests.plan_trend(
                planned,
                recipients,
                since=now - COOL_DOWN,
                may_be_told=partial(_may_be_told, mark_of(trend), now),
            )
        return made

    async def _sorted(
        self,
        following: Sequence[Subscriber],
        trend: Trend,
        signals: Sequence[Signal],
        now: datetime,
    ) -> list[tuple[_Look, Recipient]]:
        """Those of the followers who are told, each with what is shown."""
        fresh = await self._untold(following, mark_of(trend), now)
        ids = [one.id for one in fresh]
        given = await self._given(ids, trend.signal_ids, now)
        left = await allowances(self._storage, fresh, now)
        rung = await self._storage.given.alerted(ids, now - RINGS_WITHIN, now + _NEXT)
        found: list[tuple[_Look, Recipient]] = []
        for one in fresh:
            shown = evidence(signals, one.subscription, given[one.id])
            room = left[one.id]
            # The day must have room for all of it: half of the reasons are none.
            if shown and (room is None or room >= len(shown)):
                quiet = rung[one.id] >= MOST_RINGS
                found.append((_look(one, shown), _recipient(one, trend, shown, silent=quiet)))
        return found

    async def _untold(
        self, readers: Sequence[Subscriber], mark: str, now: datetime
    ) -> list[Subscriber]:
        """Those who have not heard of it lately, nor of too much else."""
        ids = [reader.id for reader in readers]
        told = await self._storage.given.trends(ids, now - COOL_DOWN)
        return [reader for reader in readers if _may_be_told(mark, now, told[reader.id])]

    async def _given(
        self, readers: Sequence[int], signal_ids: Collection[int], now: datetime
    ) -> dict[int, set[int]]:
        """Which of the signals each was sent, is owed, or may have been sent."""
        given = self._storage.given
        back = await given.coming_back(readers, now)
        # In this order: what arrives while we ask is then found in both, never in neither.
        owed = await given.owed(readers)
        had = await given.delivered(readers, signal_ids)
        unsure = await given.carried(readers, now - LONGEST_WINDOW)
        return {
            reader: {*had[reader], *owed[reader], *back[reader], *unsure[reader]}
            for reader in readers
        }

    def _planned(
        self, trend: Trend, shown: Sequence[Signal], look: _Look, now: datetime
    ) -> PlannedDigest:
        rendering = self._press.rendering(look.wishes, look.zone)
        message = render_trend_alert(trend, shown, rendering)
        same = hashlib.sha256(repr(look).encode()).hexdigest()[:16]
        return PlannedDigest(
            kind=DigestKind.TREND,
            group_key=f"{mark_of(trend)}|{same}",
            window_from=trend.began_at or now,
            # The same in every process, so that two of them plan one digest.
            window_to=now.replace(minute=0, second=0, microsecond=0),
            lang=look.lang,
            signal_ids=message.signals,
            parts=self._press.bodies([message]),
            part_signals=[message.signals],
            look=rendering.look,
            part_blocks=[message.blocks],
        )


def _may_be_told(mark: str, now: datetime, told: Sequence[TrendTold]) -> bool:
    """Whether a reader who was told of these may hear of one more."""
    today = sum(one.at > now - _DAY for one in told)
    return today < MOST_A_DAY and mark not in {one.mark for one in told}


def _look(subscriber: Subscriber, shown: Sequence[Signal]) -> _Look:
    subscription = subscriber.subscription
    wishes = subscription.wishes
    ids = tuple(one.id for one in shown)
    return _Look(subscriber.lang, subscription.zone, wishes.layout, wishes.wording, ids)


def _recipient(
    subscriber: Subscriber, trend: Trend, shown: Sequence[Signal], *, silent: bool
) -> Recipient:
    subscription = subscriber.subscription
    wishes, best = subscription.wishes, shown[0]
    return Recipient(
        subscriber_id=subscriber.id,
        next_digest_at=subscription.next_digest_at,
        expected_next=subscription.next_digest_at,
        considered_until=subscription.considered_until,
        silent=silent,
        because=Reason(
            (rule_met(trend, wishes),), best.score.total, pull(best, wishes), wishes.min_score
        ),
    )
