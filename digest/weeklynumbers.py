"""The week's numbers for the staff: what moved, what failed, what brought nothing, what waits."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape

from digest.model import Source, SourceState
from digest.numberpictures import Named, barren_sources
from digest.numbers import Count, Figures
from digest.overview import compared_words, overview, span_words, units_of
from digest.pictures import duration, number
from digest.texts import Texts
from digest.weekly import Week

FEWEST_READ = 5
"""Of how many articles at least none was published, before it says anything of a source."""

_MOST_NAMES = 8


@dataclass(frozen=True, slots=True)
class WeekFacts:
    """What the report is made of: `waiting` signals for review, the oldest since `oldest`."""

    figures: Figures
    sources: Sequence[Source]
    waiting: int
    oldest: datetime | None
    now: datetime


def weekly_text(facts: WeekFacts, texts: Texts, named: Named) -> str:
    """The report as Telegram HTML."""
    figures = facts.figures
    lines = overview(figures, texts, named.topics)
    week = Week.of(figures.span.first)
    head = texts("stats.week.title", n=str(week.number), span=span_words(figures, texts))
    if not lines:
        return f"{head}\n\n{texts('stats.week.nothing')}"
    told = "\n".join(f"<b>{line.title}</b>　{escape(line.text, quote=False)}" for line in lines)
    parts = [f"{head}\n<i>{compared_words(figures, texts)}</i>", told]
    parts += [part for part in _troubles(facts, texts, named) if part]
    return "\n\n".join(parts)


def _troubles(facts: WeekFacts, texts: Texts, named: Named) -> Iterable[str]:
    active = [one for one in facts.sources if one.state is SourceState.ACTIVE]
    failing = [one for one in active if one.poll.failing_since is not None]
    failing.sort(key=lambda one: one.poll.failing_since or facts.now)
    yield _named(texts, "failing", [one.spec.title for one in failing])
    read = facts.figures.now[Count.READ]
    barren = [one for one in barren_sources(facts.figures, named) if read[one] >= FEWEST_READ]
    yield _named(texts, "barren", [f"{named.sources[one]} {number(read[one])}" for one in barren])
    sick = {one.id for one in failing}
    silent = [one for one in active if str(one.id) not in read and one.id not in sick]
    yield _named(texts, "silent", [one.spec.title for one in silent])
    if facts.waiting and facts.oldest is not None:
        minutes = (facts.now - facts.oldest).total_seconds() / 60
        yield texts.n("stats.week.queue", facts.waiting, age=duration(minutes, units_of(texts)))


def _named(texts: Texts, key: str, names: Sequence[str]) -> str:
    """A line with the first of the names and how many more there are; "" for none."""
    if not names:
        return ""
    shown = texts("stats.week.comma").join(escape(one, quote=False) for one in names[:_MOST_NAMES])
    more = len(names) - _MOST_NAMES
    if more > 0:
        shown += texts.n("stats.week.more", more)
    return texts.n(f"stats.week.{key}", len(names), names=shown)
