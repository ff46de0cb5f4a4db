"""Addresses, handles and code put aside while a neural engine translates the words around them.

Measured with Firefox's English–Portuguese model on 180 sentences with an address in them: left in
the text, a third of the addresses survived; the marker "XQ1" in their place survived in all.
(Markers with brackets, underscores or signs did in 0 to 71 %.) Terms of the glossary are not put
aside: their words are what the rest of the sentence is translated by.
"""

import re
from collections.abc import Sequence

from digest.regexes import regex

_VERBATIM = regex(
    r"`[^`\n]+`|https?://[^\s，。；）]+|www\.[^\s，。；）]+|(?<![\w.+\-])[\w.+\-]++@[\w\-]+\.[\w.\-]+|(?<!\w)@\w{2,}"
)
_TAKEN = regex(r"XQ\d")


def shield(text: str) -> tuple[str, tuple[str, ...]]:
    """`text` with markers for its verbatim parts, and those parts in order."""
    parts: list[str] = []
    if _TAKEN.search(text):
        return text, ()

    def aside(match: re.Match[str]) -> str:
        part = match.group().rstrip(".,;:!?)")
        parts.append(part)
        return f"XQ{len(parts)}{match.group()[len(part) :]}"

    return _VERBATIM.sub(aside, text), tuple(parts)


def unshield(text: str, parts: Sequence[str]) -> str:
    """The parts back in the places of their markers; "" when a marker was lost or doubled."""
    for number, part in enumerate(parts, 1):
        pattern = re.compile(rf"XQ\s?{number}(?!\d)", re.IGNORECASE)
        if len(pattern.findall(text)) != 1:
            return ""
        before, _, after = text.partition(pattern.findall(text)[0])
        text = f"{before}{part}{after}"
    return text
