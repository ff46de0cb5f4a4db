"""/trends as people walk it: a picture where something rises, the same in words, honest calm."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest

from digest.errors import HexinError
from digest.model import Action
from digest.pictures import Picture
from digest.trendpictures import TrendPicture
from digest.trends import Phase
from digest.trends.board import Span, View
from handlers.callbacks import pack
from handlers.guards import Pacer
from storage import Storage
from tests.covering import covers
from tests.handlers.conftest import Chatting, Reader, chatting_over
from tests.handlers.test_stats import PNG, next_of
from tests.newsdesk import NOON
from tests.trending import keep, report, trend


@dataclass
class Easel:
    """Keeps what it is asked to draw, and may fail; drawing has its own tests."""

    asked: list[TrendPicture] = field(default_factory=list)
    broken: bool = False

    async def png(self, picture: Picture | TrendPicture, *, dark: bool = False) -> bytes:
        assert isinstance(picture, TrendPicture)
        assert not dark
        if self.broken:
            raise HexinError("no paint left")
        self.asked.append(picture)
        return PNG


@pytest.fixture
def easel() -> Easel:
    return Easel()


@pytest.fixture
async def chatting(storage: Storage, pacer: Pacer, easel: Easel) -> AsyncIterator[Chatting]:
    async with chatting_over(storage, pacer, paint=easel) as bot:
        yield bot


def name(reader: Reader, topic: str) -> str:
    return reader.chatting.services.taxonomy.topics[topic].name(reader.texts.lang)


CALM = trend("chips", phase=Phase.STEADY, now=2, usual=2.0, rank=None, rank_before=None)


async def rising(chatting: Chatting) -> None:
    """One topic rises, another does not."""
    await keep(chatting.storage, report(trend(days=(*[1] * 8, *[2] * 6, 12)), busiest=(CALM,)))


@covers("/trends", "button trends", "button trend")
async def test_what_rises_is_a_picture_with_its_facts_under_it(reader: Reader, easel: Easel):
    await rising(reader.chatting)
    texts = reader.texts
    shown = await reader.say("/trends")
    (picture,) = easel.asked
    assert shown.data["photo"]
    assert [strip.name for strip in picture.strips] == [name(reader, "llm")]
    said = [texts.n("trends.short", 12), texts("trends.short.usual", usual="3")]
    assert texts("trends.between").join(said) in shown.text
    # Nothing is only in the picture.
    assert picture.strips[0].told in shown.text
    assert picture.title in shown.text
    assert name(reader, "chips") not in shown.text
    assert shown.links[0] == "https://hexin.example/topic/llm"
    await reader.chatting.news.publish("大模型新闻", at=NOON, topics=("llm",))
    opened = await next_of(reader, shown, "1")
    assert opened.text.startswith(name(reader, "llm"))


async def test_what_is_muted_is_not_told_to_rise(reader: Reader):
    both = (trend(), trend("chips", rank=2))
    await keep(reader.chatting.storage, report(*both))
    assert name(reader, "llm") in (await reader.say("/trends")).text
    await reader.say(f"/mute {name(reader, 'llm')}")
    shown = await reader.say("/trends")
    assert name(reader, "llm") not in shown.text
    assert name(reader, "chips") in shown.text


async def test_the_buttons_change_the_picture_in_its_place(reader: Reader, easel: Easel):
    await rising(reader.chatting)
    texts = reader.texts
    shown = await reader.say("/trends")
    week = await reader.tap(shown, texts("trends.back.week"))
    assert week.id == shown.id
    assert week.data["photo"][0]["file_id"] != shown.data["photo"][0]["file_id"]
    assert texts("trends.span.week") in week.text
    assert texts("trends.short.before", before=7) in week.text
    assert texts.n("trends.short", 24) in week.text
    assert len(easel.asked[-1].strips[0].bars.counts) == 14
    topics = await reader.tap(week, texts("trends.view.topics"))
    assert topics.id == shown.id
    assert texts("trends.title.topics") in topics.text
    assert f"✓ {texts('trends.back.week')}" in topics.labels
    # Where nothing rises there is nothing to draw, and under a picture no text to replace it.
    words = await next_of(reader, topics, texts("trends.view.words"))
    assert words.id != shown.id
    assert texts("trends.none_here") in words.text
    back = await reader.tap(words, texts("trends.view.all"))
    assert back.id == words.id
    assert back.data["photo"]


@pytest.mark.parametrize(
    ("typed", "view", "span"),
    [
        ("话题", View.TOPICS, Span.DAY),
        ("stories", View.STORIES, Span.DAY),
        ("新词", View.WORDS, Span.DAY),
        ("topics week", View.TOPICS, Span.WEEK),
        ("7 天", View.ALL, Span.WEEK),
    ],
)
async def test_a_view_may_be_typed(reader: Reader, typed: str, view: View, span: Span):
    await rising(reader.chatting)
    shown = await reader.say(f"/trends {typed}")
    for key in (f"trends.view.{view.value}", f"trends.back.{span.value}"):
        assert f"✓ {reader.texts(key)}" in shown.labels


async def test_calm_is_said_and_the_busiest_are_offered(reader: Reader, easel: Easel):
    nothing = await reader.say("/trends")
    assert reader.texts("trends.nothing") in nothing.text
    reader.chatting.clock.move(minutes=2)
    now = reader.chatting.clock()
    await keep(reader.chatting.storage, report(busiest=(CALM,), past=5, at=now))
    calm = await reader.say("/trends")
    assert reader.texts("trends.calm") in calm.text
    assert name(reader, "chips") in calm.text
    assert "█" in calm.text
    assert reader.texts.n("trends.short_past", 5) in calm.text
    assert easel.asked == []
    weekly = await next_of(reader, calm, reader.texts("chat.trends.weekly"))
    assert "https://hexin.example/week/2026-W10" in [one.get("url") for one in weekly.buttons]


async def test_without_a_picture_the_words_say_it_all(reader: Reader, easel: Easel):
    easel.broken = True
    await rising(reader.chatting)
    shown = await reader.say("/trends")
    assert "photo" not in shown.data
    assert name(reader, "llm") in shown.text
    assert "█" in shown.text


async def test_a_group_that_takes_no_pictures_gets_words(chatting: Chatting):
    group = chatting.sandbox.chat("group")
    await rising(chatting)
    chatting.wang.set_bot(group.id, "restricted", can_send_messages=True, can_send_photos=False)
    shown = await chatting.say(chatting.wang, "/trends", chat=group.id)
    assert "photo" not in shown.data
    assert "█" in shown.text


async def test_forged_views_and_subjects_do_nothing(reader: Reader):
    await rising(reader.chatting)
    shown = await reader.say("/trends")
    for verb, args in (
        ("trends", ("everything", "day")),
        ("trends", ("all", "year")),
        ("trend", ("topic", "nonsense")),
        ("trend", ("story", "９")),
        ("trend", ("planet", "mars")),
    ):
        data = pack(Action(verb, args))
        said = await reader.chatting.forge(reader.person, shown, data)
        assert said == reader.texts("chat.button.old")


@covers("/topic")
async def test_a_topic_in_chat_says_how_it_stands(reader: Reader):
    await rising(reader.chatting)
    for topic in ("llm", "chips"):
        await reader.chatting.news.publish(f"{topic} 的新闻", at=NOON, topics=(topic,))
    texts = reader.texts
    moving = await reader.say(f"/topic {name(reader, 'llm')}")
    said = f"📈 {texts('trends.phase.rising')} · {texts.n('trends.count', 12)}"
    assert said in moving.text
    assert texts.n("trends.sources", 6) in moving.text
    calm = await reader.say(f"/topic {name(reader, 'chips')}")
    assert "📈" not in calm.text
    assert texts("trends.phase.steady") not in calm.text
