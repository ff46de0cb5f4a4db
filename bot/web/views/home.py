"""The front page: today's strongest signal, the columns, what is rising, the days before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.web.moments import beijing_day, day_words, short_day, weekday_words
from bot.web.views.items import Item, Label, Setting, Text, item_of, items_of
from bot.web.views.sources import health_of
from bot.web.views.trends import href_of, rendering_of
from bot.web.words import short, tag_of
from digest.allowed import public_part
from digest.model import Signal, Source, SourceState
from digest.render.trendwords import daily_words, name_of
from digest.render.wording import in_words_of
from digest.trends import Trend, TrendKind

PER_COLUMN = 5
LEAD_POINTS = 3
RECENT = 10
MAX_RISING = 8
DAYS_BACK = 7
MAX_LEAD_POINT = 200


@dataclass(frozen=True, slots=True)
class HomeFacts:
    """What storage knows for the front page. `today` and `recent` are newest first."""

    today: tuple[Signal, ...]
    column_counts: Mapping[str, int]
    rising: tuple[Trend, ...]
    recent: tuple[Signal, ...]
    sources: tuple[Source, ...]
    waiting: int
    pinned: tuple[Signal, ...] = ()


@dataclass(frozen=True, slots=True)
class Lead:
    """The day's strongest signal with its points."""

    item: Item
    points: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class ColumnShelf:
    """A column's strongest signals of the day; `count` is how many it has in all."""

    label: Label
    count: int
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class RisingLabel:
    """A rising topic or name: how often now and how often usually."""

    label: Label
    count: int
    usual: str


@dataclass(frozen=True, slots=True)
class DayLabel:
    """A link to a day's archive."""

    iso: str
    text: str
    href: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """Why there is nothing to read yet: polling, reading, offline or quiet.

    `sources` are all active sources, `asked` those that answered or failed at least once.
    """

    state: str
    sources: int
    asked: int
    entries: int


@dataclass(frozen=True, slots=True)
class HomeView:
    """The front page. `waiting` is None on a day with signals."""

    day: str
    weekday: str
    total: int
    source_count: int
    pinned: tuple[Item, ...]
    lead: Lead | None
    shelves: tuple[ColumnShelf, ...]
    rising: tuple[RisingLabel, ...]
    recent: tuple[Item, ...]
    days: tuple[DayLabel, ...]
    waiting: Waiting | None


def home_view(facts: HomeFacts, setting: Setting) -> HomeView:
    """Lay out the front page."""
    today = beijing_day(setting.now)
    ranked = sorted(facts.today, key=lambda signal: (-signal.score.total, -signal.id))
    leading = {signal.id for signal in facts.pinned}
    ranked = [signal for signal in ranked if signal.id not in leading]
    lead = ranked[0] if ranked else None
    shelves = _shelves(ranked[1:], facts.column_counts, setting)
    shown = {signal.id for signal in facts.today} | leading
    recent = [signal for signal in facts.recent if signal.id not in shown]
    return HomeView(
        day=day_words(today, setting.visit.lang),
        weekday=weekday_words(today, setting.visit.lang),
        total=max(len(facts.today), sum(facts.column_counts.values())),
        source_count=len({signal.source_title for signal in facts.today}),
        pinned=items_of(facts.pinned, setting),
        lead=_lead(lead, setting) if lead else None,
        shelves=shelves,
        rising=_rising(facts.rising, setting),
        recent=items_of(recent[:RECENT], setting),
        days=recent_days(today, setting),
        waiting=None if facts.today else _waiting(facts, setting),
    )


def recent_days(newest: date, setting: Setting) -> tuple[DayLabel, ...]:
    """Links to the days before `newest`."""
    days = (newest - timedelta(days=back) for back in range(1, DAYS_BACK + 1))
    return tuple(day_label(day, setting) for day in days)


def day_label(day: date, setting: Setting) -> DayLabel:
    """A link to one day."""
    lang = setting.visit.lang
    return DayLabel(
        day.isoformat(), short_day(day, lang), setting.visit.url(f"/day/{day.isoformat()}")
    )


def _lead(signal: Signal, setting: Setting) -> Lead:
    told = public_part(in_words_of(setting.visit.lang, signal))
    points = told.brief.points[:LEAD_POINTS]
    texts = tuple(Text(short(point.text, MAX_LEAD_POINT), tag_of(point.lang)) for point in points)
    return Lead(item_of(signal, setting, with_gist=False), texts)


def _shelves(
    ranked: Sequence[Signal], counts: Mapping[str, int], setting: Setting
) -> tuple[ColumnShelf, ...]:
    shelves = []
    for column in setting.taxonomy.columns.values():
        members = [signal for signal in ranked if signal.placement.column == column.id]
        if members:
            label = Label(
                column.name(setting.visit.lang), setting.visit.url(f"/column/{column.id}")
            )
            count = max(counts.get(column.id, 0), len(members))
            shelves.append(ColumnShelf(label, count, items_of(members[:PER_COLUMN], setting)))
    return tuple(shelves)


def _rising(rising: Sequence[Trend], setting: Setting) -> tuple[RisingLabel, ...]:
    """Topics and names; a story rises by its own page."""
    rendering = rendering_of(setting)
    return tuple(
        RisingLabel(
            Label(name_of(one, rendering), href_of(one, setting)),
            one.now,
            daily_words(one.usual, rendering.texts),
        )
        for one in rising
        if one.kind in {TrendKind.ENTITY, TrendKind.WORD}
        or (one.kind is TrendKind.TOPIC and one.key in setting.taxonomy.topics)
    )[:MAX_RISING]


def _waiting(facts: HomeFacts, setting: Setting) -> Waiting:
    active = [source for source in facts.sources if source.state is SourceState.ACTIVE]
    asked = [source for source in active if source.poll.last_ok_at or source.poll.errors]
    offline = [source for source in active if health_of(source, setting) == "offline"]
    if not active:
        state = "empty"
    elif facts.waiting:
        state = "reading"
    elif len(asked) < len(active):
        state = "polling"
    elif len(offline) == len(active):
        state = "offline"
    else:
        state = "quiet"
    return Waiting(state, len(active), len(asked), facts.waiting)
