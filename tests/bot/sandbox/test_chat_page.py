"""The chat page's own API: what it shows, and whom it listens to."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any

import aiohttp
import pytest

from bot.sandbox import Sandbox

Call = Callable[..., Coroutine[Any, Any, tuple[int, dict[str, Any]]]]
LIN = 1001
HEADERS = {"X-Sandbox": "chat"}


@pytest.fixture
async def page(port: int) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session:
        yield session


async def post(page: aiohttp.ClientSession, act: str, **body: object) -> tuple[int, Any]:
    async with page.post(f"/chat/api/{act}", json={"as": "lin"} | body, headers=HEADERS) as answer:
        return answer.status, await answer.json()


async def test_a_conversation_by_http(
    page: aiohttp.ClientSession, call: Call, sandbox: Sandbox
) -> None:
    await call(
        "setMyCommands",
        commands=[{"command": "latest", "description": "最新信号"}],
        scope={"type": "all_private_chats"},
        language_code="zh",
    )
    assert (await post(page, "start", payload="topic_ai"))[1]["text"] == "/start topic_ai"
    keys = {"inline_keyboard": [[{"text": "k", "callback_data": "1:x"}]]}
    _status, sent = await call("sendMessage", chat_id=LIN, text="欢迎", reply_markup=keys)
    async with page.get("/chat/api/state", params={"as": "lin"}) as answer:
        state = await answer.json()
    private = state["chats"][0]
    assert [m["text"] for m in private["messages"]] == ["/start topic_ai", "欢迎"]
    assert (private["unread"], private["commands"][0]["command"]) == (1, "latest")
    assert [chat["key"] for chat in state["chats"]] == ["lin", "group", "forum", "channel"]
    number = sent["result"]["message_id"]
    _status, pressed = await post(page, "press", chat=LIN, message_id=number, data="1:x")
    assert pressed["query_id"] in sandbox.world.queries
    assert (await post(page, "read", chat=LIN))[0] == 200
    assert (await post(page, "block", blocked=True))[1]["blocked"] is True
    assert (await post(page, "upload", name="a.opml", text="<opml/>"))[0] == 200


async def test_a_question_of_the_bot_is_answered_by_a_reply(
    page: aiohttp.ClientSession, call: Call, sandbox: Sandbox
) -> None:
    lin = sandbox.person("lin")
    lin.start()
    _status, asked = await call(
        "sendMessage", chat_id=LIN, text="几点？", reply_markup={"force_reply": True}
    )
    number = asked["result"]["message_id"]
    _status, sent = await post(page, "send", chat=LIN, text="7:45", reply_to=number)
    assert sent["reply_to_message"]["text"] == "几点？"
    _status, plain = await post(page, "send", chat=LIN, text="7:45")
    assert "reply_to_message" not in plain


async def test_events_arrive_as_they_happen(
    page: aiohttp.ClientSession, call: Call, sandbox: Sandbox
) -> None:
    sandbox.person("lin").start()
    sandbox.person("alex").start()
    async with page.get("/chat/api/events", params={"as": "lin"}) as stream:
        assert await stream.content.readline() == b": hello\n"
        await call("sendMessage", chat_id=1002, text="不给林晓看")
        await call("sendMessage", chat_id=LIN, text="给林晓")
        await call("sendChatAction", chat_id=LIN, action="typing")
        events: list[dict[str, Any]] = []
        async with asyncio.timeout(5):
            while len(events) < 2:
                line = await stream.content.readline()
                if line.startswith(b"data: "):
                    events.append(json.loads(line[6:]))
    assert [event["type"] for event in events] == ["message", "action"]
    assert events[0]["message"]["text"] == "给林晓"


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "192.168.1.7:80"])
async def test_other_names_find_nothing(page: aiohttp.ClientSession, host: str) -> None:
    for path in ("/", "/chat/api/state?as=lin", "/chat/api/events?as=lin"):
        async with page.get(path, headers={"Host": host}) as answer:
            assert answer.status == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "application/json"},
        {"Content-Type": "text/plain", **HEADERS},
        {"Content-Type": "application/json", "Origin": "https://evil.example", **HEADERS},
        {"Content-Type": "application/json", "Origin": "null", **HEADERS},
    ],
)
async def test_other_pages_cannot_write(
    page: aiohttp.ClientSession, sandbox: Sandbox, headers: dict[str, str]
) -> None:
    body = json.dumps({"as": "lin", "chat": LIN, "text": "forged"})
    async with page.post("/chat/api/send", data=body, headers=headers) as answer:
        assert answer.status == 403
    assert not sandbox.person("lin").messages


async def test_bad_bodies_are_told_so(page: aiohttp.ClientSession) -> None:
    cases: dict[str, dict[str, Any]] = {
        "send": {"text": "no chat"},
        "press": {"chat": LIN, "message_id": 1, "data": "x"},
        "read": {"as": "nobody", "chat": LIN},
    }
    for act, body in cases.items():
        assert (await post(page, act, **body))[0] == 400


async def test_page_and_files_carry_strict_headers(
    page: aiohttp.ClientSession, call: Call, sandbox: Sandbox
) -> None:
    async with page.get("/?as=lin&chat=1001") as answer:
        policy = answer.headers["Content-Security-Policy"]
        assert "script-src 'self'" in policy
        assert "unsafe" not in policy
        assert "本地聊天" in await answer.text()
    for name in ("chat.css", "chat.js", "render.js", "icon.svg"):
        async with page.get(f"/chat/static/{name}") as answer:
            assert answer.status == 200
    async with page.get("/chat/static/index.html") as answer:
        assert answer.status == 404
    sent = sandbox.person("lin").send_file("坏.html", "text/html", b"<script>1</script>")
    async with page.get(f"/chat/file/{sent.data['document']['file_id']}") as answer:
        assert answer.content_type == "application/octet-stream"
        assert answer.headers["Content-Disposition"].startswith("attachment")
    assert (await call("getMe"))[0] == 200
