"""多看 and 少看 under a card: weights by one tap, mutes and a higher minimum score by another.

Every button carries the state it leads to, not a step from here, so two taps do the same as one;
undoing is the same button with the state before.
"""

from dataclasses import replace

from digest.model import Button, Signal, Wishes
from digest.weights import MOST_STEPS, STEP_POINTS, bounded, names_of, weight_name
from handlers.cards import back_button, card_buttons, find
from handlers.context import Turn
from handlers.keyboards import act
from handlers.replies import show_buttons, toast
from handlers.subscriptions import change_wishes, with_, without

_SCORE_STEP = 10
# What `undo` is told where a topic was not only muted but no longer followed.
_FOLLOWED = "followed"
_SCORE_TOP = 90
_TOPICS = 2


async def show_more(turn: Turn, signal_id: int) -> None:
    """Put the ways of seeing more like this signal under its card."""
    signal = await find(turn, signal_id)
    if signal is None:
        return
    await show_buttons(turn, (*_weighing(turn, signal, 1), (back_button(turn, signal_id),)))
    await toast(turn)


async def show_less(turn: Turn, signal_id: int) -> None:
    """Put the ways of seeing fewer like this signal under its card."""
    signal = await find(turn, signal_id)
    if signal is None:
        return
    texts, score = turn.texts, turn.subscription.wishes.min_score
    rows = _weighing(turn, signal, -1)
    for what, name in _less_names(turn, signal):
        label = texts(f"chat.less.{what}", name=name)
        rows.append((act(label, "fewer", what, signal_id, score),))
    if score < _SCORE_TOP:
        label = texts("chat.less.score", score=_raised(score))
        rows.append((act(label, "fewer", "score", signal_id, score),))
    await show_buttons(turn, (*rows, (back_button(turn, signal_id),)))
    await toast(turn)


# --- weights -----------------------------------------------------------------------------


async def weigh(turn: Turn, name: str, signal_id: int, steps: int) -> None:
    """Set the weight `name` of a signal's topic or source to `steps`; offer undo and further."""
    signal = await find(turn, signal_id)
    if signal is None:
        return
    if name not in names_of(signal) or bounded(steps) != steps:
        await toast(turn, turn.texts("chat.button.old"), alert=True)
        return
    before = _steps(turn.subscription.wishes, name)
    await set_weight(turn, name, steps)
    rows: list[tuple[Button, ...]] = []
    if before != steps:
        undo = act(turn.texts("chat.less.undo"), "weigh", name, signal_id, before)
        rows.append((undo,))
    further = steps + (1 if steps > before else -1)
    if before != steps and steps and abs(further) <= MOST_STEPS:
        rows.append((_weigh_button(turn, signal, name, further),))
    tune = act(turn.texts("chat.weight.all"), "settings", "weights")
    await show_buttons(turn, (*rows, (tune, back_button(turn, signal_id))))
    await toast(turn, said(turn, weight_label(turn, name, signal), steps))


async def set_weight(turn: Turn, name: str, steps: int) -> None:
    """Keep one weight of this chat, for the rest of this turn too."""
    kind, _, target = name.partition(":")
    steps = await turn.storage.weights.put(turn.subscriber.id, kind, target, steps, turn.now)
    wishes = turn.subscription.wishes
    others = tuple(one for one in wishes.weights if one[0] != name)
    fresh = (*others, (name, steps)) if steps else others
    turn.learn(subscription=replace(turn.subscription, wishes=replace(wishes, weights=fresh)))


def said(turn: Turn, label: str, steps: int) -> str:
    """What a weight will do, in words."""
    if not steps:
        return turn.texts("chat.weight.even", name=label)
    key = "chat.weight.nearer" if steps > 0 else "chat.weight.farther"
    points = abs(steps) * STEP_POINTS
    return turn.texts(key, name=label, steps=abs(steps), most=MOST_STEPS, points=points)


def _weighing(turn: Turn, signal: Signal, way: int) -> list[tuple[Button, ...]]:
    """A button for each topic and the source of a signal that can still be moved that way."""
    wishes = turn.subscription.wishes
    topics = [weight_name("topic", topic) for topic in signal.placement.topics[:_TOPICS]]
    names = [*topics, *(name for name in names_of(signal) if name.startswith("source:"))]
    moved = [(name, _steps(wishes, name) + way) for name in names]
    return [
        (_weigh_button(turn, signal, name, steps),)
        for name, steps in moved
        if abs(steps) <= MOST_STEPS
    ]


def _weigh_button(turn: Turn, signal: Signal, name: str, steps: int) -> Button:
    before = _steps(turn.subscription.wishes, name)
    key = "chat.weight.more" if steps > before else "chat.weight.less"
    label = turn.texts(key, name=weight_label(turn, name, signal), steps=signed(steps))
    return act(label, "weigh", name, signal.id, steps)


def weight_label(turn: Turn, name: str, signal: Signal | None = None) -> str:
    """What a weight is on, as people call it; a source's name is known from its signal."""
    kind, _, target = name.partition(":")
    if kind == "topic":
        topic = turn.taxonomy.topics.get(target)
        return topic.name(turn.lang) if topic else target
    return signal.source_title if signal else target


def signed(steps: int) -> str:
    """Steps as they stand on a button: +2, −1, 0."""
    return f"+{steps}" if steps > 0 else str(steps).replace("-", "−")


def _steps(wishes: Wishes, name: str) -> int:
    return dict(wishes.weights).get(name, 0)


# --- mutes and the minimum score -------------------------------------------------------------


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
    if changed == wishes:  # a second tap: the first one's undo stays as it is
        await toast(turn)
        return
    await change_wishes(
        turn, topics=changed.topics, mutes=changed.mutes, min_score=changed.min_score
    )
    back = _FOLLOWED if changed.topics != wishes.topics else what
    undo = act(turn.texts("chat.less.undo"), "undo", back, signal_id, score)
    await show_buttons(turn, ((undo,), (back_button(turn, signal_id),)))
    names = dict(_less_names(turn, signal))
    widened = changed.everything and not wishes.everything
    key = "chat.less.topic.widened" if widened else f"chat.less.{what}.done"
    done = turn.texts(key, name=names.get(what, ""), score=changed.min_score)
    await toast(turn, done)


async def undo(turn: Turn, what: str, signal_id: int, score: int) -> None:
    """Take the same `fewer` back; a topic that was followed before is followed again."""
    signal = await find(turn, signal_id)
    if signal is None:
        return
    wishes = turn.subscription.wishes
    if what == _FOLLOWED and signal.placement.topics:
        what = "topic"
        followed = with_(wishes.topics, signal.placement.topics[0])
        await change_wishes(turn, topics=followed)
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
