"""What of an article fits into a request."""

import pytest

from digest.modeltier.asking import (
    amounts_in,
    ask_brief,
    ask_facts,
    ask_rewrite,
    ask_translation,
    prompt_version,
)
from digest.modeltier.plan import (
    MOST_SECTIONS,
    Material,
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
    question = ask_rewrite(
        [statement], ["[3] Norvex raised $1.2 billion."], "en", "article-1", 300
    )
    asked = question.messages(schema_known=True)[1]["content"]
    assert "2. 融资 120 亿。" in asked
    assert "与原文不一致" in asked
    assert "$1.2 billion = 12 亿美元" in asked


def test_large_amounts_are_converted_for_the_model_and_others_left_to_it() -> None:
    lines = (
        "[0] Norvex raised $1.2 billion at a value of €798m.",
        "[1] It has 3.5 million users, 12 offices and 40 percent of the market; $1.2 billion.",
    )
    told = ("$1.2 billion = 12 亿美元", "€798m = 7.98 亿欧元", "3.5 million users = 350 万用户")
    assert amounts_in(lines, "en") == told
    assert amounts_in(("[0] 公司融资 12 亿美元。",), "zh") == ()
    many = [f"[{number}] It paid ${number + 1} billion." for number in range(50)]
    assert len(amounts_in(many, "en")) == 8


def test_every_prompt_has_the_conversions_within_its_fence() -> None:
    lines = ("[0] Norvex raised $1.2 billion.",)
    told = article("T", "Norvex raised $1.2 billion.", lang="en")
    material = Material(lines, compact=False, answer_tokens=100)
    questions = (
        ask_brief(told, material, (), "f-1"),
        ask_facts(told, material, (1, 2), "f-1"),
        ask_rewrite([], lines, "en", "f-1", 100),
        ask_translation(["It raised $1.2 billion."], ("en", "zh"), {}, "f-1", 100),
    )
    for question in questions:
        asked = question.messages(schema_known=True)[1]["content"]
        fenced = asked.partition("<f-1>")[2].partition("</f-1>")[0]
        assert "$1.2 billion = 12 亿美元" in fenced
    other = ask_translation(["It raised $1.2 billion."], ("en", "pt"), {}, "f-1", 100)
    assert "亿" not in other.messages(schema_known=True)[1]["content"]
