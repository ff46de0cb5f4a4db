"""Whatever a page, a feed or a reader may contain comes back as it was, or cleaned as said."""

from dataclasses import replace
from datetime import UTC, time, timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from digest.model import (
    Advice,
    Article,
    Brief,
    Checked,
    Insight,
    Kind,
    Lang,
    Layout,
    LookBackWish,
    Moment,
    NumberFact,
    Placement,
    Point,
    Score,
    ScorePart,
    SignalDraft,
    Subscription,
    Tier,
    WeeklyTime,
    Wishes,
    Wording,
)
from storage import Storage
from storage.column_types import clean
from tests.storage.making import NOW, add_signal, add_subscriber

on_one_database = settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
names = count()

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
dirty = st.text(st.characters() | st.sampled_from("\0\ud83d\ude00😀'\"\\%_\n"), max_size=30)
moments = st.datetimes(
    NOW.replace(year=1901, tzinfo=None),
    NOW.replace(year=2200, tzinfo=None),
    timezones=st.just(UTC),
)
words = st.lists(texts, max_size=4).map(tuple)
ids = st.lists(st.integers(1, 2**62), max_size=4).map(tuple)
evidence = st.lists(st.integers(0, 500), max_size=3).map(tuple)
points = st.builds(
    Point, texts, evidence, texts, st.booleans(), texts, st.none() | st.floats(0, 1)
)
figures = st.floats(allow_nan=False, allow_infinity=False, width=64)
numbers = st.builds(
    NumberFact,
    texts,
    figures,
    texts,
    texts,
    st.integers(0, 500),
    texts,
    texts,
    texts,
    texts,
    texts,
)
some_points = st.lists(points, max_size=2).map(tuple)
timelines = st.builds(Moment, texts, st.none() | st.dates(), texts, st.integers(0, 500), texts)
insights = st.builds(
    Insight,
    st.lists(timelines, max_size=2).map(tuple),
    st.lists(st.builds(Advice, texts, texts, evidence, texts), max_size=2).map(tuple),
    some_points,
    some_points,
    st.none() | points,
)
checks = st.builds(Checked, st.integers(0, 99), st.integers(0, 9), words)
briefs = st.builds(
    Brief,
    headline=texts,
    headline_lang=texts,
    points=st.lists(points, max_size=3).map(tuple),
    numbers=st.lists(numbers, max_size=3).map(tuple),
    why=st.none() | points,
    gaps=some_points,
    keywords=words,
    tier=st.sampled_from(Tier),
    version=texts,
    frame=words,
    headline_original=texts,
    insight=st.none() | insights,
    maker=texts,
    prompt=texts,
    checked=st.none() | checks,
)
placements = st.builds(
    Placement,
    texts,
    st.sampled_from(Kind),
    st.lists(texts, unique=True, max_size=3).map(tuple),
    st.dictionaries(texts, words, max_size=3),
)
parts = st.builds(ScorePart, texts, st.floats(0, 100), st.floats(0, 100), texts)
articles = st.builds(
    Article,
    url=dirty,
    canonical_url=dirty,
    title=dirty,
    paragraphs=st.lists(st.lists(dirty, max_size=3).map(tuple), max_size=3).map(tuple),
    lang=texts,
    author=dirty,
    site=dirty,
    published_at=st.none() | moments,
    utc_offset_min=st.none() | st.integers(-840, 840),
    note=texts,
    image_url=dirty,
)


@on_one_database
@given(articles, briefs, placements, st.lists(parts, max_size=4).map(tuple), st.integers(0, 999))
async def test_signals(
    storage: Storage,
    article: Article,
    brief: Brief,
    placement: Placement,
    scored: tuple[ScorePart, ...],
    read_in: int,
) -> None:
    name = f"n{next(names)}"
    own = replace(article, canonical_url=f"{name}{article.canonical_url}")
    written = SignalDraft(own, brief, placement, Score(scored), read_in)
    signal = await add_signal(storage, name, made=written)

    assert await storage.signals.get(signal.id) == signal
    assert (signal.brief, signal.placement, signal.score, signal.reading_minutes) == (
        brief,
        placement,
        written.score,
        read_in,
    )
    assert (signal.title, signal.url, signal.author, signal.site) == tuple(
        clean(text) for text in (own.title, own.url, own.author, own.site)
    )
    kept = await storage.signals.article(signal.id)
    assert kept is not None
    assert (kept.paragraphs, kept.published_at) == (own.paragraphs, own.published_at)
    assert await storage.signals.find_same(own.canonical_url, "") == signal.id


