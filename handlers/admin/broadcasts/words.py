"""An announcement under way and its report, as the editors' chat shows them."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from digest.addressing import audience_words
from digest.broadcast import Broadcast, BroadcastCounts, BroadcastState, Correction, minutes_for
from digest.model import Button, Message
from digest.render import escape, plain_text
from digest.taxonomy import Taxonomy
from digest.text.units import clip
from digest.texts import Texts
from handlers.keyboards import act

_BAR = 12
_FULL, _EMPTY = "▓", "░"
_EXCERPT = 60
_HOUR, _MINUTE = 3600, 60
_OTHER = "other"
# What Telegram says (lower case), and how we call it; the first that fits.
_REASONS = (
    ("bot was blocked", "blocked"),
    ("blocked", "blocked"),
    ("deactivated", "deactivated"),
    ("kicked", "left"),
    ("not a member", "left"),
    ("left", "left"),
    ("chat not found", "lost"),
    ("user not found", "lost"),
    ("peer_id_invalid", "lost"),
    ("topic", "topic"),
    ("thread", "topic"),
    ("unsubscribed", "stopped"),
    ("right", "silenced"),
    ("write_forbidden", "silenced"),
    ("restricted", "silenced"),
    ("forbidden", "silenced"),
    ("retry", "unreachable"),
)


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast it goes: `rate` in messages a second now, None when that is not known."""

    rate: float | None = None
    planned: float = 27.0

    @property
    def expected(self) -> float:
        """The rate to reckon with."""
        return self.rate or self.planned


def under_way(
    broadcast: Broadcast, counts: BroadcastCounts, pace: Pace, texts: Texts, taxonomy: Taxonomy
) -> Message:
    """The progress message, with buttons for what can be done about it."""
    lines = [
        _title(broadcast, texts),
        _excerpt(broadcast, texts),
        texts(
            "chat.broadcast.to",
            audience=escape(audience_words(broadcast.audience, texts, taxonomy)),
        ),
        "",
    ]
    if broadcast.state is BroadcastState.GATHERING:
        lines.append(texts.n("chat.broadcast.gathered", broadcast.total))
    else:
        lines += _how_far(broadcast, counts, texts)
        lines += _speed(broadcast, counts, pace, texts)
    lines += _correction(broadcast, texts)
    return Message("\n".join(lines), _controls(broadcast, texts))


def report(
    broadcast: Broadcast,
    counts: BroadcastCounts,
    reasons: Mapping[str, int],
    texts: Texts,
    taxonomy: Taxonomy,
) -> Message:
    """The last word: who got it, who did not, and why."""
    lines = [
        _title(broadcast, texts),
        _excerpt(broadcast, texts),
        texts(
            "chat.broadcast.to",
            audience=escape(audience_words(broadcast.audience, texts, taxonomy)),
        ),
        "",
        texts("chat.broadcast.total", total=broadcast.total, sent=counts.sent),
        *_losses(broadcast, counts, texts),
    ]
    if counts.waiting:
        lines.append(texts("chat.broadcast.unsent", count=counts.waiting))
    if broadcast.confirmed_at and broadcast.finished_at:
        taken = (broadcast.finished_at - broadcast.confirmed_at).total_seconds()
        lines.append(texts("chat.broadcast.took", time=duration(taken, texts)))
    lines += _why(reasons, texts)
    if counts.unknown:
        lines += ["", texts("chat.broadcast.unknown.why")]
    lines += _correction(broadcast, texts)
    return Message("\n".join(lines), _afterwards(broadcast, counts, texts))


def line(broadcast: Broadcast, counts: BroadcastCounts | None, texts: Texts) -> str:
    """One line of the list."""
    state = _state(broadcast, texts)
    if counts is not None and broadcast.total:
        state = f"{state} {100 * counts.settled // broadcast.total}%"
    words = escape(excerpt(broadcast))
    return texts("chat.broadcast.line", number=broadcast.id, state=state, words=words)


def excerpt(broadcast: Broadcast) -> str:
    """The first words of an announcement, without markup."""
    words = " ".join(plain_text(broadcast.announcement.text).split())
    return clip(words, _EXCERPT) or words[:_EXCERPT]


def duration(seconds: float, texts: Texts) -> str:
    """A time in words: seconds, minutes, or hours and minutes."""
    whole = max(1, round(seconds))
    if whole < _MINUTE:
        return texts.n("chat.broadcast.seconds", whole)
    minutes = round(whole / _MINUTE)
    if minutes < _MINUTE:
        return texts.n("chat.broadcast.minutes", minutes)
    hours, rest = divmod(minutes, _MINUTE)
    said = texts.n("chat.broadcast.hours", hours)
    return f"{said} {texts.n('chat.broadcast.minutes', rest)}" if rest else said


def size_words(counts: Mapping[str, int], total: int, texts: Texts) -> str:
    """How many chats, by kind: 18,204 个聊天：私聊 17,900、群 290、频道 14."""
    kinds = [kind for kind, count in counts.items() if count]
    if len(kinds) < 2:  # noqa: PLR2004  of one kind: the total says it all
        return texts.n(f"chat.broadcast.only.{(kinds or ['private'])[0]}", total)
    parts = [texts(f"chat.broadcast.size.{kind}", count=counts[kind]) for kind in kinds]
    return texts.n("chat.broadcast.size", total, parts=texts("audience.comma").join(parts))


