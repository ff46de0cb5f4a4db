"""After a poll that brought nothing: leave the server alone, tell the admins once, go on."""

from dataclasses import replace
from datetime import datetime, timedelta
from ipaddress import ip_address
from urllib.parse import urlsplit

from digest.errors import PollFailure, SourceError
from digest.model import PollState, Source, SourceState
from digest.sources.answers import PollAnswer, PollDecision
from digest.sources.cachewords import retry_after
from digest.sources.pace import CEILING_S, LONGEST_HINT_S, backed_off, floor_s, later

_SICK_ERRORS = 5
_SICK_AFTER = timedelta(hours=6)
_WAIT_TOO_MANY = timedelta(hours=4)
_WAIT_UNAVAILABLE = timedelta(hours=1)
_LONGEST_WAIT = timedelta(seconds=LONGEST_HINT_S)
# One route of a big host may ask for days; the other sources there are not kept that long.
_LONGEST_HOST_BLOCK = timedelta(hours=24)
_TEXT_LIMIT = 300
_PRIVATE_NAMES = (".local", ".lan", ".internal", ".home", ".localhost", ".test", ".home.arpa")


def after_failure(
    source: Source, answer: PollAnswer, error: SourceError, now: datetime, jitter: float
) -> PollDecision:
    """Decide what a failed poll means: when to try again, whom to tell, what to block."""
    poll = _failed(source.poll, error, now)
    delay = _delay(source, answer, error, poll.errors, now)
    gone = error.code is PollFailure.GONE
    sick = gone or (
        poll.errors >= _SICK_ERRORS and now - (poll.failing_since or now) >= _SICK_AFTER
    )
    # Being switched off is news even to admins who were told that it was ill.
    newly_gone = gone and source.state is not SourceState.GONE
    tell = newly_gone or (sick and poll.told_at is None)
    # A delay that a server named is kept to the second and never shortened.
    due = later(now, delay.total_seconds(), jitter)
    return PollDecision(
        poll=replace(poll, next_poll_at=due, told_at=now if tell else poll.told_at),
        state=SourceState.GONE if gone else source.state,
        url=None,
        tell=tell,
        recovered=False,
        host_block=_host_block(source, error, now + delay, now),
        outcome=_failed_outcome(error),
    )


def _failed_outcome(error: SourceError) -> str:
    if error.code is PollFailure.GONE:
        return "gone"
    waiting = {PollFailure.RATE_LIMITED, PollFailure.UNAVAILABLE}
    return "waiting" if error.code in waiting else "failed"


def _failed(poll: PollState, error: SourceError, now: datetime) -> PollState:
    poll = replace(
        poll,
        last_poll_at=now,
        errors=poll.errors + 1,
        failing_since=poll.failing_since or now,
        error_code=error.code.value,
        error_text=str(error)[:_TEXT_LIMIT],
    )
    if error.code in {PollFailure.NOT_A_FEED, PollFailure.TOO_LARGE}:
        # Its validators belong to a body we could not read: the next answer must come whole.
        return replace(poll, validators=None, body_hash=None)
    return poll


def _delay(
    source: Source, answer: PollAnswer, error: SourceError, errors: int, now: datetime
) -> timedelta:
    """How long to leave a failing source alone: what it asked for, else ever longer to a day."""
    known = source.poll.last_ok_at is not None
    usual = max(source.poll.interval_s, floor_s(source.spec)) if known else floor_s(source.spec)
    rarer = timedelta(seconds=backed_off(usual, errors))
    if error.code in {PollFailure.CHALLENGED, PollFailure.GONE}:
        return timedelta(seconds=CEILING_S)
    if error.code not in {PollFailure.RATE_LIMITED, PollFailure.UNAVAILABLE}:
        return rarer
    asked = error.retry_after or retry_after(answer.headers, now)
    if asked is not None:
        return min(max(asked, timedelta(seconds=floor_s(source.spec))), _LONGEST_WAIT)
    limited = error.code is PollFailure.RATE_LIMITED
    return max(_WAIT_TOO_MANY if limited else _WAIT_UNAVAILABLE, rarer)


def _host_block(
    source: Source, error: SourceError, until: datetime, now: datetime
) -> datetime | None:
    """Until when to leave the whole host alone: after a 429 of a public host."""
    if error.code is not PollFailure.RATE_LIMITED:
        return None
    if not _is_public_name(urlsplit(source.spec.url).hostname or ""):
        return None
    return min(until, now + _LONGEST_HOST_BLOCK)


def _is_public_name(host: str) -> bool:
    """False for addresses and names of a private network, where hosts carry many services."""
    try:
        ip_address(host)
    except ValueError:
        return "." in host and not host.endswith(_PRIVATE_NAMES)
    return False
