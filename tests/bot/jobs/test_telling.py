"""Admins hear once that a source fell ill and once that it is back."""

from dataclasses import replace

import pytest
from telegram.error import Forbidden, TimedOut

from bot.jobs.telling import Teller
from digest.errors import PollFailure
from digest.model import Lang, PollState, Source, SourceState
from digest.sources.polling import PollDecision
from digest.texts import texts_for
from tests.bot.jobs.pages import item, rss
from tests.bot.jobs.world import World
from tests.newsdesk import source_spec

SOURCE = Source(1, source_spec(title="晨星 {新闻}"), SourceState.ACTIVE, PollState())
SICK = PollDecision(
    poll=PollState(errors=5, error_code="dns"),
    state=SourceState.ACTIVE,
    url=None,
    tell=True,
    recovered=False,
    host_block=None,
    outcome="error",
)


class Chats:
    """Where the admins' messages arrive; some chats cannot be written to."""

    def __init__(self, broken: dict[int, Exception] | None = None) -> None:
        self.broken = broken or {}
        self.got: dict[int, list[str]] = {}

    async def say(self, chat_id: int, text: str) -> None:
        if chat_id in self.broken:
            raise self.broken[chat_id]
        self.got.setdefault(chat_id, []).append(text)


async def test_every_admin_hears_of_it_also_when_one_cannot_be_reached() -> None:
    chats = Chats({1: Forbidden("bot was blocked by the user"), 3: TimedOut()})
    await Teller(frozenset({1, 2, 3, 4}), chats.say, Lang.ZH)(SOURCE, SICK)
    assert set(chats.got) == {2, 4}
    (text,) = chats.got[2]
    assert "晨星 {新闻}" in text
    assert "域名解析不到" in text
    assert SOURCE.spec.url in text


async def test_a_recovery_is_told_as_such() -> None:
    chats = Chats()
    back = replace(SICK, recovered=True, tell=False, poll=PollState())
    await Teller(frozenset({1}), chats.say, Lang.EN)(SOURCE, back)
    assert chats.got[1] == [f"A source is back: 晨星 {{新闻}}\n{SOURCE.spec.url}"]


async def test_a_cause_without_words_is_named_by_its_code() -> None:
    chats = Chats()
    odd = replace(SICK, poll=PollState(error_code="eclipse"))
    await Teller(frozenset({1}), chats.say, Lang.ZH)(SOURCE, odd)
    assert "eclipse" in chats.got[1][0]


@pytest.mark.parametrize("lang", list(Lang))
def test_every_cause_has_words(lang: Lang) -> None:
    missing = [code for code in PollFailure if not texts_for(lang).has(f"bot.reason_{code}")]
    assert missing == []


async def test_a_source_that_stays_ill_is_told_once_and_its_recovery_once(world: World) -> None:
    await world.source("/feed")
    for _ in range(12):
        await world.poll()
        world.time.pass_(days=1)
    assert [(decision.tell, decision.recovered) for _, decision in world.told] == [(True, False)]
    world.answers["/feed"] = rss(item(title="Back", link=world.base + "/a", guid="1"))
    for _ in range(3):
        await world.poll()
        world.time.pass_(days=1)
    assert [decision.recovered for _, decision in world.told] == [False, True]
