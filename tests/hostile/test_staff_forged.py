"""What is for the staff only: whoever does not belong, or may less, gets nothing by any way."""

from itertools import product
from typing import Any

import pytest

from bot.sandbox.people import Person
from digest.model import Action, Lang
from digest.roles import Role
from digest.texts import texts_for
from handlers.callbacks import SIGNATURES, fits, pack
from handlers.registry import ANSWERS, COMMANDS, DEEDS
from tests.handlers.conftest import Newsroom
from tests.hostile.forging import Forged, press_all
from tests.hostile.snapshot import snapshot

ZH = texts_for(Lang.ZH)
STAFFED = {verb: deed.permission.role for verb, deed in DEEDS.items() if deed.permission.role}
ASKED = {kind: one.permission.role for kind, one in ANSWERS.items() if one.permission.role}
COMMANDED = {one.name: one.permission.role for one in COMMANDS if one.permission.role}
# Each newsroom takes longer to set up than a verb takes to press.
SOME_STAFFED = [sorted(STAFFED)[start : start + 8] for start in range(0, len(STAFFED), 8)]
# What a first word from anyone leaves behind: an entry that gets no pushes.
ENTERED = {"subscribers", "subscriptions", "collections"}
WORDS = ("", "yes", "all", "1", "approve", "owner", "send")


def likely(verb: str, ids: tuple[int, ...]) -> list[str]:
    """Payloads of a verb as its own keyboards might carry them."""
    parts: list[tuple[Any, ...]] = [ids if one is int else WORDS for one in SIGNATURES[verb]]
    actions = (Action(verb, values) for values in product(*parts))
    made = [pack(action) for action in actions if fits(action)]
    return made[:: len(made) // 24 + 1]  # some of all sorts: the first ones are much alike


def lesser(newsroom: Newsroom, least: Role) -> list[tuple[Person, str]]:
    """Those who may less than `least`, and what they are told."""
    bot = newsroom.chatting
    people = [(bot.lin, ZH("chat.staff.only"))]
    if least > Role.VIEWER:
        people.append((newsroom.viewer, ZH("chat.staff.only")))
    if least > Role.EDITOR:
        people = [(one, ZH("chat.staff.owners_only")) for one, _ in people]
        people.append((newsroom.editor, ZH("chat.staff.owners_only")))
    return people


@pytest.mark.parametrize("verbs", SOME_STAFFED, ids=lambda verbs: f"{verbs[0]}-{verbs[-1]}")
async def test_a_button_of_the_staffs_is_pressed_in_vain(newsroom: Newsroom, verbs: list[str]):
    bot = newsroom.chatting
    signal = await bot.news.publish("央行下调存款准备金率")
    shown = {}
    for person, _ in lesser(newsroom, max(STAFFED[verb] for verb in verbs)):
        shown[person.id] = await bot.say(person, "/latest")
    before = await snapshot(bot.storage)
    for verb in verbs:
        sent = len(bot.sandbox.log.calls)
        for person, refusal in lesser(newsroom, STAFFED[verb]):
            made = likely(verb, (1, signal.id, person.id))
            forged = (Forged(person.id, shown[person.id].id, data) for data in made)
            for data, answer in await press_all(bot, person, forged):
                assert answer.get("text") == refusal, data
        await bot.quiet()
        assert before.changed(await snapshot(bot.storage)) == [], verb
        calls = {call.method for call in list(bot.sandbox.log.calls)[sent:]}
        assert calls <= {"answerCallbackQuery", "getUpdates"}, verb


@pytest.mark.parametrize("least", sorted(set(ASKED.values())), ids=lambda least: least.name)
async def test_an_answer_to_a_question_of_the_staffs_counts_from_nobody_else(
    newsroom: Newsroom, least: Role
):
    bot = newsroom.chatting
    kinds = [kind for kind in sorted(ASKED) if ASKED[kind] is least]
    for person, _ in lesser(newsroom, least):
        await bot.say(person, "/help")
        before = await snapshot(bot.storage)
        for kind in kinds:
            await answered_in_vain(newsroom, person, kind)
            assert before.changed(await snapshot(bot.storage)) == [], (person.user.name, kind)


async def answered_in_vain(newsroom: Newsroom, person: Person, kind: str) -> None:
    """`person` replies to questions of that kind as if they had been asked them."""
    bot = newsroom.chatting
    for value in ("1", "1_headline", "new", "x"):
        link = f"https://t.me/{bot.application.bot.username}?start={kind}_{value}"
        question = await bot.application.bot.send_message(
            person.id, f'<a href="{link}">✏️</a> ?', parse_mode="HTML"
        )
        person.send("任意的回答", reply_to=question.message_id)
        await bot.quiet()


@pytest.mark.parametrize("least", sorted(set(COMMANDED.values())), ids=lambda least: least.name)
async def test_a_command_of_the_staffs_does_nothing_for_others(newsroom: Newsroom, least: Role):
    bot = newsroom.chatting
    for person, _ in lesser(newsroom, least):
        await bot.say(person, "/help")
        before = await snapshot(bot.storage)
        for command in (one for one in COMMANDS if one.permission.role is least):
            for spelling in (command.name, *command.aliases):
                for words in ("", " 1", " add https://one.example/feed", " all yes"):
                    person.send(f"/{spelling}{words}")
            await bot.quiet()
            after = await snapshot(bot.storage)
            assert before.changed(after) == [], (person.user.name, command.name)


async def test_a_group_that_is_no_desk_is_no_place_for_the_staffs_commands(newsroom: Newsroom):
    bot, group = newsroom.chatting, newsroom.chatting.sandbox.chat("group")
    for person in newsroom.everyone:
        group.members[person.id] = "member"
    await bot.say(newsroom.owner, "/latest", chat=group.id)
    before = await snapshot(bot.storage)
    for command in COMMANDS:
        if command.permission.role and not command.abroad:
            newsroom.owner.send(f"/{command.name} 1", chat=group.id)
    await bot.quiet()
    assert before.changed(await snapshot(bot.storage)) == []
