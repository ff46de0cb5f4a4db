from datetime import time, timedelta

from digest.model import Lang
from tests.handlers.conftest import Chatting
from tests.newsdesk import NOON


async def test_a_newcomers_first_minute_in_chinese(chatting: Chatting):
    await chatting.news.publish("DeepSeek 开源新一代推理模型", column="ai", topics=("llm",))
    await chatting.news.publish("央行下调存款准备金率", backlog=True)
    lin = chatting.lin
    welcome = await chatting.say(lin, "/start")
    assert welcome.labels == ["中文", "English"]
    assert "核心信息" in welcome.text
    columns = await chatting.tap(lin, welcome, "中文")
    assert "想看哪些栏目" in columns.text
    assert "全部内容" in columns.text
    columns = await chatting.tap(lin, columns, "人工智能")
    assert "✓ 🤖 人工智能" in columns.labels
    assert "栏目「人工智能」" in columns.text
    columns = await chatting.tap(lin, columns, "商业财经")
    columns = await chatting.tap(lin, columns, "人工智能")
    assert "✓ 🤖 人工智能" not in columns.labels
    topics = await chatting.tap(lin, columns, "选话题")
    topics = await chatting.tap(lin, topics, "大模型")
    assert "✓ 大模型" in topics.labels
    done = await chatting.tap(lin, topics, "完成")
    assert "设好了" in done.text
    assert "下次推送：明天 08:30（北京时间）" in done.text
    digest, after = lin.inbox[-2:]
    assert "DeepSeek" in digest.text
    assert "存款准备金率" in digest.text
    assert "下次推送：明天 08:30（北京时间）" in after.text
    reader = await chatting.subscriber(lin)
    assert reader.lang is Lang.ZH
    assert reader.subscription.wishes.columns == ("business",)
    assert reader.subscription.wishes.topics == ("llm",)
    assert reader.subscription.pushes
    assert reader.subscription.considered_until == NOON
    assert reader.subscription.next_digest_at == NOON + timedelta(hours=20, minutes=30)


async def test_a_newcomers_first_minute_in_english(chatting: Chatting):
    await chatting.news.publish("Open model beats closed ones", lang="en", column="ai")
    alex = chatting.alex
    welcome = await chatting.say(alex, "/start")
    columns = await chatting.tap(alex, welcome, "English")
    assert "Which columns" in columns.text
    done = await chatting.tap(alex, columns, "Done")
    assert "You will get: everything" in done.text
    assert "Next digest: tomorrow 08:30 (Beijing time)" in done.text
    digest, after = alex.inbox[-2:]
    assert "Open model beats closed ones" in digest.text
    assert "Type anything to search" in after.text
    assert (await chatting.subscriber(alex)).lang is Lang.EN


async def test_nothing_is_pushed_before_the_walk_is_finished(chatting: Chatting):
    welcome = await chatting.say(chatting.lin, "/start")
    await chatting.tap(chatting.lin, welcome, "中文")
    reader = await chatting.subscriber(chatting.lin)
    assert reader.subscription.paused
    assert reader.subscription.next_digest_at is None
    again = await chatting.say(chatting.lin, "/start")
    assert again.labels == ["中文", "English"]


async def test_a_newcomer_in_an_empty_newsroom_is_told_to_come_back(chatting: Chatting):
    welcome = await chatting.say(chatting.lin, "/start")
    columns = await chatting.tap(chatting.lin, welcome, "中文")
    await chatting.tap(chatting.lin, columns, "完成")
    empty, after = chatting.lin.inbox[-2:]
    assert "还没有信号" in empty.text
    assert "下次推送" in after.text


async def test_a_newcomer_with_narrow_wishes_is_told_that_nothing_fits(chatting: Chatting):
    await chatting.news.publish(column="ai")
    welcome = await chatting.say(chatting.lin, "/start")
    columns = await chatting.tap(chatting.lin, welcome, "中文")
    columns = await chatting.tap(chatting.lin, columns, "科学前沿")
    await chatting.tap(chatting.lin, columns, "完成")
    nothing, _after = chatting.lin.inbox[-2:]
    assert "还没有符合你选择的信号" in nothing.text
    latest = await chatting.tap(chatting.lin, nothing, "看全部最新")
    assert "最新信号" in latest.text


async def test_weak_signals_are_better_than_none_at_first(chatting: Chatting):
    await chatting.news.publish("只有一条弱信号", total=20)
    welcome = await chatting.say(chatting.lin, "/start")
    columns = await chatting.tap(chatting.lin, welcome, "中文")
    await chatting.tap(chatting.lin, columns, "完成")
    assert "只有一条弱信号" in chatting.lin.inbox[-2].text
    assert (await chatting.subscriber(chatting.lin)).subscription.wishes.min_score == 40


async def test_a_returning_reader_is_reminded_and_can_walk_again(chatting: Chatting):
    welcome = await chatting.say(chatting.lin, "/start")
    columns = await chatting.tap(chatting.lin, welcome, "中文")
    await chatting.tap(chatting.lin, columns, "完成")
    again = await chatting.say(chatting.lin, "/start")
    assert "欢迎回来" in again.text
    assert "下次推送：明天 08:30（北京时间）" in again.text
    columns = await chatting.tap(chatting.lin, again, "改推送内容")
    assert "想看哪些栏目" in columns.text


async def test_a_link_to_a_signal_opens_its_card(chatting: Chatting):
    signal = await chatting.news.publish("央行下调存款准备金率")
    card = await chatting.say(chatting.lin, f"/start s_{signal.id}")
    assert "央行下调存款准备金率" in card.text
    assert "收藏" in "".join(card.labels)
    gone = await chatting.say(chatting.alex, "/start s_999")
    assert gone.text.startswith("What this link points to is no longer here")
    assert gone.labels == ["中文", "English"]


async def test_a_link_to_a_topic_opens_it(chatting: Chatting):
    await chatting.news.publish("新一代推理模型", column="ai", topics=("llm",))
    topic = await chatting.say(chatting.lin, "/start t_llm")
    assert topic.text.startswith("大模型 · 近 7 天 1 条")
    welcome = await chatting.say(chatting.alex, "/start t_nonsense")
    assert welcome.labels == ["中文", "English"]


async def test_topics_can_be_leafed_through(chatting: Chatting):
    welcome = await chatting.say(chatting.alex, "/start")
    columns = await chatting.tap(chatting.alex, welcome, "English")
    topics = await chatting.tap(chatting.alex, columns, "Topics »")
    if "Next »" in topics.labels:
        second = await chatting.tap(chatting.alex, topics, "Next »")
        assert second.labels != topics.labels
        first = await chatting.tap(chatting.alex, second, "« Previous")
        assert first.labels == topics.labels
    columns = await chatting.tap(chatting.alex, topics, "« Columns")
    assert "Which columns" in columns.text


async def test_defaults_are_the_days_of_a_reader_in_china(chatting: Chatting):
    await chatting.say(chatting.lin, "/help")
    wanted = (await chatting.subscriber(chatting.lin)).subscription
    assert wanted.zone == "Asia/Shanghai"
    assert wanted.digest_times == (time(8, 30),)


async def test_a_double_tap_at_the_end_sends_one_first_digest(chatting: Chatting):
    await chatting.news.publish("DeepSeek 开源新一代推理模型")
    lin = chatting.lin
    columns = await chatting.tap(lin, await chatting.say(lin, "/start"), "中文")
    before = len(lin.inbox)
    lin.press(columns, "完成")
    lin.press(columns, "完成")
    await chatting.quiet()
    assert [("DeepSeek" in one.text) for one in lin.inbox[before:]] == [True, False]
