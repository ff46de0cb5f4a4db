"""From an update to the handler that answers it: admit, find who spoke, check, call, answer.

What may be said to the bot is in the tables of handlers/registry.py; nothing here knows any
particular command.
"""

import logging
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from telegram import Bot, Message, Update
from telegram.constants import ChatType

from handlers.access import Door
from handlers.arguments import TypedCommand, read_command
from handlers.callbacks import unpack
from handlers.context import Services, Turn
from handlers.failures import AnyContext, Unsent
from handlers.former import of_today
from handlers.guards import Pace, Pacer, Permission, allowed, at_desk, enter, role_here
from handlers.places import concerns_us, is_notice, note_membership, note_notice
from handlers.processor import time_waited
from handlers.prompts import Prompt, answered_prompt
from handlers.replies import say, toast
from storage.acting import answering
from storage.books import Begun
from storage.errors import is_full

log = logging.getLogger(__name__)

Answer = Callable[[Update, AnyContext], Coroutine[Any, Any, None]]


class Group(StrEnum):
    """What a command is about: /help lists them under these headings ("chat.help.group.<it>")."""

    DESK = "desk"
    QUERY = "query"
    SAVED = "saved"
    PUSH = "push"
    OWN = "own"
    MORE = "more"


@dataclass(frozen=True, slots=True)
class Command:
    """A command: its name, what answers it, who may use it, and what else people call it.

    What it does is said by the text "chat.command.<name>", in /help and in the menu. What the
    staff does to a place before it works there is `abroad`.
    """

    name: str
    handler: Callable[[Turn], Awaitable[None]]
    permission: Permission = Permission.ANYONE
    aliases: tuple[str, ...] = ()
    group: Group = Group.MORE
    abroad: bool = False


@dataclass(frozen=True, slots=True)
class Deed:
    """What a button's verb does: a handler of the turn and the verb's arguments.

    `personal` deeds answer whoever tapped and change nothing for others: in a channel, where all
    readers see the same message, only these are for everyone. Those that keep something for the
    person (`own`) are for people whom a private bot has let in. For what cannot be undone
    (`final`) Telegram is asked anew who administers the chat.
    """

    handler: Callable[..., Awaitable[None]]
    permission: Permission = Permission.ANYONE
    personal: bool = False
    own: bool = False
    final: bool = False


@dataclass(frozen=True, slots=True)
class Answered:
    """What takes a typed answer to our question: the turn, what was asked about, what was typed.

    `private` answers are a person's own and count in a private chat only.
    """

    handler: Callable[[Turn, str, str], Awaitable[None]]
    permission: Permission = Permission.ANYONE
    private: bool = False


@dataclass(frozen=True, slots=True)
class Listener:
    """What answers a message in a private chat that is no command and no answer of ours.

    The first listener that `hears` a message has it.
    """

    hears: Callable[[Message], bool]
    handler: Callable[[Turn], Awaitable[None]]


