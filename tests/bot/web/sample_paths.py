"""One address of every kind of page, for the checks that each page must pass.

A new route stands here too, or the checks fail: with a path that shows something, or with None
when it answers anything but a page for people.
"""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import update

from digest.model import Access, ChatKind, FullText, Lang, NumberFact
from storage import Storage
from storage.schema import collections
from tests.bot.web.conftest import SPEC, Newsroom
from tests.bot.web.samples import NOW, brief, signal

SHARE_KEY = "a-key-that-tests-know-012345"
# Signals that only subscribers may read, and of a source that allows the link only.
CLOSED, LINK_ONLY = 3, 4

PATHS: dict[str, str | None] = {
    "/": "/",
    "/s/{id}": "/s/1",
    "/s/{id}/card.png": None,
    # Posts and their pictures, looked at by tests/bot/web/test_posts.py.
    "/s/{id}/photo.jpg": None,
    "/post/{id}": None,
    "/post/{id}/photo.jpg": None,
    "/card.png": None,
    "/week/{week}/card.png": None,
    "/column/{id}": "/column/ai",
    "/column/{id}/feed.xml": None,
    "/column/{id}/rss.xml": None,
    "/column/{id}/feed.json": None,
    "/column/{id}/card.png": None,
    "/topic/{id}": "/topic/llm",
    "/topic/{id}/feed.xml": None,
    "/topic/{id}/rss.xml": None,
    "/topic/{id}/feed.json": None,
    "/topic/{id}/card.png": None,
    "/trends": "/trends",
    "/story/{id}": "/story/1",
    "/story/{id}/feed.xml": None,
    "/story/{id}/rss.xml": None,
    "/story/{id}/feed.json": None,
    "/story/{id}/card.png": None,
    "/stories": "/stories",
    "/stories/{week}": "/stories/2026-W46",
    "/c/{key}": f"/c/{SHARE_KEY}",
    "/c/{key}/feed.xml": None,
    "/c/{key}/rss.xml": None,
    "/c/{key}/feed.json": None,
    "/archive": "/archive",
    "/archive/{month}": "/archive/2026-10",
    "/week": None,
    "/week/{week}": "/week/2026-W47",
    "/week/{week}/{column}": "/week/2026-W47/ai",
    "/week/{week}/glance.png": None,
    "/weeks": "/weeks",
    "/weeks/feed.xml": None,
    "/weeks/rss.xml": None,
    "/weeks/feed.json": None,
    "/day/{day}": "/day/2026-11-22",
    "/search": "/search?q=Northwind",
    "/sources": "/sources",
    "/sources.opml": None,
    "/trends/feed.xml": None,
    "/trends/rss.xml": None,
    "/trends/feed.json": None,
    "/feed.xml": None,
    "/rss.xml": None,
    "/feed.json": None,
    "/sitemap.xml": None,
    "/sitemap/pages.xml": None,
    "/sitemap/stories.xml": None,
    "/sitemap/signals-{part}.xml": None,
    "/healthz": None,
    "/readyz": None,
    "/metrics": None,
    "/static/{name}": None,
    "/robots.txt": None,
    "/favicon.ico": None,
    # The staff's pages, looked at by tests/bot/web/desk.
    "/desk": None,
    "/desk/stats": None,
    "/desk/sources": None,
    "/desk/signal/{id}": None,
    "/desk/stats/{picture}.png": None,
    "/desk/enter": None,
    "/desk/leave": None,
}
# Further states of the same pages: nothing found, a second page, no such page.
MORE = (
    "/search",
    "/search?q=zzzz",
    "/search?q=Northwind&column=ai&day=2026-11-22",
    "/column/business",
    "/topic/chips",
    "/topic/llm?days=90",
    "/week/2020-W10",
    f"/s/{CLOSED}",
    f"/s/{LINK_ONLY}",
    "/nothing",
)


def pages() -> list[str]:
    """Every address to look at."""
    return [path for path in PATHS.values() if path is not None] + list(MORE)


async def furnish(newsroom: Newsroom) -> None:
    """Enough for every page to have something to show: two languages, a story, a long list."""
    first = await newsroom.add()
    fact = NumberFact("$1.5 billion", 1.5e9, "money", "USD", 1, measure="cost of the site")
    costlier = brief(headline="Northwind's data centre costs more", numbers=(fact,))
    await newsroom.add(signal(brief=costlier), at=NOW - timedelta(hours=1), story_of=first.id)
    chinese = brief(
        headline="启明半导体完成 8 亿元 C 轮融资，存算一体芯片明年量产", headline_lang="zh"
    )
    closed = replace(SPEC, key="closed", url="https://closed.example/feed", title="Closed Wire")
    link = replace(SPEC, key="link", url="https://link.example/feed", title="Link Wire")
    at = NOW - timedelta(hours=3)
    more = signal(lang="zh", brief=chinese)
    kept = [
        await newsroom.add(more, at=at, spec=replace(closed, access=Access.SUBSCRIBERS)),
        await newsroom.add(at=at, spec=replace(link, full_text=FullText.LINK)),
    ]
    assert [one.id for one in kept] == [CLOSED, LINK_ONLY]
    await newsroom.add(more, at=at)
    for hours in range(4, 34):
        await newsroom.add(at=NOW - timedelta(hours=hours))
    await share(newsroom.storage, [first.id, CLOSED, LINK_ONLY])


async def share(storage: Storage, ids: list[int]) -> None:
    """A shared collection of these signals, under a key that tests know."""
    reader, _ = await storage.subscribers.enter(77, 0, ChatKind.PRIVATE, "林", Lang.ZH, NOW)
    made = await storage.collections.create(reader.id, "要读的", NOW)
    for number in ids:
        await storage.collections.save(made.id, number, NOW, note="周末再读，带上数字。")
    await storage.collections.share(reader.id, made.id)
    await storage.collections.set_share_notes(reader.id, made.id, share_notes=True)
    async with storage.database.write() as connection:
        await connection.execute(update(collections).values(share_key=SHARE_KEY))
