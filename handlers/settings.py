"""/settings and its commands: what is pushed, when and how; each change says what happens next."""

from collections.abc import Callable, Mapping

from digest.model import Action, Lang, LookBackWish, Message, Subscription
from handlers.arguments import plain, read_times
from handlers.callbacks import pack
from handlers.cards import quoted
from handlers.context import Turn
from handlers.following import add_typed
from handlers.keyboards import act
from handlers.locating import ask_place
from handlers.prompts import FIELD, Prompt, put_question
from handlers.replies import say, show, toast
from handlers.settings_fields import MOST_A_DAY, MOST_TIMES, SWITCHES, changes
from handlers.settings_names import (
    clock,
    frequency_name,
    layout_name,
    look_back_name,
    max_name,
    quiet_name,
    weekly_name,
    wording_name,
)
from handlers.settings_pages import PAGES, settings_message
from handlers.subscriptions import change, change_language, zone_name
from handlers.typed import read_typed
from handlers.wish_lists import DEEDS
from handlers.zones import read_zones

TYPED = (
    "time",
    "zone",
    "quiet",
    "min_score",
    "instant_score",
    "max",
    "follow",
    "mute",
)
PLACE = "place"
# The page that shows a field, where it has none of its own name.
_PAGE_OF = {
    "lang": "main",
    "reset": "main",
    "paused": "frequency",
    "switch": "frequency",
    "kinds": "frequency",
    "items": "max",
}


async def settings(turn: Turn) -> None:
    """Send the settings of this chat."""
    await say(turn, await settings_message(turn, "main"))


async def by_command(field: str, turn: Turn) -> None:
    """Set `field` to what was typed after a command; without anything, show its page."""
    typed = plain(turn.words)
    if typed:
        await take_answer(turn, field, typed)
    else:
        await say(turn, await settings_message(turn, field))


async def open_page(turn: Turn, page: str) -> None:
    """Show one page of the settings in the place of the tapped message.

    Below news, which are to stay, it is a message of its own.
    """
    if page not in PAGES:
        await toast(turn, turn.texts("chat.button.old"), alert=True)
        return
    put = say if _is_news(turn) else show
    await put(turn, await settings_message(turn, page))


def _is_news(turn: Turn) -> bool:
    """Whether the tapped message tells of signals: it has buttons that open or keep them."""
    keyboard = turn.message.reply_markup if turn.message else None
    openers = tuple(pack(Action(verb, (0,))).removesuffix("0") for verb in ("card", "save"))
    return any(
        str(button.callback_data or "").startswith(openers)
        for row in (keyboard.inline_keyboard if keyboard else ())
        for button in row
    )


async def set_field(turn: Turn, field: str, value: str) -> None:
    """Carry out a settings button, and show the page again with what happens next."""
    if field in {"time", "switch"} and is_full(turn, value):
        full = turn.texts("chat.settings.time.full", limit=MOST_TIMES)
        await toast(turn, full, alert=True)
        return
    confirmed = await apply(turn, field, value)
    if confirmed is None:
        await toast(turn, turn.texts("chat.button.old"), alert=True)
        return
    await show(turn, await settings_message(turn, _PAGE_OF.get(field, field), confirmed))
    await toast(turn, turn.texts("chat.settings.saved"))


async def ask_field(turn: Turn, field: str) -> None:
    """Ask for a value that no button offers."""
    if field == PLACE:
        await ask_place(turn)
        return
    if field not in TYPED:
        await toast(turn, turn.texts("chat.button.old"), alert=True)
        return
    text = turn.texts(f"chat.settings.{field}.ask", limit=MOST_A_DAY)
    hint = turn.texts(f"chat.settings.{field}.hint")
    await put_question(turn, Prompt(FIELD, field), text, hint)


