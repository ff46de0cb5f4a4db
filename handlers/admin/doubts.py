"""Which pushes nobody knows to have arrived, and what becomes of them: for editors, in chat."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from digest.model import DigestKind, Message
from digest.numbers import Count
from digest.render import cut
from digest.texts import Texts
from handlers.cards import quoted
from handlers.context import Turn
from handlers.keyboards import act
from handlers.replies import say, show, toast
from handlers.subscriptions import local_time
from storage.doubts import Doubt
from storage.unread import LONGEST_WINDOW

SPANS = (1, 7, 30, 90)
"""Days that the numbers are told of."""

DAYS = 7
_NAMED = 12
_TITLE_UNITS = 60


async def doubts(turn: Turn) -> None:
    """Say what was in doubt in the last days."""
    await say(turn, await _message(turn, DAYS))


async def show_doubts(turn: Turn, days: int) -> None:
    """The same of so many days, in a message of its own below the numbers."""
    if days not in SPANS:
        await toast(turn, turn.texts("chat.button.old"), alert=True)
        return
    await show(turn, await _message(turn, days))


async def _message(turn: Turn, days: int) -> Message:
    texts, since = turn.texts, turn.now - timedelta(days=days)
    found = await turn.storage.doubts.since(since, carried_since=turn.now - LONGEST_WINDOW)
    figures = await turn.storage.numbers.latest(days, turn.now)
    resent = figures.sum(Count.DELIVERIES, "resent")
    lines = [f"❓ <b>{texts('chat.doubt.title')}</b>　{texts.n('chat.doubt.days', days)}"]
    if not found:
        lines.append(texts("chat.doubt.none"))
    else:
        count = sum(one.unknown for one in found)
        lines += [texts.n("chat.doubt.what", count), "", *await _lines(turn, found)]
    if resent:
        lines += ["", texts.n("chat.doubt.resent", resent)]
    row = (act(texts("chat.back"), "stats", days),)
    return Message("\n".join(lines), (row,))


async def _lines(turn: Turn, found: Sequence[Doubt]) -> list[str]:
    texts, named = turn.texts, found[:_NAMED]
    numbers = sorted({one.signal_id for one in named if one.signal_id is not None})
    known = {one.id: one for one in await turn.storage.signals.get_many(numbers)}
    titles = {number: one.brief.headline for number, one in known.items()}
    lines = [_line(turn, one, titles) for one in named]
    further = sum(one.unknown for one in found[_NAMED:])
    return [*lines, texts.n("chat.doubt.further", further)] if further else lines


def _line(turn: Turn, one: Doubt, titles: Mapping[int, str]) -> str:
    texts = turn.texts
    when = local_time(texts, one.at, turn.subscription.zone, turn.now)
    title = titles.get(one.signal_id or 0, "")
    name = kind_name(texts, one.kind)
    if title:
        name = texts("chat.doubt.named", kind=name, title=quoted(cut(title, _TITLE_UNITS)))
    return texts.n("chat.doubt.line", one.unknown, kind=name, when=when, fate=_fate(texts, one))


def _fate(texts: Texts, one: Doubt) -> str:
    """What becomes of them, in words."""
    if one.kind is DigestKind.ANNOUNCEMENT:
        return texts("chat.doubt.never")
    left = one.unknown - one.came - one.coming
    counts = {"came": one.came, "coming": one.coming, "latest": left}
    told = [texts(f"chat.doubt.{name}", n=count) for name, count in counts.items() if count]
    return texts("chat.comma").join(told)


def kind_name(texts: Texts, kind: DigestKind) -> str:
    """What a kind of push is called."""
    return texts(f"chat.doubt.kind.{kind}")


def doubt_message(texts: Texts, news: Mapping[str, int]) -> Message:
    """What the staff is told when several came into doubt: how many, by kind."""
    count = sum(news.values())
    kinds = texts("chat.comma").join(
        texts("chat.doubt.of_kind", kind=kind_name(texts, DigestKind(kind)), n=number)
        for kind, number in sorted(news.items(), key=lambda one: -one[1])
    )
    text = texts.n("chat.doubt.news", count, kinds=kinds)
    return Message(text, ((act(texts("chat.doubt.see"), "doubts", DAYS),),))
