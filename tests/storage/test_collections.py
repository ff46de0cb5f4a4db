import asyncio

import pytest

from storage import DuplicateName, NotFound, Storage
from tests.storage.making import NOW, add_signal, add_subscriber, minutes


async def test_the_default_list_is_made_once(storage: Storage) -> None:
    one = await add_subscriber(storage)
    results = await asyncio.gather(
        *(storage.collections.default(one.id, NOW, "收藏") for _ in range(5)),
        return_exceptions=True,
    )
    assert len(set(results)) == 1
    (only,) = await storage.collections.list(one.id)
    assert (only.name, only.is_default, only.count) == ("收藏", True, 0)


async def test_a_list_of_that_name_becomes_the_default_one(storage: Storage) -> None:
    one = await add_subscriber(storage)
    made = await storage.collections.create(one.id, "收藏", NOW)
    default = await storage.collections.default(one.id, NOW, "收藏")
    assert (default.id, default.is_default) == (made.id, True)


async def test_names_are_unique_per_reader(storage: Storage) -> None:
    one, other = await add_subscriber(storage, 1), await add_subscriber(storage, 2)
    made = await storage.collections.create(one.id, "论文", NOW)
    with pytest.raises(DuplicateName):
        await storage.collections.create(one.id, "论文", NOW)
    await storage.collections.create(other.id, "论文", NOW)
    second = await storage.collections.create(one.id, "别的", NOW)
    with pytest.raises(DuplicateName):
        await storage.collections.rename(one.id, second.id, "论文")
    assert await storage.collections.rename(one.id, second.id, "更好")
    assert [found.name for found in await storage.collections.list(one.id)] == ["论文", "更好"]
    assert made.id != second.id


async def test_nobody_touches_the_lists_of_others(storage: Storage) -> None:
    one, other = await add_subscriber(storage, 1), await add_subscriber(storage, 2)
    made = await storage.collections.create(one.id, "论文", NOW)
    assert await storage.collections.get(other.id, made.id) is None
    assert not await storage.collections.rename(other.id, made.id, "我的")
    assert await storage.undos.delete(other.id, made.id, NOW) is None
    assert await storage.collections.get(one.id, made.id) == made


async def test_saving_twice_is_saving_once(storage: Storage) -> None:
    one, signal = await add_subscriber(storage), await add_signal(storage)
    box = await storage.collections.default(one.id, NOW, "收藏")

    assert await storage.collections.save(box.id, signal.id, NOW, "第一次")
    assert not await storage.collections.save(box.id, signal.id, NOW + minutes(1))
    (kept,) = await storage.collections.saved(box.id)
    assert (kept.signal, kept.note, kept.saved_at) == (signal, "第一次", NOW)
    assert not await storage.collections.save(box.id, signal.id, NOW, "新的备注 😀")
    assert (await storage.collections.saved(box.id))[0].note == "新的备注 😀"

    assert await storage.undos.remove(one.id, box.id, signal.id, NOW, "")
    assert await storage.undos.remove(one.id, box.id, signal.id, NOW, "") is None
    assert await storage.collections.saved(box.id) == ()


async def test_what_is_unknown_cannot_be_saved(storage: Storage) -> None:
    one, signal = await add_subscriber(storage), await add_signal(storage)
    box = await storage.collections.default(one.id, NOW, "收藏")
    with pytest.raises(NotFound, match="signal 999"):
        await storage.collections.save(box.id, 999, NOW)
    with pytest.raises(NotFound, match="collection 999"):
        await storage.collections.save(999, signal.id, NOW)


async def test_saved_signals_come_newest_first_in_pages(storage: Storage) -> None:
    one = await add_subscriber(storage)
    box = await storage.collections.default(one.id, NOW, "收藏")
    made = [await add_signal(storage) for _ in range(5)]
    for place, signal in enumerate(made):
        await storage.collections.save(box.id, signal.id, NOW + minutes(place))

    pages = [await storage.collections.saved(box.id, 2, offset) for offset in (0, 2, 4, 6)]
    assert [kept.signal.id for page in pages for kept in page] == [
        signal.id for signal in made[::-1]
    ]
    (listed,) = await storage.collections.list(one.id)
    assert listed.count == 5


async def test_where_a_signal_is_saved(storage: Storage) -> None:
    one, other = await add_subscriber(storage, 1), await add_subscriber(storage, 2)
    signal, unsaved = await add_signal(storage), await add_signal(storage)
    first = await storage.collections.create(one.id, "a", NOW)
    second = await storage.collections.create(one.id, "b", NOW)
    theirs = await storage.collections.create(other.id, "c", NOW)
    for box in (second, first, theirs):
        await storage.collections.save(box.id, signal.id, NOW)
    asked = [signal.id, unsaved.id]
    assert await storage.collections.where_saved(one.id, asked) == {
        signal.id: [first.id, second.id]
    }


async def test_deleting_a_list_keeps_the_signals(storage: Storage) -> None:
    one, signal = await add_subscriber(storage), await add_signal(storage)
    box = await storage.collections.create(one.id, "论文", NOW)
    default = await storage.collections.default(one.id, NOW, "收藏")
    await storage.collections.save(box.id, signal.id, NOW)

    assert await storage.undos.delete(one.id, box.id, NOW)
    assert await storage.undos.delete(one.id, default.id, NOW) is None
    assert [found.id for found in await storage.collections.list(one.id)] == [default.id]
    assert await storage.signals.get(signal.id) == signal
