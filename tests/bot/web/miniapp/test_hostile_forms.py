"""Whatever a form of the Mini App brings is taken, refused or not understood: nothing fails."""

from typing import Any

import pytest

from bot.web.miniapp.sessions import HEADER
from bot.web.miniapp.settings import pages
from tests.bot.web.miniapp.conftest import InApp

VALUES = ("", "\x00", "9" * 400, "<b>\u202e", "column:\x00", "字" * 5000, "٣")
FIELDS = ("min_score", "time", "zone", "quiet", "x")
DEEDS = (
    "set",
    "type",
    "wish",
    "add",
    "tune",
    "rename",
    "delete",
    "note",
    "move",
    "remove",
    "\x00",
)


async def status_of(app: InApp, path: str, **fields: Any) -> int:
    headers = {HEADER: app.session}
    async with app.client.post(path, data=fields, headers=headers) as answer:
        await answer.read()
        return answer.status


@pytest.mark.parametrize("value", VALUES, ids=lambda value: ascii(value[:8]))
async def test_no_value_of_a_setting_fails(app: InApp, value: str) -> None:
    await app.open()
    before = await app.subscriber()
    for page in pages():
        for deed in DEEDS[:5]:
            for field in FIELDS if deed in {"set", "type"} else ("x",):
                app.clock.move(seconds=1)
                status = await status_of(
                    app, f"/app/settings/{page}", do=deed, field=field, value=value, typed=value,
                    name=value, steps=value,
                )  # fmt: skip
                assert status < 500, (page, deed, field)
    assert (await app.subscriber()).id == before.id
    await app.get("/app/settings")


@pytest.mark.parametrize("value", VALUES, ids=lambda value: ascii(value[:8]))
async def test_no_value_of_a_list_fails(app: InApp, value: str) -> None:
    await app.open()
    for path in ("/app/saved", "/app/saved/1", "/app/saved/1/1", "/app/undo", "/app/s/1",
                 "/app/saved/999999999999999999"):  # fmt: skip
        for deed in DEEDS:
            app.clock.move(seconds=1)
            status = await status_of(
                app, path, do=deed, name=value, value=value, note=value, to=value, undo=value,
                list=value,
            )  # fmt: skip
            assert status < 500, (path, deed)
    await app.get("/app/saved")
