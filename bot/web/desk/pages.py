"""Which private pages there are: one row each. The table feeds the routes and the navigation."""

from dataclasses import dataclass
from typing import Any

from aiohttp import web

from bot.web.desk.door import HOME, Door, Handler, Member, private_page
from bot.web.views.items import Label
from digest.roles import Role
from digest.texts import texts_for


@dataclass(frozen=True, slots=True)
class DeskPage:
    """A page at /desk/`name` (`rest` adds to the address), for those of at least `role`.

    Its title is "web.desk.<name>" and what it is for "web.desk.<name>.about"; a page that is
    not `listed` is reached from another one.
    """

    name: str
    handler: Handler
    role: Role = Role.VIEWER
    rest: str = ""
    listed: bool = True

    @property
    def path(self) -> str:
        """Its address, the route's pattern included."""
        return f"{HOME}/{self.name}{self.rest}" if self.name else HOME


@dataclass(frozen=True, slots=True)
class Shelf:
    """A private page as the others lead to it."""

    label: Label
    about: str


def desk_page(request: web.Request, member: Member, template: str, **values: Any) -> web.Response:
    """A private page in its frame; `template` extends desk.html."""
    return private_page(
        request, member.visit, template, shelves=shelves_of(member), desk_home=HOME, **values
    )


def shelves_of(member: Member) -> tuple[Shelf, ...]:
    """The pages that a member may open."""
    texts, visit = texts_for(member.visit.lang), member.visit
    return tuple(
        Shelf(
            Label(texts(f"web.desk.{page.name}"), visit.url(page.path)),
            texts(f"web.desk.{page.name}.about"),
        )
        for page in PAGES
        if page.listed and page.role <= member.role
    )


async def home(request: web.Request, member: Member) -> web.Response:
    """GET /desk: the private pages, and what each is for."""
    return desk_page(request, member, "desk_home.html")


PAGES: tuple[DeskPage, ...] = (DeskPage("", home, listed=False),)


def desk_routes(door: Door) -> list[web.RouteDef]:
    """Every route below /desk."""
    return [
        web.get(f"{HOME}/enter", door.enter),
        web.post(f"{HOME}/leave", door.leave),
        *(web.get(page.path, door.admitting(page.handler, page.role)) for page in PAGES),
    ]
