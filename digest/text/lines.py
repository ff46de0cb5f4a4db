"""Paragraphs of plain text, whether each stands on one line or is wrapped over many."""

import re
from collections.abc import Iterator

# A line that was broken to fit a page: long, and in the middle of a sentence.
_LEAST_WIDTH = 40
_GOES_ON = re.compile(r"[A-Za-z0-9,;()'\"’”`\]*_-]\s*$")
_BEGINS_NEW = re.compile(r"^\s*(?:[#>|*+•-]\s|\d{1,3}[.)]\s|```)")
_WIDE = re.compile(r"[\u3000-\u9fff\uff00-\uffef]")


def paragraphs_of(text: str) -> tuple[str, ...]:
    """The paragraphs of `text`, blank ones left out; lines broken inside a sentence are joined.

    Text in scripts without spaces is not wrapped this way: there a line is a paragraph.
    """
    return tuple(_joined(text.split("\n")))


def _joined(lines: list[str]) -> Iterator[str]:
    held: list[str] = []
    for line in lines:
        bare = line.strip()
        if held and not (bare and _continues(held[-1], bare)):
            yield " ".join(held)
            held = []
        if bare:
            held.append(bare)
    if held:
        yield " ".join(held)


def _continues(line: str, following: str) -> bool:
    wrapped = len(line) >= _LEAST_WIDTH and bool(_GOES_ON.search(line))
    return wrapped and not _BEGINS_NEW.match(following) and not _WIDE.search(line + following[:1])
