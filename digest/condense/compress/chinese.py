"""Chinese: wire lead-ins, glosses in brackets, asides between dashes, and clauses."""

import re

from digest.condense.compress import clauses
from digest.condense.compress.cutting import balanced, cut
from digest.condense.compress.tables import pattern
from digest.text.segmentation import tag

_LEADS = pattern("zh", "lead")
_ASIDE = re.compile(r"\s?[（(]([^（）()]*)[）)]\s?")
_NESTED = re.compile(r"\s?[（(][^（）()]*(?:[（(][^（）()]*[）)][^（）()]*)+[）)]\s?")
_DASHES = re.compile(r"\s?——([^—，。；：！？“”]{2,24})——\s?")
_TAIL = pattern("zh", "tail")
_STOP = re.compile(r"[。！？!?…；;]+[”」』）)]*\s*$")
_MEANING = pattern("zh", "meaning")
_TIME = pattern("zh", "time")
_OPENING_TIME = pattern("zh", "opening_time")
_FRAME = pattern("zh", "frame")
_OFFICE = pattern("zh", "office")
_BESIDE = pattern("zh", "beside")
_ENUMERATION = re.compile(r"^\s?[（(][一二三四五六七八九十\d]{1,2}[）)]")
_UNIT_BEFORE = re.compile(r"[\d元股吨亿万%％倍台件人次]\s?$")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_QUOTED = re.compile(r"“[^”]*”|《[^》]*》|「[^」]*」|『[^』]*』|\"[^\"]*\"")
_FORECAST_WITHIN = 8  # characters
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
    whole = compress(text, title)
    kept = _without_frame(whole, title)
    kept = _without(_OPENING_TIME, kept, title)
    kept = _without_inner(_TIME, kept, title)
    kept = _without_inner(_OFFICE, kept, title, before_name=True)
    kept = _without_inner(_BESIDE, kept, title)
    if len(kept) < _SHORTEST or not _sound(kept, text):
        kept = whole
    found = clauses.leading(kept, limit)
    return found if _sound(found, text) else kept


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
    return kept if kept == text else _closed(kept)


def _closed(text: str) -> str:
    text = text.rstrip(" ，、；：,;:")
    return text if _STOP.search(text) else text + "。"


def _without_asides(text: str, title: str) -> str:
    for aside in (_NESTED, _ASIDE, _DASHES):
        for match in reversed(list(aside.finditer(text))):
            if not _must_stay(text, match):
                text = cut(text, *match.span(), keep=says_something, title=title)
    return text


def _must_stay(text: str, match: re.Match[str]) -> bool:
    before, after = text[: match.start()], text[match.end() :]
    if _ENUMERATION.match(match.group()) or not before.strip():
        return True
    # "每股 1.16 元（含税）": a qualifier of the amount, not an aside.
    inside = match.group()
    qualifies = bool(_HAN.search(inside)) and not re.search(r"\d", inside) and after != ""
    return bool(_UNIT_BEFORE.search(before)) and qualifies
