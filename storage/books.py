"""Two small tables: updates taken from Telegram, and what the bot notes about itself."""

import asyncio
import hmac
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import bindparam, delete, select, update

from storage.beginnings import Beginnings
from storage.database import Database
from storage.schema import UNANSWERED, meta, updates
from storage.upsert import chunks, insert
from storage.values import pack_text, unpack_text

_END = (
    update(updates)
    .where(updates.c.update_id.in_(bindparam("ended", expanding=True)), UNANSWERED)
    .values(payload=None)
)


@dataclass(frozen=True, slots=True)
class Kept:
    """An update that was written down and waits to be answered; `payload` is its JSON."""

    update_id: int
    payload: str
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Begun:
    """An update that may be answered; `acted` when an earlier try has changed something."""

    acted: bool


class Updates:
    """The updates taken so far, since Telegram may deliver one twice, and those not answered."""

    def __init__(self, database: Database) -> None:
        self._database = database
        # Written down by this process and not begun yet: nobody else can have begun them.
        self._ours: set[int] = set()
        # Taken by this process to be answered, and not marked as answered yet.
        self._taken: set[int] = set()
        self._stands_down = False
        self._left: set[int] = set()
        self._ended: set[int] = set()
        self._ending = asyncio.Lock()
        self._beginnings = Beginnings(database)

    async def first_time(self, update_id: int, now: datetime) -> bool:
        """Note an update; False when it had been noted before."""
        async with self._database.write() as connection:
            result = await connection.execute(
                insert(connection, updates)
                .values(update_id=update_id, received_at=now)
                .on_conflict_do_nothing()
                .returning(updates.c.update_id)
            )
            return result.scalar() is not None

    async def keep(
        self, update_id: int, payload: str, now: datetime, *, for_another: bool = False
    ) -> bool:
        """Write an update down until it is answered; False when it was known before.

        `for_another` leaves the answering to whoever takes it (see `take`).
        """
        return bool(await self.keep_all({update_id: payload}, now, for_another=for_another))

    async def keep_all(
        self, payloads: Mapping[int, str], now: datetime, *, for_another: bool = False
    ) -> set[int]:
        """Write several down, as `keep` does one, all or none. Returns those not known before."""
        tries = 0 if for_another else 1
        fresh: set[int] = set()
        if not payloads:
            return fresh
        async with self._database.write() as connection:
            result = await connection.execute(
                insert(connection, updates)
                .on_conflict_do_nothing()
                .returning(updates.c.update_id),
                [
                    {
                        "update_id": update_id,
                        "received_at": now,
                        "payload": pack_text(payload),
                        "tries": tries,
                    }
                    for update_id, payload in sorted(payloads.items())
                ],
            )
            fresh.update(result.scalars())
        if not for_another:
            self._ours |= fresh
        return fresh

    async def take(self, most: int) -> tuple[Kept, ...]:
        """What waits and was not taken by this process before, in its order.

        At most so many that `most` are in hand. Who calls it must be the only one who answers.
        """
        ids = select(updates.c.update_id).where(UNANSWERED).order_by(updates.c.update_id)
        async with self._database.read() as connection:
            found = (await connection.execute(ids.limit(len(self._taken) + most))).scalars().all()
        room = max(0, most - len(self._taken))
        fresh = [number for number in found if number not in self._taken][:room]
        kept: list[Kept] = []
        for some in chunks(fresh):
            query = (
                select(updates.c.update_id, updates.c.payload, updates.c.received_at)
                .where(updates.c.update_id.in_(some), UNANSWERED)
                .order_by(updates.c.update_id)
            )
            async with self._database.read() as connection:
                rows = await connection.execute(query)
                kept += [Kept(number, unpack_text(text), at) for number, text, at in rows]
        self._taken.update(one.update_id for one in kept)
        return tuple(kept)

    def take_up(self) -> None:
        """Answer from now on. What was taken before and not answered may be taken anew."""
        self._taken.clear()
        self._stands_down = False

    def stand_down(self) -> None:
        """Begin nothing more, and leave what was not begun to the next who takes up."""
        self._stands_down = True

    async def begin(self, update_id: int, now: datetime) -> Begun | None:
        """Count a try to answer an update that begins now.

        None for one that was answered, that is being answered without having been kept, or that
        was tried often enough; also while we stand down.
        """
        if self._stands_down:
            self._left.add(update_id)
            return None
        if update_id in self._ours:
            self._ours.discard(update_id)
            return Begun(acted=False)
        acted = await self._beginnings.note(update_id, now)
        return None if acted is None else Begun(acted)

    async def finish(self, update_id: int) -> None:
        """Note that an update is answered; what was in it is kept no longer.

        Those that end while one is being noted are noted together. What was never begun, since
        we stand down, stays.
        """
        if update_id in self._left:
            self._left.discard(update_id)
            return
        self._ours.discard(update_id)
        self._ended.add(update_id)
        async with self._ending:
            ended, self._ended = sorted(self._ended), set()
            if not ended:
                return
            try:
                async with self._database.write() as connection:
                    for some in chunks(ended):
                        await connection.execute(_END, {"ended": list(some)})
            except BaseException:
                self._ended.update(ended)  # noted with the next
                raise
        self._taken.difference_update(ended)

    async def unanswered(self) -> tuple[str, ...]:
        """What was written down and is not answered yet, in its order."""
        query = select(updates.c.payload).where(UNANSWERED).order_by(updates.c.update_id)
        async with self._database.read() as connection:
            return tuple(map(unpack_text, (await connection.execute(query)).scalars()))

    async def first_use(self, mark: str, now: datetime) -> bool:
        """Note something that counts once, such as a signed opening of the app; False later.

        It stands among the updates under a number below zero, where Telegram has none.
        """
        number = int.from_bytes(sha256(mark.encode()).digest()[:8]) >> 1
        return await self.first_time(-1 - number, now)

    async def forget_before(self, moment: datetime) -> int:
        """Drop what was received before `moment`: Telegram keeps an update for 24 hours."""
        async with self._database.write() as connection:
            result = await connection.execute(
                delete(updates).where(updates.c.received_at < moment)
            )
            return result.rowcount


