"""The numbers in words: one line for each thing that is known, nothing of what is not.

Small numbers are told as they are: no percentage stands on a handful.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from digest.dates import day_words
from digest.numbers import FEWEST_FOR_SHARES, MILLIONTHS, Count, Figures, quantile, share_of
from digest.pictures import duration, money, number
from digest.texts import Texts

_MOST_GROWN = 3
# Parts that have commas of their own stand further apart.
_JOINED = {"speed": "stats.semicolon"}
_MOST_CHANGE = 10.0


@dataclass(frozen=True, slots=True)
class Line:
    """One line: what it is about, in words, and what there is to say."""

    name: str
    title: str
    text: str


def span_words(figures: Figures, texts: Texts) -> str:
    """Which days are meant: 11月22日 – 11月28日."""
    first, last = (day_words(day, texts.lang) for day in (figures.span.first, figures.span.last))
    return first if first == last else f"{first} – {last}"


def title_words(figures: Figures, texts: Texts) -> str:
    """The span by its name: 今天, 近 7 天."""
    days = figures.span.length
    return texts("stats.today") if days == 1 else texts("stats.days", days=str(days))


def compared_words(figures: Figures, texts: Texts) -> str:
    """With what is compared, or since when there is counting."""
    if set(figures.span.before.days) <= figures.known:
        days = figures.span.length
        one = texts("stats.against_yesterday")
        return one if days == 1 else texts("stats.against", days=str(days))
    first = min(figures.known, default=figures.span.last)
    return texts("stats.since", day=day_words(first, texts.lang))


def overview(figures: Figures, texts: Texts, topics: Mapping[str, str]) -> tuple[Line, ...]:
    """All that is known, a line each. `topics` are the names of topics by id."""
    parts = {
        "readers": _readers(figures, texts),
        "deliveries": _deliveries(figures, texts),
        "speed": _speed(figures, texts),
        "opens": _opens(figures, texts),
        "saves": _saves(figures, texts),
        "sources": _sources(figures, texts),
        "topics": _topics(figures, texts, topics),
        "model": _model(figures, texts),
    }
    return tuple(
        Line(name, texts(f"stats.line.{name}"), text)
        for name, said in parts.items()
        if (text := texts(_JOINED.get(name, "stats.comma")).join(part for part in said if part))
    )


def _compared(figures: Figures, texts: Texts, name: Count, *labels: str) -> str:
    """How a count was before: as a change where there is enough, else as it was; "" unknown.

    A day that goes on is not measured against a whole one.
    """
    now, before = figures.sum(name, *labels), figures.sum_before(name, *labels)
    if before is None:
        return ""
    if min(now, before) < FEWEST_FOR_SHARES or figures.span.length == 1:
        key = "stats.yesterday" if figures.span.length == 1 else "stats.before"
        return texts(key, n=number(before))
    change = now / before - 1
    if change >= _MOST_CHANGE:
        return texts("stats.times", n=number(now / before))
    told = f"{change:+.0%}".replace("-", "−")
    return texts("stats.change", change=told) if told[1:] != "0%" else texts("stats.same")


def _counted(figures: Figures, texts: Texts, key: str, name: Count, *labels: str) -> str:
    """A count in words with what it was before; nothing when it is and was none."""
    now = figures.sum(name, *labels)
    if not now and not figures.sum_before(name, *labels):
        return ""
    return texts(f"stats.{key}", n=number(now)) + _compared(figures, texts, name, *labels)


def _readers(figures: Figures, texts: Texts) -> Iterable[str]:
    there = figures.at_end(Count.READERS, figures.span)
    if there is None:
        return
    earlier = figures.at_end(Count.READERS, figures.span.before)
    if earlier is None or earlier == there:
        yield number(there)
    else:
        change = f"{there - earlier:+,}".replace("-", "−")
        yield number(there) + texts("stats.change", change=change)
    wanting = figures.at_end(Count.SUBSCRIBED, figures.span)
    if wanting is not None:
        yield texts("stats.subscribed", n=number(wanting))
    yield _counted(figures, texts, "new", Count.NEW)
    yield _counted(figures, texts, "gone", Count.GONE)


def _deliveries(figures: Figures, texts: Texts) -> Iterable[str]:
    yield _counted(figures, texts, "sent", Count.DELIVERIES, "sent")
    ended = figures.sum(Count.DELIVERIES, "sent", "failed", "blocked", "unknown")
    for label in ("failed", "blocked", "unknown"):
        count = figures.sum(Count.DELIVERIES, label)
        if count:
            share = share_of(count, ended)
            shown = texts("stats.share", share=_share(share)) if share is not None else ""
            yield texts(f"stats.{label}", n=number(count) + shown)
    resent = figures.sum(Count.DELIVERIES, "resent")
    if resent:
        yield texts("stats.resent", n=number(resent))
    waiting = figures.sum(Count.DELIVERIES, "waiting")
    if waiting:
        yield texts("stats.waiting", n=number(waiting))


def _share(share: float) -> str:
    least = 0.001
    return f"{share:.1%}" if share >= least else "<0.1%"


def units_of(texts: Texts) -> tuple[str, str, str]:
    """The words for minutes, hours and days beside a number."""
    return texts("stats.unit.minutes"), texts("stats.unit.hours"), texts("stats.unit.days")


def _speed(figures: Figures, texts: Texts) -> Iterable[str]:
    for key, name in (("ready", Count.READY_MINUTES), ("pushed", Count.PUSH_MINUTES)):
        tally = figures.now.get(name, {})
        middle, most = quantile(tally, 0.5), quantile(tally, 0.9)
        if middle is not None and most is not None:
            units = units_of(texts)
            yield texts(f"stats.{key}", median=duration(middle, units), most=duration(most, units))


def _opens(figures: Figures, texts: Texts) -> Iterable[str]:
    yield _counted(figures, texts, "opens", Count.OPENS)
    machines = figures.sum(Count.MACHINES)
    if machines:
        yield texts("stats.machines", n=number(machines))


def _saves(figures: Figures, texts: Texts) -> Iterable[str]:
    yield _counted(figures, texts, "saves", Count.SAVES, "hand")
    by_rule = figures.sum(Count.SAVES, "rule")
    if by_rule:
        yield texts("stats.saves_by_rule", n=number(by_rule))
    yield _counted(figures, texts, "unsaves", Count.UNSAVES)


def _sources(figures: Figures, texts: Texts) -> Iterable[str]:
    read, published = figures.sum(Count.READ), figures.sum(Count.PUBLISHED)
    if not read:
        return
    yield _counted(figures, texts, "read", Count.READ)
    share = share_of(published, read)
    shown = texts("stats.share", share=f"{share:.0%}") if share is not None else ""
    yield texts("stats.published", n=number(published) + shown)
    merged = figures.sum(Count.MERGED)
    if merged:
        yield texts("stats.merged", n=number(merged))


def _topics(figures: Figures, texts: Texts, topics: Mapping[str, str]) -> Iterable[str]:
    """The topics that grew most, by how many more signals they had."""
    for topic in grown_topics(figures, topics)[:_MOST_GROWN]:
        told = texts("stats.topic", name=topics[topic], n=number(figures.sum(Count.TOPIC, topic)))
        yield told + _compared(figures, texts, Count.TOPIC, topic)


def grown_topics(figures: Figures, topics: Mapping[str, str]) -> list[str]:
    """Topics that had more signals than before, those that grew most first."""
    if figures.sum_before(Count.TOPIC) is None:
        return []
    now, before = figures.now[Count.TOPIC], figures.before[Count.TOPIC]
    growth = {
        topic: count - before.get(topic, 0) for topic, count in now.items() if topic in topics
    }
    grown = [topic for topic, more in growth.items() if more > 0]
    return sorted(grown, key=lambda topic: (-growth[topic], -now[topic], topic))


def _model(figures: Figures, texts: Texts) -> Iterable[str]:
    calls = figures.sum(Count.MODEL_CALLS)
    if not calls:
        return
    yield _counted(figures, texts, "calls", Count.MODEL_CALLS)
    yield texts("stats.tokens", n=number(figures.sum(Count.MODEL_TOKENS)))
    cost = figures.sum(Count.MODEL_COST) / MILLIONTHS
    if cost:
        yield texts("stats.cost", n=money(cost))
