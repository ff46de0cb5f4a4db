"""What has to be tidied now and then: leases of the dead, old update ids, old answers."""

import logging
from datetime import timedelta

from bot import meters
from bot.clock import Clock
from storage import Storage
from storage.hot import KEPT as HOT_KEPT
from storage.posts import KEPT_FOR as POSTS_KEPT
from storage.undos import UNDO_KEPT

log = logging.getLogger(__name__)

UPDATES_KEPT = timedelta(days=2)
# The quota looks back a day.
LINKS_KEPT = timedelta(days=2)
SENTENCES_KEPT = timedelta(days=90)
ANSWERS_KEPT = timedelta(days=30)
REFUSALS_KEPT = timedelta(days=60)
# A draft of long ago comes back when the act upon it is taken back.
NOTES_KEPT = timedelta(days=420)
NAMES_UNSURE, NAMES_KEPT = timedelta(days=30), timedelta(days=180)


class Upkeep:
    """Returns what a crashed process had claimed and forgets what nobody asks for again.

    Texts of articles are kept for `article_days` days, 0 for ever.
    """

    def __init__(self, storage: Storage, *, clock: Clock, article_days: int = 180) -> None:
        self._storage = storage
        self._clock = clock
        self._article_days = article_days

    async def recover(self) -> None:
        """Give back expired claims; what may have been sent becomes `unknown`."""
        back, unknown = await self._storage.deliveries.recover(self._clock(), None)
        meters.DELIVERIES.labels("unknown").inc(unknown)
        if back or unknown:
            log.warning("recovered deliveries: %d given back, %d unknown", back, unknown)

    async def close_stories(self) -> None:
        """Close the stories of which nothing was told for a week."""
        closed = await self._storage.stories.close_silent(self._clock())
        if closed:
            log.info("%d silent stories were closed", closed)

    async def forget(self) -> None:
        """Drop update ids that Telegram can no longer repeat (it keeps updates for 24 h).

        And what engines said long ago: nobody translates the same sentence again after months.
        And names that no article had since, links that came to nothing, posts that were thrown
        away, sources that nobody saved, reports of imports, news that was told, and what stood on
        hot lists weeks ago.
        """
        now = self._clock()
        await self._storage.updates.forget_before(now - UPDATES_KEPT)
        await self._storage.translations.forget_before(now - SENTENCES_KEPT)
        await self._storage.spending.forget_before(now - ANSWERS_KEPT)
        await self._storage.pasted.forget_before(now - LINKS_KEPT)
        await self._storage.names.forget(now - NAMES_UNSURE, now - NAMES_KEPT)
        await self._storage.source_drafts.forget(now)
        await self._storage.source_imports.forget(now)
        await self._storage.source_news.forget(now)
        await self._storage.staff_notes.forget(now - NOTES_KEPT)
        await self._storage.posts.forget_before(now - POSTS_KEPT)
        await self._storage.trends.forget(now)
        await self._storage.hot.forget(now - HOT_KEPT)
        await self._storage.rules.forget_refusals(now - REFUSALS_KEPT)
        while await self._storage.undos.forget_before(now - UNDO_KEPT):
            pass

    async def retain(self) -> int:
        """Drop the texts of old articles, a few at a time so that nobody waits for the database.

        Returns how many were dropped.
        """
        if not self._article_days:
            return 0
        before = self._clock() - timedelta(days=self._article_days)
        dropped = 0
        while some := await self._storage.retention.drop_texts(before):
            dropped += some
        if dropped:
            log.info("the texts of %d old articles were dropped", dropped)
        return dropped
