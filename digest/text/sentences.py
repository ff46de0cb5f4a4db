"""Paragraphs into whole sentences, in scripts with and without spaces.

A candidate is a stop with its closing quotes and brackets. It is refused where the stop belongs
to an abbreviation, an initial or a list number, inside titles and short quotations, and where
the attribution of a quotation follows.
"""

import re
from bisect import bisect_right

from digest.text.language import is_cjk
from digest.text.vocabulary import word_set

_CLOSERS = "\"'”’）)\\]】」』》〉»"
_CANDIDATE = re.compile(
    rf"(?P<wide>[。！？｡]+|…+(?=[{_CLOSERS}“「\s]|$))[！？…]*(?P<wide_close>[{_CLOSERS}]*)"
    rf"|(?P<thin>[.!?।॥؟۔]+|(?<=\S)…)(?P<close>[{_CLOSERS}]*(?:\[\d+\])*)"
    r"(?=\s|$|(?P<glued>[\u3400-\u9fff“「])|(?P<run_on>[A-Z][A-Za-z]*\b))"
)
_SEMICOLON = re.compile("；")
_WIDE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_WIDE_OR_MARK = re.compile(r"[\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef“”‘’…—]")

_PAIRS = {"《": "》", "（": "）", "(": ")", "[": "]", "【": "】", "“": "”", "「": "」", "『": "』"}
_CLOSING = frozenset(_PAIRS.values())
_QUOTES = frozenset('“「『"')
_LONGEST_ASIDE = 240  # characters; a longer quotation or bracket is cut at its own stops
_LONGEST_BEFORE_SEMICOLON = 160  # longer Chinese sentences are cut at their semicolons
_SHORTEST_CLAUSE = 12

_NEVER_LAST = word_set(
    "mr mrs ms dr prof gen sen rep gov lt col capt sgt rev hon pres supt messrs mme mlle st mt ",
    "ft e.g i.e eg ie cf vs v viz fig figs eq eqs sec ch vol pp ed eds al approx ca incl excl ",
    "esp resp dept govt univ assn bros ave blvd rd tel ext art ver",
)
_SELDOM_LAST = word_set(
    "inc ltd corp co plc llc jr sr phd ph.d m.d d.c u.s u.k u.n e.u u.s.a a.m p.m etc est ",
    "jan feb mar apr jun jul aug sept sep oct nov dec mon tue tues wed thu thur thurs fri sat ",
    "sun b.c a.d b.a m.a b.s m.s n.y l.a s.a a.i",
)
_BEFORE_DIGITS = word_set(
    "no nos p pg art cap fig vol jan feb mar apr jun jul aug sep sept oct nov dec",
)
_STARTERS = word_set(
    "The A An In On At It Its It's He She We They I You This That These Those There Here But And ",
    "So Yet Or If When While As After Before Since For From With Without By To Of However ",
    "Meanwhile Moreover Also Although Though Despite During Under Over According Some Many Most ",
    "All Both Each Every One Two Three Our Their His Her My Your What Who How Why Where Which ",
    "Then Now Today Still Even Once Until Because Instead Earlier Later Last Next Another Such ",
    "No Not Other Others Let's Let Users Researchers Officials Analysts Experts",
)
_INITIAL = re.compile(r"^[A-Z]$|^(?:[A-Z]\.)+[A-Z]$")
_BRAND = re.compile(r"^[a-z]{1,3}[A-Z]")
_LIST_NUMBER = re.compile(r"^[\s(（#*\-]*(?:\d{1,3}|[a-zA-Z]|[ivxIVX]{1,5})$")
_LAST_TOKEN = re.compile(r"[^\s(（\[“\"'‘「/—–,，、]+$")
_NEXT_TOKEN = re.compile(r"[\s\"'“‘(（\[「*•\-–—]*([^\s]*)")
_SPEECH = re.compile(
    r"^[^，。！？：；“”、\n]{0,24}?"
    r"(?:说|说道|表示|称|道|问|答|指出|写道|认为|告诉[^，。：]{0,12}|强调|透露|坦言|介绍|回应|补充|直言|解释|笑道|感叹)"
    r"[，。：！？]"
)
_MIN_PLAIN_WORD = 5
_MIN_RUN_ON = 4  # words before it
_NEAR = 3000  # characters around it that are looked at
_DOMAINS = word_set("Com Net Org Io Ai Js Py Co Go Rs Cpp App Dev")
_SPACELESS = re.compile(
    r"[a-z]{2}[.!?]+[\"”]?(?:The|It|He|She|They|We|In|On|At|But|And|An?|This|That|If|As|After|For|With|By"
    r"|According|However|Earlier|When|While|There|His|Her|You|Its|Their)\s"
)
_PROSE = re.compile(r"[A-Z][\w'’-]*[,:|]?\s?[^\W_]")


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
        found.extend(_split_line(tidy, keep_spaces=not glue))
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


