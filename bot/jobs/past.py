"""Look-backs: something of the past for each reader who wishes so, on a schedule of its own.

At most one a day, never the same twice, nothing where there is nothing worth it. What a day has
to offer is found once for all readers of a zone; a reader's wishes choose of it.
"""

import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from bot.jobs.press import Press
from bot.jobs.readers import awake_and_asleep
from digest.look_backs import LookBack, chosen, next_look_back_push_at
from digest.model import ChatKind, DigestKind, Lang, Layout, Subscriber, Wishes, Wording
from digest.reasons import reason_of
from digest.render import render_look_back
from storage import PlannedDigest, Recipient, Storage
from storage.look_backs import Shown

log = logging.getLogger(__name__)


class _Group(NamedTuple):
    """Readers who are shown the same in the same words: `ids` are a signal and what came of it."""

    ids: tuple[int, ...]
    lang: Lang
    zone: str
    layout: Layout
    wording: Wording
    settings: bool


class PastJob:
    """Plans the look-backs that are due; the sender sends them."""

    def __init__(self, storage: Storage, press: Press) -> None:
        self._storage = storage
        self._press = press

    async def run(self, now: datetime, limit: int) -> int:
        """Plan every look-back that is due, `limit` readers at a time. Returns what is owed."""
        total = 0
        days = _Days(self._storage, now)
        last: Subscriber | None = None
        while due := await self._storage.subscribers.due_look_back(now, limit, after=last):
            last = due[-1]
            awake, asleep = awake_and_asleep(due, now, lambda one: one.next_look_back_at)
            if asleep:
                await self._storage.digests.skip_look_back(asleep)
            by_zone: dict[str, list[Subscriber]] = defaultdict(list)
            for reader in awake:
                by_zone[reader.subscription.zone].append(reader)
            for zone, readers in by_zone.items():
                total += await self._run(readers, await days.of(zone), now)
            # Those for whom planning fails stay due.
            if len(due) < limit:
                break
        return total

    async def _run(self, due: Sequence[Subscriber], day: "_Day", now: datetime) -> int:
        shown = await self._storage.look_backs.shown([one.id for one in due], day.alike)
        groups: dict[_Group, list[Subscriber]] = defaultdict(list)
        looked_at: dict[_Group, LookBack] = {}
        nothing: list[Recipient] = []
        for reader in due:
            one = day.chosen(reader.subscription.wishes, shown[reader.id])
            if one is None:
                nothing.append(_recipient(reader, now))
            else:
                group = _group(reader, one)
                groups[group].append(reader)
                looked_at[group] = one
        if nothing:
            await self._storage.digests.skip_look_back(nothing)
        made = 0
        for group, readers in groups.items():
            try:
                made += await self._plan(group, looked_at[group], readers, now)
            except Exception:  # the boundary: one that fails must not cost others theirs
                log.exception("a look-back for %d readers could not be planned", len(readers))
        return made

    async def _plan(
        self, group: _Group, one: LookBack, readers: Iterable[Subscriber], now: datetime
    ) -> int:
        wishes = Wishes(lang=group.lang, layout=group.layout, wording=group.wording)
        rendering = self._press.rendering(wishes, group.zone)
        message = render_look_back(one, rendering, settings=group.settings)
        planned = PlannedDigest(
            kind=DigestKind.LOOK_BACK,
            group_key=":".join(("past", *map(str, group.ids), *map(str, group[1:]))),
            window_from=one.signal.when,
            window_to=now,
            lang=group.lang,
            signal_ids=(one.signal.id,),
            parts=self._press.bodies([message]),
            part_signals=[(one.signal.id,)],
            look=rendering.look,
            part_blocks=[message.blocks],
        )
        return await self._storage.digests.plan_look_back(
            planned, [_recipient(reader, now, one) for reader in readers]
        )


@dataclass(slots=True)
class _Day:
    """What a day looks back at, and what each kind of reader is shown of it."""

    found: Sequence[LookBack]
    alike: Mapping[int, int | None]
    _chosen: dict[tuple[Wishes, frozenset[int]], LookBack | None] = field(default_factory=dict)

    def chosen(self, wishes: Wishes, had: Shown) -> LookBack | None:
        """What a reader who was shown these is shown now."""
        key = wishes, frozenset(had.signals)
        if key not in self._chosen:
            self._chosen[key] = chosen(self.found, wishes, had.signals, had.stories)
        return self._chosen[key]


class _Days:
    """The days of this moment by zone, each found once in a run."""

    def __init__(self, storage: Storage, now: datetime) -> None:
        self._storage = storage
        self._now = now
        self._known: dict[str, _Day] = {}

    async def of(self, zone: str) -> _Day:
        """The day that it is in `zone`."""
        if zone not in self._known:
            today = self._now.astimezone(ZoneInfo(zone)).date()
            found = await self._storage.past.of_day(today, zone, self._now)
            alike = await self._storage.look_backs.alike([one.signal.id for one in found])
            self._known[zone] = _Day(found, alike)
        return self._known[zone]


def _group(reader: Subscriber, one: LookBack) -> _Group:
    wishes = reader.subscription.wishes
    private = reader.kind is ChatKind.PRIVATE
    zone = reader.subscription.zone
    ids = (one.signal.id, *(signal.id for signal in one.outcome.signals))
    return _Group(ids, reader.lang, zone, wishes.layout, wishes.wording, private)


def _recipient(reader: Subscriber, now: datetime, one: LookBack | None = None) -> Recipient:
    subscription = reader.subscription
    return Recipient(
        subscriber_id=reader.id,
        next_digest_at=next_look_back_push_at(subscription, now),
        expected_next=subscription.next_look_back_at,
        silent=True,
        because=reason_of(one.signal, subscription.wishes) if one else None,
    )
