"""/settings: what is pushed and when, all by buttons; each change says what happens next."""

from collections.abc import Callable
from dataclasses import replace
from datetime import time
from typing import Any

from digest.model import Lang, Subscription
from handlers import mutes
from handlers.arguments import read_quiet, read_times, read_word, read_zone
from handlers.cards import quoted
from handlers.context import Turn
from handlers.presets import PRESETS, preset_changes
from handlers.prompts import FIELD, Prompt, put_question
from handlers.replies import say, show, toast
from handlers.settings_pages import (
    NO_QUIET,
    PAGES,
    frequency_name,
    quiet_name,
    settings_message,
)
from handlers.subscriptions import (
    change,
    change_language,
    change_wishes,
    clock,
    with_,
    without,
    zone_name,
)

TYPED = ("time", "zone", "quiet", "mute")
MOST_TIMES = 4
TOP_SCORE = 100


async def settings(turn: Turn) -> None:
    """Send the settings of this chat."""
    await say(turn, await settings_message(turn, "main"))


async def open_page(turn: Turn, page: str) -> None:
    """Show one page of the settings in the place of the tapped message."""
    if page not in PAGES:
        await toast(turn, turn.texts("chat.button.old"), alert=True)
        return
    await show(turn, await settings_message(turn, page))


async def set_field(turn: Turn, field: str, value: str) -> None:
    """Carry out a settings button, and show the page again with what happens next."""
    if field == "time" and (refused := _time_refused(turn, value)):
        await toast(turn, refused, alert=True)
        return
    confirmed = await _apply(turn, field, value)
    if confirmed is None:
        await toast(turn, turn.texts("chat.button.old"), alert=True)
        return
    page = {"lang": "main", "paused": "frequency"}.get(field, field)
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
        case "frequency" if value in PRESETS:
            return dict(preset_changes(value, wanted))
        case "paused" if value in {"yes", "no"}:
            return {"paused": value == "yes"}
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


def _time_refused(turn: Turn, value: str) -> str:
    """Why a tapped time can be neither added nor dropped, "" when it can."""
    times, given = turn.subscription.digest_times, read_times(value, MOST_TIMES) or ()
    if "," in value or not given:
        return ""
    if times == given:
        return turn.texts("chat.settings.time.last")
    full = len(times) >= MOST_TIMES and given[0] not in times
    return turn.texts("chat.settings.time.full", limit=MOST_TIMES) if full else ""


def _score(value: str) -> int | None:
    if not value.isdecimal() or len(value) > len(str(TOP_SCORE)):
        return None
    return int(value) if int(value) <= TOP_SCORE else None


def _confirmation(turn: Turn, field: str) -> str:
    wanted, texts = turn.subscription, turn.texts
    if field == "paused":
        return texts("chat.settings.paused.done" if wanted.pushes else "chat.next.off")
    shown = {
        "time": texts("chat.comma").join(clock(moment) for moment in wanted.digest_times),
        "zone": zone_name(texts, wanted.zone),
        "frequency": frequency_name(turn, wanted),
        "min_score": str(wanted.wishes.min_score),
        "instant_score": str(wanted.instant_score),
        "quiet": quiet_name(turn, wanted),
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
