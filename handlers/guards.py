"""What stands before every handler: each update once, nobody too fast, admins only where due."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import TYPE_CHECKING

from telegram import Chat, Update, User
from telegram.constants import ChatType

from digest.model import ChatKind, Lang, Subscriber, Subscription, Wishes
from digest.roles import Role
from handlers.context import Services, Turn
from storage.acting import repeatable
from storage.errors import is_full

if TYPE_CHECKING:
    from telegram import Message

BURST = 30
PER_SECOND = 1.0
_PEOPLE_REMEMBERED = 4_096
_OUT_OF_ORDER = timedelta(minutes=10)
_USE_NOTED_EVERY = timedelta(days=1)


class Permission(Enum):
    """Who may use a command or a button.

    `anyone`; `chat_admin`: in groups and channels only those who administer them (in a private
    chat it is the person's own); the others are for the staff of at least that role
    (digest/roles.py), in private and at desks.
    """

    ANYONE = auto()
    CHAT_ADMIN = auto()
    VIEWER = auto()
    EDITOR = auto()
    OWNER = auto()
    BOT_ADMIN = OWNER

    @property
    def role(self) -> Role | None:
        """The least role that has this permission, None for what readers may do too."""
        return _ROLES.get(self)


_ROLES = {
    Permission.VIEWER: Role.VIEWER,
    Permission.EDITOR: Role.EDITOR,
    Permission.OWNER: Role.OWNER,
}


class Pace(Enum):
    """What to do with someone's update: take it, say once that it is too much, or be silent."""

    FINE = auto()
    TELL = auto()
    SILENT = auto()


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at: datetime
    told: bool = False


class Pacer:
    """A token bucket per person: `burst` updates at once, then `per_second`.

    Whoever goes on too fast is told so once; again only after a rest (half a full bucket).
    Kept in memory: a restart forgives everyone, which harms nobody.
    """

    def __init__(self, burst: int = BURST, per_second: float = PER_SECOND) -> None:
        self._burst = burst
        self._per_second = per_second
        self._buckets: dict[int, _Bucket] = {}
        self._forget_at = _PEOPLE_REMEMBERED

    def check(self, person: int, now: datetime) -> Pace:
        """Count one update of `person` at `now`."""
        bucket = self._buckets.get(person)
        if bucket is None:
            if len(self._buckets) >= self._forget_at:
                self._forget(now)
            bucket = self._buckets[person] = _Bucket(self._burst, now)
        passed = max(0.0, (now - bucket.at).total_seconds())
        bucket.tokens = min(self._burst, bucket.tokens + passed * self._per_second)
        # What waited longer comes out of order; only a clock that was set back goes far back.
        bucket.at = max(now, bucket.at) if bucket.at - now < _OUT_OF_ORDER else now
        if bucket.tokens >= max(1, self._burst / 2):
            bucket.told = False
        if bucket.tokens >= 1:
            bucket.tokens -= 1
            return Pace.FINE
        if bucket.told:
            return Pace.SILENT
        bucket.told = True
        return Pace.TELL

    def _forget(self, now: datetime) -> None:
        full_after = self._burst / self._per_second
        self._buckets = {
            person: bucket
            for person, bucket in self._buckets.items()
            if (now - bucket.at).total_seconds() < full_after
        }
        # While more come than may be forgotten, not all are looked through for each newcomer.
        self._forget_at = max(_PEOPLE_REMEMBERED, 2 * len(self._buckets))


async def enter(services: Services, update: Update, now: datetime) -> Subscriber | None:
    """Return the subscriber entry of the chat that `update` came from, made on first contact.

    A new chat gets no pushes until someone has asked for them (/start … done, or /subscribe).
    None when the update came from no chat.
    """
    chat = update.effective_chat
    if chat is None:
        return None
    thread_id = _thread_of(update.effective_message)
    known = await services.storage.subscribers.by_chat(chat.id, thread_id)
    if known is not None and known.active:
        await _note_use(services, known, now)
        return known
    with repeatable():
        if known is not None:
            # Whoever writes to us can be written to again.
            await services.storage.subscribers.revive(chat.id, thread_id, now)
            return await services.storage.subscribers.get(known.id)
        lang = first_language(update.effective_user)
        return await _open(services, chat, thread_id, lang, now)


async def _note_use(services: Services, known: Subscriber, now: datetime) -> None:
    """Remember, to the day, that this chat still uses the bot."""
    if known.used_at is None or now - known.used_at >= _USE_NOTED_EVERY:
        try:
            with repeatable():
                await services.storage.subscribers.note_use(known.id, now)
        except Exception as error:
            if not is_full(error):  # whoever only asks needs no room on the disk
                raise


async def enter_person(turn: Turn) -> Subscriber:
    """Return the private entry of whoever spoke, made on first contact.

    What a person saves in a group goes to the person's own collections.
    """
    user = turn.update.effective_user
    if turn.is_private or user is None:
        return turn.subscriber
    known = await turn.storage.subscribers.by_chat(user.id, 0)
    if known is not None:
        return known
    chat = Chat(user.id, ChatType.PRIVATE, first_name=user.full_name)
    return await _open(turn.services, chat, 0, turn.lang, turn.now)


async def enter_user(
    services: Services, user_id: int, name: str, language: str, now: datetime
) -> Subscriber:
    """Return the private entry of a person who came by the Mini App, made on first contact.

    `language` is their app's, an IETF tag or "".
    """
    known = await services.storage.subscribers.by_chat(user_id, 0)
    if known is not None:
        await _note_use(services, known, now)
        return known
    chat = Chat(user_id, ChatType.PRIVATE, first_name=name)
    return await _open(services, chat, 0, language_of(language), now)


async def _open(
    services: Services, chat: Chat, thread_id: int, lang: Lang, now: datetime
) -> Subscriber:
    title = chat.title or chat.full_name or str(chat.id)
    subscriber, new = await services.storage.subscribers.enter(
        chat.id, thread_id, ChatKind(chat.type), title, lang, now
    )
    if not new:
        return subscriber
    quiet = Subscription(Wishes(lang=lang), paused=True, zone=services.zone)
    await services.storage.subscribers.save_subscription(subscriber.id, quiet)
    return await services.storage.subscribers.get(subscriber.id) or subscriber


def first_language(user: User | None) -> Lang:
    """The language to start with: English for an app in another language than Chinese."""
    return language_of((user.language_code or "") if user else "")


def language_of(code: str) -> Lang:
    """The language of an app with the IETF tag `code`, Chinese for ""."""
    return Lang.EN if code and not code.casefold().startswith("zh") else Lang.ZH


def _thread_of(message: "Message | None") -> int:
    if message is None or not message.is_topic_message:
        return 0
    return message.message_thread_id or 0


async def role_here(turn: Turn, *, abroad: bool = False) -> Role | None:
    """The role of whoever spoke, where the staff works: in private, at desks, or also `abroad`."""
    if turn.speaks_as_chat:
        return None
    role = await turn.services.staff.role_of(turn.user_id)
    if role is None or turn.is_private or abroad or await at_desk(turn):
        return role
    return None


async def at_desk(turn: Turn) -> bool:
    """Whether this group or forum topic is one of the staff's desks."""
    here = turn.subscriber
    return not turn.is_private and await turn.services.staff.is_desk(here.chat_id, here.thread_id)


async def allowed(turn: Turn, permission: Permission, *, abroad: bool = False) -> bool:
    """Whether whoever spoke has `permission` in this chat."""
    if permission.role is not None:
        role = await role_here(turn, abroad=abroad)
        return role is not None and role >= permission.role
    if permission is Permission.ANYONE or turn.is_private:
        return True
    chat, message, standing = turn.update.effective_chat, turn.message, turn.services.standing
    if chat is None:
        return False
    if turn.query is None and message is not None and message.sender_chat is not None:
        # Who hides behind a chat is not said. The group's own name is only its admins' to use,
        # and its linked channel's only that channel's; any other channel may be anybody's.
        name = message.sender_chat.id
        return name == chat.id or name == await standing.linked(turn.bot, chat.id, turn.now)
    if turn.update.effective_user is None:
        return False
    return await standing.is_admin(turn.bot, chat.id, turn.update.effective_user.id, turn.now)
