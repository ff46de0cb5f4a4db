"""What was tried to make of a signal beyond its rules brief.

A try is noted before it begins: one that kills the process counts too, so nothing is tried for
ever. `task` is "model", or the language that an article is to be translated into.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.schema import enrichments, signals
from storage.upsert import insert

MODEL = "model"
MOST_TRIES = 3


def untried(task: str, retry_before: datetime | None) -> ColumnElement[bool]:
    """Whether a row of `signals` still waits for `task`."""
    over = or_(enrichments.c.done, enrichments.c.tries >= MOST_TRIES)
    if retry_before is not None:
        over = or_(over, enrichments.c.tried_at >= retry_before)
    return ~exists(
        select(enrichments.c.signal_id).where(
            and_(enrichments.c.signal_id == signals.c.id, enrichments.c.task == task, over)
        )
    )


async def begin(
    connection: AsyncConnection,
    signal_id: int,
    task: str,
    now: datetime,
    *,
    retry_before: datetime,
) -> bool:
    """Count a try that begins now; False when another process began one, or all is done."""
    result = await connection.execute(
        insert(connection, enrichments)
        .values(signal_id=signal_id, task=task, tries=1, tried_at=now, done=False)
        .on_conflict_do_update(
            index_elements=["signal_id", "task"],
            set_={"tries": enrichments.c.tries + 1, "tried_at": now},
            where=and_(
                ~enrichments.c.done,
                enrichments.c.tries < MOST_TRIES,
                enrichments.c.tried_at < retry_before,
            ),
        )
        .returning(enrichments.c.tries)
    )
    return result.scalar() is not None


async def forgive(connection: AsyncConnection, signal_id: int, task: str) -> None:
    """Take a try back that failed for no reason of the signal's: an engine that was down."""
    await connection.execute(
        update(enrichments)
        .where(enrichments.c.signal_id == signal_id, enrichments.c.task == task)
        .where(enrichments.c.tries > 0)
        .values(tries=enrichments.c.tries - 1)
    )


async def note_done(connection: AsyncConnection, signal_id: int, task: str, now: datetime) -> None:
    """Note that there is nothing left to do."""
    await connection.execute(
        insert(connection, enrichments)
        .values(signal_id=signal_id, task=task, tries=1, tried_at=now, done=True)
        .on_conflict_do_update(
            index_elements=["signal_id", "task"], set_={"tried_at": now, "done": True}
        )
    )
