"""When each place of the staff was told of the queue, so that it is told once.

A note is claimed before it is sent: of two processes one sends it, and a crash in between costs
one note instead of bringing it twice. What Telegram refused for the moment is given back.
"""

from datetime import datetime
from typing import Literal

from sqlalchemy import or_, update

from storage.database import Database
from storage.schema import queue_notes
from storage.upsert import insert

Kind = Literal["told_at", "warned_at"]
"""The daily note, and the one that says that the queue has grown long."""


class QueueNotes:
    """The notes of all places: a chat, and the thread in it (0 for none)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def claim(
        self, kind: Kind, chat_id: int, thread_id: int, since: datetime | None, now: datetime
    ) -> bool:
        """Whether the place was not told since then (None: never); from now on it was."""
        column = queue_notes.c[kind]
        free = column.is_(None)
        async with self._database.write() as connection:
            made = await connection.execute(
                insert(connection, queue_notes)
                .values({"chat_id": chat_id, "thread_id": thread_id, kind: now})
                .on_conflict_do_update(
                    index_elements=["chat_id", "thread_id"],
                    set_={kind: now},
                    where=free if since is None else or_(free, column < since),
                )
                .returning(queue_notes.c.chat_id)
            )
            return made.first() is not None

    async def give_back(self, kind: Kind, chat_id: int, thread_id: int) -> None:
        """What was claimed was not sent, or may be said again."""
        async with self._database.write() as connection:
            await connection.execute(
                update(queue_notes)
                .where(queue_notes.c.chat_id == chat_id, queue_notes.c.thread_id == thread_id)
                .where(queue_notes.c[kind].is_not(None))
                .values({kind: None})
            )
