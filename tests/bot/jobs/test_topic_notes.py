"""Once a week the staff is told of topics that come up, and of nothing when there is none."""

from collections.abc import Sequence
from datetime import timedelta

import aiohttp
from telegram.error import NetworkError, TimedOut

from bot.jobs.topic_notes import TopicNotes
from digest.model import Lang
from handlers.staff import Place
from tests.bot.jobs.desk import Desk
from tests.bot.jobs.test_queue_notes import Wire
from tests.newsdesk import NOON

TUESDAY = NOON - timedelta(hours=2)  # 10:00 in Shanghai
PLACES = (Place(-100, 7, Lang.ZH), Place(5, 0, Lang.EN))


def notes(desk: Desk, wire: Wire) -> TopicNotes:
    async def ask() -> Sequence[Place]:
        return PLACES

    return TopicNotes(
        desk.storage,
        wire,  # type: ignore[arg-type]  # the wire of a bot
        places=ask,
        zone="Asia/Shanghai",
        clock=desk.time,
    )


async def publish_rise(desk: Desk) -> None:
    for number in range(5):
        at = TUESDAY - timedelta(days=number + 0.5)
        await desk.news.publish(
            f"青岚墨晶第 {number} 期", source=f"source-{number}", published_at=at, at=at
        )


async def test_each_place_is_told_once_in_its_language(desk: Desk) -> None:
    await publish_rise(desk)
    wire = Wire()
    for early in (TUESDAY - timedelta(minutes=1), TUESDAY - timedelta(days=1)):
        desk.time.now = early
        assert await notes(desk, wire).run_due() == 0
    desk.time.now = TUESDAY
    assert await notes(desk, wire).run_due() == 2
    assert await notes(desk, wire).run_due() == 0
    zh, en = wire.sent
    assert (zh["chat"], zh["message_thread_id"]) == (-100, 7)
    assert zh["text"] == "💡 <b>最近冒出 1 个可能的新话题</b>\n· 青岚墨晶：7 天 5 条，5 家信源"
    assert en["text"].endswith("· 青岚墨晶: 5 in 7 days, 5 sources")


async def test_nothing_is_told_when_nothing_rises(desk: Desk) -> None:
    wire = Wire()
    desk.time.now = TUESDAY
    assert await notes(desk, wire).run_due() == 0
    assert wire.sent == []


async def test_what_was_not_sent_is_tried_again(desk: Desk) -> None:
    await publish_rise(desk)
    wire = Wire()
    desk.time.now = TUESDAY
    wire.refusal = NetworkError("refused")
    wire.refusal.__cause__ = aiohttp.ConnectionTimeoutError()
    assert await notes(desk, wire).run_due() == 0
    wire.refusal = None
    assert await notes(desk, wire).run_due() == 2


async def test_what_may_have_been_sent_is_not_told_twice(desk: Desk) -> None:
    await publish_rise(desk)
    wire = Wire()
    desk.time.now = TUESDAY
    wire.refusal = TimedOut()
    assert await notes(desk, wire).run_due() == 0
    wire.refusal = None
    assert await notes(desk, wire).run_due() == 0
