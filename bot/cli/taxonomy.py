"""`hexin taxonomy …`: columns and topics as a file, for those who curate by file."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.shared import fail, run_async, say, settings_or_exit
from bot.clock import utc_now

if TYPE_CHECKING:
    from digest.taxonomy import Taxonomy

app = typer.Typer(no_args_is_help=True)


@app.callback()
def taxonomy() -> None:
    """栏目与话题：导出、导入。"""


@app.command()
def export(
    path: Annotated[Path | None, typer.Argument(help="写到哪个文件；默认输出到屏幕")] = None,
) -> None:
    """把栏目与话题导出为 TOML。"""
    from bot.jobs.once import opened
    from digest.taxonomy import write_taxonomy

    settings = settings_or_exit(log_level="ERROR")

    async def work() -> str:
        async with opened(settings, utc_now) as storage:
            return write_taxonomy(storage.taxonomy.current)

    text = run_async(work())
    if path is None:
        say(text.rstrip())
        return
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        fail(f"写不了 {path}：{error.strerror}")
    say(f"已写入 {path}")


@app.command("import")
def import_(path: Annotated[Path, typer.Argument(help="要导入的 TOML 文件")]) -> None:
    """按文件改栏目与话题；文件里没有的不动。可以用 /undo 撤销。"""
    from bot.jobs.once import opened

    given = _read(path)
    settings = settings_or_exit(log_level="ERROR")

    async def work() -> tuple[int, int]:
        async with opened(settings, utc_now) as storage:
            return await storage.shelves.take_over(given, actor="cli", now=utc_now())

    fresh, changed = run_async(work())
    say(f"新增 {fresh} 个，修改 {changed} 个")


def _read(path: Path) -> "Taxonomy":
    from digest.taxonomy import read_taxonomy

    try:
        return read_taxonomy(path.read_text(encoding="utf-8"))
    except OSError as error:
        fail(f"读不了 {path}：{error.strerror}")
    except ValueError as error:
        fail(f"{path} 不是栏目与话题的文件：{error}")
