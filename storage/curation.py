"""Curation: what editors do to whether, and when, readers see a signal.

    live ─hold─▶ held ─approve─▶ live        held ─schedule─▶ held until its time ─▶ live
    live ─reject─▶ rejected ─approve─▶ live  held ─reject─▶ rejected

Each is an act, so `undo` brings everything back. Of two editors the second is told what the first
did (`Decided`). Other acts that show or hide a signal do so with `show` and `hide`.
"""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.model import SignalState
from digest.policy import EDITOR, REJECTED_BEFORE, Hold, Reason
from storage.acts import SYSTEM, Act, Acts
from storage.audit import AuditEntry
from storage.database import Database
from storage.errors import NotFound, StorageError
from storage.leads import relation_among_live, settle_story
from storage.newness import retell_story
from storage.schema import HELD, audit, signal_topics, signals
from storage.taxonomy import placed_now
from storage.upsert import chunks
from storage.values import hold_data, read_hold, read_placement

log = logging.getLogger(__name__)

MOST_AT_ONCE = 200
"""How many signals one act approves or rejects: readers are answered between two acts."""
_LOOK_BACK = 500
# Holds that no policy lets go of.
_ORDERED = {EDITOR, REJECTED_BEFORE}
_DUE_AT_ONCE = 200
_OF_A_SIGNAL: tuple[ColumnElement[Any], ...] = (
    signals.c.id,
    signals.c.state,
    signals.c.story_id,
    signals.c.relation,
    signals.c.score,
    signals.c.column_id,
    signals.c.kind,
    signals.c.placement,
    signals.c.dated_at,
    signals.c.hold,
    signals.c.falls_at,
    signals.c.publish_at,
)


@dataclass(frozen=True, slots=True)
class Rejection:
    """Why a signal was rejected; `words` are the editor's own, for a reason of another kind."""

    reason: Reason
    words: str = ""


@dataclass(frozen=True, slots=True)
class Done:
    """What an act did: to which signals, and its row in the audit (None: there was nothing)."""

    signals: tuple[int, ...]
    act: AuditEntry | None


class Decided(StorageError):  # noqa: N818  a state of the signal, told to a person
    """Somebody was first: the signal is `state` by now, through the act `by` (None: unknown).

    `publish_at` is the time that a held one was given.
    """

    def __init__(
        self, state: SignalState, publish_at: datetime | None, by: AuditEntry | None
    ) -> None:
        super().__init__(f"the signal is {state} already")
        self.state = state
        self.publish_at = publish_at
        self.by = by


