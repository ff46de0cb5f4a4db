"""What Sentry is sent when what somebody wrote brings a command down: once, and nobody's words."""

import asyncio
import json

import pytest
import sentry_sdk

from bot.watching.sentry import set_up_sentry
from tests.bot.watching.test_sentry import TOKEN
from tests.bot.watching.test_sentry import sentry as sentry  # noqa: PLC0414  a fixture
from tests.handlers.conftest import Chatting
from tests.hostile.walking import calm

CANARIES = {
    "token": TOKEN,
    "model key": "sk-canary-of-the-model",
    "chat": "a canary sentence that somebody wrote in a chat",
    "invite": "https://t.me/hexin_bot?start=i_Canary-of_an-invite1",
    "link": "https://hexin.example/s/12?k=canary-of-a-seal-0123456789",
    "header": "Bearer canary-of-a-source",
}


async def test_an_error_in_a_handler_arrives_once(
    sentry: tuple[str, "asyncio.Queue[str]"], chatting: Chatting, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Through the real application: what somebody wrote brings a command down."""
    dsn, came = sentry
    assert set_up_sentry(dsn, role="all", release="hexin@1")

    async def falls(*_: object, **__: object) -> None:
        raise ValueError(" ".join(CANARIES.values())) from KeyError(CANARIES["chat"])

    reader = chatting.sandbox.person("lin")
    await chatting.say(reader, "/start")
    # On whatever a reading of the database ends with, what somebody wrote in its words.
    monkeypatch.setattr(type(chatting.storage.signals), "counts", falls)
    reader.send(f"/topic {CANARIES['chat']} {CANARIES['invite']}")
    await calm(chatting)
    await asyncio.to_thread(sentry_sdk.flush, 5)
    told = await asyncio.wait_for(came.get(), 10)
    assert came.empty()
    event = json.loads(told.splitlines()[2])
    assert "ValueError" in [one["type"] for one in event["exception"]["values"]]
    assert [name for name, secret in CANARIES.items() if secret in told] == []
    assert "canary" not in told.lower()
    await chatting.forgive()
