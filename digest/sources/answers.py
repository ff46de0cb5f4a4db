"""What came of asking a source once, and what is decided from it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from digest.errors import PollFailure, SourceError
from digest.model import FeedReading, PollState, SourceState

NOT_MODIFIED = 304
_FORBIDDEN, _GONE, _TOO_MANY, _UNAVAILABLE = 403, 410, 429, 503
STATUS_FAILURES = {
    401: PollFailure.FORBIDDEN,
    402: PollFailure.FORBIDDEN,
    _FORBIDDEN: PollFailure.FORBIDDEN,
    404: PollFailure.NOT_FOUND,
    _GONE: PollFailure.GONE,
    _TOO_MANY: PollFailure.RATE_LIMITED,
    451: PollFailure.FORBIDDEN,
    _UNAVAILABLE: PollFailure.UNAVAILABLE,
}


@dataclass(frozen=True, slots=True)
class PollAnswer:
    """What came of asking a source once.

    `status` is the last HTTP status, 0 when there was none; `url` where the answer came from;
    `headers` have lower-case names; `redirects` are (status, target) of each hop. `body_hash` is
    that of a 2xx body. `reading` is None when nothing was parsed: no body, the same body as last
    time, or `error`.
    """

    status: int
    url: str
    headers: Mapping[str, str]
    body_hash: str | None
    redirects: tuple[tuple[int, str], ...]
    reading: FeedReading | None
    error: SourceError | None


@dataclass(frozen=True, slots=True)
class PollDecision:
    """What follows from an answer: everything to store in one transaction.

    `url` is the new address after a permanent move, else None (when another source has it, the
    two are one and the caller pauses this one). `tell` and `recovered` are each true once per
    illness. `host_block` is until when the whole host asked to be left alone. `outcome` is one of
    read, unchanged, not_modified, waiting, failed, gone.
    """

    poll: PollState
    state: SourceState
    url: str | None
    tell: bool
    recovered: bool
    host_block: datetime | None
    outcome: str


def failure_of(answer: PollAnswer, poll: PollState) -> SourceError | None:
    """Why the answer brought nothing, or None for a success: 304, a reading, the same body."""
    if answer.error is not None:
        return answer.error
    status = answer.status
    if status == NOT_MODIFIED:
        # "Not modified" since what? Without a document of ours the feed was never read.
        unread = SourceError(PollFailure.HTTP, "HTTP 304 without a document", status=status)
        return None if poll.body_hash else unread
    if 200 <= status < 300:  # noqa: PLR2004  HTTP success
        if answer.reading or (answer.body_hash and answer.body_hash == poll.body_hash):
            return None
        return SourceError(PollFailure.NOT_A_FEED, "no body", status=status)
    if status == _FORBIDDEN and answer.headers.get("cf-mitigated") == "challenge":
        return SourceError(PollFailure.CHALLENGED, "asks for a browser", status=status)
    code = STATUS_FAILURES.get(status, PollFailure.HTTP)
    return SourceError(code, f"HTTP {status}", status=status)
