"""The same work on SQLite and on a PostgreSQL server of our own."""

import asyncio
import tempfile
from collections.abc import Awaitable, Callable

from tests.benchmarks.measure import Row
from tests.postgres import NoPostgres, postgres_server

Measured = Callable[[str, str], Awaitable[list[Row]]]
"""Takes the address of an empty database and what to call it."""


def on_both(measured: Measured) -> list[Row]:
    return [*on_sqlite(measured), *on_postgresql(measured)]


def on_sqlite(measured: Measured) -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        return _run(measured, f"sqlite:///{folder}/bench.db", "SQLite")


def on_postgresql(measured: Measured) -> list[Row]:
    """Where there is no server to be had, a row that says so."""
    try:
        with postgres_server() as server:
            url = server.create().render_as_string(hide_password=False)
            return _run(measured, url, "PostgreSQL")
    except NoPostgres as reason:
        return [Row("PostgreSQL", "not measured", note=str(reason))]


def _run(measured: Measured, url: str, name: str) -> list[Row]:
    async def work() -> list[Row]:
        return await measured(url, name)

    return asyncio.run(work())
