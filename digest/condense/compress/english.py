"""English: datelines, agency tails, asides in brackets and dashes, relative clauses."""

import re

from digest.condense.compress.cutting import balanced, cut, used_again
from digest.condense.compress.tables import pattern
from digest.regexes import regex

_LEADS = pattern("en", "lead")
_TAIL = pattern("en", "tail")
_CLAIM = pattern("en", "claim")
_MEANING = pattern("en", "meaning")
_ASIDE = regex(r"\s?\([^()]*\)|\[\d{1,3}\]")
_DASHES = regex(
    r"\s–\s[^—–.!?;:]{3,100}?\s–(?=\s)|\s?(?:—|--)\s?[^—–.!?;:-]{3,100}?\s?(?:—|--)(?=\s)"
)
# Without a comma or a digit inside: what follows a comma may be the rest of the main clause, and
# figures are what readers come for.
_RELATIVE_TAIL = regex(
    r", (?!(?:which|who) (?:oblige|require|allow|enable|let|ban|prohibit|give|mean|make|help|will"
    r"|would|can|could|cause|led|force|prevent|include|cover|affect|show|found|say)[a-z]*\b)"
    r"(?:which|where|who|whose|whom)\s[^,;:()\"“”\d.!?]{8,160}(?=\.[\"”]?$)"
)
_RELATIVE_INSIDE = regex(
    r", (?:which|who|whose|where) [^,;:.\"“”()\d]{8,90},(?= (?:has|have|had|is|are|was|were|will"
    r"|said|says|announced|became|won|beat|also)\b)"
)
_PARENTHESIS = regex(r"\b(?:who|which|that|and|but|because|as|when|if),(?! said)")
_QUOTED = regex(r"“[^”]*”|\"[^\"]*\"|(?<!\w)‘[^’]*’")
_SPACE_BEFORE_MARK = regex(r"\s+(?=[,.;:!?](?:\s|$))")
_TWO_STOPS = regex(r"(?<=\w\.)\.$")  # "in Washington, D.C., where …": the tail went
_LONG_WORD = regex(r"[^\W\d_]{4,}")
_STEM = 6  # letters
_SHARED = 2  # words with the title
_MOST_LEADS = 3
_FEWEST_WORDS = 6
_INTERNET_NAME = regex(r"^[a-z]+[A-Z]")


def compress(text: str, title: str = "") -> str:
    """`text` without dateline, agency tail, asides and relative clauses."""
    kept = _without_leads(text.strip(), title)
    kept = _without_all((_ASIDE, _DASHES), kept, title)
    kept = _without_all((_RELATIVE_INSIDE, _RELATIVE_TAIL), kept, title)
    kept = _without_source(kept, title)
    kept = _SPACE_BEFORE_MARK.sub("", " ".join(kept.split()))
    kept = _TWO_STOPS.sub("", kept)
    return kept if _sound(kept, text) else text


def says_something(part: str) -> bool:
    """Whether `part` holds a negation, a hedge, a condition or a limit."""
    return bool(_MEANING.search(part))


def _sound(kept: str, text: str) -> bool:
    if len(kept.split()) < min(_FEWEST_WORDS, len(text.split())):
        return False
    return balanced(kept) or not balanced(text)


def _without_leads(text: str, title: str) -> str:
    for _ in range(_MOST_LEADS):
        match = _LEADS.match(text)
        if not match or len(text[match.end() :].split()) < _FEWEST_WORDS:
            break
        # The patterns name what may go; "May 12" must not count as a hedge.
        shorter = cut(text, 0, match.end(), keep=lambda _: False, title=title)
        if shorter == text:
            break
        text = _capital(shorter.lstrip())
    return text


def _capital(text: str) -> str:
    return text if _INTERNET_NAME.match(text) else text[:1].upper() + text[1:]


def _without_all(patterns: tuple[re.Pattern[str], ...], text: str, title: str) -> str:
    for one in patterns:
        quoted = [match.span() for match in _QUOTED.finditer(text)]
        for match in reversed(list(one.finditer(text))):
            start, end = match.span()
            if any(opened < end and start < closed for opened, closed in quoted):
                continue
            if _of_title(match.group(), title):
                continue
            if text[:start].strip() and not _is_part(text, match):
                text = _joined(text, start, end, title)
    return text


def _of_title(part: str, title: str) -> bool:
    """Whether a part tells what the title does, so that it is no aside."""
    mine, theirs = (
        {word[:_STEM].casefold() for word in _LONG_WORD.findall(one)} for one in (part, title)
    )
    return len(mine & theirs) >= _SHARED


def _joined(text: str, start: int, end: int, title: str) -> str:
    shorter = cut(text, start, end, keep=says_something, title=title)
    if shorter == text or len(shorter.split()) < _FEWEST_WORDS:
        return text
    before, after = text[:start], text[end:]
    glued = after[:1].isalnum() and not before[-1:].isspace()
    return f"{before} {after}" if glued else shorter


def _is_part(text: str, match: re.Match[str]) -> bool:
    """Whether a part belongs to what is beside it: "f(x)", "book(s)", "one who, as … , who …"."""
    if match.re.pattern == _RELATIVE_TAIL.pattern and _PARENTHESIS.search(text[: match.start()]):
        return True
    if not match.group().lstrip().startswith("("):
        return False
    inside, before = match.group().strip("() "), text[: match.start()]
    if not inside or before.endswith("(") or used_again(inside, before, text[match.end() :]):
        return True
    touching = not match.group()[0].isspace() and match.start() > 0
    return touching and text[match.start() - 1].isalnum()


def _without_source(text: str, title: str) -> str:
    match = _TAIL.search(text)
    if not match or len(text[: match.start()].split()) < _FEWEST_WORDS:
        return text
    statement = text[: match.start()]
    if _CLAIM.search(statement) or _QUOTED.search(statement) or '"' in statement:
        return text
    return cut(text, match.start(), match.end(), keep=lambda _: False, title=title)
