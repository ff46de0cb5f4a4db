"""Weeklies: a review of the week for each reader who wants one, on a schedule of its own.

It may show again what daily digests brought, and moves nothing of their window.
"""

import hashlib
import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.jobs.press import Press
from bot.jobs.readers import awake_and_asleep
from digest.compose import matches, next_weekly_push_at
from digest.model import DigestKind, Signal, Subscriber, Wishes
from digest.render import render_weekly
from digest.render.fit import escape
from digest.stories import StorySummary
from digest.weekly import DAYS_NEEDED, Tally, Week, compose_weekly
from storage import PlannedDigest, Recipient, Storage

log = logging.getLogger(__name__)

# A weekly that comes early in a week is about the week before, a later one about its own.
_LOOKS_BACK_UNTIL = 2
_MOST_READ = 5000
_STORIES_READ = 30


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

    signals: tuple[Signal, ...]
    tally: Tally
    days: Mapping[str, list[int]]
    stories: tuple[StorySummary, ...]


class Weeklies:
    """Plans the weeklies that are due; the sender sends them."""

    def __init__(self, storage: Storage, press: Press) -> None:
        self._storage = storage
        self._press = press

    async def run(self, now: datetime, limit: int) -> int:
        """Plan every weekly that is due, `limit` readers at a time. Returns the messages owed."""
        total = 0
        seen: set[int] = set()
        while due := await self._storage.subscribers.due_weekly(now, limit):
            fresh = [subscriber for subscriber in due if subscriber.id not in seen]
            seen.update(subscriber.id for subscriber in fresh)
            awake, asleep = awake_and_asleep(fresh, now, lambda one: one.next_weekly_at)
            if asleep:
                await self._storage.digests.skip_weekly(asleep)
            total += await self._run(awake, now)
            # Those for whom planning fails stay due.
            if len(due) < limit or not fresh:
                break
        return total

    async def _run(self, due: Iterable[Subscriber], now: datetime) -> int:
        groups: dict[_Group, list[Subscriber]] = defaultdict(list)
        for subscriber in due:
            groups[_group(subscriber, now)].append(subscriber)
        known: dict[tuple[Week, str], _Material] = {}
        made = 0
        for group, members in groups.items():
            try:
                place = (group.week, group.zone)
                if place not in known:
                    known[place] = await self._material(group, now)
                made += await self._plan(group, members, known[place], now)
            except Exception:  # the boundary: one weekly that fails must not cost others theirs
                log.exception("a weekly for %d readers could not be planned", len(members))
        return made

    async def _material(self, group: _Group, now: datetime) -> _Material:
        start, end = group.week.bounds(group.zone)
        until = min(end, now)
        signals = self._storage.signals
        by_column = await signals.counts(start, by="column", until=until)
        by_source = await signals.counts(start, by="source", until=until)
        return _Material(
            await signals.day(start, until, limit=_MOST_READ),
            Tally(sum(by_column.values()), len(by_source), by_column),
            await signals.topic_days(DAYS_NEEDED, until),
            await self._storage.stories.active(start, until, limit=_STORIES_READ),
        )

    async def _plan(
        self, group: _Group, members: Iterable[Subscriber], found: _Material, now: datetime
    ) -> int:
        weekly = compose_weekly(
            group.week,
            found.signals,
            zone=group.zone,
            now=now,
            tally=found.tally,
            stories=[one for one in found.stories if matches(one.lead, group.wishes)],
            days=found.days,
            wishes=group.wishes,
            taxonomy=self._press.taxonomy,
        )
        recipients = [_recipient(member, now) for member in members]
        if weekly is None:
            await self._storage.digests.skip_weekly(recipients)
            return 0
        rendering = self._press.rendering(group.wishes, group.zone)
        message = render_weekly(weekly, rendering)
        # It repeats what dailies brought, and says so.
        note = escape(rendering.texts("digest.weekly_end"))
        message = replace(message, text=f"{message.text}\n\n<i>{note}</i>")
        planned = PlannedDigest(
            kind=DigestKind.WEEKLY,
            group_key=group.key(),
            window_from=weekly.window_from,
            window_to=now,
            lang=group.wishes.lang,
            signal_ids=message.signals,
            parts=self._press.bodies([message]),
            part_signals=[message.signals],
            wishes=group.wishes,
            look=replace(rendering, zone=weekly.zone, now=weekly.until).look,
            part_blocks=[message.blocks],
        )
        return await self._storage.digests.plan_weekly(planned, recipients)


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
