"""Links that readers sent us: in line, being read, answered; and who may see what came of them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, delete, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.identity import canonical_url
from digest.links import FAILED_COST, WHOLE_COST
from storage.addresses import url_key
from storage.database import Database
from storage.schema import UNREAD, collections, pasted_links, saved
from storage.upsert import insert


class LinkState(StrEnum):
    """Where a pasted link stands.

    `offered` waits for a tap; `waiting` and `reading` will be answered; `done` has a signal,
    `failed` a trouble; `stopped` by the reader.
    """

    OFFERED = "offered"
    WAITING = "waiting"
    READING = "reading"
    DONE = "done"
    FAILED = "failed"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class PastedLink:
    """A link that was sent in a chat. `status_id` is our message about it, None before it is sent.

    `person_id` is the Telegram id of who sent it, `message_id` the message that it stood in.
    """

    id: int
    subscriber_id: int
    person_id: int
    message_id: int
    status_id: int | None
    url: str
    state: LinkState
    tries: int
    trouble: str
    signal_id: int | None
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class Sender:
    """Where a link came from: the chat's reader, the person, and the message."""

    subscriber_id: int
    person_id: int
    message_id: int


_COSTS = {
    LinkState.DONE: WHOLE_COST,
    LinkState.FAILED: FAILED_COST,
    LinkState.STOPPED: FAILED_COST,
}


