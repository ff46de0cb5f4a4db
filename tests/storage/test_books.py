import asyncio
from datetime import timedelta

from storage import Storage
from tests.storage.making import NOW, minutes


async def test_an_update_is_new_once(storage: Storage) -> None:
    results = await asyncio.gather(*(storage.updates.first_time(2**40, NOW) for _ in range(6)))
    assert sorted(results) == [False] * 5 + [True]
    assert await storage.updates.first_time(1, NOW)


async def test_old_updates_are_forgotten(storage: Storage) -> None:
    await storage.updates.first_time(1, NOW - timedelta(days=3))
    await storage.updates.first_time(2, NOW)
    assert await storage.updates.forget_before(NOW - timedelta(days=2)) == 1
    assert await storage.updates.first_time(1, NOW)
    assert not await storage.updates.first_time(2, NOW)


async def test_notes_are_replaced(storage: Storage) -> None:
    assert await storage.meta.get("offset") is None
    await storage.meta.set("offset", "1")
    await storage.meta.set("offset", "二")
    assert await storage.meta.get("offset") == "二"


async def test_the_books_of_acts_are_paged_from_the_newest(storage: Storage) -> None:
    for number in range(5):
        before = {"score": number} if number else None
        await storage.audit.record(
            "admin:7",
            "signal.edit",
            f"signal:{number}",
            before,
            ["新", None],
            NOW + minutes(number),
        )
    page = await storage.audit.list(limit=3)
    assert [entry.target for entry in page] == ["signal:4", "signal:3", "signal:2"]
    rest = await storage.audit.list(limit=3, before=page[-1].id)
    assert [entry.target for entry in rest] == ["signal:1", "signal:0"]
    last = rest[-1]
    assert (last.actor, last.act, last.at) == ("admin:7", "signal.edit", NOW)
    assert (last.before, last.after) == (None, ["新", None])
