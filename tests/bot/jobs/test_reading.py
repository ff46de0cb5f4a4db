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


TRADITIONAL = (
    "青櫟電子週二宣布，將投資 12 億美元在臺南擴建晶圓廠，預計創造 3,500 個工作機會。"
    "這是該公司成立以來規模最大的一次擴建。",
    "該公司表示，新廠的產能將從每月 4 萬片增加到 9 萬片，並將於 2028 年開始量產。"
    "目前有 340 名員工參與規劃，其中多數是軟體工程師。",
    "當地政府將協助解決用水與用電的問題，但沒有公布補助的金額。",
)


async def test_a_traditional_article_is_simplified_as_it_is_read(world: World) -> None:
    await world.source("/feed", lang="zh")
    world.answers["/feed"] = feed_of(world, "/a")
    world.answers["/a"] = page("青櫟電子宣布投資 12 億美元擴建新廠", TRADITIONAL)
    await world.poll_and_read()
    (signal,) = await world.storage.signals.latest()
    assert signal.title == "青櫟電子宣布投資 12 億美元擴建新廠"
    assert signal.brief.headline == "青栎电子宣布投资 12 亿美元扩建新厂"
    assert signal.brief.points[0].text.startswith("青栎电子周二宣布，将投资 12 亿美元")
    article = await world.storage.signals.article(signal.id)
    found = await world.storage.translations.get(signal.id, "zh")
    assert article is not None
    assert found is not None
    assert article.sentences[0].text.startswith("青櫟電子週二宣布")
    assert (found.is_script_only, len(found.sentences)) == (True, len(article.sentences))
    assert any("软件工程师" in one.text for one in found.sentences)
    # Found by the words of both.
    for query in ("擴建新廠", "扩建新厂"):
        assert [one.id for one in await world.storage.search.find(query)] == [signal.id], query
