"""Atom feeds of what we publish (RFC 4287): everything, and one per column."""

from dataclasses import dataclass
from datetime import UTC, datetime

from aiohttp import web

from bot.clock import Clock
from bot.web.guards import FRAME
from bot.web.rendering import render_text, text_response
from bot.web.views.allowed import public_part
from bot.web.views.items import headline_of
from bot.web.views.signal import MAX_POINT, MAX_POINTS
from bot.web.visit import Visit, visit_of
from bot.web.words import outside_link, short
from digest.model import Lang, Signal
from digest.taxonomy import Column, Taxonomy
from digest.texts import texts_for
from storage import Storage

ENTRIES = 50
_FIVE_MINUTES = "public, max-age=300"


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One signal as an Atom entry."""

    id: int
    title: str
    href: str
    original: str
    updated: str
    published: str
    author: str
    column: str
    points: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Feeds:
    """The handlers of the Atom feeds."""

    storage: Storage
    taxonomy: Taxonomy
    clock: Clock

    async def everything(self, request: web.Request) -> web.Response:
        """GET /feed.xml: the newest signals."""
        return await self._feed(request, None)

    async def column(self, request: web.Request) -> web.Response:
        """GET /column/{id}/feed.xml: the newest signals of one column."""
        column = self.taxonomy.columns.get(request.match_info["id"])
        if column is None:
            raise web.HTTPNotFound
        return await self._feed(request, column)

    async def _feed(self, request: web.Request, column: Column | None) -> web.Response:
        visit = visit_of(request)
        lang = visit.lang if visit.chosen else Lang.ZH
        found = await self.storage.signals.latest(
            column=column.id if column else None, limit=ENTRIES
        )
        body = render_text(
            "feed.xml",
            texts=texts_for(lang),
            base=request.app[FRAME].base_url,
            self_path=visit.url(request.path),
            home_path=visit.url(f"/column/{column.id}" if column else "/"),
            column=column.name(lang) if column else "",
            updated=_stamp(max((signal.created_at for signal in found), default=self.clock())),
            entries=[self._entry(signal, visit, lang) for signal in found],
        )
        headers = {"Cache-Control": _FIVE_MINUTES, "Vary": "Accept-Encoding"}
        return text_response(request, body, headers, content_type="application/atom+xml")

    def _entry(self, signal: Signal, visit: Visit, lang: Lang) -> FeedEntry:
        signal = public_part(signal)
        column = self.taxonomy.columns.get(signal.placement.column)
        points = signal.brief.points[:MAX_POINTS]
        return FeedEntry(
            id=signal.id,
            title=headline_of(signal).text,
            href=visit.url(f"/s/{signal.id}"),
            original=outside_link(signal.url),
            updated=_stamp(signal.created_at),
            published=_stamp(signal.when),
            author=short(signal.author or signal.source_title, 80),
            column=column.name(lang) if column else "",
            points=tuple(short(point.text, MAX_POINT) for point in points),
        )


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds")
