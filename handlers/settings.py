"""/settings: what is pushed and when, all by buttons; each change says what happens next."""

from collections.abc import Callable
from dataclasses import replace
from datetime import time
from typing import Any

from digest.model import Button, Frequency, Lang, Message, Subscription
from handlers import mutes
from handlers.arguments import read_quiet, read_times, read_word, read_zone
from handlers.cards import quoted
from handlers.context import Turn
from handlers.keyboards import Rows, act, grid, ticked
from handlers.prompts import FIELD, Prompt, put_question
from handlers.replies import say, show, toast
from handlers.subscriptions import (
    change,
    change_language,
    change_wishes,
    clock,
    what_follows,
    what_next,
    with_,
    without,
    zone_name,
)

TIMES = ("0700", "0830", "1230", "1800", "2030", "2200")
ZONES = (
    "Asia/Shanghai",
    "Asia/Hong_Kong",
    "Asia/Singapore",
    "Asia/Tokyo",
    "Europe/London",
    "Europe/Berlin",
    "America/New_York",
    "America/Los_Angeles",
)
MIN_SCORES = (0, 30, 40, 50, 60, 70)
INSTANT_SCORES = (60, 70, 75, 80, 85, 90)
QUIET = ("2300-0700", "2200-0800", "0000-0800")
NO_QUIET = "off"
MOST_TIMES = 4
TOP_SCORE = 100

PAGES = (
    "main",
    "time",
    "zone",
    "frequency",
    "min_score",
    "instant_score",
    "quiet",
    "lang",
    "mutes",
)
TYPED = ("time", "zone", "quiet", "mute")


async def settings(turn: Turn) -> None:
    """Send the settings of this chat."""
    await say(turn, await settings_message(turn, "main"))


async def open_page(turn: Turn, page: str) -> None:
    """Show one page of the settings in the place of the tapped message."""
    if page not in PAGES:
        await toast(turn, turn.texts("chat.button.old"), alert=True)
        return
    await show(turn, await settings_message(turn, page))


# --- what is shown -----------------------------------------------------------------------


async def settings_message(turn: Turn, page: str, confirmed: str = "") -> Message:
    """One page of the settings: the chat's state, what comes next, and the choices.

    `confirmed` (HTML) says first what was just changed.
    """
    texts = turn.texts
    parts = [confirmed] if confirmed else []
    parts.append(_summary(turn) if page == "main" else texts(f"chat.settings.{page}.title"))
    parts.append(what_next(texts, turn.subscription, turn.now))
    rows = await mutes.rows(turn) if page == "mutes" else _PAGE_ROWS[page](turn)
    if page != "main":
        rows = (*rows, (act(texts("chat.back"), "settings", "main"),))
    return Message("\n\n".join(parts), rows)


def _summary(turn: Turn) -> str:
    wanted, texts = turn.subscription, turn.texts
    return texts(
        "chat.settings.summary",
        follows=quoted(what_follows(turn)),
        frequency=texts(f"chat.frequency.{wanted.frequency.value}"),
        times=texts("chat.comma").join(clock(moment) for moment in wanted.digest_times),
        zone=zone_name(wanted.zone),
        min_score=wanted.wishes.min_score,
        instant_score=wanted.instant_score,
        quiet=_quiet_name(turn, wanted),
    )


def _quiet_name(turn: Turn, wanted: Subscription) -> str:
    if wanted.quiet_from == wanted.quiet_to:
        return turn.texts("chat.settings.quiet.none")
    return f"{clock(wanted.quiet_from)}–{clock(wanted.quiet_to)}"


def _main_rows(turn: Turn) -> Rows:
    pages = [
        act(turn.texts(f"chat.settings.{page}.button"), "settings", page) for page in PAGES[1:]
    ]
    follows = act(turn.texts("chat.settings.follows.button"), "setup", "sub", "columns", 0)
    return (*grid(pages), (follows,))


def _time_rows(turn: Turn) -> Rows:
    chosen = {f"{moment:%H%M}" for moment in turn.subscription.digest_times}
    offered = sorted({*TIMES, *chosen})
    buttons = [ticked(f"{at[:2]}:{at[2:]}", "set", "time", at, on=at in chosen) for at in offered]
    return (*grid(buttons, 3), (_typed(turn, "time"),))


