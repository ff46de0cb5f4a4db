"""`hexin staff …`: who belongs to the newsroom, and one-time codes for new members."""

from typing import Annotated, Literal

import typer

from bot.cli.shared import fail, run_async, say, settings_or_exit
from bot.clock import utc_now

app = typer.Typer(no_args_is_help=True)
_WORDS = {"owner": "所有者", "editor": "编辑", "viewer": "只看"}


@app.callback()
def staff() -> None:
    """编辑部：成员、权限、邀请码。"""


@app.command("list")
def list_() -> None:
    """列出编辑部成员。"""
    from bot.jobs.once import opened

    settings = settings_or_exit(log_level="ERROR")

    async def work() -> list[str]:
        async with opened(settings, utc_now) as storage:
            return [
                f"{one.user_id}\t{_WORDS[one.role.key]}\t{one.name}"
                for one in await storage.staff.all()
            ]

    lines = [f"{one}\t所有者\t（ADMIN_IDS）" for one in sorted(settings.admins)]
    for line in [*lines, *run_async(work())] or ["还没有成员；用 hexin staff code 生成邀请码"]:
        say(line)


@app.command()
def code(
    role: Annotated[
        Literal["owner", "editor", "viewer"], typer.Argument(help="来的人得到什么权限")
    ] = "owner",
) -> None:
    """生成一次性邀请码（24 小时内有效）：把打印出的那行发给机器人即可。"""
    from bot.jobs.once import opened
    from digest.roles import Role

    settings = settings_or_exit(log_level="ERROR")

    async def work() -> str:
        async with opened(settings, utc_now) as storage:
            return await storage.staff.make_code(Role.of(role), 0, utc_now())

    say(f"/start e_{run_async(work())}")


@app.command()
def remove(
    user_id: Annotated[int, typer.Argument(metavar="ID", help="成员的 Telegram 数字 id")],
) -> None:
    """把一个人移出编辑部。"""
    from bot.jobs.once import opened
    from storage import NotFound

    settings = settings_or_exit(log_level="ERROR")

    async def work() -> None:
        async with opened(settings, utc_now) as storage:
            await storage.staff.remove(user_id, actor="cli", now=utc_now())

    try:
        run_async(work())
    except NotFound:
        fail(f"编辑部里没有 {user_id}；用 hexin staff list 查看")
    say("已移出")
