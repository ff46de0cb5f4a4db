"""The kind of a signal: release, paper, funding … by cues in its title and first sentences."""

import re

from digest.classify.patterns import cue_patterns, distinct
from digest.classify.topics import MOST_CUES, TITLE_WEIGHT
from digest.model import Kind
from digest.regexes import regex

_SURE = 2
_ROUNDUP = regex(
    r"早报|晚报|日报[｜|丨：]|周报|早知道|8点1氪|[；;丨].*[；;]"
    r"|\b(?:this|last) week in\b|\broundup\b",
    re.IGNORECASE,
)
_RUMOUR = regex(
    r"^(?:消息称|曝|传闻|网传|据传|爆料)|谍照|据悉|\b(?:reportedly|rumou?red|rumou?rs?|leaks?)\b",
    re.IGNORECASE,
)
_REPEATS = 2  # further cues of one kind prove nothing more
_DECISIVE = 4  # a title that tells of money raised may tell what is made with it too


def find_kind(title: str, lead: str) -> tuple[Kind, tuple[str, ...]]:
    """The kind with the words that decided; `news` without words when no cue is sure."""
    if _ROUNDUP.search(title):  # many events, of many kinds
        return Kind.NEWS, ()
    best, most = Kind.NEWS, 0
    best_cues: tuple[str, ...] = ()
    announced, outright = cue_patterns("announced"), cue_patterns("outright")
    # What is only said to come is news, whatever it will be.
    rumoured = _RUMOUR.search(title) is not None
    for name, pattern in cue_patterns("kinds").items():
        in_title = [match.group() for match in pattern.finditer(title)]
        in_lead = [match.group() for match in pattern.finditer(lead)]
        if name == Kind.RELEASE and rumoured:
            continue
        if not in_title and name in announced and not announced[name].search(lead):
            continue
        strength = TITLE_WEIGHT * min(_REPEATS, len(in_title)) + min(_REPEATS, len(in_lead))
        strength += name in outright and bool(outright[name].search(lead))
        strength += _DECISIVE if in_title and name == Kind.FUNDING else 0
        # Kinds stand in order of how telling they are: the first of equals wins.
        if strength >= _SURE and strength > most:
            best, most = Kind(name), strength
            best_cues = distinct([*in_title, *in_lead], MOST_CUES)
    return best, best_cues
