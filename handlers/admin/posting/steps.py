"""What can be set for a draft, one step at a time. Who comes second is told who was first."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from digest.addressing import read_typed_audience, typed_audience
from digest.audience import Audience, Place, audience_data
from digest.model import Button, Lang, Message
from digest.posts import OPEN, Level, Post, PostKind, PostState, TextFault, read_text, toggled
from digest.render import escape
from handlers.admin.posting.card import audience_line, card_of, level_words, list_of
from handlers.admin.posting.desk import Desk, desk_of, editor_of
from handlers.admin.posting.entry import fault_message, placed_words
from handlers.admin.posting.photos import has_photo, take_photo
from handlers.admin.posting.sizes import size_words
from handlers.admin.posting.typing import words_of
from handlers.admin.targets import said_by
from handlers.arguments import plain
from handlers.cards import quoted
from handlers.context import Turn
from handlers.keyboards import Rows, act, grid, ticked
from handlers.moments import minute_of, moment_of, read_moment, tonight_and_morning
from handlers.prompts import POST, Prompt, put_question
from handlers.replies import say, show, toast
from storage import NotFound, Stale

SIGNATURE_UNITS = 30
_WORKED_ON = frozenset({PostState.DRAFT, PostState.SCHEDULED})
_PLACES = ("private", "group", "channel")

Change = Callable[[], Awaitable[Post]]


async def show_list(turn: Turn) -> None:
    """All drafts, in the place of a card."""
    await show(turn, await list_of(desk_of(turn)))


async def show_card(turn: Turn, post_id: int) -> None:
    """The card of a post as it stands now."""
    post = await turn.storage.posts.get(post_id)
    if post is None:
        await toast(turn, turn.texts("chat.post.gone"), alert=True)
        return
    await show(turn, await card_of(desk_of(turn), post))


async def shown_post(turn: Turn, post_id: int, version: int, *states: PostState) -> Post | None:
    """The post, if it is as the card that was tapped showed it.

    Else whoever tapped is told who was first, sees the card as it is now, and None is returned.
    """
    post = await turn.storage.posts.get(post_id)
    if post is None:
        await toast(turn, turn.texts("chat.post.gone"), alert=True)
        return None
    if post.version == version and post.state in (states or _WORKED_ON):
        return post
    await _tell_second(turn, post)
    return None


async def _tell_second(turn: Turn, post: Post) -> None:
    last = await turn.storage.audit.newest(f"post:{post.id}")
    said = await said_by(turn, last) if last else ""
    key = "chat.post.second" if said else "chat.post.second.unknown"
    text = turn.texts(key, said=said) if said else turn.texts(key)
    if turn.query is not None:
        await toast(turn, text, alert=True)
    else:
        await say(turn, quoted(text))
    await show(turn, await card_of(desk_of(turn), post))


async def changed(turn: Turn, post: Post, change: Change) -> Post | None:
    """Carry out a change of a post; None when somebody else was faster, which is told."""
    try:
        return await change()
    except Stale:
        now = await turn.storage.posts.get(post.id)
        if now is not None:
            await _tell_second(turn, now)
    except NotFound:
        await toast(turn, turn.texts("chat.post.gone"), alert=True)
    return None


async def set_values(turn: Turn, post: Post, act_name: str, **values: Any) -> Post | None:
    """Set columns of a post, and show its card."""
    made = await changed(
        turn, post, lambda: turn.storage.posts.change(post, act_name, editor_of(turn), **values)
    )
    if made is not None:
        await show(turn, await card_of(desk_of(turn), made))
    return made


# --- menus -------------------------------------------------------------------------------


async def open_menu(turn: Turn, name: str, post_id: int, version: int) -> None:
    """Show what can be chosen for one thing; some ask, or do it at once."""
    post = await shown_post(turn, post_id, version)
    if post is None:
        return
    if name == "photo":
        await _ask(turn, post, "photo")
    elif name == "unphoto":
        await set_values(turn, post, "post.photo", photo_id=None)
    elif name == "signature":
        await _ask(turn, post, "signature")
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


_MOST_TOPICS = 60


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


async def _audiences(desk: Desk, post: Post) -> Message:
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
    "audience": _audiences,
    "pin": _pins,
}


# --- setting -----------------------------------------------------------------------------


async def set_by_button(turn: Turn, name: str, post_id: int, version: int, value: str) -> None:
    """Set what a menu's button says."""
    post = await shown_post(turn, post_id, version)
    if post is None:
        return
    step = _BUTTONS.get(name)
    if step is None or not await step(turn, post, value):
        await toast(turn, turn.texts("chat.button.old"), alert=True)


