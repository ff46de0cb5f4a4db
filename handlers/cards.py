"""Cards: open one as a new message, and the buttons that belong under it."""

from dataclasses import replace
from html import escape

from digest.model import Button, Message, Signal, SignalState
from digest.render import render_card
from digest.render.fit import in_order
from handlers.context import Turn
from handlers.guards import Permission, allowed
from handlers.keyboards import Rows, act
from handlers.replies import lead_to, say, show_buttons, toast


async def open_card(turn: Turn, signal_id: int) -> None:
    """Send the card of a signal as a new message, so that the list it came from stays.

    Whoever taps in a channel sees it in private: what one reader opens is not for all of them.
    """
    signal = await find(turn, signal_id)
    if signal is not None and turn.is_channel and turn.query:
        await lead_to(turn, f"https://t.me/{turn.bot.username}?start=s_{signal_id}")
    elif signal is not None:
        card = _card(turn, signal, saved=await is_saved(turn, signal_id))
        await say(turn, replace(card, buttons=(*card.buttons, *await _desk_rows(turn, signal))))


def _card(turn: Turn, signal: Signal, *, saved: bool) -> Message:
    rendering = turn.rendering
    return turn.services.rendered.recall(
        ("card", saved),
        (signal,),
        rendering,
        lambda: render_card(signal, rendering, saved=saved),
    )


async def find(turn: Turn, signal_id: int) -> Signal | None:
    """The signal if readers may see it; otherwise the person is told, and None is returned."""
    signal = await turn.storage.signals.get(signal_id)
    if signal is not None and await is_shown(turn, signal):
        return signal
    if turn.query:
        await toast(turn, turn.texts("chat.card.gone"), alert=True)
    else:
        await say(turn, turn.texts("chat.card.gone"))
    return None


async def is_shown(turn: Turn, signal: Signal) -> bool:
    """Whether whoever spoke may see it: news, or what was read for a link of theirs."""
    if signal.state is not SignalState.PRIVATE:
        return signal.state is SignalState.LIVE
    readers = [turn.subscriber.id]
    own = await turn.storage.subscribers.by_chat(turn.user_id, 0) if turn.user_id else None
    readers += [own.id] if own else []
    return await turn.storage.pasted.may_see(signal.id, readers)


async def is_saved(turn: Turn, signal_id: int) -> bool:
    """Whether the person has the signal in a collection. In groups nobody's saves are shown."""
    if not turn.is_private:
        return False
    places = await turn.storage.collections.where_saved(turn.subscriber.id, [signal_id])
    return bool(places.get(signal_id))


async def card_buttons(turn: Turn, signal: Signal) -> Rows:
    """The card's own buttons, as they should stand now."""
    buttons = own_buttons(turn, signal, saved=await is_saved(turn, signal.id))
    return (*buttons, *await _desk_rows(turn, signal))


def own_buttons(turn: Turn, signal: Signal, *, saved: bool) -> Rows:
    """What everyone finds under a card."""
    return _card(turn, signal, saved=saved).buttons


async def _desk_rows(turn: Turn, signal: Signal) -> Rows:
    """What only editors find under a card."""
    if not await allowed(turn, Permission.EDITOR):
        return ()
    return ((act(turn.texts("chat.card.edit"), "edit", signal.id),),)


async def back(turn: Turn, signal_id: int) -> None:
    """Put the card's own buttons back."""
    signal = await find(turn, signal_id)
    if signal is not None:
        await show_buttons(turn, await card_buttons(turn, signal))


def back_button(turn: Turn, signal_id: int) -> Button:
    """The button that brings the card's own buttons back."""
    return act(turn.texts("chat.back"), "back", signal_id)


def quoted(text: str) -> str:
    """Someone's words in their lines, safe inside Telegram HTML."""
    return escape(in_order(text), quote=False)
