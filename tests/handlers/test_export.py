"""Walks through files: a collection exported in every format, and its JSON sent back."""

import csv
import io
import json
from typing import Any

import pytest
from lxml import etree

from bot.sandbox.people import Seen
from digest.model import SignalState
from digest.sources.lists import read_list
from tests.covering import covers
from tests.handlers.conftest import Reader
from tests.handlers.shelf import (
    collection,
    file_of,
    last,
    names,
    plain,
    save,
    store,
    titles,
    word,
    words,
)


async def exported(reader: Reader, kind: str, name: str = "") -> tuple[str, bytes]:
    """The file of a collection (or of all) as the reader gets it."""
    choice = await reader.say(f"/collections export {name}".strip())
    await reader.tap(choice, word(reader, f"chat.file.as.{kind}"))
    await reader.chatting.quiet()
    return file_of(reader, last(reader))


async def sent(reader: Reader, body: bytes, name: str = "back.json") -> Seen:
    """What the bot says to a file."""
    mark = len(reader.person.inbox)
    reader.person.send_file(name, "application/json", body)
    await reader.chatting.quiet()
    assert len(reader.person.inbox) == mark + 1
    return last(reader)


async def shelf(reader: Reader) -> None:
    """One collection with a note and a title that means something to every format."""
    box = await save(reader, "=HYPERLINK(1)", "<script>*x*</script> & [y](z)", name='周末/"细读"')
    for one in await store(reader).collections.saved(box.id):
        note = '第一行\n+第二行, "引"' if one.signal.title.startswith("=") else ""
        await store(reader).collections.annotate(box.id, one.signal.id, note)


@covers("button file", "button filed")
async def test_markdown_keeps_every_sign_a_sign(reader: Reader):
    await shelf(reader)
    listed = await reader.say("/collections")
    menu = await reader.tap(listed, word(reader, "chat.collection.manage"))
    choice = await reader.tap(menu, word(reader, "chat.file.button"))
    await reader.tap(choice, "Markdown")
    await reader.chatting.quiet()
    name, body = file_of(reader, last(reader))
    assert name == "周末 细读-2026-03-10.md"
    text = body.decode()
    assert r"\<script\>\*x\*\</script\> \& \[y\](z)" in text
    assert "> 第一行\n> \\+第二行" in text
    assert words(reader, "chat.file.sent", 2, name='周末/"细读"') == last(reader).text


@covers("button filed")
async def test_csv_is_read_back_and_runs_nothing(reader: Reader):
    await shelf(reader)
    name, body = await exported(reader, "csv", '周末/"细读"')
    assert name.endswith(".csv")
    assert body.startswith(b"\xef\xbb\xbf")
    assert b"\r\n" in body
    rows = list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"), newline="")))
    headline = word(reader, "export.column_headline")
    assert {row[headline] for row in rows} == {
        "'=HYPERLINK(1)",
        "<script>*x*</script> & [y](z)",
    }
    notes = {row[word(reader, "export.column_note")] for row in rows}
    assert notes == {"", '第一行\n+第二行, "引"'}


@covers("button filed")
async def test_html_is_whole_and_harmless(reader: Reader):
    await shelf(reader)
    name, body = await exported(reader, "html", '周末/"细读"')
    assert name.endswith(".html")
    text = body.decode()
    assert "<script" not in text
    assert "&lt;script&gt;*x*&lt;/script&gt;" in text
    tree = etree.HTML(text)
    assert len(tree.findall(".//article")) == 2
    assert all(
        link.get("href").startswith("https://news.example/") for link in tree.iterfind(".//a")
    )
    assert not tree.xpath("//*[@src] | //link[@href]")


@covers("button filed")
async def test_opml_lists_the_sources_of_what_is_saved(reader: Reader):
    box = await save(reader, "一号")
    signal = await reader.chatting.news.publish("二号", source="evening")
    await reader.chatting.news.publish("没收藏的", source="night")
    await store(reader).collections.save(box.id, signal.id, reader.chatting.clock())
    _, body = await exported(reader, "opml")
    assert {spec.url for spec in read_list(body).specs} == {
        "https://morning.example/feed.xml",
        "https://evening.example/feed.xml",
    }


@covers("button filed", "file of collections")
async def test_json_comes_back_as_it_was(reader: Reader):
    await shelf(reader)
    default = await save(reader, "三号")
    name, body = await exported(reader, "json")
    data = json.loads(body)
    assert name == f"{word(reader, 'chat.file.name_all')}-2026-03-10.json"
    assert (data["format"], data["version"]) == ("hexin.collections", 1)
    assert [one["name"] for one in data["collections"]] == await names(reader)
    kept = {one["headline"]: one for box in data["collections"] for one in box["saved"]}
    assert kept["=HYPERLINK(1)"]["note"] == '第一行\n+第二行, "引"'
    assert len(kept["三号"]["points"]) == 3

    # Everything is lost, and comes back by the file.
    weekend = await collection(reader, '周末/"细读"')
    before = await store(reader).collections.saved(weekend.id)
    await store(reader).undos.delete(weekend.subscriber_id, weekend.id, reader.chatting.clock())
    (third,) = await store(reader).collections.saved(default.id)
    told = await sent(reader, body)
    assert words(reader, "chat.import.new", 2) in told.text
    assert words(reader, "chat.import.present", 1) in told.text
    fresh = await collection(reader, '周末/"细读"')
    after = await store(reader).collections.saved(fresh.id)
    assert [(one.signal, one.note, one.saved_at) for one in after] == [
        (one.signal, one.note, one.saved_at) for one in before
    ]
    assert await store(reader).collections.saved(default.id) == (third,)
    again = await sent(reader, body)
    assert words(reader, "chat.import.new", 0) in again.text
    assert words(reader, "chat.import.present", 3) in again.text

    await reader.tap(told, word(reader, "chat.undo.button"))
    assert '周末/"细读"' not in await names(reader)
    assert await titles(reader, default) == ["三号"]


