"""`hexin staff …`."""

import asyncio

from digest.model import Lang
from digest.roles import Role
from storage import Storage
from tests.bot.cli.hexin import Hexin
from tests.newsdesk import NOON


def test_a_code_makes_an_owner_who_is_listed_and_removed(hexin: Hexin) -> None:
    assert "hexin staff code" in hexin("staff", "list").stdout
    printed = hexin("staff", "code").stdout.strip()
    assert printed.startswith("/start e_")
    assert asyncio.run(_redeem(hexin, printed.removeprefix("/start e_"))) is Role.OWNER
    assert hexin("staff", "list").stdout == "11\t所有者\t赵\n"
    assert hexin("staff", "remove", "11").stdout == "已移出\n"
    gone = hexin("staff", "remove", "11")
    assert gone.exit_code != 0
    assert "编辑部里没有 11" in gone.stderr


async def _redeem(hexin: Hexin, code: str) -> Role | None:
    storage = await Storage.open(f"sqlite:///{hexin.database}")
    try:
        # Codes are made by the clock of the machine; NOON is long before any of them ends.
        return await storage.staff.redeem(code, 11, "赵", Lang.ZH, NOON)
    finally:
        await storage.close()


def test_owners_by_the_settings_are_listed_too(hexin: Hexin) -> None:
    hexin.env["ADMIN_IDS"] = "42"
    assert hexin("staff", "list").stdout == "42\t所有者\t（ADMIN_IDS）\n"
