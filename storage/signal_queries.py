"""Questions asked of signals. Readers see live ones; the newest come first, by their own date."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Literal, NamedTuple

from sqlalchemy import (
    Integer,
    Row,
    bindparam,
    func,
    literal,
    select,
    tuple_,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.model import Article, Relation, Signal, SignalState
from digest.stories import StoryItem
from storage.addresses import signal_at
from storage.article_rows import article_of, load_article
from storage.column_types import Id, UtcTime
from storage.database import Database
from storage.enrichments import MODEL, untried
from storage.looking import Ask, Question
from storage.schema import LIVE, articles, edits, signal_sources, signal_topics, signals
from storage.signal_rows import (
    BY_ID,
    SignalRows,
    load_by_ids,
    load_signals,
    look_up,
    made_of,
    signal_query,
)
from storage.story_items import StoryItems, item_of
from storage.together import Together
from storage.topic_counts import hidden_days, known_topics, topic_count
from storage.upsert import chunks
from storage.values import read_brief

_NOT_DUPLICATE = signals.c.relation != Relation.DUPLICATE
# What waits for an editor is bettered too: he judges what readers will get.
_READABLE = signals.c.state.in_((SignalState.LIVE, SignalState.HELD))
_NEWEST = (signals.c.dated_at.desc(), signals.c.id.desc())
# How many of a topic's newest signals are weighed to find related ones.
_RELATED_POOL = 60
_DAY_S = 86_400
_RECENT_COLUMNS = (
    signals.c.id,
    signals.c.story_id,
    signals.c.score,
    signals.c.brief,
    signals.c.dated_at,
    articles.c.title,
    articles.c.lang,
)


class Mark(NamedTuple):
    """A signal by its id, and the score (0..100) that it has now."""

    id: int
    score: int


class SignalQueries:
    """Everything that is asked of signals without changing them."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._signals = Together(self._by_id)

    async def find_same(self, canonical_url: str, fingerprint: str) -> int | None:
        """The signal that already has this article, by its address or by its text."""
        async with self._database.read() as connection:
            return await find_same(connection, canonical_url, fingerprint)

    async def find_at(self, urls: Sequence[str]) -> int | None:
        """The signal of the article at the first of these canonical addresses that has one."""
        async with self._database.read() as connection:
            return await signal_at(connection, urls)

    async def get(self, signal_id: int) -> Signal | None:
        """The signal with this id, in whatever state."""
        return await self._signals.ask(signal_id)

    async def _by_id(self, ids: Sequence[int]) -> dict[int, Signal]:
        found = await self._database.look(lambda ask: look_up(ask, BY_ID, ids=list(ids)))
        return {signal.id: signal for signal in await made_of(found)}

    async def get_many(self, ids: Sequence[int]) -> tuple[Signal, ...]:
        """The signals with these ids, in this order, in whatever state; unknown ids left out."""
        async with self._database.read() as connection:
            return await load_by_ids(connection, ids)

    async def article(self, signal_id: int) -> Article | None:
        """The article of a signal; None for an unknown one, or when its text is kept no longer."""
        async with self._database.read() as connection:
            return await load_article(connection, signal_id)

    async def articles(self, ids: Sequence[int]) -> dict[int, Article]:
        """The articles of signals by their ids, of those whose text is still kept."""
        query = select(signals.c.id.label("signal_id"), articles).join(
            articles, articles.c.id == signals.c.article_id
        )
        found: dict[int, Article] = {}
        async with self._database.read() as connection:
            for some in chunks(ids):
                rows = await connection.execute(query.where(signals.c.id.in_(some)))
                found.update({row.signal_id: article_of(row) for row in rows if row.text})
        return found

    async def latest(
        self,
        *,
        column: str | None = None,
        topic: str | None = None,
        before: int | None = None,
        limit: int = 10,
        since: datetime | None = None,
        min_score: int = 0,
        leads_only: bool = True,
    ) -> tuple[Signal, ...]:
        """The newest live signals by their date, then id.

        `before` is the id of the last signal of the previous page, `since` a bound on their date.
        `leads_only` leaves out what only repeats a story; its lead counts them as `others`.
        """
        wanted = {"column": column, "topic": topic, "since": since, "before": before}
        given: dict[str, Any] = {name: one for name, one in wanted.items() if one is not None}
        if min_score > 0:
            given["min_score"] = min_score

        def look(ask: Ask) -> SignalRows:
            for row in ask(_DATED, signal=before) if before is not None else ():
                given["before_at"] = row.dated_at
            question = _latest(frozenset(given), leads_only=leads_only)
            return look_up(ask, question, most=limit, **given)

        return await made_of(await self._database.look(look))

    async def window(
        self, since: datetime, until: datetime, *, limit: int = 2000
    ) -> tuple[Signal, ...]:
        """Live leads and updates that became so in (since, until], oldest first.

        The newest `limit` of them. When they were read does not matter: what an editor had to
        agree to is as new to readers as the moment at which he did.
        """
        query = (
            signal_query()
            .where(signals.c.live_at > since, signals.c.live_at <= until)
            .where(LIVE, _NOT_DUPLICATE)
            .order_by(signals.c.live_at.desc(), signals.c.id.desc())
            .limit(limit)
        )
        async with self._database.read() as connection:
            return (await load_signals(connection, query))[::-1]

    async def marks(
        self, since: datetime, until: datetime, *, limit: int = 2000
    ) -> tuple[Mark, ...]:
        """What `window` would read, by id and score alone: a look at a thousand costs little.

        In the order in which they came, the strongest first of what came at one moment.
        """
        query = (
            select(signals.c.id, signals.c.score, signals.c.live_at)
            .where(signals.c.live_at > since, signals.c.live_at <= until)
            .where(LIVE, _NOT_DUPLICATE)
            .order_by(signals.c.live_at.desc(), signals.c.id.desc())
            .limit(limit)
        )
        async with self._database.read() as connection:
            rows = (await connection.execute(query)).all()
        rows = sorted(rows, key=lambda row: (row.live_at, -row.score, row.id))
        return tuple(Mark(row.id, row.score) for row in rows)

    async def belated(
        self,
        since: datetime,
        *,
        column: str | None = None,
        topic: str | None = None,
        limit: int = 50,
    ) -> tuple[Signal, ...]:
        """What `latest` would list, and an editor agreed to after `since`; the last one first.

        By their own date they may stand far down, where whoever looks now and then misses them.
        """
        query = (
            signal_query()
            .where(signals.c.live_at > since, signals.c.live_at > signals.c.created_at)
            .where(LIVE, _NOT_DUPLICATE, ~signals.c.backlog)
            .order_by(signals.c.live_at.desc(), signals.c.id.desc())
            .limit(limit)
        )
        if column is not None:
            query = query.where(signals.c.column_id == column)
        if topic is not None:
            of_topic = select(signal_topics.c.signal_id).where(
                signal_topics.c.topic_id == topic,
                signal_topics.c.dated_at == signals.c.dated_at,
                signal_topics.c.signal_id == signals.c.id,
            )
            query = query.where(of_topic.exists())
        async with self._database.read() as connection:
            return await load_signals(connection, query)

    async def day(
        self,
        date_from: datetime,
        date_to: datetime,
        *,
        column: str | None = None,
        limit: int = 500,
    ) -> tuple[Signal, ...]:
        """Live leads and updates dated in [date_from, date_to), newest first."""
        query = (
            signal_query()
            .where(signals.c.dated_at >= date_from, signals.c.dated_at < date_to)
            .where(LIVE, _NOT_DUPLICATE)
            .order_by(*_NEWEST)
            .limit(limit)
        )
        if column is not None:
            query = query.where(signals.c.column_id == column)
        async with self._database.read() as connection:
            return await load_signals(connection, query)

    async def best(
        self, date_from: datetime, date_to: datetime, *, per_column: int
    ) -> tuple[Signal, ...]:
        """Live leads and updates dated in [date_from, date_to): each column's highest scored.

        The highest score first, the newest among equals.
        """
        place = func.row_number().over(
            partition_by=signals.c.column_id, order_by=(signals.c.score.desc(), *_NEWEST)
        )
        ranked = (
            select(signals.c.id, signals.c.score, signals.c.dated_at, place.label("place"))
            .where(signals.c.dated_at >= date_from, signals.c.dated_at < date_to)
            .where(LIVE, _NOT_DUPLICATE)
            .subquery()
        )
        query = (
            select(ranked.c.id)
            .where(ranked.c.place <= per_column)
            .order_by(ranked.c.score.desc(), ranked.c.dated_at.desc(), ranked.c.id.desc())
        )
        async with self._database.read() as connection:
            return await load_by_ids(connection, list((await connection.execute(query)).scalars()))

    async def counts(
        self,
        since: datetime,
        *,
        by: Literal["topic", "column", "source"],
        until: datetime | None = None,
        only: str = "",
    ) -> dict[str, int]:
        """How many signals /latest would list since then, per topic, column or source id.

        `until` (not included) ends the time that is counted; `only` counts for one id alone,
        which does not grow with what the others hold.
        """
        given: dict[str, Any] = {"since": since}
        if until is not None:
            given["until"] = until
        if only:
            given["only"] = only
        question = _counts(by, frozenset(given))
        found = await self._database.look(lambda ask: ask(question, **given))
        return {str(name): count for name, count in found}

    async def topic_days(
        self, days: int, now: datetime, *, topic: str | None = None
    ) -> dict[str, list[int]]:
        """Signals per topic for each of the last `days` spans of 24 hours, oldest first.

        The last span ends at `now`, so no count is of a part of a day. Signals count at their
        own date: a backlog makes no burst. `topic` asks for one topic alone.
        """
        names = known_topics() if topic is None else select(literal(topic).label("id")).cte()
        day = timedelta(days=1)
        # A count per span walks the topic's own index once; grouping would sort every row.
        counts = (topic_count(names.c.id, now - back * day, day) for back in reversed(range(days)))
        query = select(names.c.id, *counts).where(names.c.id.is_not(None))
        since = now - days * day
        async with self._database.read() as connection:
            rows = (await connection.execute(query)).all()
            hidden = (await connection.execute(hidden_days(since, days, day, topic))).all()
        # Few are not live; to ask each of the many whether it is would take ten times as long.
        off = {name: spans for name, *spans in hidden}
        shown = {
            name: [all_ - less for all_, less in zip(spans, off[name], strict=True)]
            if name in off
            else spans
            for name, *spans in rows
        }
        return {name: spans for name, spans in shown.items() if any(spans)}

    async def days(self, days: int, now: datetime) -> list[int]:
        """All live signals of each of the last `days` spans of 24 hours, oldest first."""
        if not days:
            return []
        day, moment = timedelta(days=1), signals.c.dated_at
        ends = [now - back * day for back in reversed(range(days))]
        counts = [
            select(func.count())
            .select_from(signals)
            .where(LIVE, moment > end - day, moment <= end)
            .scalar_subquery()
            for end in ends
        ]
        async with self._database.read() as connection:
            return list((await connection.execute(select(*counts))).one())

    async def story_items(self, since: datetime) -> tuple[StoryItem, ...]:
        """What the story index needs of the signals dated since then, oldest first."""
        pages = [page async for page in StoryItems(self._database).since(since)]
        return tuple(item_of(row) for page in pages for row in page)

    async def recent_like(
        self, topics: Sequence[str], column: str, *, since: datetime, until: datetime, limit: int
    ) -> tuple[StoryItem, ...]:
        """Live signals of these topics dated in [since, until], the newest `limit` of each.

        Of the column when there are no topics. Only what novelty needs of them: title, story and,
        as opening, the first point in the article's own words.
        """
        found: dict[int, StoryItem] = {}
        async with self._database.read() as connection:
            for topic in topics or (None,):
                query = _dated_between(since, until, limit, topic=topic, column=column)
                for row in await connection.execute(query):
                    found.setdefault(row.id, _recent_item(row))
        return tuple(found.values())

    async def recent_of(
        self, ids: Sequence[int], *, since: datetime, until: datetime, limit: int
    ) -> tuple[StoryItem, ...]:
        """Those of the signals dated in [since, until], as `recent_like`; the first `limit`."""
        query = select(*_RECENT_COLUMNS).join(articles, articles.c.id == signals.c.article_id)
        moment = signals.c.dated_at
        within = (moment >= since, moment <= until, LIVE)
        dated = select(signals.c.id).where(signals.c.id.in_(ids), *within)
        async with self._database.read() as connection:
            inside = set((await connection.execute(dated)).scalars())
            first = [number for number in ids if number in inside][:limit]
            rows: Iterable[Row[Any]] = await connection.execute(
                query.where(signals.c.id.in_(first))
            )
            return tuple(_recent_item(row) for row in rows)

    async def neighbours(self, signal_id: int) -> tuple[int | None, int | None]:
        """The ids of the next older and the next newer signal that /latest lists."""
        place = tuple_(signals.c.dated_at, signals.c.id)
        listed = select(signals.c.id).where(LIVE, _NOT_DUPLICATE).limit(1)
        async with self._database.read() as connection:
            asked = {"signal": signal_id}
            dated = await connection.scalar(_DATED.statement, asked)
            if dated is None:
                return None, None
            here = tuple_(*_bound(dated, signal_id))
            older = listed.where(place < here).order_by(*_NEWEST)
            newer = listed.where(place > here).order_by(signals.c.dated_at, signals.c.id)
            return await connection.scalar(older), await connection.scalar(newer)

    async def related(self, signal_id: int, limit: int = 5) -> tuple[Signal, ...]:
        """Live signals of other stories that share most topics, the newest first among equals."""
        async with self._database.read() as connection:
            found = await load_by_ids(connection, (signal_id,))
            if not found:
                return ()
            shared: Counter[int] = Counter()
            dates: dict[int, datetime] = {}
            for topic in found[0].placement.topics:
                for other, dated in await _neighbourhood(connection, found[0], topic):
                    shared[other] += 1
                    dates[other] = dated
            best = sorted(shared, key=lambda other: (shared[other], dates[other], other))
            return await load_by_ids(connection, best[::-1][:limit])

    async def awaiting_model(
        self,
        min_score: int,
        limit: int,
        *,
        since: datetime | None = None,
        retry_before: datetime | None = None,
    ) -> tuple[int, ...]:
        """Live and held signals with a rules brief and at least this score, the newest first.

        One that was tried in vain waits until its last try lies before `retry_before`, and is
        given up in the end (see storage/enrichments.py).
        """
        query = (
            select(signals.c.id)
            .join(articles, articles.c.id == signals.c.article_id)
            .where(signals.c.score >= min_score, _READABLE, articles.c.text.is_not(None))
            .where(untried(MODEL, retry_before))
            .where(~select(edits.c.signal_id).where(edits.c.signal_id == signals.c.id).exists())
            .order_by(signals.c.created_at.desc(), signals.c.id.desc())
            .limit(limit)
        )
        if since is not None:
            query = query.where(signals.c.created_at >= since)
        async with self._database.read() as connection:
            return tuple((await connection.execute(query)).scalars())

    async def total(self) -> int:
        """How many signals are live."""
        async with self._database.read() as connection:
            query = select(func.count()).select_from(signals).where(LIVE)
            return await connection.scalar(query) or 0


