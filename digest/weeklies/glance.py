"""The week at a glance: signals per day and column, what rose and faded, what was told most."""

from collections.abc import Sequence
from datetime import timedelta

from digest.model import Lang
from digest.pictures import Days, Picture, Row, Rows, Series, Tone
from digest.render.rendering import Rendering
from digest.render.weekly import move_name, totals_words, week_name
from digest.render.wording import in_words_of
from digest.weeklies.opened import Weekly
from digest.weeklies.report import Move
from digest.weekly import DAYS

_TONES = (Tone.MAIN, Tone.BAD, Tone.GOOD, Tone.WARN)
_MOST_ROWS = 4
_MOST_STORIES = 5


def glance_of(weekly: Weekly, rendering: Rendering) -> Picture:
    """The picture of a week, or of the one column that is shown; perhaps an empty one."""
    days = tuple(weekly.week.monday + timedelta(days=day) for day in range(DAYS))
    panels = (
        _days(weekly, rendering),
        _moves(weekly, rendering, up=True),
        _moves(weekly, rendering, up=False),
        _stories(weekly, rendering),
    )
    return Picture(
        name="week",
        title=week_name(weekly.week, rendering),
        span=totals_words(weekly, rendering),
        days=days,
        panels=panels,
        lang=rendering.lang,
    ).without_empty()


def _days(weekly: Weekly, rendering: Rendering) -> Days:
    """Signals per day, the busiest columns apart; days that are still to come are not known."""
    texts = rendering.texts
    counts = {column: list(days) for column, days in weekly.report.days.items()}
    if weekly.column:
        name = rendering.column(weekly.column)
        known = _known(counts.get(weekly.column, [0] * DAYS), weekly)
        return Days(texts("glance.days_of", column=name), (Series(name, known),))
    busiest = sorted(counts, key=lambda column: (-sum(counts[column]), column))
    series = [
        Series(rendering.column(column), _known(counts[column], weekly), tone)
        for column, tone in zip(busiest, _TONES, strict=False)
    ]
    rest = [counts[column] for column in busiest[len(_TONES) :]]
    if rest:
        summed = [sum(day) for day in zip(*rest, strict=True)]
        series.append(Series(texts("glance.others"), _known(summed, weekly), Tone.SOFT))
    return Days(texts("glance.days"), tuple(series))


def _known(counts: Sequence[int], weekly: Weekly) -> tuple[float | None, ...]:
    if weekly.complete:
        return tuple(counts)
    passed = (weekly.until - weekly.report.window_from).days
    return tuple(count if day <= passed else None for day, count in enumerate(counts))


def _moves(weekly: Weekly, rendering: Rendering, *, up: bool) -> Rows:
    texts = rendering.texts
    moves: list[Move] = [one for one in weekly.moves if one.up is up][:_MOST_ROWS]
    rows = (Row(move_name(one, rendering), one.count, before=one.usual) for one in moves)
    title = texts("glance.rising" if up else "glance.fading")
    return Rows(title, tuple(rows), texts("glance.signals"), before=texts("glance.usual"))


def _stories(weekly: Weekly, rendering: Rendering) -> Rows:
    texts = rendering.texts
    rows = []
    for story in weekly.stories[:_MOST_STORIES]:
        shown = in_words_of(rendering.lang, story.lead).brief
        rows.append(
            Row(shown.headline or story.lead.title, story.top.signals, part=story.top.sources)
        )
    return Rows(
        texts("glance.stories"),
        tuple(rows),
        texts("glance.told"),
        part=texts("glance.sources"),
        above=True,
    )


def alt_words(picture: Picture) -> str:
    """The picture in a sentence, for those who do not see it."""
    glue = "；" if picture.lang is Lang.ZH else "; "
    named = [
        f"{panel.title} {row.name} {row.value:,.0f}"
        for panel in picture.panels
        if isinstance(panel, Rows)
        for row in panel.rows
    ]
    return glue.join((picture.title, picture.span, *named))
