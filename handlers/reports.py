"""报告问题: what is wrong with a signal, kept for the admins, who are told by bot/jobs."""

from digest.model import Signal
from handlers.cards import back_button, card_buttons, find
from handlers.context import Turn
from handlers.keyboards import act
from handlers.prompts import FLAW, Prompt, put_question
from handlers.replies import lead_to, say, show_buttons, toast
from storage import Filed

FACT, TRANSLATION, UNREADABLE, OTHER = "fact", "translation", "unreadable", "other"
KINDS = (FACT, TRANSLATION, UNREADABLE, OTHER)


async def show_report(turn: Turn, signal_id: int) -> None:
    """Put the kinds of faults under the card; a channel's reader is led to a card of their own."""
    signal = await find(turn, signal_id)
    if signal is None:
        return
    if turn.is_channel:
        await lead_to(turn, f"https://t.me/{turn.bot.username}?start=s_{signal_id}")
        return
    rows = [(act(turn.texts(f"chat.report.{kind}"), "flaw", kind, signal_id),) for kind in KINDS]
    await show_buttons(turn, (*rows, (back_button(turn, signal_id),)))
    await toast(turn)


async def flaw(turn: Turn, kind: str, signal_id: int) -> None:
    """Keep a report of one kind; for "other" ask what it is."""
    signal = await find(turn, signal_id)
    if signal is None:
        return
    if kind not in KINDS:
        await toast(turn, turn.texts("chat.button.old"), alert=True)
        return
    if kind == OTHER:
        await _put_back(turn, signal)
        await put_question(
            turn,
            Prompt(FLAW, str(signal_id)),
            turn.texts("chat.report.ask"),
            turn.texts("chat.report.hint"),
        )
        return
    filed = await turn.storage.reports.file(signal_id, kind, turn.user_id, "", turn.now)
    await _put_back(turn, signal)
    await toast(turn, turn.texts(f"chat.report.{filed.name.lower()}"), alert=True)


async def take_words(turn: Turn, value: str, typed: str) -> None:
    """Keep what somebody typed about a signal."""
    signal = await find(turn, int(value)) if value.isdecimal() and len(value) < 18 else None  # noqa: PLR2004
    words = " ".join(typed.split())
    if signal is None or not words:
        return
    filed = await turn.storage.reports.file(signal.id, OTHER, turn.user_id, words, turn.now)
    key = Filed.NEW if filed is Filed.AGAIN else filed  # the newest words count
    await say(turn, turn.texts(f"chat.report.{key.name.lower()}"))


async def _put_back(turn: Turn, signal: Signal) -> None:
    await show_buttons(turn, await card_buttons(turn, signal))
