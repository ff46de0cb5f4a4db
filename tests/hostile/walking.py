"""People who do anything at all: what they may do, and how it is done over the wire."""

import asyncio
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from bot.sandbox.errors import ApiError
from bot.sandbox.people import Person, Seen, add_member
from handlers.registry import COMMANDS
from tests.handlers.conftest import Chatting

PEOPLE = ("lin", "alex", "wang")
PLACES = ("private", "private", "group", "forum", "channel")

_GOOD = (
    "", "3", "大模型", "LLM 5", "人工智能", "央行", "existing open source", "昨天", "7d",
    "周末 细读", "new 周末", "8:30", "08:30 20:30", "23:00-7:00", "off", "Asia/Tokyo", "+8", "60",
    "en", "彩票", "https://news.example/1", "每周", "s_1", "t_llm", "c_1", "help",
)  # fmt: skip
_BAD = (
    "<b>", "&amp;", "%", "99999999999999999999", "-1", "0", "字" * 300, "x" * 4000, "\u202eevil",
    "'; DROP TABLE signals; --", "OR NOT", '"', "*", "s_999999999999999999", "t_<script>", "25:99",
    "http://127.0.0.1/", "https://", "ftp://x", "👨‍👩‍👧", "\n\n", "@hexin_sandbox_bot", "/", "s_9",
    "{}", "{name}", "%s", "\u202e", "ﷺ" * 30, "1:save:1",
)  # fmt: skip
_SPELLINGS = sorted({s for c in COMMANDS for s in (c.name, *c.aliases)})
_LINK = "https://news.example/story"


@dataclass(frozen=True)
class Act:
    """One act: `which` and `button` count from the newest, round and round; `words` are typed."""

    kind: str
    who: str
    where: str
    which: int = 0
    button: int = 0
    words: str = ""


_words = st.one_of(
    st.sampled_from(_GOOD),
    st.sampled_from(_BAD),
    st.text(max_size=12),
)
_command = st.one_of(
    st.sampled_from(_SPELLINGS),
    st.sampled_from(("lates", "settings@hexin_sandbox_bot", "help@another_bot", "设置时间")),
)


def _acts(kind: str, words: st.SearchStrategy[str] = st.just("")) -> st.SearchStrategy[Act]:  # noqa: B008
    return st.builds(
        Act,
        kind=st.just(kind),
        who=st.sampled_from(PEOPLE),
        where=st.sampled_from(PLACES),
        which=st.integers(0, 12),
        button=st.integers(0, 30),
        words=words,
    )


_typed = st.builds("/{} {}".format, _command, _words)
ACTS = st.one_of(
    _acts("say", _typed),
    _acts("tap"),
    _acts("tap"),
    _acts("tap"),
    _acts("answer", _words),
    _acts("say", _words),
    st.one_of(
        _acts("answer", _typed),
        _acts("file", st.sampled_from(('{"collections": []}', "{", "[]", "\x00", "标题,链接"))),
        _acts("place"),
        _acts("forward", _words),
        _acts("inline", _words),
        _acts("wait", st.sampled_from(("0.01", "9", "30", "1000"))),
        _acts("publish"),
        _acts("leave"),
        _acts("throw out"),
    ),
)
WALKS = st.lists(ACTS, min_size=1, max_size=30)


async def perform(chatting: Chatting, act: Act) -> None:
    """Do it, and wait until the bot has dealt with it. What cannot be done is not done."""
    person = chatting.sandbox.person(act.who)
    try:
        _DOINGS[act.kind](chatting, person, act)
    except (ApiError, KeyError):
        return  # an empty message, no such button: Telegram's app would not have let them
    if act.kind == "publish":
        await chatting.news.publish(topics=("llm",))
    await calm(chatting)


async def calm(chatting: Chatting) -> None:
    """Wait until the bot has worked off everything that was sent to it."""
    still = 0
    async with asyncio.timeout(30):
        while still < 4:
            await asyncio.sleep(0.001)
            busy = (
                chatting.sandbox.world.updates.waiting
                or not chatting.application.update_queue.empty()
                or chatting.processor.chats
            )
            still = 0 if busy else still + 1


