import pytest

from bot.sandbox.people import Person
from digest.model import Collection
from tests.handlers.conftest import Chatting


async def save(chatting: Chatting, person: Person, count: int) -> Collection:
    """Let `person` have saved `count` signals, the last one last."""
    await chatting.say(person, "/help")
    reader = await chatting.subscriber(person)
    default = await chatting.storage.collections.default(reader.id, chatting.clock(), "默认收藏")
    for number in range(1, count + 1):
        signal = await chatting.news.publish(f"第 {number} 号公告")
        chatting.clock.move(seconds=1)
        await chatting.storage.collections.save(default.id, signal.id, chatting.clock())
    return default


@pytest.mark.parametrize(
    ("who", "empty", "title", "more", "before"),
    [
        ("lin", "还没有收藏", "默认收藏 · 7 条", "更多", "« 上一页"),
        ("alex", "Nothing saved yet", "默认收藏 · 7 signals", "More", "« Previous"),
    ],
)
async def test_saved_pages_last_saved_first(
    chatting: Chatting, who: str, empty: str, title: str, more: str, before: str
):
    person = chatting.sandbox.person(who)
    assert empty in (await chatting.say(person, "/saved")).text
    await save(chatting, person, 7)
    first = await chatting.say(person, "/saved")
    assert title in first.text
    assert "第 7 号公告" in first.text
    assert "第 2 号公告" not in first.text
    second = await chatting.tap(person, first, more)
    assert "第 1 号公告" in second.text
    assert "6. " in second.text
    back = await chatting.tap(person, second, before)
    assert back.text == first.text
    await chatting.toast(person, back, "1")
    assert "• 第 7 号公告" in person.inbox[-1].text


@pytest.mark.parametrize(
    ("who", "remove", "done"), [("lin", "移除…", "移除好了"), ("alex", "Remove…", "Done removing")]
)
async def test_saved_signals_are_removed_by_number(
    chatting: Chatting, who: str, remove: str, done: str
):
    person = chatting.sandbox.person(who)
    await save(chatting, person, 6)
    listed = await chatting.say(person, "/saved")
    tidy = await chatting.tap(person, listed, remove)
    assert tidy.labels == ["🗑 1", "🗑 2", "🗑 3", "🗑 4", "🗑 5", done]
    tidy = await chatting.tap(person, tidy, "🗑 2")
    assert "第 5 号公告" not in tidy.text
    assert "第 1 号公告" in tidy.text
    listed = await chatting.tap(person, tidy, done)
    assert "默认收藏 · 5" in listed.text


async def test_removing_the_last_one_of_the_last_page_steps_back(chatting: Chatting):
    collection = await save(chatting, chatting.lin, 6)
    listed = await chatting.say(chatting.lin, "/saved")
    second = await chatting.tap(chatting.lin, listed, "更多")
    tidy = await chatting.tap(chatting.lin, second, "移除…")
    assert tidy.labels[0] == "🗑 6"
    tidy = await chatting.tap(chatting.lin, tidy, "🗑 6")
    assert tidy.labels[0] == "🗑 1"
    for number in range(5, 0, -1):
        tidy = await chatting.tap(chatting.lin, tidy, "🗑 1")
        assert f"第 {number + 1} 号公告" not in tidy.text
    assert tidy.text == "收藏集「默认收藏」是空的。"
    assert await chatting.storage.collections.saved(collection.id) == ()


async def test_a_named_collection_is_opened(chatting: Chatting):
    await save(chatting, chatting.lin, 1)
    await chatting.say(chatting.lin, "/collections new 周末 细读")
    opened = await chatting.say(chatting.lin, "/saved 周末 细读")
    assert opened.text == "收藏集「周末 细读」是空的。"
    unknown = await chatting.say(chatting.lin, "/saved 工作")
    assert "没有叫「工作」的收藏集" in unknown.text
    opened = await chatting.tap(chatting.lin, unknown, "默认收藏 · 1")
    assert "第 1 号公告" in opened.text


@pytest.mark.parametrize(
    ("who", "words"),
    [
        (
            "lin",
            (
                "＋ 新建收藏集",
                "建好了：「A & <B>」。",
                "管理",
                "改名",
                "「A & <B>」改名为「C」了。",
            ),
        ),
        ("alex", ("+ New collection", "Made “A & <B>”.", "Manage", "Rename", "is now called “C”")),
    ],
)
async def test_a_collection_is_made_and_renamed(
    chatting: Chatting, who: str, words: tuple[str, ...]
):
    new, made, manage, rename, renamed = words
    person = chatting.sandbox.person(who)
    listed = await chatting.say(person, "/collections")
    await chatting.tap(person, listed, new)
    answer = await chatting.answer(person, person.inbox[-1], "A & <B>")
    assert answer.text == made
    listed = await chatting.say(person, "/collections")
    assert listed.labels[:2] == ["A & <B> · 0", manage]
    menu = await chatting.tap(person, listed, manage)
    await chatting.tap(person, menu, rename)
    answer = await chatting.answer(person, person.inbox[-1], "C")
    assert renamed in answer.text


