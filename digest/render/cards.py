"""One signal as a card."""

from digest.allowed import as_allowed
from digest.blocks import Block, Form
from digest.model import (
    Action,
    Button,
    DigestKind,
    Layout,
    Message,
    NumberFact,
    Picture,
    Relation,
    Signal,
    Tier,
    Wording,
)
from digest.regexes import regex
from digest.render.fit import MAX_UNITS, count_units, cut, escape, shorten
from digest.render.lines import (
    NEW,
    SEPARATOR,
    frame,
    full_meta,
    headline,
    news_line,
    original_headline,
    page_url,
    paragraphs,
)
from digest.render.measures import measure_words
from digest.render.news import in_order_of_news, what_changed
from digest.render.rendering import Rendering
from digest.render.wording import converted as in_terms_of
from digest.render.wording import in_words_of, is_foreign, is_machine_translated
from digest.text.units import utf16_length
from digest.texts import Texts

# Bounds that add up to less than one message, so that a card is never split: 400 + 120 (frame)
# + 250 (meta) + 3 x 510 + 4 x 110 + 420 + 2 x 270 + 200 (tier, maker, check) + labels; texts
# without a seam may take half as much again, which is counted in.
_HEADLINE_UNITS = 400
_POINT_UNITS = 340
_WHY_UNITS = 280
_GAP_UNITS = 180
_NUMBER_UNITS = 60
_MEASURE_UNITS = 40
_MAKER_UNITS = 40
_DIGITS = regex(r"\d[\d.,]*")
_RATED = regex(r" (?:an?|per) \w+$| (?:each|apiece)$")
# These say themselves how it moved: 同比增长, 降幅.
_MOVES = regex(r"[增降涨跌升减][幅长速加至到价少高低]?|下滑|扩大|缩|[+−-]\d")
_POINTS = 3
_CHANGES = 2
_NUMBERS = 4
_GAPS = 2


def render_card(signal: Signal, rendering: Rendering, *, saved: bool = False) -> Message:
    """The card of `signal`, always one message; `saved` says whether the reader has it saved.

    In the compact layout it is headline, meta line and points.
    """
    signal = as_allowed(in_words_of(rendering.lang, signal, rendering.wording))
    text = _card_text(signal, rendering)
    return Message(
        text,
        _buttons(signal, rendering, saved=saved),
        (signal.id,),
        blocks=(Block(Form.CARD, text, signal.id),),
    )


def render_head(signal: Signal, rendering: Rendering) -> str:
    """The headline of `signal` with its meta line."""
    return "\n".join(_top(in_words_of(rendering.lang, signal, rendering.wording), rendering))


def render_bare(signal: Signal, rendering: Rendering) -> str:
    """The headline of `signal` with its meta line and, of an update, what it brings."""
    shown = in_words_of(rendering.lang, signal, rendering.wording)
    lines = (*_top(shown, rendering), news_line(shown, rendering))
    return "\n".join(line for line in lines if line)


def render_alert(signal: Signal, rendering: Rendering, kind: DigestKind) -> Message:
    """A push of `signal` alone: its card, or in the compact layout a headline with a meta line."""
    if rendering.layout is Layout.FULL:
        card = render_card(signal, rendering)
        text, rows = card.text, card.buttons
        block = card.blocks[0]
    else:
        shown = in_words_of(rendering.lang, signal, rendering.wording)
        text = render_bare(signal, rendering)
        block = Block(Form.ALERT, text, signal.id)
        points = Button(rendering.texts("card.points"), action=Action("card", (signal.id,)))
        first, *rest = _buttons(shown, rendering, saved=False)
        rows = ((points, *first), *rest)
    if kind is DigestKind.STORY:
        # Only the return of an event that had closed is pushed as a story and begins one.
        key = "digest.story_back" if signal.relation is Relation.LEAD else "digest.story"
        text = f"<b>{escape(rendering.texts(key))}</b>\n\n{text}"
    picture = picture_of(signal, rendering)
    return Message(text, rows, (signal.id,), picture, blocks=(block,))


