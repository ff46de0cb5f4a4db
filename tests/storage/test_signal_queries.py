from datetime import timedelta

from sqlalchemy import update

from digest.model import Relation, Signal, SignalState
from digest.stories import StoryPlacement
from storage import Storage
from storage.schema import signals
from tests.storage.making import NOW, add_signal, add_source, draft, minutes


async def dated(
    storage: Storage, name: str, age: float, *topics: str, column: str = "ai"
) -> Signal:
    """A signal that was published `age` minutes ago."""
    made = draft(name, at=NOW - minutes(age), topics=topics, column=column)
    return await add_signal(storage, name, made=made)


async def joined(
    storage: Storage, name: str, to: Signal, relation: Relation = Relation.DUPLICATE
) -> Signal:
    story = StoryPlacement(story_of=to.id, relation=relation, similarity=0.9)
    return await add_signal(storage, name, story=story)


def ids(signals: tuple[Signal, ...]) -> list[int]:
    return [signal.id for signal in signals]


async def test_the_latest_are_the_youngest_by_their_own_date(storage: Storage) -> None:
    # The backlog of a new source is read newest first: its ids run against its dates.
    young, middle, old = [await dated(storage, f"{age}", age) for age in (1, 2, 3)]
    assert await storage.signals.latest() == (young, middle, old)
    assert await storage.signals.latest(limit=2) == (young, middle)
    assert await storage.signals.latest(limit=2, before=middle.id) == (old,)
    assert await storage.signals.latest(before=old.id) == ()
    assert await storage.signals.latest(since=NOW - minutes(2)) == (young, middle)


async def test_signals_of_the_same_moment_are_paged_without_loss(storage: Storage) -> None:
    made = [await dated(storage, f"{number}", 5) for number in range(7)]
    pages: list[int] = []
    before = None
    while page := await storage.signals.latest(limit=3, before=before):
        pages += ids(page)
        before = page[-1].id
    assert pages == ids(tuple(made))[::-1]


async def test_the_latest_of_a_column_or_topic(storage: Storage) -> None:
    one = await dated(storage, "one", 1, "llm", "chips")
    two = await dated(storage, "two", 2, "llm", column="tech")
    three = await dated(storage, "three", 3, "chips", column="tech")

    assert await storage.signals.latest(column="tech") == (two, three)
    assert await storage.signals.latest(topic="llm") == (one, two)
    assert await storage.signals.latest(topic="llm", before=one.id) == (two,)
    assert await storage.signals.latest(topic="chips", column="tech") == (three,)
    assert await storage.signals.latest(topic="chips", since=NOW - minutes(1)) == (one,)
    assert await storage.signals.latest(topic="none") == ()


async def test_a_date_in_the_future_counts_as_now(storage: Storage) -> None:
    wrong = await dated(storage, "wrong", -60 * 24 * 365)
    assert wrong.published_at == NOW + timedelta(days=365)
    later = await add_signal(
        storage, made=draft("later", at=NOW + minutes(1)), now=NOW + minutes(1)
    )
    assert await storage.signals.latest() == (later, wrong)


async def test_what_repeats_a_story_is_counted_on_its_lead(storage: Storage) -> None:
    lead = await add_signal(storage, "lead")
    repeats = [await joined(storage, f"d{number}", lead) for number in range(2)]
    update = await joined(storage, "update", repeats[0], Relation.UPDATE)
    alone = await add_signal(storage, "alone")

    assert lead.story_id is None
    listed = await storage.signals.latest()
    assert ids(listed) == [alone.id, update.id, lead.id]
    assert [signal.others for signal in listed] == [0, 3, 3]
    # All four came from one source: nobody else tells it.
    assert [signal.other_sources for signal in listed] == [0, 0, 0]
    assert [signal.told_by for signal in listed] == [0, 1, 1]
    assert len(await storage.signals.latest(leads_only=False)) == 5
    story_id = listed[2].story_id
    assert story_id is not None
    story = await storage.storylines.some(story_id)
    assert ids(story) == [lead.id, *ids(tuple(repeats)), update.id]
    assert [signal.relation for signal in story] == [
        Relation.LEAD,
        Relation.DUPLICATE,
        Relation.DUPLICATE,
        Relation.UPDATE,
    ]


async def test_hidden_signals_do_not_count_as_others(storage: Storage) -> None:
    lead = await add_signal(storage, "lead")
    story = StoryPlacement(story_of=lead.id, relation=Relation.DUPLICATE, similarity=1)
    held = await add_signal(storage, "held", story=story, state=SignalState.HELD)
    reread = await storage.signals.get(lead.id)
    assert reread is not None
    assert (reread.others, held.others) == (0, 1)


async def test_a_story_of_an_unknown_signal_stands_alone(storage: Storage) -> None:
    story = StoryPlacement(story_of=999, relation=Relation.UPDATE, similarity=0.5)
    signal = await add_signal(storage, story=story)
    assert (signal.story_id, signal.relation) == (None, Relation.LEAD)


