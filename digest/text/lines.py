"""Paragraphs of plain text, whether each stands on one line or is wrapped over many."""

from collections.abc import Iterator
from itertools import groupby

from digest.regexes import regex

# A line that was broken to fit a page: long, and in the middle of a sentence.
_LEAST_WIDTH = 40
_MIDST = regex(r"[a-z`\[<&]")  # how a line in the middle of a sentence begins
_WIDEST_PAGE = 120
_MOST_BEYOND = 0.25  # of the long lines of a wrapped block: links and tables break out of it
_GOES_ON = regex(r"[A-Za-z0-9,;()'\"’”`\]*_-]\s*$")
_BEGINS_NEW = regex(r"^\s*(?:[#>|*+•-]\s|\d{1,3}[.)]\s|```)")
_WIDE = regex(r"[\u3000-\u9fff\uff00-\uffef]")


def paragraphs_of(text: str) -> tuple[str, ...]:
    """The paragraphs of `text`, blank ones left out; lines broken inside a sentence are joined.

    Text in scripts without spaces is not wrapped this way: there a line is a paragraph. So it is
    where most lines are wider than any page: joined, a headline would be glued to what follows.
    """
    bare = [line.strip() for line in text.split("\n")]
    blocks = (
        list(block) for blank, block in groupby(bare, key=lambda line: not line) if not blank
    )
    return tuple(paragraph for block in blocks for paragraph in _joined(block))


def _joined(lines: list[str]) -> Iterator[str]:
    """The paragraphs of a block of lines that no blank one parts."""
    wrapped = _is_wrapped(lines)
    held = [lines[0]]
    for line in lines[1:]:
        if not _continues(held[-1], line, wrapped=wrapped):
            yield " ".join(held)
            held = []
        held.append(line)
    yield " ".join(held)


def _is_wrapped(lines: list[str]) -> bool:
    long = [len(line) for line in lines if len(line) >= _LEAST_WIDTH]
    return sum(1 for length in long if length > _WIDEST_PAGE) <= _MOST_BEYOND * len(long)


def _continues(line: str, following: str, *, wrapped: bool) -> bool:
    broken = len(line) >= _LEAST_WIDTH and bool(_GOES_ON.search(line))
    if not wrapped and not _MIDST.match(following):
        return False
    return broken and not _BEGINS_NEW.match(following) and not _WIDE.search(line + following[:1])
