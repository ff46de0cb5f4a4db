"""What a poll brings is written down at once, and each update is queued one time."""

import asyncio
import json
from typing import Any

import pytest
from telegram import Update

from handlers.inbox import Inbox
from storage import Storage
from tests.handlers.conftest import Chatting
from tests.storage.making import NOW


def said(number: int, chat: dict[str, Any], text: str) -> dict[str, Any]:
    message = {
        "message_id": number,
        "date": 1_760_000_000,
        "chat": chat,
        "from": {"id": 70, "is_bot": False, "first_name": "林"},
        "text": text,
        "a_field_of_tomorrow": "😀",
    }
    return {"update_id": number, "message": message}


def private(number: int) -> dict[str, Any]:
    return said(number, {"id": 70, "type": "private"}, "/latest")


def between_others(number: int) -> dict[str, Any]:
    return said(number, {"id": -5, "type": "group", "title": "G"}, "hello")


@pytest.fixture
def inbox(storage: Storage, chatting: Chatting) -> Inbox:
    made = Inbox(storage, lambda: NOW)
    made.bot = chatting.application.bot
    return made


async def poll(inbox: Inbox, *brought: dict[str, Any]) -> list[int]:
    """What is queued of a poll, as the library's updater queues it."""
    updates = [Update.de_json(one, inbox.bot) for one in brought]
    await inbox.keep(updates, {one["update_id"]: one for one in brought})
    for update in updates:
        await inbox.put(update)
    return queued(inbox)


def queued(inbox: Inbox) -> list[int]:
    found = []
    while not inbox.empty():
        update = inbox.get_nowait()
        assert isinstance(update, Update)
        found.append(update.update_id)
    return found


async def test_a_poll_is_written_down_as_telegram_wrote_it(inbox: Inbox, storage: Storage) -> None:
    first, second = private(1), private(3)
    assert await poll(inbox, first, between_others(2), second) == [1, 2, 3]
    assert [json.loads(kept) for kept in await storage.updates.unanswered()] == [first, second]


async def test_all_of_a_poll_is_there_before_the_first_is_queued(
    inbox: Inbox, storage: Storage
) -> None:
    updates = [Update.de_json(private(number), inbox.bot) for number in (1, 2)]
    await inbox.keep(updates, {number: private(number) for number in (1, 2)})
    assert inbox.empty()
    assert len(await storage.updates.unanswered()) == 2
    # A process that ends here has both answered by the next.
    after = Inbox(storage, lambda: NOW)
    after.bot = inbox.bot
    assert await after.replay() == 2
    assert queued(after) == [1, 2]


async def test_what_comes_again_is_queued_once(inbox: Inbox) -> None:
    assert await poll(inbox, private(1), private(2)) == [1, 2]
    assert await poll(inbox, private(2), private(3)) == [3]
    assert await poll(inbox, between_others(4)) == [4]


async def test_what_cannot_be_written_down_is_answered_all_the_same(
    inbox: Inbox, storage: Storage, caplog: pytest.LogCaptureFixture
) -> None:
    async with storage.database.write() as connection:
        await connection.exec_driver_sql("DROP TABLE updates")
    assert await asyncio.wait_for(poll(inbox, private(1), private(2)), 10) == [1, 2]
    assert "not kept" in caplog.text
