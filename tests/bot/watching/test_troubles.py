"""The staff hears of troubles of the bot itself, in their language, whatever else is down."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text
from telegram import Bot

from bot.jobs.strain import StrainNote
from bot.jobs.troubles import TroubleWatch
from bot.sandbox.sandbox import Sandbox
from bot.watching.chat import Reach
from digest.model import Lang
from digest.modeltier.calls import Call
from digest.texts import texts_for
from handlers.admin.sources.newscards import news_message
from handlers.staff import Staff
from storage import Storage
from tests.bot.watching.test_health import NOW, owe

ZH, EN = texts_for(Lang.ZH), texts_for(Lang.EN)
KINDS = ("delivery", "reading", "polling", "model", "translator", "database")


class Clock:
    now = NOW

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, **span: float) -> None:
        self.now += timedelta(**span)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def sandbox() -> AsyncIterator[tuple[Sandbox, Bot]]:
    telegram = Sandbox(newsroom=False)
    async with telegram.serve() as port:
        bot = Bot(telegram.token, base_url=telegram.api_base_url(port))
        async with bot:
            yield telegram, bot


@pytest.fixture
def watch(storage: Storage, sandbox: tuple[Sandbox, Bot], clock: Clock) -> TroubleWatch:
    telegram, bot = sandbox
    wang = telegram.person("wang")
    wang.user.started = True
    staff = Staff(storage.staff, frozenset({wang.id}))
    return TroubleWatch(storage, bot, staff=staff, reach=Reach(), clock=clock)


async def told(storage: Storage, clock: Clock) -> list[str]:
    """What is owed to the staff, in Chinese, as it would be read."""
    due = await storage.source_news.due(clock())
    return [news_message(ZH, one.news).text for one in due]


async def look(watch: TroubleWatch, clock: Clock, times: int) -> None:
    for _ in range(times):
        await watch.run_due()
        clock.pass_(minutes=1)


async def test_messages_that_go_out_late_are_told_once_and_their_end(
    watch: TroubleWatch, storage: Storage, clock: Clock
) -> None:
    await owe(storage, NOW - timedelta(minutes=29))
    await watch.run_due()
    assert watch._notes == {}
    clock.pass_(minutes=2)
    await look(watch, clock, 5)
    late = ZH("chat.trouble.is.delivery", span=ZH.n("chat.trouble.minutes", 32))
    assert await told(storage, clock) == [f"{ZH('chat.trouble.began')}\n{late}"]
    async with storage.database.write() as connection:
        await connection.execute(text("UPDATE deliveries SET state = 'sent'"))
    await look(watch, clock, 8)
    (_, over) = await told(storage, clock)
    assert over.startswith(ZH("chat.trouble.ended"))


async def test_a_model_that_fails_for_long_is_told_and_one_answer_heals_it(
    watch: TroubleWatch, storage: Storage, clock: Clock
) -> None:
    async def call(outcome: str, ago: int) -> None:
        made = Call("brief", "m", "1", 10, 0, 0.0, 5, outcome, None)
        await storage.spending.record(made, clock() - timedelta(minutes=ago))

    await call("ok", 40)
    for ago in (20, 18, 10, 5):
        await call("timeout", ago)
    await call("cancelled", 4)
    await look(watch, clock, 3)
    assert await told(storage, clock) == [], "four are no five"
    await call("server", 1)
    await look(watch, clock, 3)
    (began,) = await told(storage, clock)
    assert ZH("chat.trouble.is.model", span=ZH.n("chat.trouble.minutes", 24)) in began
    await call("invalid", 0)
    await look(watch, clock, 8)
    assert len(await told(storage, clock)) == 2


async def test_a_translator_that_fails_for_long_is_told_and_one_answer_heals_it(
    watch: TroubleWatch, storage: Storage, clock: Clock
) -> None:
    note = StrainNote(storage, clock)
    await note.worked()
    for _ in range(2):
        await note.failed(lasting=False)
        clock.pass_(minutes=10)
    await look(watch, clock, 3)
    assert await told(storage, clock) == [], "two are no three"
    await note.failed(lasting=False)
    await look(watch, clock, 3)
    (began,) = await told(storage, clock)
    span = ZH.n("chat.trouble.minutes", 24)
    assert began == f"{ZH('chat.trouble.began')}\n{ZH('chat.trouble.is.translator', span=span)}"
    await StrainNote(storage, clock).worked()
    await look(watch, clock, 8)
    (_, over) = await told(storage, clock)
    assert ZH("chat.trouble.was.translator", span=ZH.n("chat.trouble.minutes", 26)) in over


async def test_a_refused_key_is_told_though_nobody_asks_twice(
    watch: TroubleWatch, storage: Storage, clock: Clock
) -> None:
    await StrainNote(storage, clock).failed(lasting=True)
    await look(watch, clock, 14)
    assert await told(storage, clock) == []
    await look(watch, clock, 5)
    (began,) = await told(storage, clock)
    assert ZH("chat.trouble.is.translator", span=ZH.n("chat.trouble.minutes", 16)) in began
    clock.pass_(days=1)
    await look(watch, clock, 8)
    assert len(await told(storage, clock)) == 2, "what nobody meets for a day is forgotten"


async def test_a_restart_tells_nothing_twice(
    watch: TroubleWatch, storage: Storage, clock: Clock, sandbox: tuple[Sandbox, Bot]
) -> None:
    await owe(storage, NOW - timedelta(hours=3))
    await look(watch, clock, 3)
    other = TroubleWatch(storage, sandbox[1], staff=watch._staff, reach=Reach(), clock=clock)
    await look(other, clock, 3)
    (once,) = await told(storage, clock)
    assert ZH.n("chat.trouble.hours", 3) in once


async def test_a_database_that_is_down_is_told_from_memory(
    watch: TroubleWatch, storage: Storage, clock: Clock, sandbox: tuple[Sandbox, Bot]
) -> None:
    await watch.run_due()
    async with storage.database.write() as connection:
        await connection.execute(text("ALTER TABLE entries RENAME TO lost"))
    await look(watch, clock, 7)
    wang = sandbox[0].person("wang")
    assert [seen.text for seen in wang.inbox if seen.by_bot] == [
        "⚠️ 机器人遇到问题\n" + ZH("chat.trouble.is.database", span=ZH.n("chat.trouble.minutes", 4))
    ]
    async with storage.database.write() as connection:
        await connection.execute(text("ALTER TABLE lost RENAME TO entries"))
    await look(watch, clock, 8)
    (over,) = await told(storage, clock)
    assert ZH("chat.trouble.was.database", span=ZH.n("chat.trouble.minutes", 7)) in over


@pytest.mark.parametrize("texts", [ZH, EN])
def test_every_trouble_has_words_in_both_languages(texts: object) -> None:
    for kind in (*KINDS, "telegram"):
        assert texts.has(f"chat.trouble.was.{kind}")  # type: ignore[attr-defined]
        # While Telegram is out of reach nobody can be told.
        assert texts.has(f"chat.trouble.is.{kind}") is (kind != "telegram")  # type: ignore[attr-defined]
