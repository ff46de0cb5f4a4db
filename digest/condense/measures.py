"""What a number measures, always in the article's own words.

A number tells nothing without it ("41%"), so it is looked for in the same clause: a known measure
(营收, "net income"), else the noun before it (最高车速 261 公里) or the counted thing behind it
(43 个恶意组件, "41% of parents").
"""

import re

from digest.condense.english_measures import in_english
from digest.condense.known_measures import (
    CLAUSE,
    DOWN,
    GENERIC,
    HAN,
    MEASURES,
    NEAR,
    STOP,
    SYMBOLS,
    UP,
    clause_before,
    is_noun,
    known_measure,
)
from digest.regexes import regex
from digest.text.numbers import FoundNumber
from digest.text.segmentation import tag
from digest.text.vocabulary import word_set

# These say how it changed, not what: the noun before them belongs to the measure.
_CHANGING = regex(
    r"(?:同比|环比)?(?:加长|加宽|缩短|缩小|延长|扩大|增长|下降|上涨|上升|下跌|减少|增加|提升|提高|降低|下滑|下调|上调|涨|跌)$"
)
_FILLING = regex(
    r"(?:大约|约为|约|将|已|将?近|超过|突破|跌破|超|逾|至少|至多|最多|最少|高达|多达|可达|已达|达到|达|仅为|仅|只有|只|合计|总计|共计|累计|共"
    r"|平均|分别|不到|不足|(?<!降)低至|低于|高于|大于|小于|其中|从|(?<![理自])由|(?<![行认])为|是|占|(?<![比体载净毛超])重|在|有|[了的之至到则也均还]|[升降增减提缩][到至为]|\s|[＋+\-−>≥<≤~～约])+$"
)
# "同类芯片的 3.4 倍": the noun is what it is compared with.
# What is left of a name with Latin letters: Pure 版限时价.
_LEFT_OVER = regex(r"(?<=[A-Za-z0-9])\s?(?:版|款|系列)(?=[\u4e00-\u9fff])")
# The unit that a number before the measure has, which the words behind it do not belong to.
_COUNTS = regex(r"(?:[\d十百千万亿半两几]|首|前|每)\s?$")
_AHEAD = regex(
    r"个?小时|分钟|秒钟?|个?(?:交易|工作)日|天|周|个月|[年月]|季度|英寸|毫米|厘米|公里|米|公斤|千克|[克吨元台辆个款名位人倍核寸]"
)
_TIME_UNIT = regex(r"个?小时|分钟|秒钟?|天|周|个月|年|h|min|s")
_LASTING = regex(
    r"续航|待机|时长|寿命|质保|保修|播放|通话|工期|航程|行程|延迟|耗时|用时|使用|周期|飞行"
)
_COUNTED_AS = regex(r"\s?的")
_COMPARED = regex(r"的\s*$")
_PRICED = regex(
    r"(?:票房|价|费|费用|额|金额|款|金|值|成本|资产|薪|工资|收入|支出|奖金|开支|资金|资本|股本|订单|合同|规模)$"
)
# A measure is another one without it: 调整后净利润, 平均月活跃用户数, 营业利润, 毛利占比.
_QUALIFIED = regex(
    r"(?:(?:未?经)?调整后?的?|扣非后?的?|扣除非经常性损益后?的?|归母|营业|毛利|税[前后]|授信"
    r"|净?利润|营业?收入?|销售额?|平均[日月年季]?|人均|[日月年季]均|(?<![\d当本上下每今去前明全同两个])[日月](?=[活销产租]))+$"
)
_TIMES = regex(
    r"^(?:每|季|去年|今年|上年|同期|该|本|全国|全球|国内|二者|两者|前者|后者|其余|其他)|(?:季度|年度|上半年|下半年|全年|当天|当日|一年|期间|以上|以下|左右|全部)$"
)
_AGAINST = regex(
    r"(?:较|比)(?:上年|去年|前一?年|上一?季度?|上月)(?:同期|末|底)?$|(?:较|比)(?:同期|年初|年底|此前)$"
)
_WHEN = regex(r"[在于]?(?:(?:19|20)\d\d\s?年)?(?:\d{1,2}\s?月)?(?:\d{1,2}\s?日)?$")
_FRAME = regex(r"(?:最新|最初|目前|当前|年初|年底|上[月年季]|去年|今年|原来|此前)$")
_BEFORE_KINDS = frozenset({"n", "vn", "an", "nz", "b", "ng", "l", "q", "j"})
_HEAD_KINDS = frozenset({"n", "vn", "an", "nz", "nt", "ng", "l"})
_AFTER_KINDS = frozenset({"n", "vn", "an", "nz", "nt", "b", "a", "j", "l", "eng"})
_OWNERS = word_set("公司 集团 本公司 旗下 阶段 时期 公告")
_DENYING = frozenset("不非未无")
_CARRYING = word_set("内置 搭载 配备 采用 支持 提供 具备")  # 内置 4000mAh  # whose it is, not what
# Ends of measures that the segmenter takes for verbs: 漏诊 + 率, 磁盘 + 占用.
_ENDINGS = frozenset("率量额度数比")
_TOTALS = word_set("总数 总量 总额 数量")
_NOMINAL = word_set(
    "经费 占用 占比 衰减 损耗 消耗 耗电 耗时 支出 投入 产出 亩产 溢价 折价 投片 得分"
)
_LONGEST, _SHORTEST = 10, 2
# Units that count things: what is counted follows them. Others are measured before.
_COUNTERS = word_set(
    "个 台 款 项 条 名 位 家 组 套 颗 枚 种 类 座 架 艘 件 篇 份 张 辆 部 只 头 ",
    "场 起 例 宗 笔 道 门 期 岁 周岁 ",
)
_REST = word_set("全部 左右 以上 以下 以内 之间 分别 同时 基本 以来 起步 不等 上下 开外")
_LINKING = word_set("涉及 包括 覆盖 包含 用于 来自 支持 需要 属于 面向")
_SPEAKING = word_set("预计 计划 宣布 表示 开始 决定 要求 希望 可以 能够 继续 准备 打算 同意 建议")
_ASPECTS = frozenset("了着过")
_MOST_PIECES = 6
_ENDS = regex(r"[\s）)]*(?:$|[，,。；;！!？?、（(）)左以])")
_PRICE = regex(
    r"(?:到手|首发|预售|发售|起售|指导|零售|官方|成交|收盘|开盘|发行|回购|优惠|折后"
    r"|券后|补后|补贴|国补|权益|换新|直播|活动|门店|限时|尝鲜)(?:权益|补贴|到手|限时)?价(?=[\s格仅约低只为是至：:]*$)"
)
# 占地面积仅为同类产品的 60%: what is so small is the area, not the other product.
_COMPARES = regex(
    r"(?P<what>[^为是]{2,24}?)(?:仅|只|约)?(?:为|是|相当于)[^为是\d]{2,20}[的之]\s*(?:约|近)?$"
)
# 占当天总量的 18%: what it is a share of, not what it measures.
_PART_OF = regex(r"(?P<share>占(?![比有用据])[^占的\d]{2,10}?)的?\s?(?:大?约|将?近|超过|逾)?\s?$")
_VALUE = r"[\d.,]+\s?[十百千万亿]*(?:多|余)?\s?[\u4e00-\u9fffA-Za-z%％]{0,4}?"
# A line of a table: 净利润：-2.04 亿元.
_LABELLED = regex(r"(?P<label>[\u4e00-\u9fffA-Za-z]{0,10}[\u4e00-\u9fff]{2})[：:]\s?[-−]?约?$")
# Further values of one measure: 49.98 万元、66.98 万元.
_LISTED = regex(rf"(?:(?:{_VALUE}起?)[、和与及或]\s?)+(?:约)?$")
_RESPECTIVELY = regex(
    r"(?P<nouns>[\u4e00-\u9fffA-Za-z、/ ]{2,30}?)分别(?:约?为|达到|达|是|约)?\s?"
    rf"(?P<rest>(?:(?:{_VALUE}起?)[、和与及]\s?)*)(?:约)?$"
)
# A clause that says no more than how something moved: 同比增长, 上升.
_ONLY_MOVED = regex(
    r"\s*(?:并|且)?(?:[在于到]?(?:\d{4}\s?年|\d{1,2}\s?月|\d{1,2}\s?日)+)?(?:进一步|继续)?"
    r"(?:同比|环比|较上年同期|比上年|较去年同期)?(?:也|均|则|再|又)?"
    r"(?:增长|下降|上涨|上升|下跌|减少|增加|提升|提高|降低|下滑|大增|大涨|大跌|增|降|涨|跌)"
    r"(?:了|约|近|超过|超|逾|达到|达|幅度为|幅达|[到至])?\s*"
)
_TOLD = regex(rf"(?P<clause>[^。；;！!？?]*?)(?:{_VALUE})[，,、]$")
# How "40%" goes on to "a drop in profits".
_MOVED_WHAT = regex(
    rf"(?:{UP.pattern}|{DOWN.pattern}) (?:(?:the|its|their) )?"
    r"(?P<what>(?:[a-z][a-z\-]+ ){0,2}[a-z][a-z\-]{2,})$",
    re.IGNORECASE,
)


