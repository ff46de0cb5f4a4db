"""A digest as one message, rarely more."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from digest.blocks import Block, Form
from digest.model import PINNED, Button, Digest, DigestKind, Message, Rising, Signal
from digest.render.cards import render_card
from digest.render.fit import MAX_ENTITIES, clean, count_entities, count_units, cut, escape
from digest.render.lines import PIN, item, link, number_rows, paragraphs
from digest.render.rendering import Rendering
from digest.render.trendwords import daily_words

# What people still read on a phone; the limit of a message is 4096.
_TARGET_UNITS = 3500
_MORNING_UNTIL = 11
_MIDDAY_UNTIL = 16
_RISING = 3
_HOLE = "{}"
_SPARE_ENTITIES = 10


def render_digest(digest: Digest, rendering: Rendering) -> tuple[Message, ...]:
    """`digest` as messages within Telegram's limits; an instant one is a card per signal.

    When the text would pass 3,500 units, the lowest scored signals lose their point first; what
    is still too long goes on in a second message, split between signals. None is left out.
    """
    if digest.kind is DigestKind.INSTANT:
        local = replace(rendering, zone=digest.zone, now=None)
        return tuple(render_card(signal, local) for signal in digest.signals)
    local = replace(rendering, zone=digest.zone, now=digest.window_to)
    head, tail = _head(digest, local), _tail(digest, local)
    parts = _split(_fitting_items(digest, local, head, tail), head, tail)
    return tuple(
        _message(part, digest, local, last=place == len(parts) - 1)
        for place, part in enumerate(parts)
    )


@dataclass(frozen=True, slots=True)
class _Item:
    number: int
    signal: Signal
    heading: str
    text: str
    form: Form
    mark: str


@dataclass(frozen=True, slots=True)
class _Part:
    text: str
    items: tuple[_Item, ...]


def _head(digest: Digest, rendering: Rendering) -> str:
    texts = rendering.texts
    name = escape(texts(_name_key(digest.kind, digest.window_to, rendering.zone)))
    title = f"<b>{name}</b> {escape(rendering.date(digest.window_to))}"
    totals = totals_words(digest.read, len(digest.signals), rendering)
    return f"{title}\n{escape(totals)}"


def totals_words(read: int, picked: int, rendering: Rendering) -> str:
    """How many signals were looked at, and how many of them chosen."""
    return rendering.texts("digest.totals", read=read, picked=picked)


def _name_key(kind: DigestKind, at: datetime, zone: str) -> str:
    if kind is DigestKind.FIRST:
        return "digest.first"
    hour = at.astimezone(ZoneInfo(zone)).hour
    if hour < _MORNING_UNTIL:
        return "digest.morning"
    return "digest.midday" if hour < _MIDDAY_UNTIL else "digest.evening"


def _tail(digest: Digest, rendering: Rendering) -> str:
    texts = rendering.texts
    told = [one for one in digest.rising if clean(one.topic)][:_RISING]
    mine = [one for one in told if one.followed]
    others = [one for one in told if not one.followed]
    lines = [
        f"📈 {_put(texts(key, topics=_HOLE), _risen(some, rendering))}"
        for key, some in (("digest.rising.mine", mine), ("digest.rising", others))
        if some
    ]
    return paragraphs(("\n".join(lines), escape(_end(digest, rendering))))


def _put(words: str, markup: str) -> str:
    """`words`, which are escaped here, with `markup` in the place that was held for it."""
    return escape(words).replace(_HOLE, markup)


def _risen(rising: Iterable[Rising], rendering: Rendering) -> str:
    """What rises with its counts, since when, and the way to all of it."""
    texts, links = rendering.texts, rendering.links
    found = []
    for one in rising:
        name = cut(one.name or rendering.topic(one.topic), 40)
        page = links.search(one.name) if one.name else links.topic(one.topic)
        shown = link(page if links.usable else "", escape(name))
        usual = daily_words(one.usual, texts)
        since = rendering.clock(one.since) if one.since is not None else ""
        key = "digest.rising_since" if since else "digest.rising_topic"
        said = texts(key, topic=_HOLE, count=one.count, usual=usual, when=since)
        found.append(_put(said, shown))
    return texts("digest.comma").join(found)


def _end(digest: Digest, rendering: Rendering) -> str:
    texts = rendering.texts
    if not digest.left_out:
        return texts("digest.end")
    if digest.capped:
        return texts.n("digest.capped", digest.left_out)
    where = "digest.left_out" if rendering.links.usable else "digest.left_out_chat"
    return texts.n(where, digest.left_out)


def _fitting_items(digest: Digest, rendering: Rendering, head: str, tail: str) -> list[_Item]:
    """All signals, the weakest without their points where the whole would grow too long."""
    keeps = {signal.id for signal in digest.signals}
    weakest_first = sorted(digest.signals, key=lambda signal: signal.score.total)
    items = _items(digest, rendering, keeps)
    frame = (head, tail, *{one.heading for one in items})
    total = sum(count_units(text) + 2 for text in frame) + sum(map(_size, items))
    if total <= _TARGET_UNITS:
        return items
    bare = {one.signal.id: one for one in _items(digest, rendering, set())}
    sizes = {one.signal.id: _size(one) for one in items}
    for signal in weakest_first:
        if total <= _TARGET_UNITS:
            break
        keeps.discard(signal.id)
        total -= sizes[signal.id] - _size(bare[signal.id])
    return [one if one.signal.id in keeps else bare[one.signal.id] for one in items]


def _items(digest: Digest, rendering: Rendering, with_point: set[int]) -> list[_Item]:
    items: list[_Item] = []
    for shelf in digest.shelves:
        name = _shelf_name(shelf.column, rendering)
        heading = f"<b>{escape(name)}</b> · {len(shelf.signals)}"
        for signal in shelf.signals:
            number = len(items) + 1
            full = signal.id in with_point
            mark = PIN if signal.id in digest.pinned and shelf.column != PINNED else ""
            text = item(number, signal, rendering, point=full, mark=mark)
            form = Form.ITEM if full else Form.BARE
            items.append(_Item(number, signal, heading, text, form, mark))
    return items


def _shelf_name(column_id: str, rendering: Rendering) -> str:
    if column_id == PINNED:
        return f"{PIN}{rendering.texts('digest.pinned')}"
    column = rendering.taxonomy.columns.get(column_id)
    name = f"{column.emoji} " if column else ""
    return name + cut(rendering.column(column_id), 60)


def _size(one: _Item) -> int:
    return count_units(one.text) + 2


def _split(items: list[_Item], head: str, tail: str) -> list[_Part]:
    """Pack head, items and tail into as few messages as hold them, each opening its columns."""
    parts: list[_Part] = []
    blocks, held = [head], list[_Item]()
    for one in items:
        opens = not held or held[-1].heading != one.heading
        block = f"{one.heading}\n{one.text}" if opens else one.text
        if held and not _fits([*blocks, block]):
            parts.append(_Part(paragraphs(blocks), tuple(held)))
            blocks, held = [], []
            block = f"{one.heading}\n{one.text}"
        blocks.append(block)
        held.append(one)
    if not _fits([*blocks, tail]):
        parts.append(_Part(paragraphs(blocks), tuple(held)))
        blocks, held = [], []
    return [*parts, _Part(paragraphs([*blocks, tail]), tuple(held))]


def _fits(blocks: list[str]) -> bool:
    text = paragraphs(blocks)
    entities = count_entities(text)
    return count_units(text) <= _TARGET_UNITS and entities <= MAX_ENTITIES - _SPARE_ENTITIES


def _message(part: _Part, digest: Digest, rendering: Rendering, *, last: bool) -> Message:
    signals = [one.signal for one in part.items]
    rows = number_rows(signals, part.items[0].number if part.items else 1)
    if last and digest.left_out and rendering.links.usable:
        rows.append((Button(rendering.texts("digest.more"), url=rendering.links.home()),))
    return Message(
        part.text,
        tuple(rows),
        tuple(signal.id for signal in signals),
        blocks=_blocks(part, digest, rendering),
    )


def _blocks(part: _Part, digest: Digest, rendering: Rendering) -> tuple[Block, ...]:
    blocks: list[Block] = []
    totals = escape(totals_words(digest.read, len(digest.signals), rendering))
    if totals in part.text:
        counts = f"{digest.read} {len(digest.signals)}"
        blocks.append(Block(Form.TOTALS, totals, detail=counts))
    heading = ""
    for one in part.items:
        if one.heading != heading:
            heading = one.heading
            blocks.append(Block(Form.HEADING, heading))
        blocks.append(Block(one.form, one.text, one.signal.id, one.number, one.mark))
    return tuple(blocks)
