"""Asking in one line and by buttons: filters, pages, what to try when nothing is found."""

import asyncio
import re
from datetime import timedelta

import pytest

from digest.model import Action, Lang
from handlers.callbacks import pack
from tests.covering import covers
from tests.handlers.conftest import Chatting, Reader
from tests.newsdesk import NOON

DAY = timedelta(days=1)


async def newsroom(chatting: Chatting) -> None:
    """Chips in two columns, from two sources, on two days; and what is not about chips."""
    await chatting.news.source("reuters", title="路透社", url="https://reuters.example/feed")
    made = (
        ("芯片 chip 出口新规", "policy", ("chips",), "morning", NOON - timedelta(hours=1)),
        ("芯片 chip 产能翻倍", "business", ("chips",), "reuters", NOON - timedelta(hours=2)),
        ("芯片 chip 涨价", "business", (), "morning", NOON - DAY),
        ("农业 farm 丰收", "business", (), "reuters", NOON - timedelta(hours=3)),
    )
    for title, column, topics, source, at in made:
        await chatting.news.publish(
            title, column=column, topics=topics, source=source, at=at, published_at=at
        )


def headlines(text: str) -> list[str]:
    return re.findall(r"(?:芯片 chip|农业 farm) [\u4e00-\u9fff]+(?= \n|\n|$)", text)


def key(reader: Reader, kind: str) -> str:
    names = {"column": "栏目", "topic": "话题", "source": "来源", "day": "日期"}
    return names[kind] if reader.texts.lang is Lang.ZH else kind


@covers("/search", "filters typed")
@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("栏目:商业财经", ["产能翻倍", "涨价"]),
        ("column:business", ["产能翻倍", "涨价"]),
        ("来源：路透", ["产能翻倍"]),
        ("source:reuters", ["产能翻倍"]),
        ("话题:芯片", ["出口新规", "产能翻倍"]),
        ("日期:昨天", ["涨价"]),
        ("day:2026-03-10", ["出口新规", "产能翻倍"]),
        ("day:2d", ["出口新规", "产能翻倍", "涨价"]),
        ("栏目:商业财经 日期:今天", ["产能翻倍"]),
    ],
)
async def test_typed_filters_narrow_a_search(reader: Reader, typed: str, found: list[str]):
    await newsroom(reader.chatting)
    shown = await reader.say(f"/search 芯片 {typed}")
    assert shown.text.startswith("🔎 芯片 · ")
    assert [one for one in ("出口新规", "产能翻倍", "涨价", "丰收") if one in shown.text] == found
    assert any(label.startswith("✕ ") for label in shown.labels)


@covers("button sift", "button narrow", "button widen")
async def test_filters_are_chosen_and_taken_off_by_buttons(reader: Reader):
    await newsroom(reader.chatting)
    texts = reader.texts
    shown = await reader.say("芯片")
    first = shown.text
    menu = await reader.tap(shown, texts("chat.filter.open"))
    assert menu.text == first
    columns = await reader.tap(menu, texts("chat.filter.column"))
    business = next(label for label in columns.labels if label.startswith("💼"))
    assert business.endswith(" · 2")
    narrowed = await reader.tap(columns, business)
    assert "出口新规" not in narrowed.text
    assert "产能翻倍" in narrowed.text
    sources = await reader.tap(
        await reader.tap(narrowed, texts("chat.filter.open")), texts("chat.filter.source")
    )
    once_more = await reader.tap(sources, "路透社 · 1")
    assert "涨价" not in once_more.text
    chip = f"✕ {key(reader, 'source')}:路透社"
    assert chip in once_more.labels
    wider = await reader.tap(once_more, chip)
    assert wider.text == narrowed.text
    whole = await reader.tap(wider, f"✕ {key(reader, 'column')}")
    assert whole.text == first
    assert len(reader.person.inbox) == 1


@pytest.mark.parametrize(("kind", "label"), [("day", "chat.filter.day.yesterday"), ("topic", "")])
async def test_days_and_topics_can_be_chosen(reader: Reader, kind: str, label: str):
    await newsroom(reader.chatting)
    shown = await reader.say("芯片")
    menu = await reader.tap(shown, reader.texts("chat.filter.open"))
    choices = await reader.tap(menu, reader.texts(f"chat.filter.{kind}"))
    topic = reader.chatting.services.taxonomy.topics["chips"].name(reader.texts.lang)
    wanted = reader.texts(label) if label else topic
    narrowed = await reader.tap(choices, f"{wanted} · ")
    assert ("涨价" in narrowed.text) is (kind == "day")
    assert ("产能翻倍" in narrowed.text) is (kind == "topic")


