"""Words: the search tokenizer, and the words that similarity and ranking count.

Search must find the same on every database, so text is cut here, once, in both directions:
scripts written without spaces become overlapping pairs of characters, everything else words.
"""

import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from digest.regexes import regex

TOKENIZER_VERSION: int = 1
"""Raised with every change of `search_terms`: stored search rows of another version are stale."""

# Names and terms that the segmenter's dictionary is too old to know.
_NAMES = Path(__file__).parent / "chinese_names.txt"
_MAX_PHRASES = 16
_FREQUENT_ENOUGH = 2000  # for a name to win against its own pieces
_UNSPACED = (
    "\u3005\u3007\u3021-\u3029\u3040-\u30ff\u31f0-\u31ff"  # iteration marks, zero, kana
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"  # Han
    "\uac00-\ud7af"  # Hangul: spaced, but particles stick to the nouns people search for
    "\U00020000-\U0003ffff"
)
_RUN = regex(rf"(?P<unspaced>[{_UNSPACED}]+)|[^\W_{_UNSPACED}]+(?:_[^\W_{_UNSPACED}]+)*")
_QUOTED = regex(r'"([^"]*)"|“([^”]*)”|「([^」]*)」|(\S+)')
_LETTER = regex(r"[^\W_]")
_LATIN_WORD = regex(r"[^\W_]+(?:[.'’\-+][^\W_]+)*\+*")
_HAN = regex(r"[\u3400-\u4dbf\u4e00-\u9fff]")


def search_terms(text: str) -> list[str]:
    """The terms of `text` in order: words of spaced scripts, pairs of characters of others.

    NFKC and case folded. A lone character of an unspaced script is kept as it is. Punctuation,
    symbols and emoji give nothing.
    """
    return [term for run in _runs(text) for term in run]


def search_query(text: str) -> list[list[str]]:
    """The phrases that a query asks for, each a list of terms that must stand side by side.

    Words apart by spaces are phrases of their own ("AI chip" → [["ai"], ["chip"]]), quoted words
    one phrase; "GPT-5" is one ([["gpt", "5"]]), a change of script inside a word starts a new one
    ("OpenAI发布" → [["openai"], ["发布"]]). At most 16 phrases; empty when nothing is searchable.
    """
    phrases: list[list[str]] = []
    for match in _QUOTED.finditer(unicodedata.normalize("NFC", text)):
        plain = match.group(4)
        for phrase in (
            _phrases_of(plain) if plain else [search_terms(match.group(match.lastindex or 0))]
        ):
            if phrase and phrase not in phrases:
                phrases.append(phrase)
    return phrases[:_MAX_PHRASES]


def words(text: str, lang: str) -> list[str]:
    """The lower-cased words of `text` for similarity: rjieba for Chinese, pairs for Japanese."""
    folded = text.casefold()
    if lang == "ja":
        return search_terms(folded)
    if lang == "zh" or _HAN.search(folded):
        return [word for word in cut(folded) if word.isalnum() or _LETTER.search(word)]
    return _LATIN_WORD.findall(folded)


def cut(text: str) -> list[str]:
    """Chinese text cut into words; joined they give the text back."""
    pieces: list[str] = _rjieba().cut(_sound(text))
    return pieces


def tag(text: str) -> list[tuple[str, str]]:
    """Chinese text cut into words with their part of speech (ICTCLAS letters)."""
    pieces: list[tuple[str, str]] = _rjieba().tag(_sound(text))
    return pieces


def _sound(text: str) -> str:
    """`text` with "?" for each lone surrogate of a broken page, which the segmenter refuses."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def commonness(word: str) -> int:
    """How often the segmenter's dictionary counted `word` (的 318,826; unknown words 1)."""
    count: int = _rjieba().suggest_freq(word)
    return count


@cache
def _rjieba() -> Any:
    # Its dictionary takes 70 MB and 0.1 s: only processes that cut Chinese pay for it.
    import rjieba  # noqa: PLC0415 - see the line above

    segmenter = rjieba.Jieba()
    for name in _NAMES.read_text(encoding="utf-8").split():
        segmenter.add_word(name, _FREQUENT_ENOUGH, "nz")
    return segmenter


def _runs(text: str) -> Iterator[list[str]]:
    for match in _RUN.finditer(fold(text)):
        yield _pairs(match.group()) if match.group("unspaced") else [match.group()]


def _phrases_of(word: str) -> list[list[str]]:
    phrases: list[list[str]] = []
    unspaced = False
    for match in _RUN.finditer(fold(word)):
        is_unspaced = bool(match.group("unspaced"))
        terms = _pairs(match.group()) if is_unspaced else [match.group()]
        # Only parts of one spaced word belong together: punctuation parts unspaced phrases.
        if phrases and not is_unspaced and not unspaced:
            phrases[-1].extend(terms)
        else:
            phrases.append(terms)
        unspaced = is_unspaced
    return phrases


def _pairs(run: str) -> list[str]:
    return [run[at : at + 2] for at in range(len(run) - 1)] or [run]


def fold(text: str) -> str:
    """`text` as its terms are spelt: NFKC and case folded."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
