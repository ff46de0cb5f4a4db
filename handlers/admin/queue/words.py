"""Policies, holds and filters in words."""

from datetime import datetime, timedelta

from digest.model import SignalState
from digest.policy import EDITOR, REJECTED_BEFORE, Fall, Hold, Reason
from digest.review import QueueFilter
from digest.texts import Texts
from handlers.cards import quoted
from handlers.context import Turn
from storage.curation import Rejection

_MINUTE, _HOUR, _DAY = 60, 3600, 86_400


async def scope_name(turn: Turn, scope: str) -> str:
    """For whom a policy was set: 总规定, 栏目「AI」, 信源「晨星新闻」; escaped."""
    return quoted(await scope_words(turn, scope))


async def scope_words(turn: Turn, scope: str) -> str:
    """The same as plain text."""
    kind, _, value = scope.partition(":")
    if kind == "column":
        return turn.texts("chat.policy.of.column", name=turn.rendering.column(value))
    if kind == "source":
        source = await turn.storage.sources.get(int(value)) if value.isdecimal() else None
        name = source.spec.title if source else f"#{value}"
        return turn.texts("chat.policy.of.source", name=name)
    return turn.texts("chat.policy.of.default")


async def why_held(turn: Turn, hold: Hold | None) -> str:
    """Why a signal waits, as a sentence."""
    texts = turn.texts
    if hold is None or hold.scope == EDITOR:
        return texts("chat.queue.why.editor")
    if hold.scope == REJECTED_BEFORE:
        return texts("chat.queue.why.rejected")
    scope = await scope_name(turn, hold.scope)
    if hold.score is None:
        return texts("chat.queue.why.all", scope=scope)
    return texts("chat.queue.why.score", scope=scope, score=hold.score)


def fate(turn: Turn, hold: Hold | None, score: int) -> str:
    """When the signal falls to what, "" when it waits for as long as it takes."""
    if hold is None or hold.falls_at is None or hold.fall is Fall.WAIT:
        return ""
    outcome = "publish" if hold.outcome(score) is SignalState.LIVE else "reject"
    return turn.texts(f"chat.queue.fate.{outcome}", when=turn.rendering.clock(hold.falls_at))


def age(turn: Turn, since: datetime) -> str:
    """How long ago something was: 5 分钟, 3 小时, 2 天."""
    return span(turn, turn.now - since)


def span(turn: Turn, passed: timedelta) -> str:
    """A length of time in its greatest whole unit."""
    return span_words(turn.texts, passed)


def span_words(texts: Texts, passed: timedelta) -> str:
    """The same, for those who are not in a conversation."""
    seconds = max(0, int(passed.total_seconds()))
    for unit, size in (("days", _DAY), ("hours", _HOUR)):
        if seconds >= 2 * size or (unit == "hours" and seconds >= size):
            return texts.n(f"chat.queue.{unit}", seconds // size)
    return texts.n("chat.queue.minutes", max(1, seconds // _MINUTE))


def reason_words(turn: Turn, rejection: Rejection | None) -> str:
    """Why something was rejected, escaped; "" for no reason."""
    if rejection is None:
        return ""
    if rejection.reason is Reason.OTHER and rejection.words:
        return quoted(rejection.words)
    return turn.texts(f"chat.queue.reason.{rejection.reason}")


async def filter_words(turn: Turn, wanted: QueueFilter) -> str:
    """A filter in words, "" for none; escaped."""
    texts = turn.texts
    parts = [quoted(turn.rendering.column(one)) for one in wanted.columns]
    parts += [quoted(turn.rendering.topic(one)) for one in wanted.topics]
    for number in wanted.sources[:3]:
        source = await turn.storage.sources.get(number)
        parts.append(quoted(source.spec.title) if source else f"#{number}")
    parts += [lang_name(turn, one) for one in wanted.langs]
    if wanted.min_score is not None:
        parts.append(texts("chat.queue.filter.least", score=wanted.min_score))
    if wanted.max_score is not None:
        parts.append(texts("chat.queue.filter.most", score=wanted.max_score))
    if wanted.waited is not None:
        parts.append(texts("chat.queue.filter.waited", span=span(turn, wanted.waited)))
    if wanted.reported:
        parts.append(texts("chat.queue.filter.reported"))
    return texts("chat.comma").join(parts)


def lang_name(turn: Turn, lang: str) -> str:
    """A language in words; escaped."""
    key = f"chat.queue.lang.{lang}"
    return turn.texts(key) if turn.texts.has(key) else quoted(lang)
