"""多看, 少看, 为什么, 报告: what a reader says of a signal, and what comes of it."""

from dataclasses import replace

import pytest
from sqlalchemy import update
from telegram import Bot

from bot.jobs.reporting import Reporter
from bot.sandbox.people import Seen
from digest.model import Adds, DigestKind, Relation, Signal, Wishes
from digest.reasons import reason_of
from digest.render import Links, Rendering, message_body, render_card
from handlers.callbacks import pack
from storage import PlannedDigest, Recipient
from storage.schema import signals
from storage.values import adds_data
from tests.covering import covers
from tests.handlers.conftest import Chatting, Reader
from tests.newsdesk import NOON


async def card_of(reader: Reader, signal: Signal) -> Seen:
    return await reader.say(f"/start s_{signal.id}")


async def weights_of(reader: Reader) -> dict[str, int]:
    found = await reader.chatting.subscriber(reader.person)
    return dict(found.subscription.wishes.weights)


def dated(reader: Reader, seen: Seen) -> Seen:
    return reader.chatting.now_of(reader.person, seen)


# --- 多看 and 少看 -------------------------------------------------------------------------


@covers("button more", "button weigh", "button back")
async def test_more_of_a_topic_and_back(reader: Reader):
    signal = await reader.chatting.news.publish("新的推理模型", topics=("llm", "chips"))
    card = await card_of(reader, signal)
    name = reader.chatting.services.taxonomy.topics["llm"].name(reader.texts.lang)
    sheet = await reader.tap(card, f"1:more:{signal.id}")
    label = reader.texts("chat.weight.more", name=name, steps="+1")
    said = await reader.toast(sheet, label)
    assert said == reader.texts("chat.weight.nearer", name=name, steps=1, most=3, points=5)
    assert await weights_of(reader) == {"topic:llm": 1}
    sheet = dated(reader, card)
    assert sheet.labels[1] == reader.texts("chat.weight.more", name=name, steps="+2")
    said = await reader.toast(sheet, reader.texts("chat.less.undo"))
    assert said == reader.texts("chat.weight.even", name=name)
    assert await weights_of(reader) == {}
    back = await reader.tap(dated(reader, card), reader.texts("chat.back"))
    assert back.labels == card.labels


@covers("button less", "button weigh")
async def test_less_of_a_source_stops_at_three_steps(reader: Reader):
    signal = await reader.chatting.news.publish("新的推理模型")
    card = await card_of(reader, signal)
    source = f"source:{signal.seen_in[0].source_id}"
    sheet = await reader.tap(card, f"1:less:{signal.id}")
    for steps in (1, 2, 3):
        label = reader.texts("chat.weight.less", name="晨星新闻", steps=f"−{steps}")
        sheet = await reader.tap(sheet, label)
        assert await weights_of(reader) == {source: -steps}
    further = reader.texts("chat.weight.less", name="晨星新闻", steps="−4")
    assert further not in sheet.labels
    await reader.tap(sheet, reader.texts("chat.back"))
    sheet = await reader.tap(dated(reader, card), f"1:less:{signal.id}")
    assert not any("−4" in label for label in sheet.labels)


async def test_two_taps_on_the_same_button_count_once(chatting: Chatting):
    signal = await chatting.news.publish("新的推理模型", topics=("llm",))
    card = await chatting.say(chatting.lin, f"/start s_{signal.id}")
    for _ in range(2):
        await chatting.forge(chatting.lin, card, f"1:weigh:topic%3Allm:{signal.id}:1")
    found = await chatting.subscriber(chatting.lin)
    assert found.subscription.wishes.weights == (("topic:llm", 1),)


@pytest.mark.parametrize(
    "forged",
    [
        "1:weigh:topic%3Achips:{}:1",  # not a topic of this signal
        "1:weigh:topic%3Allm:{}:4",
        "1:weigh:topic%3Allm:{}:-99",
        "1:weigh::{}:1",
        "1:weigh:topic%3Allm:{}",
        "1:flaw:nonsense:{}",
    ],
)
async def test_forged_feedback_is_refused(chatting: Chatting, forged: str):
    signal = await chatting.news.publish("新的推理模型", topics=("llm",))
    card = await chatting.say(chatting.lin, f"/start s_{signal.id}")
    said = await chatting.forge(chatting.lin, card, forged.format(signal.id))
    assert said == "这个按钮已经失效了，重新发一次命令吧。"
    found = await chatting.subscriber(chatting.lin)
    assert found.subscription.wishes.weights == ()


