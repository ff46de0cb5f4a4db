"""Where the bot is: let in, thrown out, silenced, moved; forums whose topics close and open."""

import logging
from dataclasses import dataclass, replace

from telegram import (
    Bot,
    ChatMember,
    ChatMemberAdministrator,
    ChatMemberRestricted,
    ChatMemberUpdated,
    Update,
    User,
)
from telegram import Message as ChatMessage
from telegram.constants import ChatMemberStatus, ChatType
from telegram.error import BadRequest, Forbidden

from digest.model import Message
from digest.texts import Texts, texts_for
from handlers.choosing import languages_page
from handlers.context import Services, Turn
from handlers.guards import enter, first_language
from handlers.replies import say

log = logging.getLogger(__name__)

_GONE = {ChatMemberStatus.LEFT, ChatMemberStatus.BANNED}
GROUPS = {ChatType.GROUP, ChatType.SUPERGROUP}


@dataclass(frozen=True, slots=True)
class _Place:
    """What a change of our membership is about."""

    services: Services
    bot: Bot
    update: Update
    change: ChatMemberUpdated


async def note_membership(services: Services, update: Update, bot: Bot) -> None:
    """Keep what became of us in a chat; greet a group, and tell who let us in what to do next."""
    change = update.my_chat_member
    if change is None:
        return
    place = _Place(services, bot, update, change)
    services.standing.forget(change.chat.id)
    member = change.new_chat_member
    if member.status in _GONE:
        await _switch_off(place, "blocked")
    elif not _may_write(change.chat.type, member):
        await _switch_off(place, "no right to write")
        await _whisper(place, "chat.place.silenced")
    else:
        await _arrive(place)


async def _switch_off(place: _Place, reason: str) -> None:
    await place.services.storage.subscribers.set_active(
        place.change.chat.id, active=False, reason=reason, now=place.services.clock()
    )


def _may_write(kind: str, member: ChatMember) -> bool:
    """Whether we can say anything in a chat that we are in."""
    if isinstance(member, ChatMemberRestricted):
        return bool(member.is_member and member.can_send_messages)
    if kind == ChatType.CHANNEL:  # where nobody but admins who may post says anything
        return isinstance(member, ChatMemberAdministrator) and bool(member.can_post_messages)
    return True


async def _arrive(place: _Place) -> None:
    services, change = place.services, place.change
    now = services.clock()
    await services.storage.subscribers.revive(change.chat.id, 0, now)  # its topics come back too
    subscriber = await enter(services, place.update, now)
    was = change.old_chat_member
    could = was.status not in _GONE and _may_write(change.chat.type, was)
    if subscriber is None or could or change.chat.type == ChatType.PRIVATE:
        return
    turn = Turn(services, place.bot, place.update, subscriber, now)
    if change.chat.type in GROUPS:
        await say(turn, greeting(turn, is_forum=bool(change.chat.is_forum)))
    else:
        await _whisper(place, "chat.place.channel")


def greeting(turn: Turn, *, is_forum: bool) -> Message:
    """The first words in a group: what comes here, who sets it up, and the first tap to it."""
    texts = turn.texts
    text = texts("chat.group.hello")
    if is_forum:
        text = f"{text}\n{texts('chat.group.hello.forum')}"
    return replace(languages_page(turn), text=text)


async def _whisper(place: _Place, key: str) -> None:
    """Say something to whoever changed our membership, if we may write to that person."""
    person, chat = place.change.from_user, place.change.chat
    texts = await _texts_of(place.services, person)
    try:
        await place.bot.send_message(person.id, texts(key, title=chat.title or ""))
    except (Forbidden, BadRequest):  # has not started us: then the chat's own silence must do
        log.info("%s about chat %d could not be told", key, chat.id)


async def _texts_of(services: Services, person: User) -> Texts:
    known = await services.storage.subscribers.by_chat(person.id)
    return texts_for(known.lang if known else first_language(person))


# --- what Telegram itself says in a group ------------------------------------------------


def is_notice(message: ChatMessage) -> bool:
    """Whether Telegram tells by this message that a group has changed."""
    return bool(
        message.migrate_to_chat_id
        or message.migrate_from_chat_id
        or message.new_chat_title
        or message.forum_topic_reopened
        or message.general_forum_topic_unhidden
    )


async def note_notice(services: Services, message: ChatMessage) -> None:
    """Follow a group to its new id or name; write again in a topic that is open again.

    A topic that was closed is left alone until we cannot write to it: who closes it may want to
    hear only us there, and whoever runs topics still can write.
    """
    subscribers, chat_id = services.storage.subscribers, message.chat.id
    if message.migrate_to_chat_id:
        await subscribers.migrate_chat(chat_id, message.migrate_to_chat_id)
    elif message.migrate_from_chat_id:
        await subscribers.migrate_chat(message.migrate_from_chat_id, chat_id)
    elif message.new_chat_title:
        await subscribers.rename(chat_id, message.new_chat_title)
    else:
        thread_id = message.message_thread_id if message.is_topic_message else 0
        await subscribers.revive(chat_id, thread_id or 0, services.clock())


def concerns_us(update: Update, bot_id: int) -> bool:
    """Whether an update can be meant for us: a bot that reads a whole group must not act on it."""
    if update.callback_query or update.my_chat_member:
        return True
    message = update.message or update.channel_post
    if message is None or message.is_automatic_forward:
        return False  # a channel's post in its discussion group was meant for the channel
    if message.chat.type == ChatType.PRIVATE or is_notice(message):
        return True
    return (message.text or "").startswith("/") or _replies_to(message, bot_id)


def _replies_to(message: ChatMessage, bot_id: int) -> bool:
    question = message.reply_to_message
    return (
        question is not None
        and question.from_user is not None
        and (question.from_user.id == bot_id)
    )
