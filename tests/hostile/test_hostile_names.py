"""People, groups, sources, topics and lists with names that would like to be more than names."""

import re
from collections.abc import Iterator
from itertools import product
from typing import Any
from urllib.parse import urlsplit

from bot.sandbox.people import Person
from bot.sandbox.state import User
from handlers.registry import COMMANDS
from tests.handlers.conftest import Chatting, Newsroom
from tests.hostile.walking import calm

# What turns the reading direction, or cannot be seen and yet tells two names apart.
TURNING = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
NAMES = (
    "<b>Norvex</b>",
    '<a href="tg://user?id=1003">王</a>',
    "\u202eneb\u2066x",
    "</b></i></code></blockquote>",
    "&lt;b&gt; &amp; & &#x3c;",
    "a\u200b\u200e\u200f\ufeffb",
    "🏴\u200d☠️" * 60,
    "{name} {count} %s {{x}}",
    "*_`[x](https://evil.example)~|",
    "x\n\n<pre>y",
)
# What a person's system takes for a name of a file, and no more than that.
FILE = re.compile(r"[^\\/:*?\"<>|\x00-\x1f]{1,120}\.(?:zip|json|csv|md|html|opml|txt|png)")
OURS = {"hexin.example", "t.me", "news.example", "morning.example", "wire.example"}


def shown(chatting: Chatting) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every message of the bot as people see it, with what stands on its buttons."""
    for chat in chatting.sandbox.world.chats.values():
        for record in chat.records.values():
            if record.by_bot:
                rows = record.data.get("reply_markup", {}).get("inline_keyboard", [])
                labels = [button["text"] for row in rows for button in row]
                text = record.data.get("text") or record.data.get("caption") or ""
                yield "\n".join((text, *labels)), record.data


def wrong(chatting: Chatting) -> list[str]:
    """Words that turn a line round, and links that lead to nobody whom we know."""
    found = [ascii(text)[:300] for text, _ in shown(chatting) if TURNING.search(text)]
    for _, data in shown(chatting):
        entities = [*data.get("entities", ()), *data.get("caption_entities", ())]
        rows = data.get("reply_markup", {}).get("inline_keyboard", [])
        links = [one["url"] for one in entities if "url" in one]
        links += [button["url"] for row in rows for button in row if "url" in button]
        found += [one for one in links if not _known(one)]
        found += [str(one) for one in entities if one["type"] == "text_mention"]
    return found


def _known(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme == "https" and (parts.hostname or "") in OURS


async def furnish(newsroom: Newsroom) -> Person:
    """Everything that has a name has a bad one; returns a reader who has one too."""
    chatting = newsroom.chatting
    users = [one.user for one in chatting.sandbox.people]
    for user, name in zip(users, NAMES, strict=False):
        user.first_name, user.last_name = name[:64], NAMES[2]
    reader = chatting.sandbox.add_person(
        User(1010, "bad", NAMES[1], NAMES[2], "bad_one", "zh-hans")
    )
    for key, name in (("group", NAMES[2]), ("forum", NAMES[0]), ("channel", NAMES[3])):
        chatting.sandbox.chat(key).title = name
    for number, name in enumerate(NAMES):
        await chatting.news.source(f"s{number}", title=name, url=f"https://wire.example/{number}")
        await chatting.news.publish(f"{name} {number}", source=f"s{number}", topics=("llm",))
    await chatting.say(reader, "/start")
    kept = await chatting.subscriber(reader)
    for name in NAMES:
        made = await chatting.storage.collections.create(kept.id, name[:60], chatting.clock())
        await chatting.storage.collections.save(made.id, 1, chatting.clock(), note=name)
    return reader


async def press_all(chatting: Chatting, person: Person, since: int, most: int = 2) -> None:
    """Each button of the messages since, a few of each message, as somebody curious would."""
    for seen in [one for one in person.messages if one.by_bot and one.id > since]:
        for button in [one for one in seen.buttons if "callback_data" in one][:most]:
            try:
                person.press(seen.id, button["callback_data"])
            except KeyError:
                continue  # the press before changed the buttons
            await calm(chatting)


async def test_a_name_is_a_name_in_every_answer(newsroom: Newsroom) -> None:
    chatting = newsroom.chatting
    reader = await furnish(newsroom)
    for person, command in product((reader, newsroom.owner), COMMANDS):
        if command.name in {"forget", "stop"}:
            continue
        since = max((one.id for one in person.messages), default=0)
        person.send(f"/{command.name}")
        await calm(chatting)
        await press_all(chatting, person, since)
    for key, name in product(("group", "forum"), ("/latest", "/settings", "/start")):
        newsroom.owner.send(name, chat=chatting.sandbox.chat(key).id)
        await calm(chatting)
    await offer_inline(reader)
    assert chatting.errors == []
    assert wrong(chatting) == []
    files = [data["document"]["file_name"] for _, data in shown(chatting) if "document" in data]
    assert files != []
    assert [one for one in files if TURNING.search(one) or not FILE.fullmatch(one)] == []


async def offer_inline(person: Person) -> None:
    """What inline mode offers for bad names, and one of each sent."""
    offered = []
    for words in ("", *NAMES):
        asked = person.inline(words[:200])
        answer = await person.answer_to(asked)
        offered += answer["results"]
        for result in answer["results"][:1]:
            person.choose(asked, str(result["id"]))
    assert len(offered) >= len(NAMES)
    told = [one[name] for one in offered for name in ("title", "description")]
    assert [ascii(one)[:300] for one in told if TURNING.search(one)] == []
