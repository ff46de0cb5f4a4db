from datetime import time

import pytest

from bot.sandbox.people import Person, Seen
from digest.model import Lang, Subscription
from tests.handlers.conftest import Chatting
from tests.handlers.test_cards import activated


async def wanted(chatting: Chatting, person: Person) -> Subscription:
    return (await chatting.subscriber(person)).subscription


OF_SCHEDULE = {
    "摘要时间": "推送安排",
    "Digest times": "What and when",
    "一键方案": "推送安排",
    "快讯分数": "推送安排",
    "Alert score": "What and when",
}


async def opened(chatting: Chatting, person: Person, page: str) -> Seen:
    listed = await chatting.say(person, "/settings")
    if page in OF_SCHEDULE:
        listed = await chatting.tap(person, listed, OF_SCHEDULE[page])
    return await chatting.tap(person, listed, page)


async def test_settings_say_everything_at_a_glance(chatting: Chatting):
    await activated(chatting, chatting.lin)
    shown = await chatting.say(chatting.lin, "/settings")
    for line in (
        "关注：全部内容",
        "屏蔽：没有",
        "推送：即时快讯（80 分起）、早报 08:30",
        "时区：北京时间",
        "最低分：40",
        "免打扰：23:00–07:00",
        "下次推送：明天 08:30（北京时间）",
    ):
        assert line in shown.text
    await activated(chatting, chatting.alex)
    english = await chatting.say(chatting.alex, "/settings")
    assert "Next digest: tomorrow 08:30 (Beijing time)" in english.text


async def test_every_change_says_what_happens_next(chatting: Chatting):
    await activated(chatting, chatting.lin)
    page = await opened(chatting, chatting.lin, "摘要时间")
    assert "✓ 08:30" in page.labels
    page = await chatting.tap(chatting.lin, page, "20:30")
    assert "摘要改在每天 08:30、20:30。" in page.text
    assert "下次推送：今天 20:30（北京时间）" in page.text
    page = await chatting.tap(chatting.lin, page, "✓ 08:30")
    page = await chatting.tap(chatting.lin, page, "✓ 20:30")
    assert "不再推送每日摘要。" in page.text
    assert (await wanted(chatting, chatting.lin)).digest_times == ()


async def test_another_zone_moves_the_next_digest(chatting: Chatting):
    await activated(chatting, chatting.alex)
    page = await opened(chatting, chatting.alex, "Time zone")
    page = await chatting.tap(chatting.alex, page, "London time")
    assert "Digests now go by London time." in page.text
    assert "Next digest: today 08:30 (London time)" in page.text
    subscription = await wanted(chatting, chatting.alex)
    assert subscription.next_digest_at is not None
    assert f"{subscription.next_digest_at:%m-%d %H:%M}" == "03-10 08:30"


@pytest.mark.parametrize(
    ("typed", "zone", "shown"),
    [
        ("东京", "Asia/Tokyo", "东京时间"),
        ("UTC+9", "Etc/GMT-9", "UTC+9"),
        ("europe/paris", "Europe/Paris", "巴黎时间"),
    ],
)
async def test_a_zone_can_be_typed(chatting: Chatting, typed: str, zone: str, shown: str):
    page = await opened(chatting, chatting.lin, "时区")
    await chatting.tap(chatting.lin, page, "其他时区")
    answer = await chatting.answer(chatting.lin, chatting.lin.inbox[-1], typed)
    assert f"时区改为：{shown}。" in answer.text
    assert (await wanted(chatting, chatting.lin)).zone == zone


async def test_what_cannot_be_read_is_asked_again(chatting: Chatting):
    page = await opened(chatting, chatting.lin, "时区")
    await chatting.tap(chatting.lin, page, "其他时区")
    sorry = await chatting.answer(chatting.lin, chatting.lin.inbox[-1], "火星<b>")
    assert sorry.text == "没看懂「火星<b>」，再试一次？"
    await chatting.quiet()
    question = chatting.lin.inbox[-1]
    assert "你在哪个时区" in question.text
    answer = await chatting.answer(chatting.lin, question, "+8")
    assert "时区改为：北京时间。" in answer.text


async def test_times_can_be_typed(chatting: Chatting):
    await activated(chatting, chatting.alex)
    page = await opened(chatting, chatting.alex, "Digest times")
    await chatting.tap(chatting.alex, page, "Another time")
    answer = await chatting.answer(chatting.alex, chatting.alex.inbox[-1], "20:00, 7:45")
    assert "The digest now comes at 07:45, 20:00." in answer.text
    assert "Next digest: today 20:00" in answer.text
    await chatting.tap(chatting.alex, answer, "Another time")
    answer = await chatting.answer(chatting.alex, chatting.alex.inbox[-1], "9")
    assert "The digest now comes at 09:00." in answer.text


