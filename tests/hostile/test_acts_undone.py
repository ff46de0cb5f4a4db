"""Any sequence of acts, followed by their undos in whatever order they allow, leaves no trace."""

import asyncio
import os
import random
import shutil
import tempfile
from collections import Counter
from datetime import timedelta
from pathlib import Path

import hypothesis
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from digest.model import ChatKind, Lang, Relation, SignalState, Subscription, Wishes
from storage import Changed, Storage
from storage.errors import StorageError
from storage.follow_ups import RESTLESS
from tests.hostile.moves import MOVES, Desk, Move
from tests.hostile.snapshot import Snapshot, snapshot
from tests.newsdesk import NOON, Newsdesk

WALKED = int(os.environ.get("HEXIN_WALKS", "30"))
# Looking for the shortest of the failing walks takes minutes: only where walks are what is wanted.
PHASES = tuple(Phase) if "HEXIN_WALKS" in os.environ else (Phase.explicit, Phase.generate)
# What is written about acts, and what goes on by itself whatever is done.
_ABOUT_ACTS = {"audit", "amendments", "amendment_notices", "signal_changes", "meta"}
# Which hours are to be counted again, whatever changed in them.
_ABOUT_ACTS |= {"trend_changes"}
# What others may point to is not deleted when its making is taken back.
_RETIRED = {repr("retired"), repr("dropped"), repr("discarded")}
_MOVING = {
    "signals": RESTLESS["signals"] - {"relation"},
    "source_polls": {"next_poll_at"},
    "stories": {"closed_at"},  # the walk takes hours of acts, and undoing them more
}

steps = st.tuples(st.sampled_from(MOVES), st.integers(0, 9), st.integers(0, 9))


@pytest.mark.timeout(max(120, WALKED * 10))
@hypothesis.seed(5)
@settings(
    max_examples=WALKED,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    print_blob=True,
    phases=PHASES,
)
@given(moves=st.lists(steps, min_size=1, max_size=14), order=st.integers(0, 1 << 16))
def test_acts_and_their_undos_restore_the_state(
    sqlite_template: Path, moves: list[tuple[Move, int, int]], order: int
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = shutil.copy(sqlite_template, Path(folder) / "hexin.db")
        asyncio.run(_there_and_back(f"sqlite:///{path}", moves, random.Random(order)))


async def _there_and_back(
    url: str, moves: list[tuple[Move, int, int]], order: random.Random
) -> None:
    storage = await Storage.open(url, check=False)
    try:
        desk = await _planted(storage)
        before = still(await snapshot(storage))
        first = (await storage.audit.list(1))[0].id
        for number, (move, one, how) in enumerate(moves):
            desk.now += timedelta(minutes=number + 1)
            try:
                await move(desk, one, how)
            except (StorageError, ValueError) as refusal:
                hypothesis.note(f"{move.__name__}({one}, {how}): {refusal}")
            else:
                hypothesis.note(f"{move.__name__}({one}, {how})")
        acts = [entry.id for entry in await storage.audit.list(1000) if entry.id > first]
        await _undo_all(desk, acts, order)
        assert before.changed(still(await snapshot(storage))) == []
    finally:
        await storage.close()


async def _undo_all(desk: Desk, acts: list[int], order: random.Random) -> None:
    """Take back every act, in any order that is allowed; each round gets one of them done."""
    left = list(acts)
    while left:
        order.shuffle(left)
        done = []
        for act in left:
            desk.now += timedelta(minutes=1)
            later = await _take_back(desk, act)
            if later is None:
                done.append(act)
            else:  # whoever is refused is told which act to take back first
                assert later > act
        assert done, f"none of {left} can be taken back"
        left = [act for act in left if act not in done]


async def _take_back(desk: Desk, act: int) -> int | None:
    """Undo an act. Returns the later one that stands in the way, 0 when that is not told."""
    try:
        await desk.storage.acts.undo(act, desk.actor, desk.now)
    except Changed as refusal:
        return refusal.by.id if refusal.by else 0
    return None


async def _planted(storage: Storage) -> Desk:
    news = Newsdesk(storage)
    live = [await news.publish(column="ai", topics=("llm",)) for _ in range(2)]
    second = await news.publish(story_of=live[0].id, relation=Relation.DUPLICATE, source="noon")
    held = [await news.publish(state=SignalState.HELD, column="business") for _ in range(2)]
    ids = tuple(one.id for one in (*live, second, *held))
    for chat, topics in ((901, ("llm", "chips")), (902, ("chips",))):
        reader, _ = await storage.subscribers.enter(
            chat, 0, ChatKind.PRIVATE, "读者", Lang.ZH, NOON
        )
        wishes = Wishes(columns=("ai",), topics=topics, mutes=("policy",))
        await storage.subscribers.save_subscription(reader.id, Subscription(wishes))
        await storage.weights.put(reader.id, "topic", topics[0], 2, NOON)
    sources = tuple(one.id for one in await storage.sources.all())
    return Desk(storage, NOON, ids, sources)


def still(state: Snapshot) -> Snapshot:
    """A snapshot without what moves by itself, and what is retired with all that it had."""
    retired = {
        dict(row)["id"]
        for table, row in state.rows
        if table == "sources" and dict(row)["state"] in _RETIRED
    }
    kept = Counter(
        {
            (table, tuple(pair for pair in row if pair[0] not in _MOVING.get(table, ()))): count
            for (table, row), count in state.rows.items()
            if table not in _ABOUT_ACTS
            and dict(row).get("state") not in _RETIRED
            and not (table == "source_polls" and dict(row)["source_id"] in retired)
        }
    )
    return Snapshot(kept)
