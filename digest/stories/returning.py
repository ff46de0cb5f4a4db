"""Whether news brings back an event whose story had closed: only where there is no doubt.

The index of stories says which closed story is likest; what is alike in it may be a formula that
a hundred companies use in turn ("X files for a listing"). So the two headlines have to name the
same thing by a name of its own, a model or a title, and to share a good part of their words.
Most events that come back are missed by that: over half a year of Chinese news (17,557 items,
1,091 closed stories) it linked 28, each about the same thing as the story before.
"""

import re

from digest.condense.cues import word_list
from digest.stories.items import StoryItem
from digest.text.segmentation import search_terms

SURE = 0.8
"""How sure the index must be that the two are one event."""

_SHARED = 0.34
_LONGEST_TITLE = 400  # letters; what comes after says nothing more of what it is about
# A name of a thing: letters and digits in one word, or a title in its marks.
_MODEL = re.compile(
    r"(?<![A-Za-z0-9.])(?=[\w.\-]*[A-Za-z])(?=[\w.\-]*\d)[A-Za-z0-9][\w.\-]*", re.ASCII
)
_TITLED = re.compile(r"《([^》]{2,30})》")
# What is measured, or the name of a technique: 1080p, 12GB, 5G, 2026Q2.
_MEASURED = re.compile(r"\d[\d.]*[a-z]{1,4}\+?|\d{4}[qh]\d|[qh]\d|\d[dgk]|[a-z]\d", re.ASCII)
_BY_THE_WAY = re.compile(r"^[^丨｜|]{2,14}[丨｜|]|[丨｜|][^丨｜|]{2,14}$|【[^】]*】")
_STOP = word_list("stop_words")


def comes_back(item: StoryItem, earlier: StoryItem) -> bool:
    """Whether the headline of `item` is about the same thing as that of an `earlier` lead."""
    if item.lang != earlier.lang:
        return False
    mine, theirs = _headline(item), _headline(earlier)
    if not _marks(mine) & _marks(theirs):
        return False
    own, other = _terms(mine), _terms(theirs)
    return len(own & other) >= _SHARED * max(1, min(len(own), len(other)))


def _headline(item: StoryItem) -> str:
    """Without the column that it stands in."""
    return _BY_THE_WAY.sub(" ", item.title[:_LONGEST_TITLE])


def _marks(title: str) -> set[str]:
    models = {model.casefold().strip(".-_") for model in _MODEL.findall(title)}
    named = {model for model in models if not _MEASURED.fullmatch(model)}
    return named | {titled.casefold() for titled in _TITLED.findall(title)}


def _terms(title: str) -> set[str]:
    return {term for term in search_terms(title) if len(term) > 1 and term not in _STOP}
