"""New signals go into the collections whose rules want them, once, whatever happens between."""

from datetime import timedelta

import pytest

from bot.jobs.saving import RuleSaver
from bot.jobs.upkeep import Upkeep
from digest.model import Collection, Relation, Rule, SignalState, Subscriber
from tests.bot.jobs.desk import Desk
from tests.newsdesk import NOON


async def ruled(
    desk: Desk, *words: str, topics: tuple[str, ...] = ()
) -> tuple[Subscriber, Collection, RuleSaver]:
    """A reader with a collection that has a rule, and who carries it out."""
    reader = await desk.reader()
    box = await desk.storage.collections.create(reader.id, "自动", desk.time())
    await desk.storage.rules.set(reader.id, Rule(box.id, words, topics), desk.time())
    saver = RuleSaver(desk.storage, clock=desk.time)
    await saver.run_due()
    desk.time.pass_(minutes=1)
    return reader, box, saver


async def titles(desk: Desk, box: Collection) -> list[str]:
    return [one.signal.title for one in await desk.storage.collections.saved(box.id, 1000)]


async def test_what_a_rule_wants_is_saved_and_marked(desk: Desk) -> None:
    reader, box, saver = await ruled(desk, "芯片", topics=("llm",))
    await desk.news.publish("新芯片发布", at=desk.time())
    await desk.news.publish("别的消息", at=desk.time(), topics=("llm",))
    await desk.news.publish("无关的消息", at=desk.time())
    assert await saver.run_due() == 2
    kept = await desk.storage.collections.saved(box.id)
    assert {one.signal.title for one in kept} == {"新芯片发布", "别的消息"}
    assert all(one.by_rule for one in kept)
    assert await saver.run_due() == 0
    assert reader.id == box.subscriber_id


async def test_what_is_no_news_is_left_alone(desk: Desk) -> None:
    _, box, saver = await ruled(desk, "芯片")
    lead = await desk.news.publish("芯片：旧文", at=desk.time(), backlog=True)
    await desk.news.publish("芯片：待审", at=desk.time(), state=SignalState.HELD)
    await desk.news.publish(
        "芯片：重复", at=desk.time(), story_of=lead.id, relation=Relation.DUPLICATE
    )
    await desk.news.publish("芯片：规则之前", at=desk.time() - timedelta(minutes=2))
    assert await saver.run_due() == 0
    await desk.news.publish(
        "芯片：更新", at=desk.time(), story_of=lead.id, relation=Relation.UPDATE
    )
    assert await saver.run_due() == 1
    assert await titles(desk, box) == ["芯片：更新"]


async def test_a_crash_in_between_repeats_and_loses_nothing(desk: Desk) -> None:
    _, box, saver = await ruled(desk, "芯片")
    await desk.news.publish("芯片一", at=desk.time())
    assert await saver.run_due() == 1
    # Whoever takes over knows no more than what the database says.
    desk.time.pass_(minutes=2)
    await desk.news.publish("芯片二", at=desk.time())
    other = RuleSaver(desk.storage, clock=desk.time)
    assert await other.run_due() == 1
    assert await saver.run_due() == 0
    assert sorted(await titles(desk, box)) == ["芯片一", "芯片二"]


async def test_what_was_down_for_days_catches_up(desk: Desk) -> None:
    _, box, _ = await ruled(desk, "芯片")
    await desk.news.publish("芯片一", at=desk.time())
    desk.time.pass_(days=2)
    assert await RuleSaver(desk.storage, clock=desk.time).run_due() == 1
    assert await titles(desk, box) == ["芯片一"]


async def test_what_the_reader_took_out_stays_out(desk: Desk) -> None:
    reader, box, saver = await ruled(desk, "芯片")
    signal = await desk.news.publish("芯片一", at=desk.time())
    await saver.run_due()
    undo = await desk.storage.undos.remove(reader.id, box.id, signal.id, desk.time(), "x") or 0
    assert await RuleSaver(desk.storage, clock=desk.time).run_due() == 0
    assert await titles(desk, box) == []
    await desk.storage.undos.undo(reader.id, undo, NOON)
    assert await titles(desk, box) == ["芯片一"]


