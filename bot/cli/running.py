"""`hexin run`, `hexin poll`, `hexin digest`."""

import asyncio
import signal
from contextlib import suppress
from typing import Annotated, Any

import typer
from rich.panel import Panel

from bot.cli.shared import USAGE_ERROR, console, fail, run_async, settings_or_exit
from bot.config import Settings


def run(
    *,
    role: Annotated[
        str,
        typer.Option(help="all（默认，单进程）、web、worker、clock（多进程部署，见 Procfile）"),
    ] = "all",
) -> None:
    """启动机器人；没有令牌时启动本机沙盒，浏览器里即可对话。"""
    from bot.runtime import Role, StartError

    settings = settings_or_exit()
    try:
        chosen = Role(role)
    except ValueError:
        fail(f"没有角色 {role}；可选 {'、'.join(Role)}", USAGE_ERROR)
    try:
        run_async(_run(settings, chosen))
    except StartError as error:
        fail(str(error), error.code)


async def _run(settings: Settings, role: Any) -> None:
    from bot.runtime import start

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):  # event loops without signals
            loop.add_signal_handler(number, stop.set)
    async with start(settings, role=role, on_fatal=stop.set) as running:
        _say_hello(running)
        await stop.wait()
        console.print("正在收尾：完成手头的抓取与投递…")
    if running.fatal:
        fail(running.fatal)


def _say_hello(running: Any) -> None:
    lines = []
    if running.chat_url:
        lines += [f"沙盒聊天  {running.chat_url}", "  没有设置令牌，已启动本机沙盒：点开即可对话"]
    elif running.username:
        lines.append(f"机器人    https://t.me/{running.username}")
    if running.pages_url:
        lines.append(f"页面      {running.pages_url}")
    lines.append("停止      Ctrl-C")
    console.print(Panel("\n".join(lines), title="核心信息 Bot 已启动", expand=False))


def poll(
    *,
    once: Annotated[bool, typer.Option("--once", help="把到期信源轮询并整理一遍后退出")] = False,
    source: Annotated[int, typer.Option(help="只轮询这个 id 的信源")] = 0,
) -> None:
    """轮询到期的信源并整理新条目。"""
    if not once:
        fail("请加 --once（持续运行请用 hexin run）", USAGE_ERROR)
    from bot.jobs.once import poll_once
    from bot.runtime import StartError

    settings = settings_or_exit(log_level="WARNING")
    try:
        report = run_async(poll_once(settings, console, source or None))
    except StartError as error:
        fail(str(error), error.code)
    for line in report.lines():
        console.print(line, markup=False, highlight=False)


def digest(
    *,
    preview: Annotated[bool, typer.Option("--preview", help="只显示，不投递")] = False,
    hours: Annotated[int, typer.Option(min=1, max=168, help="最近多少小时")] = 24,
    lang: Annotated[str, typer.Option(help="zh 或 en")] = "zh",
) -> None:
    """预览此刻的默认摘要（文本形式）。"""
    if not preview:
        fail("请加 --preview（投递由 hexin run 按读者的时间进行）", USAGE_ERROR)
    from bot.jobs.once import preview_digest

    if lang not in {"zh", "en"}:
        fail("lang 只能是 zh 或 en", USAGE_ERROR)
    settings = settings_or_exit(log_level="WARNING")
    text = run_async(preview_digest(settings, hours=hours, lang=lang))
    console.print(text, markup=False, highlight=False)
