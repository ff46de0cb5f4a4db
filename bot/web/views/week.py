"""One week in review, whole or one column of it, and the list of all weeks."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from zoneinfo import ZoneInfo

from bot.pictures.size import WIDTH, height_of
from bot.web.moments import beijing_day, day_words, short_day
from bot.web.views.compared import conversion, named_measure
from bot.web.views.home import DayLabel, day_label
from bot.web.views.items import (
    Item,
    Label,
    Setting,
    Text,
    headline_of,
    item_of,
    items_of,
    topic_label,
)
from bot.web.words import short, tag_of
from digest.allowed import public_part
from digest.model import Access, Lang, NumberFact, Signal, Tier
from digest.pictures import Picture
from digest.render.measures import measure_words
from digest.render.rendering import Rendering
from digest.render.trends import usual_words
from digest.render.weekly import move_name, tier_of
from digest.render.wording import in_words_of, said_as
from digest.texts import texts_for
from digest.weeklies.glance import alt_words, glance_of
from digest.weeklies.opened import Happened, Open, ToldStory, Weekly
from digest.weeklies.report import (
    Came,
    FigureRef,
    Move,
    Phase,
    ahead_key,
    figure_key,
    move_key,
    signal_key,
    story_key,
)
from digest.weekly import Week

_MAX_LINE = 200


@dataclass(frozen=True, slots=True)
class WeekShelf:
    """A column's best of the week; `count` is how many signals it had.

    `more` leads to the column's own page of the week, "" on it; `own` are editors' words by the
    address of a signal.
    """

    label: Label
    count: int
    items: tuple[Item, ...]
    more: str
    own: dict[str, str]


@dataclass(frozen=True, slots=True)
class WeekStep:
    """What came of a story: who said it when, and what; a figure has its words in `figure`."""

    when: str
    words: Text
    href: str
    figure: str = ""


@dataclass(frozen=True, slots=True)
class WeekStory:
    """A story of the week; `own` are an editor's words in the place of its steps."""

    headline: Text
    href: str
    signals: int
    sources: int
    remark: str
    gist: Text | None
    steps: tuple[WeekStep, ...]
    own: str


@dataclass(frozen=True, slots=True)
class WeekFigure:
    """A number of the week and the signal that tells it."""

    text: Text
    converted: str
    measure: Text
    item: Item
    own: str


@dataclass(frozen=True, slots=True)
class Movement:
    """What rose or faded: how often this week, how often usually."""

    label: Label
    count: int
    usual: str
    own: str


@dataclass(frozen=True, slots=True)
class OpenEnd:
    """What is still open: by a day, or as a question."""

    day: str
    words: Text
    about: Text
    href: str


@dataclass(frozen=True, slots=True)
class Plate:
    """The picture of the week in both themes; `light` is "" where none is drawn."""

    light: str
    dark: str
    width: int
    height: int
    alt: str


@dataclass(frozen=True, slots=True)
class WeekView:
    """The week in review. Without `told` there is nothing to show, and `missing` says why."""

    id: str
    title: str
    first: DayLabel
    last: DayLabel
    complete: bool
    missing: str
    told: bool
    signals: int
    sources: int
    tier: Tier
    foreword: str
    intro: str
    column: Label | None
    columns: tuple[Label, ...]
    stories: tuple[WeekStory, ...]
    shelves: tuple[WeekShelf, ...]
    figures: tuple[WeekFigure, ...]
    rising: tuple[Movement, ...]
    fading: tuple[Movement, ...]
    ahead: tuple[OpenEnd, ...]
    plate: Plate | None
    earlier: Label
    later: Label | None
    whole: str


def week_view(
    week: Week, weekly: Weekly | None, setting: Setting, rendering: Rendering, missing: str = ""
) -> WeekView:
    """Lay out `week`; `weekly` is None where there is nothing to show of it."""
    lang = setting.visit.lang
    this = Week.of(beijing_day(setting.now))
    page = _Page(weekly, setting, rendering) if weekly else None
    column = weekly.column if weekly else ""
    return WeekView(
        id=str(week),
        title=week_title(week, setting),
        first=DayLabel(
            week.monday.isoformat(),
            day_words(week.monday, lang),
            setting.visit.url(f"/day/{week.monday}"),
        ),
        last=day_label(week.sunday, setting),
        complete=weekly.complete if weekly else week < this,
        missing=missing,
        told=weekly is not None,
        signals=weekly.tally.signals if weekly else 0,
        sources=weekly.tally.sources if weekly else 0,
        tier=tier_of(weekly, lang) if weekly else Tier.RULES,
        foreword=weekly.edits.foreword.get(lang, "") if weekly else "",
        intro=_intro(weekly, lang) if weekly else "",
        column=_column_label(column, setting) if column else None,
        columns=_columns(weekly, setting) if weekly else (),
        stories=page.stories() if page else (),
        shelves=page.shelves() if page else (),
        figures=page.figures() if page else (),
        rising=page.moves(up=True) if page else (),
        fading=page.moves(up=False) if page else (),
        ahead=page.ahead() if page else (),
        plate=page.plate() if page and weekly and not column else None,
        earlier=_week_label(week.moved(-1), setting),
        later=_week_label(week.moved(1), setting) if week < this else None,
        whole=setting.visit.url(f"/week/{week}") if column else "",
    )


