import asyncio
from datetime import datetime, timedelta

import pytest

from storage import Storage
from storage.acting import answering, repeatable
from storage.books import Begun, Updates
from tests.storage.making import NOW


async def test_an_update_is_kept_until_it_is_answered(storage: Storage) -> None:
    updates = storage.updates
    assert await updates.keep(7, '{"a": "你好"}', NOW)
    assert await updates.keep(5, "{}", NOW)
    assert not await updates.keep(7, "{}", NOW)
    assert await updates.unanswered() == ("{}", '{"a": "你好"}')
    begun = await updates.begin(7, NOW)
    assert begun is not None
    assert not begun.acted
    await updates.finish(7)
    assert await updates.unanswered() == ("{}",)
    assert await updates.begin(7, NOW) is None


async def test_what_was_not_kept_is_answered_once(storage: Storage) -> None:
    assert await storage.updates.begin(9, NOW) is not None
    assert await storage.updates.begin(9, NOW) is None


async def test_an_update_that_kills_us_is_tried_three_times(storage: Storage) -> None:
    await storage.updates.keep(3, "{}", NOW)
    tries = [await Updates(storage.database).begin(3, NOW) is not None for _ in range(4)]
    assert await storage.updates.begin(3, NOW) is not None  # the process that wrote it down
    assert tries == [True, True, False, False]


async def test_many_that_end_at_once_are_all_noted(storage: Storage) -> None:
    for number in range(20):
        await storage.updates.keep(number, "{}", NOW)
    await asyncio.gather(*(storage.updates.finish(number) for number in range(19)))
    assert len(await storage.updates.unanswered()) == 1


async def test_a_change_and_its_note_are_one(storage: Storage) -> None:
    await storage.updates.keep(1, "{}", NOW)
    await storage.updates.begin(1, NOW)
    with answering(1), repeatable():
        await storage.meta.set("harmless", "x")
    with answering(1):
        with pytest.raises(RuntimeError, match="on purpose"):
            async with storage.database.write():
                raise RuntimeError("on purpose")
        assert await _acted(storage, 1) is False
        await storage.meta.set("key", "value")
    assert await _acted(storage, 1) is True


async def _acted(storage: Storage, update_id: int) -> bool:
    from sqlalchemy import select

    from storage.schema import updates

    async with storage.database.read() as connection:
        query = select(updates.c.acted).where(updates.c.update_id == update_id)
        return bool(await connection.scalar(query))


async def test_old_ones_are_forgotten_answered_or_not(storage: Storage) -> None:
    await storage.updates.keep(1, "{}", NOW)
    assert await storage.updates.forget_before(NOW + timedelta(days=1)) == 1
    assert await storage.updates.unanswered() == ()


async def test_those_that_begin_at_once_share_a_transaction_and_none_is_begun_twice(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    transactions = []
    plain = storage.database.write

    def counted() -> object:
        transactions.append(1)
        return plain()

    await storage.updates.keep(5, "{}", NOW, for_another=True)
    await storage.updates.finish(5)
    monkeypatch.setattr(storage.database, "write", counted)
    asked = (1, 2, 3, 2, 4, 5, 2)
    begun = await asyncio.gather(*(storage.updates.begin(one, NOW) for one in asked))
    assert [one is not None for one in begun] == [True, True, True, False, True, False, False]
    assert len(transactions) <= 4  # alone the first, together the rest, two for those named again
    monkeypatch.undo()
    assert await storage.updates.begin(1, NOW) is None


async def test_who_gave_up_keeps_nobody_from_beginning(storage: Storage) -> None:
    async def soon(update_id: int, at: datetime) -> asyncio.Task[Begun | None]:
        begun = asyncio.create_task(storage.updates.begin(update_id, at))
        await asyncio.sleep(0)
        return begun

    await storage.updates.keep(9, "{}", NOW, for_another=True)
    others = await soon(8, NOW)
    await asyncio.sleep(0)
    gone = await soon(9, NOW)
    gone.cancel()
    await asyncio.wait([gone])
    asked = [await soon(9, NOW + timedelta(seconds=1)), others]  # beside the one who is gone
    assert [one is not None for one in await asyncio.gather(*asked)] == [True, True]


async def test_when_the_tries_of_some_cannot_be_noted_all_of_them_are_told(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> object:
        raise OSError("no disk")

    monkeypatch.setattr(storage.database, "write", broken)
    asked = [storage.updates.begin(one, NOW) for one in (1, 2)]
    told = await asyncio.gather(*asked, return_exceptions=True)
    assert [str(one) for one in told] == ["no disk", "no disk"]
    monkeypatch.undo()
    assert await storage.updates.begin(1, NOW) is not None


async def test_what_comes_together_is_kept_together(storage: Storage) -> None:
    updates = storage.updates
    assert await updates.keep_all({}, NOW) == set()
    assert await updates.keep(6, '{"n": 6}', NOW)
    several = {7: '{"n": 7}', 6: '{"n": 66}', 5: '{"n": 5}'}
    assert await updates.keep_all(several, NOW) == {5, 7}
    assert await updates.unanswered() == ('{"n": 5}', '{"n": 6}', '{"n": 7}')
    assert await updates.begin(7, NOW)
    await updates.finish(7)
    assert await updates.keep_all(several, NOW) == set()
    assert await updates.unanswered() == ('{"n": 5}', '{"n": 6}')
