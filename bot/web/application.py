"""The web application: one table of routes."""

from collections.abc import Callable
from pathlib import Path

from aiohttp import web

from bot.clock import Clock
from bot.web.archive import Archive
from bot.web.assets import asset_response, load_assets, serve_asset
from bot.web.cardpages import CardPages
from bot.web.cards.store import CardStore
from bot.web.desk.door import Door, RoleOf, nobody
from bot.web.desk.held import SIGNAL_PAGES
from bot.web.desk.numbers import PAINTING, Painting
from bot.web.desk.pages import add_desk
from bot.web.feeds import Feeds
from bot.web.guards import EMBEDDERS, FRAME, add_security_headers, explain_failures, lead_on
from bot.web.maps import Maps
from bot.web.measured import Answer, measured
from bot.web.miniapp.routes import MiniApp, app_routes
from bot.web.pages import Pages
from bot.web.patience import PATIENCE, Patience, patient
from bot.web.posts import PostPages
from bot.web.probes import Health, Probes
from bot.web.rendering import Frame, environment
from bot.web.searching import SearchPages
from bot.web.shared import SharedPages
from bot.web.stories import StoryPages
from bot.web.tally import Tally
from bot.web.trends import TrendPages
from bot.web.webhook import HookDoor
from bot.web.weeks import Weeks
from digest.taxonomy import Taxonomy
from handlers.context import Paint
from storage import Storage

_NAME = "[A-Za-z0-9_-]{1,64}"


def make_web(  # noqa: PLR0913  a site has this many sides
    storage: Storage,
    taxonomy: Taxonomy,
    *,
    clock: Clock,
    base_url: str,
    bot_username: Callable[[], str],
    health: Health,
    miniapp: MiniApp | None = None,
    cards_folder: Path | None = None,
    role_of: RoleOf = nobody,
    paint: Paint | None = None,
    hook: HookDoor | None = None,
    metrics: Answer | None = None,
    patience: Patience | None = None,
) -> web.Application:
    """The pages as an aiohttp application, with the Mini App where there is a bot to open it.

    `hook` is where Telegram brings updates, None when they are asked for.

    `base_url` is the public address without a slash at its end; `health` is asked by /readyz,
    and its answer is shown there as it is. Pictures of pages are kept in `cards_folder`, if any.
    `role_of` knows who may see the staff's pages, and `paint` draws their pictures. `metrics`
    answers whoever watches. `patience` says how long is waited for whoever connects.
    """
    app = web.Application(middlewares=[patient, measured, explain_failures, lead_on])
    app[PATIENCE] = patience or Patience()
    app[FRAME] = Frame(taxonomy, base_url.rstrip("/"), bot_username)
    app[PAINTING] = Painting(paint)
    app.on_response_prepare.append(add_security_headers)
    tally = Tally(storage, clock)
    app.on_response_prepare.append(tally.count)
    app.cleanup_ctx.append(tally.keep)
    trends = TrendPages(storage, taxonomy, clock)
    pages = Pages(storage, taxonomy, clock, trends)
    archive = Archive(storage, taxonomy, clock)
    stories = StoryPages(storage, taxonomy, clock, trends)
    shared = SharedPages(storage, taxonomy, clock)
    searching = SearchPages(storage, taxonomy, clock)
    feeds = Feeds(storage, taxonomy, clock)
    cards = CardPages(storage, taxonomy, clock, CardStore(cards_folder))
    weeks = Weeks(storage, taxonomy, clock, paint)
    posts = PostPages(storage, clock, pages)
    maps = Maps(storage, taxonomy, clock)
    probes = Probes(storage, health)
    app.add_routes(
        [
            web.get("/", pages.home),
            web.get("/s/{id:[1-9][0-9]{0,17}}", pages.signal),
            web.get(f"/column/{{id:{_NAME}}}", pages.column),
            web.get(f"/topic/{{id:{_NAME}}}", pages.topic),
            web.get("/story/{id:[1-9][0-9]{0,17}}", stories.story),
            web.get("/stories", stories.index),
            web.get("/stories/{week:[0-9W-]{8}}", stories.week),
            web.get("/day/{day:[0-9-]{10}}", archive.day),
            web.get("/archive", archive.month),
            web.get("/archive/{month:[0-9-]{7}}", archive.month),
            web.get("/c/{key:[A-Za-z0-9_-]{16,64}}", shared.collection),
            web.get("/search", searching.search),
            web.get("/sources", pages.sources),
            web.get("/sources.opml", maps.opml),
            web.get("/sitemap.xml", maps.index),
            web.get("/sitemap/pages.xml", maps.pages),
            web.get("/sitemap/stories.xml", maps.stories),
            web.get("/sitemap/signals-{part:[0-9]{1,12}}.xml", maps.signals),
            web.get("/healthz", probes.alive),
            web.get("/readyz", probes.ready),
            web.get("/metrics", metrics or _no_metrics),
            web.get("/static/{name:[a-z.]{1,40}}", serve_asset),
            web.get("/robots.txt", maps.robots),
            web.get("/favicon.ico", _favicon),
            *feeds.routes(),
            *cards.routes(),
            *posts.routes(),
            *weeks.routes(),
            *trends.routes(),
        ]
    )
    app[SIGNAL_PAGES] = pages
    add_desk(app, Door(storage, taxonomy, clock, role_of))
    if miniapp is not None:
        app[EMBEDDERS] = miniapp.embedders
        app.add_routes(app_routes(miniapp, pages))
    if hook is not None:
        app.add_routes(hook.routes())
    load_assets()
    environment()
    return app


async def _no_metrics(_request: web.Request) -> web.Response:
    raise web.HTTPNotFound


async def _favicon(request: web.Request) -> web.Response:
    return asset_response(request, load_assets()["favicon.svg"])
