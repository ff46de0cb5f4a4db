"""The list of 专题: those that go on, and those that closed in a week."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.web.moments import Moment, beijing_day, short_day, short_moment
from bot.web.views.items import Item, Label, Setting, item_of
from digest.allowed import public_part
from digest.stories import StorySummary
from digest.texts import texts_for
from digest.weekly import Week


@dataclass(frozen=True, slots=True)
class SeriesItem:
    """One 专题: its lead's headline, how much was told of it, from when to when."""

    lead: Item
    href: str
    signals: int
    sources: int
    first_at: Moment
    latest_at: Moment


@dataclass(frozen=True, slots=True)
class SeriesView:
    """The page; `title` names the week, "" where the open ones lead."""

    title: str
    open: tuple[SeriesItem, ...]
    closed: tuple[SeriesItem, ...]
    closed_span: str
    earlier: Label
    later: Label | None
    is_index: bool


def series_view(
    week: Week,
    open_: Sequence[StorySummary] | None,
    closed: Iterable[StorySummary],
    setting: Setting,
    *,
    weeks: int = 1,
) -> SeriesView:
    """Lay out the list; `open_` is None on the page of one week."""
    lang = setting.visit.lang
    first = week.moved(1 - weeks)
    this = Week.of(beijing_day(setting.now))
    later = None
    if open_ is None:
        later = _week(week.moved(1), setting) if week < this else None
    return SeriesView(
        title="" if open_ is not None else _week(week, setting).name,
        open=tuple(_item(one, setting) for one in open_ or ()),
        closed=tuple(_item(one, setting) for one in closed),
        closed_span=f"{short_day(first.monday, lang)} – {short_day(week.sunday, lang)}",
        earlier=_week(first.moved(-1), setting),
        later=later,
        is_index=open_ is not None,
    )


def _week(week: Week, setting: Setting) -> Label:
    texts = texts_for(setting.visit.lang)
    name = texts("web.week.name", year=week.year, n=week.number)
    return Label(name, setting.visit.url(f"/stories/{week}"))


def _item(story: StorySummary, setting: Setting) -> SeriesItem:
    lang, now = setting.visit.lang, setting.now
    return SeriesItem(
        lead=item_of(public_part(story.lead), setting),
        href=setting.visit.url(f"/story/{story.id}"),
        signals=story.signals,
        sources=story.sources,
        first_at=short_moment(story.opened_at, now, lang),
        latest_at=short_moment(story.updated_at, now, lang),
    )
