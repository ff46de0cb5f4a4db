"""Stories: what one arriving signal costs while a stream of 30 days goes by, and the memory.

A stream of a few thousand is told whole: each signal placed and kept as it arrives. A larger one
streams whole too, forgetting what is older than a week as the bot does, but only stretches of it
are placed and timed, after so many of its signals; the others are kept in the story of their
event, which costs the placing nothing. `HEXIN_BENCH_STORIES=1000000 python -m tests.benchmarks
stories` streams a million that way, which takes a quarter of an hour; the usual run streams a
tenth of it.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np
from rensa import RMinHash, RMinHashLSH
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.neighbors import NearestNeighbors

from bot.cli.clusters import pairwise
from digest.stories import WINDOW, StoryItem
from digest.stories.index import StoryIndex
from digest.text.segmentation import words
from tests.benchmarks.measure import Row, percentile
from tests.benchmarks.resident import resident
from tests.benchmarks.storystream import DAYS, Arrival, MadeUpNews

STREAMED = int(os.environ.get("HEXIN_BENCH_STORIES", "30000"))
_WHOLE = 10_000  # signals of a stream of which each is placed
_TIMED_AT = (0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 1.0)  # of the stream: what comes before is timed
_TOLD = 1_000  # signals of a stretch that is timed
_BESIDE = (1_000, 4_000, 16_000, 64_000)  # signals of the window that the usual ways compare with
_ASKED = 200
_FORGET_EVERY = 256
_FILLED = 1_000_000_000  # numbers of stories that no signal has
_WEEK = WINDOW.total_seconds() / 86_400


def rows() -> list[Row]:
    """Each stream in a process of its own, so that memory is its own."""
    (whole,) = _run("whole", _WHOLE)
    first = _row(f"stories: each of {_WHOLE:,} signals in {DAYS} days", whole)
    right = (
        f"; of pairs {100 * whole['precision']:.1f} % right, {100 * whole['recall']:.1f} % found"
    )
    stretches = _run("stream", STREAMED)
    found = [
        _row(f"stories: of {STREAMED:,} in {DAYS} days, up to number {told['number']:,.0f}", told)
        for told in stretches
    ]
    found[-1] = replace(found[-1], note=f"{found[-1].note}; {_growth(stretches)}")
    beside = (_beside(size) for size in _BESIDE)
    return [replace(first, note=first.note + right), *found, *beside]


def _row(work: str, told: dict[str, float]) -> Row:
    return Row(
        work,
        f"p50 {told['p50']:.2f} ms, p99 {told['p99']:.2f} ms a signal",
        note=f"{told['held']:,.0f} signals in the window, {told['megabytes']:.0f} MB for them",
    )


def _growth(stretches: Sequence[dict[str, float]]) -> str:
    first, last = stretches[0], stretches[-1]
    longer, costlier = (last[name] / first[name] for name in ("number", "p50"))
    seconds = sum(told["seconds"] for told in stretches)
    return (
        f"{longer:,.0f} times the signals, {costlier:.1f} times the cost of one; {seconds:.0f} s"
    )


def _beside(held: int) -> Row:
    (told,) = _run("beside", held)
    ours = told["ours"]
    beside = {name: told[name] for name in ("MinHash LSH (rensa)", "TF-IDF neighbours (sklearn)")}
    return Row(
        f"stories: one more signal beside {held:,}",
        f"p50 {ours:.2f} ms",
        "; ".join(f"{name} {cost:.2f} ms" for name, cost in beside.items()),
        "; ".join(f"{cost / ours:.2g}x" for cost in beside.values()),
        "ours decides by a trained model; the others only find what is near",
    )


def _run(what: str, size: int) -> list[dict[str, float]]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.stories", what, str(size)],
        check=True,
        capture_output=True,
        cwd=Path(__file__).parents[2],
    )
    told: list[dict[str, float]] = json.loads(done.stdout)
    return told


# --- in the process that is measured -------------------------------------------------------


class Telling:
    """The index as the running bot keeps it: what is too old goes with every arrival."""

    def __init__(self, most: int) -> None:
        self.index = StoryIndex()
        self.times: list[float] = []
        self._stories = np.full(most, -1, np.int64)
        self._events = np.full(most, -1, np.int64)
        self._before = 0

    def begin(self) -> None:
        """Memory counts from here: the model is loaded, the made-up words are there."""
        self.index.place(next(iter(MadeUpNews(10))).item)
        self._before = resident()

    def fill(self, arrivals: Iterable[Arrival]) -> None:
        """Remember texts as if each had been put into the story of its event."""
        for place, one in enumerate(arrivals):
            if place % _FORGET_EVERY == 0:
                self.index.forget_before(one.item.at - WINDOW)
            self.index.add(replace(one.item, story_id=_FILLED + one.event))

    def tell(self, arrival: Arrival, *, timed: bool = True) -> None:
        """One signal arrives."""
        began = time.process_time()
        story = self._arrive(arrival.item)
        if timed:
            self.times.append(1000 * (time.process_time() - began))
        number = arrival.item.signal_id - 1
        self._stories[number], self._events[number] = story, arrival.event

    def _arrive(self, item: StoryItem) -> int:
        self.index.forget_before(item.at - WINDOW)
        other = self.index.place(item).story_of
        story = None
        if other is not None:
            story = self.index.story_of(other) or other
            self.index.move(other, story)
        self.index.add(replace(item, story_id=story))
        return story or item.signal_id

    def figures(self) -> dict[str, float]:
        """Milliseconds and megabytes."""
        return {
            "p50": percentile(self.times, 0.5),
            "p99": percentile(self.times, 0.99),
            "held": len(self.index),
            "megabytes": (resident() - self._before) / 1024,
        }

    def rightness(self) -> dict[str, float]:
        """How right the stories were that were told."""
        known = self._events >= 0
        agreement = pairwise(self._stories[known].tolist(), self._events[known].tolist())
        return {"precision": agreement.precision, "recall": agreement.recall}


def whole(size: int) -> list[dict[str, float]]:
    """Every signal of the stream placed as it arrives; the times are those of the last week."""
    telling, news = Telling(size), MadeUpNews(size)
    last = news.first_within(_WEEK)
    telling.begin()
    for place, arrival in enumerate(news):
        telling.tell(arrival, timed=place >= last)
    return [telling.figures() | telling.rightness()]


def stream(size: int) -> list[dict[str, float]]:
    """Every signal of the stream kept, and stretches of it placed: the figures after each."""
    telling, news = Telling(size), MadeUpNews(size)
    arrivals = iter(news)
    telling.begin()
    found, place = [], 0
    for share in _TIMED_AT:
        number, began = int(share * size), time.process_time()
        telling.times.clear()
        telling.fill(islice(arrivals, max(0, number - _TOLD - place)))
        for arrival in islice(arrivals, min(_TOLD, number - place)):
            telling.tell(arrival)
        place = number
        seconds = time.process_time() - began
        found.append(telling.figures() | {"number": number, "seconds": seconds})
        sys.stderr.write(f"{json.dumps(found[-1])}\n")  # a quarter of an hour is long to wait
    return found


def beside(held: int) -> list[dict[str, float]]:
    """One more signal in an index of `held`: ours, and what people take instead."""
    # A stream of which the last week holds so many.
    news = MadeUpNews(int(held * DAYS / _WEEK))
    arrivals = list(news.since(news.first_within(_WEEK)))
    past, coming = arrivals[:-_ASKED], arrivals[-_ASKED:]
    telling = Telling(news.count)
    telling.fill(past)
    for arrival in coming:
        telling.tell(arrival)
    texts, asked = ([_cut(one.item) for one in some] for some in (past, coming))
    return [
        {
            "ours": percentile(telling.times, 0.5),
            "MinHash LSH (rensa)": _timed(_min_hash(texts), asked),
            "TF-IDF neighbours (sklearn)": _timed(_neighbours(texts), asked),
        }
    ]


def _cut(item: StoryItem) -> list[str]:
    return words(f"{item.title} {item.lead_text}", item.lang)


def _min_hash(texts: Sequence[list[str]]) -> Callable[[list[str]], object]:
    index = RMinHashLSH(threshold=0.5, num_perm=128, num_bands=32)
    known: list[RMinHash] = []

    def arrive(text: list[str]) -> list[float]:
        sketch = RMinHash(num_perm=128, seed=1)
        sketch.update(text)
        alike = [sketch.jaccard(known[near]) for near in index.query(sketch)]
        index.insert(len(known), sketch)
        known.append(sketch)
        return alike

    for text in texts:
        arrive(text)
    return arrive


def _neighbours(texts: Sequence[list[str]]) -> Callable[[list[str]], object]:
    """Fitted once: a user who adds each signal to it pays for fitting besides."""
    vectorizer = TfidfVectorizer(analyzer=_as_it_is, sublinear_tf=True)
    finder = NearestNeighbors(n_neighbors=5, metric="cosine", algorithm="brute")
    finder.fit(vectorizer.fit_transform(texts))
    return lambda text: finder.kneighbors(vectorizer.transform([text]))


def _as_it_is(text: list[str]) -> list[str]:
    return text


def _timed(arrive: Callable[[list[str]], object], texts: Sequence[list[str]]) -> float:
    times = []
    for text in texts:
        began = time.process_time()
        arrive(text)
        times.append(1000 * (time.process_time() - began))
    return percentile(times, 0.5)


if __name__ == "__main__":
    measure = {"whole": whole, "stream": stream, "beside": beside}[sys.argv[1]]
    sys.stdout.write(json.dumps(measure(int(sys.argv[2]))))
