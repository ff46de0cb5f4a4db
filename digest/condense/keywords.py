"""Three names or terms that tell what an article is about.

Candidates are names as they are written (Latin names keep their version: "Qwen-Image-2.0") and
content words. They are weighed by how often and where they stand, proper names first.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from digest.condense.cues import word_list
from digest.condense.names import OFFICE_BEFORE, Name
from digest.condense.sentences import STOP_WORDS, Reading
from digest.model import Article
from digest.regexes import regex
from digest.text.number_tables import UNIT_SYMBOLS
from digest.text.segmentation import commonness, tag

MOST_KEYWORDS = 3

_TITLE, _LEAD, _PROPER = 2.2, 1.3, 1.8
_LOOKED_AT = 60  # sentences; keywords do not change after that
# Not \w, which Chinese characters are too: "AI读片一年" is a name and a clause.
_LETTERS = r"[A-Za-z0-9_\u00c0-\u024f]"
_LATIN = rf"[A-Za-z\u00c0-\u024f]{_LETTERS}*(?:[.\-+'’/&]{_LETTERS}+)*\+*"
_NAME_TOKEN = regex(_LATIN)
_SENTENCE_END = regex(r"[.!?:\"“”]\s*$")
_CAMEL = regex(r"[a-z][A-Z]")
# A maker's name goes on in Chinese: LG电子.
_LATIN_IN_HAN = regex(
    rf"(?<![A-Za-z0-9.])(?:\d{{2,4}}(?=[A-Z]{{2}}))?{_LATIN}"
    r"(?: (?:[A-Z][A-Za-z0-9_.+\-]*|\d[A-Za-z0-9_.\-]*))*"
    r"(?:\s?(?:电子|集团|汽车|科技)(?=[\u4e00-\u9fff\s，。、（）]|$))?"
)
_NUMBERED = regex(
    r" (\d{1,4}(?:\.\d+)?[A-Za-z]{0,3})(?![\w.,%:]|\s?(?:%|percent|million|billion|[a-z]+s\b))"
)
_HAN = regex(r"[\u4e00-\u9fff]")
_MANY = regex(r"[多数几各][项个种款家名位条类]")
_BOOK = regex(r"《([^《》]{2,15})》")
_ZH_PROPER = frozenset({"nr", "ns", "nt", "nz", "nrt", "nrfg", "eng"})
_ZH_TERM = frozenset({"n", "vn", "j", "an", "ng", "nw"})
_ZH_FIRST = _ZH_PROPER | _ZH_TERM | {"a", "b", "x", "m", "v"}  # of two that make one term
_ZH_SECOND = _ZH_PROPER | _ZH_TERM | {"v", "a"}
_SHORTEST_LATIN = 2
_OFTEN = 3
_MOSTLY = 0.75
_TOTAL = 60_000_000  # words counted by the segmenter's dictionary
_LINKS = frozenset({"of", "for", "de", "van", "von", "del", "da", "al"})
_UNITS = frozenset(UNIT_SYMBOLS.split("|"))
_GENERIC = word_list("generic_words")
_NO_NAMES = word_list("no_names")


def find_keywords(
    article: Article, reading: Reading, title: str, names: Sequence[Name] = ()
) -> tuple[str, ...]:
    """At most three keywords, the strongest first, none contained in another.

    `names` are those of the article: in Chinese they are kept whole where the segmenter would
    take them apart.
    """
    sentences = [one.opening for one in reading.usable][:_LOOKED_AT] or [
        one.opening for one in reading.sentences[:3]
    ]
    weights: dict[str, float] = {}
    chinese = article.lang == "zh"
    texts = [title, *sentences]
    counts, proper = _chinese(texts, names) if chinese else _spaced(texts)
    _add_titled(counts, proper, title, () if chinese else names)
    lead = " ".join(sentences[:2])
    folded = title.casefold()
    refused = {part.casefold() for part in (article.site, article.author) if part}
    for name, count in counts.items():
        in_title = name in title or name.casefold() in folded
        if count == 1 and not in_title:  # once in the body is chance
            continue
        if name.casefold() in refused or not _allowed(name):
            continue
        weight = math.log1p(count) * (_TITLE if in_title else 1.0)
        weight *= _LEAD if name in lead else 1.0
        weight *= _PROPER if name in proper else _rarity(name, chinese=chinese)
        weights[name] = weight
    return _distinct(sorted(weights, key=lambda name: (-weights[name], name)))


def _add_titled(counts: Counter[str], proper: set[str], title: str, names: Sequence[Name]) -> None:
    """Take in the names of a title in Title Case, where capitals alone tell nothing."""
    for name in names:
        if name.kind and name.text in title and not any(name.text in one for one in proper):
            counts[name.text] = max(counts[name.text], len(name.sentences), 1)
            proper.add(name.text)


def _distinct(ranked: Iterable[str]) -> tuple[str, ...]:
    kept: list[str] = []
    for name in ranked:
        folded = name.casefold()
        if any(folded in other.casefold() or other.casefold() in folded for other in kept):
            continue
        kept.append(name)
        if len(kept) == MOST_KEYWORDS:
            break
    return tuple(kept)


def _allowed(name: str) -> bool:
    folded = name.casefold().replace("’", "'")
    if folded in _GENERIC or folded in STOP_WORDS or name in _NO_NAMES:
        return False
    if name.split(" ", maxsplit=1)[0].lstrip("0123456789") in _UNITS:
        return False
    if name[0] in "每亿万" or name.endswith(("先生", "女士")):
        return False
    if folded.startswith(("i'", "it's", "we'", "you'")):
        return False
    letters = sum(1 for letter in name if letter.isalpha())
    return letters >= _SHORTEST_LATIN and not (_HAN.search(name) and len(name) < _SHORTEST_LATIN)


def _rarity(name: str, *, chinese: bool) -> float:
    """0.5 for the commonest words up to 1.4 for words that no dictionary knows."""
    if not chinese:
        verbal = name.endswith(("ed", "ing")) and " " not in name
        return 1.0 if " " in name else 0.45 if verbal else 0.7
    if not _HAN.search(name):
        return 1.0
    return 0.4 + math.log(_TOTAL / max(1, commonness(name))) / 18


# --- spaced scripts ---------------------------------------------------------------------


def _spaced(texts: list[str]) -> tuple[Counter[str], set[str]]:
    lowered = Counter(
        word for text in texts[1:] for word in re.findall(r"\b[a-z][a-z\-]{3,}\b", text)
    )
    names: Counter[str] = Counter()
    for place, text in enumerate(texts):
        if place or not _in_title_case(text):
            names.update(_names_in(text, lowered, title=place == 0))
    names = _joined(_without_starts(names))
    terms = Counter(
        {
            word: count
            for word, count in lowered.items()
            if count >= _OFTEN or word in texts[0].lower()
        }
    )
    terms = Counter(
        {word: count for word, count in terms.items() if word not in _GENERIC | STOP_WORDS}
    )
    terms.update(_pairs(texts[1:], terms))
    known = {name.casefold() for name in names}
    return names + Counter({w: c for w, c in terms.items() if w not in known}), set(names)


def _in_title_case(title: str) -> bool:
    """Whether most words have a capital, so that capitals tell nothing."""
    found = [word for word in _NAME_TOKEN.findall(title) if word.lower() not in STOP_WORDS]
    capitals: int = sum(word[0].isupper() for word in found)
    return capitals > _MOSTLY * len(found)


def _names_in(text: str, lowered: Counter[str], *, title: bool) -> Iterator[str]:
    """Runs of capitalised words. A title in Title Case says nothing, so its words must recur."""
    tokens = list(_NAME_TOKEN.finditer(text))
    run: list[re.Match[str]] = []
    for place, token in enumerate(tokens):
        word = token.group()
        at = token.start()
        first = place == 0 or bool(_SENTENCE_END.search(text, max(0, at - 3), at))
        capital = word[0].isupper() or bool(_CAMEL.search(word))
        plain = word.lower() in lowered or word.lower() in STOP_WORDS or word in _NO_NAMES
        if capital and not ((first or title) and plain) and word not in _NO_NAMES:
            apart = run and text[run[-1].end() : token.start()] != " "
            if run and (apart or run[-1].group().endswith(("'s", "’s"))):
                yield _name(text, run)
                run = []
            run.append(token)
        elif not (
            run
            and word in _LINKS
            and place + 1 < len(tokens)
            and tokens[place + 1].group()[0].isupper()
        ):
            if run:
                yield _name(text, run)
            run = []
    if run:
        yield _name(text, run)


def _name(text: str, run: list[re.Match[str]]) -> str:
    while len(run) > 1 and (office := OFFICE_BEFORE.match(text, run[0].start())):
        rest = [token for token in run if token.start() >= office.end()]
        if not rest:
            break
        run = rest  # Prime Minister Benjamin Netanyahu is a man, not a name of four words
    start, end = run[0].start(), run[-1].end()
    if numbered := _NUMBERED.match(text, end):
        end = numbered.end(1)
    return re.sub(r"['’]s$", "", text[start:end])


def _without_starts(names: Counter[str]) -> Counter[str]:
    """Names of one mention whose first word only begins a sentence: Somehow Netflix."""
    kept = Counter(names)
    for name in names:
        first, _, rest = name.partition(" ")
        if names[name] == 1 and names.get(rest, 0) > 1 and first not in names:
            kept[rest] += kept.pop(name)
    return kept


def _joined(names: Counter[str]) -> Counter[str]:
    """Count a short form ("Altman") for the one longer name that contains it ("Sam Altman")."""
    joined = Counter(names)
    for short in names:
        if " " in short:
            continue
        longer = [name for name in names if name != short and short in name.split(" ")]
        if len(longer) == 1 and names[longer[0]] * 4 >= names[short]:
            joined[longer[0]] += joined.pop(short)
    return joined


def _pairs(texts: list[str], terms: Counter[str]) -> Counter[str]:
    found: Counter[str] = Counter()
    for text in texts:
        # Short words too: "expected to reach" holds no "expected reach".
        row = re.findall(r"[a-z][a-z\-]*|[^\sa-z]+", text)
        for first, second in pairwise(row):
            if (
                first in terms
                and second.rstrip("s")
                and second not in STOP_WORDS
                and second in terms
            ):
                found[f"{first} {second}"] += 1
    return Counter({pair: count for pair, count in found.items() if count > 1})


# --- Chinese ----------------------------------------------------------------------------


def _chinese(texts: list[str], names: Sequence[Name]) -> tuple[Counter[str], set[str]]:
    seen: list[str] = []  # counted once: a Counter that grows by few at a time is slow
    rows: list[list[tuple[str, str]]] = []
    known = _whole_names(names)
    for whole in texts:
        found = known.findall(whole)
        text = known.sub(" ", whole) if found else whole
        latin = [match.group().strip() for match in _LATIN_IN_HAN.finditer(text)]
        seen += [*found, *latin, *_BOOK.findall(text)]
        rows.append(tag(_LATIN_IN_HAN.sub(" ", text) if latin else text))
    proper = set(seen)
    for row in _merged(rows):
        for word, kind in row:
            if len(word) > 1 and (kind in _ZH_PROPER or kind in _ZH_TERM) and _HAN.search(word):
                seen.append(word)
                if kind in _ZH_PROPER:
                    proper.add(word)
    return Counter(seen), proper


def _whole_names(names: Sequence[Name]) -> re.Pattern[str]:
    """The Chinese names that are no places, the longest first; it may match nothing."""
    spelled = {name.text for name in names if name.kind != "place" and _HAN.search(name.text)}
    longest = sorted(spelled, key=lambda text: (-len(text), text))
    return re.compile("|".join(map(re.escape, longest)) or r"(?!)")


def _merged(rows: list[list[tuple[str, str]]]) -> list[list[tuple[str, str]]]:
    """Join neighbours that nearly always stand together: 具身 + 智能 → 具身智能."""
    for _ in range(2):
        single = Counter([word for row in rows for word, _ in row])
        pairs = Counter(
            [
                pair
                for row in rows
                for pair in pairwise(row)
                if pair[1][1] in _ZH_SECOND and pair[0][1] in _ZH_FIRST
            ]
        )
        strong = {
            (one[0], other[0])
            for (one, other), count in pairs.items()
            if count > 1
            and count >= 0.6 * min(single[one[0]], single[other[0]])
            and _mergeable(one, other)
        }
        if not strong:
            break
        rows = [_merge_row(row, strong) for row in rows]
    return rows


def _mergeable(one: tuple[str, str], other: tuple[str, str]) -> bool:
    if one[1] not in _ZH_FIRST or other[1] not in _ZH_SECOND:
        return False
    if one[1] == "v" and len(one[0]) > 1:  # one letter: a piece of a name no dictionary can know
        return False
    word, following = one[0], other[0]
    if _MANY.match(word) or _MANY.match(following):  # 领域 + 多项 + 纪录
        return False
    if word in STOP_WORDS or following in STOP_WORDS or following in _GENERIC:
        return False
    if not (_HAN.search(word) and _HAN.search(following)) or len(word + following) > 8:  # noqa: PLR2004
        return False
    # 大规模 + 传播 is a clause, not a term: only a noun may stand last, or one piece of a name.
    return other[1] not in {"v", "a", "vn"} or len(word) == 1


def _merge_row(row: list[tuple[str, str]], strong: set[tuple[str, str]]) -> list[tuple[str, str]]:
    joined: list[tuple[str, str]] = []
    for word, kind in row:
        if joined and (joined[-1][0], word) in strong:
            first = joined.pop()
            name = first[1] if first[1] in _ZH_PROPER else kind if kind in _ZH_PROPER else "n"
            joined.append((first[0] + word, name))
        else:
            joined.append((word, kind))
    return joined
