"""可能的新话题: keyphrases that rise, each made a topic by one tap, or refused for good."""

from digest.model import Button, Message
from digest.suggesting import Suggestion
from digest.text.units import clip
from handlers.admin.taxonomy.naming import fresh_topic, taken
from handlers.admin.taxonomy.pages import card
from handlers.cards import quoted
from handlers.context import Turn
from handlers.keyboards import Rows, act
from handlers.replies import say, show, toast
from storage import Stale
from storage.ideas import sign_of

MAKE, REFUSE = "make", "refuse"
PER_PAGE = 5
_TITLE_UNITS = 70


async def show_ideas(turn: Turn, offset: int) -> None:
    """A page of the phrases that rise."""
    await show(turn, await ideas_message(turn, offset))


async def ideas_message(turn: Turn, offset: int) -> Message:
    """What rises and no topic covers, with what says so."""
    texts = turn.texts
    found = await turn.storage.ideas.fresh(turn.taxonomy, turn.now)
    offset = max(0, offset)
    page = found[offset : offset + PER_PAGE]
    rows: Rows = ()
    lines: list[str] = []
    for number, one in enumerate(page, offset + 1):
        lines += ["", *_lines(turn, number, one)]
        sign = sign_of(one.phrase)
        make = act(texts("chat.tx.idea.make", name=clip(one.phrase, 24)), "txidea", MAKE, sign)
        rows = (*rows, (make, act(texts("chat.tx.idea.refuse"), "txidea", REFUSE, sign)))
    turning: list[Button] = []
    if offset:
        turning.append(act(texts("chat.page.before"), "txideas", max(0, offset - PER_PAGE)))
    if offset + PER_PAGE < len(found):
        turning.append(act(texts("chat.page.after"), "txideas", offset + PER_PAGE))
    rows = (*rows, tuple(turning), (act(texts("chat.back"), "txhome", "home", 0),))
    title = texts("chat.tx.idea.title") if found else texts("chat.tx.idea.none")
    return Message("\n".join([title, *lines]), tuple(row for row in rows if row))


def _lines(turn: Turn, number: int, one: Suggestion) -> list[str]:
    named = f"{one.phrase} / {one.pair}" if one.pair else one.phrase
    line = turn.texts(
        "chat.tx.idea.line",
        number=number,
        name=quoted(named),
        recent=one.recent,
        before=one.before,
        sources=one.sources,
    )
    return [line, *(f"· {quoted(clip(said, _TITLE_UNITS))}" for said in one.headlines)]


async def decide(turn: Turn, deed: str, sign: str) -> None:
    """Make a suggested phrase a topic, with the signals that say it, or refuse it for good."""
    found = await turn.storage.ideas.fresh(turn.taxonomy, turn.now)
    idea = next((one for one in found if sign_of(one.phrase) == sign), None)
    if idea is None or deed not in {MAKE, REFUSE}:
        await show_ideas(turn, 0)
        await toast(turn, turn.texts("chat.button.old"))
    elif deed == REFUSE:
        await turn.storage.shelves.refuse(idea.phrase, actor=turn.actor, now=turn.now)
        await show_ideas(turn, 0)
        await toast(turn, turn.texts("chat.tx.idea.refused", name=idea.phrase))
    else:
        await _make(turn, idea)


async def _make(turn: Turn, idea: Suggestion) -> None:
    if said := taken(turn, idea.names):
        await toast(turn, said, alert=True)
        return
    column = await turn.storage.ideas.column_of(idea.signal_ids)
    fresh = await fresh_topic(turn, idea.names, column)
    shelves = turn.storage.shelves
    try:
        await shelves.create(
            "topic", fresh, signal_ids=idea.signal_ids, actor=turn.actor, now=turn.now
        )
    except Stale:
        await toast(turn, turn.texts("chat.tx.stale"), alert=True)
        return
    made = await shelves.get("topic", fresh.id)
    if made is not None:
        await show_ideas(turn, 0)
        await say(turn, await card(turn, made, turn.texts("chat.tx.made")))
