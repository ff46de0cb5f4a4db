"""What an update brings: the figure that is another one by now, the point that nobody told.

Only what stands in the brief, and whole: what does not fit is left to the card and the page.
"""

from collections.abc import Sequence

from digest.condense.compress import opening
from digest.condense.standing import alone, leans
from digest.model import Changed, Point, Signal
from digest.render.fit import clean, cut
from digest.render.measures import measure_words
from digest.render.rendering import Rendering
from digest.render.wording import converted
from digest.text.language import is_cjk
from digest.text.units import utf16_length

_NUMBER_UNITS = 40
_MEASURE_UNITS = 24
# About three lines on a phone; full-width letters take twice the room of others.
_POINT_UNITS_CJK, _POINT_UNITS = 96, 190


def new_points(signal: Signal) -> tuple[int, ...]:
    """The places of the points that the story had not, of those the signal still has."""
    if signal.adds is None or not signal.relation.is_news:
        return ()
    return tuple(place for place in signal.adds.points if place < len(signal.brief.points))


def what_changed(signal: Signal, rendering: Rendering) -> tuple[str, ...]:
    """The figures that are others by now, each as "售价从 21.9 万元降到 18.9 万元", plain text."""
    if signal.adds is None or not signal.relation.is_news:
        return ()
    known = (one for one in signal.adds.changes if one.number < len(signal.brief.numbers))
    return tuple(text for one in known if (text := _changed(signal, one, rendering)))


def whats_new(signal: Signal, rendering: Rendering, *, foreign: bool = True) -> str:
    """What an update brings in one line, plain text; "" when nothing of it stands alone.

    A point that leans on the article before it (他表示…, "It said …") makes no line of its own.
    With `foreign` also in another language than the reader's.
    """
    changes = what_changed(signal, rendering)
    if changes:
        return changes[0]
    found = (signal.brief.points[place] for place in new_points(signal))
    points = (point for point in found if foreign or point.lang == rendering.lang)
    return next((text for point in points if (text := _whole(point))), "")


def in_order_of_news(signal: Signal) -> Sequence[tuple[Point, bool]]:
    """Its points, what the story had not first, each with whether that is so.

    Of those the ones that are understood without the others come first.
    """
    new = set(new_points(signal))
    points = list(enumerate(signal.brief.points))

    def rank(it: tuple[int, Point]) -> int:
        place, point = it
        return 2 if place not in new else int(leans(clean(point.text)))

    return [(point, place in new) for place, point in sorted(points, key=rank)]


def _changed(signal: Signal, change: Changed, rendering: Rendering) -> str:
    fact = signal.brief.numbers[change.number]
    now = converted(fact.text, fact.zh, rendering.lang)
    before = converted(change.before, change.before_zh, rendering.lang)
    if not (now and before):  # both ends in one wording
        now, before = fact.text, change.before
    if max(utf16_length(clean(text)) for text in (now, before)) > _NUMBER_UNITS:
        return ""
    measure = rendering.texts("news.fate", fate=change.fate) if change.fate else ""
    measure = measure or measure_words(fact.measure, rendering.texts)
    if not measure or utf16_length(clean(measure)) > _MEASURE_UNITS:
        return ""  # of what it is cannot be said
    key = f"news.changed.{change.direction or 'other'}"
    return rendering.texts(
        key,
        measure=cut(measure, _MEASURE_UNITS),
        before=cut(before, _NUMBER_UNITS),
        now=cut(now, _NUMBER_UNITS),
    )


def _whole(point: Point) -> str:
    """The point, or its first clauses that are a sentence; "" when long, or leaning on others."""
    limit = _POINT_UNITS_CJK if is_cjk(point.lang) else _POINT_UNITS
    text = alone(clean(point.text))
    if utf16_length(text) <= limit:
        return text
    return opening(text, point.lang, lambda one: utf16_length(one) <= limit)
