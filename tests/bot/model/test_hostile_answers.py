"""Answers made to hurt: whatever a model writes, what is shown holds, and soon."""

import json
import time
from pathlib import Path
from typing import Any

import pytest

from bot.model import ModelTrouble
from digest.model import Brief, Tier
from digest.render.fit import clean
from storage import Storage
from tests.bot.model.briefs import ARTICLE, GOOD, RULES, with_points
from tests.bot.model.imitation import Reply, answers, by_purpose, fails, says, talking_to
from tests.databases import migrated_file
from tests.digest.articles import article

NO_REPAIR = answers({"statements": []})
TRUE = [point["text"] for point in GOOD["points"][:2]]
SOON_S = 20.0


async def brief_of(*replies: Reply, told: Any = ARTICLE, store: Any = None) -> Brief:
    began = time.process_time()
    async with talking_to(*replies, store=store) as (model, _, _):
        brief = await model.enrich(told, RULES)
    assert time.process_time() - began < SOON_S
    return brief


def shown(brief: Brief) -> str:
    insight = brief.insight
    texts = [brief.headline, *(point.text for point in (*brief.points, *brief.gaps))]
    texts += [brief.why.text] if brief.why else []
    if insight:
        texts += [one.text for one in (*insight.questions, *insight.actions, *insight.concerned)]
        texts += [one.text + one.when for one in insight.timeline]
    return "\n".join(texts)


async def test_ten_megabytes_of_answer_are_not_read() -> None:
    assert await brief_of(says('{"headline": "' + "长" * 3_400_000 + '"}')) is RULES


async def test_five_thousand_points_are_no_answer() -> None:
    many = [f"Norvex 去年融资 12 亿美元，第 {number} 次。" for number in range(5_000)]
    assert await brief_of(answers(with_points(*many))) is RULES


async def test_of_many_true_points_five_are_shown() -> None:
    many = ["Norvex 去年融资 12 亿美元。", "估值为 90 亿美元。", *TRUE] * 100
    brief = await brief_of(answers(with_points(*many)), NO_REPAIR)
    texts = [point.text for point in brief.points]
    assert 2 <= len(texts) <= 5
    assert len(set(texts)) == len(texts)


@pytest.mark.parametrize(
    "numbers",
    [
        [-1],
        [10**40],
        [99_999],
        ["-3"],
        ["s0-s999999"],
        [None, True, {}, [], 1.5],
        {"a": 1},
        "三",
        [0] * 5_000,
        list(range(5_000)),
    ],
)
async def test_sentence_numbers_that_are_none_point_nowhere(numbers: Any) -> None:
    points = [{"text": text, "sentences": numbers} for text in TRUE]
    brief = await brief_of(answers({**GOOD, "points": points}), NO_REPAIR)
    known = range(len(ARTICLE.sentences))
    for point in brief.points:
        assert 0 < len(point.evidence) <= 4
        assert all(place in known for place in point.evidence)


async def test_an_integer_without_end_is_no_number() -> None:
    text = json.dumps(GOOD, ensure_ascii=False).replace("[1]", "[" + "9" * 20_000 + "]")
    brief = await brief_of(says(text), NO_REPAIR)
    assert all(place < 10 for point in brief.points for place in point.evidence)


async def test_a_point_said_in_other_words_order_or_marks_is_said_once() -> None:
    again = [
        TRUE[1],
        TRUE[1].rstrip("。") + "！",
        "- " + TRUE[1],
        f"**{TRUE[1]}**",
        TRUE[1] + "[2]",
    ]
    brief = await brief_of(answers(with_points(TRUE[0], *again)), NO_REPAIR)
    assert [point.text for point in brief.points] == TRUE


@pytest.mark.parametrize(
    "mark",
    [
        "\ud800",
        "\u202e",
        "\u2066",
        "\u200b",
        "\x00",
        "\x1b[31m",
        "\ufeff",
        "\U000e0041",
        "\u2028",
        "<b>",
        "<a href='tg://user?id=1'>",
        "[x](https://x.example)",
        "<script>",
        "&lt;script&gt;",
        "<tg-spoiler>",
        "@durov ",
        "/start ",
        "```",
        "a\u0301\u0301\u0301\u0301\u0301\u0301",
    ],
)
async def test_marks_and_markup_reach_no_reader(
    mark: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    sly = with_points(
        mark + TRUE[0],
        TRUE[1].replace("芯片", f"{mark}芯{mark}片"),
        "Norvex 去年融资 12 亿美元。",
        "Norvex 的估值达到 90 亿美元。",
        headline=f"Norvex 发布 {mark}Halo-3 芯片",
    )
    storage = await Storage.open(migrated_file(request, tmp_path))
    try:
        brief = await brief_of(answers(sly), NO_REPAIR, store=storage.spending)
        again = await brief_of(fails(500), store=storage.spending)
    finally:
        await storage.close()
    assert brief.tier is Tier.MODEL
    text = shown(brief)
    assert text.encode()
    for hidden in (
        "<",
        "](",
        "\u202e",
        "\u2066",
        "\u200b",
        "\x00",
        "\x1b",
        "\U000e0041",
        "@durov",
    ):
        assert hidden not in text
    for line in text.split("\n"):
        assert clean(line) == line
    assert again.tier in {Tier.MODEL, Tier.RULES}  # what was kept is read again, or is not


async def test_an_article_of_broken_letters_can_be_asked_about() -> None:
    told = article(
        "Norvex \ud800 unveils Halo-3",
        "Norvex\udc00 unveiled Halo-3, a chip that runs small language models on phones.",
        "The company said the chip cuts power use from 40 watts to 4 watts.\x00",
        lang="en",
    )
    points = [
        {"text": "Norvex 发布 Halo-3 芯片，可在手机上运行小型语言模型。", "sentences": [0]},
        {"text": "该芯片把功耗从 40 瓦降到 4 瓦。", "sentences": [1]},
    ]
    brief = await brief_of(answers({**GOOD, "points": points}), NO_REPAIR, told=told)
    assert brief.tier is Tier.MODEL


@pytest.mark.parametrize(
    "line", ["\ud800标题", "\u202e好的", "<b>好</b>", "词" * 20_000, "", None, 5]
)
async def test_translated_lines_are_plain_text(line: Any) -> None:
    reply = by_purpose(lines=answers({"lines": [{"id": 1, "text": line}]}))
    async with talking_to(reply) as (model, _, _):
        (found,) = await model.translate(["Good."], "en", "zh")
    assert clean(found) == found
    assert len(found) <= 2_000


async def test_lines_of_another_shape_are_trouble() -> None:
    reply = by_purpose(lines=answers({"lines": [{"id": 1, "text": ["a"]}]}))
    async with talking_to(reply) as (model, _, _):
        with pytest.raises(ModelTrouble):
            await model.translate(["Good."], "en", "zh")
