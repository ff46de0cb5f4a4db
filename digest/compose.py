"""From many signals to one digest for one set of wishes, and when it is due.

Pure: the caller brings the signals that the readers of these wishes have not been sent yet.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from digest.model import (
    PINNED,
    Digest,
    DigestKind,
    Relation,
    Rising,
    Shelf,
    Signal,
    SignalState,
    Subscription,
    Wishes,
)
from digest.taxonomy import Taxonomy, load_taxonomy
from digest.weights import selection
from digest.words import has_word

NO_PINS: Mapping[int, bool] = MappingProxyType({})
COLUMN_CAP = 4
SOURCE_CAP = 3

# A reader who is interrupted wants news; older signals wait for the daily digest.
INSTANT_MAX_AGE = timedelta(hours=12)


# --- choosing ----------------------------------------------------------------------------


def matches(signal: Signal, wishes: Wishes) -> bool:
    """Whether `signal` is one that a reader with `wishes` wants to be told of.

    A muted word counts where it stands as a word of its own (see digest/words.py). A mute may
    also name a column ("column:ai"), a topic ("topic:llm") or the leading source by its number
    ("source:12").
    What has to reach the minimum score is the score with the reader's weights.
    """
    if selection(signal, wishes) < wishes.min_score:
        return False
    if not (wishes.everything or _followed(signal, wishes)):
        return False
    return not (wishes.mutes and _muted(signal, wishes.mutes))


def _followed(signal: Signal, wishes: Wishes) -> bool:
    return (
        signal.placement.column in wishes.columns
        or any(topic in wishes.topics for topic in signal.placement.topics)
        or bool(signal.seen_in and signal.seen_in[0].source_id in wishes.sources)
        or bool(wishes.words and has_word(wishes.words, signal))
    )


def _muted(signal: Signal, mutes: Sequence[str]) -> bool:
    return any(_named(signal, mute) for mute in mutes) or has_word(mutes, signal)


def _named(signal: Signal, mute: str) -> bool:
    """Whether a mute that names a column, topic or source means `signal`."""
    kind, _, value = mute.partition(":")
    match kind:
        case "column":
            return value == signal.placement.column
        case "topic":
            return value in signal.placement.topics
        case "source":
            return bool(signal.seen_in) and value == str(signal.seen_in[0].source_id)
        case _:
            return False


def wants_instant(signal: Signal, subscription: Subscription, now: datetime) -> bool:
    """Whether `signal` is to be pushed at once to a reader with `subscription`.

    Quiet hours are not looked at: they hold a push (see `quiet_until`), they do not drop it.
    """
    if subscription.paused or not subscription.instant:
        return False
    if not _pushable(signal) or now - signal.when > INSTANT_MAX_AGE:
        return False
    wishes = subscription.wishes
    return selection(signal, wishes) >= subscription.instant_score and matches(signal, wishes)


def wants_update(
    signal: Signal, subscription: Subscription, now: datetime, *, known: bool
) -> bool:
    """Whether news of a story that the reader follows, or that is `known`, is to be pushed now.

    It comes whatever its score or column, but not when it is muted.
    """
    followed = signal.story_id in subscription.stories
    if subscription.paused or not (followed or (known and subscription.story_updates)):
        return False
    if not _pushable(signal) or now - signal.when > INSTANT_MAX_AGE:
        return False
    return not _muted(signal, subscription.wishes.mutes)


def takes_push(signal: Signal, subscription: Subscription) -> bool:
    """Whether a reader whom an editor chose may be pushed `signal`: not paused, not muted."""
    if subscription.paused or signal.state is not SignalState.LIVE:
        return False
    return not _muted(signal, subscription.wishes.mutes)


def _pushable(signal: Signal) -> bool:
    return (
        signal.state is SignalState.LIVE
        and signal.relation is not Relation.DUPLICATE
        and not signal.backlog
    )


def compose(  # noqa: PLR0913  one digest has a kind, a window and a place
    signals: Iterable[Signal],
    wishes: Wishes,
    *,
    kind: DigestKind,
    window_from: datetime,
    window_to: datetime,
    zone: str = "Asia/Shanghai",
    rising: Sequence[Rising] = (),
    taxonomy: Taxonomy | None = None,
    capped: bool = False,
    pins: Mapping[int, bool] = NO_PINS,
    fitting: AbstractSet[int] | None = None,
    owed: Collection[int] = (),
) -> Digest | None:
    """The digest of `signals` for `wishes`, None when nothing in it is worth sending.

    Nothing that only repeats a story, and each story once: its newest update, else the best of it;
    a reader's first digest may also show the backlog. At most 4 signals per column, 3 per source
    and `wishes.max_items` in all; each column gives its best before any gives its second. What the
    caps keep out is counted in `left_out`; `capped` says that `wishes.max_items` is what the day
    has room for. Columns stand in the order of the taxonomy, signals by score (with the reader's
    weights), then newest first.

    `pins` are the signals that editors pinned: everywhere (True) for all who have not muted it,
    whatever else they wish, on a shelf of their own before all others; in its column (False) for
    those who get the column, before its others.

    `fitting` are the numbers of the signals that match these wishes, where somebody knows them
    already (digest/matching.py).

    `owed` are signals that were sent to these readers and may not have arrived. They come whatever
    else there is, besides the caps and whatever the wishes are by now, unless they are muted; only
    what the day has room for (`capped`) holds for them too, and they go first in it.
    """
    considered = tuple(signals)
    if fitting is None:
        fitting = {signal.id for signal in considered if matches(signal, wishes)}
    if owed:
        fitting = fitting | _coming_again(considered, wishes, owed)
    wanted = [
        signal
        for signal in considered
        if (signal.id in fitting and _offered(signal, kind))
        or (signal.id in pins and _leads(signal, wishes, pins))
    ]
    rank = partial(_rank, wishes, pins)
    ranked = sorted(_one_of_a_story(wanted, rank, pins), key=rank)
    again = [signal for signal in ranked if signal.id in owed and signal.id not in pins]
    room = wishes.max_items if capped else wishes.max_items + len(again)
    chosen = sorted(_choose(ranked, room, pins, again), key=rank)
    if not chosen:
        return None
    return Digest(
        kind=kind,
        window_from=window_from,
        window_to=window_to,
        shelves=_shelve(chosen, taxonomy or load_taxonomy(), pins),
        read=len(considered),
        left_out=len(ranked) - len(chosen),
        rising=tuple(rising),
        capped=capped,
        lang=wishes.lang,
        zone=zone,
        pinned=frozenset(signal.id for signal in chosen if signal.id in pins),
    )


def _leads(signal: Signal, wishes: Wishes, pins: Mapping[int, bool]) -> bool:
    """Whether the signal comes to readers with `wishes` because it is pinned."""
    if signal.state is not SignalState.LIVE:
        return False
    if wishes.mutes and _muted(signal, wishes.mutes):
        return False
    return pins[signal.id] or wishes.everything or signal.placement.column in wishes.columns


def _coming_again(
    signals: Iterable[Signal], wishes: Wishes, owed: Collection[int]
) -> AbstractSet[int]:
    mutes = wishes.mutes
    owing = (signal for signal in signals if signal.id in owed)
    return {signal.id for signal in owing if not (mutes and _muted(signal, mutes))}


def _offered(signal: Signal, kind: DigestKind) -> bool:
    if kind is DigestKind.FIRST:
        return signal.state is SignalState.LIVE and signal.relation is not Relation.DUPLICATE
    return _pushable(signal)


def _one_of_a_story(
    signals: Iterable[Signal], rank: Callable[[Signal], Any], pins: Mapping[int, bool]
) -> list[Signal]:
    """Each story once: by its newest update, which is how things are by now, else by its best.

    What is pinned stays whatever else is told of its story, and stands for it.
    """
    alone: list[Signal] = []
    told: dict[int, list[Signal]] = {}
    for signal in signals:
        if signal.story_id is None or signal.id in pins:
            alone.append(signal)
        else:
            told.setdefault(signal.story_id, []).append(signal)
    pinned = {signal.story_id for signal in alone}
    for story_id, members in told.items():
        if story_id not in pinned:
            updates = [one for one in members if one.relation is Relation.UPDATE]
            newest = max(updates, key=lambda one: (one.arrived_at, one.id), default=None)
            alone.append(newest or min(members, key=rank))
    return alone


def _rank(
    wishes: Wishes, pins: Mapping[int, bool], signal: Signal
) -> tuple[bool, int, float, float, int]:
    free = signal.id not in pins
    chosen = -selection(signal, wishes)
    # Of equals the one that the last 30 days knew least of goes first.
    return (free, chosen, -signal.score.novelty, -signal.when.timestamp(), -signal.id)


def _choose(
    ranked: Sequence[Signal], total: int, pins: Mapping[int, bool], again: Sequence[Signal]
) -> list[Signal]:
    first = [*(signal for signal in ranked if signal.id in pins), *again][:total]
    there = {signal.id for signal in (*first, *again)}
    free = [signal for signal in ranked if signal.id not in pins and signal.id not in there]
    return [*first, *_choose_free(free, total - len(first))]


def _choose_free(ranked: Sequence[Signal], total: int) -> list[Signal]:
    seen: set[str] = set()
    firsts: list[Signal] = []
    others: list[Signal] = []
    for signal in ranked:
        (others if signal.placement.column in seen else firsts).append(signal)
        seen.add(signal.placement.column)
    columns: Counter[str] = Counter()
    sources: Counter[object] = Counter()
    chosen: list[Signal] = []
    for signal in (*firsts, *others):
        column, source = signal.placement.column, _source_of(signal)
        if len(chosen) >= total:
            break
        if columns[column] < COLUMN_CAP and sources[source] < SOURCE_CAP:
            columns[column] += 1
            sources[source] += 1
            chosen.append(signal)
    return chosen


def _source_of(signal: Signal) -> object:
    return signal.seen_in[0].source_id if signal.seen_in else signal.site


def _shelve(
    chosen: Sequence[Signal], taxonomy: Taxonomy, pins: Mapping[int, bool]
) -> tuple[Shelf, ...]:
    by_column: dict[str, list[Signal]] = {}
    for signal in chosen:
        column = PINNED if pins.get(signal.id) else signal.placement.column
        by_column.setdefault(column, []).append(signal)

    def place(column: str) -> tuple[int, str]:
        if column == PINNED:
            return (-1, column)
        known = taxonomy.columns.get(column)
        return (known.position if known else len(taxonomy.columns), column)

    return tuple(
        Shelf(column, tuple(by_column[column])) for column in sorted(by_column, key=place)
    )


# --- when --------------------------------------------------------------------------------


def next_digest_at(subscription: Subscription, now: datetime) -> datetime | None:
    """The first moment after `now` (aware) at which a daily digest is due, in UTC.

    A local time that the clocks skip counts at the first moment after the gap; one that they
    show twice counts the first time only. None when the reader wants no daily digest.
    """
    if subscription.paused:
        return None
    zone = ZoneInfo(subscription.zone)
    today = now.astimezone(zone).date()
    # Yesterday: a local day that the clocks skip (Samoa, 2011-12-30) falls due on the day after.
    moments = (
        local_moment(today + timedelta(days=offset), clock, zone)
        for offset in (-1, 0, 1, 2)
        for clock in subscription.digest_times
    )
    return min((moment for moment in moments if moment > now), default=None)


def next_weekly_at(subscription: Subscription, now: datetime) -> datetime | None:
    """The first moment after `now` (aware) at which a weekly is due, in UTC; see `next_digest_at`.

    None when the reader wants no weekly.
    """
    weekly = subscription.weekly
    if subscription.paused or weekly is None:
        return None
    zone = ZoneInfo(subscription.zone)
    today = now.astimezone(zone).date()
    days = (today + timedelta(days=offset) for offset in range(-1, 9))
    moments = (local_moment(day, weekly.at, zone) for day in days if day.weekday() == weekly.day)
    return min((moment for moment in moments if moment > now), default=None)


def next_push_at(subscription: Subscription, now: datetime) -> datetime | None:
    """When the next daily digest may reach the reader: `next_digest_at`, or the end of quiet."""
    due = next_digest_at(subscription, now)
    return due if due is None else quiet_until(subscription, due) or due


def next_weekly_push_at(subscription: Subscription, now: datetime) -> datetime | None:
    """When the next weekly may reach the reader: `next_weekly_at`, or the end of quiet."""
    due = next_weekly_at(subscription, now)
    return due if due is None else quiet_until(subscription, due) or due


def quiet_until(subscription: Subscription, now: datetime) -> datetime | None:
    """The end (UTC) of the quiet hours in which `now` falls, None when the reader is awake."""
    zone = ZoneInfo(subscription.zone)
    start, end = subscription.quiet_from, subscription.quiet_to
    if not _quiet(now.astimezone(zone), start, end):
        return None
    today = now.astimezone(zone).date()
    ends = sorted(
        moment
        for offset in (-1, 0, 1, 2)
        for fold in (0, 1)
        if (moment := local_moment(today + timedelta(days=offset), end, zone, fold)) > now
    )
    awake = (moment for moment in ends if not _quiet(moment.astimezone(zone), start, end))
    return next(awake, ends[0])


def _quiet(local: datetime, start: time, end: time) -> bool:
    clock = local.time()
    if start <= end:
        return start <= clock < end
    return clock >= start or clock < end


def local_moment(day: date, clock: time, zone: ZoneInfo, fold: int = 0) -> datetime:
    """The moment (UTC) at which it is `clock` on `day` in `zone`.

    A skipped time gives the end of its gap; of a doubled one, `fold` 0 gives the first, 1 the
    second.
    """
    wall = datetime.combine(day, clock.replace(tzinfo=None))
    earlier = wall.replace(tzinfo=zone, fold=fold).astimezone(UTC)
    if earlier.astimezone(zone).replace(tzinfo=None) == wall:
        return earlier
    return _end_of_gap(wall, zone)


def _end_of_gap(wall: datetime, zone: ZoneInfo) -> datetime:
    # In a gap, fold 0 reads the time by the offset before it, fold 1 by the one after: the
    # change lies between the two readings. Offsets change on whole seconds.
    low = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    high = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    before = low.astimezone(zone).utcoffset()
    while high - low > timedelta(seconds=1):
        middle = (low + (high - low) / 2).replace(microsecond=0)
        if middle <= low:
            break
        if middle.astimezone(zone).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high.replace(microsecond=0)
