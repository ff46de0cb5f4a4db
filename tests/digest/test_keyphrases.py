"""Keyphrases: what a text is about, in words and terms of at most three words."""

import time

import pytest

from digest.condense.keyphrases import keyphrases

EN = """Solid-state batteries near the assembly line
Lumen plans to build solid-state batteries in Dresden next year. Solid-state batteries use a
ceramic electrolyte instead of a liquid one. The ceramic electrolyte does not burn, Lumen said.
Engineers at Lumen say that the batteries charge in ten minutes."""
ZH = """固态电池接近量产
青栎计划明年在苏州量产固态电池。固态电池用陶瓷电解质代替液体电解质。陶瓷电解质不会燃烧，青栎表示。
工程师说，固态电池十分钟即可充满。"""


def test_terms_come_first() -> None:
    english = [one.lower() for one in keyphrases(EN, "en", 6)]
    assert any("solid-state batteries" in one for one in english)
    assert any("ceramic electrolyte" in one for one in english)
    assert "the" not in english
    chinese = keyphrases(ZH, "zh", 5)
    assert any("固态" in one or "电池" in one for one in chinese)
    assert any("电解质" in one for one in chinese)


@pytest.mark.parametrize(("text", "lang"), [(EN, "en"), (ZH, "zh")])
def test_they_stand_in_the_text_as_shown(text: str, lang: str) -> None:
    flat = " ".join(text.split())
    for n in (1, 5, 10):
        found = keyphrases(text, lang, n)
        assert 0 < len(found) <= n
        assert len(set(found)) == len(found)
        assert all(one in flat or one.lower() in flat.lower() for one in found)
    assert keyphrases(text, lang, 3) == keyphrases(text, lang, 10)[:3]


def test_no_term_crosses_punctuation_or_lines() -> None:
    found = keyphrases("Copper prices, zinc mines. Tin\nlead smelters", "en", 20)
    assert not any(
        "prices zinc" in one or "Tin lead" in one or "mines Tin" in one for one in found
    )


@pytest.mark.parametrize(
    "text", ["", "   ", "!!! ???", "the of and", "123 456", "\u200b\u202e", "😀😀"]
)
@pytest.mark.parametrize("lang", ["en", "zh", "ar", ""])
def test_nothing_to_say(text: str, lang: str) -> None:
    assert keyphrases(text, lang, 5) == ()


def test_long_texts_are_read_in_part_and_quickly() -> None:
    began = time.process_time()
    assert keyphrases("alpha beta gamma delta. " * 50_000, "en", 5)
    assert keyphrases("固态电池陶瓷电解质" * 50_000, "zh", 5)
    assert time.process_time() - began < 3
