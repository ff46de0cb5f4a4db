"""What amendments are told in, and how they stand in tables."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, Select, select

from digest.blocks import Block, Look
from digest.model import Lang, Signal, SignalState
from storage.schema import amendments, digest_parts, digests
from storage.values import read_blocks, read_brief, read_look, read_placement


class AmendState(StrEnum):
    """Where the amending of one message stands."""

    PENDING = "pending"
    SENDING = "sending"
    DONE = "done"
    GONE = "gone"
    IMPOSSIBLE = "impossible"


@dataclass(frozen=True, slots=True)
class Changed:
    """A change of a signal that is not spread yet."""

    id: int
    signal_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a digest that shows signals, as it was kept first.

    `amended` is how those who were sent it should see it now, None while nobody changed it.
    """

    digest_id: int
    part: int
    lang: Lang
    look: Look
    created_at: datetime
    body: dict[str, Any]
    blocks: tuple[tuple[int, Block], ...]
    waiting: dict[str, Any]
    amended: dict[str, Any] | None

    @property
    def signal_ids(self) -> frozenset[int]:
        """All signals that it shows."""
        named = (one for _, block in self.blocks for one in (block.signal_id, block.also))
        return frozenset(one for one in named if one)


@dataclass(frozen=True, slots=True)
class Before:
    """What a signal was before each of its changes since some moment, and what was wrong."""

    shown: tuple[Mapping[str, Any], ...]
    note: str

    def of(self, signal: Signal) -> tuple[Signal, ...]:
        """`signal` as it was, the oldest first."""
        return tuple(_as_shown(signal, one) for one in self.shown)


@dataclass(frozen=True, slots=True)
class Amending:
    """One message that has to be edited, with how it must read. `saved` by its reader or not."""

    delivery_id: int
    subscriber_id: int
    chat_id: int
    message_id: int
    version: int
    tries: int
    body: dict[str, Any]
    lang: Lang
    resent: bool = False


@dataclass(frozen=True, slots=True)
class Settled:
    """What came of one edit. With `again` it is tried once more from then on."""

    delivery_id: int
    version: int
    state: AmendState
    error: str = ""
    again: datetime | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """A message of ours that tells an editor how far a change has come."""

    change_id: int
    chat_id: int
    message_id: int
    told: str
    spread: bool


def _as_shown(signal: Signal, shown: Mapping[str, Any]) -> Signal:
    column = shown["column_id"]
    return replace(
        signal,
        brief=read_brief(shown["brief"]),
        placement=read_placement(column, signal.placement.kind, shown["placement"]),
        state=SignalState(shown["state"]),
    )


def select_parts() -> Select[Any]:
    """Parts of digests with what became of them, each a row for `read_part`."""
    return (
        select(
            digest_parts.c.digest_id,
            digest_parts.c.part,
            digest_parts.c.blocks,
            digest_parts.c.frozen,
            digest_parts.c.body.label("waiting"),
            digests.c.lang,
            digests.c.look,
            digests.c.created_at,
            amendments.c.body.label("amended"),
        )
        .join(digests, digests.c.id == digest_parts.c.digest_id)
        .join(
            amendments,
            (amendments.c.digest_id == digest_parts.c.digest_id)
            & (amendments.c.part == digest_parts.c.part),
            isouter=True,
        )
    )


def read_part(row: Row[Any]) -> Part:
    """A part as it was kept first, and as it should be seen now."""
    body = row.frozen or row.waiting
    return Part(
        digest_id=row.digest_id,
        part=row.part,
        lang=Lang(row.lang),
        look=read_look(row.look),
        created_at=row.created_at,
        body=body,
        blocks=read_blocks(body, row.blocks),
        waiting=row.waiting,
        amended=row.amended,
    )
