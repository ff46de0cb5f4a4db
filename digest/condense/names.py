"""The names of an article: people, organisations, products, models with their versions.

Latin names are runs of capitalised words with the version behind them ("Qwen-Image-2.0",
"GPT-5.1 mini", "M4 Max"); a word that only begins a sentence is none unless the text has it
elsewhere. Chinese names are those of the gazetteer, what the segmenter takes for names, and
companies in quotation marks.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from digest.condense.cues import word_list
from digest.condense.gazetteer import Gazetteer, standard
from digest.condense.sentences import STOP_WORDS, Reading
from digest.regexes import regex
from digest.text.language import is_cjk
from digest.text.segmentation import commonness, tag
from digest.text.vocabulary import word_set

LOOKED_AT = 60
"""Sentences searched for names; those that matter stand before them."""

_TAGGED = 15  # Chinese sentences that are segmented for names nobody knows
_LETTER = r"[A-Za-z0-9\u00c0-\u024f]"
_CAPITAL = (
    rf"(?:[A-Z\u00c0-\u00de]{_LETTER}*|(?<![A-Za-z])[a-z]{{1,2}}[A-Z]{_LETTER}*)"
    rf"(?:[.\-+'’&/]{_LETTER}+)*\+*"
)
_NUMERAL = r"[vV]?\d{1,4}(?:\.\d{1,3}){0,3}[A-Za-z]{0,3}"
# What follows a numeral that counts or measures and so is no version. A digit or a part of the
# same number may not follow either.
_NO_VERSION = (
    r"(?![\w.,:/\-]*\d|[%％‰°+]|\s?(?:%|per|percent|million|billion|trillion|bn|st\b|nd\b|rd\b|th\b)"
    r"|[ -][a-z]+s\b|\s?[年月日号个款项台名家万亿千百元倍人次岁点时分秒天周届条种位美米公克度])"
)
_VARIANT = (
    r"(?:mini|nano|micro|lite|pro|max|plus|ultra|turbo|flash|preview|beta|alpha|instruct|chat"
    r"|Mini|Nano|Lite|Pro|Max|Plus|Ultra|Turbo|Flash|Preview|Beta|SE|Air|Fold|Flip|Gen \d|Super"
    r"|Ti|LTS|RC\d?)\b"
)
_LINK = r"(?:of|of the|de|del|van|von|van der|von der|da|al|bin|&|and the)"
_RUN = regex(
    rf"(?<![A-Za-z0-9_/@.\-]){_CAPITAL}"
    rf"(?: (?:{_LINK} )?{_CAPITAL})*"
    rf"(?:(?: {_NUMERAL}{_NO_VERSION})(?: {_VARIANT}| {_CAPITAL})*|(?<=\d)(?: {_VARIANT})+)?"
)
_ZH_VERSION = regex(
    rf"\s?(?:[A-Za-z]{{0,6}}[\- ]?{_NUMERAL}{_NO_VERSION}|(?={_VARIANT}))(?: ?{_VARIANT})*"
)
_POSSESSIVE = regex(r"['’]s$")
# Between two names that stand side by side: a genitive, or the small words of Title Case.
_SEAM = regex(
    r"((?<=['’]s) | (?:Of|The|In|To|And|For|With|On|At|By|From|Is|Are|As|Its|Over|After|Into|Will)"
    r" )"
)
_OF = regex(r"^(?P<head>[A-Z][a-z]+) of (?:the )?(?=[A-Z])")
_HEADS_OF = word_set(
    "University Bank Institute Ministry Department House State Bureau Council Court Church City ",
    "College School Board Chamber Republic Kingdom Isle Gulf Bay Museum Academy Office",
)
_SENTENCE_START = regex(r"(?:^|[.!?:。！？：;；|•–—]\s*|[\"“‘「『（(\[]\s*)$")
_LOWER = regex(r"\b[a-z][a-z\-]{2,}\b")
_TITLED = regex(
    r"\b(?:Mr|Mrs|Ms|Dr|Prof|Sir|CEO|President|Minister|Chancellor|Senator|Judge|Professor)\.?\s$"
)
_SPEAKS = regex(r",? (?:said|says|told|wrote|added|tweeted|argued|explained)\b")
_SUFFIX = {
    "company": regex(
        r"(?: (?:Inc|Corp|Ltd|LLC|Group|Technologies|Labs?|Bank|Motors?|Holdings|Systems"
        r"|Airlines|Ventures|Capital|Software|Robotics|Therapeutics|Pharmaceuticals)\b\.?"
        r"|(?:科技|集团|股份|汽车|银行|证券|资本|智能|半导体|电子|航空|能源))$"
    ),
    "institution": regex(
        r"(?:^(?:University|Institute|Ministry|Department|Bank) of\b"
        r"| (?:University|Institute|Commission|Ministry|Court|Council|Agency|Foundation"
        r"|Committee)$"
        r"|(?:大学|学院|研究院|研究所|委员会|法院|基金会|部|局|协会)$)"
    ),
}
_OFFICES = (
    r"(?:(?:Former |Vice |Deputy |Acting )?"
    r"(?:(?:Prime|Foreign|Finance|Home|Defen[cs]e|Health|Chief) Minister"
    r"|President|Chief Justice|Chief Executive|Chancellor|Senator|Minister|Judge|Governor"
    r"|Mayor|Pope|King|Queen|Prince|Princess|Secretary of State|Attorney General|Speaker|Justice"
    r"|Representative|Congressman|Congresswoman|(?:House |Senate )?(?:Majority|Minority) Leader)"
    r"|Mr|Mrs|Ms|Dr|Prof|Professor|Sir|Lord|Lady|CEO|CFO|CTO|CM|PM)\.? "
)
OFFICE_BEFORE = regex(_OFFICES)
"""An office or a form of address before a person's name."""
_OFFICE = regex(
    rf"{_OFFICES}(?P<name>[A-Z][\w'’\-]+(?: (?:de |van |von )?[A-Z][\w'’\-]+){{0,2}})$"
)
_SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏"
    "魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵"
    "万钱严覃武戴莫孔向汤常温康施洪尤倪俞"
)
_TRANSCRIBED = frozenset(
    "阿埃艾爱安奥巴贝比宾波伯博布查达戴丹德登迪蒂杜多厄恩尔法菲费芬弗福盖戈格哈海汉赫亨霍基吉加杰"
    "金卡凯坎科克肯库拉莱兰劳勒雷里利琳林卢鲁伦罗洛马玛迈麦曼梅门蒙米密莫默姆穆纳奈内尼涅努诺欧帕"
    "佩皮普乔齐奇切琼瑞若萨塞森沙施史斯司苏索塔泰坦汤特廷图托瓦万威韦维温文沃乌伍西希夏谢辛休雅亚"
    "扬耶伊因尤约扎詹珍朱兹佐迦娅妮娜莎莉丽茨泽什顿逊朗"
)
# A company in quotation marks: 公司“灵筑”, 「灵筑」完成 B 轮融资.
_QUOTED_NAME = regex(
    r"(?:公司|企业|品牌|厂商|机构)[“「](?P<led>[^“”「」，。、；！？：\s]{2,12})[”」]"
    r"|[“「](?P<raising>[^“”「」，。、；！？：\s]{2,12})[”」]"
    r"(?=[^，。“”「」]{0,6}(?:完成|获)[^，。]{0,16}(?:融资|投资))"
)
_NUMBERED = regex(r"[一二三四五六七八九十]+号|\d{1,3}号")  # 嫦娥七号
_COMMON_WORD = 2000  # the segmenter's count from which a word before a number names nothing
_PERSON_WORDS = (2, 3)
_ZH_NAMES = {"nr": "person", "nrt": "person", "nrfg": "person", "nt": "institution", "nz": ""}
# Ordinals, money, grades and years behind a name make no product of it.
_NO_PRODUCT = regex(r"\d|Rs\d|[A-Z]\d?$|(?:Q|FY|H)\d|\w+ (?:19|20)\d\d$|COVID|Covid|G\d+$")
_MADE = regex(
    r"(?:科技|集团|公司|股份|大学|研究院|银行|汽车|资本|机车|重工|医疗|生物|医药|光电|动力|影业|航天)$"
)
_ZH_PERSON = (2, 3)
_MAKERS = word_set(
    "科技 集团 公司 股份 大学 研究院 银行 汽车 资本 机车 重工 医疗 生物 医药 光电 动力 影业 航天",
)
_NO_NAMES = word_list("no_names")
_GENERIC = word_list("generic_words")
_LONGEST = 60
_MOST_HEAD = 8  # words of a maker's name
_LONGEST_HEADLINE = 2000  # characters that are searched for names
_HAN = regex(r"[\u4e00-\u9fff]")


