"""Lists and rules as they were, noted as JSON, and put back."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, delete, exists, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.schema import (
    collection_rules,
    collection_undo_signals,
    collections,
    rule_refusals,
    saved,
)
from storage.upsert import insert

_TIMES = {"created_at", "changed_at"}
_SAVED = ("collection_id", "signal_id", "note", "saved_at", "by_rule")


async def lists_as_data(
    connection: AsyncConnection, collection_ids: Sequence[int], *, into: int | None = None
) -> dict[str, Any]:
    """These lists and their rules as they are now; `into` is where a merge puts them."""
    lists = select(collections).where(collections.c.id.in_(collection_ids))
    rules = select(collection_rules).where(collection_rules.c.collection_id.in_(collection_ids))
    return {
        "collections": [_as_data(row) for row in await connection.execute(lists)],
        "rules": [_as_data(row) for row in await connection.execute(rules)],
        "into": into,
        "rule_moved": False,
        "made": [],
    }


def _as_data(row: Row[Any]) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in row._mapping.items()  # noqa: SLF001  SQLAlchemy's public name for it
    }


def _as_values(data: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: datetime.fromisoformat(value) if name in _TIMES else value
        for name, value in data.items()
    }


async def restore(connection: AsyncConnection, undo: Row[Any]) -> int:
    """Put back what a row of `collection_undos` noted; returns how many saved signals it was."""
    data = undo.data
    for one in data["collections"]:
        await _restore_list(connection, _as_values(one), data["into"])
    if data["rule_moved"]:
        await connection.execute(
            delete(collection_rules).where(collection_rules.c.collection_id == data["into"])
        )
    for one in data["rules"]:
        await connection.execute(insert(connection, collection_rules).values(**_as_values(one)))
    count = await _restore_saved(connection, undo)
    await _drop_made(connection, undo)
    return count


async def _restore_list(
    connection: AsyncConnection, before: dict[str, Any], into: int | None
) -> None:
    """One list as it was, but that a name or a rank given to another one since then stays there.

    A name that is taken gets a number; the list is the default one again only if what it went
    `into` is that now.
    """
    query = select(collections.c.id, collections.c.name, collections.c.is_default).where(
        collections.c.subscriber_id == before["subscriber_id"]
    )
    others = (await connection.execute(query.with_for_update())).all()
    default = next((row.id for row in others if row.is_default), None)
    is_default = before["is_default"] and default in {None, into}
    if is_default and default is not None:
        await connection.execute(
            update(collections).where(collections.c.id == default).values(is_default=False)
        )
    name = _free_name(before["name"], {row.name for row in others})
    values = {**before, "name": name, "is_default": is_default}
    await connection.execute(insert(connection, collections).values(**values))


def _free_name(name: str, taken: set[str]) -> str:
    number, free = 2, name
    while free in taken:
        free = f"{name} {number}"
        number += 1
    return free


async def _restore_saved(connection: AsyncConnection, undo: Row[Any]) -> int:
    noted = collection_undo_signals
    of_undo = noted.c.undo_id == undo.id
    lists = select(collections.c.id).where(collections.c.subscriber_id == undo.subscriber_id)
    still_there = noted.c.collection_id.in_(lists)
    was_saved = noted.c.saved_at.is_not(None)
    same = and_(
        noted.c.collection_id == saved.c.collection_id, noted.c.signal_id == saved.c.signal_id
    )
    await connection.execute(
        delete(saved).where(
            saved.c.collection_id.in_(lists),
            exists().where(of_undo, ~was_saved, same),
        )
    )
    rows = select(*(noted.c[name] for name in _SAVED)).where(of_undo, was_saved, still_there)
    statement = insert(connection, saved).from_select(list(_SAVED), rows)
    await connection.execute(
        statement.on_conflict_do_update(
            index_elements=["collection_id", "signal_id"],
            set_={name: statement.excluded[name] for name in ("note", "saved_at", "by_rule")},
        )
    )
    await connection.execute(
        delete(rule_refusals).where(
            exists().where(
                of_undo,
                was_saved,
                noted.c.collection_id == rule_refusals.c.collection_id,
                noted.c.signal_id == rule_refusals.c.signal_id,
            )
        )
    )
    query = select(func.count()).select_from(noted).where(of_undo)
    return await connection.scalar(query) or 0


async def _drop_made(connection: AsyncConnection, undo: Row[Any]) -> None:
    """Lists that the act made go too, unless something was put into them since."""
    for number in undo.data["made"]:
        empty = ~exists().where(saved.c.collection_id == number)
        ruled = exists().where(collection_rules.c.collection_id == number)
        await connection.execute(
            delete(collections).where(
                collections.c.id == number, empty, ~ruled, ~collections.c.is_default
            )
        )
