"""The staff's work in a group that became a supergroup: it goes on under the group's new id."""

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.schema import broadcasts, desks, source_drafts, source_imports, staff_notes

# What is talked about in a chat; its messages are written anew where they are not found.
_TALKED_OF = (broadcasts, source_drafts, source_imports)


async def follow_desk(connection: AsyncConnection, old: int, new: int) -> None:
    """Desks stay desks, or all that the staff is told would go to an id that is no more."""
    there = select(desks.c.thread_id).where(desks.c.chat_id == new)
    await connection.execute(
        delete(desks).where(desks.c.chat_id == old, desks.c.thread_id.in_(there))
    )
    again = staff_notes.alias()
    there = select(again.c.chat_id).where(
        again.c.chat_id == new,
        again.c.what == staff_notes.c.what,
        again.c.about == staff_notes.c.about,
        again.c.thread_id == staff_notes.c.thread_id,
    )
    await connection.execute(
        delete(staff_notes).where(staff_notes.c.chat_id == old, there.exists())
    )
    for table in (desks, staff_notes, *_TALKED_OF):
        await connection.execute(update(table).where(table.c.chat_id == old).values(chat_id=new))
