"""The Mini App's routes."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from aiohttp import web

from bot.web.miniapp.door import Door, Reader
from bot.web.miniapp.rendering import app_page
from bot.web.visit import visit_of
from handlers.context import Services


@dataclass(frozen=True, slots=True)
class MiniApp:
    """What the app needs from the process: the bot's token, its services, and who may frame it.

    `embedders` are origins besides Telegram's own web clients (the sandbox's chat page).
    """

    token: str
    services: Callable[[], Services | None]
    embedders: tuple[str, ...] = ()


def app_routes(miniapp: MiniApp) -> list[web.RouteDef]:
    """Every route below /app."""
    door = Door(miniapp.token, miniapp.services)
    return [
        web.post("/app/session", door.open),
        web.get("/app", door.admitting(home)),
    ]


async def home(request: web.Request, reader: Reader) -> web.Response:
    """GET /app."""
    visit = replace(visit_of(request), lang=reader.subscriber.lang)
    return app_page(request, visit, "app_opening.html", tab="saved")