async def find_same(
    connection: AsyncConnection, canonical_url: str, fingerprint: str
) -> int | None:
    """See `SignalQueries.find_same`; inside the caller's transaction."""
    by_url = await signal_at(connection, (canonical_url,))
    if by_url is not None or not fingerprint:
        return by_url
    query = select(signals.c.id).join(articles, articles.c.id == signals.c.article_id)
    by_text: int | None = await connection.scalar(
        query.where(articles.c.fingerprint == fingerprint)
    )
    return by_text


@lru_cache(maxsize=16)
def _counts(by: str, given: frozenset[str]) -> Question:
    """What `counts` asks when these of its bounds are given."""
    name: Any = signals.c.column_id
    moment: Any = signals.c.dated_at
    origin: Any = signals
    if by == "topic":
        name, moment = signal_topics.c.topic_id, signal_topics.c.dated_at
        origin = origin.join(signal_topics, signal_topics.c.signal_id == signals.c.id)
    elif by == "source":
        name = signal_sources.c.source_id
        origin = origin.join(signal_sources, signal_sources.c.signal_id == signals.c.id)
    since = bindparam("since", type_=UtcTime)
    query = (
        select(name, func.count())
        .select_from(origin)
        .where(moment >= since, LIVE, _NOT_DUPLICATE)
        .group_by(name)
    )
    if "until" in given:
        query = query.where(moment < bindparam("until"))
    if "only" in given:
        query = query.where(name == bindparam("only"))
    if by == "topic":
        # The same moment, so that the signals' own index can be walked for it as well.
        query = query.where(signals.c.dated_at >= since)
    return Question(query)


