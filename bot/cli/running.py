"""`hexin run`, `hexin poll`, `hexin digest`, `hexin enrich`."""

from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.shared import USAGE_ERROR, fail, run_async, say, screen, settings_or_exit

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable
    from contextlib import AbstractAsyncContextManager

    from bot.running import Running

    Start = Callable[..., AbstractAsyncContextManager[Running]]


def run(
    *,
    role: Annotated[
        str, typer.Option(help="这个进程做哪部分：all 全部；web、worker、clock 供多进程部署")
    ] = "all",
) -> None:
    """启动机器人；没有令牌时启动本机沙盒，在浏览器里即可对话。"""
    from bot.heap import bound_heaps, loading

    bound_heaps()
    with loading():
        settings = settings_or_exit()
        from bot.running import Role, StartError
        from bot.runtime import start

    try:
        chosen = Role(role)
    except ValueError:
        fail(f"没有角色 {role}；可选：{'、'.join(Role)}", USAGE_ERROR)
    try:
        run_async(_run_until_told(partial(start, settings, role=chosen)))
    except StartError as error:
        fail(str(error), error.code)


async def _run_until_told(start: "Start") -> None:
    """Run until the first SIGINT or SIGTERM; a second one does not wait for what is under way."""
    import asyncio
    import signal
    from contextlib import suppress

    stop = asyncio.Event()
    up = asyncio.Event()
    work = asyncio.create_task(_run(start, stop, up))

    def on_signal() -> None:
        # Still starting (perhaps waiting for Telegram), or told twice: do not wait.
        if stop.is_set() or not up.is_set():
            work.cancel()
        stop.set()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):  # event loops without signals
            loop.add_signal_handler(number, on_signal)
    with suppress(asyncio.CancelledError):
        await work


async def _run(start: "Start", stop: "asyncio.Event", up: "asyncio.Event") -> None:
    import asyncio

    from bot.heap import settle

    async with start(on_fatal=stop.set) as running:
        up.set()
        settle()
        _say_hello(running)
        readying = asyncio.create_task(_make_ready(), name="readying")
        await stop.wait()
        readying.cancel()
        say("正在收尾：完成手头的抓取与投递…（再按一次 Ctrl-C 立即退出）")
    if running.fatal:
        fail(running.fatal)


async def _make_ready() -> None:
    """Load and compile what is used later, between whatever else there is to do: nobody waits."""
    import asyncio
    from itertools import chain

    from bot.heap import settle
    from bot.web.views import load_waiting
    from digest.regexes import compile_waiting

    for _ in chain(load_waiting(), compile_waiting()):
        await asyncio.sleep(0)
    settle()


def _say_hello(running: "Running") -> None:
    from rich.panel import Panel
    from rich.text import Text

    lines = []
    if running.chat_url:
        lines += [f"沙盒聊天  {running.chat_url}", "  没有设置令牌，已启动本机沙盒：点开即可对话"]
    elif running.username:
        lines.append(f"机器人    https://t.me/{running.username}")
    if running.owner_code:
        lines += [
            f"所有者    还没有：把 /start e_{running.owner_code} 发给机器人，你就是",
            "  只能用一次，24 小时内有效；也可以设 ADMIN_IDS",
        ]
    if running.pages_url:
        lines.append(f"页面      {running.pages_url}")
    if running.untranslated():
        lines += [
            "翻译      没有译者：外文要点按原文显示，标明未翻译",
            "  运行 hexin models add en-zh 即可译成中文，不用重启；别的办法见 docs/translation.md",
        ]
    if running.stands_by:
        lines.append("待命      另一个进程在收发消息；它停下几秒后由这里接手")
    lines.append("停止      Ctrl-C")
    screen().print(Panel(Text("\n".join(lines)), title="核心信息 Bot 已启动", expand=False))


def poll(
    *,
    once: Annotated[bool, typer.Option("--once", help="轮询并整理一遍后退出")] = False,
    source: Annotated[
        int | None, typer.Option(min=1, help="立即轮询这个 id 的信源，不管是否到期")
    ] = None,
) -> None:
    """轮询到期的信源，整理新条目。"""
    if not once:
        fail("请加 --once（要持续运行，用 hexin run）", USAGE_ERROR)
    settings = settings_or_exit(log_level="ERROR")
    from bot.jobs.once import NoSuchSource, poll_once

    try:
        report = run_async(poll_once(settings, screen(), source))
    except NoSuchSource:
        fail(f"没有 id 为 {source} 的信源；用 hexin sources list 查看")
    for line in report.lines():
        say(line)


def digest(
    *,
    preview: Annotated[bool, typer.Option("--preview", help="只显示，不投递")] = False,
    hours: Annotated[int, typer.Option(min=1, max=168, help="看最近多少小时")] = 24,
    lang: Annotated[str, typer.Option(help="摘要的语言：zh 或 en")] = "zh",
) -> None:
    """预览此刻的默认摘要（纯文本）。"""
    if not preview:
        fail("请加 --preview（投递由 hexin run 按每位读者的时间进行）", USAGE_ERROR)
    if lang not in {"zh", "en"}:
        fail("--lang 只能是 zh 或 en", USAGE_ERROR)
    settings = settings_or_exit(log_level="ERROR")
    from bot.jobs.once import preview_digest

    say(run_async(preview_digest(settings, hours=hours, lang=lang)))


def enrich(
    *,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="最多处理多少条，新的在前")] = 50,
    days: Annotated[int, typer.Option(min=1, max=3650, help="往回看多少天")] = 7,
) -> None:
    """给积压的信号补做模型增强与翻译（要先配好 MODEL_… 或译者）。"""
    settings = settings_or_exit(log_level="ERROR")
    from bot.jobs.catching_up import NothingConfigured, catch_up

    try:
        report = run_async(catch_up(settings, screen(), limit=limit, days=days))
    except NothingConfigured:
        fail(
            "没有配置模型，也没有译者：设 MODEL_BASE_URL 和 MODEL_NAME，"
            "或运行 hexin models add en-zh",
            USAGE_ERROR,
        )
    for line in report.lines():
        say(line)
