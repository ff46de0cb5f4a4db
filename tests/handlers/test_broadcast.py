"""An announcement as its owners, editors and readers meet it: draft, try, send, stop, correct."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from io import BytesIO

import aiohttp
import pytest
from PIL import Image

from bot.delivery.limiter import Limiter
from bot.delivery.sender import Sender
from bot.jobs.broadcasting import Broadcaster
from bot.sandbox import Fault, FaultKind
from bot.sandbox.people import Person, Seen
from digest.broadcast import BroadcastState
from digest.model import Lang, Subscription, Wishes
from digest.render import plain_text
from digest.roles import Role
from digest.texts import Texts, texts_for
from tests.covering import covers
from tests.handlers.conftest import Chatting, Newsroom

ZH = texts_for(Lang.ZH)
WORDS = '<b>今晚停机</b>，详见<a href="https://example.org/">公告</a>。'


def jpeg() -> bytes:
    out = BytesIO()
    Image.new("RGB", (40, 30), "#a2301d").save(out, "JPEG")
    return out.getvalue()


@dataclass
class Studio:
    """The newsroom with whoever sends announcements, and an owner of one language at work."""

    newsroom: Newsroom
    sender: Sender
    owner: Person
    texts: Texts

    def __post_init__(self) -> None:
        self.jobs = self.another()

    @property
    def chatting(self) -> Chatting:
        return self.newsroom.chatting

    def t(self, name: str, **values: object) -> str:
        return self.texts(f"chat.broadcast.{name}", **values)

    def button(self, name: str) -> str:
        return self.t(f"button.{name}")

    async def readers(self) -> None:
        """Lin, Alex and Mei subscribe."""
        for name, lang in (("lin", Lang.ZH), ("alex", Lang.EN), ("mei", Lang.ZH)):
            person = self.chatting.sandbox.person(name)
            await self.chatting.say(person, "/help")
            reader = await self.chatting.subscriber(person)
            on = Subscription(Wishes(lang=lang), considered_until=self.chatting.clock())
            await self.chatting.storage.subscribers.save_subscription(reader.id, on)

    async def drafted(self, html: str = WORDS) -> Seen:
        """A draft by replying to a message with /broadcast."""
        written = self.owner.forward(html)
        await self.chatting.quiet()
        return await self.chatting.say(self.owner, "/broadcast", reply_to=written.id)

    async def tap(self, message: Seen, name: str) -> Seen:
        return await self.chatting.tap(self.owner, message, self.button(name))

    def another(self) -> Broadcaster:
        """The same job in another process, which remembers nothing."""
        return Broadcaster(
            self.chatting.storage,
            self.chatting.application.bot,
            taxonomy=self.chatting.services.taxonomy,
            circle=self.chatting.services.circle,
            clock=self.chatting.clock,
            wake_sender=lambda: None,
            rate=27,
        )

    async def work(self, seconds: float = 0) -> None:
        """Let everything that is due be done."""
        self.chatting.clock.move(seconds=seconds)
        for _ in range(3):
            await self.jobs.run_due()
            await self.sender.deliver_due(100)
            self.chatting.clock.move(seconds=4)
        await self.jobs.run_due()

    def got(self, name: str) -> list[Seen]:
        """What the bot has said to a reader since the help page."""
        return self.chatting.sandbox.person(name).inbox[1:]

    def now(self, message: Seen) -> Seen:
        return self.chatting.now_of(self.owner, message)


@pytest.fixture(params=["zh", "en"])
async def studio(newsroom: Newsroom, request: pytest.FixtureRequest) -> AsyncIterator[Studio]:
    lang = Lang(request.param)
    chatting = newsroom.chatting
    owner = newsroom.owner if lang is Lang.ZH else newsroom.second
    if lang is Lang.EN:
        await chatting.storage.staff.set_role(
            owner.id, Role.OWNER, actor="cli", now=chatting.clock()
        )
    bot, clock = chatting.application.bot, chatting.clock
    async with aiohttp.ClientSession() as session:
        limiter = Limiter(900, in_flight=10)
        base = bot.base_url.rpartition("/bot")[0]
        token = chatting.sandbox.token
        sender = Sender(chatting.storage, session, base, token, limiter, clock, "test")
        texts = texts_for(lang)
        studio = Studio(newsroom, sender, owner, texts)
        await chatting.say(owner, "/help")
        yield studio


@covers(
    "/broadcast", "button cast", "button castto", "button castgo", "button castnow",
    "button casts", "answer b",
)  # fmt: skip
async def test_from_draft_to_report(studio: Studio) -> None:
    await studio.readers()
    empty = await studio.chatting.say(studio.owner, "/broadcast")
    assert empty.text == plain_text(studio.t("list.empty"))
    draft = await studio.drafted()
    assert studio.t("state.draft") in draft.text
    assert studio.texts.n("chat.broadcast.only.private", 3) in draft.text
    # To whom: by buttons and typed.
    audience = await studio.tap(draft, "audience")
    audience = await studio.chatting.tap(studio.owner, audience, studio.texts("audience.lang.en"))
    assert studio.texts.n("chat.broadcast.only.private", 1) in audience.text
    await studio.chatting.toast(studio.owner, audience, studio.button("filter"))
    question = studio.owner.inbox[-1]
    typed = "language:Chinese joined:last 30 days" if studio.texts.lang is Lang.EN else "中文"
    audience = await studio.chatting.answer(studio.owner, question, typed)
    assert studio.texts("audience.lang.zh") in audience.text
    assert studio.texts.n("chat.broadcast.only.private", 2) in audience.text
    draft = await studio.tap(audience, "back")
    # A button, and a look at it exactly as readers get it.
    await studio.chatting.toast(studio.owner, draft, studio.button("buttons"))
    draft = await studio.chatting.answer(
        studio.owner, studio.owner.inbox[-1], "详情 https://example.org/more"
    )
    toast = await studio.chatting.toast(studio.owner, draft, studio.button("test"))
    assert toast == studio.t("test.done")
    trial = studio.owner.inbox[-1]
    # Send.
    question = await studio.tap(draft, "send")
    progress = await studio.tap(question, "sure")
    assert studio.t("state.gathering") in progress.text
    await studio.work()
    for name in ("lin", "mei"):
        (copy,) = studio.got(name)
        for field in ("text", "entities", "reply_markup"):
            assert copy.data[field] == trial.data[field]
    assert studio.got("alex") == []
    report = studio.now(progress)
    assert studio.t("state.done") in report.text
    assert studio.t("total", total=2, sent=2) in report.text
    listed = await studio.chatting.say(studio.owner, "/broadcast")
    assert studio.t("state.done") in listed.text
    opened = await studio.chatting.tap(studio.owner, listed, "#1")
    assert opened.text == report.text


async def test_the_report_says_who_was_not_reached_and_why(studio: Studio) -> None:
    await studio.readers()
    lin, mei = (studio.chatting.sandbox.person(name) for name in ("lin", "mei"))
    question = await studio.tap(await studio.drafted(), "send")
    lin.user.blocked = True  # and Telegram has not told us
    lost = Fault(FaultKind.ANSWER, method="sendMessage", code=502, chat_id=mei.id)
    studio.chatting.sandbox.faults.add(lost)
    progress = await studio.tap(question, "sure")
    await studio.work()
    report = studio.now(progress)
    assert studio.t("total", total=3, sent=1) in report.text
    assert studio.t("gone", count=1) in report.text
    assert studio.t("unknown", count=1) in report.text
    blocked = studio.t("reason", reason=studio.t("reason.blocked"), count=1)
    assert blocked in report.text
    assert studio.t("unknown.why") in report.text
    assert len(studio.got("mei")) == 0


@covers("answer o")
async def test_many_readers_are_confirmed_by_their_number(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("handlers.admin.broadcasts.desk.TYPED_FROM", 3)
    await studio.readers()
    draft = await studio.drafted()
    await studio.chatting.toast(studio.owner, draft, studio.button("send"))
    question = studio.owner.inbox[-1]
    wrong = await studio.chatting.answer(studio.owner, question, "30")
    assert wrong.text == studio.t("send.wrong", count=3)
    begun = await studio.chatting.answer(studio.owner, question, " ３ ")
    assert begun.text == studio.t("send.begun", number=1)
    again = await studio.chatting.answer(studio.owner, question, "3")
    assert again.text == studio.t("changed")
    await studio.work()
    assert len(studio.got("lin")) == 1
    total = studio.t("total", total=3, sent=3)
    (report,) = (seen for seen in studio.owner.inbox if total in seen.text)
    assert studio.t("state.done") in report.text


async def test_pause_resume_cancel(studio: Studio) -> None:
    await studio.readers()
    progress = await studio.tap(await studio.tap(await studio.drafted(), "send"), "sure")
    await studio.jobs.run_due()  # let go, not sent
    toast = await studio.chatting.toast(studio.owner, progress, studio.button("pause"))
    assert toast == studio.t("done.pause")
    await studio.work()
    assert studio.got("lin") == []
    paused = studio.now(progress)
    assert studio.t("state.paused") in paused.text
    assert studio.t("left", count=3) in paused.text
    resumed = await studio.tap(paused, "resume")
    await studio.jobs.run_due()
    await studio.sender.deliver_due(1)
    # The question is a message of its own, for the progress goes on changing.
    await studio.tap(studio.now(resumed), "cancel")
    told = await studio.tap(studio.owner.inbox[-1], "cancelled")
    assert told.text == studio.t("told.cancelled", number=1)
    await studio.work()
    assert sum(len(studio.got(name)) for name in ("lin", "alex", "mei")) == 1
    assert studio.t("unsent", count=2) in studio.now(progress).text


async def test_withdrawing_what_is_under_way_stops_it_too(studio: Studio) -> None:
    await studio.readers()
    progress = await studio.tap(await studio.tap(await studio.drafted(), "send"), "sure")
    await studio.jobs.run_due()
    await studio.sender.deliver_due(1)
    await studio.tap(studio.now(progress), "withdraw")
    await studio.tap(studio.owner.inbox[-1], "withdrawn")
    await studio.work()
    assert [studio.got(name) for name in ("lin", "alex", "mei")] == [[], [], []]
    report = studio.now(progress)
    assert studio.t("state.withdrawn") in report.text
    assert studio.t("withdraw.done", count=1) in report.text
    assert studio.t("unsent", count=2) in report.text
    listed = await studio.chatting.say(studio.owner, "/broadcast")
    assert studio.t("state.withdrawn") in listed.text


async def test_undoing_what_is_out_leads_to_its_withdrawal(studio: Studio) -> None:
    await studio.readers()
    await studio.tap(await studio.tap(await studio.drafted(), "send"), "sure")
    await studio.work()
    entries = await studio.chatting.storage.audit.list()
    sent = next(one for one in entries if one.act == "broadcast.send")
    refused = await studio.chatting.say(studio.owner, f"/undo {sent.id}")
    assert refused.text == studio.texts("chat.takeback.final")
    sure = await studio.tap(refused, "withdraw")
    await studio.tap(sure, "withdrawn")
    await studio.work()
    assert studio.got("lin") == []


async def test_a_photo_with_its_words(studio: Studio) -> None:
    await studio.readers()
    alex = studio.chatting.sandbox.person("alex")
    studio.owner.send_photo(jpeg(), caption="/broadcast 新版本上线")
    draft = await studio.owner.wait_for(lambda seen: studio.t("has_photo") in seen.text)
    toast = await studio.chatting.toast(studio.owner, draft, studio.button("test"))
    assert toast == studio.t("test.done")
    progress = await studio.tap(await studio.tap(draft, "send"), "sure")
    await studio.work()
    (copy,) = studio.got("alex")
    assert copy.data["caption"] == "新版本上线"
    assert copy.data["photo"] == studio.owner.inbox[-1].data["photo"]
    # Its words are corrected where they stand: under the picture.
    await studio.chatting.toast(studio.owner, studio.now(progress), studio.button("edit"))
    long = await studio.chatting.answer(studio.owner, studio.owner.inbox[-1], "长" * 1025)
    assert long.text == studio.t("trouble.caption")
    question = studio.owner.inbox[-2]
    await studio.chatting.answer(studio.owner, question, "新版本下周上线")
    await studio.work()
    assert [one.data["caption"] for one in alex.inbox[1:]] == ["新版本下周上线"]


async def test_from_the_editors_group(studio: Studio) -> None:
    await studio.readers()
    chatting, owner = studio.chatting, studio.newsroom.owner
    group = chatting.sandbox.chat("group").id
    await chatting.say(owner, "/desk", chat=group)
    draft = await chatting.say(owner, "/broadcast 群里写的公告", chat=group)
    asked = await chatting.tap(owner, draft, ZH("chat.broadcast.button.send"), chat=group)
    progress = await chatting.tap(owner, asked, ZH("chat.broadcast.button.sure"), chat=group)
    await studio.work()
    assert [one.text for one in studio.got("lin")] == ["群里写的公告"]
    assert ZH("chat.broadcast.state.done") in chatting.now_of(owner, progress, chat=group).text
    # Whoever reads along in the group presses in vain, and knows of no such command.
    lin = chatting.sandbox.person("lin")
    toast = await chatting.toast(lin, progress, ZH("chat.broadcast.button.withdraw"), chat=group)
    assert toast == ZH("chat.staff.owners_only")


async def test_emoji_that_bots_cannot_send_are_said(studio: Studio) -> None:
    html = 'Hi <tg-emoji emoji-id="5368324170671202286">👍</tg-emoji> <b>all</b>'
    written = studio.owner.forward(html)
    await studio.chatting.quiet()
    studio.owner.send("/broadcast", reply_to=written.id)
    await studio.chatting.quiet()
    dropped, _draft = studio.owner.inbox[-2:]
    assert dropped.text == studio.t("dropped", count=1)
    (kept,) = await studio.chatting.storage.broadcasts.list()
    assert kept.announcement.text == "Hi 👍 <b>all</b>"


async def test_readers_find_no_such_command_and_press_in_vain(studio: Studio) -> None:
    await studio.readers()
    lin = studio.chatting.sandbox.person("lin")
    draft = await studio.drafted()
    unknown = await studio.chatting.say(lin, "/broadcast 大家好")
    assert "/broadcast" not in unknown.text or studio.t("state.draft") not in unknown.text
    help_page = studio.chatting.sandbox.person("lin").inbox[0]
    for data in ("1:castnow:1:2", "1:castgo:send:1", "1:castgo:cancelled:1", "1:cast:discard:1",
                 "1:castto:1:all:", "1:cast:open:1", "1:casts:0"):  # fmt: skip
        toast = await studio.chatting.forge(lin, help_page, data)
        assert toast in {ZH("chat.staff.only"), ZH("chat.staff.owners_only")}
    assert studio.now(draft).text == draft.text
    assert len(await studio.chatting.storage.broadcasts.list()) == 1


async def test_another_process_goes_on_in_every_state(studio: Studio) -> None:
    await studio.readers()
    chatting, storage = studio.chatting, studio.chatting.storage
    progress = await studio.tap(await studio.tap(await studio.drafted(), "send"), "sure")
    (running,) = await storage.broadcasts.at_work()
    # One that dies while it writes the readers down, one with a message in hand, one paused.
    circle = await chatting.services.circle()
    assert await storage.announcing.gather(running, circle, chatting.clock(), 2)
    first = studio.another()
    await first.run_due()
    (claimed,) = await storage.deliveries.claim(chatting.clock(), 1, "dead", lease_s=60)
    assert await storage.deliveries.mark_sending(claimed.id, chatting.clock())
    await studio.tap(studio.now(progress), "pause")
    await studio.another().run_due()
    chatting.clock.move(minutes=5)
    await storage.deliveries.recover(chatting.clock())
    await studio.tap(studio.now(progress), "resume")
    for _ in range(4):
        await studio.another().run_due()
        await studio.sender.deliver_due(100)
        chatting.clock.move(seconds=4)
    await studio.another().run_due()
    report = studio.now(progress)
    assert studio.t("total", total=3, sent=2) in report.text
    assert studio.t("unknown", count=1) in report.text
    assert sum(len(studio.got(name)) for name in ("lin", "alex", "mei")) == 2
    assert await storage.broadcasts.at_work() == ()


async def test_of_two_owners_the_second_sees_who_was_first(studio: Studio) -> None:
    await studio.readers()
    chatting = studio.chatting
    question = await studio.tap(await studio.drafted(), "send")
    other = chatting.wang if studio.owner is not chatting.wang else studio.newsroom.second
    await chatting.storage.staff.set_role(
        studio.newsroom.second.id, Role.OWNER, actor="cli", now=chatting.clock()
    )
    (one,) = await chatting.storage.broadcasts.list()
    await chatting.say(other, "/broadcast")
    opened = await chatting.tap(other, other.inbox[-1], "#1")
    texts = texts_for(Lang.ZH if other is chatting.wang else Lang.EN)
    theirs = await chatting.tap(other, opened, texts("chat.broadcast.button.send"))
    await studio.tap(question, "sure")
    toast = await chatting.toast(other, theirs, texts("chat.broadcast.button.sure"))
    assert toast == texts("chat.broadcast.changed")
    await studio.work()
    assert [len(studio.got(name)) for name in ("lin", "alex", "mei")] == [1, 1, 1]
    assert (await chatting.storage.broadcasts.get(one.id)) is not None


async def test_a_draft_changed_meanwhile_is_not_sent_unseen(studio: Studio) -> None:
    await studio.readers()
    question = await studio.tap(await studio.drafted(), "send")
    (draft,) = await studio.chatting.storage.broadcasts.list()
    await studio.chatting.storage.broadcasts.revise(
        draft.id,
        announcement=replace(draft.announcement, text="别的"),
        actor="cli",
        now=studio.chatting.clock(),
    )
    toast = await studio.chatting.toast(studio.owner, question, studio.button("sure"))
    assert toast == studio.t("changed")
    await studio.work()
    assert studio.got("lin") == []


async def test_a_mistake_is_corrected_where_it_arrived(studio: Studio) -> None:
    await studio.readers()
    progress = await studio.tap(await studio.tap(await studio.drafted(), "send"), "sure")
    await studio.work()
    await studio.chatting.toast(studio.owner, studio.now(progress), studio.button("edit"))
    begun = await studio.chatting.answer(studio.owner, studio.owner.inbox[-1], "改到明晚。")
    assert begun.text == studio.t("edit.begun")
    await studio.work()
    for name in ("lin", "alex", "mei"):
        (copy,) = studio.got(name)
        assert copy.text == "改到明晚。"
    report = studio.now(progress)
    assert studio.t("edit.done", count=3) in report.text
    # Withdrawn: gone for everybody, and said so.
    withdrawn = await studio.tap(await studio.tap(report, "withdraw"), "withdrawn")
    await studio.work()
    assert [studio.got(name) for name in ("lin", "alex", "mei")] == [[], [], []]
    assert studio.t("withdraw.done", count=3) in studio.now(withdrawn).text
    assert studio.t("state.withdrawn") in studio.now(withdrawn).text


async def test_what_is_too_old_cannot_be_withdrawn(studio: Studio) -> None:
    await studio.readers()
    progress = await studio.tap(await studio.tap(await studio.drafted(), "send"), "sure")
    await studio.work()
    studio.chatting.clock.move(hours=49)
    sure = await studio.tap(studio.now(progress), "withdraw")
    withdrawn = await studio.tap(sure, "withdrawn")
    await studio.work()
    assert len(studio.got("lin")) == 1
    shown = studio.now(withdrawn).text
    assert studio.t("withdraw.done", count=0) + studio.t("not_corrected", count=3) in shown


async def test_editors_draft_and_only_owners_send(studio: Studio) -> None:
    await studio.readers()
    chatting, editor = studio.chatting, studio.newsroom.editor
    texts = texts_for(Lang.ZH)
    draft = await chatting.say(editor, "/公告 明天 8 点维护")
    assert "明天 8 点维护" in draft.text
    toast = await chatting.toast(editor, draft, texts("chat.broadcast.button.test"))
    assert toast == texts("chat.broadcast.test.done")
    assert editor.inbox[-1].text == "明天 8 点维护"
    toast = await chatting.toast(editor, draft, texts("chat.broadcast.button.send"))
    assert toast == texts("chat.staff.owners_only")
    await studio.work()
    assert studio.got("lin") == []


async def test_words_that_cannot_be_sent_are_refused(studio: Studio) -> None:
    long = await studio.chatting.say(studio.owner, f"/broadcast {'长' * 4000}")
    assert studio.t("state.draft") in long.text
    written = studio.owner.send_file("a.txt", "text/plain", b"x", caption="附件")
    await studio.chatting.quiet()
    refused = await studio.chatting.say(studio.owner, "/broadcast", reply_to=written.id)
    assert refused.text == studio.t("trouble.attachment")
    draft = await studio.drafted()
    await studio.chatting.toast(studio.owner, draft, studio.button("buttons"))
    answer = await studio.chatting.answer(studio.owner, studio.owner.inbox[-1], "没有网址")
    assert answer.text == studio.t("buttons.unclear")
    audience = await studio.tap(draft, "audience")
    await studio.chatting.toast(studio.owner, audience, studio.button("filter"))
    answer = await studio.chatting.answer(studio.owner, studio.owner.inbox[-1], "语言:火星文")
    assert answer.text == studio.t("filter.unclear", words="语言:火星文")


async def test_nobody_to_send_it_to(studio: Studio) -> None:
    draft = await studio.drafted()
    assert studio.t("to_nobody") in draft.text
    toast = await studio.chatting.toast(studio.owner, draft, studio.button("send"))
    assert toast == studio.t("nobody")


async def test_silent_and_regardless_of_quiet_hours(studio: Studio) -> None:
    await studio.readers()
    draft = await studio.drafted()
    draft = await studio.tap(draft, "silent")
    draft = await studio.tap(draft, "hasty")
    assert f"{studio.t('manner.silent')} · {studio.t('manner.hasty')}" in draft.text
    (kept,) = await studio.chatting.storage.broadcasts.list()
    assert (kept.announcement.silent, kept.announcement.patient) == (True, False)
    gone = await studio.tap(draft, "discard")
    assert gone.text == plain_text(studio.t("list.empty"))
    found = await studio.chatting.storage.broadcasts.get(kept.id)
    assert found is not None
    assert found.state is BroadcastState.DISCARDED
