"""What rises, as a page shows it: how each stands in words, its bars, and the signals behind."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bot.web.moments import BEIJING, Moment, moment
from bot.web.views.items import Item, Label, Setting, headline_of, item_of
from bot.web.words import tag_of
from digest.allowed import public_part
from digest.model import Lang, Signal
from digest.render import Links, Rendering
from digest.render.trendwords import (
    Heads,
    facts,
    move_words,
    name_of,
    phase_words,
    short_counts,
)
from digest.render.wording import in_words_of
from digest.texts import texts_for
from digest.trends import Phase, Trend, TrendKind, Trends
from digest.trends.board import Bars, Span, View, bars_of, board_of

WIDTH, HEIGHT = 240, 56
MOST = 12
MOST_BEHIND = 3
_GAP = 2.0
_LEAST = 3.0
_HAIRLINE = 1.5
# Which phases have a colour of their own (static/pages.css).
_LOUD = {Phase.STARTING: "up", Phase.RISING: "up", Phase.HOLDING: "high", Phase.FADING: "down"}


@dataclass(frozen=True, slots=True)
class Rect:
    """One bar in the units of a WIDTH by HEIGHT view box; `kind`: "", "now" or "unknown"."""

    x: float
    y: float
    width: float
    height: float
    kind: str


@dataclass(frozen=True, slots=True)
class Spark:
    """A row of bars, the height of as usual (None: not known), and where it began."""

    bars: tuple[Rect, ...]
    usual: float | None
    begins: float | None

    @property
    def has_unread(self) -> bool:
        """Whether there are times among these in which nothing was read."""
        return any(bar.kind == "unknown" for bar in self.bars)


@dataclass(frozen=True, slots=True)
class State:
    """How a subject stands, in words: its phase, and the facts that say so."""

    phase: str
    tone: str
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """How a subject stands, with its bars."""

    state: State
    spark: Spark


@dataclass(frozen=True, slots=True)
class Row:
    """One trend. `behind` are signals that it rests on."""

    place: int
    move: str
    name: str
    tag: str
    href: str
    state: State
    spark: Spark
    behind: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """The trends of one view under their heading; `calm` where none rises: these are busy."""

    name: str
    rows: tuple[Row, ...]
    calm: bool


@dataclass(frozen=True, slots=True)
class TrendsView:
    """The page. `fading` are names with their counts; `past` is how many days are known."""

    at: Moment
    span: Span
    spans: tuple[tuple[Span, str], ...]
    sections: tuple[Section, ...]
    fading: tuple[Label, ...]
    past: int

    @property
    def has_unread(self) -> bool:
        """Whether any row has bars of times in which nothing was read."""
        return any(row.spark.has_unread for one in self.sections for row in one.rows)


@dataclass(frozen=True, slots=True)
class Behind:
    """What a report speaks of: the signals by number, and those that lead stories."""

    signals: Mapping[int, Signal]
    heads: Heads


def rendering_of(setting: Setting) -> Rendering:
    """How pages tell trends: in the reader's words, by Beijing's clock."""
    texts = texts_for(setting.visit.lang)
    return Rendering(Links(""), texts, setting.taxonomy, str(BEIJING), setting.now)


def trends_view(report: Trends, behind: Behind, setting: Setting) -> TrendsView:
    """Lay out the page."""
    visit = setting.visit
    span = span_of(setting)
    rendering = rendering_of(setting)
    sections = [
        _section(view, span, report, behind, setting)
        for view in (View.TOPICS, View.WORDS, View.STORIES)
    ]
    fading = board_of(report, View.ALL, span, MOST).fading
    return TrendsView(
        at=moment(report.at, visit.lang),
        span=span,
        spans=(
            (Span.DAY, visit.url("/trends")),
            (Span.WEEK, visit.url("/trends", days=7)),
        ),
        sections=tuple(one for one in sections if one.rows),
        fading=tuple(
            Label(
                rendering.texts(
                    "trends.brief",
                    name=name_of(one, rendering, behind.heads),
                    counts=short_counts(one, Span.DAY, rendering.texts),
                ),
                href_of(one, setting),
            )
            for one in fading
        ),
        past=report.past,
    )


def span_of(setting: Setting) -> Span:
    """How far this visit looks back."""
    return Span.WEEK if setting.visit.days == 7 else Span.DAY  # noqa: PLR2004  a week


def told(report: Trends) -> tuple[Trend, ...]:
    """All that the page may tell of a report."""
    return (*report.rising, *report.fading, *report.busiest)


def _section(view: View, span: Span, report: Trends, behind: Behind, setting: Setting) -> Section:
    board = board_of(report, view, span, MOST)
    rows = tuple(
        _row(place, one, report, span, behind, setting) for place, one in enumerate(board.told, 1)
    )
    return Section(view.value, rows, board.calm)


def _row(
    place: int,
    trend: Trend,
    report: Trends,
    span: Span,
    behind: Behind,
    setting: Setting,
) -> Row:
    rendering = rendering_of(setting)
    signals = [behind.signals[one] for one in trend.signal_ids if one in behind.signals]
    return Row(
        place=place,
        move=move_words(trend, rendering.texts),
        name=name_of(trend, rendering, behind.heads),
        tag=_tag(trend, behind.heads, setting),
        href=href_of(trend, setting),
        state=state_of(trend, setting, span),
        spark=spark_of(bars_of(trend, report, span)),
        behind=tuple(item_of(one, setting, with_gist=False) for one in signals[:MOST_BEHIND]),
    )


def begun_row(trend: Trend, behind: Behind, setting: Setting, lang: Lang) -> Row:
    """A trend for a feed, as its last report told it, in words of `lang`; no place, no bars."""
    chosen = replace(setting, visit=replace(setting.visit, lang=lang))
    signals = [behind.signals[one] for one in trend.signal_ids if one in behind.signals]
    return Row(
        place=0,
        move="",
        name=name_of(trend, rendering_of(chosen), behind.heads),
        tag=_tag(trend, behind.heads, chosen),
        href=href_of(trend, setting),
        state=state_of(trend, chosen),
        spark=Spark((), None, None),
        behind=tuple(item_of(one, chosen, with_gist=False) for one in signals[:MOST_BEHIND]),
    )


def _tag(trend: Trend, heads: Heads, setting: Setting) -> str:
    """The language of a name: a headline's is known, a word's is not."""
    if trend.kind is TrendKind.TOPIC:
        return tag_of(setting.visit.lang)
    if trend.key in heads:
        return headline_of(public_part(in_words_of(setting.visit.lang, heads[trend.key]))).tag
    return tag_of("")


def href_of(trend: Trend, setting: Setting) -> str:
    """The page of a topic or a story, else what a search for the name finds."""
    visit = setting.visit
    match trend.kind:
        case TrendKind.TOPIC:
            return visit.url(f"/topic/{trend.key}")
        case TrendKind.STORY:
            return visit.url(f"/story/{trend.key}")
        case _:
            return visit.url("/search", q=trend.name)


def state_of(trend: Trend, setting: Setting, span: Span | None = None) -> State:
    """How it stands; without a span, which is said above then, of 24 hours that are named."""
    rendering = rendering_of(setting)
    said = facts(trend, span or Span.DAY, rendering, named=span is None)
    return State(phase_words(trend, rendering.texts), _LOUD.get(trend.phase, ""), said)


def standing_of(trend: Trend, report: Trends, setting: Setting) -> Standing:
    """How a subject stands, for a page of its own."""
    return Standing(state_of(trend, setting), spark_of(bars_of(trend, report, Span.DAY)))


def spark_of(bars: Bars) -> Spark:
    """Bars as attributes of an SVG."""
    count = len(bars.counts)
    if not count:
        return Spark((), None, None)
    scale = max(max((one or 0 for one in bars.counts), default=0), bars.usual or 0, 1)
    step = WIDTH / count
    rects = [
        _rect(place * step, step, number, scale, now=place >= count - bars.recent)
        for place, number in enumerate(bars.counts)
    ]
    usual = None if bars.usual is None else round(HEIGHT * (1 - bars.usual / scale), 1)
    begins = None if bars.begins is None else round((bars.begins + 0.5) * step, 1)
    return Spark(tuple(rects), usual, begins)


def _rect(x: float, step: float, number: int | None, scale: float, *, now: bool) -> Rect:
    width = round(step - _GAP, 2)
    if number is None:
        return Rect(round(x, 2), 0, width, HEIGHT, "unknown")
    high = max(_LEAST, HEIGHT * number / scale) if number else _HAIRLINE
    kind = "now" if now and number else ""
    return Rect(round(x, 2), round(HEIGHT - high, 2), width, round(high, 2), kind)


def ids_of(trends: Sequence[Trend]) -> list[int]:
    """The signals that these trends rest on."""
    return sorted({number for one in trends for number in one.signal_ids[: 2 * MOST_BEHIND]})
