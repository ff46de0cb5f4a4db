"""Pins: signals that lead, until a time. They end by that time alone, without any job."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.model import Signal
from storage.acts import Act, Acts
from storage.audit import AuditEntry
from storage.database import Database
from storage.errors import NotFound, StorageError
from storage.looking import Ask, Question
from storage.schema import LIVE, pins, signals
from storage.signal_rows import BY_ID, SignalRows, look_up, made_of

_ACTIVE = Question(
    select(pins)
    .join(signals, signals.c.id == pins.c.signal_id)
    .where(pins.c.until > bindparam("now"), LIVE)
    .order_by(pins.c.pinned_at.desc(), pins.c.signal_id.desc())
)
MOST_PINS = 3
"""Where everything leads, nothing does."""


@dataclass(frozen=True, slots=True)
class Pin:
    """A signal that leads everything, or its column only, `until` a time."""

    signal_id: int
    everywhere: bool
    until: datetime


class PinsFull(StorageError):  # noqa: N818  a state of the pins, told to a person
    """As many signals as may be are pinned: `pins`, the first to end first."""

    def __init__(self, full: Sequence[Pin]) -> None:
        super().__init__("there is no place for another pin")
        self.pins = tuple(full)


class Pins:
    """What is pinned, and the acts of pinning."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._acts = Acts(database)

    async def active(self, now: datetime) -> tuple[Pin, ...]:
        """What is pinned now and seen by readers, the newest pin first."""
        async with self._database.read() as connection:
            return await _active(connection, now)

    async def signals(self, now: datetime) -> tuple[tuple[Signal, Pin], ...]:
        """The pinned signals with their pins, the newest pin first."""

        def look(ask: Ask) -> tuple[dict[int, Pin], SignalRows | None]:
            found = {pin.signal_id: pin for pin in _pins(ask(_ACTIVE, now=now))}
            return found, look_up(ask, BY_ID, ids=list(found)) if found else None

        pins_, rows = await self._database.look(look)
        shown = {one.id: one for one in await made_of(rows)} if rows else {}
        return tuple((shown[number], pin) for number, pin in pins_.items() if number in shown)

    async def of(self, signal_id: int, now: datetime) -> Pin | None:
        """The pin of a signal, None when it is not pinned (any more)."""
        query = select(pins).where(pins.c.signal_id == signal_id, pins.c.until > now)
        async with self._database.read() as connection:
            row = (await connection.execute(query)).first()
            return Pin(row.signal_id, row.everywhere, row.until) if row is not None else None

    async def pin(
        self,
        wanted: Pin,
        actor: str,
        now: datetime,
        *,
        instead_of: int | None = None,
    ) -> AuditEntry | None:
        """Pin a signal, or change its pin; `instead_of` is unpinned with it.

        Raises NotFound, and PinsFull when there is no place.
        """
        number = wanted.signal_id
        async with self._acts.act(actor, "signal.pin", f"signal:{number}", now) as act:
            connection = act.connection
            known = await connection.scalar(select(signals.c.id).where(signals.c.id == number))
            if known is None:
                raise NotFound(f"there is no signal {number}")
            active = await _active(connection, now)
            others = [pin for pin in active if pin.signal_id not in {number, instead_of}]
            if len(others) >= MOST_PINS:
                raise PinsFull(sorted(others, key=lambda pin: pin.until))
            if instead_of is not None and instead_of != number:
                await _remove(act, instead_of)
            await act.put(
                pins,
                {"signal_id": number},
                everywhere=wanted.everywhere,
                until=wanted.until,
                pinned_at=now,
            )
            act.after = {"until": wanted.until.isoformat(), "everywhere": wanted.everywhere}
        return act.entry

    async def unpin(self, signal_id: int, actor: str, now: datetime) -> AuditEntry | None:
        """Let a signal lead no longer; None when it does not."""
        async with self._acts.act(actor, "signal.unpin", f"signal:{signal_id}", now) as act:
            await _remove(act, signal_id)
        return act.entry


async def pin_within(act: Act, wanted: Pin) -> bool:
    """Pin a signal as a part of another act; False when there is no place."""
    others = [
        pin for pin in await _active(act.connection, act.now) if pin.signal_id != wanted.signal_id
    ]
    if len(others) >= MOST_PINS:
        return False
    await act.put(
        pins,
        {"signal_id": wanted.signal_id},
        everywhere=wanted.everywhere,
        until=wanted.until,
        pinned_at=act.now,
    )
    return True


async def _active(connection: AsyncConnection, now: datetime) -> tuple[Pin, ...]:
    return _pins((await connection.execute(_ACTIVE.statement, {"now": now})).all())


def _pins(rows: Iterable[Row[Any]]) -> tuple[Pin, ...]:
    return tuple(Pin(row.signal_id, row.everywhere, row.until) for row in rows)


async def _remove(act: Act, signal_id: int) -> None:
    query = select(pins.c.signal_id).where(pins.c.signal_id == signal_id)
    if await act.connection.scalar(query) is not None:
        await act.delete(pins, {"signal_id": signal_id})
