"""A signal's page in the app is the page of everywhere, and saves into collections."""

import pytest

from digest.model import Access, SignalState, SourceSpec
from digest.numbers import Count, Span
from tests.bot.web.conftest import Newsroom
from tests.bot.web.miniapp.conftest import InApp
from tests.bot.web.miniapp.signing import LIN
from tests.bot.web.miniapp.test_settings import button, said, words
from tests.covering import covers

CLOSED = SourceSpec(
    "closed", "https://closed.example/feed", "Closed", "ai", "en", access=Access.SUBSCRIBERS
)


async def lists(app: InApp, signal_id: int) -> list[str]:
    """The names of the person's collections that hold the signal."""
    own, collections = (await app.subscriber()).id, app.storage.collections
    places = (await collections.where_saved(own, [signal_id])).get(signal_id, [])
    return [one.name for one in await collections.list(own) if one.id in places]


@covers("page /app/s/{id}")
@pytest.mark.parametrize("code", ["zh-hans", "en"])
async def test_one_tap_saves_and_a_second_one_takes_out_with_undo(
    app: InApp, newsroom: Newsroom, code: str
):
    kept = await newsroom.add()
    await app.open(LIN | {"language_code": code})
    page = await app.get(f"/app/s/{kept.id}")
    assert words(next(page.iter("h1"))) == kept.brief.headline
    name = {"zh-hans": "默认收藏", "en": "Saved"}[code]
    pressed = button(page, name)
    after = await app.post(f"/app/s/{kept.id}", list=pressed.get("value"))
    assert button(after, name).get("aria-pressed") == "true"
    assert await lists(app, kept.id) == [name]
    number = button(after, name).get("value")
    gone = await app.post(f"/app/s/{kept.id}", list=number)
    assert button(gone, name).get("aria-pressed") == "false"
    assert name in said(gone)
    assert await lists(app, kept.id) == []


async def test_subscribers_pages_are_open_to_whoever_is_in_the_app(app: InApp, newsroom: Newsroom):
    kept = await newsroom.add(spec=CLOSED)
    await app.open()
    assert "three rivers" in words(await app.get(f"/app/s/{kept.id}"))


@pytest.mark.parametrize("state", [SignalState.HELD, SignalState.REJECTED, SignalState.PRIVATE])
async def test_what_this_reader_may_not_see_is_not_there(
    app: InApp, newsroom: Newsroom, state: SignalState
):
    kept = await newsroom.add(state=state)
    await app.open()
    await app.get(f"/app/s/{kept.id}", status=404)
    await app.post(f"/app/s/{kept.id}", status=404, list="0")


async def test_nobody_saves_into_the_collection_of_somebody_else(app: InApp, newsroom: Newsroom):
    kept = await newsroom.add()
    await app.open(LIN | {"id": 1003})
    theirs = await app.storage.collections.default((await app.subscriber()).id, app.clock(), "x")
    await app.open()
    await app.post(f"/app/s/{kept.id}", list=str(theirs.id))
    assert await app.storage.collections.count(theirs.id) == 0


async def test_a_signal_read_in_the_app_is_one_opened_page(app: InApp, newsroom: Newsroom):
    kept = await newsroom.add()
    await app.open()
    # First comes the empty frame, which then asks for the signal with the session.
    async with app.client.get(f"/app/s/{kept.id}") as frame:
        assert frame.status == 200
    await app.get(f"/app/s/{kept.id}")
    await app.client.close()
    today = app.storage.numbers.today(app.clock())
    found = await app.storage.numbers.totals([Count.OPENS], Span(today, today))
    assert found[Count.OPENS] == {"signal": 1}
