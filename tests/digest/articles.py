"""Articles made in tests, by the project's own sentence splitter."""

from datetime import UTC, datetime

from digest.model import Article
from digest.text.language import detect_language
from digest.text.sentences import split_sentences

NOW = datetime(2026, 5, 12, 8, 0, tzinfo=UTC)


def article(
    title: str, *paragraphs: str, lang: str = "", site: str = "", url: str = ""
) -> Article:
    text = "\n".join(paragraphs)
    lang = lang or detect_language(text)
    return Article(
        url=url,
        canonical_url=url,
        title=title,
        paragraphs=tuple(group for one in paragraphs if (group := split_sentences(one, lang))),
        lang=lang,
        site=site,
        published_at=NOW,
    )


LAUNCH_EN = article(
    "Norvex unveils Halo-3, a chip for small language models",
    "By Jane Porter",
    "Norvex on Tuesday unveiled Halo-3, a chip that runs small language models on phones without "
    "a network connection. The company said the chip cuts power use from 40 watts to 4 watts.",
    "Norvex raised $1.2 billion last year at a valuation of $9 billion. Shipments are expected to "
    "reach 3.5 million units in 2027.",
    "This marks the first time that a language model of this size runs on a battery for a day.",
    "Norvex did not disclose the price of Halo-3.",
    "Subscribe to our newsletter for more chip news.",
)

LAUNCH_ZH = article(
    "青栎科技发布端侧模型 Qingli-Nano-2.0，推理功耗降至 4 瓦",
    "文 | 周禾",
    "青栎科技 5 月 12 日发布端侧模型 Qingli-Nano-2.0，可在手机上离线运行。"
    "公司称，新模型把推理功耗从 40 瓦降到 4 瓦，首批支持 12 款手机。",
    "青栎科技去年完成 12 亿元融资，估值达到 90 亿元。目前 Qingli-Nano-2.0 的月活用户为 350 万。",
    "这是国内首次有 30 亿参数的模型在手机上全天候运行。",
    "公司尚未公布 Qingli-Nano-2.0 的定价。",
    "点击下方链接关注公众号，获取更多资讯。",
)