async def test_changes_of_rules_count_at_once(desk: Desk) -> None:
    reader, box, saver = await ruled(desk, "芯片")
    await desk.storage.rules.set(reader.id, Rule(box.id, ("芯片",), paused=True), desk.time())
    desk.time.pass_(seconds=1)
    await desk.news.publish("芯片一", at=desk.time())
    assert await saver.run_due() == 0
    await desk.storage.rules.set(reader.id, Rule(box.id, ("能源",)), desk.time())
    desk.time.pass_(seconds=1)
    await desk.news.publish("能源一", at=desk.time())
    assert await saver.run_due() == 1
    await desk.storage.rules.remove(reader.id, box.id)
    await desk.news.publish("能源二", at=desk.time())
    assert await saver.run_due() == 0
    assert await titles(desk, box) == ["能源一"]


async def test_a_rule_does_not_flood(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.jobs.saving.MOST_A_DAY", 3)
    _, box, saver = await ruled(desk, "芯片")
    for number in range(5):
        await desk.news.publish(f"芯片 {number}", at=desk.time() + timedelta(seconds=number))
    assert await saver.run_due() == 3
    assert await titles(desk, box) == ["芯片 2", "芯片 1", "芯片 0"]
    desk.time.pass_(minutes=10)
    assert await saver.run_due() == 0
    desk.time.pass_(days=1)
    await desk.news.publish("芯片 9", at=desk.time())
    assert await saver.run_due() == 1


async def test_a_full_collection_takes_no_more(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.jobs.saving.MOST_SAVED", 2)
    _, box, saver = await ruled(desk, "芯片")
    for number in range(3):
        await desk.news.publish(f"芯片 {number}", at=desk.time())
    assert await saver.run_due() == 2
    assert len(await titles(desk, box)) == 2


async def test_more_than_a_page_arrives(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    _, box, saver = await ruled(desk, "芯片")
    arrivals = desk.storage.rules.arrivals
    for number in range(7):
        await desk.news.publish(f"芯片 {number}", at=desk.time() + timedelta(seconds=number // 3))

    async def two_at_a_time(since: object, after: int) -> object:
        return await arrivals(since, after, 2)  # type: ignore[arg-type]

    monkeypatch.setattr(desk.storage.rules, "arrivals", two_at_a_time)
    assert await saver.run_due() == 7
    assert len(await titles(desk, box)) == 7


# --- what is kept ------------------------------------------------------------------------


async def test_old_articles_lose_their_text_unless_somebody_saved_them(desk: Desk) -> None:
    upkeep = Upkeep(desk.storage, clock=desk.time, article_days=180)
    reader = await desk.reader()
    box = await desk.storage.collections.default(reader.id, NOON, "收藏")
    old, kept, removed = [await desk.news.publish(at=desk.time()) for _ in range(3)]
    for signal in (kept, removed):
        await desk.storage.collections.save(box.id, signal.id, desk.time())
    desk.time.pass_(days=180)
    young = await desk.news.publish(at=desk.time())
    assert await upkeep.retain() == 0
    desk.time.pass_(minutes=1)
    await desk.storage.undos.remove(reader.id, box.id, removed.id, desk.time(), "x")

    async def with_text() -> set[int]:
        all_of_them = (old, kept, removed, young)
        return {one.id for one in all_of_them if await desk.storage.signals.article(one.id)}

    assert await upkeep.retain() == 1
    assert await with_text() == {kept.id, removed.id, young.id}
    assert await desk.storage.signals.get(old.id) == old  # the signal itself stays
    assert await desk.storage.search.find(old.title) != ()

    desk.time.pass_(days=8)  # nobody brought the removed one back
    await upkeep.forget()
    assert await upkeep.retain() == 1
    assert await with_text() == {kept.id, young.id}


async def test_texts_can_be_kept_for_ever(desk: Desk) -> None:
    signal = await desk.news.publish(at=desk.time())
    desk.time.pass_(days=9999)
    assert await Upkeep(desk.storage, clock=desk.time, article_days=0).retain() == 0
    assert await desk.storage.signals.article(signal.id) is not None


async def test_an_entry_whose_text_was_dropped_does_not_come_back(desk: Desk) -> None:
    signal = await desk.news.publish("旧闻", at=desk.time())
    desk.time.pass_(days=200)
    assert await Upkeep(desk.storage, clock=desk.time).retain() == 1
    source = await desk.news.source()
    keys = await desk.storage.sources.known_keys(source.id, [signal.url])
    assert await desk.storage.signals.find_same(signal.url, "") == signal.id
    assert keys is not None
