"""The settings of pushes: what comes and when, where and how much, and how it looks."""

from datetime import time

import pytest

from digest.model import Lang, Layout, Wishes, Wording
from digest.render import plain_text
from tests.covering import covers
from tests.handlers.conftest import Reader
from tests.handlers.test_wishes import page, pushes_are_on, wanted, wishes_of

__all__ = ["pushes_are_on"]  # fixtures


# --- where and how much -------------------------------------------------------------------


@covers("/zone", "settings zone")
@pytest.mark.parametrize(
    ("typed", "zone"),
    [
        ("东京", "Asia/Tokyo"),
        ("紐約", "America/New_York"),
        ("日本", "Asia/Tokyo"),
        ("+8", "Asia/Shanghai"),
        ("UTC+05:30", "Asia/Kolkata"),
        ("Europe/Paris", "Europe/Paris"),
        ("Germany", "Europe/Berlin"),
    ],
)
async def test_a_zone_by_name_or_offset(reader: Reader, typed: str, zone: str):
    done = await reader.say(f"/zone {typed}")
    assert (await wanted(reader)).zone == zone
    assert plain_text(reader.texts("chat.settings.zone.title")) in done.text


async def test_a_country_of_several_zones_is_asked_about(reader: Reader):
    asked = await reader.say("/zone 美国")
    assert asked.text == reader.texts("chat.settings.zone.which", typed="美国")
    assert len(asked.labels) == 8
    assert (await wanted(reader)).zone == "Asia/Shanghai"
    await reader.tap(asked, asked.labels[0])
    assert (await wanted(reader)).zone == "America/New_York"


@covers("shared place")
async def test_a_shared_place_gives_its_zone_and_is_forgotten(reader: Reader):
    shown = await page(reader, "zone")
    await reader.tap(shown, reader.texts("chat.settings.zone.place"))
    reader.person.send_place(35.68, 139.69)
    done = await reader.person.wait_for()
    assert (await wanted(reader)).zone == "Asia/Tokyo"
    assert reader.texts("chat.next.instant", score=80) in done.text
    await reader.tap(shown, reader.texts("chat.settings.zone.place"))
    left = await reader.say(reader.texts("chat.place.never_mind"))
    assert left.text == reader.texts("chat.place.dismissed")


@covers("/quiet", "settings quiet")
async def test_quiet_hours(reader: Reader):
    done = await reader.say("/quiet 22-8")
    assert reader.texts("chat.settings.quiet.done", value="22:00–08:00") in done.text
    assert "✓ 22:00–08:00" in done.labels
    none = await reader.say("/quiet off")
    off = reader.texts("chat.settings.off")
    assert reader.texts("chat.settings.quiet.done", value=off) in none.text
    subscription = await wanted(reader)
    assert subscription.quiet_from == subscription.quiet_to


@covers("/max", "settings max")
async def test_the_most_per_day(reader: Reader):
    done = await reader.say("/max 20")
    assert reader.texts("chat.next.max", limit=20) in done.text
    shown = await reader.tap(done, reader.texts("chat.settings.items.value", count=8))
    assert reader.texts("chat.settings.items.done", value="8") in shown.text
    subscription = await wanted(reader)
    assert (subscription.max_a_day, subscription.wishes.max_items) == (20, 8)
    none = await reader.tap(shown, reader.texts("chat.unlimited"))
    assert reader.texts("chat.next.max", limit=20) not in none.text
    assert (await wanted(reader)).max_a_day == 0
    assert "9999" in (await reader.say("/max 9999")).text


async def test_the_preview_is_what_the_day_has_room_for(reader: Reader):
    news, texts = reader.chatting.news, reader.texts
    reader.chatting.clock.move(minutes=5)
    for number in range(3):
        await news.publish(f"第 {number} 条新芯片", at=reader.chatting.clock(), total=70)
    await reader.say("/max 2")
    await reader.say("/digest")
    await reader.chatting.quiet()
    assert texts.n("digest.capped", 1) in reader.person.inbox[-1].text
    await reader.say("/time off")
    assert texts("chat.next.max_only", limit=2) in (await reader.say("/max 2")).text


# --- how it looks ----------------------------------------------------------------------------


