"""定时: a signal is published by itself at a time; changed and cancelled as easily."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from digest.compose import local_moment
from digest.model import Message, Signal, SignalState
from digest.render import escape
from handlers.admin.editing.sheet import sheet, sought
from handlers.admin.progress import watch_amending
from handlers.context import Turn
from handlers.keyboards import act
from handlers.moments import read_moment
from handlers.prompts import WHEN, Prompt, put_question
from handlers.replies import say, show, toast
from storage.curation import Decided

FURTHEST_DAYS = 90
_MORNING = time(8)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST = 5 * 10**15  # microseconds: far beyond any time that can be chosen
HOUR, MORNING = "hour", "morning"


async def show_timing(turn: Turn, signal_id: int) -> None:
    """When it is to be published, and what can be chosen."""
    signal = await sought(turn, signal_id)
    if signal is None:
        return
    if signal.state not in {SignalState.LIVE, SignalState.HELD}:
        await toast(turn, turn.texts("chat.when.not"), alert=True)
        return
    await show(turn, await _page(turn, signal))


async def _page(turn: Turn, signal: Signal) -> Message:
    texts, number = turn.texts, signal.id
    at = await turn.storage.editing.publish_at(number)
    if at is not None:
        said = texts("chat.when.set", at=turn.rendering.clock(at))
    else:
        said = texts(f"chat.when.{signal.state}")
    lines = [
        f"🕘 <b>{escape(texts('chat.when.title'))}</b>",
        escape(signal.brief.headline),
        "",
        escape(said),
    ]
    seen = _seen(signal, at)
    rows = [
        (
            act(texts("chat.when.hour"), "ewhen", number, HOUR, seen),
            act(texts("chat.when.morning"), "ewhen", number, MORNING, seen),
        ),
        (act(texts("chat.when.typed"), "ewhentime", number, seen),),
    ]
    if at is not None:
        rows.append((act(texts("chat.when.cancel"), "ewhen", number, "", seen),))
    rows.append((act(texts("chat.back"), "esheet", number),))
    return Message("\n".join(lines), tuple(rows))


def _seen(signal: Signal, at: datetime | None) -> int:
    """As what the signal was shown: 0 live, 1 held, else the minute it is to be published."""
    if signal.state is SignalState.LIVE:
        return 0
    return int(at.timestamp() * 1_000_000) if at is not None else 1


async def set_time(turn: Turn, signal_id: int, choice: str, seen: int) -> None:
    """Choose one of the usual times, or none any more."""
    zone = ZoneInfo(turn.subscription.zone)
    at: datetime | None
    match choice:
        case "hour":
            at = turn.now + timedelta(hours=1)
        case "morning":
            at = local_moment(turn.today + timedelta(days=1), _MORNING, zone)
        case "":
            at = None
        case _:
            await toast(turn, turn.texts("chat.button.old"), alert=True)
            return
    await _schedule(turn, signal_id, at, seen)


async def ask_time(turn: Turn, signal_id: int, seen: int) -> None:
    """Ask for a time."""
    if await sought(turn, signal_id) is not None:
        await put_question(
            turn,
            Prompt(WHEN, f"{signal_id}_{seen}"),
            turn.texts("chat.time.ask", zone=turn.subscription.zone),
            turn.texts("chat.time.hint"),
        )


async def take_time(turn: Turn, value: str, typed: str) -> None:
    """Publish at the typed time."""
    number, _, seen = value.partition("_")
    if not (number.isdecimal() and seen.isdecimal()):
        return
    at = read_moment(typed, turn.subscription.zone, turn.now)
    if at is None:
        await say(turn, turn.texts("chat.time.unknown"))
    elif at > turn.now + timedelta(days=FURTHEST_DAYS):
        await say(turn, turn.texts("chat.time.far", days=FURTHEST_DAYS))
    else:
        await _schedule(turn, int(number), at, int(seen))


async def _schedule(turn: Turn, signal_id: int, at: datetime | None, seen: int) -> None:
    signal = await sought(turn, signal_id)
    if signal is None:
        return
    state = SignalState.HELD if seen else SignalState.LIVE
    if not 0 <= seen <= _LATEST:
        await toast(turn, turn.texts("chat.button.old"), alert=True)
        return
    scheduled = _EPOCH + timedelta(microseconds=seen) if seen > 1 else None
    put = show if turn.query else say
    try:
        await turn.storage.curation.schedule(
            signal_id, at, turn.actor, turn.now, expect=state, scheduled=scheduled
        )
    except Decided:
        await put(turn, await _page(turn, signal))
        if turn.query:
            await toast(turn, turn.texts("chat.when.decided"), alert=True)
        else:
            await say(turn, turn.texts("chat.when.decided"))
        return
    changed = await turn.storage.signals.get(signal_id)
    if changed is not None:
        await put(turn, await sheet(turn, changed))
    key = "chat.when.done" if at else "chat.when.cancelled"
    await toast(turn, turn.texts(key, at=turn.rendering.clock(at) if at else ""))
    await watch_amending(turn, signal_id)
