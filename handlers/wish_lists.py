"""Everything that a chat follows or has muted: a page of the settings each; taking it back."""

from digest.model import Button, Message
from handlers.cards import quoted
from handlers.context import Turn
from handlers.keyboards import Rows, act, grid
from handlers.replies import show, toast
from handlers.subscriptions import change_wishes_to, what_next
from handlers.wish_names import Deed, dropped, kind_of, names_of, value_of

PER_PAGE = 12
DEEDS: tuple[Deed, ...] = ("follow", "mute")


async def list_message(turn: Turn, deed: Deed, page: int = 0, confirmed: str = "") -> Message:
    """A page of what is followed (or muted), each with a button that takes it back."""
    texts = turn.texts
    names = names_of(turn.subscription.wishes, deed)
    pages = max(1, -(-len(names) // PER_PAGE))
    page = max(0, min(pages - 1, page))
    shown = names[page * PER_PAGE : (page + 1) * PER_PAGE]
    buttons = [
        act(f"✕ {await label_of(turn, name)}", "drop_wish", deed, name, page) for name in shown
    ]
    title = texts(f"chat.wish.{deed}.title")
    count = texts.n(f"chat.wish.{deed}.count", len(names)) if names else ""
    parts = (
        confirmed,
        title,
        count or texts(f"chat.wish.{deed}.none"),
        what_next(texts, turn.subscription, turn.now),
    )
    rows: Rows = (*grid(buttons), _turning(turn, deed, page, pages), *_adding(turn, deed))
    text = "\n\n".join(part for part in parts if part)
    return Message(text, tuple(row for row in rows if row))


async def show_list(turn: Turn, deed: str, page: int) -> None:
    """Show a page of follows or mutes in the place of the tapped message."""
    for known in DEEDS:
        if deed == known:
            await show(turn, await list_message(turn, known, page))
            return
    await toast(turn, turn.texts("chat.button.old"), alert=True)


async def drop(turn: Turn, deed: str, name: str, page: int) -> None:
    """Take one follow or mute back, and say what that means."""
    for known in DEEDS:
        if deed == known:
            label = await label_of(turn, name)
            await change_wishes_to(turn, dropped(turn.subscription.wishes, known, name))
            confirmed = dropped_line(turn, known, label)
            await show(turn, await list_message(turn, known, page, confirmed))
            return
    await toast(turn, turn.texts("chat.button.old"), alert=True)


def dropped_line(turn: Turn, deed: Deed, label: str) -> str:
    """What taking a follow or mute back means, in one line (HTML)."""
    widened = deed == "follow" and turn.subscription.wishes.everything
    key = "chat.wish.follow.widened" if widened else f"chat.wish.{deed}.dropped"
    return turn.texts(key, name=quoted(label))


async def label_of(turn: Turn, name: str) -> str:
    """A follow or mute as people read it: by the name of what it is, a word as it was typed."""
    kind, value = kind_of(name), value_of(name)
    if kind == "word":
        return value
    if kind == "source":
        source = await turn.storage.sources.get(int(value)) if value.isdecimal() else None
        return turn.texts("chat.mute.source", name=source.spec.title if source else value)
    taxonomy = turn.taxonomy
    found = taxonomy.columns.get(value) if kind == "column" else taxonomy.topic_of(value)
    return turn.texts(f"chat.mute.{kind}", name=found.name(turn.lang) if found else value)


def _turning(turn: Turn, deed: Deed, page: int, pages: int) -> tuple[Button, ...]:
    row: list[Button] = []
    if page > 0:
        row.append(act(turn.texts("chat.page.before"), "wishes", deed, page - 1))
    if page < pages - 1:
        row.append(act(turn.texts("chat.page.after"), "wishes", deed, page + 1))
    return tuple(row)


def _adding(turn: Turn, deed: Deed) -> Rows:
    add = act(turn.texts(f"chat.wish.{deed}.add"), "ask", deed)
    back = act(turn.texts("chat.back"), "settings", "main")
    if deed == "mute":
        return ((add,), (back,))
    choose = act(turn.texts("chat.wish.follow.choose"), "setup", "sub", "columns", 0)
    return ((add, choose), (back,))
