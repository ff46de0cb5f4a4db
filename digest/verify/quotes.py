"""Quotations in a statement, and what of them a text must have."""

import re
from collections.abc import Iterator

from digest.regexes import regex
from digest.verify.names import letters

# In Chinese up to five characters between marks are mostly a term or a wink.
_QUOTE = regex(
    r"“([^“”]{4,400})”|「([^「」]{4,400})」|『([^『』]{4,400})』|\"([^\"]{4,400})\"|‘([^‘’]{12,400})’"
)
_WINK = regex(r"[\u3400-\u9fff]{1,5}")
# An editor's explanation or replacement inside a quotation.
_ASIDE = regex(r"\([^()]{0,80}\)|（[^（）]{0,80}）|\[[^\[\]]{0,80}\]")
_GAP = regex(r"\.{2,}|…+")
# Written one way or another by house rules; amounts are compared as numbers.
_HOUSE = regex(r"\b(?:the|an?)\b|\bRs\.?(?=[\s\d])|\bper ?cent\b|\bpct\b", re.IGNORECASE)
_LEAST = 4


def quotes(text: str) -> Iterator[str]:
    """What stands between quotation marks, from four characters on."""
    for match in _QUOTE.finditer(text):
        quote = next(group for group in match.groups() if group)
        if not _WINK.fullmatch(quote):
            yield quote


def spoken(text: str) -> str:
    """Letters and digits of `text` without asides, articles and words that house rules change."""
    return letters(_HOUSE.sub(" ", _ASIDE.sub(" ", text)))


def pieces(quote: str) -> list[str]:
    """The stretches between the gaps of a quotation, as `spoken` has them; no tiny ones."""
    said = [spoken(part) for part in _GAP.split(_ASIDE.sub("...", quote))]
    return [part for part in said if len(part) >= _LEAST] or [spoken(quote)]
