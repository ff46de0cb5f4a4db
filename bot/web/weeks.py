"""The weeks in review: each as a page, by column, as a picture; all as a list and a feed."""

import logging
from dataclasses import dataclass, field
from uuid import UUID, uuid5

from aiohttp import web

from bot.clock import Clock
from bot.web import views
from bot.web.feeds import FORMATS, INSTALLATION, Feed, FeedEntry, Format, Handler, answer_feed
from bot.web.guards import FRAME
from bot.web.listing import page_response, setting_of
from bot.web.moments import beijing_day
from bot.web.rendering import render_text
from bot.web.views.items import Setting
from bot.web.visit import visit_of
from digest.errors import HexinError
from digest.model import Lang
from digest.render import Links, Rendering
from digest.taxonomy import Taxonomy
from digest.texts import texts_for
from digest.weeklies.glance import glance_of
from digest.weeklies.opened import Reach, Weekly
from digest.weekly import Week
from handlers.context import Paint
from handlers.short_memory import ShortMemory
from storage import Storage
from storage.weeklies import Issue
from storage.weekly_reading import Missing, Shown, open_report, shown_of, week_as_shown

log = logging.getLogger(__name__)

IN_A_COLUMN = 8
_PUBLIC = Reach(public=True)
LISTED = 52
_IN_THE_FEED = 20
_A_DAY = "public, max-age=86400"
_WEEK = "{week:[0-9W-]{8}}"


