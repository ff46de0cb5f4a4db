"""A message that was rendered before one of its signals changed, put right piece by piece.

What nobody touched stays letter by letter as it was; whether a piece changed is asked of the
rendering itself, so a change that a message does not show leaves the message alone.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from digest.blocks import Block, Form
from digest.model import Layout, Signal, SignalState
from digest.render.cards import render_bare, render_card, render_head
from digest.render.digests import totals_words
from digest.render.fit import (
    MAX_CAPTION_UNITS,
    MAX_ENTITIES,
    MAX_UNITS,
    count_entities,
    count_units,
    cut,
    escape,
)
from digest.render.lines import item
from digest.render.rendering import Rendering
from digest.render.trends import story_headline
from digest.render.weeklylines import figure_line, gist_line, news_line, open_line
from digest.weeklies.opened import fact_of
from digest.weeklies.report import Ahead

_NOTE_UNITS = 200
_ENTRIES = frozenset({Form.ITEM, Form.BARE, Form.CARD, Form.ALERT})
_NUMBERED = frozenset({Form.ITEM, Form.BARE})
_VANISHING = frozenset({Form.FIGURE, Form.STEP, Form.AHEAD})
_HEADS = frozenset({Form.HEADING, Form.TITLE})
# How much gives way when a corrected message grows too long: first the editor's words on what was
# wrong, then points: some of them, at last all of a card's.
_LEVELS = 4


@dataclass(frozen=True, slots=True)
class Change:
    """A signal as it was when the message was rendered, as it is now, and what was wrong.

    `later` is what it was in between: the message may have been made of that, for whoever made it
    read its signals at about the same time as they changed, or well after they were new.
    """

    before: Signal
    now: Signal
    note: str = ""
    later: tuple[Signal, ...] = ()

    @property
    def withdrawn(self) -> bool:
        """Whether readers may not see the signal any more."""
        return self.now.state is not SignalState.LIVE


@dataclass(frozen=True, slots=True)
class Frozen:
    """A message as it was kept: its JSON body, and its blocks with where each begins in the text.

    `opens` gives the callback data of the button that opens a signal's card.
    """

    body: Mapping[str, Any]
    blocks: Sequence[tuple[int, Block]]
    opens: Callable[[int], str]

    @property
    def key(self) -> str:
        """Where the text stands: under a photo it is the caption."""
        return "text" if "text" in self.body else "caption"


def amended(frozen: Frozen, changes: Mapping[int, Change], rendering: Rendering) -> dict[str, Any]:
    """The message as those should see it who were sent it: corrections marked, gaps named.

    Equal to the frozen body when nothing that it shows has changed.
    """
    text = ""
    for level in range(_LEVELS):
        text = _put_right(frozen, changes, rendering, level)
        if _fits(text, frozen.key):
            break
    gone = {one for one, change in changes.items() if change.withdrawn}
    lone = [block for _, block in frozen.blocks if block.form in {Form.CARD, Form.ALERT}]
    body = {**frozen.body, frozen.key: text}
    if any(block.signal_id in gone for block in lone):
        body.pop("reply_markup", None)
        return body
    return _with_buttons(body, {frozen.opens(one): None for one in gone})


def reduced(
    frozen: Frozen, changes: Mapping[int, Change], rendering: Rendering
) -> dict[str, Any] | None:
    """The message as those should get it who were not sent it yet; None when nothing is left.

    What was withdrawn is simply not there: numbers, counts and headings follow.
    """
    pieces = _Pieces(frozen, changes, rendering)
    if not pieces.left:
        return None
    labels = {frozen.opens(one): str(new) if new else None for one, new in pieces.numbers.items()}
    return _with_buttons({**frozen.body, frozen.key: pieces.text()}, labels)


# --- what was sent -----------------------------------------------------------------------


def _put_right(
    frozen: Frozen, changes: Mapping[int, Change], rendering: Rendering, level: int
) -> str:
    whole, text, at = str(frozen.body[frozen.key]), "", 0
    for start, block in frozen.blocks:
        text += whole[at:start]
        at = start + len(block.text)
        change = _change_of(block, changes)
        text += _corrected(block, change, rendering, level) if change else block.text
    return text + whole[at:]


def _corrected(block: Block, change: Change, rendering: Rendering, level: int) -> str:
    texts = rendering.texts
    note = cut(change.note, _NOTE_UNITS) if change.note and not level else ""
    if change.withdrawn:
        said = texts("amend.withdrawn_note", note=note) if note else texts("amend.withdrawn")
        gone = f"🚫 <i>{escape(said)}</i>"
        match block.form:
            case Form.ITEM | Form.BARE:
                return f"{block.number}. {gone}"
            case Form.FIGURE | Form.AHEAD:
                return f"• {gone}"
            case Form.STEP:
                return f"↳ {gone}"
            case _:
                return gone
    now = _render(block, change.now, rendering)
    if _shows(block, change, now, rendering):
        return block.text
    if not now or block.form not in _ENTRIES:
        sign = "↳" if block.form is Form.STEP else "•"
        return now or f"{sign} <i>{escape(texts('amend.corrected'))}</i>"
    said = texts("amend.corrected_note", note=note) if note else texts("amend.corrected")
    shown = _shorter(block, change.now, rendering, level) if level > 1 else now
    between = "\n\n" if block.form is Form.CARD else "\n"
    return f"{shown}{between}✏️ <i>{escape(said)}</i>"


def _shows(block: Block, change: Change, now: str, rendering: Rendering) -> bool:
    """Whether what changed is as it was, or does not show in this block."""
    if now == block.text:
        return True
    if now != _render(block, change.before, rendering):
        return False
    return not any(_render(block, one, rendering) == block.text for one in change.later)


def _shorter(block: Block, signal: Signal, rendering: Rendering, level: int) -> str:
    if block.form is Form.ITEM:
        return _render(replace(block, form=Form.BARE), signal, rendering)
    if level == _LEVELS - 1:
        return render_head(signal, rendering)
    return _render(block, signal, replace(rendering, layout=Layout.COMPACT))


def _render(block: Block, signal: Signal, rendering: Rendering) -> str:
    match block.form:
        case Form.ITEM | Form.BARE:
            full = block.form is Form.ITEM
            return item(block.number, signal, rendering, point=full, mark=block.detail)
        case Form.CARD:
            return render_card(signal, rendering).text
        case Form.ALERT:
            return render_bare(signal, rendering)
        case Form.STORY:
            return story_headline(signal, rendering)
        case Form.FIGURE:
            fact = fact_of(signal, block.detail)
            return figure_line(fact, signal, rendering) if fact else ""
        case Form.STEP:
            return _step(block, signal, rendering)
        case Form.AHEAD:
            place, _, day = block.detail.partition(" ")
            on = date.fromisoformat(day) if day else None
            return open_line(Ahead(signal.id, int(place), on), signal, rendering)
        case _:
            return block.text


def _step(block: Block, signal: Signal, rendering: Rendering) -> str:
    """A step as it stands now. Figures are two signals' words: the line stays, or goes."""
    detail = block.detail
    if detail[:1] == "n":
        return block.text if fact_of(signal, detail[1:].partition("\t")[0]) else ""
    if detail[:1] == "q":
        return gist_line(signal, int(detail[1:]), rendering)
    return news_line(signal, int(detail[1:]) if detail[1:] else None, rendering)