@dataclass(frozen=True, slots=True)
class Name:
    """A name as the article writes it, in which of its sentences, and of what sort.

    `kind`: company, institution, product, person, place or "" (not known). `sentences` ascend;
    they are empty for a name that only the title has. `zh` is the Chinese spelling in use where
    the gazetteer has one.
    """

    text: str
    kind: str
    sentences: tuple[int, ...]
    zh: str = ""


@dataclass(slots=True)
class _Found:
    places: list[int] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    certain: bool = True  # known or built like a name; else it must come twice
    inside: bool = False  # seen in the middle of a sentence, or unlike any common word


def find_names(
    reading: Reading, title: str = "", gazetteer: Gazetteer | None = None
) -> tuple[Name, ...]:
    """The names of an article, those of the title first, then by how many sentences have them.

    Each stands in the article letter by letter. The title adds only names that are known or that
    the text has too: in a title every word may be capitalised.
    """
    known = gazetteer or standard()
    rows = [(one.index, one.opening) for one in reading.usable[:LOOKED_AT]]
    lowered = {word for _, text in rows for word in _LOWER.findall(text)}
    found: dict[str, _Found] = {}
    for index, text in rows:
        for name, kind, inside in _latin(text, lowered, known):
            _note(found, name, index, kind, inside=inside)
    if is_cjk(reading.lang) or any(_HAN.search(text) for _, text in rows[:3]):
        for index, name, kind in _chinese(rows, known):
            _note(found, name, index, kind, inside=True)
            tagged = _HAN.match(name) and known.get(name) is None and not _MADE.search(name)
            found[name].certain = not tagged or kind in {"product", "company"}
    names = [
        _name(text, one, known)
        for text, one in found.items()
        if one.inside and (one.certain or len(set(one.places)) > 1 or text in title)
    ]
    names += _title_only(title, {name.text for name in names}, lowered, known)
    return tuple(sorted(names, key=lambda it: (it.text not in title, -len(it.sentences))))


