"""Tries to answer updates, written down many in one transaction.

A transaction costs many times an update; those that come while one is being committed share the
next. Each update goes on only when its own try is committed.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import literal_column

from storage.database import Database
from storage.schema import updates
from storage.together import Together
from storage.upsert import insert

# An update that kills the process whenever it is answered is given up. Being written down counts
# as the first try.
_TRIES = 3

_Try = tuple[int, datetime]


class Beginnings:
    """Counts tries; whoever asks for the same update twice at once is told one after the other."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._tries = Together(self._commit)
        self._under_way: dict[int, asyncio.Event] = {}

    async def note(self, update_id: int, now: datetime) -> bool | None:
        """Count a try that begins now. Returns whether an earlier one has changed something.

        None when it must not be tried: it was answered, is being answered without having been
        kept, or was tried often enough.
        """
        # All who share a question get its answer, and only one of them may answer the update.
        while (other := self._under_way.get(update_id)) is not None:
            await other.wait()
        told = self._under_way[update_id] = asyncio.Event()
        try:
            return await self._tries.ask((update_id, now))
        finally:
            del self._under_way[update_id]
            told.set()

    async def _commit(self, tries: Sequence[_Try]) -> dict[_Try, bool]:
        waits = updates.c.payload.is_not(None) & (updates.c.tries < literal_column(f"{_TRIES}"))
        async with self._database.write() as connection:
            rows = await connection.execute(
                insert(connection, updates)
                .on_conflict_do_update(
                    index_elements=["update_id"],
                    set_={"tries": updates.c.tries + literal_column("1")},
                    where=waits,
                )
                .returning(updates.c.update_id, updates.c.acted),
                [
                    {"update_id": update_id, "received_at": now, "tries": 1}
                    # One that was cancelled may be here beside the one who asked after it.
                    for update_id, now in dict(tries).items()
                ],
            )
            begun = {update_id: bool(acted) for update_id, acted in rows}
        return {one: begun[one[0]] for one in tries if one[0] in begun}
