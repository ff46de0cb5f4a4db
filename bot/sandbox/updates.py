"""The queue of updates: kept until confirmed, fetched by long polling or sent to a webhook."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from random import randint

import aiohttp

from bot.clock import Clock
from bot.sandbox.errors import conflict
from bot.sandbox.state import Json

LONGEST_POLL_S = 50.0
_MOST_WAITING = 20_000
_KEPT_S = 86_400.0
_LONGEST_PAUSE_S = 60.0
# These come only when asked for by name.
_ON_REQUEST = frozenset({"chat_member", "message_reaction", "message_reaction_count"})

_TWO_READERS = conflict(
    "terminated by other getUpdates request; make sure that only one bot instance is running"
)
_WEBHOOK_ACTIVE = conflict(
    "can't use getUpdates method while webhook is active; use deleteWebhook to delete the "
    "webhook first"
)

Reply = Callable[[str, Json], Awaitable[None]]


@dataclass
class Webhook:
    """Where updates are sent, and how that goes."""

    url: str
    secret_token: str = ""
    max_connections: int = 40
    ip_address: str = ""
    last_error_at: int = 0
    last_error: str = ""


@dataclass
class Updates:
    """Updates in order of their ids. `pause_s` is the first pause after a failed webhook call."""

    clock: Clock
    pause_s: float = 1.0
    waiting: OrderedDict[int, tuple[float, Json]] = field(default_factory=OrderedDict)
    allowed: frozenset[str] | None = None
    webhook: Webhook | None = None
    reply: Reply | None = None
    _next_id: int = field(default_factory=lambda: randint(100_000_000, 200_000_000))  # noqa: S311  an id, not a secret
    _arrived: asyncio.Event = field(default_factory=asyncio.Event)
    _reader: int = 0
    _sender: asyncio.Task[None] | None = None

    def push(self, kind: str, payload: Json) -> int | None:
        """Queue an update; None when the bot did not ask for this kind."""
        if kind in _ON_REQUEST if self.allowed is None else kind not in self.allowed:
            return None
        update_id = self._next_id
        self._next_id += 1
        now = self.clock().timestamp()
        self.waiting[update_id] = (now, {"update_id": update_id, kind: payload})
        while self.waiting and (
            len(self.waiting) > _MOST_WAITING
            or next(iter(self.waiting.values()))[0] < now - _KEPT_S
        ):
            self.waiting.popitem(last=False)
        self._wake()
        return update_id

    def _wake(self) -> None:
        self._arrived.set()
        self._arrived = asyncio.Event()

    def allow(self, kinds: list[str] | None) -> None:
        """Remember which kinds the bot wants; an empty list means the usual ones."""
        if kinds is not None:
            self.allowed = frozenset(kinds) or None

    async def poll(self, offset: int, limit: int, timeout_s: float) -> list[Json]:
        """getUpdates: confirm what lies before `offset`, wait up to `timeout_s` for more.

        Raises ApiError 409 while a webhook is set, and in a poll that another one replaces.
        """
        if self.webhook is not None:
            raise _WEBHOOK_ACTIVE
        self._reader += 1
        reader = self._reader
        self._wake()
        self._confirm(offset)
        loop = asyncio.get_running_loop()
        end = loop.time() + min(timeout_s, LONGEST_POLL_S)
        while not self.waiting and loop.time() < end:
            arrived = self._arrived
            try:
                await asyncio.wait_for(arrived.wait(), end - loop.time())
            except TimeoutError:
                break
            if self._reader != reader:
                raise _TWO_READERS
            if self.webhook is not None:
                raise _WEBHOOK_ACTIVE
        return [update for _at, update in list(self.waiting.values())[:limit]]

    def _confirm(self, offset: int) -> None:
        if offset < 0:
            while len(self.waiting) > -offset:
                self.waiting.popitem(last=False)
        else:
            while self.waiting and next(iter(self.waiting)) < offset:
                self.waiting.popitem(last=False)

    # --- webhook ---------------------------------------------------------------------------

    def set_webhook(self, webhook: Webhook | None, *, drop: bool) -> None:
        """Send updates to `webhook` from now on, or to nobody."""
        if drop:
            self.waiting.clear()
        self.webhook = webhook
        self._wake()
        if webhook is not None and (self._sender is None or self._sender.done()):
            self._sender = asyncio.get_running_loop().create_task(self._send_all())

    async def close(self) -> None:
        """Stop sending."""
        if self._sender is not None:
            self._sender.cancel()
            await asyncio.gather(self._sender, return_exceptions=True)
            self._sender = None

    async def _send_all(self) -> None:
        """Send update after update; a failed one is repeated with growing pauses."""
        pause = self.pause_s
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=60)) as session:
            while (webhook := self.webhook) is not None:
                if not self.waiting:
                    await self._arrived.wait()
                    continue
                update_id, (_at, update) = next(iter(self.waiting.items()))
                trouble = await self._send(session, webhook, update)
                if not trouble:
                    self.waiting.pop(update_id, None)
                    pause = self.pause_s
                    continue
                webhook.last_error_at = int(self.clock().timestamp())
                webhook.last_error = trouble
                await asyncio.sleep(pause)
                pause = min(pause * 2, _LONGEST_PAUSE_S)

    async def _send(self, session: aiohttp.ClientSession, webhook: Webhook, update: Json) -> str:
        """Send one update; "" when it was taken, else Telegram's words for what went wrong."""
        headers = {}
        if webhook.secret_token:
            headers["X-Telegram-Bot-Api-Secret-Token"] = webhook.secret_token
        try:
            async with session.post(webhook.url, json=update, headers=headers) as answer:
                body = await answer.read()
                if not 200 <= answer.status < 300:  # noqa: PLR2004
                    return f"Wrong response from the webhook: {answer.status} {answer.reason}"
                if answer.content_type == "application/json" and body and self.reply is not None:
                    await self._call_back(await answer.json())
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            return f"Connection failed: {type(error).__name__}"
        return ""

    async def _call_back(self, body: object) -> None:
        """A webhook may answer with a method call, whose result it never learns."""
        if isinstance(body, dict) and isinstance(body.get("method"), str) and self.reply:
            await self.reply(body["method"], {k: v for k, v in body.items() if k != "method"})
