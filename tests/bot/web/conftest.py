"""The pages over a real SQLite database, asked over a real socket."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from bot.web import make_web
from digest.model import Article, Entry, Relation, Signal, SignalDraft, SourceSpec
from digest.stories import StoryPlacement
from storage import NewSignal, Storage
from tests.bot.web.samples import ARTICLE, NOW, SIGNAL, TAXONOMY
from tests.databases import migrated_file

BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
SPEC = SourceSpec("wire", "https://wire.example.org/feed", "Example Wire", "ai", "en")


class Newsroom:
    """Puts signals into storage the way reading does: source, entry, claim, signal."""

    def __init__(self, storage: Storage) -> None:
        self.storage = storage
        self._count = 0

    async def add(
        self,
        signal: Signal = SIGNAL,
        article: Article = ARTICLE,
        *,
        at: datetime = NOW,
        spec: SourceSpec = SPEC,
        story_of: int | None = None,
        **more: Any,
    ) -> Signal:
        """Store `signal` with `article` under a new address; its id is storage's."""
        self._count += 1
        await self.storage.sources.seed([spec], at)
        source = await self.storage.sources.by_url(spec.url)
        assert source is not None
        entry = Entry(f"k{self._count}", f"{article.url}&n={self._count}", signal.title)
        await self.storage.sources.record_poll(
            source.id, replace(source.poll, last_ok_at=at), entries=[entry], now=at
        )
        (pending,) = await self.storage.entries.claim(at, 1)
        address = f"{article.canonical_url}?n={self._count}"
        kept = replace(article, canonical_url=address, published_at=signal.published_at)
        draft = SignalDraft(
            kept, signal.brief, signal.placement, signal.score, signal.reading_minutes
        )
        relation = Relation.LEAD if story_of is None else Relation.UPDATE
        story = StoryPlacement(story_of, relation, 0.0)
        new = NewSignal(draft, pending, source, "", backlog=False, story=story, **more)
        return await self.storage.signals.insert(new, at)


@pytest.fixture
async def storage(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Storage]:
    opened = await Storage.open(migrated_file(request, tmp_path))
    yield opened
    await opened.close()


@pytest.fixture
def newsroom(storage: Storage) -> Newsroom:
    return Newsroom(storage)


@pytest.fixture
def health() -> dict[str, Any]:
    """What the process says of itself; tests change it."""
    return {}


@pytest.fixture
async def client(storage: Storage, health: dict[str, Any]) -> AsyncIterator[TestClient[Any, Any]]:
    async def report() -> dict[str, Any]:
        return health

    app = make_web(
        storage,
        TAXONOMY,
        clock=lambda: NOW,
        base_url="https://pages.example/",
        bot_username=lambda: "hexin_bot",
        health=report,
    )
    headers = {"User-Agent": BROWSER, "Accept-Language": "zh-CN,zh;q=0.9"}
    async with TestClient(TestServer(app), headers=headers) as opened:
        yield opened
