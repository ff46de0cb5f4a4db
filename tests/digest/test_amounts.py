"""Amounts that were written in Chinese, as English readers read them."""

import pytest

from digest.text.amounts import in_english


@pytest.mark.parametrize(
    ("written", "english"),
    [
        ("12 亿元人民币", "CNY 1.2 billion"),
        ("十二亿元", "CNY 1.2 billion"),
        ("1.2 万亿元", "CNY 1.2 trillion"),
        ("3500 万美元", "$35 million"),
        ("5 亿港元", "HK$500 million"),
        ("2600 亿韩元", "KRW 260 billion"),
        ("￥12 亿", "¥1.2 billion"),  # yuan or yen: as the article has it
        ("-4 亿元", "-CNY 400 million"),
        ("12 亿多元", "over CNY 1.2 billion"),
        ("1234.56789 万元", "CNY 12,345,678.9"),
        ("10 至 15 亿元", "CNY 1 billion to CNY 1.5 billion"),
        ("从 40 亿元降到 20 亿元", "from CNY 4 billion to CNY 2 billion"),
        ("百分之三十", "30%"),
        ("三成", "30%"),
        ("3 倍", "3x"),
        ("0.5 个百分点", "0.5 percentage points"),
        ("1 个百分点", "1 percentage point"),
        ("25 个基点", "25 basis points"),
        ("300 万辆", "3 million vehicles"),
        ("1 个国家", "1 country"),
        ("50 多名员工", "over 50 employees"),
        ("3 万家", "30,000"),
    ],
)
def test_reads_in_english(written: str, english: str) -> None:
    assert in_english(written) == english


@pytest.mark.parametrize(
    "written",
    [
        "$1.2 billion",  # nothing Chinese about it
        "30%",
        "12億元",  # of Taiwan, Hong Kong or the mainland
        "约 12 亿元",  # more than the number stands there
        "12 亿元/年",
        "十几亿元",
        "百万颗",  # about as many
        "3.5 万人次",  # counted in what English has no one word for
        "从 40 涨到 50%",
        "翻倍",
        "亿亿亿元",
        "",
    ],
)
def test_what_is_not_certain_stays_as_it_was_written(written: str) -> None:
    assert in_english(written) == ""
