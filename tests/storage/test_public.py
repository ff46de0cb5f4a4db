"""What calendars and site maps ask, alike on both databases."""

from datetime import UTC, date, datetime, timedelta

from digest.model import Access, SignalState
from storage import Storage
from storage.public import PART
from tests.newsdesk import Newsdesk
from tests.storage.making import NOW, add_signal, add_source, minutes

EIGHT = timedelta(hours=8)


async def test_days_are_counted_where_the_clocks_are_ahead(storage: Storage) -> None:
    desk = Newsdesk(storage)
    evening = datetime(2026, 3, 9, 15, 59, 59, tzinfo=UTC)  # a second before midnight in Beijing
    for at in (evening, evening + timedelta(seconds=1), evening + timedelta(seconds=2)):
        await desk.publish(at=at, published_at=at)
    await desk.publish(at=evening, published_at=evening, state=SignalState.REJECTED)
    start, end = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC)
    ahead = await storage.public.days(start, end, EIGHT)
    assert ahead == {date(2026, 3, 9): 1, date(2026, 3, 10): 2}
    assert await storage.public.days(start, end, timedelta()) == {date(2026, 3, 9): 3}
    assert await storage.public.days(start, evening, EIGHT) == {}
    assert await storage.public.first_date() == evening


async def test_nothing_is_public_in_an_empty_database(storage: Storage) -> None:
    public = storage.public
    assert await public.first_date() is None
    assert await public.parts() == ()
    assert await public.signals(0) == ()
    assert await public.stories(10) == ()


async def test_only_what_anybody_may_read_is_listed(storage: Storage) -> None:
    open_, closed = await add_source(storage, "open"), await add_source(storage, "closed")
    await storage.sources.edit(closed.id, actor="7", now=NOW, access=Access.SUBSCRIBERS)
    first = await add_signal(storage, "a", source=open_)
    hidden = await add_signal(storage, "b", source=closed)
    shown = await add_signal(storage, "c", source=closed, now=NOW + minutes(1))
    await storage.signals.set_access(shown.id, Access.PUBLIC, actor="7", now=NOW)
    own = await add_signal(storage, "d", source=open_)
    await storage.signals.set_access(own.id, Access.SUBSCRIBERS, actor="7", now=NOW)
    part = first.id // PART
    listed = await storage.public.signals(part)
    assert [one.number for one in listed] == [first.id, shown.id]
    assert hidden.id not in {one.number for one in listed}
    assert await storage.public.signals(part + 1) == ()
    ((number, newest),) = [(one.number, one.at) for one in await storage.public.parts()]
    assert (number, newest) == (part, NOW + minutes(1))


async def test_a_story_needs_two_to_tell_it(storage: Storage) -> None:
    desk = Newsdesk(storage)
    lead = await desk.publish("一件事")
    assert await storage.public.stories(10) == ()
    later = NOW + minutes(60)
    update = await desk.publish("一件事的后续", at=later, story_of=lead.id)
    assert update.story_id is not None
    (story,) = await storage.public.stories(10)
    assert (story.number, story.at) == (update.story_id, later)
    assert await storage.public.stories(0) == ()