def _split_line(line: str, *, keep_spaces: bool) -> list[str]:
    sentences: list[str] = []
    start = 0
    for end in _ends(line):
        sentence, rest = line[start:end], line[end:]
        gap = len(rest) - len(rest.lstrip())
        if gap and keep_spaces and rest.strip() and not _touch(sentence, rest.lstrip()):
            sentence += " "
        sentences.append(sentence)
        start = end + gap
    if start < len(line):
        sentences.append(line[start:])
    return [part for sentence in sentences for part in _at_semicolons(sentence)]


def _touch(before: str, after: str) -> bool:
    return bool(_WIDE_OR_MARK.match(before[-1]) or _WIDE_OR_MARK.match(after[0]))


def _ends(line: str) -> list[int]:
    asides = _asides(line)
    opens = [start for start, _ in asides]
    ends: list[int] = []
    start = 0
    for match in _CANDIDATE.finditer(line):
        end = match.end()
        if end >= len(line.rstrip()) or not line[start:end].strip(" .…"):
            continue
        if _inside(asides, opens, end):
            continue
        good = _wide_end(line, match) if match.group("wide") else _thin_end(line, start, match)
        if good:
            ends.append(end)
            start = end
    return ends


def _wide_end(line: str, match: re.Match[str]) -> bool:
    closers = match.group("wide_close")
    rest = line[match.end() : match.end() + 48]
    if not closers:
        return True
    if rest[:1] in "，、；：,;:的":
        return False
    if closers[0] in '”」』"' and _SPEECH.match(rest):
        return False
    if match.group("wide")[0] in "！？" and not rest[:1].isspace():
        opening = line.rfind("“", 0, match.start())
        # A question quoted in the middle of a clause is a part of that clause.
        return opening < 1 or not _WIDE.match(line[opening - 1])
    return True


def _thin_end(line: str, start: int, match: re.Match[str]) -> bool:
    stop, before = match.group("thin"), line[max(start, match.start() - 60) : match.start()]
    following = _NEXT_TOKEN.match(line, match.end())
    word = following.group(1)[:40] if following else ""
    if match.group("glued"):
        return bool(before and _WIDE.match(before[-1]))
    if match.group("run_on"):
        return _is_run_on(line, before, match)
    if before[-1:].isspace():
        # Text of a tokenizer (" . "), where small letters may follow too.
        return True
    if stop != ".":
        return not word[:1].islower() or bool(_BRAND.match(word))
    return _full_stop_ends(line[start : match.start()], before, word)


def _is_run_on(line: str, before: str, match: re.Match[str]) -> bool:
    """Whether a stop with no space after it ends a sentence ("… said.The …"), not a name."""
    token = _LAST_TOKEN.search(before)
    word = match.group("run_on")
    if not token or len(word) == 1:
        return False
    if word in _STARTERS:
        return token.group().isalnum()
    # Any other word ("… the town.Windows were …") only where the text is known to lack spaces:
    # programmers write "collections.Counter" in a sentence too.
    return (
        before.count(" ") >= _MIN_RUN_ON
        and word not in _DOMAINS
        and bool(_PROSE.match(line, match.end()))
        and bool(_SPACELESS.search(line, max(0, match.start() - _NEAR), match.end() + _NEAR))
    )


def _full_stop_ends(sentence: str, before: str, word: str) -> bool:
    token_match = _LAST_TOKEN.search(before)
    token = token_match.group() if token_match else ""
    plain = token.lower()
    if _LIST_NUMBER.match(sentence[:12]) and len(sentence) <= 12:  # noqa: PLR2004 - "(12" or "iv"
        return False
    if plain in _BEFORE_DIGITS and word[:1].isdigit():
        return False
    if plain in _NEVER_LAST:
        return False
    if plain in _SELDOM_LAST or _INITIAL.match(token):
        return word.rstrip(",") in _STARTERS
    if word[:1].islower() and not _BRAND.match(word):
        return len(token) >= _MIN_PLAIN_WORD and token.isalpha() and token.islower()
    return True


def _asides(line: str) -> list[tuple[int, int]]:
    """The outermost brackets and quotations, as (start, end), without overlong ones."""
    found: list[tuple[int, int]] = []
    stack: list[tuple[int, str]] = []
    straight = -1
    for place, letter in enumerate(line):
        if letter in _PAIRS:
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
