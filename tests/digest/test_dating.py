"""Days said from the day of writing become dates, or go where the day is not certain."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from digest.dating import in_days, written_on
from digest.model import Tier
from digest.render import render_card, render_digest
from tests.digest.render.samples import a_point, a_signal
from tests.digest.render.test_messages import a_digest, rendering
from tests.newsdesk import signal

ON = date(2026, 3, 2)
AT = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)  # half past nine in China, still March 1 in America


@pytest.mark.parametrize(
    ("text", "dated", "without"),
    [
        ("北斗智车今天上午宣布降价", "北斗智车3月2日上午宣布降价", "北斗智车宣布降价"),
        ("昨晚，凌河大坝溃口。", "3月1日晚，凌河大坝溃口。", "凌河大坝溃口。"),
        ("在昨日的发布会上，晨星 S1 亮相。", "在3月1日的发布会上，晨星 S1 亮相。", None),
        ("晨星 S1 今日开售", "晨星 S1 于3月2日开售", "晨星 S1 开售"),
        ("新价格今日起生效", "新价格3月2日起生效", None),
        ("截至今日收盘，指数涨 3%", "截至3月2日收盘，指数涨 3%", None),
        ("前日，两家公司签约。", "2月28日，两家公司签约。", "两家公司签约。"),
    ],
)
def test_a_day_of_the_article_is_a_date(text: str, dated: str, without: str | None) -> None:
    assert in_days(text, "zh", ON) == dated
    assert in_days(text, "zh", None) == (text if without is None else without)


@pytest.mark.parametrize(
    ("text", "dated", "without"),
    [
        ("Yesterday, the firm cut jobs.", "On 1 Mar, the firm cut jobs.", "The firm cut jobs."),
        ("Beidou announced today that it", "Beidou announced on 2 Mar that it", None),
        ("Beidou today announced a car.", "Beidou on 2 Mar announced a car.", None),
        ("It was shut this morning.", "It was shut on the morning of 2 Mar.", "It was shut."),
        ("Shares fell late yesterday.", "Shares fell late on 1 Mar.", "Shares fell."),
        ("It is down since yesterday.", "It is down since 1 Mar.", "It is down since yesterday."),
    ],
)
def test_so_is_one_in_english(text: str, dated: str, without: str | None) -> None:
    assert in_days(text, "en", ON) == dated
    assert in_days(text, "en", None) == (
        text.replace(" today", "") if without is None else without
    )


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("今天的世界变化很快，今天，人工智能无处不在。", "zh"),  # nowadays
        ("今日资本宣布投资晨星。", "zh"),
        ("昨天的太阳照常升起", "zh"),
        ("当今日本经济回升，公司此前日均销量创新高。", "zh"),
        ("他说：“昨天很好。”", "zh"),
        ("今日（3 月 2 日）发布新车。", "zh"),
        ("Today, AI is everywhere, and people use it today.", "en"),
        ('He said: "We shipped it yesterday."', "en"),
        ("Today's launch was a success.", "en"),
    ],
)
def test_what_means_no_day_of_the_article_stays(text: str, lang: str) -> None:
    assert in_days(text, lang, ON) == text
    assert in_days(text, lang, None) == text


def test_the_day_is_the_one_at_the_writers() -> None:
    chinese = signal(published_at=AT, utc_offset_min=None)
    assert written_on(chinese) == date(2026, 3, 2)
    late = replace(chinese, published_at=AT.replace(hour=20))
    assert written_on(late) == date(2026, 3, 3)
    assert written_on(replace(chinese, published_at=None)) is None
    english = replace(chinese, lang="en")
    assert written_on(english) is None  # GMT, as feeds write it: March 1 or 2
    assert written_on(replace(english, published_at=AT.replace(hour=12))) == date(2026, 3, 2)
    assert written_on(replace(english, utc_offset_min=-300)) == date(2026, 3, 1)


def test_readers_see_dates_and_what_editors_wrote_as_it_is() -> None:
    told = a_signal(points=(a_point("晨星 S1 昨日降价，售价 18.9 万元。"),), published_at=AT)
    assert "晨星 S1 于3月1日降价" in render_card(told, rendering()).text
    (digest,) = render_digest(a_digest(told), rendering())
    assert "晨星 S1 于3月1日降价" in digest.text
    edited = replace(told, brief=replace(told.brief, tier=Tier.EDITOR))
    assert "晨星 S1 昨日降价" in render_card(edited, rendering()).text
