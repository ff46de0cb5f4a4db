"""The frame of the private pages: what a row of their table says, and how one leads to others."""

from dataclasses import dataclass
from typing import Any

from aiohttp import web

from bot.web.desk.door import HOME, Handler, Member, private_page
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


DESK_PAGES = web.AppKey("desk_pages", tuple[DeskPage, ...])


@dataclass(frozen=True, slots=True)
class Shelf:
    """A private page as the others lead to it."""

    label: Label
    about: str


def desk_page(request: web.Request, member: Member, template: str, **values: Any) -> web.Response:
    """A private page in its frame; `template` extends desk.html."""
    shelves = shelves_of(request.app[DESK_PAGES], member)
    return private_page(request, member.visit, template, shelves=shelves, desk_home=HOME, **values)


def shelves_of(pages: tuple[DeskPage, ...], member: Member) -> tuple[Shelf, ...]:
    """The pages that a member may open."""
    texts, visit = texts_for(member.visit.lang), member.visit
    return tuple(
        Shelf(
            Label(texts(f"web.desk.{page.name}"), visit.url(page.path)),
            texts(f"web.desk.{page.name}.about"),
        )
        for page in pages
        if page.listed and page.role <= member.role
    )
