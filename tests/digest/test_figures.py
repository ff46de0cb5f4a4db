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
