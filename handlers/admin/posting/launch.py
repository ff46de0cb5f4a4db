"""Publishing a post: asked first, with whom it goes to; and taking it back."""

from digest.model import Button, Message
from digest.posts import Post, PostState
from digest.render import escape
from handlers.admin.posting.card import audience_line, card_of
from handlers.admin.posting.desk import Desk, desk_of, editor_of
from handlers.admin.posting.preview import show_preview
from handlers.admin.posting.sizes import SURE_FROM, size_of, size_words
from handlers.admin.posting.steps import changed, shown_post
from handlers.context import Turn
from handlers.keyboards import act
from handlers.replies import show, toast
from storage.posted import doubts_of, publishable

_NOT_SURE, _SURE = 0, 1


async def ask_to_publish(turn: Turn, post_id: int, version: int) -> None:
    """Say what will happen, and to how many, and ask."""
    post = await shown_post(turn, post_id, version)
    if post is None:
        return
    if post.photo is not None and not post.photo.file_id:
        # Telegram names a picture when it is first sent: to the editor, not to the first reader.
        await show_preview(turn, post_id)
    await show(turn, await _question(desk_of(turn), post, sure=False))


async def _question(desk: Desk, post: Post, *, sure: bool) -> Message:
    texts = desk.texts
    lines = [texts("chat.post.go", headline=escape(post.text.headline)), ""]
    lines.append(texts("chat.post.go.fitting", points=post.level.points))
    if post.audience is not None:
        words = escape(audience_line(desk, post))
        lines.append(texts("chat.post.go.chosen", audience=words))
        lines.append(await size_words(desk, post))
    if doubts := await doubts_of(desk.storage, post):
        lines += ["", texts("chat.post.go.doubts", n=len(doubts))]
    size = (await size_of(desk, post)).total
    if sure:
        lines += ["", texts.n("chat.post.go.sure", size)]
    label = texts.n("chat.post.button.sure", size) if sure else texts("chat.post.button.out")
    go = act(label, "post_out", post.id, post.version, _SURE if sure else _NOT_SURE)
    row: tuple[Button, ...] = (go, act(texts("chat.post.button.back"), "post", post.id))
    return Message("\n".join(lines), (row,))


async def publish(turn: Turn, post_id: int, version: int, sure: int) -> None:
    """Publish a post; a large audience is asked about a second time."""
    post = await shown_post(turn, post_id, version)
    if post is None:
        return
    desk = desk_of(turn)
    if sure != _SURE and (await size_of(desk, post)).total > SURE_FROM:
        await show(turn, await _question(desk, post, sure=True))
        return
    made = await publishable(turn.storage, post, turn.now)
    if made is None:
        await toast(turn, turn.texts("chat.post.gone"), alert=True)
        return
    out = await changed(
        turn, post, lambda: turn.storage.posts.publish(post, made, editor_of(turn))
    )
    if out is not None:
        await show(turn, await card_of(desk, out))


async def withdraw(turn: Turn, post_id: int, version: int) -> None:
    """Take a published post back: readers do not see it any more, and it is a draft again."""
    post = await shown_post(turn, post_id, version, PostState.PUBLISHED)
    if post is None:
        return
    made = await changed(turn, post, lambda: turn.storage.posts.withdraw(post, editor_of(turn)))
    if made is not None:
        turn.services.wake_sender()
        await show(turn, await card_of(desk_of(turn), made))


async def retry(turn: Turn, post_id: int, version: int) -> None:
    """Read a link once more that could not be read."""
    post = await shown_post(turn, post_id, version, PostState.FAILED)
    if post is None or post.link_id is None or turn.services.links_read is None:
        return
    tapped = turn.message.message_id if turn.message else None
    if not await turn.storage.pasted.want(
        post.link_id, turn.now, person_id=turn.user_id, status_id=tapped
    ):
        await toast(turn, turn.texts("chat.link.already"))
        return
    made = await changed(
        turn,
        post,
        lambda: turn.storage.posts.change(
            post, "post.retry", editor_of(turn), state=PostState.READING.value, trouble=""
        ),
    )
    if made is not None:
        turn.services.links_read.wake()
        await toast(turn, turn.texts("chat.link.begun"))
