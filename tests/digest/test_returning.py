"""Which news brings back a story that had closed: what names the same thing, and no formula."""

import time
from dataclasses import replace
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
        ("比亚迪 07L 开启预售，内饰公布", "比亚迪 07L 内饰公布"),
        ("阿里拟卖出游戏业务“远山互娱”", "消息称阿里计划出售游戏业务“远山互娱”"),
        ("大疆体验馆亚洲首店将于 5 月 31 日开业", "大疆体验馆亚洲首店将于 5 月底开业"),
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
        ("谷歌 07L 平板开始预售", "比亚迪 07L 汽车开始预售"),  # two makers
        ("比亚迪公布 6.5GB 地图，车主可下载", "比亚迪公布 6.5GB 模型，科研免费用"),  # a measure
        ("OPPO K15 手机 2999 元起发布", "OPPO Reno16 手机 2999 元起发布"),
        ("消息称育碧开发《远山》重制版", "消息称育碧开发《凌河》重制版"),
        ("远山重机：证监会决定对公司立案", "凌河佳通：证监会决定对公司立案"),
        ("【X90 观察】海运价格一周综述", "【X90 观察】芯片价格一周综述"),
    ],
)
def test_a_formula_is_no_return(later: str, earlier: str) -> None:
    assert not comes_back(headline(later), headline(earlier))


def test_across_languages_a_known_name_and_a_model_tell() -> None:
    chinese = headline("英伟达 RTX7090 显卡延期上市")
    assert comes_back(headline("Nvidia delays the RTX7090", "en"), chinese)
    assert not comes_back(headline("Nvidia delays its graphics cards", "en"), chinese)
    assert not comes_back(headline("A review of the RTX7090", "en"), chinese)


def test_a_translated_headline_is_compared() -> None:
    chinese = headline("大疆体验馆亚洲首店将于 5 月底开业")
    english = headline("First DJI store of Asia will open on May 31", "en")
    assert not comes_back(english, chinese)
    assert comes_back(replace(english, also="大疆体验馆亚洲首店将于 5 月 31 日开业"), chinese)


@pytest.mark.parametrize("letters", ["a-", "-", "【"])
def test_a_title_without_end_costs_little(letters: str) -> None:
    title = letters * (60_000 // len(letters))
    began = time.process_time()
    assert not comes_back(headline(title), headline(title))
    assert time.process_time() - began < 1
