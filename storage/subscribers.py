"""Subscribers: the chats we may write to, what they wish, and what they have been told."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    ColumnClause,
    ColumnElement,
    Dialect,
    Row,
    Select,
    bindparam,
    func,
    literal,
    literal_column,
    select,
    tuple_,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.model import (
    ChatKind,
    DeliveryState,
    Lang,
    Subscriber,
    Subscription,
    Wishes,
)
from digest.weights import weight_name
from storage.column_types import Id, UtcTime
from storage.database import Database
from storage.due import due_by_wishes
from storage.errors import NotFound
from storage.given import UNSENT
from storage.guests import follow_guest
from storage.jointly import Jointly
from storage.looking import Question
from storage.moves import follow_desk
from storage.number_rows import among
from storage.schema import (
    WANTS_INSTANT,
    WANTS_TRENDS,
    WANTS_UPDATES,
    delivered,
    deliveries,
    subscribers,
    subscriptions,
    weights,
)
from storage.subscriber_rows import read_subscribers, subscriber_query
from storage.taxonomy import wishes_now
from storage.together import Together
from storage.upsert import chunks, insert
from storage.values import times_data
from storage.weights import in_order, load_weights

# Why a subscriber is not active, where more than words hangs on it.
TOPIC_CLOSED, MIGRATED = "topic", "migrated"

# As the index of who is due has it: SQLite knows it word for word only.
_ACTIVE: ColumnClause[bool] = literal_column("subscribers.active")
# With what each has weighed, a row for each weight: one question instead of two.
_WEIGHED = (weights.c.kind.label("weighed"), weights.c.target, weights.c.steps)
_IN_PLACES = Question(
    subscriber_query()
    .add_columns(*_WEIGHED)
    .outerjoin(weights, weights.c.subscriber_id == subscribers.c.id)
    .where(
        subscribers.c.chat_id.in_(bindparam("chats", expanding=True)),
        subscribers.c.thread_id.in_(bindparam("threads", expanding=True)),
    )
)
_USED = (
    update(subscribers)
    .where(subscribers.c.id == bindparam("reader"))
    .values(used_at=bindparam("at"))
)


class Subscribers:
    """The subscribers and their subscriptions."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._by_chat = Together(self._in_places)
        self._uses = Jointly(database, _note_uses)

    async def enter(
        self,
        chat_id: int,
        thread_id: int,
        kind: ChatKind,
        title: str,
        lang: Lang,
        now: datetime,
    ) -> tuple[Subscriber, bool]:
        """The subscriber of this chat, made with default wishes when it is new (then True).

        One that was gone is active again; its wishes and language stay as they were.
        """
        async with self._database.write() as connection:
            result = await connection.execute(
                insert(connection, subscribers)
                .values(
                    chat_id=chat_id,
                    thread_id=thread_id,
                    kind=kind,
                    title=title,
                    lang=lang,
                    active=True,
                    reason="",
                    created_at=now,
                    changed_at=now,
                    used_at=now,
                )
                .on_conflict_do_nothing(index_elements=["chat_id", "thread_id"])
                .returning(subscribers.c.id)
            )
            new_id = result.scalar()
            if new_id is not None:
                wishes = _wishes_values(Subscription(Wishes(lang=lang)))
                await connection.execute(
                    subscriptions.insert().values(subscriber_id=new_id, **wishes)
                )
            else:
                await connection.execute(
                    update(subscribers)
                    .where(_at(chat_id, thread_id))
                    .values(kind=kind, title=title, active=True, reason="", changed_at=now)
                )
            entered = await _read(connection, subscriber_query().where(_at(chat_id, thread_id)))
            return entered[0], new_id is not None

    async def get(self, subscriber_id: int) -> Subscriber | None:
        """The subscriber with this id."""
        return await self._first(subscriber_query().where(subscribers.c.id == subscriber_id))

    async def by_chat(self, chat_id: int, thread_id: int = 0) -> Subscriber | None:
        """The subscriber of this chat and forum topic."""
        return await self._by_chat.ask((chat_id, thread_id))

    async def save_subscription(self, subscriber_id: int, subscription: Subscription) -> None:
        """Replace wishes and schedule; weights have a store of their own. Raises NotFound.

        `considered_until` only ever moves forward: wishes that were edited while a digest was
        being planned must not bring its window back.
        """
        async with self._database.write() as connection:
            present = await _locked(connection, subscriber_id)
            await _put(connection, subscriber_id, present, subscription)

    async def revise(
        self, subscriber_id: int, change: Callable[[Subscription], Subscription]
    ) -> Subscription:
        """Replace wishes and schedule by what `change` makes of them as they are now.

        Nobody else writes between reading and writing, so what a reader's other device or the
        planner did meanwhile is not overwritten. Returns what was kept. Raises NotFound.
        """
        async with self._database.write() as connection:
            present = await _locked(connection, subscriber_id)
            fresh = change(present)
            await _put(connection, subscriber_id, present, fresh)
            return fresh

    async def note_use(self, subscriber_id: int, now: datetime) -> None:
        """Note that the chat has spoken to us."""
        await self._uses.ask((subscriber_id, now))

    async def set_lang(self, subscriber_id: int, lang: Lang) -> None:
        """Change the language of both the interface and the digests."""
        async with self._database.write() as connection:
            await connection.execute(
                update(subscribers).where(subscribers.c.id == subscriber_id).values(lang=lang)
            )
            await connection.execute(
                update(subscriptions)
                .where(subscriptions.c.subscriber_id == subscriber_id)
                .values(lang=lang)
            )

    async def set_active(
        self,
        chat_id: int,
        active: bool,  # noqa: FBT001  the state itself
        reason: str,
        now: datetime,
    ) -> None:
        """Note that a chat (with all its forum topics) can or cannot be written to.

        Nothing is forgotten; what is still owed to a chat that is gone becomes dead. What was
        switched off before keeps its reason: see `revive`.
        """
        chat = select(subscribers.c.id).where(subscribers.c.chat_id == chat_id)
        async with self._database.write() as connection:
            await connection.execute(
                update(subscribers)
                .where(subscribers.c.chat_id == chat_id, subscribers.c.active != active)
                .values(active=active, reason=reason, changed_at=now)
            )
            if not active:
                await _bury(connection, chat, reason, now)

    async def close_topic(self, chat_id: int, thread_id: int, now: datetime) -> None:
        """Note that one forum topic cannot be written to; the others of its group go on."""
        mine = select(subscribers.c.id).where(_at(chat_id, thread_id))
        async with self._database.write() as connection:
            await connection.execute(
                update(subscribers)
                .where(_at(chat_id, thread_id))
                .values(active=False, reason=TOPIC_CLOSED, changed_at=now)
            )
            await _bury(connection, mine, TOPIC_CLOSED, now)

    async def revive(self, chat_id: int, thread_id: int, now: datetime) -> None:
        """Note that a chat can be written to again: this topic, and all that are not closed."""
        async with self._database.write() as connection:
            await connection.execute(
                update(subscribers)
                .where(subscribers.c.chat_id == chat_id, ~subscribers.c.active)
                .where(_at(chat_id, thread_id) | (subscribers.c.reason != TOPIC_CLOSED))
                .values(active=True, reason="", changed_at=now)
            )

    async def rename(self, chat_id: int, title: str) -> None:
        """Note a chat's new name."""
        async with self._database.write() as connection:
            await connection.execute(
                update(subscribers).where(subscribers.c.chat_id == chat_id).values(title=title)
            )

    async def migrate_chat(self, old: int, new: int) -> None:
        """Follow a group that became a supergroup: the subscriber keeps everything.

        When the new chat has spoken to us already and has a subscriber of its own, that one takes
        the old chat's place and sleeps there. We hear of one migration several times (from both
        chats, and from each message that was sent to the old one): once done it stays done.
        """
        if old == new:
            return
        waiting = select(subscribers.c.id).where(
            subscribers.c.chat_id == old, ~subscribers.c.reason.startswith(MIGRATED)
        )
        async with self._database.write() as connection:
            await follow_guest(connection, old, new)
            await follow_desk(connection, old, new)
            if (await connection.execute(waiting)).first() is None:
                return
            # Chat 0 does not exist: the two can change places without meeting.
            await _readdress(connection, new, 0, active=False, reason=moved_to(new))
            await _readdress(connection, old, new, kind=ChatKind.SUPERGROUP)
            await _readdress(connection, 0, old)

    async def due(self, now: datetime, limit: int = 1000) -> tuple[Subscriber, ...]:
        """Active subscribers whose digest time has come, the longest waiting first."""
        query = (
            subscriber_query()
            .where(_ACTIVE, subscribers.c.next_digest_at <= now)
            .order_by(subscribers.c.next_digest_at, subscribers.c.id)
            .limit(limit)
        )
        return await self._many(query)

    async def due_by_wishes(self, now: datetime) -> Sequence[int]:
        """The numbers of all who are `due`, those with the same wishes side by side."""
        async with self._database.read() as connection:
            return await due_by_wishes(connection, now)

    async def due_among(self, ids: Sequence[int], now: datetime) -> tuple[Subscriber, ...]:
        """Those of these subscribers that are `due`, in the order of `ids`."""
        found: dict[int, Subscriber] = {}
        due = subscriber_query().where(subscribers.c.active, subscribers.c.next_digest_at <= now)
        async with self._database.read() as connection:
            for some in chunks(ids):
                query = due.where(among(connection, subscribers.c.id, some))
                found.update((one.id, one) for one in await _read(connection, query))
        return tuple(found[number] for number in ids if number in found)

    async def due_weekly(
        self, now: datetime, limit: int = 1000, *, after: Subscriber | None = None
    ) -> tuple[Subscriber, ...]:
        """Active subscribers whose weekly is due, the longest waiting first.

        `after` is the last one of those that were read before: some of them stay due.
        """
        since = after.subscription.next_weekly_at if after else None
        place = (since, after.id) if after and since else None
        return await self._many(_due(subscriptions.c.next_weekly_at, now, place).limit(limit))

    async def due_look_back(
        self, now: datetime, limit: int = 1000, *, after: Subscriber | None = None
    ) -> tuple[Subscriber, ...]:
        """Active subscribers whose look-back is due; otherwise as `due_weekly`."""
        since = after.subscription.next_look_back_at if after else None
        place = (since, after.id) if after and since else None
        return await self._many(_due(subscriptions.c.next_look_back_at, now, place).limit(limit))

    async def get_many(self, ids: Sequence[int]) -> tuple[Subscriber, ...]:
        """Active subscribers with these numbers, by number."""
        query = subscriber_query().where(subscribers.c.active, subscribers.c.id.in_(ids))
        return await self._many(query.order_by(subscribers.c.id))

    async def _wanting(
        self, wish: ColumnElement[bool], limit: int, after_id: int
    ) -> tuple[Subscriber, ...]:
        query = (
            subscriber_query()
            .where(subscribers.c.active, wish)
            .where(subscribers.c.id > after_id)
            .order_by(subscribers.c.id)
            .limit(limit)
        )
        return await self._many(query)

    async def wanting_updates(
        self, limit: int = 1000, after_id: int = 0
    ) -> tuple[Subscriber, ...]:
        """Active subscribers who want to hear of stories, by id, from `after_id` on."""
        return await self._wanting(WANTS_UPDATES, limit, after_id)

    async def wanting_instant(
        self, limit: int = 1000, after_id: int = 0
    ) -> tuple[Subscriber, ...]:
        """Active subscribers who want single strong signals, by id, from `after_id` on."""
        return await self._wanting(WANTS_INSTANT, limit, after_id)

    async def wanting_trends(self, limit: int = 1000, after_id: int = 0) -> tuple[Subscriber, ...]:
        """Active subscribers to be told of what they follow begins to rise, by id."""
        return await self._wanting(WANTS_TRENDS, limit, after_id)

    async def counts(self) -> dict[str, int]:
        """Subscribers in all: "active", "gone", and the active ones by kind of chat."""
        query = select(subscribers.c.active, subscribers.c.kind, func.count()).group_by(
            subscribers.c.active, subscribers.c.kind
        )
        found = {"active": 0, "gone": 0}
        async with self._database.read() as connection:
            for active, kind, count in await connection.execute(query):
                found["active" if active else "gone"] += count
                if active:
                    found[kind] = count
        return found

    async def mark_delivered(
        self, subscriber_id: int, signal_ids: Sequence[int], now: datetime
    ) -> None:
        """Note signals that reached the subscriber otherwise than by a delivery."""
        async with self._database.write() as connection:
            rows = [
                {"subscriber_id": subscriber_id, "signal_id": signal_id, "delivered_at": now}
                for signal_id in signal_ids
            ]
            if rows:
                await connection.execute(
                    insert(connection, delivered).on_conflict_do_nothing(), rows
                )

    async def _in_places(
        self, places: Sequence[tuple[int, int]]
    ) -> dict[tuple[int, int], Subscriber]:
        """The subscribers of these chats and forum topics, and perhaps of others of the chats."""
        chats, threads = (sorted({place[side] for place in places}) for side in (0, 1))
        rows = await self._database.look(lambda ask: ask(_IN_PLACES, chats=chats, threads=threads))
        found = _read_weighed(rows, self._database.sql)
        return {(one.chat_id, one.thread_id): one for one in found}

    async def _first(self, query: Select[Any]) -> Subscriber | None:
        found = await self._many(query)
        return found[0] if found else None

    async def _many(self, query: Select[Any]) -> tuple[Subscriber, ...]:
        async with self._database.read() as connection:
            return await _read(connection, query)


