"""How much of each sentence an editor would keep, told from what it looks like and where it is.

Every usable sentence gets a row of traits; a trained model (`weights/`, one for Chinese, one for
all other languages, see `tests.training`) turns the row into the share of the sentence that a
human summary is expected to keep: of its pairs of words, in Chinese of its words too.
"""

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from digest.condense.cues import combined, marked
from digest.condense.sentences import Looked, Reading
from digest.condense.steps import StepModel, step_model
from digest.regexes import regex
from digest.text.language import is_cjk

RANKED = 80
"""Usable sentences that are ranked; what stands behind them is as good as never told."""

_LONG, _EARLY = 25, 12  # sentences
_OPENING = 3  # sentences of the lead
_STEM = 6  # letters
_CUES, _ZH_CUES = ("aim", "news"), ("dangling", "why", "background", "reported")
_FULL = 30  # words of a sentence that is long enough to tell the story

_NUMBER = regex(r"\d[\d.,:]*")
_WORD = regex(r"[^\W_]+(?:['’.-][^\W_]+)*")
_NAME = regex(r"(?<=[\w,;:)] )[A-Z][\w-]*|\b[A-Z]{2,}\b")
_LATIN_NAME = regex(r"[A-Za-z][\w.-]+|《[^》]+》")
_QUOTED = regex(r'"[^"]{2,}"|“[^”]{2,}”|``.{2,200}?\'\'|「[^」]{2,}」')
_ASIDE = regex(r"\([^()]*\)|（[^（）]*）")
_LIST_ITEM = regex(r"^\s*(?:[-*•·●○▪◆]|\d{1,2}[.、)）]|[（(]\d{1,2}[）)])")
_ENDS = regex(r"[.!?。！？…][\"'”’）)\]」』]*\s*$")
_SPEAKER = regex(r"\b(?:I|we|you|my|our|your|me|us)\b|我们?|你们?|您|咱|大家", re.IGNORECASE)
_CLAUSE = regex(r"[,，；;：:、]")
_DATELINE = combined("dateline")


def word_count(text: str, lang: str) -> int:
    """The length by which budgets count: words, or characters of Chinese and Japanese."""
    if is_cjk(lang):
        return sum(map(str.isalnum, text))
    return len(_WORD.findall(text))


@dataclass(frozen=True, slots=True)
class _Row:
    """One usable sentence with the stems of its content words and of its names."""

    one: Looked
    stems: frozenset[str]
    names: frozenset[str]
    length: int  # words, or characters of Chinese


@dataclass(frozen=True, slots=True)
class _Surroundings:
    """What the traits of one sentence need to know about the article."""

    lang: str
    rows: Sequence[_Row]
    title: frozenset[str]
    title_pairs: frozenset[tuple[str, str]]  # of all its words, each with the next
    heard: Counter[str]  # in how many of the rows a stem stands
    weights: dict[str, float]
    opening: frozenset[str]  # stems of the first three rows
    before: Sequence[frozenset[str]]  # the stems of all rows before each row
    read: Sequence[int]  # the length of all rows before each row
    firsts: frozenset[int]  # indices of sentences that open their paragraph
    sizes: Counter[int]  # usable sentences by paragraph


def traits(reading: Reading) -> dict[int, dict[str, float]]:
    """The traits of the first `RANKED` usable sentences, by sentence number.

    Some are looked at in Chinese and Japanese only, some in all other languages only.
    """
    around = _surroundings(reading)
    own = _of_chinese if is_cjk(reading.lang) else _of_latin
    return {
        row.one.index: {
            **_placed(around, at),
            **_worded(around, at),
            **_looks(row, around),
            **own(row, around, at),
        }
        for at, row in enumerate(around.rows)
    }


def rank(reading: Reading, model: StepModel | None = None) -> dict[int, float]:
    """By sentence number: the share (0 to 1) of it that a summary is expected to keep.

    Holds the first `RANKED` usable sentences; empty when no sentence is usable. `model`: other
    weights than those of the language.
    """
    model = model or step_model("zh" if is_cjk(reading.lang) else "latin")
    return {index: model.worth(row) for index, row in traits(reading).items()}


def stem(word: str) -> str:
    """A word by its first letters: "withdrew" and "withdrawn" differ, "order" and "orders" not."""
    return word[:_STEM] if word.isascii() else word


def _surroundings(reading: Reading) -> _Surroundings:
    rows = [_row(one, reading.lang) for one in reading.usable[:RANKED]]
    before: list[frozenset[str]] = []
    told: set[str] = set()
    firsts: dict[int, int] = {}
    for row in rows:
        before.append(frozenset(told))
        told |= row.stems
        firsts.setdefault(row.one.paragraph, row.one.index)
    heard = Counter(term for row in rows for term in row.stems)
    most = math.log1p(max(heard.values(), default=1))
    return _Surroundings(
        lang=reading.lang,
        rows=rows,
        title=frozenset(map(stem, reading.title_terms)),
        title_pairs=_pairs(reading.title),
        heard=heard,
        weights={term: math.log1p(count) / most for term, count in heard.items()},
        opening=frozenset().union(*(row.stems for row in rows[:_OPENING])),
        before=before,
        read=tuple(accumulate((row.length for row in rows), initial=0)),
        firsts=frozenset(firsts.values()),
        sizes=Counter(row.one.paragraph for row in rows),
    )


