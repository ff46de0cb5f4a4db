"""How far a move has come, kept in the target itself."""

import json
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy import Connection, String, Text, column, inspect, select, table, text

from storage.errors import StorageUnavailable

# Not in the schema: it is there only as long as a move is.
NAME = "hexin_move"
_CREATE = text(f"CREATE TABLE {NAME} (name VARCHAR(64) PRIMARY KEY, value TEXT NOT NULL)")
_DROP = text(f"DROP TABLE {NAME}")
_BEGUN, _TABLE = "begun", "table "
_BOOK = table(NAME, column("name", String), column("value", Text))


class MoveUnfinished(StorageUnavailable):
    """The database is the target of a move that is not finished."""


@dataclass(frozen=True, slots=True)
class Place:
    """How far one table has come: the key of the last row, rows so far, texts mended."""

    key: list[Any] | None = None
    rows: int = 0
    mended: int = 0
    done: bool = False


@dataclass(frozen=True, slots=True)
class Begun:
    """From where the move comes, and what must be put back at its end."""

    source: str
    version: str
    triggers: list[str] = field(default_factory=list)


def refuse_unfinished(connection: Connection) -> None:
    """Raises MoveUnfinished for the target of a move."""
    if inspect(connection).has_table(NAME):
        raise MoveUnfinished("a move into this database is not finished")


def open_book(connection: Connection, begun: Begun) -> None:
    """Begin to keep the book of a move."""
    connection.execute(_CREATE)
    _write(connection, _BEGUN, asdict(begun))


def close_book(connection: Connection) -> None:
    """The move is over."""
    connection.execute(_DROP)


def begun(connection: Connection) -> Begun | None:
    """The move that is at work here, None for none."""
    if not inspect(connection).has_table(NAME):
        return None
    value = connection.scalar(select(_BOOK.c.value).where(_BOOK.c.name == _BEGUN))
    return Begun(**json.loads(value or "{}"))


def places(connection: Connection) -> dict[str, Place]:
    """How far each table has come; those not begun are left out."""
    query = _BOOK.select().where(_BOOK.c.name.startswith(_TABLE))
    return {
        row.name.removeprefix(_TABLE): Place(**json.loads(row.value))
        for row in connection.execute(query)
    }


def keep_place(connection: Connection, name: str, place: Place) -> None:
    """Note how far a table has come, in the transaction that brings it there."""
    _write(connection, _TABLE + name, asdict(place))


def _write(connection: Connection, name: str, value: Any) -> None:
    connection.execute(_BOOK.delete().where(_BOOK.c.name == name))
    connection.execute(_BOOK.insert().values(name=name, value=json.dumps(value)))
