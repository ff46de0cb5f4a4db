from dataclasses import replace
from datetime import timedelta

import pytest

from digest.model import Collection, Rule, Subscriber, UndoAct
from storage import Storage
from storage.collections import MOST_COLLECTIONS, MOST_SAVED
from storage.undos import Incoming, Kept, merged_notes
from tests.storage.making import NOW, add_signal, add_subscriber, minutes

LONG_AGO = NOW - timedelta(days=7)


async def state(storage: Storage, reader: Subscriber) -> dict[str, dict[int, str]]:
    """What the reader has: notes by signal, by the name of the list (* for the default one)."""
    found: dict[str, dict[int, str]] = {}
    for box in await storage.collections.list(reader.id):
        kept = await storage.collections.saved(box.id, 5000)
        found[f"{box.name}*" if box.is_default else box.name] = {
            one.signal.id: one.note for one in kept
        }
    return found


async def two_lists(storage: Storage) -> tuple[Subscriber, Collection, Collection]:
    reader = await add_subscriber(storage)
    first = await storage.collections.default(reader.id, NOW, "一")
    return reader, first, await storage.collections.create(reader.id, "二", NOW)


async def test_a_removed_signal_comes_back_as_it_was(storage: Storage) -> None:
    reader, box, _ = await two_lists(storage)
    other = await add_subscriber(storage, 2)
    signal = await add_signal(storage)
    await storage.collections.save(box.id, signal.id, NOW, "备注 😀")
    before = await storage.collections.one_saved(box.id, signal.id)

    assert await storage.undos.remove(other.id, box.id, signal.id, NOW, "x") is None
    number = await storage.undos.remove(reader.id, box.id, signal.id, NOW, "标题")
    assert number is not None
    assert await storage.undos.remove(reader.id, box.id, signal.id, NOW, "标题") is None
    assert await storage.collections.saved(box.id) == ()

    (listed,) = await storage.undos.list(reader.id, LONG_AGO)
    assert (listed.id, listed.act, listed.title, listed.count) == (
        number,
        UndoAct.REMOVE,
        "标题",
        1,
    )
    assert await storage.undos.undo(other.id, number, LONG_AGO) is None
    undone = await storage.undos.undo(reader.id, number, LONG_AGO)
    assert undone == replace(listed, collection_id=box.id)
    assert await storage.collections.one_saved(box.id, signal.id) == before
    assert await storage.undos.undo(reader.id, number, LONG_AGO) is None
    assert await storage.undos.list(reader.id, LONG_AGO) == ()


async def test_a_deleted_list_comes_back_as_it_was(storage: Storage) -> None:
    reader, default, box = await two_lists(storage)
    signals = [await add_signal(storage) for _ in range(3)]
    for place, signal in enumerate(signals):
        await storage.collections.save(box.id, signal.id, NOW + minutes(place), f"n{place}")
    await storage.collections.share(reader.id, box.id)
    await storage.rules.set(reader.id, Rule(box.id, ("芯片",)), NOW)
    before = await storage.collections.get(reader.id, box.id)
    contents = await storage.collections.saved(box.id)

    assert await storage.undos.delete(reader.id, default.id, NOW) is None
    number = await storage.undos.delete(reader.id, box.id, NOW)
    assert number is not None
    assert await storage.collections.get(reader.id, box.id) is None
    assert before is not None
    assert await storage.collections.shared(before.share_key) is None
    assert await storage.rules.active() == ()
    assert (await storage.undos.list(reader.id, LONG_AGO))[0].count == 3

    assert await storage.undos.undo(reader.id, number, LONG_AGO)
    assert await storage.collections.get(reader.id, box.id) == before
    assert await storage.collections.saved(box.id) == contents
    assert await storage.collections.shared(before.share_key) == before
    (rule,) = await storage.rules.active()
    assert (rule.collection_id, rule.words) == (box.id, ("芯片",))


async def test_a_name_that_was_given_away_is_told_apart(storage: Storage) -> None:
    reader, _, box = await two_lists(storage)
    number = await storage.undos.delete(reader.id, box.id, NOW) or 0
    await storage.collections.create(reader.id, "二", NOW)
    await storage.collections.create(reader.id, "二 2", NOW)
    assert await storage.undos.undo(reader.id, number, LONG_AGO)
    found = await storage.collections.get(reader.id, box.id)
    assert found is not None
    assert found.name == "二 3"


async def test_what_is_too_old_does_not_come_back(storage: Storage) -> None:
    reader, _, box = await two_lists(storage)
    signal = await add_signal(storage)
    await storage.collections.save(box.id, signal.id, NOW)
    number = await storage.undos.delete(reader.id, box.id, NOW) or 0
    later = NOW + minutes(1)
    assert await storage.undos.list(reader.id, later) == ()
    assert await storage.undos.undo(reader.id, number, later) is None
    assert await storage.undos.forget_before(NOW) == 0
    assert await storage.undos.forget_before(later) == 1
    assert await storage.undos.undo(reader.id, number, LONG_AGO) is None


async def test_merging_keeps_both_notes_and_each_signal_once(storage: Storage) -> None:
    reader, first, second = await two_lists(storage)
    a, b, c = [(await add_signal(storage)).id for _ in range(3)]
    await storage.collections.save(first.id, a, NOW, "甲")
    await storage.collections.save(first.id, b, NOW + minutes(5), "乙")
    await storage.collections.save(second.id, b, NOW, "丙")
    await storage.collections.save(second.id, c, NOW)
    before = await state(storage, reader)

    number = await storage.undos.merge(reader.id, second.id, first.id, NOW)
    assert number is not None
    assert await state(storage, reader) == {"一*": {b: "乙\n丙", a: "甲", c: ""}}
    kept = await storage.collections.one_saved(first.id, b)
    assert kept is not None
    assert kept.saved_at == NOW + minutes(5)

    assert await storage.undos.undo(reader.id, number, LONG_AGO)
    assert await state(storage, reader) == before