def _row(one: Looked, lang: str) -> _Row:
    named = (_LATIN_NAME if is_cjk(lang) else _NAME).findall(one.opening)
    names = frozenset(stem(name.casefold()) for name in named)
    return _Row(one, frozenset(map(stem, one.terms)), names, word_count(one.opening, lang) or 1)


def _pairs(text: str) -> frozenset[tuple[str, str]]:
    return frozenset(pairwise(map(stem, _WORD.findall(text.casefold()))))


def _placed(around: _Surroundings, at: int) -> dict[str, float]:
    one, count = around.rows[at].one, len(around.rows)
    return {
        "place": float(at),
        "early": 1 / (1 + at),
        "first": float(at == 0),
        "depth": at / max(1, count - 1),
        "article": math.log1p(count),
        "paragraph": float(min(6, around.sizes[one.paragraph])),
        "skipped": float(min(5, one.index - at)),
    }


def _worded(around: _Surroundings, at: int) -> dict[str, float]:
    """What the words of a sentence have in common with the title and the rest of the article."""
    row, title, heard = around.rows[at], around.title, around.heard
    stems = row.stems
    count = len(stems) or 1
    shared = stems & title
    covered = len(shared) / len(title) if title else 0.0
    return {
        "central": sum(around.weights[term] for term in stems) / count,
        "heard_twice": sum(1 for term in stems if heard[term] == 2) / count,  # noqa: PLR2004 - said in the name
        "title": covered,
        "titled": len(shared) / count,
        "title_names": len(row.names & title) / count,
        "first_title": covered if at == 0 else 0.0,
        "opening": len(stems & around.opening) / count if at >= _OPENING else 0.0,
        "first_follower": len(stems & _following(around, 0)) / count if at == 0 else 0.0,
    }


def _tells_itself(text: str, around: _Surroundings, place: int) -> float:
    """2 where a long text says near its beginning what it tells, 1 where later, else 0."""
    if len(around.rows) < _LONG or not marked("itself", text):
        return 0.0
    return 2.0 if place < _EARLY else 1.0


def _following(around: _Surroundings, at: int) -> frozenset[str]:
    return around.rows[at + 1].stems if at + 1 < len(around.rows) else frozenset()


def _looks(row: _Row, around: _Surroundings) -> dict[str, float]:
    text = row.one.opening
    return {
        "length": math.log1p(row.length),
        "names": min(1.0, len(row.names) / row.length * (4 if is_cjk(around.lang) else 1)),
        "quoted": sum(map(len, _QUOTED.findall(text))) / (len(text) or 1),
        "dateline": float(bool(_DATELINE.match(text))),
        **{cue: float(marked(cue, text)) for cue in _CUES},
    }


def _of_latin(row: _Row, around: _Surroundings, place: int) -> dict[str, float]:
    """What counts where words stand apart: pairs of them, lengths, what is heard elsewhere."""
    count, rows = len(row.stems) or 1, len(around.rows)
    heard = [around.heard[term] for term in row.stems]
    pairs = _pairs(row.one.opening) if around.title_pairs else frozenset()
    return {
        "title_pairs": float(len(around.title_pairs & pairs)),
        "read": float(around.read[place]),
        "previous": float(around.rows[place - 1].length if place else 0),
        "relative": row.length * rows / around.read[-1],
        "early_full": min(1.0, row.length / _FULL) / (1 + place),
        "heard_once": heard.count(1) / count,
        "elsewhere": (sum(heard) - len(heard)) / count / rows,
    }


def _of_chinese(row: _Row, around: _Surroundings, place: int) -> dict[str, float]:
    one, text, stems = row.one, row.one.opening, row.stems
    count, names = len(stems) or 1, len(row.names)
    return {
        "second": float(place == 1),
        "opens": float(one.index in around.firsts),
        "heard_often": sum(1 for term in stems if around.heard[term] > 2) / count,  # noqa: PLR2004 - more than twice
        "told": len(stems & around.before[place]) / count,
        "follower": len(stems & _following(around, place)) / count,
        "content": len(one.terms) / row.length,
        "numbers": float(min(4, len(_NUMBER.findall(text)))),
        "names_again": sum(1 for name in row.names if around.heard[name] > 1) / max(1, names),
        "asides": sum(map(len, _ASIDE.findall(text))) / (len(text) or 1),
        "clauses": float(min(8, len(_CLAUSE.findall(text)))),
        "ends": float(bool(_ENDS.search(text))),
        "item": float(bool(_LIST_ITEM.match(text))),
        "question": float(one.question),
        "speaker": float(min(3, len(_SPEAKER.findall(text)))),
        "itself": _tells_itself(text, around, place),
        **{cue: float(marked(cue, text)) for cue in _ZH_CUES},
    }
