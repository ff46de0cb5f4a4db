"""Through the whole bot: a model and a translator at the other end of the wire."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import aiohttp

from bot.running import Running
from digest.model import EntryState, Signal, Tier
from tests.e2e.conftest import MovableClock, Start
from tests.e2e.test_digest_once import subscribe, until_planned, until_settled
from tests.engines import Chat, Json, Libre, serving

_ROOT = Path(__file__).parents[2]


HEADLINE = "Northwind Cloud 中断 94 分钟，影响约 3,400 项服务"
# Of the newsroom's first foreign news; of every other article it is untrue, and refused there.
BRIEF: Json = {
    "headline": HEADLINE,
    "points": [
        {"text": "配置错误使约 3,400 项在线服务中断 94 分钟。", "sentences": [0]},
        {"text": "公司预计向客户退还 6100 万美元。", "sentences": [1]},
    ],
    "why": [],
    "numbers": [],
}

TITLE = (
    "Northwind Cloud outage takes 3,400 services offline for 94 minutes, "
    "$61 million in credits expected"
)
TITLE_ZH = "Northwind Cloud 宕机，3,400 项服务中断 94 分钟，预计退还 6100 万美元"
SENTENCE = "The company expects to credit customers $61 million."
SENTENCE_ZH = "公司预计向客户退还 6100 万美元。"


async def until_news(running: Running, clock: MovableClock) -> Signal:
    """The newsroom's first foreign article that is news, not backlog."""
    async with asyncio.timeout(120):
        while True:
            now = running.clock()
            for one in await running.storage.signals.window(now - timedelta(hours=6), now):
                if one.lang == "en" and not one.backlog:
                    return one
            clock.offset += timedelta(seconds=20)
            assert running.schedule is not None
            running.schedule.nudge("poll")
            running.schedule.nudge("read")
            await asyncio.sleep(0.5)


async def test_an_english_article_is_pushed_as_the_model_made_it(
    hexin: Start, clock: MovableClock
) -> None:
    chat = Chat(BRIEF)
    async with (
        serving(chat) as url,
        hexin(model_base_url=url, model_name="gpt-x", model_min_score=0) as running,
        aiohttp.ClientSession() as browser,
    ):
        subscriber = await subscribe(running)
        news = await until_news(running, clock)
        assert news.brief.tier is Tier.MODEL
        due = subscriber.subscription.next_digest_at
        assert due is not None
        clock.move_to(due + timedelta(seconds=5))
        await until_planned(running, subscriber.id, due)
        await until_settled(running)
        assert running.sandbox is not None
        lin = running.sandbox.person("lin")
        (digest,) = (seen for seen in lin.inbox if "1" in seen.labels)
        assert HEADLINE in digest.text
        lin.send(f"/start s_{news.id}")
        card = await lin.wait_for(lambda seen: "收藏" in seen.labels)
        assert "模型增强版 · gpt-x" in card.text
        async with browser.get(f"{running.pages_url}s/{news.id}") as response:
            page = await response.text()
        assert "模型增强版" in page
        assert "请求" in page
        assert [call for call in running.sandbox.log.calls if call.code != 200] == []


async def test_an_english_article_is_pushed_and_shown_translated(
    hexin: Start, clock: MovableClock
) -> None:
    libre = Libre({TITLE: TITLE_ZH, SENTENCE: SENTENCE_ZH})
    async with (
        serving(libre) as url,
        hexin(translator="libretranslate", translator_url=url) as running,
        aiohttp.ClientSession() as browser,
    ):
        news = await until_news(running, clock)
        assert running.schedule is not None
        async with asyncio.timeout(60):
            while await running.storage.translations.get(news.id, "zh") is None:
                running.schedule.nudge("translate")
                await asyncio.sleep(0.2)
        assert news.brief.maker == "libretranslate"
        assert news.brief.headline == TITLE_ZH
        async with browser.get(f"{running.pages_url}s/{news.id}?lang=zh") as response:
            page = await response.text()
        assert "机器翻译（libretranslate）" in page
        assert SENTENCE_ZH in page
        assert "译文未通过核对" in page
        assert "中文翻译" in page


