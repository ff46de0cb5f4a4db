"""What a report speaks of: the best of each column, stories, numbers, open ends. Pure."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from digest.model import Relation, Signal, SignalState
from digest.regexes import regex
from digest.stories import StorySummary
from digest.taxonomy import Taxonomy
from digest.text.units import utf16_length
from digest.verify.support import is_chinese
from digest.weeklies.figures import figures_of
from digest.weeklies.outcome import steps_of
from digest.weeklies.report import Ahead, Move, Phase, Report, TopStory
from digest.weekly import DAYS, Tally, Week

NOW_TOO = timedelta(microseconds=1)
"""Windows end before a moment: one that goes on holds what came at this very moment."""

POOL = 8
"""How many signals of a column are kept with a report: more than are shown at once."""

MOST_STORIES = 24
_SOURCE_CAP = 3
_MOST_AHEAD = 8
_FORESIGHT = timedelta(days=45)
_MOST_MOVES = 6
_LEAST_TOLD = 2
_MANY = 8
_LONGEST_CJK, _LONGEST = 80, 180
# That an offer ends is nothing that a week leaves open.
_OFFER = regex(
    r"优惠|限时|限免|立减|满减|折扣|领券|抢购|促销|% off|\bcoupons?\b|\bdiscount", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class StoryTold:
    """A story with its live signals.

    Of a large one with the first and the newest; `within` then says how many of all count to the
    week, and how many sources' they are.
    """

    summary: StorySummary
    signals: tuple[Signal, ...]
    within: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Material:
    """What a week holds. `signals` are its own, or at least the best of each column.

    `days` counts all of them per column and day, `topics` per topic for DAYS_NEEDED days, and
    `volumes` everything on each of those.
    """

    signals: Sequence[Signal]
    tally: Tally = field(default_factory=Tally)
    days: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    stories: Sequence[StoryTold] = ()
    topics: Mapping[str, Sequence[int]] = field(default_factory=dict)
    volumes: Sequence[int] = ()
    moves: tuple[Move, ...] | None = None


def told_at(signal: Signal) -> datetime:
    """To which moment a signal counts: when readers could first see it.

    So what an editor agreed to after its week's report was made belongs to the next one. What was
    there before its source was added counts at its own date: it is no news of this week.
    """
    return min(signal.when, signal.created_at) if signal.backlog else signal.arrived_at


def tellable(signal: Signal, start: datetime, until: datetime) -> bool:
    """Whether a report of [start, until) may show the signal."""
    return (
        signal.state is SignalState.LIVE
        and signal.relation is not Relation.DUPLICATE
        and start <= told_at(signal) < until
    )


def rank(signal: Signal) -> tuple[int, float, int]:
    """The best first."""
    return (-signal.score.total, -signal.when.timestamp(), -signal.id)


def choose(
    week: Week, found: Material, *, zone: str, now: datetime, taxonomy: Taxonomy
) -> Report | None:
    """The report of `week` up to `now`, None when no signal in it is worth telling."""
    start, end = week.bounds(zone)
    until = min(end, now + NOW_TOO)
    told = sorted((one for one in found.signals if tellable(one, start, until)), key=rank)
    if not told:
        return None
    stories = _stories(found.stories, start, until)
    moves = found.moves
    if moves is None:
        moves = moves_of(found.topics, found.volumes, passed=(until - start).days)
    return Report(
        week=week,
        zone=zone,
        window_from=start,
        until=min(end, now),
        made_at=now,
        tally=found.tally,
        days=found.days,
        picks=_picks(told, taxonomy),
        stories=tuple(top for top, _ in stories),
        figures=figures_of(told),
        moves=moves,
        ahead=_ahead(week, _speaking([one for _, one in stories], told)),
    )


def _picks(told: Sequence[Signal], taxonomy: Taxonomy) -> tuple[tuple[str, tuple[int, ...]], ...]:
    by_column: dict[str, list[int]] = {}
    sources: Counter[tuple[str, object]] = Counter()
    stories: set[int] = set()
    for signal in told:
        column = signal.placement.column
        chosen, source = by_column.setdefault(column, []), (column, source_of(signal))
        if len(chosen) >= POOL or sources[source] >= _SOURCE_CAP or signal.story_id in stories:
            continue
        sources[source] += 1
        chosen.append(signal.id)
        if signal.story_id is not None:
            stories.add(signal.story_id)
    order = {id_: column.position for id_, column in taxonomy.columns.items()}
    ids = sorted(by_column, key=lambda id_: (order.get(id_, len(order)), id_))
    return tuple((id_, tuple(by_column[id_])) for id_ in ids)


def source_of(signal: Signal) -> object:
    """What tells sources apart: the leading source, else the site."""
    return signal.seen_in[0].source_id if signal.seen_in else signal.site


# --- stories -----------------------------------------------------------------------------


def _stories(
    stories: Iterable[StoryTold], start: datetime, until: datetime
) -> list[tuple[TopStory, StoryTold]]:
    found = []
    for story in stories:
        top = _top(story, start, until)
        if top is not None:
            found.append((top, story))
    found.sort(key=lambda one: (-_worth(*one), rank(one[1].summary.lead)))
    return found[:MOST_STORIES]


def _worth(top: TopStory, story: StoryTold) -> float:
    """How much a story deserves to be told: by many, often, with a strong lead and an outcome."""
    told = 12 * top.sources + 3 * min(top.signals, _MANY)
    return told + 0.6 * story.summary.lead.score.total + 5 * min(len(top.steps), 2)


def _top(story: StoryTold, start: datetime, until: datetime) -> TopStory | None:
    """The story as far as this week told it, None where one source told it once, or only again."""
    within = [one for one in story.signals if start <= told_at(one) < until]
    sources = {seen.source_id for one in within for seen in one.seen_in}
    before = [one for one in story.signals if told_at(one) < until]
    steps = steps_of(before, story.summary.lead, until)
    signals, by = story.within or (len(within), len(sources))
    if not within or signals < _LEAST_TOLD or (by < _LEAST_TOLD and not steps):
        return None
    return TopStory(
        story_id=story.summary.id,
        signal_id=story.summary.lead.id,
        signals=signals,
        sources=by,
        first_at=min(one.when for one in before),
        last_at=max(one.when for one in within),
        steps=steps,
        phase=Phase.OPEN if story.summary.follows is None else Phase.RETURNED,
    )


# --- what is still open ------------------------------------------------------------------


def _speaking(stories: Iterable[StoryTold], told: Sequence[Signal]) -> list[Signal]:
    """Whose open ends are worth telling: the newest word on each story, then the best signals."""
    newest = [max(one.signals, key=lambda signal: (signal.when, signal.id)) for one in stories]
    in_stories = {one.story_id for one in newest}
    return [*newest, *(one for one in told if one.story_id not in in_stories)]


def _ahead(week: Week, signals: Sequence[Signal]) -> tuple[Ahead, ...]:
    """What comes after the week by its date, and what the articles themselves call open."""
    dated: list[Ahead] = []
    gaps: list[Ahead] = []
    for signal in signals[: 4 * _MOST_AHEAD]:
        coming = _coming(week.sunday, signal)
        if coming is not None and not any(one.on == coming.on for one in dated):
            dated.append(coming)
        elif signal.brief.gaps and _is_short(signal.brief.gaps[0].text):
            gaps.append(Ahead(signal.id, 0))
    dated.sort(key=lambda one: one.on or date.max)
    room = _MOST_AHEAD // 2
    return (*dated[:room], *gaps[:room])


def _coming(sunday: date, signal: Signal) -> Ahead | None:
    insight = signal.brief.insight
    for place, moment in enumerate(insight.timeline if insight else ()):
        soon = moment.on is not None and sunday < moment.on <= sunday + _FORESIGHT
        if soon and _is_short(moment.text) and not _OFFER.search(moment.text):
            return Ahead(signal.id, place, moment.on)
    return None


def _is_short(text: str) -> bool:
    """Whether a sentence can be told whole in a line or three."""
    return utf16_length(text) <= (_LONGEST_CJK if is_chinese(text) else _LONGEST)


# --- what moves --------------------------------------------------------------------------


def moves_of(
    days: Mapping[str, Sequence[int]], volumes: Sequence[int], *, passed: int = DAYS
) -> tuple[Move, ...]:
    """What rose and what faded in the last `passed` (1..7) days, against the weeks before.

    `days` are counts per topic and day, oldest first, `volumes` how much was told in all on each.
    The same days of each earlier week are compared, so a week that has only begun does not look
    quiet; nothing is said of its first day.
    """
    if passed < 1:
        return ()
    from digest.trends.weeks import week_moves  # noqa: PLC0415  numpy takes a while to load

    found = week_moves(days, volumes, min(passed, DAYS))
    rose, faded = ([one for one in found if one.up is up][:_MOST_MOVES] for up in (True, False))
    return tuple(
        Move("topic", one.topic, one.topic, one.count, one.usual, up=one.up)
        for one in (*rose, *faded)
    )


def days_of(
    moments: Iterable[tuple[str, datetime]], week: Week, zone: str
) -> dict[str, tuple[int, ...]]:
    """Signals per column for each day from Monday to Sunday; `moments` are column and time."""
    place = ZoneInfo(zone)
    counts: dict[str, list[int]] = {}
    for column, at in moments:
        day = (at.astimezone(place).date() - week.monday).days
        if 0 <= day < DAYS:
            counts.setdefault(column, [0] * DAYS)[day] += 1
    return {column: tuple(days) for column, days in counts.items()}
