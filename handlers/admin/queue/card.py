"""The card of a signal that waits: all that an editor has to know before he decides."""

from collections.abc import Sequence
from dataclasses import dataclass

from digest.model import Article, Button, Checked, Message, Point, Relation, Signal
from digest.policy import Reason
from digest.render import count_units, escape, shorten
from digest.render.cards import number_words
from digest.render.fit import MAX_UNITS
from digest.render.lines import KIND_EMOJI, SEPARATOR, frame, link, page_url
from digest.render.rendering import outside_link
from handlers.admin.inside import page_button
from handlers.admin.queue.extras import EXTRA_ROWS
from handlers.admin.queue.words import age, fate, reason_words, why_held
from handlers.admin.targets import actor_name, said_by
from handlers.context import Turn
from handlers.keyboards import Rows, act
from handlers.why import score_lines
from storage import staff_actor
from storage.queue import QueueCard

_HEADLINE, _POINT, _EVIDENCE, _GAP, _DROPPED, _STORY = 300, 340, 260, 180, 160, 120
_POINTS, _NUMBERS, _GAPS, _MOST_DROPPED, _OTHERS = 6, 6, 3, 4, 3


@dataclass(frozen=True, slots=True)
class Place:
    """Where a card stands among those that are looked through.

    `number` is 0 for one that is not among them; `code` is the filter's; `earlier` and `later`
    are the cards beside it, 0 for none.
    """

    number: int
    count: int
    code: str = ""
    words: str = ""
    earlier: int = 0
    later: int = 0


@dataclass(frozen=True, slots=True)
class Said:
    """What the last tap has done, above the next card; `act_id` can be taken back (0: nothing)."""

    text: str = ""
    act_id: int = 0
    signal_id: int = 0


