"""A picture of numbers before it is drawn: what stands on it, and the same as a table and words.

Nothing is only in the picture: whoever cannot see it has the table.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from digest.dates import day_words
from digest.model import Lang


class Tone(StrEnum):
    """What a colour means; which colour that is, the drawing decides."""

    MAIN = "main"
    SOFT = "soft"
    GOOD = "good"
    WARN = "warn"
    BAD = "bad"


class Unit(StrEnum):
    """What the numbers of a panel are."""

    COUNT = "count"
    MINUTES = "minutes"
    MONEY = "money"


@dataclass(frozen=True, slots=True)
class Series:
    """One number for each day of the picture, None where nothing is known."""

    name: str
    values: tuple[float | None, ...]
    tone: Tone = Tone.MAIN


@dataclass(frozen=True, slots=True)
class Days:
    """A panel over the days: bars that stand on each other, or lines.

    Minutes are drawn on a scale where ten times as long is the same step.
    """

    title: str
    series: tuple[Series, ...]
    lines: bool = False
    unit: Unit = Unit.COUNT


@dataclass(frozen=True, slots=True)
class Row:
    """A bar of its own: `value`, of it `part` (None: no parts), and where it was before."""

    name: str
    value: float
    part: float | None = None
    before: float | None = None


@dataclass(frozen=True, slots=True)
class Rows:
    """A panel of rows, the longest first; names of what their value, part and mark are.

    Long names, as headlines are, stand `above` their bars.
    """

    title: str
    rows: tuple[Row, ...]
    value: str
    part: str = ""
    before: str = ""
    above: bool = False


@dataclass(frozen=True, slots=True)
class Picture:
    """All that stands on a picture. `days` are those of its panels over days."""

    name: str
    title: str
    span: str
    days: tuple[date, ...]
    panels: tuple[Days | Rows, ...]
    lang: Lang
    units: tuple[str, str, str] = field(default=("", "", ""))
    """The short words for minutes, hours and days."""

    def without_empty(self) -> "Picture":
        """The same with those panels only that show something."""
        return replace(self, panels=tuple(one for one in self.panels if _has_something(one)))

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to see on it."""
        return not any(_has_something(panel) for panel in self.panels)


def _has_something(panel: Days | Rows) -> bool:
    if isinstance(panel, Rows):
        return any(row.value or row.before for row in panel.rows)
    return any(value for one in panel.series for value in one.values)


@dataclass(frozen=True, slots=True)
class Table:
    """A panel as a table: its caption, its columns (the first names the rows) and its rows."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def tables_of(picture: Picture) -> tuple[Table, ...]:
    """Everything that the picture shows, in words and numbers; newest days first."""
    return tuple(
        _rows_table(panel) if isinstance(panel, Rows) else _days_table(panel, picture)
        for panel in picture.panels
        if _has_something(panel)
    )


def _rows_table(panel: Rows) -> Table:
    heads = tuple(name for name in ("", panel.value, panel.part, panel.before) if name)
    rows = tuple((row.name, *_row_cells(row, panel)) for row in panel.rows)
    return Table(panel.title, ("", *heads), rows)


def _row_cells(row: Row, panel: Rows) -> tuple[str, ...]:
    cells = [number(row.value)]
    if panel.part:
        cells.append(number(row.part))
    if panel.before:
        cells.append(number(row.before))
    return tuple(cells)


def _days_table(panel: Days, picture: Picture) -> Table:
    heads = tuple(one.name for one in panel.series)
    rows = []
    for place in reversed(range(len(picture.days))):
        cells = [one.values[place] for one in panel.series]
        if any(cell is not None for cell in cells):
            told = tuple(told_value(cell, panel.unit, picture.units) for cell in cells)
            rows.append((day_words(picture.days[place], picture.lang), *told))
    return Table(panel.title, ("", *heads), tuple(rows))


def number(value: float | None) -> str:
    """A count with its thousands set apart; – where nothing is known."""
    return "–" if value is None else f"{value:,.0f}"


def money(value: float) -> str:
    """An amount with as many digits as mean something."""
    if not value:
        return "0"
    return f"{value:,.2f}" if value >= 1 else f"{value:.2g}"


def duration(minutes: float, units: Sequence[str]) -> str:
    """Minutes in the unit that suits them: 18 分钟, 2.5 小时, 3 天."""
    short, hours, days = units
    hour, day = 60, 24 * 60
    if minutes < 2 * hour:
        return f"{minutes:.0f} {short}"
    if minutes < 2 * day:
        return f"{_plain(minutes / hour)} {hours}"
    return f"{_plain(minutes / day)} {days}"


def _plain(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def told_value(value: float | None, unit: Unit, units: Sequence[str]) -> str:
    """One value in words."""
    if value is None:
        return "–"
    if unit is Unit.MINUTES:
        return duration(value, units)
    return money(value) if unit is Unit.MONEY else number(value)
