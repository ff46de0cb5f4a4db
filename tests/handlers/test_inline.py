"""Inline mode over HTTP: what is offered, what is sent, and what is refused."""

from datetime import timedelta
from typing import Any

import pytest

from bot.sandbox.state import InlineQuery
from digest.model import Access, SignalState
from handlers.arguments import QUERY_LIMIT
from tests.covering import covers
from tests.handlers.conftest import Chatting, Reader
from tests.newsdesk import NOON


async def offered(reader: Reader, query: str, offset: str = "", **where: Any) -> dict[str, Any]:
    asked = reader.person.inline(query, offset=offset, **where)
    return await reader.person.answer_to(asked)


def titles(answer: dict[str, Any]) -> list[str]:
    return [str(result["title"]) for result in answer["results"]]


@covers("inline")
async def test_words_in_any_chat_offer_cards_and_a_click_sends_one(reader: Reader):
    await reader.chatting.news.publish("央行下调存款准备金率", column="business")
    await reader.chatting.news.publish("别的事情")
    group = reader.chatting.sandbox.chat("group").id
    asked = reader.person.inline("准备金", chat=group)
    answer = await reader.person.answer_to(asked)
    assert titles(answer) == ["央行下调存款准备金率"]
    (result,) = answer["results"]
    column = reader.chatting.services.taxonomy.columns["business"].name(reader.texts.lang)
    assert result["description"].startswith(f"{column} · 晨星新闻 · ")
    assert "thumbnail_url" not in result
    assert answer["next_offset"] == ""
    sent = reader.person.choose(asked, str(result["id"]), chat=group)
    assert "央行下调存款准备金率" in sent.text
    assert sent.data["via_bot"]["username"] == "hexin_sandbox_bot"
    assert sent.data["link_preview_options"] == {"is_disabled": True}
    # Nobody there need know the bot: links only, and one leads to the card in private.
    assert all("url" in button for button in sent.buttons)
    assert [button["text"] for button in sent.buttons] == [
        reader.texts("card.full"),
        reader.texts("chat.inline.open"),
    ]
    payload = sent.buttons[-1]["url"].partition("?start=")[2]
    opened = await reader.say(f"/start {payload}")
    assert "央行下调存款准备金率" in opened.text


async def test_without_words_the_newest_are_offered_page_by_page(reader: Reader):
    for number in range(1, 24):
        at = NOON - timedelta(hours=30 - number)
        await reader.chatting.news.publish(f"第 {number} 号", at=at, published_at=at)
    seen: list[str] = []
    offset = ""
    while True:
        answer = await offered(reader, "", offset)
        seen += titles(answer)
        assert answer["button"]["text"] == reader.texts("chat.inline.home")
        offset = answer["next_offset"]
        if not offset:
            break
    assert seen == [f"第 {number} 号" for number in range(23, 0, -1)]


async def test_filters_work_inline_too(reader: Reader):
    await reader.chatting.news.publish("芯片甲", column="ai")
    await reader.chatting.news.publish("芯片乙", column="tech")
    assert titles(await offered(reader, "芯片 column:ai")) == ["芯片甲"]


async def test_the_button_leads_to_the_same_question_in_private(reader: Reader):
    await reader.chatting.news.publish("芯片甲", column="ai")
    answer = await offered(reader, "芯片 column:ai")
    assert answer["button"]["text"] == reader.texts("chat.inline.more", query="芯片 column:ai")
    shown = await reader.say(f"/start {answer['button']['start_parameter']}")
    assert shown.text.startswith("🔎 芯片")
    assert "芯片甲" in shown.text
    nothing = await offered(reader, "没有的词")
    assert (nothing["results"], nothing["button"]["text"]) == (
        [],
        reader.texts("chat.inline.nothing"),
    )
    home = await offered(reader, "")
    welcome = await reader.say(f"/start {home['button']['start_parameter']}")
    assert reader.texts("chat.start.stale") not in welcome.text


async def test_a_signals_number_offers_just_it(reader: Reader):
    signal = await reader.chatting.news.publish("芯片甲")
    held = await reader.chatting.news.publish("待审", state=SignalState.HELD)
    assert titles(await offered(reader, f"s_{signal.id}")) == ["芯片甲"]
    assert titles(await offered(reader, f"s_{held.id}")) == []
    assert titles(await offered(reader, "s_" + "9" * 50)) == []


@pytest.mark.parametrize("query", ["x" * 256, "字" * (QUERY_LIMIT + 1), "词 " * 120])
async def test_an_overlong_query_is_told_so(reader: Reader, query: str):
    answer = await offered(reader, query)
    assert answer["results"] == []
    assert answer["button"]["text"] == reader.texts("chat.inline.long", limit=QUERY_LIMIT)


@pytest.mark.parametrize("offset", ["x", "-1", "99999999", "9" * 64, "٣"])
async def test_a_forged_offset_gives_the_first_page(reader: Reader, offset: str):
    await reader.chatting.news.publish("芯片甲")
    assert titles(await offered(reader, "芯片", offset)) == ["芯片甲"]


@pytest.mark.parametrize(
    "query", ["'", '"', "<b>&amp;", "*", "😀", "\u202e", "a" * 60, "source:x"]
)
async def test_odd_queries_are_answered(reader: Reader, query: str):
    await reader.chatting.news.publish("央行 <b>&amp;</b> 下调")
    answer = await offered(reader, query)
    assert len(answer["button"]["text"]) <= 64


async def test_a_reader_gets_their_own_language_and_a_stranger_their_apps(chatting: Chatting):
    await chatting.news.publish("央行下调", column="business")
    await chatting.say(chatting.lin, "/start")
    welcome = chatting.lin.inbox[-1]
    await chatting.tap(chatting.lin, welcome, "English")
    lin = await chatting.lin.answer_to(chatting.lin.inline("央行"))
    assert lin["results"][0]["description"].startswith("Business")
    alex = await chatting.alex.answer_to(chatting.alex.inline("央行"))
    assert alex["results"][0]["description"].startswith("Business")
    wang = await chatting.wang.answer_to(chatting.wang.inline("央行"))
    assert wang["results"][0]["description"].startswith("商业财经")
    # A mere inline query makes nobody a subscriber.
    assert await chatting.storage.subscribers.by_chat(chatting.wang.id, 0) is None


async def test_a_query_that_is_too_old_breaks_nothing(chatting: Chatting):
    asked = chatting.lin.inline("央行")
    asked.asked_at -= 3600
    await chatting.quiet()
    assert asked.answer is None


async def test_whoever_types_endlessly_is_left_waiting(reader: Reader):
    asked = [reader.person.inline(f"词{number}") for number in range(80)]
    await reader.chatting.quiet()
    answered: list[InlineQuery] = [one for one in asked if one.answer is not None]
    assert 30 <= len(answered) < 80


async def test_what_goes_to_foreign_chats_carries_no_readers_seal(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(reader.chatting.services.links, "_seal", lambda _number: "sealed")
    await reader.chatting.news.source("closed", access=Access.SUBSCRIBERS)
    signal = await reader.chatting.news.publish("只给订阅者看的", source="closed")
    answer = await offered(reader, "订阅者")
    assert f"https://hexin.example/s/{signal.id}" in str(answer["results"])
    assert "sealed" not in str(answer["results"])
    own = await reader.say(f"/start s_{signal.id}")
    assert "sealed" in str(own.data)
