"""What each place of the staff was told that it is told once: a week's draft, its numbers.

A note is claimed before it is sent: of two processes one sends it, and a crash in between costs
one place its note instead of bringing it twice. What Telegram refused for the moment is given
back.
"""

from datetime import datetime
from typing import Literal

from sqlalchemy import delete, select

from storage.database import Database
from storage.schema import staff_notes
from storage.upsert import insert

What = Literal["drafts", "numbers", "topics"]
"""The draft of a week's report, the numbers of a week, the topics that seem to come up."""


class StaffNotes:
    """Notes by what they are of and the week that they are about (2026-W11)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def told(self, what: What, about: str) -> frozenset[tuple[int, int]]:
        """The places, as chat and thread (0 for none), that were told."""
        query = select(staff_notes.c.chat_id, staff_notes.c.thread_id).where(
            staff_notes.c.what == what, staff_notes.c.about == about
        )
        async with self._database.read() as connection:
            rows = await connection.execute(query)
            return frozenset((row.chat_id, row.thread_id) for row in rows)

    async def claim(
        self, what: What, about: str, chat_id: int, thread_id: int, now: datetime
    ) -> bool:
        """Whether the place was not told yet; from now on it was."""
        note = {"what": what, "about": about, "chat_id": chat_id, "thread_id": thread_id}
        async with self._database.write() as connection:
            made = await connection.execute(
                insert(connection, staff_notes)
                .values(**note, told_at=now)
                .on_conflict_do_nothing()
                .returning(staff_notes.c.chat_id)
            )
            return made.first() is not None

    async def give_back(self, what: What, about: str, chat_id: int, thread_id: int) -> None:
        """What was claimed was not sent."""
        async with self._database.write() as connection:
            await connection.execute(
                delete(staff_notes).where(
                    staff_notes.c.what == what,
                    staff_notes.c.about == about,
                    staff_notes.c.chat_id == chat_id,
                    staff_notes.c.thread_id == thread_id,
                )
            )

    async def forget(self, before: datetime) -> int:
        """Drop the notes of long ago. Returns how many."""
        async with self._database.write() as connection:
            result = await connection.execute(
                delete(staff_notes).where(staff_notes.c.told_at < before)
            )
            return result.rowcount
