"""`hexin migrate --to`: what people are told, and a real process killed in its middle."""

import json
import os
import signal
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing

import psycopg
import pytest

from tests.bot.cli.hexin import Hexin
from tests.databases import migrated_file
from tests.postgres import Server
from tests.storage.filling import fill
from tests.storage.test_migrations import look

UPDATES = 16_000


@pytest.fixture
def target(postgres: Server, postgres_template: str) -> Iterator[str]:
    made = postgres.create(postgres_template)
    yield made.render_as_string(hide_password=False)
    postgres.drop(made)


@pytest.fixture
def filled(hexin: Hexin, request: pytest.FixtureRequest) -> Hexin:
    """A database of some size."""
    hexin.database.parent.mkdir()
    look(migrated_file(request, hexin.database.parent), fill)
    with closing(sqlite3.connect(hexin.database)) as connection, connection:
        rows = ((1000 + number, number, bytes(200)) for number in range(UPDATES))
        connection.executemany(
            "INSERT INTO updates (update_id, received_at, payload) VALUES (?, ?, ?)", rows
        )
    return hexin


def place(target: str, table: str) -> int:
    """How many rows of a table have come over; -1 once it is whole."""
    with psycopg.connect(target) as connection:
        if connection.execute("SELECT to_regclass('hexin_move')").fetchone() == (None,):
            return 0
        query = "SELECT value FROM hexin_move WHERE name = %s"
        row = connection.execute(query, (f"table {table}",)).fetchone()
    found = json.loads(row[0]) if row else {"rows": 0, "done": False}
    return -1 if found["done"] else int(found["rows"])


def test_killed_in_the_middle_it_goes_on_where_it_was(filled: Hexin, target: str) -> None:
    command, env = filled.command("migrate", "--to", target)
    with subprocess.Popen(
        command, cwd=filled.folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        while (before := place(target, "updates")) == 0:
            assert process.poll() is None
            time.sleep(0.01)
        os.kill(process.pid, signal.SIGKILL)
    before = place(target, "updates")
    assert 0 < before < UPDATES

    filled.env["DATABASE_URL"] = target
    result = filled("stats")
    assert result.exit_code == 1
    assert "还没有搬完" in result.stderr
    del filled.env["DATABASE_URL"]
    result = filled("migrate", "--to", target)
    assert result.exit_code == 0, result.output
    assert "接着上回没搬完的搬" in result.stdout
    assert "两边逐行核对一致" in result.stdout
    assert place(target, "updates") == 0
    with psycopg.connect(target) as connection:
        sent = connection.execute("SELECT count(*), sum(update_id) FROM updates").fetchone()
    with closing(sqlite3.connect(filled.database)) as connection:
        assert (
            sent == connection.execute("SELECT count(*), sum(update_id) FROM updates").fetchone()
        )


def test_a_running_bot_is_not_moved_under_its_feet(filled: Hexin, target: str) -> None:
    holding = (
        "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]);"
        "c.execute('PRAGMA journal_mode = WAL'); c.execute('SELECT * FROM meta').fetchall();"
        "print('here', flush=True); sys.stdin.read()"
    )
    command = [filled.command()[0][0], "-c", holding, str(filled.database)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"here\n"
        result = filled("migrate", "--to", target)
        process.communicate()
    assert result.exit_code == 1
    assert f"进程 {process.pid}" in result.stderr
    assert "请先停掉 bot" in result.stderr
    assert place(target, "updates") == 0


def test_what_stands_in_the_way_is_said(hexin: Hexin, target: str) -> None:
    assert hexin("migrate").exit_code == 0
    result = hexin("migrate", "--to", f"sqlite:///{hexin.database}")
    assert (result.exit_code, "同一个数据库" in result.stderr) == (1, True)
    result = hexin("migrate", "--again")
    assert (result.exit_code, "--to" in result.stderr) == (2, True)
    with psycopg.connect(target) as connection:
        connection.execute("DROP TABLE alembic_version")
        connection.execute("CREATE TABLE aa_invoices (id int)")
    result = hexin("migrate", "--to", target)
    assert (result.exit_code, "别的程序的表（aa_invoices" in result.stderr) == (1, True)
