"""How a rendered message reaches the chat it was asked for in.

Only answers to a person go this way; pushes are enqueued and sent by bot/delivery.
"""

from collections.abc import Sequence

from telegram import (
    Bot,
    ForceReply,
    InlineKeyboardMarkup,
    InputFile,
    InputMediaPhoto,
    KeyboardButton,
    LinkPreviewOptions,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
    ReplyParameters,
)
from telegram.constants import CallbackQueryLimit, ParseMode
from telegram.error import BadRequest

from digest.model import Button, Message
from digest.render import plain_text, preview_of
from digest.text.units import clip
from handlers.context import Turn
from handlers.keyboards import markup

_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
_Keyboard = InlineKeyboardMarkup | ForceReply | ReplyKeyboardMarkup | ReplyKeyboardRemove


async def say(turn: Turn, message: Message | str) -> int:
    """Send a new message: `message` as rendered, or a line of Telegram HTML. Returns its id."""
    rendered = Message(message) if isinstance(message, str) else message
    return await _send(turn, rendered.text, markup(rendered.buttons))


async def say_file(
    turn: Turn, name: str, body: bytes, caption: str, rows: Sequence[Sequence[Button]] = ()
) -> None:
    """Send a file of this name, with a line of Telegram HTML under it."""
    chat = turn.update.effective_chat
    if chat is not None:
        await turn.bot.send_document(
            chat.id,
            InputFile(body, filename=name),
            caption=caption,
            parse_mode=ParseMode.HTML,
            reply_markup=markup(rows),
            # A file by its name: an .html must not be shown as a picture or a GIF.
            disable_content_type_detection=True,
            message_thread_id=turn.subscriber.thread_id or None,
        )


async def say_photo(turn: Turn, name: str, body: bytes, message: Message) -> None:
    """Send a picture with `message` under it, which must fit there."""
    chat = turn.update.effective_chat
    if chat is None:
        return
    await turn.bot.send_photo(
        chat.id,
        InputFile(body, filename=name),
        caption=message.text,
        parse_mode=ParseMode.HTML,
        reply_markup=markup(message.buttons),
        reply_parameters=_quoted(turn),
        message_thread_id=turn.subscriber.thread_id or None,
    )


async def show_photo(turn: Turn, name: str, body: bytes, message: Message) -> None:
    """Put a picture with `message` under it in the place of the tapped message."""
    if turn.query is None or turn.message is None:
        await say_photo(turn, name, body, message)
        return
    media = InputMediaPhoto(body, message.text, ParseMode.HTML, filename=name)
    try:
        await turn.query.edit_message_media(media, markup(message.buttons))
    except BadRequest as error:
        if _unchanged(error):
            return
        if not _out_of_reach(error):
            raise
        await say_photo(turn, name, body, message)


async def ask(turn: Turn, text: str, placeholder: str) -> None:
    """Send a question whose answer is typed as a reply; `placeholder` stands in its field."""
    await _send(turn, text, ForceReply(selective=True, input_field_placeholder=placeholder[:64]))


async def ask_for_place(turn: Turn, text: str, share: str, never_mind: str) -> None:
    """Send `text` with two buttons in the place of the keyboard: share a place, or nothing."""
    rows = [[KeyboardButton(share, request_location=True)], [KeyboardButton(never_mind)]]
    await _send(
        turn, text, ReplyKeyboardMarkup(rows, resize_keyboard=True, one_time_keyboard=True)
    )


async def dismiss(turn: Turn, text: str) -> None:
    """Send `text` (HTML) and take the buttons in the place of the keyboard away."""
    await _send(turn, text, ReplyKeyboardRemove())


async def show(turn: Turn, message: Message) -> bool:
    """Put `message` in the place of the one whose button was tapped, or send it as a new one.

    False when it stood there already: the button was tapped twice.
    """
    # Under a picture there is no text to put another in the place of.
    if turn.query is None or turn.message is None or turn.message.photo:
        await say(turn, message)
        return True
    try:
        await _edit(turn, message)
    except BadRequest as error:
        if _unchanged(error):
            return False
        if not _out_of_reach(error):
            raise
        await say(turn, message)
    return True


async def show_buttons(turn: Turn, rows: Sequence[Sequence[Button]]) -> None:
    """Put other buttons under the message whose button was tapped; its text stays."""
    await change_keyboard(turn, markup(rows))


