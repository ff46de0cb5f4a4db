"""Commands that look after the installation: migrate, settings, backup, doctor."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from bot.cli.shared import console, fail, run_async, settings_or_exit
from bot.clock import utc_now
from bot.config import Settings, setting_rows, settings_markdown


def migrate() -> None:
    """把数据库结构升级到最新版本（可重复执行）。"""
    from storage import StorageUnavailable
    from storage import migrate as to_head

    settings = settings_or_exit()
    try:
        run_async(to_head(settings.database_url))
    except StorageUnavailable as error:
        fail(str(error))
    console.print("数据库已是最新结构。")


def settings(
    *,
    markdown: Annotated[bool, typer.Option(help="输出 README 用的表格")] = False,
) -> None:
    """列出全部设置：当前默认值与含义。"""
    if markdown:
        console.print(settings_markdown(), soft_wrap=True, markup=False, highlight=False)
        return
    table = Table(title="hexin 设置（环境变量或 .env）")
    for heading in ("设置", "默认", "含义", "meaning"):
        table.add_column(heading, overflow="fold")
    for row in setting_rows():
        table.add_row(row.name, row.default or "–", row.zh, row.en)
    console.print(table)


def backup(
    target: Annotated[Path | None, typer.Argument(help="备份文件；默认放在数据目录")] = None,
) -> None:
    """在线备份数据库，不必停机。"""
    from storage import StorageUnavailable
    from storage import backup as copy

    chosen = settings_or_exit()
    path = target or _backup_path(chosen, utc_now())
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with console.status("正在备份…"):
            run_async(copy(chosen.database_url, path))
    except (StorageUnavailable, OSError) as error:
        fail(f"备份失败：{error}")
    console.print(f"已备份到 {path}（{path.stat().st_size / 1e6:.1f} MB）")


def _backup_path(settings: Settings, now: datetime) -> Path:
    kind = "db" if settings.database_url.startswith("sqlite") else "dump"
    return settings.data_dir / "backups" / f"hexin-{now:%Y%m%d-%H%M%S}.{kind}"


def doctor() -> None:
    """检查令牌、数据库、网络、时钟、磁盘，并说明怎么办。"""
    from bot.cli.doctor import examine

    findings = run_async(examine(settings_or_exit(log_level="ERROR")))
    for finding in findings:
        mark, style = {"ok": ("✓", "green"), "warn": ("!", "yellow")}.get(
            finding.level, ("✗", "red")
        )
        console.print(f"[{style}]{mark}[/{style}] ", end="")
        console.print(f"{finding.what}：{finding.detail}", markup=False, highlight=False)
        if finding.advice:
            console.print(f"    → {finding.advice}", markup=False, highlight=False)
    if any(finding.level == "bad" for finding in findings):
        raise typer.Exit(1)
