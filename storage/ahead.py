"""What lies further ahead than it can: a clock was wrong when it was written, and is right now.

Everything that is due at a moment would wait for it: after an hour on a fast clock, for an hour.
What is told apart is only what no right clock can have written; five minutes between the clocks
of two machines are nothing.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Delete, Update, and_, delete, or_, update

from digest.sources.pace import CEILING_S, LONGEST_HINT_S
from storage.database import Database
from storage.schema import (
    DUE,
    OPEN,
    UNREAD,
    WAITING,
    deliveries,
    entries,
    host_blocks,
    pasted_links,
    source_polls,
    subscribers,
)
from storage.sending import SENDING_S

SLACK = timedelta(minutes=5)
# What a server asks for, up to a tenth later, and a day that a feed asks to skip.
_LONGEST_POLL = timedelta(seconds=LONGEST_HINT_S * 1.1 + CEILING_S)
_LONGEST_BLOCK = timedelta(days=1)


class Ahead:
    """Puts moments right that cannot be. Both return how many."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of_reading(self, now: datetime, waits: Sequence[timedelta]) -> int:
        """Polls, blocked hosts and entries. `waits` is how long an entry waits after each try."""
        late, polls, tried = now + SLACK, source_polls.c, entries.c.tries
        waiting = entries.c.claimable_at
        changes = (
            update(source_polls)
            .where(polls.last_poll_at > late)
            .values(last_poll_at=now, next_poll_at=now),
            update(source_polls)
            .where(polls.next_poll_at > late + _LONGEST_POLL)
            .values(next_poll_at=now),
            delete(host_blocks).where(host_blocks.c.until > late + _LONGEST_BLOCK),
            update(entries)
            .where(WAITING)
            .where(
                or_(
                    waiting > late + max(waits),
                    and_(tried == 0, waiting > late),
                    *(
                        and_(tried == number, waiting > late + wait)
                        for number, wait in enumerate(waits, 1)
                    ),
                )
            )
            .values(claimable_at=now),
        )
        return await self._make(changes)

    async def of_chat(self, now: datetime) -> int:
        """Messages that are owed or in hand, links that were sent to us, and digests' windows."""
        late, owed, link = now + SLACK, deliveries.c, pasted_links.c
        changes = (
            update(deliveries)
            .where(DUE, owed.created_at > late, owed.not_before > now)
            .values(not_before=now),
            update(deliveries)
            .where(OPEN, owed.lease_until > late + timedelta(seconds=SENDING_S))
            .values(lease_until=now),
            update(pasted_links)
            .where(UNREAD, link.asked_at > late, link.claimable_at > now)
            .values(claimable_at=now),
            # Else what comes until then is in no digest.
            update(subscribers)
            .where(subscribers.c.considered_until > late)
            .values(considered_until=now),
        )
        return await self._make(changes)

    async def _make(self, changes: Sequence[Update | Delete]) -> int:
        changed = 0
        async with self._database.write() as connection:
            for change in changes:
                changed += (await connection.execute(change)).rowcount
        return changed