async def test_the_frequency_decides_what_comes_next(chatting: Chatting):
    await activated(chatting, chatting.lin)
    page = await opened(chatting, chatting.lin, "一键方案")
    page = await chatting.tap(chatting.lin, page, "只要即时快讯")
    assert "80 分及以上的信号会随时推给你。" in page.text
    assert "下次推送" not in page.text
    page = await opened(chatting, chatting.lin, "一键方案")
    page = await chatting.tap(chatting.lin, page, "只要早报")
    assert "下次推送：明天 08:30" in page.text
    assert "随时推给你" not in page.text
    page = await chatting.tap(chatting.lin, page, "⏸ 暂停全部推送")
    assert "推送已暂停" in page.text
    subscription = await wanted(chatting, chatting.lin)
    assert subscription.paused
    assert subscription.next_digest_at is None


async def test_what_came_while_pushes_were_off_is_not_caught_up_on(chatting: Chatting):
    await activated(chatting, chatting.lin)
    page = await opened(chatting, chatting.lin, "一键方案")
    page = await chatting.tap(chatting.lin, page, "暂停推送")
    chatting.clock.move(days=5)
    await chatting.tap(chatting.lin, page, "▶ 恢复推送")
    assert (await wanted(chatting, chatting.lin)).considered_until == chatting.clock()


async def test_scores_are_chosen(chatting: Chatting):
    page = await opened(chatting, chatting.lin, "最低分")
    page = await chatting.tap(chatting.lin, page, "60")
    assert "最低分改为 60。" in page.text
    page = await opened(chatting, chatting.lin, "快讯分数")
    page = await chatting.tap(chatting.lin, page, "90")
    assert "即时快讯的门槛改为 90 分。" in page.text
    subscription = await wanted(chatting, chatting.lin)
    assert subscription.wishes.min_score == 60
    assert subscription.instant_score == 90


async def test_quiet_hours_are_chosen_typed_and_dropped(chatting: Chatting):
    page = await opened(chatting, chatting.alex, "Quiet hours")
    page = await chatting.tap(chatting.alex, page, "22:00–08:00")
    assert "Quiet hours: 22:00–08:00." in page.text
    await chatting.tap(chatting.alex, page, "Other hours")
    answer = await chatting.answer(chatting.alex, chatting.alex.inbox[-1], "22:30 to 7")
    assert "Quiet hours: 22:30–07:00." in answer.text
    assert "✓ 22:30–07:00" in answer.labels
    await chatting.tap(chatting.alex, answer, "Other hours")
    answer = await chatting.answer(chatting.alex, chatting.alex.inbox[-1], "off")
    assert "✓ No quiet hours" in answer.labels
    subscription = await wanted(chatting, chatting.alex)
    assert subscription.quiet_from == subscription.quiet_to


async def test_the_language_changes_at_once(chatting: Chatting):
    page = await opened(chatting, chatting.lin, "语言")
    page = await chatting.tap(chatting.lin, page, "English")
    assert page.text.startswith("English from now on.")
    assert "Settings" in page.text
    reader = await chatting.subscriber(chatting.lin)
    assert reader.lang is Lang.EN
    assert reader.subscription.wishes.lang is Lang.EN
    assert "Latest" in (await chatting.say(chatting.lin, "/help")).text


async def test_mutes_of_topics_and_sources_have_names(chatting: Chatting):
    signal = await chatting.news.publish("新的推理模型", topics=("llm",))
    card = await chatting.say(chatting.lin, f"/start s_{signal.id}")
    sheet = await chatting.tap(chatting.lin, card, "少看")
    await chatting.tap(chatting.lin, sheet, "不看话题「大模型」")
    await chatting.tap(chatting.lin, card, "« 返回")
    sheet = await chatting.tap(chatting.lin, card, "少看")
    await chatting.tap(chatting.lin, sheet, "不看来源「晨星新闻」")
    page = await opened(chatting, chatting.lin, "屏蔽")
    assert page.labels[:2] == ["✕ 话题：大模型", "✕ 来源：晨星新闻"]


