"""Posts: what editors write or bring by a link, from the first word to what readers see.

    reading ─▶ draft ⇄ scheduled ─▶ published
       └─▶ failed        └─▶ dropped

Every change is an act of its own (storage/acts.py) that names the version it was made upon: of two
editors at one draft the second is told who was first, and nobody's words are lost.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, exists, func, select, update

from digest.model import Kind, Photo, SignalState
from digest.posts import OPEN, Level, Post, PostKind, PostState, PostText
from storage.acts import SYSTEM, Act, Acts
from storage.curation import hide, show
from storage.database import Database
from storage.errors import NotFound
from storage.pins import Pin, pin_within
from storage.post_rows import load_post, post_query, read_post
from storage.post_signals import Publishable, put_signal
from storage.schema import photos, posts

MOST_SHOWN = 20
NO_TEXT = PostText("")


@dataclass(frozen=True, slots=True)
class NewPost:
    """A post before it has a number. `made_by` is 0 for the command line."""

    kind: PostKind
    made_by: int
    text: PostText = NO_TEXT
    state: PostState = PostState.DRAFT
    column: str = ""
    topics: tuple[str, ...] = ()
    sort: Kind = Kind.NEWS
    url: str = ""
    link_id: int | None = None
    signal_id: int | None = None
    photo_id: int | None = None


@dataclass(frozen=True, slots=True)
class Editor:
    """Who changes a post: as the audit names them, their Telegram id (0: nobody's), and when."""

    actor: str
    user_id: int
    now: datetime


class Posts:
    """The posts and their pictures."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._acts = Acts(database)

    # --- looking ---------------------------------------------------------------------------

    async def get(self, post_id: int) -> Post | None:
        """The post with this number."""
        async with self._database.read() as connection:
            return await load_post(connection, post_id)

    async def of_link(self, link_id: int) -> Post | None:
        """The post that waits for a link to be read."""
        return await self._first(posts.c.link_id == link_id)

    async def of_signal(self, signal_id: int) -> Post | None:
        """The newest post that made, or is about, a signal; dropped ones do not count."""
        return await self._first(
            (posts.c.signal_id == signal_id) & (posts.c.state != PostState.DROPPED)
        )

    async def open(self) -> tuple[Post, ...]:
        """What is still to be worked on, last changed first."""
        query = post_query().where(posts.c.state.in_(OPEN))
        query = query.order_by(posts.c.changed_at.desc(), posts.c.id.desc()).limit(MOST_SHOWN)
        async with self._database.read() as connection:
            return tuple(read_post(row) for row in await connection.execute(query))

    async def open_count(self) -> int:
        """How many posts are still to be worked on."""
        query = select(func.count()).where(posts.c.state.in_(OPEN))
        async with self._database.read() as connection:
            return int(await connection.scalar(query) or 0)

    async def due(self, now: datetime) -> tuple[Post, ...]:
        """Scheduled posts whose time has come, the earliest first."""
        query = post_query().where(posts.c.state == PostState.SCHEDULED, posts.c.publish_at <= now)
        async with self._database.read() as connection:
            rows = await connection.execute(query.order_by(posts.c.publish_at, posts.c.id))
            return tuple(read_post(row) for row in rows)

    async def unpushed(self) -> tuple[Post, ...]:
        """Published posts whose chosen audience is not owed them yet."""
        query = post_query().where(
            posts.c.state == PostState.PUBLISHED,
            posts.c.audience.is_not(None),
            posts.c.pushed_at.is_(None),
        )
        async with self._database.read() as connection:
            rows = await connection.execute(query.order_by(posts.c.published_at, posts.c.id))
            return tuple(read_post(row) for row in rows)

    async def _first(self, condition: Any) -> Post | None:
        query = post_query().where(condition).order_by(posts.c.id.desc()).limit(1)
        async with self._database.read() as connection:
            row = (await connection.execute(query)).first()
            return read_post(row) if row else None

    # --- working on one --------------------------------------------------------------------

    async def start(self, new: NewPost, editor: Editor) -> Post:
        """Keep a new post. Taking it back drops it."""
        values = {
            "kind": new.kind,
            "state": new.state,
            "text": new.text.typed,
            "url": new.url,
            "link_id": new.link_id,
            "signal_id": new.signal_id,
            "photo_id": new.photo_id,
            "level": Level.NORMAL,
            "column_id": new.column,
            "topics": list(new.topics),
            "sort": new.sort,
            "signature": "",
            "trouble": "",
            "made_by": new.made_by,
            "changed_by": new.made_by,
            "version": 0,
            "created_at": editor.now,
            "changed_at": editor.now,
        }
        async with self._acts.act(editor.actor, "post.start", "post:new", editor.now) as act:
            key = await act.insert(posts, retire={"state": PostState.DROPPED}, **values)
            act.target = _target(key["id"])
            act.after = new.url or new.text.typed
        return await self._known(key["id"])

    async def change(self, post: Post, act_name: str, editor: Editor, **values: Any) -> Post:
        """Set columns of a post as it was shown. The audit tells the first of them.

        Raises Stale when somebody has changed it since, NotFound when it is gone.
        """
        async with self._acts.act(editor.actor, act_name, _target(post.id), editor.now) as act:
            await _set(act, post, editor, values)
        return await self._known(post.id)

    async def fill(self, post: Post, read: NewPost, now: datetime) -> Post:
        """Its link was read: the post is a draft now, and says what the article says.

        Words that the editor had typed with the link stay.
        """
        typed = post.text.typed.strip()
        async with self._acts.act(SYSTEM, "post.read", _target(post.id), now) as act:
            await act.update(
                posts,
                {"id": post.id},
                expect={"state": post.state},
                state=PostState.DRAFT,
                text=typed or read.text.typed,
                signal_id=read.signal_id,
                column_id=read.column,
                topics=list(read.topics),
                sort=read.sort,
                trouble="",
            )
            act.after = read.text.headline
        return await self._known(post.id)

    async def fail(self, post: Post, trouble: str, now: datetime) -> Post:
        """Its link could not be read."""
        async with self._acts.act(SYSTEM, "post.unread", _target(post.id), now) as act:
            await act.update(posts, {"id": post.id}, state=PostState.FAILED, trouble=trouble)
            act.after = trouble
        return await self._known(post.id)

    async def note_pushed(self, post: Post, now: datetime) -> None:
        """Its audience is owed it. No act: who publishes has said that it shall be so."""
        async with self._database.write() as connection:
            await connection.execute(
                update(posts).where(posts.c.id == post.id).values(pushed_at=now)
            )

    async def _known(self, post_id: int) -> Post:
        post = await self.get(post_id)
        if post is None:
            raise NotFound(f"there is no post {post_id}")
        return post

    # --- what readers see ------------------------------------------------------------------

    async def publish(self, post: Post, made: Publishable, editor: Editor) -> Post:
        """Let readers see a post, on top of digests where that was wished and there is room.

        Taking it back makes it a draft again.

        Raises Stale when somebody has changed it since, NotFound when it is gone.
        """
        now = editor.now
        async with self._acts.act(editor.actor, "post.publish", _target(post.id), now) as act:
            signal_id = await put_signal(act, post, made)
            await act.update(
                posts,
                {"id": post.id},
                expect={"version": post.version},
                state=PostState.PUBLISHED,
                published_at=now,
                publish_at=None,
                pushed_at=None,
                changed_by=editor.user_id,
            )
            await show(act, signal_id)
            if post.pin_until is not None and post.pin_until > now:
                await pin_within(act, Pin(signal_id, post.level is Level.TOP, post.pin_until))
            act.before, act.after = post.state.value, post.text.typed
        return await self._known(post.id)

    async def withdraw(self, post: Post, editor: Editor) -> Post:
        """Take a published post back from readers: it is a draft again. Raises as `publish`."""
        async with self._acts.act(
            editor.actor, "post.withdraw", _target(post.id), editor.now
        ) as act:
            await act.update(
                posts,
                {"id": post.id},
                expect={"version": post.version, "state": PostState.PUBLISHED},
                state=PostState.DRAFT,
                changed_by=editor.user_id,
            )
            if post.signal_id is not None:
                await hide(act, post.signal_id, SignalState.REJECTED)
            act.before, act.after = post.text.typed, None
        return await self._known(post.id)

    # --- pictures --------------------------------------------------------------------------

    async def keep_photo(self, body: bytes, size: tuple[int, int], now: datetime) -> Photo:
        """Keep a picture (a JPEG of ours)."""
        width, height = size
        async with self._database.write() as connection:
            made = await connection.execute(
                photos.insert()
                .values(body=body, width=width, height=height, file_id="", created_at=now)
                .returning(photos.c.id)
            )
            return Photo(made.scalar_one(), width, height)

    async def name_photo(self, photo_id: int, file_id: str) -> None:
        """Note what Telegram calls a picture, so that it need not be sent there again."""
        async with self._database.write() as connection:
            await connection.execute(
                update(photos).where(photos.c.id == photo_id).values(file_id=file_id)
            )

    async def photo(self, photo_id: int) -> Photo | None:
        """The picture with this number, without its body."""
        query = select(photos.c.id, photos.c.width, photos.c.height, photos.c.file_id)
        async with self._database.read() as connection:
            row = (await connection.execute(query.where(photos.c.id == photo_id))).first()
            return Photo(*row) if row else None

    async def photo_body(self, photo_id: int) -> bytes | None:
        """The picture itself."""
        async with self._database.read() as connection:
            body: bytes | None = await connection.scalar(
                select(photos.c.body).where(photos.c.id == photo_id)
            )
            return body

    async def forget_before(self, moment: datetime) -> int:
        """Erase dropped posts and pictures that nothing shows, of before `moment`."""
        async with self._database.write() as connection:
            await connection.execute(
                delete(posts).where(
                    posts.c.state == PostState.DROPPED, posts.c.changed_at < moment
                )
            )
            used = exists().where(posts.c.photo_id == photos.c.id)
            unseen = photos.c.signal_id.is_(None)
            gone = await connection.execute(
                delete(photos).where(photos.c.created_at < moment, unseen, ~used)
            )
            return gone.rowcount


async def _set(act: Act, post: Post, editor: Editor, values: Mapping[str, Any]) -> None:
    first = next(iter(values))
    was = await act.update(
        posts,
        {"id": post.id},
        expect={"version": post.version},
        **values,
        changed_by=editor.user_id,
    )
    act.before, act.after = _told(was[first]), _told(values[first])


def _told(value: Any) -> Any:
    """As the audit shows it."""
    return value.isoformat(" ", "minutes") if isinstance(value, datetime) else value


def _target(post_id: int) -> str:
    return f"post:{post_id}"


KEPT_FOR = timedelta(days=30)
"""How long a dropped post can be brought back."""
