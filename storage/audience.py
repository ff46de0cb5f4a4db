"""Who is in an audience today: how many, and their numbers page by page.

Each question is one query. Columns and topics are looked for in their JSON text as '"llm"', which
is exact, for ids have neither quotes nor backslashes, and both databases can do it. Of a group
with several forum topics only one is chosen, so that a group hears an announcement once.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    String,
    Text,
    and_,
    case,
    exists,
    false,
    func,
    not_,
    or_,
    select,
    true,
    type_coerce,
)

from digest.audience import Among, Audience, AudienceSize, Circle, Place
from digest.model import ChatKind, LookBackWish
from storage.database import Database
from storage.schema import delivered, guests, subscribers, subscriptions

_KINDS = {
    Place.PRIVATE: (ChatKind.PRIVATE,),
    Place.GROUP: (ChatKind.GROUP, ChatKind.SUPERGROUP),
    Place.CHANNEL: (ChatKind.CHANNEL,),
}


class Audiences:
    """Questions about who fits an audience now."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def size(self, audience: Audience, circle: Circle, now: datetime) -> AudienceSize:
        """How many chats fit, by kind."""
        kind = subscribers.c.kind
        place = case(
            (kind == ChatKind.PRIVATE, Place.PRIVATE.value),
            (kind == ChatKind.CHANNEL, Place.CHANNEL.value),
            else_=Place.GROUP.value,
        )
        query = fitting(audience, circle, now).with_only_columns(place, func.count())
        async with self._database.read() as connection:
            rows = await connection.execute(query.group_by(place))
            found = {Place(name): int(count) for name, count in rows}
        return AudienceSize(*(found.get(place, 0) for place in Place))

    async def members(
        self,
        audience: Audience,
        circle: Circle,
        now: datetime,
        *,
        after_id: int = 0,
        limit: int = 1000,
    ) -> tuple[int, ...]:
        """Numbers of subscribers who fit, in their order, from `after_id` on."""
        query = (
            fitting(audience, circle, now)
            .where(subscribers.c.id > after_id)
            .order_by(subscribers.c.id)
            .limit(limit)
        )
        async with self._database.read() as connection:
            return tuple((await connection.execute(query)).scalars())


def fitting(audience: Audience, circle: Circle, now: datetime) -> Select[Any]:
    """The ids of the subscribers who fit; to be narrowed further, or inserted from."""
    conditions = _conditions(audience, circle, now, subscribers, subscriptions)
    return (
        select(subscribers.c.id)
        .join(subscriptions, subscriptions.c.subscriber_id == subscribers.c.id)
        .where(*conditions, _speaks_for_its_chat(audience, circle, now))
    )


def _speaks_for_its_chat(audience: Audience, circle: Circle, now: datetime) -> ColumnElement[bool]:
    """Of a chat's forum topics that fit, the general one, else the oldest."""
    other, wishes = subscribers.alias("other"), subscriptions.alias("other_wishes")
    another = (
        exists()
        .where(other.c.chat_id == subscribers.c.chat_id, wishes.c.subscriber_id == other.c.id)
        .where(or_(other.c.thread_id == 0, other.c.id < subscribers.c.id))
        .where(*_conditions(audience, circle, now, other, wishes))
    )
    return or_(subscribers.c.thread_id == 0, not_(another))


def _conditions(
    audience: Audience, circle: Circle, now: datetime, who: FromClause, wishes: FromClause
) -> list[ColumnElement[bool]]:
    found = [who.c.active == true(), wishes.c.stopped == false()]
    if circle.named is not None:
        found.append(_let_in(circle, who))
    if audience.ids:
        found.append(who.c.chat_id.in_(audience.ids))
    else:
        found.append(_among(audience.among, circle, who, wishes))
    return found + _filters(audience, circle, now, who, wishes)


def _let_in(circle: Circle, who: FromClause) -> ColumnElement[bool]:
    named = (circle.named or frozenset()) | circle.staff
    guest: ColumnElement[bool] = exists().where(guests.c.chat_id == who.c.chat_id)
    if not circle.invited:
        guest = and_(guest, who.c.chat_id < 0)
    return or_(who.c.chat_id.in_(sorted(named)), guest)


def _among(
    among: Among, circle: Circle, who: FromClause, wishes: FromClause
) -> ColumnElement[bool]:
    pushed = or_(
        wishes.c.instant == true(),
        wishes.c.story_updates == true(),
        wishes.c.weekly_day.is_not(None),
        type_coerce(wishes.c.digest_times, Text) != "[]",
        type_coerce(wishes.c.stories, Text) != "[]",
        wishes.c.look_back != LookBackWish.OFF,
        and_(
            wishes.c.trend_alerts == true(),
            or_(
                type_coerce(wishes.c.topics, Text) != "[]",
                type_coerce(wishes.c.words, Text) != "[]",
            ),
        ),
    )
    match among:
        case Among.SUBSCRIBED:
            return and_(wishes.c.paused == false(), pushed)
        case Among.PAUSED:
            # Pushes were on at some time, else nothing was ever looked through for this chat.
            return who.c.considered_until.is_not(None)
        case Among.STARTED:
            return true()
        case Among.STAFF:
            return who.c.chat_id.in_(sorted(circle.staff))


def _filters(
    audience: Audience, circle: Circle, now: datetime, who: FromClause, wishes: FromClause
) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if audience.lang is not None:
        found.append(who.c.lang == audience.lang)
    if audience.places:
        kinds = [kind for place in audience.places for kind in _KINDS[place]]
        found.append(who.c.kind.in_(kinds))
    if audience.columns or audience.topics:
        found.append(_follows(audience, wishes))
    if audience.layout is not None:
        found.append(wishes.c.layout == audience.layout)
    if audience.used is not None:
        found.append(who.c.used_at >= now - timedelta(days=audience.used))
    if audience.received is not None:
        since = now - timedelta(days=audience.received)
        found.append(
            exists()
            .where(delivered.c.subscriber_id == who.c.id)
            .where(delivered.c.delivered_at >= since)
        )
    return found + _joined(audience, circle, who)


def _joined(audience: Audience, circle: Circle, who: FromClause) -> list[ColumnElement[bool]]:
    since, until = audience.joined.bounds(circle.zone) if audience.joined else (None, None)
    found = [who.c.created_at >= since] if since else []
    return [*found, who.c.created_at < until] if until else found


def _follows(audience: Audience, wishes: FromClause) -> ColumnElement[bool]:
    either = [
        *_named(wishes.c["columns"], audience.columns),
        *_named(wishes.c.topics, audience.topics),
    ]
    if audience.everything:
        lists = (wishes.c["columns"], wishes.c.topics, wishes.c.sources, wishes.c.words)
        either.append(and_(*(type_coerce(one, Text) == "[]" for one in lists)))
    return or_(*either)


def _named(column: ColumnElement[Any], ids: Sequence[str]) -> list[ColumnElement[bool]]:
    text = type_coerce(column, String)
    return [text.contains(f'"{one}"', autoescape=True) for one in ids]
