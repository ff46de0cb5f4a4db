"""What the article itself says about why it matters and what is not known."""

import re
from collections.abc import Collection

from digest.condense.cues import marked
from digest.condense.points import as_point
from digest.condense.sentences import Looked, Reading
from digest.model import Point
from digest.text.language import is_cjk
from digest.text.units import utf16_length

MOST_GAPS = 2
_LONGEST = {True: 220, False: 400}
_SHORTEST = {True: 12, False: 35}
# A person's quoted hope or a question is not the article's statement.
_QUOTED = re.compile(r"^[\"“「]")


def find_why(reading: Reading, taken: Collection[int]) -> Point | None:
    """The first sentence, not among `taken`, in which the article says why it matters."""
    for one in _fit(reading, taken):
        if marked("why", one.text) and not marked("gaps", one.text):
            return as_point(one, reading.lang)
    return None


def find_gaps(reading: Reading, taken: Collection[int]) -> tuple[Point, ...]:
    """At most two sentences in which the article names what is unknown."""
    found = [one for one in _fit(reading, taken) if marked("gaps", one.text)]
    return tuple(as_point(one, reading.lang) for one in found[:MOST_GAPS])


def _fit(reading: Reading, taken: Collection[int]) -> list[Looked]:
    cjk = is_cjk(reading.lang)
    return [
        one
        for one in reading.usable
        if one.index not in taken
        and not one.question
        and _SHORTEST[cjk] <= utf16_length(one.text) <= _LONGEST[cjk]
        and not _QUOTED.match(one.text)
    ]
