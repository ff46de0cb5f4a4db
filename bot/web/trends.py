"""The page of what rises, and how a subject stands for pages that tell of one."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from aiohttp import web

from bot.clock import Clock
from bot.web import views
from bot.web.feeds import FORMATS, INSTALLATION, Feed, FeedEntry, Format, Handler, answer_feed
from bot.web.guards import FRAME
from bot.web.lasting import Lasting
from bot.web.listing import page_response, setting_of
from bot.web.rendering import render_text
from digest.model import Lang, SignalState
from digest.taxonomy import Taxonomy
from digest.texts import Texts, texts_for
from digest.trends import Trend, TrendKind, Trends
from storage import Storage

REPORT_FOR = timedelta(minutes=1)
BEGUN_FOR = timedelta(minutes=5)
_ENTRIES = 50

Begun = tuple[tuple[datetime, Trend], ...]


@dataclass(frozen=True, slots=True)
class TrendPages:
    """The handler of /trends, and the report that other pages ask."""

    storage: Storage
    taxonomy: Taxonomy
    clock: Clock
    reports: Lasting[Trends] = field(default_factory=lambda: Lasting(REPORT_FOR))
    bursts: Lasting[Begun] = field(default_factory=lambda: Lasting(BEGUN_FOR))

    def routes(self) -> list[web.RouteDef]:
        """The page, and what began to rise as feeds."""
        feeds = (web.get(f"/trends/{form.name}", self._feed(form)) for form in FORMATS)
        return [web.get("/trends", self.trends), *feeds]

    async def trends(self, request: web.Request) -> web.Response:
        """GET /trends: what rises, of 24 hours or with `days=7` of a week."""
        setting = setting_of(request, self.taxonomy, self.clock)
        report = await self.report(setting.now)
        view = views.trends.trends_view(
            report, await self.behind(views.trends.told(report)), setting
        )
        return page_response(request, "trends.html", setting.visit, view=view)

    async def report(self, now: datetime) -> Trends:
        """What moves, worked out at most once a minute."""
        return await self.reports.get(now, lambda: self.storage.trends.report(now))

    async def behind(self, every: tuple[Trend, ...]) -> "views.trends.Behind":
        """The live signals that trends rest on, and those that lead their stories."""
        found = await self.storage.signals.get_many(views.trends.ids_of(every))
        live = {one.id: one for one in found if one.state is SignalState.LIVE}
        heads = {}
        for one in every:
            if one.kind is TrendKind.STORY and one.key.isdecimal():
                story = await self.storage.stories.get(int(one.key))
                if story is not None:
                    heads[one.key] = story.lead
        return views.trends.Behind(live, heads)

    def _feed(self, form: Format) -> Handler:
        async def serve(request: web.Request) -> web.Response:
            setting = setting_of(request, self.taxonomy, self.clock)
            visit, base = setting.visit, request.app[FRAME].base_url
            lang = visit.lang if visit.chosen else Lang.ZH
            texts = texts_for(lang)
            installation = UUID((await self.storage.meta.secret(INSTALLATION))[:32])
            begun = await self.bursts.get(
                setting.now, lambda: self.storage.trends.begun(setting.now)
            )
            behind = await self.behind(tuple(one for _, one in begun[:_ENTRIES]))
            entries = tuple(
                _entry(
                    at,
                    one,
                    views.trends.begun_row(one, behind, setting, lang),
                    base,
                    texts,
                    installation,
                )
                for at, one in begun[:_ENTRIES]
            )
            feed = Feed(
                id=uuid5(installation, f"{lang} /trends").urn,
                title=f"{texts('web.site')} · {texts('web.trends')}",
                about=texts("web.trends.description"),
                home=base + visit.url("/trends"),
                url=base + visit.url(visit.path),
                updated=max((one.at for one in entries), default=setting.now),
                entries=entries,
            )
            return answer_feed(request, feed, form, texts, private=False)

        return serve


def _entry(
    at: datetime,
    trend: Trend,
    row: "views.trends.Row",
    base: str,
    texts: Texts,
    installation: UUID,
) -> FeedEntry:
    return FeedEntry(
        id=uuid5(installation, f"trend/{trend.kind}/{trend.key}/{at.isoformat()}").urn,
        href=base + row.href,
        title=texts("trends.alert.title", name=row.name),
        original="",
        at=at,
        published_at=at,
        author="",
        column="",
        topics=(),
        html=render_text("feed_trend.html", texts=texts, row=row, base=base).strip(),
        lang=texts.lang.value,
        card=f"{base}/card.png",
    )