def _zone_rows(turn: Turn) -> Rows:
    mine = turn.subscription.zone
    offered = ZONES if mine in ZONES else (mine, *ZONES)
    buttons = [ticked(zone_name(zone), "set", "zone", zone, on=zone == mine) for zone in offered]
    return (*grid(buttons), (_typed(turn, "zone"),))


def _frequency_rows(turn: Turn) -> Rows:
    return grid(
        (
            ticked(
                turn.texts(f"chat.frequency.{choice.value}"),
                "set",
                "frequency",
                choice.value,
                on=choice is turn.subscription.frequency,
            )
            for choice in (Frequency.BOTH, Frequency.DAILY, Frequency.INSTANT, Frequency.OFF)
        ),
        per_row=1,
    )


def _min_score_rows(turn: Turn) -> Rows:
    return _score_rows("min_score", MIN_SCORES, turn.subscription.wishes.min_score)


def _instant_score_rows(turn: Turn) -> Rows:
    return _score_rows("instant_score", INSTANT_SCORES, turn.subscription.instant_score)


def _score_rows(field: str, offered: tuple[int, ...], mine: int) -> Rows:
    scores = sorted({*offered, mine})
    return grid((ticked(str(one), "set", field, str(one), on=one == mine) for one in scores), 3)


def _quiet_rows(turn: Turn) -> Rows:
    wanted = turn.subscription
    mine = f"{wanted.quiet_from:%H%M}-{wanted.quiet_to:%H%M}"
    if wanted.quiet_from == wanted.quiet_to:
        mine = NO_QUIET
    offered = QUIET if mine in {*QUIET, NO_QUIET} else (mine, *QUIET)
    buttons = [
        ticked(f"{at[:2]}:{at[2:4]}–{at[5:7]}:{at[7:]}", "set", "quiet", at, on=at == mine)
        for at in offered
    ]
    none = ticked(
        turn.texts("chat.settings.quiet.none"), "set", "quiet", "off", on=mine == NO_QUIET
    )
    return (*grid(buttons), (none,), (_typed(turn, "quiet"),))


def _lang_rows(turn: Turn) -> Rows:
    return (
        (
            ticked("中文", "set", "lang", "zh", on=turn.lang is Lang.ZH),
            ticked("English", "set", "lang", "en", on=turn.lang is Lang.EN),
        ),
    )


_PAGE_ROWS: dict[str, Callable[[Turn], Rows]] = {
    "main": _main_rows,
    "time": _time_rows,
    "zone": _zone_rows,
    "frequency": _frequency_rows,
    "min_score": _min_score_rows,
    "instant_score": _instant_score_rows,
    "quiet": _quiet_rows,
    "lang": _lang_rows,
}


def _typed(turn: Turn, field: str) -> Button:
    return act(turn.texts(f"chat.settings.{field}.typed"), "ask", field)


# --- what is changed ---------------------------------------------------------------------


async def set_field(turn: Turn, field: str, value: str) -> None:
    """Carry out a settings button, and show the page again with what happens next."""
    confirmed = await _apply(turn, field, value)
    if confirmed is None:
        await toast(turn, turn.texts("chat.button.old"), alert=True)
        return
    page = "main" if field == "lang" else field
    await show(turn, await settings_message(turn, page, confirmed))
    await toast(turn, turn.texts("chat.settings.saved"))


async def unmute(turn: Turn, word: str) -> None:
    """Stop muting a word, topic or source."""
    name = quoted(await mutes.name(turn, word))
    await change_wishes(turn, mutes=without(turn.subscription.wishes.mutes, word))
    confirmed = turn.texts("chat.mute.removed", name=name)
    await show(turn, await settings_message(turn, "mutes", confirmed))


async def ask_field(turn: Turn, field: str) -> None:
    """Ask for a value that no button offers."""
    if field not in TYPED:
        await toast(turn, turn.texts("chat.button.old"), alert=True)
        return
    text = turn.texts(f"chat.settings.{field}.ask")
    hint = turn.texts(f"chat.settings.{field}.hint")
    await put_question(turn, Prompt(FIELD, field), text, hint)


