"""Figures as a busy publication would have them, made up; the same each time."""

from collections import defaultdict
from datetime import date, timedelta
from random import Random

from digest.model import Lang
from digest.numberpictures import Named
from digest.numbers import BY_DAY, MILLIONTHS, Count, Figures, Span
from digest.sources.catalog import load_catalog
from digest.taxonomy import load_taxonomy

LAST = date(2026, 11, 28)


def named(lang: Lang) -> Named:
    """The names of the taxonomy's topics and the catalog's sources."""
    topics = {topic.id: topic.name(lang) for topic in load_taxonomy().topics.values()}
    sources = {str(number): one.title for number, one in enumerate(load_catalog(), 1)}
    return Named(topics, sources)


def planted(days: int, *, size: int = 1000, counted: int = 1000, seed: int = 3) -> Figures:
    """`size` readers at the end; only the last `counted` days were counted."""
    dice, span = Random(seed), Span.ending(LAST, days)
    both = Span(span.before.first, span.last)
    known = frozenset(both.days[-counted:])
    found = {day: _day(dice, size, number) for number, day in enumerate(both.days)}
    by_day = {
        name: {day: found[day][name] for day in both.days if day in known and name in found[day]}
        for name in BY_DAY
    }
    return Figures(
        span,
        _totals(found, [day for day in span.days if day in known]),
        _totals(found, [day for day in span.before.days if day in known]),
        by_day,
        known,
        today=True,
    )


def _totals(
    found: dict[date, dict[Count, dict[str, int]]], days: list[date]
) -> dict[Count, dict[str, int]]:
    sums: dict[Count, dict[str, int]] = {name: defaultdict(int) for name in Count}
    for day in days:
        for name, labels in found[day].items():
            for label, count in labels.items():
                sums[name][label] += count
    return {name: dict(labels) for name, labels in sums.items()}


def _day(dice: Random, size: int, number: int) -> dict[Count, dict[str, int]]:
    def about(count: float) -> int:
        return max(0, round(dice.gauss(count, count / 4)))

    names = named(Lang.ZH)
    readers = round(size * (0.7 + 0.3 * min(1, number / 180)))
    sources = list(names.sources)[:40]
    read = {one: about(12 if int(one) % 5 else 3) for one in sources}
    published = {one: round(read[one] * dice.random() * 0.5) for one in sources if int(one) % 7}
    return {
        Count.READERS: {"private": readers, "group": readers // 40},
        Count.SUBSCRIBED: {"private": readers * 3 // 4},
        Count.NEW: {"private": about(size / 80)},
        Count.GONE: {"left": about(size / 200), "erased": about(size / 900)},
        Count.DELIVERIES: {
            "sent": about(size * 2.2),
            "failed": about(size / 900),
            "blocked": about(size / 250),
            "unknown": about(size / 2000),
            "waiting": 0,
        },
        Count.OPENS: {"signal": about(size * 0.8), "home": about(size * 0.2)},
        Count.MACHINES: {"signal": about(size * 0.4)},
        Count.SAVES: {"hand": about(size / 20), "rule": about(size / 50)},
        Count.UNSAVES: {"": about(size / 300)},
        Count.SIGNALS: {"ai": about(30), "business": about(20)},
        Count.TOPIC: {topic: about(8 + 40 / (n + 1)) for n, topic in enumerate(names.topics)},
        Count.READ: read,
        Count.PUBLISHED: published,
        Count.MERGED: {one: read[one] // 6 for one in sources},
        Count.READY_MINUTES: _minutes(dice, 9),
        Count.PUSH_MINUTES: _minutes(dice, 38),
        Count.MODEL_CALLS: {"m-1": about(60)},
        Count.MODEL_TOKENS: {"m-1": about(180_000)},
        Count.MODEL_COST: {"m-1": about(0.42 * MILLIONTHS)},
    }


def _minutes(dice: Random, middle: float) -> dict[str, int]:
    from digest.numbers import tally_minutes

    waits = (timedelta(minutes=middle * 2 ** dice.gauss(0, 1.6)) for _ in range(40))
    return dict(tally_minutes(waits))
