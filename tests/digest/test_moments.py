"""Dates against the day of publication."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from digest.condense.moments import day_of, find_dates
from digest.model import Article
from tests.digest.articles import article

PUBLISHED = date(2026, 5, 14)  # a Thursday


@pytest.mark.parametrize(
    ("text", "written", "on"),
    [
        ("Norvex opened the plant on Tuesday.", "Tuesday", date(2026, 5, 12)),
        ("Norvex opened the plant on Thursday.", "Thursday", date(2026, 5, 14)),
        ("Norvex will open the plant on Tuesday.", "Tuesday", date(2026, 5, 19)),
        ("The offer runs through Nov. 5, Norvex said.", "Nov. 5", date(2026, 11, 5)),
        ("They left the hall on Friday.", "on Friday", None),
        ("Norvex will open the plant on Friday.", "Friday", date(2026, 5, 15)),
        ("Norvex opened the plant yesterday.", "yesterday", date(2026, 5, 13)),
        ("Norvex opened the plant on March 4.", "March 4", date(2026, 3, 4)),
        ("Norvex opened the plant on December 20.", "December 20", date(2025, 12, 20)),
        ("Norvex will open the plant on 3 August.", "3 August", date(2026, 8, 3)),
        ("It was founded on 9 June 2015.", "9 June 2015", date(2015, 6, 9)),
        ("It was founded on 2015-06-09.", "2015-06-09", date(2015, 6, 9)),
        ("Norvex opened the plant last Tuesday.", "last Tuesday", None),
        ("Norvex was founded in 1998.", "in 1998", None),
        ("Norvex opened the plant in March 2025.", "March 2025", None),
        ("公司 5 月 12 日开放工厂。", "5 月 12 日", date(2026, 5, 12)),
        ("公司将于 8 月 3 日开放工厂。", "8 月 3 日", date(2026, 8, 3)),
        ("公司去年 12 月 20 日开放工厂。", "去年 12 月 20 日", date(2025, 12, 20)),
        ("公司 2015 年 6 月 9 日成立。", "2015 年 6 月 9 日", date(2015, 6, 9)),
        ("公司昨日开放工厂。", "昨日", date(2026, 5, 13)),
        ("公司上周五开放工厂。", "上周五", date(2026, 5, 8)),
        ("公司将在下周一开放工厂。", "下周一", date(2026, 5, 18)),
        ("公司本周三开放工厂。", "本周三", date(2026, 5, 13)),
        ("公司本月 3 日开放工厂。", "本月 3 日", date(2026, 5, 3)),
        ("公司上月 30 日开放工厂。", "上月 30 日", date(2026, 4, 30)),
        ("公司成立于 2015 年。", "2015 年", None),
    ],
)
def test_a_date_is_resolved_where_it_is_certain(text: str, written: str, on: date | None) -> None:
    (found,) = find_dates(text, PUBLISHED)
    assert (found.text, found.on) == (written, on)


@pytest.mark.parametrize(
    "text",
    [
        "Norvex may open 31 plants and pay $2,015.",
        "The 2015 edition sold well.",
        "目前日本有两家工厂。",
        "一直用到今天的架构。",
        "产量在 5 年内翻倍。",
        "周一期间工厂关闭 3 个月。",
    ],
)
def test_what_is_no_date(text: str) -> None:
    assert find_dates(text, PUBLISHED) == ()


def test_without_a_day_of_publication_relative_dates_stay_unread() -> None:
    assert find_dates("Norvex opened the plant yesterday.", None) == ()
    assert find_dates("公司 5 月 12 日开放工厂。", None) == ()
    (found,) = find_dates("It was founded on 9 June 2015.", None)
    assert found.on == date(2015, 6, 9)


def test_an_impossible_day_is_none() -> None:
    assert find_dates("公司 2 月 31 日开放工厂。", PUBLISHED) == ()
    assert find_dates("It opened on February 30.", PUBLISHED) == ()


def test_the_day_is_that_of_the_articles_own_zone() -> None:
    late = datetime(2026, 5, 13, 20, 0, tzinfo=UTC)
    source: Article = article("标题", "一句话。")
    shanghai = Article(
        url="", canonical_url="", title="", paragraphs=source.paragraphs, lang="zh",
        published_at=late, utc_offset_min=480,
    )  # fmt: skip
    assert day_of(shanghai) == date(2026, 5, 14)


@pytest.mark.parametrize(
    "text",
    [
        "今天的青栎港已经不同往日。",
        "应对明天数据的量级，港口在扩建。",
        "He trained before 2018 Oak tour.",
    ],
)
def test_a_day_that_nobody_means(text: str) -> None:
    assert find_dates(text, date(2026, 5, 12)) == ()


def test_a_chinese_text_dated_in_gmt_is_dated_as_in_china() -> None:
    source = article("青栎港开港", "青栎港于今日开港。", lang="zh")
    late = replace(source, published_at=datetime(2026, 5, 11, 23, 39, tzinfo=UTC))
    assert day_of(late) == date(2026, 5, 12)
    assert day_of(replace(late, utc_offset_min=-60)) == date(2026, 5, 11)
    assert day_of(replace(late, lang="en")) == date(2026, 5, 11)
