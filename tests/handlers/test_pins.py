"""置顶 and 定时: what leads and until when, and what is published by itself."""

from datetime import timedelta

import pytest

from bot.sandbox.people import Seen
from digest.model import Signal, SignalState
from storage import MOST_PINS, Pin
from tests.covering import covers
from tests.handlers.amends import Editor, Newsroom

OLD = timedelta(days=2)


async def pin_page(editor: Editor, signal: Signal) -> Seen:
    return await editor.tap(await editor.sheet(signal), editor.texts("chat.edit.pin"))


async def pinned(room: Newsroom) -> list[tuple[int, bool]]:
    found = await room.chatting.storage.pins.active(room.chatting.clock())
    return [(pin.signal_id, pin.everywhere) for pin in found]


@covers("button epin", "button epins", "button epinned", "button eunpin")
async def test_a_signal_is_pinned_and_unpinned(room: Newsroom, editor: Editor):
    one = await room.chatting.news.publish("置顶的消息")
    page = await pin_page(editor, one)
    page = await editor.tap(page, editor.texts("chat.pin.where.all"))
    assert editor.texts("chat.pin.where.column") in page.labels
    await editor.tap(page, editor.texts("chat.pin.tomorrow"))
    assert await pinned(room) == [(one.id, False)]
    page = await pin_page(editor, one)
    await editor.tap(page, editor.texts("chat.pin.off"))
    assert await pinned(room) == []


@covers("button epintime", "answer q")
async def test_until_a_typed_time_and_then_no_longer(room: Newsroom, editor: Editor):
    one = await room.chatting.news.publish("置顶的消息")
    page = await pin_page(editor, one)
    question = await editor.question(page, editor.texts("chat.pin.typed"))
    refused = await editor.answer(question, "胡说")
    assert "18:30" in refused.text
    await editor.answer(question, "18:30")
    pin = await room.chatting.storage.pins.of(one.id, room.chatting.clock())
    assert pin is not None
    assert pin.until.hour == 10  # 18:30 in Shanghai
    room.chatting.clock.move(hours=7)
    assert await pinned(room) == []


@covers("button epinswap")
async def test_when_all_places_are_taken_one_gives_way(room: Newsroom, editor: Editor):
    bot = room.chatting
    full = [await bot.news.publish(f"置顶 {number}") for number in range(MOST_PINS)]
    for number, one in enumerate(full):
        until = bot.clock() + timedelta(hours=number + 1)
        await bot.storage.pins.pin(Pin(one.id, everywhere=True, until=until), "t", bot.clock())
    late = await bot.news.publish("还想置顶")
    page = await editor.tap(await pin_page(editor, late), editor.texts("chat.pin.today"))
    assert editor.texts("chat.pin.full", most=MOST_PINS) in page.text
    assert len(await pinned(room)) == MOST_PINS
    await editor.tap(page, editor.texts("chat.pin.instead", headline="置顶 1"))
    assert {number for number, _ in await pinned(room)} == {late.id, full[0].id, full[2].id}
    (entry,) = await bot.storage.audit.list(1)
    await bot.storage.acts.undo(entry.id, "t", bot.clock())
    assert {number for number, _ in await pinned(room)} == {one.id for one in full}


