"""What follows when a signal comes back into the queue because an act was taken back."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.model import SignalState
from storage.changes import Change
from storage.schema import signals
from storage.upsert import chunks


async def look_again(
    connection: AsyncConnection, changes: Sequence[Change], now: datetime
) -> None:
    """Follow up on signals that came back into the queue: what is over for them stays over.

    Whoever takes an act back wants to look at the signal, not to see it fall the next minute.
    """
    back = [
        change.key["id"]
        for change in changes
        if (change.after or {}).get("state") == SignalState.HELD.value
    ]
    for some in chunks(back):
        for time in (signals.c.falls_at, signals.c.publish_at):
            await connection.execute(
                update(signals).where(signals.c.id.in_(some), time <= now).values({time: None})
            )