def measure_of(text: str, number: FoundNumber) -> str:
    """What `number` measures, a stretch of `text` beside it; "" when nothing says it.

    Where the clause only tells how it moved (营收 10 亿元，同比增长 5%), two stretches apart by a
    space: 营收 同比增长.
    """
    symbol = number.unit in SYMBOLS
    if number.kind == "count" and number.unit.isascii() and number.unit.islower() and not symbol:
        return ""  # the unit is what is counted ("3.5 million users")
    clause = clause_before(text, number.start)
    labelled = _LABELLED.search(text[max(0, number.start - NEAR) : number.start])
    if number.kind == "count" and not _ENDS.match(text, number.end):
        labelled = None  # 四步协同：85 个梳齿 are no 协同, 检测结果：7104 人为阳性 no 结果
    if not (labelled or HAN.search(clause + text[number.end :][:8])):
        return in_english(text, number)
    found = _measure_in_chinese(text, number, labelled.group("label") if labelled else "", clause)
    return _qualified(_own(found, text, number, clause), clause)


def _own(measure: str, text: str, number: FoundNumber, clause: str) -> str:
    """`measure` without the unit of the number before it: 1 小时订单 22615 台, 27 英寸 144Hz.

    What was sold within some hours is not what the hours measure.
    """
    spent = number.kind == "count" and _TIME_UNIT.fullmatch(number.unit) is not None
    if spent and text[number.end :].lstrip().startswith(measure):
        return measure if _LASTING.search(measure) else ""
    place = clause.rfind(measure) if measure else -1
    ahead = _AHEAD.match(measure) if place > 0 and _COUNTS.search(clause[:place]) else None
    if ahead is None:
        return measure
    rest = measure[ahead.end() :]
    return rest if len(rest) >= _SHORTEST else ""