async def _set_column(turn: Turn, post: Post, value: str) -> bool:
    if value in turn.taxonomy.columns:
        await set_values(turn, post, "post.column", column_id=value)
        return True
    return False


async def _set_topic(turn: Turn, post: Post, value: str) -> bool:
    if value not in turn.taxonomy.topics:
        return False
    topics = toggled(post.topics, value)
    if topics == post.topics:
        await toast(turn, turn.texts("chat.post.topics.full"), alert=True)
        return True
    await _set_and_stay(turn, post, "topics", "post.topics", topics=list(topics))
    return True


async def _set_and_stay(turn: Turn, post: Post, menu: str, act_name: str, **values: Any) -> None:
    """As `set_values`, but go on showing the menu."""
    made = await changed(
        turn, post, lambda: turn.storage.posts.change(post, act_name, editor_of(turn), **values)
    )
    if made is not None:
        await show(turn, await MENUS[menu](desk_of(turn), made))


async def _set_level(turn: Turn, post: Post, value: str) -> bool:
    if value not in {level.value for level in Level}:
        return False
    await set_values(turn, post, "post.level", level=value)
    return True


async def _set_time(turn: Turn, post: Post, value: str) -> bool:
    if value == "0":
        await set_values(turn, post, "post.time", publish_at=None, state=PostState.DRAFT.value)
        return True
    moment = moment_of(int(value)) if value.isdecimal() else None
    if moment is None or moment <= turn.now:
        return False
    await _schedule(turn, post, moment)
    return True


async def _schedule(turn: Turn, post: Post, moment: datetime) -> None:
    state = PostState.SCHEDULED.value
    await set_values(turn, post, "post.time", publish_at=moment, state=state)


async def _set_pin(turn: Turn, post: Post, value: str) -> bool:
    moment = moment_of(int(value)) if value.isdecimal() else None
    if value != "0" and (moment is None or moment <= turn.now):
        return False
    await set_values(turn, post, "post.pin", pin_until=None if value == "0" else moment)
    return True


async def _set_people(turn: Turn, post: Post, value: str) -> bool:
    what, _, which = value.partition(" ")
    chosen = post.audience or Audience()
    match what:
        case "none":
            await _keep_people(turn, post, None)
            return True
        case "place" if which in _PLACES:
            rest = tuple(one for one in chosen.places if one != which)
            places = rest if which in chosen.places else (*chosen.places, Place(which))
            chosen = replace(chosen, places=places)
        case "lang" if which in {"zh", "en"}:
            other = Lang(which)
            chosen = replace(chosen, lang=None if chosen.lang == other else other)
        case "column":
            same = post.column in chosen.columns
            chosen = replace(chosen, columns=() if same else (post.column,), everything=not same)
        case "active":
            chosen = replace(chosen, used=None if chosen.used else 30)
        case _:
            return False
    await _keep_people(turn, post, chosen)
    return True


async def _keep_people(turn: Turn, post: Post, audience: Audience | None) -> None:
    data = audience_data(audience) if audience is not None else None
    await _set_and_stay(turn, post, "audience", "post.audience", audience=data)


_BUTTONS: Mapping[str, Callable[[Turn, Post, str], Awaitable[bool]]] = {
    "column": _set_column,
    "topic": _set_topic,
    "level": _set_level,
    "time": _set_time,
    "pin": _set_pin,
    "people": _set_people,
}


# --- typing ------------------------------------------------------------------------------


async def ask_typed(turn: Turn, name: str, post_id: int, version: int) -> None:
    """Ask for what is typed: the words, a time, whom to push it to."""
    post = await shown_post(turn, post_id, version)
    if post is None:
        return
    if name not in _TYPED:
        await toast(turn, turn.texts("chat.button.old"), alert=True)
        return
    await _ask(turn, post, name)


