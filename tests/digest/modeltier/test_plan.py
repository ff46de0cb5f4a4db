"""What of an article fits into a request."""

import pytest

from digest.modeltier.asking import ask_brief, ask_rewrite, prompt_version
from digest.modeltier.plan import (
    MOST_SECTIONS,
    Room,
    estimate_tokens,
    from_facts,
    make_plan,
)
from tests.digest.articles import LAUNCH_EN, LAUNCH_ZH, article

LONG = article(
    "Long",
    *(f"Paragraph {n} has words. " * 40 for n in range(120)),
    lang="en",
)


def test_estimates_are_on_the_safe_side() -> None:
    assert estimate_tokens("") == 0
    assert estimate_tokens("公司发布芯片") == 6
    assert estimate_tokens("a language model") >= 3


@pytest.mark.parametrize("context", [2_000, 4_096, 8_000, 16_000, 128_000])
def test_every_request_fits_its_context(context: int) -> None:
    room = Room(context)
    for told in (LAUNCH_EN, LAUNCH_ZH, LONG):
        plan = make_plan(told, room)
        for part in plan.sections or (plan.whole,):
            assert part is not None
            messages = ask_brief(told, part, (), "article-00").messages(schema_known=False)
            size = sum(estimate_tokens(message["content"]) for message in messages)
            assert size + part.answer_tokens <= context


def test_sections_are_few_and_end_with_the_end() -> None:
    parts = make_plan(LONG, Room(4_096)).sections
    assert len(parts) == MOST_SECTIONS
    last = LONG.sentences[-1].index
    assert parts[-1].lines[-1].startswith(f"[{last}] ")
    assert parts[0].lines[0].startswith("[0] ")


def test_a_sentence_without_end_is_shown_in_part() -> None:
    told = article("Endless", "word " * 200_000, lang="en")
    lines = make_plan(told, Room(4_096)).lines
    assert lines
    assert all(len(line) < 700 for line in lines)


def test_facts_that_do_not_fit_are_left_out() -> None:
    facts = [("事实" * 50, (number, number + 1)) for number in range(200)]
    material = from_facts(facts, Room(4_096))
    assert 5 < len(material.lines) < 200
    assert material.lines[0].startswith("[0,1] ")
    assert material.is_facts


def test_prompts_have_versions_and_the_fence_is_no_part_of_the_question() -> None:
    material = make_plan(LAUNCH_EN, Room(16_000)).whole
    assert material is not None
    one, two = (ask_brief(LAUNCH_EN, material, (), fence) for fence in ("article-1", "article-2"))
    assert one.content == two.content
    assert one.messages(schema_known=True) != two.messages(schema_known=True)
    names = ("brief", "facts", "rewrite", "translate")
    assert len({prompt_version(name) for name in names}) == 4
    assert one.mended("{}", ("坏",)).content != one.content


def test_what_stays_the_same_comes_first() -> None:
    """Servers keep what they have read of a prompt: the article and its fence come after it."""
    room = Room(16_000)
    starts = set()
    for told in (LAUNCH_EN, LAUNCH_ZH):
        material = make_plan(told, room).whole
        assert material is not None
        text = ask_brief(told, material, (), f"article-{told.lang}").messages(schema_known=True)
        starts.add(text[0]["content"] + text[1]["content"].partition("发表日期")[0])
    assert len(starts) == 1


def test_a_rewrite_names_what_is_wrong() -> None:
    statement = {"id": 2, "text": "融资 120 亿。", "complaint": "数字“120 亿”与原文不一致"}
    question = ask_rewrite([statement], ["[3] Norvex raised $1.2 billion."], "article-1", 300)
    asked = question.messages(schema_known=True)[1]["content"]
    assert "2. 融资 120 亿。" in asked
    assert "与原文不一致" in asked
