"""What `hexin doctor` looks at. Every finding that is not well says what to do about it."""

import asyncio
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any, Literal

import aiohttp

from bot.clock import Clock
from bot.config import Settings
from digest.verify.meaning import EXTRA, installed_encoder

LEAST_FREE_BYTES = 500_000_000
CLOCK_SLACK_S = 60
# Some readers' networks reach only one of them; any answer proves a network.
SITES = ("https://www.wikipedia.org/", "https://www.baidu.com/")
_TIMEOUT = aiohttp.ClientTimeout(total=8)
_UNREACHABLE = (aiohttp.ClientError, TimeoutError, OSError, ValueError)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: `what`, how it is (`level`), and advice when it is not well."""

    level: Literal["ok", "warn", "bad"]
    what: str
    detail: str
    advice: str = ""


@dataclass(frozen=True, slots=True)
class _Heard:
    """A server's answer: its `Date` header, its JSON where there is any, or why there is none."""

    date: str = ""
    data: Any = None
    error: str = ""


async def examine(
    settings: Settings, clock: Clock, *, sites: Sequence[str] | None = None
) -> tuple[Finding, ...]:
    """Look at disk, database, network, clock, token, translator and encoder, in this order."""
    async with aiohttp.ClientSession(timeout=_TIMEOUT) as session:
        heard = [_head(session, site) for site in sites or SITES]
        answers = await asyncio.gather(_get_me(session, settings), *heard)
    reached = [one for one in answers if not one.error]
    return (
        _disk(settings),
        await _database(settings),
        _network(answers[1:]),
        _clock([one.date for one in reached if one.date], clock()),
        _token(settings, answers[0]),
        await asyncio.to_thread(_translator, settings),
        _encoder(settings),
    )


def _disk(settings: Settings) -> Finding:
    folder = settings.data_dir
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".write-test"
        probe.write_bytes(b"x")
        probe.unlink()
    except OSError as error:
        return Finding(
            "bad",
            "磁盘",
            f"{folder} 写不了（{error.strerror}）",
            "给这个目录写权限，或用 DATA_DIR 换一个",
        )
    free = shutil.disk_usage(folder).free
    if free < LEAST_FREE_BYTES:
        return Finding(
            "warn", "磁盘", f"只剩 {free / 1e6:.0f} MB", "清理磁盘，或用 DATA_DIR 换一个地方"
        )
    return Finding("ok", "磁盘", f"可写，剩余 {free / 1e9:.1f} GB")


async def _database(settings: Settings) -> Finding:
    from storage import DatabaseDamaged, Storage, StorageUnavailable, pending_migrations

    try:
        pending = await asyncio.to_thread(pending_migrations, settings.database_url)
        if pending:
            return Finding(
                "warn",
                "数据库",
                f"连得上，结构还差 {len(pending)} 步",
                "运行 hexin migrate（hexin run 启动时也会自动升级）",
            )
        storage = await Storage.open(settings.database_url)
        try:
            total = await storage.signals.total()
        finally:
            await storage.close()
    except DatabaseDamaged as error:
        return Finding("bad", "数据库", f"文件已损坏：{error}", "换上 hexin backup 留下的备份")
    except StorageUnavailable as error:
        return Finding(
            "bad", "数据库", str(error), "检查 DATABASE_URL、目录权限，或 PostgreSQL 是否在运行"
        )
    return Finding("ok", "数据库", f"可用，{total} 条信号")


async def _head(session: aiohttp.ClientSession, url: str) -> _Heard:
    try:
        async with session.head(url) as answer:
            return _Heard(date=answer.headers.get("Date", ""))
    except _UNREACHABLE as error:
        return _Heard(error=type(error).__name__)


async def _get_me(session: aiohttp.ClientSession, settings: Settings) -> _Heard:
    if not settings.token:
        return _Heard(error="no token")
    url = f"{settings.telegram_api_base_url}/bot{settings.token}/getMe"
    try:
        async with session.get(url) as answer:
            data = await answer.json(content_type=None)
            return _Heard(date=answer.headers.get("Date", ""), data=data)
    except _UNREACHABLE as error:
        # The type only: the text may hold the URL, and the URL the token.
        return _Heard(error=type(error).__name__)


