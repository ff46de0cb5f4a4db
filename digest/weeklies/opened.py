"""A kept report with the signals as they are now: what may be shown of it, and to whom. Pure."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from digest.compose import matches
from digest.model import Access, NumberFact, Shelf, Signal, SignalState, Wishes
from digest.taxonomy import Taxonomy
from digest.weeklies.choosing import rank, source_of
from digest.weeklies.report import (
    UNEDITED,
    Ahead,
    Came,
    Edits,
    FigureRef,
    Intro,
    Move,
    Report,
    Said,
    Step,
    TopStory,
    ahead_key,
    briefs_of,
    figure_key,
    move_key,
    signal_key,
    story_key,
)
from digest.weekly import Tally, Week

T = TypeVar("T")

PER_COLUMN = 3
SOURCE_CAP = 5
"""So many of a source, and besides what is best in its column."""

MOST_STORIES = 5
MOST_FIGURES = 5
MOST_MOVES = 4
MOST_AHEAD = 3


@dataclass(frozen=True, slots=True)
class Happened:
    """A step of a story, with the signals and numbers it speaks of as they are now."""

    step: Step
    signal: Signal
    fact: NumberFact | None = None
    earlier: Signal | None = None


@dataclass(frozen=True, slots=True)
class ToldStory:
    """A story of the week that may be shown, with what came of it."""

    top: TopStory
    lead: Signal
    happened: tuple[Happened, ...] = ()


@dataclass(frozen=True, slots=True)
class Figure:
    """A number of the week, and the signal that tells it."""

    fact: NumberFact
    signal: Signal


@dataclass(frozen=True, slots=True)
class Open:
    """What is still open, and the signal that says so."""

    ahead: Ahead
    signal: Signal

    @property
    def on(self) -> date | None:
        """The day that is meant, None for a question without one."""
        return self.ahead.on


@dataclass(frozen=True, slots=True)
class Weekly:
    """One week as somebody sees it. `until` is the end of its window; `complete`: it is over.

    `column` is the only one that is shown, "" for all.
    """

    report: Report
    edits: Edits
    complete: bool
    shelves: tuple[Shelf, ...] = ()
    stories: tuple[ToldStory, ...] = ()
    figures: tuple[Figure, ...] = ()
    moves: tuple[Move, ...] = ()
    ahead: tuple[Open, ...] = ()
    intro: Intro | None = None
    column: str = ""

    @property
    def week(self) -> Week:
        """Which week it is."""
        return self.report.week

    @property
    def zone(self) -> str:
        """Whose week it is (IANA)."""
        return self.report.zone

    @property
    def until(self) -> datetime:
        """The end of what was looked at."""
        return self.report.until

    @property
    def tally(self) -> Tally:
        """The week in counts."""
        return self.report.tally

    @property
    def signals(self) -> tuple[Signal, ...]:
        """What is shown with a number, in reading order: leads of stories, then shelves."""
        shelved = (signal for shelf in self.shelves for signal in shelf.signals)
        return (*(story.lead for story in self.stories), *shelved)


@dataclass(frozen=True, slots=True)
class Reach:
    """How much of a report is shown: to whom, of which column, how many.

    `public`: to everybody, who may not read what rests on a subscribers' signal.
    """

    wishes: Wishes | None = None
    column: str = ""
    per_column: int = PER_COLUMN
    stories: int = MOST_STORIES
    figures: int = MOST_FIGURES
    public: bool = False

    def wants(self, signal: Signal) -> bool:
        """Whether a signal is within it."""
        if self.column and signal.placement.column != self.column:
            return False
        return self.wishes is None or matches(signal, self.wishes)


EVERYTHING = Reach()


def opened(  # noqa: PLR0913  a report has this many sides
    report: Report,
    signals: Mapping[int, Signal],
    *,
    now: datetime,
    taxonomy: Taxonomy,
    edits: Edits = UNEDITED,
    reach: Reach = EVERYTHING,
    wider: Sequence[Signal] | None = None,
    intro: Intro | None = None,
) -> Weekly | None:
    """The report as it may be shown, None when nothing of it is left or wanted.

    `signals` are those of `report.signal_ids` that there still are, by number. With `wider`, the
    whole week of a reader, the shelves are picked from it instead of from what is kept.
    """
    live = {number: one for number, one in signals.items() if one.state is SignalState.LIVE}
    stories = _stories(report, live, edits, reach)
    taken = {one.lead.id for one in stories} | _dropped_signals(edits)
    gone = {one.lead.story_id for one in stories} | _dropped_stories(edits)
    if wider is None:
        wider = [live[number] for _, ids in report.picks for number in ids if number in live]
    pool = [
        one
        for one in wider
        if one.id not in taken
        and (one.story_id is None or one.story_id not in gone)
        and reach.wants(one)
    ]
    shelves = _shelves(_picked(pool, edits, reach.per_column), taxonomy, edits)
    if not shelves and not stories:
        return None
    return Weekly(
        report=report,
        edits=edits,
        complete=report.week.bounds(report.zone)[1] <= now,
        shelves=shelves,
        stories=stories,
        figures=_figures(report.figures, live, edits, reach),
        moves=_moves(report.moves, live, edits) if not reach.column else (),
        ahead=_ahead(report.ahead, live, edits, reach),
        intro=_intro(
            intro or {}, live, _dropped_signals(edits) | _dropped_leads(report, edits), reach
        ),
        column=reach.column,
    )


def _intro(
    intro: Intro, live: Mapping[int, Signal], dropped: Collection[int], reach: Reach
) -> Intro:
    """The sentences whose signals are all shown to whoever reads it, and say what they said."""

    def holds(said: Said) -> bool:
        found = [live[number] for number in said.signals if number in live]
        if len(found) < len(said.signals) or (said.briefs and briefs_of(found) != said.briefs):
            return False
        return all(
            one.id not in dropped
            and reach.wants(one)
            and not (reach.public and one.access is not Access.PUBLIC)
            for one in found
        )

    kept = {lang: tuple(one for one in said if holds(one)) for lang, said in intro.items()}
    return {lang: said for lang, said in kept.items() if said}


def _dropped_leads(report: Report, edits: Edits) -> set[int]:
    gone = _dropped_stories(edits)
    return {one.signal_id for one in report.stories if one.story_id in gone}


def _dropped_signals(edits: Edits) -> set[int]:
    return {int(key[1:]) for key in edits.dropped if key[:1] == "i" and key[1:].isdecimal()}


def _dropped_stories(edits: Edits) -> set[int | None]:
    return {int(key[1:]) for key in edits.dropped if key[:1] == "s" and key[1:].isdecimal()}


def in_order(items: Iterable[tuple[str, T]], edits: Edits) -> list[T]:
    """Items (each with its key) as editors put them: dropped ones gone, placed ones first."""
    places = {key: place for place, key in enumerate(edits.order)}
    kept = [(key, item) for key, item in items if key not in edits.dropped]
    kept.sort(key=lambda one: places.get(one[0], len(places)))
    return [item for _, item in kept]


def _stories(
    report: Report, live: Mapping[int, Signal], edits: Edits, reach: Reach
) -> tuple[ToldStory, ...]:
    found = []
    for top in report.stories:
        lead = live.get(top.signal_id)
        if lead is None or not reach.wants(lead):
            continue
        steps = [_happened(step, live) for step in top.steps]
        told = ToldStory(top, lead, tuple(one for one in steps if one is not None))
        found.append((story_key(top.story_id), told))
    return tuple(in_order(found, edits)[: reach.stories])


def _happened(step: Step, live: Mapping[int, Signal]) -> Happened | None:
    """The step with its signals, None when one is gone or does not say it any more."""
    signal = live.get(step.signal_id)
    if signal is None:
        return None
    if step.came is Came.NEWS:
        points = signal.brief.points
        there = step.point is None or step.point < len(points)
        return Happened(step, signal) if there else None
    fact = fact_of(signal, step.fact)
    if fact is None or (step.came is Came.CHANGE and not (fact.start and fact.end)):
        return None
    if step.came is Came.CHANGE:
        return Happened(step, signal, fact)
    earlier = live.get(step.earlier)
    if earlier is None or fact_of(earlier, step.before) is None:
        return None
    return Happened(step, signal, fact, earlier)


def fact_of(signal: Signal, wording: str) -> NumberFact | None:
    """The number of a signal that its article words so."""
    return next((fact for fact in signal.brief.numbers if fact.text == wording), None)


def _picked(pool: Iterable[Signal], edits: Edits, per_column: int) -> list[Signal]:
    """The best, one of a story, not too many of a source; what editors placed comes first."""
    columns: Counter[str] = Counter()
    sources: Counter[object] = Counter()
    stories: set[int] = set()
    chosen: list[Signal] = []
    ordered = sorted(pool, key=rank)
    for signal in in_order(((signal_key(one.id), one) for one in ordered), edits):
        column, source = signal.placement.column, source_of(signal)
        placed = signal_key(signal.id) in edits.order
        if columns[column] >= per_column:
            continue
        if sources[source] >= SOURCE_CAP and columns[column] and not placed:
            continue
        if signal.story_id in stories:
            continue
        columns[column] += 1
        sources[source] += 1
        if signal.story_id is not None:
            stories.add(signal.story_id)
        chosen.append(signal)
    return chosen


def _shelves(chosen: Sequence[Signal], taxonomy: Taxonomy, edits: Edits) -> tuple[Shelf, ...]:
    by_column: dict[str, list[Signal]] = {}
    for signal in chosen:
        by_column.setdefault(signal.placement.column, []).append(signal)
    order = {id_: column.position for id_, column in taxonomy.columns.items()}
    ids = sorted(by_column, key=lambda id_: (order.get(id_, len(order)), id_))
    return tuple(
        Shelf(id_, tuple(in_order(((signal_key(one.id), one) for one in by_column[id_]), edits)))
        for id_ in ids
    )


def _figures(
    figures: Iterable[FigureRef], live: Mapping[int, Signal], edits: Edits, reach: Reach
) -> tuple[Figure, ...]:
    found = []
    for one in figures:
        signal = live.get(one.signal_id)
        fact = fact_of(signal, one.fact) if signal else None
        if signal is not None and fact is not None and fact.measure and reach.wants(signal):
            found.append((figure_key(one), Figure(fact, signal)))
    return tuple(in_order(found, edits)[: reach.figures])


def _moves(moves: Iterable[Move], live: Mapping[int, Signal], edits: Edits) -> tuple[Move, ...]:
    """What moved; a word or a name that only signals told which are gone is gone with them."""
    seen = [one for one in moves if not one.signals or any(map(live.get, one.signals))]
    kept = in_order(((move_key(one), one) for one in seen), edits)
    up = [one for one in kept if one.up][:MOST_MOVES]
    return (*up, *[one for one in kept if not one.up][:MOST_MOVES])


def _ahead(
    ahead: Iterable[Ahead], live: Mapping[int, Signal], edits: Edits, reach: Reach
) -> tuple[Open, ...]:
    found = []
    for one in ahead:
        signal = live.get(one.signal_id)
        if signal is not None and reach.wants(signal) and says(one, signal):
            found.append((ahead_key(one), Open(one, signal)))
    return tuple(in_order(found, edits)[:MOST_AHEAD])


def says(ahead: Ahead, signal: Signal) -> bool:
    """Whether the signal still says what was left open."""
    if ahead.on is None:
        return ahead.place < len(signal.brief.gaps)
    timeline = signal.brief.insight.timeline if signal.brief.insight else ()
    return ahead.place < len(timeline) and timeline[ahead.place].on == ahead.on
