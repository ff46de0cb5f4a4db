"""Which news brings back a story that had closed: what names the same thing, and no formula."""

import time
from datetime import UTC, datetime

import pytest

from digest.stories import StoryItem
from digest.stories.returning import comes_back


def headline(title: str, lang: str = "zh") -> StoryItem:
    at = datetime(2026, 3, 1, tzinfo=UTC)
    return StoryItem(1, None, title, "", lang, (), (), at, 50)


@pytest.mark.parametrize(
    ("later", "earlier"),
    [
        ("星河 X90 芯片开始交付", "星河 X90 芯片正式发布，功耗降低四成"),
        ("电影《远山的灯》上映十天，票房破两亿", "电影《远山的灯》今日上映"),
        ("快讯丨星河 X90 芯片追加产能", "星河 X90 芯片产能不足"),
    ],
)
def test_the_same_thing_comes_back(later: str, earlier: str) -> None:
    assert comes_back(headline(later), headline(earlier))


@pytest.mark.parametrize(
    ("later", "earlier"),
    [
        ("星河股份向港交所递交上市申请", "远山科技向港交所递交上市申请"),
        ("星河 X90 芯片开始交付", "星河 X80 芯片开始交付"),
        (
            "远山 27 英寸显示器：1080p 面板 599 元",
            "星河 24 英寸显示器：1080p 面板 599 元",
        ),
        ("星河 2026Q2 净利润 3 亿元，同比扭亏为盈", "远山 2026Q2 净利润 5 亿元，同比扭亏为盈"),
        ("远山宣布裁员，称星河 X90 抢走了订单", "星河 X90 芯片正式发布，功耗降低四成"),
        ("【X90 观察】海运价格一周综述", "【X90 观察】芯片价格一周综述"),
    ],
)
def test_a_formula_is_no_return(later: str, earlier: str) -> None:
    assert not comes_back(headline(later), headline(earlier))


def test_languages_are_not_compared() -> None:
    assert not comes_back(headline("X90 chip X90", "en"), headline("X90 chip X90"))


@pytest.mark.parametrize("letters", ["a-", "-", "【"])
def test_a_title_without_end_costs_little(letters: str) -> None:
    title = letters * (60_000 // len(letters))
    began = time.process_time()
    assert not comes_back(headline(title), headline(title))
    assert time.process_time() - began < 1
