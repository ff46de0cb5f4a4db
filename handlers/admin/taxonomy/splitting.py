"""What words would mark, shown before they count: cues of a topic, and parts to be split off."""

from collections.abc import Sequence
from datetime import timedelta

from digest.model import Button, Message
from digest.text.units import clip
from handlers.admin.taxonomy.naming import (
    coded,
    fresh_topic,
    read_names,
    read_words,
    taken,
)
from handlers.admin.taxonomy.pages import LATELY, card, find, name_of, titled
from handlers.cards import quoted
from handlers.context import Turn
from handlers.keyboards import act
from handlers.replies import say, show, toast
from storage import NotFound, Stale
from storage.shelves import MOST_CUES, ShelfRow, Split

ALSO, INSTEAD = "also", "instead"
SPANS = (7, 30, 90, 365)
_EXAMPLES = 3
_TITLE_UNITS = 80


async def cue_message(turn: Turn, shelf: ShelfRow, words: Sequence[str], deed: str) -> Message:
    """How many of the last 30 days' signals these cues would bring, or cost, with examples."""
    marking, since = turn.storage.marking, turn.now - LATELY
    has = set(await marking.under(shelf.kind, shelf.id, since))
    met = await marking.with_words(words, since)
    if deed == "add":
        others = [id_ for id_ in met if id_ not in has]
        ids = await marking.about(others, [*shelf.cues, *words])
    else:
        mine = [id_ for id_ in met if id_ in has]
        kept = set(await marking.about(mine, [one for one in shelf.cues if one not in words]))
        ids = tuple(id_ for id_ in mine if id_ not in kept)
    texts = turn.texts
    lines = [
        texts(
            f"chat.tx.cue.{deed}",
            name=quoted(titled(turn, shelf)),
            words=" ".join(map(_code, words)),
        ),
        texts.n(f"chat.tx.cue.{deed}.count", len(ids)),
        *await examples(turn, ids),
        texts("chat.tx.cue.from_now"),
    ]
    name = name_of(shelf)
    yes = act(texts(f"chat.tx.cue.{deed}.yes"), "txcue", name, deed)
    no = act(texts("chat.tx.leave"), "txwords", "cues", name)
    return Message("\n".join(lines), ((yes,), (no,)))


async def examples(turn: Turn, ids: Sequence[int]) -> list[str]:
    """The headlines of the newest few, as lines."""
    found = await turn.storage.signals.get_many(ids[:_EXAMPLES])
    return [
        f"· {quoted(clip(one.brief.headline_original or one.brief.headline, _TITLE_UNITS))}"
        for one in found
    ]


# --- split -------------------------------------------------------------------------------


async def take(turn: Turn, shelf: ShelfRow, typed: str) -> None:
    """The name of the new part in the first line, its words in the others."""
    first, _, rest = typed.strip().partition("\n")
    names, words = read_names(first), read_words(rest)
    if names is None or len(words) > MOST_CUES:
        await say(turn, turn.texts("chat.tx.bad_split"))
        return
    if said := taken(turn, names):
        await say(turn, said)
        return
    words = words or list(dict.fromkeys(names))
    await say(turn, await _preview(turn, shelf, [*names, *words], ALSO, SPANS[1]))


async def show_split(turn: Turn, name: str, mode: str, days: int) -> None:
    """The same preview with another span, or with signals that leave the old topic."""
    shelf, offered = await find(turn, name), coded(turn)
    if shelf is None or len(offered) < 3 or not _known(mode, days):  # noqa: PLR2004
        await toast(turn, turn.texts("chat.button.old"))
        return
    await show(turn, await _preview(turn, shelf, offered, mode, days))


def _known(mode: str, days: int) -> bool:
    return mode in {ALSO, INSTEAD} and days in SPANS


async def _preview(
    turn: Turn, shelf: ShelfRow, offered: Sequence[str], mode: str, days: int
) -> Message:
    zh, en, *words = offered
    ids = await _part(turn, shelf, words, days)
    all_ = await turn.storage.marking.under(shelf.kind, shelf.id, turn.now - timedelta(days=days))
    followers = (await turn.storage.shelves.followers(shelf.kind)).get(shelf.id, 0)
    texts, name = turn.texts, name_of(shelf)
    column = shelf.kind == "column"
    lines = [
        texts("chat.tx.split.title", name=quoted(titled(turn, shelf)), zh=_code(zh), en=_code(en)),
        texts("chat.tx.split.words", words=" ".join(map(_code, words))),
        "",
        texts("chat.tx.split.count", days=days, n=len(ids), all=len(all_)),
        *await examples(turn, ids),
        "",
        texts("chat.tx.split.column" if column else f"chat.tx.split.{mode}"),
        texts.n("chat.tx.split.followers", followers),
    ]
    spans = [
        _choice(texts("chat.tx.split.days", n=one), (name, mode, one), now=one == days)
        for one in SPANS
    ]
    modes = [
        _choice(texts(f"chat.tx.split.mode.{one}"), (name, one, days), now=one == mode)
        for one in (ALSO, INSTEAD)
    ]
    rows: list[tuple[Button, ...]] = [tuple(spans)]
    if not column:  # a signal is in one column: there is nothing to choose
        rows.append(tuple(modes))
    rows.append((act(texts("chat.tx.split.yes", n=len(ids)), "txparted", name, mode, days),))
    rows.append((act(texts("chat.tx.leave"), "txcard", name),))
    return Message("\n".join(lines), tuple(rows))


def _choice(label: str, chosen: tuple[str, str, int], *, now: bool) -> Button:
    return act(f"● {label}" if now else label, "txsplit", *chosen)


def _code(word: str) -> str:
    return f"<code>{quoted(word)}</code>"


async def _part(turn: Turn, shelf: ShelfRow, words: Sequence[str], days: int) -> tuple[int, ...]:
    marking, since = turn.storage.marking, turn.now - timedelta(days=days)
    has = set(await marking.under(shelf.kind, shelf.id, since))
    met = [id_ for id_ in await marking.with_words(words, since) if id_ in has]
    return await marking.about(met, words)


async def split(turn: Turn, name: str, mode: str, days: int) -> None:
    """Do what the tapped preview shows."""
    shelf, offered = await find(turn, name), coded(turn)
    if shelf is None or len(offered) < 3 or not _known(mode, days):  # noqa: PLR2004
        await toast(turn, turn.texts("chat.button.old"))
        return
    zh, en, *words = offered
    if said := taken(turn, (zh, en)):
        await toast(turn, said, alert=True)
        return
    ids = await _part(turn, shelf, words, days)
    fresh = await fresh_topic(turn, (zh, en), shelf.column)
    fresh = fresh.marked_by(words)
    parted = Split(shelf.id, fresh, ids, instead=mode == INSTEAD)
    shelves = turn.storage.shelves
    try:
        if shelf.kind == "column":
            await shelves.split_column(parted, "📌", actor=turn.actor, now=turn.now)
        else:
            await shelves.split_topic(parted, actor=turn.actor, now=turn.now)
    except (NotFound, Stale):
        await toast(turn, turn.texts("chat.tx.stale"), alert=True)
        return
    made = await shelves.get(shelf.kind, fresh.id)
    if made is not None:
        confirmed = turn.texts.n("chat.tx.split.done", len(ids), name=quoted(titled(turn, shelf)))
        await show(turn, await card(turn, made, confirmed))
