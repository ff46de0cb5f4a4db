"""Look-backs: something of the past for each reader who wishes so, on a schedule of its own.

At most one a day, never the same twice, nothing where there is nothing worth it.
"""

import logging
from collections import defaultdict
from collections.abc import Iterable
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
        seen: set[int] = set()
        while due := await self._storage.subscribers.due_look_back(now, limit):
            fresh = [one for one in due if one.id not in seen]
            seen.update(one.id for one in fresh)
            awake, asleep = awake_and_asleep(fresh, now, lambda one: one.next_look_back_at)
            if asleep:
                await self._storage.digests.skip_look_back(asleep)
            total += await self._run(awake, now)
            # Those for whom planning fails stay due.
            if len(due) < limit or not fresh:
                break
        return total

    async def _run(self, due: list[Subscriber], now: datetime) -> int:
        shown = await self._storage.look_backs.shown([one.id for one in due])
        groups: dict[_Group, list[Subscriber]] = defaultdict(list)
        looked_at: dict[_Group, LookBack] = {}
        nothing: list[Recipient] = []
        for reader in due:
            subscription = reader.subscription
            today = now.astimezone(ZoneInfo(subscription.zone)).date()
            found = await self._storage.past.of_day(today, subscription.zone, now)
            had = shown[reader.id]
            one = chosen(found, subscription.wishes, had.signals, had.stories)
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
