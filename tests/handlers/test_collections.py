"""Walks through a reader's collections: notes, search, order, merging, taking back."""

import pytest

from bot.sandbox.people import Seen
from tests.covering import covers
from tests.handlers.conftest import Chatting, Reader
from tests.handlers.shelf import (
    again,
    collection,
    last,
    names,
    number_of,
    save,
    store,
    titles,
    word,
    words,
)


async def menu(reader: Reader, number: int) -> Seen:
    """The menu of one collection, by way of the list of all."""
    listed = await reader.say("/collections")
    return await reader.tap(listed, f"1:shelve:{number}")


@covers("button save", "button put", "button note", "button prefer", "button fresh", "button back")
async def test_a_second_tap_leads_to_everything_about_a_saved_signal(reader: Reader):
    signal = await reader.chatting.news.publish("值得留下的")
    await reader.say("/collections new 周末")
    card = await reader.say(f"/start s_{signal.id}")
    await reader.tap(card, f"1:save:{signal.id}")
    places = await reader.tap(card, f"1:save:{signal.id}")
    default = await collection(reader)
    weekend = await collection(reader, "周末")
    assert places.labels[0] == f"✓ {default.name}"
    places = await reader.tap(places, "周末")
    assert word(reader, "chat.save.prefer") in places.labels
    said = await reader.toast(places, word(reader, "chat.save.prefer"))
    assert said == word(reader, "chat.collection.main_done", name="周末")
    assert (await again(reader, weekend)).is_default
    # Out of the one that is no longer the default, and back again by what was done of late.
    await reader.tap(places, f"1:put:{default.id}:{signal.id}")
    assert await titles(reader, default) == []
    places = reader.chatting.now_of(reader.person, card)
    await reader.tap(places, word(reader, "chat.note.button"))
    done = await reader.say("读两遍", reply_to=last(reader).id)
    assert word(reader, "chat.note.done") in done.text
    kept = await store(reader).collections.one_saved(weekend.id, signal.id)
    assert kept is not None
    assert kept.note == "读两遍"
    back = await reader.tap(places, word(reader, "chat.back"))
    assert back.labels == card.labels or word(reader, "chat.note.button") not in back.labels


@covers("/saved", "button jot", "button note", "button renote", "button unnote", "answer m")
async def test_a_note_is_written_read_changed_and_removed(reader: Reader):
    box = await save(reader, "一号", "二号")
    listed = await reader.say("/saved")
    noting = await reader.tap(listed, word(reader, "chat.note.mode"))
    assert noting.labels == ["📝 1", "📝 2", word(reader, "chat.saved.done.note")]
    await reader.tap(noting, "📝 2")
    question = last(reader)
    assert "一号" in question.text
    await reader.say("给老王看\n<b>别忘</b>", reply_to=question.id)
    listed = await reader.say("/saved")
    assert "📝 给老王看 <b>别忘</b>" in listed.text

    noting = await reader.tap(listed, word(reader, "chat.note.mode"))
    await reader.tap(noting, "📝 2")
    shown = last(reader)
    assert "给老王看\n<b>别忘</b>" in shown.text
    await reader.tap(shown, word(reader, "chat.note.change"))
    await reader.say("看过了", reply_to=last(reader).id)
    listed = await reader.say("/saved")
    assert "📝 看过了" in listed.text
    gone = await reader.tap(shown, word(reader, "chat.note.remove"))
    assert gone.text == word(reader, "chat.note.removed", title="一号")
    back = await reader.tap(gone, word(reader, "chat.collection.open"))
    assert "📝" not in back.text
    assert box.count == 2


