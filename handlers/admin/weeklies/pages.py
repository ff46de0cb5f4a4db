"""What the desk sees of a weekly: the draft with its buttons, its lines, one of them. No turns."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from digest.model import Button, Lang, Message
from digest.render import Rendering, escape, render_weekly, week_name
from digest.render.fit import MAX_UNITS, count_units, cut
from digest.taxonomy import Taxonomy
from digest.weeklies.lines import Line, lines_of
from digest.weeklies.opened import Weekly, opened
from digest.weeklies.report import Edits
from handlers.keyboards import Rows, act, grid
from storage import Storage
from storage.weeklies import Issue, IssueState

_LINE_UNITS = 76
_NUMBERS_PER_ROW = 8


@dataclass(frozen=True, slots=True)
class Looked:
    """An issue with its report as it would be shown now, and its lines with those left out.

    `waiting` is how many readers wait for it already.
    """

    issue: Issue
    weekly: Weekly | None
    lines: tuple[Line, ...]
    waiting: int = 0

    def line(self, sign: str) -> Line | None:
        """The line with this sign."""
        return next((one for one in self.lines if one.sign == sign), None)


async def look(
    storage: Storage, issue: Issue, taxonomy: Taxonomy, rendering: Rendering, now: datetime
) -> Looked:
    """The issue as editors look at it."""
    report = issue.report
    if report is None:
        return Looked(issue, None, ())
    found = await storage.signals.get_many(report.signal_ids)
    by_id = {signal.id: signal for signal in found}

    def open_with(edits: Edits) -> Weekly | None:
        return opened(report, by_id, now=now, taxonomy=taxonomy, edits=edits, intro=issue.intro)

    weekly = open_with(issue.edits)
    lines = lines_of(weekly, rendering) if weekly else ()
    if issue.edits.dropped:
        # Placed first, what was left out stands among the lines again, and can be put back.
        back = replace(issue.edits, dropped=frozenset(), order=tuple(sorted(issue.edits.dropped)))
        whole = open_with(back)
        gone = lines_of(whole, rendering) if whole else ()
        lines = (
            *lines,
            *(replace(one, dropped=True) for one in gone if one.key in issue.edits.dropped),
        )
    waiting = await storage.weeklies.waiting(now) if issue.state is IssueState.DRAFT else 0
    return Looked(issue, weekly, lines, waiting)


def draft_page(looked: Looked, rendering: Rendering, note: str = "") -> Message:
    """The draft as readers would get it, with what can be done about it."""
    issue, texts = looked.issue, rendering.texts
    head = texts(f"chat.wk.state.{issue.state}", week=escape(week_name(issue.week, rendering)))
    if issue.state is IssueState.DRAFT:
        head += "\n" + _deadline(issue, rendering)
        if looked.waiting:
            head += " " + escape(texts.n("chat.wk.waiting", looked.waiting))
    if note:
        head = f"{note}\n\n{head}"
    rows = _draft_rows(issue, rendering)
    if looked.weekly is None:
        return Message(f"{head}\n\n{texts('chat.wk.nothing')}", rows)
    shown = render_weekly(looked.weekly, rendering).text
    text = f"{head}\n\n{shown}"
    return Message(text if count_units(text) <= MAX_UNITS else head, rows)


def _deadline(issue: Issue, rendering: Rendering) -> str:
    if issue.falls_at is None:
        return escape(rendering.texts("chat.wk.waits"))
    when = rendering.clock(issue.falls_at)
    return escape(rendering.texts("chat.wk.falls", when=when))


def _draft_rows(issue: Issue, rendering: Rendering) -> Rows:
    texts, week = rendering.texts, str(issue.week)
    other = Lang.EN if rendering.lang is Lang.ZH else Lang.ZH
    look_rows: Rows = (
        (
            act(texts("chat.wk.edit"), "wksheet", week),
            act(texts("chat.wk.open"), "wksee", week, rendering.lang.value),
            act(texts(f"chat.wk.open.{other}"), "wksee", week, other.value),
        ),
    )
    if issue.state is IssueState.DRAFT:
        return (
            (
                act(texts("chat.wk.approve"), "wkdo", "approve", week, issue.revision),
                act(texts("chat.wk.skip"), "wkdo", "skip", week, issue.revision),
            ),
            *look_rows,
        )
    return look_rows


def sure_page(issue: Issue, rendering: Rendering) -> Message:
    """Asks once more before a week goes without a report."""
    texts, week = rendering.texts, str(issue.week)
    name = escape(week_name(issue.week, rendering))
    rows = (
        (
            act(texts("chat.wk.skip.yes"), "wkdo", "skipped", week, issue.revision),
            act(texts("chat.back"), "wkdraft", week),
        ),
    )
    return Message(texts("chat.wk.skip.sure", week=name), rows)


def sheet_page(looked: Looked, rendering: Rendering, note: str = "") -> Message:
    """All lines with their numbers; a tap on one opens it."""
    texts, issue = rendering.texts, looked.issue
    week, name = str(issue.week), escape(week_name(issue.week, rendering))
    parts = [texts("chat.wk.sheet", week=name)]
    if note:
        parts.insert(0, note)
    parts += _forewords(issue.edits, rendering)
    parts += _listed(looked.lines, rendering)
    numbers = [act(str(place), "wkline", week, one.sign) for place, one in _numbered(looked)]
    rows = tuple(
        tuple(numbers[at : at + _NUMBERS_PER_ROW])
        for at in range(0, len(numbers), _NUMBERS_PER_ROW)
    )
    asks = grid(
        [
            act(texts("chat.wk.foreword.zh"), "wkask", "fzh", week, ""),
            act(texts("chat.wk.foreword.en"), "wkask", "fen", week, ""),
        ]
    )
    back = (act(texts("chat.wk.back"), "wkdraft", week),)
    return Message("\n\n".join(parts), (*rows, *asks, back))


def _numbered(looked: Looked) -> Sequence[tuple[int, Line]]:
    return list(enumerate(looked.lines, 1))


def _forewords(edits: Edits, rendering: Rendering) -> list[str]:
    return [
        escape(rendering.texts(f"chat.wk.foreword.is.{lang}", words=words))
        for lang, words in sorted(edits.foreword.items())
    ]


def _listed(lines: Sequence[Line], rendering: Rendering) -> list[str]:
    blocks: list[str] = []
    section = ""
    for place, line in enumerate(lines, 1):
        heading = rendering.texts("chat.wk.dropped") if line.dropped else line.section
        if heading != section:
            section = heading
            blocks.append(f"<b>{escape(section)}</b>")
        words = escape(cut(line.own or line.text, _LINE_UNITS))
        mark = " ✏️" if line.own else ""
        blocks[-1] += f"\n{place}. {words}{mark}"
    return blocks


def line_page(looked: Looked, line: Line, rendering: Rendering, note: str = "") -> Message:
    """One line, and what can be done with it."""
    texts, issue = rendering.texts, looked.issue
    parts = [f"<b>{escape(line.section)}</b>\n{escape(line.text)}"]
    if note:
        parts.insert(0, note)
    if line.more and not line.own:
        parts.append(escape("\n").join(escape(one) for one in line.more))
    for lang, words in sorted(issue.edits.lines.get(line.key, {}).items()):
        parts.append(escape(texts(f"chat.wk.own.{lang}", words=words)))
    return Message("\n\n".join(parts), _line_rows(issue, line, rendering))


def _line_rows(issue: Issue, line: Line, rendering: Rendering) -> Rows:
    texts, week = rendering.texts, str(issue.week)

    def button(op: str) -> Button:
        return act(texts(f"chat.wk.line.{op}"), "wkedit", op, week, line.sign, issue.revision)

    back = (act(texts("chat.wk.to_sheet"), "wksheet", week),)
    if line.dropped:
        return ((button("back"),), back)
    rows: Rows = ((button("top"), button("up"), button("drop")),)
    asks = (
        act(texts("chat.wk.line.zh"), "wkask", "zh", week, line.sign),
        act(texts("chat.wk.line.en"), "wkask", "en", week, line.sign),
    )
    plain = (button("plain"),) if issue.edits.lines.get(line.key) else ()
    return (*rows, asks, plain, back)
