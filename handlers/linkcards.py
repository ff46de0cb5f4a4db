"""How a link that was sent to us is shown: how far it has come, and what came of it."""

from dataclasses import replace

from digest.links import NOTHING_THERE, PASSING, Stage, Trouble
from digest.model import Button, Message, Signal
from digest.render import Rendering, render_card
from digest.render.rendering import outside_link
from digest.texts import Texts
from handlers.cards import quoted
from handlers.keyboards import act
from handlers.linkparts import short_address
from storage import PastedLink

_STEPS = (Stage.OPENING, Stage.EXTRACTING, Stage.CONDENSING, Stage.BETTERING)


def status_message(texts: Texts, link: PastedLink, stage: Stage, ahead: int = 0) -> Message:
    """How far the reading has come; `ahead` links are read before one that waits."""
    shown = quoted(short_address(link.url))
    if stage is Stage.WAITING:
        line = texts.n("chat.link.waiting", ahead) if ahead else texts("chat.link.soon")
        bar = ""
    else:
        line = texts(f"chat.link.stage.{stage}")
        done = _STEPS.index(stage) + 1
        bar = "▰" * done + "▱" * (len(_STEPS) - done) + " "
    stop = act(texts("chat.link.stop"), "halt", link.id)
    return Message(f"⏳ {line}\n{bar}<code>{shown}</code>", ((stop,),))


def outcome_message(
    rendering: Rendering,
    link: PastedLink,
    signal: Signal | None,
    *,
    trouble: Trouble | None = None,
    story: Signal | None = None,
    saved: bool = False,
) -> Message:
    """The card of what was read, or why nothing was; `story` tells of the same event."""
    if signal is None:
        reason = trouble or Trouble(link.trouble or Trouble.BROKEN)
        return trouble_message(rendering.texts, reason, link.url, link.id)
    card = render_card(signal, rendering, saved=saved)
    if story is None:
        return card
    label = rendering.texts("chat.link.story", headline=story.brief.headline or story.title)
    return replace(card, buttons=(*card.buttons, (act(label, "card", story.id),)))


def trouble_message(texts: Texts, trouble: Trouble, url: str, link_id: int = 0) -> Message:
    """Why a link could not be read, and what can be done."""
    shown = quoted(short_address(url))
    text = f"{texts(f'chat.link.trouble.{trouble}')}\n<code>{shown}</code>"
    row: list[Button] = []
    if link_id and trouble in PASSING:
        row.append(act(texts("chat.link.retry"), "read", link_id))
    address = "" if trouble in NOTHING_THERE else outside_link(url)
    if address:
        row.append(Button(texts("chat.link.open"), url=address))
    return Message(text, (tuple(row),) if row else ())
