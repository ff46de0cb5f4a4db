"""Breaking a headline into lines: no word cut, no mark where none may stand, lines of like length.

Chinese words are kept whole as well as Latin ones, and a number stays with its unit.
"""

from collections.abc import Callable, Sequence

from digest.regexes import regex
from digest.text.segmentation import cut

Measure = Callable[[str], float]

# What may not begin a line, and what may not end one (kinsoku shori).
_NEVER_FIRST = frozenset(
    "、，。．；：？！）】》」』〉〕］｝’”…·‧・—–～~%％‰℃°,.;:?!)]}'\"/-ー々〻っゃゅょッャュョぁぃぅぇぉァィゥェォ"
)
_EITHER = frozenset("'\"-/")
_NEVER_LAST = frozenset("（【《「『〈〔［｛‘“([{#＃￥¥$€£@")
_NUMBER_AND_UNIT = regex(
    r"(?:[$¥€£￥#]\s?)?\d[\d.,:/–-]*\s?"
    r"(?:%|％|[A-Za-z]{1,9}\b|[万亿千百]{0,2}[\u4e00-\u9fff]{0,2})?"
)
_LATIN = regex(r"[^\s\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef]+")
_ELLIPSIS = "…"
_NEVER_BEFORE_ELLIPSIS = " ,，、;；:：-—([（《“‘"
# Steps by which a narrower setting of the same number of lines is looked for.
_TRIES = 12


def units(text: str) -> list[str]:
    """`text` in pieces that stay whole, spaces with the piece before them."""
    found: list[str] = []
    for piece in _pieces(text):
        if piece.isspace():
            if found:
                found[-1] += " "
        elif found and _belong_together(found[-1], piece):
            found[-1] += piece
        else:
            found.append(piece)
    return found


def _belong_together(before: str, piece: str) -> bool:
    # A straight quotation mark opens after a space and closes otherwise.
    opens = piece[0] in _EITHER and before.endswith(" ")
    return (piece[0] in _NEVER_FIRST and not opens) or before.rstrip()[-1:] in _NEVER_LAST


def _pieces(text: str) -> list[str]:
    pieces: list[str] = []
    at = 0
    while at < len(text):
        if text[at].isspace():
            pieces.append(" ")
            at += 1
            continue
        match = _NUMBER_AND_UNIT.match(text, at) or _LATIN.match(text, at)
        if match and match.group().strip():
            pieces.append(match.group().rstrip())
            at += len(pieces[-1])
            continue
        end = at
        while end < len(text) and not _starts_other(text, end):
            end += 1
        end = max(end, at + 1)
        pieces += cut(text[at:end])
        at = end
    return pieces


def _starts_other(text: str, at: int) -> bool:
    return text[at].isspace() or bool(_NUMBER_AND_UNIT.match(text, at) or _LATIN.match(text, at))


def break_lines(text: str, room: float, most: int, measure: Measure) -> list[str] | None:
    """`text` in at most `most` lines that fit into `room`, None when it takes more.

    Of all settings with the fewest lines the narrowest is taken, so that no line is left short.
    """
    pieces = [part for unit in units(text) for part in _small_enough(unit, room, measure)]
    lines = _filled(pieces, room, measure)
    if len(lines) > most:
        return None
    narrow, wide = room / 2, room
    for _ in range(_TRIES):
        middle = (narrow + wide) / 2
        tried = _filled(pieces, middle, measure)
        if len(tried) > len(lines) or any(measure(line) > middle for line in tried):
            narrow = middle
        else:
            wide, lines = middle, tried
    return lines


def shortened(text: str, room: float, most: int, measure: Measure) -> list[str]:
    """The beginning of `text` in `most` lines, whole pieces only, with … at its end."""
    pieces = units(text)
    best = [_ELLIPSIS]
    fits, too_long = 0, len(pieces)
    while too_long - fits > 1:
        count = (fits + too_long) // 2
        beginning = "".join(pieces[:count]).rstrip(_NEVER_BEFORE_ELLIPSIS)
        lines = break_lines(beginning + _ELLIPSIS, room, most, measure)
        if lines is None:
            too_long = count
        else:
            best, fits = lines, count
    return best


def _filled(pieces: Sequence[str], room: float, measure: Measure) -> list[str]:
    lines: list[str] = []
    line = ""
    for piece in pieces:
        if line and measure((line + piece).rstrip()) > room:
            lines.append(line.rstrip())
            line = ""
        line += piece
    return [*lines, line.rstrip()] if line.strip() else lines


def _small_enough(unit: str, room: float, measure: Measure) -> list[str]:
    """A piece that is wider than a line (an address, say) in parts that are not."""
    if measure(unit.rstrip()) <= room:
        return [unit]
    parts, part = [], ""
    for letter in unit:
        if part and measure(part + letter) > room:
            parts.append(part)
            part = ""
        part += letter
    return [*parts, part]
