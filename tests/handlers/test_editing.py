"""Editing in chat: every field, what the article does not carry, two editors, and the way back."""

from digest.model import Access, Lang
from digest.texts import texts_for
from tests.covering import covers
from tests.handlers.amends import Editor, Newsroom

TITLE = "央行宣布下调存款准备金率 0.5 个百分点"


@covers("/edit", "button eask", "answer e", "button esheet")
async def test_a_headline_is_changed_with_the_old_one_shown(room: Newsroom, editor: Editor):
    one = await room.chatting.news.publish(TITLE)
    sheet = await editor.sheet(one)
    assert TITLE in sheet.text
    question = await editor.question(sheet, editor.texts("chat.edit.field.headline"))
    assert TITLE in question.text
    after = await editor.answer(question, "央行下调存款准备金率")
    assert "央行下调存款准备金率" in after.text
    now = await editor.signal(one)
    assert now.brief.headline == "央行下调存款准备金率"
    assert now.brief.points == one.brief.points
    found = await room.chatting.storage.search.find("下调")
    assert [signal.id for signal in found] == [one.id]


async def test_the_english_headline_is_in_english(room: Newsroom, editor: Editor):
    texts = editor.texts
    one = await room.chatting.news.publish(TITLE)
    question = await editor.question(await editor.sheet(one), texts("chat.edit.field.headline_en"))
    said = await editor.answer(question, "央行下调存款准备金率")
    assert said.text == texts("chat.edit.not_english")
    assert (await editor.signal(one)).brief.headline_en == ""
    await editor.answer(question, "The central bank cuts the reserve ratio")
    listed = await room.chatting.say(room.chatting.alex, "/latest")
    assert "The central bank cuts the reserve ratio" in listed.text
    listed = await room.chatting.say(room.chatting.lin, "/latest")
    assert TITLE in listed.text


@covers("button ekeep", "button epoint")
async def test_what_the_article_does_not_say_is_shown_and_marked(room: Newsroom, editor: Editor):
    texts = editor.texts
    one = await room.chatting.news.publish(TITLE)
    page = await editor.tap(await editor.sheet(one), texts("chat.edit.point", n=2))
    assert "1 万亿元" in page.text
    question = await editor.question(page, texts("chat.edit.reword"))
    doubt = await editor.answer(question, "此举将释放长期资金约 2 万亿元。")
    assert "2 万亿元" in doubt.text
    assert texts("chat.edit.missing.mark") in doubt.text
    assert (await editor.signal(one)).brief == one.brief
    await editor.tap(doubt, texts("chat.edit.keep"))
    point = (await editor.signal(one)).brief.points[1]
    assert point.edited
    assert point.evidence == ()
    assert point.text == "此举将释放长期资金约 2 万亿元。"
    card = await room.chatting.say(room.chatting.lin, f"/start s_{one.id}")
    assert "2 万亿元。（编辑改写）" in card.text


async def test_what_the_article_says_keeps_its_evidence(room: Newsroom, editor: Editor):
    one = await room.chatting.news.publish(TITLE)
    page = await editor.tap(await editor.sheet(one), editor.texts("chat.edit.point", n=2))
    question = await editor.question(page, editor.texts("chat.edit.reword"))
    await editor.answer(question, "将释放长期资金约 1 万亿元。")
    point = (await editor.signal(one)).brief.points[1]
    assert point.text == "将释放长期资金约 1 万亿元。"
    assert point.evidence == (1,)
    assert not point.edited


@covers("button edrop", "button emove")
async def test_points_are_added_moved_and_deleted(room: Newsroom, editor: Editor):
    texts = editor.texts
    one = await room.chatting.news.publish(TITLE)
    question = await editor.question(await editor.sheet(one), texts("chat.edit.add"))
    await editor.answer(question, "业内对此反应不一。")
    points = (await editor.signal(one)).brief.points
    assert points[3].text == "业内对此反应不一。"
    assert points[3].evidence == (3,)
    page = await editor.tap(await editor.sheet(one), texts("chat.edit.point", n=4))
    page = await editor.tap(page, "↑")
    assert (await editor.signal(one)).brief.points[2].text == "业内对此反应不一。"
    page = await editor.tap(page, texts("chat.edit.drop"))
    assert [point.text for point in (await editor.signal(one)).brief.points] == [
        point.text for point in one.brief.points
    ]


@covers("button ecolumns", "button ecolumn", "button etopics", "button etopic", "button etopicp",
        "button eaccess")  # fmt: skip
async def test_column_topics_and_access(room: Newsroom, editor: Editor):
    texts, bot = editor.texts, room.chatting
    one = await bot.news.publish(TITLE, topics=("llm",))
    sheet = await editor.sheet(one)
    page = await editor.tap(sheet, texts("chat.edit.field.column"))
    column = bot.services.taxonomy.columns["ai"]
    sheet = await editor.tap(page, f"{column.emoji} {column.name(texts.lang)}")
    assert (await editor.signal(one)).placement.column == "ai"
    page = await editor.tap(sheet, texts("chat.edit.field.topics"))
    name = bot.services.taxonomy.topics["llm"].name(texts.lang)
    page = await editor.tap(page, f"✓ {name}")
    assert (await editor.signal(one)).placement.topics == ()
    assert await bot.storage.signals.latest(topic="llm") == ()
    other = next(label for label in page.labels if label != texts("chat.back"))
    page = await editor.tap(page, other)
    (topic,) = (await editor.signal(one)).placement.topics
    assert [found.id for found in await bot.storage.signals.latest(topic=topic)] == [one.id]
    page = await editor.tap(page, texts("chat.page.after"))
    sheet = await editor.tap(page, texts("chat.back"))
    await editor.tap(sheet, texts("chat.edit.open.subscribers"))
    assert (await editor.signal(one)).access is Access.SUBSCRIBERS


