"""How much waits where, for whoever watches: by small indexes only, whatever lies in the past."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select

from digest.model import DeliveryState, EntryState, SourceState
from storage.database import Database
from storage.schema import (
    DUE,
    HELD,
    LIVE,
    OPEN,
    UNSURE,
    WAITING,
    deliveries,
    entries,
    signals,
    source_polls,
    sources,
    subscribers,
)

_DOUBTED = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Lengths:
    """What waits at a moment, and since when the longest of it does.

    `owed` counts what is not settled, by state; a state without any is left out. `owed_since` is
    when the longest owed push was due (only to chats that may be written to), `unplanned_since`
    when the digest was due of the reader who waits longest to be owed it, `unread_since` when the
    longest waiting entry of news could have been read, `unpolled_since` when the longest
    overdue source was due. `newest_signal_at` is when the newest signal came out.
    `unknown` counts the pushes of the last week of which nobody knows whether they arrived.
    """

    owed: dict[DeliveryState, int]
    owed_since: datetime | None
    unplanned_since: datetime | None
    unread: dict[EntryState, int]
    unread_since: datetime | None
    due_sources: int
    unpolled_since: datetime | None
    held: int
    newest_signal_at: datetime | None
    unknown: int = 0

    @property
    def late_since(self) -> datetime | None:
        """When the push was due that readers have waited for longest, owed or not yet."""
        return min(filter(None, (self.owed_since, self.unplanned_since)), default=None)


class Watch:
    """Looks at lengths."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def lengths(self, now: datetime) -> Lengths:
        """What waits now."""
        owed = (
            select(deliveries.c.state, func.count())
            .where(or_(DUE, OPEN))
            .group_by(deliveries.c.state)
        )
        owed_since = (
            select(func.min(deliveries.c.not_before))
            .join(subscribers, subscribers.c.id == deliveries.c.subscriber_id)
            .where(DUE, subscribers.c.active, deliveries.c.not_before <= now)
        )
        unplanned_since = select(func.min(subscribers.c.next_digest_at)).where(
            subscribers.c.active, subscribers.c.next_digest_at <= now
        )
        unread = select(entries.c.state, func.count()).where(WAITING).group_by(entries.c.state)
        unread_since = select(func.min(entries.c.claimable_at)).where(
            WAITING, entries.c.state == EntryState.NEW, entries.c.claimable_at <= now
        )
        due = (
            select(func.count(), func.min(source_polls.c.next_poll_at))
            .join(sources, sources.c.id == source_polls.c.source_id)
            .where(sources.c.state == SourceState.ACTIVE, source_polls.c.next_poll_at <= now)
        )
        held = select(func.count()).select_from(signals).where(HELD)
        newest = select(func.max(signals.c.live_at)).where(LIVE)
        unknown = select(func.count()).where(UNSURE, deliveries.c.created_at >= now - _DOUBTED)
        async with self._database.read() as connection:
            sent = (await connection.execute(owed)).all()
            read = (await connection.execute(unread)).all()
            due_sources, unpolled_since = (await connection.execute(due)).one()
            return Lengths(
                {DeliveryState(state): count for state, count in sent},
                await connection.scalar(owed_since),
                await connection.scalar(unplanned_since),
                {EntryState(state): count for state, count in read},
                await connection.scalar(unread_since),
                due_sources,
                unpolled_since,
                await connection.scalar(held) or 0,
                await connection.scalar(newest),
                await connection.scalar(unknown) or 0,
            )
