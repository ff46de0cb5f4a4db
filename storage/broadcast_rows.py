"""An announcement as it is kept, and what follows when an act changes one."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.audience import read_audience
from digest.broadcast import Announcement, Broadcast, BroadcastState, Correction
from digest.model import Action, Lang
from digest.render import message_body
from storage.changes import Change
from storage.schema import broadcasts, digest_parts

UNCORRECTED: dict[str, Any] = {"corrected_to": 0, "corrected": 0, "not_corrected": 0}


def body_of(announcement: Announcement) -> dict[str, Any]:
    """The message body that every reader gets; its buttons only lead elsewhere."""
    return message_body(announcement.message, _no_deed)


def _no_deed(action: Action) -> str:
    raise ValueError(f"an announcement has no button for {action.verb}")


async def follow_broadcasts(
    connection: AsyncConnection, changes: Sequence[Change], now: datetime
) -> None:
    """After an act, or its undo: another revision; what is out follows its text; work goes on."""
    del now
    for change in changes:
        mine = broadcasts.c.id == change.key["id"]
        row = (await connection.execute(select(broadcasts).where(mine))).first()
        if row is None:
            continue
        values: dict[str, Any] = {"revision": row.revision + 1}
        if row.digest_id is not None:
            values["reported"] = False
            if change.before and "announcement" in change.before:
                values |= await _spread(connection, row, change.before["announcement"]["text"])
        await connection.execute(update(broadcasts).where(mine).values(**values))


async def _spread(connection: AsyncConnection, row: Row[Any], before: str) -> dict[str, Any]:
    """What is not sent yet gets the new words; what was sent is to be corrected."""
    await connection.execute(
        update(digest_parts)
        .where(digest_parts.c.digest_id == row.digest_id)
        .values(body=body_of(read_broadcast(row).announcement), version=digest_parts.c.version + 1)
    )
    return {
        "correction": Correction.EDIT,
        "correcting": True,
        "text_before": before,
        **UNCORRECTED,
    }


def read_broadcast(row: Row[Any]) -> Broadcast:
    """The announcement of a row."""
    words = dict(row.announcement)
    words["buttons"] = tuple(tuple(one) for one in words.get("buttons", ()))
    return Broadcast(
        id=row.id,
        state=BroadcastState(row.state),
        revision=row.revision,
        announcement=Announcement(**words),
        audience=read_audience(row.audience),
        made_by=row.made_by,
        chat_id=row.chat_id,
        thread_id=row.thread_id,
        message_id=row.message_id,
        lang=Lang(row.lang),
        created_at=row.created_at,
        digest_id=row.digest_id,
        total=row.total,
        confirmed_by=row.confirmed_by,
        confirmed_at=row.confirmed_at,
        finished_at=row.finished_at,
        correction=Correction(row.correction) if row.correction else None,
        correcting=row.correcting,
        corrected_to=row.corrected_to,
        text_before=row.text_before,
        corrected=row.corrected,
        not_corrected=row.not_corrected,
    )
