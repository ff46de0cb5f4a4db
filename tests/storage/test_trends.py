"""What is stored is what is counted, whatever happened to it meanwhile."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import pytest
from sqlalchemy import delete, func, select, update

from digest.model import Relation, SignalState
from digest.stories import StoryPlacement
from digest.trends import Phase, TrendKind
from digest.trends.hours import Telling, count_hour
from digest.trends.packing import pack_hour, pack_tellings, unpack_hour
from storage import Storage
from storage.schema import signal_topics, signals, trend_changes, trend_hours
from storage.trend_counts import hour_of
from tests.storage.making import NOW, add_signal, add_source, draft

LATER = NOW + timedelta(minutes=1)


async def told(
    storage: Storage,
    name: str,
    at: datetime,
    *,
    source: str = "one",
    topics: tuple[str, ...] = (),
    state: SignalState = SignalState.LIVE,
    backlog: bool = False,
    story: StoryPlacement | None = None,
) -> int:
    made = draft(name, at=at, topics=topics, text=f"{name} 自己的一句话。")
    origin = await add_source(storage, source)
    more = {} if story is None else {"story": story}
    one = await add_signal(
        storage, name, made=made, source=origin, now=NOW, state=state, backlog=backlog, **more
    )
    return one.id


async def counts(storage: Storage) -> dict[str, int]:
    """Everything that is counted in all hours together."""
    await storage.trends.counts.prepare(LATER)
    assert await storage.trends.counts.count(LATER) == 0
    found: dict[str, int] = {}
    async with storage.database.read() as connection:
        for row in await connection.execute(select(trend_hours)):
            for key, count in unpack_hour(row.hour, row.counts).counts.items():
                found[key] = found.get(key, 0) + count
    return {key: count for key, count in found.items() if count}


def topics_of(found: Mapping[str, int]) -> dict[str, int]:
    return {key[2:]: count for key, count in found.items() if key.startswith("t:")}


async def test_each_act_on_a_signal_is_counted(storage: Storage) -> None:
    first = await told(storage, "a", NOW - timedelta(hours=1), topics=("llm",))
    await told(storage, "b", NOW - timedelta(hours=1), source="two", topics=("llm", "chips"))
    await told(storage, "c", NOW, topics=("llm",), state=SignalState.HELD)
    found = await counts(storage)
    assert topics_of(found) == {"llm": 2, "chips": 1}
    assert found["w:芯片"] == 2
    async with storage.database.write() as connection:
        await connection.execute(
            update(signals).where(signals.c.id == first).values(state=SignalState.REJECTED)
        )
    assert topics_of(await counts(storage)) == {"llm": 1, "chips": 1}
    async with storage.database.write() as connection:
        await connection.execute(
            update(signals).where(signals.c.id == first).values(state=SignalState.LIVE)
        )
        await connection.execute(
            update(signal_topics).where(signal_topics.c.topic_id == "chips").values(topic_id="vr")
        )
    assert topics_of(await counts(storage)) == {"llm": 2, "vr": 1}
    async with storage.database.write() as connection:
        await connection.execute(delete(signal_topics).where(signal_topics.c.signal_id == first))
    assert topics_of(await counts(storage)) == {"llm": 1, "vr": 1}


async def test_a_signal_dated_anew_leaves_its_old_hour(storage: Storage) -> None:
    number = await told(storage, "a", NOW - timedelta(hours=5), topics=("llm",))
    await counts(storage)
    async with storage.database.write() as connection:
        moved = NOW - timedelta(hours=30)
        await connection.execute(
            update(signals).where(signals.c.id == number).values(dated_at=moved)
        )
    assert topics_of(await counts(storage)) == {"llm": 1}
    curve = await storage.trends.curve(TrendKind.ENTITY, "芯片", NOW, 3)
    assert curve.days[-2:] == (1, 0)


async def test_counting_again_changes_nothing(storage: Storage) -> None:
    for number in range(4):
        await told(storage, f"n{number}", NOW - timedelta(hours=number), topics=("llm",))
    before = await counts(storage)
    async with storage.database.write() as connection:
        await connection.execute(
            trend_changes.insert(),
            [{"hour": NOW.replace(minute=0), "signal_id": None}, {"hour": None, "signal_id": 1}],
        )
    assert await counts(storage) == before


async def test_what_was_there_before_counting_began_is_counted(storage: Storage) -> None:
    await told(storage, "a", NOW - timedelta(days=3), topics=("llm",))
    async with storage.database.write() as connection:
        await connection.execute(delete(trend_changes))
    assert topics_of(await counts(storage)) == {"llm": 1}


async def test_backlog_is_no_past_and_a_source_repeats_a_story_for_nothing(
    storage: Storage,
) -> None:
    await told(storage, "old", NOW - timedelta(hours=3), topics=("llm",), backlog=True)
    lead = await told(storage, "lead", NOW, topics=("llm",))
    twin = StoryPlacement(story_of=lead, relation=Relation.DUPLICATE, similarity=0.9)
    await told(storage, "again", NOW, topics=("llm",), story=twin)
    assert topics_of(await counts(storage)) == {"llm": 1}
    await told(storage, "other", NOW, source="two", topics=("llm",), story=twin)
    assert topics_of(await counts(storage)) == {"llm": 2}


async def counted_days(storage: Storage, days: int) -> None:
    """Even days of four sources, each telling three things an hour, as hours counted before."""
    await storage.trends.counts.prepare(NOW)
    rows = []
    for back in range(2, 24 * days):
        start = hour_of(NOW) - timedelta(hours=back)
        tellings = [
            Telling(-back * 10 - n, start, source=n % 4, topics=("vr" if n else "chips",))
            for n in range(3)
        ]
        if back % 6 == 0:
            tellings.append(Telling(-back * 10 - 9, start, source=back % 4, topics=("llm",)))
        rows.append(
            {
                "hour": start,
                "counts": pack_hour(count_hour(start, tellings)),
                "tellings": pack_tellings(tellings),
            }
        )
    async with storage.database.write() as connection:
        await connection.execute(trend_hours.insert(), rows)


async def burst(storage: Storage) -> None:
    """Twelve tellings of one topic in the last two hours, after ten days of four a day."""
    await counted_days(storage, 12)
    for number in range(12):
        at = NOW - timedelta(minutes=8 * number)
        await told(storage, f"b{number}", at, source=f"s{number % 4}", topics=("llm",))


async def test_a_burst_rises_and_is_kept_for_everybody(storage: Storage) -> None:
    await burst(storage)
    report = await storage.trends.report(LATER)
    (llm,) = [one for one in report.rising if one.key == "llm"]
    assert (llm.kind, llm.phase, llm.now, llm.sources) == (TrendKind.TOPIC, Phase.STARTING, 15, 5)
    assert llm.began_at is not None
    assert llm.began_at in {NOW - timedelta(minutes=8 * number) for number in range(12)}
    assert llm.days[-1] == 15
    assert set(llm.days[1:-1]) <= {3, 4}
    assert llm.usual == pytest.approx(3, abs=1)
    assert llm.rank in {1, 2}  # beside a word that all of them have
    assert llm.rank_before is None
    assert report.past >= 10
    fresh = await Storage.open(storage.database.address.url)
    try:
        assert await fresh.trends.report(LATER + timedelta(minutes=1)) == report
    finally:
        await fresh.close()
    curve = await storage.trends.curve(TrendKind.TOPIC, "llm", LATER, 14)
    assert curve.trend == llm
    assert curve.days[-1] == 12
    assert curve.days[0] is None


async def test_nothing_is_said_while_the_past_is_still_being_counted(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    await burst(storage)
    async with storage.database.write() as connection:
        past = {"hour": hour_of(NOW) - timedelta(days=20), "signal_id": None}
        await connection.execute(trend_changes.insert(), [past])
    with monkeypatch.context() as busy:
        busy.setattr("storage.trends.AWHILE", timedelta())
        busy.setattr("storage.trend_counts._AT_ONCE", 5)  # as when very much is due
        report = await storage.trends.report(LATER)
    assert (report.rising, report.busiest, report.past) == ((), (), 0)
    assert (await storage.trends.report(LATER)).rising


async def test_what_readers_may_not_see_leaves_the_report_at_once(storage: Storage) -> None:
    await burst(storage)
    report = await storage.trends.report(LATER)
    shown = {number for one in report.rising for number in one.signal_ids}
    hidden = max(shown)
    async with storage.database.write() as connection:
        await connection.execute(
            update(signals).where(signals.c.id == hidden).values(state=SignalState.REJECTED)
        )
    after = await storage.trends.report(LATER)
    assert hidden not in {number for one in after.rising for number in one.signal_ids}
    assert len(after.rising) == len(report.rising)


async def test_nothing_is_said_of_an_empty_newsroom(storage: Storage) -> None:
    report = await storage.trends.report(NOW)
    assert (report.rising, report.fading, report.busiest, report.past) == ((), (), (), 0)


async def test_hours_and_reports_are_forgotten(storage: Storage) -> None:
    await told(storage, "a", NOW, topics=("llm",))
    await storage.trends.report(LATER)
    await storage.trends.forget(NOW + timedelta(days=90))
    async with storage.database.read() as connection:
        assert await connection.scalar(select(func.count()).select_from(trend_hours)) == 0
    assert await storage.trends.reports(NOW - timedelta(days=1), LATER) == ()


@pytest.mark.parametrize("kind", [TrendKind.STORY, TrendKind.ENTITY])
async def test_a_curve_of_what_nobody_told_is_empty(storage: Storage, kind: TrendKind) -> None:
    await told(storage, "a", NOW, topics=("llm",))
    curve = await storage.trends.curve(kind, "77", LATER, 5)
    assert curve.days == (None, None, None, None, 0)
    assert curve.trend is None
