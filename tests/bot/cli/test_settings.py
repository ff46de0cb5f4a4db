"""`hexin settings`, and what happens when settings are wrong."""

from pathlib import Path

import pytest
from rich.cells import cell_len

from bot.config import load_settings, setting_rows, settings_markdown
from tests.bot.cli.hexin import Hexin

WRONG = {
    "TELEGRAM_BOT_TOKEN": "very-secret-thing",
    "TELEGRAM_API_BASE_URL": "api.telegram.org",
    "ADMIN_IDS": "12, lin",
    "DATABASE_URL": "mysql://root:hunter2@db/x",
    "PUBLIC_BASE_URL": "ftp://pages",
    "PORT": "99999",
    "SANDBOX_PORT": "eighty",
    "CATALOG": "perhaps",
    "DEFAULT_ZONE": "Mars/Olympus",
    "FETCH_ALLOW": "10.0.0.0/8, somewhere",
    "WORKERS": "0",
    "SEND_RATE": "0",
    "LOG_LEVEL": "LOUD",
}


def test_settings_are_an_env_file_of_the_defaults_in_80_columns(
    hexin: Hexin, tmp_path: Path
) -> None:
    result = hexin("settings")
    assert result.exit_code == 0
    assert max(map(cell_len, result.stdout.splitlines())) <= 80
    saved = tmp_path / "saved.env"
    saved.write_text(result.stdout, encoding="utf-8")
    assert load_settings(_env_file=saved) == load_settings(_env_file=None)
    for row in setting_rows():
        assert f"# {row.zh}\n" in result.stdout
        assert f"{row.name}={row.default}\n" in result.stdout


def test_the_markdown_table_is_the_readmes(hexin: Hexin) -> None:
    assert hexin("settings", "--markdown").stdout == settings_markdown() + "\n"


@pytest.mark.parametrize(
    "command",
    [
        ("run",),
        ("migrate",),
        ("backup",),
        ("doctor",),
        ("poll", "--once"),
        ("digest", "--preview"),
        ("sources", "list"),
        ("sources", "add", "https://example.org/feed"),
    ],
)
def test_all_wrong_settings_are_named_at_once_before_anything_is_touched(
    hexin: Hexin, tmp_path: Path, command: tuple[str, ...]
) -> None:
    hexin.env |= WRONG
    result = hexin(*command)
    assert result.exit_code == 2
    for name in WRONG:
        assert f"  - {name}: " in result.stderr
    assert "very-secret-thing" not in result.output
    assert "hunter2" not in result.output
    assert list(tmp_path.iterdir()) == []


def test_complaints_are_in_chinese_and_say_what_would_do(hexin: Hexin) -> None:
    hexin.env |= WRONG
    lines = hexin("run").stderr
    assert "  - PORT: 不能大于 65535\n" in lines
    assert "  - SEND_RATE: 要大于 0\n" in lines
    assert "  - SANDBOX_PORT: 要填整数\n" in lines
    assert "  - LOG_LEVEL: 只能是 DEBUG、INFO、WARNING、ERROR\n" in lines
    assert "  - ADMIN_IDS: “lin”不是 Telegram 的数字 id\n" in lines
    assert "  - FETCH_ALLOW: “somewhere”不是网段、IP 或 IP:端口\n" in lines


def test_more_than_telegram_sends_for_nothing_has_to_be_meant(hexin: Hexin) -> None:
    hexin.env["SEND_RATE"] = "30.5"
    refused = hexin("doctor")
    assert refused.exit_code == 2
    assert "SEND_RATE 超过 30 要打开 PAID_BROADCAST" in refused.stderr
    assert load_settings(_env_file=None, send_rate=1000, paid_broadcast=True).send_rate == 1000
    own = load_settings(_env_file=None, send_rate=90, telegram_api_base_url="http://bots.lan:8081")
    assert own.send_rate == 90


def test_the_database_lies_in_the_data_folder_unless_it_is_set() -> None:
    assert load_settings(_env_file=None, data_dir="/srv/hexin").database_url == (
        "sqlite:////srv/hexin/hexin.db"
    )
    own = load_settings(_env_file=None, data_dir="/srv/hexin", database_url="sqlite:///own.db")
    assert own.database_url == "sqlite:///own.db"


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:///data/hexin.db",
        "sqlite:////srv/hexin.db",
        "sqlite+aiosqlite:///x.db",
        "postgresql://hexin:pa55@db.example:5432/hexin?sslmode=require",
        "postgres://hexin@db/hexin",
        "postgresql+psycopg://%2Fvar%2Frun/hexin",
        "postgresql:///hexin?host=/var/run",
    ],
)
def test_addresses_of_databases_that_are_taken(url: str) -> None:
    assert load_settings(_env_file=None, database_url=url).database_url == url


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///", "sqlite:///:memory:", "db.sqlite"])
def test_addresses_of_databases_that_are_not(hexin: Hexin, url: str) -> None:
    hexin.env["DATABASE_URL"] = url
    assert "  - DATABASE_URL: " in hexin("migrate").stderr


def test_small_letters_do_for_the_log_level() -> None:
    assert load_settings(_env_file=None, log_level="debug").log_level == "DEBUG"
