"""The real Application on a real database, talking over HTTP to a local Bot API server."""

import asyncio
import copy
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from telegram import Update
from telegram.ext import Application

from bot.delivery.transport import AiohttpRequest
from bot.sandbox.limits import LimitRules
from bot.sandbox.people import Person, Seen
from bot.sandbox.sandbox import Sandbox
from bot.sandbox.state import User
from digest.model import Lang, Subscriber
from digest.render import Links
from digest.roles import Role
from digest.texts import Texts, texts_for
from handlers.context import Services
from handlers.guards import Pacer
from handlers.processor import OrderedProcessor
from handlers.registry import install
from storage import Storage
from tests.clocks import HandClock
from tests.newsdesk import NOON, Newsdesk

_MOMENT_S = 1.0


@dataclass
class Chatting:
    """A running bot with its people, its database and what went wrong."""

    sandbox: Sandbox
    storage: Storage
    services: Services
    application: Application[Any, Any, Any, Any, Any, Any]
    clock: HandClock
    news: Newsdesk
    errors: list[BaseException] = field(default_factory=list)

    @property
    def lin(self) -> Person:
        """Who reads Chinese."""
        return self.sandbox.person("lin")

    @property
    def alex(self) -> Person:
        """Who reads English."""
        return self.sandbox.person("alex")

    @property
    def wang(self) -> Person:
        """Who administers the group."""
        return self.sandbox.person("wang")

    async def subscriber(self, person: Person) -> Subscriber:
        found = await self.storage.subscribers.by_chat(person.id, 0)
        assert found is not None
        return found

    async def say(self, person: Person, text: str, **where: Any) -> Seen:
        """Write `text` and wait for the bot's first word on it."""
        person.send(text, **where)
        seen = _as_it_is(await person.wait_for(chat=where.get("chat")))
        await self._handled()
        return seen

    async def answer(self, person: Person, question: Seen, text: str) -> Seen:
        """Reply to a question of the bot and wait for its next word."""
        return await self.say(person, text, reply_to=question.id)

    async def tap(self, person: Person, message: Seen, label: str, **where: Any) -> Seen:
        """Press a button, wait until it stops spinning, and see the message as it is then."""
        await self.toast(person, message, label, **where)
        return self.now_of(person, message, **where)

    async def toast(self, person: Person, message: Seen, label: str, **where: Any) -> str:
        """Press a button and return what floats by."""
        query = person.press(message, label, **where)
        answer = await person.answer_to(query)
        await self._handled()
        return str(answer.get("text") or "")

    async def forge(self, person: Person, message: Seen, data: str) -> str:
        """Press a button that was never there, and return what floats by."""
        record = self.sandbox.world.chats[person.id].records[message.id]
        true = record.data["reply_markup"]
        forged = {"inline_keyboard": [[{"text": "forged", "callback_data": data}]]}
        record.data["reply_markup"] = forged
        query = person.press(message, "forged")
        record.data["reply_markup"] = true
        answer = await person.answer_to(query)
        await self._handled()
        return str(answer.get("text") or "")

    def now_of(self, person: Person, message: Seen, chat: int | None = None) -> Seen:
        """A message as it stands now."""
        place = person.id if chat is None else chat
        return _as_it_is(next(seen for seen in person.messages_in(place) if seen.id == message.id))

    async def forgive(self, count: int = 1) -> None:
        """Expect exactly `count` errors, and forget them."""
        await self.quiet()
        assert len(self.errors) == count, self.errors
        self.errors.clear()

    async def quiet(self) -> None:
        """Wait until the bot has worked off everything that was sent to it."""
        calm = 0
        async with asyncio.timeout(10):
            while calm < 3:
                await asyncio.sleep(0.01)
                busy = (
                    self.sandbox.world.updates.waiting
                    or not self.application.update_queue.empty()
                    or self.processor.chats
                )
                calm = 0 if busy else calm + 1

    async def _handled(self) -> None:
        """Wait until what was begun is done: a handler may go on after the chat has heard of it.

        Some tests hold a handler up on purpose; they are waited for no longer than a moment.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(_MOMENT_S):
                while self.processor.chats:
                    await asyncio.sleep(0.001)

    @property
    def processor(self) -> OrderedProcessor:
        found = self.application.update_processor
        assert isinstance(found, OrderedProcessor)
        return found


@pytest.fixture
def database(sqlite_template: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(sqlite_template, tmp_path / "hexin.db"))


@pytest.fixture
async def storage(database: Path) -> AsyncIterator[Storage]:
    opened = await Storage.open(f"sqlite:///{database}", check=False)
    yield opened
    await opened.close()


@pytest.fixture
def pacer() -> Pacer:
    """A patient one: tests tap faster than people."""
    return Pacer(burst=10_000)


@pytest.fixture
async def chatting(storage: Storage, pacer: Pacer) -> AsyncIterator[Chatting]:
    async with chatting_over(storage, pacer) as bot:
        yield bot


@asynccontextmanager
async def chatting_over(
    storage: Storage, pacer: Pacer, **services_given: Any
) -> AsyncIterator[Chatting]:
    """The bot on `storage`, running; at the end nothing may have gone wrong.

    `services_given` are further services, by their names in `Services`.
    """
    clock = HandClock(NOON)
    free = LimitRules(overall=0, chat_rate=0, group=0)
    sandbox = Sandbox(newsroom=False, limits=free)
    services = Services(
        storage=storage,
        taxonomy=storage.taxonomy.current,
        links=Links("https://hexin.example"),
        clock=clock,
        wake_sender=lambda: None,
        sandbox=True,
        **services_given,
    )
    async with sandbox.serve() as port, aiohttp.ClientSession() as session:
        application = (
            Application.builder()
            .token(sandbox.token)
            .base_url(sandbox.api_base_url(port))
            .base_file_url(sandbox.file_base_url(port))
            .request(AiohttpRequest(session))
            .get_updates_request(AiohttpRequest(session))
            .concurrent_updates(OrderedProcessor())
            .build()
        )
        install(application, services, pacer)
        bot = Chatting(sandbox, storage, services, application, clock, Newsdesk(storage))
        application.add_error_handler(_collect_into(bot.errors))
        assert application.updater is not None
        await application.initialize()
        await application.start()
        await application.updater.start_polling(
            poll_interval=0, timeout=5, allowed_updates=Update.ALL_TYPES
        )
        try:
            yield bot
        finally:
            await application.updater.stop()
            await application.stop()
            await application.shutdown()
    assert bot.errors == []


@dataclass(frozen=True)
class Newsroom:
    """The bot with its staff: an owner by setting, two editors and a viewer by the book."""

    chatting: Chatting
    owner: Person
    editor: Person
    second: Person
    viewer: Person

    @property
    def everyone(self) -> tuple[Person, ...]:
        """The staff."""
        return (self.owner, self.editor, self.second, self.viewer)


@pytest.fixture
async def newsroom(storage: Storage, pacer: Pacer) -> AsyncIterator[Newsroom]:
    """Wang owns the bot; Zhao (Chinese) and Kim (English) edit, He looks on.

    Lin, Alex and Mei are readers.
    """
    async with newsroom_over(storage, pacer) as staffed:
        yield staffed


@asynccontextmanager
async def newsroom_over(
    storage: Storage, pacer: Pacer, **services_given: Any
) -> AsyncIterator[Newsroom]:
    """The bot on `storage` with its staff; `services_given` as in `chatting_over`."""
    admins = frozenset({1003})
    async with chatting_over(storage, pacer, admins=admins, **services_given) as chatting:
        sandbox, now = chatting.sandbox, chatting.clock()
        sandbox.add_person(User(1006, "mei", "梅子", "", "mei_zi", "zh-hans"))
        staffed = Newsroom(
            chatting,
            owner=chatting.wang,
            editor=sandbox.add_person(User(1004, "zhao", "赵编辑", "", "zhao_ed", "zh-hans")),
            second=sandbox.add_person(User(1005, "kim", "Kim", "Editor", "kim_ed", "en")),
            viewer=sandbox.add_person(User(1007, "he", "何旁观", "", "he_looks", "zh-hans")),
        )
        for person, role, lang in (
            (staffed.editor, Role.EDITOR, Lang.ZH),
            (staffed.second, Role.EDITOR, Lang.EN),
            (staffed.viewer, Role.VIEWER, Lang.ZH),
        ):
            await storage.staff.add(person.id, role, person.user.name, lang, actor="cli", now=now)
        yield staffed


@dataclass(frozen=True)
class Reader:
    """One person and the words that the bot uses with them."""

    chatting: Chatting
    person: Person
    texts: Texts

    async def say(self, text: str, **where: Any) -> Seen:
        """Write `text` and wait for the bot's first word on it."""
        return await self.chatting.say(self.person, text, **where)

    async def tap(self, message: Seen, label: str) -> Seen:
        """Press a button and see the message as it is then."""
        return await self.chatting.tap(self.person, message, label)

    async def toast(self, message: Seen, label: str) -> str:
        """Press a button and return what floats by."""
        return await self.chatting.toast(self.person, message, label)


