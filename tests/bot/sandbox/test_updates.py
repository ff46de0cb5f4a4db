"""getUpdates and the webhook."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from aiohttp import web

from bot.sandbox import Sandbox

Call = Callable[..., Coroutine[Any, Any, tuple[int, dict[str, Any]]]]


async def test_updates_stay_until_confirmed(call: Call, sandbox: Sandbox) -> None:
    lin = sandbox.person("lin")
    for number in range(3):
        lin.send(f"第 {number} 条")
    _status, first = await call("getUpdates", limit=2)
    _status, again = await call("getUpdates")
    assert [u["message"]["text"] for u in first["result"]] == ["第 0 条", "第 1 条"]
    assert len(again["result"]) == 3
    after = first["result"][-1]["update_id"] + 1
    _status, rest = await call("getUpdates", offset=after)
    assert [u["update_id"] for u in rest["result"]] == [after]
    _status, last = await call("getUpdates", offset=-1)
    assert last == rest
    assert (await call("getUpdates", offset=after + 1))[1]["result"] == []


async def test_a_long_poll_wakes_when_something_happens(call: Call, sandbox: Sandbox) -> None:
    poll = asyncio.create_task(call("getUpdates", timeout=30))
    await asyncio.sleep(0.05)
    sandbox.person("lin").start("xyz")
    _status, answer = await asyncio.wait_for(poll, 2)
    message = answer["result"][0]["message"]
    assert message["text"] == "/start xyz"
    assert message["entities"] == [{"type": "bot_command", "offset": 0, "length": 6}]


async def test_two_pollers_conflict(call: Call) -> None:
    first = asyncio.create_task(call("getUpdates", timeout=30))
    await asyncio.sleep(0.05)
    await call("getUpdates", timeout=0)
    status, answer = await asyncio.wait_for(first, 2)
    assert status == 409
    assert answer["description"].startswith("Conflict: terminated by other getUpdates request")


async def test_only_wanted_kinds_are_queued(call: Call, sandbox: Sandbox) -> None:
    await call("getUpdates", allowed_updates=["callback_query"])
    sandbox.person("lin").send("x")
    assert (await call("getUpdates"))[1]["result"] == []
    await call("getUpdates", allowed_updates=[])
    sandbox.person("lin").block()
    sandbox.person("lin").send("我回来了")
    kinds = [set(u) - {"update_id"} for u in (await call("getUpdates"))[1]["result"]]
    assert kinds == [{"my_chat_member"}, {"my_chat_member"}, {"message"}]


async def test_privacy_mode_in_groups(call: Call, sandbox: Sandbox) -> None:
    lin, group = sandbox.person("lin"), sandbox.chat("group").id
    _status, sent = await call("sendMessage", chat_id=group, text="大家好")
    lin.send("闲聊", chat=group)
    lin.send("/latest@other_bot", chat=group)
    lin.send("/latest", chat=group)
    lin.send("/latest@hexin_sandbox_bot ai", chat=group)
    lin.send("谢谢", chat=group, reply_to=sent["result"]["message_id"])
    heard = [u["message"]["text"] for u in (await call("getUpdates"))[1]["result"]]
    assert heard == ["/latest", "/latest@hexin_sandbox_bot ai", "谢谢"]


async def test_the_webhook_gets_updates_again_until_taken(call: Call, sandbox: Sandbox) -> None:
    got: list[tuple[str | None, dict[str, Any]]] = []
    taken = asyncio.Event()

    async def hook(request: web.Request) -> web.Response:
        got.append((request.headers.get("X-Telegram-Bot-Api-Secret-Token"), await request.json()))
        if len(got) == 1:
            return web.Response(status=500)
        taken.set()
        body = {"method": "sendMessage", "chat_id": 1001, "text": "由网页钩子回答"}
        return web.json_response(body)

    app = web.Application()
    app.router.add_post("/hook", hook)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    sandbox.world.updates.pause_s = 0.02
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    assert (await call("setWebhook", url=url, secret_token="geheim-1"))[0] == 200
    status, refused = await call("getUpdates")
    lin = sandbox.person("lin")
    lin.start()
    await asyncio.wait_for(taken.wait(), 5)
    answer = await lin.wait_for(lambda seen: "网页钩子" in seen.text, 5)
    assert answer.by_bot
    assert [secret for secret, _update in got] == ["geheim-1", "geheim-1"]
    assert got[0][1] == got[1][1]
    assert (status, refused["error_code"]) == (409, 409)
    info = (await call("getWebhookInfo"))[1]["result"]
    assert info["last_error_message"].startswith("Wrong response from the webhook: 500")
    assert info["pending_update_count"] == 0
    await call("deleteWebhook")
    await runner.cleanup()


async def test_webhooks_that_telegram_would_not_take(call: Call) -> None:
    for body in (
        {"url": "http://bot.example/hook"},
        {"url": "https://bot.example:8081/hook"},
        {"url": "https://bot.example/hook", "secret_token": "nicht erlaubt"},
        {"url": "https://bot.example/hook", "max_connections": 101},
    ):
        assert (await call("setWebhook", **body))[0] == 400
