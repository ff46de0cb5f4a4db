"""The buttons of a weekly's draft: let it out or leave it out, change its lines, a foreword."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from digest.model import Lang, Message
from digest.render import Rendering, render_weekly, week_name
from digest.text.units import clip
from digest.texts import texts_for
from digest.weeklies.lines import Line, dropped, moved, prefaced, restored, reworded, words_of
from digest.weeklies.report import Edits
from digest.weekly import Week
from handlers.admin.targets import said_by
from handlers.admin.weeklies.pages import (
    Looked,
    draft_page,
    line_page,
    look,
    sheet_page,
    sure_page,
)
from handlers.cards import quoted
from handlers.context import Turn
from handlers.prompts import WEEKLY, Prompt, put_question
from handlers.replies import say, show, toast
from handlers.weekpicture import send_glance
from storage import NotFound, Stale
from storage.weeklies import Issue, IssueState

LONGEST_LINE = 300
LONGEST_FOREWORD = 600


async def show_draft(turn: Turn, name: str) -> None:
    """The draft in the place of the tapped message."""
    looked = await _looked(turn, name)
    if looked is not None:
        await show(turn, draft_page(looked, turn.rendering))


async def _looked(turn: Turn, name: str) -> Looked | None:
    """The issue of a week; None, and told so, when there is none."""
    week = Week.read(name)
    issue = await turn.storage.weeklies.get(week) if week else None
    if issue is None or issue.report is None:
        await toast(turn, turn.texts("chat.button.old"), alert=True)
        return None
    return await look(turn.storage, issue, turn.taxonomy, turn.rendering, turn.now)


async def see(turn: Turn, name: str, lang: str) -> None:
    """Send what readers of a language will get, with the picture, as new messages."""
    looked = await _looked(turn, name)
    if looked is None or lang not in {one.value for one in Lang}:
        return
    if looked.weekly is None:
        await toast(turn, turn.texts("chat.wk.nothing"), alert=True)
        return
    theirs: Rendering = replace(turn.rendering, texts=texts_for(Lang(lang)))
    await send_glance(turn, looked.weekly, theirs)
    await say(turn, Message(render_weekly(looked.weekly, theirs).text))


# --- let it out, leave it out ----------------------------------------------------------------


async def decide(turn: Turn, op: str, name: str, revision: int) -> None:
    """Approve the draft that was shown, or leave the week out, after asking once more."""
    looked = await _looked(turn, name)
    if looked is None:
        return
    issue = looked.issue
    if issue.revision != revision or issue.state is not IssueState.DRAFT:
        await _second(turn, issue)
        return
    weeklies = turn.storage.weeklies
    match op:
        case "skip":
            await show(turn, sure_page(issue, turn.rendering))
        case "skipped":
            await _done(turn, issue, weeklies.skip, "chat.wk.skipped")
        case "approve" if looked.weekly is None:
            await toast(turn, turn.texts("chat.wk.nothing"), alert=True)
        case "approve":
            await _done(turn, issue, weeklies.approve, "chat.wk.approved")
        case _:
            await toast(turn, turn.texts("chat.button.old"), alert=True)


async def _done(
    turn: Turn, issue: Issue, deed: Callable[..., Awaitable[object]], key: str
) -> None:
    try:
        await deed(issue, actor=turn.actor, now=turn.now)
    except (Stale, NotFound):
        await _second(turn, issue)
        return
    turn.services.wake_sender()
    week = quoted(week_name(issue.week, turn.rendering))
    await _show_again(turn, str(issue.week), turn.texts(key, week=week))


async def _second(turn: Turn, issue: Issue) -> None:
    """Somebody was quicker: say who did what, and show how it stands now."""
    newest = await turn.storage.audit.newest(f"weekly:{issue.week}")
    said = await said_by(turn, newest) if newest else turn.texts("chat.wk.changed")
    await _show_again(turn, str(issue.week), quoted(said))
    await toast(turn, said, alert=True)


async def _show_again(turn: Turn, name: str, note: str) -> None:
    looked = await _looked(turn, name)
    if looked is not None:
        await show(turn, draft_page(looked, turn.rendering, note))


# --- line by line ----------------------------------------------------------------------------


async def show_sheet(turn: Turn, name: str) -> None:
    """All lines of the report."""
    looked = await _looked(turn, name)
    if looked is not None:
        await show(turn, sheet_page(looked, turn.rendering))


async def show_line(turn: Turn, name: str, sign: str) -> None:
    """One line of the report."""
    looked = await _looked(turn, name)
    if looked is None:
        return
    line = looked.line(sign)
    if line is None:
        await show(turn, sheet_page(looked, turn.rendering, turn.texts("chat.wk.changed")))
        return
    await show(turn, line_page(looked, line, turn.rendering))


async def edit_line(turn: Turn, op: str, name: str, sign: str, revision: int) -> None:
    """Leave a line out, put it back, move it, or take editors' words off it."""
    looked = await _looked(turn, name)
    if looked is None:
        return
    line = looked.line(sign)
    if line is None or looked.issue.revision != revision:
        await _overtaken(turn, looked)
        return
    changed = _edited(op, looked, line)
    if changed is None:
        await toast(turn, turn.texts("chat.button.old"), alert=True)
        return
    await _keep(turn, looked, changed, line, show)


