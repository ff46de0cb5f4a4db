"""Merging one column or topic into another: choose, see what it means, do it."""

from digest.model import Button, Message
from handlers.admin.taxonomy.pages import Figures, card, figures, find, name_of, titled
from handlers.cards import quoted
from handlers.context import Turn
from handlers.keyboards import act, grid
from handlers.replies import show, toast
from storage import NotFound, Stale
from storage.shelves import ShelfRow
from storage.taxonomy import ACTIVE

_PER_PAGE = 12


async def choose(turn: Turn, name: str, offset: int) -> None:
    """Into which? The nearest by name first, then all others by their number of signals."""
    shelf = await find(turn, name)
    if shelf is None:
        return
    found = await figures(turn, shelf.kind)
    others = [
        one
        for one in await turn.storage.shelves.all(shelf.kind)
        if one.state == ACTIVE and one.id != shelf.id
    ]
    near = [one.id for one in turn.taxonomy.suggest_topics(shelf.zh, 5)]
    near += [one.id for one in turn.taxonomy.suggest_topics(shelf.en, 5)]
    none = Figures(0, 0)
    others.sort(key=lambda one: (one.id not in near, -found.get(one.id, none).signals))
    offset = max(0, offset)
    page = others[offset : offset + _PER_PAGE]
    rows = grid([act(titled(turn, one), "txinto", name, one.id) for one in page])
    turning: list[Button] = []
    if offset:
        before = max(0, offset - _PER_PAGE)
        turning.append(act(turn.texts("chat.page.before"), "txmerge", name, before))
    if offset + _PER_PAGE < len(others):
        turning.append(act(turn.texts("chat.page.after"), "txmerge", name, offset + _PER_PAGE))
    rows = (*rows, tuple(turning), (act(turn.texts("chat.back"), "txcard", name),))
    text = turn.texts("chat.tx.merge.choose", name=quoted(titled(turn, shelf)))
    await show(turn, Message(text, tuple(row for row in rows if row)))


async def preview(turn: Turn, name: str, into: str) -> None:
    """What merging means: how many signals and readers move, and what stays."""
    pair = await _pair(turn, name, into)
    if pair is None:
        return
    old, new = pair
    found = await figures(turn, old.kind)
    mine, theirs = (found.get(one.id, Figures(0, 0)) for one in pair)
    texts = turn.texts
    text = texts(
        f"chat.tx.merge.{old.kind}",
        old=quoted(titled(turn, old)),
        new=quoted(titled(turn, new)),
        signals=mine.signals,
        followers=mine.followers,
        new_signals=theirs.signals,
        new_followers=theirs.followers,
    )
    yes = act(texts("chat.tx.merge.yes"), "txmerged", name, into)
    no = act(texts("chat.tx.leave"), "txcard", name)
    await show(turn, Message(text, ((yes,), (no,))))


async def merge(turn: Turn, name: str, into: str) -> None:
    """Merge them."""
    pair = await _pair(turn, name, into)
    if pair is None:
        return
    old, new = pair
    shelves = turn.storage.shelves
    try:
        await shelves.merge(old.kind, old.id, new.id, actor=turn.actor, now=turn.now)
    except (NotFound, Stale):
        await toast(turn, turn.texts("chat.tx.stale"), alert=True)
        return
    kept = await shelves.get(new.kind, new.id)
    if kept is not None:
        confirmed = turn.texts("chat.tx.merge.done", old=quoted(titled(turn, old)))
        await show(turn, await card(turn, kept, confirmed))


async def _pair(turn: Turn, name: str, into: str) -> tuple[ShelfRow, ShelfRow] | None:
    """Both, if both are in use; whoever asks is told when they are not (any more)."""
    old = await find(turn, name)
    new = await find(turn, f"{name.partition('/')[0]}/{into}") if old else None
    if old is None or new is None:
        return None
    if old.state != ACTIVE or new.state != ACTIVE or name_of(old) == name_of(new):
        await toast(turn, turn.texts("chat.tx.stale"), alert=True)
        return None
    return old, new
