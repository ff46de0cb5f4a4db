"""The HTML pages. Each asks storage, works out a view, and fills a template."""

import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from aiohttp import web

from bot.clock import Clock
from bot.web import views
from bot.web.guards import FRAME
from bot.web.lasting import Lasting
from bot.web.listing import PER_PAGE, listing_of, page_response, setting_of
from bot.web.moments import BEIJING, beijing_day, day_bounds
from bot.web.readers import is_a_reading
from bot.web.rendering import html_response, render_page
from bot.web.trends import TrendPages
from bot.web.views.items import Setting, items_of
from digest.allowed import public_part
from digest.model import Access, Signal, SignalState
from digest.newness import telling_words
from digest.seals import KEY_NAME, is_sealed
from digest.taxonomy import Taxonomy
from digest.texts import texts_for
from digest.trends import TrendKind
from storage import Storage

log = logging.getLogger(__name__)

YIELDS_FOR = timedelta(minutes=10)
YIELD_DAYS = 30
# More than any reader scrolls through; the columns' own pages have the rest.
HOME_LIMIT = 300
_ZONE = str(BEIJING)


@dataclass(frozen=True, slots=True)
class Pages:
    """The handlers of all HTML pages."""

    storage: Storage
    taxonomy: Taxonomy
    clock: Clock
    trends: TrendPages
    yields: Lasting[dict[int, int]] = field(default_factory=lambda: Lasting(YIELDS_FOR))

    def _setting(self, request: web.Request) -> Setting:
        return setting_of(request, self.taxonomy, self.clock)

    async def home(self, request: web.Request) -> web.Response:
        """GET /: today."""
        setting = self._setting(request)
        start, end = day_bounds(beijing_day(setting.now))
        signals = self.storage.signals
        today = await signals.day(start, end, limit=HOME_LIMIT)
        facts = views.home.HomeFacts(
            today=today,
            column_counts=await signals.counts(start, by="column"),
            rising=(await self.trends.report(setting.now)).rising,
            recent=await signals.latest(limit=PER_PAGE) if len(today) < PER_PAGE else (),
            sources=() if today else await self.storage.sources.all(),
            waiting=0 if today else await self.storage.entries.waiting(setting.now),
            pinned=await self._pinned(setting.now),
        )
        past = await self.storage.past.of_day(beijing_day(setting.now), _ZONE, setting.now)
        return page_response(
            request,
            "home.html",
            setting.visit,
            view=views.home.home_view(facts, setting),
            past=views.past.past_items(past, setting),
        )

    async def _pinned(self, now: datetime, column: str = "") -> tuple[Signal, ...]:
        """What editors let lead everything, or a column."""
        pinned = await self.storage.pins.signals(now)
        if column:
            return tuple(one for one, _ in pinned if one.placement.column == column)
        return tuple(one for one, pin in pinned if pin.everywhere)

    async def _yields(self, now: datetime) -> dict[int, int]:
        """How many signals each source brought in a month, counted at most once in ten minutes."""

        async def count() -> dict[int, int]:
            since = now - timedelta(days=YIELD_DAYS)
            counts = await self.storage.signals.counts(since, by="source")
            return {int(number): n for number, n in counts.items()}

        return await self.yields.get(now, count)

    async def signal(self, request: web.Request) -> web.Response:
        """GET /s/{id}: one signal, for ever under the same address."""
        setting = self._setting(request)
        signal = await self.readable(request)
        if not await self._is_open(signal, setting):
            return self._closed(request, signal, setting)
        view, views_text = await self.shown(signal, setting)
        body = render_page(
            "signal.html", request.app[FRAME], setting.visit, view=view, views_text=views_text
        )
        if is_a_reading(request):
            await self._count_view(signal.id)
        private = signal.access is not Access.PUBLIC
        return html_response(request, setting.visit, body, volatile=views_text, private=private)

    async def shown(
        self, signal: Signal, setting: Setting
    ) -> "tuple[views.signal.SignalView, str]":
        """What a signal's page shows, and how often it was read in words."""
        view = views.signal.signal_view(await self._facts(signal, setting), setting)
        return view, texts_for(setting.visit.lang).n("web.views", view.views)

    async def readable(self, request: web.Request) -> Signal:
        """The signal that the address names. Raises HTTPNotFound, HTTPGone for a rejected one.

        One that was read for a reader's link is there for sealed links alone.
        """
        signal = await self.storage.signals.get(int(request.match_info["id"]))
        if signal is not None and signal.state is SignalState.REJECTED:
            raise web.HTTPGone
        if signal is not None and signal.state is SignalState.PRIVATE:
            if await self._is_open(signal, self._setting(request)):
                return signal
            raise web.HTTPNotFound
        if signal is None or signal.state is not SignalState.LIVE:
            raise web.HTTPNotFound
        return signal

    async def opened(self, request: web.Request) -> Signal:
        """The signal that the address names. Raises HTTPNotFound when it is not open to all."""
        signal = await self.readable(request)
        if not await self._is_open(signal, self._setting(request)):
            raise web.HTTPNotFound
        return signal

    async def _is_open(self, signal: Signal, setting: Setting) -> bool:
        if signal.access is Access.PUBLIC:
            return True
        seal = setting.visit.seal
        return bool(seal) and is_sealed(
            await self.storage.meta.secret(KEY_NAME), signal.id, seal, setting.now
        )

    def _closed(self, request: web.Request, signal: Signal, setting: Setting) -> web.Response:
        """The public part of a subscribers' page, and the way to a link that opens it."""
        frame = request.app[FRAME]
        view = views.signal.signal_view(
            views.signal.SignalFacts(public_part(signal), None), setting
        )
        body = render_page(
            "signal_closed.html",
            frame,
            setting.visit,
            view=view,
            tried=bool(setting.visit.seal),
            bot_link=f"{frame.bot_url}?start=s_{signal.id}" if frame.bot_url else "",
        )
        return html_response(request, setting.visit, body, private=True)

    async def _facts(self, signal: Signal, setting: Setting) -> "views.signal.SignalFacts":
        signals, lang = self.storage.signals, setting.visit.lang
        older_id, newer_id = await signals.neighbours(signal.id)
        around = await signals.get_many([number for number in (older_id, newer_id) if number])
        beside = {neighbour.id: neighbour for neighbour in around}
        story = None
        if signal.story_id:
            story = await self.storage.storylines.around(signal.story_id, signal.id)
        related = await signals.related(signal.id, views.signal.MAX_RELATED * 2)
        near = await self.storage.search.near(
            telling_words(signal.title, signal.brief), each=views.signal.MAX_ALIKE
        )
        alike = await signals.get_many(
            [one for one in near if one != signal.id][: views.signal.MAX_ALIKE]
        )
        return views.signal.SignalFacts(
            signal=signal,
            article=await signals.article(signal.id),
            story=tuple(map(public_part, story.signals)) if story else (),
            told=(story.earlier, story.total) if story else None,
            related=tuple(map(public_part, related)),
            alike=tuple(map(public_part, alike)),
            newer=beside.get(newer_id or 0),
            older=beside.get(older_id or 0),
            # In the reader's own language too: traditional Chinese has a simplified form.
            translation=await self.storage.translations.get(signal.id, lang),
            spent=await self.storage.spending.of_signal(signal.id) if signal.brief.maker else None,
            edit=await self.storage.editing.of(signal.id),
        )

    async def _count_view(self, signal_id: int) -> None:
        try:
            await self.storage.signals.add_view(signal_id)
        except Exception:  # a page that can be shown is shown, counted or not
            log.exception("view of signal %s was not counted", signal_id)

    async def column(self, request: web.Request) -> web.Response:
        """GET /column/{id}: a column's signals, newest first."""
        setting = self._setting(request)
        column = self.taxonomy.columns.get(request.match_info["id"])
        if column is None:
            raise web.HTTPNotFound
        found = await self.storage.signals.latest(
            column=column.id, before=setting.visit.before, limit=PER_PAGE + 1
        )
        pinned = () if setting.visit.before else await self._pinned(setting.now, column.id)
        return page_response(
            request,
            "column.html",
            setting.visit,
            column=column,
            pinned=items_of(pinned, setting),
            listing=listing_of(found, setting, f"/column/{column.id}"),
        )

    async def topic(self, request: web.Request) -> web.Response:
        """GET /topic/{id}: a topic's signals and how often it came up lately."""
        setting = self._setting(request)
        topic = self.taxonomy.topic_of(request.match_info["id"])
        if topic is None:
            raise web.HTTPNotFound
        found = await self.storage.signals.latest(
            topic=topic.id, before=setting.visit.before, limit=PER_PAGE + 1
        )
        spans = views.trend.SPANS
        span = setting.visit.days if setting.visit.days in spans else spans[0]
        # By the calendar, as the signals beneath are dated: today counts as far as it has come.
        _, midnight = day_bounds(beijing_day(setting.now))
        last = midnight - timedelta(microseconds=1)
        days = await self.storage.signals.topic_days(span, last, topic=topic.id)
        path = f"/topic/{topic.id}"
        report = await self.trends.report(setting.now)
        moving = report.find(TrendKind.TOPIC, topic.id)
        return page_response(
            request,
            "topic.html",
            setting.visit,
            topic=topic,
            trend=views.trend.trend(
                days.get(topic.id, ()), setting, moving.began_at if moving else None
            ),
            standing=views.trends.standing_of(moving, report, setting) if moving else None,
            spans=tuple((days, setting.visit.url(path, days=days)) for days in spans),
            listing=listing_of(found, setting, path),
        )

    async def sources(self, request: web.Request) -> web.Response:
        """GET /sources: what we read and how it is doing."""
        setting = self._setting(request)
        view = views.sources.sources_view(
            await self.storage.sources.all(), setting, await self._yields(setting.now)
        )
        return page_response(request, "sources.html", setting.visit, view=view)
