"""What editors see of drafts: the draft, its audience, the last question, the list of all."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from digest.addressing import audience_words, typed_audience
from digest.audience import Among, Audience, AudienceSize, Place
from digest.broadcast import Broadcast, BroadcastCounts, BroadcastState
from digest.model import Button, Lang, Message
from digest.render import escape
from handlers.admin.broadcasts.words import excerpt, line, size_words, time_words
from handlers.context import Turn
from handlers.keyboards import Rows, act, grid, ticked
from storage import AuditEntry

_AMONG = (Among.SUBSCRIBED, Among.PAUSED, Among.STARTED)
_DAYS = (7, 30)


def draft_page(turn: Turn, draft: Broadcast, size: AudienceSize) -> Message:
    """A draft: its first words, for whom, how many that are, how long it takes."""
    texts, words = turn.texts, draft.announcement
    state = texts("chat.broadcast.state.draft")
    lines = [
        texts("chat.broadcast.title", number=draft.id, state=state),
        texts("chat.broadcast.words", words=escape(excerpt(draft))),
    ]
    if words.photo:
        lines.append(texts("chat.broadcast.has_photo"))
    lines += [
        texts("chat.broadcast.has_button", label=escape(label), url=escape(url))
        for label, url in words.buttons
    ]
    lines += ["", *_whom(turn, draft, size), _manner(turn, draft)]
    return Message("\n".join(lines), _draft_rows(turn, draft))


def _draft_rows(turn: Turn, draft: Broadcast) -> Rows:
    texts, words = turn.texts, draft.announcement

    def look(op: str, label: str = "") -> Button:
        return act(texts(f"chat.broadcast.button.{label or op}"), "cast", op, draft.id)

    return (
        (look("test"), look("audience")),
        (look("text"), look("buttons")),
        (
            look("silent", "loud" if words.silent else "silent"),
            look("patient", "hasty" if words.patient else "patient"),
        ),
        (
            act(texts("chat.broadcast.button.send"), "castgo", "send", draft.id),
            look("discard"),
        ),
    )


def _whom(turn: Turn, draft: Broadcast, size: AudienceSize) -> list[str]:
    audience = escape(audience_words(draft.audience, turn.texts, turn.taxonomy))
    lines = [turn.texts("chat.broadcast.to", audience=audience)]
    if not size.total:
        return [*lines, turn.texts("chat.broadcast.to_nobody")]
    return [*lines, turn.texts("chat.broadcast.to_so_many", size=_size(turn, size))]


def _size(turn: Turn, size: AudienceSize) -> str:
    """How many chats and how long they take: 18,204 个聊天（私聊 …），约 12 分钟."""
    kinds = {"private": size.private, "group": size.groups, "channel": size.channels}
    said = size_words(kinds, size.total, turn.texts)
    took = time_words(size.total, turn.services.send_rate, turn.texts)
    return turn.texts("chat.broadcast.size.time", size=said, time=took)


def _manner(turn: Turn, draft: Broadcast) -> str:
    words = draft.announcement
    sound = turn.texts(f"chat.broadcast.manner.{'silent' if words.silent else 'loud'}")
    quiet = turn.texts(f"chat.broadcast.manner.{'patient' if words.patient else 'hasty'}")
    return f"{sound} · {quiet}"


# --- the audience ------------------------------------------------------------------------


def audience_page(turn: Turn, draft: Broadcast, size: AudienceSize) -> Message:
    """Choose for whom: by buttons what is short, the rest typed."""
    texts, audience = turn.texts, draft.audience
    typed = typed_audience(audience, turn.lang, turn.taxonomy)
    lines = [
        texts("chat.broadcast.audience.title", number=draft.id),
        "",
        *_whom(turn, draft, size),
    ]
    if typed:
        lines.append(texts("chat.broadcast.audience.typed", line=escape(typed)))
    return Message("\n".join(lines), _audience_rows(turn, draft))


def _audience_rows(turn: Turn, draft: Broadcast) -> Rows:
    texts, audience = turn.texts, draft.audience

    def choice(field: str, value: str, label: str, *, on: bool) -> Button:
        return ticked(label, "castto", draft.id, field, value, on=on)

    def look(op: str, label: str) -> Button:
        return act(texts(f"chat.broadcast.button.{label}"), "cast", op, draft.id)

    among = (
        choice(
            "among",
            one.value,
            texts(f"chat.broadcast.among.{one}"),
            on=audience.among is one and not audience.ids,
        )
        for one in _AMONG
    )
    langs = (
        choice("lang", one.value, texts(f"audience.lang.{one}"), on=audience.lang is one)
        for one in Lang
    )
    places = (
        choice(
            "places",
            one.value,
            texts(f"chat.broadcast.place.{one}"),
            on=one in audience.places,
        )
        for one in Place
    )
    rows = (*grid(among), *grid(langs), *grid(places, 3))
    rows += grid(
        choice("used", str(days), texts.n("chat.broadcast.used", days), on=audience.used == days)
        for days in _DAYS
    )
    return (
        *rows,
        (
            look("filter", "filter"),
            act(texts("chat.broadcast.button.all"), "castto", draft.id, "all", ""),
        ),
        (look("open", "back"),),
    )


def chosen(audience: Audience, field: str, value: str) -> Audience | None:
    """`audience` after a tap; the same tap again takes the filter away. None for a forged one."""
    try:
        wanted = _value(field, value)
    except ValueError:
        return None
    if field == "all":
        return Audience()
    if field == "places":
        had = audience.places
        places = tuple(one for one in had if one != wanted) if wanted in had else (*had, wanted)
        return replace(audience, places=places).normal()
    if field == "among":
        return replace(audience, among=wanted, ids=()).normal()
    changed: dict[str, Any] = {field: None if getattr(audience, field) == wanted else wanted}
    return replace(audience, **changed).normal()


def _value(field: str, value: str) -> Any:
    """Raises ValueError for what stands behind no button of ours."""
    match field:
        case "among":
            return Among(value)
        case "lang":
            return Lang(value)
        case "places":
            return Place(value)
        case "used" if value in {str(days) for days in _DAYS}:
            return int(value)
        case "all":
            return None
    raise ValueError(f"no such filter: {field} {value}")


# --- the last question -------------------------------------------------------------------


def confirm_page(turn: Turn, draft: Broadcast, size: AudienceSize) -> Message:
    """The last question before sending to a few."""
    texts = turn.texts
    text = "\n".join(
        [
            texts("chat.broadcast.confirm", number=draft.id, size=_size(turn, size)),
            texts("chat.broadcast.words", words=escape(excerpt(draft))),
            _manner(turn, draft),
        ]
    )
    yes = act(texts("chat.broadcast.button.sure"), "castnow", draft.id, draft.revision)
    back = act(texts("chat.broadcast.button.back"), "cast", "open", draft.id)
    return Message(text, ((yes, back),))


def typed_question(turn: Turn, draft: Broadcast, size: AudienceSize) -> str:
    """The last question before sending to many: to be answered with their number."""
    return turn.texts(
        "chat.broadcast.ask.send",
        number=draft.id,
        size=_size(turn, size),
        words=escape(excerpt(draft)),
        count=size.total,
    )


def way_back(turn: Turn, entry: AuditEntry) -> Rows:
    """What takes back an announcement that is out, which undoing its act does not; or nothing."""
    kind, _, number = entry.target.partition(":")
    if entry.act != "broadcast.send" or kind != "broadcast" or not number.isdecimal():
        return ()
    label = turn.texts("chat.broadcast.button.withdraw")
    return ((act(label, "castgo", "withdraw", int(number)),),)


def sure_page(turn: Turn, found: Broadcast, op: str) -> Message:
    """Whether to really stop for good, or to take back what was sent."""
    texts = turn.texts
    text = texts(f"chat.broadcast.sure.{op}", number=found.id)
    done = {"cancel": "cancelled", "withdraw": "withdrawn"}[op]
    yes = act(texts(f"chat.broadcast.button.{done}"), "castgo", done, found.id)
    back = act(texts("chat.broadcast.button.back"), "cast", "open", found.id)
    return Message(text, ((yes, back),))


# --- the list ----------------------------------------------------------------------------


def list_page(
    turn: Turn,
    found: Sequence[Broadcast],
    counts: Mapping[int, BroadcastCounts],
    *,
    more: bool,
) -> Message:
    """All announcements, the newest first."""
    texts = turn.texts
    if not found:
        return Message(texts("chat.broadcast.list.empty"))
    lines = [texts("chat.broadcast.list.title"), ""]
    lines += [line(one, counts.get(one.id), texts) for one in found]
    rows = grid(
        (act(_label(one), "cast", "open", one.id) for one in found),
        4,
    )
    if more:
        older = act(texts("chat.broadcast.button.older"), "casts", found[-1].id)
        rows = (*rows, (older,))
    lines += ["", texts("chat.broadcast.list.how")]
    return Message("\n".join(lines), rows)


def _label(one: Broadcast) -> str:
    mark = "✏️ " if one.state is BroadcastState.DRAFT else ""
    return f"{mark}#{one.id}"
