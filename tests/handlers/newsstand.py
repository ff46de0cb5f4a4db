"""A site on loopback whose pages readers send links to, and the desk that reads them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from html import escape

from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.addresses import AddressPolicy
from bot.fetching import Fetcher
from bot.jobs.links import LinkReader
from handlers.linkdesk import LinkDesk
from storage import Storage
from tests.workers import LentPool

PARAGRAPHS = (
    "Harbour Robotics said on Tuesday that it had sold {n} sorting machines to the port of "
    "Lindholm, in a deal worth $45 million. The machines will be delivered before the end of "
    "next year, according to the company.",
    "Each machine sorts 900 parcels an hour, up from 640 in the previous model. The port expects "
    "to save 12% of its energy bill, because the new belts stop when nothing lies on them.",
    "The company employs 340 people and opened a second factory in May. It did not disclose the "
    "price of a single machine.",
    "Competitors have tried similar belts before, but gave up after the first trials because the "
    "sensors froze in winter. Harbour Robotics says that its sensors work down to minus 35 "
    "degrees, and that {n} of them were tested for two years.",
)
ARTICLE = "Harbour Robotics sells {n} sorting machines to Lindholm"


def article_page(number: int = 1200, *, canonical: str = "", more: str = "") -> str:
    """An article whose text is its own for each number."""
    title = ARTICLE.format(n=number)
    body = "".join(f"<p>{escape(text.format(n=number))}</p>" for text in PARAGRAPHS)
    link = f"<link rel='canonical' href='{canonical}'>" if canonical else ""
    return (
        f"<!doctype html><html lang='en'><head><meta charset='utf-8'><title>{title}</title>{link}"
        f"</head><body><main><article><h1>{title}</h1>{body}{more}</article></main></body></html>"
    )


@dataclass
class Newsstand:
    """Pages by path: text of a page, or a whole response. `gate` holds answers back."""

    base: str = ""
    pages: dict[str, str | web.Response] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    gate: asyncio.Event = field(default_factory=asyncio.Event)

    def link(self, path: str) -> str:
        return f"{self.base}{path}"

    def put(self, path: str, number: int = 1200, **more: str) -> str:
        """An article at `path`; its link."""
        self.pages[path] = article_page(number, **more)
        return self.link(path)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request.path)
        await self.gate.wait()
        found = self.pages.get(request.path)
        if found is None:
            return web.Response(status=404, text="nothing here")
        if isinstance(found, web.Response):
            return web.Response(status=found.status, body=found.body, headers=dict(found.headers))
        return web.Response(text=found, content_type="text/html")


@asynccontextmanager
async def newsstand() -> AsyncIterator[Newsstand]:
    """The site, up and open."""
    stand = Newsstand()
    stand.gate.set()
    app = web.Application()
    app.router.add_route("GET", "/{path:.*}", stand.answer)
    async with TestServer(app) as server:
        stand.base = f"http://127.0.0.1:{server.port}"
        yield stand
        stand.gate.set()


@asynccontextmanager
async def link_desk(storage: Storage, stand: Newsstand, clock: object) -> AsyncIterator[LinkDesk]:
    """A desk that may open the stand's pages, and no other address of this machine."""
    workers = LentPool()
    policy = AddressPolicy((stand.base.removeprefix("http://"),))
    try:
        async with Fetcher(user_agent="hexin-test", allow=policy, timeout_s=2.0) as fetcher:
            reader = LinkReader(storage, fetcher, workers, clock=clock)  # type: ignore[arg-type]
            yield LinkDesk(reader, pace_s=0.01)
    finally:
        await workers.close()
