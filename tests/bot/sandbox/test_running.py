"""What those who run a group do in the sandbox, as the Bot API tells it."""

from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any

import aiohttp
import pytest

from bot.sandbox import Sandbox

Call = Callable[..., Coroutine[Any, Any, tuple[int, dict[str, Any]]]]
HEADERS = {"X-Sandbox": "chat"}


@pytest.fixture
async def page(port: int) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session:
        yield session


async def run(page: aiohttp.ClientSession, who: str, **body: object) -> int:
    async with page.post("/chat/api/run", json={"as": who} | body, headers=HEADERS) as answer:
        return answer.status


async def updates(call: Call) -> list[dict[str, Any]]:
    _status, answer = await call("getUpdates")
    found: list[dict[str, Any]] = answer["result"]
    return found


async def test_a_closed_topic_refuses_who_does_not_run_topics(
    page: aiohttp.ClientSession, call: Call, sandbox: Sandbox
) -> None:
    forum, bot = sandbox.chat("forum"), sandbox.world.bot
    one = min(forum.topics)
    assert await run(page, "lin", chat=forum.id, act="close", thread=one) == 400
    assert await run(page, "wang", chat=forum.id, act="close", thread=one) == 200
    told = await updates(call)
    assert "forum_topic_closed" in told[-1]["message"]
    where = {"chat_id": forum.id, "message_thread_id": one}
    assert (await call("sendMessage", **where, text="x"))[0] == 200  # an admin of topics
    forum.rights[bot.id] = {"can_manage_topics": False}
    status, answer = await call("sendMessage", **where, text="x")
    assert (status, answer["description"]) == (400, "Bad Request: TOPIC_CLOSED")
    assert await run(page, "wang", chat=forum.id, act="delete", thread=one) == 200
    status, answer = await call("sendMessage", **where, text="x")
    assert answer["description"] == "Bad Request: message thread not found"


async def test_the_bot_is_removed_and_let_in_again(
    page: aiohttp.ClientSession, call: Call, sandbox: Sandbox
) -> None:
    group = sandbox.chat("group").id
    for act in ("remove", "add", "silence"):
        assert await run(page, "wang", chat=group, act=act) == 200
    told = await updates(call)
    changes = [one["my_chat_member"] for one in told if "my_chat_member" in one]
    assert [(c["old_chat_member"]["status"], c["new_chat_member"]["status"]) for c in changes] == [
        ("member", "left"),
        ("left", "member"),
        ("member", "restricted"),
    ]
    assert changes[-1]["new_chat_member"]["can_send_messages"] is False
    assert changes[0]["from"]["id"] == sandbox.person("wang").id
    joined = [one["message"] for one in told if "new_chat_members" in one.get("message", {})]
    assert len(joined) == 1
    status, answer = await call("sendMessage", chat_id=group, text="x")
    assert (status, "not enough rights" in answer["description"]) == (400, True)


async def test_an_admin_speaks_as_the_group(
    page: aiohttp.ClientSession, call: Call, sandbox: Sandbox
) -> None:
    forum = sandbox.chat("forum").id
    body = {"as": "wang", "chat": forum, "text": "/help", "as_chat": forum}
    async with page.post("/chat/api/send", json=body, headers=HEADERS) as answer:
        assert answer.status == 200
    (told,) = await updates(call)
    assert told["message"]["sender_chat"]["id"] == forum
    assert told["message"]["from"]["username"] == "GroupAnonymousBot"


async def test_a_channels_post_comes_to_its_discussion_group(call: Call, sandbox: Sandbox) -> None:
    channel, forum = sandbox.chat("channel"), sandbox.chat("forum")
    channel.linked_to, forum.linked_to = forum.id, channel.id
    sandbox.person("wang").send("大家好", chat=channel.id)
    post, forwarded = await updates(call)
    assert post["channel_post"]["text"] == "大家好"
    message = forwarded["message"]
    assert message["is_automatic_forward"] is True
    assert message["forward_origin"]["message_id"] == post["channel_post"]["message_id"]
    assert (await call("getChat", chat_id=forum.id))[1]["result"]["linked_chat_id"] == channel.id


async def test_a_channel_takes_posts_of_whoever_may_post(call: Call, sandbox: Sandbox) -> None:
    channel = sandbox.chat("channel").id
    sandbox.person("wang").set_bot(channel, "administrator", can_post_messages=False)
    status, answer = await call("sendMessage", chat_id=channel, text="x")
    assert status == 400
    assert "need administrator rights in the channel" in answer["description"]


async def test_a_group_moves_once(page: aiohttp.ClientSession, sandbox: Sandbox) -> None:
    group = sandbox.chat("group").id
    assert await run(page, "wang", chat=group, act="upgrade") == 200
    assert sandbox.chat("group").kind == "supergroup"
    assert await run(page, "wang", chat=sandbox.chat("group").id, act="upgrade") == 400