@covers("/layout", "settings layout", "settings wording")
async def test_layout_and_wording_apply_to_lists_at_once(reader: Reader):
    await reader.chatting.news.publish("新芯片发布")
    full = await reader.say("/latest")
    done = await reader.say("/layout compact both")
    assert (
        reader.texts("chat.settings.wording.done", value=reader.texts("chat.wording.both"))
        in done.text
    )
    wishes = await wishes_of(reader)
    assert (wishes.layout, wishes.wording) == (Layout.COMPACT, Wording.BOTH)
    compact = await reader.say("/latest")
    assert len(compact.text) < len(full.text)
    shown = await page(reader, "layout")
    await reader.tap(shown, reader.texts("chat.layout.full"))
    shown = await page(reader, "wording")
    await reader.tap(shown, reader.texts("chat.wording.original"))
    wishes = await wishes_of(reader)
    assert (wishes.layout, wishes.wording) == (Layout.FULL, Wording.ORIGINAL)


@covers("/lang", "settings lang")
async def test_the_language_by_command_and_by_button(reader: Reader):
    other = "English" if reader.texts.lang is Lang.ZH else "中文"
    shown = await page(reader, "lang")
    await reader.tap(shown, other)
    assert (await wishes_of(reader)).lang is not reader.texts.lang
    await reader.say("/lang 中文")
    assert (await wishes_of(reader)).lang is Lang.ZH
    await reader.say("/lang english")
    assert (await wishes_of(reader)).lang is Lang.EN


@covers("settings reset", "settings main")
async def test_everything_goes_back_to_the_defaults_after_asking(reader: Reader):
    for command in ("/follow 蓝鲸", "/mute 彩票", "/time 7", "/max 5", "/zone 东京", "/score 70"):
        await reader.say(command)
    before = await wanted(reader)
    asked = await page(reader, "reset")
    assert await wanted(reader) == before
    done = await reader.tap(asked, reader.texts("chat.settings.reset.yes"))
    assert reader.texts("chat.settings.reset.done") in done.text
    after = await wanted(reader)
    assert after.wishes == Wishes(lang=reader.texts.lang)
    assert after.zone == "Asia/Tokyo"
    assert (after.digest_times, after.max_a_day) == ((time(8, 30),), 0)


async def test_the_main_page_shows_the_whole_state(reader: Reader):
    for command in (
        "/follow 蓝鲸",
        "/mute 彩票",
        "/when 早报 周报",
        "/max 20",
        "/layout 紧凑 原文",
    ):
        await reader.say(command)
    shown = await reader.say("/settings")
    texts = reader.texts
    for part in (
        texts("chat.follows.words", names="蓝鲸"),
        texts.n("chat.settings.muted", 1),
        f"{texts('chat.push.morning')} 08:30",
        texts("chat.push.weekly"),
        texts.n("chat.settings.max.value", 20),
        texts("chat.layout.compact"),
        texts("chat.wording.original"),
    ):
        assert part in shown.text


async def test_muting_the_only_follow_says_that_everything_else_comes(reader: Reader):
    await reader.say("/follow AI")
    await reader.chatting.quiet()
    muted = await reader.say("/mute AI")
    name = reader.texts(
        "chat.mute.column", name="人工智能" if reader.person.user.key == "lin" else "AI"
    )
    assert reader.texts("chat.wish.mute.widened", name=name) in muted.text
    await reader.say("/follow 芯片")
    await reader.say("/unfollow AI")
    await reader.chatting.quiet()
    # AI is muted no longer, but not followed either: nothing says that it is pushed again.
    me = await reader.chatting.subscriber(reader.person)
    assert me.subscription.wishes.mutes == ()
    assert me.subscription.wishes.columns == ()


@pytest.mark.parametrize(
    ("typed", "times"),
    [("both", 2), ("早晚报", 2), ("daily", 1), ("每天", 1), ("story updates", 0)],
)
async def test_frequencies_are_called_as_people_call_them(reader: Reader, typed: str, times: int):
    await reader.say(f"/when {typed}")
    wanted = (await reader.chatting.subscriber(reader.person)).subscription
    assert len(wanted.digest_times) == times
    assert wanted.story_updates is (times == 0)
    assert not wanted.instant
