"""Questions put together are answered as each would have been alone."""

import asyncio
from collections.abc import Sequence

import pytest

from digest.model import ChatKind, Lang
from storage import Storage
from storage.together import Together
from tests.storage.making import NOW, add_signal, add_subscriber


class Looks:
    """Answers keys by the number of the look; each ends when it is let go."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, ...]] = []
        self.may_end = asyncio.Event()
        self.error: Exception | None = None

    async def look(self, keys: Sequence[str]) -> dict[str, str]:
        self.asked.append(tuple(keys))
        number = len(self.asked)
        await self.may_end.wait()
        if self.error is not None:
            raise self.error
        return {key: f"{key}{number}" for key in keys if key != "nobody"}


async def _ask(together: Together[str, str], *keys: str) -> list[asyncio.Task[str | None]]:
    tasks = [asyncio.create_task(together.ask(key)) for key in keys]
    for _ in range(3):
        await asyncio.sleep(0)
    return tasks


async def test_a_look_answers_only_those_who_asked_before_it_began() -> None:
    looks = Looks()
    together = Together(looks.look)
    first = await _ask(together, "a")
    late = await _ask(together, "a", "b", "a", "nobody")
    assert looks.asked == [("a",)]
    looks.may_end.set()
    assert await asyncio.gather(*first, *late) == ["a1", "a2", "b2", "a2", None]
    assert looks.asked == [("a",), ("a", "b", "nobody")]
    assert await together.ask("a") == "a3"


async def test_who_is_cancelled_takes_nothing_from_the_others() -> None:
    looks = Looks()
    together = Together(looks.look)
    one, two = await _ask(together, "a", "a")
    one.cancel()
    looks.may_end.set()
    assert await two == "a1"


async def test_a_failure_is_told_to_each_and_does_not_last() -> None:
    looks = Looks()
    together = Together(looks.look)
    one, two = await _ask(together, "a", "b")
    looks.error = OSError("gone")
    looks.may_end.set()
    for task in (one, two):
        with pytest.raises(OSError, match="gone"):
            await task
    looks.error = None
    assert await together.ask("a") == "a2"


async def test_readers_who_ask_at_a_time_are_told_of_themselves(storage: Storage) -> None:
    group = [
        (await storage.subscribers.enter(-5, topic, ChatKind.GROUP, "", Lang.EN, NOW))[0]
        for topic in (0, 7, 8)
    ]
    alone = await add_subscriber(storage, 70)
    await storage.weights.put(alone.id, "source", "3", 2, NOW)
    places = [(-5, 7), (70, 0), (-5, 0), (70, 7), (71, 0), (-5, 7)]
    found = await asyncio.gather(*(storage.subscribers.by_chat(*place) for place in places))
    assert [one and (one.chat_id, one.thread_id) for one in found] == [
        (-5, 7),
        (70, 0),
        (-5, 0),
        None,
        None,
        (-5, 7),
    ]
    assert found[0] == await storage.subscribers.get(group[1].id)
    assert found[1] is not None
    assert found[1].subscription.wishes.weights == (("source:3", 2),)


async def test_each_is_told_of_its_own_lists(storage: Storage) -> None:
    one, two = [(await add_subscriber(storage, chat)).id for chat in (70, 71)]
    first, second = [(await add_signal(storage)).id for _ in range(2)]
    mine = await storage.collections.default(one, NOW, "Mine")
    other = await storage.collections.create(one, "Other", NOW)
    theirs = await storage.collections.default(two, NOW, "Theirs")
    for collection, signal in ((other, first), (mine, first), (mine, second), (theirs, second)):
        await storage.collections.save(collection.id, signal, NOW)
    asked = [(one, [first, second]), (two, [first, second]), (one, [second]), (99, [first])]
    found = await asyncio.gather(
        *(storage.collections.where_saved(reader, signals) for reader, signals in asked)
    )
    assert found == [
        {first: [mine.id, other.id], second: [mine.id]},
        {second: [theirs.id]},
        {second: [mine.id]},
        {},
    ]
