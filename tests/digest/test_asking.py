from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.asking import Request, read_request, sources_called, suggest_sources
from digest.days import Days, read_days
from digest.model import Lang, PollState, Source, SourceSpec, SourceState
from digest.taxonomy import load_taxonomy

TODAY = date(2026, 11, 28)  # a Saturday
TAXONOMY = load_taxonomy()


def read(text: str) -> Request:
    return read_request(text, TAXONOMY, TODAY)


def span(first: str, last: str = "") -> Days:
    return Days(date.fromisoformat(first), date.fromisoformat(last or first))


# --- days --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("今天", span("2026-11-28")),
        ("昨天", span("2026-11-27")),
        ("Yesterday", span("2026-11-27")),
        ("前天", span("2026-11-26")),
        ("近7天", span("2026-11-22", "2026-11-28")),
        ("最近 7 天", span("2026-11-22", "2026-11-28")),
        ("7d", span("2026-11-22", "2026-11-28")),
        ("last 7 days", span("2026-11-22", "2026-11-28")),
        ("last-7-days", span("2026-11-22", "2026-11-28")),
        ("近三天", span("2026-11-26", "2026-11-28")),
        ("近十二天", span("2026-11-17", "2026-11-28")),
        ("2w", span("2026-11-15", "2026-11-28")),
        ("近两周", span("2026-11-15", "2026-11-28")),
        ("一周内", span("2026-11-22", "2026-11-28")),
        ("一个月", span("2026-10-30", "2026-11-28")),
        ("本周", span("2026-11-23", "2026-11-29")),
        ("last week", span("2026-11-16", "2026-11-22")),
        ("last_week", span("2026-11-16", "2026-11-22")),
        ("上周", span("2026-11-16", "2026-11-22")),
        ("本月", span("2026-11-01", "2026-11-30")),
        ("上个月", span("2026-10-01", "2026-10-31")),
        ("去年", span("2025-01-01", "2025-12-31")),
        ("周三", span("2026-11-25")),
        ("星期六", span("2026-11-28")),
        ("Monday", span("2026-11-23")),
        ("sun", span("2026-11-22")),
        ("2026-11-20", span("2026-11-20")),
        ("2026/11/5", span("2026-11-05")),
        ("20261120", span("2026-11-20")),
        ("2026年11月20日", span("2026-11-20")),
        ("11-20", span("2026-11-20")),
        ("11月20日", span("2026-11-20")),
        ("12-25", span("2025-12-25")),
        ("2-29", span("2024-02-29")),
        ("nov 20", span("2026-11-20")),
        ("20 November", span("2026-11-20")),
        ("Dec 1, 2025", span("2025-12-01")),
        ("11月", span("2026-11-01", "2026-11-30")),
        ("12月", span("2025-12-01", "2025-12-31")),
        ("2026-10", span("2026-10-01", "2026-10-31")),
        ("2026", span("2026-01-01", "2026-12-31")),
        ("2026-W48", span("2026-11-23", "2026-11-29")),
        ("2026-11-20..2026-11-26", span("2026-11-20", "2026-11-26")),
        ("11-26~11-20", span("2026-11-20", "2026-11-26")),
        ("11月20日至11月26日", span("2026-11-20", "2026-11-26")),
        ("11.20-11.26", span("2026-11-20", "2026-11-26")),
        ("nov 20 to nov 26", span("2026-11-20", "2026-11-26")),
        ("周一到周三", span("2026-11-23", "2026-11-25")),
        ("2026-11-20..", Days(date(2026, 11, 20), None)),
        ("..11-20", Days(None, date(2026, 11, 20))),
        (">11-20", Days(date(2026, 11, 20), None)),
        ("11-20以来", Days(date(2026, 11, 20), None)),
        ("before 2026-11-20", Days(None, date(2026, 11, 20))),
    ],
)
def test_days_are_read(text: str, days: Days) -> None:
    assert read_days(text, TODAY) == days


@pytest.mark.parametrize(
    "text",
    ["", "..", "昨", "2026-02-30", "2026-13", "13-40", "0d", "99", "1850", "一", "foo", "~"],
)
def test_what_is_no_day_is_none(text: str) -> None:
    assert read_days(text, TODAY) is None


@given(st.text(max_size=20))
def test_no_text_breaks_the_reading_of_days(text: str) -> None:
    days = read_days(text, TODAY)
    if days is not None:
        assert read_days(str(days), TODAY) == days


def test_days_are_those_of_a_zone() -> None:
    since, until = span("2026-11-20").bounds("Asia/Shanghai")
    assert since == datetime(2026, 11, 19, 16, tzinfo=UTC)
    assert until == datetime(2026, 11, 20, 16, tzinfo=UTC)
    assert Days(None, None).bounds("UTC") == (None, None)


# --- requests ----------------------------------------------------------------------------


def test_words_and_filters_are_told_apart() -> None:
    asked = read("芯片 栏目:AI 来源:路透 日期:昨天")
    assert asked == Request("芯片", "ai", None, "路透", span("2026-11-27"))
    english = read("chips column:ai source:reuters day:2026-11-20")
    assert english == Request("chips", "ai", None, "reuters", span("2026-11-20"))


