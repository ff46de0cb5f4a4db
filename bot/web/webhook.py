"""Where Telegram brings updates: a path nobody can guess, a secret, and an answer once stored.

Any number of processes may stand behind one address: an update is written down under its id,
which is unique, and the process that answers people collects it from there. Whatever is asked
without the secret is told nothing.
"""

import hmac
import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from aiohttp import web
from telegram import Chat, Update

from bot.clock import Clock
from bot.web.patience import PATIENCE
from handlers.places import concerns_us
from storage import Storage

log = logging.getLogger(__name__)

KEY_NAME = "webhook.key"
PREFIX = "/telegram/"
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105  the name of the header
LARGEST_BODY = 1024 * 1024
_AGAIN_S = "2"
_BEYOND_IDS = 1 << 63  # what a database keeps as a number


@dataclass(frozen=True, slots=True, repr=False)
class Hook:
    """The address and the secret that Telegram is told; both change with the token."""

    url: str
    path: str
    secret: str

    @classmethod
    def of(cls, base_url: str, key: str, token: str) -> "Hook":
        """The hook of the bot with this `token`; `key` is what only our processes know."""
        path = PREFIX + _derived(key, "path", token)[:40]
        return cls(base_url.rstrip("/") + path, path, _derived(key, "secret", token))


def _derived(key: str, what: str, token: str) -> str:
    return hmac.new(key.encode(), f"{what}:{token}".encode(), sha256).hexdigest()


class HookDoor:
    """Takes updates in. `wake` is told of each new one."""

    def __init__(
        self, hook: Hook, storage: Storage, *, bot_id: int, clock: Clock, wake: Callable[[], None]
    ) -> None:
        self._hook = hook
        self._storage = storage
        self._bot_id = bot_id
        self._clock = clock
        self._wake = wake

    def routes(self) -> list[web.RouteDef]:
        """The one route of Telegram's."""
        return [web.post(PREFIX + "{key:[0-9a-f]{1,64}}", self.take)]

    async def take(self, request: web.Request) -> web.Response:
        """POST /telegram/…: 200 once the update is stored, or where it is none of ours.

        503 while it cannot be stored: Telegram brings it again. 404 on any other path and 401
        without the secret tell a stranger nothing.
        """
        if not _same(request.path, self._hook.path):
            raise web.HTTPNotFound
        # Of two, whatever stands before us may have looked at the other one.
        given = request.headers.getall(SECRET_HEADER, ())
        if len(given) != 1 or not _same(given[0], self._hook.secret):
            return web.Response(status=401)
        if (request.content_length or 0) > LARGEST_BODY:
            return web.Response(status=413)
        body = await request.app[PATIENCE].body(request.read())  # which stops at a megabyte
        read = read_update(body)
        if read is None:
            return web.Response(status=400)
        update, payload = read
        if update.inline_query is None and not concerns_us(update, self._bot_id):
            return web.Response()  # what is said in a group to others is not written down
        try:
            fresh = await self._storage.updates.keep(
                update.update_id, payload, self._clock(), for_another=True
            )
        except Exception:  # the boundary: whatever it is, Telegram shall bring it again
            log.exception("update %d could not be stored", update.update_id)
            return web.Response(status=503, headers={"Retry-After": _AGAIN_S})
        if fresh:
            self._wake()
        return web.Response()


def _same(given: str, ours: str) -> bool:
    """Whether they are equal, in a time that tells nothing of where they differ."""
    return hmac.compare_digest(given.encode(errors="surrogateescape"), ours.encode())


def read_update(body: bytes) -> tuple[Update, str] | None:
    """The update that Telegram brought, and how it is written down; None for what is none.

    It is written down as it came: what the library does not know yet it cannot write.
    """
    try:
        given: Any = json.loads(body)
        if not isinstance(given, dict) or type(given.get("update_id")) is not int:
            return None
        if not 0 <= given["update_id"] < _BEYOND_IDS:
            return None
        update = Update.de_json(given, None)
        message = update.message or update.channel_post
        if message is not None and not isinstance(message.chat, Chat):
            return None  # said nowhere
        if message is not None and not isinstance(message.text or "", str):
            return None  # the library takes a list for a text, which nobody here could read
        return update, json.dumps(given)
    except (ArithmeticError, AttributeError, LookupError, OSError, RecursionError):
        return None  # dates that no calendar has, fields that are missing or of another kind
    except (TypeError, ValueError):
        return None
