"""What several commands need: settings with clear complaints, one place to start asyncio."""

import asyncio
import sys
from collections.abc import Coroutine
from typing import Any, NoReturn, TypeVar

import typer
from rich.console import Console

from bot.config import ConfigError, Settings, load_settings
from bot.observe import set_up_logging

T = TypeVar("T")
console = Console()
errors = Console(stderr=True)

USAGE_ERROR = 2


def fail(message: str, code: int = 1) -> NoReturn:
    """Say what is wrong and what to do, and exit."""
    errors.print(message, style="red", markup=False, highlight=False)
    raise typer.Exit(code)


def settings_or_exit(*, log_level: str | None = None) -> Settings:
    """The settings; on problems all of them are printed and the exit status is 2."""
    try:
        settings = load_settings()
    except ConfigError as error:
        lines = "\n".join(f"  - {problem}" for problem in error.problems)
        fail(f"配置有误，请修改环境变量或 .env：\n{lines}", USAGE_ERROR)
    set_up_logging(log_level or settings.log_level, as_json=settings.log_json)
    return settings


def run_async(work: Coroutine[Any, Any, T]) -> T:
    """Run `work` to its end; Ctrl-C ends it without a traceback."""
    try:
        return asyncio.run(work)
    except KeyboardInterrupt:
        sys.exit(130)
