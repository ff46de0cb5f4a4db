"""Personal links to the staff's pages, as they are handed out in chat."""

from collections.abc import AsyncIterator
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from bot.sandbox.people import Seen
from digest.model import Lang
from digest.passes import KEY_NAME, LINK
from digest.texts import texts_for
from handlers.guards import Pacer
from storage import Storage
from tests.covering import covers
from tests.handlers.conftest import Chatting, Reader, chatting_over, newsroom_over

LIN, ALEX, WANG = 1001, 1002, 1003


@pytest.fixture
async def chatting(storage: Storage, pacer: Pacer) -> AsyncIterator[Chatting]:
    """Lin and Alex are on the staff."""
    async with chatting_over(storage, pacer, admins=frozenset({LIN, ALEX})) as bot:
        yield bot


async def whose(chatting: Chatting, url: str) -> tuple[int, dict[str, str]]:
    """Whom a link lets in, and what else it says. It must be at its best."""
    parts = urlsplit(url)
    assert (parts.netloc, parts.path) == ("hexin.example", "/desk/enter")
    asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
    made = LINK.read(await chatting.storage.meta.secret(KEY_NAME), asked.pop("pass"))
    assert made is not None
    left = made.until - chatting.clock()
    assert timedelta(minutes=9) <= left <= timedelta(minutes=10)
    return made.user_id, asked


async def handed_out(reader: Reader, message: Seen) -> Seen:
    """Tap the button that hands out a link, and see the message with it."""
    reader.person.press(message, reader.texts("chat.stats.page"))
    return await reader.person.wait_for()


@covers("/stats", "button inside")
async def test_a_tap_hands_out_a_personal_link(chatting: Chatting, reader: Reader):
    shown = await reader.say("/stats")
    answer = await handed_out(reader, shown)
    assert answer.text == reader.texts("chat.inside.link")
    (button,) = answer.buttons
    who, asked = await whose(chatting, button["url"])
    assert who == reader.person.id
    assert asked == {"lang": reader.texts.lang.value, "page": "stats"}
    again = await handed_out(reader, shown)
    assert again.buttons[0]["url"] != button["url"]


@covers("deep link in_")
async def test_from_a_group_the_link_comes_in_private(chatting: Chatting, reader: Reader):
    shown = await reader.say("/start in_stats")
    who, asked = await whose(chatting, shown.buttons[0]["url"])
    assert (who, asked["page"]) == (reader.person.id, "stats")


async def test_whoever_is_not_on_the_staff_gets_nothing(chatting: Chatting):
    refused = await chatting.say(chatting.wang, "/stats")
    nothing = await chatting.say(chatting.wang, "/statz")
    assert refused.text == nothing.text.replace("statz", "stats")
    texts = texts_for((await chatting.subscriber(chatting.wang)).lang)
    opened = await chatting.say(chatting.wang, "/start in_stats")
    assert texts("chat.start.stale") in opened.text
    assert "pass=" not in str(opened.data)
    await chatting.forge(chatting.wang, opened, "1:inside:stats")
    assert "pass=" not in str([seen.data for seen in chatting.wang.inbox])


async def test_in_a_group_nobody_sees_a_link(storage: Storage, pacer: Pacer):
    async with newsroom_over(storage, pacer) as newsroom:
        bot, forum = newsroom.chatting, newsroom.chatting.sandbox.chat("forum")
        forum.members[newsroom.editor.id] = "member"
        await storage.staff.open_desk(forum.id, 0, "编辑部", Lang.ZH, actor="cli", now=bot.clock())
        shown = await bot.say(newsroom.editor, "/stats", chat=forum.id)
        query = newsroom.editor.press(shown, texts_for(Lang.ZH)("chat.stats.page"), chat=forum.id)
        answer = await newsroom.editor.answer_to(query)
        assert answer["url"].endswith("?start=in_stats")
        assert "pass=" not in str([seen.data for seen in newsroom.editor.messages_in(forum.id)])