async def queue_card(
    turn: Turn, card: QueueCard, place: Place, said: Said, *, may_act: bool
) -> Message:
    """The card, always one message; evidence, then the score give way when it grows too long."""
    article = await turn.storage.signals.article(card.signal.id)
    top = "\n".join(filter(None, (await _header(turn, card, place))))
    score = _folded(score_lines(turn, card.signal))
    story = _story(turn, card)
    checks = _checks(turn, card)
    for evidence, points, with_score in (
        (_EVIDENCE, _POINTS, True),
        (_EVIDENCE // 2, _POINTS, True),
        (_EVIDENCE // 2, _POINTS, False),
        (0, _POINTS, False),
        (0, 3, False),
    ):
        body = _points(turn, card.signal, article, evidence, points)
        blocks = (said.text, top, body, checks, story, score if with_score else "")
        text = "\n\n".join(block for block in blocks if block)
        if count_units(text) <= MAX_UNITS:
            break
    return Message(text, _buttons(turn, card, place, said, may_act=may_act))


async def _header(turn: Turn, card: QueueCard, place: Place) -> list[str]:
    texts, signal = turn.texts, card.signal
    lines = [await _standing(turn, card, place)]
    if card.waits:
        waited = age(turn, card.held_at or signal.created_at)
        until = fate(turn, card.hold, signal.score.total)
        parts = (texts("chat.queue.waited", span=waited), until)
        lines.append(SEPARATOR.join(part for part in parts if part))
        lines.append(await why_held(turn, card.hold))
    if card.looking:
        names = [await actor_name(turn, staff_actor(one)) for one in card.looking]
        lines.append(texts("chat.queue.looking", names=escape(texts("chat.comma").join(names))))
    if card.reported:
        lines.append(texts.n("chat.queue.reported", card.reported))
    words = escape(shorten(signal.brief.headline or signal.title, _HEADLINE, signal.lang))
    title = link(outside_link(signal.url), words)
    lines += ["", f"{KIND_EMOJI[signal.placement.kind]} <b>{title}</b>"]
    if signal.brief.headline_original:
        original = shorten(signal.brief.headline_original, _HEADLINE, signal.lang)
        lines.append(f"<i>{escape(original)}</i>")
    lines.append(frame(signal, turn.rendering))
    return [*lines[: lines.index("")], "\n" + _meta(turn, signal, lines[lines.index("") + 1 :])]


async def _standing(turn: Turn, card: QueueCard, place: Place) -> str:
    """Its number in the queue, or what has become of it."""
    texts = turn.texts
    if card.waits:
        if not place.number:
            return texts("chat.queue.title")
        key = "chat.queue.place.filtered" if place.words else "chat.queue.place"
        return texts(key, number=place.number, count=place.count, filter=place.words)
    if card.publish_at is not None:
        line = texts("chat.queue.scheduled", when=turn.rendering.clock(card.publish_at))
    else:
        line = texts(f"chat.queue.state.{card.state}", reason=reason_words(turn, card.rejection))
    if card.decided is None:
        return line
    return f"{line}\n{escape(await said_by(turn, card.decided))}"


def _meta(turn: Turn, signal: Signal, title: list[str]) -> str:
    """Title, then column, source, time, score, who condensed it; topics."""
    texts, rendering = turn.texts, turn.rendering
    sources = [seen.title for seen in signal.seen_in] or [signal.site]
    source = (
        sources[0]
        if len(sources) == 1
        else texts.n("chat.queue.sources", len(sources), first=sources[0])
    )
    parts = (
        rendering.column(signal.placement.column),
        source,
        rendering.clock(signal.when),
        texts("card.score", score=signal.score.total),
        texts(f"tier.{signal.brief.tier}"),
        texts("chat.queue.backlog") if signal.backlog else "",
    )
    lines = [*title, SEPARATOR.join(escape(part) for part in parts if part)]
    topics = [escape(rendering.topic(one)) for one in signal.placement.topics]
    if topics:
        lines.append(texts("chat.queue.topics", names=texts("chat.comma").join(topics)))
    return "\n".join(line for line in lines if line)


def _points(turn: Turn, signal: Signal, article: Article | None, evidence: int, count: int) -> str:
    """The points, each with what it rests on; numbers; why; what stays open."""
    brief, texts = signal.brief, turn.texts
    lines = [_point(turn, one, article, evidence) for one in brief.points[:count]]
    if len(brief.points) > count:
        lines.append(texts.n("chat.queue.more_points", len(brief.points) - count))
    facts = [number_words(fact, turn.rendering) for fact in brief.numbers[:_NUMBERS]]
    if facts:
        lines.append(f"\n🔢 {SEPARATOR.join(facts)}")
    if brief.why is not None:
        why = escape(shorten(brief.why.text, _POINT, brief.why.lang))
        lines.append(f"\n<b>{texts('card.why')}</b> {why}")
    gaps = [escape(shorten(one.text, _GAP, one.lang)) for one in brief.gaps[:_GAPS]]
    if gaps:
        lines.append(f"\n<b>{texts('card.gaps')}</b>")
        lines += [f"• {gap}" for gap in gaps]
    return "\n".join(lines)


def _point(turn: Turn, point: Point, article: Article | None, limit: int) -> str:
    words = f"• {escape(shorten(point.text, _POINT, point.lang))}"
    if article is None or not limit:
        return words
    sentences = {one.index: one.text for one in article.sentences}
    resting = [sentences[index] for index in point.evidence if index in sentences]
    if not resting:
        return f"{words}\n<i>{turn.texts('chat.queue.no_evidence')}</i>"
    if [one.strip() for one in resting] == [point.text.strip()]:
        return f"{words} <i>{turn.texts('chat.queue.verbatim')}</i>"
    quote = escape(shorten(" ".join(resting), limit, article.lang))
    return f"{words}\n<blockquote expandable>{quote}</blockquote>"


def _checks(turn: Turn, card: QueueCard) -> str:
    """What the check of facts found, in words."""
    checked: Checked | None = card.signal.brief.checked
    if checked is None:
        return ""
    texts = turn.texts
    line = texts(
        "chat.queue.checked",
        compared=checked.compared,
        repaired=checked.repaired,
        dropped=len(checked.dropped),
    )
    if not checked.dropped:
        return line
    quoted = [
        f"✂️ {escape(shorten(text, _DROPPED, turn.lang))}"
        for text in checked.dropped[:_MOST_DROPPED]
    ]
    return f"⚠️ {line}\n{_folded(quoted)}"


def _folded(lines: Sequence[str]) -> str:
    """Lines that Telegram folds until they are tapped."""
    text = "\n".join(lines)
    return f"<blockquote expandable>{text}</blockquote>"


def _story(turn: Turn, card: QueueCard) -> str:
    """What else of its story is out, and what the signal would be beside it."""
    if not card.story:
        return ""
    texts, rendering = turn.texts, turn.rendering
    relation = card.signal.relation
    if relation is Relation.LEAD and card.waits:
        relation = Relation.DUPLICATE  # somebody else leads by now
    lines = [texts.n(f"chat.queue.story.{relation}", len(card.story))]
    for other in card.story[:_OTHERS]:
        words = escape(shorten(other.brief.headline, _STORY, other.lang))
        line = (
            f"• {link(page_url(other, rendering), words)} {SEPARATOR}{escape(other.source_title)}"
        )
        lines.append(line)
    return "\n".join(lines)


def _buttons(turn: Turn, card: QueueCard, place: Place, said: Said, *, may_act: bool) -> Rows:
    texts, code, number = turn.texts, place.code, card.signal.id
    label = texts("chat.queue.skip" if card.waits else "chat.queue.later")
    onward = act(label, "queue", place.later or -1, code)
    rows: list[tuple[Button, ...]] = []
    around = [act(texts("chat.queue.earlier"), "queue", place.earlier, code)]
    around = around if place.earlier else []
    if card.waits and may_act:
        rows.append(
            (
                act(texts("chat.queue.approve"), "qyes", number, code),
                act(texts("chat.queue.reject"), "qno", number, code),
                onward,
            )
        )
        rows += [tuple(extra(turn, card, code)) for extra in EXTRA_ROWS]
    else:
        around.append(onward)
    if said.act_id and may_act:
        around.append(act(texts("chat.queue.undo"), "qback", said.act_id, said.signal_id, code))
    last = (
        act(texts("chat.queue.filters"), "qsift", "", code),
        page_button(texts("chat.queue.page"), f"signal/{number}"),
    )
    return tuple(row for row in (*rows, tuple(around), last) if row)


def reason_rows(turn: Turn, signal_id: int, code: str) -> Rows:
    """The reasons to reject for, as buttons."""
    reasons = [one for one in Reason if one is not Reason.UNSEEN]
    buttons = [
        act(turn.texts(f"chat.queue.reason.{one}"), "qwhy", one.value, signal_id, code)
        for one in reasons
    ]
    pairs = tuple(tuple(buttons[at : at + 2]) for at in range(0, len(buttons), 2))
    return (*pairs, (act(turn.texts("chat.back"), "queue", signal_id, code),))
