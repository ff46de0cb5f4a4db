"""Chinese clauses: where a sentence may end early and still be a sentence."""

import re
from collections.abc import Iterator

from digest.condense.compress.cutting import balanced
from digest.condense.compress.tables import pattern
from digest.text.segmentation import tag

_COMMA = re.compile(r"[，；,;]")
_STOP = re.compile(r"[。！？!?…；;]+[”」』）)]*\s*$")
_OPENS = pattern("zh", "subordinate")
_LEADS_ON = pattern("zh", "leads_on")
_ADDITION = pattern("zh", "addition")
_CONTRAST = pattern("zh", "contrast")
_AMOUNT = re.compile(r"\d[\d.]*\s?[^\d\s，。]{0,4}$")
_WANTS_VERB = re.compile(r"[由对将把与同给]")
_LATIN = re.compile(r"[A-Za-z0-9 ]")
_SHORTEST = 8  # characters; what is left of a sentence must still say something
_LONGEST_TAGGED = 400
_MOST_TRIED = 12  # ends on either side of the limit


def leading(text: str, limit: int) -> str:
    """As many leading clauses of `text` as fit `limit` wide characters, or `text` whole.

    Whole, too, where no earlier end leaves a sentence, or where a "but" would be lost.
    """
    ends = list(_ends(text))
    added = next((end for end in ends if _ADDITION.match(text, end + 1)), 0)
    if added and wide(text[:added]) <= limit and _may_end(text, added):
        return text[:added] + ("。" if _STOP.search(text) else "")
    if wide(text) <= limit:
        return text
    fitting = [end for end in ends if wide(text[:end]) <= limit]
    longer = ends[len(fitting) :]
    tried = [*reversed(fitting[-_MOST_TRIED:]), *longer[:_MOST_TRIED]]
    end = next((end for end in tried if _may_end(text, end)), 0)
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
