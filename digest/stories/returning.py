"""Whether news brings back an event whose story had closed: only where there is no doubt.

The index of stories says which closed story is likest; what is alike in it may be a formula that
a hundred companies use in turn ("X files for a listing"). So the two headlines have to name the
same thing: by a name of its own, a model or a title; or by its maker's name together with what it
is called beside it (阿维塔 07L, “灵犀互娱”) or with nearly all other words. A good part of their
words has to be the same. Most events that come back are missed by that.
"""

import re

from digest.condense.cues import word_list
from digest.condense.gazetteer import standard
from digest.condense.names import names_in
from digest.regexes import regex
from digest.stories.items import StoryItem
from digest.text.segmentation import search_terms

SURE = 0.8
"""How sure the index must be that the two are one event."""

_SHARED = 0.34
_ALL_BUT = 0.7
_LONGEST_TITLE = 400  # letters; what comes after says nothing more of what it is about
# A name of a thing: letters and digits in one word, or a title in its marks.
_MODEL = regex(r"(?<![A-Za-z0-9.])(?=[\w.\-]*[A-Za-z])(?=[\w.\-]*\d)[A-Za-z0-9][\w.\-]*", re.ASCII)
_TITLED = regex(r"《([^》]{2,30})》")
# What is measured, or the name of a technique: 1080p, 12GB, 5G, 2026Q2.
_MEASURED = regex(r"\d[\d.]*[a-z]{1,4}\+?|\d{4}[qh]\d|[qh]\d|\d[dgk]|[a-z]\d", re.ASCII)
_UNIT = regex(
    r"\d(?:[gtm]b?|[gmk]?hz|k?w|k?wh|mah|[mnck]?m|kg|g|v|p|k|fps|h|s|ms|nits|w[±+]?|x|d|b)?\+?$|^\d{4}|^[hq]\d$"
    r"|[2-6]g$|^[ab]\d$",
    re.ASCII,
)
_QUOTED = regex(r"[“「]([\u4e00-\u9fff]{3,8})[”」]")
_BY_THE_WAY = regex(r"^[^丨｜|]{2,14}[丨｜|]|[丨｜|][^丨｜|]{2,14}$|【[^】]*】")
_STOP = word_list("stop_words")


def comes_back(item: StoryItem, earlier: StoryItem) -> bool:
    """Whether the headline of `item` is about the same thing as that of an `earlier` lead.

    Headlines are compared in a language that both have, one of them perhaps translated; where
    they have none in common, only a known name together with a model tells.
    """
    mine, theirs = _headlines(item), _headlines(earlier)
    common = mine.keys() & theirs.keys()
    if not common:
        one, other = (" ".join(titles.values()) for titles in (mine, theirs))
        marks = _marks(one) & _marks(other)
        return bool(marks and _known(one) & _known(other) - marks)
    return any(_same_thing(mine[lang], theirs[lang]) for lang in common)


def _same_thing(mine: str, theirs: str) -> bool:
    own, other = _terms(mine), _terms(theirs)
    shared = len(own & other) / max(1, min(len(own), len(other)))
    if shared < _SHARED:
        return False
    if _marks(mine) & _marks(theirs):
        return True
    if _titles(mine) and _titles(theirs):
        return False  # two works of one maker
    if not _known(mine) & _known(theirs):
        return False
    apart = bool(_marks(mine) and _marks(theirs))  # K15 and Reno16: two things of one maker
    return bool(_called(mine) & _called(theirs)) or (shared >= _ALL_BUT and not apart)


def _headlines(item: StoryItem) -> dict[str, str]:
    """By language; what is translated is in the one of Chinese and English that it is not in."""
    lang = item.lang[:2]
    other = {"en" if lang == "zh" else "zh": _headline(item.also)} if item.also else {}
    return {lang: _headline(item.title)} | other


def _headline(title: str) -> str:
    """Without the column that it stands in."""
    return _BY_THE_WAY.sub(" ", title[:_LONGEST_TITLE])


def _marks(title: str) -> set[str]:
    found = {model.strip(".-_") for model in _MODEL.findall(title)}
    models = {model.casefold() for model in found if not _is_maker(model)}  # Insta360 is a firm
    named = {model for model in models if not _MEASURED.fullmatch(model)}
    return named | _titles(title)


def _titles(title: str) -> set[str]:
    return {titled.casefold() for titled in _TITLED.findall(title)}


def _called(title: str) -> set[str]:
    """What names a thing only beside its maker: 07L, X9, “灵犀互娱”."""
    models = {model.casefold().strip(".-_") for model in _MODEL.findall(title)}
    short = {one for one in models if _MEASURED.fullmatch(one) and not _UNIT.search(one)}
    return short | set(_QUOTED.findall(title))


def _known(title: str) -> set[str]:
    """The known makers, products and people in it, by one spelling for all languages.

    What an authority announces is another matter each time.
    """
    known = standard()
    entries = {name: known.get(name) for name in names_in(title)}
    return {
        (entry.latin if entry else name).casefold()
        for name, entry in entries.items()
        if entry is None or entry.kind != "institution"
    }


def _is_maker(name: str) -> bool:
    entry = standard().get(name)
    return entry is not None and entry.kind in {"company", "institution"}


def _terms(title: str) -> set[str]:
    return {term for term in search_terms(title) if len(term) > 1 and term not in _STOP}