async def test_notes_have_a_length(reader: Reader):
    box = await save(reader, "一号")
    (kept,) = await store(reader).collections.saved(box.id)
    listed = await reader.say("/saved")
    noting = await reader.tap(listed, word(reader, "chat.note.mode"))
    await reader.tap(noting, "📝 1")
    refused = await reader.say("长" * 501, reply_to=last(reader).id)
    assert refused.text == word(reader, "chat.note.long", limit=500, length=501)
    await reader.chatting.quiet()
    question = last(reader)
    blank = await reader.say("\u200b", reply_to=question.id)
    assert blank.text == word(reader, "chat.note.empty")
    await reader.say("长" * 500, reply_to=question.id)
    fresh = await store(reader).collections.one_saved(box.id, kept.signal.id)
    assert fresh is not None
    assert fresh.note == "长" * 500
    listed = await reader.say("/saved")
    assert len(listed.text) < 1000


@covers("button sort", "button sorted")
async def test_a_collection_is_sorted_as_its_reader_likes(reader: Reader):
    box = await collection(reader)
    for title, total in (("低分", 41), ("高分", 95), ("中分", 70)):
        signal = await reader.chatting.news.publish(title, total=total)
        reader.chatting.clock.move(seconds=1)
        await store(reader).collections.save(box.id, signal.id, reader.chatting.clock())

    def order(message: Seen) -> list[str]:
        return sorted(("低分", "高分", "中分"), key=message.text.index)

    listed = await reader.say("/saved")
    assert order(listed) == ["中分", "高分", "低分"]
    choice = await reader.tap(listed, word(reader, "chat.sort.button"))
    assert choice.labels[0] == f"✓ {word(reader, 'chat.sort.saved')}"
    listed = await reader.tap(choice, word(reader, "chat.sort.score"))
    assert order(listed) == ["高分", "中分", "低分"]
    assert order(await reader.say("/saved")) == ["高分", "中分", "低分"]
    said = await reader.chatting.forge(reader.person, listed, f"1:sorted:{box.id}:price")
    assert said == word(reader, "chat.button.old")


@covers("button seek", "button sought", "answer k")
async def test_words_are_found_in_signals_and_notes(reader: Reader):
    box = await save(reader, *(f"芯片第 {number} 号" for number in range(1, 8)), "别的事")
    other = (await store(reader).collections.saved(box.id, 1))[0]
    await store(reader).collections.annotate(box.id, other.signal.id, "和芯片有关")
    outside = await reader.chatting.news.publish("没收藏的芯片")

    listed = await reader.say("/saved")
    await reader.tap(listed, word(reader, "chat.seek.button"))
    found = await reader.say("芯片", reply_to=last(reader).id)
    assert words(reader, "chat.seek.found", 8, name=box.name, words="芯片") in found.text
    assert "别的事" in found.text
    second = await reader.tap(found, word(reader, "list.more"))
    assert "芯片第 1 号" in second.text
    assert "6. " in second.text
    assert outside.title not in found.text + second.text
    first = await reader.tap(second, word(reader, "chat.page.before"))
    assert first.text == found.text
    await reader.tap(first, word(reader, "chat.seek.again"))
    none = await reader.say("核聚变", reply_to=last(reader).id)
    assert none.text == word(reader, "chat.seek.nothing", name=box.name, words="核聚变")
    back = await reader.tap(none, word(reader, "chat.collection.back"))
    assert back.text == listed.text


@covers("button order", "button move", "button main", "button shelves", "button shelve")
async def test_collections_keep_the_order_and_the_default_they_are_given(reader: Reader):
    default = await collection(reader)
    first, second = [await collection(reader, name) for name in ("甲", "乙")]
    listed = await reader.say("/collections")
    ordering = await reader.tap(listed, word(reader, "chat.collection.order"))
    ordering = await reader.tap(ordering, f"1:move:{second.id}:-1")
    assert await names(reader) == [default.name, "乙", "甲"]
    assert [label for label in ordering.labels if ". " in label][1] == "2. 乙"
    said = await reader.toast(ordering, f"1:move:{first.id}:1")
    assert said == word(reader, "chat.collection.order_end")
    listed = await reader.tap(ordering, word(reader, "chat.collection.ordered"))
    assert listed.labels[2] == "乙 · 0"

    shown = await menu(reader, second.id)
    shown = await reader.tap(shown, word(reader, "chat.collection.main"))
    assert word(reader, "chat.collection.is_main") in shown.text
    assert word(reader, "chat.collection.delete") not in shown.labels
    listed = await reader.tap(shown, word(reader, "chat.back"))
    assert "★ 乙 · 0" in listed.labels
    signal = await reader.chatting.news.publish("放进乙")
    card = await reader.say(f"/start s_{signal.id}")
    await reader.tap(card, f"1:save:{signal.id}")
    assert await titles(reader, second) == ["放进乙"]


