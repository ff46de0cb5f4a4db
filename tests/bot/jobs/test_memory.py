"""What earlier signals say about a new one, through the real reading job on both databases."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.jobs.memory import FRESH_FOR
from digest.compose import compose
from digest.model import DigestKind, Relation, Signal, Wishes
from tests.bot.jobs.pages import item, page, rss
from tests.bot.jobs.world import World
from tests.databases import migrated
from tests.trending import keep, report, trend


@pytest.fixture(params=["sqlite", "postgresql"])
def jobs_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    with migrated(str(request.param), request, tmp_path) as url:
        yield url


def part(signal: Signal, name: str) -> str:
    return next(one.evidence for one in signal.score.parts if one.name == name)


def about(company: str, thing: str) -> tuple[str, tuple[str, ...]]:
    title = f"{company} launches the {thing} robot for OpenAI and Microsoft"
    return title, (
        f"{company} launched the {thing} robot on Tuesday. The robot of {company} uses models "
        "of OpenAI and lifts 20 kilograms, the company said in a statement.",
        f"It costs $9,000 and will be sold in four countries. {company} had worked on the "
        f"{thing} for three years, together with two universities in the north.",
        "The first ones go to warehouses in the spring. Two factories will build 400 robots a "
        "month, and a third one is planned for the coming year, the company said.",
    )


async def read(world: World, feed: str, path: str, title: str, text: tuple[str, ...]) -> Signal:
    """Let the feed have one new entry, and give the signal that it made."""
    at = world.time() - timedelta(minutes=5)
    world.answers[feed] = rss(item(title=title, link=world.base + path, guid=path, at=at))
    world.answers[path] = page(title, text)
    (result,) = await world.poll_and_read()
    assert result.signal is not None
    signal = await world.storage.signals.get(result.signal.id)
    assert signal is not None
    return signal


async def test_the_first_of_its_topics_has_nothing_to_be_compared_with(world: World) -> None:
    await world.source("/feed")
    signal = await read(world, "/feed", "/a", *about("Halden", "Oak-1"))
    assert signal.placement.topics
    assert part(signal, "novelty") == "novelty=unknown"


async def test_what_was_told_last_week_is_less_new_than_what_was_not(world: World) -> None:
    await world.source("/feed")
    await read(world, "/feed", "/a", *about("Halden", "Oak-1"))
    world.time.pass_(days=9)  # beyond the days within which it would be one story
    again = await read(world, "/feed", "/b", *about("Halden", "Oak-2"))
    title = "OpenAI and Microsoft robots sort letters at a post office"
    other = await read(
        world,
        "/feed",
        "/c",
        title,
        (
            "Sorting letters by hand took Lindholm's post office eleven hours a night. Machines "
            "with models of OpenAI need forty minutes, its director said on Monday.",
            "Clerks now look after parcels instead. Nobody lost a job, and the office opens one "
            "hour earlier than before, which pensioners had asked for since the spring.",
            "A second office follows in June. The ministry pays half of the 3 million that it "
            "costs, and wants to see figures after a year of work with the machines.",
        ),
    )
    known, new = (int(part(one, "novelty").split()[0].partition("=")[2]) for one in (again, other))
    assert known < 60 < new
    points = {one.name: one.points for one in again.score.parts}
    assert points["novelty"] < 7.0  # what an unknown one has
    # So the digest has the new one first, which else would come second.
    digest = compose(
        [replace(one, story_id=None, relation=Relation.LEAD) for one in (again, other)],
        Wishes(min_score=0),
        kind=DigestKind.DAILY,
        window_from=world.time() - timedelta(days=1),
        window_to=world.time(),
        zone="UTC",
    )
    assert digest is not None
    assert [one.id for one in digest.signals] == [other.id, again.id]
    rest = [one.score.total - _points(one) for one in (again, other)]
    assert rest[0] >= rest[1]


def _points(signal: Signal) -> float:
    return next(one.points for one in signal.score.parts if one.name == "novelty")


async def test_a_month_later_it_is_new_again(world: World) -> None:
    await world.source("/feed")
    await read(world, "/feed", "/a", *about("Halden", "Oak-1"))
    world.time.pass_(days=31)
    signal = await read(world, "/feed", "/b", *about("Halden", "Oak-2"))
    assert part(signal, "novelty") == "novelty=unknown"


async def test_the_other_source_of_a_story_makes_it_no_repetition(world: World) -> None:
    await world.source("/feed/one")
    await world.source("/feed/two")
    title, text = about("Halden", "Oak-1")
    await read(world, "/feed/one", "/a", title, text)
    world.answers["/feed/one"] = rss()
    world.time.pass_(hours=2)
    second = await read(
        world, "/feed/two", "/b", title, (*text[:2], text[2].replace("400", "401"))
    )
    assert second.story_id is not None
    assert part(second, "novelty") == "novelty=unknown"


async def test_a_topic_that_is_suddenly_busy_has_momentum(world: World) -> None:
    await world.source("/feed")
    quiet = await read(world, "/feed", "/a", *about("Norvex", "Elm-1"))
    assert part(quiet, "momentum") == "momentum=0"
    topic = quiet.placement.topics[0]
    world.time.pass_(minutes=FRESH_FOR.total_seconds() / 60)
    rising = report(trend(topic, strength=4.0), at=world.time())
    await keep(world.storage, rising)
    busy = await read(world, "/feed", "/z", *about("Rowan", "Ash-9"))
    assert part(busy, "momentum") == "momentum=67"
    world.time.pass_(days=4)
    late = await read(world, "/feed", "/late", *about("Willow", "Fir-2"))
    assert part(late, "momentum") == "momentum=0"


async def test_later_articles_profit_from_names_that_two_sources_taught(world: World) -> None:
    body = (
        "机器人公司“青栎未知”（Halden）今天在北港开设工厂，{} 名工人将在这里工作，产品供应四国。",
        "工厂占地 {} 公顷，耗资 12 亿元。当地政府表示，工厂将在明年春天开工，届时还会招聘两百人。",
        "公司负责人说，第一批机器人已经下线，客户是三家仓库，另有两所大学参与了研发工作。",
    )
    for number, feed in enumerate(("/feed/one", "/feed/two", "/feed/three")):
        await world.source(feed, lang="zh" if number < 2 else "en")
    for number, feed in enumerate(("/feed/one", "/feed/two")):
        text = tuple(line.format(number + 300) for line in body)
        await read(world, feed, f"/{number}", f"北港开设第 {number} 座机器人工厂", text)
        world.answers[feed] = rss()
        world.time.pass_(minutes=11)
    signal = await read(world, "/feed/three", "/halden", *about("Halden", "Oak-1"))
    assert "青栎未知 Halden" in signal.brief.frame