def _qualified(measure: str, clause: str) -> str:
    """`measure` with what stands right before it in `clause` and makes it another one."""
    place = clause.rfind(measure) if measure else -1
    qualified = _QUALIFIED.search(clause[:place]) if place > 0 else None
    return qualified.group() + measure if qualified else measure


def _measure_in_chinese(text: str, number: FoundNumber, label: str, clause: str) -> str:
    if label:
        found = _noun_before(label) or _known_end(label)
        # 吸引了目光：49 元的酒: the sum is not of what leads to it.
        unpaid = number.kind == "money" and not (_PRICED.search(found) or MEASURES.search(found))
        return "" if unpaid else found
    if compared := _COMPARES.search(clause):
        return _noun_before(compared.group("what"))
    if apart := _RESPECTIVELY.search(clause):
        return _respective(apart)
    if number.kind == "percent" and (share := _PART_OF.search(clause)):
        return share.group("share")
    if listed := _LISTED.search(clause):
        clause = clause[: listed.start()]  # 预售价为 49.98 万元、66.98 万元
    if price := _PRICE.search(clause):
        return price.group()
    if number.kind in {"percent", "points"} and _ONLY_MOVED.fullmatch(clause):
        return _moved_before(text, number.start - len(clause), clause.strip())
    if number.kind == "count" and clause.rstrip().endswith("的"):
        return _in_chinese_after(text, number)
    return _by_words(text, number, clause)


def _by_words(text: str, number: FoundNumber, clause: str) -> str:
    """The known measure or the noun beside a number, for money one that can be paid."""
    known = known_measure(text, number.start, number.end)
    if number.kind in {"count", "percent"} and not _stands_at(known, clause, text[number.end :]):
        known = ""  # 综合股价指数成分股 720 家: not of the price. 收入中调用占比 70%: no income
    moved = bool(_CHANGING.fullmatch(known)) or known in {"同比", "环比"}
    if known and not moved:
        return _whole_measure(known, clause, money=number.kind == "money")
    if number.kind == "percent" and not known and _COUNTED_AS.match(text, number.end):
        return ""  # 店里 80% 的销量: neither of the shop nor of all sales
    found = _in_chinese(text, number)
    if number.kind == "money" and not _PRICED.search(found):
        return known or _paid(text, number.end)
    return found


