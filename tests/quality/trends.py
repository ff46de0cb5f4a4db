"""Bursts that are planted on real counts: how soon they are found, beside the usual ways.

Real counts: terms in the titles of two daily hot lists, nodes and terms of a board by the hour,
terms of four news streams by the hour. These have two weeks of days, then two that nobody read.
On each, every way gets the threshold with which it alarms on the same share of series-days where
nothing was planted and the world has no burst of its own (told by looking back and ahead), in the
same run: “found” is
the share of planted bursts that alarm while they last, “delay” the mean time until then, with
those not found counted as found at the end. The rates are those of the tuned thresholds; “as
shipped” is the engine with its own.

What can be chosen about ours was chosen on the first half of the days, with other plantings; the
tables are of the second half. Where a way gives many the same score, chance decides between
them, so that all alarm equally often. “Later” is with the range of 19 in 20: a difference within
it is none. Bursts are planted in days that were read.

For readers: alarms that nothing stands behind, of ten subjects that somebody follows.

Ways: *count* of the last day; *times* the mean of the days before; *z-score* of the last day
against 28 days; *z-score, windows* the highest of the engine's own windows, each against the same
hours of 28 days. Series are the 300 most frequent terms.
"""

import random
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from digest.model import Brief
from digest.trends.past import DAILY, HOURLY, Numbers, Pace
from digest.trends.standing import USUAL, Bounds, surprises
from digest.trends.terms import terms_of
from tests.quality.common import Record, Row, records

SERIES, SEEDS, STARTS = 300, (1, 2, 3), 10
ALARMS = 1.0  # of 1000 series-days
_AROUND, _NEAR, _TRIMMED, _AFTER = 14, 2, 0.2, 3  # days; the share of the busiest left out
_LEAST_KNOWN = 10  # days of the 28
_LEAST = 3
_AWAY = 10  # days
_FOLLOWED = 10  # subjects
_LASTS = {1: 3, 24: 24}  # slots that a planted burst lasts, by slots of a day
_SIZES = (4, 8, 16)
_SHAPES: dict[str, Callable[[Numbers], Numbers]] = {
    "even": np.ones_like,
    "growing": lambda place: place + 1.0,
    "sudden": lambda place: 0.5**place,
}
_STREAMS = ("zh_it_news", "zh_rss_stream", "ai36kr_stream")


@dataclass(frozen=True, slots=True)
class Real:
    """Real counts: K × slots, the volume per slot, and the first slot of each day to look at."""

    name: str
    pace: Pace
    counts: Numbers
    volumes: Numbers

    def ends(self) -> list[int]:
        """The ends of days that were read, after enough others that were: those to report on."""
        return _half(self.days(), second=True)

    def days(self) -> list[int]:
        """The ends of all such days."""
        day = self.pace.day
        read = self.volumes.reshape(-1, day).sum(axis=1) > 0
        past, guard = self.pace.past, self.pace.guard
        return [
            (place + 1) * day
            for place in range(past + guard - 1, read.size)
            if read[place]
            and read[place - 1]
            and read[place + 1 - past - guard : place + 1 - guard].sum() >= _LEAST_KNOWN
        ]


def _half(ends: list[int], *, second: bool) -> list[int]:
    middle = len(ends) // 2
    return ends[middle:] if second else ends[:middle]


def rows(corpora: Path, limit: int | None = None) -> list[Row]:  # noqa: ARG001  days are whole
    """The tables of the report."""
    found: list[Row] = []
    for real in _all(corpora):
        found += _compared(real)
    return found


# --- real counts --------------------------------------------------------------------------


def _all(corpora: Path) -> Iterable[Real]:
    for name, label in (("hot_weibo", "hot list 1, by day"), ("hot_zhihu", "hot list 2, by day")):
        if days := records(corpora, name):
            yield _daily(label, days)
    if board := records(corpora, "hot_v2ex"):
        told = [
            (datetime.fromtimestamp(item["created"], UTC), [*_terms(item), f"@{item['node']}"])
            for day in board
            for item in day["items"] or ()
        ]
        yield _hourly("board, by hour", told)
    told = [
        (datetime.fromisoformat(one["date"]).astimezone(UTC), _terms(one))
        for name in _STREAMS
        for one in records(corpora, name)
        if one.get("date") and len(one["date"]) > len("2026-01-01")
    ]
    if told:
        yield _hourly("news streams, by hour", told)