async def _note_uses(
    connection: AsyncConnection, uses: Sequence[tuple[int, datetime]]
) -> Sequence[None]:
    rows = [{"reader": number, "at": now} for number, now in sorted(uses)]
    await connection.execute(_USED, rows)
    return [None for _ in uses]


def _read_weighed(rows: Sequence[Row[Any]], dialect: Dialect) -> tuple[Subscriber, ...]:
    own: dict[int, Sequence[Any]] = {}
    weighed: dict[int, list[tuple[str, int]]] = {}
    for row in rows:
        own[row.id] = row[: -len(_WEIGHED)]
        if row.weighed is not None:
            name = weight_name(row.weighed, row.target)
            weighed.setdefault(row.id, []).append((name, row.steps))
    return read_subscribers(own.values(), in_order(weighed), dialect)


async def _read(connection: AsyncConnection, query: Select[Any]) -> tuple[Subscriber, ...]:
    rows = (await connection.execute(query)).all()
    weighed = await load_weights(connection, [row.id for row in rows])
    return read_subscribers(rows, weighed, connection.dialect)


async def _locked(connection: AsyncConnection, subscriber_id: int) -> Subscription:
    """The subscription as it is, which nobody changes until the transaction ends."""
    own = subscribers.c.id == subscriber_id
    found = await connection.execute(select(subscribers.c.id).where(own).with_for_update())
    if found.first() is None:
        raise NotFound(f"there is no subscriber {subscriber_id}")
    (present,) = await _read(connection, subscriber_query().where(own))
    return present.subscription


