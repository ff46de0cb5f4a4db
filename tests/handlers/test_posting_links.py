"""Posts that begin with a link, and what others wrote."""

from dataclasses import replace

from aiohttp import web

from bot.sandbox.people import Person, Seen
from digest.editing import sign
from digest.model import Lang, SignalState
from digest.posts import PostKind, PostState
from digest.texts import texts_for
from handlers.guards import Pacer
from storage import Editor as StoredEditor
from storage import NewPost, Sender, Storage
from tests.clocks import HandClock
from tests.covering import covers
from tests.handlers.conftest import Chatting, newsroom_over
from tests.handlers.newsstand import Newsstand, link_desk
from tests.handlers.test_posting import (
    Editor,
    editor,
    jpeg,
    newsroom,
    prepare,
    published,
    stand,
    working,
)
from tests.newsdesk import NOON

__all__ = ["editor", "newsroom", "stand"]  # fixtures


# --- links -------------------------------------------------------------------------------


async def read_draft(editor: Editor) -> Seen:
    return await editor.person.wait_for(
        lambda seen: editor.texts("chat.post.button.preview") in seen.labels
    )


async def test_what_was_read_for_a_link_is_on_no_sheet_and_no_card(
    editor: Editor, stand: Newsstand
):
    link = stand.put("/secret", 1200)
    stand.gate.set()
    editor.person.send(f"/post {link}")
    card = await read_draft(editor)
    number = (await editor.newest()).signal_id
    assert number is not None
    private = await editor.storage.signals.get(number)
    assert private is not None
    said = await editor.bot.say(editor.person, f"/edit {number}")
    assert said.text == editor.texts("chat.edit.unknown")
    before = private.brief
    for verb in ("edrop", "emove"):
        data = (
            f"1:{verb}:{number}:0:"
            + ("1:" if verb == "emove" else "")
            + sign(before.points[0].text)
        )
        await editor.bot.forge(editor.person, card, data)
    await editor.bot.quiet()
    after = await editor.storage.signals.get(number)
    assert after is not None
    assert after.brief == before
    assert await editor.storage.queue.card(number, editor.person.id, editor.bot.clock()) is None


async def test_a_link_is_read_and_becomes_news(editor: Editor, stand: Newsstand):
    link = stand.put("/robots", 1200)
    stand.gate.set()
    editor.person.send(f"/post {link}")
    card = await read_draft(editor)
    assert "1200" in card.text
    post = await editor.newest()
    assert post.signal_id is not None
    private = await editor.storage.signals.get(post.signal_id)
    assert private is not None
    assert private.state is SignalState.PRIVATE
    await editor.tap(card, "chat.post.button.text")
    headline = post.text.headline
    card = await editor.answer(f"{headline}\nThe deal is worth $99 million.")
    assert "$99 million" in card.text.split(editor.texts("chat.post.row.column", value=""))[1]
    await published(editor, card)
    live = await editor.storage.signals.get(post.signal_id)
    assert live is not None
    assert live.state is SignalState.LIVE
    assert live.brief.points[0].edited
    again = await editor.say(f"/post {link}")
    assert editor.texts("chat.post.known.live", headline="").split("<b>")[0] in again.text


async def test_a_restart_while_the_link_is_read_loses_nothing(
    storage: Storage, pacer: Pacer, stand: Newsstand
):
    link = stand.put("/robots", 1200)
    clock = HandClock(NOON)
    async with newsroom_over(storage, pacer, prepare_photo=prepare) as staffed:
        bot, editor = staffed.chatting, staffed.editor
        async with link_desk(storage, stand, clock) as desk:
            bot.services = replace(bot.services, links_read=desk)
            async with working(bot, desk):
                await begin(bot, editor, link)
                await editor.wait_for(lambda seen: "⏳" in seen.text)
        assert (await storage.posts.open())[0].state is PostState.READING
        stand.gate.set()
        async with link_desk(storage, stand, clock) as desk, working(bot, desk):
            words = texts_for(Lang.ZH)
            card = await editor.wait_for(
                lambda seen: words("chat.post.button.preview") in seen.labels
            )
        assert "1200" in card.text
        assert (await storage.posts.open())[0].state is PostState.DRAFT


