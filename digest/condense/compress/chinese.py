"""Chinese: wire lead-ins, glosses in brackets, asides between dashes, and clauses."""

import re
from collections.abc import Callable

from digest.condense.compress import clauses
from digest.condense.compress.cutting import balanced, cut, used_again
from digest.condense.compress.tables import pattern
from digest.regexes import regex
from digest.text.segmentation import tag

_LEADS = pattern("zh", "lead")
_ASIDE = regex(r"\s?[（(]([^（）()]*)[）)]\s?")
_NESTED = regex(r"\s?[（(][^（）()]*(?:[（(][^（）()]*[）)][^（）()]*)+[）)]\s?")
_DASHES = regex(r"\s?——([^—，。；：！？“”]{2,24})——\s?")
_TAIL = pattern("zh", "tail")
_STOP = regex(r"[。！？!?…；;]+[”」』）)]*\s*$")
_MEANING = pattern("zh", "meaning")
_TIME = pattern("zh", "time")
_OPENING_TIME = pattern("zh", "opening_time")
_FRAME = pattern("zh", "frame")
_OFFICE = pattern("zh", "office")
_BESIDE = pattern("zh", "beside")
_POINTS_BACK = regex(r"[这该此其]|当[天日时]")  # to what was named in what goes
_ENUMERATION = regex(r"^\s?[（(][一二三四五六七八九十\d]{1,2}[）)]")
_UNIT_BEFORE = regex(r"(?:[\d元股吨亿万%％倍台件人次]|\d\s?[A-Za-zμ℃°]{1,5})\s?$")
_HAN = regex(r"[\u4e00-\u9fff]")
_QUOTED = regex(r"“[^”]*”|《[^》]*》|「[^」]*」|『[^』]*』|\"[^\"]*\"")
_LATIN_END = regex(r"[A-Za-z0-9_]$")
_SHORT_HAN = regex(r"[\u4e00-\u9fff]{1,8}$")
_NAME_GOES_ON = regex(
    r"[\u4e00-\u9fff]{0,8}(?:公司|集团|大会|大学|银行|基金|协会|中心|学院|论坛|医院|研究院|委员会|事务所)"
)
_WORK = regex(r"《[^》]*》|“[^”]*”")
_HAN_OR_DIGIT = regex(r"[\u4e00-\u9fff\d]")
_NEAR = 8  # characters before a bracket
_FORECAST_WITHIN = 8  # characters
_MOST_OPENINGS = 2
_MOST_LEADS = 4
_SHORTEST = 8  # characters; what is left of a sentence must still say something


def compress(text: str, title: str = "") -> str:
    """`text` without lead-ins, glosses, asides and calls to click."""
    kept = _without_leads(text.strip(), title)
    kept = _without_tails(kept, title)
    kept = _without_asides(kept, title)
    kept = _without_leads(kept, title)
    return kept if len(kept) >= _SHORTEST and _sound(kept, text) else text


def headline_clause(text: str, limit: int, title: str = "") -> str:
    """The leading clauses of the compressed sentence up to `limit` wide characters."""
    kept = _bare(text, title)
    found = clauses.leading(kept, limit)
    return found if _sound(found, text) else kept


def opening(text: str, fits: Callable[[str], bool]) -> str:
    """The longest run of clauses at the beginning of `text` that fits; "" when there is none."""
    begun = (
        run.text for run in clauses.runs(text) if run.first == 0 and text.startswith(run.text[:2])
    )
    return max((one for one in begun if fits(one) and _sound(one, text)), key=len, default="")


def runs(text: str) -> list[clauses.Run]:
    """The runs of clauses of the compressed sentence that can stand alone, the whole included."""
    return [run for run in clauses.runs(_bare(text, "")) if _sound(run.text, text)]


def _bare(text: str, title: str) -> str:
    """The compressed sentence without when, where and in which office."""
    whole = compress(text, title)
    kept = _without_frame(whole, title)
    for _ in range(_MOST_OPENINGS):
        timeless = _without(_OPENING_TIME, kept, title)
        if _POINTS_BACK.match(timeless):
            break
        kept = timeless
    kept = _without_inner(_TIME, kept, title)
    kept = _without_inner(_OFFICE, kept, title, before_name=True)
    kept = _without_inner(_BESIDE, kept, title)
    return kept if len(kept) >= _SHORTEST and _sound(kept, text) else whole


