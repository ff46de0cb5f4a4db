"""Pairs of texts of which people said whether they tell the same: three sources of them.

Sentences (near_dup_pairs), 1,000 of a set at most: MRPC as labelled; of the similarity sets a
score of 4 and more counts as the same, 2 and less as not, what lies between is left out. They are
judged as paraphrases: two sentences with other details of one event are none, so a story that
holds both would count as wrong here; and years of news stand in one day. So of ours, as of the
others, only the two themselves count, as `hexin lab stories` is asked of two sentences: whether
they say the same where people were asked that (MRPC), whether at most details differ where they
gave a score, of which 4 means just that. What answers learns from other pairs of these sets and
from none of these sentences (tests/training/titles.py and sayings.py); its bounds were set with
these pairs in sight.

Links (zh_it_news): what editors linked as related within 7 days, and for each linked article one
drawn at random from the same site within 7 days that shares a rare term of its title (one in at
most 60 titles) and is not linked with it, not even through a third. One person read all titles
and marked them as the same event, another, or arguable (left out), before any output was seen:
story_labels.txt. Most related links are about other events: these are the hard negatives.

Translations (ntrex_enzh and the news of wmt_enzh): articles whose first segment is their title,
each in English and in the Chinese of a human translator, laid against all of the other language.
Several of the English articles are on one event and in one story; so what counts for ours is the
text that each translation was put beside, as for the other ways only the two themselves count.
"""

import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from digest.stories import StoryItem
from tests.quality.common import Record, records
from tests.quality.story_sets import item_of_record

_SAME_FROM, _OTHER_TO = 4.0, 2.0
_PAIRS = 1000  # of a set
_STREAM = 1500  # more articles of the stream around the labelled ones
_SEGMENTS = 4  # of a translated article at least: title and three sentences
_LABELS = Path(__file__).with_name("story_labels.txt")


class Counted(Enum):
    """What of ours counts as claiming that two texts are the same.

    `SAME`: that the two say the same; `NEARLY`: that they do or differ in details; `BESIDE`: that
    the later one was put beside the other, of all that were there; `STORY`: that both came into
    one story.
    """

    SAME = "same"
    NEARLY = "nearly"
    BESIDE = "beside"
    STORY = "story"


@dataclass(frozen=True, slots=True)
class PairSet:
    """Texts in the order of their arrival, and pairs of places with whether they are the same."""

    name: str
    items: tuple[StoryItem, ...]
    pairs: tuple[tuple[int, int, bool], ...]
    counted: Counted = Counted.STORY


def pair_sets(corpora: Path) -> list[PairSet]:
    """The sets of sentence pairs, the links, the translations; what is absent is left out."""
    found = _sentences(records(corpora, "near_dup_pairs"))
    if stream := records(corpora, "zh_it_news"):
        found.append(_links(stream))
    if translated := [*records(corpora, "ntrex_enzh"), *records(corpora, "wmt_enzh")]:
        found.append(_across(translated))
    return found


def _across(found: Sequence[Record]) -> PairSet:
    """Every English article with every Chinese one: its own translation is the same, no other."""
    articles: dict[str, list[Record]] = {}
    for segment in found:
        if segment.get("domain", "news") == "news" and not segment["doc"].startswith("wmt21"):
            articles.setdefault(segment["doc"], []).append(segment)
    kept = [segments for segments in articles.values() if len(segments) >= _SEGMENTS]
    items = [_translated(segments, lang) for lang in ("en", "zh") for segments in kept]
    count = len(kept)
    pairs = [(one, count + other, one == other) for one in range(count) for other in range(count)]
    name = "English news and its Chinese translations"
    return PairSet(name, tuple(items), tuple(pairs), Counted.BESIDE)


def _translated(segments: Sequence[Record], lang: str) -> StoryItem:
    title, *text = [segment[lang] for segment in segments]
    name = f"{segments[0]['id']}-{lang}"
    return item_of_record({"id": name, "lang": lang, "title": title, "text": "\n".join(text)})


def reported_sentences(found: Sequence[Record]) -> Iterator[str]:
    """The sentences of `near_dup_pairs` that are measured: training keeps its hands off them."""
    for name in {pair["set"] for pair in found}:
        for pair, _ in _reported(found, name):
            yield from (pair["a"], pair["b"])


def _reported(found: Sequence[Record], name: str) -> list[tuple[Record, bool]]:
    judged = [(pair, _same(pair)) for pair in found if pair["set"] == name]
    kept = [(pair, same) for pair, same in judged if same is not None]
    return kept[:: math.ceil(len(kept) / _PAIRS)]


def _sentences(found: Sequence[Record]) -> list[PairSet]:
    out = []
    for name in sorted({pair["set"] for pair in found}):
        kept = _reported(found, name)
        # First one side of all pairs, then the other: what is near has not just passed by.
        items = [sentence(pair, side) for side in "ab" for pair, _ in kept]
        pairs = [(at, at + len(kept), same) for at, (_, same) in enumerate(kept)]
        scored = any(pair["same"] is None for pair, _ in kept)
        counted = Counted.NEARLY if scored else Counted.SAME
        out.append(PairSet(name, tuple(items), tuple(pairs), counted))
    return out


def _same(pair: Record) -> bool | None:
    if pair["same"] is not None:
        return bool(pair["same"])
    score = pair["score"]
    return True if score >= _SAME_FROM else False if score <= _OTHER_TO else None


def sentence(pair: Record, side: str) -> StoryItem:
    """One side of a pair, "a" or "b", as a signal without a text."""
    return item_of_record(
        {"id": f"{pair['id']}{side}", "lang": pair["lang"], "title": pair[side], "text": ""}
    )


def _links(stream: Sequence[Record]) -> PairSet:
    lines = [line.split("\t") for line in _LABELS.read_text(encoding="utf-8").splitlines()]
    judged = {(one, other): verdict for one, other, _, verdict in lines}
    wanted = {name for pair in judged for name in pair}
    others = [record for record in stream if record["id"] not in wanted]
    some = random.Random("links").sample(others, min(_STREAM, len(others)))
    chosen = [record for record in stream if record["id"] in wanted] + some
    items = sorted(((item_of_record(one), one["id"]) for one in chosen), key=lambda it: it[0].at)
    place = {name: at for at, (_, name) in enumerate(items)}
    pairs = [
        (place[one], place[other], verdict == "same")
        for (one, other), verdict in judged.items()
        if verdict != "arguable" and one in place and other in place
    ]
    return PairSet("zh_it_news links", tuple(item for item, _ in items), tuple(pairs))