def names_in(text: str) -> set[str]:
    """The names of a headline or another short text that are certain by themselves.

    Known ones, and products with a version. Other capitals prove nothing in a headline.
    """
    known, text = standard(), text[:_LONGEST_HEADLINE]
    found = {name for _, name, _ in _chinese([(0, text)], known, tagged=0)}
    for name, kind, _ in _latin(text, set(), known):
        entry = known.get(name)
        if (entry and entry.kind != "place") or (not entry and kind == "product"):
            found.add(name)
    return {name for name in found if (entry := known.get(name)) is None or entry.kind != "place"}


def _note(found: dict[str, _Found], name: str, index: int, kind: str, *, inside: bool) -> None:
    one = found.setdefault(name, _Found())
    if not one.places or one.places[-1] != index:
        one.places.append(index)
    if kind:
        one.kinds.append(kind)
    one.inside = one.inside or inside


def _name(text: str, one: _Found, known: Gazetteer) -> Name:
    entry = known.get(text)
    kind = entry.kind if entry else max(one.kinds, key=one.kinds.count, default="")
    zh = entry.zh if entry and entry.zh != text else ""
    return Name(text, kind, tuple(sorted(set(one.places))), zh)


def _title_only(
    title: str, taken: Iterable[str], lowered: set[str], known: Gazetteer
) -> Iterator[Name]:
    seen = set(taken)
    for text, kind, _ in (*_latin(title, lowered, known),):
        entry = known.get(text)
        certain = entry is not None or (kind == "product" and any(map(str.isdigit, text)))
        if text not in seen and certain:
            seen.add(text)
            yield Name(text, entry.kind if entry else kind, (), entry.zh if entry else "")


# --- Latin ------------------------------------------------------------------------------


def _latin(text: str, lowered: set[str], known: Gazetteer) -> Iterator[tuple[str, str, bool]]:
    """Each name with its sort and whether its place proves that it is one."""
    for match in _RUN.finditer(text):
        start = match.start()
        begins = bool(_SENTENCE_START.search(text[:start][-4:]))
        for place, run in _pieces(match.group(), known):
            if person := _person(run, known):
                yield person, "person", True
                continue
            name, first = _stripped(run, begins and place == 0, lowered, known)
            if not _fits(name, known):
                continue
            kind = _sort(name, text, start + place, known)
            sure = not (begins and place == 0 and first) or " " in name or _unlike_words(name)
            yield name, kind, sure or known.get(name) is not None


def _pieces(run: str, known: Gazetteer) -> Iterator[tuple[int, str]]:
    """The single names of a run: owner and owned ("Apple's Tim Cook"), maker and product."""
    place = 0
    for piece in _SEAM.split(run):
        if piece and not _SEAM.fullmatch(piece):
            head = _known_head(piece, known)
            if head:
                yield place, head
            rest = piece[len(head) :].lstrip()
            if rest:
                yield place + len(piece) - len(rest), _POSSESSIVE.sub("", rest)
        place += len(piece)


def _known_head(piece: str, known: Gazetteer) -> str:
    """The company or institution that leads a longer run: Intel in "Intel Core Ultra"."""
    bare = _POSSESSIVE.sub("", piece)
    if known.get(bare) is not None:
        return ""
    words = bare.split(" ")
    for count in range(min(len(words) - 1, _MOST_HEAD), 0, -1):
        head = " ".join(words[:count])
        entry = known.get(head)
        if entry and entry.kind in {"company", "institution"}:
            return head
    return ""


def _person(run: str, known: Gazetteer) -> str:
    """The name behind an office or a form of address ("Prime Minister Modi"), "" without one."""
    match = _OFFICE.match(run)
    return match.group("name") if match and known.get(run) is None else ""