@covers("button merge", "button merged", "button revert")
async def test_two_collections_become_one_and_two_again(reader: Reader):
    await save(reader, "一号")
    target = await save(reader, "二号", name="乙")
    source = await save(reader, "三号", name="甲")
    (one,) = await store(reader).collections.saved(target.id)
    await store(reader).collections.annotate(target.id, one.signal.id, "乙的备注")
    await store(reader).collections.save(
        source.id, one.signal.id, reader.chatting.clock(), "甲的备注"
    )
    shown = await menu(reader, source.id)
    choice = await reader.tap(shown, word(reader, "chat.merge.button"))
    assert "甲 · 2" not in choice.labels
    done = await reader.tap(choice, "乙 · 1")
    told = words(reader, "chat.merge.done", 2, source="甲", target="乙", days=7)
    assert done.text == told
    assert "甲" not in await names(reader)
    kept = await store(reader).collections.one_saved(target.id, one.signal.id)
    assert kept is not None
    assert kept.note == "乙的备注\n甲的备注"

    undone = await reader.tap(done, word(reader, "chat.undo.button"))
    what = words(reader, "chat.undo.act.merge", 1, title="甲")
    assert word(reader, "chat.undo.done", what=what) in undone.text
    assert sorted(await titles(reader, source)) == ["三号", "二号"]
    assert (await again(reader, target)).count == 1
    # The same button on the old message is harmless.
    said = await reader.chatting.forge(reader.person, undone, "1:revert:1")
    assert said == word(reader, "chat.undo.late")


@covers("button erase", "button erased", "button revert", "button bin")
async def test_what_was_deleted_comes_back_for_some_days(reader: Reader):
    await save(reader, "一号")
    box = await save(reader, "二号", "三号", name="周末")
    shown = await menu(reader, box.id)
    asked = await reader.tap(shown, word(reader, "chat.collection.delete"))
    assert words(reader, "chat.collection.sure", 2, name="周末") == asked.text
    gone = await reader.tap(asked, word(reader, "chat.collection.yes"))
    assert gone.text == words(reader, "chat.collection.deleted", 2, name="周末", days=7)
    assert "周末" not in await names(reader)
    reader.chatting.clock.move(days=6)
    listed = await reader.say("/collections")
    recent = await reader.tap(listed, word(reader, "chat.undo.bin"))
    assert words(reader, "chat.undo.act.delete", 2, title="周末") in recent.text
    await reader.tap(recent, "↩ 1")
    assert await titles(reader, box) == ["三号", "二号"]
    again_gone = await menu(reader, box.id)
    await reader.tap(again_gone, f"1:erase:{box.id}")
    gone = await reader.tap(again_gone, f"1:erased:{box.id}")
    reader.chatting.clock.move(days=8)
    late = await reader.toast(gone, word(reader, "chat.undo.button"))
    assert late == word(reader, "chat.undo.late")
    recent = await reader.say("/collections undo")
    assert recent.text == word(reader, "chat.undo.none", days=7)


@covers("button tidy", "button drop", "button revert", "button saved")
async def test_a_removed_signal_is_one_tap_from_coming_back(reader: Reader):
    box = await save(reader, *(f"第 {number} 号" for number in range(1, 7)))
    listed = await reader.say("/saved")
    tidy = await reader.tap(listed, word(reader, "chat.saved.tidy"))
    tidy = await reader.tap(tidy, "🗑 2")
    assert "第 5 号" not in await titles(reader, box)
    undone = await reader.tap(tidy, word(reader, "chat.undo.button"))
    what = words(reader, "chat.undo.act.remove", 1, title="第 5 号")
    assert word(reader, "chat.undo.done", what=what) in undone.text
    assert (await titles(reader, box))[1] == "第 5 号"
    assert "第 5 号" in undone.text.partition("\n\n")[2]
    second = await reader.tap(undone, word(reader, "list.more"))
    assert "第 1 号" in second.text


