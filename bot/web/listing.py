"""Lists of signals, a page at a time, and the way from a view to a response."""

from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from bot.clock import Clock
from bot.web.guards import FRAME
from bot.web.rendering import html_response, render_page
from bot.web.views.items import Item, Setting, items_of
from bot.web.visit import Visit, visit_of
from digest.model import Signal
from digest.taxonomy import Taxonomy

PER_PAGE = 25


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of a list; `older` leads on, "" at the end; `first` leads back to the newest."""

    items: tuple[Item, ...]
    older: str
    first: str


def setting_of(request: web.Request, taxonomy: Taxonomy, clock: Clock) -> Setting:
    """What every view of this request needs to know."""
    return Setting(visit_of(request), taxonomy, clock())


def listing_of(found: Sequence[Signal], setting: Setting, path: str) -> Listing:
    """The first PER_PAGE of `found` as a page of the list at `path`; one more means it goes on."""
    visit = setting.visit
    shown = found[:PER_PAGE]
    more = len(found) > PER_PAGE
    return Listing(
        items=items_of(shown, setting),
        older=visit.url(path, q=visit.query, before=shown[-1].id) if more else "",
        first=visit.url(path, q=visit.query) if visit.before else "",
    )


def page_response(
    request: web.Request,
    template: str,
    visit: Visit,
    *,
    private: bool = False,
    **values: object,
) -> web.Response:
    """A page of ours in its frame."""
    body = render_page(template, request.app[FRAME], visit, **values)
    return html_response(request, visit, body, private=private)
