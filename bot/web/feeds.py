"""What we publish as feeds: Atom (RFC 4287), RSS 2.0 and JSON Feed 1.1 of the same entries.

An entry is our 核心信息: points, numbers and the way to the original, never its text. Its id is
made from this installation's own and the signal's number: it stays when the address changes.
"""

import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any
from uuid import UUID, uuid5

from aiohttp import web

from bot.clock import Clock
from bot.web import views
from bot.web.guards import FRAME
from bot.web.rendering import render_text, text_response
from bot.web.views.items import headline_of
from bot.web.visit import Visit, visit_of
from bot.web.words import host_of, outside_link, short
from digest.allowed import public_part
from digest.model import Access, Lang, NumberFact, Signal
from digest.regexes import regex
from digest.render.lines import NEW
from digest.render.measures import measure_words
from digest.render.news import in_order_of_news
from digest.render.wording import in_words_of, said_as
from digest.taxonomy import Taxonomy
from digest.texts import Texts, texts_for
from storage import Storage

ENTRIES = 50
# How long what came late stays at the top.
BELATED_FOR = timedelta(days=3)
MAX_NUMBERS = 6
INSTALLATION = "pages.installation"
_NO_XML = regex(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]+")
_FIVE_MINUTES = "public, max-age=300"
_PRIVATE = "private, max-age=300"
_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)

Handler = Callable[[web.Request], Awaitable[web.Response]]


@dataclass(frozen=True, slots=True)
class Shelf:
    """A list of signals that can be followed: its page at `path`, `title` "" for everything.

    A `private` one is for those who have its link: no cache and no index may keep it. `changed`
    is when something was put in last; None when that is when the newest signal was made.
    """

    path: str
    title: str
    signals: Sequence[Signal]
    private: bool = False
    changed: datetime | None = None


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One signal as an entry; `at` is when we made it, `published_at` the original's own time."""

    id: str
    href: str
    title: str
    original: str
    at: datetime
    published_at: datetime
    author: str
    column: str
    topics: tuple[str, ...]
    html: str
    lang: str
    card: str


@dataclass(frozen=True, slots=True)
class Feed:
    """A shelf as a feed, with absolute addresses."""

    id: str
    title: str
    about: str
    home: str
    url: str
    updated: datetime
    entries: tuple[FeedEntry, ...]


@dataclass(frozen=True, slots=True)
class Format:
    """One way to write a feed down: the end of its address, its type, and how."""

    name: str
    content_type: str
    write: Callable[[Feed, Texts], str]