class Dispatch:
    """Answers updates by tables: of commands, button verbs, typed answers, and listeners.

    `unknown` answers a command that does not exist.
    """

    def __init__(
        self,
        services: Services,
        commands: Mapping[str, Command],
        deeds: Mapping[str, Deed],
        answers: Mapping[str, Answered],
        listeners: Sequence[Listener],
        *,
        unknown: Callable[[Turn, str], Awaitable[None]],
        pacer: Pacer | None = None,
    ) -> None:
        self._services = services
        self._commands = commands
        self._deeds = deeds
        self._answers = answers
        self._listeners = listeners
        self._unknown = unknown
        self._pacer = pacer or Pacer()
        self._door = Door(services, services.access)

    def admitting(self, answer: Answer) -> Answer:
        """`answer` for updates that are let in: each at most once, and from nobody too fast.

        This is no handler of its own in an earlier group: when it breaks, the update must not go
        on to its handler unguarded. A process that ends in between leaves the update unfinished.
        """

        async def admitted(update: Update, context: AnyContext) -> None:
            if not concerns_us(update, context.bot.id):
                return
            try:
                if await self._admits(update, context.bot):
                    await self._begin(update, context, answer)
            except Exception as error:
                if not (isinstance(error, Unsent) and error.left):
                    await self._finish(update)
                raise
            await self._finish(update)

        return admitted

    def letting_in(self, answer: Answer) -> Answer:
        """`answer` for whoever may use the bot, and nothing else looked at."""

        async def let_in(update: Update, context: AnyContext) -> None:
            if await self._door.admits(update, context.bot):
                await answer(update, context)

        return let_in

    async def _finish(self, update: Update) -> None:
        try:
            await self._services.storage.updates.finish(update.update_id)
        except Exception:  # it was answered; at worst the next process answers it once more
            log.exception("update %d could not be marked as answered", update.update_id)

    async def _admits(self, update: Update, bot: Bot) -> bool:
        """Whether whoever speaks may use the bot and is not too fast; told once when not."""
        if update.my_chat_member is not None:
            if not await self._door.admits(update, bot):
                return False
            await self._door.welcome_place(update)
            return True
        # All who speak in a chat's name share one user; the chat tells them apart.
        speaker = update.effective_sender or update.effective_chat
        # What counts is when it was sent: answering takes time, and that must not look like
        # patience of the person who sent a hundred messages at once.
        sent = self._services.clock() - time_waited()
        pace = self._pacer.check(speaker.id if speaker else 0, sent)
        # The door first: to tell a stranger to slow down would make a reader of them.
        if pace is Pace.SILENT or not await self._door.admits(update, bot):
            return False
        if pace is Pace.TELL:
            await self._slow_down(update, bot)
        return pace is Pace.FINE

    async def _begin(self, update: Update, context: AnyContext, answer: Answer) -> None:
        try:
            begun = await self._services.storage.updates.begin(
                update.update_id, self._services.clock()
            )
        except Exception as error:
            if not is_full(error):
                raise
            # Whoever asks has an answer all the same; what has to be kept says so itself.
            begun = Begun(acted=False)
        if begun is None:
            return
        message = update.effective_message
        if update.my_chat_member or (message is not None and is_notice(message)):
            await answer(update, context)  # where we are; noting it again is as good as once
        elif begun.acted:
            await self._interrupted(update, context.bot)
        else:
            with answering(update.update_id):
                await answer(update, context)

    async def _interrupted(self, update: Update, bot: Bot) -> None:
        """A try before the process ended has changed something: say so, and do nothing twice."""
        turn = await self._turn(update, bot)
        if turn is None:
            return
        await toast(turn)
        await say(turn, turn.texts("chat.interrupted"))

    async def _slow_down(self, update: Update, bot: Bot) -> None:
        turn = await self._turn(update, bot)
        if turn is None:
            return
        if turn.query:
            await toast(turn, turn.texts("chat.slow"), alert=True)
        else:
            await say(turn, turn.texts("chat.slow"))

    async def _turn(self, update: Update, bot: Bot, words: str = "") -> Turn | None:
        now = self._services.clock()
        subscriber = await enter(self._services, update, now)
        if subscriber is None:
            return None
        return Turn(self._services, bot, update, subscriber, now, words)

    # --- what was typed ------------------------------------------------------------------

    async def message(self, update: Update, context: AnyContext) -> None:
        """Answer a typed message: a reply to our question, a command, or words to search for."""
        message = update.effective_message
        if message is None:
            return
        if is_notice(message):
            await note_notice(self._services, message)
            return
        typed = message.text or ""
        bot = context.bot
        prompt = answered_prompt(message, bot.id)
        # A photo's caption may be a command; any other caption is words about the photo.
        command = read_command(typed or message.caption or "")
        if prompt is not None and command is None:
            await self._answer(update, bot, prompt, typed)
        elif command is not None:
            await self._command(update, bot, command)
        elif _is_private(update):
            await self._plain(update, bot, typed)

    async def _command(self, update: Update, bot: Bot, typed: TypedCommand) -> None:
        if typed.bot and typed.bot != bot.username.casefold():
            return
        known = self._commands.get(typed.name)
        if known is None and not (typed.bot or _is_private(update)):
            return  # in a group it is meant for another bot
        turn = await self._turn(update, bot, typed.rest)
        if turn is None:
            return
        if known is None or not await self._exists_for(turn, known):
            # Only the staff knows of its own commands, and only where it works.
            if typed.bot or turn.is_private:
                await self._unknown(turn, typed.name)
        elif await allowed(turn, known.permission, abroad=known.abroad):
            await known.handler(turn)
        else:
            await say(turn, turn.texts(_refusal(known.permission)))

    async def _exists_for(self, turn: Turn, command: Command) -> bool:
        if command.permission.role is None:
            return True
        if turn.speaks_as_chat:  # who hides behind the group's name can be told so
            return await at_desk(turn)
        return await role_here(turn, abroad=command.abroad) is not None

    async def _plain(self, update: Update, bot: Bot, typed: str) -> None:
        turn = await self._turn(update, bot, typed)
        if turn is None or turn.message is None:
            return
        for listener in self._listeners:
            if listener.hears(turn.message):
                await listener.handler(turn)
                return
        if turn.message.effective_attachment is not None:
            await say(turn, turn.texts("chat.text_only"))

    async def _answer(self, update: Update, bot: Bot, prompt: Prompt, typed: str) -> None:
        turn = await self._turn(update, bot, typed)
        answered = self._answers.get(prompt.kind)
        if turn is None or answered is None or (answered.private and not turn.is_private):
            return
        if await allowed(turn, answered.permission):
            await answered.handler(turn, prompt.value, typed)
        else:
            await say(turn, turn.texts(_refusal(answered.permission)))

    # --- what was tapped -----------------------------------------------------------------

    async def button(self, update: Update, context: AnyContext) -> None:
        """Carry out a tapped button; whatever happens, it stops spinning."""
        turn = await self._turn(update, context.bot)
        if turn is None or turn.query is None:
            if update.callback_query:
                await update.callback_query.answer()
            return
        action = unpack(turn.query.data or "")
        deed = self._deeds.get(action.verb) if action else None
        if action is None or deed is None:
            await toast(turn, turn.texts("chat.button.old"), alert=True)
        elif deed.own and not await self._door.admits_person(turn.user_id):
            await toast(turn, turn.texts("chat.access.closed"), alert=True)
        elif not await self._may(turn, deed):
            await toast(turn, turn.texts(_refusal(deed.permission)), alert=True)
        else:
            await deed.handler(turn, *of_today(action, turn.taxonomy).args)
            await toast(turn)

    async def _may(self, turn: Turn, deed: Deed) -> bool:
        if deed.final:
            self._services.standing.forget(turn.subscriber.chat_id)
        return await allowed(turn, _needed(turn, deed))

    # --- where we are --------------------------------------------------------------------

    async def membership(self, update: Update, context: AnyContext) -> None:
        """Note that a chat let us in, threw us out or silenced us."""
        await note_membership(self._services, update, context.bot)


def _needed(turn: Turn, deed: Deed) -> Permission:
    """Who may tap: in a channel all readers see the same message, so only admins change it."""
    if deed.permission.role is not None:
        return deed.permission
    return Permission.CHAT_ADMIN if turn.is_channel and not deed.personal else deed.permission


def _refusal(permission: Permission) -> str:
    """The text for whoever lacks a permission."""
    if permission.role is None:
        return "chat.admins_only"
    return "chat.staff.owners_only" if permission is Permission.OWNER else "chat.staff.only"


def _is_private(update: Update) -> bool:
    return update.effective_chat is not None and update.effective_chat.type == ChatType.PRIVATE
