"""What follows when an act upon a signal is taken back: into the queue, or before readers."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.model import SignalState
from storage.changes import Change
from storage.schema import LIVE, signals, subscribers
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


async def be_news_again(
    connection: AsyncConnection, changes: Sequence[Change], now: datetime
) -> None:
    """Follow up on signals that readers see again: new as now, if a digest passed them by.

    Whoever has been sent one is not sent it again (see storage/given.py).
    """
    shown = [
        change.key["id"]
        for change in changes
        if (change.after or {}).get("state") == SignalState.LIVE.value
    ]
    passed = select(subscribers.c.id).where(subscribers.c.considered_until >= signals.c.live_at)
    for some in chunks(shown):
        await connection.execute(
            update(signals)
            .where(signals.c.id.in_(some), LIVE, signals.c.live_at < now, passed.exists())
            .values(live_at=now)
        )
