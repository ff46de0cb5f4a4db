"""Numbers of the title first, changes with both ends, nothing half."""

import pytest

from digest.condense import condense
from digest.model import NumberFact
from tests.digest.articles import article

FILLER = "The hall stood open until late and many people came to look at it from all sides."


def numbers(title: str, text: str, lang: str = "en") -> dict[str, NumberFact]:
    filler = FILLER if lang == "en" else "展厅一直开放到深夜，许多市民前来参观并与工程师交流。"
    return {fact.text: fact for fact in condense(article(title, text, filler, lang=lang)).numbers}


@pytest.mark.parametrize(
    ("text", "lang", "written", "ends"),
    [
        ("Unemployment fell to 4.9% from 5.2% in May.", "en", "4.9% from 5.2%", ("5.2%", "4.9%")),
        ("Turnover was $9m, up from $6m in May.", "en", "$9m, up from $6m", ("$6m", "$9m")),
        ("工厂把售价 1799 元 → 499 元作了调整。", "zh", "1799 元 → 499 元", ("1799 元", "499 元")),
        ("The step count went from 40 to 4.", "en", "", ()),
    ],
)
def test_both_ends_of_a_change(text: str, lang: str, written: str, ends: tuple[str, ...]) -> None:
    changes = {
        text: fact for text, fact in numbers("Norvex", text, lang).items() if fact.kind == "change"
    }
    if not ends:  # without a verb of moving, 40 to 4 may be a span
        assert changes == {}
        return
    assert (changes[written].start, changes[written].end) == ends


def test_the_title_leads_even_when_only_a_line_beside_the_text_has_it() -> None:
    found = numbers(
        "青栎耳机首发 499 元",
        "青栎耳机重 30 克，续航 40 小时。点击这里领券，到手价 499 元。",
        "zh",
    )
    assert next(iter(found)) == "499 元"


def test_a_loss_keeps_its_minus_and_a_range_both_ends() -> None:
    found = numbers("青栎业绩", "青栎净利润：-4 亿元，营收为 10 亿元至 12 亿元。", "zh")
    assert found["-4 亿元"].value == -4e8
    assert "10 亿元至 12 亿元" in found


def test_what_goes_on_is_no_number() -> None:
    assert "1600 mm" not in numbers("Norvex plate", "The plate of 1600 mm² costs $30 today.")
    assert not numbers("负载测试", "下图是负载块 $1M$ 时不同集群配置的读写速度对比。", "zh")


def test_an_amount_in_brackets_behind_another_is_its_conversion() -> None:
    found = numbers("Norvex", "Norvex will sell 253m euros (£175m; $328m) of shares in May.")
    assert "253m euros" in found
    assert not {"£175m", "$328m"} & set(found)


def test_a_change_of_the_title_whose_ends_stand_apart_in_the_text() -> None:
    brief = condense(
        article(
            "A new valve cut false alarms at the plant from 40 to 4 a night",
            "Guards at the plant used to hear an average of 40 false alarms a night. "
            "With the new valve, they hear four.",
            "The valve was fitted in spring by a firm from the next town.",
        )
    )
    change = brief.numbers[0]
    assert (change.text, change.start, change.end) == ("from 40 to 4 a night", "40", "4")
    assert (change.measure, change.direction, change.zh) == ("false alarms", "down", "从 40 到 4")
    assert brief.frame == ("误报 40 → 4",)


def test_a_rate_keeps_what_it_is_for() -> None:
    brief = condense(
        article(
            "Harbour pays pilots more",
            "The harbour will pay pilots $95 a day from March, and ships will be guided up to 15 "
            "times a week, against fees of $2 million a year earlier.",
        )
    )
    assert [fact.text for fact in brief.numbers] == ["$2 million", "$95 a day"]


def test_years_between_its_ends_do_not_hide_a_change() -> None:
    found = numbers(
        "青栎报告",
        "青栎研究部估算，人工智能支出占产值的比重将从 2026 年的 1.8% 上升到 2027 年的 2.5%。",
        "zh",
    )
    change = next(fact for fact in found.values() if fact.kind == "change")
    assert (change.start, change.end, change.zh) == ("1.8%", "2.5%", "从 1.8% 到 2.5%")


