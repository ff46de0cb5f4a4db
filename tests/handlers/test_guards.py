from datetime import timedelta

import pytest
from telegram import Update, User

from digest.model import Lang
from handlers.guards import Pace, Pacer, first_language
from tests.handlers.conftest import Chatting
from tests.newsdesk import NOON


def test_a_person_may_hurry_for_a_while():
    pacer = Pacer(burst=3, per_second=1)
    paces = [pacer.check(1, NOON) for _ in range(6)]
    assert paces == [Pace.FINE, Pace.FINE, Pace.FINE, Pace.TELL, Pace.SILENT, Pace.SILENT]
    assert pacer.check(2, NOON) is Pace.FINE


def test_waiting_makes_it_good_and_it_is_told_again():
    pacer = Pacer(burst=1, per_second=0.5)
    assert pacer.check(1, NOON) is Pace.FINE
    assert pacer.check(1, NOON) is Pace.TELL
    assert pacer.check(1, NOON + timedelta(seconds=1)) is Pace.SILENT
    assert pacer.check(1, NOON + timedelta(seconds=2)) is Pace.FINE
    assert pacer.check(1, NOON + timedelta(seconds=2)) is Pace.TELL


def test_a_flood_is_told_off_once_however_long_it_lasts():
    pacer = Pacer(burst=4, per_second=1)
    paces = [pacer.check(1, NOON + timedelta(seconds=tenth / 10)) for tenth in range(300)]
    assert paces.count(Pace.TELL) == 1
    assert pacer.check(1, NOON + timedelta(minutes=1)) is Pace.FINE
    paces = [pacer.check(1, NOON + timedelta(minutes=1)) for _ in range(9)]
    assert paces.count(Pace.TELL) == 1


def test_what_waited_in_another_chat_earns_nothing():
    pacer = Pacer(burst=2, per_second=1)
    for _ in range(4):
        pacer.check(1, NOON)
        pacer.check(1, NOON - timedelta(minutes=1))
    assert pacer.check(1, NOON) is Pace.SILENT


def test_a_clock_that_goes_back_harms_nobody():
    pacer = Pacer(burst=2)
    assert pacer.check(1, NOON) is Pace.FINE
    assert pacer.check(1, NOON - timedelta(hours=1)) is Pace.FINE
    assert pacer.check(1, NOON - timedelta(hours=1)) is Pace.TELL
    assert pacer.check(1, NOON - timedelta(minutes=59)) is Pace.FINE


def test_people_are_not_remembered_for_ever():
    pacer, most = Pacer(burst=30, per_second=1), 0
    for person in range(60_000):  # a hundred a second for ten minutes, each once
        pacer.check(person, NOON + timedelta(seconds=person / 100))
        most = max(most, len(pacer._buckets))
    assert most <= 2 * 4_096


def test_whoever_is_too_fast_is_not_forgotten_in_a_crowd():
    pacer = Pacer(burst=1, per_second=1)
    assert pacer.check(-1, NOON) is Pace.FINE
    for person in range(10_000):
        pacer.check(person, NOON)
    assert pacer.check(-1, NOON) is Pace.TELL


@pytest.mark.parametrize(
    ("code", "lang"),
    [("zh-hans", Lang.ZH), ("zh", Lang.ZH), ("ZH-TW", Lang.ZH), ("en", Lang.EN), ("fr", Lang.EN)],
)
def test_the_first_language_is_the_apps(code: str, lang: Lang):
    assert first_language(User(1, "A", is_bot=False, language_code=code)) is lang


def test_whose_language_is_unknown_is_answered_in_chinese():
    assert first_language(None) is Lang.ZH
    assert first_language(User(1, "A", is_bot=False)) is Lang.ZH


class TestTooFast:
    @pytest.fixture
    def pacer(self) -> Pacer:
        return Pacer(burst=2, per_second=1)

    @pytest.mark.parametrize(("who", "said"), [("lin", "有点快"), ("alex", "a bit fast")])
    async def test_it_is_said_once_and_then_there_is_silence(
        self, chatting: Chatting, who: str, said: str
    ):
        person = chatting.sandbox.person(who)
        for _ in range(6):
            person.send("/help")
        await chatting.quiet()
        assert len(person.inbox) == 3
        assert said in person.inbox[-1].text
        chatting.clock.move(seconds=5)
        assert "/latest" in (await chatting.say(person, "/help")).text

    async def test_buttons_count_too(self, chatting: Chatting):
        listed = await chatting.say(chatting.lin, "/topic")
        await chatting.tap(chatting.lin, listed, "下一页")
        assert "有点快" in await chatting.toast(chatting.lin, listed, "上一页")

    @pytest.mark.parametrize(
        ("who", "said", "other"), [("lin", "有点快", "下一页"), ("alex", "a bit fast", "Next")]
    )
    async def test_buttons_and_words_are_one_haste(
        self, chatting: Chatting, who: str, said: str, other: str
    ):
        person = chatting.sandbox.person(who)
        listed = await chatting.say(person, "/topic")
        await chatting.say(person, "/help")
        assert said in await chatting.toast(person, listed, other)
        silent = person.press(listed, other)
        await chatting.quiet()
        assert silent.answer is None
        chatting.clock.move(seconds=5)
        before = listed.text, listed.labels
        after = await chatting.tap(person, listed, other)
        assert (after.text, after.labels) != before

    @pytest.mark.parametrize("lang", ["lin", "alex"])
    async def test_in_a_group_it_is_the_person_who_is_too_fast(
        self, chatting: Chatting, lang: str
    ):
        group = chatting.sandbox.chat("group").id
        person = chatting.sandbox.person(lang)
        for _ in range(6):
            person.send("/help", chat=group)
        await chatting.quiet()
        said = [seen.text for seen in chatting.wang.messages_in(group) if seen.by_bot]
        assert len(said) == 3
        assert "有点快" in said[-1] or "a bit fast" in said[-1]
        # The same haste counts in private, and nobody else's patience in the group does.
        before = len(person.inbox)
        person.send("/help")
        await chatting.quiet()
        assert len(person.inbox) == before
        assert "/latest" in (await chatting.say(chatting.wang, "/help", chat=group)).text

    async def test_somebody_elses_haste_is_not_mine(self, chatting: Chatting):
        for _ in range(5):
            chatting.alex.send("/help")
        await chatting.quiet()
        assert "/latest" in (await chatting.say(chatting.lin, "/help")).text


async def test_an_update_that_comes_twice_is_answered_once(chatting: Chatting):
    await chatting.say(chatting.lin, "/help")
    message = chatting.lin.messages[0].data
    update = Update.de_json({"update_id": 1, "message": message}, chatting.application.bot)
    for _ in range(3):
        await chatting.application.update_queue.put(update)
    await chatting.quiet()
    assert len(chatting.lin.inbox) == 2


async def test_a_picture_is_answered_in_words(chatting: Chatting):
    chatting.lin.send_file("a.pdf", "application/pdf", b"%PDF")
    assert "只看得懂文字" in (await chatting.lin.wait_for()).text
    chatting.alex.send_file("a.pdf", "application/pdf", b"%PDF")
    assert "only read text" in (await chatting.alex.wait_for()).text


async def test_what_is_edited_afterwards_is_not_answered_again(chatting: Chatting):
    await chatting.say(chatting.lin, "/help")
    edited = chatting.lin.messages[0].data | {"edit_date": 1}
    update = Update.de_json({"update_id": 2, "edited_message": edited}, chatting.application.bot)
    await chatting.application.update_queue.put(update)
    await chatting.quiet()
    assert len(chatting.lin.inbox) == 1
