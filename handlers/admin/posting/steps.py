"""Drafts one step at a time: who comes second is told who was first."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from digest.posts import OPEN, Post, PostState
from handlers.admin.posting.card import card_of, list_of
from handlers.admin.posting.desk import desk_of, editor_of
from handlers.admin.targets import said_by
from handlers.cards import quoted
from handlers.context import Turn
from handlers.replies import say, show, toast
from storage import NotFound, Stale

_WORKED_ON = frozenset({PostState.DRAFT, PostState.SCHEDULED})

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


async def schedule(turn: Turn, post: Post, moment: datetime) -> None:
    """Have a post published at a time."""
    state = PostState.SCHEDULED.value
    await set_values(turn, post, "post.time", publish_at=moment, state=state)


async def drop(turn: Turn, post_id: int, version: int) -> None:
    """Throw a draft away; it can be brought back for a while."""
    post = await shown_post(turn, post_id, version, *OPEN)
    if post is None:
        return
    await set_values(turn, post, "post.drop", state=PostState.DROPPED.value, publish_at=None)
