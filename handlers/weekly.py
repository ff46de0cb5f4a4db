"""/weekly: the week in review, this one so far or one before, whole or a column of it."""

import re
from dataclasses import replace

from digest.days import read_days
from digest.model import Button, Message
from digest.render import column_rows, render_weekly, week_name
from digest.weeklies.opened import EVERYTHING, Reach, Weekly
from digest.weekly import Week
from handlers.arguments import plain
from handlers.cards import quoted
from handlers.context import Turn
from handlers.keyboards import act
from handlers.replies import say, show, toast
from handlers.weekpicture import send_glance
from storage.weekly_reading import Missing, Shown, open_report, week_as_shown

IN_A_COLUMN = 8
_EARLY = 2  # on Monday and Tuesday the week before has more to tell
_WEEKS_BACK = 520


async def weekly(turn: Turn) -> None:
    """Send the week that was named; without a name this one, or the last one early in a week."""
    typed = plain(turn.words)
    week = _week_called(turn, typed) if typed else _usual_week(turn)
    if week is None:
        await say(turn, turn.texts("chat.weekly.unknown", typed=quoted(typed[:60])))
    else:
        await say(turn, await week_message(turn, week))


async def show_week(turn: Turn, name: str) -> None:
    """Show a week in the place of the tapped message; "" is the usual one, as a new message."""
    if not name:
        await say(turn, await week_message(turn, _usual_week(turn)))
        return
    week = Week.read(name)
    if week is None or not _within(turn, week):
        await toast(turn, turn.texts("chat.button.old"), alert=True)
        return
    await show(turn, await week_message(turn, week))


async def show_column(turn: Turn, name: str, column: str) -> None:
    """Send the week of one column as a new message."""
    week = Week.read(name)
    columns = [one for one in turn.taxonomy.columns if one[:32] == column]
    if week is None or not _within(turn, week) or not columns:
        await toast(turn, turn.texts("chat.button.old"), alert=True)
        return
    await say(turn, await week_message(turn, week, columns[0]))


async def show_glance(turn: Turn, name: str) -> None:
    """Send the picture of a week."""
    week = Week.read(name)
    if week is None or not _within(turn, week):
        await toast(turn, turn.texts("chat.button.old"), alert=True)
        return
    found = await _opened(turn, week)
    if isinstance(found, Missing) or not await send_glance(turn, found, turn.rendering):
        await toast(turn, turn.texts("chat.weekly.no_picture"), alert=True)


async def send_week(turn: Turn, name: str) -> bool:
    """Send a week as a new message; False when there is none of that name."""
    week = Week.read(name)
    if week is None or not _within(turn, week):
        return False
    await say(turn, await week_message(turn, week))
    return True


def _this_week(turn: Turn) -> Week:
    return Week.of(turn.today)


def _usual_week(turn: Turn) -> Week:
    now = _this_week(turn)
    return now.moved(-1) if turn.today.weekday() < _EARLY else now


def _within(turn: Turn, week: Week) -> bool:
    now = _this_week(turn)
    return now.moved(-_WEEKS_BACK) <= week <= now


def _week_called(turn: Turn, typed: str) -> Week | None:
    """The week that words name: 2026-W48, W48, 上周, last week, or any day of it."""
    if found := re.fullmatch(r"(?:w|第)?\s*(\d{1,2})\s*周?", typed.casefold()):
        now = _this_week(turn)
        for year in (now.year, now.year - 1):
            week = Week.read(f"{year}-W{int(found[1]):02d}")
            if week is not None and week <= now:
                return week
        return None
    days = read_days(typed, turn.today) or read_days(f"{typed} week", turn.today)
    if days is None or days.first is None:
        return None
    week = Week.of(days.first)
    return week if week >= _this_week(turn).moved(-_WEEKS_BACK) else None


async def week_message(turn: Turn, week: Week, column: str = "") -> Message:
    """A week as this chat sees it, with the way to the weeks beside it."""
    name = week_name(week, turn.rendering)
    if week.bounds(turn.subscription.zone)[0] >= turn.now:  # which has no page either
        text = turn.texts("chat.weekly.future", week=quoted(name))
        return Message(text, _beside(turn, week))
    around = (*_beside(turn, week), *_page(turn, week))
    found = await _opened(turn, week, column)
    if isinstance(found, Missing):
        return Message(turn.texts(f"chat.weekly.{found}", week=quoted(name)), around)
    message = render_weekly(found, turn.rendering)
    if column:
        whole = act(turn.texts("chat.weekly.whole"), "week", str(week))
        return replace(message, buttons=(*message.buttons, (whole,), *_page(turn, week, column)))
    columns = column_rows(found, turn.rendering)
    glance: tuple[Button, ...] = ()
    if turn.services.paint is not None:
        glance = (act(turn.texts("chat.weekly.glance"), "weekpic", str(week)),)
    return replace(message, buttons=(*message.buttons, *columns, glance, *around))


async def _opened(turn: Turn, week: Week, column: str = "") -> Weekly | Missing:
    found = await _shown(turn, week)
    if isinstance(found, Missing):
        return found
    reach = EVERYTHING
    if column:
        reach = Reach(column=column, per_column=IN_A_COLUMN)
    opened = await open_report(turn.storage, found, turn.now, turn.taxonomy, reach=reach)
    return opened or Missing.EMPTY


async def _shown(turn: Turn, week: Week) -> Shown | Missing:
    """What may be shown of a week; one that goes on is put together once a minute at most."""
    zone = turn.subscription.zone

    async def found() -> Shown | Missing:
        return await week_as_shown(turn.storage, week, zone, turn.now, turn.taxonomy)

    if week < Week.at(turn.now, str(turn.storage.numbers.zone)):
        return await found()
    return await turn.services.memory.recall((week, zone), turn.now, found)


def _beside(turn: Turn, week: Week) -> tuple[tuple[Button, ...], ...]:
    before, after = week.moved(-1), week.moved(1)
    row = []
    if _within(turn, before):
        label = turn.texts("chat.weekly.before", number=before.number)
        row.append(act(label, "week", str(before)))
    if _within(turn, after):
        label = turn.texts("chat.weekly.after", number=after.number)
        row.append(act(label, "week", str(after)))
    return (tuple(row),) if row else ()


def _page(turn: Turn, week: Week, column: str = "") -> tuple[tuple[Button, ...], ...]:
    links, name = turn.rendering.links, str(week)
    if not links.usable:
        return ()
    url = links.week_column(name, column) if column else links.week(name)
    return ((Button(turn.texts("weekly.page"), url=url),),)
