"""Readers, their collections, and what they can take back."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from digest.model.signals import Signal
from digest.wishes import Lang, Subscription


class ChatKind(StrEnum):
    """Telegram's chat types."""

    PRIVATE = "private"
    GROUP = "group"
    SUPERGROUP = "supergroup"
    CHANNEL = "channel"


@dataclass(frozen=True, slots=True)
class Subscriber:
    """A chat we may write to. `thread_id` is 0 outside forum topics; `gone` chats are kept.

    `used_at` is when it last spoke to us, to the day; None when that is not known.
    """

    id: int
    chat_id: int
    thread_id: int
    kind: ChatKind
    title: str
    lang: Lang
    active: bool
    created_at: datetime
    subscription: Subscription
    used_at: datetime | None = None


class SavedSort(StrEnum):
    """What stands first in a collection: last saved, best score, newest signal."""

    SAVED = "saved"
    SCORE = "score"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class Collection:
    """A reader's named list; `count` is how many signals are saved in it.

    Whoever knows `share_key` ("" when it is not shared) may look at it; the notes are shown to
    them only with `share_notes`.
    """

    id: int
    subscriber_id: int
    name: str
    is_default: bool
    count: int
    created_at: datetime
    sort: SavedSort = SavedSort.SAVED
    share_key: str = ""
    share_notes: bool = False


@dataclass(frozen=True, slots=True)
class Saved:
    """One signal in a collection, with the reader's note; `by_rule` when a rule put it there."""

    collection_id: int
    signal: Signal
    note: str
    saved_at: datetime
    by_rule: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """What is saved into a collection by itself: one rule per collection.

    A signal fits when one of `words` stands in it or it has one of `topics` (or there are neither)
    and it is of `column` ("" for any). It counts for signals made after `since`.
    """

    collection_id: int
    words: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    column: str = ""
    paused: bool = False
    since: datetime | None = None


class UndoAct(StrEnum):
    """What a reader did to collections and can take back."""

    REMOVE = "remove"
    DELETE = "delete"
    MERGE = "merge"
    IMPORT = "import"
    COPY = "copy"


@dataclass(frozen=True, slots=True)
class Undo:
    """A change of collections that can still be taken back; `title` names what it was done to.

    `count` is how many saved signals it touched, `collection_id` the only list they were in
    (0: several, or not asked for).
    """

    id: int
    act: UndoAct
    title: str
    count: int
    at: datetime
    collection_id: int = 0
