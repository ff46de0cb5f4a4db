"""One address of every kind of page, for the checks that each page must pass.

A new route stands here too, or the checks fail: with a path that shows something, or with None
when it answers anything but a page for people.
"""

from datetime import timedelta

from tests.bot.web.conftest import Newsroom
from tests.bot.web.samples import NOW, brief, signal

PATHS: dict[str, str | None] = {
    "/": "/",
    "/s/{id}": "/s/1",
    "/column/{id}": "/column/ai",
    "/column/{id}/feed.xml": None,
    "/topic/{id}": "/topic/llm",
    "/day/{day}": "/day/2026-11-22",
    "/search": "/search?q=Northwind",
    "/sources": "/sources",
    "/feed.xml": None,
    "/healthz": None,
    "/readyz": None,
    "/static/{name}": None,
    "/robots.txt": None,
    "/favicon.ico": None,
}
# Further states of the same pages: nothing found, a second page, no such page.
MORE = ("/search", "/search?q=zzzz", "/column/business", "/topic/chips", "/nothing")


def pages() -> list[str]:
    """Every address to look at."""
    return [path for path in PATHS.values() if path is not None] + list(MORE)


async def furnish(newsroom: Newsroom) -> None:
    """Enough for every page to have something to show: two languages, a story, a long list."""
    first = await newsroom.add()
    await newsroom.add(story_of=first.story_id)
    chinese = brief(
        headline="启明半导体完成 8 亿元 C 轮融资，存算一体芯片明年量产", headline_lang="zh"
    )
    await newsroom.add(signal(lang="zh", brief=chinese), at=NOW - timedelta(hours=3))
    for hours in range(4, 34):
        await newsroom.add(at=NOW - timedelta(hours=hours))
