"""One form for every value, whichever database keeps it; and what differs is found by it.

Times are microseconds since 1970, truths are bools, the rest is what the column's type says.
SQLite takes anything into any column: what the other side could not keep is an error that names
the row. The one thing that is mended is text, by the rule of every write (`clean` in
storage/column_types.py): NUL goes, bytes that are no UTF-8 become U+FFFD; both are counted.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from math import isnan
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
)

from storage.column_types import UtcTime, clean, to_microseconds
from storage.moving.refusals import MoveRefused, Why

Value = int | float | bool | str | bytes | None
Values = tuple[Value, ...]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_BITS = {SmallInteger: 15, BigInteger: 63, Integer: 31}  # the general kind last
_SIZE = 2**128


@dataclass
class Mended:
    """How many texts could not be kept as they were."""

    texts: int = 0

    def decode(self, raw: bytes) -> str:
        """SQLite's text, which may be any bytes."""
        try:
            return raw.decode()
        except UnicodeDecodeError:
            self.texts += 1
            return raw.decode("utf-8", "replace")


@dataclass
class Tally:
    """How many rows, and a sum over them that does not depend on their order."""

    rows: int = 0
    total: int = 0

    def add(self, row: Values) -> None:
        """Count a row in. Equal sums mean equal rows: 128 bits of BLAKE2 of each."""
        digest = blake2b(repr(row).encode("utf-8", "surrogatepass"), digest_size=16).digest()
        self.rows += 1
        self.total = (self.total + int.from_bytes(digest, "big")) % _SIZE

    @property
    def sum(self) -> str:
        """The sum as it is shown."""
        return f"{self.total:032x}"


class Twin:
    """A table of the schema without types of ours: rows as drivers give and take them."""

    def __init__(self, table: Table) -> None:
        self.name = table.name
        self.heavy = any(isinstance(column.type, LargeBinary) for column in table.columns)
        self.plain: Table = Table(
            table.name, MetaData(), *(Column[Any](column.name) for column in table.columns)
        )
        self._columns = tuple(table.columns)
        names = [column.name for column in table.columns]
        self._key = [names.index(column.name) for column in table.primary_key.columns]
        self.key = [self.plain.c[place] for place in self._key]
        self.key_is_text = [self._columns[at].type.python_type is str for at in self._key]
        self._times = frozenset(
            place for place, one in enumerate(self._columns) if isinstance(one.type, UtcTime)
        )

    def reader(self, mended: Mended) -> Callable[[Sequence[Any]], Values]:
        """What makes a driver's row one of canonical values. Raises MoveRefused."""
        ways = [_way(column, mended) for column in self._columns]

        def read(row: Sequence[Any]) -> Values:
            try:
                return tuple(
                    None if value is None else way(value)
                    for way, value in zip(ways, row, strict=True)
                )
            except _Unkeepable as unkeepable:
                where = f"{self.name} {self.place(row)} {unkeepable}"
                raise MoveRefused(Why.VALUE, where) from unkeepable

        return read

    def written(self, rows: Iterable[Values], dialect: str) -> Iterable[Sequence[Any]]:
        """The rows as the driver of that database takes them."""
        if dialect == "sqlite" or not self._times:
            return rows
        return (
            [_moment(value) if place in self._times else value for place, value in enumerate(row)]
            for row in rows
        )

    def place(self, row: Sequence[Any]) -> list[Any]:
        """The key of a driver's row, as JSON keeps it exactly."""
        return [
            to_microseconds(row[at]) if isinstance(row[at], datetime) else row[at]
            for at in self._key
        ]

    def bound(self, key: Sequence[Any], dialect: str) -> list[Any]:
        """What `place` gave, as the driver of that database takes it."""
        if dialect == "sqlite":
            return list(key)
        return [
            _moment(value) if at in self._times else value
            for at, value in zip(self._key, key, strict=True)
        ]


def weight(row: Values) -> int:
    """About how many bytes a row takes."""
    return sum(len(value) for value in row if isinstance(value, str | bytes)) + 8 * len(row)


class _Unkeepable(ValueError):  # noqa: N818  caught where the row is known
    """A value of which the other database has no equal."""


@dataclass
class _Text:
    column: Column[Any]
    mended: Mended
    length: int | None = field(init=False)

    def __post_init__(self) -> None:
        kind = self.column.type
        self.length = kind.length if isinstance(kind, String) else None

    def __call__(self, value: Any) -> str:
        if not isinstance(value, str):
            raise _Unkeepable(f"{self.column.name}: {value!r}")
        if "\0" in value:
            self.mended.texts += 1
        kept = clean(value)
        if self.length is not None and len(kept) > self.length:
            raise _Unkeepable(f"{self.column.name}: {len(kept)} > {self.length}")
        return kept


def _way(column: Column[Any], mended: Mended) -> Callable[[Any], Value]:
    kind = column.type
    if isinstance(kind, UtcTime):
        return _time_of(column)
    if isinstance(kind, Boolean):
        return _truth_of(column)
    if isinstance(kind, LargeBinary):
        return _exactly(column, bytes)
    if isinstance(kind, Float):
        return _float_of(column)
    if isinstance(kind, Integer):
        return _integer_of(column)
    return _Text(column, mended)


def _time_of(column: Column[Any]) -> Callable[[Any], int]:
    def read(value: Any) -> int:
        if isinstance(value, datetime):
            return to_microseconds(value)
        try:
            _moment(value)
        except (TypeError, OverflowError):
            raise _Unkeepable(f"{column.name}: {value!r}") from None
        return int(value)

    return read


def _truth_of(column: Column[Any]) -> Callable[[Any], bool]:
    def read(value: Any) -> bool:
        if value not in (0, 1):
            raise _Unkeepable(f"{column.name}: {value!r}")
        return bool(value)

    return read


def _exactly(column: Column[Any], kind: type[bytes]) -> Callable[[Any], bytes]:
    def read(value: Any) -> bytes:
        if not isinstance(value, kind):
            raise _Unkeepable(f"{column.name}: {value!r}")
        return value

    return read


def _float_of(column: Column[Any]) -> Callable[[Any], float]:
    def read(value: Any) -> float:
        if not isinstance(value, float | int) or isnan(value):  # NULL on SQLite
            raise _Unkeepable(f"{column.name}: {value!r}")
        return value + 0.0  # and 0.0 of -0.0

    return read


def _integer_of(column: Column[Any]) -> Callable[[Any], int]:
    bits = next(size for kind, size in _BITS.items() if isinstance(column.type, kind))
    limit = 1 << bits

    def read(value: Any) -> int:
        if type(value) is not int or not -limit <= value < limit:
            raise _Unkeepable(f"{column.name}: {value!r}")
        return value

    return read


def _moment(value: Any) -> datetime | None:
    return None if value is None else _EPOCH + timedelta(microseconds=value)
