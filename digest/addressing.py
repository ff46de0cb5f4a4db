"""An audience as editors type and read it.

    语言:英文 话题:人工智能,芯片 私聊 使用:近7天    among:everyone chat:group joined:2026-10-01..

Lenient about spelling: full-width signs, other names, small slips of the keys, quotes for names of
several words. Most values also stand for themselves ("私聊" is 类型:私聊). Pure.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from rapidfuzz import fuzz, process

from digest.audience import MOST_DAYS, MOST_IDS, Among, Audience, Place
from digest.days import read_days
from digest.model import Lang, Layout
from digest.regexes import regex
from digest.taxonomy import Taxonomy
from digest.texts import Texts

_KEYS: Mapping[str, str] = {
    name: field
    for field, names in {
        "among": "对象 范围 受众 谁 among who whom audience",
        "lang": "语言 lang language",
        "places": "类型 聊天 会话 地方 chat chats kind type place",
        "topics": "话题 主题 标签 关注 topic topics follow follows following tag",
        "columns": "栏目 栏 版块 column columns section",
        "layout": "版式 样式 layout",
        "used": "使用 用过 活跃 used active seen",
        "received": "收到 收过 received got",
        "joined": "加入 开始 注册 joined join started since",
        "ids": "编号 会话号 id ids chatid",
    }.items()
    for name in names.split()
}
_NAMES: Mapping[Lang, Mapping[str, str]] = {
    Lang.ZH: {
        "among": "对象", "lang": "语言", "places": "类型", "columns": "栏目", "topics": "话题",
        "everything": "含全部", "layout": "版式", "used": "使用", "received": "收到",
        "joined": "加入", "ids": "编号",
    },
    Lang.EN: {
        "among": "among", "lang": "language", "places": "chat", "columns": "column",
        "topics": "topic", "everything": "everything", "layout": "layout", "used": "used",
        "received": "received", "joined": "joined", "ids": "id",
    },
}  # fmt: skip
_VALUES: Mapping[str, Mapping[Any, str]] = {
    "among": {
        Among.SUBSCRIBED: "订阅者 订阅 订户 subscribers subscribed subscriber",
        Among.PAUSED: "含暂停 暂停 paused withpaused",
        Among.STARTED: "所有人 全部 全体 用过的人 everyone everybody all anyone started",
        Among.STAFF: "自己人 管理员 编辑 测试 staff admins editors team test",
    },
    "lang": {
        Lang.ZH: "中文 汉语 简体中文 zh cn chinese",
        Lang.EN: "英文 英语 en english",
    },
    "places": {
        Place.PRIVATE: "私聊 个人 私人 private person people dm",
        Place.GROUP: "群 群组 群聊 group groups supergroup",
        Place.CHANNEL: "频道 channel channels",
    },
    "layout": {
        Layout.FULL: "完整 full",
        Layout.COMPACT: "紧凑 精简 compact",
    },
    "everything": {True: "含全部 也含全部 everything alsoall"},
}
_BY_VALUE = {
    field: {name: value for value, names in values.items() for name in names.split()}
    for field, values in _VALUES.items()
}
_NEAR_KEY, _LONG_ENOUGH = 83, 4
_ONE = r"\"[^\"]*\"|“[^”]*”|「[^」]*」|[^\s,;、\"“「]+"
_SPOKEN_DAYS = r"(?:近|最近|过去)\s*\d+\s*[^\s,;、]+|(?:last|past)\s+\d+\s*[a-z]+|\d+\s+days?"
_FILTER = regex(
    rf"(?:^|(?<=[\s,;、]))(?P<key>[^\W\d_]{{1,10}})\s*[:=]\s*"
    rf"(?P<value>{_SPOKEN_DAYS}|(?:{_ONE})(?:\s*[,、]\s*(?!\w+\s*[:=])(?:{_ONE}))*)",
    re.IGNORECASE,
)
_PIECE = regex(_ONE)
_SPAN = regex(
    r"(?:近|最近|过去|last|past)?\s*(\d{1,4})\s*(d|day|days|天|日|w|week|weeks|周)?(?:内|以内)?"
)
_DAYS_IN = {"w": 7, "week": 7, "weeks": 7, "周": 7}
_MARKS = '"“”「」'


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was typed: the audience, and the words in which nothing was recognised."""

    audience: Audience
    unknown: tuple[str, ...] = ()


