import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.render.fit import clean, count_entities, count_units, cut, escape, plain_text, shorten
from digest.text.units import utf16_length
from tests.digest.render.telegram_html import parse


@pytest.mark.parametrize(
    ("text", "limit", "lang", "short"),
    [
        ("短句。", 10, "zh", "短句。"),
        ("第一句话说完了。第二句话还有很多内容要讲。", 12, "zh", "第一句话说完了。"),
        ("公司称功耗下降40%，并将在四季度量产，首批客户已签约。", 22, "zh",
         "公司称功耗下降40%，并将在四季度量产…"),
        ("It shipped. Then it failed again in the field.", 20, "en", "It shipped."),
        ("Power fell by 1,200 watts, the firm said on Monday in Berlin", 40, "en",
         "Power fell by 1,200 watts…"),
        ("According to Dr. Smith of Example Corp. sales rose", 40, "en",
         "According to Dr. Smith of Example Corp. sales rose"),
        ("Sales (in dollars, not euros) rose very much indeed over the last year of the war", 30,
         "en", "Sales (in dollars, not euros)…"),
        ("one two three four five six seven eight nine ten", 20, "en", "one two three four…"),
    ],
)  # fmt: skip
def test_texts_are_cut_where_a_reader_would_pause(text: str, limit: int, lang: str, short: str):
    assert shorten(text, limit, lang) == short


@given(st.text(max_size=400), st.integers(10, 120), st.sampled_from(["zh", "en", "ja", "ru"]))
def test_shortened_texts_fit_and_begin_as_they_did(text: str, limit: int, lang: str):
    short = shorten(text, limit, lang)
    assert utf16_length(short) <= limit * 3 // 2
    kept = short.removesuffix("…").replace(" ", "")
    assert clean(text).replace(" ", "").startswith(kept)


@given(st.text(alphabet="a1,.% (word)", max_size=200), st.integers(20, 60))
def test_no_word_and_no_number_is_cut(text: str, limit: int):
    short = shorten(text, limit, "en")
    if short.endswith("…") and " " in short:
        whole, kept = clean(text), short.removesuffix("…")
        following = whole[len(kept) : len(kept) + 1]
        assert not (kept[-1].isalnum() and following.isalnum())


@given(st.text(max_size=300), st.integers(4, 100))
def test_cut_texts_fit(text: str, limit: int):
    assert utf16_length(cut(text, limit)) <= limit
    assert utf16_length(cut("x" * 500, limit)) <= limit
    assert utf16_length(cut("😀" * 500, limit)) <= limit


@given(st.text(max_size=300))
def test_escaped_text_comes_back_as_it_was(text: str):
    html = f"<b>{escape(text)}</b>"
    parsed = parse(html)
    assert parsed.text == clean(text) == plain_text(html)
    assert parsed.units == count_units(html)
    assert parsed.entities == count_entities(html) == 1


def test_controls_directions_and_half_surrogates_are_taken_out():
    assert clean("a\x00b\u202ec\ud83dd\n\te  f") == "a b c d e f"
    assert clean("👩‍👩‍👧 é") == "👩‍👩‍👧 é"
