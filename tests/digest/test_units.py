from hypothesis import given
from hypothesis import strategies as st

from digest.text.units import clip, utf16_length


def test_counts_as_telegram_does() -> None:
    assert utf16_length("abc") == 3
    assert utf16_length("😀核") == 3


def test_clips_between_words_and_numbers() -> None:
    assert clip("hello world again", 11) == "hello…"
    assert clip("价格为 1,234.56 元", 8) == "价格为…"
    assert clip("short", 10) == "short"
    assert clip("unbreakable", 5) == ""


def test_never_cuts_a_composed_emoji() -> None:
    family = "👨‍👩‍👧‍👦"
    assert clip(family * 2, 14) == family + "…"


@given(st.text(), st.integers(min_value=1, max_value=60))
def test_is_never_longer_than_asked(text: str, limit: int) -> None:
    assert utf16_length(clip(text, limit)) <= limit
