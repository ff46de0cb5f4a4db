"""Paragraphs into whole sentences, in scripts with and without spaces.

A candidate is a stop with its closing quotes and brackets. It is refused where the stop belongs
to an abbreviation, an initial or a list number, inside titles and short quotations, and where
the attribution of a quotation follows (see `digest.text.stops`).
"""

import re
from bisect import bisect_right

from digest.regexes import regex
from digest.text.language import is_cjk
from digest.text.stops import CANDIDATE, WIDE_OR_MARK, ends_sentence, lost_spaces

_SEMICOLON = regex("；")
_NOTE = regex(r"（[^（）。！？]{1,16}）(?=[\u4e00-\u9fff])")

_PAIRS = {
    "《": "》", "（": "）", "(": ")", "[": "]", "【": "】", "“": "”", "„": "“", "「": "」",
    "『": "』",
}  # fmt: skip
_CLOSING = frozenset(_PAIRS.values())
_LONGEST_ASIDE = 240  # characters; a longer quotation or bracket is cut at its own stops
_LONGEST_BEFORE_SEMICOLON = 160  # longer Chinese sentences are cut at their semicolons
_SHORTEST_CLAUSE = 12
_LOOKED_BACK = 200  # characters
_ENUMERATION = regex(r"（(?:[一二三四五六七八九十\d]{1,3}|[a-zA-Z])）")


def split_sentences(text: str, lang: str) -> tuple[str, ...]:
    """The sentences of one paragraph, in order, none empty.

    Joined ("" for Chinese and Japanese, " " else) they give the paragraph with its white space
    made single. In Chinese a space between two sentences stays at the end of the first. A
    paragraph without stops is one sentence; every line of a list is one of its own.
    """
    glue = "" if is_cjk(lang) else " "
    found: list[str] = []
    for tidy in _lines(text):
        if found and not glue and not _touch(found[-1], tidy):
            found[-1] += " "
        found.extend(_split_line(tidy, lang))
    return tuple(found)


def _lines(text: str) -> list[str]:
    """The lines of `text` with single spaces, those joined that were only wrapped."""
    lines: list[str] = []
    for line in text.splitlines():
        tidy = " ".join(line.split())
        if lines and tidy[:1].islower() and lines[-1][-1] not in ".!?:;。！？：；":
            lines[-1] += " " + tidy
        elif tidy:
            lines.append(tidy)
    return lines


def _split_line(line: str, lang: str) -> list[str]:
    sentences: list[str] = []
    start = 0
    for end in _ends(line, lang):
        sentence, rest = line[start:end], line[end:]
        gap = len(rest) - len(rest.lstrip())
        if gap and is_cjk(lang) and rest.strip() and not _touch(sentence, rest.lstrip()):
            sentence += " "
        sentences.append(sentence)
        start = end + gap
    if start < len(line):
        sentences.append(line[start:])
    return [part for sentence in sentences for part in _at_semicolons(sentence)]


def _touch(before: str, after: str) -> bool:
    return bool(WIDE_OR_MARK.match(before[-1]) or WIDE_OR_MARK.match(after[0]))


def _ends(line: str, lang: str) -> list[int]:
    asides = _asides(line)
    opens = [start for start, _ in asides]
    quotes = [place for place, letter in enumerate(line) if letter == '"']
    last = len(line.rstrip())
    spaceless = lost_spaces(line)
    ends: list[int] = []
    start = 0
    for match in CANDIDATE.finditer(line):
        end = match.end()
        if _opens_quotation(match, quotes):
            end = match.end("thin")
        if end >= last or not line[start : min(end, start + _LOOKED_BACK)].strip(" .…"):
            continue
        if _inside(asides, opens, end):
            continue
        if ends_sentence(line, start, match, lang, spaceless=spaceless):
            ends.append(end)
            start = end
            note = _NOTE.match(line, end)
            if note and not _ENUMERATION.match(note.group()):
                ends.append(note.end())
                start = note.end()
    return ends


def _opens_quotation(match: re.Match[str], quotes: list[int]) -> bool:
    """Whether the mark after a stop opens the next sentence ('… quickly."We were …')."""
    if not match.group("run_on") or match.group("close") != '"':
        return False
    return bisect_right(quotes, match.start("thin")) % 2 == 0


def _asides(line: str) -> list[tuple[int, int]]:
    """The outermost brackets and quotations, as (start, end), without overlong ones."""
    found: list[tuple[int, int]] = []
    stack: list[tuple[int, str]] = []
    straight = -1
    for place, letter in enumerate(line):
        if letter in _PAIRS and not (stack and stack[-1][1] == letter):
            stack.append((place, _PAIRS[letter]))
        elif letter in _CLOSING:
            # An unclosed bracket must not swallow what follows: drop openers above the match.
            while stack and stack[-1][1] != letter and place - stack[-1][0] > _LONGEST_ASIDE:
                stack.pop()
            if stack and stack[-1][1] == letter:
                opened = stack.pop()[0]
                if place - opened <= _LONGEST_ASIDE:
                    found.append((opened, place + 1))
        elif letter == '"':
            if straight >= 0 and place - straight <= _LONGEST_ASIDE:
                found.append((straight, place + 1))
                straight = -1
            else:
                straight = place
    return _outermost(found)


def _outermost(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    kept: list[tuple[int, int]] = []
    for span in sorted(spans):
        if not kept or span[0] >= kept[-1][1]:
            kept.append(span)
        elif span[1] > kept[-1][1]:
            kept[-1] = (kept[-1][0], span[1])
    return kept


def _inside(asides: list[tuple[int, int]], opens: list[int], place: int) -> bool:
    nearest = bisect_right(opens, place - 1) - 1
    return nearest >= 0 and asides[nearest][0] < place < asides[nearest][1]


def _at_semicolons(sentence: str) -> list[str]:
    if len(sentence) <= _LONGEST_BEFORE_SEMICOLON or "；" not in sentence:
        return [sentence]
    asides = _asides(sentence)
    opens = [start for start, _ in asides]
    parts: list[str] = []
    start = 0
    for match in _SEMICOLON.finditer(sentence):
        end = match.end()
        enough = end - start >= _SHORTEST_CLAUSE and len(sentence) - end >= _SHORTEST_CLAUSE
        if enough and not _inside(asides, opens, end):
            parts.append(sentence[start:end])
            start = end
    return [*parts, sentence[start:]]
