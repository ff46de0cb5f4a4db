"""Which private pages there are: one row each. The table feeds the routes and the navigation."""

from aiohttp import web

from bot.web.desk import held, numbers, sources
from bot.web.desk.door import HOME, Door, Member
from bot.web.desk.frame import DESK_PAGES, DeskPage, desk_page


async def home(request: web.Request, member: Member) -> web.Response:
    """GET /desk: the private pages, and what each is for."""
    return desk_page(request, member, "desk_home.html")


PAGES: tuple[DeskPage, ...] = (
    DeskPage("", home, listed=False),
    DeskPage("signal", held.signal, rest="/{id:[1-9][0-9]{0,17}}", listed=False),
    DeskPage("stats", numbers.stats),
    DeskPage("sources", sources.show),
    DeskPage("stats", numbers.picture, rest="/{picture:[a-z]{1,20}}.png", listed=False),
)


def add_desk(app: web.Application, door: Door) -> None:
    """Add every route below /desk."""
    app[DESK_PAGES] = PAGES
    app.add_routes(
        [
            web.get(f"{HOME}/enter", door.enter),
            web.post(f"{HOME}/leave", door.leave),
            *(web.get(page.path, door.admitting(page.handler, page.role)) for page in PAGES),
        ]
    )
