"""/story, /weekly, /random and links to the bot, as people walk them."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest

from digest.model import Action, Lang, Point, Relation, Signal, SignalState
from handlers.arguments import Payload
from handlers.callbacks import pack
from handlers.payloads import PAYLOADS, search_payload
from tests.covering import covers
from tests.handlers.conftest import Chatting, Reader
from tests.newsdesk import NOON, number_fact

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


async def event(chatting: Chatting, count: int = 3, name: str = "央行降准") -> list[Signal]:
    """A story of `count` signals an hour apart, each with a source and a number of its own."""
    made: list[Signal] = []
    for number in range(count):
        at = NOON - HOUR * (count - number)
        await chatting.news.source(f"source{number}", title=f"第 {number + 1} 家")
        signal = await chatting.news.publish(
            f"{name}第 {number + 1} 报",
            at=at,
            source=f"source{number}",
            published_at=at,
            story_of=made[0].id if made else None,
            relation=Relation.UPDATE if made else Relation.LEAD,
            topics=("llm",),
        )
        fact = number_fact(text=f"{number + 1} 万亿元", value=float(number + 1))
        points = (Point(f"第 {number + 1} 次说了{'甲乙丙丁戊己庚辛'[number] * 9}。", (0,), "zh"),)
        brief = replace(signal.brief, numbers=(fact,), points=points)
        await chatting.storage.signals.set_brief(signal.id, brief, at)
        made.append(signal)
    return made


# --- /story ------------------------------------------------------------------------------


@covers("/story", "button story")
async def test_a_card_leads_to_its_story(reader: Reader):
    lead, *_ = await event(reader.chatting)
    card = await reader.say(f"/start s_{lead.id}")
    await reader.chatting.quiet()
    await reader.toast(card, reader.texts("card.story"))
    await reader.chatting.quiet()
    story = reader.person.inbox[-1]
    assert story.text.startswith("🧵 ")
    assert reader.texts.n("story.signals", 3) in story.text
    assert reader.texts.n("story.sources", 3) in story.text
    places = [story.text.index(f"央行降准第 {number} 报") for number in (1, 2, 3)]
    assert places == sorted(places)
    for number in (2, 3):
        update = reader.texts("card.update", headline=f"央行降准第 {number} 报")
        assert update in story.text
    # What each adds: the first adds nothing, the others a number and what they say.
    amount = {Lang.ZH: "{} 万亿元", Lang.EN: "CNY {} trillion"}[reader.texts.lang]
    assert f"＋ {amount.format(1)}" not in story.text
    assert f"＋ {amount.format(2)}" in story.text
    assert "＋ 第 2 次说了乙" in story.text
    names = reader.texts("digest.comma").join(f"第 {n} 家" for n in (1, 2, 3))
    assert reader.texts("story.named", names=names) in story.text
    assert f"https://hexin.example/story/{(await _stored(reader, lead)).story_id}" in [
        button.get("url") for button in story.buttons
    ]
    opened = await _opened(reader, story, "2")
    assert "央行降准第 2 报" in opened


async def _stored(reader: Reader, signal: Signal) -> Signal:
    found = await reader.chatting.storage.signals.get(signal.id)
    assert found is not None
    return found


async def _opened(reader: Reader, message: object, label: str) -> str:
    await reader.toast(message, label)  # type: ignore[arg-type]
    await reader.chatting.quiet()
    return reader.person.inbox[-1].text


async def test_a_long_story_has_pages(reader: Reader):
    lead, *_ = await event(reader.chatting, 7)
    number = (await _stored(reader, lead)).story_id
    first = await reader.say(f"/story {number}")
    assert "央行降准第 5 报" in first.text
    assert "央行降准第 6 报" not in first.text
    second = await reader.tap(first, reader.texts("chat.page.after"))
    assert "6. " in second.text
    assert "央行降准第 7 报" in second.text
    back = await reader.tap(second, reader.texts("chat.page.before"))
    assert back.text == first.text


async def test_words_find_a_story(reader: Reader):
    await event(reader.chatting, 2, "央行降准")
    one = await reader.say("/story 降准")
    assert one.text.startswith("🧵 ")
    assert "央行降准第 2 报" in one.text
    await event(reader.chatting, 2, "银行降准")
    several = await reader.say("/story 降准")
    assert reader.texts("chat.story.found", query="降准") in several.text
    opened = await reader.tap(several, "2")
    assert "央行降准第 2 报" in opened.text
    await reader.chatting.news.publish("孤零零的消息")
    await reader.say("/story 孤零零")
    await reader.chatting.quiet()
    assert reader.texts("chat.story.alone") in [one.text for one in reader.person.inbox[-2:]]
    assert "孤零零的消息" in reader.person.inbox[-1].text
    none = await reader.say("/story 没有这回事")
    assert reader.texts("chat.story.none", query="没有这回事") in none.text


@covers("/story", "button stories")
async def test_without_a_name_the_stories_of_the_week_are_listed(reader: Reader):
    empty = await reader.say("/story")
    assert empty.text == reader.texts("chat.story.list.none")
    for number in range(8):
        await event(reader.chatting, 2 if number else 3, f"事件{'甲乙丙丁戊己庚辛'[number]}")
    first = await reader.say("/story")
    assert "1. " in first.text
    assert "事件甲第 1 报" in first.text.split("2. ")[0]
    second = await reader.tap(first, reader.texts("chat.page.after"))
    assert "7. " in second.text
    assert (await reader.tap(second, reader.texts("chat.page.before"))).text == first.text
    story = await reader.tap(first, "1")
    assert "事件甲第 3 报" in story.text
    assert (await reader.tap(story, reader.texts("chat.story.all"))).text == first.text


# --- /weekly -----------------------------------------------------------------------------


@covers("/weekly", "button week")
async def test_the_week_before_on_a_tuesday_and_the_weeks_beside_it(reader: Reader):
    # NOON is Tuesday of week 11.
    await reader.chatting.news.publish("这周的事", column="ai")
    for number, total in ((1, 80), (2, 60), (3, 50), (4, 40)):
        at = NOON - DAY * 5
        await reader.chatting.news.publish(
            f"上周第 {number} 件", at=at, published_at=at, total=total, column="business"
        )
    last = await reader.say("/weekly")
    assert reader.texts("weekly.title") in last.text
    assert "上周第 1 件" in last.text
    assert "上周第 4 件" not in last.text  # three of a column in chat
    assert "这周的事" not in last.text
    assert reader.texts("weekly.totals", signals=4, sources=1) in last.text
    assert [b["url"] for b in last.buttons if "url" in b] == [
        "https://hexin.example/week/2026-W10"
    ]
    before, after = "chat.weekly.before", "chat.weekly.after"
    this = await reader.tap(last, reader.texts(after, number=11))
    assert "这周的事" in this.text
    assert reader.texts("weekly.totals_so_far", signals=1, sources=1) in this.text
    assert reader.texts(after, number=12) not in this.labels
    last_again = await reader.tap(this, reader.texts(before, number=10))
    empty = await reader.tap(last_again, reader.texts(before, number=9))
    assert "上周" not in empty.text
    card = await _opened(reader, last, "1")
    assert "上周第 1 件" in card or "这周的事" in card


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("2026-W10", 10),
        ("上周", 10),
        ("last week", 10),
        ("last", 10),
        ("W9", 9),
        ("第9周", 9),
        ("3月1日", 9),
        ("本周", 11),
        ("W50", 50),
    ],
)
async def test_a_week_is_called_in_many_ways(reader: Reader, typed: str, number: int):
    shown = await reader.say(f"/weekly {typed}")
    told = {Lang.ZH: f"第 {number} 周", Lang.EN: f"Week {number},"}
    assert told[reader.texts.lang] in shown.text


async def test_a_week_that_is_none_or_yet_to_come_is_said(reader: Reader):
    unknown = await reader.say("/weekly 胡说")
    assert unknown.text == reader.texts("chat.weekly.unknown", typed="胡说")
    future = await reader.say("/weekly 2026-W20")
    assert reader.texts("chat.weekly.future", week="").strip() in future.text
    assert not future.links  # there is no page of it yet


# --- /random -----------------------------------------------------------------------------


@covers("/random", "button again")
async def test_a_look_back_is_old_dated_and_never_the_same_twice_running(reader: Reader):
    none = await reader.say("/random")
    assert none.text == reader.texts("chat.random.none")
    for number in range(3):
        at = NOON - DAY * (20 + number)
        await reader.chatting.news.publish(f"旧闻 {number}", at=at, published_at=at)
    await reader.chatting.news.publish("新闻")
    shown = await reader.say("/random")
    seen = []
    for _ in range(8):
        seen.append(next(n for n in range(3) if f"旧闻 {n}" in shown.text))
        assert {Lang.ZH: "3 周前", Lang.EN: "3 weeks ago"}[reader.texts.lang] in shown.text
        await reader.toast(shown, reader.texts("chat.random.again"))
        await reader.chatting.quiet()
        shown = reader.person.inbox[-1]
    assert all(one != other for one, other in pairwise(seen))
    last = next(n for n in range(3) if f"旧闻 {n}" in shown.text)
    assert f"旧闻 {last}" not in (await reader.say("/random")).text


async def test_the_strong_and_the_weak_can_be_drawn(chatting: Chatting):
    at = NOON - DAY * 30
    strong = await chatting.news.publish("强", at=at, published_at=at, total=90)
    weak = await chatting.news.publish("弱", at=at, published_at=at, total=20)
    found = await chatting.storage.look_backs.candidates(NOON - DAY, [0.1, 0.9])
    assert sorted(found) == [(strong.id, 90), (weak.id, 20)]


async def test_a_young_newsroom_looks_back_as_far_as_it_can(reader: Reader):
    only = NOON - DAY * 2
    await reader.chatting.news.publish("两天前的旧闻", at=only, published_at=only)
    shown = await reader.say("/random")
    assert "两天前的旧闻" in shown.text
    said = await reader.toast(shown, reader.texts("chat.random.again"))
    assert said == reader.texts("chat.random.only")


# --- links to the bot --------------------------------------------------------------------


@covers("deep link s_", "deep link t_", "deep link col_", "deep link story_", "deep link week_")
@covers("deep link q_")
async def test_a_newcomer_sees_what_a_link_points_to_and_then_the_welcome(reader: Reader):
    lead, *_ = await event(reader.chatting, 2)
    number = (await _stored(reader, lead)).story_id
    shown = await reader.say(f"/start story_{number}")
    await reader.chatting.quiet()
    assert "央行降准第 1 报" in shown.text
    assert reader.person.inbox[-1].labels == ["中文", "English"]
    reader.chatting.clock.move(seconds=5)
    for payload, words in (
        (f"s_{lead.id}", "央行降准第 1 报"),
        ("t_llm", "央行降准第 2 报"),
        ("col_business", "央行降准第 2 报"),
        ("week_2026-W11", "央行降准"),
        (search_payload("降准 column:business"), "🔎 降准"),
    ):
        before = len(reader.person.inbox)
        again = await reader.say(f"/start {payload}")
        await reader.chatting.quiet()
        assert words in again.text, payload
        assert len(reader.person.inbox) == before + 1


@pytest.mark.parametrize(
    "payload",
    [
        "s_999",
        "s_x",
        "s_" + "9" * 40,
        "t_nonsense",
        "col_nonsense",
        "story_999",
        "story_x",
        "week_2026-W99",
        "week_1999-W01",
        "q_",
        "q_%%%",
        "q_AAA",
        "q_x",
        "nonsense",
        "x_1",
        "_",
        "c_unknown-key",
    ],
)
async def test_a_forged_or_stale_link_is_told_so_with_the_welcome(reader: Reader, payload: str):
    shown = await reader.say(f"/start {payload}")
    await reader.chatting.quiet()
    assert len(reader.person.inbox) == 1
    assert shown.labels == ["中文", "English"]
    assert "：\n" not in shown.text


async def test_what_readers_may_not_see_is_not_behind_a_link(reader: Reader):
    held = await reader.chatting.news.publish("待审", state=SignalState.HELD)
    shown = await reader.say(f"/start s_{held.id}")
    assert "待审" not in shown.text
    assert reader.texts("chat.start.stale") in shown.text


def test_payloads_of_searches_fit_or_are_none():
    assert len(search_payload("芯片 栏目:AI")) <= 64
    assert search_payload("芯" * 30) == ""
    assert Payload("q", "x").kind in PAYLOADS


# --- forged ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("action", "key"),
    [
        (Action("story", (999, 0)), "chat.story.gone"),
        (Action("story", (-1, -5)), "chat.story.gone"),
        (Action("week", ("nonsense",)), "chat.button.old"),
        (Action("week", ("2199-W01",)), "chat.button.old"),
        (Action("again", (-3,)), "chat.random.only"),
    ],
)
async def test_forged_buttons_are_answered(reader: Reader, action: Action, key: str):
    shown = await reader.say("/help")
    said = await reader.chatting.forge(reader.person, shown, pack(action))
    assert said == reader.texts(key)


async def test_in_a_channel_a_story_opens_in_private(chatting: Chatting):
    lead, *_ = await event(chatting, 2)
    channel = chatting.sandbox.chat("channel").id
    card = await chatting.say(chatting.wang, f"/start s_{lead.id}", chat=channel)
    query = chatting.lin.press(card, "专题", chat=channel)
    answer = await chatting.lin.answer_to(query)
    assert "start=story_" in answer["url"]
