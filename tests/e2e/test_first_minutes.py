"""A person meets the bot: scripted over HTTP, against the whole bot on its sample newsroom."""

import asyncio
import re

import aiohttp

from bot.running import Running
from tests.e2e.conftest import Start


async def until_read(running: Running, least: int = 20) -> None:
    """Until the newsroom has been read."""
    async with asyncio.timeout(60):
        while await running.storage.signals.total() < least:
            await asyncio.sleep(0.2)


async def test_a_newcomers_first_minutes(hexin: Start) -> None:
    async with hexin() as running, aiohttp.ClientSession() as browser:
        await until_read(running)
        assert running.sandbox is not None
        lin = running.sandbox.person("lin")

        # /start → language → columns → topics → a first digest at once
        lin.start()
        welcome = await lin.wait_for(lambda seen: "核心信息" in seen.text)
        lin.press(welcome, "中文")
        columns = await lin.wait_for(lambda seen: "想看哪些栏目" in seen.text)
        lin.press(columns, "选话题")
        topics = await lin.wait_for(lambda seen: "特别关心的话题" in seen.text)
        lin.press(topics, "完成")
        digest = await lin.wait_for(lambda seen: "1" in seen.labels and "2" in seen.labels)
        assert "条" in digest.text
        after = await lin.wait_for(lambda seen: "下次" in seen.text)
        assert "08:30" in after.text

        # a card out of the digest, saved by one tap
        lin.press(digest, "1")
        card = await lin.wait_for(lambda seen: "收藏" in seen.labels)
        page_link = next(link for link in card.links if "/s/" in link)
        answer = await lin.answer_to(lin.press(card, "收藏"))
        assert "默认收藏" in answer["text"]

        # the collection holds it
        lin.send("/saved")
        saved = await lin.wait_for(lambda seen: "默认收藏" in seen.text)
        assert page_link in saved.links

        # the full page shows the original and the evidence
        async with browser.get(page_link) as response:
            page = await response.text()
        assert response.status == 200
        assert "核心信息" in page
        assert "规则整理稿" in page

        # /topic and /search, the latter with a two-character Chinese word
        lin.send("/topic 大模型")
        topic = await lin.wait_for(lambda seen: "大模型" in seen.text)
        assert topic.buttons
        lin.send("/search 融资")
        found = await lin.wait_for(lambda seen: "融资" in seen.text and "1" in seen.labels)
        assert any("/s/" in link for link in found.links)

        refused = [call for call in running.sandbox.log.calls if call.code != 200]
        assert refused == []


async def test_the_same_minutes_in_english(hexin: Start) -> None:
    async with hexin() as running:
        await until_read(running)
        assert running.sandbox is not None
        alex = running.sandbox.person("alex")
        alex.start()
        welcome = await alex.wait_for(lambda seen: "English" in seen.labels)
        alex.press(welcome, "English")
        columns = await alex.wait_for(lambda seen: "column" in seen.text.lower())
        assert not re.search(r"[一-鿿]{4,}", columns.text)
        alex.send("/latest 3")
        latest = await alex.wait_for(lambda seen: "3" in seen.labels)
        assert "4" not in latest.labels


async def test_every_signal_has_its_page_and_its_card(hexin: Start) -> None:
    async with hexin() as running, aiohttp.ClientSession() as browser:
        await until_read(running)
        assert running.sandbox is not None
        lin = running.sandbox.person("lin")
        lin.start()
        await lin.wait_for()
        for signal in await running.storage.signals.latest(limit=50, leads_only=False):
            async with browser.get(f"{running.pages_url}s/{signal.id}") as response:
                page = await response.text()
            assert response.status == 200, signal.title
            assert len(page.encode()) < 50_000, signal.title
        assert [call for call in running.sandbox.log.calls if call.code != 200] == []


async def test_new_readers_live_in_the_zone_that_is_set(hexin: Start) -> None:
    async with hexin(default_zone="Europe/Berlin", sandbox_newsroom=False) as running:
        assert running.sandbox is not None
        alex = running.sandbox.person("alex")
        alex.start()
        await alex.wait_for()
        reader = await running.storage.subscribers.by_chat(alex.id)
        assert reader is not None
        assert reader.subscription.zone == "Europe/Berlin"
