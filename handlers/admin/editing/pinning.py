"""置顶: a signal leads everything, or its column, until a time."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from digest.compose import local_moment
from digest.model import Message, Signal, SignalState
from digest.render import escape
from handlers.admin.editing.sheet import sheet, sought
from handlers.context import Turn
from handlers.keyboards import act
from handlers.moments import read_moment
from handlers.prompts import PIN, Prompt, put_question
from handlers.replies import say, show, toast
from storage import MOST_PINS, Pin, PinsFull

ALL, COLUMN = "all", "column"
FURTHEST_DAYS = 30
_HEADLINE = 30


def _night(days: int) -> Callable[[Turn], datetime]:
    """The end of the editor's day so many days from now."""

    def end(turn: Turn) -> datetime:
        zone = ZoneInfo(turn.subscription.zone)
        return local_moment(turn.today + timedelta(days=days + 1), time(), zone)

    return end


UNTIL: Mapping[str, Callable[[Turn], datetime]] = {
    "today": _night(0),
    "tomorrow": _night(1),
    "three": lambda turn: turn.now + timedelta(days=3),
}


async def show_pin(turn: Turn, signal_id: int, where: str) -> None:
    """Until when, and whether everywhere or in its column."""
    signal = await sought(turn, signal_id)
    if signal is None:
        return
    if signal.state is not SignalState.LIVE:
        await toast(turn, turn.texts("chat.pin.hidden"), alert=True)
        return
    if where not in {ALL, COLUMN}:
        await toast(turn, turn.texts("chat.button.old"), alert=True)
        return
    await show(turn, await _page(turn, signal, where))


async def open_pin(turn: Turn, signal_id: int) -> None:
    """The page of pinning, as the signal is pinned now."""
    known = await turn.storage.pins.of(signal_id, turn.now)
    await show_pin(turn, signal_id, COLUMN if known and not known.everywhere else ALL)


async def _page(turn: Turn, signal: Signal, where: str) -> Message:
    texts, number = turn.texts, signal.id
    known = await turn.storage.pins.of(number, turn.now)
    lines = [f"📌 <b>{escape(texts('chat.pin.title'))}</b>", escape(signal.brief.headline), ""]
    if known is not None:
        key = "chat.pin.now.all" if known.everywhere else "chat.pin.now.column"
        column = turn.rendering.column(signal.placement.column)
        lines.append(escape(texts(key, until=turn.rendering.clock(known.until), column=column)))
    lines.append(escape(texts("chat.pin.ask")))
    other = COLUMN if where == ALL else ALL
    rows = [
        (act(texts(f"chat.pin.where.{where}"), "epins", number, other),),
        (
            act(texts("chat.pin.today"), "epinned", number, where, "today"),
            act(texts("chat.pin.tomorrow"), "epinned", number, where, "tomorrow"),
        ),
        (
            act(texts("chat.pin.three"), "epinned", number, where, "three"),
            act(texts("chat.pin.typed"), "epintime", number, where),
        ),
    ]
    if known is not None:
        rows.append((act(texts("chat.pin.off"), "eunpin", number),))
    rows.append((act(texts("chat.back"), "esheet", number),))
    return Message("\n".join(lines), tuple(rows))


async def pin_until(turn: Turn, signal_id: int, where: str, until: str) -> None:
    """Pin until one of the usual times."""
    if until not in UNTIL or where not in {ALL, COLUMN}:
        await toast(turn, turn.texts("chat.button.old"), alert=True)
        return
    await _pin(turn, signal_id, where, UNTIL[until](turn))


async def ask_time(turn: Turn, signal_id: int, where: str) -> None:
    """Ask for a time."""
    if await sought(turn, signal_id) is not None and where in {ALL, COLUMN}:
        await put_question(
            turn,
            Prompt(PIN, f"{signal_id}_{where}"),
            turn.texts("chat.time.ask", zone=turn.subscription.zone),
            turn.texts("chat.time.hint"),
        )


async def take_time(turn: Turn, value: str, typed: str) -> None:
    """Pin until the typed time."""
    number, _, where = value.partition("_")
    if not number.isdecimal() or where not in {ALL, COLUMN}:
        return
    until = read_moment(typed, turn.subscription.zone, turn.now)
    if until is None:
        await say(turn, turn.texts("chat.time.unknown"))
    elif until > turn.now + timedelta(days=FURTHEST_DAYS):
        await say(turn, turn.texts("chat.time.far", days=FURTHEST_DAYS))
    else:
        await _pin(turn, int(number), where, until)


async def replace_pin(turn: Turn, signal_id: int, other: int, where: str, minutes: int) -> None:
    """Pin in the place of another; `minutes` are those since 1970 at which it ends."""
    now = int(turn.now.timestamp()) // 60
    if not now < minutes <= now + (FURTHEST_DAYS + 1) * 1440 or where not in {ALL, COLUMN}:
        await toast(turn, turn.texts("chat.button.old"), alert=True)
        return
    until = datetime.fromtimestamp(minutes * 60, UTC)
    await _pin(turn, signal_id, where, until, instead_of=other)


async def _pin(
    turn: Turn, signal_id: int, where: str, until: datetime, *, instead_of: int | None = None
) -> None:
    signal = await sought(turn, signal_id)
    if signal is None:
        return
    if signal.state is not SignalState.LIVE:
        await toast(turn, turn.texts("chat.pin.hidden"), alert=True)
        return
    wanted = Pin(signal_id, where == ALL, until)
    put = show if turn.query else say
    try:
        await turn.storage.pins.pin(wanted, turn.actor, turn.now, instead_of=instead_of)
    except PinsFull as full:
        await put(turn, await _full(turn, wanted, where, full))
        return
    await put(turn, await sheet(turn, signal))
    await toast(turn, turn.texts("chat.pin.done", until=turn.rendering.clock(until)))


async def _full(turn: Turn, wanted: Pin, where: str, full: PinsFull) -> Message:
    texts = turn.texts
    minutes = int(wanted.until.timestamp()) // 60
    others = await turn.storage.signals.get_many([pin.signal_id for pin in full.pins])
    rows = [
        (
            act(
                texts("chat.pin.instead", headline=one.brief.headline[:_HEADLINE]),
                "epinswap",
                wanted.signal_id,
                one.id,
                where,
                minutes,
            ),
        )
        for one in others
    ]
    rows.append((act(texts("chat.back"), "esheet", wanted.signal_id),))
    return Message(escape(texts("chat.pin.full", most=MOST_PINS)), tuple(rows))


async def unpin(turn: Turn, signal_id: int) -> None:
    """Let the signal lead no longer."""
    signal = await sought(turn, signal_id)
    if signal is not None:
        await turn.storage.pins.unpin(signal_id, turn.actor, turn.now)
        await show(turn, await sheet(turn, signal))
        await toast(turn, turn.texts("chat.pin.ended"))