async def test_only_admins_weigh_for_a_group(chatting: Chatting):
    group = chatting.sandbox.chat("group").id
    signal = await chatting.news.publish("新的推理模型", topics=("llm",))
    await chatting.say(chatting.lin, "/latest", chat=group)
    await chatting.toast(chatting.lin, chatting.lin.messages_in(group)[-1], "1", chat=group)
    card = chatting.lin.messages_in(group)[-1]
    refused = await chatting.toast(chatting.lin, card, f"1:more:{signal.id}", chat=group)
    assert refused == "在群和频道里，这件事由管理员来定。"
    sheet = await chatting.tap(chatting.wang, card, f"1:more:{signal.id}", chat=group)
    assert any("多看" in label for label in sheet.labels)


# --- the page of weights -----------------------------------------------------------------------


@covers("settings weights", "button tune", "button even", "button settings")
async def test_weights_are_seen_changed_and_cleared(reader: Reader):
    texts = reader.texts
    signal = await reader.chatting.news.publish("新的推理模型", topics=("llm",))
    card = await card_of(reader, signal)
    me = await reader.chatting.subscriber(reader.person)
    source = signal.seen_in[0].source_id
    await reader.chatting.storage.weights.put(me.id, "topic", "llm", 2, NOON)
    await reader.chatting.storage.weights.put(me.id, "source", str(source), -1, NOON)
    page = await reader.say("/settings")
    page = await reader.tap(page, texts("chat.settings.weights.button"))
    assert texts("chat.settings.weights.title") in _html(
        texts("chat.settings.weights.title"), page
    )
    assert "晨星新闻" in page.text
    page = await reader.tap(page, "1:tune:topic%3Allm:3")
    assert await weights_of(reader) == {"topic:llm": 3, f"source:{source}": -1}
    page = await reader.tap(page, f"1:tune:source%3A{source}:0")
    assert await weights_of(reader) == {"topic:llm": 3}
    page = await reader.tap(page, texts("chat.weight.reset"))
    page = await reader.tap(page, texts("chat.weight.reset.yes"))
    assert await weights_of(reader) == {}
    assert texts("chat.weight.none") in page.text
    said = await reader.chatting.forge(reader.person, card, "1:tune:topic%3Achips:3")
    assert said == texts("chat.weight.gone")
    assert await weights_of(reader) == {}


def _html(marked: str, page: Seen) -> str:
    """`page` as if its first line were marked up, to compare with a text of the catalogue."""
    plain = marked.replace("<b>", "").replace("</b>", "")
    return page.text.replace(plain, marked)


# --- why ---------------------------------------------------------------------------------


async def push(
    reader: Reader, signal: Signal, wishes: Wishes, *, instant: bool = False, chat: int = 0
) -> None:
    """Owe `signal` to the reader and settle it, as planner and sender do."""
    chatting = reader.chatting
    found = await chatting.storage.subscribers.by_chat(chat or reader.person.id)
    assert found is not None
    body = message_body(render_card(signal, _rendering(reader)), pack)
    planned = PlannedDigest(
        kind=DigestKind.INSTANT if instant else DigestKind.DAILY,
        group_key=f"test:{signal.id}",
        window_from=NOON,
        window_to=NOON,
        lang=reader.texts.lang,
        signal_ids=(signal.id,),
        parts=[body],
        part_signals=[(signal.id,)],
        wishes=None if instant else wishes,
    )
    because = reason_of(signal, wishes, 80) if instant else None
    store = chatting.storage
    await store.digests.plan_instant(planned, [Recipient(found.id, because=because)])
    (delivery,) = await store.deliveries.claim(NOON, 1, "test")
    await store.deliveries.mark_sending(delivery.id, NOON)
    await store.deliveries.settle_sent(delivery.id, 1, NOON)


def _rendering(reader: Reader) -> Rendering:
    services = reader.chatting.services
    return Rendering(services.links, reader.texts, services.taxonomy, "Asia/Shanghai")