def _stripped(run: str, begins: bool, lowered: set[str], known: Gazetteer) -> tuple[str, bool]:  # noqa: FBT001 - a private step
    """`run` without the words that only begin a sentence; whether its first word was kept."""
    of = _OF.match(run) if begins else None
    if of and of.group("head") not in _HEADS_OF and known.get(run) is None:
        run = run[of.end() :]  # "Shares of Norvex": the first word only begins the sentence
    words = run.split(" ")
    kept = list(words)
    while kept and known.get(" ".join(kept)) is None:
        head = kept[0]
        common = begins and len(kept) == len(words) and head.lower() in lowered
        if head in _NO_NAMES or head.lower() in STOP_WORDS or common:
            kept.pop(0)
            continue
        break
    return " ".join(kept), len(kept) == len(words)


def _fits(name: str, known: Gazetteer) -> bool:
    if known.get(name) is not None:
        return True
    letters = sum(letter.isalpha() for letter in name)
    if letters < 2 or len(name) > _LONGEST or name in _NO_NAMES:  # noqa: PLR2004 - "M4" is one
        return name[:1].isalpha() and len(name) == 2 and name[1].isdigit()  # noqa: PLR2004
    return name.casefold() not in _GENERIC and name.casefold() not in STOP_WORDS


def _unlike_words(name: str) -> bool:
    return any(map(str.isdigit, name)) or bool(re.search(r"[a-z][A-Z]|^[A-Z]{3,}$|\.\w", name))


def _sort(name: str, text: str, start: int, known: Gazetteer) -> str:
    entry = known.get(name)
    if entry:
        return entry.kind
    for kind, suffix in _SUFFIX.items():
        if suffix.search(name):
            return kind
    if re.search(r"\d", name) and not _NO_PRODUCT.match(name):
        return "product"
    words = name.split(" ")
    plain = len(words) in _PERSON_WORDS and all(word.replace("-", "").isalpha() for word in words)
    if plain and (_TITLED.search(text[:start]) or _SPEAKS.match(text, start + len(name))):
        return "person"
    return ""


# --- Chinese ----------------------------------------------------------------------------


def _chinese(
    rows: list[tuple[int, str]], known: Gazetteer, *, tagged: int = _TAGGED
) -> Iterator[tuple[int, str, str]]:
    for row, (index, text) in enumerate(rows):
        covered: list[tuple[int, int]] = []
        for match in _QUOTED_NAME.finditer(text):
            name = match.group("led") or match.group("raising")
            covered.append(match.span())
            yield index, name, "company"
        for place, spelling in known.chinese_in(text):
            entry = known.get(spelling)
            end = place + len(spelling)
            covered.append((place, end))
            yield index, spelling, entry.kind if entry else ""
            version = _ZH_VERSION.match(text, end)
            if version and version.group().strip() and entry and entry.kind != "place":
                yield index, text[place : version.end()].strip(), "product"
        if row < tagged:
            yield from ((index, *one) for one in _tagged(text, covered))


def _tagged(text: str, covered: list[tuple[int, int]]) -> Iterator[tuple[str, str]]:
    """What the segmenter takes for names; a maker's name ends with what it is (青栎 + 科技)."""
    place = 0
    pieces = tag(text)
    for number, (word, kind) in enumerate(pieces):
        start, place = place, place + len(word)
        following = pieces[number + 1][0] if number + 1 < len(pieces) else ""
        if _is_numbered(word, kind, following):
            yield word + following, "product"
            continue
        if kind not in _ZH_NAMES or len(word) < 2 or not _HAN.match(word):  # noqa: PLR2004 - no letter
            continue
        if any(begin < place and start < end for begin, end in covered):
            continue
        if following in _MAKERS and word not in _GENERIC:
            made = "institution" if following in {"大学", "研究院"} else "company"
            yield word + following, made
        elif word not in _GENERIC and word not in STOP_WORDS and _likely(word, _ZH_NAMES[kind]):
            yield word, _ZH_NAMES[kind]


def _is_numbered(word: str, kind: str, following: str) -> bool:
    """Whether a number belongs to a name before it: 嫦娥 + 七号."""
    named = kind in {"n", "nr", "nz", "nrt"} and len(word) > 1 and bool(_HAN.match(word))
    return named and bool(_NUMBERED.fullmatch(following)) and commonness(word) < _COMMON_WORD


def _likely(word: str, kind: str) -> bool:
    """Whether a person's name begins with a surname or is made of transcribing characters."""
    if kind != "person":
        return True
    chinese = len(word) in _ZH_PERSON and word[0] in _SURNAMES
    return chinese or (len(word) > min(_ZH_PERSON) and set(word) <= _TRANSCRIBED)