@covers("/collections", "/saved", "button rename", "answer n", "answer r")
async def test_everything_can_be_typed_too(reader: Reader):
    assert word(reader, "chat.collection.how") in (await reader.say("/collections help")).text
    made = await reader.say("/collections new 甲 乙")
    assert word(reader, "chat.collection.created", name="甲 乙") == made.text
    await save(reader, "一号", name="甲 乙")
    renamed = await reader.say("/collections rename 甲 乙 -> 丙")
    assert renamed.text == word(reader, "chat.collection.renamed", old="甲 乙", name="丙")
    await reader.say("/收藏集 新建 丁")
    assert (await reader.say("/collections default 丁")).text == word(
        reader, "chat.collection.main_done", name="丁"
    )
    merged = await reader.say("/collections merge 丙 到 丁")
    assert words(reader, "chat.merge.done", 1, source="丙", target="丁", days=7) == merged.text
    assert "一号" in (await reader.say("/saved 丁")).text
    shared = await reader.say("/collections share 丁")
    assert "start=c_" in shared.text
    ended = await reader.say("/collections unshare 丁")
    assert word(reader, "chat.share.do.on") in ended.labels
    ruled = await reader.say("/collections rule 丁")
    assert word(reader, "chat.rule.add_words") in ruled.labels
    export = await reader.say("/collections export 丁")
    assert "JSON" in export.labels
    kept = await reader.say("/collections delete 丁")
    assert kept.text == word(reader, "chat.collection.keep_default")
    await reader.say("/collections new 戊")
    asked = await reader.say("/collections delete 戊")
    await reader.tap(asked, word(reader, "chat.collection.yes"))
    assert await names(reader) == ["丁"]


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("rename 甲", "chat.collection.how.rename"),
        ("merge 甲 ->", "chat.collection.how.merge"),
        ("rename 没有 -> 乙", "chat.saved.unknown"),
        ("delete 没有", "chat.saved.unknown"),
        ("share", "chat.saved.none"),
        ("fly away", "chat.collection.how"),
    ],
)
async def test_what_cannot_be_done_says_how(reader: Reader, typed: str, key: str):
    await collection(reader, "甲")
    answer = await reader.say(f"/collections {typed}")
    assert answer.text == word(reader, key, name="没有")
    assert await names(reader) == ["甲"]


# --- those who are not meant -------------------------------------------------------------

FORGED = (
    "shelve:{0}",
    "main:{0}",
    "move:{0}:1",
    "sort:{0}",
    "sorted:{0}:score",
    "seek:{0}",
    "sought:{0}:0",
    "jot:{0}:0",
    "note:{0}:{1}",
    "renote:{0}:{1}",
    "unnote:{0}:{1}",
    "prefer:{0}:{1}",
    "put:{0}:{1}",
    "merge:{0}",
    "merged:{0}:{0}",
    "erase:{0}",
    "erased:{0}",
    "rename:{0}",
    "rule:{0}",
    "rwords:{0}",
    "unword:{0}:00000000",
    "rtopic:{0}:0",
    "rtick:{0}:llm:0",
    "rcolumn:{0}",
    "rpick:{0}:ai",
    "rstate:{0}:back",
    "share:{0}",
    "sharing:{0}:on",
    "file:{0}",
    "filed:{0}:json",
    "saved:{0}:0",
    "tidy:{0}:0",
    "drop:{0}:{1}:0",
)


