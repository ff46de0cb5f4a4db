from datetime import timedelta

import pytest

from digest.model import NameSeen
from storage import Storage, names
from tests.storage.making import NOW

HALDEN = NameSeen("Halden", "company", "哈尔登")
BARE = NameSeen("Halden", "", "")


async def test_a_name_is_known_from_three_articles_of_two_sources(storage: Storage) -> None:
    oak = NameSeen("青栎", "company")
    await storage.names.learn([oak, oak], 1, NOW)
    await storage.names.learn([oak], 1, NOW)
    await storage.names.learn([oak], 1, NOW)
    assert await storage.names.known() == ()  # one source may have its own way of writing
    await storage.names.learn([oak], 2, NOW)
    assert await storage.names.known() == (oak,)


async def test_a_pair_is_known_when_two_sources_give_the_same_one(storage: Storage) -> None:
    await storage.names.learn([HALDEN], 1, NOW)
    await storage.names.learn([HALDEN], 1, NOW)
    assert await storage.names.known() == ()
    await storage.names.learn([HALDEN], 2, NOW)
    assert await storage.names.known() == (HALDEN,)


async def test_an_unsure_pair_gives_way_and_a_sure_one_stays(storage: Storage) -> None:
    wrong = NameSeen("Halden", "company", "哈登")
    await storage.names.learn([wrong], 1, NOW)
    await storage.names.learn([HALDEN], 2, NOW)
    await storage.names.learn([HALDEN], 3, NOW)
    await storage.names.learn([wrong], 4, NOW)
    assert await storage.names.known() == (HALDEN,)


async def test_a_disputed_pair_is_not_given(storage: Storage) -> None:
    for number in range(4):
        await storage.names.learn([NameSeen("Halden", "company", f"哈{number}登")], number, NOW)
    assert await storage.names.known() == (NameSeen("Halden", "company"),)


async def test_the_kind_is_taken_from_whoever_tells_it_first(storage: Storage) -> None:
    await storage.names.learn([BARE], 1, NOW)
    await storage.names.learn([NameSeen("Halden", "company")], 2, NOW)
    await storage.names.learn([NameSeen("Halden", "product")], 3, NOW)
    assert await storage.names.known() == (NameSeen("Halden", "company"),)


async def test_what_nobody_wrote_for_long_is_forgotten(storage: Storage) -> None:
    old, month = NOW - timedelta(days=200), NOW - timedelta(days=40)
    for source in (1, 2):
        await storage.names.learn([HALDEN], source, month)
        await storage.names.learn([NameSeen("Old", "company", "老")], source, old)
    await storage.names.learn([NameSeen("Unsure", "company")], 1, month)
    gone = await storage.names.forget(NOW - timedelta(days=30), NOW - timedelta(days=180))
    assert gone == 2
    assert await storage.names.known() == (HALDEN,)


async def test_the_number_of_names_is_bounded(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(names, "MOST_KEPT", 2)
    for number in range(4):
        pair = NameSeen(f"Name {number}", "company", f"名{number}")
        for source in (1, 2):
            await storage.names.learn([pair], source, NOW + timedelta(minutes=number))
    await storage.names.forget(NOW - timedelta(days=30), NOW - timedelta(days=180))
    assert {one.text for one in await storage.names.known()} == {"Name 2", "Name 3"}


async def test_no_names_cost_nothing(storage: Storage) -> None:
    await storage.names.learn([], 1, NOW)
    assert await storage.names.known() == ()
