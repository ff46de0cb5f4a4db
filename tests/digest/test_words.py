"""Finding readers' words: literally, at word edges, in both Chinese scripts, in linear time."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest import words
from digest.model import Point
from digest.words import contains, distinct, fold, has_word, is_word, words_in
from tests.digest.render.samples import a_signal


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("ai", "AI芯片的产量"),
        ("AI", "Generative AI, again"),
        ("AI芯片", "国产 AI 芯片发布"),
        ("AI 芯片", "国产AI芯片发布"),
        ("ＯｐｅｎＡＩ", "OpenAI said"),
        ("openai", "ＯＰＥＮＡＩ 发布"),
        ("C++", "Written in C++ and C#"),
        ("c#", "Written in C++ and C#"),
        (".NET", "Microsoft's .NET 12"),
        ("gpt-4", "GPT‑4 has competition"),
        ("apple's", "Apple’s new chip"),
        ("open  source", "an Open\u00a0Source licence"),
        ("(a+)+$", "the pattern (a+)+$ hangs"),
        ("100%", "涨幅 100%。"),
        ("iPhone", "苹果iPhone手机"),
        ("Москва", "в МОСКВА сегодня"),
        ("東京", "东京证券交易所"),
        ("马斯克", "埃隆·马斯克"),
    ],
)
def test_a_word_is_found(word: str, text: str):
    assert contains(text, word)


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("AI", "He said so again"),
        ("chip", "chips and chipmakers"),
        ("gpt-4", "GPT-4o and GPT-40"),
        ("iphone 16", "the iPhone 16e"),
        ("cafe", "a Café in Paris"),
        ("a.c", "abc"),
        (".*", "anything"),
        ("芯片", "芯里有片"),
        ("Go", "Google's ergo"),
        ("米", "大麦"),
    ],
)
def test_no_other_word_is_taken_for_it(word: str, text: str):
    assert not contains(text, word)


@pytest.mark.parametrize(
    ("traditional", "simplified"),
    [
        ("晶圓廠", "晶圆厂"),
        ("頭髮", "头发"),
        ("發展", "发展"),
        ("乾淨", "干净"),
        ("瞭解", "了解"),
        ("答覆", "答复"),
        ("走著", "走着"),
        ("著名", "著名"),
        ("憑藉", "凭借"),
        ("後天", "后天"),
        ("臺灣", "台湾"),
    ],
)
def test_both_scripts_find_each_other(traditional: str, simplified: str):
    assert contains(f"一家{traditional}，今天", simplified)
    assert contains(f"一家{simplified}，今天", traditional)
    assert fold(traditional) == fold(simplified)


def test_what_taiwan_calls_otherwise_is_found_too():
    assert contains("一款新的软件", "軟體")
    assert contains("一款新的軟體", "軟體")


def test_a_simplified_word_keeps_its_own_meaning():
    # Taiwan's 程序 is the mainland's 流程, but nobody who writes simplified means that.
    assert not contains("简化流程", "程序")


def test_every_part_that_readers_see_is_looked_at_and_nothing_runs_together():
    point = Point("推理成本减半。", (0,), "zh", translated=True, original="Inference is cheap.")
    signal = a_signal(headline="芯片新闻", title="A chip", points=(point,), keywords=("晶圆",))
    asked = ("芯片", "chip", "成本", "inference", "晶圓", "新闻A", "nothing")
    assert words_in(asked, signal) == ("芯片", "chip", "成本", "inference", "晶圓")
    assert has_word(("nothing", "晶圓"), signal)
    assert not has_word(("nothing",), signal)
    assert not has_word((), signal)


@pytest.mark.parametrize("nothing", ["", "  ", "…", "!!", "—", "😀", "\u200b"])
def test_what_has_no_letter_is_no_word(nothing: str):
    assert not is_word(nothing)
    assert not contains("a text… with!! all — 😀 \u200b of it", nothing)


def test_equal_words_are_one():
    assert distinct(["AI", "ai", "ＡＩ", "晶片", "軟件", "软件"]) == ("AI", "晶片", "軟件")


@given(st.text(max_size=40), st.text(max_size=20), st.text(max_size=20))
def test_a_word_between_spaces_is_always_found(word: str, before: str, after: str):
    assert contains(f"{before} {word} {after}", word) == is_word(word)


@given(st.text(max_size=60))
def test_folding_is_done_once(text: str):
    assert fold(fold(text)) == fold(text)


def test_no_word_is_slow():
    """The costliest text and word of their size take no longer than others."""
    text = "a" * 20_000
    started = time.perf_counter()
    assert not contains(f"x{text}x", "a" * 40)
    assert not contains(text, "(a+)+" * 8)
    assert time.perf_counter() - started < 1


def test_whoever_names_no_word_costs_no_memory():
    # What readers see of a signal, folded, is kept for those who look for words in it.
    words._signal_text.cache_clear()
    assert not has_word((), a_signal())
    assert not words.WordIndex(()).found(a_signal())
    assert not words._signal_text.cache_info().currsize
    assert has_word(("芯片", a_signal().title), a_signal())
    assert words._signal_text.cache_info().currsize == 1
