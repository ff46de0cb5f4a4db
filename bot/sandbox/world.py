"""The sandbox's Telegram: who is there, what was written, and who is told of it."""

import asyncio
from collections.abc import Callable, Iterable
from secrets import token_hex

from bot.clock import Clock
from bot.sandbox.errors import bad_request, chat_not_found, forbidden, upgraded
from bot.sandbox.limits import LimitRules, Limits
from bot.sandbox.profile import Profile
from bot.sandbox.state import (
    SUPERGROUP_BASE,
    CallbackQuery,
    Chat,
    InlineQuery,
    Json,
    Record,
    StoredFile,
    Topic,
    User,
)
from bot.sandbox.updates import Updates

BOT_ID = 7_000_000_001
# Who stands as the sender for those who speak as a group or channel, and for Telegram itself.
ANONYMOUS = User(1_087_968_824, "", "Group", username="GroupAnonymousBot", is_bot=True)
CHANNEL_BOT = User(136_817_688, "", "Channel", username="Channel_Bot", is_bot=True)
TELEGRAM = User(777_000, "", "Telegram")
_ADMINS = frozenset({"creator", "administrator"})
QUERY_LIFE_S = 15.0
_MOST_FILES = 500
_MOST_BYTES = 128 * 1024 * 1024
_MOST_QUERIES = 10_000

Listener = Callable[[Json], None]


