"""Stories as messages: one from its beginning, and lists of those told now."""

from collections.abc import Sequence

from digest.chronicle import Told
from digest.model import Message, Signal
from digest.render.cards import number_words
from digest.render.fit import MAX_UNITS, count_units, cut, escape, shorten
from digest.render.lines import SEPARATOR, number_rows, paragraphs
from digest.render.rendering import Rendering
from digest.render.trends import story_headline
from digest.render.wording import in_words_of
from digest.stories import StorySummary

_SOURCE_UNITS = 40
_MOST_SOURCES = 8
_POINT_UNITS = 160


def render_story(
    story: StorySummary,
    told: Sequence[Told],
    rendering: Rendering,
    *,
    first: int = 1,
    sources: Sequence[str] = (),
    related: Sequence[Signal] = (),
) -> Message:
    """A page of a story: its lead, then `told` in their order, the first of which is `first`.

    `sources` are the names of all, `related` signals of other stories to go on with.
    """
    texts = rendering.texts
    head = (
        f"🧵 <b>{story_headline(story.lead, rendering)}</b>\n{escape(_counts(story, rendering))}"
    )
    entries = [_entry(place, one, rendering) for place, one in enumerate(told, first)]
    blocks = [head, *entries]
    if sources:
        names = texts("digest.comma").join(
            cut(name, _SOURCE_UNITS) for name in sources[:_MOST_SOURCES]
        )
        left = len(sources) - _MOST_SOURCES
        key = "story.named_more" if left > 0 else "story.named"
        blocks.append(escape(texts(key, names=names, n=len(sources))))
    if related:
        lines = [escape(texts("story.related"))]
        lines.extend(f"• {story_headline(signal, rendering)}" for signal in related)
        more = "\n".join(lines)
        if count_units(paragraphs([*blocks, more])) <= MAX_UNITS:
            blocks.append(more)
    signals = [one.signal for one in told]
    return Message(
        paragraphs(blocks), tuple(number_rows(signals, first)), tuple(one.id for one in signals)
    )


def _counts(story: StorySummary, rendering: Rendering) -> str:
    texts = rendering.texts
    return SEPARATOR.join(
        (
            texts.n("story.signals", story.signals),
            texts.n("story.sources", story.sources),
            texts("story.newest", when=rendering.clock(story.updated_at)),
        )
    )


def _entry(place: int, told: Told, rendering: Rendering) -> str:
    signal = told.signal
    shown = in_words_of(rendering.lang, signal)
    meta = [rendering.clock(signal.when), cut(signal.source_title or "–", _SOURCE_UNITS)]
    lines = [f"{place}. {escape(SEPARATOR.join(meta))}", story_headline(signal, rendering)]
    said = ""
    if told.point is not None and told.point < len(shown.brief.points):
        point = shown.brief.points[told.point]
        said = shorten(point.text, _POINT_UNITS, point.lang)
    # A number that the new point tells need not stand there twice.
    numbers = [number_words(one, rendering) for one in told.numbers if one.text not in said]
    lines.extend(f"＋ {line}" for line in (SEPARATOR.join(numbers), escape(said)) if line)
    return "\n".join(lines)


def render_stories(
    title: str, stories: Sequence[StorySummary], rendering: Rendering, *, first: int = 1
) -> Message:
    """A numbered list of stories under `title` (plain words)."""
    items = [
        f"{place}. {story_headline(story.lead, rendering)}\n{escape(_counts(story, rendering))}"
        for place, story in enumerate(stories, first)
    ]
    return Message(paragraphs([f"<b>{escape(title)}</b>", *items]))
