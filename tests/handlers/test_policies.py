"""Publishing policies, set in chat."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from digest.policy import Fall, Mode, Policy
from digest.render import plain_text
from handlers.guards import Pacer
from storage import Storage
from tests.covering import covers
from tests.handlers.conftest import Chatting, Reader, chatting_over

LIN, ALEX = 1001, 1002


@pytest.fixture
async def chatting(storage: Storage, pacer: Pacer) -> AsyncIterator[Chatting]:
    """Lin and Alex are on the staff."""
    async with chatting_over(storage, pacer, admins=frozenset({LIN, ALEX})) as bot:
        yield bot


def words(reader: Reader, key: str, **values: Any) -> str:
    return plain_text(reader.texts(key, **values))


@covers("/policy", "button policy", "button pset")
async def test_the_general_rule_is_set_by_buttons(chatting: Chatting, reader: Reader):
    await chatting.news.publish(total=72)
    await chatting.news.publish(total=50)
    texts = reader.texts
    overview = await reader.say("/policy")
    assert words(reader, "chat.policy.no_others") in overview.text
    assert words(reader, "chat.policy.tried", days=7, live=2, held=0) in overview.text
    page = await reader.tap(overview, texts("chat.policy.of.default"))
    page = await reader.tap(page, texts("chat.policy.mode.above"))
    page = await reader.tap(page, texts("chat.policy.score_button", n=70))
    assert words(reader, "chat.policy.tried", days=7, live=1, held=1) in page.text
    page = await reader.tap(page, texts("chat.policy.fall_button.above"))
    page = await reader.tap(page, texts("chat.policy.hours_button", n=12))
    page = await reader.tap(page, texts("chat.policy.fall_button.publish"))
    assert texts.n("chat.policy.fall.publish", 12, score=70) in page.text
    found = await chatting.storage.policies.all()
    assert found.default == Policy(Mode.ABOVE, 70, Fall.PUBLISH, 12)
    await reader.tap(page, texts("chat.back"))


@covers("button pscopes")
async def test_a_source_gets_a_rule_of_its_own_and_loses_it_again(
    chatting: Chatting, reader: Reader
):
    source = await chatting.news.source()
    texts = reader.texts
    overview = await reader.say("/policy")
    chosen = await reader.tap(overview, texts("chat.policy.sources.button"))
    page = await reader.tap(chosen, source.spec.title)
    assert texts("chat.policy.inherits.source") in page.text
    page = await reader.tap(page, texts("chat.policy.mode.reviewed"))
    assert (await chatting.storage.policies.all()).sources == {source.id: Policy(Mode.REVIEWED)}
    overview = await reader.say("/policy")
    assert texts("chat.policy.of.source", name=source.spec.title) in overview.text
    page = await reader.say(f"/policy {source.spec.title}")
    await reader.tap(page, texts("chat.policy.inherit"))
    assert (await chatting.storage.policies.all()).sources == {}


@covers("button pask", "answer j")
async def test_another_number_is_typed(chatting: Chatting, reader: Reader):
    texts = reader.texts
    page = await reader.say("/policy AI")
    page = await reader.tap(page, texts("chat.policy.mode.above"))
    reader.person.press(page, texts("chat.policy.other"))
    question = await reader.person.wait_for()
    wrong = await reader.say("很多", reply_to=question.id)
    assert wrong.text == texts("chat.policy.bad.score", most=336)
    page = await reader.say("６５ 分", reply_to=question.id)
    assert words(reader, "chat.policy.rule.above", score=65) in page.text
    assert (await chatting.storage.policies.all()).columns["ai"].score == 65
    again = await reader.say("/undo")
    assert texts("chat.act.policy.set") in again.text
    assert texts("chat.policy.of.column", name=_ai(reader)) in again.text


def _ai(reader: Reader) -> str:
    return reader.chatting.services.taxonomy.columns["ai"].name(reader.texts.lang)


async def test_a_name_that_nothing_has(reader: Reader):
    told = await reader.say("/policy 园艺天地")
    assert told.text == reader.texts("chat.policy.unknown", name="园艺天地")
