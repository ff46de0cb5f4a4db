from datetime import timedelta

from digest.links import same_page
from digest.model import SignalState
from storage import LinkState, PrivateReading, Sender, Storage
from tests.storage.making import NOW, add_signal, add_subscriber, draft, minutes


async def sender(storage: Storage, chat: int = 1, message: int = 10) -> Sender:
    reader = await add_subscriber(storage, chat)
    return Sender(reader.id, chat, message)


async def test_the_first_link_waits_and_the_others_are_offered(storage: Storage) -> None:
    lin = await sender(storage)
    links = await storage.pasted.ask(lin, ["https://a.example/1", "https://a.example/2"], NOW)
    assert [link.state for link in links] == [LinkState.WAITING, LinkState.OFFERED]
    again = await storage.pasted.ask(lin, ["https://a.example/1?utm_source=x"], NOW + minutes(1))
    assert again == links
    assert await storage.pasted.in_line() == links[:1]


async def test_an_offered_link_is_read_once_it_is_wanted(storage: Storage) -> None:
    lin = await sender(storage)
    links = await storage.pasted.ask(lin, ["https://a.example/1", "https://a.example/2"], NOW)
    assert await storage.pasted.want(links[1].id, NOW, person_id=1)
    assert not await storage.pasted.want(links[1].id, NOW, person_id=1)
    assert len(await storage.pasted.in_line()) == 2


async def test_nobody_takes_every_place(storage: Storage) -> None:
    lin, alex = await sender(storage, 1), await sender(storage, 2)
    for number in range(5):
        at = NOW + timedelta(seconds=number)
        await storage.pasted.ask(Sender(lin.subscriber_id, 1, number), ["https://a.example/"], at)
    await storage.pasted.ask(alex, ["https://b.example/"], NOW + minutes(1))
    now = NOW + minutes(2)
    taken = await storage.pasted.claim(now, 3, each=2, lease_s=60)
    assert [link.person_id for link in taken] == [1, 1, 2]
    assert await storage.pasted.claim(now, 3, each=2, lease_s=60) == ()
    assert await storage.pasted.finish(taken[0].id, LinkState.FAILED, now, trouble="down")
    assert not await storage.pasted.finish(taken[0].id, LinkState.FAILED, now)
    (further,) = await storage.pasted.claim(now, 3, each=2, lease_s=60)
    assert further.message_id == 2


async def test_what_a_dead_process_was_reading_is_read_again(storage: Storage) -> None:
    await storage.pasted.ask(await sender(storage), ["https://a.example/"], NOW)
    (taken,) = await storage.pasted.claim(NOW, 1, each=1, lease_s=60)
    await storage.pasted.set_status(taken.id, 77)
    assert await storage.pasted.claim(NOW + minutes(0.5), 1, each=1, lease_s=60) == ()
    (again,) = await storage.pasted.claim(NOW + minutes(2), 1, each=1, lease_s=60)
    assert (again.tries, again.status_id) == (2, 77)
    assert await storage.pasted.take_back() == 1
    (at_once,) = await storage.pasted.claim(NOW + minutes(2), 1, each=1, lease_s=60)
    assert at_once.tries == 3


async def test_what_was_known_costs_nothing_and_failures_little(storage: Storage) -> None:
    lin = await sender(storage)
    known = await add_signal(storage)
    await storage.pasted.ask(lin, ["https://one.example/known"], NOW, known=known.id)
    other = Sender(lin.subscriber_id, 1, 11)
    (link,) = await storage.pasted.ask(other, ["https://a.example/"], NOW)
    assert await storage.pasted.spent(1, NOW - minutes(60)) == ((NOW, 4),)
    await storage.pasted.claim(NOW, 1, each=1, lease_s=60)
    await storage.pasted.finish(link.id, LinkState.FAILED, NOW, trouble="down")
    assert await storage.pasted.spent(1, NOW - minutes(60)) == ((NOW, 1),)
    assert await storage.pasted.spent(2, NOW - minutes(60)) == ()


