"""What is in hand is bounded: an update that is not taken in waits at Telegram, not in memory."""

import asyncio

import pytest
from telegram import Chat, Message, Update, User

from handlers.inbox import Inbox
from storage import Storage
from tests.handlers.conftest import Chatting
from tests.newsdesk import NOON

MOST = 3


@pytest.fixture
async def inbox(chatting: Chatting) -> Inbox:
    inbox = Inbox(chatting.storage, lambda: NOON, most=MOST)
    inbox.bot = chatting.application.bot
    return inbox


def said(number: int) -> Update:
    lin = User(7, "林", is_bot=False)
    return Update(
        number, Message(number, NOON, Chat(number, "private"), from_user=lin, text="你好")
    )


async def take_out(inbox: Inbox) -> list[int]:
    """As the application does: at once, whenever it will come to answering."""
    taken = []
    while not inbox.empty():
        update = await inbox.get()
        assert isinstance(update, Update)
        taken.append(update.update_id)
    return taken


async def settled() -> None:
    for _ in range(20):
        await asyncio.sleep(0.01)


async def test_whoever_receives_waits_while_enough_is_in_hand(inbox: Inbox):
    async def receive() -> None:
        for number in range(1, 8):
            await inbox.put(said(number))

    receiving = asyncio.create_task(receive())
    await settled()
    assert await take_out(inbox) == [1, 2, 3]
    await settled()
    assert inbox.empty(), "taken out is not answered"
    inbox.task_done()
    await settled()
    assert await take_out(inbox) == [4]
    for _ in range(3):
        inbox.task_done()
    await settled()
    assert await take_out(inbox) == [5, 6, 7]
    await receiving
    for _ in range(3):
        inbox.task_done()
    await asyncio.wait_for(inbox.join(), 1)


async def test_the_end_of_the_application_does_not_wait(inbox: Inbox):
    for number in range(MOST):
        await inbox.put(said(number))
    await asyncio.wait_for(inbox.put(object()), 1)


async def test_one_that_waited_when_we_ended_is_answered_by_the_next(
    inbox: Inbox, storage: Storage
):
    for number in range(MOST):
        await inbox.put(said(number))
    waiting = asyncio.create_task(inbox.put(said(99)))
    await settled()
    waiting.cancel()
    following = Inbox(storage, lambda: NOON)
    following.bot = inbox.bot
    await following.replay()
    assert await take_out(following) == [0, 1, 2, 99]
