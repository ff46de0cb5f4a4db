"""Which texts are about one event, against labels of people and beside the usual ways.

Ours is the index of the running bot as `hexin lab stories` asks it: texts one by one in the order
of their dates (a fixed shuffled order where there are none), merged within 7 days, shipped
weights, nothing tuned here. The usual ways link every two texts within the same 7 days that are
alike enough (single link), see all texts at once, and are flattered: their threshold is the best
one for the very set, once for the pairwise F1, once the best with a precision of at least 95 %.
"Reached" asks for the best F1 of all, B-cubed and pairwise, with 95 % of the merged pairs right.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

from bot.cli.clusters import SURE, Measures, Tried, agreement, measured, two_thresholds
from bot.cli.linking import THRESHOLDS, linked
from bot.cli.storying import StoryStream
from digest.stories import StoryItem
from tests.quality.common import Row
from tests.quality.story_pairs import PairSet, pair_sets
from tests.quality.story_sets import SETS, Labelled, load_set
from tests.quality.usual_ways import WAYS

_NAMES = ("B³", "pairs")
_CHOSEN = {"best": "best F1", "sure": "≥ 95 % sure"}


def rows(corpora: Path, limit: int | None = None) -> list[Row]:
    """For each set a table: ours, and each usual way at its two thresholds."""
    del limit  # whole events only: what is alike must stay together
    out: list[Row] = []
    for held_out in (False, True):
        for name in SETS:
            labelled = load_set(corpora, name, held_out=held_out)
            if labelled is not None:
                out += _set_rows(labelled, held_out=held_out)
    for pairs in pair_sets(corpora):
        out += _pair_rows(pairs)
    return out


def stories_of(items: Sequence[StoryItem]) -> list[int]:
    """The story of each text, told one by one to the shipped index."""
    stream = StoryStream()
    return [stream.tell(item)[0] for item in items]


def _set_rows(labelled: Labelled, *, held_out: bool) -> list[Row]:
    kind = "events not trained on" if held_out else "all events"
    events = len(set(labelled.events))
    table = f"{labelled.name}, {kind}: {len(labelled.items):,} texts of {events} events"

    def tried(way: str) -> Tried:
        groups = linked(WAYS[way](labelled.items), len(labelled.items))
        return ((threshold, measured(found, labelled.events)) for threshold, found in groups)

    return _table(table, measured(stories_of(labelled.items), labelled.events), tried)


def _pair_rows(found: PairSet) -> list[Row]:
    due = sum(same for *_, same in found.pairs)
    table = f"{found.name}: {due:,} pairs are the same, {len(found.pairs) - due:,} are not"

    def measure(claimed: Sequence[bool]) -> Measures:
        hits = sum(one and same for one, (*_, same) in zip(claimed, found.pairs, strict=True))
        return (agreement(hits, sum(claimed), due),)

    def tried(way: str) -> Tried:
        # The two themselves are compared: no chain through others leads these ways astray.
        pairs = WAYS[way](found.items)
        alike = dict(zip(zip(pairs.one, pairs.other, strict=True), pairs.likeness, strict=True))
        mine = [alike.get((min(one, two), max(one, two)), 0.0) for one, two, _ in found.pairs]
        return ((least, measure([one >= least for one in mine])) for least in THRESHOLDS)

    story = stories_of(found.items)
    return _table(table, measure([story[one] == story[two] for one, two, _ in found.pairs]), tried)


def _table(table: str, mine: Measures, tried: Callable[[str], Tried]) -> list[Row]:
    theirs = [
        (way, f"{_CHOSEN[name]} ({threshold:.2f})", measures)
        for way in WAYS
        for name, threshold, measures in two_thresholds(tried(way))
    ]
    best = [
        max(one.f1 for one in column) for column in zip(*(it[2] for it in theirs), strict=True)
    ]
    first = all(one.f1 >= other for one, other in zip(mine, best, strict=True))
    reached = first and mine[-1].precision >= SURE
    return [
        _row(table, "ours", "shipped", mine, reached),
        *(_row(table, way, threshold, measures, None) for way, threshold, measures in theirs),
    ]


def _row(table: str, way: str, threshold: str, mine: Measures, reached: bool | None) -> Row:
    cells = {"way": way, "threshold": threshold}
    for name, one in zip(_NAMES[-len(mine) :], mine, strict=True):
        cells[f"{name} P"] = f"{100 * one.precision:.1f}"
        cells[f"{name} R"] = f"{100 * one.recall:.1f}"
        cells[f"{name} F1"] = f"{100 * one.f1:.1f}"
    return Row(table, cells, reached)
