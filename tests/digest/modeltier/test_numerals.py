"""Numbers and names written so that a comparison would not see them."""

import pytest

from digest.model import Article
from digest.modeltier.checking import review
from digest.modeltier.grounds import Grounds
from digest.modeltier.numerals import (
    odd_numeral,
    turned_change,
    untold_scale,
    wrong_difference,
)
from digest.modeltier.schema import BriefAnswer
from digest.modeltier.statements import Slot, statements_of
from tests.bot.model.briefs import GOOD
from tests.digest.articles import LAUNCH_EN, LAUNCH_ZH

SUMS = [
    "１２０亿",
    "一百二十亿",
    "壹佰贰拾亿",
    "⑫⓪亿",
    " 12⁰ 亿",
    " 1 2 0 亿",
    " 12O 亿",
    " ١٢٠ 亿",
    " 12\u200b0 亿",
    " 𝟏𝟐𝟎 亿",
    "一百多亿",
    "数百亿",
    "廿亿",
    "卅亿",
    "㈩亿",
    " 12 万亿",
]


def faults_of(text: str, told: Article, *, place: int = 3) -> str:
    answer = BriefAnswer.model_validate({**GOOD, "points": [{"text": text, "sentences": [place]}]})
    statements = [one for one in statements_of(answer) if one.slot is Slot.POINT]
    (only,) = review(statements, Grounds(told, range(99)))
    return only.fault


@pytest.mark.parametrize("written", SUMS)
def test_a_false_sum_does_not_pass_in_any_spelling(written: str) -> None:
    assert faults_of(f"Norvex 去年融资{written}美元。", LAUNCH_EN)
    assert faults_of(f"青栎科技去年完成{written}元融资。", LAUNCH_ZH)


@pytest.mark.parametrize("written", [" 12 亿", "１２亿", "十二亿", "十多亿", " 1,200,000,000 "])
def test_the_true_sum_passes_in_plain_spellings(written: str) -> None:
    assert faults_of(f"Norvex 去年融资{written}美元。", LAUNCH_EN) == ""
    assert faults_of(f"青栎科技去年完成{written}元融资。", LAUNCH_ZH) == ""


@pytest.mark.parametrize(
    "text",
    [
        "功耗降低了九成。",
        "功耗翻了三番。",
        "功耗降低百分之九十九。",
        "功耗从 40 瓦升到 4 瓦。",
        "功耗从 4 瓦降到 40 瓦。",
        "功耗从 4 瓦升到 40 瓦。",
        "出货量将在二〇二九年达到 350 万件。",
        "出货量预计将会达到三千五百万。",
        "芯片由 Ѕamsung 代工生产。",
        "Nоrvex 去年发布芯片并开售。",
        "Halo-З 芯片可在手机上离线运行。",
        "芯片由 NVIDlA 代工生产。",
        "<b>Norvex</b> 发布了 Halo-3 芯片。",
        "[Norvex](tg://user?id=1) 发布了芯片。",
    ],
)
def test_numbers_names_and_markup_in_disguise_do_not_pass(text: str) -> None:
    assert faults_of(text, LAUNCH_EN)


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("减少 CO₂ 排放", "cut CO₂"),
        ("TNF-α 的作用", "the role of TNF-α"),
        ("面积 30 m²", "30 m²"),
        ("大陆陆续收拾", ""),
        ("伍德说放肆", ""),
        ("iPhone 12 Only 版", ""),
        ("融资 12 亿元，约 3.5%", ""),
    ],
)
def test_what_is_usual_is_not_odd(text: str, known: str) -> None:
    assert odd_numeral(text, known) == ""


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("数十亿美元的资金", "billions of dollars"),
        ("数百万用户受影响", "affects millions of users"),
        ("近百亿美元的订单", "orders of $9.6 billion"),
        ("上千家公司参与", "1,200 companies took part"),
        ("上亿用户", "100 million users"),
        ("数万人", "35,000 people came"),
        ("千万别信百万富翁", ""),
    ],
)
def test_magnitudes_in_words_are_found_in_the_article(text: str, known: str) -> None:
    assert untold_scale(text, known, "en") == ""


def test_magnitudes_that_nothing_supports_are_not() -> None:
    assert untold_scale("数百亿美元", "raised $1.2 billion", "en") == "数百亿"
    assert untold_scale("上千万用户", "3.5 million users", "en") == "上千万"


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("模型使误报减少了 40 次，从每晚 40 次降到 4 次。", "减少了40 次"),
        ("误报降低4次。", "降低4次"),
        ("误报减少了 36 次。", ""),
        ("误报从 40 次下降到 4 次。", ""),
        ("误报下降到 4 次，降幅很大。", ""),
        ("员工增加了 12 人。", ""),
        ("成本降低了 20 美元，从 80 美元降到 60 美元。", ""),
    ],
)
def test_an_end_of_a_change_is_not_its_size(text: str, wrong: str) -> None:
    known = (
        "A small model cut false alarms from 40 to 4 a night and added 12 people. "
        "It cut the cost by $20 from $80 to $60."
    )
    assert wrong_difference(text, known, "en") == wrong
    chinese = "小模型把误报从每晚 40 次降到 4 次，员工增加了 12 人；成本从 80 美元降到 60 美元。"
    assert wrong_difference(text, chinese, "zh") == wrong


def test_changes_are_read_from_start_to_end() -> None:
    known = "The chip cuts power use from 40 watts to 4 watts."
    assert turned_change("功耗从 40 瓦降到 4 瓦", known, "en") == ""
    assert turned_change("功耗从 4 瓦升到 40 瓦", known, "en")
    assert turned_change("占比从 15% 升至 12%", "", "en")
    assert turned_change("占比从 12% 升至 15%", "", "en") == ""
    assert turned_change("从 2024 年 3 月到 2025 年 5 月", "", "en") == ""
