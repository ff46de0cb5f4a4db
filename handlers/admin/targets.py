"""What an act was done to, and who did it, in words."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from digest.render import week_name
from digest.weekly import Week
from handlers.admin.broadcasts.words import excerpt
from handlers.admin.queue.words import scope_words
from handlers.context import Turn
from storage import AuditEntry
from storage.shelves import ShelfKind


async def _signal(turn: Turn, value: str) -> str:
    signal = await turn.storage.signals.get(int(value)) if value.isdecimal() else None
    return signal.brief.headline if signal else f"#{value}"


async def _source(turn: Turn, value: str) -> str:
    source = await turn.storage.sources.get(int(value)) if value.isdecimal() else None
    return source.spec.title if source else f"#{value}"


async def _post(turn: Turn, value: str) -> str:
    post = await turn.storage.posts.get(int(value)) if value.isdecimal() else None
    return (post.text.headline or post.url) if post else f"#{value}"


async def _person(turn: Turn, value: str) -> str:
    if not value.isdecimal():
        return value
    member = await turn.storage.staff.get(int(value))
    if member is not None:
        return member.name
    reader = await turn.storage.subscribers.by_chat(int(value), 0)
    return reader.title if reader else value


async def _topic(turn: Turn, value: str) -> str:
    return await _shelf(turn, "topic", value)


async def _column(turn: Turn, value: str) -> str:
    return await _shelf(turn, "column", value)


async def _shelf(turn: Turn, kind: ShelfKind, value: str) -> str:
    """By its own name, also when it was merged into another since."""
    shelf = await turn.storage.shelves.get(kind, value)
    return shelf.name(turn.lang) if shelf else value


async def _phrase(_turn: Turn, value: str) -> str:
    return value


async def _desk(turn: Turn, value: str) -> str:
    chat, _, thread = value.partition(":")
    for desk in await turn.storage.staff.desks():
        if (str(desk.chat_id), str(desk.thread_id)) == (chat, thread):
            return desk.title
    return value


async def _announcement(turn: Turn, value: str) -> str:
    found = await turn.storage.broadcasts.get(int(value)) if value.isdecimal() else None
    return (
        turn.texts("chat.broadcast.named", number=value, words=excerpt(found)) if found else value
    )


async def _queue(turn: Turn, _value: str) -> str:
    return turn.texts("chat.queue.name")


async def _import(turn: Turn, value: str) -> str:
    found = await turn.storage.source_imports.get(int(value)) if value.isdecimal() else None
    return found.name if found else value


async def _weekly(turn: Turn, value: str) -> str:
    week = Week.read(value)
    return turn.texts("chat.wk.name", week=week_name(week, turn.rendering)) if week else value


# By what stands before the colon of a target.
TARGETS: Mapping[str, Callable[[Turn, str], Awaitable[str]]] = {
    "signal": _signal,
    "post": _post,
    "source": _source,
    "import": _import,
    "user": _person,
    "topic": _topic,
    "column": _column,
    "phrase": _phrase,
    "desk": _desk,
    "broadcast": _announcement,
    "policy": scope_words,
    "queue": _queue,
    "weekly": _weekly,
}


async def target_name(turn: Turn, target: str) -> str:
    """What people call the target of an act; its own spelling when nothing is known of it."""
    kind, _, value = target.partition(":")
    name = TARGETS.get(kind)
    return await name(turn, value) if name and value else target


async def _story(turn: Turn, number: int) -> str:
    """By the headline of what leads it, or of the one signal that is left of it."""
    found = await turn.storage.stories.get(number)
    if found is not None and found.id != number:  # whose headline would be the other one's
        return turn.texts("chat.audit.story_merged", number=number)
    left = (found.lead,) if found else await turn.storage.storylines.some(number)
    name = left[0].brief.headline if left else ""
    return turn.texts("chat.audit.story", number=number, name=name)


async def value_in_words(turn: Turn, value: Any) -> Any:
    """What was kept of an act, where people know it by a name: the story a signal was in."""
    if not isinstance(value, dict) or len(value) != 1:
        return value
    texts = turn.texts
    match value:
        case {"story": None}:
            return texts("chat.audit.no_story")
        case {"story": int(number)}:
            return await _story(turn, number)
        case {"lead": [*numbers]}:
            names = [await _signal(turn, str(one)) for one in numbers]
            return texts("chat.audit.lead", names=texts("digest.comma").join(names))
    return value


async def actor_name(turn: Turn, actor: str) -> str:
    """Who did something: a member's name, the bot itself, or the command line."""
    kind, _, value = actor.partition(":")
    if kind == "user" and value.isdecimal():
        return await _person(turn, value)
    key = f"chat.actor.{actor}"
    return turn.texts(key) if turn.texts.has(key) else actor


def act_name(turn: Turn, name: str) -> str:
    """What was done, as a short verb."""
    key = f"chat.act.{name}"
    return turn.texts(key) if turn.texts.has(key) else name


async def said_by(turn: Turn, entry: AuditEntry) -> str:
    """Who did what and when, in a few words: for whoever comes second."""
    return turn.texts(
        "chat.act.said",
        who=await actor_name(turn, entry.actor),
        what=act_name(turn, entry.act),
        when=turn.rendering.clock(entry.at),
    )
