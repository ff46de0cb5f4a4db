"""The pages' templates in the Mini App's frame."""

from typing import Any

from aiohttp import web

from bot.web.guards import FRAME
from bot.web.rendering import html_response, render_page
from bot.web.visit import Visit


def app_page(
    request: web.Request,
    visit: Visit,
    template: str,
    *,
    status: int = 200,
    place: str = "",
    **values: Any,
) -> web.Response:
    """A page of the app. `place` is where the reader is then, when it is not where they asked."""
    body = render_page(template, request.app[FRAME], visit, layout="app.html", **values)
    response = html_response(request, visit, body, status=status, private=True)
    # Whoever goes back in a shared browser finds nothing.
    response.headers["Cache-Control"] = "no-store"
    if place:
        response.headers["Content-Location"] = place
    return response
