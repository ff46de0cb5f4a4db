"""Every kind of broken input ends in a named state; its neighbours go on."""

from datetime import timedelta

import pytest
from aiohttp import web
from sqlalchemy.exc import OperationalError

from bot.engine.workers import WorkerCrashed
from digest.errors import PollFailure
from digest.model import EntryState
from tests.bot.jobs.pages import PARAGRAPHS, item, page, rss
from tests.bot.jobs.world import World

GOOD = "Harbour Robotics sells 1,200 machines to Lindholm"


async def test_a_malformed_feed_still_gives_its_readable_entries(world: World) -> None:
    await world.source("/feed")
    world.answers["/a"] = page(GOOD)
    world.answers["/feed"] = (
        "PHP Warning: something\n<rss><channel><title>Broken & torn</title>"
        f"<item><title>Ports & robots &nbsp;</title><link>{world.base}/a</link>"
        "<description>unclosed <b>bold"
    )
    (result,) = await world.poll()
    assert result.error is None
    (read,) = await world.read()
    assert read.state == EntryState.DONE


async def test_a_page_that_is_no_feed_is_named_and_polled_again_later(world: World) -> None:
    source = await world.source("/feed")
    world.answers["/feed"] = web.Response(text="<html><body>Login</body></html>")
    (result,) = await world.poll()
    assert result.error is not None
    assert result.error.code == PollFailure.NOT_A_FEED
    after = await world.storage.sources.get(source.id)
    assert after.state == "active"
    assert after.poll.errors == 1
    assert after.poll.next_poll_at > world.time()


async def test_a_twenty_megabyte_page_is_refused_and_the_feeds_body_is_read(world: World) -> None:
    await world.source("/feed")
    world.answers["/huge"] = b"<p>" + b"word " * 4_200_000
    text = "".join(f"<p>{one}</p>" for one in PARAGRAPHS)
    world.answers["/feed"] = rss(
        item(title="Huge", link=world.base + "/huge", guid="1"),
        item(title=GOOD, link=world.base + "/huge?2", guid="2", text=text),
    )
    results = {result.state for result in await world.poll_and_read()}
    assert EntryState.DONE in results
    counts = await world.storage.entries.counts()
    assert counts[EntryState.DONE] == 1
    assert sum(counts.values()) == 2


async def test_a_page_in_gb18030_is_read_in_chinese(world: World) -> None:
    await world.source("/feed", lang="zh")
    paragraphs = (
        "海港机器人公司周二宣布，向林霍尔姆港出售1200台分拣机，合同金额为4500万美元。",
        "每台机器每小时分拣900件包裹，上一代为640件；港口预计能耗下降12%。",
        "公司现有员工340人，今年5月启用了第二座工厂，单台售价尚未公布。",
        "业内此前也尝试过类似的传送带，但传感器在冬天会结冰，试验一轮之后便放弃了。",
        "该公司表示，新的传感器在零下35摄氏度仍能工作，首批设备将于明年底前交付完毕。",
    )
    title = "海港机器人向林霍尔姆港出售1200台分拣机"
    body = page(title, paragraphs).replace("utf-8", "gb18030").encode("gb18030")
    world.answers["/gb"] = body
    world.answers["/feed"] = rss(item(title=title, link=world.base + "/gb", guid="1"))
    (result,) = await world.poll_and_read()
    assert result.state == EntryState.DONE
    (signal,) = await world.storage.signals.latest()
    assert signal.lang == "zh"
    assert "海港机器人" in signal.title
    found = await world.storage.search.find("分拣")
    assert [one.id for one in found] == [signal.id]


