import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.text.numbers import find_numbers
from tests.digest.number_cases import CASES


@pytest.mark.parametrize(
    ("text", "value", "kind", "unit", "zh"),
    [
        ("$1.2 billion", 1.2e9, "money", "USD", "12 亿美元"),
        ("£798m", 798e6, "money", "GBP", "7.98 亿英镑"),
        ("€25,000", 25e3, "money", "EUR", "2.5 万欧元"),
        ("two billion dollars", 2e9, "money", "USD", "20 亿美元"),
        ("2 trillion won", 2e12, "money", "KRW", "2 万亿韩元"),
        ("3.5 million users", 3.5e6, "count", "users", "350 万用户"),
        ("3.5 million monthly active users", 3.5e6, "count", "users", "350 万用户"),
        ("100k stars", 1e5, "count", "stars", "10 万个 star"),
        ("7B parameters", 7e9, "count", "parameters", "70 亿参数"),
        ("1,200 widgets", 1200, "count", "widgets", ""),
        ("6.2 percent", 6.2, "percent", "%", "6.2%"),
        ("2 percentage points", 2, "points", "pp", "2 个百分点"),
        ("25 basis points", 25, "points", "bp", "25 个基点"),
        ("doubled", 2, "multiple", "x", "翻倍"),
        ("5 times", 5, "multiple", "x", ""),
    ],
)
def test_reads_english(text: str, value: float, kind: str, unit: str, zh: str) -> None:
    (number,) = find_numbers(f"It was {text} then.", "en")
    assert (number.text, number.value, number.kind, number.unit, number.zh) == (
        text, value, kind, unit, zh,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "value", "kind", "unit"),
    [
        ("12 亿美元", 12e8, "money", "USD"),
        ("1.2万亿元", 1.2e12, "money", "CNY"),
        ("一百五十万元", 1.5e6, "money", "CNY"),
        ("¥99", 99, "money", "CNY"),
        ("百分之六点二", 6.2, "percent", "%"),
        ("三成", 30, "percent", "%"),
        ("2 个百分点", 2, "points", "pp"),
        ("翻倍", 2, "multiple", "x"),
        ("翻两番", 4, "multiple", "x"),
        ("三倍", 3, "multiple", "x"),
        ("350万用户", 3.5e6, "count", "用户"),
        ("300 多万人次", 3e6, "count", "人次"),
        ("65 千瓦时", 65, "count", "千瓦时"),
        ("70 亿参数", 7e9, "count", "参数"),
    ],
)
def test_reads_chinese(text: str, value: float, kind: str, unit: str) -> None:
    (number,) = find_numbers(f"共计{text}。", "zh")
    assert (number.text, number.value, number.kind, number.unit) == (text, value, kind, unit)
    assert number.zh in {"", "99 元"}


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("In 2024 and since 1990s", "en"),
        ("on Jan 5, 2026 at 5:30 pm", "en"),
        ("GPT-5.2, F-16, COVID-19 and v1.2.3", "en"),
        ("iPhone 17 users love Windows 11", "en"),
        ("Section 5, No. 3, version 2.1, Q3", "en"),
        ("4K video over 5G", "en"),
        ("the ID 12345678901234", "en"),
        ("2026年5月12日 8:30，第三季度，第 5 章", "zh"),
        ("iPhone 17 和 Windows 11", "zh"),
        ("千万不要一成不变，一个人完成", "zh"),
        ("数十亿美元", "zh"),
    ],
)
def test_dates_ordinals_names_and_vague_words_are_no_facts(text: str, lang: str) -> None:
    assert [number for number in find_numbers(text, lang) if number.is_fact] == []


def test_both_ends_of_a_range_have_the_unit() -> None:
    first, second = find_numbers("10 至 15 亿元", "zh")
    assert (first.value, first.unit) == (1e9, "CNY")
    assert (second.value, second.unit) == (1.5e9, "CNY")
    low, high = find_numbers("$5-10 million", "en")
    assert (low.value, high.value, high.zh) == (5e6, 1e7, "1000 万美元")


def test_an_uncertain_currency_is_not_named_in_chinese() -> None:
    (number,) = find_numbers("It costs ¥500.", "en")
    assert (number.unit, number.zh) == ("¥", "")


@given(st.text(alphabet="0123456789.,$€%亿万千百十一二三倍成年月 -to from x×kmbn~第", max_size=60))
def test_any_text_gives_ordered_slices_of_itself(text: str) -> None:
    done = 0
    for number in find_numbers(text, "zh"):
        assert text[number.start : number.end] == number.text
        assert number.start >= done
        done = number.end


@pytest.mark.parametrize(
    "text", ["华硕天选 7X 主机", "搭载 4.4 V8 发动机", "只差一两个字母", "三五十年"]
)
def test_names_and_vague_counts_are_no_figures(text: str) -> None:
    assert [number.text for number in find_numbers(text, "zh") if number.is_fact] == []


def test_a_word_between_makes_another_unit() -> None:
    by_text = {number.text: number.zh for number in find_numbers(
        "14 square kilometres, 4 light years, 14 kilometres", "en"
    )}  # fmt: skip
    assert by_text == {
        "14 square kilometres": "",
        "4 light years": "",
        "14 kilometres": "14 公里",
    }


def test_ten_times_faster_may_be_written_with_a_capital() -> None:
    (number,) = find_numbers("It is 10X faster.", "en")
    assert (number.kind, number.value) == ("multiple", 10)


@pytest.mark.parametrize("case", CASES)
def test_the_table_of_hard_cases(case: str) -> None:
    lang, sentence, expected = case.split("|")
    wanted = []
    for one in filter(None, expected.split("; ")):
        value, kind, *unit = one.split(" ")
        wanted.append((pytest.approx(float(value)), kind, "".join(unit)))
    found = [(it.value, it.kind, it.unit) for it in find_numbers(sentence, lang) if it.is_fact]
    if sentence.startswith("步数从"):  # the unit 步 is no measure yet: plain numbers, no figures
        assert [it.value for it in find_numbers(sentence, lang)] == [40, 4]
    assert found == wanted


def test_the_table_is_long_enough() -> None:
    assert len(CASES) >= 200


@pytest.mark.parametrize(
    "piece", ["1", "1,", "1.", "一", "百分之", "3亿", "five ", "$", "1/", "十点", "half a "]
)
def test_time_grows_with_length_only(piece: str) -> None:
    def taken(size: int) -> float:
        text = (piece * size)[:size]
        best = 9.0
        for _ in range(3):
            began = time.process_time()
            find_numbers(text, "zh")
            best = min(best, time.process_time() - began)
        return best

    # Eight times the text; the rest is what a busy machine adds.
    assert taken(40_000) < 24 * max(taken(5_000), 0.002)


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("旗下曙光 15 笔记本共 15 笔交易。", ["", "笔"]),
        ("工厂有 8 台式机和 8 台机器。", ["", "台"]),
        ("3 部门印发 3 部手册。", ["", "部"]),
    ],
)
def test_a_counter_is_no_part_of_a_word(text: str, units: list[str]) -> None:
    assert [number.unit for number in find_numbers(text, "zh")] == units
