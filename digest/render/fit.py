"""Make words from outside fit: clean, escaped, cut at a seam, counted as Telegram counts."""

import html

from digest.regexes import regex
from digest.text.language import is_cjk
from digest.text.sentences import split_sentences
from digest.text.units import clip, utf16_length

# Telegram's limits for one message: UTF-16 units after entity parsing, entities, raw bytes.
MAX_UNITS = 4096
MAX_CAPTION_UNITS = 1024
MAX_ENTITIES = 100
MAX_BYTES = 32_768

_TAG = regex(r"<[^>]*>")
_OPENING_TAG = regex(r"<[a-z]")
# Controls, halves of surrogate pairs, marks that turn the reading direction, non-characters.
_UNWANTED = regex(
    "[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]+"
)
_FIGURE_END = regex(r"\d[\d.,:]*$")
_FIGURE_GOES_ON = regex(r"[.,:]?\d")
_CLAUSE_END = regex(r"[，；：、—]+|[,;:](?=\s)|\s[–—-](?=\s)")
_PAIRS = {"(": ")", "（": "）", "“": "”", "「": "」", "『": "』", "《": "》", "[": "]", "【": "】"}


def clean(text: str) -> str:
    """`text` on one line, without control characters, direction marks or broken surrogates."""
    return " ".join(_UNWANTED.sub(" ", text).split())


def in_order(text: str) -> str:
    """`text` with its lines, without what turns the direction of those that follow."""
    return "\n".join(_UNWANTED.sub(" ", line) for line in text.split("\n"))


def escape(text: str) -> str:
    """`text` clean and safe between tags."""
    return html.escape(clean(text), quote=False)


def plain_text(markup: str) -> str:
    """What remains of Telegram HTML as we write it when entities are parsed away."""
    return html.unescape(_TAG.sub("", markup))


def count_units(markup: str) -> int:
    """The length of Telegram HTML in UTF-16 units after entity parsing."""
    return utf16_length(plain_text(markup))


def count_entities(markup: str) -> int:
    """How many entities Telegram HTML makes."""
    return len(_OPENING_TAG.findall(markup))


def shorten(text: str, limit: int, lang: str) -> str:
    """`text`, clean, in at most `limit` UTF-16 units, cut where a reader would pause.

    Whole sentences if any fit, else whole clauses with "…", else whole words. A text that is
    only a little too long and has no seam stays whole up to 1.5 × `limit`.
    """
    whole = clean(text)
    if utf16_length(whole) <= limit:
        return whole
    sentences = _first_sentences(whole, limit, lang)
    if sentences:
        return sentences
    clauses = _first_clauses(whole, limit - 1)
    if clauses:
        return clauses + "…"
    if utf16_length(whole) <= limit * 3 // 2:
        return whole
    return cut(whole, limit)


def cut(text: str, limit: int) -> str:
    """`text`, clean, in at most `limit` UTF-16 units, cut between words where there are any."""
    whole = clean(text)
    # One endless "word" has no place to cut; half as many letters are safe in UTF-16 units.
    return clip(whole, limit) or _torn(whole, (limit - 1) // 2) + "…"


def _torn(word: str, letters: int) -> str:
    """The beginning of an endless word, without a figure that would be torn."""
    head = word[:letters]
    whole = _FIGURE_END.sub("", head) if _FIGURE_GOES_ON.match(word, letters) else head
    return whole or head


def _first_sentences(text: str, limit: int, lang: str) -> str:
    glue = "" if is_cjk(lang) else " "
    kept = ""
    for sentence in split_sentences(text, lang):
        longer = f"{kept}{glue}{sentence}" if kept else sentence
        if utf16_length(longer) > limit:
            break
        kept = longer
    return kept.rstrip()


def _first_clauses(text: str, limit: int) -> str:
    for match in reversed(list(_CLAUSE_END.finditer(text, 0, limit + 1))):
        clause = text[: match.start()].rstrip()
        # A clause of a few words says too little; one with an open bracket is torn apart.
        if limit // 3 <= utf16_length(clause) <= limit and _closed(clause):
            return clause
    return ""


def _closed(text: str) -> bool:
    pairs = all(text.count(start) <= text.count(end) for start, end in _PAIRS.items())
    return pairs and text.count('"') % 2 == 0