def _chat(chatting: Chatting, person: Person, act: Act) -> int:
    return person.id if act.where == "private" else chatting.sandbox.chat(act.where).id


def _thread(chatting: Chatting, act: Act) -> int:
    topics = sorted(chatting.sandbox.chat("forum").topics)
    return topics[act.which % len(topics)] if act.where == "forum" and act.which else 0


def _say(chatting: Chatting, person: Person, act: Act) -> None:
    chat = _chat(chatting, person, act)
    person.send(act.words, chat=chat, thread=_thread(chatting, act))


def _seen(chatting: Chatting, person: Person, act: Act, *, buttons: bool) -> Seen | None:
    """A message of the bot, counted from the newest: with buttons, or one of its questions."""
    seen = person.messages_in(_chat(chatting, person, act))
    mark = "inline_keyboard" if buttons else "force_reply"
    fitting = [one for one in seen if one.by_bot and mark in one.data.get("reply_markup", {})]
    fitting = fitting or ([] if buttons else [one for one in seen if one.by_bot])
    return fitting[-1 - act.which % len(fitting)] if fitting else None


def _tap(chatting: Chatting, person: Person, act: Act) -> None:
    message = _seen(chatting, person, act, buttons=True)
    if message is None:
        return
    pressed = [one for one in message.buttons if "callback_data" in one]
    if pressed:
        data = pressed[act.button % len(pressed)]["callback_data"]
        person.press(message, data, chat=_chat(chatting, person, act))


def _answer(chatting: Chatting, person: Person, act: Act) -> None:
    question = _seen(chatting, person, act, buttons=False)
    if question is not None:
        chat, thread = _chat(chatting, person, act), _thread(chatting, act)
        person.send(act.words, chat=chat, thread=thread, reply_to=question.id)


def _file(_chatting: Chatting, person: Person, act: Act) -> None:
    person.send_file("saved.json", "application/json", act.words.encode())


def _place(chatting: Chatting, person: Person, act: Act) -> None:
    at = {"latitude": act.which * 15.0 - 90, "longitude": act.button * 12.0 - 180}
    person._post(chatting.sandbox.world.chats[person.id], {"location": at}, 0)


def _forward(chatting: Chatting, person: Person, act: Act) -> None:
    text = f"{act.words[:200]} {_LINK}".strip()
    origin = {"type": "hidden_user", "sender_user_name": "某人", "date": 1_700_000_000}
    link = {"type": "url", "offset": text.index(_LINK), "length": len(_LINK)}
    content: dict[str, Any] = {"text": text, "entities": [link], "forward_origin": origin}
    person._post(chatting.sandbox.world.chats[person.id], content, 0)


def _inline(_chatting: Chatting, person: Person, act: Act) -> None:
    person.inline(act.words[:256])


def _wait(chatting: Chatting, _person: Person, act: Act) -> None:
    chatting.clock.move(hours=float(act.words))


def _publish(_chatting: Chatting, _person: Person, _act: Act) -> None:
    """The newsroom's part is asynchronous: see `perform`."""


def _leave(_chatting: Chatting, person: Person, act: Act) -> None:
    (person.block if act.button % 2 else person.unblock)()


def _throw_out(chatting: Chatting, _person: Person, act: Act) -> None:
    world = chatting.sandbox.world
    place = chatting.sandbox.chat("group" if act.where == "private" else act.where)
    usual = "administrator" if place.key in {"forum", "channel"} else "member"
    add_member(world, place, world.bot, "left" if act.button % 2 else usual)


_DOINGS = {
    "say": _say,
    "tap": _tap,
    "answer": _answer,
    "file": _file,
    "place": _place,
    "forward": _forward,
    "inline": _inline,
    "wait": _wait,
    "publish": _publish,
    "leave": _leave,
    "throw out": _throw_out,
}
