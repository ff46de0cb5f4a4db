from datetime import timedelta

from handlers.short_memory import ShortMemory
from tests.newsdesk import NOON


async def test_a_value_is_made_once_a_minute() -> None:
    memory, made = ShortMemory(), list[int]()

    async def make() -> int:
        made.append(len(made))
        return made[-1]

    async def ask(seconds: float, key: str = "a") -> int:
        return await memory.recall(key, NOON + timedelta(seconds=seconds), make)

    assert [await ask(0), await ask(59), await ask(60), await ask(61, "b")] == [0, 0, 1, 2]
    # A clock that was set back does not keep the old value for ever.
    assert await ask(-5) == 3


async def test_it_does_not_grow_for_ever() -> None:
    memory = ShortMemory()

    async def make() -> int:
        return 0

    for number in range(1000):
        await memory.recall(number, NOON, make)
    assert len(memory._known) <= 256
