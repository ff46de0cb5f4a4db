"""What can be chosen for a draft, one menu at a time."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta

from digest.audience import Audience, Place
from digest.model import Button, Message
from digest.posts import Level, Post, PostState
from digest.render import escape
from handlers.admin.posting.asking import ask_about
from handlers.admin.posting.card import audience_line, level_words
from handlers.admin.posting.desk import Desk, desk_of
from handlers.admin.posting.sizes import size_words
from handlers.admin.posting.steps import set_values, shown_post
from handlers.context import Turn
from handlers.keyboards import Rows, act, grid, ticked
from handlers.moments import minute_of, tonight_and_morning
from handlers.replies import show, toast

_MOST_TOPICS = 60
_PLACES = tuple(place.value for place in Place)


async def open_menu(turn: Turn, name: str, post_id: int, version: int) -> None:
    """Show what can be chosen for one thing; some ask, or do it at once."""
    post = await shown_post(turn, post_id, version)
    if post is None:
        return
    if name == "photo":
        await ask_about(turn, post, "photo")
    elif name == "unphoto":
        await set_values(turn, post, "post.photo", photo_id=None)
    elif name == "signature":
        await ask_about(turn, post, "signature")
    elif (menu := MENUS.get(name)) is not None:
        await show(turn, await menu(desk_of(turn), post))
    else:
        await toast(turn, turn.texts("chat.button.old"), alert=True)


def _back(desk: Desk, post: Post) -> tuple[Button, ...]:
    return (act(desk.texts("chat.post.button.back"), "post", post.id),)


def _set(post: Post, label: str, name: str, value: str, *, on: bool = False) -> Button:
    return ticked(label, "post_set", name, post.id, post.version, value, on=on)


def _titled(desk: Desk, post: Post, name: str, rows: Rows, extra: str = "") -> Message:
    title = desk.texts(f"chat.post.menu.{name}")
    text = f"<b>{escape(post.text.headline)}</b>\n\n{title}"
    return Message(f"{text}\n{extra}" if extra else text, (*rows, _back(desk, post)))


async def _columns(desk: Desk, post: Post) -> Message:
    buttons = [
        _set(post, one.name(desk.subscriber.lang), "column", one.id, on=one.id == post.column)
        for one in desk.taxonomy.columns.values()
    ]
    return _titled(desk, post, "column", grid(buttons))


async def _topics(desk: Desk, post: Post) -> Message:
    """The chosen topics, then those that signals of this column have most, then all others."""
    lang = desk.subscriber.lang
    known = desk.taxonomy.topics
    order = [*(one for one in post.topics if one in known)]
    order += [one for one in known if one not in post.topics]
    buttons = [
        _set(post, known[one].name(lang), "topic", one, on=one in post.topics)
        for one in order[:_MOST_TOPICS]
    ]
    return _titled(desk, post, "topics", grid(buttons, per_row=3))


async def _levels(desk: Desk, post: Post) -> Message:
    rows = tuple(
        (_set(post, level_words(desk, level), "level", level.value, on=level is post.level),)
        for level in Level
    )
    return _titled(desk, post, "level", rows)


async def _times(desk: Desk, post: Post) -> Message:
    evening, morning = tonight_and_morning(desk.zone, desk.now)
    row = [
        _set(post, desk.rendering.clock(moment), "time", str(minute_of(moment)))
        for moment in sorted((evening, morning))
    ]
    own = act(desk.texts("chat.post.button.own_time"), "post_ask", "time", post.id, post.version)
    rows: Rows = (tuple(row), (own,))
    if post.state is PostState.SCHEDULED:
        rows = (*rows, (_set(post, desk.texts("chat.post.button.no_time"), "time", "0"),))
    return _titled(desk, post, "time", rows)


async def audiences(desk: Desk, post: Post) -> Message:
    """Whom it may be pushed to at once, and how many that are."""
    texts = desk.texts
    chosen = post.audience or Audience()
    chosen_one = post.audience is not None
    rows: list[tuple[Button, ...]] = [
        (_set(post, texts("chat.post.audience.fitting"), "people", "none", on=not chosen_one),),
        tuple(
            _set(
                post,
                texts(f"audience.place.{place}"),
                "people",
                f"place {place}",
                on=chosen_one and place in chosen.places,
            )
            for place in _PLACES
        ),
        tuple(
            _set(
                post,
                texts(f"audience.lang.{lang}"),
                "people",
                f"lang {lang}",
                on=chosen_one and chosen.lang == lang,
            )
            for lang in ("zh", "en")
        ),
        (
            _set(post, texts("chat.post.audience.same_column"), "people", "column",
                 on=post.column in chosen.columns),
            _set(post, texts("chat.post.audience.active"), "people", "active",
                 on=chosen.used is not None),
        ),
        (act(texts("chat.post.button.own_people"), "post_ask", "people", post.id, post.version),),
    ]  # fmt: skip
    extra = escape(audience_line(desk, post))
    if post.audience is not None:
        extra += "\n" + await size_words(desk, post)
    return _titled(desk, post, "audience", tuple(rows), extra)


async def _pins(desk: Desk, post: Post) -> Message:
    evening, morning = tonight_and_morning(desk.zone, desk.now)
    row = []
    for days in (0, 1, 3):
        moment = max(evening, morning) + timedelta(days=days)
        label = desk.texts("chat.post.until", when=desk.rendering.clock(moment))
        row.append(_set(post, label, "pin", str(minute_of(moment))))
    own = act(desk.texts("chat.post.button.own_time"), "post_ask", "pin", post.id, post.version)
    rows: Rows = (*((one,) for one in row), (own,))
    if post.pin_until:
        rows = (*rows, (_set(post, desk.texts("chat.post.button.no_pin"), "pin", "0"),))
    return _titled(desk, post, "pin", rows)


MENUS: Mapping[str, Callable[[Desk, Post], Awaitable[Message]]] = {
    "column": _columns,
    "topics": _topics,
    "level": _levels,
    "time": _times,
    "audience": audiences,
    "pin": _pins,
}
