"""Very many rows of whole numbers, written by one statement with one value for all of them.

As values of their own they cost more to hand over than to write: see docs/reports/planning.md.
"""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    Integer,
    Text,
    any_,
    bindparam,
    cast,
    func,
    literal,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import TypeEngine


def number_rows(
    connection: AsyncConnection, names: Sequence[str], rows: Sequence[Sequence[int]]
) -> FromClause:
    """The rows, at least one, as something to select from, with a column for each name."""
    dialect = connection.dialect.name
    values = _packed(dialect, rows)
    return _unpacked(dialect, names, [literal(one, _type(dialect)) for one in values])


def rows_to_come(dialect: str, names: Sequence[str]) -> FromClause:
    """As `number_rows`, for a statement that is made once; the rows come with `rows_given`."""
    values = len(names) if dialect == "postgresql" else 1
    places = [bindparam(_place(n), type_=_type(dialect)) for n in range(values)]
    return _unpacked(dialect, names, places)


def rows_given(dialect: str, rows: Sequence[Sequence[int]]) -> dict[str, Any]:
    """What a statement made of `rows_to_come` is run with."""
    return {_place(n): value for n, value in enumerate(_packed(dialect, rows))}


def _place(number: int) -> str:
    return f"rows_{number}"


def _type(dialect: str) -> TypeEngine[Any]:
    return ARRAY(BigInteger) if dialect == "postgresql" else Text()


def _packed(dialect: str, rows: Sequence[Sequence[int]]) -> list[Any]:
    if dialect == "postgresql":
        return [list(values) for values in zip(*rows, strict=True)]
    return [json.dumps(rows)]


def _unpacked(
    dialect: str, names: Sequence[str], values: Sequence[ColumnElement[Any]]
) -> FromClause:
    if dialect == "postgresql":
        return func.unnest(*values).table_valued(*names).render_derived()
    each: Any = func.json_each(*values).table_valued("value")
    columns = [
        cast(func.json_extract(each.c.value, f"$[{place}]"), Integer).label(name)
        for place, name in enumerate(names)
    ]
    return select(*columns).subquery()


def among(
    connection: AsyncConnection, column: ColumnElement[int], numbers: Sequence[int]
) -> ColumnElement[bool]:
    """Whether the column has one of the numbers: `IN`, for hundreds of them in one value."""
    if connection.dialect.name == "postgresql":
        return column == any_(literal(list(numbers), ARRAY(BigInteger)))
    each: Any = func.json_each(literal(json.dumps(list(numbers)), Text)).table_valued("value")
    return column.in_(select(each.c.value))
