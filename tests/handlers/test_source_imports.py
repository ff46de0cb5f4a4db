"""Lists of sources in and out: said first, tried one by one, reported, taken back whole."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.sandbox.people import Seen
from digest.model import Lang
from digest.sources.lists import read_list
from handlers.guards import Pacer
from storage import ImportState, RowState, Storage
from tests.covering import covers
from tests.handlers.newsstand import newsstand
from tests.handlers.sourcestand import SourceRoom, room_at, source_room


@pytest.fixture(params=[Lang.ZH, Lang.EN], ids=["zh", "en"])
async def room(
    storage: Storage, pacer: Pacer, request: pytest.FixtureRequest
) -> AsyncIterator[SourceRoom]:
    async with source_room(storage, pacer, request.param) as made:
        yield made


@pytest.fixture
async def chinese(storage: Storage, pacer: Pacer) -> AsyncIterator[SourceRoom]:
    async with source_room(storage, pacer) as made:
        yield made


def opml(room: SourceRoom, *paths: str, folder: str = "科学") -> bytes:
    """A list of feeds of the stand, whether they are there or not, in a folder."""
    rows = "".join(
        f'<outline text="List {path}" xmlUrl="{room.stand.link(path)}"/>' for path in paths
    )
    return (
        f'<?xml version="1.0"?><opml version="2.0"><body><outline text="{folder}">{rows}'
        '<outline text="route" xmlUrl="/36kr/news"/></outline></body></opml>'
    ).encode()


async def offered(room: SourceRoom, body: bytes, name: str = "list.opml") -> Seen:
    room.person.send_file(name, "text/x-opml", body)
    return await room.person.wait_for()


async def ended(room: SourceRoom, import_id: int = 1) -> None:
    async with asyncio.timeout(20):
        while True:
            found = await room.storage.source_imports.get(import_id)
            if found is not None and found.state not in {ImportState.ASKED, ImportState.RUNNING}:
                return
            await asyncio.sleep(0.01)


@covers("button import", "pasted OPML", "/source")
async def test_a_pasted_list_is_said_tried_saved_and_taken_back(room: SourceRoom):
    texts = room.texts
    known = await room.added("/known", "Known")
    for path in ("/a", "/b", "/c"):
        room.feed(path, f"Feed {path}")
    asked = await offered(room, opml(room, "/a", "/b", "/b", "/c", "/gone", "/known"))
    for line in (
        texts.n("chat.opml.fresh", 4),
        texts.n("chat.opml.known", 1),
        texts.n("chat.opml.repeated", 1),
        texts.n("chat.opml.unusable", 1),
    ):
        assert line in asked.text
    assert await room.storage.sources.all() == (known,)
    await room.tap(asked, texts.n("chat.opml.go", 4))
    await ended(room)
    done = await room.sees(texts.n("chat.opml.saved", 3))
    assert done.id == asked.id
    assert texts.n("chat.opml.failed", 1) in done.text
    found = {one.spec.title: one.spec for one in await room.storage.sources.all()}
    assert set(found) == {"Known", "List /a", "List /b", "List /c"}
    assert found["List /a"].column == "science"
    report = next(seen for seen in room.person.inbox if seen.data.get("document"))
    file = room.chatting.sandbox.world.files[report.data["document"]["file_id"]]
    told = file.content.decode("utf-8-sig")
    assert texts("kinds.failure_not_found") in told
    assert told.count("\n") == 7
    gone = await room.tap(done, texts("chat.opml.back"))
    assert await room.storage.sources.all() == (known,)
    await room.tap(gone, texts("chat.takeback.this"))
    assert len(await room.storage.sources.all()) == 4


@covers("/source")
async def test_lists_come_by_reply_by_address_and_typed(room: SourceRoom):
    texts = room.texts
    room.feed("/a")
    room.stand.pages["/list.json"] = f'[{{"title": "A", "url": "{room.stand.link("/a")}"}}]'
    asked = await room.say(f"/source import {room.stand.link('/list.json')}")
    assert texts.n("chat.opml.fresh", 1) in asked.text
    asked = await room.say(f"/source import 晨报 {room.stand.link('/a')}\n{room.stand.link('/b')}")
    assert texts.n("chat.opml.fresh", 2) in asked.text
    sent = room.person.send_file("feeds.txt", "text/plain", room.stand.link("/c").encode())
    await room.person.wait_for()
    asked = await room.say("/source import", reply_to=sent.id)
    assert texts.n("chat.opml.fresh", 1) in asked.text
    assert texts("chat.opml.how").split("\n")[0][:20] in (await room.say("/source import")).text
    missing = await room.say(f"/source import {room.stand.link('/nothing.opml')}")
    assert texts("bot.reason_not_found") in missing.text


@covers("/source")
async def test_the_list_goes_out_as_it_comes_in(chinese: SourceRoom):
    await chinese.added("/a", "甲 & 乙")
    await chinese.added("/b", "丙")
    sent = await chinese.say("/信源 导出")
    file = chinese.chatting.sandbox.world.files[sent.data["document"]["file_id"]]
    again = read_list(file.content)
    assert [(one.title, one.column) for one in again.specs] == [
        ("甲 & 乙", "business"),
        ("丙", "business"),
    ]


HOSTILE = {
    b"<opml><body/></opml>": "empty",
    b"nothing here": "empty",
    b"<opml><!ENTITY a 'b'><body/></opml>": "entities",
    # the doctype goes with what stands before the list, and its bomb with it
    b'<!DOCTYPE o [<!ENTITY a "x"><!ENTITY b "&a;&a;&a;">]><opml>&b;</opml>': "empty",
    b"<opml><outline " + b" ".join(b'a%d=""' % n for n in range(20_000)): "damaged",
}


async def test_hostile_files_are_refused_with_a_reason(chinese: SourceRoom):
    for body, reason in HOSTILE.items():
        said = await offered(chinese, body)
        assert chinese.texts(f"bot.list_{reason}") in said.text, body[:60]
    assert await chinese.storage.source_imports.get(1) is None


async def test_a_reader_imports_nothing(chinese: SourceRoom):
    lin = chinese.chatting.lin
    lin.send_file("list.opml", "text/x-opml", opml(chinese, "/a"))
    said = await lin.wait_for()
    assert said.text == chinese.texts("chat.text_only")
    assert await chinese.storage.source_imports.get(1) is None


async def test_an_import_goes_on_after_a_restart_and_loses_nothing(storage: Storage, pacer: Pacer):
    paths = [f"/f{number}" for number in range(10)]
    async with newsstand() as stand:
        async with room_at(storage, pacer, stand) as before:
            for path in paths:
                before.feed(path, f"Feed {path}")
            asked = await offered(before, opml(before, *paths))
            stand.gate.clear()
            await before.tap(asked, before.texts.n("chat.opml.go", 10))
            await before.sees("⏳")
            async with asyncio.timeout(10):
                while not stand.asked:
                    await asyncio.sleep(0.01)
            kept = dict(before.chatting.sandbox.world.chats[before.person.id].records)
        stand.gate.set()
        async with room_at(storage, pacer, stand) as after:
            after.person.user.started = True
            after.chatting.sandbox.world.chats[after.person.id].records.update(kept)
            await ended(after)
            done = await after.sees("导入完了")
            assert done.id == asked.id
            assert len(await storage.sources.all()) == 10


async def test_an_import_that_is_stopped_keeps_what_was_good(chinese: SourceRoom):
    paths = [f"/f{number}" for number in range(9)]
    for path in paths:
        chinese.feed(path, f"Feed {path}")
    asked = await offered(chinese, opml(chinese, *paths))
    chinese.stand.gate.clear()
    await chinese.tap(asked, "✓ 试读 9 个")
    running = await chinese.sees("⏹ 停下")
    again = await chinese.chatting.forge(chinese.person, running, "1:import:1:go")
    assert again == chinese.texts("chat.opml.already.running")
    stopped = await chinese.tap(running, "⏹ 停下")
    assert "停下了" in stopped.text
    chinese.stand.gate.set()
    await asyncio.sleep(0.3)
    found = await chinese.storage.source_imports.get(1)
    assert found is not None
    assert found.count(RowState.WAITING, RowState.TRIED) == 0
    assert found.count(RowState.SAVED) == len(await chinese.storage.sources.all())


async def test_an_import_of_another_chat_is_not_touched(chinese: SourceRoom):
    await offered(chinese, opml(chinese, "/a"))
    other = chinese.newsroom.second
    hello = await chinese.chatting.say(other, "/help")
    assert await chinese.chatting.forge(other, hello, "1:import:1:go")
    found = await chinese.storage.source_imports.get(1)
    assert found is not None
    assert found.state is ImportState.ASKED


async def test_a_list_of_thousands_is_kept_and_shown(chinese: SourceRoom):
    rows = "\n".join(f"https://h{number}.example/feed" for number in range(3000))
    asked = await offered(chinese, rows.encode(), "feeds.opml")
    assert chinese.texts.n("chat.opml.fresh", 3000) in asked.text
