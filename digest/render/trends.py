"""What is rising, as a message: each with its counts, since when, and how that is known."""

from digest.model import Message, Signal
from digest.render.fit import MAX_CAPTION_UNITS, count_units, cut, escape
from digest.render.lines import LIST_HEADLINE_UNITS, SEPARATOR, headline, link, paragraphs
from digest.render.rendering import Rendering
from digest.render.sparkline import sparkline
from digest.render.trendwords import (
    NO_HEADS,
    Heads,
    brief_words,
    facts,
    move_words,
    name_of,
    phase_words,
    url_of,
    usual_words,
)
from digest.render.wording import in_words_of
from digest.trends import Phase, Trend
from digest.trends.board import Board, View, bars_of

__all__ = ["render_trends", "story_headline", "trends_caption", "usual_words"]

_ENOUGH_PAST = 14
_SHORT_NAME = 30


def render_trends(board: Board, rendering: Rendering, heads: Heads = NO_HEADS) -> Message:
    """The board in words alone, with bars made of letters."""
    entries = [
        _entry(place, one, board, rendering, heads, drawn=False)
        for place, one in enumerate(board.told, 1)
    ]
    return Message(paragraphs(_blocks(board, rendering, heads, entries)))


def trends_caption(board: Board, rendering: Rendering, heads: Heads = NO_HEADS) -> str:
    """What stands under the picture of a board: the same facts; "" when they have no room there.

    When all of it is too long, names are cut, and last the sources and hours left to the picture.
    """
    for bare in (False, True):
        entries = [
            _entry(place, one, board, rendering, heads, drawn=True, bare=bare)
            for place, one in enumerate(board.told, 1)
        ]
        text = paragraphs(_blocks(board, rendering, heads, entries))
        if count_units(text) <= MAX_CAPTION_UNITS:
            return text
    return ""


def heading(board: Board, rendering: Rendering) -> str:
    """What the board is, in plain words."""
    texts = rendering.texts
    if board.told and not board.calm:
        return texts(f"trends.title.{board.view.value}")
    if board.told:
        return texts("trends.calm")
    return texts("trends.nothing" if board.view is View.ALL else "trends.none_here")


def _blocks(
    board: Board, rendering: Rendering, heads: Heads, entries: list[str]
) -> tuple[str, ...]:
    texts = rendering.texts
    title = f"📈 <b>{escape(heading(board, rendering))}</b>"
    at = escape(rendering.clock(board.report.at))
    span = escape(texts(f"trends.span.{board.span.value}"))
    fading = texts("digest.comma").join(brief_words(one, rendering, heads) for one in board.fading)
    past = board.report.past
    young = board.told and past < _ENOUGH_PAST
    return (
        f"{title}\n<i>{at}{SEPARATOR}{span}</i>" if board.told else title,
        "\n".join(entries),
        escape(texts("trends.fading", topics=fading)) if fading else "",
        f"<i>{escape(texts.n('trends.short_past', past))}</i>" if young else "",
    )


def _entry(
    place: int,
    trend: Trend,
    board: Board,
    rendering: Rendering,
    heads: Heads,
    *,
    drawn: bool,
    bare: bool = False,
) -> str:
    texts = rendering.texts
    name = name_of(trend, rendering, heads)
    shown = link(url_of(trend, rendering), escape(cut(name, _SHORT_NAME) if bare else name))
    state = "" if trend.phase is Phase.STEADY else phase_words(trend, texts)
    marks = [one for one in (state, move_words(trend, texts)) if one]
    said = facts(trend, board.span, rendering)[: 1 if bare else None]
    lines = [f"{place}. {SEPARATOR.join((f'<b>{shown}</b>', *map(escape, marks)))}"]
    if not drawn:
        bars = bars_of(trend, board.report, board.span)
        lines.append(f"<code>{sparkline([count or 0 for count in bars.counts])}</code>")
    lines.append(escape(SEPARATOR.join(said)))
    return "\n".join(lines)


def story_headline(signal: Signal, rendering: Rendering) -> str:
    """A signal's linked headline in the reader's words."""
    return headline(in_words_of(rendering.lang, signal), rendering, LIST_HEADLINE_UNITS)
