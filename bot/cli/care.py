"""Commands that look after the installation: migrate, settings, backup, doctor."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.shared import USAGE_ERROR, fail, run_async, say, screen, settings_or_exit
from bot.clock import utc_now

if TYPE_CHECKING:
    from bot.config import Settings

_MARKS = {"ok": ("✓", "green"), "warn": ("!", "yellow"), "bad": ("✗", "red")}


def migrate(
    *,
    to: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help="把全部数据搬到另一个空数据库，如 postgresql://用户@主机/库名；"
            "中断后再运行一次就接着搬。先停掉 bot",
        ),
    ] = None,
    again: Annotated[
        bool, typer.Option("--again", help="清掉没搬完的部分，从头再搬（与 --to 同用）")
    ] = False,
) -> None:
    """把数据库结构升级到最新版本（可重复执行）；加 --to 则把数据搬到另一个数据库。"""
    from storage import migrate as to_head

    settings = settings_or_exit()
    if to is not None:
        from bot.cli.moving import move_to

        move_to(settings.database_url, to, again=again)
        return
    if again:
        fail("--again 要与 --to 同用。", USAGE_ERROR)
    run_async(to_head(settings.database_url))
    say("数据库已是最新结构。")


def settings(
    *,
    markdown: Annotated[
        bool, typer.Option("--markdown", help="输出成 Markdown 表格（README 用）")
    ] = False,
) -> None:
    """列出全部设置的默认值与含义；输出可直接存成 .env 再修改。"""
    from bot.config import settings_env, settings_markdown

    say(settings_markdown() if markdown else settings_env())


def backup(
    target: Annotated[
        Path | None, typer.Argument(help="备份到哪个文件；默认放在数据目录的 backups/")
    ] = None,
) -> None:
    """备份数据库，不必停机。SQLite 得到一个数据库文件，PostgreSQL 得到 pg_restore 用的归档。"""
    from bot.config import database_environment
    from storage import backup as copy

    chosen = settings_or_exit()
    path = target or _backup_path(chosen)
    if path.is_dir():
        fail(f"{path} 是目录，请给出文件名。")
    with screen().status("正在备份…"):
        run_async(copy(chosen.database_url, path, database_environment()))
    say(f"已备份到 {path}（{path.stat().st_size / 1e6:.1f} MB）")


def _backup_path(settings: "Settings") -> Path:
    kind = "db" if settings.database_url.startswith("sqlite") else "dump"
    return settings.data_dir / "backups" / f"hexin-{utc_now():%Y%m%d-%H%M%S}.{kind}"


def doctor() -> None:
    """检查磁盘、数据库、网络、时钟、令牌，并说明怎么办。"""
    from bot.cli.doctor import examine

    findings = run_async(examine(settings_or_exit(log_level="ERROR"), utc_now))
    for finding in findings:
        mark, colour = _MARKS[finding.level]
        say(f"{typer.style(mark, fg=colour)} {finding.what}：{finding.detail}")
        if finding.advice:
            say(f"    → {finding.advice}")
    if any(finding.level == "bad" for finding in findings):
        raise typer.Exit(1)
