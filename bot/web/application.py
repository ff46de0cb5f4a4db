"""The web application: one table of routes."""

from collections.abc import Callable

from aiohttp import web

from bot.clock import Clock
from bot.web.assets import asset_response, load_assets, serve_asset
from bot.web.feeds import Feeds
from bot.web.guards import EMBEDDERS, FRAME, add_security_headers, explain_failures
from bot.web.miniapp.routes import MiniApp, app_routes
from bot.web.pages import Pages
from bot.web.probes import Health, Probes
from bot.web.rendering import Frame, environment
from digest.taxonomy import Taxonomy
from storage import Storage

_NAME = "[A-Za-z0-9_-]{1,64}"


def make_web(
    storage: Storage,
    taxonomy: Taxonomy,
    *,
    clock: Clock,
    base_url: str,
    bot_username: Callable[[], str],
    health: Health,
    miniapp: MiniApp | None = None,
) -> web.Application:
    """The pages as an aiohttp application, with the Mini App where there is a bot to open it.

    `base_url` is the public address without a slash at its end; `health` is asked by /readyz,
    and its answer is shown there as it is.
    """
    app = web.Application(middlewares=[explain_failures])
    app[FRAME] = Frame(taxonomy, base_url.rstrip("/"), bot_username)
    app.on_response_prepare.append(add_security_headers)
    pages = Pages(storage, taxonomy, clock)
    feeds = Feeds(storage, taxonomy, clock)
    probes = Probes(storage, health)
    app.add_routes(
        [
            web.get("/", pages.home),
            web.get("/s/{id:[0-9]{1,18}}", pages.signal),
            web.get(f"/column/{{id:{_NAME}}}", pages.column),
            web.get(f"/column/{{id:{_NAME}}}/feed.xml", feeds.column),
            web.get(f"/topic/{{id:{_NAME}}}", pages.topic),
            web.get("/day/{day:[0-9-]{10}}", pages.day),
            web.get("/search", pages.search),
            web.get("/sources", pages.sources),
            web.get("/feed.xml", feeds.everything),
            web.get("/healthz", probes.alive),
            web.get("/readyz", probes.ready),
            web.get("/static/{name:[a-z.]{1,40}}", serve_asset),
            web.get("/robots.txt", _robots),
            web.get("/favicon.ico", _favicon),
        ]
    )
    if miniapp is not None:
        app[EMBEDDERS] = miniapp.embedders
        app.add_routes(app_routes(miniapp))
    load_assets()
    environment()
    return app


async def _robots(request: web.Request) -> web.Response:
    return asset_response(request, load_assets()["robots.txt"])


async def _favicon(request: web.Request) -> web.Response:
    return asset_response(request, load_assets()["favicon.svg"])
