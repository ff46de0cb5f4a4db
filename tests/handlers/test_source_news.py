"""What the staff is told about sources: once, together, with what can be done."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.jobs.telling import Telling
from bot.sandbox.people import Person
from digest.model import Lang, PollState, SourceState
from digest.texts import texts_for
from handlers.guards import Pacer
from storage import Storage
from storage.source_news import Event
from tests.covering import covers
from tests.handlers.conftest import Newsroom, newsroom_over
from tests.newsdesk import source_spec


@pytest.fixture
async def room(storage: Storage, pacer: Pacer) -> AsyncIterator[Newsroom]:
    async with newsroom_over(storage, pacer) as made:
        for person in made.everyone:
            await made.chatting.say(person, "/help")
        yield made


def telling(room: Newsroom) -> Telling:
    return Telling(room.chatting.services, room.chatting.application.bot)


async def fall_ill(
    room: Newsroom, count: int, event: Event = Event.SICK, code: str = "http"
) -> None:
    """So many sources at once become news, each after its own poll."""
    sources, now = room.chatting.storage.sources, room.chatting.clock()
    for number in range(count):
        spec = source_spec(f"s{number}", title=f"信源 {number}")
        found = await sources.by_url(spec.url) or await sources.add(spec, now, actor="cli")
        sick = event is not Event.BACK
        poll = PollState(
            errors=6 if sick else 0,
            error_code=code if sick else None,
            failing_since=now if sick else None,
            last_poll_at=now,
            last_ok_at=now,
        )
        await sources.record_poll(found.id, poll, news=event, now=now)


def heard(person: Person) -> list[str]:
    return [seen.text for seen in person.inbox[1:]]


@covers("button source", "button tend")
async def test_each_editor_hears_in_their_language_once_with_what_can_be_done(room: Newsroom):
    await fall_ill(room, 1)
    teller = telling(room)
    assert await teller.run_due() == 0  # a minute is waited for more
    room.chatting.clock.move(minutes=1)
    assert await teller.run_due() == 3
    assert await telling(room).run_due() == 0
    (chinese,) = heard(room.editor)
    (english,) = heard(room.second)
    assert "信源 0" in chinese
    assert texts_for(Lang.ZH)("bot.reason_http") in chinese
    assert texts_for(Lang.EN)("bot.reason_http") in english
    assert heard(room.viewer) == []
    notice = room.editor.inbox[-1]
    card = await room.chatting.tap(room.editor, notice, "⏸ 暂停")
    assert "已暂停" in card.text
    (source,) = await room.chatting.storage.sources.all()
    assert source.state is SourceState.PAUSED
    await fall_ill(room, 1, Event.BACK)
    room.chatting.clock.move(minutes=1)
    await teller.run_due()
    assert "恢复" in heard(room.editor)[-1]


async def test_many_at_once_are_one_message_and_what_passed_is_none(room: Newsroom):
    await fall_ill(room, 12)
    await fall_ill(room, 2, Event.BACK)  # two are well before anybody was told
    room.chatting.clock.move(minutes=1)
    await telling(room).run_due()
    (told,) = heard(room.editor)
    assert "10 个信源" in told
    assert "恢复" not in told
    assert "信源 11" not in told  # the list has them all
    assert "还有 2 个" in told
    assert room.editor.inbox[-1].labels[-1] == texts_for(Lang.ZH)("chat.source.list.open")


async def test_a_message_that_could_not_go_out_goes_out_later(room: Newsroom):
    await fall_ill(room, 1)
    room.editor.block()
    room.chatting.clock.move(minutes=1)
    assert await telling(room).run_due() == 2
    room.editor.unblock()
    assert await telling(room).run_due() == 0
    room.chatting.clock.move(hours=12)
    assert await telling(room).run_due() == 1
    assert len(heard(room.editor)) == 1


async def test_desks_hear_instead_of_everybody(room: Newsroom):
    group = next(c for c in room.chatting.sandbox.world.chats.values() if not c.private)
    await room.chatting.storage.staff.open_desk(
        group.id, 0, "编辑部", Lang.EN, actor="cli", now=room.chatting.clock()
    )
    await fall_ill(room, 1)
    room.chatting.clock.move(minutes=1)
    assert await telling(room).run_due() == 1
    assert heard(room.editor) == []


async def test_our_own_outage_is_told_once_and_not_by_source(room: Newsroom):
    await fall_ill(room, 8, code="dns")
    room.chatting.clock.move(minutes=1)
    teller = telling(room)
    assert await teller.run_due() == 3
    assert await teller.run_due() == 0
    (told,) = heard(room.editor)
    assert "网络" in told
    assert "8" in told
    for number in range(7):
        source = await room.chatting.storage.sources.by_url(source_spec(f"s{number}").url)
        assert source is not None
        well = replace(source.poll, errors=0, error_code=None)
        now = room.chatting.clock()
        await room.chatting.storage.sources.record_poll(source.id, well, news=Event.BACK, now=now)
    await teller.run_due()
    assert "恢复" in heard(room.editor)[-1]
    room.chatting.clock.move(hours=2)
    await teller.run_due()
    last = heard(room.editor)[-1]
    assert "信源 7" in last  # the one that is still ill
    assert "信源 3" not in last
    assert len(heard(room.editor)) == 3
    room.chatting.clock.now += timedelta(days=1)
    await teller.run_due()
    assert len(heard(room.editor)) == 3
