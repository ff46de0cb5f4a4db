"""What readers report as wrong with a signal, and what the admins have been told of it.

Each admin gets one message for a signal and kind of fault. Further reports change it, so a
hundred readers who see the same fault are one message with a number. What could not be sent stays
untold and is tried again.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Any

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database import Database
from storage.schema import report_notices, reports
from storage.upsert import insert

MOST_A_DAY = 20
_DAY = timedelta(days=1)
# A message that could not be told within this time will not be told at all.
_TOLD_WITHIN = timedelta(days=14)
_QUOTED = 5


class Filed(Enum):
    """What became of a report: it is new, it adds to one's own, or there were too many today."""

    NEW = auto()
    AGAIN = auto()
    TOO_MANY = auto()


@dataclass(frozen=True, slots=True)
class Quote:
    """One person's report; `words` are "" where only the kind was chosen."""

    user_id: int
    words: str


@dataclass(frozen=True, slots=True)
class Notice:
    """What an admin is to be told: how many reports there are, the newest of them in full.

    `message_id` is the message to change, None when nothing was sent yet; `up_to` is to be given
    back to `told`.
    """

    signal_id: int
    kind: str
    admin_id: int
    count: int
    quotes: tuple[Quote, ...]
    message_id: int | None
    up_to: datetime


class Reports:
    """The reports of all readers."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def file(
        self, signal_id: int, kind: str, user_id: int, words: str, now: datetime
    ) -> Filed:
        """Keep a report. A second one of the same person and kind adds its words to the first."""
        async with self._database.write() as connection:
            mine = and_(
                reports.c.signal_id == signal_id,
                reports.c.kind == kind,
                reports.c.user_id == user_id,
            )
            before = (await connection.execute(select(reports.c.words).where(mine))).first()
            if before is not None:
                if words and words != before.words:
                    await connection.execute(
                        update(reports).where(mine).values(words=words, changed_at=now)
                    )
                return Filed.AGAIN
            if await _today(connection, user_id, now) >= MOST_A_DAY:
                return Filed.TOO_MANY
            await connection.execute(
                insert(connection, reports)
                .values(
                    signal_id=signal_id,
                    kind=kind,
                    user_id=user_id,
                    words=words,
                    created_at=now,
                    changed_at=now,
                )
                .on_conflict_do_nothing()
            )
            return Filed.NEW

    async def untold(self, admins: Iterable[int], now: datetime) -> tuple[Notice, ...]:
        """What is to be told to `admins` now, the oldest news first."""
        notices: list[Notice] = []
        async with self._database.read() as connection:
            for admin in sorted(admins):
                for row in await connection.execute(_news_for(admin, now)):
                    quotes = await _quotes(connection, row.signal_id, row.kind)
                    notices.append(
                        Notice(
                            row.signal_id,
                            row.kind,
                            admin,
                            row.total,
                            quotes,
                            row.message_id,
                            row.up_to,
                        )
                    )
        return tuple(sorted(notices, key=lambda notice: notice.up_to))

    async def told(self, notice: Notice, message_id: int) -> None:
        """The admin has been told of `notice` in this message."""
        await self._note(notice, message_id=message_id, told_up_to=notice.up_to)

    async def put_off(self, notice: Notice, not_before: datetime) -> None:
        """Telling did not work: not again before then."""
        await self._note(notice, not_before=not_before)

    async def _note(self, notice: Notice, **values: Any) -> None:
        row = {"not_before": notice.up_to, **values}
        async with self._database.write() as connection:
            await connection.execute(
                insert(connection, report_notices)
                .values(
                    signal_id=notice.signal_id,
                    kind=notice.kind,
                    admin_id=notice.admin_id,
                    **row,
                )
                .on_conflict_do_update(
                    index_elements=["signal_id", "kind", "admin_id"], set_=values
                )
            )


async def _today(connection: AsyncConnection, user_id: int, now: datetime) -> int:
    query = (
        select(func.count())
        .select_from(reports)
        .where(reports.c.user_id == user_id, reports.c.created_at > now - _DAY)
    )
    return int(await connection.scalar(query) or 0)


def _news_for(admin: int, now: datetime) -> Any:
    fresh = (
        select(reports.c.signal_id, reports.c.kind)
        .where(reports.c.changed_at > now - _TOLD_WITHIN)
        .distinct()
        .subquery()
    )
    whole = (
        select(
            reports.c.signal_id,
            reports.c.kind,
            func.count().label("total"),
            func.max(reports.c.changed_at).label("up_to"),
        )
        .join(
            fresh, and_(fresh.c.signal_id == reports.c.signal_id, fresh.c.kind == reports.c.kind)
        )
        .group_by(reports.c.signal_id, reports.c.kind)
        .subquery()
    )
    known = report_notices
    return (
        select(whole, known.c.message_id)
        .outerjoin(
            known,
            and_(
                known.c.signal_id == whole.c.signal_id,
                known.c.kind == whole.c.kind,
                known.c.admin_id == admin,
            ),
        )
        .where(or_(known.c.told_up_to.is_(None), known.c.told_up_to < whole.c.up_to))
        .where(or_(known.c.not_before.is_(None), known.c.not_before <= now))
    )


async def _quotes(connection: AsyncConnection, signal_id: int, kind: str) -> tuple[Quote, ...]:
    query = (
        select(reports.c.user_id, reports.c.words)
        .where(reports.c.signal_id == signal_id, reports.c.kind == kind)
        .order_by(reports.c.changed_at.desc(), reports.c.id.desc())
        .limit(_QUOTED)
    )
    return tuple(Quote(row.user_id, row.words) for row in await connection.execute(query))