async def _ask(turn: Turn, post: Post, name: str) -> None:
    texts = turn.texts
    current = ""
    if name == "text":
        current = f"\n\n<code>{escape_lines(post)}</code>"
    elif name == "people" and post.audience is not None:
        now = typed_audience(post.audience, turn.lang, turn.taxonomy)
        current = f"\n\n<code>{escape(now)}</code>" if now else ""
    question = f"{texts(f'chat.post.ask.{name}', number=post.id)}{current}"
    placeholder = texts(f"chat.post.ask.{name}.placeholder")
    await put_question(
        turn, Prompt(POST, f"{name}_{post.id}_{post.version}"), question, placeholder
    )


def escape_lines(post: Post) -> str:
    """The words of a post to be copied, line by line."""
    return "\n".join(escape(line) for line in (post.text.headline, *post.text.lines))


async def take_answer(turn: Turn, value: str, typed: str) -> bool:
    """Take an answer about a post; False when the question was another one."""
    name, _, rest = value.partition("_")
    number, _, version = rest.partition("_")
    step = _TYPED.get(name)
    if step is None or not (number.isdecimal() and version.isdecimal()):
        return False
    post = await shown_post(turn, int(number), int(version))
    if post is not None:
        await step(turn, post, typed)
    return True


async def _take_text(turn: Turn, post: Post, _typed: str) -> None:
    words = words_of(turn.message)
    text = read_text(words)
    if isinstance(text, TextFault):
        await say(turn, fault_message(turn, text, words))
        return
    values: dict[str, Any] = {"text": text.typed}
    if post.kind is PostKind.WORDS and not post.topics:
        placed = placed_words(turn, text)
        values |= {"topics": list(placed.topics), "sort": placed.kind.value}
    await set_values(turn, post, "post.text", **values)


async def _take_time(turn: Turn, post: Post, typed: str) -> None:
    moment = read_moment(typed, turn.subscription.zone, turn.now)
    if moment is None:
        await say(turn, turn.texts("chat.post.fault.time"))
        return
    await _schedule(turn, post, moment)


async def _take_pin(turn: Turn, post: Post, typed: str) -> None:
    moment = read_moment(typed, turn.subscription.zone, turn.now)
    if moment is None:
        await say(turn, turn.texts("chat.post.fault.time"))
        return
    await set_values(turn, post, "post.pin", pin_until=moment)


async def _take_signature(turn: Turn, post: Post, typed: str) -> None:
    name = plain(typed)
    if name in {"-", "无", "none", "no"}:
        name = ""
    if len(name) > SIGNATURE_UNITS:
        await say(turn, turn.texts("chat.post.fault.signature", n=SIGNATURE_UNITS))
        return
    await set_values(turn, post, "post.signature", signature=name)


async def _take_people(turn: Turn, post: Post, typed: str) -> None:
    wanted = read_typed_audience(typed, turn.taxonomy, turn.today)
    if wanted.unknown:
        unknown = turn.texts("chat.comma").join(f"“{quoted(one)}”" for one in wanted.unknown[:5])
        await say(turn, turn.texts("chat.post.fault.people", unknown=unknown))
        return
    made = await changed(
        turn,
        post,
        lambda: turn.storage.posts.change(
            post, "post.audience", editor_of(turn), audience=audience_data(wanted.audience)
        ),
    )
    if made is not None:
        await say(turn, await _audiences(desk_of(turn), made))


async def _take_photo(turn: Turn, post: Post, _typed: str) -> None:
    if not has_photo(turn.message):
        await say(turn, turn.texts("chat.post.fault.photo"))
        return
    photo = await take_photo(turn, turn.message)
    if photo is not None:
        await set_values(turn, post, "post.photo", photo_id=photo.id)


_TYPED: Mapping[str, Callable[[Turn, Post, str], Awaitable[None]]] = {
    "text": _take_text,
    "time": _take_time,
    "pin": _take_pin,
    "signature": _take_signature,
    "people": _take_people,
    "photo": _take_photo,
}


# --- throwing away -----------------------------------------------------------------------


async def drop(turn: Turn, post_id: int, version: int) -> None:
    """Throw a draft away; it can be brought back for a while."""
    post = await shown_post(turn, post_id, version, *OPEN)
    if post is None:
        return
    await set_values(turn, post, "post.drop", state=PostState.DROPPED.value, publish_at=None)
