"""Collections in the app: all of them, one with its signals, and every change one can take back.

The rules are those of the chat: the same names, limits, notes and undo.
"""

from dataclasses import dataclass
from typing import Any

from aiohttp import web

from bot.web.miniapp.forms import field_of
from bot.web.miniapp.reader import Reader
from bot.web.miniapp.rendering import Said, app_page, setting_of
from bot.web.views.items import Item, headline_of, item_of
from bot.web.visit import number_of
from bot.web.words import clean, short
from digest.model import Collection, Saved, SavedSort, Undo
from digest.render import plain_text
from handlers.arguments import NAME_LIMIT, QUERY_LIMIT, read_name
from handlers.cards import quoted
from handlers.collections.notes import NOTE_LIMIT, read_note
from handlers.collections.seeking import matching
from storage import DuplicateName
from storage.collections import MOST_COLLECTIONS, MOST_SAVED
from storage.undos import UNDO_KEPT

PER_PAGE = 20
_UNDOS_SHOWN = 5
_TITLE_UNITS = 60


@dataclass(frozen=True, slots=True)
class Row:
    """One saved signal as a list shows it."""

    id: int
    item: Item
    note: str
    by_rule: bool


async def shelves(request: web.Request, reader: Reader) -> web.Response:
    """GET /app/saved: all collections, and what can be taken back."""
    return await _shelves(request, reader)


async def create(request: web.Request, reader: Reader) -> web.Response:
    """POST /app/saved: a new collection called `name`."""
    texts, collections = reader.texts, reader.services.storage.collections
    name = read_name(await field_of(request, "name"))
    if name is None:
        return await _shelves(request, reader, texts("web.app.name.bad", limit=NAME_LIMIT))
    if len(await collections.list(reader.subscriber.id)) >= MOST_COLLECTIONS:
        return await _shelves(request, reader, texts("web.app.list.most", limit=MOST_COLLECTIONS))
    try:
        await collections.create(reader.subscriber.id, name, reader.now)
    except DuplicateName:
        return await _shelves(request, reader, texts("web.app.name.taken", name=name))
    return await _shelves(request, reader, texts("web.app.list.made", name=name))


async def take_back(request: web.Request, reader: Reader) -> web.Response:
    """POST /app/undo: take the change `undo` back."""
    number = number_of(await field_of(request, "undo")) or 0
    since = reader.now - UNDO_KEPT
    undone = await reader.services.storage.undos.undo(reader.subscriber.id, number, since)
    key = "web.app.undo.done" if undone else "web.app.undo.late"
    return await _shelves(request, reader, reader.texts(key))


async def _shelves(request: web.Request, reader: Reader, said: str = "") -> web.Response:
    storage, own = reader.services.storage, reader.subscriber.id
    found = await storage.undos.list(own, reader.now - UNDO_KEPT, _UNDOS_SHOWN)
    return app_page(
        request,
        setting_of(request, reader).visit,
        "app_shelves.html",
        place="/app/saved",
        tab="saved",
        said=Said(said),
        collections=await storage.collections.list(own),
        undos=[(one.id, undo_words(reader, one)) for one in found],
        days=UNDO_KEPT.days,
        name_limit=NAME_LIMIT,
    )


def undo_words(reader: Reader, undo: Undo) -> str:
    """What was done, in the words of the chat."""
    title = quoted(short(undo.title, _TITLE_UNITS)) if undo.title else ""
    return plain_text(reader.texts.n(f"chat.undo.act.{undo.act.value}", undo.count, title=title))


# --- one collection ------------------------------------------------------------------------


async def one(request: web.Request, reader: Reader) -> web.Response:
    """GET /app/saved/{list}: a page of a collection, or what was found in it."""
    return await _one(request, reader, await _own(request, reader))


async def change(request: web.Request, reader: Reader) -> web.Response:
    """POST /app/saved/{list}: rename, sort, move, share or delete a collection."""
    collection = await _own(request, reader)
    deed = await field_of(request, "do")
    if deed == "delete":
        return await _delete(request, reader, collection)
    said = await _changed(reader, collection, deed, await field_of(request, "value"))
    if said is None:
        raise web.HTTPBadRequest
    return await _one(request, reader, await _own(request, reader), said)


async def _changed(reader: Reader, own: Collection, deed: str, value: str) -> str | None:
    """Carry out `deed`; what to say of it, None when there is no such deed."""
    collections, who = reader.services.storage.collections, reader.subscriber.id
    match deed:
        case "rename":
            return await _renamed(reader, own, value)
        case "sort" if value in {one.value for one in SavedSort}:
            await collections.set_sort(who, own.id, SavedSort(value))
        case "move" if value in {"-1", "1"}:
            await collections.move(who, own.id, int(value))
        case "default":
            await collections.make_default(who, own.id)
        case "share":
            await collections.share(who, own.id)
        case "revoke":
            await collections.revoke(who, own.id)
        case "notes" if value in {"yes", "no"}:
            await collections.set_share_notes(who, own.id, share_notes=value == "yes")
        case _:
            return None
    return reader.texts(f"web.app.list.{deed}.done")


async def _renamed(reader: Reader, own: Collection, typed: str) -> str:
    name = read_name(typed)
    if name is None:
        return reader.texts("web.app.name.bad", limit=NAME_LIMIT)
    try:
        await reader.services.storage.collections.rename(reader.subscriber.id, own.id, name)
    except DuplicateName:
        return reader.texts("web.app.name.taken", name=name)
    return reader.texts("web.app.list.rename.done")


