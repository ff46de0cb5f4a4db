"""The original title, freed of what is not title."""

import re
import unicodedata

from digest.model import Article

_SEPARATED = re.compile(
    r"^(?P<head>.+?)\s*(?:\s[-–—|·•:]\s|[|｜丨_]|\s?[–—]\s?|\s-)\s*(?P<tail>[^|｜丨_]{1,60})$"
)
# Letters wear two marks in some languages; a tower of them covers the lines above.
_MARK = r"[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]"
_STACKED = re.compile(rf"({_MARK}{{2}}){_MARK}+")
_LONGEST_FIRST = 400  # characters of a sentence that stands in for a title
_MOST_TAILS = 5  # "Title - Section - Site"
_HOST = re.compile(r"^https?://(?:www\.)?([^/:?#]+)")


def clean_headline(article: Article) -> str:
    """The title in one line, without invisible characters and the site's own name, never cut.

    Falls back to the first sentence when the page has no title in words; "" when there is neither
    or that one is endless.
    """
    title = tidy(article.title)
    if not _letters(title):
        first = next((text for group in article.paragraphs for text in group if text.strip()), "")
        return (tidy(first) if len(first) <= _LONGEST_FIRST else "") or title
    for _ in range(_MOST_TAILS):
        match = _SEPARATED.match(title)
        if match is None or not _is_site(match.group("tail"), article):
            return title
        title = match.group("head").strip()
    return title


def tidy(text: str) -> str:
    """`text` in one line, without control, zero-width and direction characters."""
    kept = "".join(
        " " if letter.isspace() else letter
        for letter in text
        if letter.isspace()
        or unicodedata.category(letter) not in {"Cc", "Cf", "Cs", "Co", "Cn"}
        or letter == "\u200d"  # joins the parts of one emoji
    )
    kept = _STACKED.sub(r"\1", kept)
    return re.sub(r"(?<![\u2600-\U0001ffff\ufe0f])\u200d|\u200d$", "", " ".join(kept.split()))


def _is_site(tail: str, article: Article) -> bool:
    name = _letters(tail)
    if not name:
        return False
    if name == _letters(article.site):
        return True
    host = _HOST.match(article.canonical_url or article.url)
    labels = host.group(1).split(".")[:-1] if host else []
    return name in {_letters(label) for label in labels}


def _letters(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())
