"""What `hexin doctor` looks at. Every finding says what to do about it."""

import asyncio
import shutil
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Literal

import aiohttp

from bot.clock import utc_now
from bot.config import Settings

LEAST_FREE_BYTES = 500_000_000
CLOCK_SLACK_S = 60
_TIMEOUT = aiohttp.ClientTimeout(total=8)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: `what`, how it is (`level`), and advice when it is not well."""

    level: Literal["ok", "warn", "bad"]
    what: str
    detail: str
    advice: str = ""


async def examine(settings: Settings) -> tuple[Finding, ...]:
    """Look at the token, the database, the network, the clock and the disk."""
    findings = [_disk(settings), await _database(settings)]
    async with aiohttp.ClientSession(timeout=_TIMEOUT) as session:
        findings += await _network(session)
        findings.append(await _token(session, settings))
    return tuple(findings)


def _disk(settings: Settings) -> Finding:
    folder = settings.data_dir
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".write-test"
        probe.write_bytes(b"x")
        probe.unlink()
    except OSError as error:
        return Finding("bad", "磁盘", str(error), f"请让 {folder} 可写，或设置 DATA_DIR")
    free = shutil.disk_usage(folder).free
    if free < LEAST_FREE_BYTES:
        return Finding("warn", "磁盘", f"只剩 {free / 1e6:.0f} MB", "请清理或更换 DATA_DIR")
    return Finding("ok", "磁盘", f"可写，剩余 {free / 1e9:.1f} GB")


async def _database(settings: Settings) -> Finding:
    from storage import DatabaseDamaged, Storage, StorageUnavailable, pending_migrations

    try:
        pending = await asyncio.to_thread(pending_migrations, settings.database_url)
        if pending:
            return Finding("warn", "数据库", "结构不是最新", "运行 hexin migrate")
        storage = await Storage.open(settings.database_url)
        try:
            total = await storage.signals.total()
        finally:
            await storage.close()
    except DatabaseDamaged as error:
        return Finding("bad", "数据库", str(error), "用 hexin backup 的备份恢复")
    except StorageUnavailable as error:
        return Finding("bad", "数据库", str(error), "检查 DATABASE_URL、目录权限或 PostgreSQL")
    return Finding("ok", "数据库", f"可用，{total} 条信号")


async def _network(session: aiohttp.ClientSession) -> list[Finding]:
    """One well-known site answers two questions: is there a network, and is our clock right?"""
    try:
        async with session.head("https://www.wikipedia.org/") as answer:
            date = answer.headers.get("Date", "")
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        return [
            Finding(
                "warn",
                "网络",
                f"访问不了外网（{type(error).__name__}）",
                "信源暂时取不到；沙盒与示例新闻仍可用。检查网络、DNS 或代理",
            )
        ]
    return [Finding("ok", "网络", "可以访问外网"), _clock_finding(date, utc_now())]


def _clock_finding(date: str, now: datetime) -> Finding:
    try:
        drift = abs((parsedate_to_datetime(date) - now).total_seconds())
    except (TypeError, ValueError):
        return Finding("warn", "时钟", "没能核对")
    if drift > CLOCK_SLACK_S:
        return Finding("bad", "时钟", f"与网络时间相差 {drift:.0f} 秒", "请开启 NTP 对时")
    return Finding("ok", "时钟", f"与网络时间相差 {drift:.0f} 秒")


async def _token(session: aiohttp.ClientSession, settings: Settings) -> Finding:
    if not settings.token:
        return Finding(
            "ok", "令牌", "未设置，hexin run 会启动本机沙盒", "正式使用请设置 TELEGRAM_BOT_TOKEN"
        )
    url = f"{settings.telegram_api_base_url}/bot{settings.token}/getMe"
    try:
        async with session.get(url) as answer:
            data = await answer.json(content_type=None)
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
        return Finding(
            "bad",
            "令牌",
            f"连不上 {settings.telegram_api_base_url}（{type(error).__name__}）",
            "检查网络，或用 TELEGRAM_API_BASE_URL 指向可达的 Bot API 服务器",
        )
    if not data.get("ok"):
        return Finding("bad", "令牌", str(data.get("description")), "向 @BotFather 核对令牌")
    return Finding("ok", "令牌", f"@{data['result'].get('username')}")