@covers("button erestores", "button erestore")
async def test_the_original_is_never_lost(room: Newsroom, editor: Editor):
    texts = editor.texts
    one = await room.chatting.news.publish(TITLE)
    for label, words in (
        (texts("chat.edit.field.headline"), "第一次改"),
        (texts("chat.edit.field.headline"), "第二次改"),
        (texts("chat.edit.field.headline_en"), "A headline in English"),
        (texts("chat.edit.field.note"), "标题写错了"),
    ):
        question = await editor.question(await editor.sheet(one), label)
        await editor.answer(question, words)
    now = await editor.signal(one)
    assert now.brief.headline == "第二次改"
    sheet = await editor.sheet(one)
    assert "A headline in English" in sheet.text
    assert "标题写错了" in sheet.text
    page = await editor.tap(sheet, texts("chat.edit.restore"))
    assert TITLE in page.text
    field = texts("chat.edit.field.headline")
    sheet = await editor.tap(page, texts("chat.edit.restore.one", field=field))
    now = await editor.signal(one)
    assert now.brief.headline == TITLE
    assert now.brief.headline_en == "A headline in English"
    page = await editor.tap(sheet, texts("chat.edit.restore"))
    await editor.tap(page, texts("chat.edit.restore.all"))
    assert (await editor.signal(one)).brief == one.brief
    assert await room.chatting.storage.editing.of(one.id) is None


async def test_two_editors_lose_no_words(room: Newsroom):
    one = await room.chatting.news.publish(TITLE)
    wang, alex = (Editor(room, person) for person in (room.chatting.wang, room.chatting.alex))
    questions = [
        await editor.question(await editor.sheet(one), editor.texts("chat.edit.field.headline"))
        for editor in (wang, alex)
    ]
    await wang.answer(questions[0], "王的标题")
    clash = await alex.answer(questions[1], "Alex 的标题")
    assert "王的标题" in clash.text
    assert "Alex 的标题" in clash.text
    assert (await alex.signal(one)).brief.headline == "王的标题"
    await alex.tap(clash, alex.texts("chat.edit.use_mine"))
    assert (await alex.signal(one)).brief.headline == "Alex 的标题"


@covers("button edit")
async def test_a_card_leads_its_editor_to_the_sheet(room: Newsroom, editor: Editor):
    one = await room.chatting.news.publish(TITLE)
    card = await room.chatting.say(editor.person, f"/start s_{one.id}")
    await room.chatting.toast(editor.person, card, editor.texts("chat.card.edit"))
    await room.chatting.quiet()
    sheet = editor.person.inbox[-1]
    assert f"#{one.id}" in sheet.text
    assert editor.texts("chat.edit.field.headline") in sheet.labels


async def test_after_delivery_readers_see_the_correction_and_its_undo(room: Newsroom):
    bot = room.chatting
    one = await bot.news.publish(TITLE)
    wang = Editor(room, bot.wang)
    await room.subscribe(bot.lin)
    (was,) = await room.digest(bot.lin)
    card = await bot.say(bot.wang, f"/start s_{one.id}")
    await bot.toast(bot.wang, card, wang.texts("chat.card.edit"))
    await bot.quiet()
    sheet = bot.wang.messages_in(bot.wang.id)[-1]
    question = await wang.question(sheet, wang.texts("chat.edit.field.headline"))
    await wang.answer(question, "改过的标题")
    await bot.quiet()
    note = bot.wang.messages_in(bot.wang.id)[-1]
    assert note.text == wang.texts("chat.amend.begun")
    assert await room.amend() == 1
    await room.watcher.run_due()
    assert bot.now_of(bot.wang, note).text == wang.texts("bot.amend.done", done=1, all=1)
    seen = bot.now_of(bot.lin, was)
    assert "改过的标题" in seen.text
    assert "✏️ 已更正" in seen.text
    (entry,) = await bot.storage.audit.list(1)
    await bot.storage.acts.undo(entry.id, "user:1", bot.clock())
    assert await room.amend() == 1
    assert bot.now_of(bot.lin, was).text == was.text
    found = await bot.storage.search.find("改过的标题")
    assert found == ()


async def test_readers_have_no_button_and_get_nothing(room: Newsroom):
    bot = room.chatting
    one = await bot.news.publish(TITLE)
    card = await bot.say(bot.lin, f"/start s_{one.id}")
    assert texts_for(Lang.ZH)("chat.card.edit") not in card.labels
    for data in (f"1:edit:{one.id}", f"1:edrop:{one.id}:0:00000000", f"1:ecolumn:{one.id}:ai:x"):
        await bot.forge(bot.lin, card, data)
    assert (await bot.storage.signals.get(one.id)) == one