@pytest.mark.parametrize(
    ("text", "words", "filters"),
    [
        ("栏目: 人工智能 芯片", "芯片", ("column",)),
        ("栏目 : 人工智能 芯片", "芯片", ("column",)),
        ("colunm:ai chips", "chips", ("column",)),
        ("souce:reuters chips", "chips", ("source",)),
        ("芯片,来源:路透,日期:近7天", "芯片", ("source", "day")),
        ('source:"The Verge" "open source"', '"open source"', ("source",)),
        ("来源:「纽约 时报」 芯片", "芯片", ("source",)),
        ("日期:近 7 天 芯片", "芯片", ("day",)),
        ("day:last week chips", "chips", ("day",)),
        ("date:20 Nov chips", "chips", ("day",)),
        ("话题:大模型", "", ("topic",)),
        ("栏目:大模型", "", ("topic",)),
        ("topic:business", "", ("column",)),
        ("column:bussiness", "", ("column",)),
        ("OpenAI: a new model", "OpenAI: a new model", ()),
        ("https://news.example/a:b", "https://news.example/a:b", ()),
        ("data:2026 GPT-5:", "data:2026 GPT-5:", ()),
        ("12:30 会议", "12:30 会议", ()),
        ("", "", ()),
    ],
)
def test_spelling_is_taken_leniently(text: str, words: str, filters: tuple[str, ...]) -> None:
    asked = read(text)
    assert (asked.words, asked.filters, asked.unknown) == (words, filters, ())


def test_a_filter_without_a_value_is_no_words() -> None:
    asked = read("芯片 来源:")
    assert (asked.words, asked.filters, asked.unknown) == ("芯片", (), (("source", ""),))


def test_a_misspelt_filter_without_a_value_is_no_word():
    asked = read("芯片 etopic=")
    assert (asked.words, asked.unknown) == ("芯片", (("topic", ""),))


def test_the_last_of_two_filters_of_a_kind_counts() -> None:
    assert read("栏目:AI 栏目:商业财经").column == "business"


def test_what_nothing_is_called_is_said() -> None:
    asked = read("芯片 栏目:园艺 话题:xyzzy 日期:某天")
    assert asked.words == "芯片"
    assert asked.unknown == (("column", "园艺"), ("topic", "xyzzy"), ("day", "某天"))


@given(
    st.sampled_from([None, *TAXONOMY.columns]),
    st.sampled_from([None, *TAXONOMY.topics]),
    st.sampled_from(["", "路透社", "The Verge", "36氪", "O'Reilly Radar", "a, b"]),
    st.sampled_from([None, span("2026-11-20"), Days(date(2026, 1, 2), None)]),
    st.sampled_from(list(Lang)),
)
def test_what_is_written_is_read_back(
    column: str | None, topic: str | None, source: str, days: Days | None, lang: Lang
) -> None:
    asked = Request("芯片 chips", column, topic, source, days)
    assert read(asked.typed(lang, TAXONOMY)) == asked
    for kind in asked.filters:
        assert kind not in asked.without(kind).filters


@given(st.text(max_size=60))
def test_no_line_breaks_the_reading(text: str) -> None:
    read(text)


# --- sources -----------------------------------------------------------------------------


def source(number: int, key: str, title: str, site: str = "") -> Source:
    spec = SourceSpec(key, f"https://feeds.example/{key}", title, "ai", "zh", site_url=site)
    return Source(number, spec, SourceState.ACTIVE, PollState())


SOURCES = (
    source(1, "reuters-world", "路透社 国际", "https://www.reuters.com/world/"),
    source(2, "reuters-tech", "路透社 科技", "https://www.reuters.com/technology/"),
    source(3, "verge", "The Verge", "https://www.theverge.com/"),
    source(4, "36kr", "36氪", "https://36kr.com/"),
    source(5, "nhk", "NHK", "https://www3.nhk.or.jp/"),
)


@pytest.mark.parametrize(
    ("name", "ids"),
    [
        ("路透", [1, 2]),
        ("路透社 科技", [2]),
        ("REUTERS", [1, 2]),
        ("reuters.com", [1, 2]),
        ("the verge", [3]),
        ("verge", [3]),
        ("The Vergee", [3]),
        ("３６氪", [4]),
        ("nhk", [5]),
        ("com", []),
        ("example", []),
        ("", []),
        ("没有这家", []),
    ],
)
def test_sources_are_found_by_name_key_and_address(name: str, ids: list[int]) -> None:
    assert [one.id for one in sources_called(name, SOURCES)] == ids


def test_near_sources_are_suggested() -> None:
    assert suggest_sources("路透社国际新闻", SOURCES)[0].id == 1
    assert suggest_sources("完全无关", SOURCES) == ()


def test_a_request_becomes_a_narrowing() -> None:
    asked = Request("x", "ai", "llm", "路透", span("2026-11-20"))
    narrowing = asked.narrowing(SOURCES, "UTC")
    assert narrowing.sources == (1, 2)
    assert (narrowing.column, narrowing.topic) == ("ai", "llm")
    assert narrowing.since == datetime(2026, 11, 20, tzinfo=UTC)
    assert Request("x").narrowing(SOURCES, "UTC").sources == ()