@pytest.mark.parametrize("data", FORGED)
async def test_nobody_gets_at_the_collections_of_others(chatting: Chatting, data: str):
    lin = chatting.lin
    await chatting.say(lin, "/help")
    theirs = await chatting.subscriber(lin)
    box = await chatting.storage.collections.create(theirs.id, "林的", chatting.clock())
    signal = await chatting.news.publish("林的收藏")
    await chatting.storage.collections.save(box.id, signal.id, chatting.clock(), "林的备注")
    await chatting.say(chatting.alex, "/collections new mine")
    listed = await chatting.say(chatting.alex, "/collections")
    before = len(chatting.alex.inbox)
    said = await chatting.forge(chatting.alex, listed, "1:" + data.format(box.id, signal.id))
    await chatting.quiet()
    # It is gone, as far as Alex can tell, or (an export of nothing) empty.
    assert said in {
        "This collection no longer exists.",
        "Nothing is saved here yet, so there is nothing to export.",
    }
    assert len(chatting.alex.inbox) == before
    assert chatting.now_of(chatting.alex, listed).text == listed.text
    unchanged = await chatting.storage.collections.get(theirs.id, box.id)
    assert unchanged is not None
    assert (unchanged.name, unchanged.share_key, unchanged.count) == ("林的", "", 1)
    assert await chatting.storage.rules.of(theirs.id) == {}
    (kept,) = await chatting.storage.collections.saved(box.id)
    assert kept.note == "林的备注"


async def test_nobody_takes_back_what_others_did(chatting: Chatting):
    lin = chatting.lin
    await chatting.say(lin, "/collections new 林的")
    theirs = await chatting.subscriber(lin)
    (box,) = await chatting.storage.collections.list(theirs.id)
    undo_id = await chatting.storage.undos.delete(theirs.id, box.id, chatting.clock())
    listed = await chatting.say(chatting.alex, "/collections")
    said = await chatting.forge(chatting.alex, listed, f"1:revert:{undo_id}")
    assert said == "This was undone already, or it is too long ago."
    assert await chatting.storage.collections.list(theirs.id) == ()


@pytest.mark.parametrize("kind", ["m", "k", "w", "r"])
async def test_answers_about_the_collections_of_others_change_nothing(
    chatting: Chatting, kind: str
):
    await chatting.say(chatting.lin, "/collections new 林的")
    theirs = await chatting.subscriber(chatting.lin)
    (box,) = await chatting.storage.collections.list(theirs.id)
    signal = await chatting.news.publish("林的收藏")
    await chatting.storage.collections.save(box.id, signal.id, chatting.clock())
    question = await chatting.say(chatting.alex, "/collections new")
    record = chatting.sandbox.world.chats[chatting.alex.id].records[question.id]
    about = f"{box.id}_{signal.id}" if kind == "m" else str(box.id)
    for entity in record.data["entities"]:
        if entity["type"] == "text_link":
            entity["url"] = f"https://t.me/hexin_bot?start={kind}_{about}"
    answer = await chatting.answer(chatting.alex, question, "mine now")
    assert answer.text == "This collection no longer exists."
    (kept,) = await chatting.storage.collections.saved(box.id)
    assert kept.note == ""
    assert (await chatting.storage.collections.list(theirs.id))[0].name == "林的"


async def test_limits_are_said(reader: Reader, monkeypatch: pytest.MonkeyPatch):
    for place in ("saving", "removal"):
        monkeypatch.setattr(f"handlers.collections.{place}.MOST_SAVED", 1)
    monkeypatch.setattr("storage.undos.MOST_SAVED", 1)
    monkeypatch.setattr("handlers.collections.shelves.MOST_COLLECTIONS", 2)
    box = await save(reader, "一号")
    signal = await reader.chatting.news.publish("放不下的")
    card = await reader.say(f"/start s_{signal.id}")
    said = await reader.toast(card, f"1:save:{signal.id}")
    assert said == word(reader, "chat.save.full", name=box.name, limit=1)
    await save(reader, "二号", name="乙")
    full = await reader.say("/collections new 丙")
    assert full.text == word(reader, "chat.collection.too_many", limit=2)
    merged = await reader.say(f"/collections merge 乙 -> {box.name}")
    assert merged.text == word(reader, "chat.merge.full", limit=1, target=box.name)
    assert await number_of(reader) == box.subscriber_id
