"""`hexin migrate` and `hexin backup`, also where there is nothing to work on."""

import socket
import sqlite3
from contextlib import closing

import pytest

from tests.bot.cli.hexin import Hexin


@pytest.fixture
def no_server() -> str:
    """A PostgreSQL address at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    return f"postgresql://hexin:hunter2@127.0.0.1:{port}/hexin"


def test_migrate_makes_the_tables_and_may_be_repeated(hexin: Hexin) -> None:
    for _ in range(2):
        result = hexin("migrate")
        assert result.exit_code == 0
        assert "已是最新结构" in result.stdout
    with closing(sqlite3.connect(hexin.database)) as connection:
        tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
    assert {"sources", "signals", "deliveries"} <= tables


@pytest.mark.parametrize(
    "command", [("migrate",), ("backup",), ("sources", "list"), ("digest", "--preview")]
)
def test_a_server_that_is_not_there_is_said_without_a_traceback_or_the_password(
    hexin: Hexin, no_server: str, command: tuple[str, ...]
) -> None:
    hexin.env["DATABASE_URL"] = no_server
    result = hexin(*command)
    assert result.exit_code == 1
    assert "数据库用不了" in result.stderr
    assert "DATABASE_URL" in result.stderr
    assert "Traceback" not in result.output
    assert "hunter2" not in result.output


@pytest.mark.parametrize("command", [("migrate",), ("poll", "--once"), ("sources", "list")])
def test_a_file_that_is_no_database_is_said_so(hexin: Hexin, command: tuple[str, ...]) -> None:
    hexin.database.parent.mkdir()
    hexin.database.write_text("this is a letter, not a database" * 100)
    result = hexin(*command)
    assert result.exit_code == 1
    assert "数据库文件已损坏" in result.stderr
    assert "hexin backup" in result.stderr


def test_a_backup_is_a_database_of_its_own(hexin: Hexin) -> None:
    hexin.env["CATALOG"] = "true"
    assert hexin("sources", "list").exit_code == 0
    result = hexin("backup", "copies/one.db")
    assert result.exit_code == 0
    assert "已备份到 copies/one.db" in result.stdout
    with closing(sqlite3.connect(hexin.folder / "copies" / "one.db")) as copy:
        assert copy.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert copy.execute("SELECT count(*) FROM sources").fetchone()[0] >= 60
    hexin.env["DATABASE_URL"] = "sqlite:///copies/one.db"
    assert "信源" in hexin("sources", "list").stdout


def test_backups_lie_in_the_data_folder_by_default(hexin: Hexin) -> None:
    hexin("migrate")
    assert hexin("backup").exit_code == 0
    (made,) = (hexin.folder / "data" / "backups").iterdir()
    assert made.suffix == ".db"


def test_a_backup_that_cannot_be_made_leaves_nothing_behind(hexin: Hexin) -> None:
    result = hexin("backup", "copy.db")
    assert result.exit_code == 1
    assert "there is no database" in result.stderr
    hexin("migrate")
    assert "是目录" in hexin("backup", "data").stderr
    assert not (hexin.folder / "copy.db").exists()
    assert not list(hexin.folder.glob("**/*.part"))
