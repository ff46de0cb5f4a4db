"""The move itself: copy, make findable, set right, compare, open."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

from storage.address import read_address
from storage.moving import books
from storage.moving.books import Place
from storage.moving.refusals import MoveRefused, Why
from storage.moving.searching import (
    Document,
    count_documents,
    documents,
    index_documents,
)
from storage.moving.sources import Source, numbered, open_source
from storage.moving.targets import Target, open_target
from storage.moving.values import Mended, Tally, Twin, Values, weight
from storage.schema import HEAD, metadata, signals
from storage.search.tables import SEARCH_TABLE

_ROWS = 2_000
_BYTES = 4_000_000
_DOCUMENTS = 500

Stage = Literal["copy", "search", "index", "check"]


@dataclass(frozen=True, slots=True)
class Step:
    """How far a stage has come: `done` of `total` rows (tables in "index"), at work on `table`."""

    stage: Stage
    table: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Moved:
    """What arrived: rows and sum of every table, texts mended, signals found by less than before.

    `shortened` signals have lost their article's text and are found by title and points only.
    """

    tables: dict[str, Tally]
    resumed: bool
    mended: int
    shortened: int

    @property
    def rows(self) -> int:
        """The rows of all tables."""
        return sum(tally.rows for tally in self.tables.values())


Tell = Callable[[Step], None]


def move(source_url: str, target_url: str, tell: Tell, *, again: bool = False) -> Moved:
    """Copy everything from one database into another, empty one; go on where a move was stopped.

    `again` begins an unfinished move anew. Blocks. Raises MoveRefused with the reason, and
    StorageUnavailable or DatabaseDamaged; what was moved by then stays and need not be moved
    again, except after Why.DIFFERS.
    """
    origin, goal = read_address(source_url), read_address(target_url)
    if origin == goal or (origin.path and goal.path and _same(origin.path, goal.path)):
        raise MoveRefused(Why.SAME, str(goal))
    with open_source(origin) as source, open_target(goal) as target:
        return _Move(source, target, tell).run(again=again)


def _same(one: Any, other: Any) -> bool:
    return bool(one.resolve() == other.resolve())


class _Move:
    def __init__(self, source: Source, target: Target, tell: Tell) -> None:
        self._source = source
        self._target = target
        self._connection = target.connection
        self._tell = tell
        self._twins = [Twin(table) for table in metadata.sorted_tables]
        self._places: dict[str, Place] = {}
        self._sizes = {twin.name: source.count(twin) for twin in self._twins}

    def run(self, *, again: bool) -> Moved:
        begun, resumed = self._begin(again=again)
        with self._connection.begin():
            self._places = books.places(self._connection)
        mended = self._copy()
        shortened = self._search()
        self._index()
        tables = self._check()
        with self._connection.begin():
            self._target.finish(begun.triggers)
            books.close_book(self._connection)
        return Moved(tables, resumed, mended, shortened)

    def _begin(self, *, again: bool) -> tuple[books.Begun, bool]:
        with self._connection.begin():
            found = books.begun(self._connection)
            if found is None:
                self._target.refuse_filled()
                made = books.Begun(self._source.name, HEAD, self._target.make_bare())
                books.open_book(self._connection, made)
                return made, False
            if again:
                self._target.empty()
                books.close_book(self._connection)
                made = replace(found, source=self._source.name, version=HEAD)
                books.open_book(self._connection, made)
                return made, False
            if (found.source, found.version) != (self._source.name, HEAD):
                raise MoveRefused(Why.OTHER_MOVE, f"{found.source} ({found.version})")
            return found, True

    def _copy(self) -> int:
        total, done, mended = sum(self._sizes.values()), 0, 0
        for twin in self._twins:
            self._tell(Step("copy", twin.name, done + self._place(twin.name).rows, total))
            for place in self._fill(twin):
                self._tell(Step("copy", twin.name, done + place.rows, total))
            place = self._place(twin.name)
            done, mended = done + place.rows, mended + place.mended
        return mended

    def _fill(self, twin: Twin) -> Iterator[Place]:
        """Bring a table over, batch by batch."""
        place = self._place(twin.name)
        if place.done:
            return
        self._source.mended.texts = place.mended
        for rows, key in self._batches(twin, place.key):
            over = key is None
            place = Place(
                place.key if over else key,
                place.rows + len(rows),
                self._source.mended.texts,
                over,
            )
            with self._connection.begin():
                if rows:
                    self._target.insert(twin, rows)
                self._keep(twin.name, place)
            yield place

    def _batches(
        self, twin: Twin, after: list[Any] | None
    ) -> Iterator[tuple[list[Values], list[Any] | None]]:
        """Rows with the key of their last one; None with the last of all, of which may be none."""
        read = twin.reader(self._source.mended)
        batch: list[Values] = []
        size = 0
        for raw in self._source.rows(twin, after):
            row = read(raw)
            batch.append(row)
            size += weight(row)
            if len(batch) >= _ROWS or size >= _BYTES:
                yield batch, twin.place(raw)
                batch, size = [], 0
        yield batch, None

    def _place(self, name: str) -> Place:
        return self._places.get(name, Place())

    def _keep(self, name: str, place: Place) -> None:
        books.keep_place(self._connection, name, place)
        self._places[name] = place

    def _search(self) -> int:
        """Make the signals findable; returns how many are by less than before."""
        place, total = self._place(SEARCH_TABLE), self._sizes[signals.name]
        self._tell(Step("search", SEARCH_TABLE, place.rows, total))
        after = place.key[0] if place.key else 0
        for some in _in_batches(documents(self._source, after)):
            short = sum(not one.whole for one in some)
            place = Place([some[-1].id], place.rows + len(some), place.mended + short)
            with self._connection.begin():
                index_documents(self._target, some)
                self._keep(SEARCH_TABLE, place)
            self._tell(Step("search", SEARCH_TABLE, place.rows, total))
        return place.mended

    def _index(self) -> None:
        """Indexes, numbers of rows to come, statistics; harmless to repeat."""
        tables = metadata.sorted_tables
        for done, table in enumerate(tables):
            self._tell(Step("index", table.name, done, len(tables) + 1))
            with self._connection.begin():
                self._target.index(table)
        self._tell(Step("index", SEARCH_TABLE, len(tables), len(tables) + 1))
        given = self._source.counters()
        with self._connection.begin():
            self._target.index_search()
            for name in numbered():
                highest = max(given.get(name, 0), self._target.highest(name))
                if highest:
                    self._target.count_on(name, highest)
            broken = self._target.settle()
        if broken:
            raise MoveRefused(Why.DIFFERS, ", ".join(broken))
        self._tell(Step("index", "", len(tables) + 1, len(tables) + 1))

    def _check(self) -> dict[str, Tally]:
        """Read everything again, on both sides. Raises MoveRefused where they differ."""
        total, done = 2 * sum(self._sizes.values()), 0
        tables: dict[str, Tally] = {}
        differing = []
        for twin in self._twins:
            sides = (self._source.rows(twin), self._target.rows(twin))
            tallies = (Tally(), Tally())
            for rows, tally in zip(sides, tallies, strict=True):
                read = twin.reader(Mended())
                for row in rows:
                    tally.add(read(row))
                    done += 1
                    if done % _ROWS == 0:
                        self._tell(Step("check", twin.name, done, total))
            self._connection.rollback()
            tables[twin.name] = tallies[0]
            if tallies[0] != tallies[1]:
                differing.append(_difference(twin.name, *tallies))
        differing += self._search_difference()
        if differing:
            raise MoveRefused(Why.DIFFERS, "\n".join(differing))
        self._tell(Step("check", "", total, total))
        return tables

    def _search_difference(self) -> list[str]:
        with self._connection.begin():
            found = count_documents(self._connection)
        want = self._sizes[signals.name]
        if found is None:
            found = self._place(SEARCH_TABLE).rows
        return [] if found == want else [f"{SEARCH_TABLE}: {want} → {found}"]


def _difference(name: str, sent: Tally, arrived: Tally) -> str:
    if sent.rows != arrived.rows:
        return f"{name}: {sent.rows} → {arrived.rows}"
    return f"{name}: {sent.sum} → {arrived.sum}"


def _in_batches(found: Iterator[Document]) -> Iterator[list[Document]]:
    batch: list[Document] = []
    for one in found:
        batch.append(one)
        if len(batch) >= _DOCUMENTS:
            yield batch
            batch = []
    if batch:
        yield batch
