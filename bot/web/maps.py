"""For machines: the site map in parts, the rules for robots, our sources as OPML."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from urllib.parse import urlsplit

from aiohttp import web

from bot.clock import Clock
from bot.web import views
from bot.web.guards import FRAME
from bot.web.lasting import Lasting
from bot.web.moments import beijing_day
from bot.web.rendering import render_text, text_response
from bot.web.words import outside_link
from digest.model import Lang, Source, SourceState
from digest.sources.opml import write_opml
from digest.taxonomy import Taxonomy
from digest.texts import texts_for
from storage import Storage

MAX_STORIES = 10_000
"""The newest so many; the protocol of site maps allows 50,000 addresses in one file."""

_FOR = timedelta(minutes=10)
_AN_HOUR = "public, max-age=3600"
_ROBOTS = """User-agent: *
Disallow: /search
Disallow: /c/
Disallow: /*?k=
Disallow: /*&k=

Sitemap: {base}/sitemap.xml
"""


@dataclass(frozen=True, slots=True)
class Place:
    """An address in the site map; `changed` "" where nothing is known about it."""

    path: str
    changed: str = ""


@dataclass(frozen=True, slots=True)
class Maps:
    """The handlers of what only machines read."""

    storage: Storage
    taxonomy: Taxonomy
    clock: Clock
    parts: Lasting[tuple[Place, ...]] = field(default_factory=lambda: Lasting(_FOR))

    async def robots(self, request: web.Request) -> web.Response:
        """GET /robots.txt."""
        body = _ROBOTS.format(base=request.app[FRAME].base_url)
        return text_response(request, body, {"Cache-Control": _AN_HOUR}, content_type="text/plain")

    async def index(self, request: web.Request) -> web.Response:
        """GET /sitemap.xml: the parts of the site map."""
        parts = await self.parts.get(self.clock(), self._parts)
        return self._map(request, "sitemap_index.xml", parts)

    async def _parts(self) -> tuple[Place, ...]:
        """Found at most once in ten minutes: it reads every signal."""
        parts = await self.storage.public.parts()
        return (
            Place("/sitemap/pages.xml"),
            Place("/sitemap/stories.xml"),
            *(Place(f"/sitemap/signals-{one.number}.xml", _day(one.at)) for one in parts),
        )

    async def pages(self, request: web.Request) -> web.Response:
        """GET /sitemap/pages.xml: lists and calendars."""
        return self._map(request, "sitemap.xml", await self._pages())

    async def _pages(self) -> tuple[Place, ...]:
        today = beijing_day(self.clock())
        first = await self.storage.public.first_date()
        this = views.archive.Month.of(today)
        oldest = min(views.archive.Month.of(beijing_day(first)), this) if first else this
        return (
            Place("/", today.isoformat()),
            *(Place(f"/column/{column}", today.isoformat()) for column in self.taxonomy.columns),
            *(Place(f"/topic/{topic}") for topic in self.taxonomy.topics),
            Place("/stories", today.isoformat()),
            Place("/trends"),
            Place("/sources"),
            Place("/archive"),
            *(Place(f"/archive/{month}") for month in _months(oldest, this)),
        )

    async def stories(self, request: web.Request) -> web.Response:
        """GET /sitemap/stories.xml: the newest stories."""
        found = await self.storage.public.stories(MAX_STORIES)
        places = [Place(f"/story/{one.number}", _day(one.at)) for one in found]
        return self._map(request, "sitemap.xml", places or [Place("/")])

    async def signals(self, request: web.Request) -> web.Response:
        """GET /sitemap/signals-{part}.xml: public signals, five thousand numbers a part."""
        found = await self.storage.public.signals(int(request.match_info["part"]))
        if not found:
            raise web.HTTPNotFound
        places = [Place(f"/s/{one.number}", _day(one.at)) for one in found]
        return self._map(request, "sitemap.xml", places)

    async def opml(self, request: web.Request) -> web.Response:
        """GET /sources.opml: what we read, for other readers of feeds."""
        sources = await self.storage.sources.all()
        body = write_opml([source for source in sources if is_for_everybody(source)])
        headers = {
            "Cache-Control": _AN_HOUR,
            "Content-Disposition": 'attachment; filename="sources.opml"',
        }
        return text_response(request, body, headers, content_type="text/x-opml")

    def _map(self, request: web.Request, template: str, places: Iterable[Place]) -> web.Response:
        base = request.app[FRAME].base_url
        body = render_text(template, texts=texts_for(Lang.ZH), base=base, places=places)
        headers = {"Cache-Control": _AN_HOUR}
        return text_response(request, body, headers, content_type="application/xml")


def is_for_everybody(source: Source) -> bool:
    """Whether a source's address may be told: it is polled, on the web, and holds no key.

    What an admin added with a query or a user in its address may be theirs alone.
    """
    url = source.spec.url
    if source.state is not SourceState.ACTIVE or not outside_link(url):
        return False
    parts = urlsplit(url)
    host = parts.hostname or ""
    if "@" in parts.netloc or (parts.query and source.origin != "catalog"):
        return False
    try:
        return ip_address(host).is_global
    except ValueError:
        return "." in host.strip(".") and not host.endswith((".local", ".internal", ".lan"))


def _months(
    first: "views.archive.Month", last: "views.archive.Month"
) -> Iterable["views.archive.Month"]:
    month = last
    while month >= first:
        yield month
        month = month.moved(-1)


def _day(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds")
