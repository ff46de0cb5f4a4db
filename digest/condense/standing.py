"""Whether a sentence can stand alone in a list of points, or without the ones before it."""

import re
from collections.abc import Sequence

from digest.condense.cues import marked
from digest.regexes import regex

_ENDED = regex(r"(?<![.…])[.!?。！？][\"'”’)\]»]*(?:\[\d+\])*$")
_SMALL = regex(r"^\W*[a-z]")
_LOWER = regex(r"^[a-z]+(?=[\s,.;])")
# "Those are two takeaways", "That is why": nothing without the sentence before.
_POINTS_BACK = regex(
    r"^[\"“‘']?(?:this|that|these|those|such|both) (?:is|are|was|were|means?|will be|one|two|three"
    r"|include[sd]?|makes?|made|has been|have been)\b",
    re.IGNORECASE,
)
# "Later that year, …", "The announcement came amid …": told of something told before.
_LATER = regex(
    r"^[\"“‘']?(?:(?:(?:later|earlier)(?! (?:this|today|last|on)\b)|the same|on the same|by then"
    r"|since then|after that|before that|afterwards?|soon after)\b[^,.]{0,24},"
    r"|the (?:announcement|move|news|decision|ruling|statement|comments?|remarks?|incident|visit"
    r"|report|revelations?) (?:comes?|came|follow(?:s|ed)|was announced|were made|was made)\b)",
    re.IGNORECASE,
)
_ASKING = regex(
    r"(?:^|[,:;–—-] )[\"“‘']?(?:(?:so|but|and|or|then) )?(?:who|whom|whose|what|when|where|why"
    r"|which|how|is|are|was|were|am|do|does|did|can|could|will|would|should|shall|has|have|had"
    r"|may|might|must|isn['’]t|aren['’]t|don['’]t|doesn['’]t|didn['’]t|ever|remember)\b",
    re.IGNORECASE,
)
# What a page says of itself instead of saying it.
_OF_ITSELF = regex(
    r"^(?:in )?(?:this|the following|today's) (?:article|post|blog post|guide|tutorial|page"
    r"|section|video|episode|newsletter|document|talk|case study|chapter|codelab)\b"
    r"|^(?:read on|here(?:'s|’s| is| are) (?:what|how|why|the|some|a)"
    r"|let(?:'s|’s| us) (?:take|have|look|start|see|dive)|in (?:today's|this week's)"
    r"|we(?:'ll|’ll| will) (?:cover|discuss|look at|explore|go over|show you))\b",
    re.IGNORECASE,
)
_NEW = regex(r"[\"“‘']?[A-Z0-9]")
# What only adds a sentence to the ones before and says nothing of its own.
_ADDING = regex(
    r"^(?:此外|另外|同时|与此同时|除此之外|并且|而且|值得一提的是|需要注意的是|据悉|据了解)[，,]\s?"
    r"|^(?:additionally|in addition|also|moreover|furthermore|meanwhile|besides), ",
    re.IGNORECASE,
)
_POINTING = 0.5
_FEWEST_WORDS = 8  # of a standfirst
_MOST_CAPITALS = 0.5  # of its words; a headline has more
_UNFINISHED = regex(
    r"(?:[,:;…–—-]|\.\.|\b(?:an?|the|of|on|in|at|to|by|for|from|with|as|and|or|but|that|which|who"
    r"|be|is|are|was|were|will|named|called))$"
)


def is_cased(texts: Sequence[str]) -> bool:
    """Whether most of `texts` begin with a capital; where not, a small letter says nothing."""
    return 2 * sum(1 for text in texts if _SMALL.match(text)) <= len(texts)


def is_whole(text: str, *, cased: bool = True) -> bool:
    """Whether it begins and ends as a sentence does: no lead to a list, no half of a split one.

    `cased`: whether the article writes its sentences with capitals.
    """
    return bool(_ENDED.search(text)) and not (cased and _LOWER.match(text))


def is_standfirst(text: str, following: str) -> bool:
    """Whether it reads as the sentence that editors set over an article, without a full stop.

    `following`: the line after it, which begins anew where `text` is not broken off.
    """
    words = text.split()
    capitals = sum(1 for word in words if word[:1].isupper())
    told = len(words) >= _FEWEST_WORDS and text[:1].isupper() and bool(_NEW.match(following))
    return told and capitals <= _MOST_CAPITALS * len(words) and not _UNFINISHED.search(text)


def restraint(text: str, *, first: bool) -> float:
    """What share of its worth a sentence keeps that leans on another or tells of the page."""
    leans = not first and (_POINTS_BACK.match(text) or _LATER.match(text))
    return _POINTING if leans or _OF_ITSELF.match(text) else 1.0


def leans(text: str) -> bool:
    """Whether a sentence begins with what points back: 他表示…, "It said …", "The move came …"."""
    return marked("dangling", text) or bool(_POINTS_BACK.match(text) or _LATER.match(text))


def alone(text: str) -> str:
    """`text` for a line without the sentences before it; "" where it leans on them.

    A word that merely adds it to them (此外，) goes.
    """
    added = _ADDING.match(text)
    bare = text[added.end() :] if added else text
    return "" if leans(bare) else bare[:1].upper() + bare[1:] if added else text


def asks(text: str) -> bool:
    """Whether a sentence that ends in a question mark is put as a question, not as a statement."""
    return bool(_ASKING.search(text))
