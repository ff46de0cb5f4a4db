"""Who follows something hears once that it begins to rise, with what that rests on."""

from dataclasses import replace
from datetime import time, timedelta
from typing import Any

import pytest

from digest.model import DigestKind, Lang, Signal, SignalState, Subscriber, Wishes
from digest.render import plain_text
from digest.trends import Phase, TrendKind
from storage.digests import StoredDigest
from tests.bot.jobs.desk import Desk
from tests.newsdesk import NOON
from tests.trending import HOUR, keep, report, trend

FOLLOWING: dict[str, Any] = {
    "digest_times": (),
    "instant": False,
    "quiet_from": time(0),
    "quiet_to": time(0),
    "wishes": Wishes(topics=("llm",), min_score=40),
}


async def told(
    desk: Desk, count: int = 3, *, sources: int = 3, called: str = "大模型", **how: Any
) -> list[Signal]:
    """Signals of a topic within the last hour, each source in its turn."""
    made = []
    for number in range(count):
        key = f"s{number % sources}"
        await desk.news.source(key, title=f"第 {number % sources + 1} 家")
        at = NOON - timedelta(minutes=10 * (number + 1))
        given = {"topics": ("llm",), "total": 60 + number} | how
        made.append(
            await desk.news.publish(
                f"{called} {number}", at=at, published_at=at, source=key, **given
            )
        )
    return made


async def begins(desk: Desk, signals: list[Signal], **how: Any) -> None:
    """The report of now says that the topic begins to rise, resting on these."""
    given = {
        "phase": Phase.STARTING,
        "signal_ids": tuple(one.id for one in signals),
        "began_at": desk.time.now - 2 * HOUR,
    } | how
    await keep(desk.storage, report(trend(**given), at=desk.time.now))


async def last(desk: Desk, reader: Subscriber) -> StoredDigest:
    found = await desk.storage.digests.latest_for(reader.id)
    assert found is not None
    return found


async def test_a_follower_hears_once_with_figures_and_signals(desk: Desk) -> None:
    reader, other = await desk.reader(**FOLLOWING), await desk.reader(digest_times=())
    signals = await told(desk)
    await begins(desk, signals)
    assert await desk.planner.run_trends() == 1
    sent = await last(desk, reader)
    assert sent.kind is DigestKind.TREND
    text = plain_text(sent.parts[0]["text"])
    assert text.startswith("📈 大模型 正在起势\n24 小时内 12 条，平时每天 3 条 · 今天 10:00 起")
    assert [text.index(f"大模型 {number}") for number in (2, 1, 0)] == sorted(
        text.index(f"大模型 {number}") for number in (0, 1, 2)
    )
    assert sent.signal_ids == tuple(one.id for one in reversed(signals))
    assert await desk.storage.digests.latest_for(other.id) is None
    # Neither at once, nor after a restart, nor when it goes on tomorrow.
    assert await desk.planner.run_trends() == 0
    assert await desk.restarted().run_trends() == 0
    desk.time.pass_(hours=24)
    await begins(desk, signals)
    assert await desk.restarted().run_trends() == 0
    # What the alert brought does not come again in a digest.
    assert await desk.settle() == 1
    given = await desk.storage.given.delivered([reader.id], [one.id for one in signals])
    assert given[reader.id] == {one.id for one in signals}


async def test_another_rise_days_later_is_told_again(desk: Desk) -> None:
    await desk.reader(**FOLLOWING)
    await begins(desk, await told(desk))
    assert await desk.planner.run_trends() == 1
    desk.time.pass_(hours=24 * 4)
    later = [
        await desk.news.publish(
            f"又一波 {number}", at=desk.time.now, source=f"s{number}", topics=("llm",)
        )
        for number in range(2)
    ]
    await begins(desk, later)
    assert await desk.planner.run_trends() == 1


@pytest.mark.parametrize(
    "how",
    [
        {"phase": Phase.RISING},
        {"phase": Phase.HOLDING},
        {"sources": 1},
        {"began_at": NOON - 20 * HOUR},
        {"key": "chips"},
        {"kind": TrendKind.STORY, "key": "1"},
    ],
)
async def test_what_does_not_begin_or_rests_on_one_source_is_not_told(
    desk: Desk, how: dict[str, Any]
) -> None:
    await desk.reader(**FOLLOWING)
    await begins(desk, await told(desk), **how)
    assert await desk.planner.run_trends() == 0


