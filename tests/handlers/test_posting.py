"""/post: from an editor's words, a link or a photo to what readers see; in both languages."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from io import BytesIO

import pytest
from PIL import Image

from bot.engine.jobs_photo import prepare_photo
from bot.sandbox.people import Person, Seen
from digest.model import Lang, PreparedPhoto, SignalState
from digest.posts import Post, PostState
from digest.texts import Texts, texts_for
from handlers.guards import Pacer
from handlers.linkdesk import LinkDesk
from storage import Storage
from tests.clocks import HandClock
from tests.covering import covers
from tests.handlers.conftest import Chatting, Newsroom, newsroom_over
from tests.handlers.newsstand import Newsstand, link_desk, newsstand
from tests.newsdesk import NOON

WORDS = "我们的模型目录上线\n收录 120 个模型，每天更新。\n用 /follow 订阅。"


def jpeg(colour: str = "#a2301d") -> bytes:
    out = BytesIO()
    Image.new("RGB", (640, 400), colour).save(out, "JPEG")
    return out.getvalue()


async def prepare(body: bytes) -> PreparedPhoto:
    return prepare_photo(body)


@pytest.fixture
async def stand() -> AsyncIterator[Newsstand]:
    async with newsstand() as made:
        yield made


@pytest.fixture
async def newsroom(storage: Storage, pacer: Pacer, stand: Newsstand) -> AsyncIterator[Newsroom]:
    """The staff, with a desk for links at work and photos taken."""
    clock = HandClock(NOON)
    async with (
        link_desk(storage, stand, clock) as desk,
        newsroom_over(storage, pacer, links_read=desk, prepare_photo=prepare) as staffed,
        working(staffed.chatting, desk),
    ):
        staffed.chatting.clock.now = clock.now
        yield staffed


class working:  # noqa: N801  a context manager
    """The desk for links, at work."""

    def __init__(self, bot: Chatting, desk: LinkDesk) -> None:
        self.bot, self.desk, self.stop = bot, desk, asyncio.Event()

    async def __aenter__(self) -> None:
        work = self.desk.run(self.bot.services, self.bot.application.bot, self.stop)
        self.task = asyncio.create_task(work)

    async def __aexit__(self, *_error: object) -> None:
        self.stop.set()
        await self.task


@dataclass(frozen=True)
class Editor:
    """One editor, in the words that the bot uses with them, and another one."""

    newsroom: Newsroom
    person: Person
    other: Person
    texts: Texts

    @property
    def bot(self) -> Chatting:
        return self.newsroom.chatting

    @property
    def storage(self) -> Storage:
        return self.newsroom.chatting.storage

    async def say(self, text: str, **where: int) -> Seen:
        return await self.bot.say(self.person, text, **where)

    async def tap(self, message: Seen, key: str, **values: object) -> Seen:
        label = self.texts(key, **values)
        return await self.bot.tap(self.person, message, label)

    async def send_photo(self, body: bytes, **where: object) -> Seen:
        self.person.send_photo(body, **where)  # type: ignore[arg-type]
        return await self.person.wait_for()

    async def draft(self, words: str = WORDS) -> Seen:
        return await self.say(f"/post {words}")

    async def newest(self) -> Post:
        return (await self.storage.posts.open())[0]

    async def answer(self, text: str) -> Seen:
        """Answer the newest question of the bot."""
        await self.bot.quiet()
        question = next(seen for seen in reversed(self.person.inbox) if "✏️" in seen.text[:3])
        return await self.say(text, reply_to=question.id)

    async def last(self) -> Seen:
        await self.bot.quiet()
        return self.person.inbox[-1]


@pytest.fixture(params=["zh", "en"])
def editor(newsroom: Newsroom, request: pytest.FixtureRequest) -> Editor:
    people = (newsroom.editor, newsroom.second)
    one, other = people if request.param == "zh" else reversed(people)
    return Editor(newsroom, one, other, texts_for(Lang(request.param)))


async def published(editor: Editor, card: Seen) -> Seen:
    question = await editor.tap(card, "chat.post.button.publish")
    return await editor.tap(question, "chat.post.button.out")


@covers("/post", "button post_go", "button post_out", "button post_back")
async def test_own_words_become_a_signal_and_are_taken_back(editor: Editor):
    card = await editor.draft()
    assert "我们的模型目录上线" in card.text
    assert editor.texts("chat.post.kind.words") in card.text
    done = await published(editor, card)
    assert (
        editor.texts("chat.post.published", headline="", when="").split("：")[0][:4] in done.text
    )
    signal = (await editor.storage.signals.latest(limit=1))[0]
    assert signal.state is SignalState.LIVE
    assert signal.brief.headline == "我们的模型目录上线"
    assert signal.score.total == 60
    found = await editor.say("/latest")
    assert "我们的模型目录上线" in found.text
    draft = await editor.tap(done, "chat.post.button.withdraw")
    assert editor.texts("chat.post.button.publish") in draft.labels
    now = await editor.storage.signals.get(signal.id)
    assert now is not None
    assert now.state is SignalState.REJECTED
    again = await published(editor, draft)
    assert "我们的模型目录上线" in again.text
    back = await editor.storage.signals.get(signal.id)
    assert back is not None
    assert back.state is SignalState.LIVE


@covers("button post_show", "button post_look", "button post_mock", "button post_close")
async def test_the_preview_is_the_push_letter_by_letter(editor: Editor):
    card = await editor.draft()
    await editor.tap(card, "chat.post.button.preview")
    preview = editor.person.inbox[-1]
    assert editor.texts("tier.editor") in preview.text
    compact = await editor.tap(preview, "chat.post.look.compact")
    assert "收录 120 个模型" not in compact.text
    digest = await editor.tap(compact, "chat.post.look.digest")
    assert "我们的模型目录上线" in digest.text
    other = Lang.EN if editor.texts.lang is Lang.ZH else Lang.ZH
    full = await editor.tap(digest, "chat.post.look.full")
    foreign = await editor.tap(full, f"audience.lang.{other.value}")
    assert texts_for(other)("tier.editor") in foreign.text
    told = await editor.bot.toast(editor.person, foreign, texts_for(other)("card.save"))
    assert told == editor.texts("chat.post.mock")
    await editor.bot.toast(editor.person, foreign, editor.texts("chat.post.button.to_draft"))
    await editor.bot.quiet()
    assert preview.id not in [seen.id for seen in editor.person.inbox]
    state = (await editor.newest()).state
    assert state is PostState.DRAFT


@covers("button posts", "button post", "button post_new", "answer p")
async def test_the_list_of_drafts_and_a_post_that_is_asked_for(editor: Editor):
    empty = await editor.say("/post")
    assert editor.texts("chat.post.list.none") in empty.text
    await editor.tap(empty, "chat.post.new")
    card = await editor.answer(WORDS)
    assert "我们的模型目录上线" in card.text
    shown = await editor.tap(card, "chat.post.list")
    assert editor.texts.n("chat.post.list.title", 1)[3:8] in shown.text
    assert editor.texts("chat.post.age.now") in shown.text
    back = await editor.bot.tap(editor.person, shown, "我们的模型目录上线")
    assert editor.texts("chat.post.button.publish") in back.labels
    editor.bot.clock.move(hours=3)
    later = await editor.say("/投稿")
    assert editor.texts.n("chat.post.age.hours", 3) in later.text


@covers("button post_menu", "button post_set", "button post_ask", "button post_drop")
async def test_everything_is_set_by_buttons_and_answers(editor: Editor):
    card = await editor.draft()
    lang, texts = editor.texts.lang, editor.texts
    science = editor.bot.services.taxonomy.columns["science"].name(lang)
    menu = await editor.tap(card, "chat.post.button.column")
    card = await editor.bot.tap(editor.person, menu, science)
    assert texts("chat.post.row.column", value=science) in card.text
    menu = await editor.tap(card, "chat.post.button.level")
    card = await editor.bot.tap(editor.person, menu, texts("chat.post.level.top", points=95))
    menu = await editor.tap(card, "chat.post.button.topics")
    topic = next(iter(editor.bot.services.taxonomy.topics.values())).name(lang)
    menu = await editor.bot.tap(editor.person, menu, topic)
    assert f"✓ {topic}" in menu.labels
    card = await editor.tap(menu, "chat.post.button.back")
    await editor.tap(card, "chat.post.button.text")
    card = await editor.answer("新的标题\n新的一点")
    assert "新的标题" in card.text
    await editor.tap(card, "chat.post.button.signature")
    card = await editor.answer("王编辑")
    assert texts("chat.post.row.signature", value="王编辑") in card.text
    menu = await editor.tap(card, "chat.post.button.audience")
    menu = await editor.tap(menu, "audience.place.channel")
    assert f"✓ {texts('audience.place.channel')}" in menu.labels
    await editor.tap(menu, "chat.post.button.own_people")
    menu = await editor.answer("私聊" if texts.lang is Lang.ZH else "private")
    card = await editor.tap(menu, "chat.post.button.back")
    menu = await editor.tap(card, "chat.post.button.time")
    await editor.tap(menu, "chat.post.button.own_time")
    wrong = await editor.answer("???")
    assert wrong.text == texts("chat.post.fault.time")
    card = await editor.answer("明早 8 点" if texts.lang is Lang.ZH else "tomorrow 8:00")
    post = await editor.newest()
    assert post.state is PostState.SCHEDULED
    assert post.publish_at is not None
    assert post.publish_at > editor.bot.clock.now
    assert (post.column, post.level.value, post.signature) == ("science", "top", "王编辑")
    menu = await editor.tap(card, "chat.post.button.time")
    card = await editor.tap(menu, "chat.post.button.no_time")
    gone = await editor.tap(card, "chat.post.button.drop")
    assert "新的标题" in gone.text
    assert await editor.storage.posts.open() == ()
    undo = await editor.say("/undo")
    await editor.bot.tap(editor.person, undo, undo.labels[0])
    assert (await editor.newest()).text.headline == "新的标题"


async def test_every_step_is_an_act_that_tells_before_and_after(editor: Editor):
    card = await editor.draft()
    await editor.tap(card, "chat.post.button.text")
    await editor.answer("新的标题\n新的一点")
    newest = (await editor.storage.audit.list(2))[0]
    assert newest.act == "post.text"
    assert newest.before.splitlines()[0] == "我们的模型目录上线"
    assert newest.after == "新的标题\n新的一点"
    told = await editor.say(f"/audit {newest.id}")
    assert "新的标题" in told.text
    assert "我们的模型目录上线" in told.text


async def test_two_editors_on_one_draft_lose_nothing(editor: Editor):
    card = await editor.draft()
    post = await editor.newest()
    bot, other = editor.bot, editor.other
    words = texts_for(Lang.EN if editor.texts.lang is Lang.ZH else Lang.ZH)
    listed = await bot.say(other, "/post")
    theirs = await bot.tap(other, listed, "我们的模型目录上线")
    menu = await bot.tap(other, theirs, words("chat.post.button.level"))
    await bot.tap(other, menu, words("chat.post.level.top", points=95))
    told = await editor.bot.toast(editor.person, card, editor.texts("chat.post.button.text"))
    assert editor.texts("chat.act.post.level") in told
    await bot.quiet()
    now = bot.now_of(editor.person, card)
    assert editor.texts("chat.post.level.top", points=95) in now.text
    await editor.tap(now, "chat.post.button.text")
    menu = await bot.tap(other, bot.now_of(other, theirs), words("chat.post.button.level"))
    await bot.tap(other, menu, words("chat.post.level.normal", points=60))
    late = await editor.answer("来晚了的标题")
    assert "来晚了的标题" not in late.text
    kept = await editor.storage.posts.get(post.id)
    assert kept is not None
    assert kept.text.headline == "我们的模型目录上线"


# --- what must not work --------------------------------------------------------------------


async def test_words_that_would_be_cut_are_refused_with_their_numbers(editor: Editor):
    long = await editor.say("/post " + "核" * 161)
    assert "161" in long.text
    many = await editor.say("/post 标题\n" + "\n".join("点" * 3 for _ in range(21)))
    assert "21" in many.text
    wide = await editor.say("/post 标题\n" + "核" * 1001)
    assert "1001" in wide.text or "1,001" in wide.text
    hidden = await editor.say("/post \u200b\u2060")
    assert hidden.text
    assert await editor.storage.posts.open() == ()


async def test_markup_and_direction_marks_stay_words(editor: Editor):
    card = await editor.draft("标题 <b>粗</b> & \u202e反\n" + "@a1234 #标签 " * 80)
    assert "<b>粗</b> &" in card.text
    assert "\u202e" not in card.text
    await editor.tap(card, "chat.post.button.preview")
    preview = await editor.last()
    assert "<b>粗</b>" in preview.text


async def test_readers_and_viewers_get_nothing_by_forging(editor: Editor):
    card = await editor.draft()
    post = await editor.newest()
    bot, lin, viewer = editor.bot, editor.bot.lin, editor.newsroom.viewer
    unknown = await bot.say(lin, f"/post {WORDS}")
    never = await bot.say(lin, "/nosuchcommand")
    assert unknown.text.replace("/post", "/nosuchcommand")[:12] == never.text[:12]
    start = await bot.say(lin, "/start")
    looking = await bot.say(viewer, "/start")
    for data in [button["callback_data"] for button in card.buttons] + [
        f"1:post_out:{post.id}:{post.version}:1",
        f"1:post_set:level:{post.id}:{post.version}:top",
        f"1:post_back:{post.id}:{post.version}",
        "1:post_new",
    ]:
        await bot.forge(lin, start, data)
        await bot.forge(viewer, looking, data)
    kept = await editor.storage.posts.get(post.id)
    assert kept == post
    assert await editor.storage.signals.latest(limit=1) == ()
    for data in (
        f"1:post_set:column:{post.id}:{post.version}:nowhere",
        f"1:post_set:time:{post.id}:{post.version}:99999999999",
        f"1:post_look:{post.id}:xx:full:both",
        "1:post:999999",
        f"1:post_menu:nothing:{post.id}:{post.version}",
    ):
        assert await bot.forge(editor.person, card, data)
    assert await editor.storage.posts.get(post.id) == post


async def test_at_a_desk_it_works_as_in_private(editor: Editor):
    bot = editor.bot
    group = bot.sandbox.chat("group")
    owner = editor.newsroom.owner
    await bot.say(owner, "/desk", chat=group.id)
    await bot.quiet()
    bot.sandbox.world.chats[group.id].members.setdefault(editor.person.id, "member")
    card = await bot.say(editor.person, f"/post {WORDS}", chat=group.id)
    assert "我们的模型目录上线" in card.text
