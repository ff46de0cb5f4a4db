import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.text.sentences import split_sentences
from tests.digest.sentence_cases import CASES


def test_there_are_enough_hard_cases() -> None:
    assert len(set(CASES)) >= 300


@pytest.mark.parametrize(("lang", "marked"), CASES)
def test_splits_where_a_reader_would(lang: str, marked: str) -> None:
    wanted = [part.strip() for part in marked.split("‖")]
    found = [part.strip() for part in split_sentences(marked.replace("‖", ""), lang)]
    assert found == wanted


# Each took time by the square of its length in some version, or could.
HOSTILE = [
    "a" * 200_000, "." * 200_000, "…" * 200_000, "?!" * 100_000, "。" * 200_000, "e.g. " * 40_000,
    "(" * 200_000, "“" * 200_000, '"' * 200_000, 'a."B' * 50_000, "！”" * 100_000, "1. " * 66_000,
    "A.B" * 66_000, "字" * 200_000, "》" * 200_000, "（。" * 100_000, " " * 200_000,
    "\u200b" * 200_000, "🙂." * 100_000, "אב." * 66_000, "word " * 40_000, "；" * 200_000,
    "St.Bob " * 28_000, "a.\n" * 66_000,
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: repr(text[:8]))
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_hostile_text_takes_time_by_its_length(text: str, lang: str) -> None:
    started = time.process_time()
    split_sentences(text, lang)
    assert time.process_time() - started < 10


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        (
            "The U.S. economy grew 3.2% in Q1. Mr. Smith of Acme Inc. said so.",
            ["The U.S. economy grew 3.2% in Q1.", "Mr. Smith of Acme Inc. said so."],
        ),
        ("She works for Apple Inc. The firm is big.",
         ["She works for Apple Inc.", "The firm is big."]),
        ("It runs GPT-5.2 and Node.js. See https://a.example/b.c?d=e. Done.",
         ["It runs GPT-5.2 and Node.js.", "See https://a.example/b.c?d=e.", "Done."]),
        ("J. K. Rowling met Sen. Ted Cruz on Jan. 5. They spoke.",
         ["J. K. Rowling met Sen. Ted Cruz on Jan. 5.", "They spoke."]),
        ("No. 1 is fast, e.g. in C. Others vary.", ["No. 1 is fast, e.g. in C.", "Others vary."]),
        ('"We won." Then he left.', ['"We won."', "Then he left."]),
        ("Really? he asked. Yahoo! said no.", ["Really? he asked.", "Yahoo! said no."]),
        ("It waited... and then it ran. Good.", ["It waited... and then it ran.", "Good."]),
        ("iPhone sales rose. eBay fell at 5 p.m. ET.",
         ["iPhone sales rose.", "eBay fell at 5 p.m. ET."]),
        ("1. First item. 2. Second item.", ["1. First item.", "2. Second item."]),
        ("(See page 3. It is good.) Next.", ["(See page 3. It is good.)", "Next."]),
        ("He left the firm.The firm is fine.", ["He left the firm.", "The firm is fine."]),
        ("Use asyncio.Queue here. It works.", ["Use asyncio.Queue here.", "It works."]),
        ("no punctuation at all in this line", ["no punctuation at all in this line"]),
    ],
)  # fmt: skip
def test_splits_english(text: str, sentences: list[str]) -> None:
    assert list(split_sentences(text, "en")) == sentences


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("今天发布。明天开售！好吗？", ["今天发布。", "明天开售！", "好吗？"]),
        ("他说：“今天很好。我们走吧。”然后离开了。",
         ["他说：“今天很好。我们走吧。”", "然后离开了。"]),
        ("“我们会赢。”张三表示，比赛很重要。", ["“我们会赢。”张三表示，比赛很重要。"]),
        ("他提出“为什么？”这个问题。", ["他提出“为什么？”这个问题。"]),
        ("我们去看《摔跤吧！爸爸》好吗？好！", ["我们去看《摔跤吧！爸爸》好吗？", "好！"]),
        ("OpenAI 发布了 GPT-5.2. 它很快。版本 1.2.3 可用！",
         ["OpenAI 发布了 GPT-5.2.", "它很快。", "版本 1.2.3 可用！"]),
        ("市值 1.5 万亿元；净利润增长。", ["市值 1.5 万亿元；净利润增长。"]),
        ("真的吗?是的!", ["真的吗?", "是的!"]),
        ("没有标点的一段话", ["没有标点的一段话"]),
        ("- 第一项\n- 第二项", ["- 第一项", "- 第二项"]),
        ("他走了……然后回来了。", ["他走了……然后回来了。"]),
    ],
)  # fmt: skip
def test_splits_chinese(text: str, sentences: list[str]) -> None:
    assert list(split_sentences(text, "zh")) == sentences


def test_a_very_long_chinese_sentence_is_cut_at_its_semicolons() -> None:
    clause = "在全国范围内推进这项工作并要求各部门按照时间表逐项落实到位且定期汇报进展情况" * 2
    found = split_sentences(f"{clause}；{clause}；{clause}。", "zh")
    assert [sentence[-1] for sentence in found] == ["；", "；", "。"]


def test_wrapped_lines_are_one_sentence_and_list_lines_are_not() -> None:
    assert split_sentences("The team won\nthe cup.", "en") == ("The team won the cup.",)
    assert split_sentences("- Fast\n- Small", "en") == ("- Fast", "- Small")


def test_an_unclosed_bracket_does_not_swallow_the_rest() -> None:
    text = "（未闭合的括号。" + "这里还有一句话。" * 3
    assert len(split_sentences(text, "zh")) == 4


@pytest.mark.parametrize("text", ["", " ", "\n\n", "\u3000"])
def test_blank_text_has_no_sentences(text: str) -> None:
    assert split_sentences(text, "zh") == ()
    assert split_sentences(text, "en") == ()


PIECES = st.lists(
    st.sampled_from(
        ["Hello", "world", "U.S.", "Mr.", "3.5", "“", "”", "(", ")", ". ", "! ", "? ", "。", "；",
         "……", "中文", "《", "》", " ", "\n", '"', "e.g.", "No. 3", "🙂", "אבג", "\u200b", "1. "]
    ),
    max_size=40,
)  # fmt: skip


@given(PIECES, st.sampled_from(["zh", "en", "ar", ""]))
def test_no_character_is_lost_and_no_sentence_is_empty(pieces: list[str], lang: str) -> None:
    text = "".join(pieces)
    sentences = split_sentences(text, lang)
    bare = re.compile(r"\s+")
    assert bare.sub("", "".join(sentences)) == bare.sub("", text)
    assert all(sentence.strip() for sentence in sentences)


@given(st.lists(st.sampled_from(["One is here.", "Mr. Lee left.", "It is 3.5."]), min_size=1))
def test_sentences_joined_by_spaces_give_the_paragraph(pieces: list[str]) -> None:
    text = " ".join(pieces)
    assert " ".join(split_sentences(text, "en")) == text
