"""Who did it to whom, and whose number it is: the same names and numbers, changed about.

Only where both texts tell it in the plainest way: "A bought B" turned into "B 收购了 A", and
"A has 420, B 75" into "A 有 75，B 有 420". Anything else between the names ends the comparison.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

from digest.regexes import regex
from digest.verify.matching import same
from digest.verify.names import HAN, chinese_names, known, known_in
from digest.verify.quantities import Quantity

_TWO = 2
_LATIN = regex(r"\b[A-Z][A-Za-z0-9]+(?: [A-Z][A-Za-z0-9]+)*\b")
# What one does to another, in either language: English past and present, the Chinese for it.
_DEEDS = tuple(
    (regex(rf"(?:{english})\b"), regex(chinese))
    for english, chinese in (
        ("bought|buys?|acquire[sd]?|purchase[sd]?|absorb(?:s|ed)?", "收购|并购|买下|吞并|购得"),
        ("sue[sd]?", "起诉|状告|控告"),
        ("beats?|defeat(?:s|ed)?", "击败|战胜|打败|力克|淘汰"),
        ("overtook|overtakes?|surpass(?:es|ed)?|outs(?:old|ells?)", "超过|超越|赶超"),
        ("accuse[sd]?", "指控|指责|控诉"),
        ("criticise[sd]?|criticize[sd]?|condemn(?:s|ed)?", "批评|谴责|抨击"),
        ("blame[sd]?", "归咎|责怪|怪罪|指责"),
        ("praise[sd]?", "称赞|赞扬|表扬"),
        ("attack(?:s|ed)?|invade[sd]?|bomb(?:s|ed)?", "攻击|入侵|袭击|轰炸|空袭"),
        ("fund(?:s|ed)?|financ(?:es|ed)|bank(?:s|ed)rolls?", "资助|出资|投资|注资"),
        ("owns?|owned", "拥有|控股|持有"),
        ("hire[sd]?|recruit(?:s|ed)?|poach(?:es|ed)?", "雇用|聘请|聘用|招募|挖[来走]"),
        ("arrest(?:s|ed)?|detain(?:s|ed)?", "逮捕|拘捕|拘留"),
        ("replace[sd]?|succeed(?:s|ed)?", "取代|接替|接任|替代"),
        ("suppl(?:y|ies|ied)", "供应|供货"),
        ("sold|sells?", "出售|卖给|售予|销售"),
        ("lent|lends?|loan(?:s|ed)", "借给|贷款"),
        ("lease[sd]?|rent(?:s|ed)?", "出租|租给"),
        ("export(?:s|ed)?", "出口"),
        ("owe[sd]?", "拖欠|亏欠|欠"),
        ("imposed?|imposes|slapped", "加征|征收|实施|施加"),
        ("warn(?:s|ed)?", "警告"),
        ("threaten(?:s|ed)?", "威胁"),
        ("sanction(?:s|ed)?", "制裁"),
        ("dismiss(?:es|ed)?|sack(?:s|ed)?", "解雇|开除|辞退"),
        ("pays?|paid", "支付|付给|赔偿"),
    )
)
_ANY_DEED_EN = regex("|".join(f"(?:{english.pattern})" for english, _ in _DEEDS))
_ANY_DEED_ZH = regex("|".join(chinese.pattern for _, chinese in _DEEDS))
# Between who does it and the verb.
_HELPING_EN = regex(
    r"\s(?:(?:has|have|had|will|would|may|could|also|then|later|recently|reportedly|allegedly) "
    r"){0,3}"
)
# With one of these the order of the names says nothing.
_TURNING_ZH = regex("[被由遭受获为给与和跟同及、，。；的]|方面|所属|旗下|之间|相比")
_GIVING_ZH = regex("[向对从将把]")
_FAR = 24  # characters between two names
_CLAUSE = 80  # characters behind them


def exchanged(original: str, told: str) -> str:
    """The name in `told` that does what is done to it, or what another does, in `original`.

    "" where there is none. Only the plainest deeds are compared: name, verb, name.
    """
    done = _deeds_told(told)
    if not done:
        return ""
    doers = _doers(original)
    everybody = {_canonical(name) for _, name in _named(original)} if doers else set()
    for doer, deed, other in done:
        here = doers.get(deed, frozenset())
        if other in here and doer not in here and doer in everybody:
            return doer
    return ""


def _doers(text: str) -> dict[int, frozenset[str]]:
    """Deed → who does it: the names right before its verb."""
    if HAN.search(text):
        found: dict[int, set[str]] = {}
        for doer, deed, _ in _deeds_told(text):
            found.setdefault(deed, set()).add(doer)
        return {deed: frozenset(names) for deed, names in found.items()}
    if not _ANY_DEED_EN.search(text):
        return {}
    found = {}
    for start, name in _named(text):
        helping = _HELPING_EN.match(text, start + len(name))
        for deed, (verb, _) in enumerate(_DEEDS if helping else ()):
            if helping and verb.match(text, helping.end()):
                found.setdefault(deed, set()).add(_canonical(name))
    return {deed: frozenset(names) for deed, names in found.items()}


def _deeds_told(text: str) -> list[tuple[str, int, str]]:
    """(who, which deed, to whom) in a Chinese text, of names with only the verb between them."""
    # Looking for names takes a hundred times as long as this, and most sentences tell no deed.
    if not HAN.search(text) or not _ANY_DEED_ZH.search(text):
        return []
    found = []
    for (start, first), (second, other) in pairwise(_named(text)):
        end = second + len(other)
        between = text[start + len(first) : second]
        if len(between) > _FAR or _TURNING_ZH.search(between):
            continue
        gives = _GIVING_ZH.search(between)
        clause = re.split("[，。；]", text[end : end + _CLAUSE], maxsplit=1)[0] if gives else ""
        for deed, (_, verb) in enumerate(_DEEDS):
            # "A 向 B 供应": the verb stands behind both.
            close = re.search(rf"(?:{verb.pattern})[了过于]?\s*$", between)
            if close or verb.search(clause):
                pair = (_canonical(first), _canonical(other))
                found += [(pair[0], deed, pair[1])] if pair[0] != pair[1] else []
    return found


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