class Curation:
    """The acts of editors upon signals, and those of the policies when nobody acts."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._acts = Acts(database)

    async def approve(
        self,
        signal_id: int,
        actor: str,
        now: datetime,
        *,
        expect: SignalState = SignalState.HELD,
        scheduled: datetime | None = None,
    ) -> Done:
        """Let readers see a signal from now on.

        Raises NotFound, and Decided when it is not as it was shown: of state `expect`, to be
        published at `scheduled`.
        """
        seen = _Seen(expect, scheduled)
        async with self._deciding("signal.approve", signal_id, actor, now, seen) as act:
            await show(act, signal_id)
        return Done((signal_id,), act.entry)

    async def reject(
        self,
        signal_id: int,
        rejection: Rejection,
        actor: str,
        now: datetime,
        *,
        expect: SignalState = SignalState.HELD,
        scheduled: datetime | None = None,
    ) -> Done:
        """Keep a signal from readers for good. Raises as `approve`."""
        seen = _Seen(expect, scheduled)
        async with self._deciding("signal.reject", signal_id, actor, now, seen) as act:
            await _reject(act, signal_id, rejection)
            act.after = _in_words(rejection)
        return Done((signal_id,), act.entry)

    async def hold(
        self, signal_id: int, actor: str, now: datetime, *, expect: SignalState = SignalState.LIVE
    ) -> Done:
        """Take a signal back from readers, into the queue. Raises as `approve`."""
        async with self._deciding("signal.hold", signal_id, actor, now, _Seen(expect)) as act:
            await hide(act, signal_id, SignalState.HELD, **_held(now))
        return Done((signal_id,), act.entry)

    async def schedule(
        self,
        signal_id: int,
        publish_at: datetime | None,
        actor: str,
        now: datetime,
        *,
        expect: SignalState = SignalState.HELD,
        scheduled: datetime | None = None,
    ) -> Done:
        """Have a signal published by itself at a time (None: give it back to the queue).

        One that readers see already is taken back until then. Raises as `approve`.
        """
        seen = _Seen(expect, scheduled)
        async with self._deciding("signal.schedule", signal_id, actor, now, seen) as act:
            if expect is not SignalState.HELD:
                await hide(act, signal_id, SignalState.HELD, **_held(now))
            await act.update(
                signals, {"id": signal_id}, publish_at=publish_at, falls_at=None, rejection=None
            )
            act.before = scheduled.isoformat() if scheduled else None
            act.after = publish_at.isoformat() if publish_at else None
        return Done((signal_id,), act.entry)

    async def approve_all(self, ids: Sequence[int], actor: str, now: datetime) -> Done:
        """Approve those that still wait, in one act; at most MOST_AT_ONCE of them."""
        return await self._deciding_all("queue.approve", ids, actor, now, show)

    async def reject_all(
        self, ids: Sequence[int], rejection: Rejection, actor: str, now: datetime
    ) -> Done:
        """Reject those that still wait, in one act; at most MOST_AT_ONCE of them."""

        async def reject(act: Act, signal_id: int) -> None:
            await _reject(act, signal_id, rejection)

        return await self._deciding_all("queue.reject", ids, actor, now, reject)

    # --- what happens by itself ----------------------------------------------------------

    async def fall_due(self, now: datetime) -> tuple[Done, ...]:
        """Let what nobody reviewed in time fall to the choice of its policy."""
        due = signals.c.publish_at.is_(None) & (signals.c.falls_at <= now)
        return await _each(await self._due(due), self._fall, now)

    async def publish_due(self, now: datetime) -> tuple[Done, ...]:
        """Publish what editors set a time for that has come."""
        return await _each(await self._due(signals.c.publish_at <= now), self._publish, now)

    async def pass_on(self, signal_id: int, now: datetime) -> Done:
        """Publish a held signal whose policy lets it go by now, unless an editor decided."""
        async with self._by_itself("signal.approve", signal_id, now) as (act, row):
            ordered = row is not None and row.hold and row.hold["scope"] in _ORDERED
            if row is not None and row.publish_at is None and not ordered:
                await show(act, signal_id)
        return Done((signal_id,) if act.entry else (), act.entry)

    async def _publish(self, signal_id: int, now: datetime) -> Done:
        async with self._by_itself("signal.publish", signal_id, now) as (act, row):
            if row is not None and row.publish_at is not None and row.publish_at <= now:
                await show(act, signal_id)
        return Done((signal_id,) if act.entry else (), act.entry)

    async def _fall(self, signal_id: int, now: datetime) -> Done:
        async with self._by_itself("signal.fall", signal_id, now) as (act, row):
            late = row is not None and row.falls_at is not None and row.falls_at <= now
            if row is None or not late or row.publish_at is not None:
                return Done((), None)
            hold = read_hold(row.hold, row.falls_at) if row.hold else Hold(EDITOR)
            outcome = hold.outcome(row.score)
            if outcome is SignalState.LIVE:
                await show(act, signal_id)
            elif outcome is SignalState.REJECTED:
                await _reject(act, signal_id, Rejection(Reason.UNSEEN))
            act.after = outcome.value
        return Done((signal_id,), act.entry)

    async def _due(self, due: ColumnElement[bool]) -> Sequence[int]:
        query = select(signals.c.id).where(HELD, due).order_by(signals.c.held_at, signals.c.id)
        async with self._database.read() as connection:
            return (await connection.execute(query.limit(_DUE_AT_ONCE))).scalars().all()

    @asynccontextmanager
    async def _by_itself(
        self, name: str, signal_id: int, now: datetime
    ) -> AsyncIterator[tuple[Act, Row[Any] | None]]:
        """An act of the bot's own upon a signal that is still held; None when it is not."""
        async with self._acts.act(SYSTEM, name, f"signal:{signal_id}", now) as act:
            row = await _row(act.connection, signal_id)
            held = row is not None and row.state == SignalState.HELD
            act.before = SignalState.HELD.value
            act.after = SignalState.LIVE.value
            yield act, row if held else None

    @asynccontextmanager
    async def _deciding(
        self, name: str, signal_id: int, actor: str, now: datetime, seen: "_Seen"
    ) -> AsyncIterator[Act]:
        """An act upon one signal, provided that it is still as it was `seen`."""
        async with self._acts.act(actor, name, f"signal:{signal_id}", now) as act:
            row = await _row(act.connection, signal_id)
            if row is None:
                raise NotFound(f"there is no signal {signal_id}")
            state = SignalState(row.state)
            if (state, row.publish_at) != (seen.state, seen.publish_at):
                by = await last_act(act.connection, signal_id)
                raise Decided(state, row.publish_at, by)
            act.before = state.value
            yield act
            act.after = act.after or SignalState.LIVE.value

    async def _deciding_all(
        self,
        name: str,
        ids: Sequence[int],
        actor: str,
        now: datetime,
        change: Callable[[Act, int], Awaitable[None]],
    ) -> Done:
        done: list[int] = []
        async with self._acts.act(actor, name, "queue:many", now) as act:
            for number in await _waiting(act.connection, ids[:MOST_AT_ONCE]):
                await change(act, number)
                done.append(number)
            act.after = {"count": len(done), "signals": done}
        return Done(tuple(done), act.entry)


