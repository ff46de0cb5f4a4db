"""合并到专题, 拆出, 主条 and 重写: what an editor decides, what readers then see, and the undo."""

from dataclasses import dataclass, replace

import pytest

from bot.sandbox.people import Seen
from digest.model import Brief, Checked, Relation, Signal, Tier
from digest.stories.index import StoryIndex
from storage import Storage
from storage.storyboard import Known, Moved
from tests.covering import covers
from tests.handlers.amends import Editor, Newsroom


async def story_page(editor: Editor, signal: Signal) -> Seen:
    return await editor.tap(await editor.sheet(signal), editor.texts("chat.edit.story.button"))


async def story_of(editor: Editor, *signals: Signal) -> list[tuple[int | None, Relation]]:
    found = [await editor.signal(one) for one in signals]
    return [(one.story_id, one.relation) for one in found]


@covers("button estory", "button ejoin", "button esplit")
async def test_a_signal_is_put_into_a_story_and_taken_out(room: Newsroom, editor: Editor):
    bot, texts = room.chatting, editor.texts
    lead = await bot.news.publish("星河公司发布 X9 芯片，功耗降低 40%")
    other = await bot.news.publish("星河公司 X9 芯片正式亮相", source="evening")
    page = await story_page(editor, other)
    assert texts("chat.edit.story.alone") in page.text
    assert "功耗降低" in page.text
    await editor.tap(page, "1")
    (led, lead_relation), (joined, relation) = await story_of(editor, lead, other)
    assert led == joined is not None
    assert (lead_relation, relation) == (Relation.LEAD, Relation.DUPLICATE)
    told = await bot.say(bot.lin, f"/story {led}")
    assert "X9" in told.text
    page = await story_page(editor, other)
    await editor.tap(page, texts("chat.edit.story.split"))
    assert (await story_of(editor, other))[0] == (None, Relation.LEAD)
    (entry,) = await bot.storage.audit.list(1)
    told = await bot.say(editor.person, f"/audit {entry.id}")
    assert texts("chat.audit.story", number=joined, name=lead.brief.headline) in told.text
    assert texts("chat.audit.no_story") in told.text
    await bot.storage.acts.undo(entry.id, "t", bot.clock())
    assert (await story_of(editor, other))[0] == (joined, Relation.DUPLICATE)


@covers("button elead")
async def test_another_leads(room: Newsroom, editor: Editor):
    bot = room.chatting
    lead = await bot.news.publish("第一家的报道")
    other = await bot.news.publish("写得更好的报道", story_of=lead.id, relation=Relation.DUPLICATE)
    page = await story_page(editor, other)
    await editor.tap(page, editor.texts("chat.edit.story.lead"))
    assert [relation for _, relation in await story_of(editor, lead, other)] == [
        Relation.DUPLICATE,
        Relation.LEAD,
    ]
    found = await bot.storage.signals.latest()
    assert [one.id for one in found] == [other.id]


@covers("button ejoined", "button estoryask", "answer y")
async def test_two_stories_become_one_and_old_links_lead_on(room: Newsroom, editor: Editor):
    bot, texts = room.chatting, editor.texts
    one = await bot.news.publish("甲事件的第一条")
    two = await bot.news.publish("甲事件的第二条", story_of=one.id, relation=Relation.UPDATE)
    three = await bot.news.publish("乙事件的第一条")
    four = await bot.news.publish("乙事件的第二条", story_of=three.id, relation=Relation.UPDATE)
    old = (await editor.signal(one)).story_id
    page = await story_page(editor, one)
    question = await editor.question(page, texts("chat.edit.story.typed"))
    choice = await editor.answer(question, f"https://hexin.example/s/{three.id}")
    assert texts.n("chat.edit.story.whole", 2) in choice.labels
    await editor.tap(choice, texts.n("chat.edit.story.whole", 2))
    stories = {story for story, _ in await story_of(editor, one, two, three, four)}
    assert stories == {(await editor.signal(three)).story_id}
    relations = [relation for _, relation in await story_of(editor, one, two, three, four)]
    assert relations.count(Relation.LEAD) == 1
    assert old is not None
    summary = await bot.storage.stories.get(old)
    assert summary is not None
    assert summary.id in stories
    assert await bot.storage.storyboard.merged_from(summary.id) == {old}
    (entry,) = await bot.storage.audit.list(1)
    told = await bot.say(editor.person, f"/audit {entry.id}")
    assert texts("chat.audit.story_merged", number=old) in told.text
    await bot.storage.acts.undo(entry.id, "t", bot.clock())
    assert len({story for story, _ in await story_of(editor, one, two, three, four)}) == 2
    kept = await bot.storage.stories.get(old)
    assert kept is not None
    assert kept.id == old


