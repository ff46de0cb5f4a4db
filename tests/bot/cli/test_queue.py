"""`hexin queue …`."""

import asyncio

import pytest

from digest.model import SignalState
from digest.policy import Hold, Reason
from storage import Storage
from tests.bot.cli.hexin import Hexin
from tests.newsdesk import Newsdesk


@pytest.fixture
def waiting(migrated: Hexin) -> list[int]:
    """Three signals that wait: 55, 72 and 90 points."""
    hexin = migrated

    async def fill() -> list[int]:
        storage = await Storage.open(f"sqlite:///{hexin.database}")
        try:
            desk = Newsdesk(storage)
            return [
                (
                    await desk.publish(
                        f"第 {total} 号", state=SignalState.HELD, hold=Hold("default"), total=total
                    )
                ).id
                for total in (55, 72, 90)
            ]
        finally:
            await storage.close()

    return asyncio.run(fill())


def states(hexin: Hexin) -> list[str]:
    async def ask() -> list[str]:
        storage = await Storage.open(f"sqlite:///{hexin.database}")
        try:
            found = await storage.signals.get_many([1, 2, 3])
            reasons = [await storage.queue.rejected_for(one.id) for one in found]
            return [f"{one.state}{why or ''}" for one, why in zip(found, reasons, strict=True)]
        finally:
            await storage.close()

    return asyncio.run(ask())


def test_the_queue_is_listed_and_narrowed(hexin: Hexin, waiting: list[int]) -> None:
    listed = hexin("queue", "list").stdout
    assert "待审 3 条" in listed
    assert all(f"第 {total} 号" in listed for total in (55, 72, 90))
    narrowed = hexin("queue", "list", "--filter", "评分>70").stdout
    assert "待审 2 条" in narrowed
    assert "第 55 号" not in narrowed
    wrong = hexin("queue", "list", "-f", "栏目:园艺")
    assert wrong.exit_code == 1
    assert "没看懂：园艺" in wrong.stderr
    assert len(waiting) == 3


def test_a_filter_approves_after_a_question(hexin: Hexin, waiting: list[int]) -> None:
    done = hexin("queue", "approve", "-f", "评分>70", "--yes")
    assert done.stdout.splitlines()[:2] == ["2\t72 分\t第 72 号", "3\t90 分\t第 90 号"]
    assert "已通过 2 条，撤销：/undo " in done.stdout
    assert states(hexin) == ["held", "live", "live"]
    assert waiting == [1, 2, 3]


def test_numbers_are_rejected_for_a_reason(hexin: Hexin, waiting: list[int]) -> None:
    done = hexin("queue", "reject", str(waiting[0]), "--reason", "advert", "-y")
    assert "已拒绝 1 条" in done.stdout
    assert states(hexin) == [f"rejected{Reason.ADVERT}", "held", "held"]
    gone = hexin("queue", "reject", "1", "-y")
    assert gone.exit_code == 1
    assert "不在待审之列：1" in gone.stderr


def test_nothing_is_decided_without_saying_what(hexin: Hexin, waiting: list[int]) -> None:
    assert hexin("queue", "approve", "-y").exit_code == 1
    assert states(hexin) == ["held"] * len(waiting)
