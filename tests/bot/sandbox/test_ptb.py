"""python-telegram-bot's own Bot over HTTP, through every method of the server."""

import io
import struct
import zlib

import pytest
from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
    CopyTextButton,
    ForceReply,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQueryResultArticle,
    InputMediaDocument,
    InputMediaPhoto,
    InputTextMessageContent,
    LinkPreviewOptions,
    MenuButtonCommands,
    Message,
    ReplyParameters,
)
from telegram.constants import ChatAction, ChatMemberStatus, ParseMode
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, RetryAfter

from bot.sandbox import LimitRules, Sandbox
from bot.sandbox.methods import METHODS

LIN = 1001
KEYS = InlineKeyboardMarkup(
    [
        [
            InlineKeyboardButton("收藏", callback_data="1:save:7"),
            InlineKeyboardButton("全文", url="http://127.0.0.1:8080/s/7"),
        ],
        [InlineKeyboardButton("复制", copy_text=CopyTextButton("核心信息"))],
    ]
)


def png(width: int = 40, height: int = 30) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        sum_ = struct.pack(">I", zlib.crc32(kind + body))
        return struct.pack(">I", len(body)) + kind + body + sum_

    rows = zlib.compress((b"\0" + b"\x80" * width) * height)
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.fixture(autouse=True)
def _started(sandbox: Sandbox) -> None:
    sandbox.person("lin").start()


async def test_every_method_of_the_table(bot: Bot, sandbox: Sandbox) -> None:
    await the_bot_itself(bot)
    await texts_and_commands(bot)
    await messages(bot, sandbox)
    await files(bot)
    await chats(bot, sandbox)
    await inline(bot, sandbox)
    await bot.log_out()
    await bot.close()
    assert set(sandbox.log.accepted) == {method.name for method in METHODS.values()}
    assert not sandbox.log.refused


async def the_bot_itself(bot: Bot) -> None:
    me = await bot.get_me()
    assert (me.username, me.is_bot, me.supports_inline_queries) == (
        "hexin_sandbox_bot",
        True,
        True,
    )
    updates = await bot.get_updates(timeout=0)
    assert updates[0].message is not None
    assert updates[0].message.text == "/start"
    assert await bot.set_webhook("https://bot.example:8443/hook", secret_token="s3cret")
    info = await bot.get_webhook_info()
    assert (info.url, info.max_connections) == ("https://bot.example:8443/hook", 40)
    assert await bot.delete_webhook(drop_pending_updates=True)
    assert not (await bot.get_webhook_info()).url


async def texts_and_commands(bot: Bot) -> None:
    commands = [BotCommand("start", "开始"), BotCommand("latest", "最新信号")]
    private = BotCommandScopeAllPrivateChats()
    await bot.set_my_commands(commands, scope=private, language_code="zh")
    await bot.set_my_commands(commands[:1], scope=BotCommandScopeChat(LIN))
    found = await bot.get_my_commands(scope=private, language_code="zh")
    assert found == tuple(commands)
    assert await bot.get_my_commands() == ()
    await bot.delete_my_commands(scope=private, language_code="zh")
    assert await bot.get_my_commands(scope=private, language_code="zh") == ()
    await bot.set_my_name("核心信息 Bot", language_code="zh")
    await bot.set_my_description("说明")
    await bot.set_my_short_description("短说明")
    assert (await bot.get_my_name("zh")).name == "核心信息 Bot"
    assert (await bot.get_my_description("en")).description == "说明"
    assert (await bot.get_my_short_description()).short_description == "短说明"
    await bot.set_chat_menu_button(LIN, MenuButtonCommands())
    assert (await bot.get_chat_menu_button(LIN)).type == "commands"


