"""How a source fares, in a word and a reason. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from statistics import median

from digest.model import HotList, PollState, Source, SourceState

# One failure is a hiccup; so many in a row are an illness, as is never having answered.
_SICK_ERRORS = 3
# Below this number of known gaps nobody can say what is usual.
_ENOUGH_GAPS = 3
_SILENT = timedelta(days=30)
_LEAST_SILENCE = timedelta(days=3)
# Longer than three times the longest of the last gaps, and ten times the usual one.
_LONGEST_TIMES, _USUAL_TIMES = 3, 10


class Health(StrEnum):
    """In a word: `slow` brings nothing for far longer than usual, `sick` fails.

    `new` was never polled, `off` is not polled.
    """

    NEW = "new"
    WELL = "well"
    SLOW = "slow"
    SICK = "sick"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class SourceHealth:
    """A source's health, since when, as far as is known, and why.

    `reason` is a code: "" when well or new, "paused" or "gone" when off, "quiet" when slow, a
    PollFailure when sick.
    """

    health: Health
    reason: str = ""
    since: datetime | None = None

    @property
    def rank(self) -> int:
        """Its place in a list that begins with what needs care."""
        return (Health.SICK, Health.SLOW, Health.OFF, Health.NEW, Health.WELL).index(self.health)


def health_of(source: Source, now: datetime) -> SourceHealth:
    """How `source` fares at `now`."""
    poll = source.poll
    if source.state is not SourceState.ACTIVE:
        gone = source.state is SourceState.GONE
        return SourceHealth(Health.OFF, source.state.value, poll.failing_since if gone else None)
    if poll.errors >= _SICK_ERRORS or (poll.errors and poll.last_ok_at is None):
        return SourceHealth(Health.SICK, poll.error_code or "http", poll.failing_since)
    if poll.last_ok_at is None:
        return SourceHealth(Health.NEW)
    newest = poll.newest_entry_at
    if (
        source.spec.hot is not HotList.RANKS
        and newest is not None
        and now - newest > longest_silence(poll)
    ):
        return SourceHealth(Health.SLOW, "quiet", newest)
    return SourceHealth(Health.WELL)


def longest_silence(poll: PollState) -> timedelta:
    """How long it may bring nothing before that is worth a word."""
    if len(poll.gaps_s) < _ENOUGH_GAPS:
        return _SILENT
    usual = max(_LONGEST_TIMES * max(poll.gaps_s), _USUAL_TIMES * median(poll.gaps_s))
    return max(_LEAST_SILENCE, timedelta(seconds=usual))
