"""What readers see of a signal that changes after it was sent to them, and before."""

from dataclasses import replace

from bot.sandbox.people import Person, Seen
from digest.model import Lang
from digest.texts import texts_for
from storage.amendment_rows import AmendState
from tests.handlers.amends import Newsroom

ONE, TWO = "央行下调存款准备金率", "新的推理模型发布"


def seen(room: Newsroom, person: Person, message: Seen) -> Seen:
    return room.chatting.now_of(person, message)


async def test_a_headline_is_corrected_in_what_was_sent(room: Newsroom):
    lin, alex = room.chatting.lin, room.chatting.alex
    await room.subscribe(lin)
    await room.subscribe(alex)
    one = await room.chatting.news.publish(ONE)
    await room.chatting.news.publish(TWO, column="ai")
    was = await room.digest(lin, alex)
    await room.put(one, replace(one.brief, headline="央行上调存款准备金率"))
    assert await room.amend() == 2
    for person, before in zip((lin, alex), was, strict=True):
        now = seen(room, person, before)
        mark = texts_for(Lang.ZH if person is lin else Lang.EN)("amend.corrected")
        assert f"✏️ {mark}" in now.text
        assert "央行上调存款准备金率" in now.text
        assert TWO in now.text
        assert now.labels == before.labels
        # Everything else stands letter by letter.
        others = [line for line in before.text.splitlines() if not line.endswith(f"⚖️ {ONE}")]
        assert [line for line in now.text.splitlines() if line in others] == others


async def test_what_is_taken_back_reads_as_it_was_sent(room: Newsroom):
    lin = room.chatting.lin
    await room.subscribe(lin)
    one = await room.chatting.news.publish(ONE)
    (was,) = await room.digest(lin)
    await room.put(one, replace(one.brief, headline="央行上调存款准备金率"))
    await room.amend()
    assert seen(room, lin, was).text != was.text
    await room.put(one, one.brief)
    assert await room.amend() == 1
    assert seen(room, lin, was).text == was.text
    assert seen(room, lin, was).labels == was.labels


async def test_a_change_that_the_message_does_not_show_touches_nobody(room: Newsroom):
    lin = room.chatting.lin
    await room.subscribe(lin)
    one = await room.chatting.news.publish(ONE)
    (was,) = await room.digest(lin)
    points = (*one.brief.points[:2], replace(one.brief.points[2], text="改了第三条。"))
    change = await room.put(one, replace(one.brief, points=points))
    assert await room.amend() == 0
    assert not await room.chatting.storage.amendments.progress(change)
    assert seen(room, lin, was).text == was.text
    assert "edit_date" not in seen(room, lin, was).data


async def test_a_withdrawn_signal_leaves_no_word_and_no_button(room: Newsroom):
    lin = room.chatting.lin
    await room.subscribe(lin)
    one = await room.chatting.news.publish(ONE)
    two = await room.chatting.news.publish(TWO, column="ai")
    (was,) = await room.digest(lin)
    assert was.labels == ["1", "2"]
    await room.withdraw(one)
    await room.amend()
    now = seen(room, lin, was)
    assert "准备金" not in now.text
    assert "🚫 已撤回" in now.text
    assert TWO in now.text
    assert len(now.labels) == 1
    card = await room.chatting.tap(lin, now, now.labels[0])
    assert card.id  # the button that stays opens the signal that stays
    assert TWO in lin.messages_in(lin.id)[-1].text
    await room.withdraw(two)
    await room.amend()
    assert seen(room, lin, was).labels == []


async def test_a_card_keeps_the_readers_own_button(room: Newsroom):
    lin, alex = room.chatting.lin, room.chatting.alex
    for person in (lin, alex):
        await room.subscribe(person, instant=True, instant_score=10)
    one = await room.chatting.news.publish(ONE, at=room.chatting.clock())
    await room.planner.run_instant()
    was, other = await room.deliver(lin, alex)
    saved = await room.chatting.tap(lin, was, texts_for(Lang.ZH)("card.save"))
    assert texts_for(Lang.ZH)("card.saved") in saved.labels
    points = (replace(one.brief.points[0], text="上调了 0.25 个百分点。"), *one.brief.points[1:])
    await room.put(one, replace(one.brief, points=points))
    assert await room.amend() == 2
    now = seen(room, lin, was)
    assert "上调了 0.25 个百分点。" in now.text
    assert now.labels == saved.labels
    assert seen(room, alex, other).labels == other.labels
    await room.withdraw(one)
    await room.amend()
    assert seen(room, lin, was).text == "🚫 已撤回"
    assert seen(room, lin, was).labels == []


