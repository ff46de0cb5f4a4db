"""Two parts of a Chinese sentence that have changed places: "A 收购 B" retold as "B 收购 A".

Asks for no list of names or deeds: the retelling is the sentence itself, except that two stretches
of it stand each where the other stood, on either side of a verb.
"""

import re

from digest.regexes import regex
from digest.text.segmentation import tag

_IDLE = regex(r"[了的\s。！？“”\"'‘’]")  # may come and go without changing who did what
_LONGEST = 120  # characters; longer sentences are not retold word for word
_LEAST = 2  # characters of a name or number
# On either side of these both orders say the same.
_EVEN = regex(
    r"[和与跟同及或、是为即]|[，,；;：:]$|会见|会晤|会谈|对阵|迎战|接壤|毗邻|等于|相当于|位于|联合|携手|合作|合并|包括|名为|叫"
)
_COUNTED = regex(r"\d[\d.,]*")


def transposed(original: str, told: str) -> str:
    """The stretch of `told` that stands in the place of another one of `original`; "" for none."""
    before, after = _IDLE.sub("", original), _IDLE.sub("", told)
    if len(before) != len(after) or before == after or len(before) > _LONGEST:
        return ""
    start = next(
        at for at, pair in enumerate(zip(before, after, strict=True)) if len(set(pair)) > 1
    )
    back = next(
        at
        for at, pair in enumerate(zip(reversed(before), reversed(after), strict=True))
        if len(set(pair)) > 1
    )
    before, after = before[start : len(before) - back], after[start : len(after) - back]
    for first in range(1, len(before) - 1):
        if not after.endswith(before[:first]):
            continue
        for last in range(1, len(before) - first):
            between = before[first : len(before) - last]
            if after == before[len(before) - last :] + between + before[:first]:
                found = before[len(before) - last :]
                return found if _tells(before[:first], between, found) else ""
    return ""


def _tells(one: str, between: str, other: str) -> bool:
    """Whether it makes a difference which of both stands before what is `between` them."""
    counted = _COUNTED.fullmatch(one) and _COUNTED.fullmatch(other)
    if not counted and (min(len(one), len(other)) < _LEAST or _EVEN.search(between)):
        return False
    if counted:
        return not re.fullmatch("[、，和与及到至—-]", between)
    # What has a verb of its own is a clause, and clauses may be told in any order.
    return _has_verb(between) and not _has_verb(one) and not _has_verb(other)


def _has_verb(text: str) -> bool:
    return any(sort.startswith("v") for _, sort in tag(text))
