"""Who belongs to the staff and where it works.

It is asked of storage each time, so that a change counts at once, in every process.
"""

from dataclasses import dataclass
from datetime import datetime

from digest.model import Lang
from digest.roles import Role
from storage.staff import StaffBook


@dataclass(frozen=True, slots=True)
class Place:
    """Where the staff is written to: a desk, or somebody's private chat."""

    chat_id: int
    thread_id: int
    lang: Lang


@dataclass(frozen=True, slots=True)
class Staff:
    """The staff: those in the book, and `owners`, whom the settings name."""

    book: StaffBook
    owners: frozenset[int] = frozenset()

    async def role_of(self, user_id: int) -> Role | None:
        """What somebody may do, None for whoever does not belong to the staff."""
        if user_id in self.owners:
            return Role.OWNER
        member = await self.book.get(user_id)
        return member.role if member else None

    async def roles(self) -> dict[int, Role]:
        """Everybody's role by Telegram id."""
        known = {member.user_id: member.role for member in await self.book.all()}
        return known | dict.fromkeys(self.owners, Role.OWNER)

    async def is_code(self, code: str, now: datetime) -> bool:
        """Whether somebody may join by this code: only while whoever made it still is an owner.

        Else an owner who is put out would come back by a code that they kept.
        """
        maker = await self.book.maker_of(code, now)
        return maker == 0 or (maker is not None and await self.role_of(maker) is Role.OWNER)

    async def has_owner(self) -> bool:
        """Whether anybody can say who belongs to the staff."""
        return Role.OWNER in (await self.roles()).values()

    async def editors(self) -> tuple[int, ...]:
        """Those who act upon signals: editors and owners."""
        roles = await self.roles()
        return tuple(user_id for user_id, role in roles.items() if role >= Role.EDITOR)

    async def is_desk(self, chat_id: int, thread_id: int) -> bool:
        """Whether the staff works in this group or forum topic."""
        places = {(desk.chat_id, desk.thread_id) for desk in await self.book.desks()}
        return (chat_id, thread_id) in places

    async def places(self, least: Role = Role.EDITOR) -> tuple[Place, ...]:
        """Where news for the staff goes: to its desks, or without one to each of at least a role.

        Where no desk can be written to any more, they are told each in private too.

        A private chat's language is the member's; owners by setting alone are written to in
        Chinese until they have spoken.
        """
        desks = await self.book.heard_desks()
        if desks:
            return tuple(Place(desk.chat_id, desk.thread_id, desk.lang) for desk in desks)
        members = {one.user_id: one for one in await self.book.all()}
        return tuple(
            Place(user_id, 0, members[user_id].lang if user_id in members else Lang.ZH)
            for user_id, role in sorted((await self.roles()).items())
            if role >= least
        )
