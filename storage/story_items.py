"""What the index of stories is filled from: the news of the last days, and what comes to it.

Items are dated as readers see them: what was published long ago is no part of this week's story
because a source brings it today. Private readings are nobody's news.

What editors put together stays apart here (`camp`): each part of such a story draws what it drew
before, and whatever it draws comes into the story.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, islice
from typing import Any

from sqlalchemy import Row, Select, func, select, tuple_
from sqlalchemy.sql.expression import literal

from digest.model import Relation, SignalState
from digest.stories import StoryItem, told_otherwise
from storage.column_types import Id, UtcTime
from storage.database import Database
from storage.schema import CLOSED, LIVE, articles, signals, stories
from storage.upsert import chunks
from storage.values import read_brief, unpack_paragraphs

CAMP = func.coalesce(signals.c.camp, signals.c.story_id).label("camp")
"""Among whom a signal stands in the index of stories."""
_PAGE = 500
# What a story is recognised by; the same for a new signal and for one that is read back.
_OPENING_SENTENCES = 5
# Only these: hundreds of thousands are read at every start.
_COLUMNS = (
    signals.c.id,
    CAMP,
    signals.c.score,
    signals.c.brief,
    signals.c.dated_at,
    signals.c.created_at,
    articles.c.title,
    articles.c.lang,
    articles.c.text,
)
_NEWS = signals.c.state != SignalState.PRIVATE


@dataclass(frozen=True, slots=True)
class Mark:
    """How far the stream was read: the newest signal's id, and the moment of looking."""

    signal_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Closed:
    """How far the closed stories were read: the last one, and when that closed."""

    at: datetime
    story_id: int = 0


class StoryItems:
    """The stream of news as the index of stories sees it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def mark(self, now: datetime) -> Mark:
        """Where the stream ends now."""
        async with self._database.read() as connection:
            return Mark(await connection.scalar(select(func.max(signals.c.id))) or 0, now)

    async def since(self, moment: datetime) -> AsyncIterator[list[Any]]:
        """The signals dated since then, oldest first, some hundred rows at a time.

        `item_of` makes an item of a row: that takes its time, and is left to whoever has a thread
        for it. Nothing is held between two pages.
        """
        place = tuple_(signals.c.created_at, signals.c.id)
        # What is dated since then was read since then, and there is an index for that.
        query = _items().where(signals.c.created_at >= moment, signals.c.dated_at >= moment)
        query = query.order_by(signals.c.created_at, signals.c.id).limit(_PAGE)
        page: list[Any] = []
        while not page or len(page) == _PAGE:
            after = query
            if page:
                last = page[-1]
                bound = literal(last.created_at, UtcTime), literal(last.id, Id)
                after = query.where(place > tuple_(*bound))
            async with self._database.read() as connection:
                page = list((await connection.execute(after)).all())
            if not page:
                return
            yield page

    async def arrived(self, mark: Mark, moment: datetime) -> list[StoryItem]:
        """Signals dated since `moment` that came after `mark`, from whatever process.

        And those that were read before and went live since: they were private, or held.
        """
        new = _items().where(signals.c.id > mark.signal_id)
        late = _items().where(signals.c.id <= mark.signal_id, LIVE)
        late = late.where(signals.c.live_at >= mark.at, signals.c.live_at > signals.c.created_at)
        found: dict[int, Row[Any]] = {}
        async with self._database.read() as connection:
            for query in (late, new):
                rows = await connection.execute(query.where(signals.c.dated_at >= moment))
                found.update({row.id: row for row in rows})
        return [item_of(found[number]) for number in sorted(found)]

    async def joined(self, mark: Mark) -> dict[int, int]:
        """The stories that were opened since `mark`, by the signals before it that they hold.

        Those stood alone till then: a story is opened when its first signal gets company.
        """
        query = (
            select(signals.c.id, CAMP)
            .join(stories, stories.c.id == signals.c.story_id)
            .where(stories.c.created_at >= mark.at, signals.c.id <= mark.signal_id)
        )
        async with self._database.read() as connection:
            return {row.id: row.camp for row in await connection.execute(query)}

    async def closed(self, after: Closed) -> list[Any]:
        """The leads of the stories that closed after `after`, in that order, some hundred at most.

        As rows for `item_of`, each with its story's `closed_at` and `closed_id` besides.
        """
        place = tuple_(stories.c.closed_at, stories.c.id)
        bound = literal(after.at, UtcTime), literal(after.story_id, Id)
        query = (
            _items()
            .add_columns(stories.c.closed_at, stories.c.id.label("closed_id"))
            .join(stories, stories.c.id == signals.c.story_id)
            .where(CLOSED, stories.c.closed_at >= after.at, place > tuple_(*bound))
            .where(LIVE, signals.c.relation == Relation.LEAD)
            .order_by(stories.c.closed_at, stories.c.id)
            .limit(_PAGE)
        )
        async with self._database.read() as connection:
            return list((await connection.execute(query)).all())

    async def some(self, signal_ids: Sequence[int]) -> list[StoryItem]:
        """The items of these signals, in this order."""
        found: dict[int, StoryItem] = {}
        async with self._database.read() as connection:
            for few in chunks(signal_ids):
                rows = await connection.execute(_items().where(signals.c.id.in_(few)))
                found.update({row.id: item_of(row) for row in rows})
        return [found[number] for number in signal_ids if number in found]

    async def story_of(self, signal_id: int) -> int | None:
        """The story that a signal is in now."""
        query = select(signals.c.story_id).where(signals.c.id == signal_id)
        async with self._database.read() as connection:
            found: int | None = await connection.scalar(query)
            return found


def _items() -> Select[Any]:
    joined = select(*_COLUMNS).join(articles, articles.c.id == signals.c.article_id)
    return joined.where(_NEWS)


def item_of(row: Any) -> StoryItem:
    """The item of a row."""
    brief = read_brief(row.brief)
    return StoryItem(
        signal_id=row.id,
        story_id=row.camp,
        title=row.title,
        lead_text=_opening(row.text),
        lang=row.lang,
        keywords=brief.keywords,
        numbers=tuple(number.text for number in brief.numbers),
        at=row.dated_at,
        score=row.score,
        also=told_otherwise(brief, row.lang),
    )


def _opening(packed: bytes | None) -> str:
    if packed is None:
        return ""
    sentences = chain.from_iterable(unpack_paragraphs(packed))
    return " ".join(islice(sentences, _OPENING_SENTENCES))
