"""People, chats, messages and files of the sandbox, all in memory.

Messages are kept as the JSON that Telegram would send (`Record.data`), so that what a bot gets and
what the chat page shows cannot differ.
"""

from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]

SUPERGROUP_BASE = -1_000_000_000_000


@dataclass
class User:
    """A person or the bot. `started` once they wrote to the bot, `blocked` while they block it."""

    id: int
    key: str
    first_name: str
    last_name: str = ""
    username: str = ""
    language_code: str = ""
    is_bot: bool = False
    started: bool = False
    blocked: bool = False

    @property
    def name(self) -> str:
        """The full name."""
        return f"{self.first_name} {self.last_name}".strip()

    def data(self) -> Json:
        """A Bot API User."""
        shown: Json = {"id": self.id, "is_bot": self.is_bot, "first_name": self.first_name}
        optional = {
            "last_name": self.last_name,
            "username": self.username,
            "language_code": self.language_code,
        }
        return shown | {name: value for name, value in optional.items() if value}


@dataclass
class Record:
    """One message: its JSON, whether the bot wrote it, and the revision of its last change."""

    data: Json
    by_bot: bool
    revision: int = 0
    inline_id: str = ""

    @property
    def id(self) -> int:
        """The message id, unique in its chat."""
        return int(self.data["message_id"])


@dataclass
class Topic:
    """A topic of a forum; its id is the id of the message that made it."""

    id: int
    name: str
    icon_color: int = 7322096
    closed: bool = False


@dataclass
class Chat:
    """A chat with its newest messages. `members` maps user ids to Bot API member statuses.

    `rights` are what differs from a member's usual rights, by the names of the Bot API;
    `linked_to` is a channel's discussion group, and that group's channel.
    """

    id: int
    kind: str
    title: str = ""
    username: str = ""
    key: str = ""
    forum: bool = False
    members: dict[int, str] = field(default_factory=dict)
    rights: dict[int, dict[str, bool]] = field(default_factory=dict)
    linked_to: int | None = None
    general_closed: bool = False
    topics: dict[int, Topic] = field(default_factory=dict)
    records: dict[int, Record] = field(default_factory=dict)
    pinned: list[int] = field(default_factory=list)
    read_up_to: dict[int, int] = field(default_factory=dict)
    upgraded_to: int | None = None
    last_id: int = 0

    @property
    def private(self) -> bool:
        """Whether this is a talk of one person with the bot."""
        return self.kind == "private"


@dataclass(frozen=True)
class StoredFile:
    """An uploaded file. `width` and `height` are pixels of a picture, 0 for a document."""

    id: str
    unique_id: str
    path: str
    name: str
    mime_type: str
    content: bytes
    width: int = 0
    height: int = 0

    def data(self) -> Json:
        """The fields that all Bot API file objects share."""
        return {
            "file_id": self.id,
            "file_unique_id": self.unique_id,
            "file_size": len(self.content),
        }


@dataclass
class CallbackQuery:
    """A pressed button that waits for its answer. `answer` is what the bot said to it."""

    id: str
    user_id: int
    chat_id: int
    message_id: int
    data: str
    asked_at: float
    answer: Json | None = None


@dataclass
class InlineQuery:
    """A typed inline query and the results that came back; `offset` is "" for the first ones."""

    id: str
    user_id: int
    query: str
    asked_at: float
    offset: str = ""
    answer: Json | None = None
