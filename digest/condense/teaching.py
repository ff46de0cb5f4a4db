"""What an article teaches about names: which ones it uses, and both spellings where it gives them.

英伟达（NVIDIA）, Norvex（诺维）: a pair stands in so many words. Storage counts how many articles
of how many sources say the same before a name counts as known (see storage/names.py).
"""

from collections.abc import Iterator, Sequence

from digest.condense.cues import word_list
from digest.condense.gazetteer import standard
from digest.condense.names import LOOKED_AT, Name
from digest.condense.sentences import STOP_WORDS, Reading
from digest.model import NameSeen
from digest.regexes import regex
from digest.text.segmentation import commonness, tag

MOST_TAUGHT = 12

_LONGEST, _SHORTEST = 40, 2
_TELLING = frozenset({"company", "institution", "product"})
_LATIN = r"[A-Z][A-Za-z0-9.&'’\-]*(?: [A-Za-z0-9][A-Za-z0-9.&'’\-]*){0,4}"
_CHINESE_FIRST = regex(
    rf"(?P<before>[^，。；：:、！？（()）\s]{{2,24}})\s?[（(](?P<latin>{_LATIN})"
    r"(?:[，,；;][^（()）]{0,60})?[）)]"
)
_LATIN_FIRST = regex(rf"(?P<latin>{_LATIN})\s?[（(](?P<zh>[\u4e00-\u9fff·]{{2,10}})[）)]")
_IN_QUOTES = regex(r"[“「](?P<name>[\u4e00-\u9fff·]{2,10})[”」]$")
_HAN = regex(r"[\u4e00-\u9fff]")
_LONGEST_ALONE = 6  # characters of an unknown name that begins its clause
_TITLE = regex(
    r"(?:官|长|总裁|经理|主席|总理|总统|公司|集团|企业|商|品牌|人|者|教授|员|家|手|平台|机构|巨头)$"
)
_ACRONYM = regex(r"[A-Z]{1,5}")  # GW, LLM: a unit or a term unless it has a maker's name
_ONE_SCRIPT = regex(r"[\u4e00-\u9fff·]+|[^\u4e00-\u9fff]+")
_SMALL_KINDS = frozenset({"c", "p", "d", "r", "t", "m", "uj", "f"})
_COMMON = 300  # the segmenter's count from which a word is no unknown name
_GENERIC, _NO_NAMES = word_list("generic_words"), word_list("no_names")


def taught_by(reading: Reading, title: str, names: Sequence[Name]) -> tuple[NameSeen, ...]:
    """At most twelve names that other articles may profit from, pairs first.

    Places and what gazetteer.toml has are left out; a name without a pair must be in the title or
    in two sentences, and say of what sort it is.
    """
    found = {one.text: one for one in _pairs(reading, names)}
    for name in names:
        often = name.text in title or len(name.sentences) > 1
        telling = name.kind in _TELLING or (name.kind == "person" and name.text in title)
        if often and telling and _may_be_kept(name.text):
            found.setdefault(name.text, NameSeen(name.text, name.kind))
    return tuple(found.values())[:MOST_TAUGHT]


def _pairs(reading: Reading, names: Sequence[Name]) -> Iterator[NameSeen]:
    kinds = {name.text: name.kind for name in names}
    for one in reading.usable[:LOOKED_AT]:
        text = one.opening
        if not _HAN.search(text) or not ("（" in text or "(" in text):
            continue
        for chinese, latin in (*_chinese_first(text, kinds), *_latin_first(text)):
            kind = kinds.get(chinese) or kinds.get(latin) or ""
            if not kind and _ACRONYM.fullmatch(latin):
                continue
            if kind != "place" and _may_be_kept(chinese) and _may_be_kept(latin):
                yield NameSeen(chinese, kind, latin)
                yield NameSeen(latin, kind, chinese)


def _chinese_first(text: str, kinds: dict[str, str]) -> Iterator[tuple[str, str]]:
    for match in _CHINESE_FIRST.finditer(text):
        before = match.group("before")
        quoted = _IN_QUOTES.search(before)
        known = max((name for name in kinds if _ends(before, name)), key=len, default="")
        if quoted or known:
            yield (quoted.group("name") if quoted else known), match.group("latin")
        elif (alone := _without_start(before)) and _is_unknown(alone):
            yield alone, match.group("latin")


def _latin_first(text: str) -> Iterator[tuple[str, str]]:
    for match in _LATIN_FIRST.finditer(text):
        if _is_unknown(match.group("zh")):
            yield match.group("zh"), match.group("latin")


def _ends(before: str, name: str) -> bool:
    """Whether `before` ends with a Chinese name that nothing before it belongs to.

    环球晶圆 is no 晶圆, and 菲吉·西莫 no 西莫.
    """
    if not _HAN.search(name) or not before.endswith(name):
        return False
    rest = before[: -len(name)]
    if not rest or rest[-1] in "”」》":
        return True
    if not _HAN.match(rest[-1]):
        return rest[-1] not in "·•-"
    word, kind = tag(rest)[-1]
    return kind in _SMALL_KINDS or kind == "v" or bool(_TITLE.search(word))


def _without_start(before: str) -> str:
    """A clause's beginning without the small words that lead it: 与 + 芯原微; "" when long."""
    pieces = tag(before)
    while pieces and pieces[0][1] in _SMALL_KINDS:
        pieces = pieces[1:]
    alone = "".join(word for word, _ in pieces)
    return alone if _SHORTEST <= len(alone) <= _LONGEST_ALONE else ""


def _is_unknown(chinese: str) -> bool:
    """Whether no common word is in it, so that it can only be a name."""
    pieces = tag(chinese)
    return bool(_HAN.fullmatch(chinese[:1])) and all(
        kind in {"nr", "nz", "nt", "nrt", "ns"} or commonness(word) < _COMMON
        for word, kind in pieces
        if len(word) > 1
    )


def _may_be_kept(name: str) -> bool:
    entry = standard().get(name)
    folded = name.casefold()
    return (
        entry is None
        and _SHORTEST <= len(name) <= _LONGEST
        and bool(_ONE_SCRIPT.fullmatch(name) or not _HAN.match(name))
        and name not in _NO_NAMES
        and folded not in _GENERIC
        and folded not in STOP_WORDS
    )
