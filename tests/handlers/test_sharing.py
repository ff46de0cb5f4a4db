"""Walks through sharing: the link, what others see by it, a copy of one's own, and its end."""

from bot.sandbox.people import Person, Seen
from digest.model import SignalState
from tests.covering import covers
from tests.handlers.conftest import Chatting, Reader
from tests.handlers.shelf import again, last, save, store, titles, word, words


def other(reader: Reader) -> Person:
    """Who gets the link: the one who reads the other language."""
    chatting = reader.chatting
    return chatting.alex if reader.person.id == chatting.lin.id else chatting.lin


async def shared(reader: Reader) -> tuple[Seen, str]:
    """The screen of sharing after it was turned on, and the key."""
    listed = await reader.say("/collections")
    menu = await reader.tap(listed, word(reader, "chat.collection.manage"))
    off = await reader.tap(menu, word(reader, "chat.share.button"))
    on = await reader.tap(off, word(reader, "chat.share.do.on"))
    key = on.text.partition("start=c_")[2].split()[0]
    return on, key


@covers("button share", "button sharing", "deep link c_", "button shown")
async def test_whoever_has_the_link_sees_it_until_it_ends(reader: Reader):
    box = await save(reader, *(f"第 {number} 号" for number in range(1, 8)))
    (newest,) = await store(reader).collections.saved(box.id, 1)
    await store(reader).collections.annotate(box.id, newest.signal.id, "我的备注")
    on, key = await shared(reader)
    assert f"https://hexin.example/c/{key}" in on.text
    assert len(key) == 32

    chatting, guest = reader.chatting, other(reader)
    seen = await chatting.say(guest, f"/start c_{key}")
    assert box.name in seen.text
    assert "第 7 号" in seen.text
    assert "我的备注" not in seen.text
    second = await chatting.tap(guest, seen, f"1:shown:{key}:5")
    assert "第 1 号" in second.text
    assert "6. " in second.text
    first = await chatting.tap(guest, second, f"1:shown:{key}:0")
    assert first.text == seen.text

    on = await reader.tap(on, word(reader, "chat.share.do.notes"))
    assert word(reader, "chat.share.notes_on") in on.text
    assert "我的备注" in (await chatting.say(guest, f"/start c_{key}")).text
    on = await reader.tap(on, word(reader, "chat.share.do.plain"))
    assert "我的备注" not in (await chatting.say(guest, f"/start c_{key}")).text

    off = await reader.tap(on, word(reader, "chat.share.do.off"))
    assert word(reader, "chat.share.do.on") in off.labels
    gone = await chatting.say(guest, f"/start c_{key}")
    assert gone.text in {"这个收藏集已经不再分享了。", "This collection is no longer shared."}
    paged = await chatting.tap(guest, first, f"1:shown:{key}:5")
    assert paged.text == gone.text
    fresh = await reader.tap(off, word(reader, "chat.share.do.on"))
    assert key not in fresh.text
    said = await chatting.forge(reader.person, fresh, f"1:sharing:{box.id}:everyone")
    assert said == word(reader, "chat.button.old")


@covers("button copy", "deep link c_")
async def test_what_others_share_is_copied_without_their_notes(reader: Reader):
    chatting, owner = reader.chatting, other(reader)
    await chatting.say(owner, "/collections new 好文")
    theirs = await chatting.subscriber(owner)
    (box,) = await chatting.storage.collections.list(theirs.id)
    one, two = [await chatting.news.publish(title) for title in ("一号", "二号")]
    hidden = await chatting.news.publish("撤下的", state=SignalState.REJECTED)
    for signal in (one, two, hidden):
        await chatting.storage.collections.save(box.id, signal.id, chatting.clock(), "别人的备注")
    key = await chatting.storage.collections.share(theirs.id, box.id)

    mine = await save(reader, name="好文")
    await store(reader).collections.save(mine.id, one.id, chatting.clock(), "我的备注")
    seen = await reader.say(f"/start c_{key}")
    assert words(reader, "chat.share.title", 2, name="好文") in seen.text
    assert "撤下的" not in seen.text
    await reader.tap(seen, word(reader, "chat.share.copy"))
    told = last(reader)
    assert words(reader, "chat.share.copied", 1, name="好文", days=7) in told.text
    assert words(reader, "chat.share.copied_present", 1) in told.text
    assert sorted(await titles(reader, mine)) == ["一号", "二号"]
    kept = await store(reader).collections.one_saved(mine.id, one.id)
    assert kept is not None
    assert kept.note == "我的备注"
    await reader.tap(told, word(reader, "chat.undo.button"))
    assert await titles(reader, mine) == ["一号"]
    await chatting.storage.collections.revoke(theirs.id, box.id)
    said = await reader.toast(seen, word(reader, "chat.share.copy"))
    assert said == word(reader, "chat.share.gone")


async def test_ones_own_link_leads_to_managing(reader: Reader):
    box = await save(reader, "一号")
    _, key = await shared(reader)
    seen = await reader.say(f"/start c_{key}")
    assert word(reader, "chat.share.copy") not in seen.labels
    menu = await reader.tap(seen, word(reader, "chat.share.mine"))
    assert word(reader, "chat.share.is_on") in menu.text
    assert (await again(reader, box)).share_key == key


async def test_an_empty_collection_is_shared_too(reader: Reader):
    await save(reader)
    _, key = await shared(reader)
    seen = await reader.chatting.say(other(reader), f"/start c_{key}")
    assert any(text in seen.text for text in ("里面还没有信号", "There is nothing in it yet"))


async def test_in_a_group_nothing_is_copied_for_everybody(chatting: Chatting):
    await chatting.say(chatting.lin, "/help")
    theirs = await chatting.subscriber(chatting.lin)
    box = await chatting.storage.collections.create(theirs.id, "好文", chatting.clock())
    signal = await chatting.news.publish("一号")
    await chatting.storage.collections.save(box.id, signal.id, chatting.clock())
    key = await chatting.storage.collections.share(theirs.id, box.id)
    bot = chatting.application.bot.username
    group = chatting.sandbox.chat("group").id
    seen = await chatting.say(chatting.alex, f"/start@{bot} c_{key}", chat=group)
    said = await chatting.toast(chatting.alex, seen, f"1:copy:{key}", chat=group)
    assert said in {
        "What you save is yours alone; please ask me in private.",
        "收藏是你个人的，请私聊我查看。",
    }


async def test_made_up_keys_open_nothing(reader: Reader):
    await reader.say("/help")
    for key in ("c_" + "A" * 32, "c_x", "c_" + "_" * 40):
        seen = await reader.say(f"/start {key}")
        assert "第" not in seen.text
    assert (await reader.say("/start c_" + "A" * 32)).text == word(reader, "chat.share.gone")
