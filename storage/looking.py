"""Questions that are asked all the time, put to SQLite with next to nothing in between.

For a question of a few rows SQLAlchemy takes ten times as long as SQLite. So what every update
asks is compiled once, with the conversion of each value and column, and all questions of one look
are asked in one errand to a thread that has a connection of its own. What a sender writes for
every few messages is put in the same way, to the thread of the connection that writes
(`Database.change`).
"""

import asyncio
import sqlite3
import threading
from collections import namedtuple
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from queue import SimpleQueue
from sqlite3 import connect
from typing import Any, NamedTuple, Protocol, TypeVar

from sqlalchemy import Dialect, Select, UpdateBase, exc
from sqlalchemy.sql.compiler import SQLCompiler

from storage.upsert import chunks

T = TypeVar("T")
_THREADS = 2
LONGEST = 8_192
"""What a list may bring to one statement: with two of them both databases still have room."""
_Convert = Callable[[Any], Any]


class Question:
    """A statement that is asked again and again, with values for its parameters.

    On SQLite a list of values is asked for in a place for each, of which there are as many as the
    next power of two: what stands there twice finds nothing twice. A list beyond `LONGEST` is
    asked for in runs of one moment: so it may not be what a statement leaves out (NOT IN), and
    only within a run have the rows its order.
    """

    def __init__(self, statement: Select[Any] | UpdateBase) -> None:
        self.statement = statement
        self._prepared: dict[tuple[tuple[str, int | None], ...], _Prepared] = {}

    def prepared(self, dialect: Dialect, values: Mapping[str, Any]) -> "_Prepared | None":
        """The statement as SQLite takes it, for lists as long as these; None beyond `LONGEST`."""
        shape = tuple((name, _places(value)) for name, value in values.items())
        found = self._prepared.get(shape)
        if found is None and all(places is None or places <= LONGEST for _, places in shape):
            found = self._prepared[shape] = _prepare(self.statement, dialect, shape)
        return found


class Ask(Protocol):
    """Asks a question of the moment that one look sees."""

    def __call__(self, question: Question, **values: Any) -> Sequence[Any]:
        """The rows, with their columns by name."""


@dataclass(frozen=True, slots=True)
class _Slot:
    """Where a value goes: the parameter, and the place in its list."""

    name: str
    place: int | None


class _Given(NamedTuple):
    """A value that comes with each asking, to be put at `position`."""

    position: int
    slot: _Slot
    convert: _Convert | None


@dataclass(frozen=True, slots=True)
class _Prepared:
    text: str
    constants: Sequence[Any]
    given: Sequence[_Given]
    columns: Sequence[tuple[int, _Convert]]
    row: Callable[[Sequence[Any]], Any]

    def ask(self, connection: sqlite3.Connection, values: Mapping[str, Any]) -> Sequence[Any]:
        """The rows that are found with these values."""
        bound = list(self.constants)
        for position, slot, convert in self.given:
            value = values[slot.name]
            if slot.place is not None:
                value = value[min(slot.place, len(value) - 1)]
            bound[position] = value if convert is None else convert(value)
        return [self._read(row) for row in connection.execute(self.text, bound).fetchall()]

    def _read(self, row: Sequence[Any]) -> Any:
        read = list(row)
        for position, convert in self.columns:
            read[position] = convert(read[position])
        return self.row(read)


def too_long(values: Mapping[str, Any]) -> bool:
    """Whether a list is longer than what one statement is given."""
    return any(isinstance(one, list) and len(one) > LONGEST for one in values.values())


def _places(value: Any) -> int | None:
    """How many places a list is given, None for what is no list."""
    if not isinstance(value, list):
        return None
    return 1 << (len(value) - 1).bit_length() if value else 0


def _prepare(
    statement: Select[Any] | UpdateBase,
    dialect: Dialect,
    shape: Sequence[tuple[str, int | None]],
) -> _Prepared:
    slots: dict[str, Any] = {
        name: _Slot(name, None) if places is None else [_Slot(name, n) for n in range(places)]
        for name, places in shape
    }
    compiled = statement.compile(dialect=dialect)
    assert isinstance(compiled, SQLCompiler)  # noqa: S101  as a question is
    state = compiled.construct_expanded_state(slots)
    converts = {
        name: one.type.dialect_impl(dialect).bind_processor(dialect)
        for name, one in compiled.binds.items()
    }
    for name, places in state.parameter_expansion.items():
        converts |= dict.fromkeys(places, converts[name])
    constants: list[Any] = []
    given: list[_Given] = []
    for position, name in enumerate(state.positiontup or ()):
        value, convert = state.parameters[name], converts[name]
        if isinstance(value, _Slot):
            given.append(_Given(position, value, convert))
            value = None
        elif convert is not None:
            value = convert(value)
        constants.append(value)
    columns = list(statement.exported_columns)
    types = (column.type.dialect_impl(dialect) for column in columns)
    processors = [type_.result_processor(dialect, None) for type_ in types]
    names = [column.name for column in columns]
    row: Any = namedtuple("Found", names, rename=True)  # type: ignore[misc]  # noqa: PYI024
    return _Prepared(
        state.statement,
        constants,
        given,
        [(place, convert) for place, convert in enumerate(processors) if convert],
        row._make,
    )


