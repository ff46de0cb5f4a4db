"""A report line by line, as editors change it: each with its key, in the order of the report."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from digest.render.fit import plain_text
from digest.render.lines import headline
from digest.render.rendering import Rendering
from digest.render.weekly import column_name, edited_line, move_words
from digest.render.weeklylines import figure_line, happened_line, open_line
from digest.render.wording import in_words_of
from digest.weeklies.opened import Weekly
from digest.weeklies.report import (
    Edits,
    FigureRef,
    ahead_key,
    figure_key,
    move_key,
    signal_key,
    story_key,
)

_HEADLINE_UNITS = 90
_NONE = frozenset({"无", "没有", "去掉", "none", "no", "remove"})


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its section (a column's name for what stands on its shelf) and its plain words.

    `more` is what stands below it, `own` an editor's words in the place of that.
    """

    key: str
    section: str
    text: str
    more: tuple[str, ...] = ()
    own: str = ""
    dropped: bool = False

    @property
    def sign(self) -> str:
        """The key, short enough for a button."""
        return sha256(self.key.encode()).hexdigest()[:8]


def lines_of(weekly: Weekly, rendering: Rendering) -> tuple[Line, ...]:
    """Every line of the report as it is shown."""
    local = replace(rendering, zone=weekly.zone, now=None)
    found = (*_told(weekly, local), *_counted(weekly, local))
    return tuple(
        replace(line, own=plain_text(edited_line(weekly, line.key, local))) for line in found
    )


def _told(weekly: Weekly, rendering: Rendering) -> Iterator[Line]:
    section = rendering.texts("weekly.stories")
    for story in weekly.stories:
        more = (plain_text(happened_line(one, rendering)) for one in story.happened)
        shown = in_words_of(rendering.lang, story.lead)
        words = plain_text(headline(shown, rendering, _HEADLINE_UNITS))
        yield Line(story_key(story.top.story_id), section, words, tuple(filter(None, more)))
    for shelf in weekly.shelves:
        for signal in shelf.signals:
            shown = in_words_of(rendering.lang, signal)
            words = plain_text(headline(shown, rendering, _HEADLINE_UNITS))
            yield Line(signal_key(signal.id), column_name(shelf.column, rendering), words)


def _counted(weekly: Weekly, rendering: Rendering) -> Iterator[Line]:
    texts = rendering.texts
    for one in weekly.figures:
        key = figure_key(FigureRef(one.signal.id, one.fact.text))
        words = plain_text(figure_line(one.fact, one.signal, rendering)).removeprefix("• ")
        yield Line(key, texts("weekly.figures"), words)
    for move in weekly.moves:
        key = "weekly.sheet.rising" if move.up else "weekly.sheet.fading"
        yield Line(move_key(move), texts(key), move_words(move, rendering))
    for left in weekly.ahead:
        words = plain_text(open_line(left.ahead, left.signal, rendering)).removeprefix("• ")
        if words:
            yield Line(ahead_key(left.ahead), texts("weekly.ahead"), words)


def words_of(typed: str) -> str:
    """What an editor typed for a line, on one line; "" for a word that says there are none."""
    words = " ".join(typed.split())
    return "" if words.casefold() in _NONE else words


def moved(lines: Sequence[Line], line: Line, edits: Edits, *, to_top: bool) -> Edits:
    """What editors changed, with a line one place up in its section, or at the top of it."""
    keys = [one.key for one in lines if one.section == line.section and not one.dropped]
    place = keys.index(line.key) if line.key in keys else 0
    keys.remove(line.key)
    keys.insert(0 if to_top else max(0, place - 1), line.key)
    others = tuple(key for key in edits.order if key not in keys)
    return replace(edits, order=(*others, *keys))


def dropped(edits: Edits, key: str) -> Edits:
    """What editors changed, with a line left out."""
    return replace(edits, dropped=edits.dropped | {key})


def restored(edits: Edits, key: str) -> Edits:
    """What editors changed, with a line back in, where it stood."""
    return replace(edits, dropped=edits.dropped - {key})


def reworded(edits: Edits, key: str, lang: str, words: str) -> Edits:
    """What editors changed, with their words for a line in one language; "" takes them back."""
    lines = {name: dict(said) for name, said in edits.lines.items()}
    said = lines.setdefault(key, {})
    said[lang] = words
    kept = {
        name: {one: text for one, text in all_.items() if text} for name, all_ in lines.items()
    }
    return replace(edits, lines={name: all_ for name, all_ in kept.items() if all_})


def prefaced(edits: Edits, lang: str, words: str) -> Edits:
    """What editors changed, with a foreword in one language; "" takes it away."""
    said = {**edits.foreword, lang: words}
    return replace(edits, foreword={one: text for one, text in said.items() if text})
