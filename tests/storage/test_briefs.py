"""A brief that takes the place of another: what is seen, found, and still waits."""

from dataclasses import replace
from datetime import date

import pytest

from digest.model import Advice, Brief, Checked, Insight, Moment, Point, SignalState, Tier
from storage import NotFound, Storage
from storage.values import brief_data, read_brief
from tests.storage.making import NOW, add_signal, article, draft, minutes

MODEL = Brief(
    headline="推理步骤从 40 降到 4",
    headline_lang="zh",
    points=(Point("压缩率翻倍。", (0,), "zh", original="Compression doubles.", support=0.9),),
    tier=Tier.MODEL,
    version="rules-2",
    frame=("40 → 4 步",),
    headline_original="Steps cut from 40 to 4",
    insight=Insight(
        timeline=(Moment("last Tuesday", date(2026, 3, 3), "发布。", 1, "zh"),),
        concerned=(Advice("engineers", "可以试用。", (1,), "zh"),),
        difference=Point("步骤更少。", (0,), "zh"),
    ),
    maker="gpt-x",
    prompt="brief-1",
    checked=Checked(6, 1, ("价值 4 亿美元：原文没有",)),
)
OLD_ROW = {
    "headline": "旧",
    "headline_lang": "zh",
    "points": [{"text": "点", "evidence": [0], "lang": "zh"}],
}


def test_rows_of_the_first_release_are_readable() -> None:
    assert read_brief(OLD_ROW) == Brief("旧", "zh", (Point("点", (0,), "zh"),), version="")


def test_plain_data_of_a_brief_reads_back() -> None:
    assert read_brief(brief_data(MODEL)) == MODEL


async def test_readers_see_the_new_brief(storage: Storage) -> None:
    signal = await add_signal(storage)
    await storage.signals.set_brief(signal.id, MODEL, NOW)
    found = await storage.signals.get(signal.id)
    assert found is not None
    assert found.brief == MODEL
    assert found == replace(signal, brief=MODEL)


async def test_search_finds_the_new_words_and_no_longer_the_old(storage: Storage) -> None:
    made = draft("a", text="The steps were cut.")
    old = replace(made.brief, headline="罕见的旧标题", points=(Point("一只企鹅。", (0,), "zh"),))
    made = replace(made, brief=old, article=replace(made.article, lang="en"))
    signal = await add_signal(storage, "a", made=made)
    other = await add_signal(storage, "b", made=replace(made, article=article("b", text="企鹅")))
    await storage.signals.set_brief(signal.id, MODEL, NOW)

    async def found(query: str) -> set[int]:
        return {one.id for one in await storage.search.find(query)}

    assert await found("压缩率翻倍") == {signal.id}
    assert await found("步骤 40 降到 4") == {signal.id}
    assert await found("企鹅") == {other.id}
    assert await found("罕见的旧标题") == {other.id}
    assert await found("steps were cut") == {signal.id}
    assert await storage.search.count("压缩率") == 1
    # And back again.
    await storage.signals.set_brief(signal.id, old, NOW)
    assert await found("压缩率翻倍") == set()
    assert await found("企鹅") == {signal.id, other.id}


async def test_an_unknown_signal_gets_no_brief(storage: Storage) -> None:
    with pytest.raises(NotFound):
        await storage.signals.set_brief(99, MODEL, NOW)


async def test_strong_rules_briefs_await_the_model_the_newest_first(storage: Storage) -> None:
    weak = await add_signal(storage, "weak", made=draft("weak", points=30))
    strong = await add_signal(storage, "strong", made=draft("strong", points=60))
    newest = await add_signal(
        storage, "newest", made=draft("newest", points=50), now=NOW + minutes(1)
    )
    await add_signal(storage, "made", made=replace(draft("made"), brief=MODEL))
    held = await add_signal(
        storage, "held", made=draft("held"), state=SignalState.HELD, now=NOW - minutes(1)
    )
    await add_signal(storage, "rejected", made=draft("rejected"), state=SignalState.REJECTED)
    awaiting = storage.signals.awaiting_model
    assert await awaiting(40, 10) == (newest.id, strong.id, held.id)
    assert await awaiting(40, 1) == (newest.id,)
    assert await awaiting(40, 10, since=NOW + minutes(1)) == (newest.id,)
    assert await awaiting(0, 10) == (newest.id, strong.id, weak.id, held.id)
    await storage.signals.set_brief(newest.id, MODEL, NOW)
    assert await awaiting(40, 10) == (strong.id, held.id)


async def test_the_model_is_given_up_after_three_tries(storage: Storage) -> None:
    signal = await add_signal(storage)
    for number in range(3):
        at = NOW + minutes(10 * number)
        assert await storage.signals.awaiting_model(0, 9, retry_before=at) == (signal.id,)
        assert await storage.signals.begin(signal.id, "model", at, retry_before=at)
        assert await storage.signals.awaiting_model(0, 9, retry_before=at) == ()
    assert await storage.signals.awaiting_model(0, 9) == ()


async def test_a_translated_rules_brief_still_awaits_the_model(storage: Storage) -> None:
    signal = await add_signal(storage)
    await storage.signals.set_brief(signal.id, replace(MODEL, tier=Tier.RULES), NOW)
    assert await storage.signals.awaiting_model(0, 9) == (signal.id,)
