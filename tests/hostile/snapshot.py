"""All rows of all tables, and whose they are."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from storage import Storage
from storage.schema import metadata

# What every update leaves behind, whatever it says; which past signals a chat was shown.
_TRACES = {"updates", "look_backs"}

Row = tuple[tuple[str, Any], ...]


@dataclass(frozen=True)
class Snapshot:
    """How often each row stands in each table."""

    rows: Counter[tuple[str, Row]]

    def changed(self, later: "Snapshot") -> list[tuple[str, dict[str, Any]]]:
        """The rows that are only in one of the two."""
        differing = (self.rows - later.rows) + (later.rows - self.rows)
        return [(table, dict(row)) for table, row in differing]


async def snapshot(storage: Storage) -> Snapshot:
    """What the database holds at this moment."""
    rows: Counter[tuple[str, Row]] = Counter()
    async with storage.database.read() as connection:
        for table in metadata.sorted_tables:
            if table.name in _TRACES:
                continue
            for found in await connection.execute(select(table)):
                values = ((name, repr(value)) for name, value in found._mapping.items())
                rows[table.name, tuple(values)] += 1
    return Snapshot(rows)