async def test_what_is_pinned_leads_each_digest_once(room: Newsroom):
    bot = room.chatting
    await room.subscribe(bot.lin, considered_until=bot.clock() - timedelta(hours=3))
    await room.subscribe(bot.alex, considered_until=bot.clock() - timedelta(hours=3))
    old = await bot.news.publish("两天前的大事", at=bot.clock() - OLD, total=20)
    await bot.news.publish("刚刚的消息", column="ai", total=90)
    aside = await bot.news.publish("栏目里的大事", column="ai", total=30)
    until = bot.clock() + timedelta(days=3)
    await bot.storage.pins.pin(Pin(old.id, everywhere=True, until=until), "t", bot.clock())
    await bot.storage.pins.pin(Pin(aside.id, everywhere=False, until=until), "t", bot.clock())
    lin, alex = await room.digest(bot.lin, bot.alex)
    assert "📌 置顶 · 1\n1. ⚖️ 两天前的大事" in lin.text
    assert "2. 📌 ⚖️ 栏目里的大事" in lin.text
    assert lin.text.index("栏目里的大事") < lin.text.index("刚刚的消息")
    assert "📌 Pinned · 1" in alex.text
    # Never twice to one reader.
    await bot.news.publish("第二天的消息", at=bot.clock() + timedelta(minutes=1))
    bot.clock.move(minutes=5)
    (again,) = await room.digest(bot.lin)
    assert "两天前的大事" not in again.text
    assert "第二天的消息" in again.text


async def test_lists_begin_with_what_is_pinned(room: Newsroom):
    bot = room.chatting
    old = await bot.news.publish("两天前的大事", at=bot.clock() - OLD)
    for number in range(6):
        await bot.news.publish(f"新消息 {number}")
    until = bot.clock() + timedelta(days=3)
    await bot.storage.pins.pin(Pin(old.id, everywhere=True, until=until), "t", bot.clock())
    page = await bot.say(bot.lin, "/latest 5")
    assert "1. 📌 ⚖️ 两天前的大事" in page.text
    assert page.text.count("两天前的大事") == 2  # headline and first point, once
    more = await bot.tap(bot.lin, page, page.labels[5])
    assert "两天前的大事" not in more.text


@covers("button ewhens", "button ewhen")
async def test_a_time_is_set_changed_and_cancelled(room: Newsroom, editor: Editor):
    bot = room.chatting
    one = await bot.news.publish("定时的消息", state=SignalState.HELD)
    page = await editor.tap(await editor.sheet(one), editor.texts("chat.edit.when"))
    await editor.tap(page, editor.texts("chat.when.hour"))
    assert await bot.storage.editing.publish_at(one.id) == bot.clock() + timedelta(hours=1)
    page = await editor.tap(await editor.sheet(one), editor.texts("chat.edit.when"))
    await editor.tap(page, editor.texts("chat.when.morning"))
    at = await bot.storage.editing.publish_at(one.id)
    assert at is not None
    assert at.hour == 0  # 8:00 in Shanghai
    page = await editor.tap(await editor.sheet(one), editor.texts("chat.edit.when"))
    await editor.tap(page, editor.texts("chat.when.cancel"))
    assert await bot.storage.editing.publish_at(one.id) is None
    assert (await editor.signal(one)).state is SignalState.HELD


@covers("button ewhentime", "answer z")
async def test_what_readers_have_is_taken_back_until_its_time(room: Newsroom, editor: Editor):
    bot = room.chatting
    one = await bot.news.publish("早了一点的消息")
    await room.subscribe(bot.lin)
    (was,) = await room.digest(bot.lin)
    page = await editor.tap(await editor.sheet(one), editor.texts("chat.edit.when"))
    question = await editor.question(page, editor.texts("chat.when.typed"))
    await editor.answer(question, "18:00")
    assert (await editor.signal(one)).state is SignalState.HELD
    await bot.quiet()
    await room.amend()
    assert "已撤回" in bot.now_of(bot.lin, was).text
    bot.clock.move(hours=7)
    assert len(await bot.storage.curation.publish_due(bot.clock())) == 1
    await room.amend()
    assert bot.now_of(bot.lin, was).text == was.text


@pytest.mark.parametrize("data", ["1:epinned:{}:all:never", "1:epinswap:{}:1:all:99999999999"])
async def test_forged_pins_are_refused(room: Newsroom, data: str):
    bot = room.chatting
    one = await bot.news.publish("置顶的消息")
    wang = Editor(room, bot.wang)
    said = await bot.forge(bot.wang, await wang.sheet(one), data.format(one.id))
    assert said == wang.texts("chat.button.old")
    assert await pinned(room) == []
