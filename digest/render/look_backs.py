"""Look-backs as messages: a push of one, and today's as a list."""

from collections.abc import Sequence
from dataclasses import replace
from zoneinfo import ZoneInfo

from digest.blocks import Block, Form
from digest.dates import day_words
from digest.look_backs import LookBack, LookBackKind
from digest.model import Action, Button, DigestKind, Message, Signal
from digest.render.cards import render_alert
from digest.render.fit import MAX_UNITS, count_units, cut, escape
from digest.render.lines import item, number_rows, paragraphs
from digest.render.measures import measure_words
from digest.render.rendering import Rendering
from digest.render.trends import story_headline
from digest.render.wording import said_as

_NAME_UNITS = 40


def render_look_back(one: LookBack, rendering: Rendering, *, settings: bool = True) -> Message:
    """A push of one past signal: why today, its card, and what came of it.

    With `settings` a button leads to how often such pushes come.
    """
    alert = render_alert(one.signal, rendering, DigestKind.LOOK_BACK)
    title = f"<b>{escape(look_back_title(one, rendering))}</b>"
    outcome = _outcome(one, rendering)
    text = paragraphs((title, alert.text, *([outcome[0]] if outcome[0] else ())))
    blocks = (*alert.blocks, *outcome[1])
    if count_units(text) > MAX_UNITS:
        text, blocks = paragraphs((title, alert.text)), alert.blocks
    rows = list(alert.buttons)
    if one.signal.story_id is not None and one.outcome:
        story = Action("story", (one.signal.story_id, 0))
        rows.append((Button(rendering.texts("look_back.story"), action=story),))
    if settings:
        often = Action("settings", ("look_back",))
        rows.append((Button(rendering.texts("look_back.often"), action=often),))
    return replace(alert, text=text, buttons=tuple(rows), blocks=blocks, picture=None)


def render_look_backs(title: str, found: Sequence[LookBack], rendering: Rendering) -> Message:
    """Today's look-backs as a numbered list under `title` (plain words)."""
    entries = []
    for number, one in enumerate(found, 1):
        why = f"<i>{escape(look_back_title(one, rendering))}</i>"
        outcome = _outcome(one, rendering)[0]
        shown = item(number, one.signal, rendering, point=True)
        entries.append("\n".join(filter(None, (why, shown, outcome))))
    text = paragraphs((f"<b>{escape(title)}</b>", *entries))
    while count_units(text) > MAX_UNITS and len(entries) > 1:
        entries.pop()
        text = paragraphs((f"<b>{escape(title)}</b>", *entries))
    shown_ = [one.signal for one in found[: len(entries)]]
    return Message(text, tuple(number_rows(shown_)), tuple(one.id for one in shown_))


def look_back_title(one: LookBack, rendering: Rendering) -> str:
    """Why it is shown today: 历史上的今天 · 2025年11月28日（1 年前）."""
    texts = rendering.texts
    day = day_words(one.on, rendering.lang, year=True)
    if one.kind is LookBackKind.YEAR:
        return texts.n("look_back.year", one.years, day=day)
    return texts(f"look_back.{one.kind}", day=day)


def _outcome(one: LookBack, rendering: Rendering) -> tuple[str, tuple[Block, ...]]:
    """What came of it, as far as later signals say so, and where they stand in it; HTML."""
    outcome, texts = one.outcome, rendering.texts
    lines: list[str] = []
    blocks: list[Block] = []
    if outcome.change is not None and outcome.changed is not None:
        change, lang = outcome.change, rendering.lang
        headline = story_headline(outcome.changed, rendering)
        told = texts(
            "look_back.change",
            name=cut(change.name, _NAME_UNITS),
            measure=cut(measure_words(change.measure, texts), _NAME_UNITS),
            then=cut(said_as(change.then, change.then_zh, lang), _NAME_UNITS),
            now=cut(said_as(change.now, change.now_zh, lang), _NAME_UNITS),
            day=_day(outcome.changed, rendering),
        )
        lines += [escape(told), headline]
        blocks.append(Block(Form.STORY, headline, outcome.changed.id))
    if outcome.later:
        newest = outcome.later[-1]
        headline = story_headline(newest, rendering)
        when = rendering.clock(newest.when)
        lines += [escape(texts.n("look_back.later", len(outcome.later), when=when)), headline]
        blocks.append(Block(Form.STORY, headline, newest.id))
    if outcome.story is not None:
        lead = outcome.story.lead
        headline = story_headline(lead, rendering)
        lines += [escape(texts("look_back.again")), headline]
        blocks.append(Block(Form.STORY, headline, lead.id))
    return "\n".join(lines), tuple(blocks)


def _day(signal: Signal, rendering: Rendering) -> str:
    local = signal.when.astimezone(ZoneInfo(rendering.zone))
    return day_words(local.date(), rendering.lang, year=True)
