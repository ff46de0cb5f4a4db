"""What is costly to find out is found out once, and anew when its time is over."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from bot.web.lasting import Lasting
from tests.bot.web.samples import NOW

MINUTE = timedelta(minutes=1)


class Question:
    def __init__(self) -> None:
        self.asked = 0

    async def find(self) -> int:
        self.asked += 1
        await asyncio.sleep(0)
        return self.asked


async def test_many_at_once_are_given_one_answer() -> None:
    lasting, question = Lasting[int](MINUTE), Question()
    found = await asyncio.gather(*(lasting.get(NOW, question.find) for _ in range(20)))
    assert found == [1] * 20


@pytest.mark.parametrize(
    ("later", "expected"),
    [(MINUTE - timedelta(microseconds=1), 1), (MINUTE, 2), (-timedelta(microseconds=1), 2)],
)
async def test_an_answer_holds_for_its_time(later: timedelta, expected: int) -> None:
    lasting, question = Lasting[int](MINUTE), Question()
    await lasting.get(NOW, question.find)
    assert await lasting.get(NOW + later, question.find) == expected


async def test_a_failure_is_nobodys_answer() -> None:
    lasting, question = Lasting[int](MINUTE), Question()

    async def fail() -> int:
        raise ConnectionError

    ways: list[Callable[[], Awaitable[int]]] = [fail, question.find]
    failed, found = await asyncio.gather(
        *(lasting.get(NOW, way) for way in ways), return_exceptions=True
    )
    assert isinstance(failed, ConnectionError)
    assert found == 1
