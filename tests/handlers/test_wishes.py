"""Follows, mutes and every page and command of the settings, in both languages."""

from datetime import time

import pytest

from bot.sandbox.people import Seen
from digest.model import Lang, Relation, Subscription, WeeklyTime, Wishes
from handlers.following import read_names
from tests.covering import covers
from tests.handlers.conftest import Reader
from tests.handlers.test_cards import activated


async def wanted(reader: Reader) -> Subscription:
    return (await reader.chatting.subscriber(reader.person)).subscription


async def wishes_of(reader: Reader) -> Wishes:
    return (await wanted(reader)).wishes


async def page(reader: Reader, name: str, *, of: str = "") -> Seen:
    """A page of the settings, reached by its button (on page `of`)."""
    shown = await reader.say("/settings")
    for one in filter(None, (of, name)):
        shown = await reader.tap(shown, reader.texts(f"chat.settings.{one}.button"))
    return shown


@pytest.fixture(autouse=True)
async def pushes_are_on(reader: Reader) -> None:
    await activated(reader.chatting, reader.person)


# --- follow and mute -----------------------------------------------------------------------


@covers("/follow", "button wishes", "settings follows")
async def test_words_topics_columns_and_sources_are_followed_by_name(reader: Reader):
    await reader.chatting.news.publish("新芯片")
    listed = await reader.say("/follow")
    assert reader.texts("chat.wish.follow.none") in listed.text
    done = await reader.say("/follow 深海勘探, 大模型、ai")
    texts = reader.texts
    assert texts("chat.wish.follow.narrowed", name="深海勘探", score=40) in done.text
    wishes = await wishes_of(reader)
    assert wishes.words == ("深海勘探",)
    assert wishes.topics == ("llm",)
    assert texts.n("chat.wish.follow.count", 3) in done.text
    assert "✕ 深海勘探" in done.labels
    again = await reader.say("/follow 深海勘探")
    assert texts("chat.wish.follow.already", name="深海勘探") in again.text
    more = await reader.say("/follow source: 晨星新闻, 话题 机器人、source code")
    assert "晨星新闻" in more.text
    wishes = await wishes_of(reader)
    assert len(wishes.sources) == 1
    assert wishes.topics == ("llm", "robotics")


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("芯片", (("", "芯片"),)),
        ("source code, AI", (("", "source code"), ("", "AI"))),
        ("来源 晨星、暮星，话题：AI", (("source", "晨星"), ("source", "暮星"), ("topic", "AI"))),
        ("word: source code", (("word", "source code"),)),
        ("關鍵詞 晶圓", (("word", "晶圓"),)),
        (" , ，\n", ()),
    ],
)
def test_names_and_their_kinds_are_read(typed: str, names: tuple[tuple[str, str], ...]):
    assert read_names(typed) == names


@covers("/follow", "button drop_wish")
async def test_a_follow_is_taken_back_and_all_comes_again(reader: Reader):
    listed = await reader.say("/follow C++")
    back = await reader.tap(listed, "✕ C++")
    assert reader.texts("chat.wish.follow.widened", name="C++") in back.text
    assert (await wishes_of(reader)).everything


@covers("/mute", "settings mutes", "answer a")
async def test_words_are_muted_and_brought_back(reader: Reader):
    muted = await page(reader, "mutes")
    assert reader.texts("chat.wish.mute.none") in muted.text
    await reader.tap(muted, reader.texts("chat.wish.mute.add"))
    question = reader.person.inbox[-1]
    answer = await reader.chatting.answer(reader.person, question, " 彩票 ")
    expected = reader.texts("chat.wish.mute.added", name="彩票", score=40)
    assert expected in answer.text
    assert (await wishes_of(reader)).mutes == ("彩票",)
    back = await reader.tap(answer, "✕ 彩票")
    assert reader.texts("chat.wish.mute.dropped", name="彩票") in back.text
    assert (await wishes_of(reader)).mutes == ()
    bad = await reader.chatting.answer(reader.person, question, "字" * 20)
    assert reader.texts("chat.wish.bad", typed="字" * 20) in bad.text


async def test_muting_what_is_followed_stops_following_it(reader: Reader):
    await reader.say("/follow 大模型")
    await reader.say("/mute 大模型")
    wishes = await wishes_of(reader)
    assert (wishes.topics, wishes.mutes) == ((), ("topic:llm",))
    await reader.say("/follow 大模型")
    wishes = await wishes_of(reader)
    assert (wishes.topics, wishes.mutes) == (("llm",), ())


