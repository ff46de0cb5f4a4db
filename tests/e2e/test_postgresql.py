"""The same bot on PostgreSQL, from the newsroom to a saved signal and a found word."""

from collections.abc import Iterator

import pytest

from tests.e2e.conftest import Start
from tests.e2e.test_first_minutes import until_read
from tests.postgres import server_or_skip


@pytest.fixture
def postgresql_url() -> Iterator[str]:
    with server_or_skip() as server:
        yield server.create().render_as_string(hide_password=False)


async def test_the_whole_on_postgresql(hexin: Start, postgresql_url: str) -> None:
    async with hexin(database_url=postgresql_url) as running:
        await until_read(running)
        assert running.sandbox is not None
        lin = running.sandbox.person("lin")
        lin.start()
        lin.press(await lin.wait_for(lambda seen: "中文" in seen.labels), "中文")
        lin.press(await lin.wait_for(lambda seen: "完成" in seen.labels), "完成")
        digest = await lin.wait_for(lambda seen: "1" in seen.labels)
        lin.press(digest, "1")
        card = await lin.wait_for(lambda seen: "收藏" in seen.labels)
        answer = await lin.answer_to(lin.press(card, "收藏"))
        assert "默认收藏" in answer["text"]
        lin.send("/search 融资")
        found = await lin.wait_for(lambda seen: "融资" in seen.text and "1" in seen.labels)
        assert any("/s/" in link for link in found.links)

    # Everything is still there after a restart.
    async with hexin(database_url=postgresql_url, sandbox_newsroom=False) as running:
        assert running.sandbox is not None
        lin = running.sandbox.person("lin")
        lin.send("/saved")
        saved = await lin.wait_for(lambda seen: "默认收藏" in seen.text)
        assert saved.links
