"""/privacy, /export and /forget over HTTP, in both languages."""

import csv
import io
import json
import zipfile
from typing import Any

import pytest

from bot.sandbox.people import Person, Seen
from digest.model import Lang
from digest.texts import texts_for
from handlers.archive import make_archive, page, table_csv
from storage import Owner
from storage.personal import owned
from tests.covering import covers
from tests.handlers.conftest import Chatting, Reader
from tests.newsdesk import NOON

ADMINS_ONLY = "在群和频道里，这件事由管理员来定。"


async def settle_in(reader: Reader) -> None:
    """A reader with a saved signal, a weight and a report."""
    signal = await reader.chatting.news.publish("值得留下的", topics=("llm",))
    card = await reader.say(f"/start s_{signal.id}")
    await reader.tap(card, f"1:save:{signal.id}")
    me = await reader.chatting.subscriber(reader.person)
    storage = reader.chatting.storage
    await storage.weights.put(me.id, "topic", "llm", 2, NOON)
    await storage.reports.file(signal.id, "other", reader.person.id, "<b>错</b>", NOON)


def unpacked(reader_or_chatting: Chatting, seen: Seen) -> dict[str, bytes]:
    document = seen.data["document"]
    stored = reader_or_chatting.sandbox.world.files[document["file_id"]]
    with zipfile.ZipFile(io.BytesIO(stored.content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


async def documents(chatting: Chatting, person: Person, chat: int | None = None) -> list[Seen]:
    await chatting.quiet()
    place = person.id if chat is None else chat
    return [seen for seen in person.messages_in(place) if "document" in seen.data]


@covers("/privacy", "button export", "button forget")
async def test_privacy_is_told_in_plain_words_and_leads_on(reader: Reader):
    told = await reader.say("/privacy")
    assert told.labels == [reader.texts("chat.export.button"), reader.texts("chat.forget.button")]
    assert "/forget" in told.text
    await reader.tap(told, reader.texts("chat.export.button"))
    assert len(await documents(reader.chatting, reader.person)) == 1
    await reader.tap(told, reader.texts("chat.forget.button"))
    assert reader.texts("chat.forget.all") in reader.person.messages[-1].labels


@covers("/export")
async def test_the_archive_holds_everything_kept_of_me(reader: Reader):
    await settle_in(reader)
    sent = await reader.say("/export")
    assert sent.text == reader.texts("chat.export.caption")
    assert sent.data["document"]["file_name"] == "hexin-2026-03-10.zip"
    files = unpacked(reader.chatting, sent)
    data = json.loads(files["data.json"])
    storage = reader.chatting.storage
    kept = await storage.personal.collect(Owner(reader.person.id))
    assert set(data) == set(kept)
    assert data["reports"][0]["words"] == "<b>错</b>"
    assert data["weights"][0]["target"] == "llm"
    read = files["index.html"].decode()
    assert "值得留下的" in read
    assert "&lt;b&gt;错&lt;/b&gt;" in read
    assert "<script" not in read
    assert f"<h2>{reader.texts('chat.data.weights')} (1)</h2>" in read
    table = list(csv.DictReader(io.StringIO(files["tables/saved.csv"].decode("utf-8-sig"))))
    assert len(table) == 1


@covers("/forget", "button wipe")
async def test_everything_goes_at_once_with_a_receipt(reader: Reader):
    chatting, texts = reader.chatting, reader.texts
    await settle_in(reader)
    question = await reader.say("/forget")
    assert question.labels == [
        texts("chat.export.first"),
        texts("chat.forget.all"),
        texts("chat.forget.not"),
    ]
    assert f"{texts('chat.data.weights')}" in question.text
    receipt = await reader.tap(question, texts("chat.forget.all"))
    kept = await chatting.storage.personal.receipt(_number(receipt))
    assert kept is not None
    assert kept.counts["weights"] == 1
    assert kept.counts["saved"] == 1
    assert await chatting.storage.personal.counts(Owner(reader.person.id)) == {}
    # The next message starts afresh, in the language of the app.
    welcome = await reader.say("/start")
    assert "English" in welcome.labels
    fresh = await chatting.subscriber(reader.person)
    assert fresh.subscription.wishes.weights == ()
    assert fresh.subscription.considered_until is None


def _number(receipt: Seen) -> str:
    codes = [one for one in receipt.data["entities"] if one["type"] == "code"]
    offset, length = codes[0]["offset"], codes[0]["length"]
    return receipt.text[offset : offset + length]


@covers("button wipe")
async def test_who_thinks_better_of_it_keeps_everything(reader: Reader):
    await settle_in(reader)
    question = await reader.say("/forget")
    said = await reader.tap(question, reader.texts("chat.forget.not"))
    assert said.text == reader.texts("chat.forget.kept")
    assert (await reader.chatting.storage.personal.counts(Owner(reader.person.id)))["saved"] == 1


async def test_an_old_question_erases_nothing(reader: Reader):
    chatting = reader.chatting
    await settle_in(reader)
    question = await reader.say("/forget")
    chatting.clock.move(minutes=16)
    said = await reader.toast(question, reader.texts("chat.forget.all"))
    assert said == reader.texts("chat.forget.stale")
    for forged in ("1:wipe:all:0", "1:wipe:all:99999999999", "1:wipe:everyone:29555000"):
        assert await chatting.forge(reader.person, question, forged) == said
    assert (await chatting.storage.personal.counts(Owner(reader.person.id)))["saved"] == 1


async def test_only_admins_erase_what_is_kept_for_a_group(chatting: Chatting):
    group = chatting.sandbox.chat("group").id
    await chatting.say(chatting.wang, "/subscribe 大模型", chat=group)
    for command in ("/forget", "/export"):
        assert (await chatting.say(chatting.lin, command, chat=group)).text == ADMINS_ONLY
    question = await chatting.say(chatting.wang, "/forget", chat=group)
    refused = await chatting.toast(chatting.lin, question, "全部删除", chat=group)
    assert refused == ADMINS_ONLY
    assert await chatting.storage.subscribers.by_chat(group) is not None
    await chatting.say(chatting.wang, "/help")
    done = await chatting.tap(chatting.wang, question, "全部删除", chat=group)
    assert "已经删除" in done.text
    assert await chatting.storage.subscribers.by_chat(group) is None
    # The admin's own data is another matter.
    assert await chatting.storage.subscribers.by_chat(chatting.wang.id) is not None


async def test_who_has_just_lost_the_group_erases_nothing(chatting: Chatting):
    group = chatting.sandbox.chat("group")
    await chatting.say(chatting.wang, "/subscribe 大模型", chat=group.id)
    asked = await chatting.say(chatting.wang, "/forget", chat=group.id)
    group.members[chatting.wang.id] = "member"  # not half a minute ago
    everything = texts_for(Lang.ZH)("chat.forget.all")
    said = await chatting.toast(chatting.wang, asked, everything, chat=group.id)
    assert said == texts_for(Lang.ZH)("chat.admins_only")
    assert await chatting.storage.subscribers.by_chat(group.id) is not None


async def test_one_forum_topic_is_erased_alone(chatting: Chatting):
    forum = chatting.sandbox.chat("forum")
    one, two = sorted(forum.topics)
    for thread in (one, two):
        await chatting.say(chatting.wang, "/subscribe 大模型", chat=forum.id, thread=thread)
    question = await chatting.say(chatting.wang, "/forget", chat=forum.id, thread=one)
    await chatting.tap(chatting.wang, question, "只删本话题", chat=forum.id)
    assert await chatting.storage.subscribers.by_chat(forum.id, one) is None
    assert await chatting.storage.subscribers.by_chat(forum.id, two) is not None


async def test_a_groups_archive_comes_into_its_own_topic(chatting: Chatting):
    forum = chatting.sandbox.chat("forum")
    one = min(forum.topics)
    sent = await chatting.say(chatting.wang, "/export", chat=forum.id, thread=one)
    assert sent.data["message_thread_id"] == one
    data = json.loads(unpacked(chatting, sent)["data.json"])
    assert [row["chat_id"] for row in data["subscribers"]] == [forum.id]


# --- the archive by itself -------------------------------------------------------------------


@pytest.mark.parametrize("lang", list(Lang))
def test_every_kind_of_data_has_a_name(lang: Lang):
    texts = texts_for(lang)
    for table in (*owned(Owner(1)), *owned(Owner(-1))):
        assert texts.has(f"chat.data.{table.name}"), table.name


def test_no_cell_is_a_formula():
    rows: list[dict[str, Any]] = [{"note": "=HYPERLINK(1)", "steps": -2, "more": None}]
    (row,) = csv.DictReader(io.StringIO(table_csv(rows).decode("utf-8-sig")))
    assert row == {"note": "'=HYPERLINK(1)", "steps": "-2", "more": ""}


def test_what_people_wrote_is_no_markup():
    rows = {
        "saved": [{"signal_id": 1, "note": "<script>alert(1)</script>"}],
        "signals": [{"id": 1, "headline": "<i>x</i>", "title": "", "url": "javascript:alert(1)"}],
    }
    read = page(rows, texts_for(Lang.ZH), NOON)
    assert "<script" not in read
    assert "<i>" not in read
    assert "href" not in read
    assert zipfile.is_zipfile(io.BytesIO(make_archive(rows, texts_for(Lang.EN), NOON)))
