"""Which texts are about one event, against labels of people and beside the usual ways.

Ours is the index of the running bot as `hexin lab stories` asks it: texts one by one in the order
of their dates (a fixed shuffled order where there are none), merged within 7 days, shipped
weights, nothing tuned here. The usual ways link every two texts within the same 7 days that are
alike enough (single link), see all texts at once, and are flattered: their threshold is the best
one for the very set, once for the pairwise F1, once the best with a precision of at least 95 %.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from bot.cli.clusters import Agreement, b_cubed, pairwise
from bot.cli.storying import StoryStream
from digest.stories import StoryIndex
from tests.quality.common import Row
from tests.quality.story_sets import SETS, Labelled, load_set
from tests.quality.usual_ways import THRESHOLDS, WAYS, linked

_SURE = 0.95  # precision of pairs that we hold ourselves to
_OURS = "ours"


def rows(corpora: Path, limit: int | None = None) -> list[Row]:
    """For each set a table: ours, and each usual way at its two thresholds."""
    del limit  # whole events only: what is alike must stay together
    out: list[Row] = []
    for held_out in (False, True):
        for name in SETS:
            labelled = load_set(corpora, name, held_out=held_out)
            if labelled is not None:
                out += _set_rows(labelled, held_out=held_out)
    return out


def _set_rows(labelled: Labelled, *, held_out: bool) -> list[Row]:
    kind = "events not trained on" if held_out else "all events"
    events = len(set(labelled.events))
    table = f"{labelled.name}, {kind}: {len(labelled.items):,} texts of {events} events"
    theirs = [row for way in WAYS for row in _way(labelled, way)]
    mine = _both(ours(labelled), labelled)
    best = [max(row[2][kind].f1 for row in theirs) for kind in (0, 1)]
    reached = mine[1].precision >= _SURE and all(
        one.f1 >= other for one, other in zip(mine, best, strict=True)
    )
    return [
        _row(table, _OURS, "shipped", mine, reached),
        *(_row(table, way, threshold, both, None) for way, threshold, both in theirs),
    ]


def ours(labelled: Labelled) -> list[int]:
    """The story of each text, told one by one."""
    stream = StoryStream(lambda: datetime.now(UTC), StoryIndex())
    return [stream.tell(item)[0] for item in labelled.items]


_Both = tuple[Agreement, Agreement]


def _way(labelled: Labelled, way: str) -> list[tuple[str, str, _Both]]:
    pairs = WAYS[way](labelled.items)
    size = len(labelled.items)
    tried = [(one, _both(linked(pairs, size, one), labelled)) for one in THRESHOLDS]
    best = max(tried, key=lambda one: one[1][1].f1)
    sure = [one for one in tried if one[1][1].precision >= _SURE]
    careful = max(sure, key=lambda one: one[1][1].f1, default=None)
    found = [(way, f"best F1 ({best[0]:.2f})", best[1])]
    if careful is not None:
        found.append((way, f"≥ 95 % sure ({careful[0]:.2f})", careful[1]))
    return found


def _both(found: Sequence[int], labelled: Labelled) -> _Both:
    return b_cubed(found, labelled.events), pairwise(found, labelled.events)


def _row(table: str, way: str, threshold: str, both: _Both, reached: bool | None) -> Row:
    cells = {"way": way, "threshold": threshold}
    for name, one in zip(("B³", "pairs"), both, strict=True):
        cells[f"{name} P"] = f"{100 * one.precision:.1f}"
        cells[f"{name} R"] = f"{100 * one.recall:.1f}"
        cells[f"{name} F1"] = f"{100 * one.f1:.1f}"
    return Row(table, cells, reached)