async def test_another_name_of_a_topic_may_also_be_meant_as_a_word(reader: Reader):
    await reader.say("/follow 晶圓")
    await reader.chatting.quiet()
    offered = reader.person.inbox[-1]
    assert offered.text == reader.texts("chat.wish.also", typed="晶圓")
    assert (await wishes_of(reader)).topics == ("chips",)
    await reader.tap(offered, reader.texts("chat.mute.word", name="晶圓"))
    assert (await wishes_of(reader)).words == ("晶圓",)


async def test_both_scripts_are_one_word(reader: Reader):
    await reader.say("/follow 藍鯨")
    again = await reader.say("/follow 蓝鲸")
    assert reader.texts("chat.wish.follow.already", name="蓝鲸") in again.text
    assert (await wishes_of(reader)).words == ("藍鯨",)


@covers("button want")
async def test_a_name_that_means_several_things_is_asked_about(reader: Reader):
    await reader.chatting.news.source("models", title="大模型")
    asked = await reader.say("/follow 大模型")
    assert reader.texts("chat.wish.which", typed="大模型") == asked.text
    texts = reader.texts
    word = texts("chat.mute.word", name="大模型")
    assert word in asked.labels
    assert len(asked.labels) == 3
    done = await reader.tap(asked, word)
    assert texts("chat.wish.follow.narrowed", name="大模型", score=40) in done.text
    assert (await wishes_of(reader)).words == ("大模型",)
    assert (await wishes_of(reader)).topics == ()


async def test_sources_with_the_word_in_their_name_are_offered_too(reader: Reader):
    await reader.chatting.news.publish("新芯片")
    await reader.say("/follow 晨星")
    await reader.chatting.quiet()
    offered = reader.person.inbox[-1]
    assert reader.texts("chat.wish.also", typed="晨星") == offered.text
    await reader.tap(offered, reader.texts("chat.mute.source", name="晨星新闻"))
    wishes = await wishes_of(reader)
    assert wishes.words == ("晨星",)
    assert len(wishes.sources) == 1


@covers("/unfollow")
async def test_a_follow_or_mute_is_dropped_by_name(reader: Reader):
    await reader.say("/follow 蓝鲸")
    await reader.say("/mute 彩票")
    dropped = await reader.say("/unfollow 藍鯨、彩票、没有的")
    texts = reader.texts
    assert texts("chat.wish.follow.widened", name="藍鯨") in dropped.text
    assert texts("chat.wish.mute.dropped", name="彩票") in dropped.text
    assert texts("chat.wish.unknown", typed="没有的") in dropped.text
    assert await wishes_of(reader) == Wishes(lang=reader.texts.lang)


async def test_long_lists_have_pages(reader: Reader):
    for start in range(0, 20, 10):
        await reader.say("/follow " + ",".join(f"term {n}" for n in range(start, start + 10)))
    listed = await reader.say("/follow")
    assert reader.texts.n("chat.wish.follow.count", 20) in listed.text
    assert "✕ term 0" in listed.labels
    after = await reader.tap(listed, reader.texts("chat.page.after"))
    assert "✕ term 19" in after.labels
    assert reader.texts("chat.page.after") not in after.labels
    dropped = await reader.tap(after, "✕ term 19")
    assert "✕ term 18" in dropped.labels


async def test_there_is_an_end_to_follows(reader: Reader):
    for start in range(0, 100, 10):
        await reader.say("/mute " + ",".join(f"term {n}" for n in range(start, start + 10)))
    refused = await reader.say("/mute one more")
    assert reader.texts("chat.wish.too_many", limit=100) in refused.text
    assert len((await wishes_of(reader)).mutes) == 100


@pytest.mark.parametrize(
    "data",
    [
        "1:want:follow:topic%3Anothing",
        "1:want:follow:source%3A999999",
        "1:want:follow:source%3Ax",
        "1:want:follow:",
        "1:want:hate:ai",
        "1:drop_wish:hate:ai:0",
        "1:wishes:hate:0",
        "1:set:weekly:d9",
        "1:set:weekly:",
        "1:set:max:501",
        "1:set:max:-1",
        "1:set:max:²",
        "1:set:items:7",
        "1:set:layout:huge",
        "1:set:wording:none",
        "1:set:switch:off",
        "1:set:switch:2561",
        "1:set:kinds:hourly",
        "1:set:paused:maybe",
        "1:set:reset:no",
        "1:set:zone:美国",
    ],
)
async def test_forged_buttons_change_nothing(reader: Reader, data: str):
    before = await wanted(reader)
    message = await reader.say("/settings")
    said = await reader.chatting.forge(reader.person, message, data)
    assert said == reader.texts("chat.button.old")
    assert await wanted(reader) == before


