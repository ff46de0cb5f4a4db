"""Sharing a collection by a link nobody can guess, and what those see who have the link."""

from digest.model import Action, Button, Collection, Message, SignalState, UndoAct
from digest.regexes import regex
from digest.render import render_list
from handlers.cards import quoted
from handlers.collections.access import called_or_told, is_alone, own, undo_button
from handlers.collections.pages import PER_PAGE, listed
from handlers.context import Turn
from handlers.keyboards import act
from handlers.replies import say, show, toast
from storage.collections import MOST_SAVED
from storage.undos import UNDO_KEPT, Incoming, Kept

_KEY = regex(r"[A-Za-z0-9_-]{16,60}")
_STATES = ("on", "off", "notes", "plain")


async def show_sharing(turn: Turn, collection_id: int) -> None:
    """Show how a collection is shared in the place of the tapped message."""
    collection = await own(turn, collection_id)
    if collection is not None:
        await show(turn, sharing_message(turn, collection))


async def set_sharing(turn: Turn, collection_id: int, state: str) -> None:
    """Share a collection, stop sharing it, or say whether its notes are shared too."""
    collection = await own(turn, collection_id)
    if collection is None:
        return
    if state not in _STATES:
        await toast(turn, turn.texts("chat.button.old"), alert=True)
        return
    await _set(turn, collection, state)
    fresh = await turn.storage.collections.get(turn.subscriber.id, collection_id)
    await show(turn, sharing_message(turn, fresh or collection))
    await toast(turn, turn.texts(f"chat.share.toast.{state}"))


async def _set(turn: Turn, collection: Collection, state: str) -> None:
    collections, reader = turn.storage.collections, turn.subscriber.id
    if state == "on":
        await collections.share(reader, collection.id)
    elif state == "off":
        await collections.revoke(reader, collection.id)
    else:
        await collections.set_share_notes(reader, collection.id, share_notes=state == "notes")


async def share_called(turn: Turn, name: str, state: str) -> None:
    """Share the collection of this name ("on") or stop sharing it ("off")."""
    collection = await called_or_told(turn, name)
    if collection is None:
        return
    await _set(turn, collection, state)
    fresh = await turn.storage.collections.get(turn.subscriber.id, collection.id)
    await say(turn, sharing_message(turn, fresh or collection))


def sharing_message(turn: Turn, collection: Collection) -> Message:
    """Whether and how a collection is shared, with the links to pass on."""
    texts, number = turn.texts, collection.id
    name = quoted(collection.name)
    back = (act(texts("chat.back"), "shelve", number),)
    if not collection.share_key:
        on = act(texts("chat.share.do.on"), "sharing", number, "on")
        return Message(texts("chat.share.off", name=name), ((on,), back))
    chat_link = f"https://t.me/{turn.bot.username}?start=c_{collection.share_key}"
    page = turn.services.links.collection(collection.share_key)
    links = [texts("chat.share.link_chat", url=quoted(chat_link))]
    if turn.services.links.base_url:
        links.append(texts("chat.share.link_page", url=quoted(page)))
        links.append(texts("chat.share.link_feed", url=quoted(f"{page}/rss.xml")))
    notes = "plain" if collection.share_notes else "notes"
    told = texts("chat.share.notes_on" if collection.share_notes else "chat.share.notes_off")
    text = "\n".join([texts("chat.share.on", name=name), "", *links, "", told])
    rows = (
        (act(texts(f"chat.share.do.{notes}"), "sharing", number, notes),),
        (act(texts("chat.share.do.off"), "sharing", number, "off"),),
        back,
    )
    return Message(text, rows)


# --- for those who have the link ---------------------------------------------------------


async def open_shared(turn: Turn, key: str) -> bool:
    """Send the first page of the collection that a link leads to, or that it is shared no more.

    False for what never was a key of ours.
    """
    if not _KEY.fullmatch(key):
        return False
    await say(turn, await _shared_message(turn, key, 0))
    return True


async def show_shared(turn: Turn, key: str, offset: int) -> None:
    """Show another page of a shared collection in the place of the tapped message."""
    await show(turn, await _shared_message(turn, key, max(0, offset)))


async def _shared_message(turn: Turn, key: str, offset: int) -> Message:
    collections = turn.storage.collections
    found = await collections.shared(key)
    if found is None:
        return Message(turn.texts("chat.share.gone"))
    count = await collections.count(found.id, live_only=True)
    offset = max(0, min(offset - offset % PER_PAGE, (count - 1) // PER_PAGE * PER_PAGE))
    page = await collections.saved(found.id, PER_PAGE + 1, offset, sort=found.sort, live_only=True)
    title = turn.texts.n("chat.share.title", count, name=quoted(found.name))
    rows = _shared_rows(turn, found, offset)
    if not page:
        return Message(f"{title}\n\n{turn.texts('chat.share.empty')}", rows)
    more = Action("shown", (key, offset + PER_PAGE)) if len(page) > PER_PAGE else None
    shown = page[:PER_PAGE]
    if found.share_notes:
        message = listed(turn, title, shown, more, offset)
    else:
        signals = [one.signal for one in shown]
        message = render_list(title, signals, turn.rendering, more=more, first=offset + 1)
    return Message(message.text, (*message.buttons, *rows), message.signals)


def _shared_rows(turn: Turn, found: Collection, offset: int) -> tuple[tuple[Button, ...], ...]:
    texts, rows = turn.texts, []
    if offset:
        before = act(texts("chat.page.before"), "shown", found.share_key, offset - PER_PAGE)
        rows.append((before,))
    if found.subscriber_id == turn.subscriber.id and turn.is_private:
        rows.append((act(texts("chat.share.mine"), "shelve", found.id),))
    else:
        rows.append((act(texts("chat.share.copy"), "copy", found.share_key),))
    links = turn.services.links
    if links.usable:
        page = links.collection(found.share_key)
        rows.append((Button(texts("chat.share.page"), url=page),))
    return tuple(rows)


async def copy(turn: Turn, key: str) -> None:
    """Copy a shared collection among the person's own; the notes stay its owner's."""
    if not await is_alone(turn):
        return
    found = await turn.storage.collections.shared(key)
    if found is None:
        await toast(turn, turn.texts("chat.share.gone"), alert=True)
        return
    saved = await turn.storage.collections.saved(found.id, MOST_SAVED, live_only=True)
    kept = tuple(
        Kept(one.signal.id, "", one.saved_at)
        for one in saved
        if one.signal.state is SignalState.LIVE
    )
    brought = await turn.storage.undos.bring(
        turn.subscriber.id, UndoAct.COPY, found.name, [Incoming(found.name, kept)], turn.now
    )
    if not brought.collection_ids:
        await toast(turn, turn.texts("chat.share.no_room"), alert=True)
        return
    texts = turn.texts
    name = quoted(found.name)
    text = texts.n("chat.share.copied", brought.new, name=name, days=UNDO_KEPT.days)
    if brought.present:
        text += " " + texts.n("chat.share.copied_present", brought.present)
    if brought.left:
        text += " " + texts.n("chat.share.copied_left", brought.left)
    open_it = act(texts("chat.collection.open"), "saved", brought.collection_ids[0], 0)
    await say(turn, Message(text, ((open_it, undo_button(turn, brought.undo_id)),)))