async def change_keyboard(turn: Turn, keyboard: InlineKeyboardMarkup | None) -> None:
    """Put `keyboard` under the message whose button was tapped, if it can still be edited."""
    if turn.query is None or turn.message is None:
        return
    try:
        await turn.query.edit_message_reply_markup(keyboard)
    except BadRequest as error:
        if not (_unchanged(error) or _out_of_reach(error)):
            raise


async def toast(turn: Turn, text: str = "", *, alert: bool = False) -> None:
    """Answer the tapped button: `text` floats by, or waits for a tap when `alert`. Once a turn."""
    if turn.query is None or turn.answered:
        return
    turn.answered = True
    short = clip(text, CallbackQueryLimit.ANSWER_CALLBACK_QUERY_TEXT_LENGTH)
    try:
        await turn.query.answer(short or None, show_alert=alert)
    except BadRequest as error:
        # After a restart the taps of the last minutes arrive; Telegram no longer wants an answer.
        if "query is too old" not in error.message.casefold():
            raise


async def lead_to(turn: Turn, url: str) -> None:
    """Answer the tapped button by opening a link to ourselves (t.me/<bot>?start=…)."""
    if turn.query is None or turn.answered:
        return
    turn.answered = True
    await turn.query.answer(url=url)


async def _send(turn: Turn, text: str, keyboard: _Keyboard | None) -> int:
    chat = turn.update.effective_chat
    if chat is None:
        return 0
    quoted = _quoted(turn)

    async def send(body: str, parse_mode: str | None) -> int:
        sent = await turn.bot.send_message(
            chat.id,
            body,
            parse_mode=parse_mode,
            link_preview_options=_NO_PREVIEW,
            reply_markup=keyboard,
            reply_parameters=quoted,
            message_thread_id=turn.subscriber.thread_id or None,
        )
        return sent.message_id

    try:
        return await send(text, ParseMode.HTML)
    except BadRequest as error:
        if not _bad_entities(error):
            raise
        return await send(plain_text(text), None)


def _quoted(turn: Turn) -> ReplyParameters | None:
    """In a group it must be clear who is answered."""
    if turn.is_private or turn.query is not None or turn.message is None:
        return None
    return ReplyParameters(turn.message.message_id, allow_sending_without_reply=True)


async def _edit(turn: Turn, message: Message) -> None:
    assert turn.query is not None  # noqa: S101  show() has asked
    keyboard = markup(message.buttons)
    try:
        await turn.query.edit_message_text(
            message.text,
            parse_mode=ParseMode.HTML,
            link_preview_options=_NO_PREVIEW,
            reply_markup=keyboard,
        )
    except BadRequest as error:
        if not _bad_entities(error):
            raise
        await turn.query.edit_message_text(
            plain_text(message.text), link_preview_options=_NO_PREVIEW, reply_markup=keyboard
        )


async def edit_message(bot: Bot, chat_id: int, message_id: int, message: Message) -> bool:
    """Put `message` in the place of one of ours. False when that one is out of reach.

    Doing it twice is as good as once.
    """
    keyboard = markup(message.buttons)

    async def edit(body: str, parse_mode: str | None) -> None:
        await bot.edit_message_text(
            body,
            chat_id,
            message_id,
            parse_mode=parse_mode,
            link_preview_options=_NO_PREVIEW,
            reply_markup=keyboard,
        )

    try:
        try:
            await edit(message.text, ParseMode.HTML)
        except BadRequest as error:
            if not _bad_entities(error):
                raise
            await edit(plain_text(message.text), None)
    except BadRequest as error:
        if _unchanged(error):
            return True
        if _out_of_reach(error):
            return False
        raise
    return True


async def change_message(turn: Turn, message: Message) -> None:
    """Put `message` in the place of the one that was tapped, under its photo where it has one."""
    if turn.query is None or turn.message is None:
        return
    keyboard = markup(message.buttons)
    try:
        if turn.message.photo:
            await turn.query.edit_message_caption(
                message.text, parse_mode=ParseMode.HTML, reply_markup=keyboard
            )
        else:
            await turn.query.edit_message_text(
                message.text,
                parse_mode=ParseMode.HTML,
                link_preview_options=LinkPreviewOptions(**preview_of(message)),
                reply_markup=keyboard,
            )
    except BadRequest as error:
        if not _unchanged(error):
            raise


def _unchanged(error: BadRequest) -> bool:
    return "message is not modified" in error.message.casefold()


def _out_of_reach(error: BadRequest) -> bool:
    text = error.message.casefold()
    return "message to edit not found" in text or "message can't be edited" in text


def _bad_entities(error: BadRequest) -> bool:
    return "can't parse entities" in error.message.casefold()
