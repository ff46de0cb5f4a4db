"""Whether a stop ends a sentence: abbreviations, initials, names, quotations, lost spaces."""

import re

from digest.regexes import regex
from digest.text.abbreviations import (
    BEFORE_DIGITS,
    BRANDS,
    CODE,
    DOMAINS,
    NEVER_LAST,
    OF_LANGUAGE,
    ORDINALS,
    SELDOM_LAST,
    STARTERS,
    ZONES,
)

_CLOSERS = "\"'”’）)\\]】」』》〉»"
_UNSEEN = "\u200b-\u200f\u202a-\u202e\u2060\ufeff"
_SHUT = rf"(?:[{_CLOSERS}]|[ \u00a0\u202f]»|“(?=[\s,.]|$)|[{_UNSEEN}])*+(?:\[\d+\])*+"
# Possessive, and never begun inside a run of stops: a long run must not be tried from every dot.
CANDIDATE = regex(
    rf"(?P<wide>[。！？｡]++|(?<!…)…++(?=[{_CLOSERS}“「\s]|$))[！？…]*+(?P<wide_close>"
    rf"[{_CLOSERS}{_UNSEEN}]*+)"
    rf"|(?P<thin>(?<![.!?।॥؟۔])[.!?।॥؟۔]++|(?<=\S)…)(?P<close>{_SHUT})"
    r"(?=\s|$|(?P<glued>[\u3400-\u9fff“「])|(?P<run_on>[A-Z][a-z]*\b))"
)
"""Every stop that may end a sentence, with its closing marks."""

WIDE_OR_MARK = regex(r"[\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef“”‘’…—]")
"""What needs no space beside it."""

_WIDE = regex(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_INITIAL = regex(r"^[A-ZА-ЯЁÀ-Þ]$|^(?:[A-Z]\.)+[A-Z]$")
_BRAND = regex(r"^[a-z]{1,3}[A-Z]|^[a-z]{3,}\.[a-z]{1,}")
_LIST_NUMBER = regex(
    r"^[\s(（#*\-]*(?:(?:Step|Section|Chapter|Part|Rule|Tip|Article|Lesson) \d[\d.]*"
    r"|\d{1,3}|[a-zA-Z]|[ivxIVX]{1,5})$"
)
_LABEL = regex(r"^[a-z]\.$")
_LAST_TOKEN = regex(r"[^\s(（\[“\"'‘「/—–,，、]+$")
_NEXT_TOKEN = regex(rf"[\s\"'“‘(（\[「*•\-–—{_UNSEEN}]*([^\s]*)")
_SPEECH = regex(
    r"^[^，。！？：；“”、没未不拒\n]{0,24}?"
    r"(?:说|说道|表示|称|道|问|答|指出|写道|认为|告诉[^，。：]{0,12}|强调|透露|坦言|介绍|回应|补充|直言|解释|笑道"
    r"|感叹|說|說道|問|稱|認為|寫道|強調|表達|喊道|叫道)[，。：！？]"
)
_SAYS = regex(r"[说道问喊叫称答复写槽叹評评论論示說問稱喊曰]$")
_RUNS_ON = regex(r"[的式这那等之和与或是为這與為]")
# A particle after the closing mark carries the Japanese sentence on.
_PARTICLE = regex(r"[とがはをにのもでへや]|って|など|から")
_PARTICLE_ALONE = regex(r"[がをは](?=[\u4e00-\u9fff])")
_MONTH_OR_DAY = regex(
    r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)"
)
_AGREES = regex(r"(?:yes|no|maybe|well|sure|nope|yeah)\b")
_YEAR = regex(r"^(?:19|20)\d\d$")
_MIN_PLAIN_WORD = 4
_LABEL_LENGTH = 14
_QUOTED_BACK = 300  # characters that are searched for the mark that opened a quotation
_MIN_RUN_ON = 4  # words before it
_BEFORE = 60  # characters before a stop in which its word is looked for
_MOST_QUOTATIONS = 4  # side by side
_SPACELESS = regex(
    r"[a-z]{2}[.!?]+[\"”]?(?:The|It|He|She|They|We|In|On|At|But|And|An?|This|That|If|As|After|For"
    r"|With|By|According|However|Earlier|When|While|There|His|Her|You|Its|Their)\s"
)
_PROSE = regex(r"[A-Z][\w'’-]*[,:|]?\s?[^\W_]")
_PROSE_WORD = regex(r"(?:[AI]|[A-Z][a-z]{2,})(?:'s|’s)? [a-z]{2,}|[A-Z][a-z]{2,} \d")
_PLAIN = regex(r"^[A-Za-z][a-z]{2,}$")


def lost_spaces(line: str) -> bool:
    """Whether `line` somewhere lacks the space between two sentences for certain."""
    return bool(_SPACELESS.search(line))


def ends_sentence(
    line: str, start: int, match: re.Match[str], lang: str, *, spaceless: bool = False
) -> bool:
    """Whether the stop `match` of `CANDIDATE` ends the sentence of `line` begun at `start`.

    `spaceless` is what `lost_spaces` says of the line.
    """
    if match.group("wide"):
        return _wide_end(line, match, lang)
    if match.group("run_on"):
        before = line[max(start, match.start() - _BEFORE) : match.start()]
        return _is_run_on(line, before, match, spaceless=spaceless)
    return _thin_end(line, start, match, lang)


