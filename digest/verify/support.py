"""How well sentences of a text carry a statement: the best ones and a score of likeness."""

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from heapq import nsmallest
from math import log

from digest.regexes import regex
from digest.text.segmentation import cut
from digest.text.vocabulary import word_set
from digest.verify.names import HAN

_TOKEN = regex(
    r"(?P<han>[\u3400-\u9fff\u3040-\u30ff]+)|\d+(?:[.,:]\d+)*|[^\W\d_]+(?:['’.\-][^\W\d_]+)*|[$€£¥%]"
)
STOP = word_set(
    "a an the of in on at to for and or but as by from with is are was were be been being am has ",
    "have had do does did will would can could may might shall should must that which who whom ",
    "this these those it its he she they we you i his her their our my your him them us me there ",
    "than then so if when while after before also into about over such up out more most some ",
    "said says say not no s t",
    "的 了 在 是 和 与 及 或 也 都 就 而 但 将 把 被 对 为 以 从 到 向 由 于 并 等 ",
    "中 上 下 个 一 这 那 其 ",
    "该 他 她 它 们 我 你 有 还 又 很 更 最 已 已经 之 地 得 着 过 说 表示 称 会 能 可 可以 ",
    "一个 进行",
)
_SUFFIXES = ("ations", "ation", "ingly", "ments", "ment", "ings", "ing", "edly", "ies", "ied",
             "ers", "er", "ely", "ly", "ed", "es", "s", "e", "y")  # fmt: skip
_SHORTEST_STEM = 3
_BEST = 3


def tokens(text: str) -> list[str]:
    """Words, numbers and currency signs of either script, in order, in small letters."""
    found: list[str] = []
    for match in _TOKEN.finditer(text):
        if match.group("han"):
            found.extend(cut(match.group()))
        else:
            found.append(match.group().lower().replace("’", "'"))
    return found


@lru_cache(maxsize=4096)  # most of what is written is said in few words
def stem(word: str) -> str:
    """An English word without its commonest endings; others as they are."""
    if not word.isascii() or not word.isalpha():
        return word
    for ending in _SUFFIXES:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM:
            return word[: -len(ending)]
    return word


def content(words: Sequence[str]) -> set[str]:
    """The stems that carry meaning."""
    return {stem(word) for word in words if word not in STOP}


class Index:
    """The sentences of a text as sets of stems, with the weight of each stem in this text."""

    def __init__(self, sentences: Sequence[str]) -> None:
        self.tokens = [tokens(sentence) for sentence in sentences]
        self.stems = [content(words) for words in self.tokens]
        counted = Counter(stem for stems in self.stems for stem in stems)
        total = len(sentences) + 1
        self._weight = {word: log(1 + total / count) for word, count in counted.items()}
        self._unknown = log(1 + total)
        self._places: dict[str, list[int]] = {}
        for place, stems in enumerate(self.stems):
            for word in stems:
                self._places.setdefault(word, []).append(place)
        self._best: dict[frozenset[str], list[tuple[float, int]]] = {}

    def weight(self, word: str) -> float:
        """How telling a stem is: rare ones more."""
        return self._weight.get(word, self._unknown)

    def best(self, stems: set[str]) -> list[tuple[float, int]]:
        """The sentences that share most of the weight of `stems`, best first: (share, number)."""
        key = frozenset(stems)
        if key not in self._best:
            self._best[key] = self._search(sorted(stems))
        return self._best[key]

    def _search(self, stems: Sequence[str]) -> list[tuple[float, int]]:
        whole = sum(self.weight(word) for word in stems)
        shared: dict[int, float] = {}
        for word in stems:
            weight = self.weight(word)
            for place in self._places.get(word, ()):
                shared[place] = shared.get(place, 0.0) + weight
        best = nsmallest(_BEST, ((-weight, place) for place, weight in shared.items()))
        return [(-weight / whole, place) for weight, place in best]


def is_chinese(text: str) -> bool:
    """Whether a good part of the letters is Chinese."""
    return len(HAN.findall(text)) * 4 > len(text)
