"""The search page: words, narrowed by column, topic, source and day."""

from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from bot.clock import Clock
from bot.web.listing import PER_PAGE, Listing, page_response, setting_of
from bot.web.moments import BEIJING, day_bounds, day_words, parse_day
from bot.web.views.items import Label, Setting, items_of
from bot.web.words import short
from digest.finding import Narrowing, narrowed
from digest.model import Source
from digest.taxonomy import Taxonomy
from storage import Storage

MAX_SOURCES = 30
_PATH = "/search"


@dataclass(frozen=True, slots=True)
class Choice:
    """An option of a filter."""

    value: str
    name: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Filters:
    """What narrows the search, what else could, and the links that take a filter away."""

    columns: tuple[Choice, ...]
    sources: tuple[Choice, ...]
    day: str
    topic: str
    chosen: tuple[Label, ...]


@dataclass(frozen=True, slots=True)
class SearchPages:
    """The handler of the search page."""

    storage: Storage
    taxonomy: Taxonomy
    clock: Clock

    async def search(self, request: web.Request) -> web.Response:
        """GET /search?q=&column=&topic=&source=&day=: recent days first, the best within a day."""
        setting = setting_of(request, self.taxonomy, self.clock)
        visit = setting.visit
        narrowing = narrowing_of(setting)
        search = self.storage.search
        is_asked = bool(visit.query) or narrowing != Narrowing()
        sought = None
        if is_asked:
            sought = await search.page(
                visit.query,
                narrowing,
                zone=str(BEIJING),
                after=visit.before or 0,
                size=PER_PAGE,
            )
        named = await self._sources(setting, narrowing) if is_asked else ()
        shown = sought.signals if sought else ()
        asked = _asked(setting)
        more = sought is not None and sought.page.more
        listing = Listing(
            items=items_of(shown, setting),
            older=visit.url(_PATH, **asked, before=shown[-1].id) if more else "",
            first=visit.url(_PATH, **asked) if visit.before else "",
        )
        return page_response(
            request,
            "search.html",
            visit,
            is_asked=is_asked,
            count=sought.page.total if sought else 0,
            capped=sought is not None and sought.capped,
            filters=_filters(setting, narrowing, named),
            listing=listing,
        )

    async def _sources(
        self, setting: Setting, narrowing: Narrowing
    ) -> Sequence[tuple[Source, int]]:
        """The sources of what would be found without naming one, those of most signals first."""
        wide = narrowed(narrowing, "source")
        search = self.storage.search
        matches = await search.window(setting.visit.query, wide)
        counts = await search.sources_among([match.id for match in matches])
        most = sorted(counts, key=lambda number: (-counts[number], number))[:MAX_SOURCES]
        wanted = dict.fromkeys([*most, *narrowing.sources])
        by_id = {source.id: source for source in await self.storage.sources.all()}
        return [(by_id[number], counts.get(number, 0)) for number in wanted if number in by_id]


def narrowing_of(setting: Setting) -> Narrowing:
    """What the address narrows the search to; what nobody knows narrows nothing."""
    visit, taxonomy = setting.visit, setting.taxonomy
    day = parse_day(visit.day)
    since, until = day_bounds(day) if day else (None, None)
    return Narrowing(
        column=taxonomy.columns.now(visit.column) if visit.column in taxonomy.columns else None,
        topic=taxonomy.topics.now(visit.topic) if visit.topic in taxonomy.topics else None,
        sources=(visit.source,) if visit.source else (),
        since=since,
        until=until,
    )


def _asked(setting: Setting) -> dict[str, str | int | None]:
    visit = setting.visit
    return {
        "q": visit.query,
        "column": visit.column,
        "topic": visit.topic,
        "source": visit.source,
        "day": visit.day,
    }


def _filters(
    setting: Setting, narrowing: Narrowing, named: Sequence[tuple[Source, int]]
) -> Filters:
    visit, lang = setting.visit, setting.visit.lang
    day = parse_day(visit.day)
    chosen: list[tuple[str, str]] = []
    if narrowing.column:
        chosen.append(("column", setting.taxonomy.columns[narrowing.column].name(lang)))
    if narrowing.topic:
        chosen.append(("topic", "#" + setting.taxonomy.topics[narrowing.topic].name(lang)))
    for source, _ in named:
        if source.id == visit.source:
            chosen.append(("source", short(source.spec.title, 40)))
    if day:
        chosen.append(("day", day_words(day, lang)))
    asked = _asked(setting)
    return Filters(
        columns=tuple(
            Choice(column.id, column.name(lang), column.id == narrowing.column)
            for column in setting.taxonomy.columns.values()
        ),
        sources=tuple(
            Choice(str(source.id), f"{short(source.spec.title, 40)} ({count})", is_it)
            for source, count in named
            for is_it in (source.id == visit.source,)
        ),
        day=day.isoformat() if day else "",
        topic=narrowing.topic or "",
        chosen=tuple(
            Label(name, visit.url(_PATH, **(asked | {what: ""}))) for what, name in chosen
        ),
    )
