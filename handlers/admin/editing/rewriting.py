"""重写: the model writes a signal anew; the editor sees old and new and decides."""

import asyncio
from dataclasses import replace

from digest.model import Brief, Message, Signal, Tier
from digest.render import cut, escape
from digest.render.fit import MAX_UNITS, count_units
from handlers.admin.editing.sheet import sheet, sought
from handlers.admin.progress import watch_amending
from handlers.context import Turn
from handlers.keyboards import act
from handlers.replies import edit_message, say, show, toast
from storage.editing import Overtaken

_POINT_UNITS = 220
_SHORT_POINT_UNITS = 90
YES, NO = "yes", "no"
# A task nobody refers to may be forgotten halfway.
_WORKING: set[asyncio.Task[None]] = set()


async def ask(turn: Turn, signal_id: int) -> None:
    """Have the signal written anew; what comes of it takes the place of the answer."""
    signal = await sought(turn, signal_id)
    if signal is None:
        return
    if not turn.services.rewriting.available:
        await toast(turn, turn.texts("chat.rewrite.none"), alert=True)
        return
    if await turn.storage.signals.article(signal_id) is None:
        await toast(turn, turn.texts("chat.rewrite.notext"), alert=True)
        return
    again = (act(turn.texts("chat.edit.rewrite"), "erewrite", signal_id),)
    sent = await say(turn, Message(turn.texts("chat.rewrite.working"), (again,)))
    task = asyncio.create_task(_write(turn, signal, sent))
    _WORKING.add(task)
    task.add_done_callback(_WORKING.discard)


async def _write(turn: Turn, signal: Signal, message_id: int) -> None:
    made = await turn.services.rewriting.rewrite(signal.id)
    if made is None:
        why = turn.texts("chat.rewrite.failed.same")
        text = escape(turn.texts("chat.rewrite.failed", why=why))
        again = (act(turn.texts("chat.edit.rewrite"), "erewrite", signal.id),)
        message = Message(text, (again,))
    else:
        await turn.storage.editing.offer(signal.id, made, signal.brief, turn.services.clock())
        known = await turn.storage.editing.of(signal.id)
        message = compared(turn, signal, made, edited=known is not None)
    await edit_message(turn.bot, turn.subscriber.chat_id, message_id, message)


def compared(turn: Turn, signal: Signal, made: Brief, *, edited: bool) -> Message:
    """Old and new, with what the check found."""
    texts = turn.texts
    text = ""
    for units in (_POINT_UNITS, _SHORT_POINT_UNITS):
        parts = [f"🤖 <b>{escape(texts('chat.rewrite.title'))}</b>", ""]
        for key, brief in (("chat.rewrite.now", signal.brief), ("chat.rewrite.new", made)):
            parts.append(f"<b>{escape(texts(key))}</b>")
            parts.append(f"<blockquote expandable>{_told(brief, units)}</blockquote>")
        parts.append(escape(_check(turn, made)))
        if edited:
            parts.append(escape(texts("chat.rewrite.edited")))
        text = "\n".join(part for part in parts if part)
        if count_units(text) <= MAX_UNITS:
            break
    return Message(
        text,
        (
            (act(texts("chat.rewrite.yes"), "erewritten", signal.id, YES),),
            (
                act(texts("chat.rewrite.no"), "erewritten", signal.id, NO),
                act(texts("chat.edit.rewrite"), "erewrite", signal.id),
            ),
        ),
    )


def _told(brief: Brief, units: int) -> str:
    lines = [f"<b>{escape(cut(brief.headline, units))}</b>"]
    lines += [f"{at}. {escape(cut(one.text, units))}" for at, one in enumerate(brief.points, 1)]
    if brief.why is not None:
        lines.append(escape(cut(brief.why.text, units)))
    return "\n".join(lines)


def _check(turn: Turn, made: Brief) -> str:
    checked = made.checked
    if checked is None:
        return ""
    said = turn.texts("chat.rewrite.checked", compared=checked.compared)
    if not checked.dropped:
        return said
    dropped = turn.texts.n("chat.rewrite.dropped", len(checked.dropped))
    return f"{said}{turn.texts('digest.comma')}{dropped}"


async def decide(turn: Turn, signal_id: int, answer: str) -> None:
    """Take the new version, or let it be."""
    signal = await sought(turn, signal_id)
    if signal is None:
        return
    offered = await turn.storage.editing.offered(signal_id)
    if answer not in {YES, NO} or offered is None:
        await toast(turn, turn.texts("chat.rewrite.gone"), alert=True)
        return
    key = "chat.rewrite.kept"
    if answer == YES:
        made, basis = offered
        try:
            await turn.storage.editing.adopt(
                signal_id, _as_made(made), basis, turn.actor, turn.now
            )
        except Overtaken:
            await turn.storage.editing.drop_offer(signal_id)
            await toast(turn, turn.texts("chat.rewrite.gone"), alert=True)
            return
        key = "chat.rewrite.taken"
    await turn.storage.editing.drop_offer(signal_id)
    changed = await turn.storage.signals.get(signal_id)
    if changed is not None:
        await show(turn, await sheet(turn, changed))
        await toast(turn, turn.texts(key))
        await watch_amending(turn, signal_id)


def _as_made(brief: Brief) -> Brief:
    """What a model wrote is no editor's own words, whoever asked for it."""
    points = tuple(replace(point, edited=False) for point in brief.points)
    return replace(brief, points=points, tier=Tier.MODEL)