def time_words(count: int, rate: float, texts: Texts) -> str:
    """How long `count` messages take."""
    return duration(minutes_for(count, rate) * _MINUTE, texts)


def _title(broadcast: Broadcast, texts: Texts) -> str:
    return texts("chat.broadcast.title", number=broadcast.id, state=_state(broadcast, texts))


def _state(broadcast: Broadcast, texts: Texts) -> str:
    withdrawn = broadcast.correction is Correction.WITHDRAW
    return texts(f"chat.broadcast.state.{'withdrawn' if withdrawn else broadcast.state}")


def _excerpt(broadcast: Broadcast, texts: Texts) -> str:
    return texts("chat.broadcast.words", words=escape(excerpt(broadcast)))


def _how_far(broadcast: Broadcast, counts: BroadcastCounts, texts: Texts) -> list[str]:
    total = max(1, broadcast.total)
    done = min(counts.settled, total)
    filled = _BAR * done // total
    bar = _FULL * filled + _EMPTY * (_BAR - filled)
    far = texts(
        "chat.broadcast.far",
        bar=bar,
        percent=100 * done // total,
        done=done,
        total=broadcast.total,
    )
    sent = texts("chat.broadcast.sent", count=counts.sent)
    return [far, sent, *_losses(broadcast, counts, texts)]


def _losses(broadcast: Broadcast, counts: BroadcastCounts, texts: Texts) -> list[str]:
    """Those it did not reach, on one line; nothing when it reached everybody."""
    erased = max(0, broadcast.total - counts.settled - counts.waiting)
    parts = [
        texts(f"chat.broadcast.{name}", count=count)
        for name, count in (
            ("gone", counts.gone),
            ("failed", counts.failed),
            ("unknown", counts.unknown),
            ("stopped", counts.stopped),
            ("erased", erased),
        )
        if count
    ]
    return [" · ".join(parts)] if parts else []


def _speed(broadcast: Broadcast, counts: BroadcastCounts, pace: Pace, texts: Texts) -> list[str]:
    if broadcast.state is not BroadcastState.SENDING:
        return [texts("chat.broadcast.left", count=counts.waiting)]
    lines = []
    awake = counts.waiting - counts.asleep
    if awake:
        left = duration(awake / max(pace.expected, 0.1), texts)
        rate = f"{pace.rate:.0f}" if pace.rate is not None and pace.rate >= 1 else ""
        key = "chat.broadcast.speed" if rate else "chat.broadcast.soon"
        lines.append(texts(key, rate=rate, time=left) if rate else texts(key, time=left))
    if counts.asleep:
        lines.append(texts("chat.broadcast.asleep", count=counts.asleep))
    return lines


def _why(reasons: Mapping[str, int], texts: Texts) -> list[str]:
    """The reasons in words, each with its number."""
    found: Counter[str] = Counter()
    odd: Counter[str] = Counter()
    for detail, count in reasons.items():
        name = reason_of(detail)
        found[name] += count
        if name == _OTHER:
            odd[detail] += count
    if not found:
        return []
    lines = ["", texts("chat.broadcast.why")]
    for name, count in found.most_common():
        if name == _OTHER:
            words, _ = odd.most_common(1)[0]
            said = texts("chat.broadcast.reason.quoted", words=escape(clip(words, 2 * _EXCERPT)))
        else:
            said = texts(f"chat.broadcast.reason.{name}")
        lines.append(texts("chat.broadcast.reason", reason=said, count=count))
    return lines


def reason_of(detail: str) -> str:
    """What we call the reason that a delivery is dead for."""
    low = detail.casefold()
    return next((name for words, name in _REASONS if words in low), _OTHER)


def _correction(broadcast: Broadcast, texts: Texts) -> list[str]:
    if broadcast.correction is None:
        return []
    state = "now" if broadcast.correcting else "done"
    line = texts(f"chat.broadcast.{broadcast.correction}.{state}", count=broadcast.corrected)
    if broadcast.not_corrected:
        line += texts("chat.broadcast.not_corrected", count=broadcast.not_corrected)
    return ["", line]


def _controls(broadcast: Broadcast, texts: Texts) -> tuple[tuple[Button, ...], ...]:
    def button(op: str) -> Button:
        return act(texts(f"chat.broadcast.button.{op}"), "castgo", op, broadcast.id)

    if broadcast.state is BroadcastState.PAUSED:
        if broadcast.correcting:
            return ((button("resume"), button("cancel")),)
        return (
            (button("resume"), button("cancel")),
            (button("edit"), button("withdraw")),
        )
    return ((button("pause"), button("cancel")), (button("withdraw"),))


def _afterwards(
    broadcast: Broadcast, counts: BroadcastCounts, texts: Texts
) -> tuple[tuple[Button, ...], ...]:
    gone = broadcast.correction is Correction.WITHDRAW
    if broadcast.correcting or gone or not counts.sent:
        return ()
    rows = [
        act(texts(f"chat.broadcast.button.{op}"), "castgo", op, broadcast.id)
        for op in ("edit", "withdraw")
    ]
    return (tuple(rows),)


def is_last_word(broadcast: Broadcast) -> bool:
    """Whether there is nothing more to come."""
    over = broadcast.state in {BroadcastState.DONE, BroadcastState.CANCELLED}
    return over and not broadcast.correcting
