"""The Mini App's routes."""

from collections.abc import Callable
from dataclasses import dataclass

from aiohttp import web

from bot.web.miniapp import saved, settings
from bot.web.miniapp.door import Door
from bot.web.miniapp.signals import SignalPages
from bot.web.pages import Pages
from handlers.context import Services

_ID = "[1-9][0-9]{0,17}"


@dataclass(frozen=True, slots=True)
class MiniApp:
    """What the app needs from the process: the bot's token, its services, and who may frame it.

    `embedders` are origins besides Telegram's own web clients (the sandbox's chat page).
    """

    token: str
    services: Callable[[], Services | None]
    embedders: tuple[str, ...] = ()


def app_routes(miniapp: MiniApp, pages: Pages) -> list[web.RouteDef]:
    """Every route below /app."""
    door = Door(miniapp.token, miniapp.services)
    inside, signals = door.admitting, SignalPages(pages)
    one_list, one_saved = f"/app/saved/{{list:{_ID}}}", f"/app/saved/{{list:{_ID}}}/{{id:{_ID}}}"
    return [
        web.post("/app/session", door.open),
        web.get("/app", inside(saved.shelves)),
        web.get("/app/saved", inside(saved.shelves)),
        web.post("/app/saved", inside(saved.create)),
        web.get(one_list, inside(saved.one)),
        web.post(one_list, inside(saved.change)),
        web.post(one_saved, inside(saved.change_saved)),
        web.post("/app/undo", inside(saved.take_back)),
        web.get(f"/app/s/{{id:{_ID}}}", inside(signals.show)),
        web.post(f"/app/s/{{id:{_ID}}}", inside(signals.put)),
        web.get("/app/settings", inside(settings.overview)),
        web.get("/app/settings/{page:[a-z_]{1,20}}", inside(settings.one)),
        web.post("/app/settings/{page:[a-z_]{1,20}}", inside(settings.change)),
    ]
