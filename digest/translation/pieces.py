"""Long sentences in pieces that an engine can hold, verbatim parts put aside, batches."""

import re
from collections.abc import Iterator, Sequence

from digest.regexes import regex

# Small models lose their way after some eighty words and then repeat themselves.
LONGEST = 320  # characters
LONGEST_CJK = 120
_CJK = regex(r"[\u3041-\u30fa\u3400-\u9fff]")
_JOINTS = (
    regex(r"(?<=[;；])\s*"),
    regex(r"(?<!\s)\s++[–—]\s+|(?<=——)"),
    regex(r"(?<=[:：])\s+"),
    regex(r",\s+(?=(?:and|but|or|which|who|while|as|with|because|although|so|that|where)\b)"),
    regex(r"(?<=[,，、])\s*(?!\d)"),
    regex(r"\s+"),
)


def pieces(sentence: str) -> tuple[str, ...]:
    """`sentence` whole, or cut at clauses into parts that are short enough, in order.

    Only white space at the cuts is lost. A word without any joint stays whole however long.
    """
    limit = LONGEST_CJK if _CJK.search(sentence) else LONGEST
    return tuple(_cut(sentence.strip(), limit))


def _cut(text: str, limit: int) -> Iterator[str]:
    if len(text) <= limit:
        yield text
        return
    for joint in _JOINTS:
        places = [match.end() for match in joint.finditer(text) if 0 < match.end() < len(text)]
        inner = [place for place in places if len(text) // 5 <= place <= len(text) * 4 // 5]
        if inner:
            # Nearest the middle: halves of equal length say most of what belongs together.
            place = min(inner, key=lambda end: abs(end - len(text) // 2))
            yield from _cut(text[:place].strip(), limit)
            yield from _cut(text[place:].strip(), limit)
            return
    yield text


def rejoined(parts: Sequence[str], target: str) -> str:
    """Translated pieces as one sentence; "" when one of them is missing.

    An engine ends each piece like a sentence: those inner full stops become commas.
    """
    if not all(parts):
        return ""
    if len(parts) == 1:
        return parts[0]
    comma, glue = ("，", "") if target in {"zh", "ja"} else (",", " ")
    inner = (re.sub(r"(?<!\.)[.。]$", comma, part.strip()) for part in parts[:-1])
    return glue.join([*inner, parts[-1].strip()])


def batches(texts: Sequence[str], *, most: int, size: int) -> Iterator[tuple[int, ...]]:
    """Places of `texts` in runs of at most `most` texts and `size` UTF-8 bytes together.

    A text over `size` is alone in its batch.
    """
    batch: list[int] = []
    held = 0
    for place, text in enumerate(texts):
        weight = len(text.encode())
        if batch and (len(batch) == most or held + weight > size):
            yield tuple(batch)
            batch, held = [], 0
        batch.append(place)
        held += weight
    if batch:
        yield tuple(batch)
