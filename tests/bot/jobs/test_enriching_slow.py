"""Models that take their time hold up nothing."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from bot.jobs.enriching import BRIEF_S
from bot.translating import wire
from digest.model import Tier
from tests.bot.jobs.pages import PARAGRAPHS, item, page, rss
from tests.bot.jobs.test_enriching import BRIEF, TITLE, WORDS, Bench, bench, chat, libre
from tests.engines import Chat, Libre

__all__ = ["bench", "chat", "libre"]  # fixtures


async def until(met: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(20):
        while not await met():
            await asyncio.sleep(0.05)


async def test_news_does_not_wait_for_a_model_that_hangs_and_is_bettered_when_it_answers(
    bench: Bench, chat: Chat
) -> None:
    chat.hold()
    enricher = await bench.model(chat, model_wait=0.2)
    async with asyncio.timeout(20):
        signal = await bench.first()
    assert signal.brief.tier is Tier.RULES
    assert [one.id for one in bench.world.signals] == [signal.id]
    storage = bench.world.storage
    # The background leaves it to the work that is under way.
    assert await enricher.upgrade_due() == {}
    assert len(chat.asked) == 1
    chat.release()

    async def bettered_by_now() -> bool:
        found = await storage.signals.get(signal.id)
        return found is not None and found.brief.tier is Tier.MODEL

    await until(bettered_by_now)
    (after,) = await storage.signals.latest()
    assert after.brief.headline == BRIEF["headline"]
    assert [one.id for one in await storage.search.find("分拣机")] == [signal.id]
    assert (await storage.spending.of_signal(signal.id)).calls == len(chat.asked)
    assert await enricher.upgrade_due() == {}
    assert len(bench.world.signals) == 1


async def test_a_model_that_hangs_holds_up_no_other_article(bench: Bench, chat: Chat) -> None:
    chat.hold()
    await bench.model(chat, model_wait=30)
    world = bench.world
    for name in ("/feed", "/feed/two"):
        await world.source(name)
        world.answers[name] = rss()
    await world.poll_and_read()
    world.time.pass_(hours=2)
    entry = item(title=TITLE, link=world.base + "/a", guid="/a", at=world.time())
    world.answers["/feed"], world.answers["/a"] = rss(entry), page(TITLE)
    await world.poll()
    reading = asyncio.create_task(world.read())
    await until(lambda: asyncio.sleep(0, bool(chat.asked)))
    # While the round is under way, news from before its source was added comes in.
    long_ago = world.time() - timedelta(days=9)
    old = item(title="Belts", link=world.base + "/old", guid="old", at=long_ago)
    world.answers["/feed/two"] = rss(old)
    other = tuple(
        text.replace("Lindholm", "Varberg").replace("1,200", "77") for text in PARAGRAPHS
    )
    world.answers["/old"] = page("Belts for Varberg", other[::-1])
    await world.poll()

    async def second_is_there() -> bool:
        return len(await world.storage.signals.latest()) == 1

    await until(second_is_there)
    assert not reading.done()
    chat.release()
    await reading
    assert {one.brief.tier for one in await world.storage.signals.latest()} == {
        Tier.RULES,
        Tier.MODEL,
    }


async def test_a_crowd_of_news_does_not_queue_for_the_model(
    bench: Bench, chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.jobs.enriching.FIRST_SIGHTS", 0)
    enricher = await bench.model(chat)
    signal = await bench.first()
    assert signal.brief.tier is Tier.RULES
    assert chat.asked == []
    assert await enricher.upgrade_due() == {"model": 1}


async def test_a_crowd_of_foreign_news_does_not_queue_for_the_translator(
    bench: Bench, libre: Libre, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.jobs.enriching.FIRST_TRANSLATIONS", 0)
    enricher = await bench.translator(libre)
    signal = await bench.first()
    assert signal.brief.headline == TITLE
    assert libre.asked == []
    assert await enricher.translate_due() == {"translated": 1}
    (after,) = await bench.world.storage.signals.latest()
    assert after.brief.headline == WORDS[TITLE]


async def test_a_silent_server_is_known_before_the_deadline_of_a_first_sight() -> None:
    assert wire._TIMEOUT_S < BRIEF_S


async def test_a_model_still_at_work_when_the_bot_stops_leaves_the_signal_for_later(
    bench: Bench, chat: Chat
) -> None:
    chat.hold()
    enricher = await bench.model(chat, model_wait=0.1)
    signal = await bench.first()
    async with asyncio.timeout(5):
        await enricher.close()
    chat.release()
    bench.world.time.pass_(hours=1)
    assert await bench.world.storage.signals.awaiting_model(0, 9) == (signal.id,)
    enricher = await bench.model(chat)
    assert await enricher.upgrade_due() == {"model": 1}


async def test_what_was_translated_does_not_undo_what_the_model_made_meanwhile(
    bench: Bench, chat: Chat, libre: Libre
) -> None:
    before = await bench.first()
    translator = await bench.translator(libre)
    libre.hold()
    translating = asyncio.create_task(translator.translate_due())
    await until(lambda: asyncio.sleep(0, bool(libre.asked)))
    model = await bench.model(chat)
    assert await model.upgrade_due() == {"model": 1}
    libre.release()
    assert await translating == {"translated": 1}
    (after,) = await bench.world.storage.signals.latest()
    assert (after.id, after.brief.tier) == (before.id, Tier.MODEL)
