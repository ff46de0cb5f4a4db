"""Sentences that are not the article: bylines, captions, calls to action, links, legal lines.

They keep their number and stay on the page; they only may not become points, reasons or figures.
"""

import re

from digest.condense.cues import marked
from digest.regexes import regex
from digest.text.units import utf16_length

_CODE = regex(r"[{}<>=;|\\`$_~^*#\[\]]")
_LINK_LINE = regex(r"^\W*(?:[^\s]{0,30}[：:]\s*)?(?:https?://|www\.)\S+\W*$")
_DATE_LINE = regex(
    r"^\W*(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day,?\s*)?"
    r"(?:\d{1,2}[.:]\d\d\s?(?:[ap]m)?(?:\s?[A-Z]{2,4})?"
    r"|\d{4}[-/年.]\d{1,2}[-/月.]\d{1,2}日?(?:\s?\d\d:\d\d(?::\d\d)?)?"
    r"|(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*\.? \d{1,2}"
    r"(?:st|nd|rd|th)?,? \d{4}(?:,? \d{1,2}:\d\d\s?(?:[ap]m)?)?"
    r"|at \d{1,2}[.:]\d\d[ap]m [A-Z]{3})\W*$",
    re.IGNORECASE,
)
# Comments, statements and prompts; words that prose uses too count only with their brackets.
_CODE_LINE = regex(
    r"^\s*(?://|/\*|#include\b|\$ \S|>>> "
    r"|(?:SELECT|INSERT|UPDATE|DELETE|CREATE|ALTER|EXPLAIN) .*[;()=*]"
    r"|(?:def|fn|func|impl|pub|const|var|public|private) \S+ ?[({=:<])"
)
_LETTER = regex(r"[^\W\d_]")
_TAIL_HEADING = regex(
    r"^\W*(?:相关阅读|延伸阅读|推荐阅读|相关文章|参考资料|参考链接|参考文献|往期(?:回顾|推荐)|热门文章|"
    r"related (?:stories|articles|posts|reading|content|links)|read more|more from|references|"
    r"further reading|recommended|you may also like|most (?:read|popular)|about the author)\W*$",
    re.IGNORECASE,
)
_CAPTION = regex(
    r"^FILE(?: PHOTO)?\s?[-–—:]|^In this [^,]{0,40}\b(?:photo|image|picture)\b[^,]{0,60},"
)
_LOOKED_AT = 400
_MUCH_CODE = 0.08
_FEW_LETTERS = 0.35
_MANY_SYMBOLS = 6


def is_junk(sentence: str) -> bool:
    """Whether `sentence` is furniture around the article rather than a part of it."""
    text = sentence.strip()[:_LOOKED_AT]
    if not text or any(line.match(text) for line in (_LINK_LINE, _DATE_LINE, _CODE_LINE)):
        return True
    letters = len(_LETTER.findall(text))
    if letters < _FEW_LETTERS * len(text):
        return True
    symbols = len(_CODE.findall(text))
    if symbols >= _MANY_SYMBOLS and symbols > _MUCH_CODE * utf16_length(text):
        return True
    return marked("junk", text)


def starts_tail(sentence: str) -> bool:
    """Whether `sentence` is the heading of a list of links after which the article is over."""
    return bool(_TAIL_HEADING.match(sentence))


def opens_caption(sentence: str) -> bool:
    """Whether `sentence` begins what an agency tells under a picture ("FILE - In this …")."""
    return bool(_CAPTION.match(sentence))
