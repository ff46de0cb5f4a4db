"""/weekly: the week in review, this one so far or one before."""

import re
from dataclasses import replace

from digest.days import read_days
from digest.model import Button, Message
from digest.render import render_weekly, week_name
from digest.weekly import DAYS_NEEDED, MOST_STORIES, Tally, Week, Weekly, compose_weekly
from handlers.arguments import plain
from handlers.cards import quoted
from handlers.context import Turn
from handlers.keyboards import act
from handlers.replies import say, show, toast

PER_COLUMN = 2
_CANDIDATES = 12
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


async def week_message(turn: Turn, week: Week) -> Message:
    """A week as this chat sees it, with the way to the weeks beside it."""
    zone = turn.subscription.zone
    name = week_name(week, turn.rendering)
    if week.bounds(zone)[0] >= turn.now:
        return Message(turn.texts("chat.weekly.future", week=quoted(name)), _around(turn, week))
    made = await turn.services.memory.recall(
        (week, zone), turn.now, lambda: _composed(turn, week, zone)
    )
    if made is None:
        return Message(turn.texts("chat.weekly.empty", week=quoted(name)), _around(turn, week))
    message = render_weekly(made, turn.rendering)
    return replace(message, buttons=(*message.buttons, *_around(turn, week)))


async def _composed(turn: Turn, week: Week, zone: str) -> Weekly | None:
    signals = turn.storage.signals
    start, end = week.bounds(zone)
    until = min(end, turn.now)
    columns = await signals.counts(start, by="column", until=until)
    sources = await signals.counts(start, by="source", until=until)
    return compose_weekly(
        week,
        await signals.best(start, until, per_column=_CANDIDATES),
        zone=zone,
        now=turn.now,
        tally=Tally(sum(columns.values()), len(sources), columns),
        stories=await turn.storage.stories.active(start, until, limit=MOST_STORIES),
        days=await signals.topic_days(DAYS_NEEDED, until),
        taxonomy=turn.taxonomy,
        per_column=PER_COLUMN,
    )


def _around(turn: Turn, week: Week) -> tuple[tuple[Button, ...], ...]:
    before, after = week.moved(-1), week.moved(1)
    row = []
    if _within(turn, before):
        label = turn.texts("chat.weekly.before", number=before.number)
        row.append(act(label, "week", str(before)))
    if _within(turn, after):
        label = turn.texts("chat.weekly.after", number=after.number)
        row.append(act(label, "week", str(after)))
    links = turn.rendering.links
    page = Button(turn.texts("chat.weekly.page"), url=links.week(str(week)))
    return (tuple(row), (page,) if links.usable else ())
