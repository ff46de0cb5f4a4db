"""A signal's page in the app: the same page as everywhere, and into which collections it goes."""

from dataclasses import dataclass

from aiohttp import web

from bot.web.miniapp.forms import field_of
from bot.web.miniapp.reader import Reader
from bot.web.miniapp.rendering import Said, app_page, setting_of
from bot.web.pages import Pages
from bot.web.views.items import headline_of
from bot.web.visit import number_of
from digest.model import Collection, Signal, SignalState
from storage.collections import MOST_SAVED


@dataclass(frozen=True, slots=True)
class SignalPages:
    """The handlers of /app/s/{id}; `pages` know how a signal is shown."""

    pages: Pages

    async def show(self, request: web.Request, reader: Reader) -> web.Response:
        """GET /app/s/{id}: the signal, and where it is saved."""
        return await self._page(request, reader, await _readable(request, reader))

    async def put(self, request: web.Request, reader: Reader) -> web.Response:
        """POST /app/s/{id}: save the signal into the collection `list`, or take it out of there.

        Without a number it is the default one, made when there is none yet.
        """
        signal = await _readable(request, reader)
        storage, own = reader.services.storage, reader.subscriber.id
        number = number_of(await field_of(request, "list"))
        name = reader.texts("chat.save.default")
        target = (
            await storage.collections.get(own, number)
            if number
            else await storage.collections.default(own, reader.now, name)
        )
        if target is None:
            return await self._page(request, reader, signal, reader.texts("web.app.list.gone"))
        title = headline_of(signal).text
        undo_id = await storage.undos.remove(own, target.id, signal.id, reader.now, title)
        if undo_id:
            said = reader.texts("web.app.saved.removed", name=target.name)
        else:
            said = await save_into(reader, target, signal)
        return await self._page(request, reader, signal, said, undo_id or 0)

    async def _page(
        self,
        request: web.Request,
        reader: Reader,
        signal: Signal,
        said: str = "",
        undo_id: int = 0,
    ) -> web.Response:
        collections, own = reader.services.storage.collections, reader.subscriber.id
        setting = setting_of(request, reader)
        places = (await collections.where_saved(own, [signal.id])).get(signal.id, [])
        view, views_text = await self.pages.shown(signal, setting)
        return app_page(
            request,
            setting.visit,
            "signal.html",
            place=f"/app/s/{signal.id}",
            tab="saved",
            said=Said(said, undo_id),
            view=view,
            views_text=views_text,
            places=[(one, one.id in places) for one in await collections.list(own)],
        )


async def save_into(reader: Reader, target: Collection, signal: Signal, note: str = "") -> str:
    """Save `signal` into a collection of the reader unless that is full; what to say of it."""
    if target.count >= MOST_SAVED:
        return reader.texts("chat.save.full", name=target.name, limit=MOST_SAVED)
    collections = reader.services.storage.collections
    await collections.save(target.id, signal.id, reader.now, note)
    return reader.texts("web.app.put.done", name=target.name)


async def _readable(request: web.Request, reader: Reader) -> Signal:
    """The signal that the address names, when this reader may read it. Raises HTTPNotFound.

    A subscribers' signal is for whoever is in the app; what was read for a reader's link alone is
    for those who saved it.
    """
    storage = reader.services.storage
    signal = await storage.signals.get(int(request.match_info["id"]))
    if signal is not None and signal.state is SignalState.LIVE:
        return signal
    if signal is not None and signal.state is SignalState.PRIVATE:
        places = await storage.collections.where_saved(reader.subscriber.id, [signal.id])
        if places.get(signal.id):
            return signal
    raise web.HTTPNotFound
