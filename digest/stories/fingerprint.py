"""Texts that are the same letter for letter."""

import hashlib
import unicodedata

from digest.condense.junk import is_junk
from digest.model import Article


def text_fingerprint(article: Article) -> str:
    """Equal for the same article republished: a hash of its letters and digits, no furniture.

    32 hex digits. The title counts only where there is no text.
    """
    texts = [text for group in article.paragraphs for text in group if not is_junk(text)]
    letters = _letters("".join(texts)) or _letters(article.title)
    return hashlib.sha256(letters.encode("utf-8", "replace")).hexdigest()[:32]


def _letters(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(letter for letter in folded if letter.isalnum())
