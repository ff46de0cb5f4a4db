"""A link that somebody sends, forwards or names to /read: read at once, or shown if known."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from telegram import Message as ChatMessage

from digest.links import Trouble, same_page
from digest.model import Action, Button, Message, Signal, SignalState
from digest.render import render_card
from handlers.cards import is_saved, open_card, quoted
from handlers.context import Turn
from handlers.keyboards import act, replaced
from handlers.linkcards import outcome_message, trouble_message
from handlers.linkparts import address_alone, is_telegram, link_typed, links_in, short_address
from handlers.replies import change_keyboard, say, show, toast
from storage import LinkState, PastedLink, Sender
from storage.acting import repeatable

_OFFERED = 5
_DAY = timedelta(days=1)


def hears(message: ChatMessage) -> bool:
    """Whether a plain message has a link, or is one that nobody could read ("ftp://…")."""
    return bool(links_in(message) or address_alone(message.text or ""))


async def paste(turn: Turn) -> None:
    """Read the first link of a message, and offer the others."""
    if turn.message is not None:
        await _take(turn, links_in(turn.message) or (address_alone(turn.words),))


async def read(turn: Turn) -> None:
    """/read <link>, or /read as a reply to a message with a link; else say how to."""
    message = turn.message
    urls: tuple[str, ...] = ()
    if message is not None:
        urls = links_in(message)
        typed = link_typed(turn.words)
        if not urls and typed:
            urls = (typed,)
        if not urls and message.reply_to_message is not None:
            urls = links_in(message.reply_to_message)
    if urls:
        await _take(turn, urls)
    else:
        await say(turn, turn.texts("chat.link.how"))


async def _take(turn: Turn, urls: Sequence[str]) -> None:
    url = urls[0]
    own = _own_page(turn, url)
    if own is not None:
        await open_card(turn, own)
    elif turn.services.links_read is None:
        await say(turn, turn.texts("chat.link.off"))
    elif not same_page(url) or is_telegram(url):
        wrong = Trouble.TELEGRAM if same_page(url) else Trouble.NO_ADDRESS
        await say(turn, trouble_message(turn.texts, wrong, url))
    else:
        await _ask(turn, urls)


async def _ask(turn: Turn, urls: Sequence[str]) -> None:
    """Show what is known at once; put what is not in line, as far as the quota goes."""
    known = await _known(turn, urls[0])
    if known is None and (until := await _full_until(turn)) is not None:
        await say(turn, _quota_message(turn, until))
        return
    with repeatable():  # the links of a message are kept once, however often it is answered
        links = await turn.storage.pasted.ask(
            _sender(turn), urls, turn.now, known=known.id if known else None
        )
    if known is not None:
        await say(turn, render_card(known, turn.rendering, saved=await is_saved(turn, known.id)))
    elif turn.services.links_read is not None:
        turn.services.links_read.wake()
    others = [link for link in links[1:] if link.state is LinkState.OFFERED]
    if others:
        await say(turn, _offer(turn, others))


def _sender(turn: Turn) -> Sender:
    message_id = turn.message.message_id if turn.message else 0
    return Sender(turn.subscriber.id, _person(turn), message_id)


def _person(turn: Turn) -> int:
    """Against whose quota it counts: a channel's own, where it speaks in its own name."""
    return turn.user_id or turn.subscriber.chat_id


async def _known(turn: Turn, url: str) -> Signal | None:
    found = await turn.storage.signals.find_at(same_page(url))
    signal = await turn.storage.signals.get(found) if found is not None else None
    shown = {SignalState.LIVE, SignalState.PRIVATE}
    return signal if signal is not None and signal.state in shown else None


def _own_page(turn: Turn, url: str) -> int | None:
    """The signal whose page of ours a link leads to."""
    base = re.escape(turn.services.links.base_url)
    found = re.fullmatch(rf"{base}/s/([0-9]{{1,18}})(?:[/?#].*)?", url) if base else None
    return int(found[1]) if found else None


async def _full_until(turn: Turn) -> datetime | None:
    """When the person's quota is free again, None when it is now. The staff has none."""
    if await turn.services.staff.role_of(_person(turn)) is not None:
        return None
    spent = await turn.storage.pasted.spent(_person(turn), turn.now - _DAY)
    return turn.services.quota.free_at(spent, turn.now)


def _quota_message(turn: Turn, until: datetime) -> str:
    quota, texts = turn.services.quota, turn.texts
    limits = (("hourly", quota.hourly), ("daily", quota.daily))
    told = [texts.n(f"chat.link.quota.{name}", most) for name, most in limits if most]
    return texts(
        "chat.link.quota",
        limits=texts("chat.link.quota.and").join(told),
        when=turn.rendering.clock(until),
    )


def _offer(turn: Turn, links: Sequence[PastedLink]) -> Message:
    rows = tuple((act(short_address(link.url, 38), "read", link.id),) for link in links[:_OFFERED])
    return Message(turn.texts.n("chat.link.others", len(links)), rows)


async def read_this(turn: Turn, link_id: int) -> None:
    """Read a link that was offered, or one that failed once more."""
    link = await _own_link(turn, link_id)
    if link is None:
        return
    until = await _full_until(turn)
    if turn.services.links_read is None:
        await toast(turn, turn.texts("chat.link.off"), alert=True)
    elif until is not None:
        await toast(turn, _quota_message(turn, until), alert=True)
    else:
        tapped = turn.message.message_id if turn.message else 0
        status = tapped if link.status_id == tapped else None
        if not await turn.storage.pasted.want(
            link.id, turn.now, person_id=_person(turn), status_id=status
        ):
            await toast(turn, turn.texts("chat.link.already"))
            return
        turn.services.links_read.wake()
        await toast(turn, turn.texts("chat.link.begun"))
        if status is None:
            await _tick(turn, link)


async def _tick(turn: Turn, link: PastedLink) -> None:
    """Show on the offer which of the links has been taken."""
    markup = getattr(turn.message, "reply_markup", None)
    label = f"✓ {short_address(link.url, 36)}"
    keyboard = replaced(markup, Action("read", (link.id,)), act(label, "read", link.id))
    if keyboard is not None:
        await change_keyboard(turn, keyboard)


async def halt(turn: Turn, link_id: int) -> None:
    """Stop reading a link; if it has been read meanwhile, show what came of it."""
    link = await _own_link(turn, link_id)
    if link is None:
        return
    stopped = await turn.storage.pasted.finish(link.id, LinkState.STOPPED, turn.now)
    if turn.services.links_read is not None:
        turn.services.links_read.stop(link.id)
    if stopped or link.state is LinkState.STOPPED:
        again: Button = act(turn.texts("chat.link.retry"), "read", link.id)
        shown = quoted(short_address(link.url))
        await show(turn, Message(turn.texts("chat.link.stopped", address=shown), ((again,),)))
        return
    signal = await turn.storage.signals.get(link.signal_id) if link.signal_id else None
    await show(turn, outcome_message(turn.rendering, link, signal))


async def _own_link(turn: Turn, link_id: int) -> PastedLink | None:
    """A link that was sent in this chat; otherwise the person is told, and None is returned."""
    link = await turn.storage.pasted.get(link_id)
    if link is not None and link.subscriber_id == turn.subscriber.id:
        return link
    await toast(turn, turn.texts("chat.button.old"), alert=True)
    return None
