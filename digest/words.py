"""Whether a reader's word stands in a signal: what follows, mutes and automatic rules ask.

A word is taken literally, whatever signs it has, and found in time linear in the text. Scripts
that space their words match whole words only ("AI" in "AI 芯片", not in "said"), Chinese and
Japanese anywhere. Capitals, full-width letters, 繁體 and 简体, and the space that some writers set
between Chinese and Latin letters make no difference.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from digest.model import Brief, Signal
from digest.regexes import regex
from digest.translation.script import simplified

# Scripts that are written without spaces, or (Hangul) with particles stuck to the word.
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"  # Thai, Lao, Burmese, Khmer
    "\u3005\u3007\u3021-\u3029\u3040-\u30ff\u31f0-\u31ff"  # iteration marks, zero, kana
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uac00-\ud7af\U00020000-\U0003ffff"
)
_IS_UNSPACED = regex(f"[{_UNSPACED}]")
_SPACE_BESIDE = regex(f"(?<=[{_UNSPACED}]) | (?=[{_UNSPACED}])")
_HAN_BLOCKS = ((0x3400, 0x4DC0), (0x4E00, 0xA000), (0xF900, 0xFB00), (0x20000, 0x32400))
# OpenCC decides these by the words around them; a word must read the same wherever it stands.
_EITHER_WAY = {"著": "着", "藉": "借", "瞭": "了", "覆": "复"}
# One sign each for what keyboards and typesetters write differently; what shows nothing goes.
_SIGNS = {
    **dict.fromkeys("\u2018\u2019\u201b\u02bc\u0060", "'"),
    **dict.fromkeys("\u201c\u201d\u201f\u300c\u300d\u300e\u300f", '"'),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
    **dict.fromkeys("\u2022\u2027\u30fb\uff65", "\u00b7"),
    **dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufeff\ufe0e\ufe0f", ""),
}


_TRACES = 4096  # bits; a page of text sets a few hundred of them


@dataclass(frozen=True, slots=True)
class _Folded:
    """Folded text, and a bit for each pair of letters side by side that it has.

    A text that lacks a pair of the word's letters is passed over without being searched.
    """

    text: str
    traces: int


@dataclass(frozen=True, slots=True)
class _Word:
    """A word as it was given, and its folded spellings, any of which counts."""

    given: str
    spellings: tuple[_Folded, ...]


def words_in(words: Sequence[str], signal: Signal) -> tuple[str, ...]:
    """Those of `words` that stand in what readers see of `signal`, as they were given.

    Looked at are title, headline, key words and points, in the original and in translation.
    """
    text = _signal_text(_seen(signal.title, signal.brief))
    return tuple(word.given for word in _words(tuple(words)) if _stands(word, text))


def has_word(words: Sequence[str], signal: Signal) -> bool:
    """Whether any of `words` stands in what readers see of `signal`."""
    if not words:  # most readers name none: no text is folded, and none kept
        return False
    text = _signal_text(_seen(signal.title, signal.brief))
    for word in _words(tuple(words)):  # noqa: SIM110  asked a million times per digest
        if _stands(word, text):
            return True
    return False


class WordIndex:
    """Very many words, to be looked for in one signal after another.

    A word is kept by the first two letters of its spellings: in a signal are sought only those
    whose letters it has side by side, so that a hundred thousand words cost a few milliseconds.
    """

    def __init__(self, words: Iterable[str]) -> None:
        self._by_start: dict[str, list[tuple[str, str]]] = {}
        for word in words:
            for spelling in _spelled(word) if is_word(word) else ():
                self._by_start.setdefault(spelling[:2], []).append((spelling, word))

    def found(self, signal: Signal) -> tuple[str, ...]:
        """Those of the words that stand in what readers see of `signal`, each once."""
        if not self._by_start:
            return ()
        return self._in(_signal_text(_seen(signal.title, signal.brief)).text)

    def in_text(self, text: str) -> tuple[str, ...]:
        """Those of the words that stand in `text`, each once."""
        return self._in(_fold(text))

    def _in(self, text: str) -> tuple[str, ...]:
        starts = {text[at : at + 2] for at in range(len(text))} | set(text)
        return tuple(
            {
                word: None
                for start in starts & self._by_start.keys()
                for spelling, word in self._by_start[start]
                if spelling in text and _whole(spelling, text)
            }
        )


def contains(text: str, word: str) -> bool:
    """Whether `word` stands in `text`."""
    folded = _folded(_fold(text))
    return any(_stands(one, folded) for one in _words((word,)))


def is_word(text: str) -> bool:
    """Whether `text` can be looked for: it has a letter or a digit."""
    return any(letter.isalnum() for letter in fold(text))


@lru_cache(maxsize=8192)
def fold(word: str) -> str:
    """`word` in the one spelling in which words are compared: equal words have equal folds."""
    return _fold(word)


def _fold(text: str) -> str:
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    if not plain.isascii():
        plain = plain.translate(_one_spelling())
    return _SPACE_BESIDE.sub("", " ".join(plain.split()))


@cache
def _one_spelling() -> dict[int, str]:
    letters = [chr(code) for start, end in _HAN_BLOCKS for code in range(start, end)]
    # Letter by letter, for what stands around a letter must not change how it compares.
    simple = simplified("\n".join(letters)).split("\n")
    scripts = {old: new for old, new in zip(letters, simple, strict=True) if old != new}
    return str.maketrans({**scripts, **_EITHER_WAY, **_SIGNS})


def _seen(title: str, brief: Brief) -> tuple[str, ...]:
    found = [title, brief.headline, brief.headline_original, *brief.keywords]
    for point in brief.points:
        found.append(point.text)
        if point.original:
            found.append(point.original)
    return tuple(found)


@lru_cache(maxsize=2048)  # as many as a digest is chosen of; some 5 KB each
def _signal_text(parts: tuple[str, ...]) -> _Folded:
    """The parts, each on a line of its own; kept, for many readers ask about one signal."""
    return _folded("\n".join(_fold(part) for part in dict.fromkeys(parts) if part))


def _folded(text: str) -> _Folded:
    traces = 0
    for pair in {text[at : at + 2] for at in range(len(text) - 1)}:
        traces |= 1 << (hash(pair) % _TRACES)
    return _Folded(text, traces)


@lru_cache(maxsize=8192)
def _words(words: tuple[str, ...]) -> tuple[_Word, ...]:
    return tuple(_Word(word, _spellings(word)) for word in words if is_word(word))


def _spellings(word: str) -> tuple[_Folded, ...]:
    return tuple(_folded(spelling) for spelling in _spelled(word))


def _spelled(word: str) -> tuple[str, ...]:
    spellings = {fold(word): None}
    # 軟體 is 软件 to mainland writers. Only for words in traditional characters: a simplified 程序
    # would be taken for Taiwan's.
    if simplified(word) != word:
        spellings[fold(simplified(word, words=True))] = None
    return tuple(spellings)


def _stands(word: _Word, text: _Folded) -> bool:
    for spelling in word.spellings:
        if (
            text.traces & spelling.traces == spelling.traces
            and spelling.text in text.text
            and _whole(spelling.text, text.text)
        ):
            return True
    return False


def _whole(word: str, text: str) -> bool:
    """Whether `word` stands in `text` with an edge on each side that needs one."""
    before, after = _spaced(word[0]), _spaced(word[-1])
    at = text.find(word)
    while at >= 0:
        end = at + len(word)
        cut_before = before and at > 0 and _spaced(text[at - 1])
        cut_after = after and end < len(text) and _spaced(text[end])
        if not cut_before and not cut_after:
            return True
        at = text.find(word, at + 1)
    return False


@lru_cache(maxsize=1024)
def _spaced(letter: str) -> bool:
    """Whether `letter` is part of a word of a script that spaces its words."""
    return unicodedata.category(letter)[0] in "LNM" and not _IS_UNSPACED.match(letter)


def distinct(words: Iterable[str]) -> tuple[str, ...]:
    """`words` without those that compare equal to an earlier one."""
    kept: dict[str, str] = {}
    for word in words:
        kept.setdefault(fold(word), word)
    return tuple(kept.values())
