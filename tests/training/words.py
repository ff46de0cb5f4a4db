"""Count how common English words are: digest/condense/weights/english_words.txt.

One line per step of rarity with its words; `rarity` in digest/condense/keyphrases.py reads it.
"""

import math
import re
from collections import Counter, defaultdict
from pathlib import Path

from digest.condense.keyphrases import WORDS_FILE
from tests.quality.common import records

_COLLECTIONS = ("inshorts", "bbc_news_summary", "cnndm_small", "chrome_dev_blog", "scitldr")
_LEAST = 8
_WORD = re.compile(r"[a-z]{3,}")


def train(corpora: Path) -> str:
    """Write the table; say what was written."""
    seen: Counter[str] = Counter()
    texts = 0
    for name in _COLLECTIONS:
        for record in records(corpora, name):
            seen.update(set(_WORD.findall(f"{record.get('title')} {record['text']}".lower())))
            texts += 1
    steps: defaultdict[int, list[str]] = defaultdict(list)
    for word, count in seen.items():
        if count >= _LEAST:
            steps[round(4 * math.log(texts / count))].append(word)
    lines = [f"{step} {' '.join(sorted(words))}" for step, words in sorted(steps.items())]
    WORDS_FILE.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return f"{WORDS_FILE.name}: {sum(map(len, steps.values()))} words of {texts} texts"