def _edited(op: str, looked: Looked, line: Line) -> Edits | None:
    edits = looked.issue.edits
    match op:
        case "drop":
            return dropped(edits, line.key)
        case "back":
            return restored(edits, line.key)
        case "up" | "top":
            return moved(looked.lines, line, edits, to_top=op == "top")
        case "plain":
            return reworded(reworded(edits, line.key, "zh", ""), line.key, "en", "")
        case _:
            return None


async def _overtaken(turn: Turn, looked: Looked) -> None:
    """Somebody changed the report meanwhile: say who, and show its lines as they are."""
    newest = await turn.storage.audit.newest(f"weekly:{looked.issue.week}")
    said = await said_by(turn, newest) if newest else turn.texts("chat.wk.changed")
    await show(turn, sheet_page(looked, turn.rendering, quoted(said)))
    await toast(turn, said, alert=True)


async def _keep(
    turn: Turn,
    looked: Looked,
    changed: Edits,
    line: Line | None,
    reply: Callable[[Turn, Message], Awaitable[object]],
) -> None:
    """Keep what was changed and show it: the line that it was about, else all lines."""
    issue = looked.issue
    try:
        await turn.storage.weeklies.edit(issue, changed, actor=turn.actor, now=turn.now)
    except (Stale, NotFound):
        await _overtaken(turn, looked)
        return
    now = await _looked(turn, str(issue.week))
    if now is None:
        return
    again = now.line(line.sign) if line else None
    if again is None or again.dropped:
        await reply(turn, sheet_page(now, turn.rendering))
    else:
        await reply(turn, line_page(now, again, turn.rendering))


# --- typed -----------------------------------------------------------------------------------


async def ask_words(turn: Turn, what: str, name: str, sign: str) -> None:
    """Ask for words: of a line ("zh", "en"), or a foreword ("fzh", "fen")."""
    looked = await _looked(turn, name)
    if looked is None:
        return
    if what not in {"zh", "en", "fzh", "fen"} or (what[0] != "f" and not looked.line(sign)):
        await toast(turn, turn.texts("chat.button.old"), alert=True)
        return
    value = f"{what}_{name}_{sign}".rstrip("_")
    hint = turn.texts("chat.wk.ask.hint")
    await put_question(turn, Prompt(WEEKLY, value), turn.texts(f"chat.wk.ask.{what}"), hint)


async def take_words(turn: Turn, value: str, typed: str) -> None:
    """The words that were typed."""
    what, _, rest = value.partition("_")
    name, _, sign = rest.partition("_")
    looked = await _looked(turn, name)
    if looked is None:
        return
    words = words_of(typed)
    most = LONGEST_FOREWORD if what[:1] == "f" else LONGEST_LINE
    if clip(words, most) != words:
        await say(turn, turn.texts("chat.wk.too_long", most=most))
        return
    edits = looked.issue.edits
    if what in {"fzh", "fen"}:
        await _keep(turn, looked, prefaced(edits, what[1:], words), None, say)
        return
    line = looked.line(sign)
    if line is None or what not in {"zh", "en"}:
        await say(turn, turn.texts("chat.wk.changed"))
        return
    await _keep(turn, looked, reworded(edits, line.key, what, words), line, say)
