"""The pictures of pages: what a chat or a network shows beside a shared link."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

from aiohttp import web

from bot.clock import Clock
from bot.web.cards import Card
from bot.web.cards.store import CardStore, TooManyCards, mark_of
from bot.web.moments import BEIJING, beijing_day, day_words
from bot.web.views.items import headline_of
from bot.web.visit import visit_of
from bot.web.weeks import is_shown
from bot.web.words import short
from digest.allowed import public_part
from digest.model import Kind, Lang, NumberFact, Signal, SignalState
from digest.render.measures import measure_words
from digest.render.wording import in_words_of, said_as
from digest.taxonomy import Taxonomy
from digest.texts import Texts, texts_for
from digest.weekly import Week
from storage import Storage

_AN_HOUR = "public, max-age=3600"
_NAME = "{id:[A-Za-z0-9_-]{1,64}}"

Ask = Callable[[web.Request, Texts], Awaitable[Card]]


@dataclass(frozen=True, slots=True)
class CardPages:
    """The handlers of the pictures; each works out the words, `store` draws them."""

    storage: Storage
    taxonomy: Taxonomy
    clock: Clock
    store: CardStore

    def routes(self) -> list[web.RouteDef]:
        """A picture for each kind of page that is shared."""
        asked: dict[str, Ask] = {
            "": self.home,
            "/s/{id:[1-9][0-9]{0,17}}": self.signal,
            f"/column/{_NAME}": self.column,
            f"/topic/{_NAME}": self.topic,
            "/story/{id:[1-9][0-9]{0,17}}": self.story,
            "/week/{week:[0-9W-]{8}}": self.week,
        }
        return [
            web.get(f"{path}/card.png", partial(self._serve, ask)) for path, ask in asked.items()
        ]

    async def _serve(self, ask: Ask, request: web.Request) -> web.Response:
        visit = visit_of(request)
        # Whoever fetches a picture for a chat speaks no language: the address does.
        card = await ask(request, texts_for(visit.lang if visit.chosen else Lang.ZH))
        headers = {
            "ETag": f'"{mark_of(card)}"',
            "Cache-Control": _AN_HOUR,
            # Made to be shown elsewhere: readers of feeds in a browser load it from their page.
            "Cross-Origin-Resource-Policy": "cross-origin",
        }
        if headers["ETag"] in request.headers.get("If-None-Match", ""):
            return web.Response(status=304, headers=headers)
        try:
            body = await self.store.png(card)
        except TooManyCards as error:
            raise web.HTTPServiceUnavailable(headers={"Retry-After": "10"}) from error
        return web.Response(body=body, content_type="image/png", headers=headers)

    async def home(self, _request: web.Request, texts: Texts) -> Card:
        """GET /card.png: who we are."""
        today = day_words(beijing_day(self.clock()), texts.lang)
        return Card("", texts("web.site"), (texts("web.card.promise"), today), texts("web.site"))

    async def signal(self, request: web.Request, texts: Texts) -> Card:
        """GET /s/{id}/card.png: a signal in a headline and a number."""
        signal = await self.storage.signals.get(int(request.match_info["id"]))
        if signal is not None and signal.state is SignalState.REJECTED:
            raise web.HTTPGone
        if signal is None or signal.state is not SignalState.LIVE:
            raise web.HTTPNotFound
        return self._card_of(public_part(in_words_of(texts.lang, signal)), texts)

    def _card_of(self, signal: Signal, texts: Texts) -> Card:
        kind = signal.placement.kind
        column = self.taxonomy.columns.get(signal.placement.column)
        shelf = column.name(texts.lang) if column else ""
        named = () if kind is Kind.NEWS else (texts(f"web.kind.{kind.value}"),)
        fact = key_number(signal)
        return Card(
            kicker=" · ".join((shelf, *named)),
            headline=headline_of(signal).text,
            meta=(
                short(signal.source_title, 60),
                day_words(signal.when.astimezone(BEIJING).date(), texts.lang),
                texts("web.score.short", n=signal.score.total),
            ),
            brand=texts("web.site"),
            instead=(" · ".join(signal.brief.frame), short(signal.source_title, 60)),
            number=_told(fact, texts.lang) if fact else "",
            measure=short(measure_words(fact.measure, texts), 60) if fact else "",
        )

    async def column(self, request: web.Request, texts: Texts) -> Card:
        """GET /column/{id}/card.png."""
        column = self.taxonomy.columns.get(request.match_info["id"])
        if column is None:
            raise web.HTTPNotFound
        name = column.name(texts.lang)
        return Card(
            texts("web.card.column"), name, (texts("web.card.promise"),), texts("web.site")
        )

    async def topic(self, request: web.Request, texts: Texts) -> Card:
        """GET /topic/{id}/card.png."""
        topic = self.taxonomy.topic_of(request.match_info["id"])
        if topic is None:
            raise web.HTTPNotFound
        name = topic.name(texts.lang)
        return Card(texts("web.card.topic"), name, (texts("web.card.promise"),), texts("web.site"))

    async def story(self, request: web.Request, texts: Texts) -> Card:
        """GET /story/{id}/card.png: a story by its lead."""
        summary = await self.storage.stories.get(int(request.match_info["id"]))
        if summary is None:
            raise web.HTTPNotFound
        lead = public_part(in_words_of(texts.lang, summary.lead))
        told = texts(
            "web.told",
            signals=texts.n("web.told.signals", summary.signals),
            sources=texts.n("web.told.sources", summary.sources),
        )
        day = day_words(summary.updated_at.astimezone(BEIJING).date(), texts.lang)
        return Card(
            texts("web.story.page"),
            headline_of(lead).text,
            (told, day),
            texts("web.site"),
            instead=(" · ".join(lead.brief.frame), told),
        )

    async def week(self, request: web.Request, texts: Texts) -> Card:
        """GET /week/{week}/card.png."""
        week = Week.read(request.match_info["week"])
        if week is None or not is_shown(week, Week.of(beijing_day(self.clock()))):
            raise web.HTTPNotFound
        span = texts(
            "web.week.span",
            first=day_words(week.monday, texts.lang),
            last=day_words(week.sunday, texts.lang),
        )
        name = texts("web.week.name", year=week.year, n=week.number)
        return Card(texts("web.week"), name, (span,), texts("web.site"))


def key_number(signal: Signal) -> NumberFact | None:
    """A number that the headline speaks of, else the first that says what it measures."""
    headline = signal.brief.headline
    numbers = signal.brief.numbers
    spoken_of = [fact for fact in numbers if _stands_in(headline, fact)]
    named = [fact for fact in numbers if fact.measure]
    return next((fact for fact in [*spoken_of, *named] if fact.measure or fact in spoken_of), None)


def _stands_in(headline: str, fact: NumberFact) -> bool:
    return any(told and told in headline for told in (fact.text, fact.zh))


def _told(fact: NumberFact, lang: Lang) -> str:
    return short(said_as(fact.text, fact.zh, lang), 40)
