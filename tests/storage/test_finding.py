"""Searching in a reader's order, within filters, on both databases."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from digest.finding import Narrowing
from digest.model import Relation, Signal
from digest.stories import StoryPlacement
from storage import Storage
from tests.storage.making import ALONE, NOW, add_signal, add_source, draft, minutes

ZONE = "Asia/Shanghai"
ALL = Narrowing()
DAY = timedelta(days=1)


async def tell(
    storage: Storage,
    name: str,
    *,
    headline: str = "",
    at: datetime = NOW,
    source: str = "one",
    after: Signal | None = None,
    **made: object,
) -> Signal:
    piece = draft(name, at=at, **made)  # type: ignore[arg-type]
    if headline:
        piece = replace(piece, brief=replace(piece.brief, headline=headline))
    story = StoryPlacement(after.id, Relation.DUPLICATE, 0.9) if after else ALONE
    origin = await add_source(storage, source)
    return await add_signal(storage, name, made=piece, source=origin, now=at, story=story)


async def leaf(
    storage: Storage, query: str, narrowing: Narrowing = ALL, size: int = 2
) -> list[int]:
    """All ids, page by page."""
    found: list[int] = []
    while True:
        after = found[-1] if found else 0
        sought = await storage.search.page(query, narrowing, zone=ZONE, after=after, size=size)
        assert sought.page.offset == len(found)
        found += [signal.id for signal in sought.signals]
        if not sought.page.more:
            assert sought.page.total == len(found)
            return found


async def test_days_come_newest_first_and_within_a_day_what_fits_best(storage: Storage) -> None:
    old = await tell(storage, "a", headline="量子计算机", at=NOW - DAY, points=99)
    text = await tell(storage, "b", text="说到量子的一句话。", points=90)
    head = await tell(storage, "c", headline="量子芯片", at=NOW - minutes(60), points=10)
    strong = await tell(storage, "d", headline="量子通信", at=NOW - minutes(90), points=80)
    assert await leaf(storage, "量子") == [strong.id, head.id, text.id, old.id]
    assert await leaf(storage, "量子", size=1) == [strong.id, head.id, text.id, old.id]


async def test_a_day_is_the_readers(storage: Storage) -> None:
    # 01:00 UTC on the 10th is 09:00 on the 10th in Shanghai, but 18:00 on the 9th in Los Angeles.
    late = await tell(storage, "a", text="量子", at=NOW)
    early = await tell(storage, "b", headline="量子", at=NOW - timedelta(hours=7, minutes=30))

    async def first(zone: str) -> int:
        sought = await storage.search.page("量子", ALL, zone=zone, size=1)
        return sought.signals[0].id

    assert await first("Asia/Shanghai") == early.id
    assert await first("America/Los_Angeles") == late.id


async def test_pages_lead_back(storage: Storage) -> None:
    made = [await tell(storage, f"n{n}", text="量子", at=NOW + minutes(n)) for n in range(5)]
    ids = [signal.id for signal in made][::-1]

    async def page(after: int) -> tuple[list[int], int | None]:
        sought = await storage.search.page("量子", ALL, zone=ZONE, after=after, size=2)
        return [signal.id for signal in sought.signals], sought.page.before

    assert await page(0) == (ids[:2], None)
    assert await page(ids[1]) == (ids[2:4], 0)
    assert await page(ids[3]) == (ids[4:], ids[1])
    assert await page(999_999) == (ids[:2], None)


async def test_what_comes_in_meanwhile_moves_no_page(storage: Storage) -> None:
    made = [await tell(storage, f"n{n}", text="量子", at=NOW + minutes(n)) for n in range(4)]
    first = await storage.search.page("量子", ALL, zone=ZONE, size=2)
    await tell(storage, "new", headline="量子", at=NOW + minutes(9))
    after = first.signals[-1].id
    second = await storage.search.page("量子", ALL, zone=ZONE, after=after, size=2)
    assert [one.id for one in second.signals] == [made[1].id, made[0].id]
    assert second.page.offset == 3


@pytest.mark.parametrize("query", ["量子", ""])
async def test_filters_narrow_a_search_and_a_list(storage: Storage, query: str) -> None:
    ai = await tell(storage, "a", text="量子", column="ai", topics=("llm",))
    tech = await tell(storage, "b", text="量子", column="tech", at=NOW - minutes(1), source="two")
    old = await tell(storage, "c", text="量子", column="ai", at=NOW - 3 * DAY, source="two")
    two = (await add_source(storage, "two")).id
    one = (await add_source(storage, "one")).id
    day = {"since": NOW - timedelta(hours=9), "until": NOW + timedelta(hours=15)}
    for narrowing, expected in (
        (ALL, [ai, tech, old]),
        (Narrowing(column="ai"), [ai, old]),
        (Narrowing(topic="llm"), [ai]),
        (Narrowing(sources=(two,)), [tech, old]),
        (Narrowing(sources=(one, two)), [ai, tech, old]),
        (Narrowing(**day), [ai, tech]),  # type: ignore[arg-type]
        (Narrowing(until=NOW - DAY), [old]),
        (Narrowing(column="ai", sources=(two,)), [old]),
        (Narrowing(column="ai", sources=(two,), **day), []),  # type: ignore[arg-type]
        (Narrowing(column="science"), []),
        (Narrowing(since=NOW + DAY), []),
    ):
        assert await leaf(storage, query, narrowing) == [s.id for s in expected], narrowing
        window = await storage.search.window(query, narrowing)
        assert {match.id for match in window} == {s.id for s in expected}


async def test_a_story_is_found_once_by_its_lead(storage: Storage) -> None:
    lead = await tell(storage, "a", text="量子")
    repeat = await tell(storage, "b", text="量子 独家", after=lead, source="two")
    another = await tell(storage, "c", text="量子 独家", after=lead, source="three")
    assert await leaf(storage, "量子") == [lead.id]
    # Whoever asks for what only the repeats say gets one of them.
    assert await leaf(storage, "独家") == [another.id]
    assert repeat.id < another.id


async def test_a_query_without_words_finds_nothing(storage: Storage) -> None:
    await tell(storage, "a", text="量子")
    assert await leaf(storage, "😀") == []
    assert await storage.search.window("😀", ALL) == ()


async def test_only_the_newest_are_put_in_order(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.search.port.WINDOW", 3)
    monkeypatch.setattr("storage.search.postgres._LOOK", 2)
    made = [await tell(storage, f"n{n}", text="量子", at=NOW + minutes(n)) for n in range(5)]
    rare = await tell(storage, "rare", text="罕见", at=NOW - DAY)
    for query in ("量子", ""):
        sought = await storage.search.page(query, ALL, zone=ZONE, size=10)
        assert sought.capped
        assert [one.id for one in sought.signals] == [one.id for one in made[:1:-1]]
    sought = await storage.search.page("罕见", ALL, zone=ZONE, size=10)
    assert ([one.id for one in sought.signals], sought.capped) == ([rare.id], False)
    far = await storage.search.page("量子", Narrowing(until=NOW + minutes(2)), zone=ZONE)
    assert [one.id for one in far.signals] == [made[1].id, made[0].id]


async def test_sources_are_counted(storage: Storage) -> None:
    one = await tell(storage, "a")
    two = await tell(storage, "b", source="two")
    three = await tell(storage, "c", source="two")
    ids = [(await add_source(storage, name)).id for name in ("one", "two")]
    counts = await storage.search.sources_among([one.id, two.id, three.id])
    assert counts == {ids[0]: 1, ids[1]: 2}
    assert await storage.search.sources_among([]) == {}
