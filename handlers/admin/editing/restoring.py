"""恢复原文: a signal, or one field of it, as it was before any editor touched it."""

from digest.editing import Field
from digest.model import Message
from digest.render import cut, escape
from handlers.admin.editing.sheet import field_name, sheet, sought
from handlers.admin.progress import watch_amending
from handlers.context import Turn
from handlers.keyboards import act, grid
from handlers.replies import show, toast
from storage import Edit

_SHOWN_UNITS = 300
ALL = "all"


async def show_original(turn: Turn, signal_id: int) -> None:
    """What the edited fields were, with a button for each and one for all of them."""
    signal = await sought(turn, signal_id)
    if signal is None:
        return
    known = await turn.storage.editing.of(signal_id)
    if known is None:
        await toast(turn, turn.texts("chat.edit.restore.none"), alert=True)
        await show(turn, await sheet(turn, signal))
        return
    texts = turn.texts
    fields = [Field(one) for one in known.fields]
    lines = [f"↩️ <b>{escape(texts('chat.edit.restore.title'))}</b>"]
    for field in fields:
        was = escape(_was(turn, known, field) or texts("chat.edit.nothing"))
        lines += ["", f"<b>{escape(field_name(turn, field))}</b>", was]
    one_by_one = [
        act(
            texts("chat.edit.restore.one", field=field_name(turn, one)),
            "erestore",
            signal_id,
            one.value,
        )
        for one in fields
    ]
    rows = (
        *(grid(one_by_one) if len(fields) > 1 else ()),
        (act(texts("chat.edit.restore.all"), "erestore", signal_id, ALL),),
        (act(texts("chat.back"), "esheet", signal_id),),
    )
    await show(turn, Message("\n".join(lines), rows))


async def restore(turn: Turn, signal_id: int, field: str) -> None:
    """Bring back one field, or all."""
    signal = await sought(turn, signal_id)
    if signal is None:
        return
    if field != ALL and field not in set(Field):
        await toast(turn, turn.texts("chat.button.old"), alert=True)
        return
    wanted = None if field == ALL else Field(field)
    entry = await turn.storage.editing.restore(signal_id, wanted, turn.actor, turn.now)
    key = "chat.edit.restored" if entry else "chat.edit.restore.none"
    changed = await turn.storage.signals.get(signal_id)
    if changed is not None:
        await show(turn, await sheet(turn, changed))
        await toast(turn, turn.texts(key))
        await watch_amending(turn, signal_id)


def _was(turn: Turn, known: Edit, field: Field) -> str:
    brief, original = known.original.brief, known.original
    match field:
        case Field.HEADLINE:
            said = brief.headline
        case Field.HEADLINE_EN:
            said = brief.headline_en or brief.headline_original
        case Field.POINTS:
            said = " / ".join(point.text for point in brief.points)
        case Field.WHY:
            said = brief.why.text if brief.why else ""
        case Field.COLUMN:
            said = turn.rendering.column(original.column)
        case Field.TOPICS:
            said = turn.texts("digest.comma").join(map(turn.rendering.topic, original.topics))
        case _:
            said = turn.texts(f"chat.edit.access.{original.access}") if original.access else ""
    return cut(said, _SHOWN_UNITS) if said else ""
