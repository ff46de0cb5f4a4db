"""News of sources that fell ill or are well again, and the messages about them that are owed.

News is written with the poll that made it. It is gathered for a while, so that many sources at
once make one message, and what has passed meanwhile makes none; then each place of the staff is
owed a message, which is kept until it was sent.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database import Database
from storage.schema import UNTOLD, source_news, source_notices
from storage.source_drafts import Where
from storage.upsert import chunks

KEPT = timedelta(days=14)
"""How long news and notices are kept after they were told."""


class Event(StrEnum):
    """What happened: failing for long, given up by its owner (410), or well again."""

    SICK = "sick"
    GONE = "gone"
    BACK = "back"


@dataclass(frozen=True, slots=True)
class News:
    """What happened to a source; `reason` is a PollFailure's code, `since` when it began."""

    source_id: int
    event: Event
    reason: str
    since: datetime | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Notice:
    """A message about sources that a place is owed; `news` is plain data of what to say."""

    id: int
    where: Where
    news: Mapping[str, Any]
    made_at: datetime


class SourceNews:
    """What the staff is yet to hear about sources."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def untold(self) -> tuple[News, ...]:
        """What nobody has been told of, oldest first."""
        query = select(source_news).where(UNTOLD).order_by(source_news.c.id)
        async with self._database.read() as connection:
            return tuple(_news(row) for row in await connection.execute(query))

    async def owe(
        self,
        places: Iterable[Where],
        news: Mapping[str, Any],
        source_ids: Sequence[int],
        now: datetime,
    ) -> None:
        """Owe each place a message with `news`; the untold news of these sources is told by it.

        With no `news` they are only noted as told: there is nothing left to say.
        """
        async with self._database.write() as connection:
            for some in chunks(source_ids):
                await connection.execute(
                    update(source_news)
                    .where(UNTOLD, source_news.c.source_id.in_(some))
                    .values(gathered=True)
                )
            if not news:
                return
            for where in places:
                await connection.execute(
                    source_notices.insert().values(
                        chat_id=where.chat_id,
                        thread_id=where.thread_id,
                        lang=where.lang,
                        news=dict(news),
                        not_before=now,
                        made_at=now,
                    )
                )

    async def due(self, now: datetime) -> tuple[Notice, ...]:
        """The messages that are to be sent now, oldest first."""
        query = (
            select(source_notices)
            .where(source_notices.c.sent_at.is_(None), source_notices.c.not_before <= now)
            .order_by(source_notices.c.id)
        )
        async with self._database.read() as connection:
            return tuple(_notice(row) for row in await connection.execute(query))

    async def sent(self, notice_id: int, now: datetime) -> None:
        """It is out."""
        await self._note(notice_id, sent_at=now)

    async def put_off(self, notice_id: int, until: datetime) -> None:
        """Not before then."""
        await self._note(notice_id, not_before=until)

    async def forget(self, now: datetime) -> None:
        """Drop what was told long ago, or could not be told for as long."""
        async with self._database.write() as connection:
            await connection.execute(
                delete(source_notices).where(source_notices.c.made_at < now - KEPT)
            )
            await connection.execute(
                delete(source_news).where(source_news.c.gathered, source_news.c.at < now - KEPT)
            )

    async def _note(self, notice_id: int, **values: Any) -> None:
        async with self._database.write() as connection:
            await connection.execute(
                update(source_notices).where(source_notices.c.id == notice_id).values(**values)
            )


async def note_news(connection: AsyncConnection, news: News) -> None:
    """Write what happened to a source, in the transaction of the poll that showed it."""
    await connection.execute(
        source_news.insert().values(
            source_id=news.source_id,
            event=news.event,
            reason=news.reason,
            since=news.since,
            at=news.at,
        )
    )


def _news(row: Row[Any]) -> News:
    return News(row.source_id, Event(row.event), row.reason, row.since, row.at)


def _notice(row: Row[Any]) -> Notice:
    where = Where(row.chat_id, row.thread_id, row.lang)
    return Notice(row.id, where, row.news, row.made_at)
