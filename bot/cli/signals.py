"""`hexin signals …`: what is set for a single signal."""

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from bot.cli.shared import ACCESS_WORDS, fail, run_async, say, settings_or_exit
from bot.clock import utc_now

if TYPE_CHECKING:
    from digest.model import Signal

app = typer.Typer(no_args_is_help=True)
ACTOR = "cli"


@app.callback()
def signals() -> None:
    """信号：谁能读它的全文页。"""


@app.command()
def access(
    number: Annotated[int, typer.Argument(metavar="ID", help="信号的编号，即 /s/ 后面的数字")],
    who: Annotated[
        Literal["public", "subscribers"] | None,
        typer.Argument(help="public 或 subscribers；不填则随它的信源"),
    ] = None,
) -> None:
    """设定谁能读一条信号的全文页。"""
    from bot.jobs.once import opened
    from digest.model import Access
    from storage import NotFound

    settings = settings_or_exit(log_level="ERROR")

    async def work() -> "Signal":
        async with opened(settings, utc_now) as storage:
            return await storage.signals.set_access(
                number, Access(who) if who else None, actor=ACTOR, now=utc_now()
            )

    try:
        signal = run_async(work())
    except NotFound:
        fail(f"没有编号为 {number} 的信号")
    follows = "" if who else "（随信源）"
    say(f"{signal.brief.headline or signal.title}：{ACCESS_WORDS[signal.access]}{follows}")
