"""Numbers in running text."""

from math import isclose, isfinite

from hypothesis import strategies as st

from digest.text.numbers import find_numbers
from tests.fuzz.pieces import texts
from tests.fuzz.target import Target, text_of

LANGS = ("zh", "en", "de", "")
SEEDS = (
    "销售额从 40 亿元增至 1.5 万亿元，同比增长 12.5%，约三成，一百五十万人，第 3 季度。",
    "Norvex sold 1,200 cars for $3.5bn in 2026, up 12% from half a million; a 10x gain, 25 bp.",
    "3 PB、百分之三十五点六、4亿5千万、十分之三、两百五十 公里、EUR 5.2m、2–3 倍、¥500",
)
WORDS = tuple(
    word.encode()
    for word in (
        "亿", "万", "千", "百", "十", "百分之", "点", "成", "倍", "$", "€", "bn", " million",
        "%", "pp",
        "个百分点", "bp", "x", "1,000", "0.", "-", "至", " to ", "年", "月", "第", "half a ",
        "hundred",
        "一", "两", "零", "thousand", " people", "公里", "美元", "人民币", "９", "٣", "²", "e9",
    )
)  # fmt: skip


def check_numbers(text: str) -> None:
    for lang in LANGS:
        done = 0
        for number in find_numbers(text, lang):
            assert done <= number.start < number.end <= len(text), (
                "spans overlap or leave the text"
            )
            assert text[number.start : number.end] == number.text, "not the slice it says"
            assert isfinite(number.value), f"{number.text!r} is {number.value}"
            assert any(letter.isalnum() for letter in number.text), (
                f"no numeral in {number.text!r}"
            )
            done = number.end
            if number.zh and number.is_fact:
                check_conversion(number.zh, number.value, number.kind)


def check_conversion(zh: str, value: float, kind: str) -> None:
    """What we write in Chinese for a number means that number to our own reading of Chinese."""
    back = [one for one in find_numbers(zh, "zh") if one.is_fact]
    assert len(back) == 1, f"{zh!r} reads as {[one.text for one in back]}"
    assert isclose(back[0].value, value, rel_tol=1e-9), f"{zh!r} is {back[0].value}, not {value}"
    assert back[0].kind == kind, f"{zh!r} is {back[0].kind}, not {kind}"


_FIGURES = st.tuples(
    st.sampled_from(["", "$", "€", "US$", "¥", "-", "约", "up ", "第", "百分之", "RMB "]),
    st.one_of(
        st.decimals(0, 10**9, allow_nan=False, places=2).map(str),
        st.integers(0, 10**13).map(lambda value: f"{value:,}"),
        st.text(alphabet="零一二三四五六七八九十百千万亿点两", min_size=1, max_size=9),
        st.sampled_from(["half a", "five", "a hundred and two", "twenty-one"]),
    ),
    st.sampled_from(["", "亿", "万", "bn", " million", "k", "m", " trillion", "千万", "兆"]),
    st.sampled_from(
        ["", "%", " percentage points", "bp", "x", "倍", "元", "美元", " dollars", " people",
        "公里",
         " miles", "年", "成", "-15%", " to 20 million", "至 30", " km/h", " Wh", "个百分点",
         " square feet"]
    ),
).map("".join)  # fmt: skip

TARGETS = (
    Target(
        "number",
        "Spans lie in the text in order and are what they say, values are finite, and a number"
        " that we write in Chinese has the same value and kind when it is read again.",
        check_numbers,
        st.lists(_FIGURES | texts(3), min_size=1, max_size=4).map(" ".join),
        read=text_of,
        seeds=tuple(seed.encode() for seed in SEEDS),
        words=WORDS,
        longest=400,
    ),
)
