"""A digest as one message, rarely more."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from digest.blocks import Block, Form
from digest.model import PINNED, Button, Digest, DigestKind, Message, Rising, Signal
from digest.render.cards import render_card
from digest.render.entries import Entries
from digest.render.fit import MAX_ENTITIES, clean, count_entities, count_units, cut, escape
from digest.render.lines import PIN, link, number_rows, paragraphs
from digest.render.rendering import Rendering
from digest.render.trendwords import daily_words
from digest.text.units import utf16_length

# What people still read on a phone; the limit of a message is 4096.
_TARGET_UNITS = 3500
_MORNING_UNTIL = 11
_MIDDAY_UNTIL = 16
_RISING = 3
_HOLE = "{}"
_SPARE_ENTITIES = 10
_NAME_UNITS = 60
_APART = len("\n\n")


def render_digest(
    digest: Digest, rendering: Rendering, entries: Entries | None = None
) -> tuple[Message, ...]:
    """`digest` as messages within Telegram's limits; an instant one is a card per signal.

    When the text would pass 3,500 units, the lowest scored signals lose their point first; what
    is still too long goes on in a second message, split between signals. None is left out.
    `entries` keeps for the next digest what both show.
    """
    if digest.kind is DigestKind.INSTANT:
        local = replace(rendering, zone=digest.zone, now=None)
        return tuple(render_card(signal, local) for signal in digest.signals)
    local = replace(rendering, zone=digest.zone, now=digest.window_to)
    totals = escape(totals_words(digest.read, len(digest.signals), local))
    head, tail = _measured(_head(digest, local, totals)), _measured(_tail(digest, local))
    items = _fitting_items(digest, local, entries or Entries(), head, tail)
    parts = _split(items, head, tail)
    return tuple(
        _message(part, digest, local, totals, last=place == len(parts) - 1)
        for place, part in enumerate(parts)
    )


class _Piece(NamedTuple):
    """A paragraph with its measures.

    Those of a text are the sums of its pieces': tags that open in a piece end in it.
    """

    text: str
    units: int
    entities: int


class _Item(NamedTuple):
    number: int
    signal: Signal
    heading: _Piece
    piece: _Piece
    form: Form
    mark: str


class _Part(NamedTuple):
    text: str
    items: Sequence[_Item]


def _measured(text: str) -> _Piece:
    return _Piece(text, count_units(text), count_entities(text))


def _head(digest: Digest, rendering: Rendering, totals: str) -> str:
    texts = rendering.texts
    name = escape(texts(_name_key(digest.kind, digest.window_to, rendering.zone)))
    title = f"<b>{name}</b> {escape(rendering.date(digest.window_to))}"
    return f"{title}\n{totals}"


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


def _fitting_items(
    digest: Digest, rendering: Rendering, entries: Entries, head: _Piece, tail: _Piece
) -> list[_Item]:
    """All signals, the weakest without their points where the whole would grow too long."""
    items = _items(digest, rendering, entries, point=True)
    headings = {one.heading.text: one.heading for one in items}
    pieces = (head, tail, *headings.values(), *(one.piece for one in items))
    total = sum(piece.units + _APART for piece in pieces)
    if total <= _TARGET_UNITS:
        return items
    bare = _items(digest, rendering, entries, point=False)
    weakest_first = sorted(range(len(items)), key=lambda place: items[place].signal.score.total)
    for place in weakest_first:
        if total <= _TARGET_UNITS:
            break
        total -= items[place].piece.units - bare[place].piece.units
        items[place] = bare[place]
    return items


def _items(digest: Digest, rendering: Rendering, entries: Entries, *, point: bool) -> list[_Item]:
    items: list[_Item] = []
    form = Form.ITEM if point else Form.BARE
    for shelf in digest.shelves:
        heading = _heading(*_shelf_name(shelf.column, rendering), len(shelf.signals))
        for signal in shelf.signals:
            number = len(items) + 1
            mark = PIN if signal.id in digest.pinned and shelf.column != PINNED else ""
            entry = entries.entry(signal, rendering, point=point)
            clock = entries.clock(signal.when, rendering)
            opening = f"{number}. {mark}"
            piece = _Piece(
                f"{opening}{entry.before}{clock.text}{entry.after}",
                utf16_length(opening) + entry.units + clock.units,
                entry.entities,
            )
            items.append(_Item(number, signal, heading, piece, form, mark))
    return items


def _shelf_name(column_id: str, rendering: Rendering) -> tuple[str, str]:
    """The sign of a shelf and its name."""
    if column_id == PINNED:
        return PIN, rendering.texts("digest.pinned")
    column = rendering.taxonomy.columns.get(column_id)
    return f"{column.emoji} " if column else "", rendering.column(column_id)


@lru_cache(maxsize=512)
def _heading(sign: str, name: str, count: int) -> _Piece:
    return _measured(f"<b>{escape(sign + cut(name, _NAME_UNITS))}</b> · {count}")


class _Page:
    """A message as it fills: it knows how long it is."""

    def __init__(self, *pieces: _Piece) -> None:
        self.items: list[_Item] = []
        self._texts: list[str] = []
        self._units = -_APART
        self._entities = 0
        for piece in pieces:
            self.add(piece)

    def add(self, piece: _Piece) -> None:
        self._texts.append(piece.text)
        self._units += piece.units + _APART
        self._entities += piece.entities

    def has_room(self, piece: _Piece) -> bool:
        units, entities = self._units + _APART + piece.units, self._entities + piece.entities
        return units <= _TARGET_UNITS and entities <= MAX_ENTITIES - _SPARE_ENTITIES

    def part(self) -> _Part:
        return _Part(paragraphs(self._texts), self.items)


def _split(items: Iterable[_Item], head: _Piece, tail: _Piece) -> list[_Part]:
    """Pack head, items and tail into as few messages as hold them, each opening its columns."""
    parts: list[_Part] = []
    page = _Page(head)
    for one in items:
        opens = not page.items or page.items[-1].heading.text != one.heading.text
        piece = _opening(one) if opens else one.piece
        if page.items and not page.has_room(piece):
            parts.append(page.part())
            page, piece = _Page(), _opening(one)
        page.add(piece)
        page.items.append(one)
    if not page.has_room(tail):
        parts.append(page.part())
        page = _Page()
    page.add(tail)
    return [*parts, page.part()]


def _opening(one: _Item) -> _Piece:
    heading, piece = one.heading, one.piece
    return _Piece(
        f"{heading.text}\n{piece.text}",
        heading.units + 1 + piece.units,
        heading.entities + piece.entities,
    )


def _message(
    part: _Part, digest: Digest, rendering: Rendering, totals: str, *, last: bool
) -> Message:
    signals = [one.signal for one in part.items]
    rows = number_rows(signals, part.items[0].number if part.items else 1)
    if last and digest.left_out and rendering.links.usable:
        rows.append((Button(rendering.texts("digest.more"), url=rendering.links.home()),))
    return Message(
        part.text,
        tuple(rows),
        tuple(signal.id for signal in signals),
        blocks=_blocks(part, digest, totals),
    )


def _blocks(part: _Part, digest: Digest, totals: str) -> tuple[Block, ...]:
    blocks: list[Block] = []
    if totals in part.text:
        counts = f"{digest.read} {len(digest.signals)}"
        blocks.append(Block(Form.TOTALS, totals, detail=counts))
    heading = ""
    for one in part.items:
        if one.heading.text != heading:
            heading = one.heading.text
            blocks.append(Block(Form.HEADING, heading))
        blocks.append(Block(one.form, one.piece.text, one.signal.id, one.number, one.mark))
    return tuple(blocks)
