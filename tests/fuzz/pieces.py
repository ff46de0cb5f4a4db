"""Parts that hostile and honest texts are put together from."""

from hypothesis import strategies as st

WORDS = (
    "Norvex", "sold", "12", "cars", "for", "$3 million", "3.5%", "1,200", "the U.S.", "Mr. Lee",
    "公司", "宣布", "12 亿美元", "三成", "百分之五", "第 3 季度", "2026 年 11 月", "40%", "约",
    "从 40 降到 4",
    "e.g.", "v1.2.3", "No. 7", "GPT-5.2", "https://e.example/a.b?c=d", "“", "”", "「", "」", "(",
    ")",
    "。", "！", "？", "；", "……", ". ", "! ", "? ", ", ", "，", "、", "：", "\n", "\n\n", " ",
    "\u3000",
    "\u200b", "\ufeff", "\u202e", "\x00", "\ud83d", "🙂", "👨\u200d👩\u200d👧", "e\u0301", "אב",
    "ก",
    "<b>", "</a>", "&amp;", "&#x27;", "{0}", "%s", "１２", "²", "½", "٣", "−5", "+8", "~", "x",
    "×",
    "万", "亿", "bn", "k", "half a", "doubled", "一百五十万", "三点零五", "¥500", "10-15",
    "10 至 15 亿元",
)  # fmt: skip

LETTERS = (
    "aZ0９.,，。!?;:%$€¥/\\-–_+*'\"“”()"
    "[]{}<>&=#@ \t\n\r\u00a0\u3000\u200b\u202e\x00\x1b\ud83d😀核é一二万亿ß٣"
)


def texts(longest: int = 40) -> st.SearchStrategy[str]:
    """Texts: words of every sort in any order, or loose letters, or anything at all."""
    joined = st.lists(st.sampled_from(WORDS), max_size=longest)
    return st.one_of(
        joined.map(" ".join),
        joined.map("".join),
        st.text(alphabet=LETTERS, max_size=2 * longest),
        st.text(max_size=longest),
    )
