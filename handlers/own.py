"""/privacy, /export and /forget: what is kept of somebody, all of it as a file, and its end.

In a private chat it is about the person; in a group or channel about what is kept for the chat,
and only for its admins.
"""

import asyncio
from collections.abc import Mapping

from digest.model import Button, Message
from handlers.admission import AccessMode
from handlers.archive import make_archive, table_title
from handlers.context import Turn
from handlers.keyboards import act
from handlers.replies import say, say_file, show, toast
from storage import Owner

HERE, ALL, NOT = "here", "all", "not"
# A question whose answer erases everything is not to be answered by accident weeks later.
VALID_MINUTES = 15


async def privacy(turn: Turn) -> None:
    """Say in plain words what is kept, why, for how long, who sees it, and how to end it."""
    rows = (
        (
            act(turn.texts("chat.export.button"), "export"),
            act(turn.texts("chat.forget.button"), "forget"),
        ),
    )
    await say(turn, Message(turn.texts("chat.privacy"), rows))


async def export(turn: Turn) -> None:
    """Send everything that is kept about this person or chat as one archive."""
    await toast(turn)
    data = await turn.storage.personal.collect(_owner(turn))
    # Packing is work: years of deliveries must not hold up everybody else's answers.
    packed = await asyncio.to_thread(make_archive, data, turn.texts, turn.now)
    key = "chat.export.caption" if turn.is_private else "chat.export.caption_group"
    await say_file(turn, f"hexin-{turn.now:%Y-%m-%d}.zip", packed, turn.texts(key))


async def forget(turn: Turn) -> None:
    """Say what would be erased, and ask."""
    texts = turn.texts
    counts = await turn.storage.personal.counts(_owner(turn))
    key = "chat.forget.ask" if turn.is_private else "chat.forget.ask_group"
    guest = "guests" in counts and turn.services.access.mode is not AccessMode.OPEN
    parts = [texts(key), texts("chat.forget.guest") if guest else "", _listed(turn, counts)]
    text = "\n\n".join(part for part in parts if part)
    stamp = int(turn.now.timestamp()) // 60
    rows: list[tuple[Button, ...]] = [(act(texts("chat.export.first"), "export"),)]
    if await turn.storage.personal.topics(turn.subscriber.chat_id) > 1:
        rows.append((act(texts("chat.forget.here"), "wipe", HERE, stamp),))
    rows.append((act(texts("chat.forget.all"), "wipe", ALL, stamp),))
    rows.append((act(texts("chat.forget.not"), "wipe", NOT, stamp),))
    await say(turn, Message(text, tuple(rows)))
    await toast(turn)


async def wipe(turn: Turn, scope: str, stamp: int) -> None:
    """Erase at once, and put the receipt in the place of the question."""
    texts = turn.texts
    age = int(turn.now.timestamp()) // 60 - stamp
    if scope not in {HERE, ALL, NOT} or not 0 <= age <= VALID_MINUTES:
        await toast(turn, texts("chat.forget.stale"), alert=True)
        return
    if scope == NOT:
        await show(turn, Message(texts("chat.forget.kept")))
        return
    receipt = await turn.storage.personal.erase(_owner(turn, scope), turn.now)
    turn.services.standing.forget(turn.subscriber.chat_id)
    done = texts(
        "chat.forget.done", number=receipt.number, when=f"{receipt.at:%Y-%m-%d %H:%M} UTC"
    )
    await show(turn, Message(f"{done}\n\n{_listed(turn, receipt.counts)}"))


def _owner(turn: Turn, scope: str = ALL) -> Owner:
    here = turn.subscriber.thread_id if scope == HERE else None
    return Owner(turn.subscriber.chat_id, here)


def _listed(turn: Turn, counts: Mapping[str, int]) -> str:
    lines = [
        turn.texts("chat.forget.line", what=table_title(name, turn.texts), count=count)
        for name, count in sorted(counts.items(), key=lambda pair: -pair[1])
    ]
    return "\n".join(lines)
