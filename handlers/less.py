"""少看: mute a signal's topic or source, or raise the minimum score; each can be undone."""

from dataclasses import replace

from digest.model import Button, Signal, Wishes
from handlers.cards import back_button, card_buttons, find
from handlers.context import Turn
from handlers.keyboards import act
from handlers.replies import show_buttons, toast
from handlers.subscriptions import change_wishes, with_, without

_SCORE_STEP = 10
_SCORE_TOP = 90


async def show_less(turn: Turn, signal_id: int) -> None:
    """Put the ways of seeing fewer like this signal under its card."""
    signal = await find(turn, signal_id)
    if signal is None:
        return
    texts, score = turn.texts, turn.subscription.wishes.min_score
    rows: list[tuple[Button, ...]] = []
    for what, name in _less_names(turn, signal):
        label = texts(f"chat.less.{what}", name=name)
        rows.append((act(label, "fewer", what, signal_id, score),))
    if score < _SCORE_TOP:
        label = texts("chat.less.score", score=_raised(score))
        rows.append((act(label, "fewer", "score", signal_id, score),))
    await show_buttons(turn, (*rows, (back_button(turn, signal_id),)))
    await toast(turn)


async def fewer(turn: Turn, what: str, signal_id: int, score: int) -> None:
    """Mute the signal's strongest topic or its source, or raise the minimum score; offer undo."""
    signal = await find(turn, signal_id)
    if signal is None:
        return
    wishes = turn.subscription.wishes
    changed = _fewer(wishes, what, signal, score)
    if changed is None:
        await toast(turn, turn.texts("chat.button.old"), alert=True)
        return
    await change_wishes(
        turn, topics=changed.topics, mutes=changed.mutes, min_score=changed.min_score
    )
    undo = act(turn.texts("chat.less.undo"), "undo", what, signal_id, score)
    await show_buttons(turn, ((undo,), (back_button(turn, signal_id),)))
    names = dict(_less_names(turn, signal))
    done = turn.texts(f"chat.less.{what}.done", name=names.get(what, ""), score=changed.min_score)
    await toast(turn, done)


async def undo(turn: Turn, what: str, signal_id: int, score: int) -> None:
    """Take the same `fewer` back."""
    signal = await find(turn, signal_id)
    if signal is None:
        return
    wishes = turn.subscription.wishes
    if what == "score" and 0 <= score <= _SCORE_TOP:
        await change_wishes(turn, min_score=score)
    elif (word := _mute_word(what, signal)) is not None:
        await change_wishes(turn, mutes=without(wishes.mutes, word))
    else:
        await toast(turn, turn.texts("chat.button.old"), alert=True)
        return
    await show_buttons(turn, await card_buttons(turn, signal))
    await toast(turn, turn.texts("chat.less.undone"))


def _fewer(wishes: Wishes, what: str, signal: Signal, score: int) -> Wishes | None:
    """`wishes` with fewer like `signal`, None when `what` makes no sense for it."""
    if what == "score":
        # From the score on the button: two taps raise it once.
        return replace(wishes, min_score=_raised(score)) if 0 <= score < _SCORE_TOP else None
    word = _mute_word(what, signal)
    if word is None:
        return None
    followed = wishes.topics
    if what == "topic":
        followed = without(followed, signal.placement.topics[0])
    return replace(wishes, mutes=with_(wishes.mutes, word), topics=followed)


def _raised(score: int) -> int:
    return min(_SCORE_TOP, score + _SCORE_STEP)


def _mute_word(what: str, signal: Signal) -> str | None:
    if what == "topic" and signal.placement.topics:
        return f"topic:{signal.placement.topics[0]}"
    if what == "source" and signal.seen_in:
        return f"source:{signal.seen_in[0].source_id}"
    return None


def _less_names(turn: Turn, signal: Signal) -> list[tuple[str, str]]:
    names: list[tuple[str, str]] = []
    if signal.placement.topics:
        topic = turn.taxonomy.topics.get(signal.placement.topics[0])
        names.append(("topic", topic.name(turn.lang) if topic else signal.placement.topics[0]))
    if signal.seen_in:
        names.append(("source", signal.source_title))
    return names
