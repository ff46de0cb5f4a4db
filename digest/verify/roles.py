"""Who did it to whom, and whose number it is: the same names and numbers, changed about.

Only where both texts tell it in the plainest way: "A bought B" turned into "B 收购了 A", and
"A has 420, B 75" into "A 有 75，B 有 420". Anything else between the names ends the comparison.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

from digest.verify.matching import same
from digest.verify.names import HAN, chinese_names, known, known_in
from digest.verify.quantities import Quantity

_TWO = 2
_LATIN = re.compile(r"\b[A-Z][A-Za-z0-9]+(?: [A-Z][A-Za-z0-9]+)*\b")
_VERB_EN = re.compile(
    r"\s(?:has |have |had |will |would |may |could )?(?:also |reportedly )?"
    r"(?:bought|buys?|acquire[sd]?|sue[sd]?|beat|beats|defeat(?:s|ed)|over(?:took|takes)"
    r"|accuse[sd]|attack(?:s|ed)|invade[sd]|fund(?:s|ed)|owns?|hire[sd]|supplie[sd]|outs(?:old|ells)"
    r"|criticise[sd]|criticize[sd]|arrest(?:s|ed)|replace[sd]|absorb(?:s|ed)|bank(?:s|ed)rolls?"
    r"|supplies \w+ to|sold \w+ to|sells \w+ to|lent \w+ to|exports \w+ to|exported \w+ to)\s"
)
_VERB_ZH = re.compile(
    "收购|并购|买下|起诉|状告|击败|战胜|超过|超越|指控|指责|批评|攻击|入侵|资助|雇用|逮捕|取代|吞并|供应"
    "|出口|销售|控股|拥有"
)
# With one of these the order of the names says nothing.
_TURNING_ZH = re.compile("[被由遭受获为给把将从与和跟同及、]|对(?!手)|方面|所属|旗下|之间|相比")
_GIVING_ZH = re.compile("向")


def exchanged(original: str, told: str) -> str:
    """The name in `told` that does what is done to it in `original`; "" where none is."""
    after = _deed(told)
    if after is None or _deed(original) != after[::-1]:
        return ""
    return after[0]


def _deed(text: str) -> tuple[str, str] | None:
    """Who and to whom, where exactly two are named and nothing but a verb lies between."""
    chinese = bool(HAN.search(text))
    # Looking for names takes a hundred times as long as this, and most sentences tell no deed.
    if not (_VERB_ZH if chinese else _VERB_EN).search(text):
        return None
    if chinese and _TURNING_ZH.search(text):
        return None
    named = _named(text)
    if len(named) != _TWO:
        return None
    (start, first), (second, other) = named
    between = text[start + len(first) : second]
    if chinese:
        if not _VERB_ZH.search(text[start + len(first) :]):
            return None
        # "A 向 B 供应": the verb stands behind both.
        gives = bool(_GIVING_ZH.search(between))
        if gives == bool(_VERB_ZH.search(between)) or re.search("[，。；的]", between):
            return None
        pair = (_canonical(first), _canonical(other))
        return pair if pair[0] != pair[1] else None
    if not _VERB_EN.fullmatch(between) or re.search(r"\bby\b", text):
        return None
    return _canonical(first), _canonical(other)


@lru_cache(maxsize=64)
def _named(text: str) -> tuple[tuple[int, str], ...]:
    """The names in order: Latin ones, places and bodies that we know, Chinese ones."""
    found = {match.start(): match.group() for match in _LATIN.finditer(text)}
    if HAN.search(text):
        found |= {start: name for start, name, _ in known_in(text)}
        inside = "".join(found.values())
        found |= {
            name.start: name.text
            for name in chinese_names(text)
            if name.text not in inside and not name.text.isascii()
        }
    else:
        found = {at: name for at, name in found.items() if not _is_date(name)}
    return tuple(sorted(found.items()))


def _is_date(name: str) -> bool:
    return bool(
        re.fullmatch(r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|(?:January|February|March|April"
                     r"|May|June|July|August|September|October|November|December)", name)
    )  # fmt: skip


def _canonical(name: str) -> str:
    """One spelling for a name in both languages, as far as we know it."""
    for chinese, words in known().items():
        if name == chinese or name.lower() in words:
            return words[0] if words else chinese
    return name.lower()


def changed_about(
    original: str, numbers: Sequence[Quantity], told: str, claims: Sequence[Quantity]
) -> list[Quantity]:
    """The claims that stand beside another name than in `original`, all of them or none.

    Both have two names and two numbers in turn: name, number, name, number.
    """
    after = _owners(told, claims)
    before = _owners(original, numbers) if after else None
    if before is None or after is None or set(before) != set(after):
        return []
    first, other = after
    crossed = same(after[first], before[other]) and same(after[other], before[first])
    straight = same(after[first], before[first]) or same(after[other], before[other])
    return [after[first], after[other]] if crossed and not straight else []


def _owners(text: str, numbers: Sequence[Quantity]) -> dict[str, Quantity] | None:
    """Name → number, where they stand in turn."""
    counted = [one for one in numbers if one.kind not in {"year", "month", "day", "weekday"}]
    if len(counted) != _TWO:
        return None
    named = _named(text)
    if len(named) != _TWO:
        return None
    (first, name), (second, other) = named
    low, high = sorted(counted, key=lambda one: one.start)
    # The numbers behind the names, or ("up 8% in Spain") before them.
    order = sorted([first, low.start, second, high.start])
    in_turn = order in (
        [first, low.start, second, high.start],
        [low.start, first, high.start, second],
    )
    if not in_turn or not all(a < b for a, b in pairwise(order)):
        return None
    pair = (_canonical(name), _canonical(other))
    return {pair[0]: low, pair[1]: high} if pair[0] != pair[1] else None
