"""The feeds of the sample newsroom, between them in every format that the bot must read."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime
from typing import Any

from jinja2 import Environment

from bot.sandbox.newsroom.articles import SampleArticle

BEIJING = timezone(timedelta(hours=8))


@dataclass(frozen=True)
class SampleFeed:
    """A feed: its key, file name, format, and what it says of itself."""

    key: str
    file: str
    kind: str
    title: str
    lang: str
    column: str
    content_type: str
    about: str

    @property
    def path(self) -> str:
        """Where it is served."""
        return f"/news/feeds/{self.file}"


FEEDS: tuple[SampleFeed, ...] = (
    SampleFeed(
        "tech",
        "tech.xml",
        "rss",
        "晨星科技",
        "zh",
        "tech",
        "application/rss+xml",
        "人工智能与产品（示例信源）",
    ),
    SampleFeed(
        "world",
        "world.atom",
        "atom",
        "Morningstar World",
        "en",
        "business",
        "application/atom+xml",
        "Sample stories from Norvale, a place that does not exist",
    ),
    SampleFeed(
        "open",
        "open.json",
        "json",
        "晨星开源",
        "zh",
        "dev",
        "application/feed+json",
        "开源与开发（示例信源）",
    ),
    SampleFeed(
        "business",
        "business.xml",
        "rss",
        "晨星财经",
        "zh",
        "business",
        "application/rss+xml",
        "商业与政策（示例信源）",
    ),
    SampleFeed(
        "science",
        "science.rdf",
        "rdf",
        "晨星科学",
        "zh",
        "science",
        "application/rdf+xml",
        "科学与医学（示例信源）",
    ),
)


def article_path(article: SampleArticle) -> str:
    """Where an article's page is served."""
    return f"/news/a/{article.slug}"


def render_feed(
    feed: SampleFeed,
    articles: Sequence[SampleArticle],
    *,
    started: datetime,
    origin: str,
    templates: Environment,
) -> bytes:
    """The feed document over `articles` (newest first). `origin` is http://host:port."""
    if feed.kind == "json":
        return _json_feed(feed, articles, started, origin)
    items = [
        {
            "article": article,
            "url": origin + article_path(article),
            "rfc822": format_datetime(article.published(started).astimezone(BEIJING)),
            "rfc3339": article.published(started).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
        for article in articles
    ]
    template = templates.get_template(f"{feed.kind}.xml.j2")
    return template.render(feed=feed, items=items, origin=origin).encode()


def _json_feed(
    feed: SampleFeed, articles: Sequence[SampleArticle], started: datetime, origin: str
) -> bytes:
    document: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "description": feed.about,
        "home_page_url": f"{origin}/news",
        "feed_url": origin + feed.path,
        "language": feed.lang,
        "items": [
            {
                "id": f"morningstar-sample:{article.slug}",
                "url": origin + article_path(article),
                "title": article.title,
                "content_text": "\n\n".join(article.paragraphs),
                "language": article.lang,
                "authors": [{"name": article.author}],
                "tags": [article.column],
                "date_published": article.published(started)
                .astimezone(BEIJING)
                .isoformat(timespec="seconds"),
            }
            for article in articles
        ],
    }
    return json.dumps(document, ensure_ascii=False, indent=1).encode()
