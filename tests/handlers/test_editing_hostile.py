"""Whatever an editor types into a field: it is taken, doubted or refused, and nothing breaks."""

import pytest

from digest.render.fit import clean
from tests.handlers.amends import Editor, Newsroom

TITLE = "央行宣布下调存款准备金率 0.5 个百分点"
FIELDS = ("headline", "headline_en", "why", "note")
TYPED = (
    "<b>重</b> &amp; <a href='javascript:alert(1)'>x</a>",
    "\u202e反向\u202c 12 亿元",
    "\u200b\u200d\ufeff",
    "e\u0301" * 60,
    "👨\u200d👩\u200d👧 1 万亿元 👨\u200d👩\u200d👧",
    "字" * 200,
    "字" * 201,
    "🙂" * 300,
    "🙂" * 301,
    "word " * 100,
    "$1.2 billion, 从 40 降到 4，九成，½，²，٣",
    "第一行\n第二行\r\n\r\n- 第三行",
    "-",
    "—",
    "{0} %s {{ x }} ${y}",
    "1_h_0_00000000",
    "“引号 「不成对",
    "0" * 190,
    "１２．５％ ≈ 12.5%",
)


@pytest.mark.parametrize("typed", TYPED, ids=lambda typed: ascii(typed[:12]))
async def test_every_field_takes_or_refuses_what_is_typed(
    room: Newsroom, editor: Editor, typed: str
) -> None:
    one = await room.chatting.news.publish(TITLE)
    for field in FIELDS:
        sheet = await editor.sheet(one)
        question = await editor.question(sheet, editor.texts(f"chat.edit.field.{field}"))
        said = await editor.answer(question, typed)
        if editor.texts("chat.edit.keep") in said.labels:
            await editor.tap(said, editor.texts("chat.edit.keep"))
    page = await editor.tap(await editor.sheet(one), editor.texts("chat.edit.point", n=2))
    said = await editor.answer(
        await editor.question(page, editor.texts("chat.edit.reword")), typed
    )
    if editor.texts("chat.edit.keep") in said.labels:
        await editor.tap(said, editor.texts("chat.edit.keep"))
    brief = (await editor.signal(one)).brief
    words = [brief.headline, brief.headline_en, *(point.text for point in brief.points)]
    assert {TITLE, clean(typed)} >= {brief.headline}
    assert all(text == clean(text) for text in words)
    assert len(brief.points) == len(one.brief.points)
    card = await room.chatting.say(room.chatting.lin, f"/start s_{one.id}")
    assert card.text.strip()
