"""What several commands need: plain words out, clear complaints, one place to start asyncio."""

import sys
from collections.abc import Coroutine
from functools import cache
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from bot.config import Settings

T = TypeVar("T")

ACCESS_WORDS = {"public": "所有人可读", "subscribers": "仅订阅者可读"}
USAGE_ERROR = 2
INTERRUPTED = 130


def say(text: str = "") -> None:
    """Print `text` as it is: titles from the network may hold what rich takes for markup."""
    from bot.observe import redact

    typer.echo(redact(text))


@cache
def screen() -> "Console":
    """The console for tables and progress bars."""
    from rich.console import Console

    return Console()


def fail(message: str, code: int = 1) -> NoReturn:
    """Say what is wrong and what to do, and exit."""
    from bot.observe import redact

    typer.secho(redact(message), fg="red", err=True)
    raise typer.Exit(code)


def settings_or_exit(*, log_level: str | None = None) -> "Settings":
    """The settings; on problems all of them are printed and the exit status is 2."""
    from bot.config import ConfigError, load_settings
    from bot.observe import keep_secret, set_up_logging

    try:
        settings = load_settings()
    except ConfigError as error:
        lines = "\n".join(f"  - {problem}" for problem in error.problems)
        fail(f"配置有误，请修改环境变量或 .env：\n{lines}", USAGE_ERROR)
    keep_secret(settings.secrets)
    set_up_logging(log_level or settings.log_level, as_json=settings.log_format == "json")
    return settings


def run_async(work: Coroutine[Any, Any, T]) -> T:
    """Run `work` to its end; Ctrl-C and an unusable database end it without a traceback."""
    import asyncio

    from digest.errors import HexinError

    try:
        return asyncio.run(work)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except HexinError as error:
        explain(error)
        raise


def explain(error: Exception) -> None:
    """Exit with what to do about an unusable database; return when it is something else."""
    from storage import DatabaseDamaged, StorageUnavailable
    from storage.moving.books import MoveUnfinished

    if isinstance(error, DatabaseDamaged):
        fail(f"数据库文件已损坏：{error}\n请换上 hexin backup 留下的备份，再运行 hexin doctor。")
    if isinstance(error, MoveUnfinished):
        fail(
            "这个数据库正在搬入数据，还没有搬完，现在不能用。\n"
            "请用原来的 DATABASE_URL 再运行一次 hexin migrate --to，搬完就能用了。"
        )
    if isinstance(error, StorageUnavailable):
        fail(f"数据库用不了：{error}\n请检查 DATABASE_URL；hexin doctor 会逐项说明。")