async def test_engines_that_are_down_hold_nothing_up(hexin: Start, clock: MovableClock) -> None:
    nobody = "http://127.0.0.1:9"
    async with hexin(
        model_base_url=f"{nobody}/v1",
        model_name="gpt-x",
        model_min_score=0,
        translator="libretranslate",
        translator_url=nobody,
    ) as running:
        news = await until_news(running, clock)
        assert news.brief.tier is Tier.RULES
        assert news.brief.headline == news.title
        assert running.sandbox is not None
        lin = running.sandbox.person("lin")
        lin.start()
        await lin.wait_for()
        lin.send(f"/start s_{news.id}")
        card = await lin.wait_for(lambda seen: "收藏" in seen.labels)
        assert "规则整理稿" in card.text
        assert "未翻译" in card.text


async def test_without_a_translator_the_bot_says_once_how_to_get_one(hexin: Start) -> None:
    async with hexin() as running:
        assert running.sandbox is not None
        lin = running.sandbox.person("lin")
        lin.start()
        welcome = await lin.wait_for(lambda seen: "核心信息" in seen.text)
        lin.send("/help")
        told = await lin.wait_for(lambda seen: "/latest" in seen.text)
        assert "hexin models add en-zh" in told.text
        assert "hexin models" not in welcome.text
        alex = running.sandbox.person("alex")
        alex.start()
        welcome = await alex.wait_for(lambda seen: "English" in seen.labels)
        alex.press(welcome, "English")
        await alex.wait_for(lambda seen: "column" in seen.text.lower())
        alex.send("/help")
        told = await alex.wait_for(lambda seen: "/latest" in seen.text)
        assert "hexin models" not in told.text
        # Installed while it runs: nothing to say any more.
        folder = running.settings.data_dir / "models" / "en-zh"
        folder.mkdir(parents=True)
        (folder / "manifest.json").write_text("{}", encoding="utf-8")
        lin.send("/help")
        told = await lin.wait_for(lambda seen: "/latest" in seen.text)
        assert "hexin models" not in told.text
        (folder / "manifest.json").unlink()
    async with hexin(translator="libretranslate", translator_url="http://127.0.0.1:9") as running:
        assert running.sandbox is not None
        lin = running.sandbox.person("lin")
        lin.start()
        await lin.wait_for()
        lin.send("/help")
        told = await lin.wait_for(lambda seen: "/latest" in seen.text)
        assert "hexin models" not in told.text


async def test_killed_while_the_model_works_loses_nothing(
    hexin: Start, clock: MovableClock, tmp_path: Path
) -> None:
    chat = Chat(BRIEF, wait_s=3600)
    async with serving(chat) as url:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        model = {"model_base_url": url, "model_name": "gpt-x", "model_min_score": 0}
        settings = {**model, "data_dir": tmp_path, "catalog": "false", "port": 0}
        settings |= {"sandbox_port": port, "model_timeout": 60}
        environment = os.environ | {name.upper(): str(value) for name, value in settings.items()}
        first = subprocess.Popen(  # noqa: ASYNC220  our own program, killed below
            (sys.executable, "-m", "bot", "run"),
            cwd=_ROOT,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            async with asyncio.timeout(180):
                while not chat.asked:
                    await asyncio.sleep(0.1)
        finally:
            first.send_signal(signal.SIGKILL)
            first.wait()
        chat.wait_s = 0.0
        clock.offset += timedelta(minutes=20)  # past every lease
        async with hexin(**model, sandbox_port=port) as running:
            entries = running.storage.entries
            held = {EntryState.NEW, EntryState.BACKLOG}
            async with asyncio.timeout(180):
                while held & (counts := await entries.counts()).keys():
                    await asyncio.sleep(0.3)
            ended = {EntryState.DONE, EntryState.MERGED}
            assert set(counts) <= ended
            found = await running.storage.signals.latest(limit=100, leads_only=False)
            assert len(found) == counts[EntryState.DONE]
            assert len(chat.asked) > 1
