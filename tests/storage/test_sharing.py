import pytest

from digest.model import SavedSort, SignalState
from storage import Storage
from tests.storage.making import NOW, add_signal, add_subscriber, draft, minutes


async def test_a_shared_list_is_found_by_its_key_until_it_is_revoked(storage: Storage) -> None:
    one, other = await add_subscriber(storage, 1), await add_subscriber(storage, 2)
    box = await storage.collections.create(one.id, "论文", NOW)
    assert await storage.collections.shared("") is None

    key = await storage.collections.share(one.id, box.id)
    assert key is not None
    assert len(key) == 32
    assert await storage.collections.share(one.id, box.id) == key
    found = await storage.collections.shared(key)
    assert found is not None
    assert (found.id, found.share_key, found.share_notes) == (box.id, key, False)
    assert await storage.collections.shared(key[:-1]) is None
    assert await storage.collections.shared(key.swapcase()) is None

    assert not await storage.collections.revoke(other.id, box.id)
    assert await storage.collections.revoke(one.id, box.id)
    assert not await storage.collections.revoke(one.id, box.id)
    assert await storage.collections.shared(key) is None
    again = await storage.collections.share(one.id, box.id)
    assert again not in {None, key}


async def test_nobody_shares_the_lists_of_others(storage: Storage) -> None:
    one, other = await add_subscriber(storage, 1), await add_subscriber(storage, 2)
    box = await storage.collections.create(one.id, "论文", NOW)
    assert await storage.collections.share(other.id, box.id) is None
    assert not await storage.collections.set_share_notes(other.id, box.id, share_notes=True)
    found = await storage.collections.get(one.id, box.id)
    assert found is not None
    assert (found.share_key, found.share_notes) == ("", False)


async def test_notes_are_shared_only_when_their_owner_says_so(storage: Storage) -> None:
    one = await add_subscriber(storage)
    box = await storage.collections.create(one.id, "论文", NOW)
    key = await storage.collections.share(one.id, box.id) or ""
    for wanted in (True, False):
        assert await storage.collections.set_share_notes(one.id, box.id, share_notes=wanted)
        found = await storage.collections.shared(key)
        assert found is not None
        assert found.share_notes is wanted


async def test_what_was_withdrawn_is_kept_from_others_only(storage: Storage) -> None:
    one = await add_subscriber(storage)
    box = await storage.collections.default(one.id, NOW, "收藏")
    live = await add_signal(storage)
    held = await add_signal(storage, state=SignalState.REJECTED)
    for signal in (live, held):
        await storage.collections.save(box.id, signal.id, NOW)
    assert await storage.collections.count(box.id) == 2
    assert await storage.collections.count(box.id, live_only=True) == 1
    for sort in SavedSort:
        mine = await storage.collections.saved(box.id, sort=sort)
        theirs = await storage.collections.saved(box.id, sort=sort, live_only=True)
        assert {kept.signal.id for kept in mine} == {live.id, held.id}
        assert [kept.signal.id for kept in theirs] == [live.id]


async def test_lists_keep_the_order_they_are_given(storage: Storage) -> None:
    one, other = await add_subscriber(storage, 1), await add_subscriber(storage, 2)
    a, b, c = [await storage.collections.create(one.id, name, NOW) for name in "abc"]
    theirs = await storage.collections.create(other.id, "x", NOW)

    async def names() -> str:
        return "".join(box.name for box in await storage.collections.list(one.id))

    default = await storage.collections.default(one.id, NOW, "*")
    assert await names() == "*abc"
    assert await storage.collections.move(one.id, c.id, -1)
    assert await names() == "*acb"
    assert await storage.collections.move(one.id, default.id, 2)
    assert await names() == "ac*b"
    assert not await storage.collections.move(one.id, a.id, -1)
    assert not await storage.collections.move(one.id, b.id, 99)
    assert not await storage.collections.move(one.id, theirs.id, 1)
    assert await names() == "ac*b"
    await storage.collections.create(one.id, "d", NOW)
    assert await names() == "ac*bd"


async def test_another_list_becomes_the_default_one(storage: Storage) -> None:
    one, other = await add_subscriber(storage, 1), await add_subscriber(storage, 2)
    default = await storage.collections.default(one.id, NOW, "收藏")
    box = await storage.collections.create(one.id, "论文", NOW)
    theirs = await storage.collections.create(other.id, "x", NOW)

    assert not await storage.collections.make_default(one.id, theirs.id)
    assert (await storage.collections.default(one.id, NOW, "收藏")).id == default.id
    assert await storage.collections.make_default(one.id, box.id)
    assert await storage.collections.make_default(one.id, box.id)
    assert (await storage.collections.default(one.id, NOW, "收藏")).id == box.id
    assert [found.is_default for found in await storage.collections.list(one.id)] == [False, True]


@pytest.mark.parametrize(
    ("sort", "order"), [("saved", [2, 0, 1]), ("score", [1, 0, 2]), ("date", [0, 2, 1])]
)
async def test_a_list_is_shown_in_the_order_chosen(
    storage: Storage, sort: str, order: list[int]
) -> None:
    one = await add_subscriber(storage)
    box = await storage.collections.default(one.id, NOW, "收藏")
    wanted = SavedSort(sort)
    made = [
        await add_signal(
            storage, name := f"s{age}", made=draft(name, points=score, at=NOW - minutes(age))
        )
        for score, age in ((70, 1), (90, 9), (50, 5))
    ]
    for signal, minute in zip(made, (2, 1, 3), strict=True):
        await storage.collections.save(box.id, signal.id, NOW + minutes(minute))
    assert await storage.collections.set_sort(one.id, box.id, wanted)
    kept = await storage.collections.get(one.id, box.id)
    assert kept is not None
    assert kept.sort is wanted
    shown = await storage.collections.saved(box.id, sort=kept.sort)
    assert [one.signal.id for one in shown] == [made[place].id for place in order]


async def test_a_note_is_written_changed_and_taken_away(storage: Storage) -> None:
    one, signal = await add_subscriber(storage), await add_signal(storage)
    box = await storage.collections.default(one.id, NOW, "收藏")
    assert not await storage.collections.annotate(box.id, signal.id, "没有存")
    assert await storage.collections.one_saved(box.id, signal.id) is None
    await storage.collections.save(box.id, signal.id, NOW)
    for note in ("要细读 😀", "读完了", ""):
        assert await storage.collections.annotate(box.id, signal.id, note)
        kept = await storage.collections.one_saved(box.id, signal.id)
        assert kept is not None
        assert kept.note == note
