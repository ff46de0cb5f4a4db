"""Tries to answer updates, written down many in one transaction.

A transaction costs many times an update; those that come while one is being committed share the
next. Each update goes on only when its own try is committed.
"""

import asyncio
from contextvars import Context
from datetime import datetime

from sqlalchemy import literal_column

from storage.database import Database
from storage.schema import updates
from storage.upsert import insert

# An update that kills the process whenever it is answered is given up. Being written down counts
# as the first try.
_TRIES = 3


class Beginnings:
    """Counts tries; whoever asks for the same update twice at once is told one after the other."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._page: dict[int, datetime] = {}
        self._asked: dict[int, asyncio.Future[bool | None]] = {}
        self._writing: asyncio.Task[None] | None = None

    async def note(self, update_id: int, now: datetime) -> bool | None:
        """Count a try that begins now. Returns whether an earlier one has changed something.

        None when it must not be tried: it was answered, is being answered without having been
        kept, or was tried often enough.
        """
        while (other := self._asked.get(update_id)) is not None:
            await asyncio.wait([other])
        asked: asyncio.Future[bool | None] = asyncio.get_running_loop().create_future()
        self._asked[update_id] = asked
        self._page[update_id] = now
        if self._writing is None:
            # On nobody's behalf: what is noted here is no change that an update makes.
            self._writing = asyncio.create_task(self._write(), context=Context())
        return await asked

    async def _write(self) -> None:
        try:
            while self._page:
                page, self._page = self._page, {}
                await self._write_page(page)
        finally:
            self._writing = None

    async def _write_page(self, page: dict[int, datetime]) -> None:
        try:
            begun = await self._commit(page)
        except BaseException as error:
            for asked in map(self._asked.pop, page):
                if isinstance(error, Exception) and not asked.done():
                    asked.set_exception(error)
                asked.cancel()  # does nothing to one that is told
            if not isinstance(error, Exception):
                raise
            return
        for update_id in page:
            asked = self._asked.pop(update_id)
            if not asked.done():  # who waited may have been cancelled
                asked.set_result(begun.get(update_id))

    async def _commit(self, page: dict[int, datetime]) -> dict[int, bool]:
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
                    for update_id, now in page.items()
                ],
            )
            return {update_id: bool(acted) for update_id, acted in rows}
