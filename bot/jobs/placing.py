"""To which story an article belongs: one index of the last days for all who ask in a process."""

import asyncio
import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from bot import meters
from digest.stories import WINDOW, StoryItem, StoryPlacement
from digest.stories.returning import SURE, comes_back
from storage import Storage
from storage.story_items import Closed, Mark, item_of
from storage.storyboard import Known

if TYPE_CHECKING:
    from digest.stories.index import StoryIndex
    from digest.verify.meaning import Encoder

log = logging.getLogger(__name__)

# How far back a story may lie whose event comes back.
_PAST = timedelta(days=90)
_LOOK_EVERY = timedelta(minutes=5)
_LEFT_OVER = 1000  # leads of what lies too far back
_ALIKE = datetime(2000, 1, 1, tzinfo=UTC)
# A transaction may end a little later than its clock says.
_OVERLAP = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Placed:
    """Where an article belongs: `story_id` is the story so far of the signal it is placed by.

    `judged_by` is the newest signal that was considered. `returns_to` is a closed story whose
    event it brings back.
    """

    placement: StoryPlacement
    story_id: int | None
    judged_by: int
    returns_to: int | None = None


class StoryFinder:
    """Keeps the index of stories as the database has it, whoever changes that.

    It is filled when it is first asked, and before each answer learns what came since: signals
    that other processes kept, and what editors did. All work upon it is done in a thread, one at
    a time, so that nobody who chats waits for it.
    """

    def __init__(self, storage: Storage, *, encoder: "Encoder | None" = None) -> None:
        self._storage = storage
        self._past = _Past(storage)
        self._encoder = encoder
        self._mark: Mark | None = None
        self._acts = Known()  # the acts upon stories that the index knows of
        self._own: set[int] = set()  # added by `keep`, newer than the mark
        self._filling: asyncio.Task[Mark] | None = None
        self._one_at_a_time = asyncio.Lock()

    @cached_property
    def _index(self) -> "StoryIndex":
        return _empty_index(self._encoder)

    async def ready(self, now: datetime, *, within_s: float) -> bool:
        """Whether the index is filled, or is so `within_s` seconds: for whoever cannot wait."""
        done, _ = await asyncio.wait((self._begin(now),), timeout=within_s)
        return bool(done)

    async def place(self, item: StoryItem, now: datetime) -> Placed:
        """Where `item` belongs, judged by all that the database has now. It is not added."""
        async with self._one_at_a_time:
            mark = await self._learn(now)
            placement = await asyncio.to_thread(self._index.place, item)
            story_id = None
            if placement.story_of is not None:
                story_id = await self._storage.story_items.story_of(placement.story_of)
            returns_to = None
            if placement.story_of is None:
                await self._past.learn(now)
                returns_to = await asyncio.to_thread(self._past.find, item)
            return Placed(placement, story_id, mark.signal_id, returns_to)

    async def keep(self, item: StoryItem, beside: int | None) -> None:
        """Add a signal that was just kept, so that it need not be read again.

        `beside` is the signal that it was placed by, among whose like it stands; its story may
        have been opened just now.
        """
        async with self._one_at_a_time:
            if beside is not None and item.story_id is not None:
                if self._index.story_of(beside) is None:
                    self._index.move(beside, item.story_id)
                item = replace(item, story_id=self._index.story_of(beside))
            await asyncio.to_thread(self._index.add, item)
            self._own.add(item.signal_id)

    async def _learn(self, now: datetime) -> Mark:
        mark = self._mark
        if mark is None:
            mark = await asyncio.shield(self._begin(now))
        since = now - WINDOW
        seen = replace(mark, at=mark.at - _OVERLAP)
        new = [
            item
            for item in await self._storage.story_items.arrived(seen, since)
            if item.signal_id not in self._own
        ]
        opened = await self._storage.story_items.joined(seen)
        moved = await self._storage.storyboard.moves(self._acts, now)
        newest = max([mark.signal_id, *self._own, *(item.signal_id for item in new)])
        await asyncio.to_thread(self._take_in, new, {**opened, **moved.places}, moved.apart, since)
        self._acts, self._mark = moved.known, Mark(newest, now)
        self._own.clear()
        return self._mark

    def _begin(self, now: datetime) -> asyncio.Task[Mark]:
        """The filling of the index, which goes on whoever stops waiting for it."""
        if self._filling is None or (self._filling.done() and self._filling.exception()):
            self._filling = asyncio.create_task(self._fill(now))
        return self._filling

    async def _fill(self, now: datetime) -> Mark:
        await asyncio.to_thread(lambda: self._index)
        mark = await self._storage.story_items.mark(now)
        apart = await self._storage.storyboard.apart(now - WINDOW, now)
        async for page in self._storage.story_items.since(now - WINDOW):
            await asyncio.to_thread(self._add_rows, page)
        self._acts = apart.known
        for signal_id, story_id in apart.apart:
            self._index.keep_apart(signal_id, story_id)
        meters.STORY_INDEX.set_function(lambda: len(self._index))
        log.info("the index of stories holds %d signals", len(self._index))
        return mark

    def _add_rows(self, rows: Iterable[Any]) -> None:
        for row in rows:
            self._index.add(item_of(row))

    def _take_in(
        self,
        new: Iterable[StoryItem],
        places: Mapping[int, int | None],
        apart: Iterable[tuple[int, int]],
        since: datetime,
    ) -> None:
        for item in new:
            self._index.add(item)
        for signal_id, story_id in places.items():
            self._index.move(signal_id, story_id)
        for signal_id, story_id in apart:
            self._index.keep_apart(signal_id, story_id)
        self._index.forget_before(since)