local_times = st.times()
wishes = st.builds(
    Wishes,
    words,
    words,
    words,
    st.integers(0, 100),
    st.integers(1, 50),
    st.sampled_from(Lang),
    ids,
    words,
    st.sampled_from(Layout),
    st.sampled_from(Wording),
)
subscriptions = st.builds(
    Subscription,
    wishes=wishes,
    paused=st.booleans(),
    instant=st.booleans(),
    digest_times=st.lists(local_times, max_size=3).map(tuple),
    weekly=st.none() | st.builds(WeeklyTime, st.integers(0, 6), local_times),
    story_updates=st.booleans(),
    trend_alerts=st.booleans(),
    look_back=st.sampled_from(LookBackWish),
    stories=ids,
    zone=st.sampled_from(["Asia/Shanghai", "America/St_Johns"]),
    quiet_from=local_times,
    quiet_to=local_times,
    instant_score=st.integers(0, 100),
    max_a_day=st.integers(0, 100),
    next_digest_at=st.none() | moments,
    next_weekly_at=st.none() | moments,
    next_look_back_at=st.none() | moments,
)


@on_one_database
@given(subscriptions, st.integers(-(2**52), 2**52), dirty)
async def test_subscriptions(
    storage: Storage, subscription: Subscription, chat_id: int, note: str
) -> None:
    one = await add_subscriber(storage, chat_id)
    await storage.subscribers.save_subscription(one.id, subscription)
    kept = await storage.subscribers.get(one.id)
    assert kept is not None
    assert kept.subscription == subscription
    await storage.meta.set("note", note)
    assert await storage.meta.get("note") == clean(note)


@on_one_database
@given(dirty, st.sampled_from(["", "\0", "\ud83d", "\ude00", "\ud83d\ude00", "a\0b\ude00"]))
async def test_what_a_database_cannot_keep_is_dropped_everywhere(
    storage: Storage, text: str, worst: str
) -> None:
    await storage.audit.record(text + worst, "act", worst, {worst: [text, worst]}, None, NOW)
    (entry,) = await storage.audit.list(limit=1)
    assert entry.actor == clean(text + worst)
    assert entry.before == {clean(worst): [clean(text), clean(worst)]}


@pytest.mark.parametrize(
    ("dirty_text", "cleaned"),
    [("a\0b", "ab"), ("\ud83d\ude00", "😀"), ("x\ud83dy", "x\ufffdy"), ("核心 😀", "核心 😀")],
)
def test_cleaning_keeps_all_that_means_something(dirty_text: str, cleaned: str) -> None:
    assert clean(dirty_text) == cleaned


async def test_times_without_a_zone_are_refused(storage: Storage) -> None:
    naive = NOW.replace(tzinfo=None)
    with pytest.raises(Exception, match="without a zone"):
        await storage.updates.first_time(1, naive)
    one = await add_subscriber(storage)
    zoned = Subscription(quiet_from=time(8, tzinfo=UTC))
    with pytest.raises(Exception, match="no zone of its own"):
        await storage.subscribers.save_subscription(one.id, zoned)
    with pytest.raises(ValueError, match="kept apart"):
        await storage.subscribers.save_subscription(
            one.id, Subscription(digest_times=(time(8, tzinfo=UTC),))
        )


async def test_a_moment_is_the_same_in_every_zone(storage: Storage) -> None:
    from datetime import timezone

    shanghai = timezone(timedelta(hours=8))
    await storage.sources.block_host("h", NOW.astimezone(shanghai), "x")
    (until,) = (await storage.sources.blocked_hosts(NOW - timedelta(microseconds=1))).values()
    assert until == NOW
    assert until.tzinfo is UTC