@lru_cache(maxsize=64)
def _latest(given: frozenset[str], *, leads_only: bool) -> Question:
    """What `latest` asks when these of its bounds are given, and "before_at" when known."""
    moment: Any = signals.c.dated_at
    number: Any = signals.c.id
    query = signal_query()
    if "topic" in given:
        # Walks the topic's own index, whose columns repeat the signal's.
        moment, number = signal_topics.c.dated_at, signal_topics.c.signal_id
        query = query.join(signal_topics, number == signals.c.id)
        query = query.where(signal_topics.c.topic_id == bindparam("topic"))
    query = query.where(LIVE).order_by(moment.desc(), number.desc())
    if "column" in given:
        query = query.where(signals.c.column_id == bindparam("column"))
    if "since" in given:
        query = query.where(moment >= bindparam("since"))
    if "min_score" in given:
        query = query.where(signals.c.score >= bindparam("min_score"))
    if leads_only:
        query = query.where(_NOT_DUPLICATE)
    if "before_at" in given:
        # Inside a row value SQLAlchemy does not look for a column to take the type from.
        last = bindparam("before_at", type_=UtcTime), bindparam("before", type_=Id)
        query = query.where(tuple_(moment, number) < tuple_(*last))
    elif "before" in given:
        query = query.where(signals.c.id < bindparam("before"))
    return Question(query.limit(bindparam("most", type_=Integer)))