# --- what and when ------------------------------------------------------------------------


@covers("settings frequency", "button set", "button settings", "/settings")
async def test_each_kind_of_push_has_its_switch(reader: Reader):
    texts = reader.texts
    shown = await page(reader, "frequency")
    morning = f"{texts('chat.push.morning')} 08:30"
    evening = f"{texts('chat.push.evening')} 20:30"
    assert f"✓ {texts('chat.push.instant_from', score=80)}" in shown.labels
    assert f"✓ {morning}" in shown.labels
    shown = await reader.tap(shown, evening)
    assert (
        texts("chat.settings.switch.on", name=texts("chat.push.daily", time="20:30")) in shown.text
    )
    shown = await reader.tap(shown, f"✓ {morning}")
    shown = await reader.tap(shown, f"✓ {texts('chat.push.instant_from', score=80)}")
    shown = await reader.tap(shown, texts("chat.push.stories"))
    assert texts("chat.next.stories") in shown.text
    weekly = next(label for label in shown.labels if label.startswith(texts("chat.push.weekly")))
    shown = await reader.tap(shown, weekly)
    subscription = await wanted(reader)
    assert subscription.digest_times == (time(20, 30),)
    assert not subscription.instant
    assert subscription.story_updates
    assert subscription.weekly == WeeklyTime()
    assert subscription.next_weekly_at is not None
    assert morning in shown.labels
    shown = await reader.tap(shown, f"✓ {evening}")
    shown = await reader.tap(shown, f"✓ {texts('chat.push.stories')}")
    shown = await reader.tap(shown, f"✓ {weekly}")
    assert texts("chat.next.none") in shown.text
    assert not (await wanted(reader)).pushes


async def test_pausing_forgets_nothing(reader: Reader):
    before = await wanted(reader)
    shown = await page(reader, "frequency")
    shown = await reader.tap(shown, reader.texts("chat.push.pause"))
    assert reader.texts("chat.next.off") in shown.text
    assert (await wanted(reader)).next_digest_at is None
    shown = await reader.tap(shown, reader.texts("chat.push.resume"))
    assert reader.texts("chat.settings.paused.done") in shown.text
    assert (await wanted(reader)).next_digest_at == before.next_digest_at


@covers("settings presets")
@pytest.mark.parametrize(
    ("name", "times", "instant"),
    [
        ("both", (time(8, 30),), True),
        ("daily", (time(8, 30),), False),
        ("evening", (time(20, 30),), False),
        ("twice", (time(8, 30), time(20, 30)), False),
        ("instant", (), True),
        ("weekly", (), False),
        ("stories", (), False),
    ],
)
async def test_a_preset_sets_every_switch(
    reader: Reader, name: str, times: tuple[time, ...], instant: bool
):
    shown = await page(reader, "presets", of="frequency")
    if name != "both":
        assert f"✓ {reader.texts('chat.frequency.both')}" in shown.labels
        await reader.tap(shown, reader.texts(f"chat.frequency.{name}"))
    subscription = await wanted(reader)
    assert (subscription.digest_times, subscription.instant) == (times, instant)
    assert (subscription.weekly is not None) is (name == "weekly")
    assert subscription.story_updates is (name == "stories")


@covers("/when")
@pytest.mark.parametrize(
    ("typed", "times", "weekly"),
    [
        ("早报 晚报", (time(8, 30), time(20, 30)), False),
        ("morning, weekly", (time(8, 30),), True),
        ("周报", (), True),
    ],
)
async def test_kinds_of_push_can_be_typed(
    reader: Reader, typed: str, times: tuple[time, ...], weekly: bool
):
    await reader.say(f"/when {typed}")
    subscription = await wanted(reader)
    assert subscription.digest_times == times
    assert (subscription.weekly is not None) is weekly
    assert not subscription.instant
    await reader.say("/when 暂停")
    assert (await wanted(reader)).paused
    await reader.say("/when resume")
    assert not (await wanted(reader)).paused


