"""The page of one signal, part by part; absent where there is nothing to say."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from bot.web.moments import Moment, moment
from bot.web.views.compared import conversion, named_measure
from bot.web.views.excerpt import Excerpt, anchor_of, excerpt
from bot.web.views.items import (
    Item,
    Label,
    Setting,
    Text,
    column_label,
    headline_of,
    items_of,
    topic_labels,
)
from bot.web.views.provenance import Provenance, provenance_of
from bot.web.views.reading import (
    MAX_ADVICE,
    MAX_STEPS,
    Concern,
    DifferenceView,
    Event,
    concerns_of,
    differences_of,
    events_of,
)
from bot.web.views.story import StoryView, story_of
from bot.web.words import MAX_TITLE, clean, host_of, language_name, outside_link, short, tag_of
from digest.allowed import as_allowed
from digest.model import (
    Access,
    Article,
    FullText,
    Lang,
    Point,
    Signal,
    Tier,
    Translation,
)
from digest.render.wording import in_words_of
from storage import Edit, Spent

MAX_POINTS, MAX_NUMBERS, MAX_GAPS, MAX_RELATED, MAX_ALIKE = 6, 10, 3, 5, 12
MAX_ASKED = 3  # questions, and actions
MAX_POINT, MAX_QUOTE = 480, 480
MAX_DESCRIPTION = 280
MAX_QUOTES = 3
# Bytes of UTF-8 for all sentences quoted under points; further ones are only linked.
QUOTES_BUDGET = 5_000


@dataclass(frozen=True, slots=True)
class SignalFacts:
    """Everything storage knows for one signal's page.

    `story` holds the signals of its story around it (itself too), `told` how many came before it
    and how many there are, where those are not all; `alike` those that share its rarest words,
    `related` those of its topics, `spent` what the model cost, `photo_path`
    where its picture is, "" beside its page.
    """

    signal: Signal
    article: Article | None
    story: tuple[Signal, ...] = ()
    told: tuple[int, int] | None = None
    related: tuple[Signal, ...] = ()
    alike: tuple[Signal, ...] = ()
    newer: Signal | None = None
    older: Signal | None = None
    translation: Translation | None = None
    spent: Spent | None = None
    edit: Edit | None = None
    photo_path: str = ""


@dataclass(frozen=True, slots=True)
class Quote:
    """A sentence of the original; `href` leads to it, "" where it is not on the page.

    `text` is "" when the page has quoted enough: the link still shows the sentence in its place.
    """

    number: int
    text: str
    href: str
    tag: str


@dataclass(frozen=True, slots=True)
class PointView:
    """A point and what it rests on. `verbatim`: the point is the original's sentence itself."""

    text: Text
    quotes: tuple[Quote, ...]
    verbatim: bool
    foreign: bool
    translated: bool
    edited: bool = False


@dataclass(frozen=True, slots=True)
class NumberView:
    """A row of the table of numbers; `change` is "" where the article names no change."""

    text: str
    converted: str
    measure: Text
    change: str
    direction: str
    href: str


@dataclass(frozen=True, slots=True)
class Original:
    """The original: who wrote it, where, when, and the way there ("" when not a web address)."""

    title: Text | None
    author: str
    site: str
    at: Moment | None
    zone_known: bool
    href: str
    language: str


@dataclass(frozen=True, slots=True)
class Cue:
    """A reason for a placement: a name and the words of the article that decided."""

    what: str
    name: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SignalView:
    """The page of one signal. Empty tuples and None are parts that are absent."""

    id: int
    headline: Text
    column: Label | None
    at: Moment
    score: int
    minutes: int
    views: int
    original: Original
    points: tuple[PointView, ...]
    points_foreign: str
    numbers: tuple[NumberView, ...]
    numbers_tag: str
    why: PointView | None
    gaps: tuple[PointView, ...]
    frame: tuple[str, ...]
    difference: PointView | None
    differences: tuple[DifferenceView, ...]
    events: tuple[Event, ...]
    concerned: tuple[Concern, ...]
    questions: tuple[PointView, ...]
    actions: tuple[PointView, ...]
    cues: tuple[Cue, ...]
    story: StoryView | None
    story_href: str
    excerpt: Excerpt | None
    article_tag: str
    provenance: Provenance
    topics: tuple[Label, ...]
    keywords: tuple[Label, ...]
    related: tuple[Item, ...]
    newer: Item | None
    older: Item | None
    description: str
    access: Access
    link_only: bool
    own: bool
    photo: "PhotoView | None"


@dataclass(frozen=True, slots=True)
class PhotoView:
    """The picture of a signal, in pixels."""

    src: str
    width: int
    height: int


