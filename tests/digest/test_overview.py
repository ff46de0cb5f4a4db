"""The numbers in words: only what is known, and no percentage on a handful."""

from datetime import date, timedelta
from itertools import pairwise
from string import Formatter

import pytest

from digest.model import Lang
from digest.numberpictures import PICTURES, Named, barren_sources, picture_of, week_picture
from digest.numbers import BY_DAY, MILLIONTHS, Count, Figures, Span
from digest.overview import compared_words, overview, span_words, title_words
from digest.pictures import Days, duration, money, number, tables_of
from digest.texts import texts_for
from tests.planted_figures import named, planted

LAST = date(2026, 11, 28)
ZH, EN = texts_for(Lang.ZH), texts_for(Lang.EN)
Counts = dict[Count, dict[str, int]]
NAMED = Named({"llm": "大模型", "chips": "芯片"}, {"1": "晨星新闻", "2": "港口报"})


def figures(
    now: Counts, before: Counts | None = None, *, days: int = 7, known: int = 1000
) -> Figures:
    """All of `now` on the last day of the span, all of `before` on the last day before it."""
    span = Span.ending(LAST, days)
    both = Span(span.before.first, span.last)
    nothing: Counts = {name: {} for name in Count}
    now, earlier = nothing | now, nothing | (before or {})
    by_day = {
        name: {
            span.last: now.get(name, {}),
            span.before.last: earlier.get(name, {}),
        }
        for name in BY_DAY
    }
    return Figures(span, now, earlier, by_day, frozenset(both.days[-known:]), today=days == 1)


def said(found: Figures, lang: Lang = Lang.ZH) -> dict[str, str]:
    return {line.name: line.text for line in overview(found, texts_for(lang), NAMED.topics)}


def test_nothing_counted_is_nothing_said():
    assert said(figures({})) == {}


def test_readers_with_how_many_came_and_left():
    now: Counts = {
        Count.READERS: {"private": 1200, "group": 34},
        Count.SUBSCRIBED: {"private": 900},
        Count.NEW: {"private": 80},
        Count.GONE: {"left": 20, "erased": 4},
    }
    before: Counts = {Count.READERS: {"private": 1178}, Count.NEW: {"private": 40}}
    assert said(figures(now, before)) == {
        "readers": "1,234（+56），要推送的 900，新来 80（+100%），离开 24（此前 0）"
    }
    assert said(figures(now, before), Lang.EN) == {
        "readers": "1,234 (+56), 900 want pushes, 80 new (+100%), 24 left (before: 0)"
    }


@pytest.mark.parametrize(
    ("now", "before", "told"),
    [
        (3, 1, "3（此前 1）"),  # not +200%
        (19, 400, "19（此前 400）"),
        (400, 19, "400（此前 19）"),
        (20, 25, "20（−20%）"),
        (1000, 1000, "1,000（持平）"),
        (1001, 1000, "1,001（持平）"),
        (9999, 100, "9,999（此前的 100 倍）"),
        (0, 30, "0（此前 30）"),
    ],
)
def test_changes_are_told_of_enough(now: int, before: int, told: str):
    found = figures({Count.OPENS: {"home": now}}, {Count.OPENS: {"signal": before}})
    assert said(found)["opens"] == f"页面打开 {told}"


def test_what_was_not_counted_is_not_compared():
    found = figures({Count.OPENS: {"home": 99}}, {Count.OPENS: {"home": 9}}, known=13)
    assert said(found)["opens"] == "页面打开 99"
    assert compared_words(found, ZH) == "11月16日起开始计数，还没有更早的可比"
    assert compared_words(figures({}), ZH) == "与之前的 7 天相比"


def test_a_day_that_goes_on_is_not_measured_against_a_whole_one():
    found = figures({Count.OPENS: {"home": 50}}, {Count.OPENS: {"home": 900}}, days=1)
    assert said(found)["opens"] == "页面打开 50（昨天 900）"
    assert (title_words(found, ZH), span_words(found, ZH)) == ("今天", "11月28日")
    assert compared_words(found, EN) == "the day is not over; in brackets all of yesterday"


def test_failures_have_a_share_of_what_ended():
    now: Counts = {
        Count.DELIVERIES: {
            "sent": 2000, "failed": 1, "blocked": 30, "unknown": 2, "resent": 3, "waiting": 7,
        }
    }  # fmt: skip
    assert said(figures(now, {Count.DELIVERIES: {"sent": 1000}})) == {
        "deliveries": "送达 2,000（+100%），失败 1（<0.1%），对方已不在 30（1.5%），"
        "不确定 2（<0.1%），补发 3，在路上 7"
    }
    few: Counts = {Count.DELIVERIES: {"sent": 2, "failed": 1}}
    assert said(figures(few, known=1))["deliveries"] == "送达 2，失败 1"


def test_speed_is_told_of_enough():
    now: Counts = {Count.READY_MINUTES: {"5": 9, "100": 1}, Count.PUSH_MINUTES: {"30": 4}}
    assert said(figures(now)) == {"speed": "从发布到成稿：一半在 5 分钟内，九成在 5 分钟内"}


