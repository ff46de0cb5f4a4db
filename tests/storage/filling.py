"""A database with something in every column of every table, found by looking at the schema.

Values are those that two databases could take for something else: empty text beside none, text
with quotes, tabs and characters of four bytes, the largest numbers, floats that no decimal hits,
moments to the microsecond, bytes of every value.
"""

import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Float,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    UniqueConstraint,
)

from digest.model import ArticleOrigin, Kind, Relation, SignalState
from storage.column_types import Json, LocalTime, UtcTime
from storage.schema import columns, metadata, topics, trend_changes
from storage.values import pack_paragraphs

ROWS = 7
START = datetime(2026, 3, 1, 23, 59, 59, 999_999, tzinfo=UTC)
TEXTS = ("", " ", "核心信息", "o'clock\t\"\\N\\.\n\r", "😀 𠮷野家", "e\u0301é", "\\x00 NULL null")
FLOATS = (0.1 + 0.2, -0.0, 1e308, 5e-324, 1 / 3, 2.5, -7.25)
JSONS = ([], {}, ["核", None, 1.5], {"b": 1, "a": {"深": [True]}}, "", 0, {"é": "\u2028"})


def fill(connection: Connection, rows: int = ROWS) -> None:
    """Put `rows` rows into every table of an otherwise empty, migrated database."""
    connection.execute(topics.delete())
    connection.execute(columns.delete())
    made: dict[str, list[dict[str, Any]]] = {}
    # Triggers write the last one while the others are filled.
    for table in [one for one in metadata.sorted_tables if one is not trend_changes]:
        _add(connection, table, made, rows)
    connection.execute(trend_changes.delete())
    _add(connection, trend_changes, made, rows)


def _add(
    connection: Connection, table: Table, made: dict[str, list[dict[str, Any]]], rows: int
) -> None:
    made[table.name] = list(_rows(table, rows, made))
    for row in made[table.name]:
        connection.execute(table.insert().values(**row))


def _rows(
    table: Table, count: int, made: dict[str, list[dict[str, Any]]]
) -> Iterator[dict[str, Any]]:
    dice = random.Random(table.name)
    unique = _unique(table)
    for number in range(1, count + 1):
        row = {
            column.name: _value(column, number, dice, sole=column.name in unique)
            for column in table.columns
        }
        for key in table.foreign_key_constraints:
            parent = made[key.elements[0].column.table.name][number - 1]
            known = all(row[column.name] is not None for column in key.columns)
            if known:
                row |= {one.parent.name: parent[one.column.name] for one in key.elements}
        yield row | _real(table.name, number)


def _unique(table: Table) -> set[str]:
    """Columns whose values have to differ."""
    found = {column.name for column in table.primary_key.columns}
    for constraint in table.constraints:
        if isinstance(constraint, UniqueConstraint):
            found |= {column.name for column in constraint.columns}
    for index in table.indexes:
        if index.unique:
            found |= {column.name for column in index.columns}
    return found


def _value(column: Column[Any], number: int, dice: random.Random, *, sole: bool) -> Any:
    if column.nullable and number % 3 == 0:
        return None
    kind = column.type
    if isinstance(kind, Integer):
        return number if sole else _integer(kind, number)
    for known, make in _MADE.items():
        if isinstance(kind, known):
            return make(number, dice)
    length = getattr(kind, "length", None)
    if sole:
        return f"{number}核"[:length]
    return TEXTS[number % len(TEXTS)][:length]


_MADE: dict[type[Any], Callable[[int, random.Random], Any]] = {
    UtcTime: lambda number, dice: (
        START + timedelta(hours=number, microseconds=dice.randrange(10**6))
    ),
    LocalTime: lambda number, _: time(number % 24, 59, 30),
    Json: lambda number, _: JSONS[number % len(JSONS)],
    Boolean: lambda number, _: bool(number % 2),
    LargeBinary: lambda number, _: bytes(range(256)) * number if number % 4 else b"",
    Float: lambda number, _: FLOATS[number % len(FLOATS)],
}


def _integer(kind: Integer, number: int) -> int:
    bits = {SmallInteger: 15, BigInteger: 63}.get(type(kind), 31)
    return (2**bits - number, -(2**bits) + number, 0, number)[number % 4]


def _real(table: str, number: int) -> dict[str, Any]:
    """What must make sense for the search rows to be made."""
    if table == "articles":
        text = pack_paragraphs(((f"第{number}篇讲机器人与海港。",),)) if number % 3 else None
        return {"text": text, "origin": ArticleOrigin.PAGE, "lang": "zh", "title": f"标题{number}"}
    if table == "signals":
        point = {"text": f"要点{number}说芯片", "evidence": [0], "lang": "zh"}
        return {
            "brief": {"headline": f"信号{number}", "headline_lang": "zh", "points": [point]},
            "placement": {"topics": [], "cues": {}},
            "score_parts": [["source", 10.0, 20.0, ""]],
            "kind": Kind.NEWS,
            "relation": Relation.LEAD,
            "state": SignalState.LIVE,
            "score": 50 + number,
            "reading_minutes": 3,
        }
    if table == "collections":
        return {"is_default": True}
    return {}
