"""How far the messages that were sent follow a change: one line that counts on by itself."""

from handlers.context import Turn
from handlers.replies import say
from storage import AuditEntry


async def watch_amending(turn: Turn, signal_id: int) -> None:
    """Let whoever changed a signal watch its messages follow, where any were sent.

    Call it after the act. What was sent longer ago than two days stays as it was, and what people
    asked for themselves (/latest, a card) is not followed: the page shows the correction.
    """
    change = await turn.storage.amendments.newest_change(signal_id)
    if change is None or not await turn.storage.amendments.was_sent(signal_id, turn.now):
        return
    told = turn.texts("chat.amend.begun")
    sent = await say(turn, told)
    if sent:
        chat = turn.subscriber.chat_id
        await turn.storage.amendments.watch(change, chat, sent, told)
        turn.services.wake_corrector()


async def watch_undone(turn: Turn, entry: AuditEntry) -> None:
    """The same after an act upon one signal was taken back."""
    kind, _, number = entry.target.partition(":")
    if kind == "signal" and number.isdecimal():
        await watch_amending(turn, int(number))