async def take_answer(turn: Turn, field: str, typed: str) -> None:
    """Take the typed value of a field; when it cannot be read, say so and ask again."""
    if field not in TYPED:
        return
    if field == "mute":
        await add_mute(turn, typed)
        return
    value = _READ_TYPED[field](typed)
    confirmed = await _apply(turn, field, value) if value is not None else None
    if confirmed is None:
        await say(turn, turn.texts("chat.settings.unreadable", typed=quoted(typed[:60])))
        await ask_field(turn, field)
        return
    await say(turn, await settings_message(turn, field, confirmed))


async def add_mute(turn: Turn, typed: str) -> None:
    """Mute a word: signals in which it stands are no longer pushed."""
    word = read_word(typed)
    muted = turn.subscription.wishes.mutes
    if word is None:
        await say(turn, turn.texts("chat.mute.bad"))
        return
    if len(muted) >= mutes.MOST and word not in muted:
        await say(turn, turn.texts("chat.mute.too_many", limit=mutes.MOST))
        return
    await change_wishes(turn, mutes=with_(muted, word))
    confirmed = turn.texts("chat.mute.added", name=quoted(word))
    await say(turn, await settings_message(turn, "mutes", confirmed))


async def _apply(turn: Turn, field: str, value: str) -> str | None:
    """Save one field; return the line that confirms it, None when the value makes no sense."""
    if field == "lang":
        if value not in {one.value for one in Lang}:
            return None
        await change_language(turn, Lang(value))
        return turn.texts("chat.settings.lang.done")
    changes = _changes(turn.subscription, field, value)
    if changes is None:
        return None
    await change(turn, **changes)
    return _confirmation(turn, field)


def _changes(wanted: Subscription, field: str, value: str) -> dict[str, Any] | None:
    """What a field's new value changes in a subscription, None when it makes no sense."""
    match field:
        case "time":
            times = _toggled_times(wanted.digest_times, value)
            return None if times is None else {"digest_times": times}
        case "zone":
            zone = read_zone(value)
            return None if zone is None else {"zone": zone}
        case "frequency" if value in {one.value for one in Frequency}:
            return {"frequency": Frequency(value)}
        case "min_score" if (score := _score(value)) is not None:
            return {"wishes": replace(wanted.wishes, min_score=score)}
        case "instant_score" if (score := _score(value)) is not None:
            return {"instant_score": score}
        case "quiet":
            ends = (time(0), time(0)) if value == NO_QUIET else read_quiet(value)
            return None if ends is None else {"quiet_from": ends[0], "quiet_to": ends[1]}
        case _:
            return None


def _toggled_times(times: tuple[time, ...], value: str) -> tuple[time, ...] | None:
    """One more or one fewer time of day ("0830"), or a whole new set ("0830,2030")."""
    given = read_times(value, MOST_TIMES)
    if given is None:
        return None
    if "," in value:
        return given
    kept = tuple(moment for moment in times if moment not in given)
    if len(kept) == len(times):
        kept = tuple(sorted((*times, *given)))
    # At least one stays: to have none is what the frequency is for.
    return kept[:MOST_TIMES] or times


def _score(value: str) -> int | None:
    if not value.isdecimal() or len(value) > len(str(TOP_SCORE)):
        return None
    return int(value) if int(value) <= TOP_SCORE else None


def _confirmation(turn: Turn, field: str) -> str:
    wanted, texts = turn.subscription, turn.texts
    shown = {
        "time": texts("chat.comma").join(clock(moment) for moment in wanted.digest_times),
        "zone": zone_name(wanted.zone),
        "frequency": texts(f"chat.frequency.{wanted.frequency.value}"),
        "min_score": str(wanted.wishes.min_score),
        "instant_score": str(wanted.instant_score),
        "quiet": _quiet_name(turn, wanted),
    }
    return texts(f"chat.settings.{field}.done", value=quoted(shown[field]))


def _typed_times(typed: str) -> str | None:
    times = read_times(typed, MOST_TIMES)
    return None if times is None else ",".join(f"{moment:%H%M}" for moment in times) + ","


def _typed_quiet(typed: str) -> str | None:
    if typed.strip().casefold() in {"off", "no", "none", "关", "不要", "无"}:
        return NO_QUIET
    ends = read_quiet(typed)
    return None if ends is None else f"{ends[0]:%H%M}-{ends[1]:%H%M}"


_READ_TYPED: dict[str, Callable[[str], str | None]] = {
    "time": _typed_times,
    "zone": read_zone,
    "quiet": _typed_quiet,
}
