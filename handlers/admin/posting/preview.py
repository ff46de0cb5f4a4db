"""A post as readers of each language, layout and wording will see it, before any of them does."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

from telegram import InputFile, LinkPreviewOptions
from telegram.constants import ParseMode
from telegram.error import BadRequest

from digest.compose import compose
from digest.model import (
    Action,
    Button,
    Digest,
    DigestKind,
    Lang,
    Layout,
    Message,
    Picture,
    Signal,
    SignalState,
    Wishes,
    Wording,
)
from digest.posts import OPEN, Post
from digest.render import (
    Links,
    Rendering,
    count_units,
    is_caption,
    preview_of,
    render_alert,
    render_digest,
)
from digest.render.fit import MAX_UNITS
from digest.texts import texts_for
from handlers.admin.posting.desk import Desk, desk_of
from handlers.context import Turn
from handlers.keyboards import Rows, act, markup, ticked
from handlers.replies import change_message, toast
from storage.posted import as_posted

_DAY = timedelta(days=1)
_DIGEST = "digest"
_UNSENT = "unsent"


class _DraftLinks(Links):
    """Links as readers get them, but that those to the post's page lead to its preview."""

    def __init__(self, links: Links, post_id: int) -> None:
        super().__init__(links.base_url)
        self._page = links.post(post_id)

    def signal(self, signal_id: int, access: object = None) -> str:  # noqa: ARG002  the base's
        """The sealed page of the draft."""
        return self._page


async def show_preview(turn: Turn, post_id: int) -> None:
    """Send what readers of this chat's language will get, with buttons to turn it."""
    post = await _post(turn, post_id)
    if post is None:
        return
    message = await _preview(desk_of(turn), post, turn.lang, Layout.FULL, Wording.TRANSLATION)
    if message is not None:
        await _send(turn, post, message)


async def turn_preview(turn: Turn, post_id: int, lang: str, layout: str, wording: str) -> None:
    """Show the same post as other readers see it, in the same place."""
    post = await _post(turn, post_id)
    known = (
        lang in {one.value for one in Lang}
        and layout in {*(one.value for one in Layout), _DIGEST}
        and wording in {one.value for one in Wording}
    )
    if post is None or not known:
        if post is not None:
            await toast(turn, turn.texts("chat.button.old"), alert=True)
        return
    desk = desk_of(turn)
    if layout == _DIGEST:
        message = await _in_digest(desk, post, Lang(lang), Wording(wording))
    else:
        message = await _preview(desk, post, Lang(lang), Layout(layout), Wording(wording))
    if message is not None:
        await _put(turn, post, message)


async def _post(turn: Turn, post_id: int) -> Post | None:
    post = await turn.storage.posts.get(post_id)
    if post is None or post.state not in OPEN:
        await toast(turn, turn.texts("chat.post.gone"), alert=True)
        return None
    return post


async def mock(turn: Turn, _post_id: int) -> None:
    """A button of the preview that only readers' messages carry out."""
    await toast(turn, turn.texts("chat.post.mock"))


# --- what is shown -----------------------------------------------------------------------


def _rendering(desk: Desk, post: Post, lang: Lang, layout: Layout, wording: Wording) -> Rendering:
    return Rendering(
        _DraftLinks(desk.services.links, post.id),
        texts_for(lang),
        desk.taxonomy,
        desk.zone,
        desk.now,
        layout=layout,
        wording=wording,
    )


async def _signal(desk: Desk, post: Post) -> Signal | None:
    made = await as_posted(desk.storage, post, desk.now)
    return replace(made.signal, state=SignalState.LIVE, backlog=False) if made else None


async def _preview(
    desk: Desk, post: Post, lang: Lang, layout: Layout, wording: Wording
) -> Message | None:
    """The push, letter by letter, with rows that turn it underneath."""
    signal = await _signal(desk, post)
    if signal is None:
        return None
    message = render_alert(
        signal, _rendering(desk, post, lang, layout, wording), DigestKind.INSTANT
    )
    rows = _mocked(message.buttons, post)
    turning = _turning(desk, post, signal, lang, layout.value, wording)
    picture = None
    if post.photo is not None:
        links = desk.services.links
        url = links.post_photo(post.id) if links.usable else ""
        # Readers will get it by the name that Telegram gives it when it is shown here.
        picture = Picture(post.photo.file_id or _UNSENT, url)
    return replace(message, buttons=(*rows, *turning), picture=picture)


def _mocked(rows: Rows, post: Post) -> Rows:
    """The readers' buttons: there to be seen, not to do anything."""
    return tuple(
        tuple(
            replace(button, action=Action("post_mock", (post.id,))) if button.action else button
            for button in row
        )
        for row in rows
    )


