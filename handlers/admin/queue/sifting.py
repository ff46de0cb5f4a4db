"""Filters of the queue by buttons, and decisions about all that a filter lets through."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from digest.model import Action, Button, Message
from digest.policy import Reason
from digest.render import cut, escape
from digest.review import Deed, QueueFilter, read_code
from handlers.admin.queue.pages import FIRST, may_decide
from handlers.admin.queue.words import filter_words, lang_name, reason_words, span
from handlers.callbacks import fits
from handlers.context import Turn
from handlers.keyboards import Rows, act, grid
from handlers.replies import say, show, toast
from storage.curation import MOST_AT_ONCE, Rejection
from storage.queue import Waiting

_SCORES = (60, 70, 80)
_LOW = 49
_HOURS = (12, 24, 72)
_NAMES, _SHOWN = 8, 15
_LINE_UNITS = 100
APPROVE, REJECT = "approve", "reject"
T = TypeVar("T")
TOPICS, SOURCES = "t", "s"


async def show_filters(turn: Turn, which: str, code: str) -> None:
    """The filters: columns, scores, ages; topics and sources on pages of their own."""
    wanted = read_code(code)
    waiting = await turn.storage.queue.waiting(turn.now)
    chosen = [one for one in waiting if one.fits(wanted, turn.now)]
    words = await filter_words(turn, wanted)
    text = turn.texts.n("chat.queue.sift.title", len(waiting))
    if words:
        text += "\n" + turn.texts.n("chat.queue.sift.chosen", len(chosen), filter=words)
    if which == TOPICS:
        rows = _topics(turn, wanted, waiting)
    elif which == SOURCES:
        rows = await _sources(turn, wanted, waiting)
    else:
        rows = _usual(turn, wanted, waiting)
    await show(turn, Message(text, (*rows, *await _ends(turn, which, wanted, chosen))))


def _usual(turn: Turn, wanted: QueueFilter, waiting: Sequence[Waiting]) -> Rows:
    texts = turn.texts
    columns = Counter(one.column for one in waiting)
    rows = grid(
        _choice(
            f"{turn.rendering.column(name)} {count}",
            replace(wanted, columns=_toggled(wanted.columns, name)),
            on=name in wanted.columns,
        )
        for name, count in columns.most_common(_NAMES)
    )
    scores = [
        _choice(
            texts("chat.queue.sift.least", score=score),
            replace(wanted, min_score=None if wanted.min_score == score else score),
            on=wanted.min_score == score,
        )
        for score in _SCORES
    ]
    low = _choice(
        texts("chat.queue.sift.most", score=_LOW),
        replace(wanted, max_score=None if wanted.max_score == _LOW else _LOW),
        on=wanted.max_score == _LOW,
    )
    ages = [
        _choice(
            texts("chat.queue.sift.waited", span=span(turn, timedelta(hours=hours))),
            replace(wanted, hours=None if wanted.hours == hours else hours),
            on=wanted.hours == hours,
        )
        for hours in _HOURS
    ]
    rows = (*rows, *grid([*scores, low], 4), *grid(ages, 3))
    langs = Counter(one.lang for one in waiting)
    if len(langs) > 1:
        rows += grid(
            (
                _choice(
                    f"{lang_name(turn, name)} {count}",
                    replace(wanted, langs=_toggled(wanted.langs, name)),
                    on=name in wanted.langs,
                )
                for name, count in langs.most_common(4)
            ),
            4,
        )
    reported = sum(one.reported for one in waiting)
    if reported:
        label = f"{texts('chat.queue.filter.reported')} {reported}"
        rows = (
            *rows,
            (
                _choice(
                    label,
                    replace(wanted, reported=not wanted.reported),
                    on=wanted.reported,
                ),
            ),
        )
    more = (
        act(texts("chat.queue.sift.topics"), "qsift", TOPICS, wanted.code),
        act(texts("chat.queue.sift.sources"), "qsift", SOURCES, wanted.code),
    )
    return (*rows, more)


def _topics(turn: Turn, wanted: QueueFilter, waiting: Iterable[Waiting]) -> Rows:
    counts = Counter(topic for one in waiting for topic in one.topics)
    return grid(
        _choice(
            f"{turn.rendering.topic(name)} {count}",
            replace(wanted, topics=_toggled(wanted.topics, name)),
            on=name in wanted.topics,
        )
        for name, count in counts.most_common(_NAMES * 2)
    )


async def _sources(turn: Turn, wanted: QueueFilter, waiting: Iterable[Waiting]) -> Rows:
    counts = Counter(one.sources[0] for one in waiting if one.sources)
    titles = {one.id: one.spec.title for one in await turn.storage.sources.all()}
    return grid(
        _choice(
            f"{titles.get(number, '')} {count}",
            replace(wanted, sources=_toggled(wanted.sources, number)),
            on=number in wanted.sources,
        )
        for number, count in counts.most_common(_NAMES * 2)
    )


async def _ends(turn: Turn, which: str, wanted: QueueFilter, chosen: Sequence[Waiting]) -> Rows:
    """Begin with what is chosen, decide about all of it, or choose anew."""
    texts, code = turn.texts, wanted.code
    rows: list[tuple[Button, ...]] = []
    if chosen:
        rows.append((act(texts.n("chat.queue.sift.go", len(chosen)), "queue", FIRST, code),))
        if await may_decide(turn):
            rows.append(
                (
                    act(texts("chat.queue.sift.approve"), "qmany", APPROVE, code),
                    act(texts("chat.queue.sift.reject"), "qmany", REJECT, code),
                )
            )
    if wanted:
        rows.append((act(texts("chat.queue.sift.clear"), "qsift", "", ""),))
    if which:
        rows.append((act(texts("chat.back"), "qsift", "", code),))
    return tuple(rows)


def _choice(label: str, wanted: QueueFilter, *, on: bool) -> Button:
    """A button that adds or takes one condition; nothing happens where no more fit."""
    mark = f"✓ {label}" if on else label
    action = Action("qback", (10**9, 10**9, wanted.code))  # the longest that carries it on
    return act(mark, "qsift", "", wanted.code if fits(action) else "")


def _toggled(values: tuple[T, ...], value: T) -> tuple[T, ...]:
    if value in values:
        return tuple(one for one in values if one != value)
    return (*values, value)


# --- all of them at once ----------------------------------------------------------------------


async def show_proposal(turn: Turn, deed: str, code: str) -> None:
    """How many a filter lets through and which, the lowest first, before anything happens."""
    await show(
        turn, await _proposal(turn, APPROVE if deed == APPROVE else REJECT, read_code(code))
    )


async def propose(turn: Turn, deed: Deed, wanted: QueueFilter) -> None:
    """The same, typed."""
    if not await may_decide(turn):
        await say(turn, turn.texts("chat.staff.only"))
        return
    await say(turn, await _proposal(turn, deed, wanted))


async def _proposal(turn: Turn, deed: str, wanted: QueueFilter) -> Message:
    texts, code = turn.texts, wanted.code
    found = await turn.storage.queue.waiting(turn.now, wanted)
    cancel = (act(texts("chat.queue.sift.cancel"), "qsift", "", code),)
    if not found:
        return Message(texts("chat.queue.many.none"), (cancel,))
    taken = found[:MOST_AT_ONCE]
    lowest = sorted(taken, key=lambda one: (one.score, one.held_at))[:_SHOWN]
    lines = [texts.n(f"chat.queue.many.{deed}", len(taken))]
    words = await filter_words(turn, wanted)
    if words:
        lines.append(texts("chat.queue.many.filter", filter=words))
    if len(found) > len(taken):
        lines.append(texts.n("chat.queue.many.more", len(found) - len(taken)))
    lines += ["", texts("chat.queue.many.lowest")]
    lines += [
        texts("chat.queue.many.line", score=one.score, headline=_line(one)) for one in lowest
    ]
    if len(taken) > len(lowest):
        lines.append(texts.n("chat.queue.many.rest", len(taken) - len(lowest)))
    stamp = int(turn.now.timestamp())
    rows: Rows
    if deed == APPROVE:
        yes = act(texts.n("chat.queue.many.yes", len(taken)), "qall", APPROVE, stamp, code)
        rows = ((yes,), cancel)
    else:
        reasons = [one for one in Reason if one not in {Reason.UNSEEN, Reason.OTHER}]
        rows = (
            *grid(
                act(texts(f"chat.queue.reason.{one}"), "qall", one.value, stamp, code)
                for one in reasons
            ),
            cancel,
        )
        lines += ["", texts("chat.queue.many.why")]
    return Message("\n".join(lines), rows)


def _line(one: Waiting) -> str:
    return escape(cut(one.headline, _LINE_UNITS))


async def decide_all(turn: Turn, what: str, stamp: int, code: str) -> None:
    """Do it: to those alone that were counted when it was proposed, and still wait."""
    texts, wanted = turn.texts, read_code(code)
    reasons = {one.value for one in Reason} - {Reason.UNSEEN.value, Reason.OTHER.value}
    then = _moment(stamp)
    if what not in {APPROVE, *reasons} or then is None:
        await toast(turn, texts("chat.button.old"), alert=True)
        return
    waiting = await turn.storage.queue.waiting(turn.now)
    counted = [one.id for one in waiting if one.fits(wanted, then) and one.held_at <= then]
    curation, ids = turn.storage.curation, counted[:MOST_AT_ONCE]
    if what == APPROVE:
        done = await curation.approve_all(ids, turn.actor, turn.now)
        text = texts.n("chat.queue.many.approved", len(done.signals))
    else:
        rejection = Rejection(Reason(what))
        done = await curation.reject_all(ids, rejection, turn.actor, turn.now)
        reason = reason_words(turn, rejection)
        text = texts.n("chat.queue.many.rejected", len(done.signals), reason=reason)
    turn.services.wake_sender()
    rows: Rows = ((act(texts("chat.queue.again"), "queue", FIRST, ""),),)
    if done.act is not None:
        rows = ((act(texts("chat.queue.undo_all"), "qback", done.act.id, 0, code),), *rows)
    await show(turn, Message(text if done.signals else texts("chat.queue.many.none"), rows))


def _moment(stamp: int) -> datetime | None:
    try:
        # Held within the same second, and counted.
        return datetime.fromtimestamp(stamp + 1, UTC)
    except (OverflowError, OSError, ValueError):
        return None
