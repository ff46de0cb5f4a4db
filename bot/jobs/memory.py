"""What earlier signals say about a new one: known names, how new it is, how busy its topics."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.engine.jobs_cpu import pack_names
from digest.model import Score, SignalDraft
from digest.newness import telling_words
from digest.score import momentum_of, novelty_of, with_context
from digest.stories import StoryItem
from digest.trends import TrendKind
from storage import Storage

NOVELTY_DAYS = 30
FRESH_FOR = timedelta(minutes=10)
_TOPICS = 3
_OF_A_TOPIC = 10
_OF_A_WORD = 60
_ALIKE = 40


class Memory:
    """Reads little for each article: names and counts of topics are asked for now and then."""

    def __init__(self, storage: Storage, *, clock: Clock) -> None:
        self._storage = storage
        self._clock = clock
        self._names: tuple[datetime, bytes] | None = None
        self._strengths: tuple[datetime, dict[str, float]] | None = None

    async def names(self) -> bytes:
        """The names that articles taught, packed for a worker; at most ten minutes old."""
        now = self._clock()
        if self._names is None or now - self._names[0] >= FRESH_FOR:
            self._names = now, pack_names(await self._storage.names.known())
        return self._names[1]

    def taxonomy(self) -> bytes:
        """The columns and topics of this moment, packed for a worker."""
        return self._storage.taxonomy.current.packed

    async def learn(self, draft: SignalDraft, source_id: int) -> None:
        """Count the names of an article that became a signal."""
        await self._storage.names.learn(draft.names, source_id, self._clock())

    async def score(
        self, draft: SignalDraft, item: StoryItem, story_of: int | None, *, backlog: bool
    ) -> Score:
        """The draft's score with its novelty and, where it is news, the momentum of its topics.

        Compared are the signals of the 30 days before it that share its rarest words, and the
        newest of its topics (of its column when it has none). Others of its own story
        (`item.story_id`, or its first other signal `story_of`) are left out: that they tell the
        same is what corroborates them.
        """
        now = self._clock()
        at = min(draft.article.published_at or now, now)
        topics = draft.placement.topics[:_TOPICS]
        others = [
            one
            for one in await self._recent(draft, at)
            if one.signal_id != story_of
            and (one.story_id is None or one.story_id != item.story_id)
        ]
        momentum = None if backlog else momentum_of(topics, await self._rising(topics))
        opening = next((point.original or point.text for point in draft.brief.points), "")
        novelty = novelty_of(replace(item, lead_text=opening), others)
        return with_context(draft.score, novelty=novelty, momentum=momentum, compared=len(others))

    async def _recent(self, draft: SignalDraft, at: datetime) -> Sequence[StoryItem]:
        """What was published in the 30 days till then and is most like the draft."""
        since, signals = at - timedelta(days=NOVELTY_DAYS), self._storage.signals
        words = telling_words(draft.article.title, draft.brief)
        near = await self._storage.search.near(words, each=_OF_A_WORD)
        alike = await signals.recent_of(near, since=since, until=at, limit=_ALIKE)
        topics = draft.placement.topics[:_TOPICS]
        column = draft.placement.column
        newest = await signals.recent_like(
            topics, column, since=since, until=at, limit=_OF_A_TOPIC
        )
        return tuple({one.signal_id: one for one in (*alike, *newest)}.values())

    async def _rising(self, topics: Sequence[str]) -> dict[str, float]:
        """How strongly each topic rises that does, as readers are told it."""
        if not topics:
            return {}
        now = self._clock()
        if self._strengths is None or now - self._strengths[0] >= FRESH_FOR:
            report = await self._storage.trends.latest(now)
            self._strengths = (
                now,
                {
                    one.key: one.strength
                    for one in (report.rising if report else ())
                    if one.kind is TrendKind.TOPIC
                },
            )
        return self._strengths[1]
