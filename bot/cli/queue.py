"""`hexin queue …`: what waits for review, and decisions about it without a chat."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated, TypeVar
from zoneinfo import ZoneInfo

import typer

from bot.cli.shared import fail, run_async, say, screen, settings_or_exit
from bot.clock import utc_now

if TYPE_CHECKING:
    from bot.config import Settings
    from storage import Storage
    from storage.curation import Done
    from storage.queue import Waiting

T = TypeVar("T")
app = typer.Typer(no_args_is_help=True)
ACTOR = "cli"
_FALLS = {"live": "发布", "rejected": "拒绝", "held": "一直等"}

Where = Annotated[
    str,
    typer.Option("--filter", "-f", help="条件，与 /queue 后面写的一样，例如 '栏目:AI 评分>70'"),
]
Numbers = Annotated[list[int] | None, typer.Argument(metavar="[ID]...", help="信号的编号")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="不再询问")]


def _with_storage(settings: "Settings", work: "Callable[[Storage], Awaitable[T]]") -> T:
    from bot.jobs.once import opened

    async def run() -> T:
        async with opened(settings, utc_now) as storage:
            return await work(storage)

    return run_async(run())


def _chosen(settings: "Settings", where: str, numbers: list[int] | None) -> "list[Waiting]":
    """What waits and is meant; exits with a word on what was not understood."""
    from digest.review import read_filter

    async def work(storage: "Storage") -> "tuple[tuple[Waiting, ...], tuple[str, ...]]":
        sources = await storage.sources.all()
        asked = read_filter(where, storage.taxonomy.current, sources)
        return await storage.queue.waiting(utc_now(), asked.filter), asked.unknown

    found, unknown = _with_storage(settings, work)
    if unknown:
        fail(f"没看懂：{'、'.join(unknown)}")
    if numbers is None:
        return list(found)
    missing = sorted(set(numbers) - {one.id for one in found})
    if missing:
        fail(f"不在待审之列：{'、'.join(map(str, missing))}")
    return [one for one in found if one.id in numbers]


@app.command("list")
def list_queue(where: Where = "") -> None:
    """列出待审的信号，等得最久的在前。"""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    settings = settings_or_exit(log_level="ERROR")
    found = _chosen(settings, where, None)
    zone = ZoneInfo(settings.default_zone)
    title = f"待审 {len(found)} 条"
    table = Table(title=title, box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for name in ("id", "分", "栏目", "等了", "到时"):
        table.add_column(name, no_wrap=True)
    table.add_column("标题", overflow="fold")
    now = utc_now()
    for one in found:
        hours = (now - one.held_at).total_seconds() / 3600
        falls = (
            f"{one.falls_at.astimezone(zone):%m-%d %H:%M} {_FALLS[one.outcome]}"
            if one.falls_at
            else "—"
        )
        cells = (str(one.id), str(one.score), one.column, f"{hours:.1f} 小时", falls, one.headline)
        table.add_row(*(Text(cell) for cell in cells))
    screen().print(table)


@app.command()
def approve(numbers: Numbers = None, where: Where = "", *, yes: Yes = False) -> None:
    """通过待审的信号：给编号，或给条件。"""
    settings = settings_or_exit(log_level="ERROR")
    chosen = _sure(_named(settings, where, numbers), "通过", yes=yes)

    async def work(storage: "Storage") -> "Done":
        return await storage.curation.approve_all(chosen, ACTOR, utc_now())

    _tell("已通过", _with_storage(settings, work))


@app.command()
def reject(
    numbers: Numbers = None,
    where: Where = "",
    reason: Annotated[
        str,
        typer.Option(help="duplicate、advert、irrelevant、wrong、old 之一，或者自己写的理由"),
    ] = "irrelevant",
    *,
    yes: Yes = False,
) -> None:
    """拒绝待审的信号：给编号，或给条件。"""
    from digest.policy import Reason
    from storage.curation import Rejection

    settings = settings_or_exit(log_level="ERROR")
    chosen = _sure(_named(settings, where, numbers), "拒绝", yes=yes)
    known = {one.value for one in Reason} - {Reason.UNSEEN, Reason.OTHER}
    rejection = (
        Rejection(Reason(reason)) if reason in known else Rejection(Reason.OTHER, reason.strip())
    )

    async def work(storage: "Storage") -> "Done":
        return await storage.curation.reject_all(chosen, rejection, ACTOR, utc_now())

    _tell("已拒绝", _with_storage(settings, work))


def _named(settings: "Settings", where: str, numbers: list[int] | None) -> "list[Waiting]":
    if not numbers and not where.strip():
        fail("要给编号，或用 --filter 给条件；全部都要就用 --filter 全部")
    return _chosen(settings, where, numbers or None)


def _sure(chosen: "list[Waiting]", what: str, *, yes: bool) -> list[int]:
    """The numbers, once somebody has agreed; the lowest scores are shown first."""
    from storage.curation import MOST_AT_ONCE

    if not chosen:
        fail("没有符合的待审信号")
    if len(chosen) > MOST_AT_ONCE:
        fail(f"一次最多 {MOST_AT_ONCE} 条，符合的有 {len(chosen)} 条，请把条件收紧")
    for one in sorted(chosen, key=lambda one: one.score):
        say(f"{one.id}\t{one.score} 分\t{one.headline}")
    if not yes and not typer.confirm(f"要{what}这 {len(chosen)} 条吗？"):
        raise typer.Exit(1)
    return [one.id for one in chosen]


def _tell(what: str, done: "Done") -> None:
    undo = f"，撤销：/undo {done.act.id}" if done.act else ""
    say(f"{what} {len(done.signals)} 条{undo}")
