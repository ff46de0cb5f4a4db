"""What a later signal is to its story, told to the rules that the running bot has.

Four streams of 2026 told to `hexin lab stories` in the order of their dates, shipped weights: each
text that joins a story is a repetition, an update or a follow-up. The tables count them by how
long after the last telling they came, and by what decided. Nobody labelled them; what they are to
a reader was read by eye, see below.
`python -m tests.quality.newness --corpora …` prints a draw of each for that.
"""

import argparse
import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console

from bot.cli.storying import StoryStage
from bot.clock import utc_now
from tests.quality.common import Record, Row, percent, records
from tests.quality.story_streams import STREAMS

_SPANS = (("under an hour", 1), ("1 to 6 hours", 6), ("6 to 24 hours", 24), ("later", 10_000))
_KINDS = ("duplicate", "update", "follow_up")
_HOURS = re.compile(r"\bhours=(\d+)")
console = Console(width=150)

READ_BY_EYE = """
### Read by eye

By one reader, sixty updates, sixty repetitions and thirty follow-ups drawn at random (from the
same streams that the rules were written on, with another seed than those read while writing).
"Another event" is a text that does not belong into its story, so that no relation is right: a
matter of the stories (stories.md), and left out of the shares.

| said to be | read | right | arguable | wrong | another event |
| --- | --- | --- | --- | --- | --- |
| update, rules before | 60 | 29 | 6 | 15 | 10 |
| update | 60 | 32 | 11 | 4 | 13 |
| repetition, rules before | 60 | 41 | 4 | 4 | 11 |
| repetition | 60 | 45 | 4 | 2 | 9 |
| follow-up, rules before | 30 | 11 | 5 | 6 | 8 |
| follow-up | 30 | 18 | 5 | 1 | 6 |

- **Updates that were none**: 30 of 100 before (15 of 50), 9 of 100 now (4 of 47). Two of the four
  are mended since (hearsay of a thing that hearsay had told; a release after tests of it). What is
  left is the same matter named in other words without any figure in common.
- **Arguable updates** are mostly a further remark of the same person, or a side figure of the same
  filing: new to the letter, and little news.
- **News that was called a repetition**: a firm that prepares for what it was ordered (no figure,
  nothing has happened yet) and an answer in slang, which is known since. What comes within the
  hour is a repetition whatever it says; streams that are read once a day date many texts alike,
  which hides some news here that the running bot would see hours apart.
- **Commentary** on an event ("why …", "what it means", a title that asks) repeats, unless a figure
  changed. Some readers would want it; nobody wants it pushed as news.
"""


@dataclass(frozen=True, slots=True)
class Told:
    """One text that joined a story: what it was found to be, and who told the story before."""

    record: Record
    relation: str
    hours: int
    adds: dict[str, Any]
    before: tuple[str, ...]


def rows(corpora: Path, limit: int | None) -> list[Row]:
    """The tables of counts; `limit` is of no meaning, a stream with holes tells no stories."""
    del limit
    found = list(told(corpora))
    if not found:
        return []
    return [*_by_time(found), *_by_evidence(found)]


def told(corpora: Path) -> Iterator[Told]:
    """Every text that joined a story, as the streams went on."""
    stage = StoryStage(utc_now)
    before: defaultdict[int, list[str]] = defaultdict(list)
    for record in stream(corpora):
        answer = stage(record)
        titles = before[answer["story"]]
        if titles and "adds" in answer:
            hours = _HOURS.search(answer["adds"]["because"])
            yield Told(
                record,
                answer["relation"],
                int(hours.group(1)) if hours else 0,
                answer["adds"],
                tuple(titles),
            )
        titles.append(record["title"])


def stream(corpora: Path) -> Sequence[Record]:
    """The texts of all streams by date; what has an address or words told before is left out."""
    found: list[tuple[str, Record]] = []
    seen: set[str] = set()
    for name in STREAMS:
        for record in records(corpora, name):
            body = str(record.get("text") or record.get("summary") or "")
            keys = {record.get("url") or record["id"], record["title"] + body}
            date = record.get("first_seen") or record.get("date")
            if date and record["title"] and not keys & seen:
                found.append((date, {"title": record["title"], "text": body, "date": date}))
            seen |= keys
    return [record for _, record in sorted(found, key=lambda one: (one[0][:10], one[0]))]


def _by_time(found: Sequence[Told]) -> Iterator[Row]:
    least = 0
    for name, most in _SPANS:
        some = [one for one in found if least <= one.hours < most]
        counts = Counter(one.relation for one in some)
        cells = {"after the last telling": name, "texts": f"{len(some):,}"}
        cells |= {kind: percent(counts[kind], len(some)) for kind in _KINDS}
        yield Row("What joined a story, by time", cells)
        least = most


def _by_evidence(found: Sequence[Told]) -> Iterator[Row]:
    for kind in _KINDS:
        some = [one for one in found if one.relation == kind]
        yield Row(
            "What was new in it",
            {
                "relation": kind,
                "texts": f"{len(some):,}",
                "new points": percent(sum(bool(one.adds["points"]) for one in some), len(some)),
                "new figures": percent(sum(bool(one.adds["numbers"]) for one in some), len(some)),
                "figures that changed": percent(
                    sum(bool(one.adds["changes"]) for one in some), len(some)
                ),
            },
        )


def _lines(one: Told) -> Iterator[str]:
    yield f"   before: {one.before[0][:120]}"
    if len(one.before) > 1:
        yield f"   before: {one.before[-1][:120]} ({len(one.before)})"
    yield f"   {one.adds['because']}"
    yield f"   now:    {one.record['title'][:120]}"
    yield from (f"       + {point[:140]}" for point in one.adds["points"])
    yield f"       {one.adds['numbers']} {one.adds['changes']}"


def main() -> None:
    """Print what was drawn, to be read."""
    parser = argparse.ArgumentParser(prog="python -m tests.quality.newness")
    parser.add_argument("--corpora", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=2026)
    options = parser.parse_args()
    found = list(told(options.corpora))
    dice = random.Random(options.seed)
    for kind, count in zip(_KINDS, (60, 60, 30), strict=True):
        some = [one for one in found if one.relation == kind]
        for number, one in enumerate(dice.sample(some, min(count, len(some))), 1):
            console.print(f"== {kind} {number}", markup=False)
            console.print("\n".join(_lines(one)), markup=False, soft_wrap=True)


if __name__ == "__main__":
    main()
