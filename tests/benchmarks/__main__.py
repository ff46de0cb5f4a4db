"""`make bench`: every row in one run. `python -m tests.benchmarks feeds search` runs a few."""

import sys
from collections.abc import Callable

from rich.console import Console
from rich.table import Table

from tests.benchmarks import (
    announcing,
    condensing,
    counting,
    database,
    delivery,
    gathering,
    moving,
    painting,
    planning,
    reading,
    starting,
    stories,
    talking,
    translating,
    trends,
)
from tests.benchmarks.measure import Row

BENCHES: dict[str, Callable[[], list[Row]]] = {
    "feeds": reading.feed_rows,
    "extraction": reading.extraction_rows,
    "condensing": condensing.rows,
    "translating": translating.translation_rows,
    "delivery": delivery.rows,
    "announcing": announcing.rows,
    "planning": planning.rows,
    "talking": talking.rows,
    "sqlite": database.sqlite_rows,
    "postgresql": database.postgresql_rows,
    "stories": stories.rows,
    "trends": trends.rows,
    "painting": painting.rows,
    "counting": counting.counting_rows,
    "drawing": counting.drawing_rows,
    "gathering": gathering.rows,
    "moving": moving.rows,
    "start": starting.rows,
}


def main() -> None:
    chosen = sys.argv[1:] or list(BENCHES)
    unknown = [name for name in chosen if name not in BENCHES]
    if unknown:
        sys.exit(f"no such benchmark: {', '.join(unknown)}; there are {', '.join(BENCHES)}")
    console = Console(width=150)
    table = Table(title="hexin, side by side (CPU time where nothing else is said)")
    for heading in ("work", "ours", "beside", "ratio", "note"):
        table.add_column(heading, overflow="fold")
    for name in chosen:
        with console.status(name):
            for row in BENCHES[name]():
                table.add_row(row.work, row.ours, row.beside, row.ratio, row.note)
    console.print(table)


if __name__ == "__main__":
    main()
