import asyncio

import pytest

from bot.jobs.pool import work_through


class Queue:
    """Things to claim, and how many were at work at once."""

    def __init__(self, things: list[int]) -> None:
        self.things = things
        self.inside = self.most = 0
        self.finished: list[int] = []

    async def claim(self, room: int) -> list[int]:
        taken, self.things = self.things[:room], self.things[room:]
        return taken

    async def work(self, thing: int) -> int:
        self.inside += 1
        self.most = max(self.most, self.inside)
        await asyncio.sleep(0.2 if thing == 0 else 0.001)
        self.inside -= 1
        self.finished.append(thing)
        return thing * 10


async def test_everything_is_done_with_bounded_company() -> None:
    queue = Queue(list(range(1, 30)))
    results = await work_through(queue.claim, queue.work, 4)
    assert sorted(results) == [number * 10 for number in range(1, 30)]
    assert queue.most == 4


async def test_a_slow_one_holds_up_nobody() -> None:
    queue = Queue(list(range(20)))
    await work_through(queue.claim, queue.work, 3)
    assert queue.finished[-1] == 0  # the slow one, started first, ended last


async def test_a_broken_one_ends_the_round_and_leaves_nothing_running() -> None:
    queue = Queue(list(range(5)))

    async def work(thing: int) -> int:
        if thing == 1:
            raise RuntimeError("bug")
        return await queue.work(thing)

    with pytest.raises(RuntimeError, match="bug"):
        await work_through(queue.claim, work, 2)
    assert queue.finished == []  # the slow one was stopped with it
