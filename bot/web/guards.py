"""What surrounds every request: security headers, and a calm page when something fails."""

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from bot.web.rendering import Frame, html_response, render_page
from bot.web.visit import visit_of
from digest.regexes import regex

log = logging.getLogger(__name__)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
FRAME = web.AppKey("frame", Frame)

_SHELF = regex(r"/(?P<kind>column|topic)/(?P<id>[A-Za-z0-9_-]{1,64})(?=[/.]|$)")

# No scripts, nothing from elsewhere: not even an article's picture tells a third party who reads.
SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), browsing-topics=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


# The Mini App stands in a frame of Telegram's web clients and has one script, ours.
TELEGRAM_WEB = (
    "https://web.telegram.org",
    "https://weba.telegram.org",
    "https://webk.telegram.org",
)
EMBEDDERS = web.AppKey("embedders", tuple[str, ...])


def app_headers(embedders: tuple[str, ...]) -> dict[str, str]:
    """The rules for the Mini App, which the origins `embedders` may put into a frame."""
    policy = (
        "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; "
        "img-src 'self' data:; form-action 'none'; base-uri 'none'; "
        f"frame-ancestors {' '.join((*TELEGRAM_WEB, *embedders))}"
    )
    changed = SECURITY_HEADERS | {"Content-Security-Policy": policy}
    return {name: value for name, value in changed.items() if name != "X-Frame-Options"}


async def add_security_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Signal handler: every response goes out with the same rules."""
    embedders = request.app.get(EMBEDDERS, ())
    rules = app_headers(embedders) if _in_app(request) else SECURITY_HEADERS
    for name, value in rules.items():
        response.headers.setdefault(name, value)
    response.headers.pop("Server", None)


@web.middleware
async def lead_on(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Send whoever asks for a column or topic by the id of before a merge on to the one of today.

    Pages, feeds and pictures are all beneath /column/{id} and /topic/{id}.
    """
    shelf = _SHELF.match(request.rel_url.raw_path)
    if shelf is not None:
        taxonomy = request.app[FRAME].taxonomy
        catalogue = taxonomy.columns if shelf["kind"] == "column" else taxonomy.topics
        now = catalogue.now(shelf["id"])
        if now != shelf["id"]:
            rest = request.rel_url.raw_path[shelf.end() :]
            asked = f"?{request.rel_url.raw_query_string}" if request.rel_url.query else ""
            raise web.HTTPMovedPermanently(f"/{shelf['kind']}/{now}{rest}{asked}")
    return await handler(request)


def _in_app(request: web.Request) -> bool:
    return request.path == "/app" or request.path.startswith("/app/")


class OwnFailures(logging.Filter):
    """Lets through what went wrong with us, not what strangers send that is no HTTP.

    They could fill the log, and its lines would tell their address and what they asked for.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """False for a request that could not be read."""
        cause = record.exc_info[1] if record.exc_info else None
        return not isinstance(cause, HttpProcessingError | web.RequestPayloadError)


def server_log() -> logging.Logger:
    """Where the HTTP server logs to."""
    found = logging.getLogger("bot.web.server")
    if not found.filters:
        found.addFilter(OwnFailures())
    return found


@web.middleware
async def explain_failures(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn every failure into a page in calm words; ours are logged once, with their trace."""
    try:
        return await handler(request)
    except web.HTTPNotFound:
        return _failure_page(request, 404)
    except web.HTTPRedirection:
        raise
    except web.HTTPException as refusal:
        return _refusal_page(request, refusal)
    except web.RequestPayloadError:  # a body that is not what it says it is
        return _failure_page(request, 400)
    except Exception:  # the boundary between our code and the reader's browser
        log.exception("page failed: %s", _told(request))
        return _failure_page(request, 500)


def _told(request: web.Request) -> str:
    """The address as the log may have it: without a key that opens what it names."""
    resource = request.match_info.route.resource
    route = resource.canonical if resource is not None else ""
    return route if "{key}" in route else request.path


def _refusal_page(request: web.Request, refusal: web.HTTPException) -> web.Response:
    page = _failure_page(request, refusal.status)
    if "Allow" in refusal.headers:
        page.headers["Allow"] = refusal.headers["Allow"]
    return page


def _failure_page(request: web.Request, status: int) -> web.Response:
    visit = visit_of(request)
    kind = {404: "missing", 410: "gone", 500: "broken"}.get(status, "refused")
    frame: dict[str, Any] = {}
    if _in_app(request):
        frame = {"layout": "app.html", "tab": "", "said": {"text": "", "undo_id": 0}}
    body = render_page("failure.html", request.app[FRAME], visit, kind=kind, **frame)
    return html_response(request, visit, body, status=status)
