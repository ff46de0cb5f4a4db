"""Posts whose time has come, and pushes to the audiences that editors chose for theirs.

Both go by what stands in storage, so a process that is killed anywhere leaves nothing undone and
nothing done twice: a post is published once, for the act names the version that it was planned
with, and nobody is owed a signal that they have or are owed already.
"""

import logging
from collections.abc import Awaitable, Callable
from datetime import datetime

from bot.clock import Clock
from bot.jobs.alerts import Alerts
from digest.audience import Circle
from digest.model import SignalState
from digest.posts import Post
from storage import Editor, NotFound, Stale, Storage
from storage.acts import SYSTEM
from storage.posted import publishable

log = logging.getLogger(__name__)

_BATCH = 1000

Told = Callable[[Post], Awaitable[None]]
"""Tells whoever scheduled a post that it is out."""


async def everyone() -> Circle:
    """What bounds the audiences of a bot that is open to all."""
    return Circle()


async def nobody(_post: Post) -> None:
    """Tells nobody."""


class PostPublisher:
    """Publishes what editors set a time for."""

    def __init__(self, storage: Storage, *, clock: Clock, told: Told = nobody) -> None:
        self._storage = storage
        self._clock = clock
        self._told = told

    async def run_due(self) -> int:
        """Publish the posts whose time has come. Returns how many."""
        now = self._clock()
        done = 0
        for post in await self._storage.posts.due(now):
            try:
                done += await self._publish(post, now)
            except Exception:  # the boundary: one odd post must not hold up the others
                log.exception("post %d could not be published", post.id)
        return done

    async def _publish(self, post: Post, now: datetime) -> bool:
        made = await publishable(self._storage, post, now)
        if made is None:
            log.warning("post %d has nothing to publish", post.id)
            return False
        editor = Editor(SYSTEM, post.changed_by, now)
        try:
            out = await self._storage.posts.publish(post, made, editor)
        except (Stale, NotFound):  # an editor was faster, and knows
            return False
        await self._told(out)
        return True


class PostPushes:
    """Owes published posts to the audiences that were chosen for them."""

    def __init__(
        self, storage: Storage, alerts: Alerts, circle: Callable[[], Awaitable[Circle]]
    ) -> None:
        self._storage = storage
        self._alerts = alerts
        self._circle = circle

    async def run(self, now: datetime) -> int:
        """Plan what is not planned yet. Returns the messages owed."""
        made = 0
        for post in await self._storage.posts.unpushed():
            try:
                made += await self._push(post, now)
            except Exception:  # the boundary: one odd post must not hold up the others
                log.exception("post %d could not be pushed", post.id)
                continue
            await self._storage.posts.note_pushed(post, now)
        return made

    async def _push(self, post: Post, now: datetime) -> int:
        signal = await self._storage.signals.get(post.signal_id) if post.signal_id else None
        if post.audience is None or signal is None or signal.state is not SignalState.LIVE:
            return 0
        circle, after, made = await self._circle(), 0, 0
        audiences = self._storage.audiences
        while ids := await audiences.members(
            post.audience, circle, now, after_id=after, limit=_BATCH
        ):
            after = ids[-1]
            readers = await self._storage.subscribers.get_many(ids)
            made += await self._alerts.push(signal, readers, now)
        return made
