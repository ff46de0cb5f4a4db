"""People: acting, seeing, waiting."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from bot.sandbox import Sandbox
from bot.sandbox.errors import ApiError

Call = Callable[..., Coroutine[Any, Any, tuple[int, dict[str, Any]]]]
LIN = 1001


async def test_waiting_sees_only_what_came_after_the_last_act(
    call: Call, sandbox: Sandbox
) -> None:
    lin = sandbox.person("lin")
    lin.start()
    await call("sendMessage", chat_id=LIN, text="旧")
    lin.send("再来")
    waiting = asyncio.create_task(lin.wait_for(timeout_s=2))
    await asyncio.sleep(0)
    await call("sendMessage", chat_id=LIN, text="新")
    assert (await waiting).text == "新"
    with pytest.raises(TimeoutError, match="nothing fitting"):
        await lin.wait_for(lambda seen: seen.text == "旧", 0.05)


async def test_an_edit_counts_as_news(call: Call, sandbox: Sandbox) -> None:
    lin = sandbox.person("lin")
    lin.start()
    keys = {"inline_keyboard": [[{"text": "⭐ 收藏", "callback_data": "1:save:3"}]]}
    _status, sent = await call("sendMessage", chat_id=LIN, text="卡片", reply_markup=keys)
    card = await lin.wait_for()
    assert card.labels == ["⭐ 收藏"]
    lin.press(card, "收藏")
    number = sent["result"]["message_id"]
    await call("editMessageText", chat_id=LIN, message_id=number, text="卡片（已收藏）")
    changed = await lin.wait_for(timeout_s=1)
    assert (changed.id, changed.edited, changed.buttons) == (number, True, [])
    with pytest.raises(KeyError, match="no button"):
        lin.press(changed, "收藏")


async def test_who_may_write_where(sandbox: Sandbox) -> None:
    channel = sandbox.chat("channel").id
    with pytest.raises(ApiError, match="only administrators"):
        sandbox.person("lin").send("x", chat=channel)
    assert sandbox.person("wang").send("通知", chat=channel).data["sender_chat"]["id"] == channel
    with pytest.raises(KeyError):
        sandbox.person("lin").send("x", chat=1002)
    with pytest.raises(ApiError, match="message text is empty"):
        sandbox.person("lin").send(" ")


async def test_a_topic_of_the_forum(sandbox: Sandbox) -> None:
    forum = sandbox.chat("forum")
    first, second = forum.topics.values()
    said = sandbox.person("lin").send("/latest", chat=forum.id, thread=second.id)
    assert said.data["message_thread_id"] == second.id
    assert [first.name, second.name] == ["AI 选题", "商业速递"]


async def test_old_messages_go_when_a_chat_is_full(call: Call) -> None:
    small = Sandbox(newsroom=False, messages_per_chat=5)
    lin = small.person("lin")
    for number in range(9):
        lin.send(str(number))
    assert [seen.text for seen in lin.messages] == ["4", "5", "6", "7", "8"]
    assert (await call("getMe"))[0] == 200


async def test_many_people_for_load_tests(sandbox: Sandbox, call: Call) -> None:
    crowd = sandbox.add_people(50)
    for person in crowd[:3]:
        assert (await call("sendMessage", chat_id=person.id, text="x"))[0] == 200
    assert len({person.id for person in sandbox.people}) == 53
