"""Who administers a chat and which channel speaks in it: asked of Telegram, kept for seconds."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import TypeVar

from telegram import Bot
from telegram.constants import ChatMemberStatus
from telegram.error import BadRequest, Forbidden

T = TypeVar("T")

KEPT = timedelta(seconds=30)
_MOST = 10_000
_ADMINS = frozenset({ChatMemberStatus.ADMINISTRATOR, ChatMemberStatus.OWNER})


class Standing:
    """Remembers answers for half a minute: long enough for a walk through the settings.

    Whoever stops being an admin can still tap for that long; whoever becomes one waits as long.
    """

    def __init__(self) -> None:
        self._admins: dict[tuple[int, int], tuple[datetime, bool]] = {}
        self._linked: dict[int, tuple[datetime, int | None]] = {}

    async def is_admin(self, bot: Bot, chat_id: int, user_id: int, now: datetime) -> bool:
        """Whether a person administers a group or channel; False when Telegram will not say."""

        async def ask() -> bool:
            try:
                member = await bot.get_chat_member(chat_id, user_id)
            except (BadRequest, Forbidden):  # no member, or we may not know
                return False
            return member.status in _ADMINS

        return await _kept(self._admins, (chat_id, user_id), ask, now)

    async def linked(self, bot: Bot, chat_id: int, now: datetime) -> int | None:
        """The channel whose discussion group this is, None when it is none."""

        async def ask() -> int | None:
            return (await bot.get_chat(chat_id)).linked_chat_id

        return await _kept(self._linked, chat_id, ask, now)

    def forget(self, chat_id: int) -> None:
        """Ask anew about a chat: something about its members has changed."""
        self._linked.pop(chat_id, None)
        self._admins = {key: kept for key, kept in self._admins.items() if key[0] != chat_id}


K = TypeVar("K")


async def _kept(
    book: dict[K, tuple[datetime, T]], key: K, ask: Callable[[], Awaitable[T]], now: datetime
) -> T:
    known = book.get(key)
    if known is not None and now - known[0] < KEPT:
        return known[1]
    if len(book) >= _MOST:
        book.clear()
    answer = await ask()
    book[key] = (now, answer)
    return answer
