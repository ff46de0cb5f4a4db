"""What is translated, in which pieces, with what put aside, and how 繁 becomes 简."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.model import Article, Rendered
from digest.translation import (
    batches,
    is_traditional,
    needs_translation,
    pieces,
    rejoined,
    shield,
    simplified,
    simplified_article,
    unshield,
)


@pytest.mark.parametrize(
    ("text", "lang", "wanted"),
    [
        ("The model cuts generation steps from 40 to 4.", "en", True),
        ("Prices rose.", "en", True),
        ("La société a levé 12 millions d'euros.", "fr", True),
        ("新モデルは画像生成を四倍速くする。", "ja", True),
        ("새 모델이 공개됐다.", "ko", True),
        ("模型把生成步数从 40 降到 4。", "zh", False),
        ("模型把生成步数从 40 降到 4。", "en", False),  # in the reader's language whatever is said
        ("https://example.org/a/b?c=1", "en", False),
        ("press@example.org", "en", False),
        ("$ pip install hexin", "en", False),
        ("cache.get(key, default=None)", "en", False),
        ("--max-length 400 --verbose", "en", False),
        ("1,234.5", "en", False),
        ("42 %", "en", False),
        ("GPT-5", "en", False),
        ("Qwen-Image-2.0", "en", False),
        ("OpenAI", "en", False),
        ("— — —", "en", False),
        ("", "en", False),
        ("Run `make test` before you push.", "en", True),
    ],
)
def test_only_language_that_is_foreign_needs_translation(text: str, lang: str, wanted: bool):
    assert needs_translation(text, lang, "zh") is wanted


def test_a_short_sentence_stays_whole():
    assert pieces("It works.") == ("It works.",)


def test_a_long_sentence_is_cut_at_clauses_and_loses_no_word():
    sentence = (
        "The company, which makes tools for farms, said on Monday that sales grew in every "
        "region; costs fell as well, because energy was cheaper than a year before, and the "
        "board expects that the second half will be stronger than the first, although orders "
        "from abroad remain weak and several plants will be closed for repairs in the autumn, "
        "which was announced to workers in a letter that our reporter has read in full."
    )
    parts = pieces(sentence)
    assert len(parts) > 1
    assert all(len(part) <= 320 for part in parts)
    assert " ".join(parts).split() == sentence.split()
    assert parts[0].endswith((";", ",", "and"))


def test_numbers_with_commas_are_not_cut():
    text = "Sales were 1,234,567 units " * 30
    assert all("1,234,567" in part for part in pieces(text) if "Sales were" in part)


@given(st.text(alphabet="ab ,;:。，—字\n", max_size=1500))
def test_pieces_keep_every_visible_character(text: str):
    assert "".join("".join(pieces(text)).split()) == "".join(text.split())


def test_pieces_are_joined_as_one_sentence():
    assert rejoined(["销售增长。", "成本下降。"], "zh") == "销售增长，成本下降。"
    assert rejoined(["Sales grew.", "Costs fell."], "en") == "Sales grew, Costs fell."
    assert rejoined(["销售增长。", ""], "zh") == ""


def test_batches_hold_to_number_and_size():
    texts = ["a" * 10] * 7 + ["b" * 100] + ["c"]
    found = list(batches(texts, most=3, size=50))
    assert found == [(0, 1, 2), (3, 4, 5), (6,), (7,), (8,)]


def test_addresses_come_back_where_their_markers_stand():
    text, parts = shield("Write to press@example.org, or see https://example.org/a?b=1.")
    assert text == "Write to XQ1, or see XQ2."
    assert unshield("请写信给 XQ1，或查看 XQ 2。", parts) == (
        "请写信给 press@example.org，或查看 https://example.org/a?b=1。"
    )


@pytest.mark.parametrize("answer", ["请写信。", "XQ1 XQ1 XQ2", "XQ2"])
def test_a_lost_or_doubled_marker_gives_the_translation_up(answer: str):
    _, parts = shield("Write to press@example.org, or see https://example.org/a.")
    assert unshield(answer, parts) == ""


def test_a_text_that_has_such_words_itself_is_left_alone():
    assert shield("The XQ1 sees https://example.org.") == ("The XQ1 sees https://example.org.", ())


def test_simplified_characters_and_words():
    assert simplified("開發者後來發現") == "开发者后来发现"
    assert simplified("這個軟體支援記憶體設定", words=True) == "这个软件支持内存设置"
    assert simplified("程序在内存里运行") == "程序在内存里运行"


def test_traditional_texts_are_told_apart():
    assert is_traditional("這家公司週二宣布，新產品將於下個月上市。")
    assert not is_traditional("这家公司周二宣布，新产品将于下个月上市。")
    assert not is_traditional("他在文章里引用了《後漢書》，并介绍了这本书的来历和不同版本的区别。")
    assert not is_traditional("No Chinese here.")


def test_a_traditional_article_is_simplified_sentence_by_sentence():
    article = Article(
        "https://example.org/a",
        "https://example.org/a",
        "軟體",
        (("這個軟體開源了。", "支援多種語言。"), ("OpenCC。",)),
        "zh",
    )
    told = simplified_article(article)
    assert told is not None
    assert [(one.index, one.text, one.rendered) for one in told.sentences] == [
        (0, "这个软件开源了。", Rendered.TRANSLATED),
        (1, "支持多种语言。", Rendered.TRANSLATED),
        (2, "OpenCC。", Rendered.KEPT),
    ]
    assert (told.lang, told.engine) == ("zh", "OpenCC")
