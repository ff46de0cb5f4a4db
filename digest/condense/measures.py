"""What a number measures, always in the article's own words.

A number tells nothing without it ("41%"), so it is looked for in the same clause: a known measure
(营收, "net income"), else the noun before it (最高车速 261 公里) or the counted thing behind it
(43 个恶意组件, "41% of parents").
"""

import re

from digest.condense.cues import combined, word_list
from digest.text.number_tables import UNIT_SYMBOLS
from digest.text.numbers import FoundNumber
from digest.text.segmentation import tag
from digest.text.vocabulary import word_set

_NEAR = 40
_CLAUSE = re.compile(r"[，,。；;！!？?：:（()）]")
_UP, _DOWN, _MEASURES = combined("up"), combined("down"), combined("measures")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_SYMBOLS = frozenset(UNIT_SYMBOLS.split("|"))
_GENERIC = word_list("generic_words")
_STOP = word_list("stop_words")

# --- Chinese ---
# These say how it changed, not what: the noun before them belongs to the measure.
_CHANGING = re.compile(
    r"(?:同比|环比)?(?:增长|下降|上涨|上升|下跌|减少|增加|提升|提高|降低|下滑|下调|上调|涨|跌)$"
)
_FILLING = re.compile(
    r"(?:大约|约为|约|将?近|超过|超|逾|至少|至多|最多|最少|高达|多达|可达|已达|达到|达|仅为|仅|只有|只|合计|总计|共计|累计|共"
    r"|平均|分别|不到|不足|低至|低于|高于|大于|小于|其中|从|由|为|是|占|重|在|有|[了的之至到]|[升降增减提缩][到至为]|\s|[＋+\-−>≥<≤~～约])+$"
)
# "同类芯片的 3.4 倍": the noun is what it is compared with.
_COMPARED = re.compile(r"的\s*$")
_PRICED = re.compile(
    r"(?:价|费|费用|额|金额|款|金|值|成本|资产|薪|工资|收入|支出|奖金|开支|资金)$"
)
_TIMES = re.compile(
    r"^(?:每|全国|全球|国内|二者|两者|前者|后者|其余|其他)|(?:季度|年度|上半年|下半年|全年|当天|当日|一年|期间|以上|以下|左右|全部)$"
)
_FRAME = re.compile(r"(?:最新|最初|目前|当前|年初|年底|上[月年季]|去年|今年|原来|此前)$")
_BEFORE_KINDS = frozenset({"n", "vn", "an", "nz", "b", "ng", "l", "q"})
_HEAD_KINDS = frozenset({"n", "vn", "an", "nz", "nt", "ng", "l"})
_AFTER_KINDS = frozenset({"n", "vn", "an", "nz", "nt", "b", "a", "j", "l", "eng"})
# Ends of measures that the segmenter takes for verbs: 漏诊 + 率, 磁盘 + 占用.
_ENDINGS = frozenset("率量额度数比")
_NOMINAL = word_set("占用 占比 衰减 损耗 消耗 耗电 耗时 支出 投入 产出 亩产 溢价 折价 投片 得分")
_LONGEST, _SHORTEST = 10, 2
# Units that count things: what is counted follows them. Others are measured before.
_COUNTERS = word_set(
    "个 台 款 项 条 名 位 家 组 套 颗 枚 种 类 座 架 艘 件 篇 份 张 辆 部 只 头 ",
    "场 起 例 宗 笔 道 门 期 ",
)
_REST = frozenset({"全部", "左右", "以上", "以下", "以内", "之间", "分别", "同时"})
_MOST_PIECES = 4

# --- English ---
_ADVERBS = re.compile(
    r"(?:\s|\b(?:about|around|nearly|roughly|almost|over|more than|less than|at least|up to|just"
    r"|only|some|as much as|an?|the|estimated|record|by|to|of|at|was|is|are|were|be|been|has|have"
    r"|had|reached|hit|totall?ed|averag(?:ed|es)|still|now|further|another)\b)+$",
    re.IGNORECASE,
)
_NOUN_BEFORE = re.compile(r"((?:[A-Za-z][a-z\-]+ )?[a-z][a-z\-]{2,})$")
_LINKED = re.compile(r"\b(?:of|at|to|by|was|is|are|were|reached|hit|totall?ed)\b", re.IGNORECASE)
_OF = re.compile(
    r"\s(of (?:(?:the|all|its|their|our|those|these|his|her) )*"
    r"[A-Za-z][\w'’\-]*(?: [a-z][a-z\-]+s\b)?)"
)
_MOVED = re.compile(rf"(?:{_UP.pattern}|{_DOWN.pattern})\s*$", re.IGNORECASE)
_VERBAL = re.compile(r"(?:ed|ing|ly)$")


