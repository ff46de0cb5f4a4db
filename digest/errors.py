"""Everything that can go wrong on the way from a source to a reader.

    HexinError
    ├── SourceError            a poll failed           code: see PollFailure
    ├── ExtractionError        no article in this page code: an EntryState that ends the entry
    ├── RefusedAddress         the address may not be fetched
    ├── TooLarge               over a size limit
    ├── DeliveryError          a message did not reach its chat
    └── PhotoError             a picture that somebody sent is not taken

`code` is stable and translatable; `detail` is for people who look after the bot.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from digest.model import EntryState


class HexinError(Exception):
    """The root of our own errors. They keep their fields on the way between processes."""

    def __reduce__(self) -> tuple[Any, ...]:
        # The default would call the class with the finished message as its only argument.
        return _revive, (type(self), self.args, self.__dict__)


def _revive(kind: type[HexinError], args: tuple[Any, ...], fields: dict[str, Any]) -> HexinError:
    error = kind.__new__(kind, *args)
    error.__dict__.update(fields)
    return error


class PollFailure(StrEnum):
    """Why a poll brought nothing.

    `no_items`: the document came, but nothing is where the recipe says; `bad_recipe`: what the
    recipe says is no selector or path.
    """

    TIMEOUT = "timeout"
    DNS = "dns"
    CONNECT = "connect"
    TLS = "tls"
    HTTP = "http"
    NOT_FOUND = "not_found"
    GONE = "gone"
    FORBIDDEN = "forbidden"
    CHALLENGED = "challenged"
    RATE_LIMITED = "rate_limited"
    UNAVAILABLE = "unavailable"
    NOT_A_FEED = "not_a_feed"
    TOO_LARGE = "too_large"
    REFUSED = "refused"
    REDIRECTS = "redirects"
    NO_ITEMS = "no_items"
    BAD_RECIPE = "bad_recipe"


class SourceError(HexinError):
    """A poll failed. `retry_after` is what the server asked for, `status` the HTTP status or 0.

    `content_type` is what the server called a body that was not read to its end.
    """

    def __init__(
        self,
        code: PollFailure,
        detail: str = "",
        *,
        status: int = 0,
        retry_after: timedelta | None = None,
        content_type: str = "",
    ) -> None:
        super().__init__(f"{code}: {detail}" if detail else str(code))
        self.code = code
        self.content_type = content_type
        self.detail = detail
        self.status = status
        self.retry_after = retry_after


class ExtractionError(HexinError):
    """There is no article to be had from this page; `state` is how the entry ends."""

    def __init__(self, state: EntryState, detail: str = "") -> None:
        super().__init__(f"{state}: {detail}" if detail else str(state))
        self.state = state
        self.detail = detail


class RefusedAddress(HexinError):  # noqa: N818  a refusal, not a fault
    """The address may not be fetched (private network, odd port, other scheme)."""


class TooLarge(HexinError):  # noqa: N818  a property of the body
    """A body went over its limit; reading stopped there."""


class DeliveryFate(StrEnum):
    """What may be concluded about a message whose sending failed."""

    RETRY = "retry"
    UNKNOWN = "unknown"
    PLAIN = "plain"
    NO_PICTURE = "no_picture"
    GONE = "gone"
    TOPIC_GONE = "topic_gone"
    MIGRATED = "migrated"
    DEAD = "dead"
    STOP = "stop"


class DeliveryError(HexinError):
    """A message did not certainly reach its chat."""

    def __init__(
        self,
        fate: DeliveryFate,
        detail: str = "",
        *,
        not_before: datetime | None = None,
        new_chat_id: int | None = None,
    ) -> None:
        super().__init__(f"{fate}: {detail}" if detail else str(fate))
        self.fate = fate
        self.detail = detail
        self.not_before = not_before
        self.new_chat_id = new_chat_id


class PhotoFault(StrEnum):
    """Why a picture is not taken: too many bytes or pixels, no picture, moving, too long or small.

    `broken` is one that cannot be decoded to its end; `off`: pictures are not taken here.
    """

    LARGE = "large"
    STRANGE = "strange"
    MOVING = "moving"
    SHAPE = "shape"
    BROKEN = "broken"
    OFF = "off"


class PhotoError(HexinError):
    """A picture that somebody sent is not taken."""

    def __init__(self, fault: PhotoFault) -> None:
        super().__init__(fault)
        self.fault = fault
