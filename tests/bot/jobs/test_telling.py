"""The staff hears once that sources fell ill and once that they are back; our outages are ours."""

import pytest

from digest.errors import PollFailure
from digest.model import Lang
from digest.sources.outage import Reach
from digest.texts import texts_for
from storage.source_news import Event
from tests.bot.jobs.pages import item, rss
from tests.bot.jobs.world import World


@pytest.mark.parametrize("lang", list(Lang))
def test_every_cause_has_words(lang: Lang) -> None:
    missing = [code for code in PollFailure if not texts_for(lang).has(f"bot.reason_{code}")]
    assert missing == []


async def test_a_source_that_stays_ill_is_news_once_and_its_recovery_once(world: World) -> None:
    await world.source("/feed")
    for _ in range(12):
        await world.poll()
        world.time.pass_(days=1)
    assert [one.event for one in await world.storage.source_news.untold()] == [Event.SICK]
    world.answers["/feed"] = rss(item(title="Back", link=world.base + "/a", guid="1"))
    for _ in range(3):
        await world.poll()
        world.time.pass_(days=1)
    events = [one.event for one in await world.storage.source_news.untold()]
    assert events == [Event.SICK, Event.BACK]


@pytest.mark.parametrize(
    ("unreached", "polled", "already", "is_outage"),
    [
        (180, 180, False, True),
        (4, 4, False, False),
        (50, 100, False, False),
        (50, 100, True, True),
        (29, 100, True, False),
        (0, 0, False, False),
    ],
)
def test_an_outage_is_most_sources_at_once(
    unreached: int, polled: int, already: bool, is_outage: bool
) -> None:
    assert Reach(unreached, polled).is_outage(already=already) is is_outage
