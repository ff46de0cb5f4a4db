"""Chinese clauses: where a sentence may end early and still be a sentence."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from digest.condense.compress.cutting import balanced
from digest.condense.compress.tables import pattern
from digest.regexes import regex
from digest.text.segmentation import tag

_COMMA = regex(r"[，；,;]")
_STOP = regex(r"[。！？!?…；;]+[”」』）)]*\s*$")
_OPENS = pattern("zh", "subordinate")
_LEADS_ON = pattern("zh", "leads_on")
_ADDITION = pattern("zh", "addition")
_CONTRAST = pattern("zh", "contrast")
_HOLDS = pattern("zh", "holds")
_CIRCUMSTANCE = pattern("zh", "circumstance")
_BOUND = pattern("zh", "bound")
_LINK = pattern("zh", "link")
_SPEAKER = pattern("zh", "speaker")
_LEANS = pattern("zh", "leans")
_UNDOES = pattern("zh", "undoes")
_MEANS = pattern("zh", "means")
_OPENED = regex(r"：|——")
# A list that is told to be whole: half of it would be wrong.
_COUNTED = regex(
    r"——|(?:[为是有括下前后如即例]|[一二三四五六七八九十两]\s?[个项条点种类大]?)[^，；：“”]{0,3}："
)
_AMOUNT = regex(r"\d[\d.]*\s?[^\d\s，。]{0,4}$")
_WANTS_VERB = regex(r"[由对将把与同给]")
_LATIN = regex(r"[A-Za-z0-9 ]")
_SHORTEST = 8  # characters; what is left of a sentence must still say something
_LONGEST_TAGGED = 400
_MOST_TRIED = 12  # ends on either side of the limit
_MOST_CLAUSES = 12  # of a sentence; runs begin and end within them
_MOST_TOGETHER = 6
_FEW_BEHIND = 2  # words
_LONGEST_SPEAKER = 24  # characters
NAMES = frozenset({"nr", "ns", "nt", "nz", "eng", "j", "nrt", "nrfg"})
"""Kinds of words that name a person, a place, a firm, a product."""

_NOUNS = frozenset({"n", "a", "b"})


@dataclass(frozen=True, slots=True)
class Run:
    """Neighbouring clauses of a sentence that are a sentence of their own.

    `first` and `last` count the clauses of the whole, `last` excluded; `of` is how many it has.
    `headed`: the clause that says whose words they are stands before them. `goes_on`: what
    follows has the same subject.
    """

    text: str
    first: int
    last: int
    of: int
    headed: bool = False
    goes_on: bool = False


def runs(text: str) -> Iterator[Run]:
    """Every run of clauses of `text` that can stand alone, the whole sentence among them.

    A run begins with its own subject and hangs on nothing that was said before it; it ends where
    nothing that follows takes anything back.
    """
    link = _LINK.match(text)
    text = text[link.end() :] if link else text
    ends = list(_ends(text))[:_MOST_CLAUSES]
    stop = _STOP.search(text)
    bounds = [0, *(end + 1 for end in ends), len(text) + 1]
    parts = [text[start : end - 1].strip() for start, end in pairwise(bounds)]
    closes = [*(_ends_well(text, end) for end in ends), True]
    speaker = _speaker(parts)
    for first in range(len(parts)):
        headed = speaker and first > 1
        if not _may_start(parts[1:] if headed else parts, first - headed):
            continue
        for last in range(first + 1, min(first + _MOST_TOGETHER, len(parts)) + 1):
            if not closes[last - 1] or (speaker and first == 0 and last == 1):
                continue
            kept = text[bounds[first] : bounds[last] - 1].strip()
            kept = f"{text[: bounds[1]]}{kept}" if headed else kept
            kept += "。" if stop and last < len(parts) and not _STOP.search(kept) else ""
            if len(kept) >= _SHORTEST and balanced(kept):
                goes_on = last < len(parts) and _carries_on(parts[last])
                yield Run(kept, first, last, len(parts), headed, goes_on)


def _speaker(parts: Sequence[str]) -> bool:
    """Whether the first clause says whose words the others are."""
    said = len(parts) > 1 and len(parts[0]) <= _LONGEST_SPEAKER and _SPEAKER.search(parts[0])
    return bool(said) and balanced(parts[0])


def _ends_well(text: str, end: int) -> bool:
    return _may_end(text, end) and not _undone(text, end)


def _undone(text: str, end: int) -> bool:
    """Whether what follows `end` is needed for what stands before it."""
    last = _COMMA.split(text[:end])[-1].strip()
    rest = _COMMA.split(text[end + 1 :])
    if any(_UNDOES.match(part) for part in rest[:2]):
        return True
    if _COUNTED.search(text[:end]):
        return True
    named = _OPENED.split(last)
    if len(named) > 1 and not _says(named[-1]):
        return True
    return (bool(_MEANS.search(last)) or _ends_in_noun(last)) and _carries_on(rest[0].strip())


def _ends_in_noun(clause: str) -> bool:
    """Whether the last 的 has but one or two words behind it ("… 对涨价的担忧")."""
    tags = tag(clause[-_LONGEST_TAGGED:])
    words = [word for word, _ in tags]
    place = max((at for at, word in enumerate(words) if word == "的"), default=0)
    behind = tags[place + 1 :]
    few = 0 < len(behind) <= _FEW_BEHIND and all(kind[0] in "nv" for _, kind in behind)
    return place > 0 and few and "是" not in words


def _may_start(parts: Sequence[str], first: int) -> bool:
    """Whether the clause has a subject of its own and hangs on none of the earlier ones."""
    if not first:
        return True
    clause = parts[first]
    if _LEANS.match(clause) or any(_HOLDS.search(part) for part in parts[:first]):
        return False
    if _BOUND.search(clause) and any(_CIRCUMSTANCE.search(part) for part in parts[:first]):
        return False
    tags = tag(clause[:_LONGEST_TAGGED])
    if not tags:
        return False
    kinds = [kind for _, kind in tags]
    if kinds[0] == "m":
        named = any(kind[0] == "n" for kind in kinds[1:4])
    else:
        named = kinds[0] in NAMES or kinds[0] in _NOUNS or clause.startswith("《")
        named = named and not (kinds[0] in "ab" and kinds[1:2] != ["n"])
    return named and any(kind[0] == "v" and kind != "vn" for kind in kinds[1:])


def leading(text: str, limit: int) -> str:
    """As many leading clauses of `text` as fit `limit` wide characters, or `text` whole.

    Whole, too, where no earlier end leaves a sentence, or where a "but" would be lost.
    """
    ends = list(_ends(text))
    added = next((end for end in ends if _ADDITION.match(text, end + 1)), 0)
    if added and wide(text[:added]) <= limit and _ends_well(text, added):
        return text[:added] + ("。" if _STOP.search(text) else "")
    if wide(text) <= limit:
        return text
    fitting = [end for end in ends if wide(text[:end]) <= limit]
    longer = ends[len(fitting) :]
    tried = [*reversed(fitting[-_MOST_TRIED:]), *longer[:_MOST_TRIED]]
    end = next((end for end in tried if _ends_well(text, end)), 0)
    if not end:
        return text
    return text[:end] + ("。" if _STOP.search(text) else "")


def wide(text: str) -> float:
    """The length of `text` in Chinese characters, two Latin ones being one."""
    return len(text) - len(_LATIN.findall(text)) / 2


def _ends(text: str) -> Iterator[int]:
    for match in _COMMA.finditer(text):
        between_digits = text[match.start() - 1 : match.start()].isdigit() and (
            text[match.end() : match.end() + 1].isdigit() and match.group() == ","
        )
        if match.start() >= _SHORTEST and not between_digits and balanced(text[: match.start()]):
            yield match.start()


def _may_end(text: str, end: int) -> bool:
    clauses = [clause.strip() for clause in _COMMA.split(text[:end])]
    rest = text[end + 1 :].strip()
    if _CONTRAST.match(rest) or any(_CONTRAST.match(part) for part in _COMMA.split(rest)):
        return False
    if _OPENS.search(clauses[-1]) or _LEADS_ON.search(clauses[-1]):
        return False
    last = clauses[-1]
    if _is_noun(last) and _carries_on(rest):
        return False
    return _says(last) or bool(_AMOUNT.search(last) and any(map(_says, clauses[:-1])))


def _is_noun(clause: str) -> bool:
    """Whether `clause` may be but a noun with its relative clause ("… 发表的重要讲话")."""
    tags = tag(clause[-_LONGEST_TAGGED:])
    places = [place for place, (word, _) in enumerate(tags) if word == "的"]
    if not places or not places[-1]:
        return False
    place = places[-1]
    return tags[place - 1][1] == "v" and not any(kind == "v" for _, kind in tags[place:])


def _carries_on(rest: str) -> bool:
    """Whether `rest` lacks a subject of its own."""
    tags = tag(rest[:12])
    return bool(tags) and tags[0][1][0] in "vpdtc"


def _says(clause: str) -> bool:
    """Whether `clause` has a verb, so that it is no mere subject or time."""
    if _LEADS_ON.search(clause):
        return False
    tags = tag(clause[:_LONGEST_TAGGED])
    if _WANTS_VERB.match(clause):
        # "由 … 制作的 …": the verb before the last 的 belongs to the noun behind it.
        last = max((place for place, (word, _) in enumerate(tags) if word == "的"), default=-1)
        tags = tags[last + 1 :]
    return any(kind[0] == "v" and kind != "vn" for _, kind in tags)
