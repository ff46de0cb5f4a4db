"""From a list's own words to our shelves: folder names tell the column, titles the language."""

import re
from collections.abc import Iterable
from hashlib import blake2b
from urllib.parse import urlsplit

from digest.identity import canonical_url
from digest.model import HotList
from digest.regexes import regex

FALLBACK_COLUMN = "tech"

_HOT = regex(r"hot(?!el)|rank|trending|toplist|top-?search|billboard|/api/s\?id=", re.IGNORECASE)
_HAN = regex("[\u4e00-\u9fff]")
_SLUG = regex(r"[^a-z0-9]+")

# Words of folder names that tell the column, in the order in which they are asked: a folder
# "AI 论文" is AI before it is science.
_COLUMN_WORDS = {
    "ai": r"\bai\b|\bml\b|llm|machine.?learning|人工智能|大模型|机器学习|深度学习",
    "dev": r"\bdev|program|engineer|coding|open.?source|linux|github|security|database|cloud"
    r"|开发|编程|开源|程序|技术团队|团队博客|后端|前端|运维|安全|数据库",
    "science": r"scien|research|academ|paper|physics|biolog|space|科学|学术|论文|科研|航天|医学",
    "business": r"business|financ|econom|market|startup|invest|venture|money"
    r"|商业|财经|金融|经济|投资|创业|创投|股",
    "policy": r"polic|politic|government|law\b|legal|regulat|world|society"
    r"|政策|时政|政府|法律|政治|国际|社会|监管",
    "tech": r"tech|gadget|digital|product|apple|android|internet|科技|数码|互联网|产品|手机",
}
_COLUMNS = {column: regex(words, re.IGNORECASE) for column, words in _COLUMN_WORDS.items()}


def guess_column(folders: Iterable[str]) -> str:
    """The column that the innermost telling folder names, "tech" when none does."""
    for name in reversed(tuple(folders)):
        plain = name.strip().lower()
        if plain in _COLUMNS:
            return plain
        for column, words in _COLUMNS.items():
            if words.search(name):
                return column
    return FALLBACK_COLUMN


def guess_lang(declared: str, title: str) -> str:
    """The language declared when it is one of ours, else the one the title is written in."""
    short = declared.replace("_", "-").partition("-")[0].strip().lower()
    if short in {"zh", "en"}:
        return short
    return "zh" if _HAN.search(title) else "en"


def guess_hot(url: str, *, dated: bool) -> HotList:
    """Whether the list at `url` is ranked: it says so, and its items have no dates to go by."""
    return HotList.RANKS if not dated and _HOT.search(url) else HotList.NO


def key_of(url: str) -> str:
    """The key of a source that a list names: made from the address, the same every time."""
    host = (urlsplit(url).hostname or "").removeprefix("www.").lower()
    digest = blake2b(canonical_url(url).encode("utf-8", "replace"), digest_size=4).hexdigest()
    return f"{_SLUG.sub('-', host).strip('-')[:40] or 'feed'}-{digest}"
