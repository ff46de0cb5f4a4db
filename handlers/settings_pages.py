"""The pages of /settings: the chat's state, what comes next, and the choices as buttons."""

from collections.abc import Callable

from digest.model import Button, Lang, Layout, LookBackWish, Message, WeeklyTime, Wording
from handlers.app import app_row
from handlers.cards import quoted
from handlers.context import Turn
from handlers.keyboards import Rows, act, grid, ticked
from handlers.presets import PRESETS, current_preset
from handlers.settings_fields import MAX_ITEMS, NONE, offered_times
from handlers.settings_names import (
    daily_name,
    day_name,
    frequency_name,
    instant_name,
    layout_name,
    max_name,
    quiet_name,
    wording_name,
)
from handlers.subscriptions import what_follows, what_next, zone_name
from handlers.weights import weights_page
from handlers.wish_lists import list_message

TIMES = ("0700", "0830", "1230", "1800", "2030", "2200")
WEEKLY_TIMES = ("0800", "0900", "1200", "1800", "2000", "2100")
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
MOST_A_DAY = (0, 5, 10, 20, 30, 50)
QUIET = ("2300-0700", "2200-0800", "0000-0800")

PAGES = (
    "main",
    "follows",
    "mutes",
    "frequency",
    "presets",
    "time",
    "weekly",
    "look_back",
    "instant_score",
    "zone",
    "quiet",
    "min_score",
    "max",
    "layout",
    "wording",
    "lang",
    "weights",
    "reset",
)
# These open from the page of what is pushed and when, and lead back to it.
_OF_FREQUENCY = ("presets", "time", "weekly", "look_back", "instant_score")


async def settings_message(turn: Turn, page: str, confirmed: str = "") -> Message:
    """One page of the settings: the chat's state, what comes next, and the choices.

    `confirmed` (HTML) says first what was just changed.
    """
    texts = turn.texts
    match page:
        case "weights":
            return await weights_page(turn, confirmed)
        case "follows":
            return await list_message(turn, "follow", confirmed=confirmed)
        case "mutes":
            return await list_message(turn, "mute", confirmed=confirmed)
    parts = [confirmed] if confirmed else []
    parts.append(_summary(turn) if page == "main" else texts(f"chat.settings.{page}.title"))
    if page == "weekly" and (await turn.storage.weeklies.policy()).review:
        parts.append(texts("chat.settings.weekly.review"))
    if page != "reset":
        parts.append(what_next(texts, turn.subscription, turn.now))
    rows = _PAGE_ROWS[page](turn)
    if page == "main":
        rows = (*rows, *app_row(turn, "settings"))
    if page != "main":
        back = "frequency" if page in _OF_FREQUENCY else "main"
        rows = (*rows, (act(texts("chat.back"), "settings", back),))
    return Message("\n\n".join(parts), rows)


def _summary(turn: Turn) -> str:
    wanted, texts = turn.subscription, turn.texts
    return texts(
        "chat.settings.summary",
        follows=quoted(what_follows(turn)),
        mutes=muted_name(turn),
        pushes=quoted(frequency_name(turn)),
        zone=zone_name(texts, wanted.zone),
        quiet=quiet_name(turn, wanted),
        min_score=wanted.wishes.min_score,
        limit=max_name(turn, wanted),
        layout=layout_name(turn, wanted),
        wording=wording_name(turn, wanted),
    )


def muted_name(turn: Turn) -> str:
    """How much is muted, as people read it."""
    muted = len(turn.subscription.wishes.mutes)
    if not muted:
        return turn.texts("chat.settings.unmuted")
    return turn.texts.n("chat.settings.muted", muted)


def _main_rows(turn: Turn) -> Rows:
    shown = [page for page in PAGES[1:] if page not in _OF_FREQUENCY]
    return grid(
        act(turn.texts(f"chat.settings.{page}.button"), "settings", page) for page in shown
    )