async def test_what_came_to_nothing_is_forgotten(storage: Storage) -> None:
    lin = await sender(storage)
    known = await add_signal(storage)
    await storage.pasted.ask(lin, ["https://one.example/known"], NOW, known=known.id)
    links = await storage.pasted.ask(
        Sender(lin.subscriber_id, 1, 11), ["https://a.example/", "https://b.example/"], NOW
    )
    assert await storage.pasted.forget_before(NOW + minutes(1)) == 1
    assert await storage.pasted.get(links[0].id) is not None
    assert await storage.pasted.get(links[1].id) is None
    assert await storage.pasted.may_see(known.id, [lin.subscriber_id])


async def test_only_who_sent_the_link_or_saved_the_signal_sees_it(storage: Storage) -> None:
    lin, alex, wang = [await sender(storage, number) for number in (1, 2, 3)]
    made = await storage.signals.insert_private(PrivateReading(draft("own"), "f"), NOW)
    await storage.pasted.ask(lin, ["https://one.example/own"], NOW, known=made.id)
    shelf = await storage.collections.default(wang.subscriber_id, NOW, "默认收藏")
    await storage.collections.save(shelf.id, made.id, NOW)
    seen = [await storage.pasted.may_see(made.id, [w.subscriber_id]) for w in (lin, alex, wang)]
    assert seen == [True, False, True]


async def test_a_private_signal_is_listed_nowhere(storage: Storage) -> None:
    made = await storage.signals.insert_private(
        PrivateReading(draft("own", text="芯片", topics=("llm",)), "f"), NOW
    )
    assert made.state is SignalState.PRIVATE
    signals = storage.signals
    since = NOW - minutes(60)
    assert await signals.latest() == ()
    assert await signals.latest(topic="llm") == ()
    assert await signals.window(since, NOW + minutes(1)) == ()
    assert await signals.day(since, NOW + minutes(1)) == ()
    assert await signals.counts(since, by="topic") == {}
    assert await signals.counts(since, by="column") == {}
    assert await signals.topic_days(2, NOW + minutes(1)) == {}
    assert await signals.story_items(since) == ()
    assert await signals.total() == 0
    assert await storage.search.find("芯片") == ()
    live = await add_signal(storage, "live")
    assert await signals.neighbours(live.id) == (None, None)
    assert await signals.related(live.id) == ()


async def test_a_source_that_brings_it_makes_it_news_under_its_number(storage: Storage) -> None:
    reading = PrivateReading(draft("own", text="芯片", topics=("llm",)), "f")
    made = await storage.signals.insert_private(reading, NOW)
    later = NOW + minutes(30)
    live = await add_signal(storage, made=reading.draft, now=later)
    assert live.id == made.id
    assert live.state is SignalState.LIVE
    assert live.created_at == later
    assert [seen.title for seen in live.seen_in] == ["one 日报"]
    assert await storage.signals.window(NOW, later) == (live,)
    assert await storage.signals.latest(topic="llm") == (live,)
    assert await storage.search.find("芯片") == (live,)
    assert await storage.signals.total() == 1


async def test_two_who_send_the_same_share_one_signal(storage: Storage) -> None:
    first = await storage.signals.insert_private(PrivateReading(draft("own"), "f"), NOW)
    second = await storage.signals.insert_private(PrivateReading(draft("own"), "f"), NOW)
    assert first == second
    known = await add_signal(storage, "known")
    third = await storage.signals.insert_private(PrivateReading(draft("known"), "g"), NOW)
    assert third == known


async def test_an_article_is_found_by_every_address_it_was_met_at(storage: Storage) -> None:
    made = await storage.signals.insert_private(
        PrivateReading(draft("own"), "f", ("https://short.example/x?utm_source=y",)), NOW
    )
    find = storage.signals.find_at
    assert await find(same_page("https://short.example/x")) == made.id
    assert await find(same_page("http://m.one.example/own?spm=1")) == made.id
    assert await find(same_page("https://one.example/other")) is None
    carried = await add_signal(storage, "carried")
    assert await find(same_page("https://one.example/carried")) == carried.id
