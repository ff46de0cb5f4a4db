"""A story of very many signals: what is asked of it reads no more than is shown of it.

Counted are the rows that the database hands over, not seconds.
"""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, func, insert, select

from digest.model import Relation, Signal, SignalState
from digest.policy import Reason
from digest.stories import StoryPlacement
from storage import Storage
from storage.curation import Done, Rejection
from storage.newness import MOST_TOLD
from storage.schema import articles, signal_sources, signals, stories, story_sources
from storage.story_counts import recount
from storage.storylines import MOST, MOST_REPEATS
from tests.storage.looks import Looked
from tests.storage.making import NOW, add_entry, add_signal, add_source, draft, minutes

MANY = 600
WRONG = Rejection(Reason.WRONG)


async def repeat(storage: Storage, second: Signal, count: int) -> None:
    """So many more signals of their story, copies of the second: every tenth moves it on."""
    at = NOW - timedelta(days=2)
    async with storage.database.write() as connection:
        query = select(articles).where(articles.c.id == second.article_id)
        text = dict((await connection.execute(query)).mappings().one())
        query = select(signals).where(signals.c.id == second.id)
        made = dict((await connection.execute(query)).mappings().one())
        carriers = list((await connection.execute(select(signal_sources.c.source_id))).scalars())
        rows = [
            {"id": number, "dated_at": at + minutes(number), "live_at": at + minutes(number)}
            for number in range(1000, 1000 + count)
        ]
        written = [
            text | {"id": row["id"], "url_key": f"k{row['id']}", "fingerprint": None}
            for row in rows
        ]
        await connection.execute(insert(articles), written)
        relations = {0: Relation.UPDATE.value}
        again = Relation.DUPLICATE.value
        await connection.execute(
            insert(signals),
            [
                made
                | row
                | {"article_id": row["id"], "relation": relations.get(row["id"] % 10, again)}
                for row in rows
            ],
        )
        carried = [{"signal_id": row["id"], "source_id": carriers[row["id"] % 2]} for row in rows]
        common = {"url": "", "seen_at": NOW, "place": 0}
        await connection.execute(insert(signal_sources), [row | common for row in carried])
        await recount(connection, made["story_id"])


@pytest.fixture
async def flooded(storage: Storage) -> tuple[Signal, int]:
    """The first signal of a story of `MANY`, and the story's number."""
    at = NOW - timedelta(days=3)
    sources = [await add_source(storage, name) for name in ("one", "two")]
    made = draft("first", at=at)
    first = await add_signal(storage, "first", made=made, source=sources[0], now=at)
    place = StoryPlacement(first.id, Relation.DUPLICATE, 0.9)
    second = await add_signal(storage, "second", source=sources[1], story=place)
    await repeat(storage, second, MANY - 2)
    assert second.story_id is not None
    return first, second.story_id


@contextmanager
def handed_over(storage: Storage) -> Iterator[list[int]]:
    """The rows that each statement returns meanwhile."""
    counts: list[int] = []
    last: list[object] = [None]

    def count(
        _connection: object, cursor: Any, _sql: str, _values: object, context: object, _many: bool
    ) -> None:
        if context is not last[0]:  # engines may share their listeners
            counts.append(len(cursor._rows))
        last[0] = context

    engines = {storage.database._reader.sync_engine, storage.database._writer.sync_engine}
    for engine in engines:
        event.listen(engine, "after_cursor_execute", count)
    try:
        yield counts
    finally:
        for engine in engines:
            event.remove(engine, "after_cursor_execute", count)


Asked = Callable[[], Awaitable[Any]]


def questions(storage: Storage, first: Signal, story: int) -> dict[str, tuple[Asked, int]]:
    """What is asked of a story, and how many rows that may take."""
    stories_, lines, week = storage.stories, storage.storylines, NOW - timedelta(days=7)
    return {
        "a story at a glance": (lambda: stories_.get(story), 20),
        "the stories of the week": (lambda: stories_.active(week, NOW), 20),
        "a card of it": (lambda: storage.signals.get(first.id), 10),
        "some of it": (lambda: lines.some(story), 4 * MOST),
        "around one": (lambda: lines.around(story, 1300), 4 * MOST),
        "a page of it": (lambda: lines.course(story, 20, 5), 2 * 5 * MOST_REPEATS + 40),
        "its feed": (lambda: lines.newest(story, 20), 80),
        "its sources": (lambda: lines.names(story), 2),
        "what it told": (lambda: storage.newness.told(first.id), 3 * MOST_TOLD),
        "the week's count": (lambda: lines.told_within(story, week, NOW), 1),
    }


async def test_what_is_asked_of_a_story_is_all_that_is_read(
    looks: list[Looked], storage: Storage, flooded: tuple[Signal, int]
) -> None:
    for what, (ask, most) in questions(storage, *flooded).items():
        looks.clear()
        with handed_over(storage) as rows:
            assert await ask(), what
        rows += [number for _, _, number in looks]
        assert 0 < sum(rows) <= most, (what, rows)


async def test_one_more_costs_no_more_in_a_story_of_many(
    storage: Storage, flooded: tuple[Signal, int]
) -> None:
    first, story = flooded
    source, place = await add_source(storage), StoryPlacement(first.id, Relation.DUPLICATE, 0.9)
    with handed_over(storage) as rows:
        newest = await add_signal(storage, "newest", source=source, story=place)
    assert sum(rows) < 60
    assert len(rows) < 60
    assert newest.others == MANY
    async with storage.database.read() as connection:
        row = (await connection.execute(select(stories).where(stories.c.id == story))).one()
    assert row.told == MANY + 1
    assert row.series_at is not None


