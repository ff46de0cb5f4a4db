"""Sentences are made shorter by deletions only, and only where nothing that is said goes."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.condense.compress import compress, headline_clause


@pytest.mark.parametrize(
    ("text", "shorter"),
    [
        ("晨星网 3 月 4 日消息，北港科技今日发布新一代芯片。", "北港科技今日发布新一代芯片。"),
        ("据晨星社报道，北港科技今日发布新一代芯片。", "北港科技今日发布新一代芯片。"),
        ("晨星社北港3月4日电（记者李明）新一代芯片今日发布。", "新一代芯片今日发布。"),
        ("记者从北港市交通局获悉，新地铁今日开通运营。", "新地铁今日开通运营。"),
        ("北港科技（North Harbour）发布新一代芯片。", "北港科技发布新一代芯片。"),
        ("该机售价 599 元（约合 84 美元），下月开售。", "该机售价 599 元，下月开售。"),
        ("这款芯片 8 月 24 日 10 点开售（点击前往）。", "这款芯片 8 月 24 日 10 点开售。"),
        (
            "男子要取五十万，但银行说要提前预约。（晨星晚报）",
            "男子要取五十万，但银行说要提前预约。",
        ),
    ],
)
def test_chinese_furniture_goes(text: str, shorter: str) -> None:
    assert compress(text, "zh") == shorter


@pytest.mark.parametrize(
    "text",
    [
        "据传北港科技将于下月发布新一代芯片。",
        "每股派发现金红利 1.16 元（含税）。",
        "该服务面向全部用户（未成年人除外）开放。",
        "北港科技称新一代芯片比旧款快一倍。",
        "短句。",
    ],
)
def test_chinese_meaning_stays(text: str) -> None:
    assert compress(text, "zh") == text


@pytest.mark.parametrize(
    ("text", "shorter"),
    [
        (
            "NORTHPORT (Reuters) – Acme Robotics opened a second factory in the north.",
            "Acme Robotics opened a second factory in the north.",
        ),
        (
            "Acme Robotics opened a second factory, the company said in a statement on Tuesday.",
            "Acme Robotics opened a second factory.",
        ),
        (
            "The Harbour Board (HB) opened the second terminal on Monday.",
            "The Harbour Board opened the second terminal on Monday.",
        ),
    ],
)
def test_english_furniture_goes(text: str, shorter: str) -> None:
    assert compress(text, "en") == shorter


@pytest.mark.parametrize(
    "text",
    [
        "The new engine will be twice as fast, the company said in a statement.",
        "Nobody at the plant was hurt, an eyewitness claimed on Tuesday evening.",
        "All stores (except the one in Northport) open again on Monday.",
        "The robot is said to be ready, sources told the newspaper.",
    ],
)
def test_english_meaning_stays(text: str) -> None:
    assert compress(text, "en") == text


def test_numbers_of_the_title_stay() -> None:
    text = "北港科技完成新一轮融资（约 40 亿元），将用于研发。"
    assert compress(text, "zh", title="北港科技融资 40 亿元") == text
    assert compress(text, "zh") != text


def test_a_headline_is_of_whole_clauses() -> None:
    text = "北港科技今日发布新一代芯片，性能提升一倍，功耗下降三成，售价没有变化，下月开售。"
    assert headline_clause(text, "zh", 24) == "北港科技发布新一代芯片，性能提升一倍。"


PIECES = st.lists(
    st.sampled_from(
        ["Acme", " said", ", ", "(", ")", "“", "”", "—", "——", "据", "报道，", "北港", "3 月 4 日",
         "消息，", "（", "）", "。", ". ", "not", "不", "today", "1.5", "%", '"', "该公司", "，",
         " which", "NORTHPORT (AP) — ", "the company said in a statement", "《", "》", "\u200b"]
    ),
    max_size=30,
)  # fmt: skip


def _plain(text: str) -> str:
    return re.sub(r"[\s。.]", "", text).lower()


@given(PIECES, st.sampled_from(["zh", "en", "ja", "fr", ""]))
def test_only_deletions(pieces: list[str], lang: str) -> None:
    text = "".join(pieces)
    for shorter in (compress(text, lang), headline_clause(text, lang)):
        letters = iter(_plain(text))
        assert all(letter in letters for letter in _plain(shorter))
        assert bool(shorter.strip()) == bool(text.strip())
