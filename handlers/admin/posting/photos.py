"""The picture in a message: fetched from Telegram, made anew, kept."""

from telegram import Message
from telegram.error import TelegramError

from digest.errors import PhotoError, PhotoFault
from digest.model import Photo
from handlers.context import Turn
from handlers.replies import say

# As much as Telegram gives a bot; what is more than we take is refused before it is fetched.
_MAX_BYTES = 10 * 1024 * 1024
_KINDS = ("image/jpeg", "image/png", "image/webp", "image/gif")


def has_photo(message: Message | None) -> bool:
    """Whether a message is a photo, or a file that says it is a picture."""
    return message is not None and bool(_file_of(message)[0])


def _file_of(message: Message) -> tuple[str, int]:
    """What Telegram calls the picture ("" for none), and its size in bytes."""
    if message.photo:
        largest = message.photo[-1]
        return largest.file_id, largest.file_size or 0
    document = message.document
    if document is not None and document.mime_type in _KINDS:
        return document.file_id, document.file_size or 0
    return "", 0


async def take_photo(turn: Turn, message: Message | None) -> Photo | None:
    """The picture of a message, kept; None without one, and for one that is not taken.

    The editor is told why when it is not.
    """
    if message is None or not has_photo(message):
        return None
    try:
        return await _kept(turn, message)
    except PhotoError as error:
        await say(turn, turn.texts(f"chat.post.photo.{error.fault}"))
    except TelegramError:
        await say(turn, turn.texts("chat.post.photo.lost"))
    return None


async def _kept(turn: Turn, message: Message) -> Photo:
    file_id, size = _file_of(message)
    if turn.services.prepare_photo is None:
        raise PhotoError(PhotoFault.OFF)
    if size > _MAX_BYTES:
        raise PhotoError(PhotoFault.LARGE)
    file = await turn.bot.get_file(file_id)
    body = bytes(await file.download_as_bytearray())
    made = await turn.services.prepare_photo(body)
    return await turn.storage.posts.keep_photo(made.body, (made.width, made.height), turn.now)
