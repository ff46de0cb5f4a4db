"""/audit: what the staff did, act by act; /undo: take an act back."""

import csv
import io
import json
from typing import Any

from digest.model import Message
from digest.roles import Role
from digest.text.units import clip
from handlers.admin.broadcasts.pages import way_back
from handlers.admin.progress import watch_undone
from handlers.admin.targets import (
    act_name,
    actor_name,
    said_by,
    target_name,
    value_in_words,
)
from handlers.cards import quoted
from handlers.context import Turn
from handlers.guards import role_here
from handlers.keyboards import Rows, act, grid
from handlers.menus import refresh_menu
from handlers.replies import say, say_file, show, toast
from storage import AuditEntry, Changed, NotFound, NotUndoable

PAGE = 8
EXPORTED = 50_000
_VALUE_UNITS = 600
_TARGET_UNITS = 60
ALL, MINE = "all", "mine"
# Acts that only owners may take back, as only they may do them.
_OWNERS = ("staff.", "desk.", "broadcast.", "topic.retire", "topic.revive", "taxonomy.import")
# A spreadsheet takes cells that begin so for formulas.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


async def audit(turn: Turn) -> None:
    """The newest acts; with words, those upon what is called so (a number finds one act)."""
    words = turn.words.strip().lstrip("#")
    if words.isdecimal() and len(words) < 18:  # noqa: PLR2004  what a database takes
        entry = await turn.storage.audit.get(int(words))
        if entry is not None:
            await say(turn, await _card(turn, entry))
            return
    await say(turn, await _list(turn, 0, ALL))


async def show_audit(turn: Turn, before: int, whose: str) -> None:
    """A page of the acts: those before the act `before` (0: the newest)."""
    await show(turn, await _list(turn, before, whose))


async def _list(turn: Turn, before: int, whose: str) -> Message:
    texts = turn.texts
    actor = turn.actor if whose == MINE else None
    found = await turn.storage.audit.list(PAGE + 1, before or None, actor=actor)
    entries, more = found[:PAGE], len(found) > PAGE
    undone = await turn.storage.audit.undone([entry.id for entry in entries])
    lines = [await _line(turn, entry, undone=entry.id in undone) for entry in entries]
    rows: Rows = grid([act(f"#{one.id}", "act", one.id) for one in entries], per_row=4)
    turning = []
    if before:
        turning.append(act(texts("chat.audit.newest"), "audit", 0, whose))
    if more:
        turning.append(act(texts("chat.audit.older"), "audit", entries[-1].id, whose))
    other = MINE if whose == ALL else ALL
    rows = (
        *rows,
        tuple(turning),
        (
            act(texts(f"chat.audit.{other}"), "audit", 0, other),
            act(texts("chat.audit.export"), "books", "csv"),
            act(texts("chat.audit.export_json"), "books", "json"),
        ),
    )
    text = "\n".join([texts("chat.audit.title"), "", *(lines or [texts("chat.audit.none")])])
    return Message(text, tuple(row for row in rows if row))


async def _line(turn: Turn, entry: AuditEntry, *, undone: bool) -> str:
    line = turn.texts(
        "chat.audit.line",
        id=entry.id,
        when=turn.rendering.clock(entry.at),
        who=quoted(await actor_name(turn, entry.actor)),
        what=quoted(act_name(turn, entry.act)),
        target=quoted(clip(await target_name(turn, entry.target), _TARGET_UNITS)),
    )
    return f"<s>{line}</s>" if undone else line


# --- one act -----------------------------------------------------------------------------


async def show_act(turn: Turn, act_id: int) -> None:
    """One act: what it was before and after, and the button that takes it back."""
    entry = await turn.storage.audit.get(act_id)
    if entry is None:
        await toast(turn, turn.texts("chat.takeback.none"))
        return
    await show(turn, await _card(turn, entry))


async def _card(turn: Turn, entry: AuditEntry) -> Message:
    texts = turn.texts
    undone = await turn.storage.audit.undone([entry.id])
    lines = [await _line(turn, entry, undone=entry.id in undone)]
    if entry.before is not None:
        before = await value_in_words(turn, entry.before)
        lines.append(texts("chat.audit.before", value=_shown(before)))
    if entry.after is not None:
        after = await value_in_words(turn, entry.after)
        lines.append(texts("chat.audit.after", value=_shown(after)))
    if entry.undo_of is not None:
        lines.append(texts("chat.audit.undo_of", id=entry.undo_of))
    if entry.id in undone:
        lines.append(texts("chat.audit.undone", said=await said_by(turn, undone[entry.id])))
    if entry.changes is None:
        lines.append(texts("chat.audit.final"))
    rows: Rows = ((act(texts("chat.back"), "audit", 0, ALL),),)
    if entry.changes is not None and entry.id not in undone and await _may_undo(turn, entry):
        rows = ((act(texts("chat.takeback.this"), "takeback", entry.id),), *rows)
    if entry.changes is None and await _may_undo(turn, entry):
        rows = (*way_back(turn, entry), *rows)
    return Message("\n\n".join(lines), rows)


def _shown(value: Any) -> str:
    return quoted(clip(_plain(value), _VALUE_UNITS))


