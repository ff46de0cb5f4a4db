"""How a picture of numbers is drawn. Runs in a worker process: only there matplotlib is loaded.

Drawn for a phone: 1,080 pixels wide, no letter below 28 pixels. Bars begin at zero. Whoever looks
at it in a dark chat sees a light card with its own ground, and the pages ask for a dark one.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patheffects import withStroke

from bot.pictures.palette import DARK, LIGHT, Palette
from bot.pictures.size import GAP, HEAD, LEGEND, WIDTH, height_of, panel_height
from bot.type import face
from bot.type.lines import break_lines, shortened
from digest.dates import day_words
from digest.model import Lang
from digest.pictures import Days, Picture, Row, Rows, Tone, Unit, told_value

DPI = 100
_FACE = Path(face.__file__).with_name("NotoSansCJKsc-Bold-subset.otf")
_TOP = 56
_TITLE, _PANEL, _LABEL, _VALUE = 44, 34, 28, 28  # pixels of type
_LEFT, _RIGHT = 128, 72
_FEW_BARS = 10
_NAME_SHARE = 0.30
_MOST_STEPS = 4
_MOST_DAYS = 6
_STEPS = (1, 3, 10, 30, 60, 180, 360, 720, 1440, 2880, 5760)  # minutes


@dataclass(frozen=True, slots=True)
class Drawing:
    """A picture to be drawn, on a dark ground or a light one."""

    picture: Picture
    dark: bool = False


def draw(job: Drawing) -> bytes:
    """The picture as PNG."""
    body = BytesIO()
    figure_of(job).savefig(body, format="png")
    return body.getvalue()


def figure_of(job: Drawing) -> Figure:
    """The picture, laid out."""
    picture, palette = job.picture, DARK if job.dark else LIGHT
    heights, height = [panel_height(panel) for panel in picture.panels], height_of(picture)
    figure = Figure(figsize=(WIDTH / DPI, height / DPI), dpi=DPI, facecolor=palette.paper)
    FigureCanvasAgg(figure)
    pen = _Pen(figure, palette, picture, height)
    pen.text(_LEFT / 2, 30, picture.title, _TITLE, palette.ink)
    pen.text(_LEFT / 2, 90, picture.span, _LABEL, palette.soft)
    top = HEAD
    for panel, tall in zip(picture.panels, heights, strict=True):
        if isinstance(panel, Rows):
            pen.rows(panel, top, tall)
        else:
            pen.days(panel, top, tall)
        top += tall + GAP
    return figure


def _type(pixels: float) -> FontProperties:
    return FontProperties(fname=str(_FACE), size=pixels * 72 / DPI)


class _Pen:
    """Draws on one figure; places are in pixels from the upper left."""

    def __init__(self, figure: Figure, palette: Palette, picture: Picture, height: int) -> None:
        self._figure = figure
        self._palette = palette
        self._picture = picture
        self._height = height

    def text(self, x: float, y: float, words: str, size: float, colour: str, **how: Any) -> None:
        """Words whose upper left corner is at x, y."""
        self._figure.text(
            x / WIDTH,
            1 - y / self._height,
            face.drawable(words),
            fontproperties=_type(size),
            color=colour,
            **({"va": "top", "ha": "left"} | how),
        )

    def _axes(self, top: int, tall: int, *, left: int = _LEFT, legend: bool = True) -> Axes:
        """Axes below the panel's heading and, with `legend`, the line that names the colours."""
        bottom = top + tall
        axes = self._figure.add_axes(
            (
                left / WIDTH,
                1 - bottom / self._height,
                (WIDTH - left - _RIGHT) / WIDTH,
                (tall - _TOP - LEGEND * legend) / self._height,
            )
        )
        axes.set_facecolor(self._palette.paper)
        for side in ("top", "right", "left"):
            axes.spines[side].set_visible(False)
        axes.spines["bottom"].set_color(self._palette.line)
        axes.tick_params(length=0, colors=self._palette.soft, pad=8)
        return axes

    def _legend(self, top: int, named: Sequence[tuple[str, str]], marks: str = "") -> None:
        """Names of colours; the last so many stand for marks of their own instead of bars."""
        x = _LEFT / 2
        for sign, (name, colour) in zip(
            "■" * (len(named) - len(marks)) + marks, named, strict=True
        ):
            self.text(x, top + 54, sign, _LABEL, colour)
            self.text(x + 36, top + 54, name, _LABEL, self._palette.soft)
            x += 36 + face.width(face.drawable(name), _LABEL) + 36

    def _heading(self, panel: Days | Rows, top: int) -> None:
        self.text(_LEFT / 2, top, panel.title, _PANEL, self._palette.ink)

    # --- over the days -------------------------------------------------------------------

    def days(self, panel: Days, top: int, tall: int) -> None:
        """A panel over the days."""
        self._heading(panel, top)
        tones = self._palette.tones
        if len(panel.series) > 1:
            self._legend(top, [(one.name, tones[one.tone]) for one in panel.series])
        axes = self._axes(top, tall, legend=len(panel.series) > 1)
        if panel.lines:
            self._lines(axes, panel)
        else:
            self._bars(axes, panel)
        self._day_ticks(axes)
        axes.grid(axis="y", color=self._palette.line, linewidth=1)
        axes.set_axisbelow(True)

    def _bars(self, axes: Axes, panel: Days) -> None:
        count = len(self._picture.days)
        floor = [0.0] * count
        for one in panel.series:
            heights = [value or 0.0 for value in one.values]
            axes.bar(
                range(count), heights, 0.74, bottom=floor, color=self._palette.tones[one.tone]
            )
            floor = [low + high for low, high in zip(floor, heights, strict=True)]
        known = [
            any(one.values[place] is not None for one in panel.series) for place in range(count)
        ]
        self._mark_unknown(axes, known)
        self._value_scale(axes, panel, max(floor, default=0.0), 0.0)
        for place in _worth_telling(floor, known):
            self._tell(axes, place, floor[place], panel)

    def _mark_unknown(self, axes: Axes, known: Sequence[bool]) -> None:
        """Days that nobody counted are no zeros: a hatched ground says so."""
        for place, is_known in enumerate(known):
            if not is_known:
                axes.axvspan(
                    place - 0.5, place + 0.5, color=self._palette.line, alpha=0.35, linewidth=0
                )

    def _lines(self, axes: Axes, panel: Days) -> None:
        highest, lowest = 0.0, math.inf
        for one in panel.series:
            values = [
                math.nan if value is None else max(value, 1.0 if _is_log(panel) else 0.0)
                for value in one.values
            ]
            known = [value for value in values if not math.isnan(value)]
            if not known:
                continue
            highest, lowest = max(highest, *known), min(lowest, *known)
            # A day between two that are not known would be no line at all, so all have their dot.
            axes.plot(
                range(len(values)),
                values,
                color=self._palette.tones[one.tone],
                linewidth=4,
                marker="o",
                markersize=9 if len(values) <= 2 * _FEW_BARS else 4,
                solid_capstyle="round",
            )
            last = max(place for place, value in enumerate(values) if not math.isnan(value))
            self._tell(axes, last, values[last], panel)
        self._value_scale(axes, panel, highest, 0.0 if lowest is math.inf else lowest)

    def _value_scale(self, axes: Axes, panel: Days, highest: float, lowest: float) -> None:
        """From zero, with room above for the words; minutes by steps of about three times."""
        if _is_log(panel):
            axes.set_yscale("log")
            low = max((step for step in _STEPS if step <= max(lowest, 1)), default=1)
            high = min((step for step in _STEPS if step >= highest), default=_STEPS[-1])
            high = high if high > low else low * 10
            axes.set_ylim(low / 1.15, high * 1.5)
            ticks = [float(step) for step in _STEPS if low <= step <= high]
            axes.minorticks_off()
        else:
            top = highest or 1.0
            axes.set_ylim(0, top * 1.22)
            ticks = _round_ticks(top, whole=panel.unit is Unit.COUNT)
        self._ticks(axes, "y", ticks, [self._said(tick, panel) for tick in ticks])

    def _ticks(
        self, axes: Axes, which: str, places: Sequence[float], words: Sequence[str]
    ) -> None:
        axis = axes.yaxis if which == "y" else axes.xaxis
        axis.set_ticks(
            list(places),
            [face.drawable(one) for one in words],
            fontproperties=_type(_LABEL),
            color=self._palette.soft,
        )

    def _said(self, value: float, panel: Days) -> str:
        words = told_value(value, panel.unit, self._picture.units)
        myriad = 10_000
        if panel.unit is not Unit.COUNT or value < myriad:
            return words
        per, sign = (myriad, " 万") if self._picture.lang is Lang.ZH else (1_000, "k")
        return f"{value / per:,.1f}".removesuffix(".0") + sign

    def _tell(self, axes: Axes, place: int, value: float, panel: Days) -> None:
        count = len(self._picture.days)
        near_end = place > count * 0.9 and count > _FEW_BARS
        axes.annotate(
            face.drawable(self._said(value, panel)),
            (place, value),
            (0, 8),
            textcoords="offset pixels",
            ha="right" if near_end else "center",
            va="bottom",
            fontproperties=_type(_VALUE),
            color=self._palette.ink,
            path_effects=[withStroke(linewidth=5, foreground=self._palette.paper)],
        )

    def _day_ticks(self, axes: Axes) -> None:
        days = self._picture.days
        axes.set_xlim(-0.6, len(days) - 0.4)
        step = max(1, math.ceil(len(days) / _MOST_DAYS))
        places = list(range(len(days) - 1, -1, -step))[::-1]
        words = [day_words(days[place], self._picture.lang) for place in places]
        self._ticks(axes, "x", places, words)

    # --- rows ----------------------------------------------------------------------------

    def rows(self, panel: Rows, top: int, tall: int) -> None:
        """A panel of rows: name, bar, numbers."""
        self._heading(panel, top)
        tones, soft = self._palette.tones, self._palette.tones[Tone.SOFT]
        legend = [(panel.value, soft if panel.part else tones[Tone.MAIN])]
        if panel.part:
            legend.append((panel.part, tones[Tone.MAIN]))
        if panel.before:
            legend.append((panel.before, self._palette.ink))
        self._legend(top, legend, "|" if panel.before else "")
        left = _LEFT // 2 if panel.above else int(WIDTH * _NAME_SHARE) + _LEFT // 2
        axes = self._axes(top, tall, left=left)
        places = [place + 0.26 * panel.above for place in range(len(panel.rows))]
        thick = 0.26 if panel.above else 0.62
        axes.barh(places, [row.value for row in panel.rows], thick, color=legend[0][1])
        if panel.part:
            parts = [row.part or 0 for row in panel.rows]
            axes.barh(places, parts, thick, color=tones[Tone.MAIN])
        if panel.before:
            axes.plot(
                [row.before or 0 for row in panel.rows],
                places,
                linestyle="none",
                marker="|",
                markersize=26,
                markeredgewidth=4,
                color=self._palette.ink,
            )
        longest = max((max(row.value, row.before or 0) for row in panel.rows), default=1) or 1
        axes.set_xlim(0, longest * 1.3)
        axes.set_ylim(len(panel.rows) - 0.45, -0.55)
        axes.set_xticks([])
        axes.set_yticks([])
        axes.spines["bottom"].set_visible(False)
        for place, row in zip(places, panel.rows, strict=True):
            self._row_words(axes, place, row, panel)

    def _row_words(self, axes: Axes, place: float, row: Row, panel: Rows) -> None:
        end = max(row.value, (row.before or 0) if panel.before else 0)
        told = f"{row.part or 0:,.0f} / {row.value:,.0f}" if panel.part else f"{row.value:,.0f}"
        axes.annotate(
            told,
            (end, place),
            (12, 0),
            textcoords="offset pixels",
            va="center",
            fontproperties=_type(_VALUE),
            color=self._palette.ink,
        )
        if panel.above:
            axes.annotate(
                fitted(row.name, WIDTH - _LEFT - _RIGHT // 2, _LABEL, 1),
                (0, place),
                (0, 24),
                textcoords="offset pixels",
                ha="left",
                va="bottom",
                fontproperties=_type(_LABEL),
                color=self._palette.ink,
                annotation_clip=False,
            )
            return
        axes.annotate(
            fitted(row.name, WIDTH * _NAME_SHARE, _LABEL),
            (0, place),
            (-14, 0),
            textcoords="offset pixels",
            ha="right",
            va="center",
            fontproperties=_type(_LABEL),
            linespacing=1.05,
            color=self._palette.ink,
        )


def fitted(name: str, room: float, size: int, most: int = 2) -> str:
    """A name on so many lines of `room` pixels; of a longer one its first words and "…"."""
    shown = face.drawable(name)

    def measure(text: str) -> float:
        return face.width(text, size)

    lines = break_lines(shown, room, most, measure) or shortened(shown, room, most, measure)
    return "\n".join(lines)


def _is_log(panel: Days) -> bool:
    return panel.unit is Unit.MINUTES


def _worth_telling(values: Sequence[float], known: Sequence[bool]) -> list[int]:
    """Which bars have their number above: all of few, else the highest and the last."""
    there = [place for place, is_known in enumerate(known) if is_known and values[place]]
    if len(values) <= _FEW_BARS or not there:
        return there
    highest = max(there, key=lambda place: values[place])
    last = there[-1]
    apart = abs(last - highest) > len(values) / _FEW_BARS
    return [highest, last] if apart else [highest]


def _round_ticks(top: float, *, whole: bool) -> list[float]:
    """Zero and about three round numbers up to `top`."""
    step = 10.0 ** math.floor(math.log10(top / 2))
    step = next(step * times for times in (1, 2, 5, 10) if top / (step * times) <= _MOST_STEPS)
    step = max(step, 1.0) if whole else step
    return [step * number for number in range(int(top / step) + 1)]
