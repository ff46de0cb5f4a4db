"""An announcement to many readers: what it says, how far it is, how long it takes. Pure."""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from digest.audience import Audience
from digest.model import Button, Lang, Message, Picture

# So large an audience is confirmed by typing its number.
TYPED_FROM = 1000
MOST_BUTTONS = 6
_SHORTEST_EDIT_S, _LONGEST_EDIT_S = 3.0, 30.0
# Telegram counts changes of messages among a group's twenty a minute.
_GROUP_EDIT_S = 10.0
_EDITS = 200


class BroadcastState(StrEnum):
    """draft → gathering (its readers are written down) → sending ⇄ paused → done | cancelled.

    `discarded` is a draft that was thrown away.
    """

    DRAFT = "draft"
    GATHERING = "gathering"
    SENDING = "sending"
    PAUSED = "paused"
    DONE = "done"
    CANCELLED = "cancelled"
    DISCARDED = "discarded"


class Correction(StrEnum):
    """What is done afterwards to the messages that were sent."""

    EDIT = "edit"
    WITHDRAW = "withdraw"


@dataclass(frozen=True, slots=True)
class Announcement:
    """What is sent: Telegram HTML, perhaps under a photo, perhaps with buttons that open links.

    `buttons` are labels with addresses, one below the other. A `silent` one makes no sound; one
    that is not `patient` does not wait for the end of a reader's quiet hours.
    """

    text: str
    photo: str = ""
    buttons: tuple[tuple[str, str], ...] = ()
    silent: bool = False
    patient: bool = True

    @property
    def message(self) -> Message:
        """As every reader gets it."""
        picture = Picture(self.photo) if self.photo else None
        rows = tuple((Button(label, url=url),) for label, url in self.buttons)
        return Message(self.text, rows, picture=picture)


@dataclass(frozen=True, slots=True)
class Broadcast:
    """An announcement and where it stands.

    `revision` grows with each change of a draft, so that nobody confirms what somebody else has
    changed meanwhile. `total` is how many readers were written down when it was confirmed. The
    progress is shown in message `message_id` (0: not yet) of this chat and forum topic, in `lang`.
    Of the last `correction`, which may still be `correcting`, so many messages are `corrected`,
    so many could not be; `text_before` is what an edited one said first.
    """

    id: int
    state: BroadcastState
    revision: int
    announcement: Announcement
    audience: Audience
    made_by: int
    chat_id: int
    thread_id: int
    message_id: int
    lang: Lang
    created_at: datetime
    digest_id: int | None = None
    total: int = 0
    confirmed_by: int = 0
    confirmed_at: datetime | None = None
    finished_at: datetime | None = None
    correction: Correction | None = None
    correcting: bool = False
    corrected_to: int = 0
    text_before: str = ""
    corrected: int = 0
    not_corrected: int = 0


@dataclass(frozen=True, slots=True)
class BroadcastCounts:
    """How many of a broadcast's readers stand where.

    `gone` cannot be written to any more, `failed` were refused for another reason, of `unknown`
    nobody can tell whether it arrived, `stopped` unsubscribed before their turn. `asleep` (of
    those who wait) are in their quiet hours.
    """

    sent: int = 0
    gone: int = 0
    failed: int = 0
    unknown: int = 0
    stopped: int = 0
    waiting: int = 0
    asleep: int = 0

    @property
    def settled(self) -> int:
        """Those nothing more will be sent to."""
        return self.sent + self.gone + self.failed + self.unknown + self.stopped


def minutes_for(count: int, rate: float) -> int:
    """Whole minutes that `count` messages take at `rate` a second, at least 1."""
    return max(1, math.ceil(count / max(rate, 0.1) / 60))


def edit_after(waiting: int, rate: float, *, is_group: bool) -> timedelta:
    """How long to wait between two changes of the progress message: longer for a long way."""
    seconds = waiting / max(rate, 0.1) / _EDITS
    shortest = _GROUP_EDIT_S if is_group else _SHORTEST_EDIT_S
    return timedelta(seconds=min(max(shortest, seconds), _LONGEST_EDIT_S))