async def test_a_window_is_open_at_its_start_and_closed_at_its_end(storage: Storage) -> None:
    made = [await add_signal(storage, now=NOW + minutes(number)) for number in range(4)]
    found = await storage.signals.window(NOW, NOW + minutes(2))
    assert ids(found) == ids(tuple(made[1:3]))
    assert ids(await storage.signals.window(NOW, NOW + minutes(9), limit=2)) == ids(
        tuple(made[2:])
    )


async def test_a_window_holds_leads_and_updates_and_says_what_is_backlog(
    storage: Storage,
) -> None:
    lead = await add_signal(storage, "lead", backlog=True)
    await joined(storage, "repeat", lead)
    update = await joined(storage, "update", lead, Relation.UPDATE)
    found = await storage.signals.window(NOW - minutes(1), NOW)
    assert [(signal.id, signal.backlog) for signal in found] == [
        (lead.id, True),
        (update.id, False),
    ]


async def test_a_day_of_the_archive(storage: Storage) -> None:
    young, old = await dated(storage, "young", 10), await dated(storage, "old", 60 * 24)
    tech = await dated(storage, "tech", 20, column="tech")
    start = NOW - minutes(60)
    assert await storage.signals.day(start, NOW) == (young, tech)
    assert await storage.signals.day(start, NOW, column="tech") == (tech,)
    assert await storage.signals.day(start - timedelta(days=1), start) == (old,)


async def test_counts_are_of_what_latest_would_list(storage: Storage) -> None:
    lead = await dated(storage, "a", 1, "llm", "chips")
    await dated(storage, "b", 2, "llm", column="tech")
    await dated(storage, "old", 999, "llm")
    await joined(storage, "repeat", lead)
    since = NOW - minutes(60)
    assert await storage.signals.counts(since, by="topic") == {"llm": 2, "chips": 1}
    assert await storage.signals.counts(since, by="topic", only="llm") == {"llm": 2}
    assert await storage.signals.counts(since, by="column") == {"ai": 1, "tech": 1}
    source = await add_source(storage)
    assert await storage.signals.counts(since, by="source") == {str(source.id): 2}


async def test_topics_per_day_end_with_the_last_24_hours(storage: Storage) -> None:
    hours = (0, 1, 23.9, 24, 47, 71.9, 72, 100)
    for number, age in enumerate(hours):
        await dated(storage, f"{number}", age * 60, "llm")
    await dated(storage, "other", 60, "chips")
    assert await storage.signals.topic_days(3, NOW) == {"llm": [1, 2, 3], "chips": [0, 0, 1]}
    assert await storage.signals.topic_days(3, NOW, topic="llm") == {"llm": [1, 2, 3]}
    assert await storage.signals.topic_days(3, NOW - timedelta(days=30)) == {}


async def test_topics_per_day_leave_out_what_is_not_shown(storage: Storage) -> None:
    for number, age in enumerate((0, 25, 25, 72, 80)):
        await dated(storage, f"{number}", age * 60, "llm")
    hidden = await dated(storage, "hidden", 25 * 60, "llm", "chips")
    await dated(storage, "shown", 60, "chips")
    async with storage.database.write() as connection:
        await connection.execute(
            update(signals).where(signals.c.id == hidden.id).values(state=SignalState.REJECTED)
        )
    assert await storage.signals.topic_days(3, NOW) == {"llm": [0, 2, 1], "chips": [0, 0, 1]}
    assert await storage.signals.topic_days(3, NOW, topic="llm") == {"llm": [0, 2, 1]}


async def test_story_items_carry_what_decides_about_stories(storage: Storage) -> None:
    signal = await add_signal(storage, "a")
    (item,) = await storage.signals.story_items(NOW)
    assert (item.signal_id, item.title, item.at) == (signal.id, "标题 a", NOW)
    assert item.lead_text == "这是 a 的第一句。 第二句。 另一段。"
    assert (item.keywords, item.numbers) == (("芯片", "a"), ("$1.2 billion",))
    assert await storage.signals.story_items(NOW + minutes(1)) == ()


async def test_neighbours_are_the_next_in_the_list(storage: Storage) -> None:
    young, middle, old = [await dated(storage, f"{age}", age) for age in (1, 2, 3)]
    repeat = await joined(storage, "repeat", old)
    assert await storage.signals.neighbours(middle.id) == (old.id, young.id)
    assert await storage.signals.neighbours(young.id) == (middle.id, None)
    assert await storage.signals.neighbours(old.id) == (None, middle.id)
    assert await storage.signals.neighbours(repeat.id) == (young.id, None)
    assert await storage.signals.neighbours(999) == (None, None)


async def test_related_signals_share_topics_but_not_the_story(storage: Storage) -> None:
    signal = await dated(storage, "a", 10, "llm", "chips")
    both = await dated(storage, "both", 30, "chips", "llm")
    young = await dated(storage, "young", 1, "llm")
    old = await dated(storage, "old", 50, "chips")
    await dated(storage, "unrelated", 1, "law")
    await joined(storage, "repeat", signal)

    assert await storage.signals.related(signal.id, 5) == (both, young, old)
    assert await storage.signals.related(signal.id, 1) == (both,)
    assert await storage.signals.related(999, 5) == ()