@pytest.mark.parametrize(
    "data",
    [
        "1:set:min_score:9999",
        "1:set:min_score:-1",
        "1:set:instant_score:many",
        "1:set:zone:Mars",
        "1:set:time:99%3A99",
        "1:set:time:",
        "1:set:frequency:hourly",
        "1:set:quiet:always",
        "1:set:lang:xx",
        "1:set:admin:yes",
        "1:set:wishes:none",
        "1:settings:secrets",
        "1:ask:password",
        "1:setup:start:nowhere:0",
        "1:setup:elsewhere:done:0",
        "1:pick:start:c:nothing:0",
        "1:pick:start:t:nothing:0",
        "1:pick:sub:f:hourly:0",
        "1:page:latest:c%2Fnothing:0:5",
        "1:page:nothing::0:5",
        "1:page:search::0:5",
        "0:settings:main",
        "1:follow:nothing",
        "garbage",
    ],
)
async def test_forged_buttons_are_refused_politely(chatting: Chatting, data: str):
    await activated(chatting, chatting.lin)
    before = await chatting.subscriber(chatting.lin)
    message = await chatting.say(chatting.lin, "/settings")
    record = chatting.sandbox.world.chats[chatting.lin.id].records[message.id]
    record.data["entities"] = []
    said = await chatting.forge(chatting.lin, message, data)
    assert said == "这个按钮已经失效了，重新发一次命令吧。"
    assert await chatting.subscriber(chatting.lin) == before


async def test_a_page_number_far_out_is_the_last_page(chatting: Chatting):
    listed = await chatting.say(chatting.lin, "/topic")
    for data in ("1:topic:9999", "1:topic:-3", "1:setup:sub:topics:9999"):
        assert await chatting.forge(chatting.lin, listed, data) == ""


async def test_a_change_while_a_digest_is_due_does_not_skip_it(chatting: Chatting):
    await activated(chatting, chatting.lin)
    due = (await wanted(chatting, chatting.lin)).next_digest_at
    assert due is not None
    chatting.clock.move(hours=20, minutes=30, seconds=5)
    page = await opened(chatting, chatting.lin, "最低分")
    await chatting.tap(chatting.lin, page, "50")
    assert (await wanted(chatting, chatting.lin)).next_digest_at == due
    page = await opened(chatting, chatting.lin, "一键方案")
    await chatting.tap(chatting.lin, page, "暂停推送")
    assert (await wanted(chatting, chatting.lin)).next_digest_at is None


async def test_a_digest_time_in_the_quiet_hours_is_explained(chatting: Chatting):
    await activated(chatting, chatting.lin)
    page = await opened(chatting, chatting.lin, "摘要时间")
    page = await chatting.tap(chatting.lin, page, "07:00")
    assert "免打扰时段里" not in page.text
    page = await opened(chatting, chatting.lin, "免打扰")
    page = await chatting.tap(chatting.lin, page, "22:00–08:00")
    assert "明天 08:00" in page.text
    assert "你选的钟点在免打扰时段里" in page.text


async def test_alerts_are_promised_from_the_higher_of_both_scores(chatting: Chatting):
    await activated(chatting, chatting.alex)
    page = await opened(chatting, chatting.alex, "Alert score")
    await chatting.tap(chatting.alex, page, "60")
    page = await opened(chatting, chatting.alex, "Minimum score")
    page = await chatting.tap(chatting.alex, page, "70")
    assert "Signals scoring 70 or more reach you right away." in page.text


async def test_times_are_neither_lost_nor_dropped_silently(chatting: Chatting):
    await activated(chatting, chatting.lin)
    page = await opened(chatting, chatting.lin, "摘要时间")
    for one in ("12:30", "18:00", "20:30"):
        page = await chatting.tap(chatting.lin, page, one)
    assert "一天最多 4 次" in await chatting.toast(chatting.lin, page, "07:00")
    times = (await wanted(chatting, chatting.lin)).digest_times
    assert times == (time(8, 30), time(12, 30), time(18), time(20, 30))
    page = await chatting.tap(chatting.lin, page, "✓ 18:00")
    page = await chatting.tap(chatting.lin, page, "07:00")
    assert "✓ 07:00" in page.labels


async def test_what_is_off_is_shown_as_off(chatting: Chatting):
    await activated(chatting, chatting.lin)
    page = await opened(chatting, chatting.lin, "一键方案")
    await chatting.tap(chatting.lin, page, "只要早报")
    page = await opened(chatting, chatting.lin, "免打扰")
    page = await chatting.tap(chatting.lin, page, "不设免打扰")
    assert "免打扰时段：不设。" in page.text
    shown = await chatting.say(chatting.lin, "/settings")
    assert "推送：早报 08:30\n" in shown.text
    assert "免打扰：不设\n" in shown.text