def picture_of(signal: Signal, rendering: Rendering) -> Picture | None:
    """The picture that goes with a push of `signal` alone."""
    if signal.photo is None:
        return None
    url = rendering.links.photo(signal.id) if rendering.links.usable else ""
    return Picture(signal.photo.file_id, url)


def _card_text(signal: Signal, rendering: Rendering) -> str:
    """The fullest text that is one message: beside originals, numbers and the quote give way."""
    top = "\n".join((frame(signal, rendering), *_top(signal, rendering))).lstrip("\n")
    changes = what_changed(signal, rendering)[:_CHANGES]
    changed = "\n".join(f"{NEW}<b>{escape(words)}</b>" for words in changes)
    footer = f"<i>{_footer(signal, rendering)}</i>"
    more = (_numbers(signal, rendering), _aside(signal, rendering))
    if rendering.layout is Layout.COMPACT:
        more = ("", "")
    both = _points(signal, rendering.texts, both=True)
    plain = _points(signal, rendering.texts, both=False)
    choices = [(plain, *more)]
    if rendering.wording is Wording.BOTH:
        choices = [(both, *more), (both, "", more[1]), (both, "", ""), *choices]
    texts = [paragraphs((top, changed, *blocks, footer)) for blocks in choices]
    return next((text for text in texts if count_units(text) <= MAX_UNITS), texts[-1])


def _top(signal: Signal, rendering: Rendering) -> list[str]:
    """Headline, for those who read both the original's below it, and the meta line."""
    title = f"<b>{headline(signal, rendering, _HEADLINE_UNITS)}</b>"
    lines = (title, original_headline(signal, rendering), full_meta(signal, rendering))
    return [line for line in lines if line]


def _points(signal: Signal, texts: Texts, *, both: bool) -> str:
    """The first points; with `both` the article's own words stand below what was translated."""
    lines = []
    for point, new in in_order_of_news(signal)[:_POINTS]:
        mark = escape(texts("card.edited")) if point.edited else ""
        words = escape(shorten(point.text, _POINT_UNITS, point.lang))
        lines.append(f"{NEW if new else '• '}{words}{mark}")
        if both and point.translated and point.original:
            original = shorten(point.original, _POINT_UNITS, signal.lang)
            lines.append(f"<i>{escape(original)}</i>")
    return "\n".join(lines)


def _numbers(signal: Signal, rendering: Rendering) -> str:
    facts = [number_words(fact, rendering) for fact in signal.brief.numbers[:_NUMBERS]]
    return f"🔢 {SEPARATOR.join(facts)}" if facts else ""


def number_words(fact: NumberFact, rendering: Rendering) -> str:
    """A number and what it measures, escaped: converted for the reader, its own beside."""
    own = cut(fact.text, _NUMBER_UNITS)
    told = in_terms_of(fact.text, fact.zh, rendering.lang)
    converted = cut(told, _NUMBER_UNITS) if told else ""
    # The article's own wording stays beside a conversion, so that readers can check it.
    shown = f"{_arrow(fact)}<b>{escape(converted or own)}</b>"
    if converted and not _same_digits(converted, own):
        # Chinese brackets need no space before them, which is all that cleaning would leave.
        space = "" if rendering.lang == "zh" else " "
        shown += space + escape(rendering.texts("card.original", words=own))
    # Half a measure would mislead: a long one is left to the page.
    measure = measure_words(fact.measure, rendering.texts)
    if measure and utf16_length(measure) <= _MEASURE_UNITS:
        shown += f"{'' if shown.endswith('）') else ' '}{escape(measure)}"
    return shown


def _arrow(fact: NumberFact) -> str:
    """How a share moved, where its words do not say so: "90% false alarms" fell by that much."""
    plain = fact.kind in {"percent", "points"} and not _MOVES.search(fact.measure + fact.text)
    return {"up": "↑ ", "down": "↓ "}.get(fact.direction, "") if plain else ""


def _same_digits(converted: str, own: str) -> bool:
    """Whether the conversion only names the unit in Chinese: 94 分钟 beside 94 minutes."""
    told = [_DIGITS.findall(text) for text in (converted, own)]
    return converted == own or (told[0] == told[1] and not _RATED.search(own))


