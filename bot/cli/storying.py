"""Texts as they arrive and the stories they make, decided as the running bot decides."""

from dataclasses import replace
from datetime import datetime

from bot.cli.stages import article_of
from bot.cli.stream import Record
from bot.clock import Clock
from bot.jobs.reading import story_item
from digest.pipeline import DraftRequest, make_draft
from digest.stories import WINDOW, StoryIndex, StoryItem, StoryPlacement


def item_of(record: Record, clock: Clock) -> StoryItem:
    """What the running bot would ask about stories with, had it read this text.

    Dated as the record says; one without a title is called by its first sentence.
    """
    article = article_of(record)
    if not article.title and article.sentences:
        article = replace(article, title=article.sentences[0].text)
    at = article.published_at or clock()
    draft = make_draft(DraftRequest(article, "", 1.0, at))
    return story_item(draft, at)


class StoryStream:
    """A stream of texts and the stories they make: each is named by its first item's number."""

    def __init__(self, clock: Clock, index: StoryIndex | None = None) -> None:
        self._clock = clock
        self._index = StoryIndex() if index is None else index
        self._story_of: dict[int, int] = {}
        self._newest: datetime | None = None

    def __call__(self, record: Record) -> Record:
        """The story of one record, whether it repeats or updates it, and how alike they are."""
        story, placement = self.tell(item_of(record, self._clock))
        return {
            "story": story,
            "relation": placement.relation,
            "similarity": round(placement.similarity, 3),
        }

    def tell(self, item: StoryItem) -> tuple[int, StoryPlacement]:
        """Place an item and remember it under the next number."""
        number = len(self._story_of) + 1
        item = replace(item, signal_id=number, story_id=None)
        self._forget(item.at)
        placement = self._index.place(item)
        first = placement.story_of
        story = number if first is None else self._story_of[first]
        self._story_of[number] = story
        if first is not None:
            # A story is opened when its first signal gets company.
            self._index.move(first, story)
            item = replace(item, story_id=story)
        self._index.add(item)
        return story, placement

    def _forget(self, at: datetime) -> None:
        self._newest = max(self._newest or at, at)
        # Twice the window: streams are seldom in perfect order.
        if self._newest > datetime.min.replace(tzinfo=at.tzinfo) + 2 * WINDOW:
            self._index.forget_before(self._newest - 2 * WINDOW)