def _plain(value: Any) -> str:
    """What was kept, a line for each part."""
    if isinstance(value, dict):
        return "\n".join(f"{name}: {_plain(inner)}" for name, inner in value.items())
    if isinstance(value, list):
        return "\n".join(f"• {_plain(inner)}" for inner in value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


async def _may_undo(turn: Turn, entry: AuditEntry) -> bool:
    role = await role_here(turn)
    if role is None or role < Role.EDITOR:
        return False
    origin = await turn.storage.audit.origin(entry)
    return role is Role.OWNER or not origin.act.startswith(_OWNERS)


async def undo(turn: Turn) -> None:
    """Take back the act of this number, or show one's own last act to take back."""
    words = turn.words.strip().lstrip("#")
    if words:
        entry = None
        if words.isdecimal() and len(words) < 18:  # noqa: PLR2004  what a database takes
            entry = await turn.storage.audit.get(int(words))
        if entry is None:
            await say(turn, turn.texts("chat.takeback.none"))
            return
        await say(turn, await _take_back(turn, entry))
        return
    last = await turn.storage.audit.last_undoable(turn.actor)
    if last is None:
        await say(turn, turn.texts("chat.takeback.nothing"))
        return
    await say(turn, await _card(turn, last))


async def take_back(turn: Turn, act_id: int) -> None:
    """The button of an act's card."""
    entry = await turn.storage.audit.get(act_id)
    if entry is None:
        await toast(turn, turn.texts("chat.takeback.none"))
        return
    message = await _take_back(turn, entry)
    await show(turn, message)


async def _take_back(turn: Turn, entry: AuditEntry) -> Message:
    texts = turn.texts
    back = (act(texts("chat.audit.open"), "audit", 0, ALL),)
    if not await _may_undo(turn, entry):
        return Message(texts("chat.staff.owners_only"), (back,))
    if await _ends_owners(turn, entry):
        return Message(texts("chat.staff.last"), (back,))
    try:
        done = await turn.storage.acts.undo(entry.id, turn.actor, turn.now)
    except NotUndoable as error:
        said = await said_by(turn, error.already) if error.already else ""
        key = "chat.takeback.already" if error.already else "chat.takeback.final"
        rows = (*way_back(turn, entry), back)
        return Message(texts(key, said=said) if said else texts(key), rows)
    except Changed as error:
        if error.by is None:
            return Message(texts("chat.takeback.changed"), (back,))
        later = act(texts("chat.takeback.see", id=error.by.id), "act", error.by.id)
        text = texts(
            "chat.takeback.later", said=quoted(await said_by(turn, error.by)), id=error.by.id
        )
        return Message(text, ((later,), back))
    except NotFound:
        return Message(texts("chat.takeback.none"), (back,))
    turn.services.wake_sender()
    for user_id in _members(entry):
        await refresh_menu(turn, user_id, await turn.services.staff.role_of(user_id))
    await watch_undone(turn, entry)
    again = act(texts("chat.takeback.again"), "takeback", done.id)
    text = texts(
        "chat.takeback.done",
        what=quoted(act_name(turn, entry.act)),
        target=quoted(clip(await target_name(turn, entry.target), _TARGET_UNITS)),
    )
    return Message(text, ((again,), back))


def _members(entry: AuditEntry) -> dict[int, Any]:
    """Whose role an act changed, each with what they were before it; None for no member."""
    return {
        key["user_id"]: before["role"] if before else None
        for table, key, before, _after in entry.changes or ()
        if table == "staff" and (before is None or "role" in before)
    }


async def _ends_owners(turn: Turn, entry: AuditEntry) -> bool:
    """Whether nobody would be an owner any more once the act is taken back."""
    lowered = {user_id for user_id, role in _members(entry).items() if role != Role.OWNER.key}
    roles = await turn.services.staff.roles()
    owners = {user_id for user_id, role in roles.items() if role is Role.OWNER}
    return bool(owners & lowered) and owners <= lowered - turn.services.admins


# --- as a file ---------------------------------------------------------------------------


async def export(turn: Turn, form: str) -> None:
    """All acts as a file; in private only, for it names people."""
    if not turn.is_private:
        await toast(turn, turn.texts("chat.audit.private"), alert=True)
        return
    entries = await turn.storage.audit.list(EXPORTED)
    await toast(turn)
    body = _as_csv(entries) if form == "csv" else _as_json(entries)
    name = f"hexin-audit-{turn.today:%Y%m%d}.{'csv' if form == 'csv' else 'json'}"
    caption = turn.texts.n("chat.audit.file", len(entries))
    await say_file(turn, name, body, caption)


def _as_csv(entries: tuple[AuditEntry, ...]) -> bytes:
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(("id", "at", "actor", "act", "target", "before", "after", "undo_of"))
    for one in entries:
        row = (
            one.id,
            one.at.isoformat(),
            one.actor,
            one.act,
            one.target,
            "" if one.before is None else json.dumps(one.before, ensure_ascii=False),
            "" if one.after is None else json.dumps(one.after, ensure_ascii=False),
            one.undo_of or "",
        )
        writer.writerow([_harmless(str(cell)) for cell in row])
    return ("﻿" + file.getvalue()).encode()


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _as_json(entries: tuple[AuditEntry, ...]) -> bytes:
    rows = [
        {
            "id": one.id,
            "at": one.at.isoformat(),
            "actor": one.actor,
            "act": one.act,
            "target": one.target,
            "before": one.before,
            "after": one.after,
            "undo_of": one.undo_of,
        }
        for one in entries
    ]
    return json.dumps(rows, ensure_ascii=False, indent=1).encode()
