"""Counting one day from the tables as they are.

Only what is found by an index is looked at. Deliveries, digests and entries have none for time:
their ids grow with it, so a day is a range of ids, found by halving.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Column, ColumnElement, Table, and_, case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.errors import DeliveryFate
from digest.model import DeliveryState, DigestKind, EntryState, UndoAct
from digest.numbers import MILLIONTHS, Count, tally_minutes
from storage.schema import (
    LIVE,
    articles,
    collection_undo_signals,
    collection_undos,
    deliveries,
    digest_signals,
    digests,
    entries,
    erasures,
    model_calls,
    saved,
    signal_topics,
    signals,
    subscribers,
    subscriptions,
)
from storage.subscribers import MIGRATED, TOPIC_CLOSED
from storage.upsert import chunks

Counts = dict[str, int]

# Rows are dated a while before or after others of a lower id: a digest that was late is dated
# when it was due, and several processes write.
_SLACK = timedelta(hours=6)
# What is older was not late with us: it was looked up, or dug out by its source.
LATE_AT_MOST = timedelta(days=3)
_PUSHES = (DigestKind.INSTANT, DigestKind.DAILY, DigestKind.STORY, DigestKind.TREND)
_READ_TO_AN_END = (
    EntryState.DONE,
    EntryState.MERGED,
    EntryState.SHORT,
    EntryState.PAYWALLED,
    EntryState.NOT_ARTICLE,
    EntryState.FAILED,
)
# Why nothing is sent to a chat any more: as the sender notes what Telegram answered, and as
# handlers/places.py notes what became of us there.
_NOBODY_THERE = or_(
    deliveries.c.error.startswith(DeliveryFate.GONE.value),
    deliveries.c.error.startswith(DeliveryFate.TOPIC_GONE.value),
    deliveries.c.error.in_(["blocked", "no right to write", TOPIC_CLOSED]),
)


async def count_day(
    connection: AsyncConnection, start: datetime, end: datetime, *, is_today: bool
) -> dict[Count, Counts]:
    """Everything that can be counted of the day from `start` to `end`, by name and label.

    What is known of the present only is counted when it `is_today`.
    """
    found = await _readers(connection, start, end)
    if is_today:
        found[Count.SUBSCRIBED] = await _subscribed(connection)
    found[Count.DELIVERIES] = await _deliveries(connection, start, end)
    found |= await _saves(connection, start, end)
    found |= await _signals(connection, start, end)
    found |= await _entries(connection, start, end)
    found[Count.PUSH_MINUTES] = await _push_minutes(connection, start, end)
    found |= await _model(connection, start, end)
    return found


async def first_moment(connection: AsyncConnection) -> datetime | None:
    """When the first thing happened that can be counted, None on an empty database."""
    moments = []
    for table in (subscribers, entries, signals):
        of_first = select(table.c.created_at).where(table.c.id > 0).order_by(table.c.id).limit(1)
        moments.append(await connection.scalar(of_first))
    return min((one for one in moments if one is not None), default=None)


async def _pairs(connection: AsyncConnection, query: Any) -> Counts:
    return {str(label): int(count) for label, count in await connection.execute(query) if count}


def _in(column: Any, start: datetime, end: datetime) -> ColumnElement[bool]:
    return and_(column >= start, column < end)


# --- readers -----------------------------------------------------------------------------


async def _readers(
    connection: AsyncConnection, start: datetime, end: datetime
) -> dict[Count, Counts]:
    """Readers at the end of the day, and who came and went on it.

    Who left and came back later is seen by the days that were counted meanwhile.
    """
    made, changed, there = (
        subscribers.c.created_at,
        subscribers.c.changed_at,
        or_(subscribers.c.active, subscribers.c.changed_at >= end),
    )
    by_kind = select(subscribers.c.kind, func.count()).group_by(subscribers.c.kind)
    stayed = ~subscribers.c.reason.startswith(MIGRATED)
    left = select(func.count()).where(~subscribers.c.active, stayed, _in(changed, start, end))
    erased = select(func.count()).where(_in(erasures.c.at, start, end))
    gone = {
        "left": await connection.scalar(left) or 0,
        "erased": await connection.scalar(erased) or 0,
    }
    return {
        Count.READERS: await _pairs(connection, by_kind.where(made < end, there)),
        Count.NEW: await _pairs(connection, by_kind.where(_in(made, start, end))),
        Count.GONE: {label: count for label, count in gone.items() if count},
    }


async def _subscribed(connection: AsyncConnection) -> Counts:
    query = (
        select(subscribers.c.kind, func.count())
        .join(subscriptions, subscriptions.c.subscriber_id == subscribers.c.id)
        .where(subscribers.c.active, ~subscriptions.c.paused)
        .group_by(subscribers.c.kind)
    )
    return await _pairs(connection, query)


# --- deliveries --------------------------------------------------------------------------


async def _deliveries(connection: AsyncConnection, start: datetime, end: datetime) -> Counts:
    state = deliveries.c.state
    kinds = case(
        (state == DeliveryState.SENT, "sent"),
        (state == DeliveryState.UNKNOWN, "unknown"),
        (and_(state == DeliveryState.DEAD, _NOBODY_THERE), "blocked"),
        (state == DeliveryState.DEAD, "failed"),
        else_="waiting",
    )
    of_day = await _made_between(connection, deliveries, start, end)
    query = select(kinds, func.count()).where(of_day).group_by(kinds)
    again = select(func.count()).where(of_day, deliveries.c.resent)
    resent = await connection.scalar(again) or 0
    # Those that went once more stand among the others too, by what became of them.
    return await _pairs(connection, query) | ({"resent": resent} if resent else {})


async def _push_minutes(connection: AsyncConnection, start: datetime, end: datetime) -> Counts:
    """From publication to the first push that brought a signal, for first pushes of this day."""
    of_day = await _made_between(connection, digests, start, end)
    first_digest = await connection.scalar(select(func.min(digests.c.id)).where(of_day))
    last_digest = await connection.scalar(select(func.max(digests.c.id)).where(of_day))
    if first_digest is None:
        return {}
    pushed = (
        select(digest_signals.c.signal_id, func.min(digest_signals.c.digest_id))
        .join(digests, digests.c.id == digest_signals.c.digest_id)
        .where(digest_signals.c.digest_id.between(first_digest, last_digest))
        .where(digests.c.kind.in_(_PUSHES), of_day)
        .group_by(digest_signals.c.signal_id)
    )
    first_of = {row[0]: row[1] for row in await connection.execute(pushed)}
    known = await _pushed_before(connection, tuple(first_of), first_digest)
    first_of = {signal: one for signal, one in first_of.items() if signal not in known}
    sent = await _first_sent(connection, sorted(set(first_of.values())))
    published = await _published(connection, tuple(first_of))
    waits = (
        sent[digest] - published[signal]
        for signal, digest in first_of.items()
        if digest in sent and signal in published
    )
    return tally_minutes(one for one in waits if timedelta() <= one <= LATE_AT_MOST)


async def _pushed_before(
    connection: AsyncConnection, numbers: tuple[int, ...], digest_id: int
) -> set[int]:
    found: set[int] = set()
    for some in chunks(numbers):
        query = (
            select(digest_signals.c.signal_id)
            .distinct()
            .where(digest_signals.c.signal_id.in_(some), digest_signals.c.digest_id < digest_id)
        )
        found.update((await connection.execute(query)).scalars())
    return found


async def _first_sent(connection: AsyncConnection, numbers: Iterable[int]) -> dict[int, datetime]:
    """When each digest reached the first of its readers, as near as the order of readers says."""
    found = {}
    first = (
        select(deliveries.c.settled_at)
        .where(deliveries.c.digest_id == digests.c.id, deliveries.c.state == DeliveryState.SENT)
        .order_by(deliveries.c.subscriber_id)
        .limit(1)
        .scalar_subquery()
    )
    for some in chunks(list(numbers)):
        query = select(digests.c.id, first).where(digests.c.id.in_(some))
        rows = await connection.execute(query)
        found.update({number: at for number, at in rows if at is not None})
    return found


async def _published(connection: AsyncConnection, numbers: tuple[int, ...]) -> dict[int, datetime]:
    """When the articles of these signals were published, where that is known; no backlog."""
    found = {}
    for some in chunks(numbers):
        query = (
            select(signals.c.id, articles.c.published_at)
            .join(articles, articles.c.id == signals.c.article_id)
            .where(signals.c.id.in_(some), ~signals.c.backlog)
            .where(articles.c.published_at.is_not(None))
        )
        found.update({row[0]: row[1] for row in await connection.execute(query)})
    return found


# --- what was read and published ---------------------------------------------------------


async def _signals(
    connection: AsyncConnection, start: datetime, end: datetime
) -> dict[Count, Counts]:
    made = _in(signals.c.created_at, start, end)
    by_column = (
        select(signals.c.column_id, func.count()).where(made, LIVE).group_by(signals.c.column_id)
    )
    by_topic = (
        select(signal_topics.c.topic_id, func.count())
        .join(signals, signals.c.id == signal_topics.c.signal_id)
        .where(_in(signal_topics.c.dated_at, start, end), LIVE)
        .group_by(signal_topics.c.topic_id)
    )
    times = (
        select(articles.c.published_at, signals.c.created_at)
        .join(articles, articles.c.id == signals.c.article_id)
        .where(made, LIVE, ~signals.c.backlog, articles.c.published_at.is_not(None))
    )
    took = [ready - published for published, ready in await connection.execute(times)]
    return {
        Count.SIGNALS: await _pairs(connection, by_column),
        Count.TOPIC: await _pairs(connection, by_topic),
        Count.READY_MINUTES: tally_minutes(
            one for one in took if timedelta() <= one <= LATE_AT_MOST
        ),
    }


async def _entries(
    connection: AsyncConnection, start: datetime, end: datetime
) -> dict[Count, Counts]:
    """What each source brought on this day, as far as it has been read."""
    of_day = await _made_between(connection, entries, start, end)
    source, state = entries.c.source_id, entries.c.state
    read = select(source, func.count()).where(of_day, state.in_(_READ_TO_AN_END)).group_by(source)
    merged = (
        select(source, func.count()).where(of_day, state == EntryState.MERGED).group_by(source)
    )
    published = (
        select(source, func.count())
        .join(signals, signals.c.id == entries.c.signal_id)
        .where(of_day, state == EntryState.DONE, LIVE)
        .group_by(source)
    )
    return {
        Count.READ: await _pairs(connection, read),
        Count.PUBLISHED: await _pairs(connection, published),
        Count.MERGED: await _pairs(connection, merged),
    }


async def _saves(
    connection: AsyncConnection, start: datetime, end: datetime
) -> dict[Count, Counts]:
    how = case((saved.c.by_rule, "rule"), else_="hand")
    saves = select(how, func.count()).where(_in(saved.c.saved_at, start, end)).group_by(how)
    # What was taken out stands in the books of what can be taken back, for longer than a day.
    removed = (
        select(func.count())
        .select_from(collection_undos)
        .join(collection_undo_signals, collection_undo_signals.c.undo_id == collection_undos.c.id)
        .where(_in(collection_undos.c.created_at, start, end))
        .where(collection_undos.c.act.in_([UndoAct.REMOVE, UndoAct.DELETE]))
        .where(collection_undo_signals.c.saved_at.is_not(None))
    )
    count = await connection.scalar(removed) or 0
    return {
        Count.SAVES: await _pairs(connection, saves),
        Count.UNSAVES: {"": count} if count else {},
    }


async def _model(
    connection: AsyncConnection, start: datetime, end: datetime
) -> dict[Count, Counts]:
    model, mine = model_calls.c.model, _in(model_calls.c.at, start, end)
    sums = {
        Count.MODEL_CALLS: func.count(),
        Count.MODEL_TOKENS: func.sum(model_calls.c.tokens_in + model_calls.c.tokens_out),
        Count.MODEL_COST: func.round(func.sum(model_calls.c.cost) * MILLIONTHS),
    }
    return {
        name: await _pairs(connection, select(model, total).where(mine).group_by(model))
        for name, total in sums.items()
    }


# --- ranges of ids -----------------------------------------------------------------------


async def _made_between(
    connection: AsyncConnection, table: Table, start: datetime, end: datetime
) -> ColumnElement[bool]:
    """The condition for the rows of `table` made in a time: a range of ids, then the time."""
    first = await _first_id(connection, table, start - _SLACK)
    after = await _first_id(connection, table, end + _SLACK)
    made: Column[Any] = table.c.created_at
    return and_(table.c.id >= first, table.c.id < after, _in(made, start, end))


async def _first_id(connection: AsyncConnection, table: Table, moment: datetime) -> int:
    """The lowest id from which on rows are of `moment` or later; one past the last if none is."""
    low, high = 1, (await connection.scalar(select(func.max(table.c.id))) or 0) + 1
    while low < high:
        middle = (low + high) // 2
        found = (
            await connection.execute(
                select(table.c.id, table.c.created_at)
                .where(table.c.id >= middle)
                .order_by(table.c.id)
                .limit(1)
            )
        ).first()
        if found is None or found.created_at >= moment:
            high = middle
        else:
            low = found.id + 1
    return low