def _empty_index(encoder: "Encoder | None" = None) -> "StoryIndex":
    # Loaded with the first article, in its thread: numpy takes a while.
    from digest.stories.index import StoryIndex  # noqa: PLC0415

    return StoryIndex(encoder)


class _Past:
    """The leads of the stories that closed within three months, found by what is rare in them.

    All of them are dated alike: here it does not count how long ago something was.
    """

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._leads: dict[int, tuple[StoryItem, datetime]] = {}  # by story, with when it closed
        self._until: Closed | None = None
        self._looked_at: datetime | None = None

    @cached_property
    def _index(self) -> "StoryIndex":
        return _empty_index()

    async def learn(self, now: datetime) -> None:
        """Take in what closed since last time, and drop what is too old."""
        if self._looked_at is not None and now - self._looked_at < _LOOK_EVERY:
            return
        self._looked_at = now
        while rows := await self._storage.story_items.closed(self._until or Closed(now - _PAST)):
            await asyncio.to_thread(self._add, rows)
            self._until = Closed(rows[-1].closed_at, rows[-1].closed_id)
        for story_id in [id_ for id_, (_, at) in self._leads.items() if at < now - _PAST]:
            del self._leads[story_id]
        if len(self._index) > 2 * len(self._leads) + _LEFT_OVER:
            await asyncio.to_thread(self._anew)

    def find(self, item: StoryItem) -> int | None:
        """The closed story whose event comes back with `item`."""
        if not self._leads:  # an index of nothing is not even made
            return None
        placement = self._index.place(replace(item, at=_ALIKE))
        story_id = self._index.story_of(placement.story_of)
        if story_id is None or placement.similarity < SURE or story_id not in self._leads:
            return None
        lead, closed_at = self._leads[story_id]
        back = item.at > closed_at and comes_back(item, lead)
        return story_id if back else None

    def _add(self, rows: Iterable[Any]) -> None:
        for row in rows:
            lead = replace(item_of(row), story_id=row.closed_id, at=_ALIKE)
            self._index.add(lead)
            self._leads[row.closed_id] = lead, row.closed_at

    def _anew(self) -> None:
        self._index = _empty_index()
        for lead, _ in self._leads.values():
            self._index.add(lead)
