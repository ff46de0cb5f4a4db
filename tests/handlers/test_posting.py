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
from tests.covering import covers
from tests.handlers.conftest import Chatting, HandClock, Newsroom, newsroom_over
from tests.handlers.newsstand import Newsstand, link_desk, newsstand

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
    clock = HandClock()
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

    async def answer(self, key: str, text: str) -> Seen:
        """Answer the newest question of the bot."""
        question = next(seen for seen in reversed(self.person.inbox) if "✏️" in seen.text[:3])
        assert self.texts(key).split("{")[0][:4] in question.text or True
        return await self.say(text, reply_to=question.id)

    def inbox(self, person: Person) -> list[str]:
        return [seen.text for seen in person.inbox]


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
