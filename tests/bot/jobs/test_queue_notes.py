"""What the staff is told of the queue: each morning once, and when it grows long."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from telegram.error import Forbidden, TimedOut

from bot.jobs import queue
from bot.jobs.queue import QueueTeller
from digest.model import Lang, SignalState
from digest.policy import Fall, Hold
from handlers.staff import Place
from tests.bot.jobs.desk import Desk
from tests.newsdesk import NOON

MORNING = NOON - timedelta(hours=3)  # 9:00 in Shanghai
GROUP = Place(-100, 7, Lang.ZH)
ALEX = Place(5, 0, Lang.EN)


class Wire:
    """Stands where Telegram is: keeps what was sent, or refuses it."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self.refusal: Exception | None = None

    async def send_message(self, chat_id: int, text: str, **more: Any) -> None:
        if self.refusal is not None:
            raise self.refusal
        self.sent.append({"chat": chat_id, "text": text, **more})


def teller(desk: Desk, wire: Wire, *places: Place) -> QueueTeller:
    async def ask() -> Sequence[Place]:
        return places

    return QueueTeller(
        desk.storage,
        wire,
        places=ask,
        zone="Asia/Shanghai",
        clock=desk.time,  # type: ignore[arg-type]  # the wire of a bot
    )


async def hold(desk: Desk, title: str, hours: float, fall: Hold) -> None:
    at = MORNING - timedelta(hours=hours)
    await desk.news.publish(title, at=at, state=SignalState.HELD, hold=fall)


async def test_every_place_is_told_once_a_morning_in_its_language(desk: Desk) -> None:
    wire = Wire()
    tonight = MORNING + timedelta(hours=8)
    await hold(desk, "最早的<一条>", 50, Hold("default"))
    await hold(desk, "会发布", 3, Hold("default", None, Fall.PUBLISH, 0, tonight))
    await hold(desk, "会拒绝", 2, Hold("default", None, Fall.REJECT, 0, tonight))
    await hold(desk, "明天", 1, Hold("default", None, Fall.REJECT, 0, tonight + timedelta(days=1)))
    desk.time.now = MORNING - timedelta(minutes=1)
    work = teller(desk, wire, GROUP, ALEX)
    assert await work.run_due() == 0
    desk.time.now = MORNING
    assert await work.run_due() == 2
    assert await work.run_due() == 0
    assert await teller(desk, wire, GROUP, ALEX).run_due() == 0  # nor after a restart
    zh, en = wire.sent
    assert (zh["chat"], zh["message_thread_id"], en["message_thread_id"]) == (-100, 7, None)
    assert zh["text"] == (
        "🗂 <b>待审 4 条</b>\n最久的等了 2 天：最早的&lt;一条&gt;\n"
        "今天没人审就会发布：1 条\n今天没人审就会拒绝：1 条"
    )
    assert en["text"].startswith("🗂 <b>4 signals wait for review</b>")
    desk.time.pass_(days=1)
    assert await work.run_due() == 2


async def test_an_empty_queue_is_no_news(desk: Desk) -> None:
    wire = Wire()
    desk.time.now = MORNING
    work = teller(desk, wire, GROUP)
    assert await work.run_due() == 0
    await hold(desk, "后来的", 0, Hold("default"))
    desk.time.pass_(hours=1)
    assert await work.run_due() == 0
    assert wire.sent == []


async def test_what_telegram_refused_for_the_moment_is_tried_again(desk: Desk) -> None:
    wire = Wire()
    await hold(desk, "一条", 1, Hold("default"))
    desk.time.now = MORNING
    work = teller(desk, wire, GROUP)
    wire.refusal = TimedOut()
    assert await work.run_due() == 0
    wire.refusal = None
    assert await work.run_due() == 1
    desk.time.pass_(days=1)
    wire.refusal = Forbidden("bot was kicked")
    assert await work.run_due() == 0
    wire.refusal = None
    assert await work.run_due() == 0  # until tomorrow


async def test_a_long_queue_is_told_of_once_until_it_was_short_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "MANY", 3)
    wire = Wire()
    desk.time.now = NOON + timedelta(hours=5)
    work = teller(desk, wire, GROUP)
    for number in range(2):
        await hold(desk, f"第 {number} 条", 1, Hold("default"))
    assert await work.run_due() == 0
    await hold(desk, "第三条", 1, Hold("default"))
    assert await work.run_due() == 1
    assert "待审已经积了 3 条" in wire.sent[0]["text"]
    await hold(desk, "第四条", 1, Hold("default"))
    assert await work.run_due() == 0
    ids = [one.id for one in await desk.storage.queue.waiting(desk.time())]
    await desk.storage.curation.approve_all(ids, "cli", desk.time())
    assert await work.run_due() == 0
    for number in range(3):
        await hold(desk, f"又第 {number} 条", 1, Hold("default"))
    assert await work.run_due() == 1