async def test_merging_the_default_list_away_moves_its_rank_and_rule(storage: Storage) -> None:
    reader, first, second = await two_lists(storage)
    await storage.rules.set(reader.id, Rule(first.id, ("芯片",)), NOW)
    number = await storage.undos.merge(reader.id, first.id, second.id, NOW) or 0
    assert await state(storage, reader) == {"二*": {}}
    assert [rule.collection_id for rule in await storage.rules.active()] == [second.id]
    assert await storage.undos.undo(reader.id, number, LONG_AGO)
    assert await state(storage, reader) == {"一*": {}, "二": {}}
    assert [rule.collection_id for rule in await storage.rules.active()] == [first.id]


async def test_a_target_keeps_its_own_rule(storage: Storage) -> None:
    reader, first, second = await two_lists(storage)
    await storage.rules.set(reader.id, Rule(first.id, ("芯片",)), NOW)
    await storage.rules.set(reader.id, Rule(second.id, ("能源",)), NOW)
    number = await storage.undos.merge(reader.id, first.id, second.id, NOW) or 0
    assert [rule.words for rule in await storage.rules.active()] == [("能源",)]
    assert await storage.undos.undo(reader.id, number, LONG_AGO)
    assert {rule.words for rule in await storage.rules.active()} == {("芯片",), ("能源",)}


async def test_nobody_merges_with_the_lists_of_others(storage: Storage) -> None:
    reader, first, second = await two_lists(storage)
    other = await add_subscriber(storage, 2)
    theirs = await storage.collections.create(other.id, "别人", NOW)
    for source, target in (
        (first.id, theirs.id),
        (theirs.id, first.id),
        (first.id, first.id),
        (first.id, 10**9),
    ):
        assert await storage.undos.merge(reader.id, source, target, NOW) is None
    assert await storage.undos.delete(reader.id, theirs.id, NOW) is None
    assert len(await storage.collections.list(reader.id)) == 2
    assert await storage.collections.get(other.id, theirs.id) == theirs
    assert second.count == 0


async def test_an_import_is_merged_and_taken_back_whole(storage: Storage) -> None:
    reader, first, _ = await two_lists(storage)
    a, b, c = [(await add_signal(storage)).id for _ in range(3)]
    await storage.collections.save(first.id, a, NOW, "甲")
    before = await state(storage, reader)
    incoming = [
        Incoming("一", (Kept(a, "乙", NOW), Kept(b, "", NOW), Kept(b, "丁", NOW))),
        Incoming("新", (Kept(c, "丙", NOW),)),
    ]
    brought = await storage.undos.bring(reader.id, UndoAct.IMPORT, "f.json", incoming, NOW)
    assert (brought.new, brought.present, brought.left) == (2, 1, 0)
    assert await state(storage, reader) == {
        "一*": {a: "甲\n乙", b: "丁"},
        "二": {},
        "新": {c: "丙"},
    }
    again = await storage.undos.bring(reader.id, UndoAct.IMPORT, "f.json", incoming, NOW)
    assert (again.new, again.present) == (0, 3)
    assert await storage.undos.undo(reader.id, again.undo_id, LONG_AGO)
    assert await storage.undos.undo(reader.id, brought.undo_id, LONG_AGO)
    assert await state(storage, reader) == before


async def test_a_list_that_an_import_made_stays_when_it_was_used_since(storage: Storage) -> None:
    reader, _, _ = await two_lists(storage)
    a, b = [(await add_signal(storage)).id for _ in range(2)]
    incoming = [Incoming("新", (Kept(a, "", NOW),))]
    brought = await storage.undos.bring(reader.id, UndoAct.IMPORT, "f", incoming, NOW)
    await storage.collections.save(brought.collection_ids[0], b, NOW)
    assert await storage.undos.undo(reader.id, brought.undo_id, LONG_AGO)
    assert (await state(storage, reader))["新"] == {b: ""}


async def test_an_import_stops_at_the_limits(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.undos.MOST_SAVED", 2)
    monkeypatch.setattr("storage.undos.MOST_COLLECTIONS", 3)
    assert (MOST_SAVED, MOST_COLLECTIONS) == (2000, 30)
    reader, first, second = await two_lists(storage)
    a, b, c = [(await add_signal(storage)).id for _ in range(3)]
    await storage.collections.save(first.id, a, NOW)
    incoming = [
        Incoming("一", (Kept(a, "", NOW), Kept(b, "", NOW), Kept(c, "", NOW))),
        Incoming("三", (Kept(a, "", NOW),)),
        Incoming("四", (Kept(a, "", NOW), Kept(b, "", NOW))),
    ]
    brought = await storage.undos.bring(reader.id, UndoAct.IMPORT, "f", incoming, NOW)
    assert (brought.new, brought.present, brought.left) == (2, 1, 3)
    for signal in (a, c):
        await storage.collections.save(second.id, signal, NOW)
    assert await storage.undos.merge(reader.id, second.id, first.id, NOW) is None


@pytest.mark.parametrize(
    ("first", "second", "both"),
    [
        ("", "", ""),
        ("甲", "", "甲"),
        ("", "乙", "乙"),
        ("甲", "甲", "甲"),
        ("甲", "甲乙", "甲乙"),
        ("甲乙", "乙", "甲乙"),
        ("甲", "乙", "甲\n乙"),
    ],
)
def test_two_notes_become_one(first: str, second: str, both: str) -> None:
    assert merged_notes(first, second) == both
