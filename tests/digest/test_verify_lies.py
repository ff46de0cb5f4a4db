"""Lies that keep the right names and numbers, in translations and in what a model states."""

import pytest

from digest.modeltier.checking import review_one
from digest.modeltier.grounds import Grounds
from digest.modeltier.statements import Slot, Statement
from digest.verify import check_translation
from digest.verify.certainty import overstated
from digest.verify.deeds import contrary
from digest.verify.roles import exchanged
from digest.verify.transposed import transposed
from tests.digest.articles import article
from tests.digest.lies import ABROAD, AT_HOME, PASSES_AT_HOME, PASSES_TOLD, PASSES_TRANSLATED
from tests.digest.lies_unseen import (
    PASSES_UNSEEN_ABROAD,
    PASSES_UNSEEN_AT_HOME,
    REFUSED_UNSEEN,
    UNSEEN_ABROAD,
    UNSEEN_AT_HOME,
)

AROUND = {
    "en": ("The announcement was made at a trade fair.", "Analysts said the market was quiet."),
    "zh": ("消息是在一个展会上公布的。", "分析人士说，市场已经平静了几周。"),
}


def translated(original: str, told: str) -> bool:
    """Whether a translation is taken."""
    found = check_translation(original, told, source="en", target="zh")
    return all(finding.holds for finding in found)


def stated(original: str, told: str, lang: str) -> bool:
    """Whether a model's point about that sentence of an article is taken."""
    first, last = AROUND[lang]
    written = article("A fair", *(f"{first} {original} {last}".split("\n")), lang=lang)
    grounds = Grounds(written, {one.index for one in written.sentences})
    place = next(one.index for one in written.sentences if original[:12] in one.text)
    return not review_one(Statement(Slot.POINT, told, (place,)), grounds).fault


def test_of_lies_in_translations_only_those_pass_that_we_know_of() -> None:
    assert {lie for _, said, _, lie in ABROAD if translated(said, lie)} == PASSES_TRANSLATED


def test_of_lies_in_statements_only_those_pass_that_we_know_of() -> None:
    assert {lie for _, said, _, lie in ABROAD if stated(said, lie, "en")} == PASSES_TOLD
    assert {lie for _, said, _, lie in AT_HOME if stated(said, lie, "zh")} == PASSES_AT_HOME


def test_what_is_true_is_taken() -> None:
    assert [true for _, said, true, _ in ABROAD if not translated(said, true)] == []
    assert [true for _, said, true, _ in ABROAD if not stated(said, true, "en")] == []
    assert [true for _, said, true, _ in AT_HOME if not stated(said, true, "zh")] == []


def test_of_lies_never_seen_only_those_pass_that_we_know_of() -> None:
    found = {lie for _, said, _, lie in UNSEEN_ABROAD if translated(said, lie)}
    assert found == PASSES_UNSEEN_ABROAD
    found = {lie for _, said, _, lie in UNSEEN_ABROAD if stated(said, lie, "en")}
    assert found == PASSES_UNSEEN_ABROAD
    found = {lie for _, said, _, lie in UNSEEN_AT_HOME if stated(said, lie, "zh")}
    assert found == PASSES_UNSEEN_AT_HOME


def test_what_is_true_and_never_seen_is_taken() -> None:
    refused = {true for _, said, true, _ in UNSEEN_ABROAD if not translated(said, true)}
    assert refused == REFUSED_UNSEEN
    refused = {true for _, said, true, _ in UNSEEN_ABROAD if not stated(said, true, "en")}
    assert refused == REFUSED_UNSEEN
    assert [true for _, said, true, _ in UNSEEN_AT_HOME if not stated(said, true, "zh")] == []


@pytest.mark.parametrize(
    ("original", "told"),
    [
        ("小麦上涨 4%，玉米下跌 7%。", "玉米下跌 7%，小麦上涨 4%。"),
        ("法国与意大利签署协议。", "意大利与法国签署协议。"),
        ("公司首席执行官是王小明。", "王小明是公司首席执行官。"),
        ("公司周二宣布降价。", "周二公司宣布降价。"),
        ("部长在罗马会见总统。", "总统在罗马会见部长。"),
    ],
)
def test_parts_may_stand_in_another_order(original: str, told: str) -> None:
    assert transposed(original, told) == ""


@pytest.mark.parametrize(
    ("original", "told"),
    [
        ("西岭公司收购东河公司。", "东河公司收购西岭公司。"),
        ("该厂有 30 名医生，另有 50 名护士。", "该厂有 50 名医生，另有 30 名护士。"),
    ],
)
def test_parts_may_not_change_places_around_a_verb(original: str, told: str) -> None:
    assert transposed(original, told)


@pytest.mark.parametrize(
    ("original", "told"),
    [
        ("Norvex plans to cut jobs, having closed a plant.", "Norvex 已关闭一家工厂。"),
        ("The firm has cut 900 jobs and may cut more.", "该公司已裁员 900 人，还可能再裁。"),
        ("It will have opened by then.", "届时它已开业。"),
        ("The mayor, who reportedly met him, resigned.", "据说见过他的市长辞职了。"),
        ("公司计划裁员，此前已关闭一家工厂。", "公司已关闭一家工厂。"),
    ],
)
def test_what_is_done_may_be_told_as_done(original: str, told: str) -> None:
    assert overstated(original, told) == ""


@pytest.mark.parametrize(
    ("original", "told"),
    [
        ("Norvex bought Ostra.", "Ostra 被 Norvex 收购。"),
        ("Ostra was bought by Norvex.", "Norvex 收购了 Ostra。"),
        ("Norvex met Ostra in Rome.", "Ostra 与 Norvex 在罗马会面。"),
        ("The head of Norvex joined Ostra.", "Ostra 迎来 Norvex 的负责人。"),
        ("Norvex bought Ostra, Sarn and Lumen.", "Ostra、Sarn、Lumen 均归 Norvex 所有。"),
    ],
)
def test_the_order_of_names_alone_says_nothing(original: str, told: str) -> None:
    assert exchanged(original, told) == ""


def test_both_a_deed_and_its_contrary_may_be_told() -> None:
    assert contrary("He denied it, then admitted it.", "他先否认，后来承认。") == ""
    assert contrary("He denied it.", "他承认了。") == "承认"
    whole = "训练被取消，是为了球员的恢复。"
    assert contrary("Training was cancelled.", "是为了球员的恢复", whole) == ""