def _week_label(week: Week, setting: Setting) -> Label:
    return Label(week_title(week, setting), setting.visit.url(f"/week/{week}"))


def week_title(week: Week, setting: Setting) -> str:
    """A week by its number: 2026 年第 48 周."""
    texts = texts_for(setting.visit.lang)
    return texts("web.week.name", year=week.year, n=week.number)


def _intro(weekly: Weekly, lang: Lang) -> str:
    glue = "" if lang is Lang.ZH else " "
    return glue.join(one.text for one in (weekly.intro or {}).get(lang, ()))


def _column_label(column_id: str, setting: Setting) -> Label:
    column = setting.taxonomy.columns.get(column_id)
    name = column.name(setting.visit.lang) if column else column_id
    return Label(name, setting.visit.url(f"/column/{column_id}"))


def _columns(weekly: Weekly, setting: Setting) -> tuple[Label, ...]:
    """The columns that have a page of this week."""
    return tuple(
        Label(
            _column_label(column, setting).name,
            setting.visit.url(f"/week/{weekly.week}/{column}"),
        )
        for column, ids in weekly.report.picks
        if ids and column in setting.taxonomy.columns
    )


@dataclass(frozen=True, slots=True)
class _Page:
    """The parts of a week as its page shows them."""

    weekly: Weekly
    setting: Setting
    rendering: Rendering

    def own(self, key: str) -> str:
        """An editor's words for a line in the reader's language, "" for none."""
        return self.weekly.edits.lines.get(key, {}).get(self.setting.visit.lang, "")

    def shelves(self) -> tuple[WeekShelf, ...]:
        """The columns."""
        week, visit = self.weekly.week, self.setting.visit
        counts = self.weekly.tally.by_column or {}
        return tuple(
            WeekShelf(
                _column_label(shelf.column, self.setting),
                counts.get(shelf.column, len(shelf.signals)),
                items_of(shelf.signals, self.setting),
                "" if self.weekly.column else visit.url(f"/week/{week}/{shelf.column}"),
                {
                    visit.url(f"/s/{one.id}"): own
                    for one in shelf.signals
                    if (own := self.own(signal_key(one.id)))
                },
            )
            for shelf in self.weekly.shelves
        )

    def stories(self) -> tuple[WeekStory, ...]:
        """The stories of the week with what came of them."""
        return tuple(self._story(one) for one in self.weekly.stories)

    def _story(self, story: ToldStory) -> WeekStory:
        steps = tuple(step for one in story.happened if (step := self._step(one)) is not None)
        item = item_of(story.lead, self.setting)
        return WeekStory(
            headline=item.headline,
            href=self.setting.visit.url(f"/story/{story.top.story_id}"),
            signals=story.top.signals,
            sources=story.top.sources,
            remark=self._remark(story),
            gist=None if steps else item.gist,
            steps=steps,
            own=self.own(story_key(story.top.story_id)),
        )

    def _remark(self, story: ToldStory) -> str:
        texts, top = texts_for(self.setting.visit.lang), story.top
        began = top.first_at.astimezone(ZoneInfo(self.weekly.zone)).date()
        said = ""
        if began < self.weekly.week.monday:
            said = texts("weekly.story_began", day=day_words(began, self.setting.visit.lang))
        return said if top.phase is Phase.OPEN else said + texts(f"weekly.phase.{top.phase}")

    def _step(self, one: Happened) -> WeekStep | None:
        """A step, None where its signal is closed: its words are for subscribers."""
        signal = public_part(in_words_of(self.setting.visit.lang, one.signal))
        href = self.setting.visit.url(f"/s/{signal.id}")
        when = self._when(signal)
        if one.step.came is Came.NEWS:
            point = one.step.point
            if point is None or point >= len(signal.brief.points):
                told = headline_of(signal)
            else:
                said = signal.brief.points[point]
                told = Text(said.text, tag_of(said.lang))
            return WeekStep(when, Text(short(told.text, _MAX_LINE), told.tag), href)
        sides = (one.signal, one.earlier)
        if one.fact is None or any(it and it.access is not Access.PUBLIC for it in sides):
            return None
        return WeekStep(when, headline_of(signal), href, self._figure_words(one, one.fact))

    def _figure_words(self, one: Happened, fact: NumberFact) -> str:
        texts = texts_for(self.setting.visit.lang)
        measure = short(measure_words(fact.measure, texts), 60)
        if one.earlier is None:
            return texts(
                "web.week.change",
                measure=measure,
                start=said_as(fact.start, "", texts.lang),
                end=said_as(fact.end, "", texts.lang),
            )
        before = one.step.before
        then = next((it for it in one.earlier.brief.numbers if it.text == before), None)
        return texts(
            "web.week.figure",
            measure=measure,
            before=said_as(before, then.zh if then else "", texts.lang),
            now=said_as(fact.text, fact.zh, texts.lang),
            day=short_day(self._local(one.earlier), self.setting.visit.lang),
        )

    def _local(self, signal: Signal) -> datetime:
        return signal.when.astimezone(ZoneInfo(self.weekly.zone))

    def _when(self, signal: Signal) -> str:
        day = short_day(self._local(signal), self.setting.visit.lang)
        return " · ".join(one for one in (day, short(signal.source_title, 40)) if one)

    def figures(self) -> tuple[WeekFigure, ...]:
        """The numbers; those of closed signals are for subscribers."""
        return tuple(
            WeekFigure(
                text=Text(short(one.fact.text, 60), tag_of(one.signal.lang)),
                converted=conversion(one.fact, self.setting.visit.lang),
                measure=named_measure(one.fact.measure, one.signal.lang, self.setting.visit.lang),
                item=item_of(one.signal, self.setting),
                own=self.own(figure_key(FigureRef(one.signal.id, one.fact.text))),
            )
            for one in self.weekly.figures
            if one.signal.access is Access.PUBLIC
        )

    def moves(self, *, up: bool) -> tuple[Movement, ...]:
        """What rose, or what faded."""
        texts = texts_for(self.setting.visit.lang)
        return tuple(
            Movement(
                self._move_label(one),
                one.count,
                usual_words(one.usual),
                self.own(move_key(one)) or ("" if one.kind == "topic" else texts("web.week.new")),
            )
            for one in self.weekly.moves
            if one.up is up and move_name(one, self.rendering)
        )

    def _move_label(self, move: Move) -> Label:
        if move.kind == "topic":
            return topic_label(move.key, self.setting)
        name = move_name(move, self.rendering)
        return Label(name, self.setting.visit.url("/search", q=name))

    def ahead(self) -> tuple[OpenEnd, ...]:
        """What is still open."""
        found = (self._open(one) for one in self.weekly.ahead)
        return tuple(one for one in found if one is not None)

    def _open(self, one: Open) -> OpenEnd | None:
        if one.signal.access is not Access.PUBLIC:
            return None
        lang, href = self.setting.visit.lang, self.setting.visit.url(f"/s/{one.signal.id}")
        day = short_day(one.on, lang) if one.on else ""
        about = item_of(one.signal, self.setting, with_gist=False).headline
        own = self.own(ahead_key(one.ahead))
        if own:
            return OpenEnd(day, Text(own, tag_of(lang)), about, href)
        brief = in_words_of(lang, one.signal).brief
        if one.on is None:
            gap = brief.gaps[one.ahead.place]
            return OpenEnd("", Text(short(gap.text, _MAX_LINE), tag_of(gap.lang)), about, href)
        moments = brief.insight.timeline if brief.insight else ()
        told = moments[one.ahead.place]
        return OpenEnd(day, Text(short(told.text, _MAX_LINE), tag_of(told.lang)), about, href)

    def plate(self) -> Plate | None:
        """The picture of the week."""
        made: Picture = glance_of(self.weekly, self.rendering)
        if made.is_empty:
            return None
        path, visit = f"/week/{self.weekly.week}/glance.png", self.setting.visit
        # Another picture has another address: this one may be kept for long.
        mark = sha256(repr(made).encode()).hexdigest()[:12]
        return Plate(
            visit.url(path, mark=mark),
            visit.url(path, mark=mark, theme="dark"),
            WIDTH,
            height_of(made),
            alt_words(made),
        )


@dataclass(frozen=True, slots=True)
class PastWeek:
    """A week in the list of all: its name, days, and its first headline."""

    label: Label
    days: str
    signals: int
    headline: Text | None


def past_week(week: Week, weekly: Weekly, setting: Setting) -> PastWeek:
    """One line of the list."""
    lead = next(iter(weekly.signals), None)
    first, last = (short_day(day, setting.visit.lang) for day in (week.monday, week.sunday))
    return PastWeek(
        _week_label(week, setting),
        f"{first} – {last}",
        weekly.tally.signals,
        item_of(lead, setting).headline if lead else None,
    )
