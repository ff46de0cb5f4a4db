"""Posts with a photo, from the editor to the readers."""

from io import BytesIO

import pytest
from PIL import Image

from tests.handlers.test_posting import WORDS, Editor, editor, jpeg, newsroom, published, stand

__all__ = ["editor", "newsroom", "stand"]  # fixtures


async def test_a_photo_goes_from_the_editor_to_the_readers_message(editor: Editor):
    card = await editor.send_photo(jpeg(), caption=f"/post {WORDS}")
    assert editor.texts("chat.post.photo.size", width=640, height=400) in card.text
    await editor.tap(card, "chat.post.button.preview")
    preview = await editor.last()
    assert preview.data["photo"]
    assert "收录 120 个模型" in preview.data["caption"]
    post = await editor.newest()
    assert post.photo is not None
    assert post.photo.file_id == preview.data["photo"][-1]["file_id"]
    sent = editor.bot.sandbox.world.files[post.photo.file_id].content
    assert sent == await editor.storage.posts.photo_body(post.photo.id)
    compact = await editor.tap(preview, "chat.post.look.compact")
    assert compact.data["photo"]
    await editor.bot.toast(editor.person, compact, editor.texts("chat.post.look.digest"))
    digest = await editor.last()
    assert "photo" not in digest.data
    assert "我们的模型目录上线" in digest.text
    await published(editor, card)
    signal = (await editor.storage.signals.latest(limit=1))[0]
    assert signal.photo == post.photo


async def test_a_photo_without_words_is_asked_about(editor: Editor):
    question = await editor.send_photo(jpeg())
    assert editor.texts("chat.post.ask.words")[:5] in question.text
    card = await editor.answer(WORDS)
    assert editor.texts("chat.post.photo.size", width=640, height=400) in card.text


async def test_a_reply_to_a_photo_and_an_album_take_one_picture(editor: Editor):
    first = editor.person.send_photo(jpeg(), caption="一张图", album="77")
    editor.person.send_photo(jpeg("#1133aa"), album="77")
    await editor.bot.quiet()
    card = await editor.say(f"/post {WORDS}", reply_to=first.id)
    assert editor.texts("chat.post.photo.size", width=640, height=400) in card.text
    before = len(editor.person.inbox)
    editor.person.send_photo(jpeg("#00ff00"), album="77")
    await editor.bot.quiet()
    assert len(editor.person.inbox) == before


@pytest.mark.parametrize("fault", ["moving", "shape", "strange"])
async def test_hostile_pictures_are_refused_in_words(editor: Editor, fault: str):
    bodies = {"moving": moving_gif(), "shape": thin(), "strange": b"GIF89a" + bytes([60, 0] * 2)}
    refused = await editor.send_photo(bodies[fault], caption=f"/post {WORDS}")
    known = [editor.texts(f"chat.post.photo.{one}") for one in (fault, "broken")]
    assert refused.text in known
    assert await editor.storage.posts.open() == ()


def moving_gif() -> bytes:
    frames = [Image.new("RGB", (60, 60), colour) for colour in ("red", "blue")]
    out = BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])
    return out.getvalue()


def thin() -> bytes:
    out = BytesIO()
    Image.new("RGB", (2000, 50)).save(out, "PNG")
    return out.getvalue()