async def test_what_waits_to_be_sent_is_changed_before(room: Newsroom):
    lin = room.chatting.lin
    await room.subscribe(lin)
    one = await room.chatting.news.publish(ONE)
    two = await room.chatting.news.publish(TWO)
    three = await room.chatting.news.publish("第三件事", column="ai")
    assert await room.planner.plan_now(await room.chatting.subscriber(lin))
    await room.withdraw(two)
    await room.put(one, replace(one.brief, headline="改过的标题"))
    await room.amend()
    (got,) = await room.deliver(lin)
    assert "已撤回" not in got.text
    assert "已更正" not in got.text
    assert "推理模型" not in got.text
    assert "改过的标题" in got.text
    assert "第三件事" in got.text
    assert got.labels == ["1", "2"]
    assert "挑出 2 条" in got.text
    assert "3." not in got.text
    reader = await room.chatting.subscriber(lin)
    given = await room.chatting.storage.given.delivered([reader.id], [one.id, two.id, three.id])
    assert given[reader.id] == {one.id, three.id}


async def test_a_digest_with_nothing_left_is_not_sent(room: Newsroom):
    lin = room.chatting.lin
    await room.subscribe(lin)
    one = await room.chatting.news.publish(ONE)
    before = len(lin.messages_in(lin.id))
    assert await room.planner.plan_now(await room.chatting.subscriber(lin))
    await room.withdraw(one)
    await room.amend()
    assert await room.sender.deliver_due(10) == 0
    assert len(lin.messages_in(lin.id)) == before
    await room.put(one, state="live")
    await room.amend()
    assert await room.sender.deliver_due(10) == 1
    assert ONE in lin.messages_in(lin.id)[-1].text


async def test_the_newest_version_wins(room: Newsroom):
    lin = room.chatting.lin
    await room.subscribe(lin)
    one = await room.chatting.news.publish(ONE)
    (was,) = await room.digest(lin)
    await room.put(one, replace(one.brief, headline="第一次改"))
    await room.corrector.run_due()
    claimed = await room.chatting.storage.amendments.claim(room.chatting.clock(), 10)
    await room.put(one, replace(one.brief, headline="第二次改"))
    await room.corrector.run_due()
    # The first edit is answered only now.
    outcome = await room.amender._amend(claimed[0])
    await room.chatting.storage.amendments.settle([outcome], room.chatting.clock())
    assert await room.amender.amend_due(10) == 1
    assert "第二次改" in seen(room, lin, was).text
    assert await room.amender.amend_due(10) == 0


async def test_who_blocked_or_deleted_is_counted(room: Newsroom):
    lin, alex, wang = room.chatting.lin, room.chatting.alex, room.chatting.wang
    for person in (lin, alex, wang):
        await room.subscribe(person)
    one = await room.chatting.news.publish(ONE)
    was = await room.digest(lin, alex, wang)
    alex.block()
    room.chatting.sandbox.world.remove(room.chatting.sandbox.world.chats[wang.id], was[2].id)
    change = await room.put(one, replace(one.brief, headline="改过的标题"))
    note = await room.chatting.say(wang, "/help")
    await room.chatting.storage.amendments.watch(change, wang.id, note.id, "")
    await room.watcher.run_due()
    assert seen(room, wang, note).text == "✏️ 正在更正已经发出的消息……"
    assert await room.amend() == 2  # who blocked us is known
    counts = await room.chatting.storage.amendments.progress(change)
    assert counts == {AmendState.DONE: 1, AmendState.GONE: 1, AmendState.IMPOSSIBLE: 1}
    await room.watcher.run_due()
    assert seen(room, wang, note).text.startswith("✅ 已更正 1/3 条消息。\n1 位读者已经离开。")
    assert await room.chatting.storage.amendments.watched() == ()


async def test_words_that_were_wrong_only_when_it_was_sent_are_put_right(room: Newsroom):
    lin = room.chatting.lin
    await room.subscribe(lin)
    one = await room.chatting.news.publish(ONE)
    await room.put(one, replace(one.brief, headline="写错了的标题"))
    await room.amend()
    (was,) = await room.digest(lin)
    assert "写错了的标题" in was.text
    await room.put(one, one.brief)
    assert await room.amend() == 1
    now = seen(room, lin, was)
    assert "写错了的标题" not in now.text
    assert ONE in now.text


async def test_an_alert_that_came_late_is_put_right(room: Newsroom):
    lin = room.chatting.lin
    await room.subscribe(lin, instant=True, instant_score=10)
    one = await room.chatting.news.publish(ONE, at=room.chatting.clock())
    room.chatting.clock.move(minutes=5)
    await room.put(one, replace(one.brief, headline="写错了的标题"))
    await room.planner.run_instant()
    (was,) = await room.deliver(lin)
    assert "写错了的标题" in was.text
    room.chatting.clock.move(minutes=5)
    await room.put(one, one.brief)
    assert await room.amend() == 1
    assert "写错了的标题" not in seen(room, lin, was).text