@pytest.fixture(params=["lin", "alex"])
def reader(chatting: Chatting, request: pytest.FixtureRequest) -> Reader:
    """A person who reads Chinese, then one who reads English: the same walk in both languages."""
    lang = Lang.ZH if request.param == "lin" else Lang.EN
    return Reader(chatting, chatting.sandbox.person(request.param), texts_for(lang))


def _as_it_is(message: Seen) -> Seen:
    """A message as it looks at this moment, whatever is edited later."""
    return replace(message, data=copy.deepcopy(message.data))


def _collect_into(errors: list[BaseException]) -> Callable[[object, Any], Any]:
    async def collect(_update: object, context: Any) -> None:
        errors.append(context.error)

    return collect


@pytest.fixture
async def room(storage: Storage, pacer: Pacer) -> AsyncIterator[Any]:
    """A bot that sends and amends; 王 and (in English) Alex may edit."""
    from tests.handlers.amends import newsroom_over

    people = Sandbox(newsroom=False)
    editors = frozenset({people.person("wang").id, people.person("alex").id})
    async with chatting_over(storage, pacer, admins=editors) as bot, newsroom_over(bot) as made:
        yield made


@pytest.fixture(params=["wang", "alex"])
def editor(room: Any, request: pytest.FixtureRequest) -> Any:
    """An editor who works in Chinese, then one in English."""
    from tests.handlers.amends import Editor

    return Editor(room, room.chatting.sandbox.person(request.param))