def _aside(signal: Signal, rendering: Rendering) -> str:
    """The folded quote: why it matters and what stays open, when the article says so."""
    brief, texts = signal.brief, rendering.texts
    parts: list[str] = []
    if brief.why is not None:
        why = escape(shorten(brief.why.text, _WHY_UNITS, brief.why.lang))
        parts.append(f"<b>{escape(texts('card.why'))}</b>\n{why}")
    if brief.gaps:
        gaps = "\n".join(
            f"· {escape(shorten(gap.text, _GAP_UNITS, gap.lang))}" for gap in brief.gaps[:_GAPS]
        )
        parts.append(f"<b>{escape(texts('card.gaps'))}</b>\n{gaps}")
    return f"<blockquote expandable>{chr(10).join(parts)}</blockquote>" if parts else ""


def _footer(signal: Signal, rendering: Rendering) -> str:
    """Who made it, what sort of signal it is, and what a reader should know of the making."""
    texts = rendering.texts
    shown = [point for point, _ in in_order_of_news(signal)[:_POINTS]]
    left = [point for point in shown if is_foreign(point, rendering.lang)]
    remarks = [_maker(signal, rendering)]
    if not frame(signal, rendering):  # which begins with it
        remarks.append(texts(f"kind.{signal.placement.kind}"))
    if left and rendering.wording is Wording.ORIGINAL:
        remarks.append(texts("card.in_original"))
    elif left:
        whole = len(left) == len(shown)
        remarks.append(texts("card.untranslated" if whole else "card.partly_translated"))
    if signal.note == "paywalled":
        remarks.append(texts("card.paywalled"))
    line = SEPARATOR.join(escape(remark) for remark in remarks)
    check = _check(signal, rendering)
    return f"{line}\n{escape(check)}" if check else line


def _maker(signal: Signal, rendering: Rendering) -> str:
    texts, brief = rendering.texts, signal.brief
    maker = cut(brief.maker, _MAKER_UNITS) if brief.maker else ""
    if brief.tier is Tier.EDITOR:
        signed = cut(signal.author, _MAKER_UNITS) if signal.author else ""
        return SEPARATOR.join(part for part in (texts("tier.editor"), signed) if part)
    if brief.tier is Tier.MODEL:
        return SEPARATOR.join(part for part in (texts("tier.model"), maker) if part)
    if is_machine_translated(brief):
        return SEPARATOR.join((texts("tier.rules"), texts("card.translated_by", engine=maker)))
    return texts("tier.rules")


def _check(signal: Signal, rendering: Rendering) -> str:
    """What 数字与名称核对 left out or kept in the original; "" when it had no objection."""
    brief = signal.brief
    count = len(brief.checked.dropped) if brief.checked else 0
    if not count:
        return ""
    if brief.tier is Tier.MODEL:
        return rendering.texts.n("card.check.dropped", count)
    # To readers of the original nothing was translated, so nothing failed.
    translated = is_machine_translated(brief)
    return rendering.texts.n("card.check.kept", count) if translated else ""


def _buttons(
    signal: Signal, rendering: Rendering, *, saved: bool
) -> tuple[tuple[Button, ...], ...]:
    """First what one does with a signal, then what one has to say of it."""
    texts = rendering.texts
    url = page_url(signal, rendering)
    full = (Button(texts("card.full"), url=url),) if url else ()
    save = "card.saved" if saved else "card.save"

    def button(key: str, verb: str) -> Button:
        return Button(texts(key), action=Action(verb, (signal.id,)))

    # One signal of several about the same event: the way to the others.
    story = signal.story_id if signal.others else None
    told = (Button(texts("card.story"), action=Action("story", (story, 0))),) if story else ()
    return (
        (*full, button(save, "save"), button("card.topics", "topics"), *told),
        (
            button("card.more", "more"),
            button("card.less", "less"),
            button("card.why_me", "why"),
            button("card.report", "report"),
        ),
    )
