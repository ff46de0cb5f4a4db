"""Which pictures there are of the numbers, and what stands on each."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from digest.numbers import MILLIONTHS, Count, Figures, quantile
from digest.overview import span_words, title_words, units_of
from digest.pictures import Days, Picture, Row, Rows, Series, Tone, Unit
from digest.texts import Texts

_MOST_ROWS = 10


@dataclass(frozen=True, slots=True)
class Named:
    """The names of what is counted by id: topics in the language of the texts, sources as are."""

    topics: Mapping[str, str]
    sources: Mapping[str, str]


def _day_series(
    figures: Figures, name: str, tone: Tone, count: Count, *labels: str, per: int = 1
) -> Series:
    values = (figures.on(day, count, *labels) for day in figures.span.days)
    return Series(name, tuple(None if one is None else one / per for one in values), tone)


def _readers(figures: Figures, texts: Texts, _named: Named) -> tuple[Days | Rows, ...]:
    there = _day_series(figures, texts("stats.line.readers"), Tone.MAIN, Count.READERS)
    new = _day_series(figures, texts("stats.series.new"), Tone.GOOD, Count.NEW)
    gone = _day_series(figures, texts("stats.series.gone"), Tone.BAD, Count.GONE)
    return (
        Days(texts("stats.panel.readers"), (there,)),
        Days(texts("stats.panel.new"), (new,)),
        Days(texts("stats.panel.gone"), (gone,)),
    )


def _deliveries(figures: Figures, texts: Texts, _named: Named) -> tuple[Days | Rows, ...]:
    sent = _day_series(figures, texts("stats.series.sent"), Tone.MAIN, Count.DELIVERIES, "sent")
    tones = {"failed": Tone.MAIN, "blocked": Tone.SOFT, "unknown": Tone.WARN}
    rest = tuple(
        _day_series(figures, texts(f"stats.series.{label}"), tone, Count.DELIVERIES, label)
        for label, tone in tones.items()
    )
    return (
        Days(texts("stats.panel.sent"), (sent,)),
        Days(texts("stats.panel.unsent"), rest),
    )


def _opens(figures: Figures, texts: Texts, _named: Named) -> tuple[Days | Rows, ...]:
    opens = _day_series(figures, texts("stats.line.opens"), Tone.MAIN, Count.OPENS)
    by_hand = _day_series(figures, texts("stats.series.hand"), Tone.MAIN, Count.SAVES, "hand")
    by_rule = _day_series(figures, texts("stats.series.rule"), Tone.SOFT, Count.SAVES, "rule")
    return (
        Days(texts("stats.panel.opens"), (opens,)),
        Days(texts("stats.panel.saves"), (by_hand, by_rule)),
    )


def _topics(figures: Figures, texts: Texts, named: Named) -> tuple[Days | Rows, ...]:
    now, before = figures.now[Count.TOPIC], figures.before[Count.TOPIC]
    known = figures.sum_before(Count.TOPIC) is not None
    ordered = sorted(
        (topic for topic in now if topic in named.topics), key=lambda topic: (-now[topic], topic)
    )
    rows = tuple(
        Row(named.topics[topic], now[topic], before=before.get(topic, 0) if known else None)
        for topic in ordered[:_MOST_ROWS]
    )
    earlier = texts("stats.series.before") if known else ""
    return (Rows(texts("stats.panel.topics"), rows, texts("stats.series.signals"), "", earlier),)


def _sources(figures: Figures, texts: Texts, named: Named) -> tuple[Days | Rows, ...]:
    read, published = figures.now[Count.READ], figures.now[Count.PUBLISHED]

    def rows_of(ids: list[str]) -> tuple[Row, ...]:
        return tuple(
            Row(named.sources[one], read[one], part=published.get(one, 0))
            for one in ids[:_MOST_ROWS]
        )

    there = [one for one in read if one in named.sources]
    most = sorted(there, key=lambda one: (-published.get(one, 0), -read[one], one))
    words = (texts("stats.series.read"), texts("stats.series.published"))
    panels = [Rows(texts("stats.panel.sources"), rows_of(most), *words)]
    idle = barren_sources(figures, named)
    if idle:
        panels.append(Rows(texts("stats.panel.barren"), rows_of(idle), *words))
    return tuple(panels)


def barren_sources(figures: Figures, named: Named) -> list[str]:
    """Sources of which much was read and nothing published, those read most first."""
    read, published = figures.now[Count.READ], figures.now[Count.PUBLISHED]
    idle = [one for one in read if one in named.sources and not published.get(one)]
    return sorted(idle, key=lambda one: (-read[one], one))


def _speed(figures: Figures, texts: Texts, _named: Named) -> tuple[Days | Rows, ...]:
    def over(count: Count, share: float) -> tuple[float | None, ...]:
        return tuple(
            quantile(figures.days[count].get(day, {}), share) for day in figures.span.days
        )

    def panel(title: str, count: Count) -> Days:
        series = (
            Series(texts("stats.series.median"), over(count, 0.5), Tone.MAIN),
            Series(texts("stats.series.most"), over(count, 0.9), Tone.SOFT),
        )
        return Days(title, series, lines=True, unit=Unit.MINUTES)

    return (
        panel(texts("stats.panel.ready"), Count.READY_MINUTES),
        panel(texts("stats.panel.pushed"), Count.PUSH_MINUTES),
    )


def _model(figures: Figures, texts: Texts, _named: Named) -> tuple[Days | Rows, ...]:
    tokens = _day_series(figures, texts("stats.series.tokens"), Tone.SOFT, Count.MODEL_TOKENS)
    panels = [Days(texts("stats.panel.tokens"), (tokens,))]
    if figures.sum(Count.MODEL_COST):
        cost = _day_series(
            figures, texts("stats.series.cost"), Tone.MAIN, Count.MODEL_COST, per=MILLIONTHS
        )
        panels.insert(0, Days(texts("stats.panel.cost"), (cost,), unit=Unit.MONEY))
    return tuple(panels)


_PANELS: dict[str, Callable[[Figures, Texts, Named], tuple[Days | Rows, ...]]] = {
    "readers": _readers,
    "deliveries": _deliveries,
    "opens": _opens,
    "topics": _topics,
    "sources": _sources,
    "speed": _speed,
    "model": _model,
}
PICTURES = tuple(_PANELS)
"""The pictures in their order."""


def picture_of(name: str, figures: Figures, texts: Texts, named: Named) -> Picture:
    """One of PICTURES, perhaps an empty one; panels with nothing to see are left out."""
    panels = _PANELS[name](figures, texts, named)
    picture = Picture(
        name,
        texts(f"stats.picture.{name}"),
        " · ".join((title_words(figures, texts), *_span(figures, texts, panels))),
        figures.span.days,
        panels,
        texts.lang,
        units_of(texts),
    )
    return picture.without_empty()


def _span(figures: Figures, texts: Texts, panels: tuple[Days | Rows, ...]) -> tuple[str, ...]:
    """Which days, and what a ground of its own means where there is one."""
    words = span_words(figures, texts)
    over_days = any(isinstance(panel, Days) and not panel.lines for panel in panels)
    if over_days and not set(figures.span.days) <= figures.known:
        return words, texts("stats.shaded")
    return (words,)


def week_picture(figures: Figures, texts: Texts) -> Picture:
    """The week at a glance: what was published, what arrived, what was opened."""
    series = (
        ("published", Count.SIGNALS, ()),
        ("sent", Count.DELIVERIES, ("sent",)),
        ("opens", Count.OPENS, ()),
    )
    panels = tuple(
        Days(
            texts(f"stats.panel.{key}"),
            (_day_series(figures, texts(f"stats.panel.{key}"), Tone.MAIN, count, *labels),),
        )
        for key, count, labels in series
    )
    return Picture(
        "week",
        texts("stats.picture.week"),
        " · ".join(_span(figures, texts, panels)),
        figures.span.days,
        panels,
        texts.lang,
        units_of(texts),
    ).without_empty()
