"""Who belongs to the staff, the codes that make somebody belong to it, and the staff's desks.

Those whom the settings name are owners besides; storage knows nothing of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_urlsafe

from sqlalchemy import RowMapping, bindparam, delete, select

from digest.model import Lang
from digest.roles import Role
from storage.acts import Acts, staff_actor
from storage.database import Database
from storage.errors import NotFound
from storage.looking import Question
from storage.schema import desks, staff, staff_codes, subscribers
from storage.together import Together

CODE_VALID = timedelta(hours=24)
_CODE_BYTES = 18
_MEMBERS = Question(select(staff).where(staff.c.user_id.in_(bindparam("people", expanding=True))))


@dataclass(frozen=True, slots=True)
class StaffMember:
    """Somebody who works on the editors' side. `name` is as Telegram last showed it."""

    user_id: int
    role: Role
    name: str
    lang: Lang
    since: datetime


@dataclass(frozen=True, slots=True)
class Desk:
    """A group (`thread_id` 0) or forum topic in which the staff works."""

    chat_id: int
    thread_id: int
    title: str
    lang: Lang
    since: datetime


class StaffBook:
    """The staff and its desks. Every change is an act (storage/acts.py)."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._acts = Acts(database)
        self._members = Together(self._by_id)

    async def all(self) -> tuple[StaffMember, ...]:
        """Everybody, those who may do most first, then by age."""
        async with self._database.read() as connection:
            rows = (await connection.execute(select(staff))).mappings().all()
        members = [_member(row) for row in rows]
        return tuple(sorted(members, key=lambda one: (-one.role, one.since, one.user_id)))

    async def get(self, user_id: int) -> StaffMember | None:
        """One member, None for whoever is none."""
        return await self._members.ask(user_id)

    async def _by_id(self, user_ids: Sequence[int]) -> dict[int, StaffMember]:
        rows = await self._database.look(lambda ask: ask(_MEMBERS, people=list(user_ids)))
        return {row.user_id: _member(row._asdict()) for row in rows}

    async def set_role(self, user_id: int, role: Role, *, actor: str, now: datetime) -> None:
        """Give a member another role. Raises NotFound."""
        async with self._acts.act(actor, "staff.role", _target(user_id), now) as act:
            was = await act.update(staff, {"user_id": user_id}, role=role.key)
            act.before, act.after = was["role"], role.key

    async def remove(self, user_id: int, *, actor: str, now: datetime) -> None:
        """Put somebody out of the staff. Raises NotFound."""
        async with self._acts.act(actor, "staff.remove", _target(user_id), now) as act:
            was = await act.delete(staff, {"user_id": user_id})
            act.before = {"role": was["role"], "name": was["name"]}

    async def add(
        self, user_id: int, role: Role, name: str, lang: Lang, *, actor: str, now: datetime
    ) -> None:
        """Make somebody a member, or give a member another role."""
        async with self._acts.act(actor, "staff.add", _target(user_id), now) as act:
            await act.put(
                staff, {"user_id": user_id}, role=role.key, name=name, lang=lang, since=now
            )
            act.after = {"role": role.key, "name": name}

    async def make_code(self, role: Role, made_by: int, now: datetime) -> str:
        """A one-time code that gives `role`, good for a day. Only its hash is kept.

        `made_by` is 0 for the command line. Codes that ran out are dropped on the way.
        """
        code = token_urlsafe(_CODE_BYTES)
        async with self._database.write() as connection:
            await connection.execute(delete(staff_codes).where(staff_codes.c.expires_at <= now))
            await connection.execute(
                staff_codes.insert().values(
                    code_hash=_hash(code),
                    role=role.key,
                    made_by=made_by,
                    expires_at=now + CODE_VALID,
                )
            )
        return code

    async def redeem(
        self, code: str, user_id: int, name: str, lang: Lang, now: datetime
    ) -> Role | None:
        """Let somebody in by a code; the role they have then. None for no good code.

        Who may do more already keeps it: the code is used up all the same.
        """
        actor = staff_actor(user_id)
        async with self._acts.act(actor, "staff.join", _target(user_id), now) as act:
            # One statement: of two who bring a code at once only one finds it.
            used = (
                await act.connection.execute(
                    delete(staff_codes)
                    .where(staff_codes.c.code_hash == _hash(code), staff_codes.c.expires_at > now)
                    .returning(staff_codes.c.role, staff_codes.c.made_by)
                )
            ).first()
            if used is None:
                return None
            role = Role.of(used.role)
            known = (
                (await act.connection.execute(select(staff).where(staff.c.user_id == user_id)))
                .mappings()
                .first()
            )
            if known is not None and Role.of(known["role"]) >= role:
                return Role.of(known["role"])
            await act.put(
                staff, {"user_id": user_id}, role=role.key, name=name, lang=lang, since=now
            )
            act.after = {"role": role.key, "name": name, "invited by": used.made_by}
            return role

    async def maker_of(self, code: str, now: datetime) -> int | None:
        """Who made this code (0: the command line), None for no good one; it is not used up."""
        query = select(staff_codes.c.made_by).where(
            staff_codes.c.code_hash == _hash(code), staff_codes.c.expires_at > now
        )
        async with self._database.read() as connection:
            return await connection.scalar(query)

    async def note_name(self, user_id: int, name: str, lang: Lang) -> None:
        """Remember how a member is called now, and which language they read; no act."""
        async with self._database.write() as connection:
            await connection.execute(
                staff.update().where(staff.c.user_id == user_id).values(name=name, lang=lang)
            )

    # --- desks -------------------------------------------------------------------------------

    async def desks(self) -> tuple[Desk, ...]:
        """Every desk, the oldest first."""
        query = select(desks).order_by(desks.c.since, desks.c.chat_id, desks.c.thread_id)
        async with self._database.read() as connection:
            rows = (await connection.execute(query)).mappings().all()
        return tuple(Desk(**{**row, "lang": Lang(row["lang"])}) for row in rows)

    async def heard_desks(self) -> tuple[Desk, ...]:
        """The desks to which we can write: not those of groups that have put us out."""
        shut = select(subscribers.c.chat_id, subscribers.c.thread_id).where(~subscribers.c.active)
        async with self._database.read() as connection:
            deaf = {
                (row.chat_id, row.thread_id)
                for row in await connection.execute(
                    shut.where(subscribers.c.chat_id.in_(select(desks.c.chat_id)))
                )
            }
        found = await self.desks()
        return tuple(one for one in found if (one.chat_id, one.thread_id) not in deaf)

    async def open_desk(
        self,
        chat_id: int,
        thread_id: int,
        title: str,
        lang: Lang,
        *,
        actor: str,
        now: datetime,
    ) -> None:
        """Let the staff work in a group or topic."""
        async with self._acts.act(actor, "desk.open", f"desk:{chat_id}:{thread_id}", now) as act:
            key = {"chat_id": chat_id, "thread_id": thread_id}
            await act.put(desks, key, title=title, lang=lang, since=now)
            act.after = title

    async def close_desk(self, chat_id: int, thread_id: int, *, actor: str, now: datetime) -> bool:
        """End the work in a group or topic; False when it was no desk."""
        async with self._acts.act(actor, "desk.close", f"desk:{chat_id}:{thread_id}", now) as act:
            try:
                was = await act.delete(desks, {"chat_id": chat_id, "thread_id": thread_id})
            except NotFound:
                return False
            act.before = was["title"]
            return True


def _member(row: RowMapping) -> StaffMember:
    return StaffMember(
        user_id=row["user_id"],
        role=Role.of(row["role"]),
        name=row["name"],
        lang=Lang(row["lang"]),
        since=row["since"],
    )


def _target(user_id: int) -> str:
    return f"user:{user_id}"


def _hash(code: str) -> str:
    return sha256(code.encode()).hexdigest()
