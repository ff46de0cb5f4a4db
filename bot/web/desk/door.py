"""The way in: a personal link is exchanged for a cookie; the role is asked with every request.

Whoever is not (or no longer) on the staff is told what is told of any page that does not exist.
The pages only show things, so there is nothing that another site could have done in one's name.
"""

import logging
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aiohttp import web

from bot.clock import Clock
from bot.web.guards import FRAME
from bot.web.readers import is_a_reading
from bot.web.rendering import html_response, render_page
from bot.web.views.items import Setting
from bot.web.visit import Visit, visit_of
from digest.passes import KEY_NAME, LINK, PARAMETER, SESSION, Pass
from digest.regexes import regex
from digest.roles import Role
from digest.taxonomy import Taxonomy
from storage import Storage

log = logging.getLogger(__name__)

HOME = "/desk"
COOKIE = "hexin_desk"
_PAGE = regex(r"[a-z]{1,20}(/[0-9]{1,18})?")


RoleOf = Callable[[int], Awaitable[Role | None]]


async def nobody(_user_id: int) -> Role | None:
    """For processes that know of no staff."""
    return None


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of the staff before one of their pages."""

    user_id: int
    role: Role
    storage: Storage
    setting: Setting

    @property
    def visit(self) -> Visit:
        """The language and the parameters of this request."""
        return self.setting.visit


Handler = Callable[[web.Request, Member], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Door:
    """Lets the staff in. `role_of` knows what a Telegram user is to us at this moment."""

    storage: Storage
    taxonomy: Taxonomy
    clock: Clock
    role_of: RoleOf

    async def enter(self, request: web.Request) -> web.Response:
        """GET /desk/enter: a personal link for a cookie, once; the way is on to the page it names.

        What a machine fetches (the preview of a link, say) does not use the link up.
        """
        key, visit, now = await self._key(), visit_of(request), self.clock()
        link = LINK.read(key, request.query.get(PARAMETER, ""))
        if link is None or not is_a_reading(request) or await self.role_of(link.user_id) is None:
            raise web.HTTPNotFound
        page = request.query.get("page", "")
        target = visit.url(f"{HOME}/{page}" if _PAGE.fullmatch(page) else HOME)
        session = self._session(request, key, now)
        if session is not None and session.user_id == link.user_id:
            raise web.HTTPSeeOther(target)
        if link.until <= now or not await self.storage.updates.first_use(link.mark, now):
            return private_page(request, visit, "desk_ended.html", status=410)
        answer = web.Response(status=303, headers={"Location": target})
        answer.headers["Cache-Control"] = "no-store"
        answer.set_cookie(
            COOKIE,
            SESSION.make(key, link.user_id, now, secrets.token_urlsafe(9)),
            max_age=int(SESSION.lasts.total_seconds()),
            path=HOME,
            secure=_is_https(request),
            httponly=True,
            samesite="Lax",
        )
        log.info("user %d opened the private pages", link.user_id)
        return answer

    async def leave(self, request: web.Request) -> web.Response:
        """POST /desk/leave: away with the cookie."""
        answer = web.Response(status=303, headers={"Location": visit_of(request).url("/")})
        answer.del_cookie(COOKIE, path=HOME, secure=_is_https(request), httponly=True)
        return answer

    def admitting(
        self, handler: Handler, role: Role
    ) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        """`handler` for those who are in and have at least `role` now."""

        async def admitted(request: web.Request) -> web.StreamResponse:
            now = self.clock()
            session = self._session(request, await self._key(), now)
            held = await self.role_of(session.user_id) if session else None
            if session is None or held is None or held < role:
                raise web.HTTPNotFound
            setting = Setting(visit_of(request), self.taxonomy, now)
            answer = await handler(request, Member(session.user_id, held, self.storage, setting))
            answer.headers["Cache-Control"] = "no-store"
            answer.headers["X-Robots-Tag"] = "noindex"
            return answer

        return admitted

    def _session(self, request: web.Request, key: str, now: datetime) -> Pass | None:
        session = SESSION.read(key, request.cookies.get(COOKIE, ""))
        return session if session and now < session.until else None

    async def _key(self) -> str:
        return await self.storage.meta.secret(KEY_NAME)


def _is_https(request: web.Request) -> bool:
    return request.app[FRAME].base_url.startswith("https://")


def private_page(
    request: web.Request, visit: Visit, template: str, *, status: int = 200, **values: Any
) -> web.Response:
    """A page for nobody's index and nobody's cache, not even the reader's own."""
    body = render_page(template, request.app[FRAME], visit, **values)
    response = html_response(request, visit, body, status=status, private=True)
    response.headers["Cache-Control"] = "no-store"
    return response
