"""Reading a link, and what becomes of it when a source brings the same article."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path

from aiohttp import web

from bot.config import load_settings
from bot.engine.places import Places
from bot.jobs.engines import make_enricher
from bot.jobs.links import LinkReader
from digest.links import LinkReading, Stage, Trouble
from digest.model import EntryState, SignalState
from tests.bot.jobs.pages import PARAGRAPHS, item, page, rss
from tests.bot.jobs.world import World
from tests.engines import Libre, serving


def reader_in(world: World) -> LinkReader:
    assert world.fetcher is not None
    assert world.workers is not None
    return LinkReader(world.storage, world.fetcher, world.workers, clock=world.time)


async def read(world: World, path: str) -> tuple[LinkReading, list[Stage]]:
    told: list[Stage] = []
    return await reader_in(world)(world.base + path, told.append), told


async def test_a_link_is_read_privately_stage_by_stage(world: World):
    world.answers["/a"] = page("Harbour Robotics sells machines")
    reading, told = await read(world, "/a")
    assert told == [Stage.OPENING, Stage.EXTRACTING, Stage.CONDENSING]
    assert reading.signal is not None
    assert reading.signal.state is SignalState.PRIVATE
    assert reading.signal.brief.points
    assert not reading.known
    again, told = await read(world, "/a?utm_source=x")
    assert (again.signal, again.known, told) == (reading.signal, True, [])
    assert [request.path for request in world.asked] == ["/a"]


async def test_a_source_makes_it_news_under_its_number(world: World):
    world.answers["/a"] = page("Harbour Robotics sells machines")
    reading, _ = await read(world, "/a")
    assert reading.signal is not None
    world.time.pass_(minutes=20)
    source = await world.source("/feed.xml", column="business")
    world.answers["/feed.xml"] = rss(
        item(title="Old", link=f"{world.base}/old", guid="o", at=world.time())
    )
    await world.poll_and_read()  # what is there at first is backlog
    entry = item(title="Harbour Robotics", link=f"{world.base}/a", guid="a", at=world.time())
    world.answers["/feed.xml"] = rss(entry)
    result = (await world.poll_and_read())[-1]
    assert result.state is EntryState.DONE
    (live,) = await world.storage.signals.latest()
    assert live.id == reading.signal.id
    assert live.brief == reading.signal.brief
    assert live.created_at == world.time()
    assert [seen.source_id for seen in live.seen_in] == [source.id]
    assert [signal.id for signal in world.signals] == [live.id]
    assert [request.path for request in world.asked].count("/a") == 1


async def test_a_source_that_leads_there_another_way_meets_it_too(world: World):
    world.answers["/a"] = page("Harbour Robotics sells machines")
    world.answers["/go"] = web.Response(status=302, headers={"Location": "/a"})
    world.answers["/copy"] = page("Harbour Robotics sells machines")
    first, _ = await read(world, "/go")
    assert first.signal is not None
    await world.source("/feed.xml")
    world.answers["/feed.xml"] = rss(
        item(title="By another way", link=f"{world.base}/copy", guid="b", at=world.time())
    )
    await world.poll_and_read()
    (live,) = await world.storage.signals.latest()
    assert live.id == first.signal.id
    again, told = await read(world, "/go")
    assert (again.known, told) == (True, [])


async def test_it_says_who_tells_the_same_story(world: World):
    world.answers["/a"] = page("Harbour Robotics sells 1,200 sorting machines to Lindholm")
    await world.source("/feed.xml")
    world.answers["/feed.xml"] = rss(
        item(title="Harbour", link=f"{world.base}/a", guid="a", at=world.time())
    )
    await world.poll_and_read()
    (live,) = await world.storage.signals.latest()
    other = (*PARAGRAPHS[:3], "Shares of the company rose by 4% on the exchange of Lindholm.")
    world.answers["/b"] = page("Lindholm port buys 1,200 Harbour Robotics machines", other)
    reading, _ = await read(world, "/b")
    assert reading.signal is not None
    assert reading.signal.id != live.id
    assert reading.story is not None
    assert reading.story.id == live.id
    assert reading.signal.story_id is None


async def test_it_is_translated_where_somebody_translates(world: World, tmp_path: Path):
    title = "Harbour Robotics sells machines"
    words = {
        title: "Harbour Robotics 出售机器",
        "The company employs 340 people and opened a second factory in May.": (
            "该公司有 340 名员工，5 月开设了第二家工厂。"
        ),
    }
    libre = Libre(words)
    async with serving(libre), AsyncExitStack() as stack:
        given = {"translator": "libretranslate", "translator_url": libre.url}
        settings = load_settings(_env_file=None, data_dir=tmp_path, **given)
        enricher = await make_enricher(settings, world.storage, stack, world.time)
        world.answers["/a"] = page(title)
        told: list[Stage] = []
        assert world.fetcher is not None
        assert world.workers is not None
        reader = LinkReader(
            world.storage, world.fetcher, world.workers, clock=world.time, enricher=enricher
        )
        reading = await reader(f"{world.base}/a", told.append)
        assert told[-1] is Stage.BETTERING
        assert reading.signal is not None
        assert reading.signal.brief.headline == words[title]
        # The whole article follows, for the page, as it does for news.
        await enricher.translate_due()
        assert await world.storage.translations.get(reading.signal.id, "zh") is not None


async def test_a_site_that_never_answers_is_given_up(world: World):
    assert world.fetcher is not None
    assert world.workers is not None
    gate = asyncio.Event()

    async def hang(_request: web.Request) -> web.StreamResponse:
        await gate.wait()
        return web.Response()

    app = web.Application()
    app.router.add_get("/", hang)
    from aiohttp.test_utils import TestServer

    from bot.addresses import AddressPolicy
    from bot.fetching import Fetcher

    async with TestServer(app) as server:
        allow = AddressPolicy((f"127.0.0.1:{server.port}",))
        async with Fetcher(user_agent="t", allow=allow, timeout_s=0.2) as fetcher:
            reader = LinkReader(world.storage, fetcher, world.workers, clock=world.time)
            reading = await reader(f"http://127.0.0.1:{server.port}/", lambda _stage: None)
        gate.set()
    assert reading.trouble is Trouble.TIMEOUT
    down = await reader_in(world)("http://nobody.invalid/x", lambda _stage: None)
    assert down.trouble is Trouble.DOWN


async def test_what_the_desk_withholds_stays_withheld(world: World):
    world.answers["/a"] = page("Harbour Robotics sells machines")
    reading, _ = await read(world, "/a")
    assert reading.signal is not None
    from sqlalchemy import update

    from storage.schema import signals

    async with world.storage.database.write() as connection:
        await connection.execute(update(signals).values(state=SignalState.REJECTED))
    again, _ = await read(world, "/a")
    assert again == replace(again, signal=None, trouble=Trouble.WITHHELD)


async def test_whoever_is_in_a_hurry_goes_first():
    places = Places(1)
    order: list[str] = []

    async def work(name: str, *, urgent: bool) -> None:
        async with places.one(urgent=urgent):
            order.append(name)
            await asyncio.sleep(0)

    async with places.one(urgent=False):
        tasks = [asyncio.create_task(work(name, urgent=False)) for name in ("a", "b")]
        await asyncio.sleep(0)
        gone = asyncio.create_task(work("gone", urgent=True))
        hurried = asyncio.create_task(work("now", urgent=True))
        await asyncio.sleep(0)
        gone.cancel()
    await asyncio.gather(*tasks, hurried, gone, return_exceptions=True)
    assert order == ["now", "a", "b"]
    async with asyncio.timeout(1), places.one(urgent=False):
        pass
