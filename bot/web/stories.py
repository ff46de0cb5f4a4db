"""The page of a story, and the list of 专题: those that go on, and by week those that closed."""

from dataclasses import dataclass

from aiohttp import web

from bot.clock import Clock
from bot.web import views
from bot.web.listing import page_response, setting_of
from bot.web.moments import BEIJING, beijing_day
from bot.web.trends import TrendPages
from bot.web.weeks import is_shown
from digest.agreement import MOST_COMPARED, Comparison, compare
from digest.allowed import public_part
from digest.model import Access, Signal
from digest.stories import StorySummary
from digest.taxonomy import Taxonomy
from digest.trends import TrendKind
from digest.weekly import Week
from storage import Storage
from storage.storylines import Course

MOST_OPEN, MOST_CLOSED = 60, 100


@dataclass(frozen=True, slots=True)
class StoryPages:
    """The handlers of the pages of stories."""

    storage: Storage
    taxonomy: Taxonomy
    clock: Clock
    trends: TrendPages

    async def story(self, request: web.Request) -> web.Response:
        """GET /story/{id}: everything told about one event; a lone signal is its own page."""
        setting = setting_of(request, self.taxonomy, self.clock)
        story_id = int(request.match_info["id"])
        summary = await self.storage.stories.get(story_id)
        if summary is not None and summary.id != story_id:  # editors put it into another
            raise web.HTTPFound(setting.visit.url(f"/story/{summary.id}"))
        members = await self.storage.storylines.some(story_id)
        if not members:
            raise web.HTTPNotFound
        if summary is None:
            raise web.HTTPFound(setting.visit.url(f"/s/{members[0].id}"))
        course = await self._course(story_id, setting.visit.before)
        is_newest = course.start + len(course.steps) >= course.total
        found = await self._compared(members) if is_newest else Comparison()
        beside = (await self._of(summary.follows), await self._of(summary.followed_by))
        view = views.storyline.storyline_view(summary, members, course, setting, found, beside)
        report = await self.trends.report(setting.now)
        moving = report.find(TrendKind.STORY, str(story_id))
        standing = views.trends.standing_of(moving, report, setting) if moving else None
        return page_response(
            request, "story.html", setting.visit, view=view, id=story_id, standing=standing
        )

    async def _course(self, story_id: int, before: int | None) -> Course:
        """The steps of a page: the newest, or those that come before a signal."""
        lines = self.storage.storylines
        end = await lines.place_of(story_id, before) if before is not None else 0
        end = end or await lines.length(story_id)
        start = max(0, end - views.storyline.MAX_STEPS)
        return await lines.course(story_id, start, end - start)

    async def _compared(self, members: tuple[Signal, ...]) -> Comparison:
        """Only of what everybody may read."""
        public = [one for one in members if one.access is Access.PUBLIC]
        public.sort(key=lambda one: (one.when, one.id))
        open_ = [public_part(one) for one in public[-MOST_COMPARED:]]
        return compare(open_, await self.storage.signals.articles([one.id for one in open_]))

    async def _of(self, story_id: int | None) -> StorySummary | None:
        return None if story_id is None else await self.storage.stories.get(story_id)

    async def index(self, request: web.Request) -> web.Response:
        """GET /stories: the 专题 that go on, and those that closed this week or the last."""
        week = Week.of(beijing_day(self.clock()))
        open_ = await self.storage.stories.series(limit=MOST_OPEN)
        return await self._listed(request, week, open_, weeks=2)

    async def week(self, request: web.Request) -> web.Response:
        """GET /stories/{2026-W48}: the 专题 that closed in a week."""
        week = Week.read(request.match_info["week"])
        if week is None or not is_shown(week, Week.of(beijing_day(self.clock()))):
            raise web.HTTPNotFound
        return await self._listed(request, week, None)

    async def _listed(
        self,
        request: web.Request,
        week: Week,
        open_: tuple[StorySummary, ...] | None,
        weeks: int = 1,
    ) -> web.Response:
        setting = setting_of(request, self.taxonomy, self.clock)
        since = week.moved(1 - weeks).bounds(str(BEIJING))[0]
        until = week.bounds(str(BEIJING))[1]
        closed = await self.storage.stories.series(closed=(since, until), limit=MOST_CLOSED)
        view = views.series.series_view(week, open_, closed, setting, weeks=weeks)
        return page_response(request, "stories.html", setting.visit, view=view)
