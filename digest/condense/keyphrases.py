"""Keyphrases: up to `n` words and terms that tell what a text is about, for lists and indexes.

Cards show `find_keywords` instead: few, mostly names. Here recall counts: runs of content words,
weighed by how often and how early they stand and how rare their words are. No model.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from digest.condense.cues import word_list
from digest.condense.sentences import STOP_WORDS
from digest.regexes import regex
from digest.text.language import is_cjk
from digest.text.segmentation import commonness, tag

WORDS_FILE = Path(__file__).parent / "weights" / "english_words.txt"

_LOOKED_AT = 12_000  # characters; what a text is about has been named by then
_LONGEST = 3
_RUN = regex(r"[^\W_]+(?:[-'’.+&][^\W_]+)*\+*|[^\w\s]|\n")
_HAN = regex(r"[\u4e00-\u9fff]")
_RARE = 26  # steps of a quarter of a natural logarithm: a word the table does not know
_GENERIC = word_list("generic_words")
# Endings of words that are seldom part of a term.
_WEAK = regex(r"(?:ly|[a-z]{2}ed)$")
_SPACED_TERM = 1.35  # two or three words side by side are more often a term than one alone
_ZH_TERM = frozenset({"n", "vn", "j", "an", "ng", "nw", "nz", "nr", "ns", "nt", "nrt", "eng", "l"})


@dataclass(slots=True)
class _Candidate:
    shown: str
    words: tuple[str, ...]
    count: int
    first: int  # number of the token where it first stands


def keyphrases(text: str, lang: str, n: int = 10) -> tuple[str, ...]:
    """The `n` strongest phrases of `text` (at most three words each), as written, best first.

    `text` begins with the title where there is one. Empty for a text without content words.
    """
    opening = text[:_LOOKED_AT]
    runs = list(_chinese_runs(opening) if is_cjk(lang) else _runs(opening))
    found = _candidates(runs)
    total = sum(len(run) for run in runs) or 1
    worth = {words: _worth(one, total, chinese=is_cjk(lang)) for words, one in found.items()}
    ranked = sorted(found, key=lambda words: (-worth[words], words))
    return tuple(found[words].shown for words in _distinct(ranked, n))


# --- runs of content words --------------------------------------------------------------

_Token = tuple[str, str, int]  # as written, folded, number in the text


def _runs(text: str) -> Iterator[list[_Token]]:
    run: list[_Token] = []
    for number, match in enumerate(_RUN.finditer(text)):
        shown = match.group()
        folded = shown.lower().removesuffix("'s").removesuffix("’s")
        content = any(letter.isalpha() for letter in folded) and len(folded) > 1
        if content and folded not in STOP_WORDS:
            run.append((shown.removesuffix("'s").removesuffix("’s"), folded, number))
        elif run:
            yield run
            run = []
    if run:
        yield run


def _chinese_runs(text: str) -> Iterator[list[_Token]]:
    run: list[_Token] = []
    for number, (word, kind) in enumerate(tag(text)):
        if (kind in _ZH_TERM and len(word) > 1 and word.lower() not in STOP_WORDS) or (
            run and kind in {"k", "ng"}
        ):
            run.append((word, word.lower(), number))
        elif run:
            yield run
            run = []
    if run:
        yield run


def _candidates(runs: list[list[_Token]]) -> dict[tuple[str, ...], _Candidate]:
    found: dict[tuple[str, ...], _Candidate] = {}
    for run in runs:
        for start in range(len(run)):
            for end in range(start + 1, min(len(run), start + _LONGEST) + 1):
                piece = run[start:end]
                words = tuple(_stem(word) for _, word, _ in piece)
                if words in found:
                    found[words].count += 1
                    continue
                han = _HAN.search(piece[0][0])
                shown = ("" if han else " ").join(one for one, _, _ in piece)
                found[words] = _Candidate(shown, words, 1, piece[0][2])
    return found


def _stem(word: str) -> str:
    """Plural and singular are one phrase."""
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):  # noqa: PLR2004
        return word[:-3] + "y" if word.endswith("ies") else word[:-1]
    return word


def _worth(one: _Candidate, total: int, *, chinese: bool) -> float:
    rare = sum(_rarity(word, chinese=chinese) for word in one.words) / len(one.words)
    weak = any(_WEAK.search(word) or word in _GENERIC for word in (one.words[0], one.words[-1]))
    early = 1.0 + 1.0 / (1.0 + 6 * one.first / total)
    often = math.log1p(one.count) if len(one.words) == 1 else math.log1p(1.6 * one.count)
    term = _SPACED_TERM if len(one.words) > 1 and not chinese else 1.0
    return often * rare * early * term * (0.5 if weak else 1.0)


def _rarity(word: str, *, chinese: bool) -> float:
    """0 for the commonest words to 1 for those that no table knows."""
    if chinese:
        return max(0.2, 1.0 - math.log(max(1, commonness(word))) / 16)
    return min(_RARE, _known_words().get(word, _RARE)) / _RARE


@cache
def _known_words() -> dict[str, int]:
    found: dict[str, int] = {}
    for line in WORDS_FILE.read_text(encoding="utf-8").splitlines():
        step, *words = line.split()
        found |= dict.fromkeys(words, int(step))
    return found


def _distinct(ranked: list[tuple[str, ...]], n: int) -> list[tuple[str, ...]]:
    kept: list[tuple[str, ...]] = []
    for words in ranked:
        inside = sum(_contains(other, words) or _contains(words, other) for other in kept)
        if inside > 1:
            continue
        kept.append(words)
        if len(kept) == n:
            break
    return kept


def _contains(longer: tuple[str, ...], part: tuple[str, ...]) -> bool:
    size = len(part)
    return any(longer[at : at + size] == part for at in range(len(longer) - size + 1))
