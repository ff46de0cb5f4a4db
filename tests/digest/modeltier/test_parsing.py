"""Reading what models send: every wrapping seen in the wild, and answers that are none."""

import json

import pytest

from digest.modeltier.parsing import BadAnswer, read_answer
from digest.modeltier.schema import BriefAnswer, TranslationAnswer, brief_schema

POINTS = [{"text": "第一点。", "sentences": [1]}, {"text": "第二点。", "sentences": [2, 3]}]
WHOLE = json.dumps({"headline": "标题", "points": POINTS}, ensure_ascii=False)


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        (WHOLE, False),
        (f"```json\n{WHOLE}\n```", False),
        (f"```\n{WHOLE}", False),
        (f"结果如下：{WHOLE}\n以上。", False),
        (f"<think>{{不是这个}}</think>{WHOLE}", False),
        (f"\ufeff \n{WHOLE}", False),
        (WHOLE.replace("]}]", "]},]"), True),
        (WHOLE.replace('"', "'"), True),
        (WHOLE[:-2] + "}", True),
        (WHOLE.replace('{"headline"', "{headline"), True),
        (WHOLE.replace("第一点。", "第一\n点。"), False),
    ],
)
def test_an_answer_is_found_in_its_wrapping(text: str, mended: bool) -> None:
    parsed = read_answer(text, BriefAnswer)
    assert [len(point.sentences) for point in parsed.answer.points] == [1, 2]
    assert (parsed.answer.headline, parsed.mended) == ("标题", mended)


@pytest.mark.parametrize("end", range(len(WHOLE) - 1, len(WHOLE) - 26, -1))
def test_whatever_is_cut_off_no_half_point_stays(end: int) -> None:
    parsed = read_answer(WHOLE[:end], BriefAnswer, cut=True)
    assert {point.text for point in parsed.answer.points} <= {"第一点。", "第二点。"}
    assert all(point.sentences for point in parsed.answer.points)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        (" \n\t", "empty"),
        ("<think>想不出", "empty"),
        ("抱歉，我不能。", "refused"),
        ("[1, 2]", "refused"),
        ("{}", "bad_json"),
        ('{"headline": "", "points": []}', "bad_json"),
        ('{"headline": "题", "points": []}', "bad_json"),
        ('{"headline": "题", "points": "要点"', "bad_json"),
        ('{"a":' * 3000, "bad_json"),
        ("{" * 50_000, "bad_json"),
        ("{" + "字" * 60_000, "oversize"),
    ],
)
def test_what_is_no_answer_has_a_reason_and_says_what_was_wrong(text: str, reason: str) -> None:
    with pytest.raises(BadAnswer) as caught:
        read_answer(text, BriefAnswer)
    assert caught.value.reason == reason
    assert caught.value.complaints
    assert caught.value.said == text[:60_000]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ([3, 4], (3, 4)),
        (3, (3,)),
        ("3", (3,)),
        ("[3, 4]", (3, 4)),
        (["s3", "s4"], (3, 4)),
        ("3-5", (3, 4, 5)),
        (["[7]", 7, "7"], (7,)),
        ([True, None, {"a": 1}], ()),
        (None, ()),
        ("无", ()),
        ("1-999999", tuple(range(1, 13))),
        ([-1], (-1,)),
    ],
)
def test_sentence_numbers_are_read_however_they_are_written(
    written: object, read: tuple[int, ...]
) -> None:
    answer = BriefAnswer.model_validate(
        {"headline": "题", "points": [{"text": "点", "sentences": written}]}
    )
    assert answer.points[0].sentences == read


def test_lists_and_texts_are_bounded() -> None:
    many = [{"text": "长" * 9_000, "sentences": list(range(99))}] * 500
    answer = BriefAnswer.model_validate({"headline": "题", "points": many})
    assert len(answer.points) == 12
    assert len(answer.points[0].text) == 2_000
    assert len(answer.points[0].sentences) == 12


def test_a_translation_needs_numbers() -> None:
    with pytest.raises(BadAnswer):
        read_answer('{"lines": [{"text": "没有编号"}]}', TranslationAnswer)


def test_a_strict_schema_requires_every_field_and_no_other() -> None:
    def check(schema: dict[str, object]) -> None:
        if schema.get("type") == "object":
            properties = schema["properties"]
            assert isinstance(properties, dict)
            assert schema["required"] == list(properties)
            assert schema["additionalProperties"] is False
            for inner in properties.values():
                check(inner)
        elif schema.get("type") == "array":
            items = schema["items"]
            assert isinstance(items, dict)
            check(items)

    for compact in (True, False):
        for compares in (True, False):
            schema = dict(brief_schema(compact=compact, compares=compares))
            check(schema)
            assert ("difference" in schema["properties"]) is compares
