"""A private bot: who is let in, and one polite line to everybody else.

Of those who are turned away nothing is kept: no subscriber, no wishes, only in memory for a day
that they have been told.
"""

import logging
from datetime import datetime, timedelta

from telegram import Bot, InlineQuery, Update
from telegram.constants import ChatType
from telegram.error import TelegramError

from digest.texts import Texts, texts_for
from handlers.admission import Access, AccessMode
from handlers.arguments import read_command
from handlers.context import Services, Turn
from handlers.guards import first_language
from handlers.replies import say
from storage import Storage

log = logging.getLogger(__name__)

INVITATION = "i_"
STAFF_CODE = "e_"
MOST_USES = 1000
_TOLD_FOR = timedelta(days=1)
_REMEMBERED = 10_000


class Door:
    """Decides on each update of a private bot."""

    def __init__(self, services: Services, access: Access) -> None:
        self._services = services
        self._access = access
        self._told: dict[tuple[int, str], datetime] = {}

    @property
    def _storage(self) -> Storage:
        return self._services.storage

    async def admits(self, update: Update, bot: Bot) -> bool:
        """Whether an update may go on; whoever may not is told, politely and once."""
        if self._access.mode is AccessMode.OPEN or await self._known(_ids(update)):
            return True
        if update.my_chat_member is not None:
            return await self._brought(update, bot)
        if await self._invited(update) or await self._joining(update):
            return True
        await self._turn_away(update, bot)
        return False

    async def _known(self, ids: set[int]) -> bool:
        if ids & (self._services.admins | self._access.allowed):
            return True
        if any([await self._services.staff.role_of(one) for one in ids if one > 0]):
            return True
        if self._access.mode is AccessMode.ALLOWLIST:
            ids = {one for one in ids if one < 0}  # chats that somebody on the list brought us to
        return bool(ids) and await self._storage.guests.any_of(ids)

    async def admits_person(self, user_id: int) -> bool:
        """Whether a person may have something of their own here, not only a place in a group."""
        return self._access.mode is AccessMode.OPEN or await self._known({user_id})

    async def _brought(self, update: Update, bot: Bot) -> bool:
        """A group is let in by who adds us: `_known` has not known the person, so we leave."""
        change = update.my_chat_member
        if change is None or change.chat.type == ChatType.PRIVATE:
            return False
        if change.new_chat_member.status in {"left", "kicked"}:
            return True  # it is noted that we are gone, should the group be known
        await self._say(bot, change.chat.id, _texts(update)("chat.access.closed_group"))
        try:
            await bot.leave_chat(change.chat.id)
        except TelegramError as error:
            log.info("could not leave chat %d: %s", change.chat.id, error)
        return False

    async def welcome_place(self, update: Update) -> None:
        """Remember a group or channel that somebody who is let in has added us to."""
        change = update.my_chat_member
        if (
            change is not None
            and self._access.mode is not AccessMode.OPEN
            and change.chat.type != ChatType.PRIVATE
            and change.new_chat_member.status not in {"left", "kicked"}
        ):
            await self._storage.guests.let_in(change.chat.id, self._services.clock())

    async def _invited(self, update: Update) -> bool:
        """Whether the person comes by an invitation that still counts."""
        message, user = update.message, update.effective_user
        if self._access.mode is not AccessMode.INVITE or message is None or user is None:
            return False
        typed = read_command(message.text or "")
        if message.chat.type != ChatType.PRIVATE or typed is None or typed.name != "start":
            return False
        if not typed.rest.startswith(INVITATION):
            return False
        code = typed.rest.removeprefix(INVITATION)[:64]
        return await self._storage.guests.redeem(code, user.id, self._services.clock())

    async def _joining(self, update: Update) -> bool:
        """Whether the person comes by a code that makes them one of the staff."""
        message = update.message
        typed = read_command((message.text or "") if message else "")
        if message is None or message.chat.type != ChatType.PRIVATE or typed is None:
            return False
        if typed.name != "start" or not typed.rest.startswith(STAFF_CODE):
            return False
        code = typed.rest.removeprefix(STAFF_CODE)[:64]
        return await self._services.staff.is_code(code, self._services.clock())

    async def _turn_away(self, update: Update, bot: Bot) -> None:
        text = self._refusal(update)
        if update.callback_query is not None:
            try:
                await update.callback_query.answer(text, show_alert=True)
            except TelegramError as error:
                log.info("nobody to tell: %s", error)
        elif update.inline_query is not None:
            await _answer_nothing(update.inline_query)
        elif update.effective_chat is not None and self._first_time(
            update.effective_chat.id, text
        ):
            await self._say(bot, update.effective_chat.id, text)

    def _refusal(self, update: Update) -> str:
        """Why not, and what would help: being put on the list, or another invitation."""
        texts, user = _texts(update), update.effective_user
        if self._access.mode is AccessMode.ALLOWLIST:
            return texts("chat.access.listed", id=user.id if user else "–")
        typed = read_command((update.message.text or "") if update.message else "")
        stale = typed is not None and typed.rest.startswith(INVITATION)
        return texts("chat.access.used" if stale else "chat.access.closed")

    def _first_time(self, chat_id: int, text: str) -> bool:
        """Whether this chat has not been told this today."""
        now = self._services.clock()
        told = self._told.get((chat_id, text))
        if told is not None and now - told < _TOLD_FOR:
            return False
        if len(self._told) >= _REMEMBERED:
            self._told.clear()
        self._told[chat_id, text] = now
        return True

    async def _say(self, bot: Bot, chat_id: int, text: str) -> None:
        try:
            await bot.send_message(chat_id, text)
        except TelegramError as error:
            log.info("chat %d could not be told: %s", chat_id, error)


async def _answer_nothing(query: InlineQuery) -> None:
    try:
        await query.answer([], cache_time=0, is_personal=True)
    except TelegramError as error:
        log.info("an inline query was too old: %s", error)


def _ids(update: Update) -> set[int]:
    """The person and the chat that an update comes from."""
    user, chat = update.effective_user, update.effective_chat
    return {one.id for one in (user, chat) if one is not None}


def _texts(update: Update) -> Texts:
    return texts_for(first_language(update.effective_user))


# --- /invite -----------------------------------------------------------------------------


async def invite(turn: Turn) -> None:
    """Make an invitation: for one person, or for as many as was typed."""
    if turn.services.access.mode is not AccessMode.INVITE:
        await say(turn, turn.texts("chat.invite.open"))
        return
    typed = turn.words.strip()
    uses = int(typed) if typed.isdecimal() and len(typed) < 6 else 1  # noqa: PLR2004
    uses = max(1, min(MOST_USES, uses))
    code = await turn.storage.guests.invite(turn.user_id, uses, turn.now)
    link = f"https://t.me/{turn.bot.username}?start={INVITATION}{code}"
    await say(turn, turn.texts.n("chat.invite.made", uses, link=link))