@dataclass(frozen=True, slots=True)
class Feeds:
    """The handlers of the feeds. What is followed is asked of `storage` when it is fetched."""

    storage: Storage
    taxonomy: Taxonomy
    clock: Clock

    async def everything(self, _request: web.Request, _lang: Lang) -> Shelf:
        """The newest signals."""
        return Shelf("/", "", await self._newest())

    async def column(self, request: web.Request, lang: Lang) -> Shelf:
        """The newest signals of one column."""
        column = self.taxonomy.columns.get(request.match_info["id"])
        if column is None:
            raise web.HTTPNotFound
        found = await self._newest(column=column.id)
        return Shelf(f"/column/{column.id}", column.name(lang), found)

    async def topic(self, request: web.Request, lang: Lang) -> Shelf:
        """The newest signals of one topic."""
        topic = self.taxonomy.topic_of(request.match_info["id"])
        if topic is None:
            raise web.HTTPNotFound
        found = await self._newest(topic=topic.id)
        return Shelf(f"/topic/{topic.id}", topic.name(lang), found)

    async def _newest(
        self, *, column: str | None = None, topic: str | None = None
    ) -> tuple[Signal, ...]:
        """The newest by date, and before them what an editor agreed to since then.

        A program that asks every few hours sees the top of a long list alone.
        """
        signals, since = self.storage.signals, self.clock() - BELATED_FOR
        late = await signals.belated(since, column=column, topic=topic, limit=ENTRIES // 2)
        newest = await signals.latest(column=column, topic=topic, limit=ENTRIES)
        return tuple({one.id: one for one in (*late, *newest)}.values())[:ENTRIES]

    async def story(self, request: web.Request, lang: Lang) -> Shelf:
        """The signals of one story, the newest first."""
        number = int(request.match_info["id"])
        summary = await self.storage.stories.get(number)
        if summary is None:
            raise web.HTTPNotFound
        # Editors may have put it into another.
        newest = await self.storage.storylines.newest(summary.id, ENTRIES)
        title = headline_of(in_words_of(lang, summary.lead)).text
        return Shelf(f"/story/{summary.id}", title, newest)

    async def collection(self, request: web.Request, _lang: Lang) -> Shelf:
        """What was saved last into a shared collection."""
        key = request.match_info["key"]
        collection = await self.storage.collections.shared(key)
        if collection is None:
            raise web.HTTPNotFound
        saved = await self.storage.collections.saved(collection.id, ENTRIES, live_only=True)
        name = short(collection.name, 120)
        shown = [one.signal for one in saved]
        put_in = max((one.saved_at for one in saved), default=None)
        return Shelf(f"/c/{key}", name, shown, private=True, changed=put_in)

    def routes(self) -> list[web.RouteDef]:
        """Every shelf in every format."""
        shelves = {
            "": self.everything,
            "/column/{id:[A-Za-z0-9_-]{1,64}}": self.column,
            "/topic/{id:[A-Za-z0-9_-]{1,64}}": self.topic,
            "/story/{id:[1-9][0-9]{0,17}}": self.story,
            "/c/{key:[A-Za-z0-9_-]{16,64}}": self.collection,
        }
        return [
            web.get(f"{path}/{form.name}", self._serving(ask, form))
            for path, ask in shelves.items()
            for form in FORMATS
        ]

    def _serving(
        self, ask: Callable[[web.Request, Lang], Awaitable[Shelf]], form: Format
    ) -> Handler:
        async def serve(request: web.Request) -> web.Response:
            visit = visit_of(request)
            lang = visit.lang if visit.chosen else Lang.ZH
            shelf = await ask(request, lang)
            installation = UUID((await self.storage.meta.secret(INSTALLATION))[:32])
            feed = self._feed(shelf, visit, lang, request.app[FRAME].base_url, installation)
            return answer_feed(request, feed, form, texts_for(lang), private=shelf.private)

        return serve

    def _feed(self, shelf: Shelf, visit: Visit, lang: Lang, base: str, installation: UUID) -> Feed:
        texts = texts_for(lang)
        title = texts("web.site") + (f" · {shelf.title}" if shelf.title else "")
        made = [signal.arrived_at for signal in shelf.signals]
        return Feed(
            id=uuid5(installation, f"{lang} {shelf.path}").urn,
            title=title,
            about=texts("web.about"),
            home=base + visit.url(shelf.path),
            url=base + visit.url(visit.path),
            updated=shelf.changed or max(made, default=_EARLIEST),
            entries=tuple(
                self._entry(public_part(in_words_of(lang, one)), visit, texts, base, installation)
                for one in shelf.signals
            ),
        )

    def _entry(
        self, signal: Signal, visit: Visit, texts: Texts, base: str, installation: UUID
    ) -> FeedEntry:
        column = self.taxonomy.columns.get(signal.placement.column)
        topics = (self.taxonomy.topic_of(one) for one in signal.placement.topics[:8])
        original = outside_link(signal.url)
        headline = headline_of(signal)
        return FeedEntry(
            id=uuid5(installation, f"s/{signal.id}").urn,
            href=base + visit.url(f"/s/{signal.id}"),
            title=_title(signal, headline.text, texts),
            original=original,
            at=signal.arrived_at,
            published_at=signal.when,
            author=short(signal.author or signal.source_title, 80),
            column=column.name(texts.lang) if column else "",
            topics=tuple(topic.name(texts.lang) for topic in topics if topic),
            html=_html(signal, texts, original),
            lang=headline.tag,
            card=f"{base}/s/{signal.id}/card.png",
        )


def _title(signal: Signal, headline: str, texts: Texts) -> str:
    """The headline; programs that list titles alone show what is an update, too."""
    if not signal.relation.is_news:
        return headline
    return texts(f"card.{signal.relation.value}", headline=headline)


def _html(signal: Signal, texts: Texts, original: str) -> str:
    brief = signal.brief
    return render_text(
        "feed_entry.html",
        texts=texts,
        points=[
            (NEW if new else "")
            + short(point.text, views.signal.MAX_POINT)
            + (texts("card.edited") if point.edited else "")
            for point, new in in_order_of_news(signal)[: views.signal.MAX_POINTS]
        ],
        numbers=[_number(fact, texts) for fact in brief.numbers[:MAX_NUMBERS]],
        closed=signal.access is Access.SUBSCRIBERS,
        original=original,
        site=short(signal.site or signal.source_title or host_of(signal.url), 60),
    ).strip()


def _number(fact: NumberFact, texts: Texts) -> str:
    told = said_as(fact.text, fact.zh, texts.lang)
    measure = short(measure_words(fact.measure, texts), 60)
    return short(told, 60) + (texts("web.list.colon") + measure if measure else "")


# --- the formats ------------------------------------------------------------------------


def _atom(feed: Feed, texts: Texts) -> str:
    return render_text("feed.xml", texts=texts, feed=feed, stamp=_stamp)


def _rss(feed: Feed, texts: Texts) -> str:
    return render_text("rss.xml", texts=texts, feed=feed, stamp=format_datetime)


def _json(feed: Feed, texts: Texts) -> str:
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "description": feed.about,
        "home_page_url": feed.home,
        "feed_url": feed.url,
        "language": _TAGS[texts.lang],
        "authors": [{"name": texts("web.site")}],
        "items": [_item(entry, texts) for entry in feed.entries],
    }
    return json.dumps(document, ensure_ascii=False)


