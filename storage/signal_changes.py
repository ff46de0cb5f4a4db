"""Changes of signals that messages show: noted when they are made, also by /undo."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.article_rows import load_article
from storage.changes import Change
from storage.schema import signal_changes, signals
from storage.search import reindex_signal
from storage.values import read_brief

SHOWN = ("brief", "column_id", "placement", "state")
"""The columns of a signal that messages are made from and that editors change."""


async def note_change(
    connection: AsyncConnection,
    signal_id: int,
    before: Mapping[str, Any],
    now: datetime,
    *,
    audit_id: int | None = None,
) -> int:
    """Note that a signal changed, inside the caller's transaction: messages will follow.

    `before` holds the values of `SHOWN` as they were. Returns the change's id.
    """
    result = await connection.execute(
        signal_changes.insert()
        .values(
            signal_id=signal_id,
            audit_id=audit_id,
            before={name: before[name] for name in SHOWN},
            at=now,
        )
        .returning(signal_changes.c.id)
    )
    change_id: int = result.scalar_one()
    return change_id


async def shown_now(connection: AsyncConnection, signal_id: int) -> dict[str, Any] | None:
    """The values of `SHOWN` of a signal, None for an unknown one."""
    columns = [signals.c[name] for name in SHOWN]
    query = select(*columns).where(signals.c.id == signal_id)
    row = (await connection.execute(query)).mappings().first()
    return dict(row) if row is not None else None


async def follow_signals(
    connection: AsyncConnection, changes: Sequence[Change], now: datetime
) -> None:
    """What follows from acts upon signals: messages and search say what the signals say now."""
    for signal_id, was in _were(changes).items():
        present = await shown_now(connection, signal_id)
        if present is None or not set(SHOWN) & set(was):
            continue
        before = {name: was.get(name, present[name]) for name in SHOWN}
        await note_change(connection, signal_id, before, now)
        article = await load_article(connection, signal_id) if "brief" in was else None
        if article is not None:  # else the index still has its words, and we do not
            old, new = read_brief(before["brief"]), read_brief(present["brief"])
            await reindex_signal(connection, signal_id, article, old, new)


def _were(changes: Sequence[Change]) -> dict[int, dict[str, Any]]:
    """The columns of each changed signal as they were before the first of its changes."""
    found: dict[int, dict[str, Any]] = {}
    for change in reversed(changes):
        if change.before is not None and change.after is not None:
            found.setdefault(int(change.key["id"]), {}).update(change.before)
    return found


async def follow_edits(
    connection: AsyncConnection, changes: Sequence[Change], now: datetime
) -> None:
    """What follows from acts upon edits: messages say what was wrong in the editor's new words."""
    for change in changes:
        before, after = change.before or {}, change.after or {}
        if before.get("note", "") == after.get("note", ""):
            continue
        present = await shown_now(connection, int(change.key["signal_id"]))
        if present is not None:
            await note_change(connection, int(change.key["signal_id"]), present, now)
