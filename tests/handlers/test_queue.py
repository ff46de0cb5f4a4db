"""Review in chat: card by card, by two editors at once, and many at a time."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from bot.sandbox.people import Seen
from digest.model import Checked, Lang, Point, Relation, Signal, SignalState
from digest.policy import Fall, Hold
from digest.render import plain_text
from digest.taxonomy import load_taxonomy
from digest.texts import texts_for
from handlers.guards import Pacer
from storage import Storage
from tests.covering import covers
from tests.handlers.conftest import Chatting, Newsroom, Reader, chatting_over
from tests.newsdesk import NOON, brief

LIN, ALEX, WANG = 1001, 1002, 1003
TOPICS = list(load_taxonomy().topics)[:8]


@pytest.fixture
async def chatting(storage: Storage, pacer: Pacer) -> AsyncIterator[Chatting]:
    """Lin, Alex and Wang are on the staff."""
    async with chatting_over(storage, pacer, admins=frozenset({LIN, ALEX, WANG})) as bot:
        yield bot


async def hold(chatting: Chatting, title: str, **made: Any) -> Signal:
    """A signal that waits."""
    why = made.pop("hold", Hold("default"))
    return await chatting.news.publish(title, state=SignalState.HELD, hold=why, **made)


async def three(chatting: Chatting) -> list[Signal]:
    """Three that wait, the first for longest."""
    return [
        await hold(chatting, title, at=NOON - timedelta(minutes=30 - place), total=total)
        for place, (title, total) in enumerate(
            [("甲公司发布新品", 72), ("乙公司融资", 55), ("丙公司裁员", 90)]
        )
    ]


async def states(chatting: Chatting, *signals: Signal) -> list[str]:
    found = await chatting.storage.signals.get_many([one.id for one in signals])
    return [str(one.state) for one in found]


@covers("/queue", "button qyes", "button queue")
async def test_one_after_the_other_in_the_same_message(chatting: Chatting, reader: Reader):
    one, two, last = await three(chatting)
    texts = reader.texts
    card = await reader.say("/queue")
    assert words(reader, "chat.queue.place", number=1, count=3) in card.text
    assert "甲公司发布新品" in card.text
    card = await reader.tap(card, texts("chat.queue.approve"))
    assert texts("chat.queue.approved", headline="甲公司发布新品") in card.text
    assert "乙公司融资" in card.text
    card = await reader.tap(card, texts("chat.queue.skip"))
    assert "丙公司裁员" in card.text
    card = await reader.tap(card, texts("chat.queue.earlier"))
    assert "乙公司融资" in card.text
    card = await reader.tap(card, texts("chat.queue.skip"))
    card = await reader.tap(card, texts("chat.queue.approve"))
    assert texts.n("chat.queue.end.left", 1, oldest=texts.n("chat.queue.minutes", 29)) in card.text
    assert await states(chatting, one, two, last) == ["live", "held", "live"]
    card = await reader.tap(card, texts("chat.queue.again"))
    card = await reader.tap(card, texts("chat.queue.approve"))
    assert texts("chat.queue.end.empty") in card.text


@covers("button qno", "button qwhy", "button qback")
async def test_a_reason_rejects_and_undo_brings_the_card_back(chatting: Chatting, reader: Reader):
    one, two, _ = await three(chatting)
    texts = reader.texts
    card = await reader.say("/queue")
    card = await reader.tap(card, texts("chat.queue.reject"))
    assert card.labels[:6] == [
        texts(f"chat.queue.reason.{reason}")
        for reason in ("duplicate", "advert", "irrelevant", "wrong", "old", "other")
    ]
    back = await reader.tap(card, texts("chat.back"))
    assert texts("chat.queue.approve") in back.labels
    card = await reader.tap(back, texts("chat.queue.reject"))
    card = await reader.tap(card, texts("chat.queue.reason.advert"))
    assert await states(chatting, one, two) == ["rejected", "held"]
    assert "乙公司融资" in card.text
    card = await reader.tap(card, texts("chat.queue.undo"))
    assert texts("chat.queue.undone") in card.text
    assert "甲公司发布新品" in card.text
    assert await states(chatting, one, two) == ["held", "held"]


@covers("answer v")
async def test_another_reason_is_typed(chatting: Chatting, reader: Reader):
    one, *_ = await three(chatting)
    texts = reader.texts
    card = await reader.say("/queue business")
    card = await reader.tap(card, texts("chat.queue.reject"))
    await reader.tap(card, texts("chat.queue.reason.other"))
    await chatting.quiet()
    question = reader.person.messages_in(reader.person.id)[-1]
    assert texts("chat.queue.reason.ask") in question.text
    following = await reader.say("标题党，<b>没有料</b>", reply_to=question.id)
    assert "标题党，<b>没有料</b>" in following.text
    assert "乙公司融资" in following.text
    card = await chatting.storage.queue.card(one.id, 0, chatting.clock())
    assert card is not None
    assert card.rejection is not None
    assert card.rejection.words == "标题党，<b>没有料</b>"


async def test_the_card_says_all_that_is_needed(chatting: Chatting, reader: Reader):
    lead = await chatting.news.publish("甲公司发布新品", source="evening")
    made = brief(
        "甲公司发布新品",
        points=(Point("甲公司又发布新品。", (0,), "zh"), Point("资金约一万亿。", (1,), "zh")),
        checked=Checked(9, 1, ("利润翻番（文中没有“翻番”）",)),
    )
    why = Hold("column:business", 80, Fall.PUBLISH, 0, NOON + timedelta(hours=5))
    held = await hold(
        chatting,
        "甲公司又发布新品",
        hold=why,
        story_of=lead.id,
        relation=Relation.DUPLICATE,
        topics=("llm",),
        total=72,
    )
    await chatting.storage.signals.set_brief(held.id, made, chatting.clock())
    await chatting.storage.reports.file(held.id, "fact", 7, "", chatting.clock())
    texts = reader.texts
    card = await reader.say("/queue")
    scope = texts("chat.policy.of.column", name=texts_name(reader, "business"))
    assert texts("chat.queue.why.score", scope=scope, score=80) in card.text
    assert texts("chat.queue.waited", span=texts.n("chat.queue.hours", 1)) in card.text
    when = texts("when.today", clock="17:00")
    assert texts("chat.queue.fate.publish", when=when) in card.text
    assert texts("chat.queue.verbatim") in card.text
    assert "此举将释放长期资金约 1 万亿元。" in quotes_of(card)
    assert texts("chat.queue.checked", compared=9, repaired=1, dropped=1) in card.text
    assert "翻番" in card.text
    assert texts.n("chat.queue.reported", 1) in card.text
    assert "晨星新闻" in card.text
    assert texts("web.score.source") in card.text
    assert words(reader, "chat.queue.story.duplicate", 1) in card.text


def words(reader: Reader, key: str, *count: int, **values: Any) -> str:
    """A text as people see it, without its marks."""
    texts = reader.texts
    return plain_text(texts.n(key, *count, **values) if count else texts(key, **values))


def quotes_of(message: Seen) -> list[str]:
    """What stands in folded quotes."""
    return [
        message.text.encode("utf-16-le")[
            2 * one["offset"] : 2 * (one["offset"] + one["length"])
        ].decode("utf-16-le")
        for one in message.data["entities"]
        if one["type"] == "expandable_blockquote"
    ]


def texts_name(reader: Reader, column: str) -> str:
    found = reader.chatting.services.taxonomy.columns[column]
    return found.name(reader.texts.lang)


async def test_the_second_editor_sees_who_was_first(chatting: Chatting, reader: Reader):
    one, two, _ = await three(chatting)
    texts = reader.texts
    mine = await reader.say("/queue")
    theirs = await chatting.say(chatting.wang, "/queue")
    zh = texts_for((await chatting.subscriber(chatting.wang)).lang)
    assert str(reader.person.id) in theirs.text or "正在看" in theirs.text
    await chatting.tap(chatting.wang, theirs, zh("chat.queue.approve"))
    told = await reader.toast(mine, texts("chat.queue.reject"))
    assert told == ""  # the reasons are only a menu
    shown = chatting.now_of(reader.person, mine)
    told = await reader.toast(shown, texts("chat.queue.reason.advert"))
    assert texts("chat.act.signal.approve") in told
    await chatting.quiet()
    shown = chatting.now_of(reader.person, mine)
    assert texts("chat.act.signal.approve") in shown.text
    assert "乙公司融资" in shown.text
    assert await states(chatting, one, two) == ["live", "held"]


@covers("button qsift", "button qmany", "button qall")
async def test_many_are_approved_by_a_filter_and_taken_back(chatting: Chatting, reader: Reader):
    one, two, last = await three(chatting)
    texts = reader.texts
    card = await reader.say("/queue")
    sift = await reader.tap(card, texts("chat.queue.filters"))
    assert words(reader, "chat.queue.sift.title", 3) in sift.text
    sift = await reader.tap(sift, texts("chat.queue.sift.least", score=70))
    assert texts.n("chat.queue.sift.go", 2) in sift.labels
    asked = await reader.tap(sift, texts("chat.queue.sift.approve"))
    assert words(reader, "chat.queue.many.approve", 2) in asked.text
    assert asked.text.index("甲公司") < asked.text.index("丙公司")  # the lowest first
    await hold(chatting, "刚来的", at=chatting.clock() + timedelta(seconds=30), total=99)
    done = await reader.tap(asked, texts.n("chat.queue.many.yes", 2))
    assert texts.n("chat.queue.many.approved", 2) in done.text
    assert await states(chatting, one, two, last) == ["live", "held", "live"]
    await reader.tap(done, texts("chat.queue.undo_all"))
    assert await states(chatting, one, two, last) == ["held", "held", "held"]


async def test_typed_many(chatting: Chatting, reader: Reader):
    one, two, last = await three(chatting)
    texts = reader.texts
    asked = await reader.say("/queue 通过 栏目:商业 评分>70")
    assert words(reader, "chat.queue.many.approve", 2) in asked.text
    assert await states(chatting, one, two, last) == ["held", "held", "held"]
    asked = await reader.say("/queue reject older than 1 h")
    assert texts("chat.queue.many.none") in asked.text
    chatting.clock.move(hours=2)
    asked = await reader.say("/queue reject older than 1 h")
    done = await reader.tap(asked, texts("chat.queue.reason.old"))
    reason = texts("chat.queue.reason.old")
    assert texts.n("chat.queue.many.rejected", 3, reason=reason) in done.text
    assert await states(chatting, one, two, last) == ["rejected"] * 3


async def test_what_is_half_understood_does_nothing_at_once(chatting: Chatting, reader: Reader):
    await three(chatting)
    asked = await reader.say("/queue 通过 栏目:园艺")
    assert reader.texts("chat.queue.unknown", words="园艺") in asked.text
    assert asked.buttons == []
    card = await reader.say("/queue 园艺 评分>80")
    assert reader.texts("chat.queue.unknown", words="园艺") in card.text
    assert "丙公司裁员" in card.text


async def test_nothing_waits(reader: Reader):
    empty = await reader.say("/queue")
    assert empty.text == reader.texts("chat.queue.end.empty")


async def test_a_reader_knows_of_no_queue(storage: Storage, pacer: Pacer):
    async with chatting_over(storage, pacer, admins=frozenset({WANG})) as bot:
        await three(bot)
        reply = await bot.say(bot.lin, "/queue")
        unknown = await bot.say(bot.lin, "/nosuchthing")
        assert reply.text.replace("queue", "nosuchthing") == unknown.text
        assert "甲公司" not in reply.text


async def test_viewers_look_and_decide_nothing(newsroom: Newsroom):
    chatting, viewer = newsroom.chatting, newsroom.viewer
    one, *_ = await three(chatting)
    zh = texts_for(Lang.ZH)
    card = await chatting.say(viewer, "/queue")
    assert "甲公司发布新品" in card.text
    assert zh("chat.queue.approve") not in card.labels
    for data in (f"qyes:{one.id}:", f"qwhy:advert:{one.id}:", "qall:approve:9999999999:"):
        assert await chatting.forge(viewer, card, f"1:{data}") == zh("chat.staff.only")
    refused = await chatting.say(viewer, "/queue 全部通过")
    assert refused.text == zh("chat.staff.only")
    page = await chatting.say(viewer, "/policy AI")
    assert zh("chat.policy.mode.reviewed") not in page.labels
    assert await chatting.forge(viewer, page, "1:pset:default:m:reviewed") == zh("chat.staff.only")
    assert await states(chatting, one) == ["held"]
    # Who only looks does not stand in an editor's card.
    card = await chatting.say(newsroom.editor, "/queue")
    assert "正在看" not in card.text


async def test_a_forged_button_takes_back_no_other_act(newsroom: Newsroom):
    chatting, editor = newsroom.chatting, newsroom.editor
    await three(chatting)
    now = chatting.clock()
    await chatting.storage.staff.remove(newsroom.viewer.id, actor="cli", now=now)
    (act,) = await chatting.storage.audit.list(1)
    card = await chatting.say(editor, "/queue")
    told = await chatting.forge(editor, card, f"1:qback:{act.id}:1:")
    assert told == texts_for(Lang.ZH)("chat.takeback.none")
    assert await chatting.storage.staff.get(newsroom.viewer.id) is None


async def test_at_a_desk_all_work_on_the_same_card(newsroom: Newsroom):
    chatting, zh = newsroom.chatting, texts_for(Lang.ZH)
    one, two, _ = await three(chatting)
    group = chatting.sandbox.chat("group")
    for person in newsroom.everyone:
        group.members.setdefault(person.id, "member")
    await chatting.say(newsroom.owner, "/desk", chat=group.id)
    card = await chatting.say(newsroom.editor, "/queue", chat=group.id)
    refused = await chatting.toast(chatting.lin, card, zh("chat.queue.approve"), chat=group.id)
    assert refused == zh("chat.staff.only")
    card = await chatting.tap(newsroom.second, card, zh("chat.queue.approve"), chat=group.id)
    assert "乙公司融资" in card.text
    assert await states(chatting, one, two) == ["live", "held"]
    (act,) = await chatting.storage.audit.list(1)
    assert act.actor == f"user:{newsroom.second.id}"


async def test_the_longest_signal_is_one_message(chatting: Chatting, reader: Reader):
    long = "这是一个很长的句子，说了许多事情，而且一直说下去" * 12 + "。"
    held = await hold(chatting, "长文", topics=tuple(TOPICS))
    made = brief(
        "长标题" * 60,
        points=tuple(Point(f"{number}{long}", (0, 1, 2, 3), "zh") for number in range(9)),
        gaps=tuple(Point(long, (0,), "zh") for _ in range(5)),
        why=Point(long, (0,), "zh"),
        checked=Checked(9, 1, tuple(long for _ in range(9))),
    )
    await chatting.storage.signals.set_brief(held.id, made, chatting.clock())
    card = await reader.say("/queue")
    assert len(card.text.encode("utf-16-le")) // 2 <= 4096
    assert reader.texts("chat.queue.approve") in card.labels
