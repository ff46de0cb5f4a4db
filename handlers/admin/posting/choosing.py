"""What the buttons of a draft's menus set."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any

from digest.audience import Audience, Place, audience_data
from digest.model import Lang
from digest.posts import Level, Post, PostState, toggled
from handlers.admin.posting.desk import desk_of, editor_of
from handlers.admin.posting.menus import MENUS
from handlers.admin.posting.steps import changed, schedule, set_values, shown_post
from handlers.context import Turn
from handlers.moments import moment_of
from handlers.replies import show, toast

_PLACES = frozenset(place.value for place in Place)


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
    await schedule(turn, post, moment)
    return True


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