def in_runs(ask: Ask, question: Question, values: Mapping[str, Any]) -> list[Any]:
    """The rows of a question with lists beyond `LONGEST`."""
    return [row for run in _runs(values) for row in ask(question, **run)]


def _runs(values: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    long = {
        name: chunks(list(dict.fromkeys(value)), LONGEST)
        for name, value in values.items()
        if too_long({name: value})
    }
    for some in product(*long.values()):
        yield {**values, **dict(zip(long, some, strict=True))}


def asking(connection: sqlite3.Connection, dialect: Dialect) -> Ask:
    """Who asks over `connection`, in its thread."""

    def ask(question: Question, **values: Any) -> Sequence[Any]:
        prepared = question.prepared(dialect, values)
        if prepared is None:
            return in_runs(ask, question, values)
        return prepared.ask(connection, values)

    return ask


class Lookers:
    """Threads that look into an SQLite file, each with a connection that cannot write.

    They begin with the first look.
    """

    def __init__(self, path: Path, dialect: Dialect, pragmas: Sequence[str]) -> None:
        self._path = path
        self._dialect = dialect
        self._pragmas = pragmas
        self._looks: SimpleQueue[_Look | None] = SimpleQueue()
        self._threads: list[threading.Thread] = []

    async def look(self, see: Callable[[Ask], T]) -> T:
        """What `see` finds by asking; all that it asks is of one moment."""
        if not self._threads:
            self._threads = [
                threading.Thread(target=self._work, name=f"looking {n}", daemon=True)
                for n in range(_THREADS)
            ]
            for thread in self._threads:
                thread.start()
        loop = asyncio.get_running_loop()
        found: asyncio.Future[T] = loop.create_future()
        self._looks.put(_Look(see, loop, found))
        return await found

    async def close(self) -> None:
        """End the threads when they have done what is asked of them."""
        threads, self._threads = self._threads, []
        for _ in threads:
            self._looks.put(None)
        for thread in threads:
            await asyncio.to_thread(thread.join)

    def _work(self) -> None:
        connection: sqlite3.Connection | None = None
        while (look := self._looks.get()) is not None:
            try:
                connection = connection or self._connected()
                found = self._seen(connection, look.see)
            except sqlite3.Error as error:
                look.tell(None, as_sqlalchemy(error))
            except Exception as error:  # noqa: BLE001  whoever asked is told
                look.tell(None, error)
            else:
                look.tell(found)
        if connection is not None:
            connection.close()

    def _connected(self) -> sqlite3.Connection:
        connection = connect(self._path, isolation_level=None)
        for pragma in self._pragmas:
            connection.execute(f"PRAGMA {pragma}")
        return connection

    def _seen(self, connection: sqlite3.Connection, see: Callable[[Ask], T]) -> T:
        connection.execute("BEGIN")
        try:
            return see(asking(connection, self._dialect))
        finally:
            connection.execute("ROLLBACK")  # which ends it as well as a commit: nothing is written


class _Look(NamedTuple):
    see: Callable[[Ask], Any]
    loop: asyncio.AbstractEventLoop
    found: asyncio.Future[Any]

    def tell(self, found: Any, error: Exception | None = None) -> None:
        """Tell whoever asked, from another thread."""

        def told() -> None:
            if self.found.done():  # whoever asked has gone
                return
            if error is not None:
                self.found.set_exception(error)
            else:
                self.found.set_result(found)

        if not self.loop.is_closed():
            self.loop.call_soon_threadsafe(told)


def as_sqlalchemy(error: sqlite3.Error) -> exc.DBAPIError:
    """The error as SQLAlchemy would have raised it."""
    kind: type[exc.DBAPIError] = getattr(exc, type(error).__name__, exc.DatabaseError)
    return kind(None, None, error, hide_parameters=True)
