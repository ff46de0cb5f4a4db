"""The picture of a week, in a chat: drawn, and sent with its numbers in words under it."""

import logging

from telegram import InputFile
from telegram.constants import ParseMode

from digest.errors import HexinError
from digest.render import Rendering, escape, week_name
from digest.render.weekly import totals_words
from digest.weeklies.glance import glance_of
from digest.weeklies.opened import Weekly
from handlers.context import Turn

log = logging.getLogger(__name__)


async def send_glance(turn: Turn, weekly: Weekly, rendering: Rendering) -> bool:
    """Send the picture of a week; False where none is drawn."""
    paint = turn.services.paint
    picture = glance_of(weekly, rendering)
    if paint is None or picture.is_empty:
        return False
    try:
        body = await paint.png(picture)
    except HexinError:
        log.exception("the picture of week %s was not drawn", weekly.week)
        return False
    await turn.bot.send_photo(
        turn.subscriber.chat_id,
        InputFile(body, filename=f"{weekly.week}.png"),
        caption=glance_caption(weekly, rendering),
        parse_mode=ParseMode.HTML,
        message_thread_id=turn.subscriber.thread_id or None,
    )
    return True


def glance_caption(weekly: Weekly, rendering: Rendering) -> str:
    """What stands under the picture: which week, and how much it brought."""
    name = escape(week_name(weekly.week, rendering))
    return f"<b>{name}</b>\n{escape(totals_words(weekly, rendering))}"
