"""The signal of a post, put into the tables by the act that publishes it."""

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update

from digest.editing import Field
from digest.model import Article, Brief, Photo, Signal, SignalDraft
from digest.posts import Post, PostKind
from digest.stories import StoryPlacement
from storage.acts import Act
from storage.editing import note_fields
from storage.schema import photos, posts, signals
from storage.signals import insert_own, join_story, retell_own
from storage.values import brief_data, placement_data, read_brief, score_data


@dataclass(frozen=True, slots=True)
class Publishable:
    """What a post makes: its signal and article, and the story that a link's belongs to.

    `article` is None where the article's text is kept no longer.
    """

    signal: Signal
    article: Article | None
    story: StoryPlacement | None = None


async def put_signal(act: Act, post: Post, made: Publishable) -> int:
    """Write what readers will see of a post; whether they do is decided apart. The signal's id.

    An editor's own words are written anew each time, as nobody else keeps them. What is changed
    of an article that was read is part of the act, and goes back with it.
    """
    own = post.kind is PostKind.WORDS
    signal_id = await _put_words(act, post, made) if own else await _put_link(act, post, made)
    if made.signal.photo is not None:
        await act.connection.execute(
            update(photos).where(photos.c.id == made.signal.photo.id).values(signal_id=signal_id)
        )
    return signal_id


async def _put_words(act: Act, post: Post, made: Publishable) -> int:
    if made.article is None:
        raise ValueError("own words are their own article")
    signal = made.signal
    draft = SignalDraft(
        article=made.article,
        brief=signal.brief,
        placement=signal.placement,
        score=signal.score,
        reading_minutes=signal.reading_minutes,
    )
    signal_id = post.signal_id
    if signal_id is None:
        signal_id = await insert_own(act.connection, draft, act.now)
        # No part of the act: a draft that was taken back keeps the signal that it had.
        await act.connection.execute(
            update(posts).where(posts.c.id == post.id).values(signal_id=signal_id)
        )
    else:
        await retell_own(act.connection, signal_id, draft, act.now)
    await act.connection.execute(
        update(signals).where(signals.c.id == signal_id).values(photo=photo_data(signal.photo))
    )
    return signal_id


async def _put_link(act: Act, post: Post, made: Publishable) -> int:
    if post.signal_id is None:
        raise ValueError("the link is not read")
    signal = made.signal
    await note_fields(act, post.signal_id, await _edited(act, post.signal_id, signal.brief))
    values: dict[str, Any] = {
        "brief": brief_data(signal.brief),
        "column_id": signal.placement.column,
        "placement": placement_data(signal.placement),
        "score": signal.score.total,
        "score_parts": score_data(signal.score),
        "photo": photo_data(signal.photo),
        "backlog": False,
    }
    if made.story is not None and signal.story_id is None:
        dated = select(signals.c.dated_at).where(signals.c.id == post.signal_id)
        dated_at = (await act.connection.execute(dated)).scalar_one()
        story_id, relation = await join_story(act.connection, made.story, dated_at, act.now)
        values |= {"story_id": story_id, "relation": relation}
    # As the database gives it back: acts compare it when they are taken back.
    plain = json.loads(json.dumps(values))
    await act.update(signals, {"id": post.signal_id}, **plain)
    return post.signal_id


async def _edited(act: Act, signal_id: int, brief: Brief) -> list[Field]:
    """What of an article's brief the editor says in other words: no engine writes over that."""
    query = select(signals.c.brief).where(signals.c.id == signal_id)
    was = read_brief((await act.connection.execute(query)).scalar_one())
    headline = [Field.HEADLINE] if was.headline != brief.headline else []
    return headline + ([Field.POINTS] if was.points != brief.points else [])


def photo_data(photo: Photo | None) -> list[Any] | None:
    """A picture as its signal holds it."""
    return None if photo is None else [photo.id, photo.width, photo.height, photo.file_id]
