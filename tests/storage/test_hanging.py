"""A process that hangs while it changes something keeps nobody else from it for long."""

import asyncio
import time
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from storage import Storage
from storage import database as module
from tests.databases import migrated


async def test_the_rows_of_a_process_that_hangs_become_free(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_HANGS_MS", 300)
    with migrated("postgresql", request, tmp_path) as url:
        hangs, other = await Storage.open(url), await Storage.open(url)
        try:
            await other.meta.set("name", "before")
            with pytest.raises(DBAPIError):  # noqa: PT012  it hangs, then finds out
                async with hangs.database.write() as connection:
                    await connection.execute(text("UPDATE meta SET value = 'hung'"))
                    begun = time.monotonic()
                    async with asyncio.timeout(5):
                        await other.meta.set("name", "after")
                    assert time.monotonic() - begun > 0.2
                    await connection.execute(text("UPDATE meta SET value = 'late'"))
            assert await other.meta.get("name") == "after"
        finally:
            await hangs.close()
            await other.close()