@pytest.mark.parametrize(
    "how",
    [
        {"trend_alerts": False},
        {"paused": True},
        {"quiet_from": time(11), "quiet_to": time(13)},
        {"digest_times": (time(12, 30),)},
        {"considered_until": NOON},
        {"max_a_day": 1},
        {"wishes": Wishes(topics=("llm",), min_score=70)},
        {"wishes": Wishes(topics=("llm",), mutes=("大模型",))},
        {"wishes": Wishes(columns=("ai",))},
    ],
)
async def test_who_does_not_want_it_now_is_left_alone(desk: Desk, how: dict[str, Any]) -> None:
    await desk.reader(**(FOLLOWING | how))
    await begins(desk, await told(desk))
    assert await desk.planner.run_trends() == 0


async def test_who_slept_hears_of_it_afterwards_if_it_still_begins(desk: Desk) -> None:
    await desk.reader(**(FOLLOWING | {"quiet_from": time(11), "quiet_to": time(13)}))
    signals = await told(desk)
    await begins(desk, signals)
    assert await desk.planner.run_trends() == 0
    desk.time.pass_(hours=1.5)
    await begins(desk, signals)
    assert await desk.planner.run_trends() == 1


async def test_what_came_already_is_no_news(desk: Desk) -> None:
    reader = await desk.reader(**FOLLOWING)
    signals = await told(desk)
    await desk.storage.subscribers.mark_delivered(reader.id, [one.id for one in signals[:2]], NOON)
    await begins(desk, signals)
    assert await desk.planner.run_trends() == 0
    await desk.news.source("s9", title="第九家")
    fresh = await desk.news.publish(
        "大模型 新消息", at=NOON, source="s9", topics=("llm",), total=50
    )
    await begins(desk, [fresh, *signals])
    assert await desk.planner.run_trends() == 1
    assert set((await last(desk, reader)).signal_ids) == {signals[2].id, fresh.id}


async def test_one_source_alone_is_no_trend_whatever_was_counted(desk: Desk) -> None:
    await desk.reader(**FOLLOWING)
    await begins(desk, await told(desk, sources=1))
    assert await desk.planner.run_trends() == 0


async def test_what_was_taken_back_is_no_evidence(desk: Desk) -> None:
    await desk.reader(**FOLLOWING)
    signals = await told(desk, 2)
    held = await told(desk, 2, called="撤下", state=SignalState.REJECTED)
    await begins(desk, [signals[0], *held])
    assert await desk.planner.run_trends() == 0


async def test_a_followed_word_counts_as_a_followed_name(desk: Desk) -> None:
    wishes = Wishes(words=("openai",), min_score=0)
    reader = await desk.reader(**(FOLLOWING | {"wishes": wishes, "lang": Lang.EN}))
    signals = []
    for number in range(3):
        await desk.news.source(f"s{number}", title=f"Wire {number}")
        signals.append(
            await desk.news.publish(
                f"OpenAI says {number}", at=NOON - HOUR, source=f"s{number}", lang="en"
            )
        )
    how = {"kind": TrendKind.ENTITY, "key": "openai", "name": "OpenAI"}
    await begins(desk, signals, **how)
    assert await desk.planner.run_trends() == 1
    text = plain_text((await last(desk, reader)).parts[0]["text"])
    assert text.startswith("📈 OpenAI is taking off\n12 signals in 24 hours, usually 3 a day")


async def test_at_most_two_a_day(desk: Desk) -> None:
    topics = ("llm", "chips", "robotics")
    await desk.reader(**(FOLLOWING | {"wishes": Wishes(topics=topics, min_score=0)}))
    rising = []
    for topic in topics:
        signals = await told(desk, called=topic, topics=(topic,))
        ids = tuple(one.id for one in signals)
        rising.append(trend(topic, phase=Phase.STARTING, signal_ids=ids, began_at=NOON - 2 * HOUR))
    await keep(desk.storage, report(*rising))
    assert await desk.planner.run_trends() == 2
    assert await desk.planner.run_trends() == 0


async def test_readers_of_one_language_share_a_digest(desk: Desk) -> None:
    readers = [await desk.reader(**FOLLOWING) for _ in range(3)]
    english = await desk.reader(**(FOLLOWING | {"lang": Lang.EN}))
    await begins(desk, await told(desk))
    assert await desk.planner.run_trends() == 4
    digests = {(await last(desk, one)).id for one in readers}
    assert len(digests) == 1
    assert (await last(desk, english)).id not in digests


async def test_a_reader_out_of_many_that_changes_its_mind(desk: Desk) -> None:
    reader = await desk.reader(**FOLLOWING)
    wanted = replace(reader.subscription, trend_alerts=False)
    await desk.storage.subscribers.save_subscription(reader.id, wanted)
    assert await desk.storage.subscribers.wanting_trends() == ()
    await desk.storage.subscribers.save_subscription(reader.id, replace(wanted, trend_alerts=True))
    assert [one.id for one in await desk.storage.subscribers.wanting_trends()] == [reader.id]
