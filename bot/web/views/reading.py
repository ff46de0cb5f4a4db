"""详细解读 of one signal: what the article, the archive or the model gives, nothing else."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from bot.web.moments import beijing_day, day_words
from bot.web.views.items import Setting, Text
from bot.web.words import short, tag_of
from digest.insight import Difference, DifferenceKind, differences
from digest.model import Article, Insight, Lang, Signal
from digest.newness import first_told
from digest.render.measures import measure_words
from digest.render.wording import said_as
from digest.texts import texts_for

MAX_STEPS, MAX_ADVICE, MAX_DIFFERENCES = 8, 4, 5
_MAX_TEXT, _MAX_WORDS = 400, 60


@dataclass(frozen=True, slots=True)
class Event:
    """A dated event of the article: its day ("" when open), the article's own words for it."""

    day: str
    iso: str
    when: str
    text: Text
    sentence: int


@dataclass(frozen=True, slots=True)
class Concern:
    """What it means to one audience."""

    audience: str
    text: Text
    sentence: int | None


@dataclass(frozen=True, slots=True)
class DifferenceView:
    """A fact that sets the signal apart from earlier ones.

    A number has `then` and `now` and leads by `href` to the earlier signal; a name that is new
    has neither: none of `among` earlier signals has it. A `point` is one that no signal of the
    last 30 days had told; `href` leads to the likest of them.
    """

    name: str
    measure: str
    then: str
    now: str
    direction: str
    day: str
    href: str
    among: int
    point: Text | None = None

    @property
    def is_number(self) -> bool:
        """Whether it compares two numbers."""
        return bool(self.now)


def events_of(
    insight: Insight | None, article: Article | None, setting: Setting
) -> tuple[Event, ...]:
    """The timeline in the order of the days, those with an open date last."""
    moments = insight.timeline[:MAX_STEPS] if insight else ()
    lang = setting.visit.lang
    ordered = sorted(moments, key=lambda moment: (moment.on is None, moment.on or date.max))
    return tuple(
        Event(
            day=day_words(moment.on, lang) if moment.on else "",
            iso=moment.on.isoformat() if moment.on else "",
            when=short(moment.when, _MAX_WORDS),
            text=_text(moment.text, moment.lang, moment.sentence, article, lang),
            sentence=moment.sentence,
        )
        for moment in ordered
    )


def concerns_of(
    insight: Insight | None, article: Article | None, setting: Setting
) -> tuple[Concern, ...]:
    """Who is concerned, and why the article gives ground to say so."""
    advice = insight.concerned[:MAX_ADVICE] if insight else ()
    return tuple(
        Concern(
            audience=one.audience,
            text=_text(
                one.text, one.lang, (one.evidence or (-1,))[0], article, setting.visit.lang
            ),
            sentence=one.evidence[0] if one.evidence else None,
        )
        for one in advice
    )


def _text(text: str, lang: str, sentence: int, article: Article | None, reader: Lang) -> Text:
    """The text; for readers of the article's language the article's own sentence instead."""
    if article is not None and lang != reader and article.lang == reader:
        sentences = article.sentences
        if 0 <= sentence < len(sentences):
            return Text(short(sentences[sentence].text, _MAX_TEXT), tag_of(article.lang))
    return Text(short(text, _MAX_TEXT), tag_of(lang))


def differences_of(
    signal: Signal, others: Sequence[Signal], setting: Setting
) -> tuple[DifferenceView, ...]:
    """What this signal has that earlier ones of its topic have not."""
    found = differences(signal, others)[:MAX_DIFFERENCES]
    return (*_views(found, setting), *_first_told(signal, others, setting))


def _first_told(
    signal: Signal, others: Sequence[Signal], setting: Setting
) -> Iterable[DifferenceView]:
    """The point that nothing like this signal told within a month, with what it is like."""
    first = first_told(signal, others)
    if first is None:
        return
    point, like = signal.brief.points[first.point], first.compared
    yield DifferenceView(
        name="",
        measure="",
        then="",
        now="",
        direction="",
        day=day_words(beijing_day(like.when), setting.visit.lang),
        href=setting.visit.url(f"/s/{like.id}"),
        among=0,
        point=Text(short(point.text, _MAX_TEXT), tag_of(point.lang)),
    )


def _views(found: Iterable[Difference], setting: Setting) -> Iterable[DifferenceView]:
    lang = setting.visit.lang
    for one in found:
        numbers = one.kind is DifferenceKind.NUMBER
        yield DifferenceView(
            name=short(one.name, _MAX_WORDS),
            measure=short(measure_words(one.measure, texts_for(lang)), _MAX_WORDS),
            then=short(said_as(one.then, one.then_zh, lang), _MAX_WORDS) if numbers else "",
            now=short(said_as(one.now, one.now_zh, lang), _MAX_WORDS) if numbers else "",
            direction=one.direction if one.direction in {"up", "down"} else "",
            day=day_words(beijing_day(one.earlier_at), lang),
            href=setting.visit.url(f"/s/{one.earlier_id}") if one.earlier_id else "",
            among=one.among,
        )