def test_a_change_whose_end_the_title_has_is_the_title_s() -> None:
    text = "晨星公司注册资本由 1 亿人民币增至 2 亿人民币。"
    found = list(numbers("晨星公司增资至 2 亿元人民币", text, "zh").values())
    assert (found[0].kind, found[0].measure, found[0].start) == (
        "change",
        "注册资本",
        "1 亿人民币",
    )


def test_both_ends_of_a_span_stay_together() -> None:
    found = numbers("Norvex pays", "Norvex will pay between $30 and $50 in damages to each buyer.")
    assert "between $30 and $50" in found
    assert "$30" not in found


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("Norvex asked others to double check the calculations once more.", "en"),
        ("The 13-inch models were refreshed in May by Norvex.", "en"),
        ("前 10 个月青栎港一直关闭。", "zh"),
        ("青栎港开港 10 年后才赚到了钱。", "zh"),
        ("他是青栎市第十四届、十五届议会议员。", "zh"),
    ],
)
def test_sizes_and_times_are_no_figures(text: str, lang: str) -> None:
    assert numbers("Norvex", text, lang) == {}


def test_a_bare_figure_of_the_title_is_not_said_again_beside_the_point_that_has_it() -> None:
    text = "现年 13 岁的林青在青栎杯全国数学竞赛上获得了第一名。"
    assert "13 岁" not in numbers("13 岁少年夺冠", text, "zh")
    named = numbers("青栎手机重 201g 开售", "青栎手机今天开售，机身重 201g。", "zh")
    assert "201g" in named


def test_a_loss_of_the_title_is_the_text_s_negative_profit() -> None:
    text = "青栎公司今天公布了上半年的财务报告，归母净利润：-2.04 亿元。"
    first = next(iter(numbers("青栎公司上半年亏损 2.04 亿元", text, "zh").values()))
    assert first.text == "-2.04 亿元"


def test_a_numeral_written_wrongly_is_no_sum() -> None:
    assert numbers("Norvex", "Norvex has a debt of Rs 50,0000 crore and more of it.") == {}


def test_a_rise_by_any_word_is_a_change_and_a_bound_is_none() -> None:
    found = numbers("青栎报告", "癌症新发病例数从 309 万例飙升至 515 万例，比预计的要多。", "zh")
    assert [fact.kind for fact in found.values()] == ["change"]
    bound = numbers("Norvex", "Norvex waived a loan of up to $5 million that it gave the town.")
    assert bound["$5 million"].direction == ""


def test_a_share_that_grows_says_so_behind_it() -> None:
    found = numbers("Norvex", "Norvex reported 22% growth in phone revenues and 5% lower costs.")
    assert (found["22%"].direction, found["22%"].measure) == ("up", "phone revenues")
    assert found["5%"].direction == "down"


def test_a_change_between_rounded_ends_and_vague_numerals() -> None:
    found = numbers(
        "青栎增资至约 28 亿元", "青栎公司注册资本由约 25 亿元增至约 28 亿元，增幅不小。", "zh"
    )
    assert [fact.kind for fact in found.values()] == ["change"]
    assert numbers("青栎", "千千万万个家庭都在等待，亿万人民的生活不断改善。", "zh") == {}


def test_a_price_keeps_what_it_is_for() -> None:
    found = numbers("青栎钨价", "近期青栎市场的黑钨精矿报价为 41.5 万元/标吨，比上月略低。", "zh")
    assert "41.5 万元/标吨" in found


def test_a_share_that_only_a_line_beside_the_text_has_is_not_shown_bare() -> None:
    text = "原标题：净利暴增 46%！青栎公司的数字从哪里来。青栎公司今天公布了上半年财报，没说原因。"
    assert "46%" not in numbers("净利暴增 46%，青栎公司的数字从哪里来", text, "zh")


@pytest.mark.parametrize(
    ("text", "direction"),
    [
        ("The update works by lowering its cost by 62%.", "down"),
        ("The plant lifted its output by about 15%.", "up"),
        ("The plant cut growth by 5%.", "down"),
        ("The plant led its rivals by 15%.", ""),
    ],
)
def test_the_verb_before_its_object_says_the_direction(text: str, direction: str) -> None:
    (fact,) = condense(article("Harwick plant", text, lang="en")).numbers
    assert fact.direction == direction