async def test_reading_goes_by_what_editors_decided(room: Newsroom):
    bot = room.chatting
    lead = await bot.news.publish("星河公司发布 X9 芯片，功耗降低 40%")
    other = await bot.news.publish("X9 芯片的另一件事", story_of=lead.id, relation=Relation.UPDATE)
    index = StoryIndex()
    for item in await bot.storage.signals.story_items(bot.clock().replace(year=2020)):
        index.add(item)
    await bot.storage.storyboard.split(other.id, "t", bot.clock())
    moved = await bot.storage.storyboard.moves(Known(), bot.clock())
    assert moved.places == {other.id: None}
    assert {signal_id for signal_id, _ in moved.apart} == {other.id}
    for signal_id, story_id in moved.places.items():
        index.move(signal_id, story_id)
    assert index.story_of(other.id) is None
    again = await bot.storage.storyboard.moves(moved.known, bot.clock())
    assert again == Moved(moved.known, {}, frozenset())
    # What is like the signal that was taken out joins that one, not the story it left.
    late = await bot.news.publish("X9 芯片的另一件事有了下文", story_of=other.id)
    wang = Editor(room, bot.wang)
    stories = [story for story, _ in await story_of(wang, lead, other, late)]
    assert stories[1] == stories[2] != stories[0]


# --- 重写 --------------------------------------------------------------------------------


@dataclass
class Writer:
    """A model's work as the port gives it, without a model."""

    storage: Storage | None = None
    available: bool = True
    works: bool = True

    async def rewrite(self, signal_id: int) -> Brief | None:
        assert self.storage is not None
        signal = await self.storage.signals.get(signal_id)
        if signal is None or not self.works:
            return None
        return replace(
            signal.brief,
            headline="模型写的标题",
            tier=Tier.MODEL,
            maker="m-1",
            checked=Checked(7, dropped=("3 亿",)),
        )


@pytest.fixture
async def writer(room: Newsroom) -> Writer:
    made = Writer(room.chatting.storage)
    # Services are frozen: the port is found by whoever asks for it now.
    object.__setattr__(room.chatting.services, "rewriting", made)
    return made


async def rewritten(room: Newsroom, editor: Editor, signal: Signal) -> Seen:
    await editor.question(await editor.sheet(signal), editor.texts("chat.edit.rewrite"))
    for _ in range(100):
        await room.chatting.quiet()
        seen = editor.person.messages_in(editor.person.id)[-1]
        if editor.texts("chat.rewrite.working") not in seen.text:
            break
    return seen


@covers("button erewrite", "button erewritten")
@pytest.mark.usefixtures("writer")
async def test_a_new_version_is_compared_and_taken(room: Newsroom, editor: Editor):
    one = await room.chatting.news.publish("旧的标题")
    seen = await rewritten(room, editor, one)
    assert "旧的标题" in seen.text
    assert "模型写的标题" in seen.text
    assert editor.texts("chat.rewrite.checked", compared=7) in seen.text
    assert (await editor.signal(one)).brief.headline == "旧的标题"
    await editor.tap(seen, editor.texts("chat.rewrite.yes"))
    assert (await editor.signal(one)).brief.headline == "模型写的标题"
    (entry,) = await room.chatting.storage.audit.list(1)
    await room.chatting.storage.acts.undo(entry.id, "t", room.chatting.clock())
    assert (await editor.signal(one)).brief == one.brief


@pytest.mark.usefixtures("writer")
async def test_a_new_version_is_refused_or_comes_too_late(room: Newsroom, editor: Editor):
    one = await room.chatting.news.publish("旧的标题")
    seen = await rewritten(room, editor, one)
    await editor.tap(seen, editor.texts("chat.rewrite.no"))
    assert (await editor.signal(one)).brief == one.brief
    late = await rewritten(room, editor, one)
    await room.put(one, replace(one.brief, headline="别人改的"))
    said = await room.chatting.toast(editor.person, late, editor.texts("chat.rewrite.yes"))
    assert said == editor.texts("chat.rewrite.gone")
    assert (await editor.signal(one)).brief.headline == "别人改的"


async def test_without_a_model_or_an_answer_it_is_said(
    room: Newsroom, editor: Editor, writer: Writer
):
    one = await room.chatting.news.publish("旧的标题")
    writer.works = False
    seen = await rewritten(room, editor, one)
    assert editor.texts("chat.rewrite.failed.same") in seen.text
    writer.available = False
    sheet = await editor.sheet(one)
    said = await room.chatting.toast(editor.person, sheet, editor.texts("chat.edit.rewrite"))
    assert said == editor.texts("chat.rewrite.none")


async def test_the_page_of_a_story_names_the_one_to_join(room: Newsroom, editor: Editor):
    bot = room.chatting
    lead = await bot.news.publish("青栎科技停产")
    await bot.news.publish("青栎停产的另一篇", story_of=lead.id, relation=Relation.DUPLICATE)
    alone = await bot.news.publish("毫不相干的标题")
    ((story, _),) = await story_of(editor, lead)
    page = await story_page(editor, alone)
    question = await editor.question(page, editor.texts("chat.edit.story.typed"))
    await editor.answer(question, f"https://hexin.example/story/{story}")
    assert await story_of(editor, alone) == [(story, Relation.DUPLICATE)]
