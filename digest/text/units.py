"""Lengths as Telegram counts them, and cutting that never leaves half a word."""

from digest.regexes import regex

_STICKY = regex(r"[^\W\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[.,:'’/@%$€£¥+\-]")
_ELLIPSIS = "…"
_LAST_IN_ONE_UNIT = "\uffff"
# Joiners, variation selectors, skin tones and combining marks belong to what stands before them.
_ATTACHED = regex(r"[\u0300-\u036f\u200d\ufe00-\ufe0f\U0001f3fb-\U0001f3ff]")


def utf16_length(text: str) -> int:
    """The length of `text` in UTF-16 units, the stricter way in which Telegram may count."""
    if not text or max(text) <= _LAST_IN_ONE_UNIT:
        return len(text)
    return len(text) + sum(1 for letter in text if letter > _LAST_IN_ONE_UNIT)


def clip(text: str, limit: int) -> str:
    """`text`, or its beginning with "…", in at most `limit` UTF-16 units.

    Never cut inside a word, number or composed character; "" when not even one fits with its "…".
    """
    if utf16_length(text) <= limit:
        return text
    end = _fitting(text, limit - 1)
    while end > 0 and not _may_cut(text, end):
        end -= 1
    kept = text[:end].rstrip(' \t\n,，、;；:：-—(（“"')
    return kept + _ELLIPSIS if kept else ""


def _fitting(text: str, units: int) -> int:
    used = 0
    for index, letter in enumerate(text):
        used += 2 if letter > _LAST_IN_ONE_UNIT else 1
        if used > units:
            return index
    return len(text)


def _may_cut(text: str, end: int) -> bool:
    before, after = text[end - 1], text[end]
    if _ATTACHED.match(after) or before == "\u200d":
        return False
    if _is_flag(before) and _is_flag(after):
        return False
    return not (_STICKY.match(before) and _STICKY.match(after))


def _is_flag(letter: str) -> bool:
    return "\U0001f1e6" <= letter <= "\U0001f1ff"