def _item(entry: FeedEntry, texts: Texts) -> dict[str, Any]:
    item: dict[str, Any] = {
        "id": entry.id,
        "url": entry.href,
        "title": entry.title,
        "content_html": entry.html,
        "date_published": _stamp(entry.published_at),
        "date_modified": _stamp(entry.at),
        "image": entry.card,
        "tags": list(dict.fromkeys(filter(None, (entry.column, *entry.topics)))),
        "language": entry.lang if entry.lang != "und" else _TAGS[texts.lang],
    }
    if entry.author:
        item["authors"] = [{"name": entry.author}]
    if entry.original:
        item["external_url"] = entry.original
    return item


FORMATS = (
    Format("feed.xml", "application/atom+xml", _atom),
    Format("rss.xml", "application/rss+xml", _rss),
    Format("feed.json", "application/feed+json", _json),
)
_TAGS = {Lang.ZH: "zh-Hans", Lang.EN: "en"}


def answer_feed(
    request: web.Request, feed: Feed, form: Format, texts: Texts, *, private: bool
) -> web.Response:
    """The feed, or 304 when the reader has this very text (RFC 9110 §13.1).

    No date says whether it has: something may have been taken out, translated, or saved late.
    """
    headers = {
        "Cache-Control": _PRIVATE if private else _FIVE_MINUTES,
        "Vary": "Accept-Encoding",
        "Content-Language": _TAGS[texts.lang],
    }
    if private:
        headers["X-Robots-Tag"] = "noindex"
    # Editors' own words may hold what no XML can: one of them must not cost everybody the feed.
    body = _NO_XML.sub(" ", form.write(feed, texts))
    return text_response(request, body, headers, content_type=form.content_type)


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds")
