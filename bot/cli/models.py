"""`hexin models`: the translation models on this machine."""

from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.shared import fail, run_async, say, screen, settings_or_exit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.translating.installing import Progress
    from bot.translating.shelf import InstalledModel, Shelf

app = typer.Typer(no_args_is_help=True)

_MEGA = 1_000_000


@app.command()
def add(
    pair: Annotated[str, typer.Argument(help="语言对，如 en-zh", show_default=False)],
    origin: Annotated[
        str, typer.Option("--from", help="放着模型文件的文件夹或网址；不填则从 Mozilla 下载")
    ] = "",
    *,
    replace: Annotated[bool, typer.Option("--replace", help="换掉已装的另一版本")] = False,
) -> None:
    """下载（或从文件夹装入）一个翻译模型，核对校验和。"""
    from bot.clock import utc_now
    from bot.translating.installing import Wanted, install
    from bot.translating.shelf import ModelError

    shelf = _shelf()
    try:
        with _bars() as progress:
            model = run_async(
                install(Wanted(pair, origin, replace), shelf, progress=progress, now=utc_now())
            )
    except ModelError as error:
        fail(str(error))
    say(f"已装好 {model.title}，放在 {model.folder}")
    for file in model.files:
        trust = "与已知的一致" if file.known else "首次使用，已记下"
        say(f"  {file.name}  {file.bytes:,} 字节  sha256 {file.sha256}（{trust}）")
    if pair.endswith("-zh"):
        say("运行中的机器人会马上用上，不用重启；最近两天的外文文章也会补译。")


@app.command("list")
def list_() -> None:
    """列出装好的模型，和还可以下载的。"""
    from bot.translating.shelf import known_models

    installed = {model.pair: model for model in _shelf().all()}
    for model in installed.values():
        say(f"{model.pair}  {_size(model):>4} MB  {model.name or '未知版本'}  {model.origin}")
        say(f"       版本 {model.version}  许可 {model.licence or '未知'}  装于 {model.added_at}")
    if not installed:
        say("还没有翻译模型。")
    for known in known_models().values():
        if known.pair not in installed:
            size = sum(file.bytes for file in known.files) // _MEGA
            say(f"{known.pair}  {size:>4} MB  可下载：hexin models add {known.pair}")


@app.command()
def remove(
    pair: Annotated[str, typer.Argument(help="语言对，如 en-zh", show_default=False)],
) -> None:
    """删除一个模型。"""
    from bot.translating.shelf import ModelError

    try:
        removed = _shelf().remove(pair)
    except ModelError as error:
        fail(str(error))
    except OSError as error:
        fail(f"删不掉：{error}")
    if not removed:
        fail(f"没有装 {pair}。")
    say(f"已删除 {pair}。")


def _shelf() -> "Shelf":
    from bot.translating.shelf import Shelf

    return Shelf(settings_or_exit(log_level="WARNING").data_dir)


def _size(model: "InstalledModel") -> int:
    return sum(file.bytes for file in model.files) // _MEGA


@contextmanager
def _bars() -> "Iterator[Progress]":
    """Progress bars, one for each file as it comes."""
    from rich import progress

    columns = (
        progress.TextColumn("{task.description}"),
        progress.BarColumn(),
        progress.DownloadColumn(),
        progress.TransferSpeedColumn(),
    )
    tasks: dict[str, progress.TaskID] = {}
    with progress.Progress(*columns, console=screen(), transient=True) as bars:

        def tell(name: str, done: int, total: int) -> None:
            if name not in tasks:
                tasks[name] = bars.add_task(name, total=total or None)
            bars.update(tasks[name], completed=done, total=total or None)

        yield tell
