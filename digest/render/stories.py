"""Stories as messages: one from its beginning, and lists of those told now."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from digest.agreement import Agreed, Comparison, Disagreement, Statement
from digest.chronicle import Told
from digest.model import Changed, Message, Signal
from digest.render.cards import number_words
from digest.render.fit import MAX_UNITS, count_units, cut, escape, shorten
from digest.render.lines import SEPARATOR, number_rows, paragraphs
from digest.render.rendering import Rendering
from digest.render.trends import story_headline
from digest.render.wording import in_words_of, said_as
from digest.stories import StorySummary

_SOURCE_UNITS = 40
_MOST_SOURCES = 8
_POINT_UNITS = 160
_MOST_OF_A_KIND, _MOST_SAYING = 2, 4
_PLACE = "\ue000"  # where a headline goes; nothing that cleaning takes away


@dataclass(frozen=True, slots=True)
class Beside:
    """What is said of a story besides its course.

    `compared` is what its sources agree on, `sources` are the names of all, `related` signals of
    other stories to go on with; `follows` and `followed_by` the stories of its event before and
    after it.
    """

    compared: Comparison = field(default_factory=Comparison)
    sources: Sequence[str] = ()
    related: Sequence[Signal] = ()
    follows: StorySummary | None = None
    followed_by: StorySummary | None = None


def render_story(
    story: StorySummary,
    told: Sequence[Told],
    rendering: Rendering,
    *,
    first: int = 1,
    beside: Beside | None = None,
) -> Message:
    """A page of a story: its lead, then `told` in their order, the first of which is `first`."""
    said = beside or Beside()
    is_first = first == 1
    blocks = [
        _head(story, told if is_first else (), said, rendering),
        _compared(said.compared, rendering) if is_first else "",
        *(_entry(place, one, rendering) for place, one in enumerate(told, first)),
        escape(_named(said.sources, rendering)) if said.sources else "",
        _related(said.related, rendering) if said.related else "",
    ]
    for spare in (-1, 1):  # what may be left out when there is too much to say
        if count_units(paragraphs(filter(None, blocks))) > MAX_UNITS:
            blocks[spare] = ""
    signals = [one.signal for one in told]
    return Message(
        paragraphs(filter(None, blocks)),
        tuple(number_rows(signals, first)),
        tuple(one.id for one in signals),
    )


def _head(story: StorySummary, told: Sequence[Told], beside: Beside, rendering: Rendering) -> str:
    """The headline, how much was told, and how it stands with the event; `told` begins it."""
    texts = rendering.texts
    lines = [
        f"🧵 <b>{story_headline(story.lead, rendering)}</b>",
        escape(_counts(story, rendering)),
    ]
    if told:
        opening = told[0].signal
        who, when = cut(opening.source_title or "–", _SOURCE_UNITS), rendering.clock(opening.when)
        lines.append(escape(texts("story.first", who=who, when=when)))
    for key, other in (("follows", beside.follows), ("followed_by", beside.followed_by)):
        if other is not None:
            template = escape(texts(f"story.{key}", headline=_PLACE))
            lines.append(template.replace(_PLACE, story_headline(other.lead, rendering)))
    return "\n".join(lines)


def _named(sources: Sequence[str], rendering: Rendering) -> str:
    texts = rendering.texts
    shown = [cut(name, _SOURCE_UNITS) for name in sources[:_MOST_SOURCES]]
    key = "story.named_more" if len(sources) > _MOST_SOURCES else "story.named"
    return texts(key, names=texts("digest.comma").join(shown), n=len(sources))


def _related(signals: Sequence[Signal], rendering: Rendering) -> str:
    lines = [escape(rendering.texts("story.related"))]
    lines.extend(f"• {story_headline(signal, rendering)}" for signal in signals)
    return "\n".join(lines)


def _compared(found: Comparison, rendering: Rendering) -> str:
    """Where figures differ, which were revised, what sources agree on; "" for nothing of it."""
    texts = rendering.texts
    lines = [_differing(one, rendering) for one in found.disagreements[:_MOST_OF_A_KIND]]
    lines += [
        texts(
            "story.revised",
            measure=_measure(one.concept, one.now, rendering),
            who=_who(one.now),
            then=_figure(one.then, rendering),
            now=_figure(one.now, rendering),
        )
        for one in found.revised[:_MOST_OF_A_KIND]
    ]
    figures = (one for one in found.agreed if one.fact)
    lines += [_agreed(one, rendering) for one in islice(figures, _MOST_OF_A_KIND)]
    return "\n".join(escape(line) for line in lines)


def _agreed(one: Agreed, rendering: Rendering) -> str:
    texts, first = rendering.texts, one.told[0]
    words = (_measure(one.concept, first, rendering), _figure(first, rendering))
    names = texts("digest.comma").join(_who(it) for it in one.told[:_MOST_SAYING])
    return texts("story.agreed", fact=" ".join(filter(None, words)), names=names)


def _differing(one: Disagreement, rendering: Rendering) -> str:
    texts = rendering.texts
    said = [
        texts(
            "story.says",
            who=texts("digest.comma").join(_who(it) for it in figure.told[:_MOST_SAYING]),
            figure=_figure(figure.told[0], rendering),
        )
        for figure in one.figures
    ]
    measure = _measure(one.concept, one.figures[0].told[0], rendering)
    return texts("story.differs", measure=measure, said=texts("story.semicolon").join(said))


def _measure(concept: str, told: Statement, rendering: Rendering) -> str:
    if concept:
        return rendering.texts(f"measure.{concept}")
    return cut(told.fact.measure, _SOURCE_UNITS) if told.fact else ""


def _figure(told: Statement, rendering: Rendering) -> str:
    if told.fact is None:
        return ""
    return cut(said_as(told.fact.text, told.fact.zh, rendering.lang), _SOURCE_UNITS)


def _who(told: Statement) -> str:
    return cut(told.signal.source_title or "–", _SOURCE_UNITS)


def _counts(story: StorySummary, rendering: Rendering) -> str:
    texts = rendering.texts
    return SEPARATOR.join(
        (
            texts.n("story.signals", story.signals),
            texts.n("story.sources", story.sources),
            texts("story.newest", when=rendering.clock(story.updated_at)),
            *([texts("story.closed")] if story.closed_at else ()),
        )
    )


def _entry(place: int, told: Told, rendering: Rendering) -> str:
    signal, texts = told.signal, rendering.texts
    shown = in_words_of(rendering.lang, signal)
    meta = [rendering.clock(signal.when), cut(signal.source_title or "–", _SOURCE_UNITS)]
    lines = [f"{place}. {escape(SEPARATOR.join(meta))}", story_headline(signal, rendering)]
    lines.extend(f"＋ {line}" for line in _new(told, shown, rendering))
    if told.repeats:
        names = dict.fromkeys(one.source or "–" for one in told.repeats)
        listed = texts("digest.comma").join(cut(it, _SOURCE_UNITS) for it in list(names)[:3])
        lines.append(escape(texts.n("story.repeats", told.repeated, names=listed)))
    return "\n".join(lines)


def _new(told: Told, shown: Signal, rendering: Rendering) -> Iterator[str]:
    """What is new in a signal, as HTML: figures that were others, numbers, the first point."""
    said = ""
    if told.point is not None and told.point < len(shown.brief.points):
        point = shown.brief.points[told.point]
        said = shorten(point.text, _POINT_UNITS, point.lang)
    for fact, before in told.changes[:_MOST_OF_A_KIND]:
        now, then = (
            number_words(fact, rendering),
            escape(cut(_before(before, rendering), _SOURCE_UNITS)),
        )
        yield rendering.texts("story.changed", before=then, now=now)
    # A number that the new point tells need not stand there twice.
    numbers = [number_words(one, rendering) for one in told.numbers if one.text not in said]
    yield from (line for line in (SEPARATOR.join(numbers), escape(said)) if line)


def _before(change: Changed, rendering: Rendering) -> str:
    return said_as(change.before, change.before_zh, rendering.lang)


def render_stories(
    title: str, stories: Sequence[StorySummary], rendering: Rendering, *, first: int = 1
) -> Message:
    """A numbered list of stories under `title` (plain words)."""
    items = [
        f"{place}. {story_headline(story.lead, rendering)}\n{escape(_counts(story, rendering))}"
        for place, story in enumerate(stories, first)
    ]
    return Message(paragraphs([f"<b>{escape(title)}</b>", *items]))
