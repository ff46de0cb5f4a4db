"""The sandbox as a whole: a Telegram of its own with people, chats and a sample newsroom."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from secrets import token_urlsafe

from aiohttp import web

from bot.clock import Clock, utc_now
from bot.sandbox import running
from bot.sandbox.api import LARGEST_BODY, BotApi
from bot.sandbox.calls import CallLog, Faults
from bot.sandbox.chat import ChatPage
from bot.sandbox.limits import LimitRules
from bot.sandbox.newsroom import Newsroom
from bot.sandbox.people import Person
from bot.sandbox.state import Chat, User
from bot.sandbox.world import BOT_ID, World

GROUP_ID = -4_000_001
FORUM_ID = -1_002_000_000_001
CHANNEL_ID = -1_002_000_000_002

_PEOPLE = (
    User(1001, "lin", "林晓", "", "lin_xiao", "zh-hans"),
    User(1002, "alex", "Alex", "Reed", "alex_reed", "en"),
    User(1003, "wang", "王编辑", "", "editor_wang", "zh-hans"),
)


class Sandbox:
    """A local Bot API server with a chat page and, if wanted, a sample newsroom.

    All state is in memory and belongs to one event loop. `limits` are Telegram's by default;
    `strict` refuses parameters that the Bot API does not know, which Telegram itself ignores.
    """

    def __init__(
        self,
        *,
        clock: Clock = utc_now,
        newsroom: bool = True,
        limits: LimitRules | None = None,
        strict: bool = True,
        messages_per_chat: int = 500,
    ) -> None:
        # A token of its own each time, so that no page in a browser can guess the way in.
        self.token = f"{BOT_ID}:{token_urlsafe(26)}"
        self.world = World(clock, limits or LimitRules(), messages_per_chat=messages_per_chat)
        self.log = CallLog()
        self.faults = Faults()
        self.api = BotApi(self.world, self.token, strict=strict, log=self.log, faults=self.faults)
        self.newsroom = Newsroom(clock) if newsroom else None
        self.on_hurry: Callable[[int], Awaitable[str]] = _nothing_to_hurry
        self._people: dict[str, Person] = {}
        self._settle()

    def _settle(self) -> None:
        for user in _PEOPLE:
            self.add_person(replace(user))
        everyone = {person.id: "member" for person in self._people.values()}
        everyone |= {self.person("wang").id: "creator", self.world.bot.id: "member"}
        admin = everyone | {self.world.bot.id: "administrator"}
        wang = self.person("wang").user
        group = Chat(GROUP_ID, "group", "晨星读者群", key="group", members=dict(everyone))
        forum = Chat(
            FORUM_ID, "supergroup", "晨星编辑部", key="forum", forum=True, members=dict(admin)
        )
        channel = Chat(
            CHANNEL_ID,
            "channel",
            "晨星快讯",
            "hexin_sandbox_channel",
            key="channel",
            members=dict(admin),
        )
        for chat in (group, forum, channel):
            self.world.add_chat(chat)
        forum.last_id = 1  # in Telegram 1 is General, which is no topic to write to by number
        self.world.add_topic(forum, "AI 选题", 7322096, wang)
        self.world.add_topic(forum, "商业速递", 16766590, wang)
        forum.read_up_to = dict.fromkeys(forum.members, forum.last_id)

    # --- people and chats ------------------------------------------------------------------

    def add_person(self, user: User) -> Person:
        """Let somebody new in."""
        person = Person(self.world, self.world.add_user(user))
        self._people[user.key] = person
        return person

    def add_people(self, count: int, *, first_id: int = 100_000) -> list[Person]:
        """Many people who have started the bot, for load tests."""
        return [
            self.add_person(
                User(number, f"p{number}", f"P{number}", language_code="zh-hans", started=True)
            )
            for number in range(first_id, first_id + count)
        ]

    def person(self, key: str) -> Person:
        """Somebody by key: "lin", "alex", "wang"."""
        return self._people[key]

    @property
    def people(self) -> tuple[Person, ...]:
        """Everyone."""
        return tuple(self._people.values())

    def chat(self, key: str) -> Chat:
        """A group or channel by key: "group", "forum", "channel"."""
        return next(chat for chat in self.world.chats.values() if chat.key == key)

    def upgrade_group(self, chat_id: int = GROUP_ID) -> int:
        """Turn a group into a supergroup, as Telegram does at times. Returns the new id."""
        return running.upgrade_group(self.world, chat_id)

    # --- serving ---------------------------------------------------------------------------

    def make_app(self) -> web.Application:
        """The whole server as an aiohttp application; its cleanup stops the webhook sender."""
        app = web.Application(client_max_size=LARGEST_BODY)
        self.api.add_routes(app)
        ChatPage(self.world, lambda: self.people, self._hurry, self.token).add_routes(app)
        if self.newsroom is not None:
            self.newsroom.add_routes(app)

        async def close(_app: web.Application) -> None:
            await self.world.updates.close()

        app.on_cleanup.append(close)
        return app

    def api_base_url(self, port: int) -> str:
        """What python-telegram-bot takes as base_url."""
        return f"http://127.0.0.1:{port}/bot"

    def file_base_url(self, port: int) -> str:
        """What python-telegram-bot takes as base_file_url."""
        return f"http://127.0.0.1:{port}/file/bot"

    async def _hurry(self, chat_id: int) -> str:
        return await self.on_hurry(chat_id)

    @asynccontextmanager
    async def serve(self, port: int = 0) -> AsyncIterator[int]:
        """Serve on 127.0.0.1 while the context lasts; yields the port."""
        runner = web.AppRunner(self.make_app(), shutdown_timeout=1)
        await runner.setup()
        try:
            site = web.TCPSite(runner, "127.0.0.1", port)
            await site.start()
            yield int(runner.addresses[0][1])
        finally:
            await runner.cleanup()


async def _nothing_to_hurry(_chat_id: int) -> str:
    return "这里没有机器人在安排推送"
