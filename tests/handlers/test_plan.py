from datetime import timedelta

import pytest

from digest.model import Relation
from tests.handlers.conftest import Chatting
from tests.handlers.test_cards import activated


@pytest.mark.parametrize(
    ("who", "intro"), [("lin", "如果现在推送"), ("alex", "If a digest were due now")]
)
async def test_a_digest_on_request_previews_the_next_push(
    chatting: Chatting, who: str, intro: str
):
    person = chatting.sandbox.person(who)
    await activated(chatting, person)
    before = await chatting.subscriber(person)
    chatting.clock.move(hours=2)
    await chatting.news.publish("新来的消息", at=chatting.clock() - timedelta(hours=1))
    await chatting.news.publish(
        "原来就有的", at=chatting.clock() - timedelta(hours=1), backlog=True
    )
    first = await chatting.say(person, "/digest")
    assert intro in first.text
    await chatting.quiet()
    shown = person.inbox[-1].text
    assert "新来的消息" in shown
    assert "原来就有的" not in shown
    assert ("读了 1 条" in shown) or ("out of 1 read" in shown)
    assert await chatting.subscriber(person) == before
    await chatting.say(person, "/digest")
    await chatting.quiet()
    assert person.inbox[-1].text == shown


@pytest.mark.parametrize(("who", "said"), [("lin", "不会打扰你"), ("alex", "I stay silent")])
async def test_nothing_new_is_said_to_be_nothing_new(chatting: Chatting, who: str, said: str):
    person = chatting.sandbox.person(who)
    await chatting.news.publish("开始之前的消息")
    await activated(chatting, person)
    nothing = await chatting.say(person, "/digest")
    assert said in nothing.text


async def test_a_digest_for_someone_without_pushes_is_of_the_last_day(chatting: Chatting):
    await chatting.news.publish("昨天的消息", at=chatting.clock() - timedelta(hours=20))
    await chatting.news.publish("前天的消息", at=chatting.clock() - timedelta(hours=30))
    await chatting.say(chatting.lin, "/digest")
    await chatting.quiet()
    assert "昨天的消息" in chatting.lin.inbox[-1].text
    assert "前天的消息" not in chatting.lin.inbox[-1].text


async def test_the_button_of_a_returning_reader_sends_one_too(chatting: Chatting):
    await activated(chatting, chatting.lin)
    chatting.clock.move(hours=2)
    await chatting.news.publish("新来的消息", at=chatting.clock() - timedelta(hours=1))
    again = await chatting.say(chatting.lin, "/start")
    await chatting.tap(chatting.lin, again, "现在来一份摘要")
    assert "新来的消息" in chatting.lin.inbox[-1].text


async def test_mutes_and_wishes_shape_it(chatting: Chatting):
    await activated(chatting, chatting.lin)
    chatting.clock.move(hours=2)
    at = chatting.clock() - timedelta(hours=1)
    muted = await chatting.news.publish("新的推理模型", at=at, topics=("llm",))
    await chatting.news.publish("别的事情", at=at)
    card = await chatting.say(chatting.lin, f"/start s_{muted.id}")
    sheet = await chatting.tap(chatting.lin, card, "少看")
    await chatting.tap(chatting.lin, sheet, "不看话题「大模型」")
    await chatting.say(chatting.lin, "/digest")
    await chatting.quiet()
    assert "别的事情" in chatting.lin.inbox[-1].text
    assert "新的推理模型" not in chatting.lin.inbox[-1].text


async def test_duplicates_of_a_story_are_left_out(chatting: Chatting):
    await activated(chatting, chatting.lin)
    chatting.clock.move(hours=2)
    at = chatting.clock() - timedelta(hours=1)
    lead = await chatting.news.publish("央行下调存款准备金率", at=at)
    await chatting.news.publish(
        "央行降准的同题报道",
        at=at,
        source="evening",
        story_of=lead.id,
        relation=Relation.DUPLICATE,
    )
    await chatting.say(chatting.lin, "/digest")
    await chatting.quiet()
    assert "央行下调存款准备金率" in chatting.lin.inbox[-1].text
    assert "同题报道" not in chatting.lin.inbox[-1].text