@pytest.mark.parametrize(
    ("who", "manage", "delete", "sure", "no"),
    [
        ("lin", "管理", "删除", "删除「周末」？里面的 0 条收藏会一起移除", "留着"),
        ("alex", "Manage", "Delete", "Delete “周末”? The 0 signals saved in it go too", "Keep"),
    ],
)
async def test_a_collection_is_deleted_after_asking(
    chatting: Chatting, who: str, manage: str, delete: str, sure: str, no: str
):
    person = chatting.sandbox.person(who)
    await chatting.say(person, "/collections new 周末")
    listed = await chatting.say(person, "/collections")
    menu = await chatting.tap(person, listed, manage)
    asked = await chatting.tap(person, menu, delete)
    assert sure in asked.text
    menu = await chatting.tap(person, asked, no)
    asked = await chatting.tap(person, menu, delete)
    left = await chatting.tap(person, asked, delete)
    assert "周末 · 0" not in left.labels
    reader = await chatting.subscriber(person)
    assert await chatting.storage.collections.list(reader.id) == ()
    # The same button on an old message is harmless.
    said = await chatting.forge(person, left, "1:erased:1")
    assert said in {"这个收藏集已经不在了。", "This collection no longer exists."}


async def test_the_default_collection_stays(chatting: Chatting):
    collection = await save(chatting, chatting.lin, 1)
    listed = await chatting.say(chatting.lin, "/collections")
    menu = await chatting.tap(chatting.lin, listed, "管理")
    assert "删除" not in menu.labels
    for verb in ("erase", "erased"):
        said = await chatting.forge(chatting.lin, menu, f"1:{verb}:{collection.id}")
        assert said == "默认收藏集不能删除，可以改名。"


async def test_names_that_do_not_do_are_declined(chatting: Chatting):
    lin = chatting.lin
    await chatting.say(lin, "/collections new 周末")
    assert "已经有叫「周末」的" in (await chatting.say(lin, "/collections new 周末")).text
    too_long = await chatting.say(lin, "/collections 新建 " + "长" * 33)
    assert "1 到 32 个字" in too_long.text
    question = await chatting.say(lin, "/collections new")
    assert "新收藏集叫什么" in question.text
    await chatting.say(lin, "/collections new 工作")
    listed = await chatting.say(lin, "/collections")
    menu = await chatting.tap(lin, listed, "1:shelve:2")
    await chatting.tap(lin, menu, "改名")
    question = lin.inbox[-1]
    assert "已经有叫「周末」的" in (await chatting.answer(lin, question, "周末")).text
    assert "1 到 32 个字" in (await chatting.answer(lin, question, "长" * 33)).text


async def test_there_is_an_end_to_collections(chatting: Chatting):
    await chatting.say(chatting.lin, "/help")
    reader = await chatting.subscriber(chatting.lin)
    for number in range(30):
        await chatting.storage.collections.create(reader.id, f"集 {number}", chatting.clock())
    listed = await chatting.say(chatting.lin, "/collections")
    assert "＋ 新建收藏集" not in listed.labels
    assert "最多 30 个" in (await chatting.say(chatting.lin, "/collections new 再来")).text


async def test_somebody_elses_collection_is_not_there(chatting: Chatting):
    collection = await save(chatting, chatting.lin, 1)
    mine = await chatting.say(chatting.alex, "/collections new own")
    for data in (
        f"1:saved:{collection.id}:0",
        f"1:tidy:{collection.id}:0",
        f"1:shelve:{collection.id}",
        f"1:rename:{collection.id}",
        f"1:erase:{collection.id}",
        f"1:erased:{collection.id}",
    ):
        said = await chatting.forge(chatting.alex, mine, data)
        assert said == "This collection no longer exists.", data
    assert "号公告" not in "".join(message.text for message in chatting.alex.inbox)


async def test_an_answer_about_somebody_elses_collection_changes_nothing(chatting: Chatting):
    collection = await save(chatting, chatting.lin, 1)
    await chatting.say(chatting.lin, "/collections")
    menu = await chatting.tap(chatting.lin, chatting.lin.inbox[-1], f"1:shelve:{collection.id}")
    await chatting.tap(chatting.lin, menu, "改名")
    question = chatting.lin.inbox[-1]
    # Alex gets hold of a question with the number of Lin's collection.
    theirs = await chatting.say(chatting.alex, "/collections new")
    record = chatting.sandbox.world.chats[chatting.alex.id].records[theirs.id]
    record.data["entities"] = question.data["entities"]
    answer = await chatting.answer(chatting.alex, theirs, "mine now")
    assert answer.text == "This collection no longer exists."
    (unchanged,) = await chatting.storage.collections.list(collection.subscriber_id)
    assert unchanged.name == "默认收藏"


async def test_a_page_beyond_what_is_left_is_the_last_one(chatting: Chatting):
    lin = chatting.lin
    default = await save(chatting, lin, 6)
    listed = await chatting.say(lin, "/saved")
    reader = await chatting.subscriber(lin)
    for number in (1, 2):
        saved = await chatting.storage.collections.saved(default.id, 1, 0)
        await chatting.storage.undos.remove(
            reader.id, default.id, saved[0].signal.id, chatting.clock(), ""
        )
        assert (await chatting.storage.collections.list(reader.id))[0].count == 6 - number
    page = await chatting.tap(lin, listed, "更多")
    assert "默认收藏 · 4 条" in page.text
    assert "是空的" not in page.text


async def test_a_collection_of_endless_name_is_not_there(chatting: Chatting):
    await save(chatting, chatting.lin, 1)
    answer = await chatting.say(chatting.lin, "/saved " + "长" * 4080)
    assert "没有叫「长" in answer.text
    assert len(answer.text) < 200


async def test_a_page_far_beyond_the_end_is_the_last_one_too(chatting: Chatting):
    default = await save(chatting, chatting.lin, 6)
    listed = await chatting.say(chatting.lin, "/saved")
    for verb, more in (("saved", ""), ("tidy", ""), ("drop", ":999999")):
        await chatting.forge(chatting.lin, listed, f"1:{verb}:{default.id}{more}:{10**17}")
        await chatting.quiet()
        page = chatting.now_of(chatting.lin, listed)
        assert "6. " in page.text
        assert "1. " not in page.text