def _terms(record: Record) -> list[str]:
    title = str(record["title"])
    return list(terms_of(title, "zh", Brief(headline=title, headline_lang="zh", points=())))


def _daily(name: str, days: Iterable[Record]) -> Real:
    told = [
        (datetime.combine(date.fromisoformat(day["date"]), datetime.min.time(), UTC), title)
        for day in days
        for title in day["titles"] or ()
    ]
    last = max(at for at, _ in told)
    told = [(at, title) for at, title in told if at > last - timedelta(days=200)]
    return _real(name, DAILY, [(at, _terms({"title": title})) for at, title in told])


def _hourly(name: str, told: list[tuple[datetime, list[str]]]) -> Real:
    last = max(at for at, _ in told)
    return _real(name, HOURLY, [one for one in told if one[0] > last - timedelta(days=120)])


def _real(name: str, pace: Pace, told: list[tuple[datetime, list[str]]]) -> Real:
    frequent = Counter(term for _, terms in told for term in set(terms))
    terms = {term: place for place, (term, _) in enumerate(frequent.most_common(SERIES))}
    first = min(at for at, _ in told).replace(hour=0, minute=0, second=0, microsecond=0)
    slots = ((max(at for at, _ in told) - first) // timedelta(days=1) + 1) * pace.day
    counts, volumes = np.zeros((len(terms), slots)), np.zeros(slots)
    for at, said in told:
        slot = (at - first) // pace.slot
        volumes[slot] += 1
        for term in {*said} & terms.keys():
            counts[terms[term], slot] += 1
    return Real(name, pace, counts, volumes)


# --- the ways -----------------------------------------------------------------------------

Change = Callable[[Numbers, Numbers, Pace], tuple[Numbers, Numbers, Pace]]
Way = Callable[[Numbers, Numbers, Pace], Numbers]
"""Scores (K × steps) at the end of each of the last slots; counts and volumes end with them."""


def _spans(counts: Numbers, pace: Pace, window: int) -> tuple[Numbers, Numbers, Numbers]:
    """What the window before each of the last slots had, mean and deviation of earlier days."""
    sums = np.concatenate([np.zeros((len(counts), 1)), np.cumsum(counts, axis=1)], axis=1)
    steps = np.arange(counts.shape[1] - pace.day * pace.guard, counts.shape[1] + 1)
    now = sums[:, steps] - sums[:, steps - window]
    earlier = [steps - back * pace.day for back in range(pace.guard, pace.past + pace.guard - 1)]
    past = np.stack(
        [
            sums[:, np.maximum(ends, 0)] - sums[:, np.maximum(ends - window, 0)]
            for ends in earlier
            if (ends - window >= 0).all()
        ]
    )
    return now, past.mean(axis=0), past.std(axis=0)


def _count(counts: Numbers, _volumes: Numbers, pace: Pace) -> Numbers:
    return _spans(counts, pace, pace.day)[0]


def _times(counts: Numbers, _volumes: Numbers, pace: Pace) -> Numbers:
    now, mean, _ = _spans(counts, pace, pace.day)
    return (now + 1.0) / (mean + 1.0)


def _z(counts: Numbers, _volumes: Numbers, pace: Pace) -> Numbers:
    now, mean, spread = _spans(counts, pace, pace.day)
    return (now - mean) / np.maximum(spread, 0.5)


def _z_windows(counts: Numbers, _volumes: Numbers, pace: Pace) -> Numbers:
    scores = []
    for window in pace.windows:
        now, mean, spread = _spans(counts, pace, window)
        scores.append((now - mean) / np.maximum(spread, 0.5))
    best: Numbers = np.max(scores, axis=0)
    return best


def _ours(counts: Numbers, volumes: Numbers, pace: Pace) -> Numbers:
    """Without the least counts that are asked for in earnest: no other way asks for any."""
    return surprises(counts, volumes, pace, Bounds(least=1, times=0.0))


WAYS: dict[str, Way] = {
    "ours": _ours,
    "count": _count,
    "times the mean": _times,
    "z-score": _z,
    "z-score, windows": _z_windows,
}


# --- planting and comparing ---------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Case:
    """Counts with planted bursts that end with the last slot, and how many slots they last."""

    counts: Numbers
    volumes: Numbers
    size: int


def by_chance(scores: Numbers) -> Numbers:
    """Scores of which no two are alike: those that were are put in a chance order."""
    told: Numbers = scores + 1e-6 * np.random.default_rng(scores.size).random(scores.shape)
    return told


def _compared(real: Real) -> list[Row]:
    ends = real.ends()
    calm = {name: _alarm_scores(real, way, ends) for name, way in WAYS.items()}
    cases = list(_planted(real, ends))
    found = []
    delays = {}
    for name, way in WAYS.items():
        level = _level(calm[name])
        row, delays[name] = _row(real, name, level, calm[name], cases, way)
        later = {"later than ours by": _later(delays[name], delays["ours"])}
        found.append(replace(row, cells=row.cells | later))
    own = _alarm_scores(real, surprises, ends)
    shipped, _ = _row(real, "ours, as shipped", USUAL.enter, own, cases, surprises)
    rate = float((own >= USUAL.enter).mean())
    shipped = replace(shipped, cells=shipped.cells | {"for a reader": _for_a_reader(rate)})
    best = min(_delay(row) for row in found[1:])
    first = replace(found[0], reached=_delay(found[0]) <= best)
    return [first, *found[1:], shipped, *_disturbed(real, ends, calm)]


def _later(delays: Sequence[Numbers], ours: Sequence[Numbers]) -> str:
    """The mean difference of delays and where it lies in 19 of 20 cases, case by case."""
    apart = np.array([(one - other).mean() for one, other in zip(delays, ours, strict=True)])
    if not apart.any():
        return ""
    doubt = 1.96 * apart.std() / np.sqrt(apart.size)
    return f"{apart.mean():+.2f} ± {doubt:.2f}"


def _for_a_reader(rate: float) -> str:
    """How often somebody who follows so many subjects hears of one for nothing."""
    return f"one in {1 / (_FOLLOWED * rate):.0f} days" if rate else "none"


def _delay(row: Row) -> float:
    return float(row.cells["mean delay"].split()[0])


def _disturbed(real: Real, ends: list[int], calm: dict[str, Numbers]) -> Iterable[Row]:
    """How often each way alarms, with its threshold, when nothing rises but the world is odd."""
    for name, way in WAYS.items():
        level = _level(calm[name])
        cells = {"way": name}
        for label, change in _ODD.items():
            scores = _alarm_scores(real, partial(_changed, way, change), ends)
            cells[label] = f"{1000 * float((scores >= level).mean()):.1f}"
        yield Row(f"Alarms of 1000 series-days on {real.name}, where nothing rises", cells)


def _changed(way: Way, change: Change, counts: Numbers, volumes: Numbers, pace: Pace) -> Numbers:
    return way(*change(counts, volumes, pace))


def _twice(counts: Numbers, volumes: Numbers, pace: Pace) -> tuple[Numbers, Numbers, Pace]:
    """The last day is two: what was told on the day before is told on it as well."""
    counts, volumes, day = counts.copy(), volumes.copy(), pace.day
    counts[:, -day:] += counts[:, -2 * day : -day]
    volumes[-day:] += volumes[-2 * day : -day]
    return counts, volumes, pace


def _unread(counts: Numbers, volumes: Numbers, pace: Pace) -> tuple[Numbers, Numbers, Pace]:
    """Nothing was read in most of the past: the bot was away."""
    back = np.arange(volumes.size)[::-1] // pace.day
    read = np.where((back >= pace.guard) & (back < pace.guard + _AWAY), 0.0, 1.0)
    return counts * read, volumes * read, pace


_ODD: dict[str, Change] = {
    "as it is": lambda counts, volumes, pace: (counts, volumes, pace),
    "everything told twice": _twice,
    f"{_AWAY} days unread before": _unread,
}


def _own_bursts(real: Real) -> NDArray[np.bool_]:
    """The series-days (K × days) on which the world itself has a burst, or had one just before.

    Told by looking both ways: far more than on the days around, the busiest of which are left
    out. None of the ways can look ahead.
    """
    daily = real.counts.reshape(len(real.counts), -1, real.pace.day).sum(axis=2)
    read = real.volumes.reshape(-1, real.pace.day).sum(axis=1) > 0
    own = np.zeros(daily.shape, bool)
    for day in range(daily.shape[1]):
        near = np.abs(np.arange(daily.shape[1]) - day)
        if not (read & (near > _NEAR) & (near <= _AROUND)).any():
            continue
        around = np.sort(daily[:, read & (near > _NEAR) & (near <= _AROUND)], axis=1)
        usual = around[:, : max(1, round(around.shape[1] * (1 - _TRIMMED)))].mean(axis=1)
        burst = (daily[:, day] >= _LEAST) & (daily[:, day] > usual + _LEAST * np.sqrt(usual + 0.5))
        own[:, day : day + _AFTER] |= burst[:, None]
    return own


def _alarm_scores(real: Real, way: Way, ends: Iterable[int]) -> Numbers:
    """The highest score of each series on each day without a burst, nothing planted."""
    size, day = real.pace.slots, real.pace.day
    own = _own_bursts(real)
    scores = np.stack(
        [
            by_chance(
                way(real.counts[:, end - size : end], real.volumes[end - size : end], real.pace)
            )[:, -day:].max(axis=1)
            for end in ends
        ],
        axis=1,
    )
    calm: Numbers = scores[~own[:, [end // day - 1 for end in ends]]]
    return calm


def _level(scores: Numbers) -> float:
    """The threshold with which there are so many alarms; with ties no more than that."""
    ranked = np.sort(scores)[::-1]
    level = ranked[int(len(ranked) * ALARMS / 1000)]
    return float(np.nextafter(level, np.inf))


def _planted(real: Real, ends: list[int]) -> Iterable[_Case]:
    """Bursts of each size and shape, in a tenth of the series each time, that start anywhere."""
    lasts, size = _LASTS[real.pace.day], real.pace.slots
    read = real.volumes.reshape(-1, real.pace.day).sum(axis=1) > 0
    days = lasts if real.pace.day == 1 else 2  # that may hold some of it
    ends = [end for end in ends if read[end // real.pace.day - days : end // real.pace.day].all()]
    for seed in SEEDS:
        dice = random.Random(seed)
        for number, shape in enumerate(_SHAPES.values()):
            weights = shape(np.arange(lasts, dtype=float))
            for day in dice.sample(ends, min(STARTS, len(ends))):
                end = day + dice.randrange(real.pace.day) - real.pace.day + 1
                if end < size:
                    continue
                for extra in _SIZES:
                    yield _plant(real, end, extra, weights, seed * 100 + number)


def _plant(real: Real, end: int, extra: int, weights: Numbers, seed: int) -> _Case:
    size, lasts = real.pace.slots, weights.size
    chance = np.random.default_rng(seed + end)
    rows_ = np.sort(chance.choice(len(real.counts), max(1, len(real.counts) // 10), replace=False))
    counts = real.counts[rows_, end - size : end].copy()
    volumes = real.volumes[end - size : end].copy()
    usual = counts.sum() / max(1, (volumes.reshape(-1, real.pace.day).sum(axis=1) > 0).sum())
    burst = chance.multinomial(
        extra + round(usual / len(rows_)), weights / weights.sum(), len(rows_)
    )
    counts[:, -lasts:] += burst
    volumes[-lasts:] += burst.mean(axis=0)
    return _Case(counts, volumes, extra)


def _row(  # a row has a name, a threshold and what it is measured on
    real: Real, name: str, level: float, calm: Numbers, cases: list[_Case], way: Way
) -> tuple[Row, list[Numbers]]:
    """The row of a way, and the delays of each case."""
    lasts = _LASTS[real.pace.day]
    found: Counter[int] = Counter()
    total: Counter[int] = Counter()
    delays = []
    for case in cases:
        scores = by_chance(way(case.counts, case.volumes, real.pace))[:, -lasts:]
        alarmed = scores >= level
        hit = alarmed.any(axis=1)
        delays.append(np.where(hit, alarmed.argmax(axis=1), lasts))
        found[case.size] += int(hit.sum())
        total[case.size] += hit.size
    unit = "h" if real.pace.day > 1 else "days"
    rate = 1000 * float((calm >= level).mean())
    cells = {"way": name, "alarms per 1000 series-days": f"{rate:.1f}"}
    cells |= {f"found, +{size}": f"{100 * found[size] / total[size]:.0f} %" for size in _SIZES}
    cells["level"] = f"{level:.2f}"
    cells["mean delay"] = f"{np.concatenate(delays).mean():.2f} {unit}"
    return Row(f"Bursts on {real.name}", cells), delays
