"""The pages of /settings: the chat's state, what comes next, and the choices as buttons."""

from collections.abc import Callable

from digest.model import Button, Lang, Message, Subscription
from handlers import mutes
from handlers.cards import quoted
from handlers.context import Turn
from handlers.keyboards import Rows, act, grid, ticked
from handlers.presets import PRESETS, current_preset
from handlers.subscriptions import clock, what_follows, what_next, zone_name
from handlers.weights import weights_page

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
    "weights",
)


async def settings_message(turn: Turn, page: str, confirmed: str = "") -> Message:
    """One page of the settings: the chat's state, what comes next, and the choices.

    `confirmed` (HTML) says first what was just changed.
    """
    if page == "weights":
        return await weights_page(turn, confirmed)
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
        frequency=frequency_name(turn, wanted),
        times=texts("chat.comma").join(clock(moment) for moment in wanted.digest_times),
        zone=zone_name(texts, wanted.zone),
        min_score=wanted.wishes.min_score,
        instant=instant_name(turn, wanted),
        quiet=quiet_name(turn, wanted),
    )


def quiet_name(turn: Turn, wanted: Subscription) -> str:
    """The quiet hours as people read them."""
    if wanted.quiet_from == wanted.quiet_to:
        return turn.texts("chat.settings.quiet.off")
    return f"{clock(wanted.quiet_from)}–{clock(wanted.quiet_to)}"


def frequency_name(turn: Turn, wanted: Subscription) -> str:
    """What is pushed, as people say it."""
    return turn.texts(f"chat.frequency.{current_preset(wanted) or 'own'}")


def instant_name(turn: Turn, wanted: Subscription) -> str:
    """From which score on alerts come, as people read it; that none come when they are off."""
    if wanted.paused or not wanted.instant:
        return turn.texts("chat.settings.instant.off")
    return turn.texts("chat.settings.instant.from", score=wanted.instant_score)


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
    buttons = [
        ticked(zone_name(turn.texts, zone), "set", "zone", zone, on=zone == mine)
        for zone in offered
    ]
    return (*grid(buttons), (_typed(turn, "zone"),))


def _frequency_rows(turn: Turn) -> Rows:
    mine = current_preset(turn.subscription)
    return grid(
        (
            ticked(turn.texts(f"chat.frequency.{name}"), "set", "frequency", name, on=name == mine)
            for name in PRESETS
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