class Meta:
    """Named notes of the bot about itself.

    Its keys are used as they stand until `guard` is called: from then on `by` has a part in
    them, which is not in the database, so that a copy of the database opens nothing.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._by = ""
        self._told: Callable[[str], None] | None = None

    def guard(self, by: str, told: Callable[[str], None]) -> None:
        """Mix `by` into every key, and tell `told` of each key before it is used."""
        self._by, self._told = by, told

    async def get(self, key: str) -> str | None:
        """The note called `key`, None when there is none."""
        async with self._database.read() as connection:
            value: str | None = await connection.scalar(
                select(meta.c.value).where(meta.c.key == key)
            )
            return value

    async def set(self, key: str, value: str) -> None:
        """Write the note called `key`."""
        async with self._database.write() as connection:
            await connection.execute(
                insert(connection, meta)
                .values(key=key, value=value)
                .on_conflict_do_update(index_elements=["key"], set_={"value": value})
            )

    async def secret(self, key: str) -> str:
        """The key called `key`, 256 bits in hex, made by whoever asks first."""
        kept = await self._random(key)
        if self._by:
            kept = hmac.digest(self._by.encode(), kept.encode(), sha256).hex()
        if self._told is not None:
            self._told(kept)
        return kept

    async def _random(self, key: str) -> str:
        kept = await self.get(key)
        if kept is not None:
            return kept
        async with self._database.write() as connection:
            await connection.execute(
                insert(connection, meta)
                .values(key=key, value=secrets.token_hex(32))
                .on_conflict_do_nothing()
            )
            made: str = (
                await connection.execute(select(meta.c.value).where(meta.c.key == key))
            ).scalar_one()
            return made
