"""Pictures that people send, and chats that take none from a bot."""

from base64 import b64encode
from io import BytesIO

import aiohttp
import pytest
from PIL import Image
from telegram import Bot, InputMediaDocument, InputMediaPhoto, InputMediaVideo, Message
from telegram.error import BadRequest

from bot.sandbox.errors import ApiError
from bot.sandbox.sandbox import Sandbox


def jpeg(width: int = 40, height: int = 30) -> bytes:
    out = BytesIO()
    Image.new("RGB", (width, height), "#a2301d").save(out, "JPEG")
    return out.getvalue()


async def test_a_photo_with_a_command_as_its_caption(bot: Bot, sandbox: Sandbox):
    lin = sandbox.person("lin")
    lin.send_photo(jpeg(), caption="/post 标题")
    message = (await bot.get_updates())[0].message
    assert message is not None
    assert message.caption == "/post 标题"
    assert message.caption_entities[0].type == "bot_command"
    assert (message.photo[-1].width, message.photo[-1].height) == (40, 30)
    file = await bot.get_file(message.photo[-1].file_id)
    assert bytes(await file.download_as_bytearray()) == jpeg()


async def test_the_pictures_of_an_album_belong_together(bot: Bot, sandbox: Sandbox):
    lin = sandbox.person("lin")
    first = lin.send_photo(jpeg(), caption="两张", album="7")
    lin.send_photo(jpeg(20, 20), album="7", reply_to=first.id)
    one, two = [update.message for update in await bot.get_updates()]
    assert one
    assert two
    assert one.media_group_id == two.media_group_id == "7"
    assert two.reply_to_message
    assert two.reply_to_message.caption == "两张"


async def test_what_no_app_sends_as_a_photo(sandbox: Sandbox):
    lin = sandbox.person("lin")
    with pytest.raises(ApiError, match="IMAGE_PROCESS_FAILED"):
        lin.send_photo(b"no picture")
    with pytest.raises(ApiError, match="caption is too long"):
        lin.send_photo(jpeg(), caption="核" * 1025)


async def test_a_group_that_lets_the_bot_write_but_show_nothing(bot: Bot, sandbox: Sandbox):
    group = sandbox.chat("group")
    wang = sandbox.person("wang")
    wang.set_bot(group.id, "restricted", can_send_messages=True, can_send_photos=False)
    await bot.send_message(group.id, "文字可以")
    with pytest.raises(BadRequest, match=r"(?i)not enough rights to send photos to the chat"):
        await bot.send_photo(group.id, jpeg())


async def test_the_chat_page_sends_a_photo(
    port: int, http: aiohttp.ClientSession, sandbox: Sandbox
):
    lin = sandbox.person("lin")
    body = {"as": "lin", "chat": lin.id, "content": b64encode(jpeg()).decode(), "caption": "说明"}
    url = f"http://127.0.0.1:{port}/chat/api/photo"
    async with http.post(url, json=body, headers={"X-Sandbox": "1"}) as answer:
        assert answer.status == 200
        seen = await answer.json()
    assert seen["caption"] == "说明"
    shown = f"http://127.0.0.1:{port}/chat/file/{seen['photo'][0]['file_id']}"
    async with http.get(shown) as picture:
        assert picture.content_type == "image/jpeg"
        assert await picture.read() == jpeg()
    async with http.post(url, json=body | {"content": "?"}, headers={"X-Sandbox": "1"}) as bad:
        assert bad.status == 400


async def test_a_picture_takes_the_place_of_another_and_of_a_text(bot: Bot, sandbox: Sandbox):
    lin = sandbox.person("lin")
    lin.start()
    sent = await bot.send_photo(lin.id, jpeg(), caption="一")
    edited = await bot.edit_message_media(InputMediaPhoto(jpeg(20, 20), "二"), lin.id, sent.id)
    assert isinstance(edited, Message)
    assert (edited.id, edited.caption, edited.photo[-1].width) == (sent.id, "二", 20)
    with pytest.raises(BadRequest, match="not modified"):
        await bot.edit_message_media(
            InputMediaPhoto(edited.photo[-1].file_id, "二"), lin.id, sent.id
        )
    text = await bot.send_message(lin.id, "只有字")
    became = await bot.edit_message_media(InputMediaPhoto(jpeg()), lin.id, text.id)
    assert isinstance(became, Message)
    assert became.text is None
    assert became.photo
    with pytest.raises(BadRequest, match="caption is too long"):
        await bot.edit_message_media(InputMediaPhoto(jpeg(), "核" * 1025), lin.id, sent.id)
    with pytest.raises(BadRequest, match="specified type"):
        await bot.edit_message_media(InputMediaVideo(jpeg()), lin.id, sent.id)
    first, _ = await bot.send_media_group(
        lin.id, [InputMediaPhoto(jpeg()), InputMediaPhoto(jpeg())]
    )
    with pytest.raises(BadRequest, match="specified type"):
        await bot.edit_message_media(InputMediaDocument(jpeg()), lin.id, first.id)