@covers("button why")
async def test_what_was_asked_for_is_said_to_be(reader: Reader):
    signal = await reader.chatting.news.publish("新的推理模型", topics=("llm",), total=72)
    card = await card_of(reader, signal)
    await reader.tap(card, f"1:why:{signal.id}")
    said = reader.person.messages[-1]
    assert reader.texts("chat.why.asked") in said.text
    assert reader.texts("chat.why.fits") in said.text
    # The parts of the score, in the words of the page.
    assert reader.texts("web.score.source") + " 36 / 50" in said.text
    assert reader.texts("web.score.substance") + " 36 / 50" in said.text


@covers("button why")
async def test_a_digest_is_explained_by_the_wishes_it_was_made_for(reader: Reader):
    chatting, texts = reader.chatting, reader.texts
    signal = await chatting.news.publish("新的推理模型", topics=("llm",), total=72)
    card = await card_of(reader, signal)
    wishes = Wishes(topics=("llm",), min_score=40, lang=texts.lang, weights=(("topic:llm", 1),))
    await push(reader, signal, wishes)
    await reader.tap(card, f"1:why:{signal.id}")
    said = reader.person.messages[-1].text
    name = chatting.services.taxonomy.topics["llm"].name(texts.lang)
    assert texts("chat.why.asked") not in said
    assert texts("chat.why.kind.daily") in said
    followed = texts("chat.why.topic", name=name)
    assert texts("chat.why.rule.followed", names=followed).strip() in said
    counted = texts("chat.why.counted.pulled", score=72, pull="+5", counted=77, least=40)
    assert counted in said
    # The reader follows nothing in particular now, and has no weights: that is said, not mixed.
    assert texts("chat.why.changed") in said


async def test_an_alert_is_explained_by_what_it_was_planned_with(reader: Reader):
    chatting, texts = reader.chatting, reader.texts
    signal = await chatting.news.publish("新的推理模型", total=85)
    card = await card_of(reader, signal)
    await push(reader, signal, Wishes(), instant=True)
    await reader.tap(card, f"1:why:{signal.id}")
    said = reader.person.messages[-1].text
    assert texts("chat.why.kind.instant") in said
    assert texts("chat.why.counted", score=85, least=80) in said
    assert texts("chat.why.changed") not in said


async def test_an_update_is_explained_by_what_it_added(reader: Reader):
    chatting, texts = reader.chatting, reader.texts
    lead = await chatting.news.publish("大坝溃口", total=85)
    signal = await chatting.news.publish(
        "失踪降到 4 人", total=85, story_of=lead.id, relation=Relation.UPDATE
    )
    adds = Adds((0, 1), (0,), because="hours=20 points=2 of=3 numbers=1 headline=60")
    async with chatting.storage.database.write() as connection:
        mine = signals.c.id == signal.id
        await connection.execute(update(signals).where(mine).values(adds=adds_data(adds)))
    card = await card_of(reader, signal)
    await push(reader, signal, Wishes(), instant=True)
    await reader.tap(card, f"1:why:{signal.id}")
    said = reader.person.messages[-1].text
    assert texts("chat.why.update") in said
    assert texts.n("chat.why.adds.points", 2) in said
    assert texts.n("chat.why.adds.numbers", 1) in said
    assert texts.n("chat.why.adds.hours", 20) in said


@pytest.mark.parametrize(
    ("wishes", "key"),
    [
        (Wishes(min_score=90), "chat.why.not.score"),
        (Wishes(columns=("ai",)), "chat.why.not.rules"),
        (Wishes(mutes=("推理",)), "chat.why.not.muted"),
    ],
)
async def test_what_would_not_be_pushed_says_why_not(reader: Reader, wishes: Wishes, key: str):
    chatting = reader.chatting
    signal = await chatting.news.publish("新的推理模型", total=72)
    card = await card_of(reader, signal)
    me = await chatting.subscriber(reader.person)
    wanted = replace(me.subscription, wishes=wishes)
    await chatting.storage.subscribers.save_subscription(me.id, wanted)
    await reader.tap(card, f"1:why:{signal.id}")
    said = reader.person.messages[-1].text
    assert reader.texts(key, counted=72, least=90) in said


# --- reports -----------------------------------------------------------------------------


