"""Telling an editor that what was scheduled is out."""

from telegram import Bot
from telegram.constants import ParseMode
from telegram.error import TelegramError

from digest.posts import Post
from handlers.admin.posting.card import card_of
from handlers.admin.posting.desk import Desk
from handlers.context import Services
from handlers.keyboards import markup


async def tell_out(services: Services, bot: Bot, post: Post) -> None:
    """Send the card of a published post to whoever set its time, in private."""
    reader = await services.storage.subscribers.by_chat(post.changed_by, 0)
    if reader is None:
        return
    card = await card_of(Desk(services, reader, services.clock()), post)
    try:
        await bot.send_message(
            reader.chat_id,
            card.text,
            parse_mode=ParseMode.HTML,
            reply_markup=markup(card.buttons),
        )
    except TelegramError:  # it is out all the same, and the list of posts says so
        return
