"""Clean text: one spelling, nothing invisible, nothing twice."""

import unicodedata
from collections.abc import Iterable
from itertools import islice

from digest.extract.furniture import is_furniture, without_asides
from digest.regexes import regex

# Zero-width characters, direction marks, soft hyphens, byte order marks, tag characters,
# private use: none of them can be read, some reorder what is.
_INVISIBLE = regex(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0e\ufeff\uffa0\ufff0-\ufffb\U000e0000-\U000e0fff"
    "\ue000-\uf8ff\ufffe\uffff]"
)
# A sign of a site's own font between two figures keeps them apart: 199 and 0 are not 1990.
_SIGN_BETWEEN = regex("(?<=[0-9A-Za-z.,])[\ue000-\uf8ff]+(?=[0-9A-Za-z.,])")
_CONTROL = regex(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff]")
# A joiner belongs between letters that need it (emoji, Indic scripts, Persian), nowhere else.
_LOOSE_JOINER = regex(
    "(?<![\u0600-\u06ff\u0900-\u0dff\u2600-\u27bf\ufe0f\U0001f000-\U0001faff])[\u200c\u200d]"
)
_SPACE = regex(r"[\s\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+")
_WIDE = "[\u3001-\u303f\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uff01-\uff60]"
_WIDE_MARK = "[\u3001-\u3003\u3008-\u3011\uff01\uff08\uff09\uff0c\uff1a\uff1b\uff1f]"
# Chinese has no spaces between words, so a wrapped line means none. A space that stands within a
# line is the writer's ("新机发布 售价曝光"), except beside a mark that is wide itself.
_WRAP_IN_WIDE = regex(rf"(?<={_WIDE})[ \t]*[\r\n]\s*(?={_WIDE})")
_SPACE_AT_MARK = regex(rf"(?<={_WIDE_MARK}) (?={_WIDE})|(?<={_WIDE}) (?={_WIDE_MARK})")

MOST_PARAGRAPHS = 3_000
_LONGEST_PARAGRAPH = 20_000
_STOP = regex(r"[。！？!?]|\.(?=\s)")
_LONG_ENOUGH_TO_BE_UNIQUE = 80


def clean(text: str) -> str:
    """One line of readable text: NFC, nothing invisible, single spaces."""
    text = _SIGN_BETWEEN.sub(" ", _CONTROL.sub(" ", unicodedata.normalize("NFC", text)))
    text = _WRAP_IN_WIDE.sub("", _LOOSE_JOINER.sub("", _INVISIBLE.sub("", text)))
    return _SPACE_AT_MARK.sub("", _SPACE.sub(" ", text).strip())


def _bounded(text: str) -> str:
    """No paragraph is longer than 20,000 characters; the rest goes from the last stop before."""
    if len(text) <= _LONGEST_PARAGRAPH:
        return text
    cut = text[:_LONGEST_PARAGRAPH]
    stops = list(_STOP.finditer(cut))
    return cut[: stops[-1].end()] if stops else cut.rpartition(" ")[0] or cut


def tidy(paragraphs: Iterable[str], *, title: str = "") -> tuple[str, ...]:
    """Cleaned paragraphs without empty ones, repetitions, the page's furniture and its title.

    Short paragraphs may return later, long ones are the same text twice.
    """
    kept: list[str] = []
    seen: set[str] = set()
    heading = clean(title).casefold()
    for raw in islice(paragraphs, MOST_PARAGRAPHS):
        text = without_asides(clean(_bounded(raw)))
        if not any(map(str.isalnum, text)) or is_furniture(text):
            continue
        if text.casefold() == heading:
            continue
        if (kept and kept[-1] == text) or text in seen:
            continue
        if len(text) >= _LONG_ENOUGH_TO_BE_UNIQUE:
            seen.add(text)
        kept.append(text)
    return tuple(kept)