async def test_a_menu_leads_back_to_its_list(reader: Reader):
    await newsroom(reader.chatting)
    for line in ("芯片", "/latest", "/latest 商业财经"):
        shown = await reader.say(line)
        menu = await reader.tap(shown, reader.texts("chat.filter.open"))
        choices = await reader.tap(menu, reader.texts("chat.filter.source"))
        menu = await reader.tap(choices, reader.texts("chat.back"))
        back = await reader.tap(menu, reader.texts("chat.filter.list"))
        assert (back.text, back.labels) == (shown.text, shown.labels)


@covers("/latest", "/topic", "button page")
async def test_lists_take_filters_too(reader: Reader):
    await newsroom(reader.chatting)
    for line in (
        "/latest 商业财经 来源:路透",
        "/latest business source:reuters",
        "/latest AI 昨天",
    ):
        shown = await reader.say(line)
        assert shown.text.startswith("🔎")
    both = await reader.say("/latest 商业财经 来源:路透 昨天")
    assert "产能翻倍" not in both.text
    latest = await reader.say("/latest 1 source:reuters")
    assert "产能翻倍" in latest.text
    topic = await reader.say("/topic 芯片 today")
    assert "产能翻倍" in topic.text
    assert "涨价" not in topic.text
    shown = await reader.say("/latest")
    menu = await reader.tap(shown, reader.texts("chat.filter.open"))
    choices = await reader.tap(menu, reader.texts("chat.filter.source"))
    narrowed = await reader.tap(choices, "路透社 · 2")
    assert "丰收" in narrowed.text
    assert "出口新规" not in narrowed.text
    whole = await reader.tap(narrowed, "✕")
    assert whole.text == shown.text


async def test_a_narrowed_search_pages_in_place_and_outlives_a_restart(reader: Reader):
    for number in range(1, 13):
        await reader.chatting.news.publish(
            f"第 {number} 号芯片", column="ai" if number % 2 else "tech", total=50
        )
    shown = await reader.say("/search 号芯片 column:ai")
    assert re.findall(r"第 (\d+) 号", re.sub(r"\n.*。", "", shown.text)) == [
        "11",
        "9",
        "7",
        "5",
        "3",
    ]
    second = await reader.tap(shown, reader.texts("list.more"))
    assert "6. " in second.text
    assert "第 1 号芯片" in second.text
    assert "第 2 号芯片" not in second.text
    first = await reader.tap(second, reader.texts("chat.page.before"))
    assert first.text == shown.text


async def test_the_newest_day_first_and_headlines_before_texts(reader: Reader):
    news = reader.chatting.news
    await news.publish("旧的量子新闻", at=NOON - DAY, published_at=NOON - DAY, total=99)
    await news.publish("别的标题", published_at=NOON, paragraphs=(("文中说到量子。",),), total=90)
    await news.publish("量子在标题里", published_at=NOON - timedelta(hours=9), total=40)
    shown = await reader.say("量子")
    places = [shown.text.index(words) for words in ("量子在标题里", "别的标题", "旧的量子新闻")]
    assert places == sorted(places)


@covers("button card", "button topic", "button find")
async def test_lists_lead_to_cards_topics_and_searches(reader: Reader):
    await newsroom(reader.chatting)
    topics = await reader.tap(await reader.say("/latest"), reader.texts("chat.list.shelves"))
    second = await reader.tap(topics, reader.texts("chat.page.after"))
    first = await reader.tap(second, reader.texts("chat.page.before"))
    assert first.labels == topics.labels
    name = reader.chatting.services.taxonomy.topics["chips"].name(reader.texts.lang)
    shelf = await reader.tap(first, f"{name} · 2")
    assert shelf.text.startswith(name)
    await reader.toast(shelf, "1")
    await reader.chatting.quiet()
    card = reader.person.inbox[-1]
    assert reader.texts("card.save") in card.labels
    offered = await reader.say("/search 农业 涨价")
    await reader.toast(offered, reader.texts("chat.search.button", query="农业"))
    await reader.chatting.quiet()
    assert "丰收" in reader.person.inbox[-1].text


# --- nothing found -----------------------------------------------------------------------


async def test_an_empty_search_offers_to_take_off_what_is_in_the_way(reader: Reader):
    await newsroom(reader.chatting)
    empty = await reader.say("/search 涨价 column:business source:reuters")
    assert "涨价" in empty.text
    assert "1. " not in empty.text
    source = next(label for label in empty.labels if ":reuters" in label)
    assert " · 1" in source
    assert not [label for label in empty.labels if " · 0" in label]
    found = await reader.tap(empty, source)
    assert "1. " in found.text
    assert len(reader.person.inbox) == 1


async def test_two_filters_in_the_way_are_taken_off_together(reader: Reader):
    await newsroom(reader.chatting)
    empty = await reader.say("/search 出口新规 column:business source:reuters")
    whole = reader.texts.n("chat.filter.without", 1, name=reader.texts("chat.filter.all"))
    found = await reader.tap(empty, whole)
    assert "1. " in found.text