def signal_view(facts: SignalFacts, setting: Setting) -> SignalView:
    """Lay out one signal. Pure; everything from outside comes out bounded."""
    facts = replace(facts, signal=as_allowed(in_words_of(setting.visit.lang, facts.signal)))
    signal, brief, insight = facts.signal, facts.signal.brief, facts.signal.brief.insight
    shown = _excerpt_of(facts, setting)
    reader = _PointReader(facts.article, shown, setting.visit.lang.value)
    own = brief.tier is Tier.EDITOR
    # An editor's own words stand there whole: their points would say them twice.
    told = () if own and shown is not None else brief.points[:MAX_POINTS]
    points = tuple(reader.view(point) for point in told)
    newer = items_of([facts.newer] if facts.newer else [], setting)
    older = items_of([facts.older] if facts.older else [], setting)
    return SignalView(
        id=signal.id,
        headline=headline_of(signal),
        column=column_label(signal.placement.column, setting),
        at=moment(signal.when, setting.visit.lang),
        score=signal.score.total,
        minutes=signal.reading_minutes,
        views=signal.views,
        original=_original(signal, setting),
        points=points,
        points_foreign=_all_foreign(points, brief.points, setting),
        numbers=tuple(_numbers(signal, shown, setting.visit.lang)),
        numbers_tag=tag_of(signal.lang),
        why=reader.view(brief.why) if brief.why else None,
        gaps=tuple(reader.view(gap) for gap in brief.gaps[:MAX_GAPS]),
        frame=_frame(signal, setting),
        difference=reader.view(insight.difference) if insight and insight.difference else None,
        differences=differences_of(signal, (*facts.alike, *facts.related, *facts.story), setting),
        events=events_of(insight, facts.article, setting),
        concerned=concerns_of(insight, facts.article, setting),
        questions=reader.views(insight.questions if insight else ()),
        actions=reader.views(insight.actions if insight else ()),
        cues=tuple(_cues(signal, setting)),
        story=story_of(signal, facts.story, setting, facts.told),
        story_href=setting.visit.url(f"/story/{signal.story_id}") if signal.story_id else "",
        excerpt=shown,
        article_tag=tag_of(facts.article.lang if facts.article else signal.lang),
        provenance=provenance_of(signal, facts.article, setting, facts.spent, facts.edit),
        topics=topic_labels(signal.placement.topics[:8], setting),
        keywords=_keywords(brief.keywords, setting),
        related=_related(facts, setting),
        newer=newer[0] if newer else None,
        older=older[0] if older else None,
        description=short(" ".join(point.text for point in brief.points[:2]), MAX_DESCRIPTION),
        access=signal.access,
        link_only=signal.full_text is FullText.LINK,
        own=own,
        photo=_photo(facts, setting),
    )


def _photo(facts: SignalFacts, setting: Setting) -> PhotoView | None:
    photo = facts.signal.photo
    if photo is None:
        return None
    path = facts.photo_path or f"/s/{facts.signal.id}/photo.jpg"
    src = setting.visit.url(path, k=setting.visit.seal)
    return PhotoView(src, photo.width, photo.height)


class _PointReader:
    """Turns points into views, quoting the article's sentences and linking those on the page.

    Where the text is not on the page, nothing of it is quoted either: only the paragraph is named.
    """

    def __init__(self, article: Article | None, shown: Excerpt | None, lang: str) -> None:
        self._sentences = article.sentences if article else ()
        self._shown = shown.shown if shown else frozenset()
        self._lang = lang
        self._left = QUOTES_BUDGET if shown else -1
        self._tag = tag_of(article.lang if article else "")

    def views(self, points: Sequence[Point]) -> tuple[PointView, ...]:
        """Some questions or actions, the first few."""
        return tuple(self.view(point) for point in points[:MAX_ASKED])

    def view(self, point: Point) -> PointView:
        quotes = tuple(self._quotes(point))
        return PointView(
            text=Text(short(point.text, MAX_POINT), tag_of(point.lang)),
            quotes=quotes,
            verbatim=self._is_verbatim(point),
            foreign=point.lang != self._lang,
            translated=point.translated,
            edited=point.edited,
        )

    def _is_verbatim(self, point: Point) -> bool:
        numbers = [number for number in point.evidence if 0 <= number < len(self._sentences)]
        if len(numbers) != 1:
            return False
        sentence = self._sentences[numbers[0]].text
        return _same(short(sentence, MAX_QUOTE), short(point.text, MAX_QUOTE))

    def _quotes(self, point: Point) -> Iterable[Quote]:
        for number in point.evidence[:MAX_QUOTES]:
            if 0 <= number < len(self._sentences):
                href = f"#{anchor_of(number)}" if number in self._shown else ""
                text = short(self._sentences[number].text, MAX_QUOTE)
                self._left -= len(text.encode())
                yield Quote(
                    self._sentences[number].paragraph + 1,
                    text if self._left >= 0 else "",
                    href,
                    self._tag,
                )


def _frame(signal: Signal, setting: Setting) -> tuple[str, ...]:
    """Facts of a foreign headline in Chinese, for those who read Chinese."""
    foreign = signal.brief.headline_lang not in {Lang.ZH, ""}
    if setting.visit.lang is not Lang.ZH or not foreign:
        return ()
    return tuple(short(part, 60) for part in signal.brief.frame[:5])