# --- what and when -------------------------------------------------------------------------


def _frequency_rows(turn: Turn) -> Rows:
    wanted, texts = turn.subscription, turn.texts
    weekly = wanted.weekly or WeeklyTime()
    day = f"{texts('chat.push.weekly')} {day_name(texts, weekly.day)} {weekly.at:%H:%M}"
    dailies = grid(
        ticked(daily_name(texts, at), "set", "switch", f"{at:%H%M}", on=at in wanted.digest_times)
        for at in offered_times(wanted.digest_times)
    )
    paused = "chat.push.resume" if wanted.paused else "chat.push.pause"
    return (
        (ticked(instant_name(turn, wanted), "set", "switch", "instant", on=wanted.instant),),
        *dailies,
        (
            ticked(day, "set", "switch", "weekly", on=wanted.weekly is not None),
            ticked(
                texts("chat.push.stories"), "set", "switch", "stories", on=wanted.story_updates
            ),
        ),
        (
            ticked(texts("chat.push.trends"), "set", "switch", "trends", on=wanted.trend_alerts),
            _leading_to(turn, "look_back"),
        ),
        (_leading_to(turn, "time"), _leading_to(turn, "weekly")),
        (_leading_to(turn, "instant_score"), _leading_to(turn, "presets")),
        (act(texts(paused), "set", "paused", "no" if wanted.paused else "yes"),),
    )


def _leading_to(turn: Turn, page: str) -> Button:
    return act(turn.texts(f"chat.settings.{page}.button"), "settings", page)


def _preset_rows(turn: Turn) -> Rows:
    mine = current_preset(turn.subscription)
    return grid(
        (
            ticked(turn.texts(f"chat.frequency.{name}"), "set", "frequency", name, on=name == mine)
            for name in PRESETS
        ),
        per_row=1,
    )


def _time_rows(turn: Turn) -> Rows:
    chosen = {f"{moment:%H%M}" for moment in turn.subscription.digest_times}
    offered = sorted({*TIMES, *chosen})
    buttons = [ticked(f"{at[:2]}:{at[2:]}", "set", "time", at, on=at in chosen) for at in offered]
    none = act(turn.texts("chat.settings.time.nothing"), "set", "time", NONE)
    return (*grid(buttons, 3), (_typed(turn, "time"), *((none,) if chosen else ())))


def _weekly_rows(turn: Turn) -> Rows:
    mine = turn.subscription.weekly
    days = [
        ticked(
            day_name(turn.texts, day),
            "set",
            "weekly",
            f"d{day}",
            on=mine is not None and mine.day == day,
        )
        for day in range(7)
    ]
    own = {f"{mine.at:%H%M}"} if mine else set()
    times = [
        ticked(f"{at[:2]}:{at[2:]}", "set", "weekly", at, on=at in own)
        for at in sorted({*WEEKLY_TIMES, *own})
    ]
    none = ticked(
        turn.texts("chat.settings.weekly.nothing"), "set", "weekly", NONE, on=mine is None
    )
    return (*grid(days, 4), *grid(times, 3), (none,))


def _look_back_rows(turn: Turn) -> Rows:
    mine = turn.subscription.look_back
    return grid(
        (
            ticked(
                turn.texts(f"chat.look_back.{one}"), "set", "look_back", one.value, on=one is mine
            )
            for one in LookBackWish
        ),
        per_row=1,
    )


def _instant_score_rows(turn: Turn) -> Rows:
    return _number_rows(turn, "instant_score", INSTANT_SCORES, turn.subscription.instant_score)


# --- where and how much ------------------------------------------------------------------------


def _zone_rows(turn: Turn) -> Rows:
    mine = turn.subscription.zone
    offered = ZONES if mine in ZONES else (mine, *ZONES)
    buttons = [
        ticked(zone_name(turn.texts, zone), "set", "zone", zone, on=zone == mine)
        for zone in offered
    ]
    # Telegram lets only private chats share a place with a bot.
    place = (
        (act(turn.texts("chat.settings.zone.place"), "ask", "place"),) if turn.is_private else ()
    )
    return (*grid(buttons), (_typed(turn, "zone"), *place))


