"""INSERT … ON CONFLICT, which both databases know and SQLAlchemy spells once for each."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

T = TypeVar("T")

CHUNK = 500
"""How many values go into one IN (…): far below both databases' limits of parameters."""


def insert(
    where: Connection | AsyncConnection | str, table: Table
) -> postgresql.Insert | sqlite.Insert:
    """An insert into `table` that has `on_conflict_do_nothing` and `on_conflict_do_update`.

    `where` is the connection it is for, or the name of its dialect.
    """
    if (where if isinstance(where, str) else where.dialect.name) == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)


def chunks(values: Sequence[T], size: int = CHUNK) -> Iterator[Sequence[T]]:
    """`values` in runs of at most `size`."""
    for start in range(0, len(values), size):
        yield values[start : start + size]
