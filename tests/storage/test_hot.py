import asyncio
from datetime import datetime, timedelta
from itertools import count

from digest.hot import ranked
from digest.model import Entry, HotList, SourceSpec, SourceState
from storage import Storage
from storage.hot import note_ranks, note_unchanged
from tests.storage.making import NOW

HOUR = timedelta(hours=1)
_NUMBERS = count(1)


async def a_list(storage: Storage, hot: HotList = HotList.RANKS) -> int:
    number = next(_NUMBERS)
    spec = SourceSpec(
        key=f"hot-{number}", url=f"https://list{number}.test/", title="热搜", column="tech",
        lang="zh", hot=hot,
    )  # fmt: skip
    return (await storage.sources.add(spec, NOW, actor="test")).id


async def shows(storage: Storage, source: int, at: datetime, *titles: str) -> None:
    entries = [Entry(key=one, url=f"https://list.test/{one}", title=one) for one in titles]
    async with storage.database.write() as connection:
        await note_ranks(connection, source, ranked(entries), at)


async def test_places_are_kept_hour_by_hour_the_best_of_each(storage: Storage) -> None:
    source = await a_list(storage)
    await shows(storage, source, NOW, "甲", "乙", "丙")
    await shows(storage, source, NOW + HOUR / 4, "乙", "甲", "丙")
    await shows(storage, source, NOW + HOUR, "丙", "乙")
    items = {one.title: one for one in await storage.hot.items(NOW - HOUR, NOW + 2 * HOUR)}
    assert {title: one.rank for title, one in items.items()} == {"甲": None, "乙": 2, "丙": 1}
    assert {title: [rank for _, rank in one.course] for title, one in items.items()} == {
        "甲": [1], "乙": [1, 2], "丙": [3, 1],
    }  # fmt: skip
    assert (items["甲"].first_seen_at, items["甲"].last_seen_at) == (NOW, NOW + HOUR / 4)
    assert {title: one.best for title, one in items.items()} == {"甲": 1, "乙": 1, "丙": 1}
    standing = await storage.hot.items(NOW - HOUR, NOW + 2 * HOUR, standing=True)
    assert [one.title for one in standing] == ["丙", "乙"]


async def test_a_list_that_stays_as_it_was_goes_on_standing(storage: Storage) -> None:
    source, other = await a_list(storage), await a_list(storage)
    await shows(storage, source, NOW, "甲")
    await shows(storage, other, NOW, "乙")
    async with storage.database.write() as connection:
        await note_unchanged(connection, source, NOW + 2 * HOUR)
    one, still = await storage.hot.items(NOW - HOUR, NOW + 3 * HOUR)
    assert len(one.course) == 2
    assert one.last_seen_at == NOW + 2 * HOUR
    assert len(still.course) == 1


async def test_two_processes_may_read_the_same_list(storage: Storage, url: str) -> None:
    source = await a_list(storage)
    other = await Storage.open(url)
    try:
        async with storage.database.write() as connection:
            titles = ranked([Entry(key=one, url="", title=one) for one in ("甲", "乙")])
            await note_ranks(connection, source, titles, NOW)
            second = asyncio.create_task(shows(other, source, NOW + HOUR / 4, "乙", "甲", "丙"))
            await asyncio.wait({second}, timeout=0.2)
            assert not second.done()
        await second
    finally:
        await other.close()
    items = await storage.hot.items(NOW - HOUR, NOW + HOUR)
    assert [(one.title, one.rank, one.best) for one in items] == [
        ("乙", 1, 1), ("甲", 2, 1), ("丙", 3, 3),
    ]  # fmt: skip


async def test_who_comes_late_changes_no_place_of_now(storage: Storage) -> None:
    source = await a_list(storage)
    await shows(storage, source, NOW + HOUR, "甲", "乙")
    await shows(storage, source, NOW, "乙", "丙")
    items = await storage.hot.items(NOW - HOUR, NOW + 2 * HOUR, standing=True)
    assert [(one.title, one.rank) for one in items] == [("甲", 1), ("乙", 2)]
    assert [rank for _, rank in items[1].course] == [1, 2]


async def test_what_comes_back_is_the_same_item(storage: Storage) -> None:
    source = await a_list(storage)
    await shows(storage, source, NOW, "甲")
    await shows(storage, source, NOW + HOUR, "乙")
    await shows(storage, source, NOW + 2 * HOUR, "甲！", "乙")
    titles = [one.title for one in await storage.hot.items(NOW, NOW + 3 * HOUR)]
    assert sorted(titles) == ["乙", "甲"]


async def test_lists_that_rest_or_are_none_any_more_say_nothing(storage: Storage) -> None:
    source = await a_list(storage)
    await shows(storage, source, NOW, "甲")
    assert await storage.hot.lists() == 1
    await storage.sources.set_state(source, SourceState.PAUSED, actor="test", now=NOW)
    assert await storage.hot.items(NOW - HOUR, NOW + HOUR) == ()
    await storage.sources.set_state(source, SourceState.ACTIVE, actor="test", now=NOW)
    assert len(await storage.hot.items(NOW - HOUR, NOW + HOUR)) == 1
    await storage.sources.edit(source, actor="test", now=NOW, hot=HotList.NO)
    assert await storage.hot.items(NOW - HOUR, NOW + HOUR) == ()
    assert await storage.hot.lists() == 0


async def test_old_items_and_hours_are_forgotten(storage: Storage) -> None:
    source = await a_list(storage)
    await shows(storage, source, NOW, "甲", "乙")
    await shows(storage, source, NOW + 48 * HOUR, "乙")
    assert await storage.hot.forget(NOW + 24 * HOUR) == 1
    (one,) = await storage.hot.items(NOW - HOUR, NOW + 72 * HOUR)
    assert (one.title, len(one.course)) == ("乙", 1)
