"""The way in: the empty frame for anybody, a session for whoever Telegram vouches for."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from aiohttp import web

from bot.web.miniapp.forms import field_of
from bot.web.miniapp.initdata import InitDataRefusedError, verify
from bot.web.miniapp.reader import Reader
from bot.web.miniapp.rendering import app_page
from bot.web.miniapp.sessions import HEADER, Sessions
from bot.web.visit import visit_of
from handlers import access
from handlers.context import Services
from handlers.guards import Pace, Pacer, enter_user

log = logging.getLogger(__name__)

# An app asks more often than a person types: tabs, switches, a search by letters.
BURST, PER_SECOND = 60, 3.0


Handler = Callable[[web.Request, Reader], Awaitable[web.Response]]


@dataclass(frozen=True)
class Door:
    """Lets readers in.

    `token` is the bot's; `services` are what its handlers have, None while the bot is starting.
    """

    token: str
    services: Callable[[], Services | None]
    sessions: Sessions = field(init=False)
    pacer: Pacer = field(default_factory=lambda: Pacer(BURST, PER_SECOND))

    def __post_init__(self) -> None:
        object.__setattr__(self, "sessions", Sessions(self.token))

    async def open(self, request: web.Request) -> web.Response:
        """POST /app/session: init data for a session, once."""
        services = self._services()
        now = services.clock()
        try:
            opening = verify(await field_of(request, "init_data"), self.token, now)
        except InitDataRefusedError as refused:
            log.info("init data refused: %s", refused.why)
            return refusal(request, refused.why.value)
        if not await services.storage.updates.first_use(opening.mark, now):
            log.info("init data refused: used before")
            return refusal(request, "used")
        if not await _admitted(services, opening.user_id):
            return refusal(request, "closed", status=403)
        await enter_user(services, opening.user_id, opening.name, opening.language, now)
        return web.json_response(
            {"session": self.sessions.begin(opening.user_id, now)},
            headers={"Cache-Control": "no-store"},
        )

    def frame(self, request: web.Request) -> web.Response:
        """The page that is there before anybody is known: it holds the script and no words."""
        return app_page(request, visit_of(request), "app_opening.html", tab="")

    def admitting(self, handler: Handler) -> Callable[[web.Request], Awaitable[web.Response]]:
        """`handler` for readers who are in; without any proof only the empty frame is given."""

        async def admitted(request: web.Request) -> web.Response:
            proof = request.headers.get(HEADER, "")
            if not proof and request.method in {"GET", "HEAD"}:
                return self.frame(request)
            services = self._services()
            now = services.clock()
            session = self.sessions.read(proof, now)
            if session is None:
                return refusal(request, "ended")
            if self.pacer.check(session.user_id, now) is not Pace.FINE:
                return refusal(request, "fast", status=429)
            if not await _admitted(services, session.user_id):
                return refusal(request, "closed", status=403)
            subscriber = await services.storage.subscribers.by_chat(session.user_id, 0)
            if subscriber is None:  # everything about them was erased meanwhile
                return refusal(request, "ended")
            response = await handler(request, Reader(subscriber, services, now))
            renewed = self.sessions.renewed(session, now)
            if renewed:
                response.headers[HEADER] = renewed
            return response

        return admitted

    def _services(self) -> Services:
        found = self.services()
        if found is None:
            raise web.HTTPServiceUnavailable
        return found


async def _admitted(services: Services, user_id: int) -> bool:
    """Whether a private bot lets this person in, at this moment."""
    return await access.Door(services, services.access).admits_person(user_id)


def refusal(request: web.Request, why: str, *, status: int = 401) -> web.Response:
    """A calm page that says why nothing is shown, and that the bot opens the app again."""
    return app_page(request, visit_of(request), "app_refused.html", status=status, tab="", why=why)