@covers("/time", "settings time", "button ask")
async def test_times_of_the_digest(reader: Reader):
    done = await reader.say("/time 7:45 20点")
    shown = reader.texts("chat.comma").join(("07:45", "20:00"))
    assert reader.texts("chat.settings.time.done", value=shown) in done.text
    assert (await wanted(reader)).digest_times == (time(7, 45), time(20))
    none = await reader.tap(done, reader.texts("chat.settings.time.nothing"))
    assert reader.texts("chat.settings.time.none") in none.text
    assert (await wanted(reader)).digest_times == ()
    await reader.tap(none, reader.texts("chat.settings.time.typed"))
    await reader.chatting.answer(reader.person, reader.person.inbox[-1], "9")
    assert (await wanted(reader)).digest_times == (time(9),)
    sorry = await reader.say("/time 25:99")
    assert reader.texts("chat.settings.unreadable", typed="25:99") == sorry.text


@covers("settings weekly")
async def test_day_and_hour_of_the_weekly(reader: Reader):
    typed = "周五 18:00" if reader.texts.lang is Lang.ZH else "Fri 18:00"
    done = await reader.say(f"/time {typed}")
    assert reader.texts("chat.settings.weekly.done", value=typed) in done.text
    assert (await wanted(reader)).weekly == WeeklyTime(4, time(18))
    day = "周日" if reader.texts.lang is Lang.ZH else "Sun"
    shown = await reader.tap(done, day)
    shown = await reader.tap(shown, "21:00")
    assert (await wanted(reader)).weekly == WeeklyTime(6, time(21))
    assert f"✓ {day}" in shown.labels
    shown = await reader.tap(shown, reader.texts("chat.settings.weekly.nothing"))
    assert reader.texts("chat.settings.weekly.none") in shown.text
    assert (await wanted(reader)).weekly is None


@covers("settings instant_score", "settings min_score", "/score")
async def test_scores(reader: Reader):
    shown = await page(reader, "instant_score", of="frequency")
    shown = await reader.tap(shown, "90")
    assert reader.texts("chat.settings.instant_score.done", value="90") in shown.text
    shown = await page(reader, "min_score")
    await reader.tap(shown, "60")
    subscription = await wanted(reader)
    assert (subscription.wishes.min_score, subscription.instant_score) == (60, 90)
    await reader.say("/score 45 85")
    subscription = await wanted(reader)
    assert (subscription.wishes.min_score, subscription.instant_score) == (45, 85)
    await reader.tap(shown, reader.texts("chat.settings.min_score.typed"))
    await reader.chatting.answer(reader.person, reader.person.inbox[-1], "33")
    assert (await wishes_of(reader)).min_score == 33
    assert "101" in (await reader.say("/score 101")).text
    assert (await wishes_of(reader)).min_score == 33


@covers("button track", "button untrack")
async def test_one_story_is_followed_and_left(reader: Reader):
    news = reader.chatting.news
    lead = await news.publish("第一报")
    update = await news.publish("后续进展", story_of=lead.id, relation=Relation.UPDATE)
    shown = await reader.say(f"/story {update.story_id}")
    said = await reader.toast(shown, reader.texts("chat.track.off"))
    assert said == reader.texts("chat.track.done")
    assert (await wanted(reader)).stories == (update.story_id,)
    assert reader.texts.n("chat.next.followed", 1) in (await reader.say("/settings")).text
    followed = reader.chatting.now_of(reader.person, shown)
    await reader.tap(followed, reader.texts("chat.track.on"))
    assert (await wanted(reader)).stories == ()
    gone = await reader.chatting.forge(reader.person, shown, "1:track:999999")
    assert gone == reader.texts("chat.story.gone")


async def test_a_story_that_went_into_another_is_followed_and_left_with_it(reader: Reader):
    bot = reader.chatting
    pairs = []
    for name in ("甲", "乙"):
        lead = await bot.news.publish(f"{name}的第一报")
        pairs.append(await bot.news.publish(f"{name}的后续", story_of=lead.id))
    mine, other = (one.story_id for one in pairs)
    old = await reader.say(f"/story {mine}")
    await reader.toast(old, reader.texts("chat.track.off"))
    ids = [one.id for one in pairs]
    await bot.storage.storyboard.join(*ids, "t", bot.clock(), whole=True)
    shown = await reader.say(f"/story {other}")
    left = await reader.tap(shown, reader.texts("chat.track.on"))
    assert (await wanted(reader)).stories == ()
    # And by a message of before, under its old number.
    await reader.toast(left, reader.texts("chat.track.off"))
    assert (await wanted(reader)).stories == (other,)
    await reader.toast(bot.now_of(reader.person, old), reader.texts("chat.track.on"))
    assert (await wanted(reader)).stories == ()
