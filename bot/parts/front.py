"""What is reached by HTTP: the sandbox, the pages, the Mini App."""

from contextlib import AsyncExitStack

from bot.application import BotApi
from bot.observe import keep_also
from bot.parts.serving import listen, serve
from bot.pictures.painter import Painter
from bot.running import LOOPBACK, Running
from bot.sandbox import Sandbox, newsroom_specs
from bot.web import make_web
from bot.web.miniapp.routes import MiniApp
from bot.web.webhook import KEY_NAME, Hook, HookDoor
from handlers.staff import Staff


class Front:
    """The servers of this process. `api` is the sandbox's Bot API, None without a sandbox."""

    def __init__(self, running: Running, stack: AsyncExitStack, painter: Painter) -> None:
        self._running = running
        self._settings = running.settings
        self._storage = running.storage
        self._clock = running.clock
        self._stack = stack
        self._painter = painter
        self.api: BotApi | None = None

    async def sandbox(self) -> None:
        """Start the local Bot API server with its chat page and newsroom."""
        sandbox = Sandbox(clock=self._clock, newsroom=self._settings.sandbox_newsroom)
        port = await serve(
            sandbox.make_app(), listen(LOOPBACK, self._settings.sandbox_port), self._stack
        )
        base = f"http://{LOOPBACK}:{port}"
        self.api = BotApi(base, sandbox.token)
        self._running.allowed.append(f"{LOOPBACK}:{port}")
        self._running.sandbox, self._running.chat_url = sandbox, f"{base}/"
        for person in sandbox.people:
            # Chats live in memory, readers in the database: who started the bot once, still has.
            known = await self._storage.subscribers.by_chat(person.id)
            person.user.started = known is not None and known.active
        if self._settings.sandbox_newsroom:
            await self._storage.sources.seed(newsroom_specs(base), self._clock())

    async def pages(self) -> None:
        """Serve the pages."""
        listening = listen(self._settings.web_host, self._settings.port)
        shown = LOOPBACK if self._settings.web_host in {"0.0.0.0", "::"} else ""  # noqa: S104
        host = shown or self._settings.web_host
        base = self._settings.public_base_url or f"http://{host}:{listening.getsockname()[1]}"
        app = make_web(
            self._storage,
            self._storage.taxonomy.current,
            clock=self._clock,
            base_url=base,
            # The sandbox's bot is not on Telegram: its name leads nowhere there.
            bot_username=lambda: "" if self._running.sandbox else self._running.username,
            health=self._running.watching.health.report,
            metrics=self._running.watching.page().answer,
            miniapp=self._miniapp(),
            cards_folder=self._settings.data_dir / "cards",
            role_of=Staff(self._storage.staff, self.admins()).role_of,
            paint=self._painter,
            hook=await self._hook_door(),
        )
        await serve(app, listening, self._stack)
        self._running.pages_url = f"{base}/"

    async def hook(self) -> Hook | None:
        """Where Telegram brings updates, None when they are asked for."""
        token, base = self._token(), self._settings.webhook_url
        if not token or not base:
            return None
        hook = Hook.of(base, await self._storage.meta.secret(KEY_NAME), token)
        keep_also(hook.secret)
        keep_also(hook.path)
        return hook

    async def _hook_door(self) -> HookDoor | None:
        hook = await self.hook()
        if hook is None:
            return None
        return HookDoor(
            hook,
            self._storage,
            bot_id=int(self._token().partition(":")[0]),
            clock=self._clock,
            wake=lambda: self._running.nudge("updates"),
        )

    def _token(self) -> str:
        return self.api.token if self.api else self._settings.token

    def admins(self) -> frozenset[int]:
        """Whom the settings name as owners; in the sandbox also one of its people."""
        sandbox = self._running.sandbox
        return self._settings.admins | ({sandbox.person("wang").id} if sandbox else set())

    def _miniapp(self) -> MiniApp | None:
        """The app that the bot opens, None when this process knows no bot."""
        token = self._token()
        if not token:
            return None
        chat = self._running.chat_url.rstrip("/")
        return MiniApp(token, lambda: self._running.services, (chat,) if chat else ())

    def app_url(self) -> str:
        """Where the app opens, "" when nowhere: Telegram takes https, the sandbox this machine."""
        base = (self._settings.public_base_url or self._running.pages_url).rstrip("/")
        here = self._running.sandbox is not None and base.startswith(f"http://{LOOPBACK}:")
        return f"{base}/app" if here or base.startswith("https://") else ""