async def test_a_feed_with_5000_entries_keeps_the_newest_and_reads_a_few(world: World) -> None:
    await world.source("/feed")
    start = world.time() - timedelta(days=1)
    world.answers["/feed"] = rss(
        *(
            item(
                title=f"Entry {number}",
                link=f"{world.base}/e/{number}",
                guid=str(number),
                at=start - timedelta(minutes=number),
            )
            for number in range(5000)
        )
    )
    (result,) = await world.poll()
    assert result.error is None
    assert 8 < result.new <= 5000
    counts = await world.storage.entries.counts()
    assert counts[EntryState.BACKLOG] == 8  # the newest few are read, the rest is only known
    assert counts[EntryState.OLD] == result.new - 8
    again = await world.poll()
    assert again[0].new == 0


async def test_entries_without_guid_link_or_date_have_a_defined_end(world: World) -> None:
    await world.source("/feed")
    text = "".join(f"<p>{one}</p>" for one in PARAGRAPHS)
    world.answers["/a"] = page("An entry without a date or guid")
    world.answers["/feed"] = rss(
        item(title="No guid, no date", link=world.base + "/a"),
        item(title="No link at all, but a text", guid="only-guid", text=text + "<p>More.</p>"),
        item(title="Nothing but a title"),
    )
    results = await world.poll_and_read()
    ends = {(result.state, result.detail) for result in results}
    assert (EntryState.DONE, "") in ends
    assert (EntryState.SHORT, "no link, and little text") in ends
    waiting = await world.storage.entries.waiting(world.time() + timedelta(days=30))
    assert waiting == 0
    for signal in await world.storage.signals.latest():
        assert signal.published_at is None or signal.published_at <= world.time()
    again = await world.poll()
    assert again[0].new == 0


async def test_titles_keep_their_odd_characters_and_their_length(world: World) -> None:
    await world.source("/feed")
    odd = "C++ <vector> & “quotes” 🚀: why 5 < 6 && 7 > 3"
    long = "A title that goes on and on about robots in port number " + "and another, " * 33
    world.answers["/odd"] = page(odd)
    world.answers["/long"] = page(long, salt="A different text, with 17 ships and 9 cranes.")
    world.answers["/feed"] = rss(
        item(title=odd, link=world.base + "/odd", guid="1"),
        item(title=long, link=world.base + "/long", guid="2"),
    )
    await world.poll_and_read()
    found = await world.storage.signals.latest(leads_only=False)
    titles = {signal.title for signal in found}
    assert odd in titles
    kept = next(title for title in titles if title.startswith("A title that goes on"))
    assert len(kept) >= 400
    assert not kept.endswith("anothe")


async def test_a_page_that_hangs_its_reader_does_not_stop_its_neighbours(world: World) -> None:
    await world.source("/feed")
    world.answers["/bomb"] = "<html><body>" + "<p>x" * 200_000 + "</body></html>"
    world.answers["/a"] = page(GOOD)
    world.answers["/feed"] = rss(
        item(title="Bomb", link=world.base + "/bomb", guid="1"),
        item(title=GOOD, link=world.base + "/a", guid="2"),
    )
    results = await world.poll_and_read()
    states = {result.state for result in results}
    assert EntryState.DONE in states
    counts = await world.storage.entries.counts()
    assert sum(counts.values()) == 2
    assert counts.get(EntryState.BACKLOG, 0) == 0