@dataclass(frozen=True, slots=True)
class Weeks:
    """The handlers of the weeks. `paint` draws their pictures, None where nobody does."""

    storage: Storage
    taxonomy: Taxonomy
    clock: Clock
    paint: Paint | None
    memory: ShortMemory = field(default_factory=ShortMemory)

    def routes(self) -> list[web.RouteDef]:
        """Every page, the picture and the feeds."""
        return [
            web.get("/week", self.this_week),
            web.get(f"/week/{_WEEK}", self.week),
            web.get(f"/week/{_WEEK}/glance.png", self.glance),
            web.get(f"/week/{_WEEK}/{{column:[A-Za-z0-9_-]{{1,64}}}}", self.column),
            web.get("/weeks", self.weeks),
            *(web.get(f"/weeks/{form.name}", self._feed(form)) for form in FORMATS),
        ]

    async def this_week(self, request: web.Request) -> web.Response:
        """GET /week: leads to the week it is."""
        setting = setting_of(request, self.taxonomy, self.clock)
        week = Week.of(beijing_day(setting.now))
        raise web.HTTPFound(setting.visit.url(f"/week/{week}"))

    async def week(self, request: web.Request) -> web.Response:
        """GET /week/{2026-W48}: the week in review."""
        return await self._page(request, "")

    async def column(self, request: web.Request) -> web.Response:
        """GET /week/{2026-W48}/{column}: one column's week."""
        column = request.match_info["column"]
        if column not in self.taxonomy.columns:
            raise web.HTTPNotFound
        return await self._page(request, column)

    async def _page(self, request: web.Request, column: str) -> web.Response:
        setting = setting_of(request, self.taxonomy, self.clock)
        week = self._asked(request, setting)
        found = await self._opened(week, column)
        if column and isinstance(found, Missing):
            raise web.HTTPNotFound
        view = self._view(week, found, setting, request)
        return page_response(request, "week.html", setting.visit, view=view)

    def _asked(self, request: web.Request, setting: Setting) -> Week:
        week = Week.read(request.match_info["week"])
        if week is None or not is_shown(week, Week.of(beijing_day(setting.now))):
            raise web.HTTPNotFound
        return week

    def _view(
        self, week: Week, found: Weekly | Missing, setting: Setting, request: web.Request
    ) -> "views.week.WeekView":
        rendering = self._rendering(setting.visit.lang, request)
        if isinstance(found, Missing):
            return views.week.week_view(week, None, setting, rendering, found.value)
        return views.week.week_view(week, found, setting, rendering)

    def _rendering(self, lang: Lang, request: web.Request) -> Rendering:
        links = Links(request.app[FRAME].base_url)
        zone = str(self.storage.numbers.zone)
        return Rendering(links, texts_for(lang), self.taxonomy, zone)

    async def _opened(self, week: Week, column: str = "") -> Weekly | Missing:
        now = self.clock()
        found = await self._shown(week)
        if isinstance(found, Missing):
            return found
        reach = Reach(column=column, per_column=IN_A_COLUMN, public=True) if column else _PUBLIC
        opened = await open_report(self.storage, found, now, self.taxonomy, reach=reach)
        return opened or Missing.EMPTY

    async def _shown(self, week: Week) -> Shown | Missing:
        """What may be shown; a week that goes on is put together once a minute at most."""
        now, zone = self.clock(), str(self.storage.numbers.zone)

        async def find() -> Shown | Missing:
            return await week_as_shown(self.storage, week, zone, now, self.taxonomy)

        if week < Week.at(now, zone):
            return await find()
        return await self.memory.recall(week, now, find)

    async def glance(self, request: web.Request) -> web.Response:
        """GET /week/{week}/glance.png: the week at a glance, dark with `theme=dark`."""
        setting = setting_of(request, self.taxonomy, self.clock)
        visit = setting.visit
        found = await self._opened(self._asked(request, setting))
        if self.paint is None or isinstance(found, Missing):
            raise web.HTTPNotFound
        # Whoever fetches a picture for a chat speaks no language: the address does.
        lang = visit.lang if visit.chosen else Lang.ZH
        picture = glance_of(found, self._rendering(lang, request))
        if picture.is_empty:
            raise web.HTTPNotFound
        try:
            body = await self.paint.png(picture, dark=request.query.get("theme") == "dark")
        except HexinError as error:
            log.exception("the picture of week %s was not drawn", found.week)
            raise web.HTTPServiceUnavailable(headers={"Retry-After": "10"}) from error
        kept = _A_DAY if found.complete else "public, max-age=300"
        return web.Response(body=body, content_type="image/png", headers={"Cache-Control": kept})

    # --- all of them ---

    async def weeks(self, request: web.Request) -> web.Response:
        """GET /weeks: the reports there are, the newest first."""
        setting = setting_of(request, self.taxonomy, self.clock)
        shown = [
            views.week.past_week(issue.week, weekly, setting)
            for issue, weekly in await self._published(LISTED)
        ]
        return page_response(request, "weeks.html", setting.visit, weeks=shown)

    async def _published(self, limit: int) -> list[tuple[Issue, Weekly]]:
        found = []
        for issue in await self.storage.weeklies.out(limit):
            shown = shown_of(issue)
            opened = shown and await open_report(
                self.storage, shown, self.clock(), self.taxonomy, reach=_PUBLIC
            )
            if opened:
                found.append((issue, opened))
        return found

    def _feed(self, form: Format) -> Handler:
        async def serve(request: web.Request) -> web.Response:
            visit = visit_of(request)
            lang = visit.lang if visit.chosen else Lang.ZH
            texts = texts_for(lang)
            setting = setting_of(request, self.taxonomy, self.clock)
            base = request.app[FRAME].base_url
            installation = UUID((await self.storage.meta.secret(INSTALLATION))[:32])
            published = await self._published(_IN_THE_FEED)
            entries = tuple(
                self._entry(issue, weekly, setting, request, installation)
                for issue, weekly in published
            )
            feed = Feed(
                id=uuid5(installation, f"{lang} /weeks").urn,
                title=f"{texts('web.site')} · {texts('web.week')}",
                about=texts("web.about"),
                home=base + visit.url("/weeks"),
                url=base + visit.url(visit.path),
                updated=max((one.at for one in entries), default=self.clock()),
                entries=entries,
            )
            return answer_feed(request, feed, form, texts, private=False)

        return serve

    def _entry(
        self,
        issue: Issue,
        weekly: Weekly,
        setting: Setting,
        request: web.Request,
        installation: UUID,
    ) -> FeedEntry:
        visit, base = setting.visit, request.app[FRAME].base_url
        lang = visit.lang if visit.chosen else Lang.ZH
        view = self._view(issue.week, weekly, setting, request)
        at = issue.published_at or issue.made_at
        return FeedEntry(
            id=uuid5(installation, f"week/{issue.week}").urn,
            href=base + visit.url(f"/week/{issue.week}"),
            title=views.week.week_title(issue.week, setting),
            original="",
            at=at,
            published_at=at,
            author="",
            column="",
            topics=(),
            html=render_text(
                "feed_week.html", texts=texts_for(lang), view=view, base=base
            ).strip(),
            lang=lang.value,
            card=f"{base}/week/{issue.week}/card.png",
        )


def is_shown(week: Week, this: Week) -> bool:
    """Whether there is a page of `week`, seen from this one."""
    return Week(2000, 1) <= week <= this
