from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from digest.hot import MOST_RANKS, HotItem, climbs, heat_of, ranked, title_key, told_by_lists
from digest.model import Entry, HotList
from digest.sources.shelving import guess_hot

HOUR = timedelta(hours=1)
NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)


def entry(title: str, url: str = "https://list.test/x") -> Entry:
    return Entry(key=title, url=url, title=title)


def item(
    number: int, title: str, *ranks: int | None, source: int = 1, now: int | None = None
) -> HotItem:
    """An item with its place in each of the last hours, the last one begun at noon."""
    course = tuple(
        (NOON - HOUR * (len(ranks) - 1 - place), rank)
        for place, rank in enumerate(ranks)
        if rank is not None
    )
    return HotItem(
        id=number,
        source_id=source,
        list_title="热搜",
        title=title,
        url="",
        rank=ranks[-1] if now is None else now,
        best=min(rank for _, rank in course),
        first_seen_at=course[0][0],
        last_seen_at=course[-1][0],
        course=course,
    )


def test_the_order_of_a_list_is_its_ranking_each_title_once() -> None:
    titles = ranked([entry("甲 发布"), entry("  "), entry("甲  发布"), entry("乙"), entry("🔥")])
    assert [(one.rank, one.title) for one in titles] == [(1, "甲 发布"), (2, "乙")]


def test_a_list_without_end_has_a_hundred_places() -> None:
    titles = ranked(entry(f"标题 {number}") for number in range(1000))
    assert len(titles) == MOST_RANKS == titles[-1].rank


def test_below_the_hundredth_place_nothing_is_read() -> None:
    read = []

    def endless() -> Iterator[Entry]:
        for number in range(10_000):
            read.append(number)
            yield entry(f"标题 {number}")

    ranked(endless())
    assert len(read) <= MOST_RANKS + 1


def test_a_title_without_end_is_cut() -> None:
    (one,) = ranked([entry("甲 " * 1_000_000)])
    assert len(one.title) == 300


def test_a_title_is_the_same_whatever_its_spaces_signs_and_width() -> None:
    assert title_key("ＡＩ 芯片！") == title_key("ai芯片") != title_key("ai芯片2")
    assert title_key(" …！") == ""


def test_heat_halves_every_ten_places_and_ends_with_the_list() -> None:
    assert heat_of(1) == 1
    assert heat_of(11) == pytest.approx(0.5)
    assert heat_of(0) == heat_of(MOST_RANKS + 1) == 0


def test_what_climbs_is_told_by_the_looks_it_won_not_by_places() -> None:
    items = [
        item(1, "榜首附近", 3, 2, 1),
        item(2, "远处", 60, 50, 40),
        item(3, "新上榜", None, None, 2),
        item(4, "下落", 1, 2, 4),
        item(5, "已离榜", 9, 5, 5),
    ]
    left = HotItem(**{**_fields(items[4]), "rank": None})
    found = climbs([*items[:4], left], NOON, 2 * HOUR)
    assert [(one.item.id, one.before, one.now) for one in found] == [
        (3, None, 2), (1, 3, 1), (2, 60, 40),
    ]  # fmt: skip
    assert [one.risen for one in found] == [99, 2, 20]


def test_a_list_that_was_not_read_then_has_nothing_to_compare_with() -> None:
    """All of a new list would else have come up at once, and all of it after a night's pause."""
    assert climbs([item(1, "甲", 1), item(2, "乙", 2)], NOON, 2 * HOUR) == ()
    paused = item(3, "丙", 9, None, None, None, None, None, 1)
    assert climbs([paused], NOON, 2 * HOUR) == ()


def test_words_find_the_items_that_tell_of_them_the_highest_first() -> None:
    items = [item(1, "OpenAI 发布新模型", 7), item(2, "said 什么", 1), item(3, "openai 回应", 2)]
    found = told_by_lists(["OpenAI", "AI", "没有"], items)
    assert {word: [one.id for one in some] for word, some in found.items()} == {"OpenAI": [3, 1]}


@pytest.mark.parametrize(
    ("url", "dated", "hot"),
    [
        ("https://api.test/api/s?id=weibo", False, HotList.RANKS),
        ("https://site.test/topics/hot.json", False, HotList.RANKS),
        ("https://site.test/topics/hot.json", True, HotList.NO),
        ("https://hotel.test/news.json", False, HotList.NO),
        ("https://site.test/feed", False, HotList.NO),
    ],
)
def test_a_list_that_calls_itself_hot_and_dates_nothing_is_a_ranking(
    url: str, dated: bool, hot: HotList
) -> None:
    assert guess_hot(url, dated=dated) is hot


def _fields(one: HotItem) -> dict[str, object]:
    return {name: getattr(one, name) for name in HotItem.__dataclass_fields__}
