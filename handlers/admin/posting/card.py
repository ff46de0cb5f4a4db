"""The card of a post: what it says, what is set for it, and the buttons to change that."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from digest.addressing import audience_words
from digest.links import PASSING, Trouble
from digest.model import Button, Message
from digest.posts import Level, Post, PostState
from digest.render import cut, escape
from digest.verify import Finding
from handlers.admin.posting.desk import Desk
from handlers.keyboards import Rows, act
from handlers.linkparts import short_address
from storage.posted import doubts_of

_SHOWN_LINES = 4
_LINE_UNITS = 200
_DOUBTS = 4
_LIST_UNITS = 60
_MINUTE, _HOUR, _DAY = 60, 3600, 86400


async def card_of(desk: Desk, post: Post) -> Message:
    """The card of a post as it stands now."""
    match post.state:
        case PostState.READING:
            return Message(
                _head(desk, post, await _changed(desk, post)), _reading_rows(desk, post)
            )
        case PostState.FAILED:
            return _failed(desk, post, await _changed(desk, post))
        case PostState.PUBLISHED:
            return await _published(desk, post)
        case PostState.DROPPED:
            rows = ((act(desk.texts("chat.post.list"), "posts"),),)
            text = desk.texts("chat.post.dropped", headline=escape(post.text.headline))
            return Message(text, rows)
        case _:
            return await _draft(desk, post)


async def _draft(desk: Desk, post: Post) -> Message:
    doubts = await doubts_of(desk.storage, post)
    parts = (
        _head(desk, post, await _changed(desk, post)),
        _words(desk, post),
        "\n".join(_settings(desk, post)),
        _doubts(desk, doubts),
    )
    return Message("\n\n".join(part for part in parts if part), _draft_rows(desk, post))


def _head(desk: Desk, post: Post, changed: str) -> str:
    kind = desk.texts(f"chat.post.kind.{post.kind}")
    if post.url:
        kind = f"{kind} <code>{escape(short_address(post.url))}</code>"
    state = desk.texts(f"chat.post.state.{post.state}", number=post.id)
    return f"<b>{state}</b> · {kind}\n{changed}"


async def _changed(desk: Desk, post: Post) -> str:
    who = escape(await desk.name_of(post.changed_by))
    return desk.texts("chat.post.changed", who=who, age=age(desk, post.changed_at))


def age(desk: Desk, at: datetime) -> str:
    """How long ago something was, in one unit."""
    seconds = max(0.0, (desk.now - at) / timedelta(seconds=1))
    if seconds < _MINUTE:
        return desk.texts("chat.post.age.now")
    for unit, name in ((_DAY, "days"), (_HOUR, "hours"), (_MINUTE, "minutes")):
        if seconds >= unit:
            return desk.texts.n(f"chat.post.age.{name}", int(seconds // unit))
    return desk.texts("chat.post.age.now")


def _words(desk: Desk, post: Post) -> str:
    shown = [f"<b>{escape(post.text.headline)}</b>"]
    shown += [f"• {escape(cut(line, _LINE_UNITS))}" for line in post.text.lines[:_SHOWN_LINES]]
    further = len(post.text.lines) - _SHOWN_LINES
    if further > 0:
        shown.append(f"<i>{escape(desk.texts.n('chat.post.further', further))}</i>")
    return "\n".join(shown)


def _settings(desk: Desk, post: Post) -> list[str]:
    texts = desk.texts
    topics = [desk.rendering.topic(topic) for topic in post.topics]
    rows = [
        ("column", desk.rendering.column(post.column) if post.column else texts("chat.post.none")),
        ("topics", texts("chat.comma").join(topics) or texts("chat.post.none")),
        ("level", level_words(desk, post.level)),
        ("audience", audience_line(desk, post)),
    ]
    if post.signature:
        rows.append(("signature", post.signature))
    if post.photo:
        size = texts("chat.post.photo.size", width=post.photo.width, height=post.photo.height)
        rows.append(("photo", size))
    if post.pin_until:
        until = texts("chat.post.until", when=desk.rendering.clock(post.pin_until))
        rows.append(("pin", until))
    if post.state is PostState.SCHEDULED and post.publish_at:
        rows.append(("time", desk.rendering.clock(post.publish_at)))
    return [texts(f"chat.post.row.{name}", value=escape(value)) for name, value in rows]


def level_words(desk: Desk, level: Level) -> str:
    """An importance, and the score that it stands for."""
    return desk.texts(f"chat.post.level.{level}", points=level.points)


def audience_line(desk: Desk, post: Post) -> str:
    """Who gets it: those whose wishes it meets, and whom an editor chose besides."""
    if post.audience is None:
        return desk.texts("chat.post.audience.fitting")
    words = audience_words(post.audience, desk.texts, desk.taxonomy)
    return desk.texts("chat.post.audience.chosen", audience=words)


def _doubts(desk: Desk, doubts: Sequence[Finding]) -> str:
    if not doubts:
        return ""
    named = [f"“{escape(cut(doubt.text, 60))}”" for doubt in doubts[:_DOUBTS]]
    return desk.texts(
        "chat.post.doubts", n=len(doubts), named=desk.texts("chat.comma").join(named)
    )


# --- buttons -----------------------------------------------------------------------------


def _draft_rows(desk: Desk, post: Post) -> Rows:
    texts, which = desk.texts, (post.id, post.version)

    def menu(name: str) -> Button:
        return act(texts(f"chat.post.button.{name}"), "post_menu", name, *which)

    photo = "unphoto" if post.photo else "photo"
    return (
        (
            act(texts("chat.post.button.preview"), "post_show", post.id),
            act(texts("chat.post.button.text"), "post_ask", "text", *which),
        ),
        (menu("column"), menu("topics"), menu("level")),
        (act(texts(f"chat.post.button.{photo}"), "post_menu", photo, *which), menu("signature")),
        (menu("audience"), menu("pin")),
        (menu("time"), act(texts("chat.post.button.publish"), "post_go", *which)),
        (
            act(texts("chat.post.button.drop"), "post_drop", *which),
            act(texts("chat.post.list"), "posts"),
        ),
    )


def _reading_rows(desk: Desk, post: Post) -> Rows:
    return ((act(desk.texts("chat.post.button.drop"), "post_drop", post.id, post.version),),)


def _failed(desk: Desk, post: Post, changed: str) -> Message:
    known = {trouble.value for trouble in Trouble}
    trouble = Trouble(post.trouble) if post.trouble in known else Trouble.BROKEN
    text = f"{_head(desk, post, changed)}\n\n{desk.texts(f'chat.link.trouble.{trouble}')}"
    row = [act(desk.texts("chat.post.button.drop"), "post_drop", post.id, post.version)]
    if trouble in PASSING and post.link_id:
        row.insert(0, act(desk.texts("chat.link.retry"), "post_retry", post.id, post.version))
    return Message(text, (tuple(row),))


async def _published(desk: Desk, post: Post) -> Message:
    texts = desk.texts
    headline = escape(post.text.headline)
    when = desk.rendering.clock(post.published_at or post.changed_at)
    lines = [texts("chat.post.published", headline=headline, when=when)]
    if post.audience is not None:
        state = "pushed" if post.pushed_at else "pushing"
        words = audience_words(post.audience, texts, desk.taxonomy)
        lines.append(texts(f"chat.post.{state}", audience=escape(words)))
    if post.signal_id and post.pin_until and post.pin_until > desk.now:
        pinned = await desk.storage.pins.of(post.signal_id, desk.now)
        if pinned is not None:
            lines.append(texts("chat.post.pinned", when=desk.rendering.clock(pinned.until)))
        else:
            lines.append(texts("chat.post.unpinned"))
    row: list[Button] = []
    if post.signal_id and desk.services.links.usable:
        page = desk.services.links.signal(post.signal_id)
        row.append(Button(texts("card.full"), url=page))
    if post.signal_id:
        row.append(act(texts("chat.post.button.edit"), "edit", post.signal_id))
    row.append(act(texts("chat.post.button.withdraw"), "post_back", post.id, post.version))
    return Message("\n".join(lines), (tuple(row), (act(texts("chat.post.list"), "posts"),)))


# --- all of them -------------------------------------------------------------------------


async def list_of(desk: Desk) -> Message:
    """All posts that are still to be worked on, with their age."""
    texts = desk.texts
    found = await desk.storage.posts.open()
    new = (act(texts("chat.post.new"), "post_new"),)
    if not found:
        return Message(f"{texts('chat.post.list.none')}\n\n{texts('chat.post.how')}", (new,))
    lines = [texts.n("chat.post.list.title", len(found))]
    rows: list[tuple[Button, ...]] = []
    for post in found:
        headline = cut(post.text.headline or short_address(post.url), _LIST_UNITS)
        who = escape(await desk.name_of(post.changed_by))
        line = texts(
            "chat.post.list.line",
            number=post.id,
            state=texts(f"chat.post.mark.{post.state}"),
            headline=escape(headline),
            who=who,
            age=age(desk, post.changed_at),
        )
        if post.state is PostState.SCHEDULED and post.publish_at:
            line += texts("chat.post.list.time", when=desk.rendering.clock(post.publish_at))
        lines.append(line)
        rows.append((act(f"{post.id} · {headline}", "post", post.id),))
    return Message("\n".join(lines), (*rows, new))
