"""A picture of trends before it is drawn: a place, a name, words and bars for each."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from digest.model import Lang, Signal
from digest.pictures import Tone
from digest.render.lines import SEPARATOR
from digest.render.rendering import Rendering
from digest.render.trends import heading
from digest.render.trendwords import move_words, name_of, phase_words, short_counts
from digest.trends import Phase, Trend
from digest.trends.board import Bars, Board, Span, bars_of, moved


@dataclass(frozen=True, slots=True)
class Strip:
    """One trend: its place and how that has changed, its name, its state and counts in words."""

    place: int
    move: str
    move_tone: Tone
    name: str
    phase: str
    phase_tone: Tone
    told: str
    bars: Bars


@dataclass(frozen=True, slots=True)
class TrendPicture:
    """All that stands on a picture of trends, in its reader's words.

    `unseen` is said in the place of a name for which no letters are installed.
    """

    title: str
    note: str
    strips: tuple[Strip, ...]
    legend: str
    unseen: str
    lang: Lang


_TONES = {
    Phase.STARTING: Tone.MAIN,
    Phase.RISING: Tone.MAIN,
    Phase.HOLDING: Tone.WARN,
    Phase.FADING: Tone.BAD,
}


def trend_picture(board: Board, rendering: Rendering, heads: Mapping[str, Signal]) -> TrendPicture:
    """The picture of a board."""
    texts = rendering.texts
    at = rendering.clock(board.report.at)
    strips = tuple(
        _strip(place, one, board, rendering, heads) for place, one in enumerate(board.told, 1)
    )
    return TrendPicture(
        title=heading(board, rendering),
        note=SEPARATOR.join((at, texts(f"trends.span.{board.span.value}"))),
        strips=strips,
        legend=_legend(board, strips, rendering),
        unseen=texts("trends.unseen"),
        lang=rendering.lang,
    )


def _strip(
    place: int, trend: Trend, board: Board, rendering: Rendering, heads: Mapping[str, Signal]
) -> Strip:
    texts = rendering.texts
    places = moved(trend)
    return Strip(
        place=place,
        move=move_words(trend, texts),
        move_tone=Tone.SOFT if places is not None and places < 0 else Tone.MAIN,
        name=name_of(trend, rendering, heads),
        phase=phase_words(trend, texts),
        phase_tone=_TONES.get(trend.phase, Tone.SOFT),
        told=short_counts(trend, board.span, texts),
        bars=bars_of(trend, board.report, board.span),
    )


def _legend(board: Board, strips: Iterable[Strip], rendering: Rendering) -> str:
    """What the bars are, also those of times in which nothing was read where there are any."""
    keys = [f"trends.legend.{_scale(board)}"]
    if any(None in one.bars.counts for one in strips):
        keys.append("trends.legend.unread")
    return ("，" if rendering.lang is Lang.ZH else ". ").join(rendering.texts(key) for key in keys)


def _scale(board: Board) -> str:
    """What one bar stands for."""
    if board.span is Span.WEEK:
        return "week"
    return "hours" if any(one.hours for one in board.told) else "days"
