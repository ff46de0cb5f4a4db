"""`hexin sources …`: list, add, change, try out, import and export."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar
from zoneinfo import ZoneInfo

import typer

from bot.cli import changing, trials
from bot.cli.shared import (
    fail,
    run_async,
    say,
    screen,
    settings_or_exit,
)
from bot.cli.trials import ACTOR
from bot.clock import utc_now

if TYPE_CHECKING:
    from bot.config import Settings
    from digest.model import Source
    from storage import Storage

T = TypeVar("T")
app = typer.Typer(no_args_is_help=True)
_STATES = {"active": "正常", "paused": "已暂停", "gone": "已停刊"}


def _with_storage(settings: "Settings", work: "Callable[[Storage], Awaitable[T]]") -> T:
    from bot.jobs.once import opened

    async def run() -> T:
        async with opened(settings, utc_now) as storage:
            return await work(storage)

    return run_async(run())


async def _all(storage: "Storage") -> "tuple[Source, ...]":
    return await storage.sources.all()


@app.command("list")
def list_sources() -> None:
    """列出信源与健康状况，出问题的在前。"""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    settings = settings_or_exit(log_level="ERROR")
    found = _with_storage(settings, _all)
    zone = ZoneInfo(settings.default_zone)
    title = f"信源 {len(found)} 个"
    table = Table(title=title, box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("id", justify="right", no_wrap=True, min_width=3)
    table.add_column("名称", overflow="ellipsis", no_wrap=True, max_width=22)
    for heading, width in (("栏目", 8), ("状态", 14), ("最近成功", 11), ("下次轮询", 11)):
        table.add_column(heading, no_wrap=True, min_width=width)
    for source in sorted(found, key=lambda one: (-one.poll.errors, one.id)):
        poll = source.poll
        table.add_row(
            str(source.id),
            Text(source.spec.title),
            source.spec.column,
            _health(source),
            _moment(poll.last_ok_at, zone),
            _moment(poll.next_poll_at, zone),
        )
    screen().print(table)


def _health(source: "Source") -> str:
    poll = source.poll
    if source.state == "active" and poll.errors:
        return f"{poll.error_code or '失败'} ×{poll.errors}"
    return _STATES[source.state]


def _moment(at: datetime | None, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%m-%d %H:%M}" if at else "–"


async def _columns(storage: "Storage") -> tuple[str, ...]:
    return tuple(storage.taxonomy.current.columns)


app.command()(trials.add)
app.command("try")(trials.try_out)
# What it was called before.
app.command("test", hidden=True)(trials.try_out)


app.command("set")(changing.set_source)
app.command("pause")(changing.pause)
app.command("resume")(changing.resume)


@app.command("import")
def import_opml(
    path: Annotated[
        Path,
        typer.Argument(
            exists=True, dir_okay=False, readable=True, help="OPML、JSON 或每行一个网址的文件"
        ),
    ],
) -> None:
    """从 OPML、JSON 或网址清单导入信源；已有的跳过。"""
    from digest.model import Lang
    from digest.sources.lists import ListError, read_list
    from digest.texts import texts_for
    from storage import DuplicateSource

    settings = settings_or_exit(log_level="ERROR")
    try:
        found = read_list(path.read_bytes())
    except ListError as error:
        fail(f"{path} 里没有可用的信源：{texts_for(Lang.ZH)(f'bot.list_{error.reason}')}")

    async def work(storage: "Storage") -> tuple[int, int]:
        from rich.progress import track

        added = skipped = 0
        shown = screen()
        quiet = not shown.is_terminal
        for spec in track(found.specs, "导入", console=shown, transient=True, disable=quiet):
            try:
                await storage.sources.add(spec, utc_now(), actor=ACTOR)
                added += 1
            except DuplicateSource:
                skipped += 1
        return added, skipped

    added, skipped = _with_storage(settings, work)
    say(f"导入 {added} 个信源，跳过已有的 {skipped} 个")
    if found.unusable:
        say(f"另有 {len(found.unusable)} 个不是网址，没有导入")


@app.command()
def export(
    path: Annotated[Path | None, typer.Argument(help="写到哪个文件；默认输出到屏幕")] = None,
) -> None:
    """把信源导出为 OPML。"""
    from digest.sources.opml import write_opml

    settings = settings_or_exit(log_level="ERROR")
    found = _with_storage(settings, _all)
    text = write_opml(found)
    if path is None:
        say(text.rstrip())
        return
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        fail(f"写不了 {path}：{error.strerror}")
    say(f"{len(found)} 个信源已写入 {path}")
