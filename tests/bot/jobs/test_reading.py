from datetime import timedelta

from digest.model import EntryState
from tests.bot.jobs.pages import PARAGRAPHS, item, page, rss
from tests.bot.jobs.world import World


def feed_of(world: World, *paths: str, hours: int = 1) -> str:
    at = world.time() - timedelta(hours=hours)
    return rss(
        *(item(title=f"Title {path}", link=world.base + path, guid=path, at=at) for path in paths)
    )


async def test_a_first_poll_records_its_backlog_without_pushing(world: World) -> None:
    await world.source("/feed")
    world.answers["/feed"] = feed_of(world, "/a")
    world.answers["/a"] = page("Harbour Robotics sells 1,200 machines to Lindholm")
    results = await world.poll_and_read()
    assert [result.state for result in results] == [EntryState.DONE]
    assert world.signals == []
    (signal,) = await world.storage.signals.latest()
    assert signal.backlog
    assert "Harbour Robotics" in signal.title


async def test_a_later_entry_is_news_and_may_be_pushed(world: World) -> None:
    await world.source("/feed")
    world.answers["/feed"] = feed_of(world, "/a")
    world.answers["/a"] = page("Harbour Robotics sells 1,200 machines to Lindholm")
    await world.poll_and_read()
    world.time.pass_(hours=2)
    world.answers["/feed"] = feed_of(world, "/b", "/a")
    world.answers["/b"] = page(
        "Northwind Bank cuts its rate to 2.5%",
        (
            "Northwind Bank cut its key rate from 3% to 2.5% on Wednesday. It was the first cut "
            "in four years, and the bank said that more may follow.",
            "Inflation fell to 1.9% in February, the bank said. Economists had expected 2.2%. "
            "Shares of home builders rose 4% within an hour.",
            "The bank's governor will speak to parliament on Friday. The next decision is due on "
            "15 April, and two of the nine members voted against the cut.",
        ),
    )
    await world.poll_and_read()
    (signal,) = world.signals
    assert signal.title.startswith("Northwind Bank")
    assert not signal.backlog


async def test_an_edited_entry_is_not_a_new_entry(world: World) -> None:
    await world.source("/feed")
    world.answers["/feed"] = rss(item(title="First", link=world.base + "/a", guid="one"))
    world.answers["/a"] = page("Harbour Robotics sells machines")
    await world.poll_and_read()
    world.time.pass_(hours=2)
    world.answers["/feed"] = rss(
        item(title="First, corrected", link=world.base + "/a?edited", guid="one")
    )
    assert await world.poll_and_read() == []
    assert await world.storage.signals.total() == 1


async def test_the_same_article_from_two_feeds_is_one_signal_with_two_sources(
    world: World,
) -> None:
    await world.source("/feed/one")
    await world.source("/feed/two")
    world.answers["/feed/one"] = feed_of(world, "/a")
    world.answers["/feed/two"] = rss(
        item(title="Copied", link=f"{world.base}/a?utm_source=two", guid="other")
    )
    world.answers["/a"] = page("Harbour Robotics sells 1,200 machines to Lindholm")
    results = await world.poll_and_read()
    assert sorted(result.state for result in results) == [EntryState.DONE, EntryState.MERGED]
    (signal,) = await world.storage.signals.latest()
    assert {seen.title for seen in signal.seen_in} == {"Source /feed/one", "Source /feed/two"}


async def test_the_same_text_under_another_address_is_the_same_signal(world: World) -> None:
    await world.source("/feed")
    world.answers["/feed"] = feed_of(world, "/a", "/copy")
    world.answers["/a"] = world.answers["/copy"] = page("Harbour Robotics sells machines")
    await world.poll_and_read()
    assert await world.storage.signals.total() == 1


async def test_a_page_that_cannot_be_had_is_tried_again_and_then_ends_as_failed(
    world: World,
) -> None:
    await world.source("/feed")
    world.answers["/feed"] = rss(
        item(title="Gone", link="http://127.0.0.1:9/unreachable", guid="one")
    )
    await world.poll()
    states = []
    for _ in range(5):
        states += [result.state for result in await world.read()]
        world.time.pass_(hours=7)
    assert states[-1] in {EntryState.FAILED, EntryState.OFF_LIMITS}
    counts = await world.storage.entries.counts()
    assert counts.get(EntryState.BACKLOG, 0) == 0


async def test_the_feeds_own_body_stands_in_for_a_page_that_fails(world: World) -> None:
    await world.source("/feed")
    world.answers["/feed"] = rss(
        item(
            title="Harbour Robotics sells 1,200 machines",
            link=world.base + "/missing",
            guid="one",
            text="".join(f"<p>{text}</p>" for text in PARAGRAPHS),
        )
    )
    (result,) = await world.poll_and_read()
    assert result.state == EntryState.DONE
    (signal,) = await world.storage.signals.latest()
    article = await world.storage.signals.article(signal.id)
    assert article is not None
    assert article.origin == "feed"


async def test_evidence_points_at_the_sentence_it_rests_on(world: World) -> None:
    await world.source("/feed")
    world.answers["/feed"] = feed_of(world, "/a")
    world.answers["/a"] = page("Harbour Robotics sells 1,200 machines to Lindholm")
    await world.poll_and_read()
    (signal,) = await world.storage.signals.latest()
    article = await world.storage.signals.article(signal.id)
    assert article is not None
    assert signal.brief.points
    for point in signal.brief.points:
        assert point.text in {article.sentences[number].text for number in point.evidence}


async def test_entries_without_links_stay_apart(world: World) -> None:
    await world.source("/feed")
    text = "".join(f"<p>{text}</p>" for text in PARAGRAPHS)
    other = text.replace("Lindholm", "Varberg").replace("1,200", "77").replace("900", "410")
    world.answers["/feed"] = rss(
        item(title="Robots for Lindholm", guid="one", text=text),
        item(title="Belts for Varberg", guid="two", text=other + "<p>A third port follows.</p>"),
    )
    results = await world.poll_and_read()
    assert [result.state for result in results] == [EntryState.DONE, EntryState.DONE]
    assert await world.storage.signals.total() == 2
