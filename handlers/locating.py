"""The time zone of where a reader is, by a place shared in a private chat.

The place itself is kept nowhere: it is turned into the name of its zone and forgotten.
"""

import asyncio
from zoneinfo import available_timezones

from telegram import Message

from digest.model import Lang
from digest.texts import texts_for
from handlers.context import Turn
from handlers.replies import ask_for_place, dismiss, say, toast
from handlers.settings_pages import settings_message
from handlers.subscriptions import change, what_next, zone_name


async def ask_place(turn: Turn) -> None:
    """Put a button under the field for writing that shares where the reader is."""
    if not turn.is_private:
        await toast(turn, turn.texts("chat.button.old"), alert=True)
        return
    texts = turn.texts
    buttons = (texts("chat.place.share"), texts("chat.place.never_mind"))
    await ask_for_place(turn, texts("chat.place.ask"), *buttons)


def has_place(message: Message) -> bool:
    """Whether a message shares a place."""
    return message.location is not None


async def take_place(turn: Turn) -> None:
    """Take the zone of the shared place, and the button away."""
    place = turn.message.location if turn.message else None
    if place is None:
        return
    zone = await asyncio.to_thread(zone_at, place.latitude, place.longitude)
    if zone is None:
        await dismiss(turn, turn.texts("chat.place.unknown"))
        await say(turn, await settings_message(turn, "zone"))
        return
    await change(turn, zone=zone)
    confirmed = turn.texts("chat.settings.zone.done", value=zone_name(turn.texts, zone))
    following = what_next(turn.texts, turn.subscription, turn.now)
    await dismiss(turn, f"{confirmed}\n\n{following}")


def is_never_mind(message: Message) -> bool:
    """Whether a message is the button that shares nothing, in either language."""
    return message.text in {texts_for(lang)("chat.place.never_mind") for lang in Lang}


async def never_mind(turn: Turn) -> None:
    """Take the button for sharing away again."""
    await dismiss(turn, turn.texts("chat.place.dismissed"))


def zone_at(latitude: float, longitude: float) -> str | None:
    """The time zone (IANA) at a place in degrees, None when this machine does not know it."""
    import tzfpy  # noqa: PLC0415  its map takes 34 MB, which most runs never need

    zone = tzfpy.get_tz(longitude, latitude)
    return zone if zone in available_timezones() else None
