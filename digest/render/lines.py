"""The lines of which cards, digests and lists are made."""

import html
from collections.abc import Iterable, Sequence

from digest.condense.compress import opening
from digest.model import Action, Button, Kind, Layout, Relation, Signal, Wording
from digest.render.fit import clean, cut, escape, shorten
from digest.render.news import whats_new
from digest.render.rendering import Rendering, outside_link
from digest.render.wording import frame_parts, in_words_of
from digest.text.language import is_cjk
from digest.text.units import utf16_length

KIND_EMOJI = {
    Kind.RELEASE: "🚀",
    Kind.PAPER: "📄",
    Kind.FUNDING: "💰",
    Kind.DEAL: "🤝",
    Kind.EARNINGS: "🧾",
    Kind.POLICY: "⚖️",
    Kind.REVIEW: "🔍",
    Kind.INCIDENT: "🚨",
    Kind.OPINION: "💬",
    Kind.DATA: "📊",
    Kind.TUTORIAL: "🛠",
    Kind.NEWS: "📰",
}
SEPARATOR = " · "
PIN = "📌 "
NEW = "🆕 "
LIST_HEADLINE_UNITS = 160
_SOURCE_UNITS = 40
_FRAME_UNITS = 120
# About two lines on a phone: full-width letters take twice the room of others.
_LINE_UNITS_CJK = 64
_LINE_UNITS = 130
_BUTTONS_PER_ROW = 8


def page_url(signal: Signal, rendering: Rendering) -> str:
    """Our page of `signal`, else the original, else ""."""
    if rendering.links.usable:
        return rendering.links.signal(signal.id, signal.access)
    return outside_link(signal.url)


def link(url: str, label: str) -> str:
    """An HTML link; `label` is escaped already. Without `url` just the label."""
    return f'<a href="{html.escape(url)}">{label}</a>' if url else label


def headline(signal: Signal, rendering: Rendering, limit: int) -> str:
    """The linked headline with the emoji of its kind; an update or a follow-up says so."""
    words = cut(signal.brief.headline or signal.title, limit)
    words = words if words.strip("…") else f"#{signal.id}"
    if signal.relation is Relation.UPDATE:
        words = rendering.texts("card.update", headline=words)
    elif signal.relation is Relation.FOLLOW_UP:
        words = rendering.texts("card.follow_up", headline=words)
    return (
        f"{KIND_EMOJI[signal.placement.kind]} {link(page_url(signal, rendering), escape(words))}"
    )


def original_headline(signal: Signal, rendering: Rendering) -> str:
    """The original's headline for readers of both below a translated one, escaped; else ""."""
    original = signal.brief.headline_original
    if rendering.wording is not Wording.BOTH or not clean(original):
        return ""
    return f"<i>{escape(cut(original, LIST_HEADLINE_UNITS))}</i>"


def frame(signal: Signal, rendering: Rendering) -> str:
    """The Chinese line above a foreign headline, escaped; whole parts only, "" when none."""
    shown, left = [], _FRAME_UNITS
    for part in frame_parts(signal, rendering.texts):
        left -= utf16_length(clean(part)) + len(SEPARATOR)
        if left < 0:
            break
        shown.append(escape(part))
    return SEPARATOR.join(shown)


def full_meta(signal: Signal, rendering: Rendering) -> str:
    """栏目 · 来源 (linked to the original) · 时间 · 评分 · n 分钟 · 另有 n 家, escaped."""
    texts = rendering.texts
    minutes = signal.reading_minutes
    source = _source(signal)
    return SEPARATOR.join(
        part
        for part in (
            escape(rendering.column(signal.placement.column)),
            link(outside_link(signal.url), escape(source)) if source else "",
            escape(rendering.clock(signal.when)),
            escape(texts("card.score", score=signal.score.total)),
            escape(texts.n("card.minutes", minutes)) if minutes else "",
            escape(_others(signal, rendering)),
        )
        if part
    )


def _source(signal: Signal) -> str:
    return cut(signal.source_title, _SOURCE_UNITS) if clean(signal.source_title) else ""


def _others(signal: Signal, rendering: Rendering) -> str:
    count = signal.other_sources
    return rendering.texts.n("card.others", count) if count else ""


def first_point(signal: Signal) -> str:
    """The first point in about two lines, escaped; "" when there is none to show."""
    if not signal.brief.points:
        return ""
    point = signal.brief.points[0]
    limit = _LINE_UNITS_CJK if is_cjk(point.lang) else _LINE_UNITS
    text = clean(point.text)
    if utf16_length(text) > limit:
        # Clauses that are a sentence of their own need no "…".
        text = opening(text, point.lang, lambda one: utf16_length(one) <= limit) or text
    return escape(shorten(text, limit, point.lang))


def news_line(signal: Signal, rendering: Rendering) -> str:
    """What the signal has that its story had not, in one line, escaped; "" for others.

    In the reader's language, or in any where there is no frame that says something in theirs.
    """
    words = whats_new(signal, rendering, foreign=not signal.brief.frame)
    return f"{NEW}{escape(words)}" if words else ""


def item(
    number: int,
    signal: Signal,
    rendering: Rendering,
    *,
    point: bool,
    mark: str = "",
    remark: str = "",
) -> str:
    """One numbered entry of a digest or list: linked headline, first point, meta line, remark.

    Under a foreign headline that has a Chinese frame the frame stands for the point: it says the
    same in the reader's language. Of news of a known story it is what the story had not. The
    compact layout is headline and meta line.
    """
    before, after = around_clock(signal, rendering, point=point)
    text = f"{number}. {mark}{before}{escape(rendering.clock(signal.when))}{after}"
    return f"{text}\n{remark}" if remark else text


def around_clock(signal: Signal, rendering: Rendering, *, point: bool) -> tuple[str, str]:
    """What stands in an entry before its time and after it, the same on every clock."""
    signal = in_words_of(rendering.lang, signal, rendering.wording)
    gist = news_line(signal, rendering) or (frame(signal, rendering) if signal.brief.frame else "")
    shown = point and rendering.layout is Layout.FULL
    above = (
        headline(signal, rendering, LIST_HEADLINE_UNITS),
        original_headline(signal, rendering),
        (gist or first_point(signal)) if shown else "",
    )
    source, others = escape(_source(signal)), escape(_others(signal, rendering))
    score = escape(rendering.texts("card.score", score=signal.score.total))
    before = "\n".join([above[0], *(line for line in above[1:] if line), source])
    after = SEPARATOR.join(("", score, others) if others else ("", score))
    return (before + SEPARATOR if source else before), after


def number_rows(signals: Sequence[Signal], first: int = 1) -> list[tuple[Button, ...]]:
    """Buttons with the numbers of `signals`, which open their cards, in even rows."""
    buttons = [
        Button(str(number), action=Action("card", (signal.id,)))
        for number, signal in enumerate(signals, first)
    ]
    return even_rows(buttons)


def even_rows(buttons: Sequence[Button]) -> list[tuple[Button, ...]]:
    """`buttons` in as few rows of at most 8 as possible, all about as long."""
    if not buttons:
        return []
    rows = -(-len(buttons) // _BUTTONS_PER_ROW)
    width = -(-len(buttons) // rows)
    return [tuple(buttons[at : at + width]) for at in range(0, len(buttons), width)]


def paragraphs(blocks: Iterable[str]) -> str:
    """The blocks that say something, apart by blank lines."""
    return "\n\n".join(block for block in blocks if block)
