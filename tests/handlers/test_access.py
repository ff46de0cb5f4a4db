"""A private bot: by a list, by invitation; everyone else gets one line and leaves no trace."""

from collections.abc import AsyncIterator

import pytest

from digest.model import Lang
from digest.roles import Role
from digest.texts import texts_for
from handlers.admission import Access, AccessMode
from handlers.guards import Pacer
from handlers.registry import menu
from storage import Owner, Storage
from tests.covering import covers
from tests.handlers.conftest import Chatting, chatting_over

CLOSED = texts_for(Lang.ZH)("chat.access.closed")
LIN, WANG = 1001, 1003


@pytest.fixture
async def chatting(storage: Storage, pacer: Pacer) -> AsyncIterator[Chatting]:
    """Wang runs a bot by invitation."""
    access, admins = Access(AccessMode.INVITE), frozenset({WANG})
    async with chatting_over(storage, pacer, access=access, admins=admins) as bot:
        yield bot


async def kept_of(chatting: Chatting, person: int) -> dict[str, int]:
    return await chatting.storage.personal.counts(Owner(person))


@covers("/invite")
async def test_an_invitation_lets_one_in(chatting: Chatting):
    closed = await chatting.say(chatting.lin, "/latest")
    assert closed.text == CLOSED
    assert await kept_of(chatting, chatting.lin.id) == {}
    made = await chatting.say(chatting.wang, "/invite")
    payload = made.text.split("?start=")[1].split()[0]
    welcome = await chatting.say(chatting.lin, f"/start {payload}")
    assert "核心信息" in welcome.text
    listed = await chatting.say(chatting.lin, "/latest")
    assert listed.text != CLOSED
    refused = await chatting.say(chatting.alex, f"/start {payload}")
    assert refused.text == texts_for(Lang.EN)("chat.access.used")
    assert await kept_of(chatting, chatting.alex.id) == {}


@covers("/invite")
async def test_an_english_admin_reads_english(chatting: Chatting):
    world = chatting.sandbox.world
    world.users[WANG].language_code = "en"
    made = await chatting.say(chatting.wang, "/invite 5")
    assert "An invitation for 5 people" in made.text


async def test_outsiders_are_told_once_a_day(chatting: Chatting):
    first = await chatting.say(chatting.lin, "你好")
    assert first.text == CLOSED
    for text in ("还在吗", "/start", "/start t_llm"):
        chatting.lin.send(text)
    await chatting.quiet()
    assert len(chatting.lin.inbox) == 1
    chatting.clock.move(hours=25)
    assert (await chatting.say(chatting.lin, "你好")).text == CLOSED


async def test_a_used_invitation_is_told_even_after_the_first_refusal(chatting: Chatting):
    assert (await chatting.say(chatting.lin, "你好")).text == CLOSED
    used = await chatting.say(chatting.lin, "/start i_nonsense")
    assert used.text == texts_for(Lang.ZH)("chat.access.used")


async def test_who_is_erased_is_told_that_the_invitation_goes_too(chatting: Chatting):
    made = await chatting.say(chatting.wang, "/invite")
    payload = made.text.split("?start=")[1].split()[0]
    await chatting.say(chatting.lin, f"/start {payload}")
    texts = texts_for(Lang.ZH)
    asked = await chatting.say(chatting.lin, "/forget")
    assert texts("chat.forget.guest") in asked.text
    await chatting.tap(chatting.lin, asked, texts("chat.forget.all"))
    assert (await chatting.say(chatting.lin, "/latest")).text == CLOSED
    admins = await chatting.say(chatting.wang, "/forget")
    assert texts("chat.forget.guest") not in admins.text


async def test_outsiders_buttons_and_inline_queries_are_refused(chatting: Chatting):
    world = chatting.sandbox.world
    row = [{"text": "设置", "callback_data": "1:settings:main"}]  # from when the bot was open
    old = {"text": "旧消息", "reply_markup": {"inline_keyboard": [row]}}
    record = world.post(world.chats[LIN], world.bot, old)
    query = chatting.lin.press(record.id, "设置")
    assert (await chatting.lin.answer_to(query))["text"] == CLOSED
    await chatting.news.publish("新的推理模型")
    answer = await chatting.lin.answer_to(chatting.lin.inline("推理"))
    assert answer["results"] == []
    assert await kept_of(chatting, chatting.lin.id) == {}


async def test_a_group_comes_in_with_who_may(chatting: Chatting):
    group = chatting.sandbox.chat("group").id
    chatting.lin.set_bot(group, "left")
    chatting.wang.set_bot(group, "member")
    await chatting.quiet()
    listed = await chatting.say(chatting.alex, "/latest", chat=group)
    assert listed.text != CLOSED
    # A place in the group gives nobody collections of their own.
    signal = await chatting.news.publish("值得留下的")
    listed = await chatting.say(chatting.alex, "/latest", chat=group)
    card = await chatting.say(chatting.alex, f"/start s_{signal.id}", chat=group)
    said = await chatting.toast(chatting.alex, card, f"1:save:{signal.id}", chat=group)
    assert said in {CLOSED, texts_for(Lang.EN)("chat.access.closed")}
    assert await kept_of(chatting, chatting.alex.id) == {}


async def test_a_group_of_an_outsider_is_left(chatting: Chatting):
    group = chatting.sandbox.chat("group")
    bot = chatting.sandbox.world.bot.id
    chatting.wang.set_bot(group.id, "left")
    await chatting.quiet()
    chatting.lin.set_bot(group.id, "member")
    await chatting.quiet()
    assert "只在受邀的群" in chatting.lin.messages_in(group.id)[-1].text
    assert group.members.get(bot, "left") == "left"
    assert await chatting.storage.subscribers.by_chat(group.id) is None


async def test_only_admins_have_invitations_to_give(chatting: Chatting):
    made = await chatting.say(chatting.wang, "/invite")
    payload = made.text.split("?start=")[1].split()[0]
    await chatting.say(chatting.lin, f"/start {payload}")
    said = await chatting.say(chatting.lin, "/invite")
    assert "?start=i_" not in said.text
    assert "invite" not in [one.command for one in menu(Lang.ZH)]
    assert "invite" in [one.command for one in menu(Lang.ZH, Role.OWNER)]
    helped = await chatting.say(chatting.lin, "/help")
    assert "/invite" not in helped.text
    assert "/invite" in (await chatting.say(chatting.wang, "/help")).text


@pytest.fixture
async def listed(storage: Storage, pacer: Pacer) -> AsyncIterator[Chatting]:
    """Wang runs a bot for Lin alone."""
    access, admins = Access(AccessMode.ALLOWLIST, frozenset({LIN})), frozenset({WANG})
    async with chatting_over(storage, pacer, access=access, admins=admins) as bot:
        yield bot


async def test_on_a_list_invitations_count_nothing(listed: Chatting):
    assert (await listed.say(listed.lin, "/latest")).text != CLOSED
    code = await listed.storage.guests.invite(WANG, 1, listed.clock())
    await listed.storage.guests.let_in(listed.alex.id, listed.clock())
    refused = await listed.say(listed.alex, f"/start i_{code}")
    assert refused.text == texts_for(Lang.EN)("chat.access.listed", id=listed.alex.id)
    assert str(listed.alex.id) in refused.text
    assert "ACCESS" in (await listed.say(listed.wang, "/invite")).text