def _quiet_rows(turn: Turn) -> Rows:
    wanted = turn.subscription
    mine = f"{wanted.quiet_from:%H%M}-{wanted.quiet_to:%H%M}"
    if wanted.quiet_from == wanted.quiet_to:
        mine = NONE
    offered = QUIET if mine in {*QUIET, NONE} else (mine, *QUIET)
    buttons = [
        ticked(f"{at[:2]}:{at[2:4]}–{at[5:7]}:{at[7:]}", "set", "quiet", at, on=at == mine)
        for at in offered
    ]
    none = ticked(turn.texts("chat.settings.quiet.none"), "set", "quiet", NONE, on=mine == NONE)
    return (*grid(buttons), (none,), (_typed(turn, "quiet"),))


def _min_score_rows(turn: Turn) -> Rows:
    return _number_rows(turn, "min_score", MIN_SCORES, turn.subscription.wishes.min_score)


def _max_rows(turn: Turn) -> Rows:
    wanted, texts = turn.subscription, turn.texts
    day = [
        ticked(
            texts.n("chat.settings.max.value", limit) if limit else texts("chat.unlimited"),
            "set",
            "max",
            str(limit),
            on=limit == wanted.max_a_day,
        )
        for limit in sorted({*MOST_A_DAY, wanted.max_a_day})
    ]
    one = [
        ticked(
            texts("chat.settings.items.value", count=count),
            "set",
            "items",
            str(count),
            on=count == wanted.wishes.max_items,
        )
        for count in MAX_ITEMS
    ]
    return (*grid(day, 3), *grid(one), (_typed(turn, "max"),))


def _number_rows(turn: Turn, field: str, offered: tuple[int, ...], mine: int) -> Rows:
    numbers = sorted({*offered, mine})
    buttons = (ticked(str(one), "set", field, str(one), on=one == mine) for one in numbers)
    return (*grid(buttons, 3), (_typed(turn, field),))


# --- how it looks ------------------------------------------------------------------------------


def _layout_rows(turn: Turn) -> Rows:
    mine = turn.subscription.wishes.layout
    return (
        tuple(
            ticked(turn.texts(f"chat.layout.{one}"), "set", "layout", one.value, on=one is mine)
            for one in Layout
        ),
    )


def _wording_rows(turn: Turn) -> Rows:
    mine = turn.subscription.wishes.wording
    return grid(
        (
            ticked(turn.texts(f"chat.wording.{one}"), "set", "wording", one.value, on=one is mine)
            for one in Wording
        ),
        per_row=1,
    )


def _lang_rows(turn: Turn) -> Rows:
    return (
        (
            ticked("中文", "set", "lang", "zh", on=turn.lang is Lang.ZH),
            ticked("English", "set", "lang", "en", on=turn.lang is Lang.EN),
        ),
    )


def _reset_rows(turn: Turn) -> Rows:
    return ((act(turn.texts("chat.settings.reset.yes"), "set", "reset", "yes"),),)


_PAGE_ROWS: dict[str, Callable[[Turn], Rows]] = {
    "main": _main_rows,
    "frequency": _frequency_rows,
    "presets": _preset_rows,
    "time": _time_rows,
    "weekly": _weekly_rows,
    "look_back": _look_back_rows,
    "instant_score": _instant_score_rows,
    "zone": _zone_rows,
    "quiet": _quiet_rows,
    "min_score": _min_score_rows,
    "max": _max_rows,
    "layout": _layout_rows,
    "wording": _wording_rows,
    "lang": _lang_rows,
    "reset": _reset_rows,
}


def _typed(turn: Turn, field: str) -> Button:
    return act(turn.texts(f"chat.settings.{field}.typed"), "ask", field)