async def test_a_fault_over_one_entry_is_its_own(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.source("/feed")
    world.answers["/bad"] = page("The one that we fail on", salt="Twelve of 90 cranes stand idle.")
    world.answers["/a"] = page(GOOD)
    world.answers["/feed"] = rss(
        item(title="The one that we fail on", link=world.base + "/bad", guid="1"),
        item(title=GOOD, link=world.base + "/a", guid="2"),
    )
    find_same = world.storage.signals.find_same

    async def broken(url: str, fingerprint: str) -> int | None:
        if url.endswith("/bad"):
            raise OverflowError("a fault of ours")
        return await find_same(url, fingerprint)

    monkeypatch.setattr(world.storage.signals, "find_same", broken)
    await world.poll_and_read()
    (signal,) = await world.storage.signals.latest()
    assert signal.title == GOOD
    for _ in range(5):
        world.time.pass_(hours=7)
        await world.read()
    counts = await world.storage.entries.counts()
    assert counts == {EntryState.DONE: 1, EntryState.FAILED: 1}


async def test_a_fault_of_the_machine_never_ends_an_article(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.source("/feed")
    world.answers["/a"] = page(GOOD)
    world.answers["/feed"] = rss(item(title=GOOD, link=world.base + "/a", guid="1"))
    await world.poll()
    find_same = world.storage.signals.find_same
    gone = OperationalError("SELECT", {}, Exception("terminating connection"))

    async def broken(*_: object, **__: object) -> None:
        raise gone

    monkeypatch.setattr(world.storage.signals, "find_same", broken)
    for _ in range(6):
        assert [result.state for result in await world.read()] == [EntryState.BACKLOG]
        world.time.pass_(seconds=10)
    with monkeypatch.context() as patched:  # it cannot even be put back
        patched.setattr(world.storage.entries, "retry", broken)
        assert len(await world.read()) == 1
    monkeypatch.setattr(world.storage.signals, "find_same", find_same)
    assert await world.read() == []
    world.time.pass_(seconds=20)
    assert [result.state for result in await world.read()] == [EntryState.DONE]


async def test_what_takes_its_reader_with_it_has_a_second_try(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.source("/feed")
    world.answers["/a"] = page(GOOD)
    world.answers["/feed"] = rss(item(title=GOOD, link=world.base + "/a", guid="1"))
    await world.poll()
    assert world.workers is not None
    run = world.workers.run

    async def killed(*_: object, **__: object) -> None:
        raise WorkerCrashed("read_page ended its process (status -9)")

    with monkeypatch.context() as patched:
        patched.setattr(world.workers, "run", killed)
        assert [result.state for result in await world.read()] == [EntryState.BACKLOG]
    assert world.workers.run == run
    world.time.pass_(minutes=5)
    assert [result.state for result in await world.read()] == [EntryState.DONE]


async def test_a_fault_over_one_source_is_its_own(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = await world.source("/feed/bad")
    await world.source("/feed/good")
    world.answers["/feed/bad"] = rss(item(title="X", link=world.base + "/x", guid="1"))
    world.answers["/feed/good"] = rss(item(title=GOOD, link=world.base + "/a", guid="1"))
    known_keys = world.storage.sources.known_keys

    async def broken(source_id: int, keys: list[str]) -> set[str]:
        if source_id == bad.id:
            raise OverflowError("a fault of ours")
        return await known_keys(source_id, keys)

    monkeypatch.setattr(world.storage.sources, "known_keys", broken)
    results = {result.source.id: result for result in await world.poll()}
    assert len(results) == 2
    assert results[bad.id].error is not None
    after = await world.storage.sources.get(bad.id)
    assert after is not None
    assert after.poll.errors == 1


async def test_an_archive_under_new_names_is_no_news(world: World) -> None:
    await world.source("/feed")
    world.answers["/feed"] = rss(item(title="First", link=world.base + "/0", guid="0"))
    await world.poll()
    world.answers["/feed"] = rss(
        *(item(title=f"E {n}", link=f"{world.base}/{n}", guid=f"new-{n}") for n in range(300))
    )
    await world.poll()
    counts = await world.storage.entries.counts()
    assert EntryState.NEW not in counts
    assert counts[EntryState.BACKLOG] <= 9
    world.answers["/feed"] = rss(
        *(item(title=f"F {n}", link=f"{world.base}/f{n}", guid=f"next-{n}") for n in range(30))
    )
    await world.poll()
    assert (await world.storage.entries.counts())[EntryState.NEW] == 30


async def test_a_private_address_is_refused(world: World) -> None:
    await world.source("/feed")
    world.answers["/feed"] = rss(
        item(title="Inside", link="http://169.254.169.254/latest/meta-data", guid="1")
    )
    (result,) = await world.poll_and_read()
    assert result.state == EntryState.OFF_LIMITS
