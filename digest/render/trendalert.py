"""That something followed begins to rise, as a message of its own."""

from collections.abc import Sequence

from digest.blocks import Block, Form
from digest.model import Action, Button, Message, Signal
from digest.render.fit import cut, escape
from digest.render.lines import SEPARATOR, item, link, number_rows, paragraphs
from digest.render.rendering import Rendering
from digest.render.trendwords import facts, name_of, url_of
from digest.trends import Trend
from digest.trends.board import Span

_NAME = "{name}"
_NAME_UNITS = 80
_KEY_BYTES = 48
"""What Telegram leaves for a key behind a button: 64 bytes with all that stands before it."""


def render_trend_alert(trend: Trend, signals: Sequence[Signal], rendering: Rendering) -> Message:
    """What begins to rise, the counts that say so, and the `signals` that it rests on."""
    texts = rendering.texts
    name = cut(name_of(trend, rendering), _NAME_UNITS)
    shown = link(url_of(trend, rendering), escape(name))
    said = escape(SEPARATOR.join(facts(trend, Span.DAY, rendering, named=True)))
    # The name is a link, which is put in after the rest was escaped.
    title = escape(texts("trends.alert.title", name=_NAME)).replace(_NAME, shown)
    entries = [
        item(number, signal, rendering, point=True) for number, signal in enumerate(signals, 1)
    ]
    blocks = tuple(
        Block(Form.ITEM, text, signal.id, number)
        for number, (signal, text) in enumerate(zip(signals, entries, strict=True), 1)
    )
    foot = f"<i>{escape(texts('trends.alert.foot', name=name))}</i>"
    return Message(
        paragraphs((f"📈 <b>{title}</b>\n{said}", *entries, foot)),
        (*number_rows(signals), _more(trend, rendering)),
        tuple(signal.id for signal in signals),
        blocks=blocks,
    )


def _more(trend: Trend, rendering: Rendering) -> tuple[Button, ...]:
    """The way to all of it: its page, where there is one that everybody may open."""
    label = rendering.texts("trends.alert.all")
    url = url_of(trend, rendering)
    if url:
        return (Button(label, url=url),)
    one = Action("trend", (trend.kind.value, trend.key))
    whole = Action("trends", ("all", Span.DAY.value))
    spelled = trend.key.replace("%", "%25").replace(":", "%3A")
    fits = len(spelled.encode()) <= _KEY_BYTES
    return (Button(label, action=one if fits else whole),)
