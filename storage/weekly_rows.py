"""What follows when an act upon a weekly report is taken back."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.changes import Change
from storage.schema import audit, weeklies


async def go_on_counting(
    connection: AsyncConnection, changes: Sequence[Change], _now: datetime
) -> None:
    """A revision never comes twice, or an old button would be taken for one of today.

    The books of acts grow at least as fast as revisions do, so their newest number is free. And a
    draft that was let out and is called back does not fall due again by itself.
    """
    for change in changes:
        before, after = change.before or {}, change.after or {}
        reached, put = before.get("revision"), after.get("revision")
        if reached is None or put is None or put > reached:
            continue
        newest = await connection.scalar(select(func.max(audit.c.id))) or 0
        values: dict[str, Any] = {"revision": max(newest, reached) + 1}
        if after.get("state") == "draft":
            values["falls_at"] = None
        await connection.execute(update(weeklies).where(change.where).values(**values))