_DATED = Question(select(signals.c.dated_at).where(signals.c.id == bindparam("signal")))


def _dated_between(
    since: datetime, until: datetime, limit: int, *, topic: str | None, column: str
) -> Any:
    query = select(*_RECENT_COLUMNS).join(articles, articles.c.id == signals.c.article_id)
    moment: Any = signals.c.dated_at
    if topic is None:
        query = query.where(signals.c.column_id == column)
    else:  # walks the topic's own index
        moment = signal_topics.c.dated_at
        query = query.join(signal_topics, signal_topics.c.signal_id == signals.c.id)
        query = query.where(signal_topics.c.topic_id == topic)
    return query.where(moment >= since, moment <= until, LIVE).order_by(moment.desc()).limit(limit)


def _recent_item(row: Row[Any]) -> StoryItem:
    point = next(iter(read_brief(row.brief).points), None)
    return StoryItem(
        signal_id=row.id,
        story_id=row.story_id,
        title=row.title,
        lead_text=(point.original or point.text) if point else "",
        lang=row.lang,
        keywords=(),
        numbers=(),
        at=row.dated_at,
        score=row.score,
    )


def _bound(dated: datetime, number: int) -> tuple[Any, Any]:
    # Inside a row value SQLAlchemy does not look for a column to take the type from.
    return literal(dated, UtcTime), literal(number, Id)


async def _neighbourhood(
    connection: AsyncConnection, signal: Signal, topic: str
) -> Sequence[tuple[int, datetime]]:
    query = (
        select(signals.c.id, signals.c.dated_at)
        .join(signal_topics, signal_topics.c.signal_id == signals.c.id)
        .where(signal_topics.c.topic_id == topic, signals.c.id != signal.id)
        .where(LIVE, _NOT_DUPLICATE)
        .order_by(signal_topics.c.dated_at.desc(), signal_topics.c.signal_id.desc())
        .limit(_RELATED_POOL)
    )
    if signal.story_id is not None:
        query = query.where(signals.c.story_id.is_distinct_from(signal.story_id))
    return [(row.id, row.dated_at) for row in await connection.execute(query)]