@dataclass(frozen=True, slots=True)
class _Seen:
    state: SignalState
    publish_at: datetime | None = None


async def _each(
    due: Iterable[int], deed: Callable[[int, datetime], Awaitable[Done]], now: datetime
) -> tuple[Done, ...]:
    done = []
    for number in due:
        try:
            done.append(await deed(number, now))
        except Exception:  # the boundary: one odd signal must not hold up the others
            log.exception("signal %d of the queue was due, and stays as it is", number)
    return tuple(done)


async def show(act: Act, signal_id: int) -> None:
    """Let readers see a signal that they do not see: as new as now, in its story and topics."""
    row = await _row(act.connection, signal_id)
    if row is None:
        raise NotFound(f"there is no signal {signal_id}")
    values: dict[str, Any] = {"state": SignalState.LIVE.value, "live_at": act.now}
    if row.story_id is not None:
        values["relation"] = await relation_among_live(act.connection, row.story_id, row.relation)
    await act.update(
        signals, {"id": signal_id}, **values, falls_at=None, publish_at=None, rejection=None
    )
    await relist(act, signal_id)
    if row.story_id is not None:
        await settle_story(act, row.story_id, shown=signal_id)
        await retell_story(act, row.story_id)


async def hide(act: Act, signal_id: int, state: SignalState, **values: Any) -> None:
    """Take a signal from readers, or leave it hidden in another state; its story goes on."""
    row = await _row(act.connection, signal_id)
    if row is None:
        raise NotFound(f"there is no signal {signal_id}")
    await act.update(signals, {"id": signal_id}, state=state.value, **values)
    await relist(act, signal_id)
    if row.story_id is not None:
        await settle_story(act, row.story_id)
        await retell_story(act, row.story_id)


async def relist(act: Act, signal_id: int) -> None:
    """List a signal under the topics of its placement, and under none while it is hidden."""
    row = await _row(act.connection, signal_id)
    if row is None:
        raise NotFound(f"there is no signal {signal_id}")
    live = row.state == SignalState.LIVE
    placement = read_placement(row.column_id, row.kind, row.placement)
    placed = (await placed_now(act.connection, placement)).topics if live else ()
    query = select(signal_topics).where(signal_topics.c.signal_id == signal_id)
    rows = (await act.connection.execute(query)).mappings().all()
    listed = {row["topic_id"]: dict(row) for row in rows}
    for topic in sorted(listed.keys() - set(placed)):
        await act.delete(signal_topics, listed[topic])
    for topic in dict.fromkeys(placed):
        if topic not in listed:
            key = {"topic_id": topic, "dated_at": row.dated_at, "signal_id": signal_id}
            await act.insert(signal_topics, **key)


async def last_act(connection: AsyncConnection, signal_id: int) -> AuditEntry | None:
    """The newest act that changed this signal, alone or among others."""
    query = select(audit).where(audit.c.changes.is_not(None)).order_by(audit.c.id.desc())
    rows = await connection.execute(query.limit(_LOOK_BACK))
    for row in rows.mappings():
        if any(one[0] == signals.name and one[1] == {"id": signal_id} for one in row["changes"]):
            return AuditEntry(**row)
    return None


async def _reject(act: Act, signal_id: int, rejection: Rejection) -> None:
    kept = {"reason": rejection.reason.value, "words": rejection.words}
    await hide(
        act, signal_id, SignalState.REJECTED, rejection=kept, falls_at=None, publish_at=None
    )


def _held(now: datetime) -> dict[str, Any]:
    return {"held_at": now, "hold": hold_data(Hold(EDITOR)), "falls_at": None, "rejection": None}


def _in_words(rejection: Rejection) -> str:
    return f"{rejection.reason}: {rejection.words}" if rejection.words else rejection.reason.value


async def _row(connection: AsyncConnection, signal_id: int) -> Row[Any] | None:
    query = select(*_OF_A_SIGNAL).where(signals.c.id == signal_id).with_for_update()
    row: Row[Any] | None = (await connection.execute(query)).first()
    return row


async def _waiting(connection: AsyncConnection, ids: Iterable[int]) -> list[int]:
    """Those that wait in the queue, in the given order."""
    wanted = list(dict.fromkeys(ids))
    there: set[int] = set()
    for some in chunks(wanted):
        query = select(signals.c.id).where(
            HELD, signals.c.id.in_(some), signals.c.publish_at.is_(None)
        )
        # In order, so that two who decide about the same ones wait for each other, not mutually.
        rows = await connection.execute(query.order_by(signals.c.id).with_for_update())
        there.update(rows.scalars())
    return [number for number in wanted if number in there]
