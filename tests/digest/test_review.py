from typing import Any

import pytest

from digest.model import PollState, Source, SourceState
from digest.review import Asked, QueueFilter, read_code, read_filter
from digest.taxonomy import load_taxonomy
from tests.newsdesk import source_spec

SOURCES = (
    Source(1, source_spec("morning"), SourceState.ACTIVE, PollState()),
    Source(2, source_spec("verge", title="The Verge"), SourceState.ACTIVE, PollState()),
    Source(3, source_spec("robots", title="机器之心"), SourceState.ACTIVE, PollState()),
)


def read(text: str) -> Asked:
    return read_filter(text, load_taxonomy(), SOURCES)


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("", {}),
        ("栏目:AI 评分>70", {"columns": ("ai",), "min_score": 71}),
        ("栏目：AI　评分＞７０", {"columns": ("ai",), "min_score": 71}),
        ("column:ai score>=70", {"columns": ("ai",), "min_score": 70}),
        ("AI 70分以上", {"columns": ("ai",), "min_score": 70}),
        ("低于 50 分", {"max_score": 49}),
        ("below 50", {"max_score": 49}),
        ("评分 50 以下", {"max_score": 50}),
        ("60分以上 80分以下", {"min_score": 60, "max_score": 80}),
        ("等了超过 12 小时", {"hours": 12}),
        ("older than 3 days", {"hours": 72}),
        ("3天以上", {"hours": 72}),
        ("waited 5h", {"hours": 5}),
        ("英文", {"langs": ("en",)}),
        ("语言:ja 语言:中文", {"langs": ("ja", "zh")}),
        ("机器之心", {"sources": (3,)}),
        ('source:"the verge"', {"sources": (2,)}),
        ("the verge", {"sources": (2,)}),
        ("有报告", {"reported": True}),
        ("话题:大模型", {"topics": ("llm",)}),
        ("AI 全部", {"columns": ("ai",)}),
        ("栏目:商业", {"columns": ("business",)}),
    ],
)
def test_a_typed_line_is_a_filter(typed: str, wanted: dict[str, Any]) -> None:
    assert read(typed) == Asked(QueueFilter(**wanted))


@pytest.mark.parametrize(
    ("typed", "deed", "wanted"),
    [
        ("通过 栏目:AI 评分>70", "approve", {"columns": ("ai",), "min_score": 71}),
        ("approve score > 70", "approve", {"min_score": 71}),
        ("拒绝 超过3天", "reject", {"hours": 72}),
        ("reject older than 3 days", "reject", {"hours": 72}),
        ("全部通过", "approve", {}),
    ],
)
def test_the_first_word_may_say_what_to_do(typed: str, deed: str, wanted: dict[str, Any]) -> None:
    found = read(typed)
    assert (found.deed, found.filter) == (deed, QueueFilter(**wanted))
    assert found.unknown == ()


def test_what_nobody_understands_is_given_back() -> None:
    found = read("栏目:园艺 评分>70 胡说")
    assert found == Asked(QueueFilter(min_score=71), "", ("园艺", "胡说"))


@pytest.mark.parametrize(
    "made",
    [
        QueueFilter(),
        QueueFilter(("ai", "business"), ("llm",), (12, 3), ("en",), 70, 0, 12, reported=True),
        QueueFilter(min_score=0),
    ],
)
def test_a_filter_survives_its_button(made: QueueFilter) -> None:
    assert read_code(made.code) == made
    assert bool(made) is (made.code != "")


def test_a_forged_code_is_a_filter_all_the_same() -> None:
    assert read_code("sx.a.b99999999999.zz..w¾.c") == QueueFilter()
