"""Four streams of 2026 told together to the index, and a draw of what to read by eye.

`python -m tests.quality.story_streams --corpora …` prints stories that were merged, drawn at
random with a fixed seed, and near-misses: of the texts that stayed alone those most like another
(`StoryIndex.near`), drawn from the nearest in the same way. What a reader of both makes of them is
told in docs/reports/stories.md; no text of the streams is kept.
"""

import argparse
import random
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console

from bot.cli.storying import StoryStream, item_of
from bot.clock import utc_now
from digest.stories import StoryItem
from tests.quality.common import Record, records

STREAMS = ("zh_it_news", "zh_rss_stream", "ai36kr_stream", "ai_pulse_stream")
_NEAREST = 400  # near-misses to draw from
console = Console(width=170)


@dataclass(slots=True)
class Told:
    """What came of a stream: members of each story, and who stayed alone beside what."""

    stories: defaultdict[int, list[Record]] = field(default_factory=lambda: defaultdict(list))
    misses: list[tuple[float, Record, Record]] = field(default_factory=list)
    texts: int = 0


def stream(corpora: Path) -> list[tuple[Record, StoryItem]]:
    """The texts of all streams as they came; what has an address or words told before is left out.

    The running bot finds those before it asks about stories.
    """
    found: list[tuple[Record, StoryItem]] = []
    seen: set[str] = set()
    for name in STREAMS:
        for record in records(corpora, name):
            keys = {record.get("url") or record["id"], record["title"] + _body(record)}
            if not keys & seen and record["title"]:
                found.append((record, item_of(_asked(record), utc_now)))
            seen |= keys
    return sorted(found, key=lambda one: one[1].at)


def tell(found: Sequence[tuple[Record, StoryItem]]) -> Told:
    """Every text placed, one by one."""
    teller = StoryStream()
    told = Told(texts=len(found))
    for number, (record, item) in enumerate(found):
        near = teller.index.near(item, 1)
        story, placement = teller.tell(item)
        told.stories[story].append(record)
        if placement.story_of is None and near:
            other, alike = near[0]
            told.misses.append((alike, record, found[other - 1][0]))
        if number and not number % 5000:
            console.log(f"{number:,} texts")
    return told


def drawn(
    told: Told, count: int, seed: int
) -> tuple[list[list[Record]], list[tuple[float, Record, Record]]]:
    """`count` merged stories and `count` near-misses."""
    merged = [members for _, members in sorted(told.stories.items()) if len(members) > 1]
    nearest = sorted(told.misses, key=lambda miss: -miss[0])[:_NEAREST]
    dice = random.Random(seed)
    return (
        dice.sample(merged, min(count, len(merged))),
        dice.sample(nearest, min(count, len(nearest))),
    )


def _body(record: Record) -> str:
    return str(record.get("text") or record.get("summary") or "")


def _asked(record: Record) -> Record:
    date = record.get("first_seen") or record.get("date")
    return {"title": record["title"], "text": _body(record), "date": date}


def _lines(merged: Sequence[Sequence[Record]]) -> Iterator[str]:
    for number, members in enumerate(merged, 1):
        yield f"== {number}: {len(members)} texts"
        yield from (_line(record) for record in members[:8])


def _line(record: Record) -> str:
    when = str(record.get("first_seen") or record.get("date"))[:16]
    return (
        f"   {when} {record.get('source', '')}: {record['title'][:110]} | {_body(record)[:90]!r}"
    )


def main() -> None:
    """Print how much was merged, then what was drawn."""
    parser = argparse.ArgumentParser(prog="python -m tests.quality.story_streams")
    parser.add_argument("--corpora", type=Path, required=True)
    parser.add_argument("--count", type=int, default=50)
    parser.add_argument("--seed", type=int, default=2026)
    options = parser.parse_args()
    found = stream(options.corpora)
    began = time.process_time()
    told = tell(found)
    spent = time.process_time() - began
    merged = [len(members) for members in told.stories.values() if len(members) > 1]
    console.print(
        f"{told.texts:,} texts, {len(told.stories):,} events; {len(merged):,} stories of two and"
        f" more with {sum(merged):,} texts, the largest {max(merged)};"
        f" {1000 * spent / told.texts:.2f} ms a text"
    )
    stories, misses = drawn(told, options.count, options.seed)
    console.print("\n".join(_lines(stories)), markup=False, soft_wrap=True)
    for number, (alike, one, other) in enumerate(misses, 1):
        console.print(f"-- {number}: {alike:.2f}", markup=False)
        console.print(f"{_line(other)}\n{_line(one)}", markup=False, soft_wrap=True)


if __name__ == "__main__":
    main()
