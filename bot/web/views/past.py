"""What a day looks back at: 历史上的今天, a month ago, and what became of it."""

from collections.abc import Iterable
from dataclasses import dataclass

from bot.web.moments import beijing_day, day_words
from bot.web.views.items import Item, Label, Setting, item_of
from bot.web.words import short
from digest.look_backs import LookBack, LookBackKind
from digest.model import Access, Signal
from digest.render.measures import measure_words
from digest.render.wording import said_as
from digest.texts import texts_for

MOST = 3
_MAX_WORDS = 60


@dataclass(frozen=True, slots=True)
class Came:
    """One thing that came of it, in words, and the signal or story that says so."""

    words: str
    leads: Label


@dataclass(frozen=True, slots=True)
class PastItem:
    """A past signal, why it is shown, and what came of it."""

    why: str
    item: Item
    came: tuple[Came, ...]


def past_items(found: Iterable[LookBack], setting: Setting) -> tuple[PastItem, ...]:
    """The first few that everybody may read."""
    public = (one for one in found if one.signal.access is Access.PUBLIC)
    return tuple(_item(one, setting) for one, _ in zip(public, range(MOST), strict=False))


def _item(one: LookBack, setting: Setting) -> PastItem:
    texts = texts_for(setting.visit.lang)
    day = day_words(one.on, setting.visit.lang)
    why = (
        texts.n("look_back.year", one.years, day=day)
        if one.kind is LookBackKind.YEAR
        else texts(f"look_back.{one.kind}", day=day)
    )
    return PastItem(why, item_of(one.signal, setting), tuple(_came(one, setting)))


def _came(one: LookBack, setting: Setting) -> Iterable[Came]:
    outcome, lang = one.outcome, setting.visit.lang
    texts = texts_for(lang)
    changed, change = outcome.changed, outcome.change
    if change is not None and changed is not None and changed.access is Access.PUBLIC:
        told = texts(
            "look_back.change",
            name=short(change.name, _MAX_WORDS),
            measure=short(measure_words(change.measure, texts), _MAX_WORDS),
            then=short(said_as(change.then, change.then_zh, lang), _MAX_WORDS),
            now=short(said_as(change.now, change.now_zh, lang), _MAX_WORDS),
            day=day_words(beijing_day(changed.when), lang),
        )
        yield Came(told, _label(changed, setting))
    if outcome.later:
        newest = outcome.later[-1]
        when = day_words(beijing_day(newest.when), lang)
        yield Came(
            texts.n("look_back.later", len(outcome.later), when=when), _label(newest, setting)
        )
    if outcome.story is not None:
        name = _label(outcome.story.lead, setting).name
        way = setting.visit.url(f"/story/{outcome.story.id}")
        yield Came(texts("look_back.again"), Label(name, way))


def _label(signal: Signal, setting: Setting) -> Label:
    shown = item_of(signal, setting, with_gist=False)
    return Label(shown.headline.text, shown.href)
