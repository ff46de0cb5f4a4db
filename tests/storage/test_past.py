"""What a day looks back at, found on both databases."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from digest.look_backs import LookBackKind
from digest.model import NumberFact, Point, Relation, Signal, SignalState
from storage import Storage
from storage.schema import signals, stories
from tests.newsdesk import NOON, Newsdesk

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
TODAY = NOON.date()  # a Tuesday, the same day in Shanghai
ZONE = "Asia/Shanghai"
YEAR, MONTH = 365 * DAY, 28 * DAY  # 10 March 2025, 10 February


async def told(news: Newsdesk, title: str, ago: timedelta, **more: object) -> Signal:
    at = NOON - ago
    return await news.publish(title, at=at, published_at=at, **more)  # type: ignore[arg-type]


async def found(storage: Storage) -> list[tuple[str, int]]:
    shown = await storage.past.of_day(TODAY, ZONE, NOON)
    return [(one.kind.value, one.signal.id) for one in shown]


async def test_an_empty_past_and_a_young_one_show_nothing(storage: Storage) -> None:
    assert await found(storage) == []
    await told(Newsdesk(storage), "昨天的事", DAY, total=99)
    assert await found(storage) == []


async def test_only_strong_leads_of_these_very_days_are_found(storage: Storage) -> None:
    news = Newsdesk(storage)
    year = await told(news, "一年前的大事", YEAR, total=90)
    await told(news, "一年前的小事", YEAR, total=60)
    await told(news, "一年前第二天的大事", YEAR - DAY, total=95)
    month = await told(news, "一个月前的大事", MONTH, total=88)
    await told(news, "一个月前的大事，被拒", MONTH, total=99, state=SignalState.REJECTED)
    await told(news, "一个月前又说一遍", MONTH - HOUR, total=90, story_of=month.id,
               relation=Relation.DUPLICATE)  # fmt: skip
    assert await found(storage) == [("year", year.id), ("month", month.id)]


async def test_what_came_of_a_story_is_told_by_its_later_signals(storage: Storage) -> None:
    news = Newsdesk(storage)
    lead = await told(news, "青栎科技召回电池", MONTH + 3 * DAY, total=70)
    await told(news, "青栎科技召回电池，同日又讯", MONTH + 3 * DAY - HOUR, total=70,
               story_of=lead.id, relation=Relation.UPDATE)  # fmt: skip
    assert await found(storage) == []  # the same day is the event itself
    later = [
        await told(news, f"召回后续 {days}", days * DAY, total=50, story_of=lead.id,
                   relation=Relation.FOLLOW_UP)
        for days in (26, 20)
    ]  # fmt: skip
    (one,) = await storage_fresh(storage).past.of_day(TODAY, ZONE, NOON)
    assert (one.kind, one.signal.id) == (LookBackKind.OUTCOME, lead.id)
    assert [it.id for it in one.outcome.later] == [it.id for it in later]


def storage_fresh(storage: Storage) -> Storage:
    """Another process, which has looked at nothing yet."""
    return Storage(storage.database)


async def test_a_story_that_came_back_leads_on(storage: Storage) -> None:
    news = Newsdesk(storage)
    pairs = []
    for ago, total in ((MONTH, 70), (4 * DAY, 60)):
        lead = await told(news, f"专题 {ago.days}", ago, total=total)
        await told(news, f"专题 {ago.days} 又讯", ago - HOUR, total=40, story_of=lead.id,
                   relation=Relation.DUPLICATE)  # fmt: skip
        kept = await storage.signals.get(lead.id)
        assert kept is not None
        pairs.append(kept)
    old, new = pairs
    async with storage.database.write() as connection:
        await connection.execute(
            update(stories).where(stories.c.id == new.story_id).values(follows=old.story_id)
        )
    (one,) = await storage.past.of_day(TODAY, ZONE, NOON)
    assert one.signal.id == old.id
    assert one.outcome.story is not None
    assert one.outcome.story.lead.id == new.id


async def test_a_figure_that_a_later_signal_tells_otherwise(storage: Storage) -> None:
    news = Newsdesk(storage)
    made = []
    for title, ago, text, value in (
        ("OpenAI 完成新一轮融资", MONTH, "60 亿美元", 6e9),
        ("OpenAI 与银行洽谈", 3 * DAY, "90 亿美元", 9e9),
    ):
        signal = await told(news, title, ago, total=70)
        await valued(storage, signal, text, value)
        made.append(signal)
    (one,) = await storage.past.of_day(TODAY, ZONE, NOON)
    assert one.signal.id == made[0].id
    assert one.outcome.change is not None
    assert (one.outcome.change.then, one.outcome.change.now) == ("60 亿美元", "90 亿美元")
    assert one.outcome.changed is not None
    assert one.outcome.changed.id == made[1].id


@pytest.mark.parametrize(
    ("title", "measure", "words"),
    [
        ("OpenAI 与银行洽谈", "融资金额", "OpenAI 融资金额为 {}。"),  # another round
        ("OpenAI 与银行洽谈", "估值", "OpenAI 预计明年估值为 {}。"),  # not yet
        ("OpenAI 与银行洽谈", "估值", "竞争对手 Anthropic 估值为 {}。"),  # somebody else's
        ("科技早报：OpenAI 与银行洽谈", "估值", "OpenAI 估值为 {}。"),  # a roundup
    ],
)
async def test_a_figure_of_something_else_is_no_change(
    storage: Storage, title: str, measure: str, words: str
) -> None:
    news = Newsdesk(storage)
    lead = await told(news, "OpenAI 完成新一轮融资", MONTH, total=90)
    own = "OpenAI 融资金额为 {}。" if measure == "融资金额" else "OpenAI 估值为 {}。"
    await valued(storage, lead, "60 亿美元", 6e9, measure, own)
    later = await told(news, title, 3 * DAY, total=90)
    await valued(storage, later, "90 亿美元", 9e9, measure, words)
    (one,) = await storage.past.of_day(TODAY, ZONE, NOON)
    assert (one.signal.id, one.outcome.change) == (lead.id, None)


async def valued(
    storage: Storage,
    signal: Signal,
    text: str,
    value: float,
    measure: str = "估值",
    words: str = "OpenAI 估值为 {}。",
) -> None:
    """Let the signal state a figure in its only point."""
    fact = NumberFact(text, value, "money", "USD", 1, measure=measure)
    point = Point(words.format(text), (1,), "zh")
    brief = replace(signal.brief, points=(point,), numbers=(fact,))
    await storage.signals.set_brief(signal.id, brief, NOON)


async def test_what_is_hidden_meanwhile_is_shown_no_more(storage: Storage) -> None:
    year = await told(Newsdesk(storage), "一年前的大事", YEAR, total=90)
    assert await found(storage) == [("year", year.id)]
    async with storage.database.write() as connection:
        await connection.execute(
            update(signals).where(signals.c.id == year.id).values(state=SignalState.REJECTED)
        )
    assert await found(storage) == []  # though it is remembered for an hour


async def test_what_came_of_it_is_hidden_with_the_signals_that_say_so(storage: Storage) -> None:
    news = Newsdesk(storage)
    lead = await told(news, "青栎科技召回电池", MONTH, total=70)
    later = [
        await told(news, f"召回后续 {days}", days * DAY, total=50, story_of=lead.id,
                   relation=Relation.FOLLOW_UP)
        for days in (26, 20)
    ]  # fmt: skip
    (one,) = await storage.past.of_day(TODAY, ZONE, NOON)
    assert len(one.outcome.later) == 2
    await hide(storage, later[1].id)
    (one,) = await storage.past.of_day(TODAY, ZONE, NOON)
    assert [it.id for it in one.outcome.later] == [later[0].id]
    await hide(storage, later[0].id)
    assert await found(storage) == []  # alone it is not strong enough


async def test_a_figure_told_otherwise_goes_with_whoever_told_it(storage: Storage) -> None:
    news = Newsdesk(storage)
    made = []
    for title, ago, text, value in (
        ("OpenAI 完成新一轮融资", MONTH, "60 亿美元", 6e9),
        ("OpenAI 与银行洽谈", 3 * DAY, "90 亿美元", 9e9),
    ):
        signal = await told(news, title, ago, total=90)
        await valued(storage, signal, text, value)
        made.append(signal)
    (one,) = await storage.past.of_day(TODAY, ZONE, NOON)
    assert one.outcome.change is not None
    await hide(storage, made[1].id)
    (one,) = await storage.past.of_day(TODAY, ZONE, NOON)
    assert (one.outcome.change, one.outcome.changed) == (None, None)


async def hide(storage: Storage, signal_id: int) -> None:
    async with storage.database.write() as connection:
        await connection.execute(
            update(signals).where(signals.c.id == signal_id).values(state=SignalState.REJECTED)
        )


async def test_what_a_reader_was_shown_is_remembered_with_its_story(storage: Storage) -> None:
    news = Newsdesk(storage)
    lead = await told(news, "一年前的大事", YEAR)
    later = await told(news, "又讯", YEAR - HOUR, story_of=lead.id, relation=Relation.UPDATE)
    other = await told(news, "一年前的另一件事", YEAR)
    kept = await storage.signals.get(lead.id)
    assert kept is not None
    for number in (1, 2):
        await storage.subscribers.enter(number, 0, "private", "林", "zh", NOON)  # type: ignore[arg-type]
    await storage.look_backs.note_shown((1,), (lead.id,), NOON)
    await storage.look_backs.note_shown((1,), (lead.id,), NOON)
    await storage.look_backs.note_shown((2,), (other.id,), NOON)
    # Asked of another signal of the story, and of none that is not asked about.
    alike = await storage.look_backs.alike([later.id])
    assert alike == {lead.id: kept.story_id, later.id: kept.story_id}
    shown = await storage.look_backs.shown((1, 2), alike)
    assert shown[1].signals == {lead.id}
    assert shown[1].stories == {kept.story_id}
    assert shown[2].signals == set()
