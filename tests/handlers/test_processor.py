import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from telegram import Chat, Message, Update

from handlers.processor import OrderedProcessor, time_waited
from tests.newsdesk import NOON


def update(chat: int) -> Update:
    return Update(1, message=Message(1, NOON, Chat(chat, "private")))


class Work:
    """Notes when pieces of work begin and end, and how many ran at once."""

    def __init__(self) -> None:
        self.noted: list[str] = []
        self.running = 0
        self.most = 0

    def piece(self, name: str, seconds: float = 0.0) -> Coroutine[Any, Any, None]:
        async def run() -> None:
            self.running += 1
            self.most = max(self.most, self.running)
            self.noted.append(f"{name}+")
            await asyncio.sleep(seconds)
            self.noted.append(f"{name}-")
            self.running -= 1

        return run()


@pytest.fixture
def work() -> Work:
    return Work()


async def run(processor: OrderedProcessor, *pieces: tuple[Any, Coroutine[Any, Any, None]]) -> None:
    async with asyncio.TaskGroup() as group:
        for about, piece in pieces:
            group.create_task(processor.process_update(about, piece))


async def test_one_chat_is_answered_in_order(work: Work):
    processor = OrderedProcessor()
    await run(
        processor,
        (update(1), work.piece("a", 0.03)),
        (update(1), work.piece("b", 0.01)),
        (update(1), work.piece("c")),
    )
    assert work.noted == ["a+", "a-", "b+", "b-", "c+", "c-"]
    assert processor.chats == 0


async def test_chats_do_not_wait_for_each_other(work: Work):
    await run(OrderedProcessor(), (update(1), work.piece("a", 0.03)), (update(2), work.piece("b")))
    assert work.noted == ["a+", "b+", "b-", "a-"]


async def test_a_bounded_number_runs_at_once(work: Work):
    processor = OrderedProcessor(in_flight=3)
    await run(processor, *[(update(n), work.piece(str(n), 0.005)) for n in range(20)])
    assert work.most == 3


async def test_one_chats_backlog_does_not_take_the_slots(work: Work):
    processor = OrderedProcessor(in_flight=2)
    backlog = [(update(1), work.piece(f"a{n}", 0.02)) for n in range(5)]
    await run(processor, *backlog, (update(2), work.piece("b")))
    assert work.noted.index("b-") < work.noted.index("a0-")


async def test_a_failure_frees_the_chat(work: Work):
    processor = OrderedProcessor(in_flight=1)

    async def fail() -> None:
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        await processor.process_update(update(1), fail())
    await processor.process_update(update(1), work.piece("a"))
    assert work.noted == ["a+", "a-"]
    assert processor.chats == 0


async def test_updates_of_no_chat_run_too(work: Work):
    make: Callable[..., object] = object
    await run(OrderedProcessor(), (make(), work.piece("a")), (Update(1), work.piece("b")))
    assert sorted(work.noted) == ["a+", "a-", "b+", "b-"]


async def test_work_knows_how_long_it_waited(work: Work):
    waits: list[float] = []

    async def note() -> None:
        waits.append(time_waited().total_seconds())

    await run(OrderedProcessor(), (update(1), work.piece("a", 0.05)), (update(1), note()))
    await run(OrderedProcessor(), (update(1), note()))
    assert waits[0] >= 0.04
    assert waits[1] < 0.02