def read_typed_audience(
    text: str, taxonomy: Taxonomy, today: date, base: Audience | None = None
) -> Wanted:
    """Read a line; never fails. What is typed replaces these filters of `base`, others stay."""
    plain = unicodedata.normalize("NFKC", text)
    found, unknown, rest, end = dict[str, Any](), list[str](), list[str](), 0
    for match in _FILTER.finditer(plain):
        field = _field_of(match["key"])
        if field is None:
            continue
        rest.append(plain[end : match.start()])
        end = match.end()
        if not _READ[field](match["value"], _Reading(found, taxonomy, today)):
            unknown.append(match[0].strip())
    rest.append(plain[end:])
    for piece in _PIECE.findall(" ".join(rest)):
        if not _bare(piece.strip(_MARKS), _Reading(found, taxonomy, today)):
            unknown.append(piece)
    return Wanted(replace(base or Audience(), **found).normal(), tuple(unknown))


@dataclass(frozen=True, slots=True)
class _Reading:
    """What has been found so far, and what is needed to go on."""

    found: dict[str, Any]
    taxonomy: Taxonomy
    today: date

    def add(self, field: str, value: Any) -> None:
        """Add one of several values."""
        self.found[field] = (*self.found.get(field, ()), value)


def _field_of(key: str) -> str | None:
    name = key.casefold()
    if name in _KEYS or len(name) < _LONG_ENOUGH or not name.isascii():
        return _KEYS.get(name)
    near = process.extractOne(name, list(_KEYS), scorer=fuzz.ratio, score_cutoff=_NEAR_KEY)
    return _KEYS[near[0]] if near else None


def _pieces(value: str) -> list[str]:
    return [piece.strip(_MARKS).strip() for piece in _PIECE.findall(value)]


def _choice(field: str, value: str, reading: _Reading) -> bool:
    """One of a few values: the last that was typed counts."""
    known = _BY_VALUE[field].get(value.strip(_MARKS).replace(" ", "").casefold())
    if known is None:
        return False
    reading.found[field] = known
    return True


def _one_of(field: str, value: str, reading: _Reading) -> bool:
    """The value of a key that has but one; what follows a comma stands for itself."""
    first, *others = _pieces(value)
    known = _choice(field, first, reading)
    return all([known, *(_bare(word, reading) for word in others)])


def _places(value: str, reading: _Reading) -> bool:
    kinds = [_BY_VALUE["places"].get(piece.casefold()) for piece in _pieces(value)]
    for kind in kinds:
        if kind is not None:
            reading.add("places", kind)
    return None not in kinds


def _subjects(value: str, reading: _Reading, *, column_first: bool = False) -> bool:
    """Topics and columns by name; a topic that is called like a column is the topic."""
    known = True
    for piece in _pieces(value):
        if _choice("everything", piece, reading):
            continue
        column, topic = reading.taxonomy.find_column(piece), reading.taxonomy.find_topic(piece)
        if column and (column_first or topic is None):
            reading.add("columns", column.id)
        elif topic:
            reading.add("topics", topic.id)
        else:
            known = False
    return known


def _span(field: str, value: str, reading: _Reading) -> bool:
    found = _SPAN.fullmatch(" ".join(value.casefold().split()))
    days = int(found[1]) * _DAYS_IN.get(found[2] or "", 1) if found else 0
    if not 0 < days <= MOST_DAYS:
        return False
    reading.found[field] = days
    return True


def _joined(value: str, reading: _Reading) -> bool:
    days = read_days(value.strip(_MARKS), reading.today)
    if days is None:
        return False
    reading.found["joined"] = days
    return True


def _ids(value: str, reading: _Reading) -> bool:
    known = True
    for piece in _pieces(value):
        if re.fullmatch(r"-?[0-9]{1,16}", piece) and len(reading.found.get("ids", ())) < MOST_IDS:
            reading.add("ids", int(piece))
        else:
            known = False
    return known


_READ: Mapping[str, Callable[[str, _Reading], bool]] = {
    "among": lambda value, reading: _one_of("among", value, reading),
    "lang": lambda value, reading: _one_of("lang", value, reading),
    "layout": lambda value, reading: _one_of("layout", value, reading),
    "places": _places,
    "topics": _subjects,
    "columns": lambda value, reading: _subjects(value, reading, column_first=True),
    "used": lambda value, reading: _span("used", value, reading),
    "received": lambda value, reading: _span("received", value, reading),
    "joined": _joined,
    "ids": _ids,
}


def _bare(word: str, reading: _Reading) -> bool:
    """A value that stands for itself."""
    if not word.strip(",;、."):
        return True
    if _places(word, reading):
        return True
    fields = ("among", "lang", "layout", "everything")
    return any(_choice(field, word, reading) for field in fields) or _subjects(word, reading)


