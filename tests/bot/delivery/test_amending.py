"""Editing what was sent, with a real database on one side and a real socket on the other."""

from dataclasses import replace
from typing import Any

import aiohttp
import pytest

from bot.clock import utc_now
from bot.delivery.amending import Amender
from bot.delivery.limiter import Limiter
from digest.blocks import Block, Form, Look
from digest.model import Layout, Wording
from storage import Recipient
from storage.amendment_rows import AmendState
from storage.signal_changes import note_change, shown_now
from tests.bot.delivery.outbox import Outbox
from tests.bot.delivery.wire import TOKEN, Drop, Sent, Wire, flood, refusal
from tests.newsdesk import Newsdesk
from tests.storage.making import planned

LOOK = Look("Asia/Shanghai", Layout.FULL, Wording.TRANSLATION)
OLD, NEW = {"text": "1. 旧"}, {"text": "1. <b>新</b>", "parse_mode": "HTML"}


@pytest.fixture
def amender(outbox: Outbox, wire: Wire, session: aiohttp.ClientSession) -> Amender:
    address = f"{wire.base_url}/bot{TOKEN}"
    return Amender(outbox.storage, session, address, Limiter(900), utc_now)


async def owe(
    outbox: Outbox, *chats: int, old: dict[str, Any] = OLD, new: dict[str, Any] = NEW
) -> int:
    """A change that concerns one message in each chat. Returns its id."""
    now, storage = utc_now(), outbox.storage
    signal = await Newsdesk(storage).publish("消息", at=now)
    text = old.get("text") or old["caption"]
    made = replace(
        planned((signal.id,), until=now),
        parts=[old],
        part_signals=[(signal.id,)],
        look=LOOK,
        part_blocks=[(Block(Form.ITEM, text, signal.id, 1),)],
    )
    readers = [await outbox.reader(chat) for chat in chats]
    await storage.digests.plan_instant(made, [Recipient(one) for one in readers])
    for owed in await storage.deliveries.claim(now, 100, "test"):
        await storage.deliveries.mark_sending(owed.id, now)
        await storage.deliveries.settle_sent(owed.id, 7, now)
    async with storage.database.write() as connection:
        before = await shown_now(connection, signal.id)
        assert before is not None
        change = await note_change(connection, signal.id, before, now)
    (part,) = await storage.amendments.parts(signal.id, now)
    await storage.amendments.put_right(part, change, sent=new, waiting=new, taken_out=(), now=now)
    return change


async def ends(outbox: Outbox, change: int) -> dict[AmendState, int]:
    return dict(await outbox.storage.amendments.progress(change))


async def test_the_message_is_named_and_nothing_else_is_sent(
    outbox: Outbox, wire: Wire, amender: Amender
):
    change = await owe(outbox, 1)
    assert await amender.amend_due(10) == 1
    (sent,) = wire.requests
    assert sent.method == "editMessageText"
    assert sent.body == {"chat_id": 1, "message_id": 7, **NEW}
    assert await ends(outbox, change) == {AmendState.DONE: 1}
    assert await amender.amend_due(10) == 0


@pytest.mark.parametrize(
    ("words", "state"),
    [
        ("Bad Request: message is not modified", AmendState.DONE),
        ("Bad Request: message to edit not found", AmendState.IMPOSSIBLE),
        ("Bad Request: message can't be edited", AmendState.IMPOSSIBLE),
        ("Bad Request: chat not found", AmendState.GONE),
    ],
)
async def test_what_telegram_says_of_an_edit(
    outbox: Outbox, wire: Wire, amender: Amender, words: str, state: AmendState
):
    wire.script = lambda _: refusal(400, words)
    change = await owe(outbox, 1)
    await amender.amend_due(10)
    assert await ends(outbox, change) == {state: 1}


async def test_who_blocked_us_is_gone_and_switched_off(
    outbox: Outbox, wire: Wire, amender: Amender
):
    wire.script = lambda _: refusal(403, "Forbidden: bot was blocked by the user")
    change = await owe(outbox, 1)
    await amender.amend_due(10)
    assert await ends(outbox, change) == {AmendState.GONE: 1}
    reader = await outbox.storage.subscribers.by_chat(1)
    assert reader is not None
    assert not reader.active


@pytest.mark.parametrize("trouble", ["flood", "reset", "reset after", "bad gateway"])
async def test_trouble_on_the_way_is_tried_again(
    outbox: Outbox, wire: Wire, amender: Amender, trouble: str
):
    def script(_: Sent) -> Any:
        if len(wire.requests) > 1:
            return None
        match trouble:
            case "flood":
                return flood(3)
            case "bad gateway":
                return refusal(502, "Bad Gateway")
            case _:
                raise Drop(after=trouble == "reset after")

    wire.script = script
    change = await owe(outbox, 1)
    await amender.amend_due(10)
    assert await ends(outbox, change) == {AmendState.PENDING: 1}
    due = await outbox.storage.amendments.next_due()
    assert due is not None
    assert due > utc_now()
    assert await amender.amend_due(10) == 0  # not before it may


async def test_a_caption_is_edited_as_one_and_as_text_where_no_picture_was_shown(
    outbox: Outbox, wire: Wire, amender: Amender
):
    def script(sent: Sent) -> Any:
        if sent.chat_id == 2 and sent.method == "editMessageCaption":
            return refusal(400, "Bad Request: there is no caption in the message to edit")
        return None

    wire.script = script
    old = {"photo": "file", "caption": "1. 旧"}
    change = await owe(outbox, 1, 2, old=old, new={"photo": "file", "caption": "1. 新"})
    await amender.amend_due(10)
    shown = {sent.chat_id: (sent.method, sent.body) for sent in wire.shown}
    assert shown[1][0] == "editMessageCaption"
    assert shown[1][1] == {"chat_id": 1, "message_id": 7, "caption": "1. 新"}
    assert shown[2][0] == "editMessageText"
    assert shown[2][1] == {"chat_id": 2, "message_id": 7, "text": "1. 新"}
    assert await ends(outbox, change) == {AmendState.DONE: 2}


async def test_entities_that_are_refused_leave_the_words(
    outbox: Outbox, wire: Wire, amender: Amender
):
    def script(sent: Sent) -> Any:
        return (
            refusal(400, "Bad Request: can't parse entities")
            if "<b>" in sent.body["text"]
            else None
        )

    wire.script = script
    change = await owe(outbox, 1)
    await amender.amend_due(10)
    assert wire.shown[0].body == {"chat_id": 1, "message_id": 7, "text": "1. 新"}
    assert await ends(outbox, change) == {AmendState.DONE: 1}
