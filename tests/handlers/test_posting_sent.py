"""A post with a photo, from an editor's phone to readers' phones: planned and sent for real."""

import asyncio

import aiohttp

from bot.delivery.limiter import Limiter
from bot.delivery.sender import Sender
from bot.jobs.planning import Planner
from bot.sandbox.people import Person
from digest.model import Subscription, Wishes
from handlers.callbacks import pack
from tests.handlers.conftest import Chatting
from tests.handlers.test_posting import WORDS, Editor, editor, jpeg, newsroom, published, stand

__all__ = ["editor", "newsroom", "stand"]  # fixtures


async def sent(bot: Chatting) -> int:
    """Plan what posts are owed and send it; how many messages went out."""
    planner = Planner(
        bot.storage,
        taxonomy=bot.services.taxonomy,
        links=bot.services.links,
        clock=bot.clock,
        pack=pack,
        wake_sender=lambda: None,
        circle=bot.services.circle,
    )
    await planner.run_posts()
    base, _, token = bot.application.bot.base_url.rpartition("/bot")
    async with aiohttp.ClientSession() as session:
        sender = Sender(
            storage=bot.storage,
            session=session,
            api_base=base,
            token=token,
            limiter=Limiter(900, in_flight=10),
            clock=bot.clock,
            owner="test",
        )
        return await sender.deliver_due(50)


async def subscribes(bot: Chatting, person: Person) -> None:
    await bot.say(person, "/start")
    reader = await bot.subscriber(person)
    wanted = Subscription(Wishes(min_score=99, lang=reader.lang), quiet_from=reader_time)
    await bot.storage.subscribers.save_subscription(reader.id, wanted)


reader_time = Subscription().quiet_to  # equal ends: never quiet


async def test_the_photo_reaches_the_chosen_readers_and_is_taken_back(editor: Editor) -> None:
    bot = editor.bot
    for person in (bot.lin, bot.alex):
        await subscribes(bot, person)
    card = await editor.send_photo(jpeg(), caption=f"/post {WORDS}")
    menu = await editor.tap(card, "chat.post.button.audience")
    menu = await editor.tap(menu, "audience.place.private")
    card = await editor.tap(menu, "chat.post.button.back")
    question = await editor.tap(card, "chat.post.button.publish")
    assert editor.texts.n("chat.post.size.private", 2) in question.text
    await bot.quiet()
    assert editor.person.inbox[-1].data.get("photo")  # shown to the editor before anybody else
    await editor.tap(question, "chat.post.button.out")
    assert await sent(bot) == 2
    assert await sent(bot) == 0
    for person in (bot.lin, bot.alex):
        push = person.inbox[-1]
        assert push.data["photo"]
        assert "收录 120 个模型" in push.data["caption"]
    why = await bot.toast(bot.lin, bot.lin.inbox[-1], "为什么")
    await bot.quiet()
    assert "编辑推荐" in why + bot.lin.inbox[-1].text


async def test_nobody_is_sent_what_was_undone_before(editor: Editor) -> None:
    bot = editor.bot
    await subscribes(bot, bot.lin)
    card = await editor.draft()
    menu = await editor.tap(card, "chat.post.button.audience")
    menu = await editor.tap(menu, "audience.place.private")
    card = await editor.tap(menu, "chat.post.button.back")
    await published(editor, card)
    undo = await editor.say("/undo")
    await bot.tap(editor.person, undo, undo.labels[0])
    assert await sent(bot) == 0
    await asyncio.sleep(0)
    assert not any("模型目录" in seen.text for seen in bot.lin.inbox)
    drafts = await editor.storage.posts.open()
    assert [one.text.headline for one in drafts] == ["我们的模型目录上线"]