async def _put(
    connection: AsyncConnection, subscriber_id: int, before: Subscription, fresh: Subscription
) -> None:
    values: dict[str, Any] = {"next_digest_at": fresh.next_digest_at}
    fresh = replace(fresh, wishes=await wishes_now(connection, fresh.wishes))
    considered = fresh.considered_until
    if considered and (before.considered_until is None or before.considered_until < considered):
        values["considered_until"] = considered
    await connection.execute(
        update(subscribers).where(subscribers.c.id == subscriber_id).values(**values)
    )
    await connection.execute(
        update(subscriptions)
        .where(subscriptions.c.subscriber_id == subscriber_id)
        .values(**_wishes_values(fresh))
    )


async def _bury(connection: AsyncConnection, who: Any, reason: str, now: datetime) -> None:
    """What is still owed to these subscribers will never be sent."""
    await connection.execute(
        update(deliveries)
        .where(deliveries.c.subscriber_id.in_(who))
        .where(deliveries.c.state.in_(UNSENT))
        .values(state=DeliveryState.DEAD, error=reason, settled_at=now)
    )


def moved_to(chat_id: int) -> str:
    """Why an entry sleeps under a group's old id: it belongs to this supergroup all the same."""
    return f"{MIGRATED} {chat_id}"


async def _readdress(connection: AsyncConnection, old: int, new: int, **values: Any) -> None:
    await connection.execute(
        update(subscribers).where(subscribers.c.chat_id == old).values(chat_id=new, **values)
    )


