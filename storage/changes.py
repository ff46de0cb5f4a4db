"""What an act did to the tables, row by row, in a form that can be kept and turned round.

A change is kept as JSON: `[table, key, before, after]`. `before` is None for a row that was made,
`after` None for one that was taken away; otherwise both hold the columns that changed, and only
those. Values are plain data: times as ISO text, bytes in base64.
"""

from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any, Protocol, Self, TypeVar

from sqlalchemy import ColumnElement, LargeBinary, Table, and_
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.column_types import LocalTime, UtcTime
from storage.schema import metadata

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Change:
    """One row that was made, changed or taken away. Values are those of the database."""

    table: Table
    key: Values
    before: Values | None
    after: Values | None

    @property
    def inverse(self) -> "Change":
        """The change that brings back what was."""
        return Change(self.table, self.key, self.after, self.before)

    @property
    def where(self) -> ColumnElement[bool]:
        """The condition that finds the row."""
        return key_is(self.table, self.key)

    def data(self) -> list[Any]:
        """As it is kept."""
        return [
            self.table.name,
            pack_values(self.key),
            pack_values(self.before),
            pack_values(self.after),
        ]


class Bulk(Protocol):
    """A change of many rows, kept in short (storage/bulk.py).

    It is kept as `[kind, data, None, None]`, where `kind` begins with "@".
    """

    @property
    def table(self) -> Table:
        """The table whose rows it changes."""

    @property
    def inverse(self) -> "Bulk":
        """The change that brings back what was."""

    async def apply(self, connection: AsyncConnection) -> None:
        """Make it. Rows that have become others since are left as they are."""

    def data(self) -> dict[str, Any]:
        """As it is kept."""

    @classmethod
    def read(cls, data: dict[str, Any]) -> Self:
        """What `data` wrote."""


B = TypeVar("B", bound=Bulk)
_KINDS: dict[str, type[Bulk]] = {}


def bulk_kind(name: str) -> Callable[[type[B]], type[B]]:
    """A decorator: the class is how bulk changes of kind `name` are read again."""

    def register(kind: type[B]) -> type[B]:
        _KINDS[name] = kind
        return kind

    return register


def change_data(change: Change | Bulk) -> list[Any]:
    """A change as it is kept."""
    if isinstance(change, Change):
        return change.data()
    kind = next(name for name, known in _KINDS.items() if known is type(change))
    return [kind, change.data(), None, None]


def read_change(data: list[Any]) -> Change | Bulk:
    """The change that was kept as `data`. Raises KeyError for a table that is no more."""
    name, key, before, after = data
    if name in _KINDS:
        return _KINDS[name].read(key)
    table = metadata.tables[name]
    return Change(
        table,
        _unpacked(table, key) or {},
        _unpacked(table, before),
        _unpacked(table, after),
    )


def key_is(table: Table, key: Values) -> ColumnElement[bool]:
    """The condition that finds one row by its whole primary key.

    Raises ValueError when columns of the key are missing or are not of the key.
    """
    wanted = {column.name for column in table.primary_key}
    if set(key) != wanted:
        raise ValueError(f"a row of {table.name} is found by {sorted(wanted)}")
    return and_(*(table.c[name] == value for name, value in key.items()))


def pack_values(values: Values | None) -> dict[str, Any] | None:
    """Values of a row as plain data."""
    if values is None:
        return None
    return {name: _packed(value) for name, value in values.items()}


def _packed(value: Any) -> Any:
    if isinstance(value, datetime | time):
        return value.isoformat()
    return b64encode(value).decode() if isinstance(value, bytes) else value


def _unpacked(table: Table, values: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if values is None:
        return None
    return {name: _read(table, name, value) for name, value in values.items()}


def _read(table: Table, name: str, value: Any) -> Any:
    kind = table.c[name].type
    if not isinstance(value, str):
        return value
    if isinstance(kind, UtcTime):
        return datetime.fromisoformat(value)
    if isinstance(kind, LocalTime):
        return time.fromisoformat(value)
    return b64decode(value) if isinstance(kind, LargeBinary) else value
