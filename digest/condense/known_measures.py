"""Words that are known to be measures, and the nouns that belong to them."""

import re

from digest.condense.cues import combined, word_list
from digest.regexes import regex
from digest.text.number_tables import UNIT_SYMBOLS
from digest.text.vocabulary import word_set

NEAR = 40
CLAUSE = regex(r"[，,。；;！!？?：:（()）]")
UP, DOWN, MEASURES = combined("up"), combined("down"), combined("measures")
HAN = regex(r"[\u4e00-\u9fff]")
SYMBOLS = frozenset(UNIT_SYMBOLS.split("|"))
GENERIC = word_list("generic_words")
STOP = word_list("stop_words")
# 投资者 and 投资活动 are not what was invested.
_OTHERWISE = regex(r"[者人方商]|活动|机构|公司|基金|银行|企业|项目|协议|热情|意愿")
MOVED = regex(rf"(?:{UP.pattern}|{DOWN.pattern})\s*$", re.IGNORECASE)
_VERBAL = regex(r"(?:ed|ing|ly)$")
BREAKS = word_set(
    "of in on at by for with that which who whom whose is are was were be been being has have ",
    "will would can could may might must should do does did said says say and or but from to as ",
    "when while if because than then this last next since after before during under over per ",
    "think thinks want wants use uses believe believes own owns agree support supports live ",
    "had via lives including ",
    "work works now still also already not only each within without between against through into ",
    "toward towards onto upon across among according compared found made come came went go goes ",
    "get got took take takes ",
)
# Verbs whose object the figure's noun may be: they are not part of its name.
_BASE_VERBS = word_set(
    "drive boost lift push cut raise see saw sent send hit help helped keep lower report post ",
    "pay give gave take make reach bring bought sold sell buy grow increase reduce expect high ",
    "new big huge strong weak good bad better more less fewer many much most other such same ",
    "second third early late own current former recent latest overall full whole entire key ",
    "run runs fine well main first low put slash hike trim stem spur share-based ",
)


def known_measure(text: str, start: int, end: int) -> str:
    """The nearest word of the same clause that is known to be a measure, with its noun."""
    clause = clause_before(text, start).rsplit("、", maxsplit=1)[-1]
    found = [it for it in MEASURES.finditer(clause) if not _OTHERWISE.match(clause, it.end())]
    if found:
        return with_nouns(clause, found[-1])
    after = MEASURES.match(
        re.sub(r"^[\s的]*(?:(?:in|of|for|a|the)\s)*", "", text[end : end + NEAR])
    )
    return after.group() if after else ""


def with_nouns(clause: str, match: re.Match[str]) -> str:
    """An English measure with the nouns that belong to it: fuel prices, budget surplus."""
    if HAN.search(clause):
        return match.group()
    start, end = match.span()
    before = re.search(r"(?<![\w'’\-])([a-z][a-z\-]{2,}) $", clause[:start])
    if before and is_noun(before.group(1)):
        start = before.start(1)
    after = re.match(r" ([a-z]{4,})(?![\w'’\-])", clause[end:])
    if after and is_noun(after.group(1)) and not MOVED.search(after.group(1)):
        end += after.end()
    return clause[start:end]


def is_noun(word: str) -> bool:
    """Whether a lower-case word beside a measure may be a part of its name."""
    known = word in STOP or word in BREAKS or word in _BASE_VERBS
    return not known and not _VERBAL.search(word)


def clause_before(text: str, start: int) -> str:
    """The clause of `text` that ends at `start`, from at most `NEAR` characters before it."""
    begin = max(0, start - NEAR)
    while 0 < begin < start and text[begin - 1].isascii() and text[begin - 1].isalnum():
        begin += 1  # not within a word
    return CLAUSE.split(text[begin:start])[-1]