def _stands_at(known: str, clause: str, after: str) -> bool:
    """Whether a measure stands at the number itself: 延迟降低至 42ms, 40W 功率."""
    before = _FILLING.sub("", clause)
    unmoved = _FILLING.sub("", _CHANGING.sub("", before))
    return before.endswith(known) or unmoved.endswith(known) or after.lstrip().startswith(known)


def _respective(match: re.Match[str]) -> str:
    """The one of several nouns whose turn it is: 营收、净利润分别为 10 亿元、2 亿元."""
    nouns = re.split(r"[、和与及]", match.group("nouns"))
    place = len(re.findall(r"[、和与及]", match.group("rest")))
    if len(nouns) == 1:
        return _noun_before(nouns[0])
    return _noun_before(nouns[place]) if place < len(nouns) else ""


def _moved_before(text: str, end: int, moved: str) -> str:
    """The measure of the clause before one that only tells a change, with 同比 or 环比."""
    told = _TOLD.search(text[max(0, end - 2 * NEAR) : end])
    noun = ""
    if told:
        clause = CLAUSE.split(told.group("clause"))[-1]
        known = list(MEASURES.finditer(clause))
        noun = _noun_before(clause)
        if not noun and known and known[-1].end() >= len(clause.rstrip()):
            noun = known[-1].group()
        noun = _qualified(noun, clause)
    period = moved if moved.startswith(("同比", "环比")) else ""
    if noun and not _CHANGING.search(noun):
        return f"{noun} {period}".strip()
    return period if period not in {"同比", "环比"} else ""


def _in_chinese_after(text: str, number: FoundNumber) -> str:
    """The thing counted behind it; what stands before 的 is not what it measures."""
    return _counted(text[number.end : number.end + 16]) if number.unit in _COUNTERS else ""


def _known_end(label: str) -> str:
    """The known measure with which a label ends: 归母净利润."""
    return next((it.group() for it in MEASURES.finditer(label) if it.end() == len(label)), "")


def _paid(text: str, end: int) -> str:
    """What a sum of money is paid for, behind it: 16 万美元的学费."""
    if not text.startswith("的", end):
        return ""
    found = _counted(text[end + 1 : end + 16])
    return found if _PRICED.search(found) else ""


def changed_before(text: str, start: int) -> str:
    """What a change at `start` is of: "cuts generation steps from …", 缓存输入从 … 降到 ….

    In Chinese two verbs that are the whole subject; in English the object of the verb that tells
    the change.
    """
    clause = clause_before(text, start).strip()
    if moved := _MOVED_WHAT.search(clause):
        words = moved.group("what").split(" ")
        return " ".join(words) if all(map(is_noun, words)) else ""
    if not (HAN.search(clause) and _SHORTEST <= len(clause) <= _LONGEST):
        return ""
    pieces = tag(clause)
    verbs = len(pieces) == _SHORTEST and all(kind in {"v", "vn"} for _, kind in pieces)
    return clause if verbs and not any(word in _SPEAKING for word, _ in pieces) else ""


def _whole_measure(known: str, clause: str, *, money: bool) -> str:
    """A known Chinese measure with the noun before it, where both make one: 营业利润."""
    noun = _noun_before(clause)
    if known in noun and not noun.endswith(known) and (not money or _PRICED.search(noun)):
        return noun  # 投资总额, 外商投资企业
    # 以 13 亿美元的估值融资 1 亿美元: the noun is another measure.
    whole = noun.endswith(known) and not MEASURES.search(noun[: len(noun) - len(known)])
    return noun if whole and len(noun) <= _LONGEST - 2 else known


def _in_chinese(text: str, number: FoundNumber) -> str:
    if number.kind == "count" and number.unit in _COUNTERS:
        counted = _counted(text[number.end : number.end + 16])
        if counted or not _ENDS.match(text, number.end):
            return counted
    if number.kind == "multiple" and _COMPARED.search(text[: number.start]):
        return ""
    return _noun_before(clause_before(text, number.start))


