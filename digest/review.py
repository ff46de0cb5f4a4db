"""What an editor wants to see of the queue: filters, behind a button and as they are typed.

    栏目:AI 评分>70        column:ai score<50        等了超过 12 小时        拒绝 超过 3 天

Lenient about order, spelling and full-width signs; what is not understood is given back. Pure.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Literal, TypeVar

from digest.asking import near_column, sources_called
from digest.model import Source
from digest.regexes import regex
from digest.taxonomy import Taxonomy
from digest.text.folding import small

Deed = Literal["", "approve", "reject"]
T = TypeVar("T")
_TOP = 100


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """What is looked for among what waits; what is not set does not matter.

    Scores are inclusive bounds; `hours` is how long a signal has waited at least; `reported`:
    only what readers have found fault with.
    """

    columns: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    sources: tuple[int, ...] = ()
    langs: tuple[str, ...] = ()
    min_score: int | None = None
    max_score: int | None = None
    hours: int | None = None
    reported: bool = False

    def __bool__(self) -> bool:
        """Whether it leaves anything out."""
        return self != QueueFilter()

    @property
    def waited(self) -> timedelta | None:
        """How long a signal has waited at least."""
        return None if self.hours is None else timedelta(hours=self.hours)

    @property
    def code(self) -> str:
        """The filter in letters that fit behind a button; `read_code` reads it."""
        parts = [
            *(f"c{one}" for one in self.columns),
            *(f"t{one}" for one in self.topics),
            *(f"s{one}" for one in self.sources),
            *(f"l{one}" for one in self.langs),
            *(
                f"{letter}{bound}"
                for letter, bound in zip(
                    "abw", (self.min_score, self.max_score, self.hours), strict=True
                )
                if bound is not None
            ),
            *(["r"] if self.reported else []),
        ]
        return ".".join(parts)


def read_code(code: str) -> QueueFilter:
    """The filter behind a button; parts that nobody here wrote are passed over."""
    found = QueueFilter()
    for part in code.split("."):
        letter, value = part[:1], part[1:]
        number = int(value) if value.isascii() and value.isdecimal() and len(value) < 10 else None  # noqa: PLR2004  no filter is greater
        match letter:
            case "c" if value:
                found = replace(found, columns=(*found.columns, value))
            case "t" if value:
                found = replace(found, topics=(*found.topics, value))
            case "l" if value:
                found = replace(found, langs=(*found.langs, value))
            case "s" if number is not None:
                found = replace(found, sources=(*found.sources, number))
            case "a" if number is not None:
                found = replace(found, min_score=number)
            case "b" if number is not None:
                found = replace(found, max_score=number)
            case "w" if number is not None:
                found = replace(found, hours=number)
            case "r" if not value:
                found = replace(found, reported=True)
    return found


@dataclass(frozen=True, slots=True)
class Asked:
    """What was typed: a filter, perhaps what to do with all of it, and what nobody understood."""

    filter: QueueFilter = QueueFilter()
    deed: Deed = ""
    unknown: tuple[str, ...] = ()


_DEEDS: dict[str, Deed] = {
    **dict.fromkeys(("通过", "放行", "批准", "全部通过"), "approve"),
    **dict.fromkeys(("approve", "accept", "pass", "publish"), "approve"),
    **dict.fromkeys(("拒绝", "驳回", "全部拒绝", "reject", "refuse", "decline"), "reject"),
}
_REPORTED = {"报告", "有报告", "被报告", "举报", "有举报", "被举报", "reported", "reports"}
_LANGS = {
    **dict.fromkeys(["zh", "中文", "汉语", "chinese"], "zh"),
    **dict.fromkeys(["en", "英文", "英语", "english"], "en"),
    **dict.fromkeys(["ja", "日文", "日语", "japanese"], "ja"),
    **dict.fromkeys(["ko", "韩文", "韩语", "korean"], "ko"),
    **dict.fromkeys(["de", "德文", "德语", "german"], "de"),
    **dict.fromkeys(["fr", "法文", "法语", "french"], "fr"),
    **dict.fromkeys(["es", "西班牙文", "西班牙语", "spanish"], "es"),
    **dict.fromkeys(["ru", "俄文", "俄语", "russian"], "ru"),
}
_ABOVE = r"大于等于|不低于|至少|高于|大于|超过|>=|≥|>|at least|above|over|more than"
_BELOW = r"小于等于|不高于|至多|低于|小于|不到|<=|≤|<|at most|below|under|less than"
_STRICT = {"高于", "大于", "超过", ">", "above", "over", "more than"}
_STRICT |= {"低于", "小于", "不到", "<", "below", "under", "less than"}
_HOURS = r"小时|个小时|钟头|h|hrs?|hours?"
_DAYS = r"天|日|d|days?"
_WAITING = r"等待|等了|等|时间|早于|waiting|waited|older than|older|for"
_WAITED = regex(
    rf"(?:{_WAITING})?\s*:?\s*(?:{_ABOVE}|than)?\s*(?P<count>\d{{1,4}})\s*"
    rf"(?:(?P<hours>{_HOURS})|(?P<days>{_DAYS}))(?![a-z])\s*(?:以上|前|之前)?",
    re.IGNORECASE,
)
_SCORE = r"(?:评分|分数|得分|score|points?)"
_BOUND = regex(
    rf"(?:{_SCORE}\s*:?\s*)?(?:(?P<above>{_ABOVE})|(?P<below>{_BELOW}))\s*(?P<score>\d{{1,3}})"
    r"(?!\d)\s*分?",
    re.IGNORECASE,
)
_TAIL = regex(
    rf"(?:{_SCORE}\s*:?\s*)?(?P<score>\d{{1,3}})\s*分?\s*(?:(?P<above>以上|及以上|起|\+)|(?P<below>以下|及以下))"
)
_KEYS: dict[str, str] = {
    **dict.fromkeys(["栏目", "栏", "column", "col"], "column"),
    **dict.fromkeys(["话题", "主题", "topic", "tag"], "topic"),
    **dict.fromkeys(["来源", "信源", "source", "src", "from"], "source"),
    **dict.fromkeys(["语言", "语种", "lang", "language"], "lang"),
}
_NAMED = regex(
    rf"(?:^|(?<=[\s,;、]))(?P<key>{'|'.join(_KEYS)})\s*[:=]\s*"
    r"(?P<value>\"[^\"]*\"|“[^”]*”|「[^」]*」|[^\s,;、]+)",
    re.IGNORECASE,
)


def read_filter(text: str, taxonomy: Taxonomy, sources: Sequence[Source]) -> Asked:
    """Read a line as it was typed; never fails."""
    rest = " ".join(unicodedata.normalize("NFKC", text).split())
    reading = _Reading(taxonomy, sources)
    for pattern, take in (
        (_NAMED, reading.named),
        (_WAITED, reading.waited),
        (_BOUND, reading.bound),
        (_TAIL, reading.bound),
    ):
        rest = pattern.sub(take, rest)
    return reading.words(rest)


class _Reading:
    """Gathers what the patterns find."""

    def __init__(self, taxonomy: Taxonomy, sources: Sequence[Source]) -> None:
        self._taxonomy = taxonomy
        self._sources = sources
        self._found = Asked()

    def named(self, match: re.Match[str]) -> str:
        value = match["value"].strip('"“”「」')
        kinds: dict[str, Callable[[str], QueueFilter | None]] = {
            "column": lambda name: self._column(name) or self._topic(name) or self._near(name),
            "topic": lambda name: self._topic(name) or self._column(name),
            "source": self._source,
            "lang": self._lang,
        }
        self._keep(kinds[_KEYS[small(match["key"])]](value), value)
        return " "

    def waited(self, match: re.Match[str]) -> str:
        count = int(match["count"])
        hours = count * 24 if match["days"] else count
        self._narrow(replace(self._found.filter, hours=hours))
        return " "

    def bound(self, match: re.Match[str]) -> str:
        score = int(match["score"])
        found = self._found.filter
        if match["above"]:
            least = score + 1 if match["above"].casefold() in _STRICT else score
            self._narrow(replace(found, min_score=min(_TOP, least)))
        else:
            most = score - 1 if match["below"].casefold() in _STRICT else score
            self._narrow(replace(found, max_score=max(0, most)))
        return " "

    def words(self, rest: str) -> Asked:
        """The words that stand alone: what to do, and names of whatever kind."""
        left = [word for word in re.split(r"[\s,;、。]+", rest) if word]
        if left and (deed := _DEEDS.get(left[0].casefold())):
            self._found = replace(self._found, deed=deed)
            left.pop(0)
        together = " ".join(left)
        whole = self._any(together) if len(left) > 1 else None
        for word in [together] if whole else left:
            if word and word.casefold() not in _FILLERS:
                self._keep(self._any(word), word)
        return self._found

    def _any(self, word: str) -> QueueFilter | None:
        if word.casefold() in _REPORTED:
            return replace(self._found.filter, reported=True)
        return self._column(word) or self._topic(word) or self._lang(word) or self._source(word)

    def _column(self, name: str) -> QueueFilter | None:
        column = self._taxonomy.find_column(name)
        found = self._found.filter
        return replace(found, columns=_with(found.columns, column.id)) if column else None

    def _near(self, name: str) -> QueueFilter | None:
        column = near_column(name, self._taxonomy)
        return self._column(column.id) if column else None

    def _topic(self, name: str) -> QueueFilter | None:
        topic = self._taxonomy.find_topic(name)
        found = self._found.filter
        return replace(found, topics=_with(found.topics, topic.id)) if topic else None

    def _lang(self, name: str) -> QueueFilter | None:
        lang = _LANGS.get(name.casefold())
        found = self._found.filter
        return replace(found, langs=_with(found.langs, lang)) if lang else None

    def _source(self, name: str) -> QueueFilter | None:
        called = sources_called(name, self._sources)
        found = self._found.filter
        for source in called:
            found = replace(found, sources=_with(found.sources, source.id))
        return found if called else None

    def _keep(self, found: QueueFilter | None, typed: str) -> None:
        if found is None:
            self._found = replace(self._found, unknown=(*self._found.unknown, typed))
        else:
            self._narrow(found)

    def _narrow(self, found: QueueFilter) -> None:
        self._found = replace(self._found, filter=found)


_FILLERS = {"的", "全部", "所有", "all", "the", "and", "和", "与"}


def _with(values: Iterable[T], value: T) -> tuple[T, ...]:
    return tuple(dict.fromkeys((*values, value)))