def _turning(
    desk: Desk, post: Post, signal: Signal, lang: Lang, layout: str, wording: Wording
) -> Rows:
    texts = desk.texts

    def button(label: str, of: tuple[str, str, str], *, on: bool) -> Button:
        return ticked(label, "post_look", post.id, *of, on=on)

    langs = tuple(
        button(texts(f"audience.lang.{one}"), (one.value, layout, wording.value), on=one is lang)
        for one in Lang
    )
    layouts = tuple(
        button(texts(f"chat.post.look.{one}"), (lang.value, one, wording.value), on=one == layout)
        for one in (*(one.value for one in Layout), _DIGEST)
    )
    wordings: tuple[Button, ...] = ()
    if signal.brief.headline_original or any(point.original for point in signal.brief.points):
        wordings = tuple(
            button(
                texts(f"chat.post.look.{one}"), (lang.value, layout, one.value), on=one is wording
            )
            for one in Wording
        )
    back = (act(texts("chat.post.button.to_draft"), "post_close", post.id),)
    return tuple(row for row in (langs, layouts, wordings, back) if row)


async def _in_digest(desk: Desk, post: Post, lang: Lang, wording: Wording) -> Message | None:
    """Where the post would stand in a digest of the last day, for readers who take everything."""
    signal = await _signal(desk, post)
    if signal is None:
        return None
    digest = await _digest(desk, signal, lang)
    rows = _turning(desk, post, signal, lang, _DIGEST, wording)
    numbers = [one.id for one in digest.signals] if digest else []
    if digest is None or signal.id not in numbers:
        return Message(desk.texts("chat.post.digest.not"), rows)
    rendering = _rendering(desk, post, lang, Layout.FULL, wording)
    messages = render_digest(digest, rendering)
    shown = next(one for one in messages if signal.id in one.signals)
    place = desk.texts(
        "chat.post.digest.place", place=numbers.index(signal.id) + 1, total=len(numbers)
    )
    text = f"<i>{place}</i>\n\n{shown.text}"
    if count_units(text) > MAX_UNITS:
        text = shown.text
    return Message(text, rows)


async def _digest(desk: Desk, signal: Signal, lang: Lang) -> Digest | None:
    since = desk.now - _DAY
    others = await desk.storage.signals.window(since, desk.now)
    known = [one for one in others if one.id != signal.id]
    return compose(
        [*known, signal],
        Wishes(lang=lang),
        kind=DigestKind.DAILY,
        window_from=since,
        window_to=desk.now,
        zone=desk.zone,
        taxonomy=desk.taxonomy,
    )


# --- how it gets there -------------------------------------------------------------------


async def _put(turn: Turn, post: Post, message: Message) -> None:
    """Turn the message that was tapped into this one, or put a new one in its place.

    A photo can lose its caption for another, but cannot become a text, nor a text a photo.
    """
    tapped = turn.message
    if tapped is None:
        await _send(turn, post, message)
    elif bool(tapped.photo) == is_caption(message):
        await change_message(turn, message)
    else:
        await _send(turn, post, message)
        await _take_away(turn)


async def _send(turn: Turn, post: Post, message: Message) -> None:
    chat = turn.update.effective_chat
    if chat is None:
        return
    thread = turn.subscriber.thread_id or None
    if not is_caption(message):
        await turn.bot.send_message(
            chat.id,
            message.text,
            parse_mode=ParseMode.HTML,
            link_preview_options=LinkPreviewOptions(**preview_of(message)),
            reply_markup=markup(message.buttons),
            message_thread_id=thread,
        )
        return
    assert post.photo is not None  # noqa: S101  else it were no caption
    known = post.photo.file_id
    body = b"" if known else await turn.storage.posts.photo_body(post.photo.id) or b""
    sent = await turn.bot.send_photo(
        chat.id,
        known or InputFile(body, filename="photo.jpg"),
        caption=message.text,
        parse_mode=ParseMode.HTML,
        reply_markup=markup(message.buttons),
        message_thread_id=thread,
    )
    if not known and sent.photo:
        await turn.storage.posts.name_photo(post.photo.id, sent.photo[-1].file_id)


async def close(turn: Turn, _post_id: int) -> None:
    """Take the preview away; the draft's card stands above it."""
    await _take_away(turn)


async def _take_away(turn: Turn) -> None:
    """Delete the message that was tapped; one of two days ago stays, as Telegram wants it."""
    if turn.message is not None:
        with suppress(BadRequest):
            await turn.bot.delete_message(turn.message.chat.id, turn.message.message_id)