async def begin(bot: Chatting, editor: Person, link: str) -> None:
    """What /post does with a link: it stands in line, and its draft is there."""
    await bot.say(editor, "/start")
    reader = await bot.subscriber(editor)
    (asked,) = await bot.storage.pasted.ask(Sender(reader.id, editor.id, 77), (link,), bot.clock())
    new = NewPost(PostKind.LINK, editor.id, state=PostState.READING, url=link, link_id=asked.id)
    await bot.storage.posts.start(new, StoredEditor(f"user:{editor.id}", editor.id, bot.clock()))


async def test_a_link_that_cannot_be_read_says_why(editor: Editor, stand: Newsstand):
    stand.gate.set()
    link = stand.link("/later")
    editor.person.send(f"/post {link}\n我的标题\n我的一点")
    failed = await editor.person.wait_for(
        lambda seen: editor.texts("chat.post.button.drop") in seen.labels and "⏳" not in seen.text
    )
    assert editor.texts("chat.link.trouble.not_found") in failed.text
    assert (await editor.newest()).state is PostState.FAILED


async def test_an_address_of_a_private_network_is_not_asked(editor: Editor, stand: Newsstand):
    stand.gate.set()
    editor.person.send("/post http://192.168.0.1/router")
    failed = await editor.person.wait_for(lambda seen: "😕" in seen.text)
    assert editor.texts("chat.link.trouble.off_limits") in failed.text


@covers("button post_retry")
async def test_a_link_that_was_down_is_tried_again(editor: Editor, stand: Newsstand):
    stand.gate.set()
    stand.pages["/robots"] = web.Response(status=503)
    editor.person.send(f"/post {stand.link('/robots')}\n我的标题\n我的一点")
    failed = await editor.person.wait_for(lambda seen: "😕" in seen.text)
    stand.put("/robots", 1200)
    await editor.bot.toast(editor.person, failed, editor.texts("chat.link.retry"))
    card = await read_draft(editor)
    assert card.id == failed.id
    assert "我的标题" in card.text


# --- what others wrote ---------------------------------------------------------------------


async def test_a_forwarded_message_becomes_a_draft_by_replying(editor: Editor):
    told = editor.person.forward("<b>别处的消息</b>\n第一点\n第二点")
    await editor.bot.quiet()
    card = await editor.say("/post", reply_to=told.id)
    assert "别处的消息" in card.text
    assert (await editor.newest()).text.lines == ("第一点", "第二点")


async def test_a_forwarded_link_is_read(editor: Editor, stand: Newsstand):
    stand.gate.set()
    link = stand.put("/robots", 1200)
    told = editor.person.forward(f'看这篇 <a href="{link}">文章</a>')
    await editor.bot.quiet()
    editor.person.send("/post", reply_to=told.id)
    card = await read_draft(editor)
    assert "1200" in card.text


async def test_a_long_text_shows_its_photo_as_a_preview(editor: Editor):
    long = "标题\n" + "\n".join(f"{number}、{'很长的一句话，' * 48}" for number in range(3))
    card = await editor.draft(long)
    await editor.tap(card, "chat.post.button.photo")
    await editor.bot.quiet()
    question = editor.person.inbox[-1]
    card = await editor.send_photo(jpeg(), reply_to=question.id)
    await editor.tap(card, "chat.post.button.preview")
    preview = await editor.last()
    assert "photo" not in preview.data
    shown = preview.data["link_preview_options"]
    post = await editor.newest()
    assert shown["url"].startswith(f"https://hexin.example/post/{post.id}/photo.jpg")
    assert shown["prefer_large_media"]
    assert shown["show_above_text"]
    compact = await editor.bot.toast(
        editor.person, preview, editor.texts("chat.post.look.compact")
    )
    assert compact == ""
    assert (await editor.last()).data["photo"]