def document(*saved: dict[str, Any], name: str = "好文", **changes: Any) -> bytes:
    data = {"format": "hexin.collections", "version": 1}
    return json.dumps(
        data | {"collections": [{"name": name, "saved": list(saved)}]} | changes
    ).encode()


async def test_what_is_not_known_here_is_told_with_its_address(reader: Reader):
    known = await reader.chatting.news.publish("知道的")
    hidden = await reader.chatting.news.publish("撤下的", state=SignalState.HELD)
    others = [
        {"url": f"https://far.example/{number}", "headline": f"远方 <b>{number}</b>"}
        for number in range(11)
    ]
    body = document(
        {"url": known.url, "saved_at": "2099-01-01T00:00:00Z"}, {"url": hidden.url}, *others
    )
    told = await sent(reader, body)
    assert words(reader, "chat.import.new", 1) in told.text
    assert words(reader, "chat.import.missing", 12) in told.text
    assert words(reader, "chat.import.more", 2) in told.text
    assert "远方 <b>0</b>" in told.text
    assert "https://far.example/0" in told.links
    box = await collection(reader, "好文")
    (kept,) = await store(reader).collections.saved(box.id)
    assert kept.saved_at == reader.chatting.clock()  # nobody saves in the future

    nothing = await sent(reader, document(*others))
    assert words(reader, "chat.import.missing", 11) in nothing.text


async def test_rules_in_the_file_are_not_passed_over_in_silence(reader: Reader):
    known = await reader.chatting.news.publish("知道的")
    body = document(
        collections=[{"name": "a", "rule": {"words": ["x"]}, "saved": [{"url": known.url}]}]
    )
    assert word(reader, "chat.import.rules") in (await sent(reader, body)).text


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"\x89PNG\r\n", "json"),
        (b'{"format": "hexin.collections", ', "json"),
        (b"[" * 100_000, "json"),
        (b"[]", "format"),
        (b'{"format": "pocket"}', "format"),
        (b'{"format": "hexin.collections", "version": 2}', "version"),
        (b'{"format": "hexin.collections", "version": 1}', "content"),
        (document({"url": ""}), "content"),
        (document({"url": 7}), "content"),
        (document({"url": "https://x.example/", "saved_at": "2026-01-01T00:00:00"}), "content"),
        (document({"url": "https://x.example/", "note": ["x"]}), "content"),
        (document(name="   "), "content"),
        (document(name="长" * 33), "content"),
        (document(*[{"url": "https://x.example/"}] * 5001), "content"),
        (
            document(
                collections=[
                    {"name": n, "saved": [{"url": "https://x.example/"}] * 4000} for n in "abc"
                ]
            ),
            "content",
        ),
        (document(), "empty"),
    ],
)
async def test_files_that_are_no_export_change_nothing(reader: Reader, body: bytes, reason: str):
    told = await sent(reader, body)
    if reason == "empty":
        assert told.text == word(reader, "chat.import.empty")
    else:
        text = reader.texts(f"chat.import.bad.{reason}", where="\0", limit=15)
        assert told.text.startswith(plain(text).partition("\0")[0])
    assert await names(reader) == []


async def test_a_file_that_is_too_large_is_not_even_fetched(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("handlers.collections.importing.MAX_BYTES", 1024 * 1024)
    told = await sent(reader, b"[" + b" " * (1024 * 1024) + b"]")
    assert told.text == word(reader, "chat.import.bad.size", limit=1)


async def test_nothing_saved_gives_no_file(reader: Reader):
    await collection(reader, "空")
    choice = await reader.say("/collections export 空")
    said = await reader.toast(choice, "JSON")
    assert said == word(reader, "chat.file.empty")
    said = await reader.chatting.forge(reader.person, choice, "1:filed:0:exe")
    assert said == word(reader, "chat.button.old")


async def test_very_much_goes_into_several_files(reader: Reader, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("handlers.collections.exporting._PER_FILE", 3)
    for name in "甲乙丙":
        await save(reader, f"{name}一", f"{name}二", name=name)
    mark = len(reader.person.inbox)
    choice = await reader.say("/collections export")
    await reader.tap(choice, "JSON")
    await reader.chatting.quiet()
    files = [file_of(reader, one) for one in reader.person.inbox[mark + 1 :]]
    found = [json.loads(body)["collections"] for _, body in files]
    assert [[one["name"] for one in some] for some in found] == [["甲"], ["乙"], ["丙"]]
    assert [name.partition("-2026")[0] for name, _ in files] == ["甲 1-3", "乙 2-3", "丙 3-3"]
