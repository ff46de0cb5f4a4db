"""Past signals worth rereading, and what of them each chat was shown."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.model import Relation
from storage.database import Database
from storage.schema import LIVE, look_backs, looked_back, signals
from storage.upsert import chunks, insert

_ENOUGH = 12
_NEWEST = 200


class Shown(NamedTuple):
    """What a reader was shown as a look-back: signals, and the stories that they are of."""

    signals: set[int]
    stories: set[int]


class LookBacks:
    """Drawing from the past without reading all of it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def candidates(
        self, until: datetime, draws: Sequence[float]
    ) -> tuple[tuple[int, int], ...]:
        """Ids and scores of live leads dated before `until`, spread over the whole past.

        `draws` are numbers in [0, 1), each a place in that past. Where so few are hit that there
        can hardly be more, the newest 200 are given instead.
        """
        async with self._database.read() as connection:
            first = await connection.scalar(select(func.min(signals.c.id))) or 0
            last = await connection.scalar(
                select(signals.c.id)
                .where(signals.c.created_at < until)
                .order_by(signals.c.created_at.desc())
                .limit(1)
            )
            ids = {first + int(draw * ((last or first) - first + 1)) for draw in draws}
            drawn = _past(until).where(signals.c.id.in_(sorted(ids)))
            found = (await connection.execute(drawn)).all()
            if len(found) < _ENOUGH:
                newest = _past(until).order_by(signals.c.dated_at.desc(), signals.c.id.desc())
                found = (await connection.execute(newest.limit(_NEWEST))).all()
            return tuple((row.id, row.score) for row in found)

    async def last(self, subscriber_id: int) -> int:
        """The signal that this chat was shown last, 0 for none."""
        query = select(look_backs.c.signal_id).where(look_backs.c.subscriber_id == subscriber_id)
        async with self._database.read() as connection:
            return await connection.scalar(query) or 0

    async def remember(self, subscriber_id: int, signal_id: int) -> None:
        """Note what this chat is shown now."""
        async with self._database.write() as connection:
            shown = insert(connection, look_backs).values(
                subscriber_id=subscriber_id, signal_id=signal_id
            )
            await connection.execute(
                shown.on_conflict_do_update(
                    index_elements=["subscriber_id"], set_={"signal_id": signal_id}
                )
            )

    async def note_shown(
        self, readers: Iterable[int], signal_ids: Iterable[int], now: datetime
    ) -> None:
        """Note that these readers are shown these signals as look-backs now."""
        async with self._database.write() as connection:
            await note_shown(connection, readers, signal_ids, now)

    async def alike(self, signal_ids: Sequence[int]) -> dict[int, int | None]:
        """These signals and the others of their stories that anybody was shown, by number.

        Each with its story: whoever was shown one of them is not shown another.
        """
        if not signal_ids:
            return {}
        own = select(signals.c.id, signals.c.story_id).where(signals.c.id.in_(signal_ids))
        async with self._database.read() as connection:
            found = {row.id: row.story_id for row in await connection.execute(own)}
            stories = sorted({story for story in found.values() if story is not None})
            # So that a story of thousands is asked of once, and not for each of its readers.
            shown = select(looked_back.c.signal_id).where(looked_back.c.signal_id == signals.c.id)
            others = select(signals.c.id, signals.c.story_id).where(
                signals.c.story_id.in_(stories), shown.exists()
            )
            found |= {row.id: row.story_id for row in await connection.execute(others)}
        return found

    async def shown(
        self, readers: Sequence[int], alike: Mapping[int, int | None]
    ) -> dict[int, Shown]:
        """Which of these signals, given with their stories, each reader was shown, ever."""
        found: dict[int, Shown] = defaultdict(lambda: Shown(set(), set()))
        if not alike:
            return found
        wanted = sorted(alike)
        query = select(looked_back.c.subscriber_id, looked_back.c.signal_id)
        async with self._database.read() as connection:
            for some in chunks(readers):
                # The key holds a reader's signals in order: a step for each of the two.
                mine = looked_back.c.subscriber_id.in_(some) & looked_back.c.signal_id.in_(wanted)
                for reader, signal_id in await connection.execute(query.where(mine)):
                    found[reader].signals.add(signal_id)
                    story = alike[signal_id]
                    if story is not None:
                        found[reader].stories.add(story)
        return found


async def note_shown(
    connection: AsyncConnection, readers: Iterable[int], signal_ids: Iterable[int], now: datetime
) -> None:
    """See `LookBacks.note_shown`; inside the caller's transaction."""
    ids = tuple(dict.fromkeys(signal_ids))
    rows = [
        {"subscriber_id": reader, "signal_id": signal_id, "shown_at": now}
        for reader in readers
        for signal_id in ids
    ]
    if rows:
        await connection.execute(insert(connection, looked_back).on_conflict_do_nothing(), rows)


def _past(until: datetime) -> Select[Any]:
    return select(signals.c.id, signals.c.score).where(
        LIVE, signals.c.relation == Relation.LEAD, signals.c.dated_at < until
    )
