"""Digests, the messages that they become, and their deliveries."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from digest.blocks import Block
from digest.model.signals import Signal
from digest.wishes import Lang


class DigestKind(StrEnum):
    """Why a digest was made.

    `instant`: one strong signal at once; `daily`; `first`: a newcomer's; `weekly`: a review that
    may show again what dailies brought; `story`: news of a story that the reader knows; `trend`:
    something followed is told of unusually often, since just now; `look_back`: something of the
    past, and what came of it.
    """

    INSTANT = "instant"
    DAILY = "daily"
    FIRST = "first"
    WEEKLY = "weekly"
    STORY = "story"
    TREND = "trend"
    LOOK_BACK = "look_back"
    ANNOUNCEMENT = "announcement"


PINNED = "pinned"
"""The shelf, in the place of a column, of what editors let lead a whole digest."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """One column of a digest, or what is PINNED, with the signals chosen for it."""

    column: str
    signals: tuple[Signal, ...]


@dataclass(frozen=True, slots=True)
class Rising:
    """What is unusually frequent now: `count` in the window, `usual` per window before.

    `topic` is a topic's id, or with a `name` of its own a word's key. `since` is when it began,
    None where that is not known; `followed`: the reader follows it.
    """

    topic: str
    count: int
    usual: float
    name: str = ""
    since: datetime | None = None
    followed: bool = False


@dataclass(frozen=True, slots=True)
class Digest:
    """Ordered signals for one wish set and window. `read` counts what was considered.

    `left_out` counts what also matched; when the digest is `capped` by the most that the reader
    wants in a day, that comes in the next digest. `pinned` are those that editors let lead.
    """

    kind: DigestKind
    window_from: datetime
    window_to: datetime
    shelves: tuple[Shelf, ...]
    read: int
    left_out: int = 0
    capped: bool = False
    pinned: frozenset[int] = frozenset()
    rising: tuple[Rising, ...] = ()
    lang: Lang = Lang.ZH
    zone: str = "Asia/Shanghai"

    @property
    def signals(self) -> tuple[Signal, ...]:
        """All signals in reading order."""
        return tuple(signal for shelf in self.shelves for signal in shelf.signals)


@dataclass(frozen=True, slots=True)
class Action:
    """What a button does: a verb and its arguments, packed by handlers/callbacks.py."""

    verb: str
    args: tuple[str | int, ...] = ()


@dataclass(frozen=True, slots=True)
class Button:
    """A button with a label and one of a link, an action, or a page of the Mini App.

    `web_app` is the page's whole address; Telegram takes it in private chats only.
    """

    label: str
    url: str = ""
    action: Action | None = None
    web_app: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture to show with a text: by the id that Telegram gave it, and on a page of ours.

    `url` is "" where our pages cannot be reached from outside.
    """

    file_id: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """Rendered text (Telegram HTML) and buttons, free of transport.

    At most 4096 UTF-16 units after entity parsing, 100 entities, 32,768 raw bytes.
    `signals` are the ids of the signals that a reader has seen once this part was delivered;
    `blocks` the pieces of its text that show signals, in their order.
    A text that fits under a `picture` is its caption; one too long shows it as a preview.
    """

    text: str
    buttons: tuple[tuple[Button, ...], ...] = ()
    signals: tuple[int, ...] = ()
    picture: Picture | None = None
    blocks: tuple[Block, ...] = ()


class DeliveryState(StrEnum):
    """pending → claimed → sending → sent | retry | dead | unknown (see storage/deliveries.py).

    `held`: owed, but not to be sent for now.
    """

    HELD = "held"
    PENDING = "pending"
    CLAIMED = "claimed"
    SENDING = "sending"
    SENT = "sent"
    RETRY = "retry"
    DEAD = "dead"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message owed to one subscriber. `body` is the stored message part as JSON data.

    `version` counts how often that body was changed. `resent`: it may have arrived before and goes
    once more, marked in `lang`.
    """

    id: int
    digest_id: int
    subscriber_id: int
    chat_id: int
    thread_id: int
    part: int
    state: DeliveryState
    attempts: int
    body: dict[str, Any]
    silent: bool = False
    version: int = 0
    resent: bool = False
    lang: Lang = Lang.ZH


@dataclass(frozen=True, slots=True)
class Receipt:
    """Proof that a delivery was sent."""

    delivery_id: int
    message_id: int
    sent_at: datetime
