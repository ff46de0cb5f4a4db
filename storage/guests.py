"""Who may use a private bot besides those its settings name, and the invitations that let in."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_urlsafe

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database import Database
from storage.schema import guests, invites
from storage.upsert import insert

VALID = timedelta(days=14)
_CODE_BYTES = 18


class Guests:
    """The guests: people and chats by their Telegram ids."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def any_of(self, chat_ids: Iterable[int]) -> bool:
        """Whether one of these people or chats is a guest."""
        query = select(guests.c.chat_id).where(guests.c.chat_id.in_(list(chat_ids))).limit(1)
        async with self._database.read() as connection:
            return (await connection.execute(query)).first() is not None

    async def let_in(self, chat_id: int, now: datetime) -> None:
        """Make a person or chat a guest."""
        async with self._database.write() as connection:
            await _let_in(connection, chat_id, now)

    async def invite(self, made_by: int, uses: int, now: datetime) -> str:
        """A new invitation for `uses` people, good for 14 days. Returns its code.

        Only the code's hash is kept: a copy of the database lets nobody in. Invitations that
        ran out are dropped on the way.
        """
        code = token_urlsafe(_CODE_BYTES)
        async with self._database.write() as connection:
            await connection.execute(
                delete(invites).where((invites.c.expires_at <= now) | (invites.c.uses_left <= 0))
            )
            await connection.execute(
                invites.insert().values(
                    code=_hash(code),
                    uses_left=uses,
                    made_by=made_by,
                    created_at=now,
                    expires_at=now + VALID,
                )
            )
        return code

    async def redeem(self, code: str, chat_id: int, now: datetime) -> bool:
        """Let somebody in by an invitation; False when it is unknown, used up or too old."""
        async with self._database.write() as connection:
            # One statement: two people who tap at once cannot both have the last use.
            taken = await connection.execute(
                update(invites)
                .where(invites.c.code == _hash(code))
                .where(invites.c.uses_left > 0, invites.c.expires_at > now)
                .values(uses_left=invites.c.uses_left - 1)
            )
            if not taken.rowcount:
                return False
            await _let_in(connection, chat_id, now)
            return True


async def follow_guest(connection: AsyncConnection, old: int, new: int) -> None:
    """A group that became a supergroup stays a guest."""
    moved = select(guests.c.chat_id).where(guests.c.chat_id == new)
    if (await connection.execute(moved)).first() is None:
        await connection.execute(update(guests).where(guests.c.chat_id == old).values(chat_id=new))
    else:
        await connection.execute(delete(guests).where(guests.c.chat_id == old))


async def _let_in(connection: AsyncConnection, chat_id: int, now: datetime) -> None:
    await connection.execute(
        insert(connection, guests).values(chat_id=chat_id, let_in_at=now).on_conflict_do_nothing()
    )


def _hash(code: str) -> str:
    return sha256(code.encode()).hexdigest()
