"""Readers' rows, and what they say.

Most readers share what they wish with others, and whoever reads many reads those with equal
wishes side by side: what rows have in common is read once.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from types import SimpleNamespace
from typing import Any

from sqlalchemy import Column, ColumnElement, Dialect, Select, Text, select, type_coerce

from digest.model import (
    ChatKind,
    Lang,
    Layout,
    LookBackWish,
    Subscriber,
    Subscription,
    WeeklyTime,
    Wishes,
    Wording,
)
from storage.column_types import Json, LocalTime, UtcTime
from storage.schema import subscribers, subscriptions
from storage.values import read_times
from storage.weights import WishWeights

_READ_LATER = (Json, LocalTime, UtcTime)
_OWN = tuple(
    subscribers.c[name]
    for name in (
        "id",
        "chat_id",
        "thread_id",
        "kind",
        "title",
        "lang",
        "active",
        "created_at",
        "used_at",
    )
)
_SHARED: tuple[Column[Any], ...] = (
    subscribers.c.next_digest_at,
    subscribers.c.considered_until,
    *(column for column in subscriptions.c if column.name != "subscriber_id"),
)


@cache
def subscriber_query() -> Select[Any]:
    """What `read_subscribers` reads."""
    both = subscribers.join(subscriptions, subscriptions.c.subscriber_id == subscribers.c.id)
    shared = (_as_kept(column).label(f"shared_{column.name}") for column in _SHARED)
    return select(*_OWN, *shared).select_from(both)


def read_subscribers(
    rows: Iterable[Sequence[Any]], weights: Mapping[int, WishWeights], dialect: Dialect
) -> tuple[Subscriber, ...]:
    """The subscribers of the rows, in their order; equal subscriptions are one."""
    known: dict[tuple[object, ...], Subscription] = {}
    found: list[Subscriber] = []
    for row in rows:
        own, shared = row[: len(_OWN)], row[len(_OWN) :]
        weighed = weights.get(own[0], ())
        key = (shared, weighed)
        subscription = known.get(key)
        if subscription is None:
            subscription = known[key] = _subscription(shared, weighed, dialect)
        number, chat_id, thread_id, kind, title, lang, active, created_at, used_at = own
        found.append(
            Subscriber(
                id=number,
                chat_id=chat_id,
                thread_id=thread_id,
                kind=ChatKind(kind),
                title=title,
                lang=Lang(lang),
                active=active,
                created_at=created_at,
                subscription=subscription,
                used_at=used_at,
            )
        )
    return tuple(found)


def _as_kept(column: Column[Any]) -> ColumnElement[Any]:
    """The column untouched where reading what it says takes longer than comparing it."""
    return type_coerce(column, Text) if isinstance(column.type, _READ_LATER) else column


def _said(column: Column[Any], kept: Any, dialect: Dialect) -> Any:
    if isinstance(column.type, _READ_LATER):
        return column.type.process_result_value(kept, dialect)
    return kept


def _subscription(shared: Iterable[Any], weights: WishWeights, dialect: Dialect) -> Subscription:
    values = zip(_SHARED, shared, strict=True)
    row = SimpleNamespace(**{one.name: _said(one, kept, dialect) for one, kept in values})
    wishes = Wishes(
        columns=tuple(row.columns),
        topics=tuple(row.topics),
        mutes=tuple(row.mutes),
        min_score=row.min_score,
        max_items=row.max_items,
        lang=Lang(row.lang),
        sources=tuple(row.sources),
        words=tuple(row.words),
        layout=Layout(row.layout),
        wording=Wording(row.wording),
        weights=weights,
    )
    weekly = None if row.weekly_day is None else WeeklyTime(row.weekly_day, row.weekly_at)
    return Subscription(
        wishes=wishes,
        paused=row.paused,
        instant=row.instant,
        digest_times=read_times(row.digest_times),
        weekly=weekly,
        story_updates=row.story_updates,
        trend_alerts=row.trend_alerts,
        look_back=LookBackWish(row.look_back),
        next_look_back_at=row.next_look_back_at,
        stories=tuple(row.stories),
        zone=row.zone,
        quiet_from=row.quiet_from,
        quiet_to=row.quiet_to,
        instant_score=row.instant_score,
        max_a_day=row.max_a_day,
        next_digest_at=row.next_digest_at,
        next_weekly_at=row.next_weekly_at,
        considered_until=row.considered_until,
        stopped=row.stopped,
    )