async def messages(bot: Bot, sandbox: Sandbox) -> None:
    sent = await bot.send_message(
        LIN,
        '<b>核心</b> 😀 <a href="https://e.com/a?b&amp;c">链接</a>',
        parse_mode=ParseMode.HTML,
        reply_markup=KEYS,
        link_preview_options=LinkPreviewOptions(is_disabled=True),
        reply_parameters=ReplyParameters(sandbox.person("lin").messages[0].id),
    )
    assert sent.text == "核心 😀 链接"
    assert sent.parse_entities() == {sent.entities[0]: "核心", sent.entities[1]: "链接"}
    assert sent.reply_markup == KEYS
    assert sent.link_preview_options == LinkPreviewOptions(is_disabled=True)
    assert sent.reply_to_message is not None
    await edits(bot, sandbox, sent)
    copied = await bot.copy_message(LIN, LIN, sent.message_id)
    await bot.copy_messages(LIN, LIN, [copied.message_id])
    forwarded = await bot.forward_message(LIN, LIN, sent.message_id)
    assert forwarded.forward_origin is not None
    many = await bot.forward_messages(LIN, LIN, [sent.message_id])
    await bot.delete_message(LIN, forwarded.message_id)
    await bot.delete_messages(LIN, [many[0].message_id, 4242])
    await bot.send_message(LIN, "?", reply_markup=ForceReply())
    await bot.send_chat_action(LIN, ChatAction.TYPING)
    await bot.send_message_draft(LIN, 1, "写到一半")


async def edits(bot: Bot, sandbox: Sandbox, sent: Message) -> None:
    lin = sandbox.person("lin")
    query = lin.press(sent.message_id, "收藏")
    update = (await bot.get_updates(timeout=0))[-1]
    assert update.callback_query is not None
    assert update.callback_query.data == "1:save:7"
    assert update.callback_query.message is not None
    await update.callback_query.answer("已收藏", show_alert=True)
    assert await lin.answer_to(query, 1) == {"text": "已收藏", "show_alert": True}
    bare = await bot.edit_message_reply_markup(LIN, sent.message_id, reply_markup=None)
    assert isinstance(bare, Message)
    assert bare.reply_markup is None
    assert bare.edit_date is None
    changed = await bot.edit_message_text("改过", LIN, sent.message_id, reply_markup=KEYS)
    assert isinstance(changed, Message)
    assert (changed.text, changed.reply_markup) == ("改过", KEYS)
    assert changed.edit_date is not None


async def files(bot: Bot) -> None:
    photo = await bot.send_photo(LIN, png(), caption="<i>图</i>", parse_mode="HTML")
    assert (photo.photo[0].width, photo.photo[0].height) == (40, 30)
    assert photo.caption == "图"
    document = await bot.send_document(LIN, io.BytesIO(b"<opml/>"), filename="信源.opml")
    assert document.document is not None
    assert document.document.file_name == "信源.opml"
    got = await bot.get_file(document.document.file_id)
    assert bytes(await got.download_as_bytearray()) == b"<opml/>"
    await bot.edit_message_caption(LIN, photo.message_id, caption="新图")
    other = await bot.edit_message_media(
        InputMediaPhoto(png(9, 9), "另一张"), LIN, photo.message_id
    )
    assert isinstance(other, Message)
    assert (other.photo[0].width, other.caption) == (9, "另一张")
    again = await bot.send_photo(LIN, photo.photo[0].file_id)
    assert again.photo[0].file_unique_id == photo.photo[0].file_unique_id
    album = await bot.send_media_group(
        LIN, [InputMediaPhoto(png(9, 9), "一"), InputMediaPhoto(png())]
    )
    assert len(album) == 2
    assert album[0].media_group_id == album[1].media_group_id
    pair = [InputMediaDocument(b"a", filename="a.txt"), InputMediaDocument(b"b", filename="b.txt")]
    assert len(await bot.send_media_group(LIN, pair)) == 2


async def chats(bot: Bot, sandbox: Sandbox) -> None:
    forum, group = sandbox.chat("forum").id, sandbox.chat("group").id
    full = await bot.get_chat(forum)
    assert (full.type, full.is_forum, full.title) == ("supergroup", True, "晨星编辑部")
    assert (await bot.get_chat(LIN)).username == "lin_xiao"
    member = await bot.get_chat_member(group, 1003)
    assert member.status == ChatMemberStatus.OWNER
    assert (await bot.get_chat_member(forum, bot.id)).status == ChatMemberStatus.ADMINISTRATOR
    assert [one.user.id for one in await bot.get_chat_administrators(forum)] == [1003]
    assert await bot.get_chat_member_count(group) == 4
    topic = await bot.create_forum_topic(forum, "政策")
    inside = await bot.send_message(forum, "话题里", message_thread_id=topic.message_thread_id)
    assert (inside.message_thread_id, inside.is_topic_message) == (topic.message_thread_id, True)
    await bot.pin_chat_message(forum, inside.message_id)
    pinned = (await bot.get_chat(forum)).pinned_message
    assert pinned is not None
    assert pinned.message_id == inside.message_id
    await bot.unpin_chat_message(forum, inside.message_id)
    await bot.unpin_all_chat_messages(forum)
    channel = await bot.send_message("@hexin_sandbox_channel", "快讯")
    assert channel.sender_chat is not None
    await bot.leave_chat(group)


