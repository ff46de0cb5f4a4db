"""Posts and their pictures as rows, and what every change of a post brings with it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.audience import read_audience
from digest.model import Kind, Photo
from digest.posts import Level, Post, PostKind, PostState, PostText
from storage.changes import Change
from storage.schema import photos, posts

_PHOTO = (photos.c.width, photos.c.height, photos.c.file_id)


def post_query() -> Select[Any]:
    """What `read_post` needs."""
    return select(posts, *_PHOTO).outerjoin(photos, photos.c.id == posts.c.photo_id)


def read_post(row: Row[Any]) -> Post:
    """A post with its picture."""
    headline, *lines = row.text.split("\n")
    photo = None
    if row.photo_id is not None:
        photo = Photo(row.photo_id, row.width, row.height, row.file_id)
    return Post(
        id=row.id,
        kind=PostKind(row.kind),
        state=PostState(row.state),
        text=PostText(headline, tuple(lines)),
        level=Level(row.level),
        column=row.column_id,
        topics=tuple(row.topics),
        made_by=row.made_by,
        changed_by=row.changed_by,
        version=row.version,
        created_at=row.created_at,
        changed_at=row.changed_at,
        url=row.url,
        link_id=row.link_id,
        signal_id=row.signal_id,
        photo=photo,
        signature=row.signature,
        audience=None if row.audience is None else read_audience(row.audience),
        pin_until=row.pin_until,
        publish_at=row.publish_at,
        published_at=row.published_at,
        pushed_at=row.pushed_at,
        trouble=row.trouble,
        sort=Kind(row.sort),
    )


async def load_post(connection: AsyncConnection, post_id: int) -> Post | None:
    """The post with this number."""
    row = (await connection.execute(post_query().where(posts.c.id == post_id))).first()
    return read_post(row) if row else None


async def touch(connection: AsyncConnection, changes: Sequence[Change], now: datetime) -> None:
    """Count every change of a post, also one that is taken back: what is shown is out of date."""
    ids = {change.key["id"] for change in changes}
    await connection.execute(
        update(posts)
        .where(posts.c.id.in_(ids))
        .values(version=posts.c.version + 1, changed_at=now)
    )
