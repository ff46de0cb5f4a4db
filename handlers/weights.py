"""偏好, a page of the settings: every weight with − and +, and all back to nothing."""

from dataclasses import replace

from digest.model import Message
from digest.weights import MOST_STEPS, STEP_POINTS, bounded
from handlers.cards import quoted
from handlers.context import Turn
from handlers.keyboards import Rows, act
from handlers.less import said, set_weight, signed, weight_label
from handlers.replies import show, toast

_SHOWN = 20
ASK, YES = "ask", "yes"


async def weights_page(turn: Turn, confirmed: str = "") -> Message:
    """All weights of this chat; `confirmed` (HTML) says first what was just changed."""
    kept = await turn.storage.weights.of(turn.subscriber.id)
    texts = turn.texts
    rows: Rows = ()
    lines: list[str] = []
    for number, weight in enumerate(kept[:_SHOWN], 1):
        name = await kept_label(turn, weight.name)
        since = turn.rendering.clock(weight.changed_at)
        steps = signed(weight.steps)
        line = texts(
            "chat.weight.line", number=number, name=quoted(name), steps=steps, since=since
        )
        lines.append(line)
        lower = act(f"{number} −", "tune", weight.name, bounded(weight.steps - 1))
        higher = act(f"{number} +", "tune", weight.name, bounded(weight.steps + 1))
        clear = act(texts("chat.weight.clear", number=number), "tune", weight.name, 0)
        rows = (*rows, (lower, higher, clear))
    if kept:
        rows = (*rows, (act(texts("chat.weight.reset"), "even", ASK),))
    explained = texts("chat.weight.explained", points=STEP_POINTS, most=MOST_STEPS)
    left = len(kept) - _SHOWN
    parts = [
        confirmed,
        texts("chat.settings.weights.title"),
        "\n".join(lines) or texts("chat.weight.none"),
        texts.n("chat.weight.further", left) if left > 0 else "",
        explained,
        texts("chat.weight.tap") if kept else "",
    ]
    text = "\n\n".join(part for part in parts if part)
    return Message(text, (*rows, (act(texts("chat.back"), "settings", "main"),)))


async def tune(turn: Turn, name: str, steps: int) -> None:
    """Set one of the weights that this chat has; what it has not is no button of this page."""
    known = dict(turn.subscription.wishes.weights)
    if name not in known or bounded(steps) != steps:
        await toast(turn, turn.texts("chat.weight.gone"))
        await show(turn, await weights_page(turn))
        return
    label = await kept_label(turn, name)
    await set_weight(turn, name, steps)
    await show(turn, await weights_page(turn))
    await toast(turn, said(turn, label, steps))


async def even(turn: Turn, sure: str) -> None:
    """Take all weights away, once the person is sure."""
    if sure != YES:
        yes = act(turn.texts("chat.weight.reset.yes"), "even", YES)
        back = act(turn.texts("chat.back"), "settings", "weights")
        await show(turn, Message(turn.texts("chat.weight.reset.ask"), ((yes,), (back,))))
        return
    await turn.storage.weights.reset(turn.subscriber.id)
    wishes = replace(turn.subscription.wishes, weights=())
    turn.learn(subscription=replace(turn.subscription, wishes=wishes))
    await show(turn, await weights_page(turn, turn.texts("chat.weight.reset.done")))


async def kept_label(turn: Turn, name: str) -> str:
    """What a weight is on, as people call it; a source is looked up."""
    kind, _, target = name.partition(":")
    if kind == "source" and target.isdecimal():
        source = await turn.storage.sources.get(int(target))
        return turn.texts("chat.mute.source", name=source.spec.title if source else target)
    return weight_label(turn, name)
