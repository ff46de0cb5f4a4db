"""How many chats a post will be pushed to, told before it is."""

from digest.audience import AudienceSize
from digest.posts import Post
from handlers.admin.posting.desk import Desk

SURE_FROM = 500
"""Chats from which on an editor is asked twice."""


async def size_of(desk: Desk, post: Post) -> AudienceSize:
    """How many chats the chosen audience of a post has now; none where no one is chosen."""
    if post.audience is None:
        return AudienceSize()
    circle = await desk.services.circle()
    return await desk.storage.audiences.size(post.audience, circle, desk.now)


async def size_words(desk: Desk, post: Post) -> str:
    """The size in words: in all, and by kind of chat."""
    size = await size_of(desk, post)
    texts = desk.texts
    parts = [
        texts.n(f"chat.post.size.{name}", count)
        for name, count in (
            ("private", size.private),
            ("groups", size.groups),
            ("channels", size.channels),
        )
        if count
    ]
    if not parts:
        return texts("chat.post.size.none")
    return texts.n("chat.post.size", size.total, parts=texts("chat.comma").join(parts))