def _network(answers: Sequence[_Heard]) -> Finding:
    if any(not one.error for one in answers):
        return Finding("ok", "网络", "可以访问外网")
    causes = "、".join(dict.fromkeys(one.error for one in answers))
    return Finding(
        "warn",
        "网络",
        f"访问不了外网（{causes}）",
        "检查网络、DNS 或代理；在此之前信源取不到，沙盒与示例新闻仍可用",
    )


def _clock(dates: Sequence[str], now: datetime) -> Finding:
    drifts = [drift for date in dates if (drift := _drift(date, now)) is not None]
    if not drifts:
        return Finding(
            "warn",
            "时钟",
            f"没有网络，没能核对；本机现在是 {now.astimezone():%Y-%m-%d %H:%M %Z}",
            "看一眼是否正确：推送时间取决于它",
        )
    drift = min(drifts)
    if drift > CLOCK_SLACK_S:
        return Finding(
            "bad", "时钟", f"与网络时间相差 {drift:.0f} 秒", "开启自动对时（NTP），否则推送不准时"
        )
    return Finding("ok", "时钟", f"与网络时间相差 {drift:.0f} 秒")


def _drift(date: str, now: datetime) -> float | None:
    try:
        return abs((parsedate_to_datetime(date) - now).total_seconds())
    except (TypeError, ValueError):
        return None


def _token(settings: Settings, heard: _Heard) -> Finding:
    if not settings.token:
        return Finding(
            "ok",
            "令牌",
            "没有设置，hexin run 会启动本机沙盒",
            "正式使用时向 @BotFather 要一个，设为 TELEGRAM_BOT_TOKEN",
        )
    server = settings.telegram_api_base_url
    if heard.error:
        return Finding(
            "bad",
            "令牌",
            f"连不上 {server}（{heard.error}），没能核对",
            "检查网络，或用 TELEGRAM_API_BASE_URL 指向连得上的 Bot API 服务器",
        )
    answer = heard.data if isinstance(heard.data, dict) else {}
    if answer.get("ok") and isinstance(answer.get("result"), dict):
        return Finding("ok", "令牌", f"@{answer['result'].get('username')}")
    reason = answer.get("description")
    if reason is None:
        return Finding(
            "bad", "令牌", f"{server} 不像 Bot API 服务器", "检查 TELEGRAM_API_BASE_URL"
        )
    return Finding(
        "bad",
        "令牌",
        f"Telegram 不认（{reason}）",
        "向 @BotFather 核对 TELEGRAM_BOT_TOKEN",
    )


def _translator(settings: Settings) -> Finding:
    """Who translates, without asking anybody; the files of local models are checked."""
    from bot.translating.shelf import Shelf, sha256_of

    if settings.translator not in {"", "local"}:
        return Finding("ok", "译者", settings.translator)
    models = [model for model in Shelf(settings.data_dir).all() if model.pair.endswith("-zh")]
    if not models:
        who = "没有译者，外文要点按原文显示，标明未翻译"
        if settings.model_base_url:
            who = f"没有译者，模型只整理评分 {settings.model_min_score} 以上的外文新闻"
        advice = "要译成中文，运行 hexin models add en-zh（不用重启），或设置 TRANSLATOR"
        return Finding("ok", "译者", who, advice)
    for model in models:
        for file in model.files:
            path = model.folder / file.name
            if not path.is_file() or sha256_of(path) != file.sha256:
                return Finding(
                    "bad",
                    "译者",
                    f"{model.title} 的 {file.name} 已损坏或不见了",
                    f"重新运行 hexin models add {model.pair}",
                )
    return Finding("ok", "译者", "、".join(model.title for model in models))


def _encoder(settings: Settings) -> Finding:
    """Whether the model's points about foreign articles are laid beside them by meaning."""
    if installed_encoder():
        if settings.model_base_url:
            return Finding("ok", "句向量", "已装，核对模型写的外文新闻时使用，约占 150 MB 内存")
        return Finding("ok", "句向量", "已装；没有设置模型，用不到")
    if not settings.model_base_url:
        return Finding("ok", "句向量", "没装；没有设置模型，用不到")
    advice = f"想让外文新闻的核对更准，运行 pip install 'hexin[{EXTRA}]' 后重启"
    return Finding("ok", "句向量", "没装，模型写的外文新闻按数字、名称和词表核对", advice)
