"""The pages' templates in the Mini App's frame."""

from dataclasses import dataclass, replace
from typing import Any

from aiohttp import web

from bot.web.guards import FRAME
from bot.web.miniapp.reader import Reader
from bot.web.rendering import html_response, render_page
from bot.web.views.items import Setting
from bot.web.visit import Visit, visit_of


def setting_of(request: web.Request, reader: Reader) -> Setting:
    """What views need to know; the language is the one that the reader has set in the bot."""
    visit = replace(visit_of(request), lang=reader.subscriber.lang, chosen=False)
    return Setting(visit, reader.services.taxonomy, reader.now)


@dataclass(frozen=True, slots=True)
class Said:
    """What was just done, in plain words, and the number by which it can be taken back (or 0)."""

    text: str = ""
    undo_id: int = 0


SILENT = Said()


def app_page(
    request: web.Request,
    visit: Visit,
    template: str,
    *,
    status: int = 200,
    place: str = "",
    said: Said = SILENT,
    **values: Any,
) -> web.Response:
    """A page of the app, where `said` is read out.

    `place` is where the reader is then, when it is not where they asked.
    """
    shown = {"tab": "", **values, "layout": "app.html", "said": said}
    body = render_page(template, request.app[FRAME], visit, **shown)
    response = html_response(request, visit, body, status=status, private=True)
    # Whoever goes back in a shared browser finds nothing.
    response.headers["Cache-Control"] = "no-store"
    if place:
        response.headers["Content-Location"] = place
    return response