# --- and back ----------------------------------------------------------------------------


def typed_audience(audience: Audience, lang: Lang, taxonomy: Taxonomy) -> str:
    """`audience` as an editor of `lang` would type it; "" for all subscribers."""
    normal = audience.normal()
    return " ".join(_typed(normal, field, lang, taxonomy) for field in normal.filters)


def _typed(audience: Audience, field: str, lang: Lang, taxonomy: Taxonomy) -> str:
    name, value = _NAMES[lang][field], getattr(audience, field)
    if field == "everything":
        return name
    if field in _VALUES:
        several = value if isinstance(value, tuple) else (value,)
        return f"{name}:{','.join(_spelt(field, one, lang) for one in several)}"
    if field in {"topics", "columns"}:
        return f"{name}:{','.join(_named(field, one, lang, taxonomy) for one in value)}"
    if field == "ids":
        return f"{name}:{','.join(map(str, value))}"
    if field == "joined":
        return f"{name}:{value}"
    return f"{name}:{value}{'天' if lang == Lang.ZH else 'd'}"


def _spelt(field: str, value: Any, lang: Lang) -> str:
    names = _VALUES[field][value].split()
    return next(name for name in names if name.isascii() == (lang == Lang.EN))


def _named(field: str, number: str, lang: Lang, taxonomy: Taxonomy) -> str:
    """A topic's or column's name, its id where the name would mean something else."""
    one = _shelf(field, number, taxonomy)
    name = one.name(lang) if one else number
    find = taxonomy.find_topic if field == "topics" else taxonomy.find_column
    back = find(name)
    if back is None or back.id != number or set(name) & set(_MARKS):
        name = number
    return f'"{name}"' if re.search(r"[\s,;:=、]", name) else name


def _shelf(field: str, number: str, taxonomy: Taxonomy) -> Any:
    return (taxonomy.topics if field == "topics" else taxonomy.columns).get(number)


# --- in words ----------------------------------------------------------------------------


def audience_words(audience: Audience, texts: Texts, taxonomy: Taxonomy) -> str:
    """`audience` in words, without markup: 订阅者 · 中文 · 私聊 · 关注人工智能、芯片."""
    normal = audience.normal()
    if normal.ids:
        first = texts.n("audience.ids", len(normal.ids))
    else:
        first = texts(f"audience.among.{normal.among}")
    parts = [first, *(_words(normal, field, texts, taxonomy) for field in normal.filters)]
    return " · ".join(part for part in parts if part)


def _words(audience: Audience, field: str, texts: Texts, taxonomy: Taxonomy) -> str:
    match field:
        case "lang":
            return texts(f"audience.lang.{audience.lang}")
        case "places":
            return _list([texts(f"audience.place.{one}") for one in audience.places], texts)
        case "columns" | "topics" if field == _first_followed(audience):
            return _followed(audience, texts, taxonomy)
        case "layout":
            return texts(f"audience.layout.{audience.layout}")
        case "used" if audience.used:
            return texts.n("audience.used", audience.used)
        case "received" if audience.received:
            return texts.n("audience.received", audience.received)
        case "joined":
            return _joined_words(audience, texts)
    return ""


def _first_followed(audience: Audience) -> str:
    return "columns" if audience.columns else "topics"


def _followed(audience: Audience, texts: Texts, taxonomy: Taxonomy) -> str:
    names = [
        one.name(texts.lang) if (one := _shelf(field, number, taxonomy)) else number
        for field in ("columns", "topics")
        for number in getattr(audience, field)
    ]
    key = "audience.follows_or_all" if audience.everything else "audience.follows"
    return texts(key, names=_list(names, texts, "audience.or"))


def _joined_words(audience: Audience, texts: Texts) -> str:
    days = audience.joined
    if days is None:
        return ""
    first, last = (side.isoformat() if side else "" for side in (days.first, days.last))
    if first and last:
        key = "audience.joined.on" if first == last else "audience.joined.between"
        return texts(key, first=first, last=last)
    return (
        texts("audience.joined.since", first=first)
        if first
        else texts("audience.joined.until", last=last)
    )


def _list(names: list[str], texts: Texts, key: str = "audience.and") -> str:
    if len(names) < 2:  # noqa: PLR2004  a list of one needs no word between
        return "".join(names)
    between = texts("audience.comma")
    return texts(key, names=between.join(names[:-1]), last=names[-1])
