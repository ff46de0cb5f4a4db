"""`hexin broadcast …`: how announcements stand, and stopping one when no chat is at hand."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, TypeVar
from zoneinfo import ZoneInfo

import typer

from bot.cli.shared import fail, run_async, say, screen, settings_or_exit
from bot.clock import utc_now

if TYPE_CHECKING:
    from bot.config import Settings
    from digest.broadcast import Broadcast, BroadcastCounts
    from storage import Storage

T = TypeVar("T")
app = typer.Typer(no_args_is_help=True)
ACTOR = "cli"
_SHOWN = 20
Number = Annotated[int, typer.Argument(help="公告的编号（见 hexin broadcast list）")]


def _with_storage(settings: "Settings", work: "Callable[[Storage], Awaitable[T]]") -> T:
    from bot.jobs.once import opened

    async def run() -> T:
        async with opened(settings, utc_now) as storage:
            return await work(storage)

    return run_async(run())


def _settings() -> "Settings":
    return settings_or_exit(log_level="ERROR")


def _state(broadcast: "Broadcast") -> str:
    from digest.model import Lang
    from digest.texts import texts_for

    return texts_for(Lang.ZH)(f"chat.broadcast.state.{broadcast.state}")


@app.command("list")
def list_broadcasts() -> None:
    """列出最近的公告与进度。"""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    from digest.render import plain_text

    settings = _settings()

    async def work(storage: "Storage") -> "list[tuple[Broadcast, BroadcastCounts | None]]":
        return [
            (one, await storage.announcing.counts(one, utc_now()) if one.digest_id else None)
            for one in await storage.broadcasts.list(_SHOWN)
        ]

    found = _with_storage(settings, work)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for heading in ("编号", "状态", "送达", "共", "确认于"):
        table.add_column(heading, no_wrap=True)
    table.add_column("内容", overflow="ellipsis", no_wrap=True, max_width=40)
    for one, counts in found:
        table.add_row(
            str(one.id),
            _state(one),
            f"{counts.sent:,}" if counts else "–",
            f"{one.total:,}" if counts else "–",
            _moment(one.confirmed_at, settings),
            Text(" ".join(plain_text(one.announcement.text).split())),
        )
    screen().print(table)


def _moment(at: datetime | None, settings: "Settings") -> str:
    return f"{at.astimezone(ZoneInfo(settings.default_zone)):%m-%d %H:%M}" if at else "–"


@app.command()
def status(number: Number) -> None:
    """说明一条公告发到哪里了，没送到的原因。"""
    from digest.model import Lang
    from digest.render import plain_text
    from digest.taxonomy import load_taxonomy
    from digest.texts import texts_for
    from handlers.admin.broadcasts.words import Pace, report, under_way

    settings = _settings()

    async def work(storage: "Storage") -> str:
        found = await _found(storage, number)
        texts, taxonomy = texts_for(Lang.ZH), load_taxonomy()
        if found.digest_id is None:
            return f"公告 #{found.id}：{_state(found)}\n{plain_text(found.announcement.text)}"
        counts = await storage.announcing.counts(found, utc_now())
        if found.finished_at is None:
            pace = Pace(planned=settings.send_rate)
            return plain_text(under_way(found, counts, pace, texts, taxonomy).text)
        reasons = await storage.announcing.reasons(found)
        return plain_text(report(found, counts, reasons, texts, taxonomy).text)

    say(_with_storage(settings, work))


async def _found(storage: "Storage", number: int) -> "Broadcast":
    found = await storage.broadcasts.get(number)
    if found is None:
        fail(f"没有公告 {number}；hexin broadcast list 列出全部。")
    return found


@app.command()
def pause(number: Number) -> None:
    """暂停发送；运行中的机器人一秒内停下，不需要重启。"""

    async def work(storage: "Storage") -> bool:
        found = await _found(storage, number)
        done = await storage.broadcasts.pause(number, actor=ACTOR, now=utc_now())
        if done:
            await storage.announcing.hold(found)
        return done

    _done(_with_storage(_settings(), work), number, "已暂停", "现在没有在发送")


@app.command()
def resume(number: Number) -> None:
    """继续发送暂停的公告。"""

    async def work(storage: "Storage") -> bool:
        await _found(storage, number)
        return await storage.broadcasts.resume(number, actor=ACTOR, now=utc_now())

    _done(_with_storage(_settings(), work), number, "继续发送", "没有暂停")


@app.command()
def cancel(number: Number) -> None:
    """不再发送没发的；已经送达的不受影响。"""

    async def work(storage: "Storage") -> bool:
        found = await _found(storage, number)
        done = await storage.broadcasts.cancel(number, actor=ACTOR, now=utc_now())
        if done:
            await storage.announcing.hold(found)
        return done

    _done(_with_storage(_settings(), work), number, "已取消", "没有在发送，也没有暂停")


def _done(done: bool, number: int, well: str, ill: str) -> None:  # noqa: FBT001  the outcome itself
    if not done:
        fail(f"公告 {number} {ill}。")
    say(f"公告 {number} {well}。")
