"""`hexin sources …`: list, add, try out, import and export."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import track
from rich.table import Table

from bot.cli.shared import console, fail, run_async, settings_or_exit
from bot.clock import utc_now
from bot.config import Settings

app = typer.Typer(no_args_is_help=True)
ACTOR = "cli"


async def _with_storage(settings: Settings, work: Any) -> Any:
    from storage import Storage, migrate

    await migrate(settings.database_url)
    storage = await Storage.open(settings.database_url)
    try:
        return await work(storage)
    finally:
        await storage.close()


@app.command("list")
def list_sources() -> None:
    """列出信源与健康状况，出问题的在前。"""
    settings = settings_or_exit(log_level="ERROR")

    async def work(storage: Any) -> Any:
        return await storage.sources.all()

    found = run_async(_with_storage(settings, work))
    table = Table(title=f"信源 {len(found)} 个")
    for heading in ("id", "名称", "栏目", "语言", "状态", "连续失败", "最近成功", "下次"):
        table.add_column(heading)
    for source in sorted(found, key=lambda one: (-one.poll.errors, one.id)):
        poll = source.poll
        table.add_row(
            str(source.id),
            source.spec.title,
            source.spec.column,
            source.spec.lang,
            source.state,
            f"{poll.errors} {poll.error_code or ''}".strip() if poll.errors else "–",
            f"{poll.last_ok_at:%m-%d %H:%M}" if poll.last_ok_at else "–",
            f"{poll.next_poll_at:%m-%d %H:%M}" if poll.next_poll_at else "–",
        )
    console.print(table)


@app.command()
def add(
    url: Annotated[str, typer.Argument(help="订阅地址或网页地址（会自动发现订阅）")],
    title: Annotated[str, typer.Option(help="名称，默认取自订阅")] = "",
    column: Annotated[str, typer.Option(help="栏目 ai/tech/dev/business/science/policy")] = "tech",
    weight: Annotated[float, typer.Option(min=0.1, max=2.0)] = 1.0,
) -> None:
    """试读并添加一个信源。"""
    from bot.jobs.trying import try_source
    from digest.errors import SourceError
    from digest.model import SourceSpec
    from digest.taxonomy import load_taxonomy
    from storage import DuplicateSource

    if column not in load_taxonomy().columns:
        fail(f"没有栏目 {column}；可选：{'、'.join(load_taxonomy().columns)}")
    settings = settings_or_exit(log_level="ERROR")

    async def work(storage: Any) -> Any:
        tried = await try_source(url, settings, utc_now)
        spec = SourceSpec(
            key=f"own:{tried.url}",
            url=tried.url,
            title=title or tried.reading.title or tried.url,
            column=column,
            lang=tried.reading.lang,
            weight=weight,
            site_url=tried.reading.site_url,
        )
        return await storage.sources.add(spec, utc_now(), actor=ACTOR)

    try:
        source = run_async(_with_storage(settings, work))
    except SourceError as error:
        fail(f"读不了这个地址：{error}")
    except DuplicateSource as error:
        fail(f"已经有了：{error.existing.spec.title}（id {error.existing.id}）")
    console.print(f"已添加 {source.spec.title}（id {source.id}），{source.spec.url}")


@app.command("test")
def try_out(url: Annotated[str, typer.Argument(help="订阅地址或网页地址")]) -> None:
    """试读一个地址，显示前三条，不保存。"""
    from bot.jobs.trying import try_source
    from digest.errors import SourceError

    settings = settings_or_exit(log_level="ERROR")
    try:
        tried = run_async(try_source(url, settings, utc_now))
    except SourceError as error:
        fail(f"读不了这个地址：{error}")
    reading = tried.reading
    console.print(f"{reading.title or '（无标题）'}  {tried.url}", markup=False)
    console.print(
        f"{len(reading.entries)} 条，解析器 {reading.parser}，语言 {reading.lang or '–'}"
    )
    for entry in reading.entries[:3]:
        when = f"{entry.published_at:%Y-%m-%d %H:%M}" if entry.published_at else "无日期"
        console.print(f"- {entry.title}  [{when}]  {entry.url}", markup=False)


@app.command("import")
def import_opml(path: Annotated[Path, typer.Argument(exists=True, dir_okay=False)]) -> None:
    """从 OPML 导入信源；已有的跳过。"""
    from digest.sources.opml import OpmlError, read_opml
    from storage import DuplicateSource

    try:
        specs = read_opml(path.read_bytes())
    except OpmlError as error:
        fail(f"不是可用的 OPML：{error}")
    settings = settings_or_exit(log_level="ERROR")

    async def work(storage: Any) -> tuple[int, int]:
        added = skipped = 0
        for spec in track(specs, description="导入"):
            try:
                await storage.sources.add(spec, utc_now(), actor=ACTOR)
                added += 1
            except DuplicateSource:
                skipped += 1
        return added, skipped

    added, skipped = run_async(_with_storage(settings, work))
    console.print(f"导入 {added} 个，跳过已有的 {skipped} 个")


@app.command()
def export(
    path: Annotated[Path | None, typer.Argument(help="文件；默认输出到屏幕")] = None,
) -> None:
    """把信源导出为 OPML。"""
    from digest.sources.opml import write_opml

    settings = settings_or_exit(log_level="ERROR")

    async def work(storage: Any) -> Any:
        return await storage.sources.all()

    text = write_opml(run_async(_with_storage(settings, work)))
    if path is None:
        typer.echo(text)
    else:
        path.write_text(text, encoding="utf-8")
        console.print(f"已写入 {path}")
