"""为什么推给我: the rules that a signal met, the parts of its score, the reader's own weights.

All of it is computed from what is kept: the wishes that the digest was composed for, the reason
that an alert was planned with. What was not pushed is said to be what it is: asked for.
"""

from dataclasses import replace

from digest.compose import matches
from digest.model import Adds, Message, Relation, Signal, Wishes
from digest.reasons import CHOSEN, EVERYTHING, Reason, evidence_of, obstacle, reason_of
from digest.weights import STEP_POINTS, pulls
from handlers.cards import find, quoted
from handlers.context import Turn
from handlers.keyboards import act
from handlers.less import signed, weight_label
from handlers.replies import say, toast
from storage import Pushed


async def why(turn: Turn, signal_id: int) -> None:
    """Say why this signal came here; in a channel, whoever tapped reads it alone."""
    signal = await find(turn, signal_id)
    if signal is None:
        return
    pushed = await turn.storage.deliveries.pushed(turn.subscriber.id, signal_id)
    wishes = _wishes(turn, pushed)
    if turn.is_channel:
        await toast(turn, "\n".join(_came(turn, signal, pushed, wishes)), alert=True)
        return
    texts = turn.texts
    parts = [
        f"<b>{texts('chat.why.title')}</b>\n{quoted(signal.brief.headline)}",
        "\n".join(_came(turn, signal, pushed, wishes)),
        "\n".join(score_lines(turn, signal)),
        "\n".join(_weights(turn, signal)),
    ]
    rows = (
        (
            act(texts("chat.weight.all"), "settings", "weights"),
            act(texts("chat.start.settings"), "settings", "main"),
        ),
    )
    await say(turn, Message("\n\n".join(part for part in parts if part), rows))


def _wishes(turn: Turn, pushed: Pushed | None) -> Wishes:
    """The wishes that the answer is about: those of the push, else those of now."""
    return pushed.wishes if pushed and pushed.wishes else turn.subscription.wishes


def _came(turn: Turn, signal: Signal, pushed: Pushed | None, wishes: Wishes) -> list[str]:
    """How and by which rules it came here."""
    texts = turn.texts
    if pushed is None:
        key = "chat.why.asked" if turn.is_private else "chat.why.asked_group"
        return [texts(key), _would(turn, signal)]
    key = f"chat.why.kind.{pushed.kind.value}"
    kind = texts(key) if texts.has(key) else texts("chat.why.kind.other")
    lines = [texts("chat.why.pushed", when=turn.rendering.clock(pushed.sent_at), kind=kind)]
    reason = pushed.reason or reason_of(signal, wishes)
    if reason.rules:  # news of a known story needs none
        lines.append(_rules(turn, signal, reason))
    if signal.relation is Relation.UPDATE:
        lines.append(texts("chat.why.update"))
    elif signal.relation is Relation.FOLLOW_UP:
        lines.append(texts("chat.why.follow_up"))
    if signal.relation.is_news and signal.adds is not None:
        lines.append(_adds(turn, signal.adds))
    if pushed.wishes is not None and pushed.wishes.normal() != _now(turn, pushed.wishes):
        lines.append(texts("chat.why.changed"))
    return lines


def _adds(turn: Turn, adds: Adds) -> str:
    """By what it was found to be news of its story."""
    texts = turn.texts
    found = dict(word.split("=", 1) for word in adds.because.split())
    told = [
        texts.n("chat.why.adds.points", len(adds.points)) if adds.points else "",
        texts.n("chat.why.adds.numbers", len(adds.numbers)) if adds.numbers else "",
        texts.n("chat.why.adds.hours", int(found.get("hours", 0))),
    ]
    return texts("chat.why.adds", words=texts("chat.why.between").join(one for one in told if one))


def _now(turn: Turn, then: Wishes) -> Wishes:
    """The wishes of now, spelt as a digest's are (which speaks the chat's language)."""
    return replace(turn.subscription.wishes.normal(), lang=then.lang)


def _rules(turn: Turn, signal: Signal, reason: Reason) -> str:
    """The rules in words, and what the signal had to reach."""
    texts = turn.texts
    if any(rule.startswith("story:") for rule in reason.rules):
        return texts("chat.why.rule.story")
    if reason.rules == (CHOSEN,):
        return texts("chat.why.rule.editor")
    if reason.rules == (EVERYTHING,):
        rule = texts("chat.why.rule.all")
    else:
        names = [_rule_name(turn, signal, rule) for rule in reason.rules]
        rule = texts("chat.why.rule.followed", names=texts("chat.comma").join(names))
    counted = reason.score + reason.pull
    key = "chat.why.counted.pulled" if reason.pull else "chat.why.counted"
    return rule + texts(
        key, score=reason.score, pull=signed(reason.pull), counted=counted, least=reason.least
    )


def _rule_name(turn: Turn, signal: Signal, rule: str) -> str:
    kind, _, value = rule.partition(":")
    match kind:
        case "column":
            column = turn.taxonomy.columns.get(value)
            name = column.name(turn.lang) if column else value
        case "topic":
            topic = turn.taxonomy.topic_of(value)
            name = topic.name(turn.lang) if topic else value
        case "source":
            name = signal.source_title
        case _:
            name = value
    return turn.texts(f"chat.why.{kind}", name=quoted(name))


def _would(turn: Turn, signal: Signal) -> str:
    """Whether the wishes of now would have it pushed."""
    wishes = turn.subscription.wishes
    if matches(signal, wishes):
        return turn.texts("chat.why.fits") + _rules(turn, signal, reason_of(signal, wishes))
    reason = reason_of(signal, wishes)
    return turn.texts(
        f"chat.why.not.{obstacle(signal, wishes)}",
        counted=reason.score + reason.pull,
        least=reason.least,
    )


def score_lines(turn: Turn, signal: Signal) -> list[str]:
    """The score and its parts, in words and points."""
    texts = turn.texts
    lines = [texts("chat.why.score", score=signal.score.total)]
    for part in signal.score.parts:
        key = f"web.score.{part.name}"
        name = texts(key) if texts.has(key) else part.name
        words = [
            texts(f"web.evidence.{word}", n=quoted(value))
            for word, value in evidence_of(part)
            if texts.has(f"web.evidence.{word}")
        ]
        line = texts(
            "chat.why.part", name=name, points=f"{part.points:g}", ceiling=f"{part.ceiling:g}"
        )
        lines.append(
            line
            + (
                texts("chat.why.words", words=texts("chat.why.between").join(words))
                if words
                else ""
            )
        )
    return lines


def _weights(turn: Turn, signal: Signal) -> list[str]:
    """The reader's own weights of now that concern the signal."""
    found = pulls(signal, turn.subscription.wishes)
    lines = [
        turn.texts(
            "chat.why.weight",
            name=quoted(weight_label(turn, name, signal)),
            steps=signed(steps),
            points=signed(steps * STEP_POINTS),
        )
        for name, steps in found.items()
    ]
    return [turn.texts("chat.why.weights"), *lines] if lines else []
