"""One trend in words: what it is called, how it stands, and the counts that say so."""

from collections.abc import Mapping, Sequence

from digest.model import Signal
from digest.render.fit import clean, cut
from digest.render.rendering import Rendering
from digest.render.wording import in_words_of
from digest.texts import Texts
from digest.trends import HotRank, Phase, Trend, TrendKind
from digest.trends.board import Span, moved, week_of

Heads = Mapping[str, Signal]
"""The signals that lead stories, by the key of their trend."""

NO_HEADS: Heads = {}
_NAME_UNITS = 60
_LIST_UNITS = 24
_SAID_WHOLE = 3  # from here on tenths of a signal tell nothing
_RARE, _SELDOM = 0.1, 0.67  # signals a day
_SEVERAL = 2


def usual_words(usual: float) -> str:
    """A mean as people say it: 1.2, 14."""
    return f"{usual:.1f}".removesuffix(".0") if usual < _SAID_WHOLE else f"{usual:.0f}"


def name_of(trend: Trend, rendering: Rendering, heads: Heads = NO_HEADS) -> str:
    """What readers call it, on one line: a topic's name, a word, a story's headline."""
    if trend.kind is TrendKind.TOPIC:
        name = rendering.topic(trend.key)
    elif trend.kind is TrendKind.STORY and trend.key in heads:
        brief = in_words_of(rendering.lang, heads[trend.key], rendering.wording).brief
        name = brief.headline or heads[trend.key].title
    else:
        name = trend.called(rendering.lang)
    name = cut(name, _NAME_UNITS)
    name = name if name.strip("…") else clean(trend.key)
    return rendering.texts("trends.person", name=name) if trend.person else name


def url_of(trend: Trend, rendering: Rendering) -> str:
    """The page that tells more of it, "" where there are no pages."""
    links = rendering.links
    if not links.usable:
        return ""
    match trend.kind:
        case TrendKind.TOPIC:
            return links.topic(trend.key)
        case TrendKind.STORY:
            return links.story(int(trend.key)) if trend.key.isdecimal() else ""
        case _:
            return links.search(trend.name)


def phase_words(trend: Trend, texts: Texts) -> str:
    """How it stands: 起势, 升温, 回落."""
    return texts(f"trends.phase.{trend.phase.value}")


def move_words(trend: Trend, texts: Texts) -> str:
    """How its place has changed since yesterday: ▲2, ▼1, 新; "" where it is the same."""
    places = moved(trend)
    if trend.rank is None or places == 0:
        return ""
    if places is None:
        return texts("trends.move.new")
    return f"▲{places}" if places > 0 else f"▼{-places}"


def counts_words(trend: Trend, span: Span, texts: Texts) -> str:
    """How many there are, and how many there usually are."""
    if span is Span.WEEK:
        now, before = week_of(trend)
        said = texts.n("trends.week", now)
        than = "" if before is None else texts("trends.week.before", before=before)
    else:
        said, than = texts.n("trends.count", trend.now), _usual(trend, texts)
    return texts("trends.between").join(part for part in (said, than) if part)


def short_counts(trend: Trend, span: Span, texts: Texts) -> str:
    """The same where it is said above of which time."""
    if span is Span.WEEK:
        now, before = week_of(trend)
        than = "" if before is None else texts("trends.short.before", before=before)
    else:
        now = trend.now
        said = _unusual(trend, texts)
        than = daily_words(trend.usual, texts) if said is None else said
    told = texts.n("trends.short", now)
    return texts("trends.between").join(part for part in (told, than) if part)


def daily_words(usual: float, texts: Texts) -> str:
    """How many there usually are in a day, as people count: three; one in ten days; hardly any."""
    return _less_than_daily(usual, texts) or texts("trends.short.usual", usual=usual_words(usual))


def _less_than_daily(usual: float, texts: Texts) -> str:
    """The same of what is told less than once a day; "" of anything else."""
    if usual < _RARE:
        return texts("trends.hardly")
    if usual < _SELDOM:
        return texts.n("trends.seldom", round(1 / usual))
    return texts("trends.not_daily") if usual < 1 else ""


def _usual(trend: Trend, texts: Texts) -> str:
    said = _unusual(trend, texts)
    if said is not None:
        return said
    few = _less_than_daily(trend.usual, texts)
    return few or texts("trends.usual", usual=usual_words(trend.usual))


def _unusual(trend: Trend, texts: Texts) -> str | None:
    """What is said where nothing is usual; None where something is."""
    if trend.phase is Phase.UNKNOWN:
        return texts("trends.too_few")
    if trend.is_new:
        # An event is new by itself: that says nothing.
        return "" if trend.kind is TrendKind.STORY else texts("trends.never")
    return None


def facts(
    trend: Trend, span: Span, rendering: Rendering, *, named: bool = False
) -> tuple[str, ...]:
    """The counts, since when it is unusual, how many sources tell it, where it ranks.

    Of which time the counts are must be said above, unless it is to be `named`.
    """
    texts = rendering.texts
    said = [(counts_words if named else short_counts)(trend, span, texts)]
    if trend.began_at is not None and trend.phase.is_high:
        said.append(texts("trends.since", when=rendering.clock(trend.began_at)))
    if trend.sources >= _SEVERAL:
        said.append(texts.n("trends.sources", trend.sources))
    elif trend.sources == 1 and trend.phase.is_high:
        said.append(texts("trends.one_source"))
    if trend.hot:
        said.append(hot_words(trend.hot, texts))
    return tuple(said)


def hot_words(hot: Sequence[HotRank], texts: Texts) -> str:
    """On which hot lists it stands too, the best place first."""
    best = sorted(hot, key=lambda one: one.place)[:2]
    named = (texts("trends.hot.place", name=clean(one.name), n=one.place) for one in best)
    return texts("trends.hot", places=texts("digest.comma").join(named))


def brief_words(trend: Trend, rendering: Rendering, heads: Heads = NO_HEADS) -> str:
    """A trend in a row of several: 大模型（24 小时 12 条，平时 3 条）."""
    name = cut(name_of(trend, rendering, heads), _LIST_UNITS)
    words = counts_words(trend, Span.DAY, rendering.texts)
    return rendering.texts("trends.brief", name=name, counts=words)
