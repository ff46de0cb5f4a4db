"""Sentences, lines, and texts that are made to fit."""

import re

from hypothesis import strategies as st

from digest.render.fit import cut, shorten
from digest.text.sentences import split_sentences
from digest.text.units import utf16_length
from tests.fuzz.pieces import texts
from tests.fuzz.target import Target, text_of

LANGS = ("zh", "en", "ar", "")
SEEDS = (
    "The U.S. economy grew 3.2% in Q1. Mr. Smith of Acme Inc. said so. “We won.” No. 1 is v1.2.3!",
    "他说：“今天很好。我们走吧。”然后离开了。版本 1.2.3 可用！市值 1.5 万亿元；净利润增长 3.5%。",
    "1. First item. 2. Second item (see p. 3.4). It waited... and then?! https://a.ex/b.c?d=e. x",
)
_BLANKS = re.compile(r"\s+")
_NUMERAL = re.compile(r"\d+(?:[.,:]\d+)+|\d+")


def check_sentences(text: str) -> None:
    for lang in LANGS:
        sentences = split_sentences(text, lang)
        assert all(sentence.strip() for sentence in sentences), "an empty sentence"
        assert _BLANKS.sub("", "".join(sentences)) == _BLANKS.sub("", text), "letters were lost"
        check_numerals(text, sentences)
        again = [part for one in sentences for part in split_sentences(one, lang)]
        assert len(again) >= len(sentences), "two sentences became one"


def check_numerals(text: str, sentences: tuple[str, ...]) -> None:
    """No numeral of the text is parted between two sentences."""
    whole = _NUMERAL.findall(_BLANKS.sub(" ", text))
    parts = [found for one in sentences for found in _NUMERAL.findall(_BLANKS.sub(" ", one))]
    assert parts == whole, f"{[one for one in whole if one not in parts]} were cut"


def check_fit(given: tuple[str, int, str]) -> None:
    text, limit, lang = given
    for short in (shorten(text, limit, lang), cut(text, limit)):
        assert utf16_length(short) <= limit * 3 // 2, "longer than allowed"
        assert short == short.strip(), "blanks around"
        short.encode()
        body = short.removesuffix("…")
        numerals = _NUMERAL.findall(body)
        # A numeral longer than the room has no place to be cut at.
        if numerals and body.endswith(numerals[-1]) and len(numerals[-1]) < limit // 4:
            assert numerals[-1] in _NUMERAL.findall(_BLANKS.sub(" ", text)), (
                f"{numerals[-1]} was cut"
            )
    assert utf16_length(cut(text, limit)) <= limit


def _fitted(data: bytes) -> tuple[str, int, str]:
    return text_of(data[2:]), 8 + sum(data[:1]), LANGS[sum(data[1:2]) % len(LANGS)]


TARGETS = (
    Target(
        "sentence",
        "Put together again the sentences are the text but for blanks, none is empty, and no"
        " numeral is parted.",
        check_sentences,
        texts(30),
        read=text_of,
        seeds=tuple(seed.encode() for seed in SEEDS),
        words=tuple(word.encode() for word in (". ", "。", "”", "“", "1.", ".5", "...", "U.S.",
        "Mr. ", "；", "！", "\n- ", "St.", "e.g.", ")", "No. ")),
        longest=600,
    ),
    Target(
        "fit",
        "A text made to fit is within its limit in UTF-16 units, valid, and its last numeral is"
        " one of the text.",
        check_fit,
        st.tuples(texts(30), st.integers(8, 300), st.sampled_from(LANGS)),
        read=_fitted,
        seeds=tuple(bytes((60, number)) + seed.encode() for number, seed in enumerate(SEEDS)),
        words=tuple(word.encode() for word in ("1,234,567.89", "😀", "，", "; ", "12 亿", "\u200d",
        "e\u0301", "（", "“")),
        longest=600,
    ),
)  # fmt: skip
