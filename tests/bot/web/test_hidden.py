"""What waits for review or was rejected is on no page, in no feed and no list for machines."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from aiohttp.test_utils import TestClient

from digest.model import ChatKind, Lang, SignalState
from storage import Storage
from tests.bot.web.conftest import Newsroom
from tests.bot.web.samples import NOW, SIGNAL, signal

SECRET = "Quietly withheld headline"


def secret(number: int, **changes: Any) -> Any:
    """A signal whose words nobody may read."""
    brief = replace(SIGNAL.brief, headline=f"{SECRET} {number}", headline_original="")
    return signal(brief=brief, title=f"{SECRET} {number}", **changes)


async def plant(storage: Storage, newsroom: Newsroom) -> dict[str, list[str]]:
    """A story with a live lead, a held and a rejected signal; all three saved and shared.

    Returns what may stand in an address in the place of each name.
    """
    live = await newsroom.add(signal(published_at=NOW - timedelta(minutes=3)))
    hidden = [
        await newsroom.add(
            secret(number, published_at=NOW - timedelta(minutes=number)),
            state=state,
            story_of=live.id,
        )
        for number, state in enumerate((SignalState.HELD, SignalState.REJECTED))
    ]
    reader, _ = await storage.subscribers.enter(9, 0, ChatKind.PRIVATE, "R", Lang.EN, NOW)
    shelf = await storage.collections.default(reader.id, NOW, "Shelf")
    for one in (live, *hidden):
        await storage.collections.save(shelf.id, one.id, NOW)
    key = await storage.collections.share(reader.id, shelf.id)
    told = await storage.signals.get(live.id)
    assert told is not None
    ids = [str(one.id) for one in (live, *hidden)]
    return {
        "s": ids,
        "story": [str(told.story_id)],
        "column": ["ai"],
        "topic": list(SIGNAL.placement.topics),
        "c": [str(key)],
        "day": [f"{NOW:%Y-%m-%d}"],
        "archive": [f"{NOW:%Y-%m}"],
        "week": [f"{NOW:%G-W%V}"],
        "sitemap": ["0"],
    }


def addresses(client: TestClient[Any, Any], known: dict[str, list[str]]) -> list[str]:
    """Every address that the application answers, with what may stand in it."""
    found: set[str] = set()
    for route in client.app.router.routes():
        pattern = route.resource.canonical if route.resource else ""
        if route.method != "GET" or pattern.startswith(("/desk", "/static", "/app")):
            continue
        place = pattern.split("/")[1]
        values = known.get(place, ["1"])
        found |= {re.sub(r"\{[^}]*\}", value, pattern) for value in values}
    return sorted(found)


@pytest.mark.parametrize("lang", ["zh", "en"])
async def test_no_page_shows_what_is_hidden(
    client: TestClient[Any, Any], storage: Storage, newsroom: Newsroom, lang: str
):
    known = await plant(storage, newsroom)
    paths = addresses(client, known)
    assert len(paths) > 30
    words = ("", f"q={SIGNAL.brief.headline.split()[0]}", f"q={SECRET.split()[2]}")
    shown = 0
    for path in [*paths, *(f"/search?{one}" for one in words if one)]:
        glue = "&" if "?" in path else "?"
        answer = await client.get(f"{path}{glue}lang={lang}", allow_redirects=False)
        body = await answer.read()
        shown += answer.status == 200
        assert SECRET.encode() not in body, path
        if answer.status == 200:  # one that is refused leads to itself in another language
            for number in known["s"][1:]:
                assert re.search(rf"/s/{number}\b".encode(), body) is None, path
    assert shown > 20


async def test_the_hidden_are_not_counted(
    client: TestClient[Any, Any], storage: Storage, newsroom: Newsroom
):
    known = await plant(storage, newsroom)
    (live,) = await storage.signals.latest()
    assert (live.others, live.other_sources) == (0, 0)
    answer = await client.get(f"/story/{known['story'][0]}", allow_redirects=False)
    assert answer.status != 200  # one signal is no story
    assert await storage.signals.counts(NOW - timedelta(days=1), by="column") == {"ai": 1}
    assert await storage.signals.total() == 1
    days = await storage.signals.topic_days(2, NOW)
    assert {sum(counts) for counts in days.values()} <= {1}
    for number in known["s"][1:]:
        assert (await client.get(f"/s/{number}")).status in {404, 410}


async def test_a_hidden_page_is_seen_again_once_it_is_approved(
    client: TestClient[Any, Any], storage: Storage, newsroom: Newsroom
):
    known = await plant(storage, newsroom)
    await storage.curation.approve(int(known["s"][1]), "cli", NOW)
    answer = await client.get(f"/s/{known['s'][1]}")
    assert SECRET in await answer.text()
