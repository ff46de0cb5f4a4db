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
    cast,
    func,
    literal,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection


def number_rows(
    connection: AsyncConnection, names: Sequence[str], rows: Sequence[Sequence[int]]
) -> FromClause:
    """The rows, at least one, as something to select from, with a column for each name."""
    if connection.dialect.name == "postgresql":
        lists = [literal(list(values), ARRAY(BigInteger)) for values in zip(*rows, strict=True)]
        return func.unnest(*lists).table_valued(*names).render_derived()
    each: Any = func.json_each(literal(json.dumps(rows), Text)).table_valued("value")
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
