"""The sample newsroom as a small site: front page, article pages, feeds with validators."""

from datetime import datetime
from email.utils import format_datetime, parsedate_to_datetime
from hashlib import sha256
from pathlib import Path

from aiohttp import hdrs, web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.clock import Clock
from bot.sandbox.newsroom.articles import SampleArticle, load_articles
from bot.sandbox.newsroom.feeds import FEEDS, SampleFeed, article_path, render_feed

_TEMPLATES = Path(__file__).parent / "templates"
_POLICY = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'"
_COLUMNS = {
    "ai": "人工智能",
    "tech": "科技产品",
    "dev": "开源与开发",
    "business": "商业财经",
    "science": "科学前沿",
    "policy": "政策与社会",
}


class Newsroom:
    """Serves /news. Articles appear when the clock reaches their time."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.started = clock().replace(microsecond=0)
        self.templates = Environment(
            loader=FileSystemLoader(_TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def add_routes(self, app: web.Application) -> None:
        """Put the routes into `app`."""
        app.router.add_get("/news", self.front)
        app.router.add_get("/news/", self.front)
        app.router.add_get("/news/a/{slug}", self.article)
        app.router.add_get("/news/feeds/{file}", self.feed)
        app.router.add_get("/news/news.css", self.style)

    def released(self, feed: str | None = None) -> list[SampleArticle]:
        """What has appeared by now, newest first, perhaps of one feed."""
        now = self.clock()
        return [
            article
            for article in load_articles()
            if article.published(self.started) <= now and (feed is None or feed in article.feeds)
        ]

    async def front(self, _request: web.Request) -> web.Response:
        """All articles by column."""
        articles = self.released()
        shelves = [
            (name, [(a, self._when(a)) for a in articles if a.column == column])
            for column, name in _COLUMNS.items()
        ]
        return self._page("front.html.j2", shelves=shelves, feeds=FEEDS)

    async def article(self, request: web.Request) -> web.Response:
        """One article, 404 until it has appeared."""
        slug = request.match_info["slug"]
        article = next((a for a in self.released() if a.slug == slug), None)
        if article is None:
            raise web.HTTPNotFound(text="没有这篇文章 / No such article")
        feed = next(feed for feed in FEEDS if feed.key == article.feeds[0])
        return self._page(
            "article.html.j2",
            article=article,
            feed=feed,
            column=_COLUMNS[article.column],
            published=self._when(article),
            url=_origin(request) + article_path(article),
        )

    async def feed(self, request: web.Request) -> web.Response:
        """A feed, 304 when the caller has it already."""
        feed = next((one for one in FEEDS if one.file == request.match_info["file"]), None)
        if feed is None:
            raise web.HTTPNotFound
        return self._feed(request, feed)

    def _feed(self, request: web.Request, feed: SampleFeed) -> web.Response:
        articles = self.released(feed.key)
        body = render_feed(
            feed,
            articles,
            started=self.started,
            origin=_origin(request),
            templates=self.templates,
        )
        tag = f'"{sha256(body).hexdigest()[:20]}"'
        newest = articles[0].published(self.started).replace(microsecond=0)
        headers = {
            hdrs.ETAG: tag,
            hdrs.LAST_MODIFIED: format_datetime(newest, usegmt=True),
            hdrs.CACHE_CONTROL: "max-age=10",
        }
        if _unchanged(request, tag, newest):
            return web.Response(status=304, headers=headers)
        return web.Response(
            body=body, content_type=feed.content_type, charset="utf-8", headers=headers
        )

    async def style(self, _request: web.Request) -> web.FileResponse:
        """The style sheet."""
        return web.FileResponse(_TEMPLATES / "news.css")

    def _when(self, article: SampleArticle) -> datetime:
        return article.published(self.started)

    def _page(self, name: str, **values: object) -> web.Response:
        text = self.templates.get_template(name).render(**values)
        headers = {"Content-Security-Policy": _POLICY, "X-Content-Type-Options": "nosniff"}
        return web.Response(text=text, content_type="text/html", headers=headers)


def _origin(request: web.Request) -> str:
    return f"{request.scheme}://{request.host}"


def _unchanged(request: web.Request, tag: str, newest: datetime) -> bool:
    """If-None-Match decides; If-Modified-Since only counts without it (RFC 9110 §13.2.2)."""
    asked = request.headers.get(hdrs.IF_NONE_MATCH)
    if asked is not None:
        return asked.strip() == "*" or tag in asked
    since = request.headers.get(hdrs.IF_MODIFIED_SINCE)
    if since is None:
        return False
    try:
        return newest <= parsedate_to_datetime(since)
    except (TypeError, ValueError):
        return False
