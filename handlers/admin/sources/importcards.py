"""An import as a message: what a list holds, how far it has come, what came of it."""

import csv
import io
from collections.abc import Sequence
from datetime import datetime, timedelta

from digest.errors import PollFailure
from digest.model import Button, Message
from digest.render import Rendering
from digest.sources.trial import Refusal, Refused
from digest.texts import Texts
from handlers.admin.sources.listing import View
from handlers.admin.sources.spans import span_words
from handlers.cards import quoted
from handlers.keyboards import act
from storage import ImportRow, ImportState, RowState, SourceImport

REPORTED = (
    RowState.SAVED,
    RowState.KNOWN,
    RowState.FAILED,
    RowState.UNUSABLE,
    RowState.DROPPED,
)
_BAR = 12
# A spreadsheet takes cells that begin so for formulas.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
# Sooner nobody can say how long the rest will take.
_ENOUGH_TRIED = 5


def row_reason(row: ImportRow, texts: Texts) -> str:
    """Why a place of a list did not become a source, for people."""
    if row.state is RowState.UNUSABLE:
        return texts("chat.opml.no_address")
    if not row.reason:
        return ""
    code = Refused(row.reason) if row.reason in set(Refused) else PollFailure(row.reason)
    return Refusal(code).words(texts)


def import_message(rendering: Rendering, found: SourceImport) -> Message:
    """An import as it stands."""
    if found.state is ImportState.ASKED:
        return _asked(rendering, found)
    if found.state is ImportState.RUNNING:
        return _running(rendering, found)
    return _ended(rendering, found)


def _asked(rendering: Rendering, found: SourceImport) -> Message:
    texts = rendering.texts
    fresh, known = found.count(RowState.WAITING), found.count(RowState.KNOWN)
    unusable = found.count(RowState.UNUSABLE)
    lines = [texts("chat.opml.found", name=quoted(found.name)), texts.n("chat.opml.fresh", fresh)]
    if known:
        lines.append(texts.n("chat.opml.known", known))
    if found.repeated:
        lines.append(texts.n("chat.opml.repeated", found.repeated))
    if unusable:
        lines.append(texts.n("chat.opml.unusable", unusable))
    row: list[Button] = []
    if fresh:
        lines += ["", texts("chat.opml.ask")]
        row.append(act(texts.n("chat.opml.go", fresh), "import", found.id, "go"))
        row.append(act(texts("chat.opml.no"), "import", found.id, "stop"))
    rows = [tuple(row)]
    if unusable:
        rows.append((act(texts("chat.opml.report"), "import", found.id, "report"),))
    return Message("\n".join(lines), tuple(one for one in rows if one))


def _running(rendering: Rendering, found: SourceImport) -> Message:
    texts = rendering.texts
    waiting = found.count(RowState.WAITING)
    done = found.count(RowState.TRIED, RowState.SAVED, RowState.FAILED)
    whole = max(1, done + waiting)
    filled = done * _BAR // whole
    lines = [
        texts("chat.opml.running", name=quoted(found.name)),
        f"{'▰' * filled}{'▱' * (_BAR - filled)} {done}/{whole}",
        _tally(texts, found),
    ]
    left = _time_left(found, rendering.now, done, waiting)
    if left is not None:
        lines.append(texts("chat.opml.left", span=span_words(int(left.total_seconds()), texts)))
    stop = act(texts("chat.opml.stop"), "import", found.id, "stop")
    return Message("\n".join(lines), ((stop,),))


def _tally(texts: Texts, found: SourceImport) -> str:
    return texts(
        "chat.opml.tally",
        saved=found.count(RowState.SAVED, RowState.TRIED),
        known=found.count(RowState.KNOWN),
        failed=found.count(RowState.FAILED),
        left=found.count(RowState.WAITING),
    )


def _time_left(
    found: SourceImport, now: datetime | None, done: int, waiting: int
) -> timedelta | None:
    if now is None or found.begun_at is None or done < _ENOUGH_TRIED or not waiting:
        return None
    return (now - found.begun_at) / done * waiting


def _ended(rendering: Rendering, found: SourceImport) -> Message:
    texts = rendering.texts
    key = "chat.opml.done" if found.state is ImportState.DONE else "chat.opml.stopped"
    saved, failed = found.count(RowState.SAVED), found.count(RowState.FAILED)
    lines = [texts(key, name=quoted(found.name)), texts.n("chat.opml.saved", saved)]
    for state, name in (
        (RowState.KNOWN, "known"),
        (RowState.FAILED, "failed"),
        (RowState.UNUSABLE, "unusable"),
        (RowState.DROPPED, "dropped"),
    ):
        if found.count(state):
            lines.append(texts.n(f"chat.opml.{name}", found.count(state)))
    if found.begun_at and found.ended_at:
        took = int((found.ended_at - found.begun_at).total_seconds())
        lines.append(texts("chat.opml.took", span=span_words(max(1, took), texts)))
    row: list[Button] = []
    if failed or found.count(RowState.UNUSABLE, RowState.DROPPED):
        row.append(act(texts("chat.opml.report"), "import", found.id, "report"))
    if saved:
        row.append(act(texts("chat.opml.back"), "import", found.id, "back"))
    listed = act(texts("chat.source.list.open"), "sources", str(View()), 0)
    return Message("\n".join(lines), tuple(one for one in (tuple(row), (listed,)) if one))


# --- as a file ----------------------------------------------------------------------------


def report_name(found: SourceImport) -> str:
    """What the report is called."""
    return f"hexin-import-{found.id}.csv"


def report_body(rows: Sequence[ImportRow], texts: Texts) -> bytes:
    """The whole list as CSV that spreadsheets open in the right encoding: each place, and why."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(texts("chat.opml.report_head").split("|"))
    for row in rows:
        said = (texts(f"chat.opml.row.{row.state}"), row_reason(row, texts))
        writer.writerow([_cell(one) for one in (row.title, row.address, *said)])
    return out.getvalue().encode("utf-8-sig")


def _cell(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text
