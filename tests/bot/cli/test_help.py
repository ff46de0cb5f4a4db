"""What a person meets first."""

import subprocess
import sys

import pytest

from bot.cli import app
from tests.bot.cli.hexin import ROOT, Hexin

COMMANDS = ("run", "poll", "digest", "migrate", "settings", "backup", "doctor", "sources", "lab")
STAGES = ("feed", "extract", "condense", "classify", "verify", "stories", "render")
# Loading any of these takes longer than printing the help.
HEAVY = ("pydantic", "aiohttp", "sqlalchemy", "telegram", "trafilatura", "lxml", "digest.model")


def test_help_names_every_command_in_chinese(hexin: Hexin) -> None:
    result = hexin("--help")
    assert result.exit_code == 0
    for name in COMMANDS:
        assert f" {name} " in result.stdout
    assert "启动机器人" in result.stdout
    assert max(map(len, result.stdout.splitlines())) <= 80


@pytest.mark.parametrize("stage", STAGES)
def test_every_stage_says_what_goes_in_and_what_comes_out(hexin: Hexin, stage: str) -> None:
    result = hexin("lab", stage, "--help")
    assert result.exit_code == 0
    assert '{"' in result.stdout
    assert "→" in result.stdout


def test_every_command_has_a_help_text() -> None:
    groups = [app, *(group.typer_instance for group in app.registered_groups)]
    for group in groups:
        assert group is not None
        for command in group.registered_commands:
            assert command.callback is not None
            assert command.callback.__doc__, command.name


def test_help_loads_nothing_that_takes_its_time() -> None:
    code = f"import sys, bot.cli; print([n for n in {HEAVY!r} if n in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert done.stdout.strip() == "[]"


def test_what_runs_all_day_loads_nothing_that_waits_for_its_first_use() -> None:
    late = ("alembic", "PIL", "matplotlib", "trafilatura", "rjieba", "openai")
    code = f"import sys, bot.runtime; print([n for n in {late!r} if n in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("arguments", [("poll",), ("digest",), ("run", "--role", "cook")])
def test_a_wrong_call_says_what_is_missing_with_status_2(
    hexin: Hexin, arguments: tuple[str, ...]
) -> None:
    result = hexin(*arguments)
    assert result.exit_code == 2
    assert result.stderr.strip()
    assert "Traceback" not in result.output