def says_something(part: str) -> bool:
    """Whether `part` holds a negation, a hedge, a condition or a limit."""
    return bool(_MEANING.search(part))


def _sound(kept: str, text: str) -> bool:
    return bool(kept) and (balanced(kept) or not balanced(text))


def _without_leads(text: str, title: str) -> str:
    for _ in range(_MOST_LEADS):
        shorter = _without(_LEADS, text, title)
        if shorter == text:
            break
        text = shorter
    return text


def _without(lead: re.Pattern[str], text: str, title: str) -> str:
    match = lead.match(text)
    if not match or len(text) - match.end() < _SHORTEST:
        return text
    return cut(text, 0, match.end(), keep=says_something, title=title).lstrip()


def _without_frame(text: str, title: str) -> str:
    shorter = _without(_FRAME, text, title)
    # "…数据显示，预计…": whose forecast it is has to stay.
    return text if says_something(shorter[:_FORECAST_WITHIN]) else shorter


def _without_inner(
    inner: re.Pattern[str], text: str, title: str, *, before_name: bool = False
) -> str:
    """`text` without every match of `inner` outside quotations and names of works."""
    quoted = [match.span() for match in _QUOTED.finditer(text)]
    for match in reversed(list(inner.finditer(text))):
        start, end = match.span()
        if any(opened < end and start < closed for opened, closed in quoted):
            continue
        if before_name and not _is_name(text[end : end + 8]):
            continue
        if text[start].isspace() and text[start - 1 : start].isascii():
            start += 1
        text = cut(text, start, end, keep=says_something, title=title)
    return text


def _is_name(text: str) -> bool:
    """Whether `text` begins with a person's name."""
    tags = tag(text)
    return bool(tags) and tags[0][1].startswith("nr")


def _without_tails(text: str, title: str) -> str:
    match = _TAIL.search(text)
    if not match or match.start() < _SHORTEST:
        return text
    kept = cut(text, match.start(), match.end(), keep=lambda _: False, title=title)
    if kept == text:
        return text
    kept = kept.rstrip(" ，、；：,;:")
    stopped = _STOP.search(kept) or not _STOP.search(text)
    return kept if stopped else kept + "。"


def _without_asides(text: str, title: str) -> str:
    for aside in (_NESTED, _ASIDE, _DASHES):
        works = [match.span() for match in _WORK.finditer(text)]
        for match in reversed(list(aside.finditer(text))):
            named = any(start < match.start() and match.end() < end for start, end in works)
            if named and _HAN_OR_DIGIT.search(match.group()):
                continue
            if not _must_stay(text, match):
                text = cut(text, *match.span(), keep=says_something, title=title)
    return text


def _must_stay(text: str, match: re.Match[str]) -> bool:
    """Whether a bracket is a part of what it stands beside."""
    before, after = text[: match.start()], text[match.end() :]
    inside = match.group().strip()[1:-1].strip()
    if _ENUMERATION.match(match.group()) or not before.strip() or not inside:
        return True
    if inside.startswith("—") or match.group().lstrip()[0] == "—":
        return False
    # "f(x)"; "北港（集团）股份公司": code and names.
    if match.group()[0] == "(" and _LATIN_END.search(before):
        return True
    if _SHORT_HAN.match(inside) and (_NAME_GOES_ON.match(after) or _is_place(inside, after)):
        return True
    if used_again(inside, before, after):
        return True
    return _qualifies(before, inside, after) or _is_object(before, inside)


def _is_place(inside: str, after: str) -> bool:
    """Whether a bracket names the place of a firm ("北港（上海）通信技术")."""
    return bool(_HAN.match(after)) and tag(inside)[0][1] == "ns"


def _qualifies(before: str, inside: str, after: str) -> bool:
    """Whether a bracket limits the amount before it ("每股 1.16 元（税前）")."""
    plain = bool(_HAN.search(inside)) and not re.search(r"\d", inside) and after != ""
    return plain and bool(_UNIT_BEFORE.search(before))


def _is_object(before: str, inside: str) -> bool:
    """Whether an editor put in what the speaker left out ("我们不希望（涨价）")."""
    tags = tag(before[-_NEAR:]) if _HAN.search(inside) else []
    return bool(tags) and tags[-1][1] == "v"
