"""/export and /forget for people whose names would like to be more than names."""

import csv
import io
import json

import pytest
from lxml import html

from bot.sandbox.people import Person
from bot.sandbox.state import User
from digest.model import Lang
from digest.texts import texts_for
from storage import Owner
from tests.handlers.conftest import Chatting
from tests.handlers.test_own import documents, unpacked
from tests.hostile.walking import calm

NAMES = (
    "<script>alert(1)</script>",
    '</td></table><img src=x onerror="alert(1)">',
    "\u202eneb\u2066x\u2069 שלום عربي",
    "one\ntwo\r\n\tthree",
    "🏴\u200d☠️" * 40,
    "nul\x00in\x01side\x1b[31m",
    "=HYPERLINK(0)",
    "字" * 4096,
)


async def furnished(chatting: Chatting, name: str) -> Person:
    """Somebody of that name, who also calls a collection and a note so."""
    reader = chatting.sandbox.add_person(User(1010, "bad", name, name, "bad_one", "zh-hans"))
    signal = await chatting.news.publish("值得留下的", topics=("llm",))
    await chatting.say(reader, "/start")
    kept = await chatting.subscriber(reader)
    made = await chatting.storage.collections.create(kept.id, name[:60], chatting.clock())
    await chatting.storage.collections.save(made.id, signal.id, chatting.clock(), note=name[:500])
    await chatting.storage.reports.file(signal.id, "other", 1010, name[:900], chatting.clock())
    return reader


@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
async def test_a_bad_name_is_exported_and_forgotten(chatting: Chatting, name: str) -> None:
    reader = await furnished(chatting, name)
    reader.send("/export")
    await calm(chatting)
    (sent,) = await documents(chatting, reader)
    files = unpacked(chatting, sent)
    data = json.loads(files["data.json"])
    assert data["reports"][0]["words"]
    shown = html.document_fromstring(files["index.html"])
    assert shown.xpath("//script | //img | //@onerror | //iframe | //svg") == []
    for path, body in files.items():
        if path.endswith(".csv"):
            rows = list(csv.reader(io.StringIO(body.decode("utf-8-sig"))))
            assert {len(row) for row in rows} == {len(rows[0])}, path
            assert not any(cell.startswith(("=", "+", "@")) for row in rows for cell in row), path
    assert all("\x00" not in one for one in files)
    reader.send("/forget")
    await calm(chatting)
    question = reader.messages[-1]
    everything = next(
        one for one in question.labels
        if one in {texts_for(lang)("chat.forget.all") for lang in Lang}
    )  # fmt: skip
    reader.press(question.id, everything)
    await calm(chatting)
    assert await chatting.storage.personal.counts(Owner(1010)) == {}
    assert chatting.errors == []
    assert [call for call in chatting.sandbox.log.calls if call.code != 200] == []
