"""What waits for review or was rejected comes up nowhere in chat, whatever a reader asks."""

from datetime import timedelta

import pytest

from digest.model import Relation, Signal, SignalState
from handlers.callbacks import SIGNATURES
from handlers.registry import COMMANDS, DEEDS
from tests.handlers.conftest import Chatting, Reader
from tests.newsdesk import NOON

SECRET = "不许外传的芯片消息"
# Words after a command that would find it.
WORDS = ("", "芯片", "商业", "大模型", "晨星新闻", "5")
# They ask for a typed answer, or send a file of one's own.
LEFT_OUT = {"export", "forget", "start"}


async def plant(chatting: Chatting) -> list[Signal]:
    """A live signal, and others of its story that nobody may see."""
    live = await chatting.news.publish("公开的芯片消息", topics=("llm",), at=NOON)
    return [
        live,
        *[
            await chatting.news.publish(
                f"{SECRET} {number}",
                topics=("llm",),
                at=NOON - timedelta(minutes=number),
                published_at=NOON - timedelta(minutes=number),
                state=state,
                story_of=live.id,
                relation=relation,
                total=99,
            )
            for number, (state, relation) in enumerate(
                [
                    (SignalState.HELD, Relation.UPDATE),
                    (SignalState.REJECTED, Relation.UPDATE),
                    (SignalState.HELD, Relation.DUPLICATE),
                ]
            )
        ],
    ]


def seen(reader: Reader) -> str:
    """All that the reader was ever shown, with buttons and links."""
    messages = reader.person.messages_in(reader.person.id)
    return "\n".join(str(one.data) for one in messages if one.by_bot)


@pytest.mark.parametrize("words", WORDS)
async def test_no_command_shows_what_is_hidden(chatting: Chatting, reader: Reader, words: str):
    await plant(chatting)
    await reader.say("/start")
    for command in COMMANDS:
        if command.permission.role is None and command.name not in LEFT_OUT:
            await reader.say(f"/{command.name} {words}".strip())
    await chatting.quiet()
    shown = seen(reader)
    assert SECRET not in shown
    assert words != "芯片" or "公开的芯片消息" in shown


async def test_no_button_opens_what_is_hidden(chatting: Chatting, reader: Reader):
    live, *hidden = await plant(chatting)
    card = await reader.say(f"/start s_{live.id}")
    assert "公开的芯片消息" in card.text
    for one in hidden:
        await reader.say(f"/start s_{one.id}")
        for verb, types in SIGNATURES.items():
            if types and types[0] is int and DEEDS[verb].permission.role is None:
                args = ":".join(str(one.id) if kind is int else "x" for kind in types)
                await chatting.forge(reader.person, card, f"1:{verb}:{args}")
    await chatting.quiet()
    assert SECRET not in seen(reader)


async def test_no_inline_answer_holds_what_is_hidden(chatting: Chatting, reader: Reader):
    await plant(chatting)
    for words in ("", "芯片", "外传"):
        answer = await reader.person.answer_to(reader.person.inline(words))
        assert SECRET not in str(answer)


async def test_what_was_taken_back_cannot_be_opened_any_more(chatting: Chatting, reader: Reader):
    live, *_ = await plant(chatting)
    await reader.say("/start")
    person = await chatting.subscriber(reader.person)
    shelf = await chatting.storage.collections.default(person.id, NOON, "收藏")
    await chatting.storage.collections.save(shelf.id, live.id, NOON)
    assert "公开的芯片消息" in (await reader.say("/saved")).text
    await chatting.storage.curation.hold(live.id, "cli", NOON)
    card = await reader.say(f"/start s_{live.id}")
    assert "公开的芯片消息" not in card.text
