"""Found signals as one numbered message: /latest, /topic, /search, /saved."""

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType

from digest.model import Action, Button, Message, Signal
from digest.render.fit import MAX_UNITS, count_units, escape
from digest.render.lines import item, number_rows, paragraphs
from digest.render.rendering import Rendering

_COMFORTABLE_UNITS = 3500
_NO_REMARKS: Mapping[int, str] = MappingProxyType({})


def render_list(  # noqa: PLR0913  a list has a title, marks, an end
    title_html: str,
    signals: Sequence[Signal],
    rendering: Rendering,
    *,
    more: Action | None = None,
    saved: Collection[int] = (),
    first: int = 1,
    end: str = "list.end",
    remarks: Mapping[int, str] = _NO_REMARKS,
    pinned: Collection[int] = (),
) -> Message:
    """A numbered list under `title_html` (safe HTML); its buttons open the cards.

    `more` turns the page; without it the list says that this is all. `saved` signals are marked,
    `first` is the number of the first one, `end` the text that says why nothing follows, `remarks`
    (safe HTML, by signal) stand under theirs; `pinned` ones are marked too. When the text would
    grow too long, points give way.
    """
    for with_points in (len(signals), len(signals) // 2, 0):
        items = _items(signals, rendering, (saved, remarks, pinned), first, with_points)
        text = _text(title_html, items, rendering, "" if more else end)
        if count_units(text) <= _COMFORTABLE_UNITS:
            break
    while items and count_units(text) > MAX_UNITS:
        items = items[:-1]
        text = _text(title_html, items, rendering, "")
    shown = signals[: len(items)]
    rows = number_rows(shown, first)
    if more is not None:
        rows.append((Button(rendering.texts("list.more"), action=more),))
    return Message(text, tuple(rows), tuple(signal.id for signal in shown))


def _items(
    signals: Sequence[Signal],
    rendering: Rendering,
    marks: tuple[Collection[int], Mapping[int, str], Collection[int]],
    first: int,
    with_points: int,
) -> list[str]:
    saved, remarks, pinned = marks
    return [
        item(
            first + place,
            signal,
            rendering,
            point=place < with_points,
            mark=("📌 " if signal.id in pinned else "") + ("★ " if signal.id in saved else ""),
            remark=remarks.get(signal.id, ""),
        )
        for place, signal in enumerate(signals)
    ]


def _text(title_html: str, items: Sequence[str], rendering: Rendering, end: str) -> str:
    last = f"<i>{escape(rendering.texts(end))}</i>" if end and items else ""
    return paragraphs((title_html, *items, last))
