"""A shared collection: for those who have its link, and nobody else."""

from typing import Any

import pytest
from aiohttp.test_utils import TestClient

from digest.model import ChatKind, Lang, SignalState
from storage import Storage
from tests.bot.web.conftest import Newsroom
from tests.bot.web.samples import NOW, brief, signal
from tests.bot.web.test_pages import links, page, select, words
from tests.covering import covers

Client = TestClient[Any, Any]


async def shared(storage: Storage, ids: list[int], name: str = "读书 <b>") -> tuple[int, int, str]:
    """A collection of somebody with these signals, each with a note, shared."""
    reader, _ = await storage.subscribers.enter(77, 0, ChatKind.PRIVATE, "林", Lang.ZH, NOW)
    collection = await storage.collections.create(reader.id, name, NOW)
    for number in ids:
        await storage.collections.save(collection.id, number, NOW, note=f"我的笔记 {number} <i>")
    key = await storage.collections.share(reader.id, collection.id)
    assert key is not None
    return reader.id, collection.id, key


@covers("page /c/{key}")
@pytest.mark.parametrize(
    ("lang", "what"), [(Lang.ZH, "分享的收藏集"), (Lang.EN, "A shared collection")]
)
async def test_a_shared_collection_shows_its_signals_without_notes_and_owner(
    client: Client, newsroom: Newsroom, lang: Lang, what: str
):
    ids = [(await newsroom.add()).id for _ in range(2)]
    reader, collection, key = await shared(newsroom.storage, ids)
    async with client.get(f"/c/{key}?lang={lang.value}") as response:
        assert response.headers["X-Robots-Tag"] == "noindex"
        assert response.headers["Cache-Control"] == "private, no-cache"
    shown = await page(client, f"/c/{key}?lang={lang.value}")
    assert what in words(shown)
    assert words(select(shown, "h1")[0]) == "读书 <b>"
    assert len(select(shown, ".entry")) == 2
    assert "笔记" not in words(shown)
    assert "林" not in words(shown)
    assert f"https://t.me/hexin_bot?start=c_{key}" in links(shown, "main")
    storage = newsroom.storage
    await storage.collections.set_share_notes(reader, collection, share_notes=True)
    with_notes = await page(client, f"/c/{key}")
    assert f"我的笔记 {ids[0]} <i>" in words(with_notes)


async def test_a_revoked_or_invented_key_opens_nothing(client: Client, newsroom: Newsroom):
    reader, collection, key = await shared(newsroom.storage, [(await newsroom.add()).id])
    for wrong in (key[:-1], key + "A", key.swapcase(), "A" * 32, "x" * 64):
        await page(client, f"/c/{wrong}", status=404)
    await newsroom.storage.collections.revoke(reader, collection)
    await page(client, f"/c/{key}", status=404)
    for name in ("feed.xml", "rss.xml", "feed.json"):
        await page(client, f"/c/{key}/{name}", status=404)


async def test_what_was_withdrawn_is_not_shared_on(client: Client, newsroom: Newsroom):
    kept = await newsroom.add()
    gone = await newsroom.add(
        signal(brief=brief(headline="Withdrawn")), state=SignalState.REJECTED
    )
    _, _, key = await shared(newsroom.storage, [kept.id, gone.id])
    shown = await page(client, f"/c/{key}")
    assert "Withdrawn" not in words(shown)
    assert "1 条信号" in words(shown)


async def test_a_long_collection_is_paged_to_its_end(client: Client, newsroom: Newsroom):
    ids = [(await newsroom.add()).id for _ in range(30)]
    _, _, key = await shared(newsroom.storage, ids)
    seen: list[str] = []
    following = f"/c/{key}"
    while following:
        shown = await page(client, following)
        seen += links(shown, ".entry", "h2")
        found = shown.xpath("//a[@rel='next']/@href")
        following = found[0] if found else ""
    assert sorted(seen) == sorted(f"/s/{number}" for number in ids)