def _wide_end(line: str, match: re.Match[str], lang: str) -> bool:
    closers = match.group("wide_close")
    rest = line[match.end() : match.end() + 48]
    if not closers:
        if match.group("wide")[0] == "…":
            return not rest.lstrip()[:1].islower()
        return not (lang == "ja" and _PARTICLE_ALONE.match(rest))
    if rest[:1] in "，、；：,;:的。…" or closers[0] in "》〉":
        return False
    if lang == "ja" and _PARTICLE.match(rest):
        return False
    if closers[0] in "）)":
        return _is_own_bracket(line, match.start())
    if closers[0] in '”」』"':
        return _quotation_ends(line, match, rest)
    return True


def _is_own_bracket(line: str, place: int) -> bool:
    """Whether the bracket around `place` was opened where a sentence begins."""
    back = max(0, place - _QUOTED_BACK)
    opened = max(line.rfind("（", back, place), line.rfind("(", back, place))
    return opened < 0 or not line[:opened].strip() or line[opened - 1] in "。！？!? …"


def _quotation_ends(line: str, match: re.Match[str], rest: str) -> bool:
    opening = _opening(line, match.start())
    before = line[opening - 1 : opening] if opening > 0 else ""
    if before != "：" and _SPEECH.match(rest):
        return False
    if match.group("wide")[0] not in "！？" or rest[:1].isspace() or rest[:1] in "“「":
        return rest[:1] not in "“「" or not _WIDE.match(before)
    for _ in range(_MOST_QUOTATIONS):
        if before not in {"”", "」"}:
            break
        opening = _opening(line, opening - 1)
        before = line[opening - 1 : opening] if opening > 0 else ""
    # A question quoted in the middle of a clause is a part of that clause.
    return not _WIDE.match(before) or bool(_SAYS.match(before) and not _RUNS_ON.match(rest))


def _opening(line: str, place: int) -> int:
    back = max(0, place - _QUOTED_BACK)
    return max(line.rfind("“", back, place), line.rfind("「", back, place))


def _thin_end(line: str, start: int, match: re.Match[str], lang: str) -> bool:
    stop, before = match.group("thin"), line[max(start, match.start() - _BEFORE) : match.start()]
    following = _NEXT_TOKEN.match(line, match.end())
    word = following.group(1)[:40] if following else ""
    if match.group("glued"):
        return _is_glued_end(before, bare=stop == "." and not match.group("close"))
    if before[-1:].isspace() and stop == ".":
        # Text of a tokenizer (" . "), where small letters may follow too.
        return True
    if stop != ".":
        return _mark_ends(before, word)
    head = line[start : min(match.start(), start + _LABEL_LENGTH)]
    whole = match.start() - start == len(head)
    if whole and _LIST_NUMBER.match(head):
        return False
    if _LABEL.match(word) and _LABEL.match(line[start : start + 2].lower()):
        return True
    return _full_stop_ends(before, word, lang, alone=whole and " " not in head.strip())


def _is_glued_end(before: str, *, bare: bool) -> bool:
    """Whether a stop between Latin and Chinese ends a sentence, as in "用 Python.很好用"."""
    token = _token(before)
    plain = bare and token.isascii() and token.isalpha() and len(token) > 1
    return bool(before and _WIDE.match(before[-1])) or (plain and token.lower() not in NEVER_LAST)


def _mark_ends(before: str, word: str) -> bool:
    """Whether "!", "?" or "…" before `word` ends a sentence."""
    if _token(before).lower() in BRANDS:
        return word.rstrip(",") in STARTERS
    return not word[:1].islower() or bool(_BRAND.match(word) or _AGREES.match(word))


def _token(before: str) -> str:
    found = _LAST_TOKEN.search(before)
    return found.group() if found else ""


def _is_run_on(line: str, before: str, match: re.Match[str], *, spaceless: bool) -> bool:
    """Whether a stop with no space after it ends a sentence ("… said.The …"), not a name."""
    token, word = _token(before), match.group("run_on")
    if not token or word.lower() in DOMAINS or token.lower() in NEVER_LAST:
        return False
    if len(word) > 1 and word in STARTERS:
        return token.isalnum()
    after = match.end()
    if _PROSE_WORD.match(line, after) and (_YEAR.match(token) or _PLAIN.match(token)):
        # "The deal closed on Saturday.India have …"; but programmers write "asyncio.Queue".
        return token.lower() not in CODE
    return (
        len(word) > 1
        and before.count(" ") >= _MIN_RUN_ON
        and bool(_PROSE.match(line, after))
        and spaceless
    )


def _full_stop_ends(before: str, word: str, lang: str, *, alone: bool) -> bool:
    token = _token(before)
    plain, bare = token.lower(), word.rstrip(",.;:!?")
    if _points_forward(plain, word, lang):
        return False
    if plain in {"a.m", "p.m"}:
        return word[:1].isupper() and bare not in ZONES and not _MONTH_OR_DAY.match(word)
    if _may_be_last(token, lang):
        return bare in STARTERS
    if word[:1].islower() and not _BRAND.match(word):
        long = len(token) >= _MIN_PLAIN_WORD and token.isalpha()
        return long and (token.islower() or alone)
    return True


def _points_forward(plain: str, word: str, lang: str) -> bool:
    """Whether the abbreviation `plain` wants the word that follows it."""
    if word[:1].isdigit() and (plain in BEFORE_DIGITS or (lang == "de" and plain.endswith("str"))):
        return True
    return plain in NEVER_LAST and plain not in OF_LANGUAGE.get(lang, ())


def _may_be_last(token: str, lang: str) -> bool:
    """Whether `token` is an abbreviation, an initial or an ordinal: the next word decides."""
    plain = token.lower()
    if lang in ORDINALS and plain.isdigit() and len(plain) <= len("31"):
        return True
    if plain in OF_LANGUAGE.get(lang, ()) or _INITIAL.match(token):
        return True
    return plain in SELDOM_LAST and token not in ZONES