async def take_answer(turn: Turn, field: str, typed: str) -> None:
    """Take the typed value of a field; when it cannot be read, say so and ask again."""
    for deed in DEEDS:
        if field == deed:
            await add_typed(turn, deed, typed)
            return
    if field == "zone" and len(zones := read_zones(typed)) > 1:
        await say(turn, _which_zone(turn, typed, zones))
        return
    confirmed: list[str] = []
    done = field
    for done, value in read_typed(field, typed) or ():
        line = await apply(turn, done, value)
        if line is not None:
            confirmed.append(line)
    if confirmed:
        page = _PAGE_OF.get(done, done)
        await say(turn, await settings_message(turn, page, "\n".join(confirmed)))
        return
    await say(turn, turn.texts("chat.settings.unreadable", typed=quoted(typed[:60])))
    if field in TYPED:
        await ask_field(turn, field)
    elif field in PAGES or field in _PAGE_OF:
        await say(turn, await settings_message(turn, _PAGE_OF.get(field, field)))


def _which_zone(turn: Turn, typed: str, zones: tuple[str, ...]) -> Message:
    rows = tuple((act(zone_name(turn.texts, zone), "set", "zone", zone),) for zone in zones)
    return Message(turn.texts("chat.settings.zone.which", typed=quoted(typed[:40])), rows)


async def apply(turn: Turn, field: str, value: str) -> str | None:
    """Save one field; return the line that confirms it, None when the value makes no sense."""
    if field == "lang":
        if value not in {one.value for one in Lang}:
            return None
        await change_language(turn, Lang(value))
        return turn.texts("chat.settings.lang.done")
    found = changes(turn.subscription, field, value)
    if found is None:
        return None
    await change(turn, **found)
    return _confirmation(turn, field, value)


def is_full(turn: Turn, value: str) -> bool:
    """Whether a tapped time of day would be one too many."""
    times = turn.subscription.digest_times
    given = () if value in SWITCHES or "," in value else read_times(value, MOST_TIMES) or ()
    return bool(given) and len(times) >= MOST_TIMES and given[0] not in times


def _confirmation(turn: Turn, field: str, value: str) -> str:
    wanted, texts = turn.subscription, turn.texts
    match field:
        case "paused":
            return texts("chat.settings.paused.done") if wanted.pushes else ""
        case "reset":
            return texts("chat.settings.reset.done")
        case "time" if not wanted.digest_times:
            return texts("chat.settings.time.none")
        case "weekly" if wanted.weekly is None:
            return texts("chat.settings.weekly.none")
        case "look_back" if wanted.look_back is LookBackWish.OFF:
            return texts("chat.settings.look_back.none")
        case "switch":
            return _switched(turn, value)
        case "kinds" | "frequency":
            return texts("chat.settings.frequency.done", value=quoted(frequency_name(turn)))
        case _:
            shown = quoted(_shown(turn, field, wanted))
            return texts(f"chat.settings.{field}.done", value=shown)


def _switched(turn: Turn, value: str) -> str:
    wanted, texts = turn.subscription, turn.texts
    if value in SWITCHES:
        on = {
            "instant": wanted.instant,
            "weekly": wanted.weekly is not None,
            "stories": wanted.story_updates,
            "trends": wanted.trend_alerts,
        }[value]
        name = texts(f"chat.push.{value}")
    else:
        (at,) = read_times(value, 1) or (None,)
        on = at in wanted.digest_times
        name = texts("chat.push.daily", time=clock(at))
    return texts("chat.settings.switch.on" if on else "chat.settings.switch.off", name=name)


def _shown(turn: Turn, field: str, wanted: Subscription) -> str:
    """The field's value as people read it."""
    match field:
        case "time":
            return turn.texts("chat.comma").join(clock(moment) for moment in wanted.digest_times)
        case "zone":
            return zone_name(turn.texts, wanted.zone)
        case _:
            name = _NAMES.get(field)
            return name(turn, wanted) if name else _number(field, wanted)


_NAMES: Mapping[str, Callable[[Turn, Subscription], str]] = {
    "weekly": weekly_name,
    "look_back": look_back_name,
    "quiet": quiet_name,
    "max": max_name,
    "layout": layout_name,
    "wording": wording_name,
}


def _number(field: str, wanted: Subscription) -> str:
    numbers = {
        "min_score": wanted.wishes.min_score,
        "instant_score": wanted.instant_score,
        "items": wanted.wishes.max_items,
    }
    return str(numbers[field])