def _excerpt_of(facts: SignalFacts, setting: Setting) -> Excerpt | None:
    if facts.article is None or not any(facts.article.paragraphs):
        return None
    if facts.signal.full_text is FullText.LINK:
        return None
    translation = facts.translation
    if translation is not None and translation.lang != setting.visit.lang:
        translation = None
    return excerpt(
        facts.article,
        _evidence(facts.signal),
        full=facts.signal.full_text is FullText.FULL,
        said=_said(facts.signal),
        translation=translation,
    )


def _said(signal: Signal) -> int:
    """Bytes that the brief's own sentences take on the page."""
    return sum(len(short(point.text, MAX_POINT).encode()) for point in _shown_points(signal))


def _shown_points(signal: Signal) -> tuple[Point, ...]:
    brief, insight = signal.brief, signal.brief.insight
    why = (brief.why,) if brief.why else ()
    shown = (*brief.points[:MAX_POINTS], *why, *brief.gaps[:MAX_GAPS])
    if insight is None:
        return shown
    difference = (insight.difference,) if insight.difference else ()
    return (*shown, *difference, *insight.questions[:MAX_ASKED], *insight.actions[:MAX_ASKED])


def _evidence(signal: Signal) -> frozenset[int]:
    points, numbers = _shown_points(signal), signal.brief.numbers[:MAX_NUMBERS]
    insight = signal.brief.insight
    moments = insight.timeline[:MAX_STEPS] if insight else ()
    advice = insight.concerned[:MAX_ADVICE] if insight else ()
    return frozenset(
        [number for point in points for number in point.evidence[:MAX_QUOTES]]
        + [fact.sentence for fact in numbers]
        + [moment.sentence for moment in moments]
        + [number for one in advice for number in one.evidence[:1]]
    )


def _numbers(signal: Signal, shown: Excerpt | None, lang: Lang) -> Iterable[NumberView]:
    for fact in signal.brief.numbers[:MAX_NUMBERS]:
        start, end = short(fact.start, 40), short(fact.end, 40)
        on_page = shown is not None and fact.sentence in shown.shown
        yield NumberView(
            text=short(fact.text, 60),
            converted=conversion(fact, lang),
            measure=named_measure(fact.measure, signal.lang, lang),
            change=f"{start} → {end}" if start and end else "",
            direction=fact.direction if fact.direction in {"up", "down"} else "",
            href=f"#{anchor_of(fact.sentence)}" if on_page else "",
        )


def _original(signal: Signal, setting: Setting) -> Original:
    lang = setting.visit.lang
    title = Text(short(signal.title, MAX_TITLE), tag_of(signal.lang))
    told = bool(title.text) and not _same(title.text, headline_of(signal).text)
    published = signal.published_at
    return Original(
        title=title if told else None,
        author=short(signal.author, 80),
        site=short(signal.site or signal.source_title or host_of(signal.url), 60),
        at=moment(published, lang, signal.utc_offset_min) if published else None,
        zone_known=signal.utc_offset_min is not None,
        href=outside_link(signal.url),
        language=language_name(signal.lang, lang) if signal.lang != lang.value else "",
    )


def _all_foreign(views: Sequence[PointView], points: Sequence[Point], setting: Setting) -> str:
    """The language that every point is left in, "" when at least one is the reader's."""
    if not views or not all(view.foreign for view in views):
        return ""
    return language_name(points[0].lang, setting.visit.lang) or points[0].lang


def _cues(signal: Signal, setting: Setting) -> Iterable[Cue]:
    placement, taxonomy, lang = signal.placement, setting.taxonomy, setting.visit.lang
    named = [("kind", placement.kind.value, placement.cues.get("kind", ()))]
    column = taxonomy.columns.get(placement.column)
    if column:
        named.append(("column", column.name(lang), placement.cues.get("column", ())))
    for topic_id in placement.topics[:5]:
        topic = taxonomy.topic_of(topic_id)
        if topic:
            named.append(("topic", topic.name(lang), placement.cues.get(topic_id, ())))
    for what, name, words in named:
        if words:
            yield Cue(what, name, tuple(short(word, 30) for word in words[:6]))


def _keywords(keywords: Sequence[str], setting: Setting) -> tuple[Label, ...]:
    words = (short(word, 30) for word in keywords[:6] if word.strip())
    return tuple(Label(word, setting.visit.url("/search", q=word)) for word in words)


def _related(facts: SignalFacts, setting: Setting) -> tuple[Item, ...]:
    elsewhere = {facts.signal.id, *(signal.id for signal in facts.story)}
    others = [signal for signal in facts.related if signal.id not in elsewhere]
    return items_of(others[:MAX_RELATED], setting)


def _same(one: str, other: str) -> bool:
    return _letters(one) == _letters(other)


def _letters(text: str) -> str:
    return "".join(letter for letter in clean(text).casefold() if letter.isalnum())
