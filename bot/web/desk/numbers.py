"""The numbers on a private page: in words, as pictures, and every number of those in a table."""

import logging
from dataclasses import dataclass

from aiohttp import web

from bot.pictures.size import WIDTH, height_of
from bot.web.desk.door import HOME, Member
from bot.web.desk.frame import desk_page
from digest.errors import HexinError
from digest.numberpictures import PICTURES, Named, picture_of
from digest.numbers import Figures
from digest.overview import Line, compared_words, overview, span_words, title_words
from digest.pictures import Picture, Table, tables_of
from digest.texts import texts_for
from handlers.context import Paint

log = logging.getLogger(__name__)

SPANS = (7, 30, 90)
_PATH = f"{HOME}/stats"


@dataclass(frozen=True, slots=True)
class Painting:
    """Whoever draws, None in processes where nobody does."""

    paint: Paint | None


PAINTING = web.AppKey("painting", Painting)


@dataclass(frozen=True, slots=True)
class Plate:
    """A picture as the page shows it; `light` and `dark` are addresses, "" where none is drawn."""

    name: str
    title: str
    light: str
    dark: str
    width: int
    height: int
    alt: str
    tables: tuple[Table, ...]


@dataclass(frozen=True, slots=True)
class StatsView:
    """The page: which days, with what they are compared, the lines, the pictures."""

    title: str
    span: str
    compared: str
    spans: tuple[tuple[int, str, bool], ...]
    lines: tuple[Line, ...]
    plates: tuple[Plate, ...]


async def stats(request: web.Request, member: Member) -> web.Response:
    """GET /desk/stats: the numbers of so many days."""
    days = _days(member)
    texts = texts_for(member.visit.lang)
    figures = await member.storage.numbers.latest(days, member.setting.now)
    named = await _named(member)
    lines = overview(figures, texts, named.topics)
    drawn = request.app[PAINTING].paint is not None
    pictures = (picture_of(name, figures, texts, named) for name in PICTURES)
    view = StatsView(
        title=title_words(figures, texts),
        span=span_words(figures, texts),
        compared=compared_words(figures, texts),
        spans=tuple((one, member.visit.url(_PATH, days=one), one == days) for one in SPANS),
        lines=lines,
        plates=tuple(
            _plate(one, member, lines, days, drawn=drawn) for one in pictures if not one.is_empty
        ),
    )
    return desk_page(request, member, "desk_stats.html", view=view)


async def picture(request: web.Request, member: Member) -> web.Response:
    """GET /desk/stats/{picture}.png: one picture, on a dark ground with `theme=dark`."""
    name, paint = request.match_info["picture"], request.app[PAINTING].paint
    if paint is None or name not in PICTURES:
        raise web.HTTPNotFound
    made = picture_of(
        name, await _figures(member), texts_for(member.visit.lang), await _named(member)
    )
    if made.is_empty:
        raise web.HTTPNotFound
    try:
        body = await paint.png(made, dark=request.query.get("theme") == "dark")
    except HexinError as error:
        log.exception("the picture of %s was not drawn", name)
        raise web.HTTPServiceUnavailable(headers={"Retry-After": "10"}) from error
    return web.Response(body=body, content_type="image/png")


def _days(member: Member) -> int:
    return member.visit.days if member.visit.days in SPANS else SPANS[0]


async def _figures(member: Member) -> Figures:
    return await member.storage.numbers.latest(_days(member), member.setting.now)


async def _named(member: Member) -> Named:
    topics = member.setting.taxonomy.topics.values()
    sources = await member.storage.sources.all()
    return Named(
        {topic.id: topic.name(member.visit.lang) for topic in topics},
        {str(one.id): one.spec.title for one in sources},
    )


def _plate(
    made: Picture, member: Member, lines: tuple[Line, ...], days: int, *, drawn: bool
) -> Plate:
    path = f"{_PATH}/{made.name}.png"
    said = [line.text for line in lines if line.name == made.name]
    visit = member.visit
    return Plate(
        made.name,
        made.title,
        visit.url(path, days=days) if drawn else "",
        visit.url(path, days=days, theme="dark") if drawn else "",
        WIDTH,
        height_of(made),
        ": ".join((f"{made.title} · {made.span}", *said)),
        tables_of(made),
    )
