"""Each way in which an engine's text is refused, and that right ones pass."""

import time

import pytest

from digest.translation import judge

ORIGINAL = "The company said revenue rose 12% to $1.2 billion in the third quarter of this year."
RIGHT = "该公司表示，今年第三季度营收增长 12%，达到 12 亿美元。"


def reason(original: str, translated: str, target: str = "zh") -> str:
    return judge(original, translated, source="en", target=target).reason


def test_a_right_translation_passes_and_its_numbers_are_counted():
    judgement = judge(ORIGINAL, RIGHT, source="en", target="zh")
    assert judgement.accepted
    assert judgement.compared >= 2


@pytest.mark.parametrize(
    ("translated", "expected"),
    [
        ("", "empty"),
        ("  \n", "empty"),
        ("该公司表示" * 200, "long"),
        ("<b>该公司</b>表示，营收增长 12%，达到 12 亿美元。", "markup"),
        ("该公司表示，营收增长 12%，达到 12&nbsp;亿美元。", "markup"),
        (ORIGINAL, "language"),
        ("La empresa dijo que los ingresos subieron un 12% a $1.2 billion.", "language"),
        ("同社は、今年の第3四半期の売上高が12%増えて12億ドルになったと述べた。", "language"),
        (RIGHT.replace("12 亿", "120 亿"), "number"),
        (RIGHT.replace("12%", "21%"), "number"),
        (RIGHT.replace("增长", "下降"), "direction"),
        ("公司营收增长公司营收增长公司营收增长公司营收增长公司营收增长。", "repeats"),
    ],
)
def test_each_fault_has_its_reason(translated: str, expected: str):
    assert reason(ORIGINAL, translated) == expected


def test_a_changed_address_is_a_fault():
    original = "Write to press@example.org before Monday if you want to take part in the trial."
    assert (
        reason(original, "如想参加试用，请在周一之前写信至 pressione@example.org。") == "verbatim"
    )
    assert not reason(original, "如想参加试用，请在周一之前写信至 press@example.org。")


def test_for_other_targets_digits_are_compared():
    original = "The model cuts generation steps from 40 to 4."
    assert not reason(original, "O modelo reduz as etapas de geração de 40 para 4.", "pt")
    assert reason(original, "O modelo reduz as etapas de geração de 40 para 14.", "pt") == "number"


@pytest.mark.parametrize(
    "junk", ["\x00", "\u202e\u200b", "🙂" * 40, "<<<<>>>>", "&&&;", "{" * 500]
)
def test_whatever_comes_is_judged_without_an_error(junk: str):
    assert judge(ORIGINAL, junk, source="en", target="zh").reason
    judge(junk, RIGHT, source="en", target="zh")


@pytest.mark.parametrize("junk", ["1,2.3亿%万4-", "中（", "A.b-", "“", "12 "])
def test_a_text_made_to_hurt_is_judged_in_reasonable_time(junk: str):
    original = "Nvidia said revenue rose 12% to $4 billion and people went home. " * 40
    hostile = ("他说" + junk * 10_000)[: 2 * len(original)]
    began = time.process_time()
    assert reason(original, hostile)
    assert time.process_time() - began < 5
