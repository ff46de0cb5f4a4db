"""Briefs are bettered before readers see them, afterwards too, and never at a signal's cost."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

import pytest

from bot.config import load_settings
from bot.jobs.engines import has_translator, make_enricher
from bot.jobs.enriching import Enricher
from digest.model import Rendered, Signal, Tier
from tests.bot.jobs.pages import item, page, rss
from tests.bot.jobs.world import World
from tests.engines import Chat, Libre, serving

TITLE = "Harbour Robotics sells 1,200 machines to Lindholm"
BRIEF = {
    "headline": "Harbour Robotics 向 Lindholm 港出售 1,200 台分拣机",
    "points": [
        {"text": "Harbour Robotics 以 4500 万美元售出 1,200 台分拣机。", "sentences": [0]},
        {"text": "每台机器每小时分拣 900 件包裹，上一代为 640 件。", "sentences": [2]},
        {"text": "公司有 340 名员工。", "sentences": [4]},
        {"text": "港口预计节省 57% 的电费。", "sentences": [3]},
    ],
    "numbers": [],
    "why": [],
}
WORDS = {
    TITLE: "Harbour Robotics 向 Lindholm 出售 1,200 台机器",
    "The company employs 340 people and opened a second factory in May.": (
        "该公司有 340 名员工，5 月开设了第二家工厂。"
    ),
}


class Bench:
    """A world whose reader betters drafts by engines behind real wires."""

    def __init__(self, world: World, folder: Path, stack: AsyncExitStack) -> None:
        self.world = world
        self._folder = folder
        self._stack = stack

    async def use(self, **settings: object) -> Enricher:
        made = load_settings(_env_file=None, data_dir=self._folder, **settings)
        enricher = await make_enricher(made, self.world.storage, self._stack, self.world.time)
        self.world.enrich(enricher)
        return enricher

    async def model(self, chat: Chat, **settings: object) -> Enricher:
        given = {"model_base_url": chat.url, "model_name": "gpt-x", "model_timeout": 10.0}
        return await self.use(**(given | {"model_min_score": 0} | settings))

    async def translator(self, libre: Libre, **settings: object) -> Enricher:
        return await self.use(translator="libretranslate", translator_url=libre.url, **settings)

    async def first(self) -> Signal:
        """A source whose first poll brings a backlog of nothing."""
        world = self.world
        await world.source("/feed")
        world.answers["/feed"] = rss()
        await world.poll_and_read()
        return await self.news()

    async def news(self, path: str = "/a", salt: str = "") -> Signal:
        world = self.world
        world.time.pass_(hours=2)
        entry = item(title=TITLE, link=world.base + path, guid=path, at=world.time())
        world.answers["/feed"] = rss(entry)
        world.answers[path] = page(TITLE, salt=salt)
        await world.poll_and_read()
        return (await world.storage.signals.latest())[0]


async def bettered(enricher: Enricher) -> Counter[str]:
    """One round of both steps of the background."""
    return await enricher.upgrade_due() + await enricher.translate_due()


@pytest.fixture
async def bench(world: World, tmp_path: Path) -> AsyncIterator[Bench]:
    async with AsyncExitStack() as stack:
        yield Bench(world, tmp_path, stack)


@pytest.fixture
async def chat() -> AsyncIterator[Chat]:
    engine = Chat(BRIEF)
    async with serving(engine):
        yield engine


@pytest.fixture
async def libre() -> AsyncIterator[Libre]:
    engine = Libre(dict(WORDS))
    async with serving(engine):
        yield engine


# --- at first sight ------------------------------------------------------------------------


async def test_news_is_published_as_the_model_made_it(bench: Bench, chat: Chat) -> None:
    await bench.model(chat, model_price_in=1.0, model_price_out=2.0)
    signal = await bench.first()
    assert signal.brief.tier is Tier.MODEL
    assert signal.brief.headline == BRIEF["headline"]
    assert signal.brief.maker == "gpt-x"
    texts = [point.text for point in signal.brief.points]
    assert "公司有 340 名员工。" in texts
    assert not any("57" in text for text in texts)
    assert signal.brief.checked is not None
    assert len(signal.brief.checked.dropped) == 1
    # Pushed as it is, found by its new words, paid for in the books.
    assert [one.brief for one in bench.world.signals] == [signal.brief]
    storage = bench.world.storage
    assert [one.id for one in await storage.search.find("分拣机")] == [signal.id]
    spent = await storage.spending.of_signal(signal.id)
    assert spent.calls == len(chat.asked) >= 1
    assert spent.cost == pytest.approx(spent.calls * (900 + 200) / 1e6)


_FERRY = (
    "The ferry line between Varberg and Oakport reopens on Monday, the county said. It had been "
    "closed for 14 months because the old pier was unsafe.",
    "Two boats will cross nine times a day and carry up to 180 passengers each. A ticket costs 6 "
    "euros, as it did before.",
    "The new pier is built of steel and stands one metre higher than the old one, so that storms "
    "like that of last winter do not reach the waiting room.",
)


async def test_the_backlog_and_weak_news_are_not_for_the_model(bench: Bench, chat: Chat) -> None:
    await bench.model(chat, model_min_score=100)
    signal = await bench.first()
    assert signal.brief.tier is Tier.RULES
    await bench.model(chat)
    await bench.world.source("/feed/two")
    entry = item(title="Old", link=bench.world.base + "/old", guid="old", at=bench.world.time())
    bench.world.answers["/feed/two"] = rss(entry)
    bench.world.answers["/old"] = page("Ferry line to Varberg reopens", _FERRY)
    await bench.world.poll_and_read()
    assert {one.backlog for one in await bench.world.storage.signals.latest()} == {True, False}
    assert chat.asked == []


async def test_a_foreign_article_is_published_translated(bench: Bench, libre: Libre) -> None:
    await bench.translator(libre)
    signal = await bench.first()
    assert signal.brief.tier is Tier.RULES
    assert signal.brief.headline == WORDS[TITLE]
    assert signal.brief.headline_original == TITLE
    assert signal.brief.maker == "libretranslate"
    assert bench.world.signals[0].brief == signal.brief


@pytest.mark.parametrize("tried", [False, True], ids=["no model", "a model that fails"])
async def test_a_source_may_do_without_the_translator(
    bench: Bench, chat: Chat, libre: Libre, *, tried: bool
) -> None:
    chat.status = 500
    settings = {"model_base_url": chat.url, "model_name": "gpt-x", "model_min_score": 0}
    enricher = await bench.translator(libre, **(settings if tried else {}))
    source = await bench.world.source("/feed")
    sources = bench.world.storage.sources
    await sources.edit(source.id, actor="7", now=bench.world.time(), translate=False)
    bench.world.answers["/feed"] = rss()
    await bench.world.poll_and_read()
    signal = await bench.news()
    assert not any(point.translated for point in signal.brief.points)
    assert await enricher.translate_due() == Counter()
    assert libre.asked == []
    await sources.edit(source.id, actor="7", now=bench.world.time(), translate=True)
    assert await enricher.translate_due() == Counter(translated=1)


async def test_what_the_model_does_not_make_is_translated(
    bench: Bench, chat: Chat, libre: Libre
) -> None:
    chat.status = 500
    await bench.use(
        model_base_url=chat.url,
        model_name="gpt-x",
        model_timeout=10.0,
        model_min_score=0,
        translator="libretranslate",
        translator_url=libre.url,
    )
    signal = await bench.first()
    assert signal.brief.tier is Tier.RULES
    assert signal.brief.headline == WORDS[TITLE]
    spent = await bench.world.storage.spending.outcomes(bench.world.time() - timedelta(1))
    assert set(spent) == {"server"}


async def test_the_same_news_from_two_feeds_is_paid_for_once(bench: Bench, chat: Chat) -> None:
    await bench.model(chat)
    chat.wait_s = 0.3
    world = bench.world
    for name in ("/feed/one", "/feed/two"):
        await world.source(name)
        world.answers[name] = rss()
    await world.poll_and_read()
    world.time.pass_(hours=2)
    for name, path in (("/feed/one", "/a"), ("/feed/two", "/copy")):
        entry = item(title=TITLE, link=world.base + path, guid=path, at=world.time())
        world.answers[name] = rss(entry)
        world.answers[path] = page(TITLE)
    results = await world.poll_and_read()
    assert sorted(result.state for result in results) == ["done", "merged"]
    briefs = [body for body in chat.asked if '"statements"' not in str(body)]
    assert len({str(body["messages"]) for body in briefs}) == len(briefs)
    (signal,) = await world.storage.signals.latest()
    assert signal.brief.tier is Tier.MODEL
    assert (await world.storage.spending.of_signal(signal.id)).calls == len(chat.asked)


@pytest.mark.parametrize("trouble", ["down", "broken", "slow", "nonsense"])
async def test_any_trouble_leaves_the_rules_brief_in_time(
    bench: Bench, chat: Chat, trouble: str
) -> None:
    settings: dict[str, object] = {"model_timeout": 0.3}
    if trouble == "down":
        settings["model_base_url"] = "http://127.0.0.1:9/v1"
    elif trouble == "broken":
        chat.status = 503
    elif trouble == "slow":
        chat.wait_s = 5.0
    else:
        chat.brief = {"weather": "fine"}
    await bench.model(chat, **settings)
    async with asyncio.timeout(30):
        signal = await bench.first()
    assert signal.brief.tier is Tier.RULES
    assert signal.brief.maker == ""
    assert signal.title == TITLE
    assert len(bench.world.signals) == 1


async def test_a_translator_that_is_down_leaves_the_rules_brief(
    bench: Bench, libre: Libre
) -> None:
    libre.status = 500
    await bench.translator(libre)
    signal = await bench.first()
    assert signal.brief.headline == TITLE
    assert len(bench.world.signals) == 1


async def test_what_is_being_read_stays_claimed_until_its_reader_is_gone(
    bench: Bench, chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.jobs.reading.KEEP_EVERY_S", 0.01)
    await bench.model(chat)
    chat.wait_s = 60.0
    world = bench.world
    await world.source("/feed")
    world.answers["/feed"] = rss()
    await world.poll_and_read()
    world.time.pass_(hours=2)
    world.answers["/feed"] = rss(item(title=TITLE, link=world.base + "/a", guid="a"))
    world.answers["/a"] = page(TITLE)
    await world.poll()
    entries = world.storage.entries
    reading = asyncio.create_task(world.read())
    while not chat.asked:
        await asyncio.sleep(0.02)
    # Another process looks all the time, for much longer than a claim lasts.
    for _ in range(5):
        world.time.pass_(seconds=15)
        await asyncio.sleep(0.1)
        assert await entries.claim(world.time() + timedelta(seconds=4), 10) == ()
    reading.cancel()
    await asyncio.gather(reading, return_exceptions=True)
    (again,) = await entries.claim(world.time() + timedelta(seconds=20), 10)
    assert again.tries == 2


# --- afterwards ----------------------------------------------------------------------------


async def test_rules_briefs_are_upgraded_when_the_model_is_back(bench: Bench, chat: Chat) -> None:
    chat.status = 500
    await bench.model(chat)
    signal = await bench.first()
    assert signal.brief.tier is Tier.RULES
    chat.status = 200
    bench.world.time.pass_(hours=1)
    enricher = await bench.model(chat)
    assert await bettered(enricher) == {"model": 1}
    (after,) = await bench.world.storage.signals.latest()
    assert after.brief.tier is Tier.MODEL
    assert (await bench.world.storage.spending.of_signal(after.id)).calls >= 1
    asked = len(chat.asked)
    assert await bettered(enricher) == {}
    assert len(chat.asked) == asked
    # Pushed once, as it was then.
    assert len(bench.world.signals) == 1


async def test_a_budget_that_is_used_up_keeps_the_queue(bench: Bench, chat: Chat) -> None:
    enricher = await bench.model(chat, model_daily_tokens=10)
    signal = await bench.first()
    for _ in range(5):
        bench.world.time.pass_(hours=1)
        await bettered(enricher)
    assert chat.asked == []
    awaiting = await bench.world.storage.signals.awaiting_model(0, 9)
    assert awaiting == (signal.id,)


async def test_a_model_that_makes_nothing_of_it_is_asked_three_times_at_most(
    bench: Bench, chat: Chat
) -> None:
    chat.brief = {"headline": "无", "points": [{"text": "成立于 1899 年。", "sentences": [0]}]}
    enricher = await bench.model(chat, model_min_score=100)
    await bench.first()
    enricher = await bench.model(chat)
    tried = 0
    for _ in range(6):
        bench.world.time.pass_(minutes=30)
        tried += sum((await bettered(enricher)).values())
    assert tried == 3


async def test_articles_are_translated_afterwards_with_what_failed_marked(
    bench: Bench, libre: Libre
) -> None:
    enricher = await bench.translator(libre)
    signal = await bench.first()
    assert await bettered(enricher) == {"translated": 1}
    found = await bench.world.storage.translations.get(signal.id, "zh")
    article = await bench.world.storage.signals.article(signal.id)
    assert found is not None
    assert article is not None
    assert found.engine == "libretranslate"
    assert [one.index for one in found.sentences] == list(range(len(article.sentences)))
    employs = next(one.index for one in article.sentences if "employs 340" in one.text)
    assert found.sentences[employs].rendered is Rendered.TRANSLATED
    failed = [one for one in found.sentences if one.rendered is Rendered.FAILED]
    assert failed
    assert all(one.text == article.sentences[one.index].text for one in failed)
    asked = len(libre.asked)
    assert await bettered(enricher) == {}
    assert len(libre.asked) == asked


async def test_a_translator_that_is_down_costs_no_try(bench: Bench, libre: Libre) -> None:
    libre.status = 500
    enricher = await bench.translator(libre)
    signal = await bench.first()
    for _ in range(5):
        bench.world.time.pass_(hours=1)
        await enricher.translate_due()
    waiting = bench.world.storage.translations.waiting
    since = bench.world.time() - timedelta(1)
    assert await waiting(since, 9, known=["en"]) == (signal.id,)


async def test_briefs_from_before_the_translator_are_translated_too(
    bench: Bench, libre: Libre
) -> None:
    before = await bench.first()
    assert before.brief.headline == TITLE
    enricher = await bench.translator(libre)
    await bettered(enricher)
    (after,) = await bench.world.storage.signals.latest()
    assert after.brief.headline == WORDS[TITLE]
    found = await bench.world.storage.search.find("出售 1,200 台机器")
    assert [one.id for one in found] == [before.id]


async def test_days_past_are_left_to_the_command(bench: Bench, libre: Libre) -> None:
    signal = await bench.first()
    bench.world.time.pass_(days=5)
    enricher = await bench.translator(libre)
    assert await bettered(enricher) == {}
    since = bench.world.time() - timedelta(days=7)
    told: list[str] = []
    assert await enricher.catch_up(since, 10, told=told.append) == {"translated": 1}
    assert told == ["translated"]
    assert await bench.world.storage.translations.get(signal.id, "zh") is not None


# --- which engines -------------------------------------------------------------------------


async def test_with_nothing_configured_nothing_is_tried(bench: Bench) -> None:
    enricher = await bench.use()
    signal = await bench.first()
    assert signal.brief.headline == TITLE
    assert await bettered(enricher) == {}
    # No try is counted: a model may be installed any time.
    since = bench.world.time() - timedelta(1)
    assert await bench.world.storage.translations.waiting(since, 9, known=["en"]) == (signal.id,)


def test_an_installed_model_into_chinese_counts_as_a_translator(tmp_path: Path) -> None:
    settings = load_settings(_env_file=None, data_dir=tmp_path)
    for name, counts in (("en-pt", False), (".new-en-zh-x", False), ("en-zh", True)):
        folder = tmp_path / "models" / name
        folder.mkdir(parents=True)
        assert not has_translator(settings)
        (folder / "manifest.json").write_text("{}", encoding="utf-8")
        assert has_translator(settings) is counts


def test_a_named_translator_counts_without_looking(tmp_path: Path) -> None:
    settings = load_settings(
        _env_file=None, data_dir=tmp_path, translator="deepl", translator_key="k"
    )
    assert has_translator(settings)