def measure_of(text: str, number: FoundNumber) -> str:
    """What `number` measures, a stretch of `text` beside it; "" when nothing says it."""
    symbol = number.unit in _SYMBOLS
    if number.kind == "count" and number.unit.isascii() and number.unit.islower() and not symbol:
        return ""  # the unit is what is counted ("3.5 million users")
    known = known_measure(text, number.start, number.end)
    if known and not (_CHANGING.fullmatch(known) or known in {"同比", "环比"}):
        return known
    chinese = bool(_HAN.search(_clause_before(text, number.start) + text[number.end :][:8]))
    found = _in_chinese(text, number) if chinese else _in_english(text, number)
    if number.kind == "money" and not _PRICED.search(found):
        return known
    return found or known


def known_measure(text: str, start: int, end: int) -> str:
    """The nearest word of the same clause that is known to be a measure."""
    found = list(_MEASURES.finditer(_clause_before(text, start)))
    if found:
        return found[-1].group()
    after = _MEASURES.match(
        re.sub(r"^[\s的]*(?:(?:in|of|for|a|the)\s)*", "", text[end : end + _NEAR])
    )
    return after.group() if after else ""


def _clause_before(text: str, start: int) -> str:
    return _CLAUSE.split(text[max(0, start - _NEAR) : start])[-1]


def _in_chinese(text: str, number: FoundNumber) -> str:
    if number.kind == "count" and number.unit in _COUNTERS:
        counted = _counted(text[number.end : number.end + 12])
        if counted:
            return counted
    if number.kind == "multiple" and _COMPARED.search(text[: number.start]):
        return ""
    return _noun_before(_clause_before(text, number.start))


def _counted(after: str) -> str:
    """The thing counted, right behind its counter: 恶意组件, 搬运机器人."""
    taken = head = ""
    pieces = tag(_CLAUSE.split(after.lstrip())[0])[:_MOST_PIECES]
    for place, (word, kind) in enumerate(pieces):
        # A verb may lead to the thing (搬运机器人) or end it (诱导性提问), not begin a clause.
        verb = kind == "v" and (place == len(pieces) - 1 if taken else place + 1 < len(pieces))
        if kind not in _AFTER_KINDS and not verb:
            break
        if len(taken + word) > _LONGEST or word in _REST:
            break
        taken, head = taken + word, kind
    whole = head in _HEAD_KINDS or (head == "v" and taken != pieces[0][0])
    return taken if whole and _tells(taken) else ""


def _noun_before(clause: str) -> str:
    """The noun that a value belongs to, with how it changed: 磁盘占用减少, 最高车速."""
    bare = _FILLING.sub("", clause.rsplit("、", maxsplit=1)[-1])
    changing = _CHANGING.search(bare)
    change = changing.group() if changing else ""
    noun = _FRAME.sub("", _FILLING.sub("", bare[: len(bare) - len(change)]))
    taken = ""
    place = len(_FILLING.sub("", noun))
    noun = noun[:place]
    for word, kind in reversed(tag(noun)):
        if len(word + taken) > _LONGEST or not _belongs(word, kind, taken):
            break
        taken = word + taken
    if not _tells(taken):
        return change if change in {"同比增长", "同比下降"} else ""
    stretch = taken + change
    return stretch if stretch in clause else taken


def _belongs(word: str, kind: str, taken: str) -> bool:
    """Whether `word` may stand before `taken` in the name of a measure, or end it."""
    if not taken:
        return kind in _HEAD_KINDS or word in _ENDINGS or word in _NOMINAL
    if taken in _ENDINGS and kind == "v":
        return True
    return kind in _BEFORE_KINDS or word.startswith("最")


def _tells(words: str) -> bool:
    plain = words not in _GENERIC and words not in _STOP
    return len(words) >= _SHORTEST and plain and not _TIMES.search(words)


def _in_english(text: str, number: FoundNumber) -> str:
    if number.kind in {"percent", "multiple"}:
        share = _OF.match(text, number.end)
        if share:
            return share.group(1)
    if number.kind == "count" and number.unit not in _SYMBOLS:
        return ""  # what is counted follows it, named or not
    clause = _clause_before(text, number.start)
    bare = _ADVERBS.sub("", clause)
    linked = bool(_LINKED.search(clause[len(bare) :]))
    rest = _MOVED.sub("", bare)
    if rest == bare and not linked:
        return ""
    noun = _NOUN_BEFORE.search(_ADVERBS.sub("", rest).rstrip())
    if not noun:
        return ""
    kept = [word for word in noun.group().split(" ") if word.lower() not in _STOP]
    if not kept or kept[-1] != noun.group().split(" ")[-1] or _VERBAL.search(kept[-1]):
        return ""
    return " ".join(kept)