class PastedLinks:
    """The links and their states. Asking twice by the same message changes nothing."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def ask(
        self, sender: Sender, urls: Sequence[str], now: datetime, *, known: int | None = None
    ) -> tuple[PastedLink, ...]:
        """Keep the links of a message: the first waits to be read, the others are offered.

        With `known`, the signal that the first one has, nothing has to be read. Links of a message
        that was seen before come back as they stand now.
        """
        first = LinkState.WAITING if known is None else LinkState.DONE
        async with self._database.write() as connection:
            for place, url in enumerate(urls):
                state = LinkState.OFFERED if place else first
                await _keep(connection, sender, url, state, now, None if place else known)
            query = (
                select(pasted_links)
                .where(pasted_links.c.subscriber_id == sender.subscriber_id)
                .where(pasted_links.c.message_id == sender.message_id)
                .order_by(pasted_links.c.id)
            )
            return tuple(_link(row) for row in await connection.execute(query))

    async def get(self, link_id: int) -> PastedLink | None:
        """The link with this number."""
        async with self._database.read() as connection:
            query = select(pasted_links).where(pasted_links.c.id == link_id)
            row = (await connection.execute(query)).first()
            return _link(row) if row else None

    async def want(
        self, link_id: int, now: datetime, *, person_id: int, status_id: int | None = None
    ) -> bool:
        """Put a link that was offered, or failed, in line. False when it is in line or read.

        `person_id` is who wants it, `status_id` the message that shall tell of it; None sends
        a new one.
        """
        ready = (LinkState.OFFERED, LinkState.FAILED, LinkState.STOPPED)
        return await self._change(
            (pasted_links.c.id == link_id) & pasted_links.c.state.in_(ready),
            state=LinkState.WAITING,
            cost=WHOLE_COST,
            tries=0,
            trouble="",
            person_id=person_id,
            status_id=status_id,
            claimable_at=now,
            asked_at=now,
            finished_at=None,
        )

    async def claim(
        self, now: datetime, room: int, *, each: int, lease_s: float
    ) -> tuple[PastedLink, ...]:
        """Take at most `room` links to read, the oldest first, at most `each` of one person.

        They are ours for `lease_s` seconds; what is not finished by then may be claimed again.
        """
        async with self._database.write() as connection:
            query = (
                select(pasted_links)
                .where(UNREAD)
                .order_by(pasted_links.c.asked_at, pasted_links.c.id)
                .with_for_update(skip_locked=True)
            )
            rows = (await connection.execute(query)).all()
            busy = Counter(row.person_id for row in rows if _at_work(row, now))
            ids: list[int] = []
            for row in rows:
                free = row.claimable_at <= now and busy[row.person_id] < each
                if len(ids) < room and free:
                    busy[row.person_id] += 1
                    ids.append(row.id)
            result = await connection.execute(
                update(pasted_links)
                .where(pasted_links.c.id.in_(ids))
                .values(
                    state=LinkState.READING,
                    claimable_at=now + timedelta(seconds=lease_s),
                    tries=pasted_links.c.tries + 1,
                )
                .returning(*pasted_links.c)
            )
            taken = {row.id: _link(row) for row in result}
            return tuple(taken[link_id] for link_id in ids)

    async def in_line(self) -> tuple[PastedLink, ...]:
        """All that will be answered, in the order in which they came."""
        query = select(pasted_links).where(UNREAD)
        query = query.order_by(pasted_links.c.asked_at, pasted_links.c.id)
        async with self._database.read() as connection:
            return tuple(_link(row) for row in await connection.execute(query))

    async def take_back(self) -> int:
        """Give back what a process that died was reading. Returns how many."""
        async with self._database.write() as connection:
            result = await connection.execute(
                update(pasted_links)
                .where(UNREAD, pasted_links.c.state == LinkState.READING)
                .values(state=LinkState.WAITING, claimable_at=pasted_links.c.asked_at)
            )
            return result.rowcount

    async def postpone(self, link_id: int, until: datetime) -> None:
        """Give a link back, to be claimed again from then on."""
        await self._change(
            (pasted_links.c.id == link_id) & UNREAD, state=LinkState.WAITING, claimable_at=until
        )

    async def set_status(self, link_id: int, status_id: int) -> None:
        """Note which message of ours tells of the link."""
        await self._change(pasted_links.c.id == link_id, status_id=status_id)

    async def allow(self, link_id: int, signal_id: int) -> None:
        """Let the reader see a signal that is about to be shown to them."""
        await self._change(pasted_links.c.id == link_id, signal_id=signal_id)

    async def finish(
        self,
        link_id: int,
        state: LinkState,
        now: datetime,
        *,
        signal_id: int | None = None,
        trouble: str = "",
        free: bool = False,
    ) -> bool:
        """End a link; `free` when nothing had to be read. False when it has ended before."""
        return await self._change(
            (pasted_links.c.id == link_id) & UNREAD,
            state=state,
            cost=0 if free else _COSTS[state],
            trouble=trouble,
            signal_id=signal_id,
            finished_at=now,
        )

    async def spent(self, person_id: int, since: datetime) -> tuple[tuple[datetime, int], ...]:
        """When a person had links read since then, and what each cost in quarters of a link."""
        query = select(pasted_links.c.asked_at, pasted_links.c.cost).where(
            pasted_links.c.person_id == person_id,
            pasted_links.c.asked_at > since,
            pasted_links.c.cost > 0,
        )
        async with self._database.read() as connection:
            return tuple((row.asked_at, row.cost) for row in await connection.execute(query))

    async def may_see(self, signal_id: int, subscriber_ids: Sequence[int]) -> bool:
        """Whether one of these readers had the signal made for them, or has it saved."""
        read = select(pasted_links.c.id).where(
            pasted_links.c.signal_id == signal_id,
            pasted_links.c.subscriber_id.in_(subscriber_ids),
        )
        kept = (
            select(saved.c.signal_id)
            .join(collections, collections.c.id == saved.c.collection_id)
            .where(saved.c.signal_id == signal_id)
            .where(collections.c.subscriber_id.in_(subscriber_ids))
        )
        async with self._database.read() as connection:
            return bool(await connection.scalar(select(or_(exists(read), exists(kept)))))

    async def forget_before(self, moment: datetime) -> int:
        """Drop links from before `moment` that came to nothing; who may see what stays."""
        async with self._database.write() as connection:
            result = await connection.execute(
                delete(pasted_links).where(
                    pasted_links.c.asked_at < moment,
                    pasted_links.c.signal_id.is_(None),
                    ~UNREAD,
                )
            )
            return result.rowcount

    async def _change(self, condition: Any, **values: Any) -> bool:
        async with self._database.write() as connection:
            result = await connection.execute(
                update(pasted_links).where(condition).values(**values)
            )
            return result.rowcount > 0


async def _keep(
    connection: AsyncConnection,
    sender: Sender,
    url: str,
    state: LinkState,
    now: datetime,
    signal_id: int | None,
) -> None:
    done = state is LinkState.DONE
    await connection.execute(
        insert(connection, pasted_links)
        .values(
            subscriber_id=sender.subscriber_id,
            person_id=sender.person_id,
            message_id=sender.message_id,
            url=url,
            url_key=url_key(canonical_url(url)),
            state=state,
            cost=WHOLE_COST if state is LinkState.WAITING else 0,
            tries=0,
            claimable_at=now,
            trouble="",
            signal_id=signal_id,
            asked_at=now,
            finished_at=now if done else None,
        )
        .on_conflict_do_nothing()
    )


def _at_work(row: Row[Any], now: datetime) -> bool:
    return bool(row.state == LinkState.READING and row.claimable_at > now)


def _link(row: Row[Any]) -> PastedLink:
    return PastedLink(
        id=row.id,
        subscriber_id=row.subscriber_id,
        person_id=row.person_id,
        message_id=row.message_id,
        status_id=row.status_id,
        url=row.url,
        state=LinkState(row.state),
        tries=row.tries,
        trouble=row.trouble,
        signal_id=row.signal_id,
        asked_at=row.asked_at,
    )
