"""/desk: a group or forum topic in which the staff works together."""

from handlers.cards import quoted
from handlers.context import Turn
from handlers.guards import at_desk
from handlers.menus import refresh_menu
from handlers.replies import say

_CLOSE = frozenset({"off", "close", "关闭", "取消"})


async def desk(turn: Turn) -> None:
    """Make the group or topic in which it is typed a desk, or with "off" none any more."""
    texts, here = turn.texts, turn.subscriber
    if turn.is_private or turn.is_channel:
        await say(turn, await _overview(turn))
        return
    actor, now = turn.actor, turn.now
    if turn.words.strip().casefold() in _CLOSE:
        was = await turn.storage.staff.close_desk(
            here.chat_id, here.thread_id, actor=actor, now=now
        )
        await say(turn, texts("chat.desk.closed" if was else "chat.desk.none_here"))
        return
    if await at_desk(turn):
        await say(turn, texts("chat.desk.already"))
        return
    await turn.storage.staff.open_desk(
        here.chat_id, here.thread_id, here.title, turn.lang, actor=actor, now=now
    )
    for user_id, role in (await turn.services.staff.roles()).items():
        await refresh_menu(turn, user_id, role)
    await say(turn, texts("chat.desk.opened"))


async def _overview(turn: Turn) -> str:
    desks = await turn.storage.staff.desks()
    lines = [f"• {quoted(one.title)}" for one in desks]
    listed = "\n".join(lines) or turn.texts("chat.desk.none")
    return f"{turn.texts('chat.desk.explained')}\n\n{listed}"
