"""Past signals worth rereading, and which one a chat was shown last."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select

from digest.model import Relation
from storage.database import Database
from storage.schema import LIVE, look_backs, signals
from storage.upsert import insert

_ENOUGH = 12
_NEWEST = 200


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


def _past(until: datetime) -> Select[Any]:
    return select(signals.c.id, signals.c.score).where(
        LIVE, signals.c.relation == Relation.LEAD, signals.c.dated_at < until
    )