def reporter(chatting: Chatting) -> Reporter:
    bot: Bot = chatting.application.bot

    async def admins() -> tuple[int, ...]:
        return (chatting.wang.id,)

    return Reporter(
        chatting.storage,
        bot,
        admins=admins,
        links=Links("https://hexin.example"),
        clock=chatting.clock,
    )


@covers("button report", "button flaw")
async def test_a_fault_reaches_the_admin_with_the_signal(reader: Reader):
    chatting, texts = reader.chatting, reader.texts
    await chatting.say(chatting.wang, "/help")
    signal = await chatting.news.publish("央行下调存款准备金率")
    card = await card_of(reader, signal)
    sheet = await reader.tap(card, f"1:report:{signal.id}")
    assert sheet.labels[0] == texts("chat.report.fact")
    assert await reader.toast(sheet, texts("chat.report.fact")) == texts("chat.report.new")
    assert dated(reader, card).labels == card.labels
    assert await reporter(chatting).run_due() == 1
    told = chatting.wang.inbox[-1]
    assert "事实有误" in told.text
    assert "央行下调存款准备金率" in told.text
    assert str(reader.person.id) in told.text
    assert told.links == [f"https://hexin.example/s/{signal.id}"]
    assert await reporter(chatting).run_due() == 0


@covers("button flaw", "answer f")
async def test_another_fault_is_typed(reader: Reader):
    chatting, texts = reader.chatting, reader.texts
    await chatting.say(chatting.wang, "/help")
    signal = await chatting.news.publish("央行下调存款准备金率")
    card = await card_of(reader, signal)
    sheet = await reader.tap(card, f"1:report:{signal.id}")
    await reader.tap(sheet, texts("chat.report.other"))
    question = reader.person.messages[-1]
    thanks = await chatting.answer(reader.person, question, "第二段 <b>少了</b>单位")
    assert thanks.text == texts("chat.report.new")
    await reporter(chatting).run_due()
    assert "第二段 <b>少了</b>单位" in chatting.wang.inbox[-1].text


async def test_many_reports_of_one_fault_are_one_message(chatting: Chatting):
    await chatting.say(chatting.wang, "/help")
    signal = await chatting.news.publish("央行下调存款准备金率")
    file = chatting.storage.reports.file
    await file(signal.id, "fact", 1, "", chatting.clock())
    await reporter(chatting).run_due()
    before = len(chatting.wang.inbox)
    for person in range(2, 9):
        chatting.clock.move(seconds=1)
        await file(signal.id, "fact", person, "", chatting.clock())
    assert await reporter(chatting).run_due() == 1
    assert len(chatting.wang.inbox) == before
    assert "8 人" in chatting.wang.inbox[-1].text
    assert "另有 3 条" in chatting.wang.inbox[-1].text


async def test_a_report_is_not_lost_when_the_admin_cannot_be_reached(chatting: Chatting):
    signal = await chatting.news.publish("央行下调存款准备金率")
    await chatting.storage.reports.file(signal.id, "fact", 1, "", chatting.clock())
    assert await reporter(chatting).run_due() == 0  # the admin has never started the bot
    assert await reporter(chatting).run_due() == 0
    chatting.wang.start()
    await chatting.quiet()
    chatting.clock.move(minutes=11)
    assert await reporter(chatting).run_due() == 1
    assert "事实有误" in chatting.wang.inbox[-1].text


async def test_a_report_in_a_channel_leads_to_the_card(chatting: Chatting):
    channel = chatting.sandbox.chat("channel").id
    signal = await chatting.news.publish("央行下调存款准备金率")
    await chatting.say(chatting.wang, "/latest", chat=channel)
    listed = chatting.wang.messages_in(channel)[-1]
    query = chatting.lin.press(listed, "1", chat=channel)
    await chatting.lin.answer_to(query)
    record = chatting.sandbox.world.chats[channel].records[listed.id]
    row = [{"text": "report", "callback_data": f"1:report:{signal.id}"}]
    record.data["reply_markup"] = {"inline_keyboard": [row]}
    answer = await chatting.lin.answer_to(chatting.lin.press(listed, "report", chat=channel))
    assert answer["url"].endswith(f"?start=s_{signal.id}")