def _counted(after: str) -> str:
    """The thing counted, right behind its counter: 恶意组件, 搬运机器人."""
    taken = head = last = ""
    place = 0
    pieces = tag(CLAUSE.split(after.lstrip())[0])[:_MOST_PIECES]
    for place, (word, kind) in enumerate(pieces):
        # A verb may lead to the thing (搬运机器人) or end it (诱导性提问), not begin a clause.
        verb = kind == "v" and (place == len(pieces) - 1 if taken else place + 1 < len(pieces))
        if kind not in _AFTER_KINDS and not verb:
            break
        if len(taken + word) > _LONGEST or word in _REST or (not taken and word in _LINKING):
            break
        taken, head, last = taken + word, kind, word
    else:
        place = len(pieces)
    if (
        head in {"v", "vn"}
        and taken != last
        and place < len(pieces)
        and pieces[place][0] in _ASPECTS
    ):
        taken, head = taken[: -len(last)], "n"  # 1 个集结区 + 发动 + 了
    # What goes on behind the pieces taken would be cut: 超声波 + 雷达, 阳性 + 的患者.
    if place < len(pieces) and (_goes_on(pieces[place]) or pieces[place][0] == "的"):
        return ""
    whole = head in _HEAD_KINDS or (head == "v" and taken != pieces[0][0])
    return taken if whole and _tells(taken) else ""


def _goes_on(piece: tuple[str, str]) -> bool:
    word, kind = piece
    return kind in _AFTER_KINDS | {"nr", "ns", "nrt", "s", "vn"} and word not in _REST


def _noun_before(clause: str) -> str:
    """The noun that a value belongs to, with how it changed: 磁盘占用减少, 最高车速."""
    bare = _FILLING.sub("", clause.rsplit("、", maxsplit=1)[-1])
    changing = _CHANGING.search(bare)
    change = changing.group() if changing else ""
    whole = _FILLING.sub("", bare[: len(bare) - len(change)])
    noun = _WHEN.sub("", whole)
    if noun != whole and noun.rstrip().endswith(("比", "较")):
        return ""  # 青栎药房比 2024 年下降: of whom, not of what
    noun = _FRAME.sub("", _AGAINST.sub("", noun))
    place = len(_FILLING.sub("", noun))
    noun = _LEFT_OVER.sub(" ", noun[:place])
    pieces = tag(noun)
    taken = _noun_of(pieces)
    if "、" in clause and taken == noun.strip() and len(pieces) > 1:
        return ""  # 风电、太阳能装机量 is of both
    if not taken.startswith(("其他", "其余", "其中")):
        taken = taken.removeprefix("其")
    # A lone verbal noun says what was done, not what was measured: 运营 1000 万平方米.
    lone = bool(pieces) and pieces[-1] == (taken, "vn") and taken not in _NOMINAL
    if not _tells(taken) or lone:
        return change if change in {"同比增长", "同比下降"} else ""
    stretch = taken + change
    return stretch if stretch in clause else taken


def _noun_of(pieces: list[tuple[str, str]]) -> str:
    """The noun with which `pieces` end, with what denies it; the last word alone of a long one."""
    taken = ""
    for word, kind in reversed(pieces):
        if taken and word in _DENYING:
            return word + taken  # a 不支持率 is no 支持率
        if taken and len(word) == 1 and kind in {"ns", "nr", "nz"}:
            return pieces[-1][0]  # a name in pieces: 网易 + 云 + 音乐
        if not _belongs(word, kind, taken) or word in _OWNERS:
            break
        if len(word + taken) > _LONGEST:
            return pieces[-1][0]  # 网易云音乐净收入 is no 音乐净收入
        taken = word + taken
    return "" if pieces and pieces[-1][0] in _CARRYING else taken


def _belongs(word: str, kind: str, taken: str) -> bool:
    """Whether `word` may stand before `taken` in the name of a measure, or end it."""
    if not taken:
        return kind in _HEAD_KINDS or word in _ENDINGS or word in _NOMINAL
    if taken in _ENDINGS | _TOTALS and kind == "v":
        return True
    return kind in _BEFORE_KINDS or word.startswith("最") or (kind == "a" and len(word) > 1)


def _tells(words: str) -> bool:
    plain = words not in GENERIC and words not in STOP
    return len(words) >= _SHORTEST and plain and not _TIMES.search(words)
