import asyncio
from datetime import timedelta

from storage import Storage
from tests.storage.making import NOW, minutes


async def test_an_invitation_lets_in_as_many_as_it_says(storage: Storage) -> None:
    code = await storage.guests.invite(9, 2, NOW)
    assert await storage.guests.redeem(code, 1, NOW + minutes(1))
    assert await storage.guests.redeem(code, 2, NOW + minutes(2))
    assert not await storage.guests.redeem(code, 3, NOW + minutes(3))
    assert await storage.guests.any_of({1})
    assert await storage.guests.any_of({3, 2})
    assert not await storage.guests.any_of({3})
    assert not await storage.guests.any_of(set())


async def test_an_invitation_runs_out(storage: Storage) -> None:
    code = await storage.guests.invite(9, 5, NOW)
    assert not await storage.guests.redeem(code, 1, NOW + timedelta(days=14))
    assert not await storage.guests.redeem("nonsense", 1, NOW)


async def test_the_last_use_is_had_by_one(storage: Storage) -> None:
    code = await storage.guests.invite(9, 1, NOW)
    taken = await asyncio.gather(*(storage.guests.redeem(code, one, NOW) for one in range(5)))
    assert sorted(taken) == [False] * 4 + [True]


async def test_a_guest_stays_one_when_the_group_moves(storage: Storage) -> None:
    await storage.guests.let_in(-5, NOW)
    await storage.guests.let_in(-5, NOW)
    for _ in range(2):
        await storage.subscribers.migrate_chat(-5, -1005)
    assert await storage.guests.any_of({-1005})
    assert not await storage.guests.any_of({-5})