async def _delete(request: web.Request, reader: Reader, own: Collection) -> web.Response:
    undos = reader.services.storage.undos
    undo_id = await undos.delete(reader.subscriber.id, own.id, reader.now)
    key = "web.app.list.delete.done" if undo_id else "web.app.list.delete.default"
    said = reader.texts(key, name=own.name, days=UNDO_KEPT.days)
    return await _shelves(request, reader, said)


async def change_saved(request: web.Request, reader: Reader) -> web.Response:
    """POST /app/saved/{list}/{id}: note, remove or move a saved signal."""
    own = await _own(request, reader)
    collections = reader.services.storage.collections
    kept = await collections.one_saved(own.id, int(request.match_info["id"]))
    if kept is None:
        return await _one(request, reader, own, reader.texts("web.app.saved.gone"))
    match await field_of(request, "do"):
        case "note":
            said = await _noted(reader, kept, await field_of(request, "note"))
            return await _one(request, reader, own, said)
        case "remove":
            return await _removed(request, reader, own, kept)
        case "move":
            return await _moved(request, reader, own, kept)
    raise web.HTTPBadRequest


async def _noted(reader: Reader, kept: Saved, typed: str) -> str:
    note = read_note(typed)
    if len(note) > NOTE_LIMIT:
        return reader.texts("web.app.note.long", limit=NOTE_LIMIT, length=len(note))
    await reader.services.storage.collections.annotate(kept.collection_id, kept.signal.id, note)
    return reader.texts("web.app.note.done" if note else "web.app.note.removed")


async def _removed(
    request: web.Request, reader: Reader, own: Collection, kept: Saved
) -> web.Response:
    undo_id = await reader.services.storage.undos.remove(
        reader.subscriber.id, own.id, kept.signal.id, reader.now, headline_of(kept.signal).text
    )
    fresh = await _own(request, reader)
    said = reader.texts("web.app.saved.removed", name=own.name)
    return await _one(request, reader, fresh, said, undo_id or 0)


async def _moved(
    request: web.Request, reader: Reader, own: Collection, kept: Saved
) -> web.Response:
    storage, who = reader.services.storage, reader.subscriber.id
    number = number_of(await field_of(request, "to")) or 0
    target = await storage.collections.get(who, number)
    if target is None or target.id == own.id:
        return await _one(request, reader, own, reader.texts("web.app.list.gone"))
    if target.count >= MOST_SAVED:
        full = reader.texts("chat.save.full", name=target.name, limit=MOST_SAVED)
        return await _one(request, reader, own, full)
    await storage.collections.save(target.id, kept.signal.id, reader.now, kept.note)
    title = headline_of(kept.signal).text
    undo_id = await storage.undos.remove(who, own.id, kept.signal.id, reader.now, title)
    fresh = await _own(request, reader)
    said = reader.texts("web.app.saved.moved", name=target.name)
    return await _one(request, reader, fresh, said, undo_id or 0)


async def _one(
    request: web.Request, reader: Reader, own: Collection, said: str = "", undo_id: int = 0
) -> web.Response:
    setting = setting_of(request, reader)
    words = clean(request.query.get("q", ""))[:QUERY_LIMIT]
    page, count, number = await _page(reader, own, words, setting.visit.number)
    others = await reader.services.storage.collections.list(reader.subscriber.id)
    links = reader.services.links
    path = f"/app/saved/{own.id}"
    return app_page(
        request,
        setting.visit,
        "app_list.html",
        place=setting.visit.url(path, q=words, page=number if number > 1 else None),
        tab="saved",
        said=Said(said, undo_id),
        list=own,
        rows=[_row(one, setting) for one in page],
        words=words,
        found=count,
        earlier=setting.visit.url(path, q=words, page=number - 1) if number > 1 else "",
        later=setting.visit.url(path, q=words, page=number + 1)
        if number * PER_PAGE < count
        else "",
        others=[other for other in others if other.id != own.id],
        sorts=[sort.value for sort in SavedSort],
        shared=links.collection(own.share_key) if own.share_key else "",
        note_limit=NOTE_LIMIT,
        name_limit=NAME_LIMIT,
    )


async def _page(
    reader: Reader, own: Collection, words: str, number: int
) -> tuple[tuple[Saved, ...], int, int]:
    """A page of a collection (or of what was found in it), how many there are, its number."""
    collections = reader.services.storage.collections
    ids = await matching(reader.services.storage, own, words) if words else []
    count = len(ids) if words else own.count
    number = max(1, min(number, -(-count // PER_PAGE)))
    offset = (number - 1) * PER_PAGE
    if words:
        page = await collections.some_saved(own.id, ids[offset : offset + PER_PAGE])
    else:
        page = await collections.saved(own.id, PER_PAGE, offset, sort=own.sort)
    return page, count, number


def _row(kept: Saved, setting: Any) -> Row:
    return Row(kept.signal.id, item_of(kept.signal, setting), kept.note, kept.by_rule)


async def _own(request: web.Request, reader: Reader) -> Collection:
    """The reader's own collection that the address names. Raises HTTPNotFound."""
    number = int(request.match_info["list"])
    found = await reader.services.storage.collections.get(reader.subscriber.id, number)
    if found is None:
        raise web.HTTPNotFound
    return found
