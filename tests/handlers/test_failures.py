import asyncio
import logging
import re
import resource
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import text

from bot.sandbox.calls import Fault, FaultKind
from tests.handlers.conftest import Chatting, Reader


async def break_signals(chatting: Chatting) -> None:
    """Take a table away, as a damaged database would."""
    async with chatting.storage.database.write() as connection:
        await connection.execute(text("ALTER TABLE signals RENAME TO lost"))


@pytest.mark.parametrize(
    ("who", "said"), [("lin", "出了点问题"), ("alex", "Something went wrong")]
)
async def test_a_broken_command_is_said_sorry_for_with_a_reference(
    chatting: Chatting, who: str, said: str, caplog: pytest.LogCaptureFixture
):
    await break_signals(chatting)
    sorry = await chatting.say(chatting.sandbox.person(who), "/latest secret words")
    assert said in sorry.text
    (reference,) = re.findall(r"[0-9A-F]{6}", sorry.text)
    (record,) = [r for r in caplog.records if reference in r.getMessage()]
    assert record.exc_info is not None
    assert "/latest" in record.getMessage()
    assert "secret words" not in record.getMessage()
    await chatting.forgive()


async def test_a_broken_button_stops_spinning_with_a_reference(chatting: Chatting):
    await chatting.news.publish("央行下调存款准备金率")
    listed = await chatting.say(chatting.lin, "/latest")
    await break_signals(chatting)
    said = await chatting.toast(chatting.lin, listed, "1")
    assert re.fullmatch(r"出了点问题，请稍后再试。编号 [0-9A-F]{6}", said)
    await chatting.forgive()


async def test_one_broken_answer_does_not_stop_the_next(chatting: Chatting):
    await break_signals(chatting)
    await chatting.say(chatting.lin, "/latest")
    assert "/search" in (await chatting.say(chatting.lin, "/help")).text
    await chatting.forgive()


async def test_nothing_at_all_works_and_still_there_is_an_answer(chatting: Chatting):
    await chatting.say(chatting.lin, "/help")
    async with chatting.storage.database.write() as connection:
        await connection.execute(text("DROP TABLE updates"))
        await connection.execute(text("ALTER TABLE subscribers RENAME TO lost"))
    assert "出了点问题" in (await chatting.say(chatting.lin, "/latest")).text
    await chatting.forgive()


async def test_a_chat_that_no_longer_wants_us_is_marked(chatting: Chatting):
    await chatting.say(chatting.lin, "/help")
    forbidden = Fault(
        FaultKind.ANSWER,
        "sendMessage",
        code=403,
        description="Forbidden: bot was blocked by the user",
    )
    chatting.sandbox.faults.add(forbidden)
    chatting.lin.send("/latest")
    await chatting.quiet()
    assert not (await chatting.subscriber(chatting.lin)).active
    assert len(chatting.lin.inbox) == 1
    await chatting.forgive()


async def test_a_lost_connection_is_logged_and_forgotten(
    chatting: Chatting, caplog: pytest.LogCaptureFixture
):
    chatting.sandbox.faults.add(Fault(FaultKind.DROP_BEFORE, "sendMessage"))
    with caplog.at_level(logging.ERROR):
        chatting.lin.send("/help")
        await chatting.quiet()
    assert chatting.lin.inbox == []
    assert "/help failed" in caplog.text
    await chatting.forgive()
    assert "/latest" in (await chatting.say(chatting.lin, "/help")).text


@pytest.mark.parametrize("description", ["Bad Request: can't parse entities: unsupported tag"])
async def test_refused_entities_are_sent_once_more_as_plain_text(
    chatting: Chatting, description: str
):
    chatting.sandbox.faults.add(
        Fault(FaultKind.ANSWER, "sendMessage", code=400, description=description)
    )
    plain = await chatting.say(chatting.lin, "/settings")
    assert "推送" in plain.text
    assert "<b>" not in plain.text
    kinds = {entity["type"] for entity in plain.data.get("entities", [])}
    assert kinds <= {"bot_command"}
    assert plain.labels
    chatting.sandbox.faults.add(
        Fault(FaultKind.ANSWER, "editMessageText", code=400, description=description)
    )
    edited = await chatting.tap(chatting.lin, plain, "时区")
    assert "你在哪个时区" in edited.text
    assert "<b>" not in edited.text


async def test_tapping_what_is_shown_already_changes_nothing(chatting: Chatting):
    listed = await chatting.say(chatting.lin, "/settings")
    await chatting.tap(chatting.lin, listed, "时区")
    again = await chatting.forge(chatting.lin, listed, "1:settings:zone")
    assert again == ""
    refused = chatting.sandbox.log.refused
    assert refused["editMessageText", 400] <= 1


async def test_what_can_no_longer_be_edited_is_sent_anew(chatting: Chatting):
    listed = await chatting.say(chatting.lin, "/settings")
    chatting.sandbox.faults.add(
        Fault(
            FaultKind.ANSWER,
            "editMessageText",
            code=400,
            description="Bad Request: message can't be edited",
        )
    )
    await chatting.toast(chatting.lin, listed, "时区")
    assert len(chatting.lin.inbox) == 2
    assert "你在哪个时区" in chatting.lin.inbox[-1].text


async def test_an_answer_that_comes_too_late_is_no_failure(chatting: Chatting):
    listed = await chatting.say(chatting.lin, "/settings")
    chatting.sandbox.faults.add(
        Fault(
            FaultKind.ANSWER,
            "answerCallbackQuery",
            code=400,
            description="Bad Request: query is too old and response timeout expired "
            "or query ID is invalid",
        )
    )
    chatting.lin.press(listed, "时区")
    await asyncio.sleep(0.05)
    await chatting.quiet()
    assert "你在哪个时区" in chatting.now_of(chatting.lin, listed).text


@contextmanager
def disk_full() -> Iterator[None]:
    """No file of this process can grow."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


async def test_a_full_disk_keeps_nobody_from_an_answer(reader: Reader):
    chatting, said = reader.chatting, reader.texts("chat.error.full")
    await chatting.news.publish("央行下调存款准备金率")
    listed = await reader.say("/latest")
    chatting.clock.move(days=2)  # that they still use the bot is to be noted
    with disk_full():
        assert "存款准备金率" in (await reader.say("/search 存款准备金率")).text
        assert await chatting.forge(reader.person, listed, "1:set:paused:yes") == said
        assert (await reader.say("/unsubscribe")).text == said
    assert (await reader.say("/unsubscribe")).text != said
    await chatting.forgive(2)