async def test_pages_of_a_story_leave_nothing_out_and_repeat_nothing(
    storage: Storage, flooded: tuple[Signal, int]
) -> None:
    first, story = flooded
    length = await storage.storylines.length(story)
    shown: list[int] = []
    told = 0
    for start in range(0, length, 25):
        page = await storage.storylines.course(story, start, 25)
        assert (page.start, page.total) == (start, length)
        shown += [one.id for one in page.steps]
        told += len(page.steps) + sum(page.counts.values())
        for of, repeats in page.repeats.items():
            assert len(repeats) == min(MOST_REPEATS, page.counts[of])
            assert all(not 1000 <= one.signal_id < of for one in repeats)
    assert len(set(shown)) == len(shown) == length
    assert told == MANY
    assert shown[0] == first.id
    assert await storage.storylines.place_of(story, shown[30]) == 30
    around = await storage.storylines.around(story, 1300)
    assert around is not None
    ids = [one.id for one in around.signals]
    assert {1295, 1300, 1305} <= set(ids)
    assert (around.earlier, around.total) == (301, MANY)


async def test_a_first_that_only_repeats_is_a_step_all_the_same(storage: Storage) -> None:
    lead = await add_signal(storage, "lead")
    place = StoryPlacement(lead.id, Relation.DUPLICATE, 0.9)
    before = NOW - minutes(60)
    early = await add_signal(storage, "early", made=draft("early", at=before), story=place)
    again = await add_signal(
        storage, "again", made=draft("again", at=before + minutes(5)), story=place
    )
    last = await add_signal(
        storage, "last", story=replace(place, relation=Relation.UPDATE), now=NOW + minutes(5)
    )
    story = early.story_id or 0
    page = await storage.storylines.course(story, 0, 5)
    assert [one.id for one in page.steps] == [early.id, lead.id, last.id]
    assert {of: [it.signal_id for it in some] for of, some in page.repeats.items()} == {
        early.id: [again.id]
    }
    assert page.repeats[early.id][0].source == "one 日报"
    assert await storage.storylines.length(story) == 3
    places = [await storage.storylines.place_of(story, one.id) for one in (early, lead, last)]
    assert places == [0, 1, 2]
    rest = await storage.storylines.course(story, 1, 1)
    assert [one.id for one in rest.steps] == [lead.id]
    assert rest.repeats == {}


async def counted(storage: Storage) -> dict[int, tuple[int, int, dict[int, int]]]:
    """What is kept of each story: signals, sources, and signals by source."""
    async with storage.database.read() as connection:
        rows = (await connection.execute(select(stories))).all()
        found = (await connection.execute(select(story_sources))).all()
    return {
        row.id: (
            row.told,
            row.told_by,
            {one.source_id: one.told for one in found if one.story_id == row.id},
        )
        for row in rows
    }


async def seen(storage: Storage) -> dict[int, tuple[int, int, dict[int, int]]]:
    """The same, counted from the signals."""
    carried = select(signals.c.story_id, signal_sources.c.source_id, func.count()).join(
        signal_sources, signal_sources.c.signal_id == signals.c.id
    )
    live = signals.c.state == "live"
    by_source = carried.where(live).group_by(signals.c.story_id, signal_sources.c.source_id)
    told = (
        select(signals.c.story_id, func.count().label("told"))
        .where(live)
        .group_by(signals.c.story_id)
    )
    async with storage.database.read() as connection:
        sources: dict[int, dict[int, int]] = {}
        for story, source, count in await connection.execute(by_source):
            sources.setdefault(story, {})[source] = count
        numbers = {row.story_id: row.told for row in await connection.execute(told)}
        every = (await connection.execute(select(stories.c.id))).scalars().all()
    return {
        story: (numbers.get(story, 0), len(sources.get(story, {})), sources.get(story, {}))
        for story in every
    }


async def test_the_counts_are_right_whatever_befalls_a_story(storage: Storage) -> None:
    """Read, held, approved, rejected, carried by others, moved about, and all of it taken back."""
    origins = [await add_source(storage, name) for name in ("one", "two", "three")]
    lead = await add_signal(storage, "lead", source=origins[0])
    place = StoryPlacement(lead.id, Relation.DUPLICATE, 0.9)
    held = await add_signal(
        storage, "held", source=origins[1], story=place, state=SignalState.HELD
    )
    assert await counted(storage) == await seen(storage)
    like = await add_signal(storage, "like", source=origins[1], story=place)
    alone = await add_signal(storage, "alone", source=origins[2])
    mate = await add_signal(
        storage, "mate", source=origins[2], story=replace(place, story_of=alone.id)
    )
    pending = await add_entry(storage, origins[2], "again")
    await storage.signals.add_source(like.id, pending, origins[2], NOW)
    assert await counted(storage) == await seen(storage)
    deeds = (
        lambda: storage.curation.approve(held.id, "cli", NOW),
        lambda: storage.curation.reject(like.id, WRONG, "cli", NOW, expect=SignalState.LIVE),
        lambda: storage.storyboard.split(held.id, "cli", NOW),
        lambda: storage.storyboard.join(held.id, mate.id, "cli", NOW),
        lambda: storage.storyboard.join(alone.id, lead.id, "cli", NOW, whole=True),
    )
    acts = []
    for deed in deeds:
        done = await deed()
        entry = done.act if isinstance(done, Done) else done
        assert entry is not None
        acts.append(entry.id)
        assert await counted(storage) == await seen(storage)
    before = await counted(storage)
    for act in reversed(acts):
        await storage.acts.undo(act, "cli", NOW)
        assert await counted(storage) == await seen(storage)
    assert before != await counted(storage)