async def inline(bot: Bot, sandbox: Sandbox) -> None:
    asked = sandbox.person("alex").inline("chips")
    update = (await bot.get_updates(timeout=0))[-1]
    assert update.inline_query is not None
    assert update.inline_query.query == "chips"
    result = InlineQueryResultArticle("1", "Chips", InputTextMessageContent("…"))
    await update.inline_query.answer([result], cache_time=0)
    answer = await sandbox.person("alex").answer_to(asked, 1)
    assert [one["id"] for one in answer["results"]] == ["1"]
    alex = sandbox.person("alex")
    shown = alex.choose(asked, "1")
    inline_id = (await bot.get_updates(timeout=0))[-1].chosen_inline_result
    assert inline_id is not None
    assert await bot.edit_message_text("neu", inline_message_id=inline_id.inline_message_id)
    assert alex.messages[-1].text == "neu"
    assert shown.data["via_bot"]["id"] == bot.id


async def test_errors_arrive_as_ptbs_own(bot: Bot, sandbox: Sandbox) -> None:
    sandbox.person("alex").start()
    sandbox.person("alex").block()
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await bot.send_message(1002, "x")
    with pytest.raises(BadRequest, match=r"(?i)chat not found"):
        await bot.send_message(4242, "x")
    group = sandbox.chat("group").id
    new = sandbox.upgrade_group()
    with pytest.raises(ChatMigrated) as moved:
        await bot.send_message(group, "x")
    assert moved.value.new_chat_id == new


async def test_a_wrong_token_is_an_invalid_token(sandbox: Sandbox, port: int) -> None:
    stranger = Bot("1:x", base_url=sandbox.api_base_url(port))
    with pytest.raises(InvalidToken):
        await stranger.initialize()
    await stranger.shutdown()


@pytest.mark.filterwarnings("ignore::telegram.warnings.PTBDeprecationWarning")
async def test_too_fast_is_retry_after() -> None:
    sandbox = Sandbox(newsroom=False, limits=LimitRules(chat_burst=2))
    sandbox.person("lin").start()
    async with (
        sandbox.serve() as port,
        Bot(sandbox.token, base_url=sandbox.api_base_url(port)) as bot,
    ):
        await bot.send_message(LIN, "1")
        await bot.send_message(LIN, "2")
        with pytest.raises(RetryAfter):
            await bot.send_message(LIN, "3")
        assert sandbox.log.refused["sendMessage", 429] == 1
        assert sum(sandbox.log.per_second.values()) == 2


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"no picture", "IMAGE_PROCESS_FAILED"),
        (png(9999, 2), "PHOTO_INVALID_DIMENSIONS"),
        (png() + bytes(10 * 1024 * 1024), "file is too big"),
    ],
)
async def test_pictures_that_are_none(bot: Bot, content: bytes, problem: str) -> None:
    with pytest.raises(BadRequest, match=rf"(?i){problem}"):
        await bot.send_photo(LIN, content)


async def test_files_that_are_not_there(bot: Bot) -> None:
    with pytest.raises(BadRequest, match=r"(?i)wrong file identifier"):
        await bot.send_document(LIN, "unknown-file-id")
    with pytest.raises(BadRequest, match=r"(?i)failed to get HTTP URL content"):
        await bot.send_document(LIN, "https://e.com/a.pdf")
    with pytest.raises(BadRequest, match=r"(?i)invalid file_id"):
        await bot.get_file("nonsense")
    with pytest.raises(BadRequest, match=r"(?i)message caption is too long"):
        await bot.send_photo(LIN, png(), caption="核" * 1025)