@pytest.mark.parametrize(
    ("typed", "kind", "offer"),
    [
        ("column:园艺", "column", "💼"),
        ("source:路透射", "source", "路透社"),
        ("day:某天", "day", ""),
    ],
)
async def test_a_filter_that_means_nothing_is_said_and_near_ones_are_offered(
    reader: Reader, typed: str, kind: str, offer: str
):
    await newsroom(reader.chatting)
    shown = await reader.say(f"/search 芯片 {typed}")
    name = typed.partition(":")[2]
    assert reader.texts(f"chat.filter.unknown.{kind}", name=name) in shown.text
    assert "出口新规" in shown.text
    if offer:
        narrowed = await reader.tap(shown, offer)
        assert "产能翻倍" in narrowed.text
        assert name not in narrowed.text


async def test_filters_that_fit_nothing_lead_on(reader: Reader):
    empty = await reader.say("/search column:science")
    assert reader.texts("chat.search.nothing.all") in empty.text
    assert reader.texts("chat.list.all") in empty.labels


# --- forged ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "action",
    [
        Action("sift", ("", "menu", 0)),
        Action("sift", ("c/nonsense", "menu", 0)),
        Action("sift", ("", "nonsense", 0)),
        Action("narrow", ("", "column", "ai")),
        Action("narrow", ("c/ai", "column", "nonsense")),
        Action("narrow", ("c/ai", "source", "999999")),
        Action("narrow", ("c/ai", "source", "x")),
        Action("narrow", ("c/ai", "day", "5")),
        Action("narrow", ("c/ai", "nonsense", "5")),
        Action("widen", ("column",)),
        Action("widen", ("nonsense",)),
        Action("page", ("search", "", 0, 5)),
        Action("page", ("nonsense", "", 0, 5)),
    ],
)
async def test_forged_buttons_are_old_buttons(reader: Reader, action: Action):
    shown = await reader.say("/help")
    said = await reader.chatting.forge(reader.person, shown, pack(action))
    # "" is the shelf of everything, which any message may turn into.
    harmless = {Action("sift", ("", "menu", 0)), Action("narrow", ("", "column", "ai"))}
    assert said == ("" if action in harmless else reader.texts("chat.button.old"))


async def test_a_page_far_beyond_the_choices_is_the_last(reader: Reader):
    await newsroom(reader.chatting)
    shown = await reader.say("芯片")
    said = await reader.chatting.forge(
        reader.person, shown, pack(Action("sift", ("", "source", 99)))
    )
    assert said == ""
    assert "路透社 · 1" in reader.chatting.now_of(reader.person, shown).labels


@covers("/search")
@pytest.mark.parametrize("typed", ["{key}:", "{key}：", "芯片 {key}:"])
@pytest.mark.parametrize("kind", ["column", "topic", "source", "day"])
async def test_a_filter_without_a_value_is_said_and_left_out(
    reader: Reader, typed: str, kind: str
):
    await newsroom(reader.chatting)
    shown = await reader.say(typed.format(key=key(reader, kind)))
    said = reader.texts("chat.filter.unset", name=key(reader, kind))
    assert said in shown.text
    assert "芯片 chip 产能翻倍" in shown.text


async def test_a_list_of_everything_after_an_unknown_filter_has_a_next_page(reader: Reader):
    for number in range(7):
        await reader.chatting.news.publish(f"信号 {number}")
    shown = await reader.say(f"{key(reader, 'column')}:zzz")
    turned = await reader.tap(shown, reader.texts("list.more"))
    assert "6. " in turned.text


async def test_what_is_asked_in_traditional_characters_finds_the_simplified(reader: Reader):
    await reader.chatting.news.publish("新软件保护内存数据")
    for typed in ("軟體", "記憶體", "數據"):
        shown = await reader.say(typed)
        assert "新软件保护内存数据" in shown.text, typed
    assert "新软件保护内存数据" not in (await reader.say("網路")).text


async def test_those_who_search_at_a_time_are_each_shown_what_they_asked_for(chatting: Chatting):
    await newsroom(chatting)
    asked = (
        (chatting.lin, "/search 芯片"),
        (chatting.wang, "/search 芯片 来源:路透"),
        (chatting.alex, "/search 芯片 day:2026-03-09"),
    )
    alone = [(await chatting.say(who, words)).text for who, words in asked]
    assert len({tuple(headlines(text)) for text in alone}) == len(asked)
    together = await asyncio.gather(*(chatting.say(who, words) for who, words in asked))
    assert [shown.text for shown in together] == alone
    await chatting.news.publish("芯片 chip 刚刚发布", at=NOON)
    assert "刚刚发布" in (await chatting.say(chatting.lin, "/search 芯片")).text