class World:
    """Everything that the methods and the chat page work on. Not thread-safe: one event loop."""

    def __init__(self, clock: Clock, rules: LimitRules, *, messages_per_chat: int) -> None:
        self.clock = clock
        self.limits = Limits(rules)
        self.profile = Profile()
        self.updates = Updates(clock)
        self.bot = User(BOT_ID, "bot", "核心信息", username="hexin_sandbox_bot", is_bot=True)
        self.users: dict[int, User] = {self.bot.id: self.bot}
        self.chats: dict[int, Chat] = {}
        self.files: dict[str, StoredFile] = {}
        self.queries: dict[str, CallbackQuery] = {}
        self.inline_queries: dict[str, InlineQuery] = {}
        self.inline_messages: dict[str, tuple[int, int]] = {}
        self.revision = 0
        self.listeners: list[Listener] = []
        self.changed = asyncio.Event()
        self._messages_per_chat = messages_per_chat
        self._shared_id = 0

    # --- time and news ---------------------------------------------------------------------

    def now(self) -> float:
        """Seconds since the epoch by the injected clock."""
        return self.clock().timestamp()

    def tell(self, kind: str, chat_id: int | None = None, **news: object) -> None:
        """Tell the listeners what happened and wake whoever waits for a change."""
        for listener in list(self.listeners):
            listener({"type": kind, "chat_id": chat_id, **news})
        self.changed.set()
        self.changed = asyncio.Event()

    # --- people and chats ------------------------------------------------------------------

    def add_user(self, user: User) -> User:
        """Let a person in, with an empty private chat."""
        self.users[user.id] = user
        members = {user.id: "member", self.bot.id: "member"}
        self.chats[user.id] = Chat(user.id, "private", user.name, user.username, members=members)
        return user

    def add_chat(self, chat: Chat) -> Chat:
        """Open a group or channel."""
        self.chats[chat.id] = chat
        return chat

    def chat_data(self, chat: Chat) -> Json:
        """A Bot API Chat."""
        if chat.private:
            shown = self.users[chat.id].data()
            names = ("id", "first_name", "last_name", "username")
            return {name: shown[name] for name in names if name in shown} | {"type": "private"}
        data: Json = {"id": chat.id, "type": chat.kind, "title": chat.title}
        if chat.username:
            data["username"] = chat.username
        if chat.forum:
            data["is_forum"] = True
        return data

    def find_chat(self, wanted: int | str) -> Chat:
        """The chat with this id or @username. Raises ApiError 400 for an unknown one."""
        if isinstance(wanted, str):
            name = wanted.removeprefix("@").lower()
            for chat in self.chats.values():
                if not chat.private and chat.username and chat.username.lower() == name:
                    return chat
            raise chat_not_found()
        chat_or_none = self.chats.get(wanted)
        if chat_or_none is None:
            raise chat_not_found()
        if chat_or_none.upgraded_to is not None:
            raise upgraded(chat_or_none.upgraded_to)
        return chat_or_none

    def writable(self, wanted: int | str, *, photo: bool = False) -> Chat:
        """The chat when the bot may write to it. Raises ApiError 400 or 403 otherwise.

        A group may let its members send texts, but no pictures (`photo`).
        """
        chat = self.find_chat(wanted)
        if chat.private:
            user = self.users[chat.id]
            if user.blocked:
                raise forbidden("bot was blocked by the user")
            if not user.started:
                raise forbidden("bot can't initiate conversation with a user")
        elif self.bot.id not in chat.members:
            noun = "group" if chat.kind == "group" else f"{chat.kind} chat"
            raise forbidden(f"bot is not a member of the {noun}")
        elif chat.members[self.bot.id] == "kicked":
            noun = "group" if chat.kind == "group" else chat.kind
            raise forbidden(f"bot was kicked from the {noun} chat")
        elif chat.kind == "channel" and not self.may(chat, "can_post_messages"):
            raise bad_request("need administrator rights in the channel chat")
        elif photo and not self.may(chat, "can_send_photos"):
            raise bad_request("not enough rights to send photos to the chat")
        elif not self.may(chat, "can_send_messages"):
            raise bad_request("not enough rights to send text messages to the chat")
        return chat

    def may(self, chat: Chat, right: str, user_id: int = BOT_ID) -> bool:
        """Whether a member has a right; restricted members have none that is not named."""
        status = chat.members.get(user_id, "left")
        usual = {
            "can_send_messages": status != "restricted",
            "can_send_photos": status != "restricted",
            "can_post_messages": status in _ADMINS,
            "can_manage_topics": status in _ADMINS,
        }
        return chat.rights.get(user_id, {}).get(right, usual.get(right, False))

    def charge(self, chat: Chat, *, new: bool = True, count: int = 1) -> None:
        """Count messages against the limits. Raises ApiError 429."""
        self.limits.charge(chat.id, self.now(), group=not chat.private, new=new, count=count)

    # --- messages --------------------------------------------------------------------------

    def next_id(self, chat: Chat) -> int:
        """A message id: supergroups and channels count for themselves, the others together."""
        if chat.id <= SUPERGROUP_BASE:
            chat.last_id += 1
            return chat.last_id
        self._shared_id += 1
        chat.last_id = self._shared_id
        return self._shared_id

    def post(
        self,
        chat: Chat,
        sender: User,
        content: Json,
        *,
        thread: int = 0,
        as_chat: Chat | None = None,
    ) -> Record:
        """Put a message into a chat and tell the listeners. `content` holds its own fields.

        `as_chat` is the group or channel in whose name it is written.
        """
        data: Json = {"message_id": self.next_id(chat), "date": int(self.now())}
        data["chat"] = self.chat_data(chat)
        if chat.kind == "channel":
            data["sender_chat"] = self.chat_data(chat)
        else:
            data["from"] = sender.data()
            if as_chat is not None:
                data["sender_chat"] = self.chat_data(as_chat)
        if thread:
            data |= {"message_thread_id": thread, "is_topic_message": True}
        record = Record(data | content, by_bot=sender.id == self.bot.id)
        chat.records[record.id] = record
        while len(chat.records) > self._messages_per_chat:
            chat.records.pop(next(iter(chat.records)))
        self.touch(chat, record, "message")
        return record

    def touch(self, chat: Chat, record: Record, kind: str = "edit") -> None:
        """Tell that a message is new or changed."""
        self.revision += 1
        record.revision = self.revision
        self.tell(kind, chat.id, message=record.data)

    def remove(self, chat: Chat, message_id: int) -> None:
        """Delete a message for everyone."""
        chat.records.pop(message_id, None)
        if message_id in chat.pinned:
            chat.pinned.remove(message_id)
        self.revision += 1
        self.tell("delete", chat.id, message_id=message_id)

    def topic_of(self, chat: Chat, thread: int | None, user_id: int = BOT_ID) -> int:
        """The topic to write to, 0 for General and outside of forums.

        Raises ApiError 400 for an unknown one, and for a closed one unless the sender runs topics.
        """
        if thread and (not chat.forum or thread not in chat.topics):
            raise bad_request("message thread not found")
        closed = chat.topics[thread].closed if thread else chat.forum and chat.general_closed
        if closed and not self.may(chat, "can_manage_topics", user_id):
            raise bad_request("TOPIC_CLOSED")
        return thread or 0

    def add_topic(self, chat: Chat, name: str, icon_color: int, sender: User) -> Topic:
        """Open a topic in a forum."""
        created = {"forum_topic_created": {"name": name, "icon_color": icon_color}}
        record = self.post(chat, sender, created)
        record.data |= {"message_thread_id": record.id, "is_topic_message": True}
        topic = Topic(record.id, name, icon_color)
        chat.topics[topic.id] = topic
        self.tell("chat", chat.id)
        return topic

    # --- files -----------------------------------------------------------------------------

    def keep_file(
        self, name: str, mime_type: str, content: bytes, *, size: tuple[int, int] = (0, 0)
    ) -> StoredFile:
        """Store an upload; the oldest files go when they are too many or too much."""
        number = len(self.files) + 1
        folder = "photos" if any(size) else "documents"
        suffix = f".{name.rsplit('.', 1)[1]}" if "." in name else ""
        unique = token_hex(8)
        stored = StoredFile(
            id=f"sandbox-{folder}-{unique}",
            unique_id=unique,
            path=f"{folder}/file_{number}_{unique[:6]}{suffix}",
            name=name,
            mime_type=mime_type,
            content=content,
            width=size[0],
            height=size[1],
        )
        self.files[stored.id] = stored
        held = sum(len(kept.content) for kept in self.files.values())
        while len(self.files) > _MOST_FILES or (held > _MOST_BYTES and len(self.files) > 1):
            held -= len(self.files.pop(next(iter(self.files))).content)
        return stored

    def file_at(self, path: str) -> StoredFile | None:
        """The file with this download path."""
        return next((kept for kept in self.files.values() if kept.path == path), None)

    # --- queries ---------------------------------------------------------------------------

    def ask(self, query: CallbackQuery) -> CallbackQuery:
        """Remember a pressed button."""
        self.queries[query.id] = query
        while len(self.queries) > _MOST_QUERIES:
            self.queries.pop(next(iter(self.queries)))
        return query

    def ask_inline(self, query: InlineQuery) -> InlineQuery:
        """Remember a typed inline query."""
        self.inline_queries[query.id] = query
        while len(self.inline_queries) > _MOST_QUERIES:
            self.inline_queries.pop(next(iter(self.inline_queries)))
        return query

    def is_fresh(self, asked_at: float) -> bool:
        """Whether a query may still be answered."""
        return self.now() - asked_at <= QUERY_LIFE_S

    def chats_of(self, user: User) -> Iterable[Chat]:
        """The chats that a person sees: first the talk with the bot."""
        for chat in self.chats.values():
            if user.id in chat.members and chat.upgraded_to is None:
                yield chat
