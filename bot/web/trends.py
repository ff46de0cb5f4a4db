"""The page of what rises, and how a subject stands for pages that tell of one."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from aiohttp import web

from bot.clock import Clock
from bot.web.lasting import Lasting
from bot.web.listing import page_response, setting_of
from bot.web.views.trends import Behind, ids_of, told, trends_view
from digest.model import SignalState
from digest.taxonomy import Taxonomy
from digest.trends import TrendKind, Trends
from storage import Storage

REPORT_FOR = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class TrendPages:
    """The handler of /trends, and the report that other pages ask."""

    storage: Storage
    taxonomy: Taxonomy
    clock: Clock
    reports: Lasting[Trends] = field(default_factory=lambda: Lasting(REPORT_FOR))

    async def trends(self, request: web.Request) -> web.Response:
        """GET /trends: what rises, of 24 hours or with `days=7` of a week."""
        setting = setting_of(request, self.taxonomy, self.clock)
        report = await self.report(setting.now)
        view = trends_view(report, await self.behind(report), setting)
        return page_response(request, "trends.html", setting.visit, view=view)

    async def report(self, now: datetime) -> Trends:
        """What moves, worked out at most once a minute."""
        return await self.reports.get(now, lambda: self.storage.trends.report(now))

    async def behind(self, report: Trends) -> Behind:
        """The live signals that a report rests on, and those that lead its stories."""
        every = told(report)
        found = await self.storage.signals.get_many(ids_of(every))
        live = {one.id: one for one in found if one.state is SignalState.LIVE}
        heads = {}
        for one in every:
            if one.kind is TrendKind.STORY and one.key.isdecimal():
                story = await self.storage.stories.get(int(one.key))
                if story is not None:
                    heads[one.key] = story.lead
        return Behind(live, heads)
