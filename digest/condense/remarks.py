"""What the article itself says about why it matters and what is not known."""

import re
from collections.abc import Collection

from digest.condense.cues import marked
from digest.condense.insight import states_why
from digest.condense.points import as_point
from digest.condense.sentences import Looked, Reading
from digest.model import Point
from digest.regexes import regex
from digest.text.language import is_cjk
from digest.text.units import utf16_length

MOST_GAPS = 2
_LONGEST = {True: 220, False: 400}
_SHORTEST = {True: 12, False: 35}
# A person's quoted hope or a question is not the article's statement.
_WHOLE = regex(r"[.!。！][\"'”’）)」』]*$")
_POINTS_BACK = regex(
    r"^\W*(?:this|that|it|these|which|they|such|he|she|both)\b|^(?:对于?[^，。]{1,12}(?:来说|而言)，)?(?:这|此举|此次|本次|该|其|也|原因|由此|那)",
    re.IGNORECASE,
)
_RANK = regex(
    r"\b(?:first|largest|biggest|highest|lowest|record|only|marks)\b|首|最|标志着|新高|新低|纪录",
    re.IGNORECASE,
)
# "When the scope is unclear, …" and 不确定的风险 speak of something else than the article's facts.
_NO_GAP = regex(
    r"^\W*(?:when|if)\b|\b(?:unclear|unknown) to me\b|\b(?:I am|I'm|I’m|I do) not\b|\bemail me\b"
    r"|\b(?:respond|repl(?:y|ied)|comment)\b"
    r"|who (?:was|were|is|has) not (?:been )?(?:named|identified)"
    r"|置评|(?:未|没有)(?:对此)?(?:作出|做出)?(?:回应|回复)"
    r"|不(?:确定|清楚|明确)的|先后顺序|大家|如果|不确定(?:性|因素)"
    # Not of the facts, but of what somebody never did or does not grasp.
    r"|(?<![尚还仍暂并但也前])不(?:清楚|确定)|从未|未明确(?:同意|反对)|早(?:就|已)"
    r"|未[^，。]{0,3}(?:证实|确认|公开|公布|披露|透露)的",
    re.IGNORECASE,
)
# An aside, a hedge, what was thought once, or a mere "one of the most": no reason to look closer.
_ASIDE = regex(
    r"作为参考|未来展望|将继续|长期价值|此前报道|据此前|^ALSO|^\W*注|似乎|好像|被认为|曾被|尝试打破|试图|想要"
    r"|最[^，。]{1,16}之一|最大的?(?:地方|问题|特点|不同|区别|感受|难点|争议|公约数)|^\W*(?:尽管|虽然|随着)",
    re.IGNORECASE,
)
_QUOTED = regex(r"^[\"“「]")


def find_why(reading: Reading, taken: Collection[int]) -> Point | None:
    """The first sentence, not among `taken`, in which the article says why it matters.

    It states a consequence, a reason or a rank, and is understood beside the points: one that
    points back ("This means …") needs what it points to among the `taken`, or leads a paragraph
    with a rank ("This marks the first time …").
    """
    for one in _fit(reading, taken):
        if not states_why(one.text) or marked("gaps", one.text) or _ASIDE.search(one.text):
            continue
        if not _POINTS_BACK.match(one.text) or _understood(one, reading, taken):
            return as_point(one, reading.lang)
    return None


def _understood(one: Looked, reading: Reading, taken: Collection[int]) -> bool:
    if one.index - 1 in taken:
        return True
    before = reading.sentences[one.index - 1] if one.index else None
    leads = before is None or before.paragraph != one.paragraph
    shown = {other.paragraph for other in reading.sentences if other.index in taken}
    return (
        leads and bool(_RANK.search(one.text)) and one.paragraph - 1 <= max(shown, default=0) + 1
    )


def find_gaps(reading: Reading, taken: Collection[int]) -> tuple[Point, ...]:
    """At most two sentences in which the article names what is unknown."""
    found = [
        one
        for one in _fit(reading, taken)
        if marked("gaps", one.text) and not _NO_GAP.search(one.text)
    ]
    return tuple(as_point(one, reading.lang) for one in found[:MOST_GAPS])


def _fit(reading: Reading, taken: Collection[int]) -> list[Looked]:
    cjk = is_cjk(reading.lang)
    # A standfirst and the text below it may say the same in the same words.
    told = {one.text for one in reading.sentences if one.index in taken}
    return [
        one
        for one in reading.usable
        if one.index not in taken
        and one.text not in told
        and not one.question
        and _SHORTEST[cjk] <= utf16_length(one.text) <= _LONGEST[cjk]
        and not _QUOTED.match(one.text)
        and _WHOLE.search(one.text)
    ]