def _at(chat_id: int, thread_id: int) -> Any:
    return (subscribers.c.chat_id == chat_id) & (subscribers.c.thread_id == thread_id)


def _wishes_values(subscription: Subscription) -> dict[str, Any]:
    wishes, weekly = subscription.wishes, subscription.weekly
    return {
        "columns": wishes.columns,
        "topics": wishes.topics,
        "mutes": wishes.mutes,
        "min_score": wishes.min_score,
        "max_items": wishes.max_items,
        "lang": wishes.lang,
        "sources": wishes.sources,
        "words": wishes.words,
        "layout": wishes.layout,
        "wording": wishes.wording,
        "paused": subscription.paused,
        "stopped": subscription.paused and subscription.stopped,
        "instant": subscription.instant,
        "digest_times": times_data(subscription.digest_times),
        "weekly_day": weekly.day if weekly else None,
        "weekly_at": weekly.at if weekly else None,
        "story_updates": subscription.story_updates,
        "trend_alerts": subscription.trend_alerts,
        "look_back": subscription.look_back,
        "next_look_back_at": subscription.next_look_back_at,
        "stories": subscription.stories,
        "zone": subscription.zone,
        "quiet_from": subscription.quiet_from,
        "quiet_to": subscription.quiet_to,
        "instant_score": subscription.instant_score,
        "max_a_day": subscription.max_a_day,
        "next_weekly_at": subscription.next_weekly_at,
    }


def _due(due: Column[datetime], now: datetime, after: tuple[datetime, int] | None) -> Select[Any]:
    """Active subscribers of whom `due` has come, after a moment and a number of that moment."""
    # Ordered as the index is: thousands are due at the same full hour.
    reader = subscriptions.c.subscriber_id
    query = subscriber_query().where(subscribers.c.active, due <= now).order_by(due, reader)
    if after is None:
        return query
    bound = literal(after[0], UtcTime), literal(after[1], Id)
    return query.where(tuple_(due, reader) > tuple_(*bound))
