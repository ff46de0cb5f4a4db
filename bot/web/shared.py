"""The page of a collection that its owner shares."""

from dataclasses import dataclass

from aiohttp import web

from bot.clock import Clock
from bot.web.guards import FRAME
from bot.web.listing import PER_PAGE, page_response, setting_of
from bot.web.views.items import Item, Setting, items_of
from bot.web.words import short
from digest.model import Collection, Saved
from digest.taxonomy import Taxonomy
from storage import Storage

MAX_NAME = 120
MAX_NOTE = 600


@dataclass(frozen=True, slots=True)
class SharedItem:
    """A saved signal; `note` is "" unless its owner shares the notes."""

    item: Item
    note: str


@dataclass(frozen=True, slots=True)
class SharedView:
    """A page of a shared collection. Nothing on it says whose it is."""

    name: str
    count: int
    items: tuple[SharedItem, ...]
    previous: str
    following: str


@dataclass(frozen=True, slots=True)
class SharedPages:
    """The handler of shared collections."""

    storage: Storage
    taxonomy: Taxonomy
    clock: Clock

    async def collection(self, request: web.Request) -> web.Response:
        """GET /c/{key}: a shared collection, for those who have its link."""
        setting = setting_of(request, self.taxonomy, self.clock)
        key = request.match_info["key"]
        collection = await self.storage.collections.shared(key)
        if collection is None:
            raise web.HTTPNotFound
        number = min(setting.visit.number, 10_000)
        saved = await self.storage.collections.saved(
            collection.id,
            PER_PAGE + 1,
            (number - 1) * PER_PAGE,
            sort=collection.sort,
            live_only=True,
        )
        count = await self.storage.collections.count(collection.id, live_only=True)
        view = _view(collection, saved, count, setting, f"/c/{key}")
        bot_url = request.app[FRAME].bot_url
        return page_response(
            request,
            "shared.html",
            setting.visit,
            private=True,
            view=view,
            path=f"/c/{key}",
            bot_link=f"{bot_url}?start=c_{key}" if bot_url else "",
        )


def _view(
    collection: Collection, saved: tuple[Saved, ...], count: int, setting: Setting, path: str
) -> SharedView:
    visit = setting.visit
    page, shown = visit.number, saved[:PER_PAGE]
    items = items_of([one.signal for one in shown], setting)
    notes = [short(one.note, MAX_NOTE) if collection.share_notes else "" for one in shown]
    return SharedView(
        name=short(collection.name, MAX_NAME),
        count=count,
        items=tuple(SharedItem(item, note) for item, note in zip(items, notes, strict=True)),
        previous=visit.url(path, page=page - 1) if page > 1 else "",
        following=visit.url(path, page=page + 1) if len(saved) > PER_PAGE else "",
    )
