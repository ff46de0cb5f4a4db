"""How often to ask: the interval a source's own rhythm suggests, within everybody's bounds."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from statistics import median

from digest.model import Entry, HotList, PollState, SourceSpec

FLOOR_S = 15 * 60
CEILING_S = 24 * 3600
LONGEST_HINT_S = 7 * 24 * 3600
# Nothing known of its rhythm yet.
UNKNOWN_S = 3600
_SILENCE_SHARE = 24
_NEWEST = 20
# Items of one batch carry the same time or nearly so; the gap of interest is between batches.
_LEAST_GAP_S = 60
_HOURS_A_DAY = 24


def floor_s(spec: SourceSpec) -> int:
    """The shortest interval allowed: 15 minutes, unless the source has an override."""
    return max(1, spec.poll_floor_s) if spec.poll_floor_s else FLOOR_S


def ceiling_s(spec: SourceSpec) -> int:
    """The longest interval of our own choice: a day, unless the source has an override."""
    if not spec.poll_ceiling_s:
        return max(CEILING_S, floor_s(spec))
    return min(max(spec.poll_ceiling_s, floor_s(spec)), LONGEST_HINT_S)


def entry_gaps(entries: Sequence[Entry]) -> tuple[int, ...]:
    """Seconds between the 20 newest dated entries, newest first; batches count once."""
    dates = sorted((entry.published_at for entry in entries if entry.published_at), reverse=True)
    newest = dates[:_NEWEST]
    gaps = (int((after - before).total_seconds()) for after, before in pairwise(newest))
    return tuple(gap for gap in gaps if gap >= _LEAST_GAP_S)


def newest_date(entries: Sequence[Entry]) -> datetime | None:
    """The date of the newest dated entry."""
    return max((entry.published_at for entry in entries if entry.published_at), default=None)


def interval_s(poll: PollState, spec: SourceSpec, now: datetime) -> int:
    """Seconds until the next poll is worth its cost.

    Half the median gap between entries, slower while it is silent (a 24th of its silence, so a
    day after 24 days), within the source's bounds. What the server or the document asks for is
    kept even beyond the upper one, up to a day. A lower bound alone is an admin's word: it is
    the pace itself, and only the hint of the server slows it. A hot list changes all the time,
    whatever its items are dated, and is asked as often as is allowed.
    """
    ceiling = ceiling_s(spec)
    base: float
    if (spec.poll_floor_s and not spec.poll_ceiling_s) or spec.hot is not HotList.NO:
        base = floor_s(spec)
    else:
        usual = median(poll.gaps_s) / 2 if poll.gaps_s else UNKNOWN_S
        silence = (now - poll.newest_entry_at).total_seconds() if poll.newest_entry_at else 0
        base = min(max(floor_s(spec), usual, silence / _SILENCE_SHARE), ceiling)
    return int(min(max(base, poll.hint_s), max(CEILING_S, ceiling)))


def backed_off(interval: int, errors: int) -> int:
    """Seconds to wait after that many failures in a row: doubled by each, at most a day."""
    return int(min(interval * 2 ** min(errors, 20), CEILING_S))


def later(moment: datetime, delay_s: float, jitter: float) -> datetime:
    """`moment` plus the delay, plus up to a tenth of it for `jitter` in 0..1: never earlier."""
    return moment + timedelta(seconds=delay_s * (1 + 0.1 * min(max(jitter, 0.0), 1.0)))


def outside_skips(moment: datetime, hours: Sequence[int], days: Sequence[int]) -> datetime:
    """The first hour from `moment` on that the feed does not ask to skip, at most a day later."""
    place = moment.astimezone(UTC)
    for _ in range(_HOURS_A_DAY):
        if place.hour not in hours and place.weekday() not in days:
            return place
        place = (place + timedelta(hours=1)).replace(minute=0, second=0, microsecond=0)
    return min(place, moment + timedelta(hours=_HOURS_A_DAY))
