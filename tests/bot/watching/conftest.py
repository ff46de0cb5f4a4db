from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage import Storage
from tests.databases import migrated


@pytest.fixture(params=["sqlite", "postgresql"])
async def storage(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Storage]:
    with migrated(request.param, request, tmp_path) as url:
        opened = await Storage.open(url)
        yield opened
        await opened.close()
