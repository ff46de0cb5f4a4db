"""Posts in both databases: every change is taken back whole, and belongs to who made it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from digest.audience import Audience, Place, audience_data
from digest.posts import Level, Post, PostKind, PostState, PostText
from storage import Editor, LinkState, NewPost, Sender, Stale, Storage
from storage.personal import Owner
from storage.posts import KEPT_FOR
from tests.newsdesk import NOON
from tests.storage.making import add_subscriber

ME = Editor("user:7", 7, NOON)
TEXT = PostText("标题", ("一", "二"))


async def draft(storage: Storage, **more: Any) -> Post:
    return await storage.posts.start(NewPost(PostKind.WORDS, 7, TEXT, **more), ME)


CHANGES: dict[str, dict[str, Any]] = {
    "post.text": {"text": "新标题\n新的一点"},
    "post.column": {"column_id": "science"},
    "post.topics": {"topics": ["llm", "chips"]},
    "post.level": {"level": Level.TOP.value},
    "post.signature": {"signature": "王"},
    "post.audience": {"audience": audience_data(Audience(places=(Place.CHANNEL,)))},
    "post.time": {
        "publish_at": NOON + timedelta(hours=3),
        "state": PostState.SCHEDULED.value,
    },
    "post.pin": {"pin_until": NOON + timedelta(days=1)},
    "post.drop": {"state": PostState.DROPPED.value},
}


def as_set(post: Post) -> Post:
    """A post but for how often it was changed."""
    return replace(post, version=0, changed_by=0, changed_at=NOON)


@pytest.mark.parametrize("name", CHANGES)
async def test_every_change_is_taken_back_and_back_again(storage: Storage, name: str) -> None:
    was = await draft(storage)
    now = await storage.posts.change(was, name, ME, **CHANGES[name])
    assert as_set(now) != as_set(was)
    act = (await storage.audit.list(1))[0]
    assert (act.act, act.target) == (name, f"post:{was.id}")
    undone = await storage.acts.undo(act.id, "user:8", NOON)
    back = await storage.posts.get(was.id)
    assert back is not None
    assert as_set(back) == as_set(was)
    assert back.version > now.version > was.version
    await storage.acts.undo(undone.id, "user:8", NOON)
    again = await storage.posts.get(was.id)
    assert again is not None
    assert as_set(again) == as_set(now)


async def test_a_change_of_what_is_not_there_any_more_is_refused(storage: Storage) -> None:
    shown = await draft(storage)
    await storage.posts.change(shown, "post.level", ME, level="top")
    with pytest.raises(Stale) as refused:
        await storage.posts.change(shown, "post.text", Editor("user:8", 8, NOON), text="x")
    assert refused.value.by is not None
    assert refused.value.by.act == "post.level"
    kept = await storage.posts.get(shown.id)
    assert kept is not None
    assert kept.text == TEXT


async def test_an_editors_posts_are_handed_over_and_erased(storage: Storage) -> None:
    await draft(storage)
    other = await storage.posts.start(NewPost(PostKind.WORDS, 8, TEXT), ME)
    rows = await storage.personal.collect(Owner(7))
    assert [row["text"] for row in rows["posts"]] == [TEXT.typed]
    await storage.personal.erase(Owner(7), NOON)
    assert [post.id for post in await storage.posts.open()] == [other.id]


async def test_what_was_thrown_away_goes_with_its_picture(storage: Storage) -> None:
    photo = await storage.posts.keep_photo(b"jpeg", (10, 10), NOON)
    lone = await storage.posts.keep_photo(b"never used", (10, 10), NOON)
    kept = await draft(storage, photo_id=photo.id)
    late = NOON + KEPT_FOR + timedelta(days=1)
    assert await storage.posts.forget_before(late - KEPT_FOR) == 1
    assert await storage.posts.photo(lone.id) is None
    assert await storage.posts.photo(photo.id) == photo
    await storage.posts.change(kept, "post.drop", ME, state="dropped")
    assert await storage.posts.forget_before(late) == 1
    assert await storage.posts.get(kept.id) is None
    assert await storage.posts.photo_body(photo.id) is None


async def test_a_failed_links_post_outlives_the_link(storage: Storage) -> None:
    reader = await add_subscriber(storage, 11)
    (link,) = await storage.pasted.ask(Sender(reader.id, 7, 1), ("https://a.example/b",), NOON)
    new = NewPost(PostKind.LINK, 7, state=PostState.READING, url=link.url, link_id=link.id)
    post = await storage.posts.start(new, ME)
    await storage.posts.fail(post, "down", NOON)
    await storage.pasted.finish(link.id, LinkState.FAILED, NOON, trouble="down")
    assert await storage.pasted.forget_before(NOON + timedelta(days=3)) == 1
    kept = await storage.posts.get(post.id)
    assert kept is not None
    assert (kept.link_id, kept.trouble) == (None, "down")
