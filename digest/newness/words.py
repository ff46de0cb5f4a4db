"""The words by which signals about the same matter are found among all of a month."""

from collections.abc import Sequence

from digest.condense.cues import combined, word_list
from digest.condense.names import names_in
from digest.model import Brief
from digest.text.segmentation import commonness, words

_MOST = 8
_SHORTEST = 2
_STOP = word_list("stop_words") | word_list("generic_words")


def telling_words(title: str, brief: Brief) -> Sequence[str]:
    """At most eight: names, then keywords, then the rarest words of the title."""
    lang = "zh" if any("\u4e00" <= letter <= "\u9fff" for letter in title) else "en"
    rare = sorted((word for word in words(title, lang) if len(word) >= _SHORTEST), key=_common)
    found = (*sorted(names_in(title)), *brief.keywords, *rare)
    kept = {word.casefold(): word for word in reversed(found) if not _says_little(word)}
    return tuple(reversed(kept.values()))[:_MOST]


def _common(word: str) -> int:
    return -len(word) if word.isascii() else commonness(word)


def _says_little(word: str) -> bool:
    return (
        word.casefold() in _STOP
        or word.isdecimal()
        or combined("measures").fullmatch(word) is not None
    )