def _change_of(block: Block, changes: Mapping[int, Change]) -> Change | None:
    """What became of the signals that a block rests on.

    A line about two numbers goes when either of them does.
    """
    if block.form is Form.INTRO:
        return _of_intro(block, changes)
    other = changes.get(block.also) if block.also else None
    if other is not None:
        before = block.detail.partition("\t")[2]
        if other.withdrawn or not fact_of(other.now, before):
            return replace(other, now=replace(other.now, state=SignalState.REJECTED))
    return changes.get(block.signal_id)


def _of_intro(block: Block, changes: Mapping[int, Change]) -> Change | None:
    """A sentence that was checked against two briefs goes as soon as one of them is another."""
    for change in (changes.get(block.signal_id), changes.get(block.also)):
        if change is not None and (change.withdrawn or change.now.brief != change.before.brief):
            return replace(change, now=replace(change.now, state=SignalState.REJECTED))
    return None


def _fits(text: str, key: str) -> bool:
    most = MAX_UNITS if key == "text" else MAX_CAPTION_UNITS
    return count_units(text) <= most and count_entities(text) <= MAX_ENTITIES


# --- what waits to be sent ---------------------------------------------------------------


class _Pieces:
    """The message cut into blocks and what stands between them, with the new numbers.

    `numbers` maps each numbered signal to its new number, 0 when it is out.
    """

    def __init__(
        self, frozen: Frozen, changes: Mapping[int, Change], rendering: Rendering
    ) -> None:
        self._frozen, self._changes, self._rendering = frozen, changes, rendering
        self.numbers = self._numbered()
        self._out = [self._is_out(block) for _, block in frozen.blocks]
        self.left = any(
            not out and block.form in _ENTRIES
            for out, (_, block) in zip(self._out, frozen.blocks, strict=True)
        )

    def text(self) -> str:
        """What stays, put together."""
        whole = str(self._frozen.body[self._frozen.key])
        text, at = "", 0
        heads = self._under_heads()
        dropped = False
        for place, (start, block) in enumerate(self._frozen.blocks):
            between = whole[at:start]
            # Where a block went, what stood before it already keeps its neighbours apart.
            text += between.lstrip("\n") if dropped else between
            at = start + len(block.text)
            dropped = self._out[place] or (block.form in _HEADS and not heads[place])
            text += "" if dropped else self._stays(block, heads[place])
        rest = whole[at:]
        return (text + (rest.lstrip("\n") if dropped else rest)).rstrip("\n")

    def _numbered(self) -> dict[int, int]:
        numbers: dict[int, int] = {}
        numbered = [block for _, block in self._frozen.blocks if block.form in _NUMBERED]
        following = numbered[0].number if numbered else 1
        for block in numbered:
            change = self._changes.get(block.signal_id)
            out = change is not None and change.withdrawn
            numbers[block.signal_id] = 0 if out else following
            following += not out
        return numbers

    def _is_out(self, block: Block) -> bool:
        change = _change_of(block, self._changes)
        if change is None:
            return False
        if block.form in _VANISHING and not _render(block, change.now, self._rendering):
            return True
        return change.withdrawn

    def _under_heads(self) -> list[int]:
        """For each block how many that stay follow it until the next heading."""
        counts, under = [0] * len(self._out), 0
        for place in range(len(self._out) - 1, -1, -1):
            form = self._frozen.blocks[place][1].form
            counts[place] = under
            if form in _HEADS:
                under = 0
            elif form is not Form.TOTALS:
                under += not self._out[place]
        return counts

    def _stays(self, block: Block, under: int) -> str:
        if block.form is Form.HEADING:
            name, _, count = block.text.rpartition(" · ")
            return f"{name} · {under}" if count.isdecimal() else block.text
        if block.form is Form.TOTALS:
            read, picked = map(int, block.detail.split())
            picked -= sum(not number for number in self.numbers.values())
            return escape(totals_words(read, picked, self._rendering))
        return self._entry(block)

    def _entry(self, block: Block) -> str:
        change = _change_of(block, self._changes)
        number = self.numbers.get(block.signal_id, 0) or block.number
        moved = replace(block, number=number)
        if change is not None:
            now = _render(block, change.now, self._rendering)
            if not _shows(block, change, now, self._rendering):
                return _render(moved, change.now, self._rendering)
        if number != block.number and block.form in _NUMBERED:
            return f"{number}.{block.text.removeprefix(f'{block.number}.')}"
        return block.text


def _with_buttons(body: dict[str, Any], labels: Mapping[str, str | None]) -> dict[str, Any]:
    """`body` with the buttons of `labels` (by callback data) named so, or without them (None)."""
    markup = body.get("reply_markup")
    if not labels or not markup:
        return body
    rows = []
    for row in markup.get("inline_keyboard", ()):
        kept = []
        for button in row:
            data = button.get("callback_data", "")
            if data not in labels:
                kept.append(button)
            elif (label := labels[data]) is not None:
                kept.append({**button, "text": label})
        if kept:
            rows.append(kept)
    left = {name: value for name, value in body.items() if name != "reply_markup"}
    return {**left, "reply_markup": {"inline_keyboard": rows}} if rows else left