def test_sources_saves_and_model():
    now: Counts = {
        Count.READ: {"1": 30, "2": 10},
        Count.PUBLISHED: {"1": 10},
        Count.MERGED: {"2": 3},
        Count.SAVES: {"hand": 2, "rule": 9},
        Count.UNSAVES: {"": 1},
        Count.MODEL_CALLS: {"m": 12},
        Count.MODEL_TOKENS: {"m": 34567},
        Count.MODEL_COST: {"m": 1_250_000},
    }
    found = said(figures(now, known=1))
    assert found["sources"] == "读完 40 篇，发布 10（25%），并入已有 3"
    assert found["saves"] == "手动收藏 2，规则收藏 9，移出 1"
    assert found["model"] == "调用 12 次，34,567 token，花费 1.25（按所设单价）"
    free = {name: count for name, count in now.items() if name is not Count.MODEL_COST}
    assert said(figures(free, known=1))["model"] == "调用 12 次，34,567 token"


def test_topics_that_grew_come_with_how_much():
    now: Counts = {Count.TOPIC: {"llm": 50, "chips": 30, "unheard-of": 99}}
    before: Counts = {Count.TOPIC: {"llm": 25, "chips": 31}}
    assert said(figures(now, before))["topics"] == "「大模型」50（+100%）"
    assert "topics" not in said(figures(now, before, known=3))


def test_barren_sources_are_those_read_without_a_signal():
    now: Counts = {Count.READ: {"1": 3, "2": 9, "77": 5}, Count.PUBLISHED: {"1": 1}}
    assert barren_sources(figures(now), NAMED) == ["2"]


# --- pictures and their tables -----------------------------------------------------------


@pytest.mark.parametrize("lang", list(Lang))
@pytest.mark.parametrize("name", PICTURES)
def test_every_number_of_a_picture_stands_in_its_table(name: str, lang: Lang):
    picture = picture_of(name, planted(30), texts_for(lang), named(lang))
    tables = tables_of(picture)
    assert [table.caption for table in tables] == [panel.title for panel in picture.panels]
    for panel, table in zip(picture.panels, tables, strict=True):
        assert all(len(row) == len(table.columns) for row in table.rows)
        if isinstance(panel, Days):
            assert len(table.rows) == 30
            assert table.columns[1:] == tuple(one.name for one in panel.series)
        else:
            assert [row[0] for row in table.rows] == [row.name for row in panel.rows]
            assert [row[1] for row in table.rows] == [number(row.value) for row in panel.rows]


def test_tables_begin_with_the_newest_day_and_leave_out_what_is_not_known():
    found = planted(7, counted=3)
    (opens, _saves) = tables_of(picture_of("opens", found, ZH, named(Lang.ZH)))
    assert [row[0] for row in opens.rows] == ["11月28日", "11月27日", "11月26日"]


def test_days_that_were_not_counted_are_said_to_be():
    whole, part = planted(7), planted(7, counted=3)
    assert "灰底" not in picture_of("opens", whole, ZH, named(Lang.ZH)).span
    assert "灰底的日子没有计数" in picture_of("opens", part, ZH, named(Lang.ZH)).span
    assert "灰底的日子没有计数" in week_picture(part, ZH).span
    assert "灰底" not in picture_of("topics", part, ZH, named(Lang.ZH)).span


def test_cost_is_drawn_where_there_is_any():
    free: Counts = {Count.MODEL_CALLS: {"m": 1}, Count.MODEL_TOKENS: {"m": 9}}
    assert len(picture_of("model", figures(free), ZH, NAMED).panels) == 1
    paid = free | {Count.MODEL_COST: {"m": MILLIONTHS // 2}}
    cost, _tokens = tables_of(picture_of("model", figures(paid), ZH, NAMED))
    assert cost.rows[0][1] == "0.5"


def test_rows_are_in_order_and_compared_only_where_it_is_known():
    picture = picture_of("topics", planted(30), ZH, named(Lang.ZH))
    (panel,) = picture.panels
    values = [row.value for row in panel.rows]  # type: ignore[union-attr]
    assert values == sorted(values, reverse=True)
    assert len(values) == 10
    young = picture_of("topics", planted(30, counted=40), ZH, named(Lang.ZH))
    assert {row.before for row in young.panels[0].rows} == {None}  # type: ignore[union-attr]
    assert len(tables_of(young)[0].columns) == 2


@pytest.mark.parametrize(
    ("minutes", "told"),
    [
        (0, "0 分钟"),
        (119, "119 分钟"),
        (120, "2 小时"),
        (150, "2.5 小时"),
        (2880, "2 天"),
        (5000, "3.5 天"),
    ],
)
def test_durations_are_told_in_the_unit_that_suits_them(minutes: int, told: str):
    assert duration(minutes, ("分钟", "小时", "天")) == told


def test_small_amounts_keep_their_digits():
    assert [money(one) for one in (0, 0.00123, 0.5, 1, 1234.567)] == [
        "0", "0.0012", "0.5", "1.00", "1,234.57",
    ]  # fmt: skip


def test_longer_waits_are_told_as_longer():
    units = ("min", "h", "d")
    lengths = [duration(minutes, units) for minutes in range(0, 10_000, 500)]
    assert all(one != other for one, other in pairwise(lengths))


def test_both_languages_say_the_same():
    keys = {key for key in ZH.keys | EN.keys if key.startswith("stats.")}
    assert keys <= ZH.keys & EN.keys
    for key in keys:
        fields = [
            {
                name
                for form in texts.forms(key)
                for _, name, _, _ in Formatter().parse(form)
                if name
            }
            for texts in (ZH, EN)
        ]
        assert fields[0] == fields[1], key


def test_span_of_one_day_has_yesterday_before_it():
    assert Span(LAST, LAST).before.last == LAST - timedelta(days=1)
