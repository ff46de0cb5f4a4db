"""Messages that count on how far a change has come, and corrections that grow long."""

from dataclasses import replace

import pytest

from bot.jobs.correcting import Watcher
from bot.jobs.press import Press
from bot.sandbox.calls import Fault, FaultKind
from digest.model import DigestKind, Lang, Photo, Wishes
from digest.render import message_body, render_alert
from digest.render.amending import Change, Frozen, amended
from digest.render.fit import MAX_CAPTION_UNITS, count_units
from digest.texts import texts_for
from handlers.callbacks import pack
from storage.amendment_rows import AmendState, Settled
from tests.handlers.amends import Newsroom

ONE = "央行下调存款准备金率"


# The library warns of its own attribute whenever it makes this error.
@pytest.mark.filterwarnings("ignore:.*retry_after")
async def test_the_end_is_told_though_telegram_asked_for_a_rest(room: Newsroom):
    lin, wang = room.chatting.lin, room.chatting.wang
    await room.subscribe(lin)
    one = await room.chatting.news.publish(ONE)
    await room.digest(lin)
    change = await room.put(one, replace(one.brief, headline="改过的标题"))
    note = await room.chatting.say(wang, "/help")
    await room.chatting.storage.amendments.watch(change, wang.id, note.id, "")
    await room.amend()
    fault = Fault(FaultKind.ANSWER, "editMessageText", wang.id, code=429, retry_after=3600)
    room.chatting.sandbox.faults.add(fault)
    await room.watcher.run_due()
    assert fault.times == 0
    assert room.chatting.now_of(wang, note).text == note.text
    assert await room.chatting.storage.amendments.watched()


async def test_a_desks_message_counts_on_slowly_and_tells_the_end_at_once(room: Newsroom):
    readers = (room.chatting.lin, room.chatting.alex, room.chatting.wang)
    for person in readers:
        await room.subscribe(person)
    one = await room.chatting.news.publish(ONE)
    await room.digest(*readers)
    change = await room.put(one, replace(one.brief, headline="改过的标题"))
    amendments, now = room.chatting.storage.amendments, room.chatting.clock()
    group = room.chatting.sandbox.chat("group").id
    note = await room.chatting.say(room.chatting.wang, "/help", chat=group)
    await amendments.watch(change, group, note.id, "")
    moment = [0.0]
    watcher = Watcher(room.chatting.storage, room.chatting.application.bot, lambda: moment[0])
    await room.corrector.run_due()

    async def edits_after(seconds: float, done: int) -> int:
        """How many edits of the desk's message there are once so many more are amended."""
        moment[0] += seconds
        for one in await amendments.claim(now, done):
            await amendments.settle([Settled(one.delivery_id, one.version, AmendState.DONE)], now)
        await watcher.run_due()
        return len(room.chatting.sandbox.log.of("editMessageText"))

    assert await edits_after(0, 1) == 1
    assert await edits_after(3, 1) == 1
    assert await edits_after(3, 1) == 2


async def test_a_long_correction_still_fits_under_a_photo(room: Newsroom):
    signal = await room.chatting.news.publish(ONE)
    signal = replace(signal, photo=Photo(1, 10, 10, "abc"))
    services = room.chatting.services
    press = Press(services.taxonomy, services.links, room.chatting.clock, pack)
    rendering = press.rendering(Wishes(), "Asia/Shanghai")
    message = render_alert(signal, rendering, DigestKind.INSTANT)
    frozen = Frozen(message_body(message, pack), [(0, message.blocks[0])], str)
    points = tuple(replace(one, text="长" * 590 + "。") for one in signal.brief.points)
    now = replace(signal, brief=replace(signal.brief, points=points, headline="改过的标题"))
    body = amended(frozen, {signal.id: Change(signal, now, "数字有误")}, rendering)
    assert count_units(body["caption"]) <= MAX_CAPTION_UNITS
    assert "改过的标题" in body["caption"]
    assert texts_for(Lang.ZH)("amend.corrected") in body["caption"]
