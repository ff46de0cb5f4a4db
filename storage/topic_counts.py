"""How many signals topics have, day by day, asked of the index of topics."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    and_,
    case,
    func,
    select,
)

from storage.schema import HIDDEN, signal_topics, signals


def known_topics() -> CTE:
    """The topics that signals have and, at the end, NULL: one step of the index for each."""
    topics = select(func.min(signal_topics.c.topic_id).label("id")).cte(recursive=True)
    following = (
        select(func.min(signal_topics.c.topic_id))
        .where(signal_topics.c.topic_id > topics.c.id)
        .scalar_subquery()
    )
    return topics.union_all(select(following).where(topics.c.id.is_not(None)))


def topic_count(topic: ColumnElement[Any], until: datetime, span: timedelta) -> Any:
    """How many signals of the topic are dated within the span that ends at, and with, `until`."""
    moment = signal_topics.c.dated_at
    return (
        select(func.count())
        .select_from(signal_topics)
        .where(signal_topics.c.topic_id == topic, moment > until - span, moment <= until)
        .scalar_subquery()
    )


def hidden_days(since: datetime, days: int, span: timedelta, topic: str | None) -> Any:
    """The signals of each topic that are not live, by the spans that begin after `since`."""
    moment = signals.c.dated_at
    starts = (since + place * span for place in range(days))
    counts = (
        func.sum(case((and_(moment > start, moment <= start + span), 1), else_=0))
        for start in starts
    )
    query = (
        select(signal_topics.c.topic_id, *counts)
        .select_from(signals.join(signal_topics, signal_topics.c.signal_id == signals.c.id))
        .where(HIDDEN, moment > since, moment <= since + days * span)
        .group_by(signal_topics.c.topic_id)
    )
    return query if topic is None else query.where(signal_topics.c.topic_id == topic)
