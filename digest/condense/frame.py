"""A Chinese line above a foreign headline: who, which product, which numbers. No sentence.

"英伟达 NVIDIA", "Qwen-Image-2.0", "40 → 4 步", "融资 12 亿美元（$1.2 billion）": each part is in
the title or in what the text says about it, and certain; nothing certain, no frame.
"""

import re
from collections.abc import Collection, Iterator, Sequence

from digest.condense.names import Name
from digest.condense.sentences import Reading
from digest.model import NumberFact
from digest.regexes import regex
from digest.text.number_tables import UNIT_NAMES
from digest.text.numbers import FoundNumber, find_numbers
from digest.text.vocabulary import word_set

MOST_PARTS = 5
_MOST_NAMES, _MOST_NUMBERS = 2, 2

_ACTORS = frozenset({"company", "institution"})
_VERSIONED = regex(r"\d")
# Measures whose Chinese is the same in every sentence; the longer ones are tried first.
_MEASURES = {
    "annual recurring revenue": "年度经常性收入", "annualized revenue": "年化营收",
    "operating profit": "营业利润", "operating income": "营业利润", "operating loss": "营业亏损",
    "net profit": "净利润", "net income": "净利润", "net loss": "净亏损",
    "pre-tax profit": "税前利润", "gross margin": "毛利率", "revenue": "营收", "revenues": "营收",
    "turnover": "营收", "profit": "利润", "profits": "利润", "earnings": "盈利", "sales": "销售额",
    "losses": "亏损", "valuation": "估值", "valued": "估值", "market cap": "市值",
    "market value": "市值", "market capitalization": "市值", "market share": "市场份额",
    "funding": "融资", "fine": "罚款", "fined": "罚款", "fines": "罚款",
    "stake": "持股", "shares": "股价", "stock": "股价", "price": "价格", "prices": "价格",
    "priced": "定价", "cost": "成本", "costs": "成本", "budget": "预算", "debt": "债务",
    "deficit": "赤字", "inflation": "通胀", "unemployment": "失业率",
    "unemployment rate": "失业率",
    "interest rate": "利率", "interest rates": "利率", "exports": "出口", "imports": "进口",
    "gdp": "GDP", "accuracy": "准确率", "error rate": "错误率", "latency": "延迟",
    "throughput": "吞吐量", "battery life": "续航", "power use": "功耗",
    "power consumption": "功耗", "emissions": "排放", "memory usage": "内存占用",
    "false alarms": "误报", "users": "用户", "subscribers": "订阅用户", "downloads": "下载量",
}  # fmt: skip
_RATES = word_set("毛利率 市场份额 持股 通胀 失业率 利率 准确率 错误率")
_SHARE_PRICES = frozenset({"股价"})
_BY = r"(?: by)?(?: about| around| nearly| roughly| almost| over| more than| just| a further)? $"
_UP_BY = regex(
    rf"\b(?:rose|risen|rises|rise|up|grew|grown|grow|increased?|jump(?:ed|s)?|climb(?:ed|s)?"
    rf"|surge[ds]?|soar(?:ed|s)?|gain(?:ed|s)?){_BY}",
    re.IGNORECASE,
)
_DOWN_BY = regex(
    rf"\b(?:fell|fallen|falls?|down|drop(?:ped|s)?|declined?|decreased?|slid|slump(?:ed|s)?"
    rf"|plung(?:ed|es)|plunge|tumbled?|shrank|lost){_BY}",
    re.IGNORECASE,
)
# Counted things of a change, as they follow its end: "4 步".
_UNITS = UNIT_NAMES | {
    "steps": "步", "watts": "瓦", "W": "瓦", "percent": "%", "points": "分", "times": "次",
    "stores": "家门店", "models": "个模型", "languages": "种语言", "pages": "页",
    "cores": "核", "parameters": "参数", "deaths": "人死亡", "seats": "席", "flights": "个航班",
    "cars": "辆汽车", "vehicles": "辆车", "satellites": "颗卫星", "goals": "球", "runs": "分",
    "cities": "个城市", "states": "个州", "schools": "所学校", "hospitals": "家医院",
    "banks": "家银行", "children": "名儿童", "women": "名女性", "men": "名男性",
}  # fmt: skip
_COUNTED = regex(r"[\d.,]+(?: (?:thousand|million|billion))? [a-z]+")
_PLAIN = regex(r"[\d.,]+")


def find_frame(
    reading: Reading,
    headline: str,
    lang: str,
    *,
    names: Sequence[Name],
    numbers: Sequence[NumberFact],
    shown: Collection[int],
) -> tuple[str, ...]:
    """The parts of the frame, at most five; empty for a Chinese headline or nothing certain.

    `names` and `numbers` are those of the article read. A name needs the title and the text, a
    number the title; else it must be a change of a known measure in a sentence that is `shown`.
    """
    if not lang or lang == "zh":
        return ()
    parts = [*_who_and_what(headline, names), *_amounts(headline, lang, numbers, reading, shown)]
    # Latin names alone say no more than the title below them.
    if not any(_has_chinese(part) or "→" in part for part in parts):
        return ()
    return tuple(dict.fromkeys(parts))[:MOST_PARTS]


def _has_chinese(text: str) -> bool:
    """Whether any character of `text` is Chinese."""
    return any("\u4e00" <= letter <= "\u9fff" for letter in text)


def chinese_amount(fact: NumberFact) -> str:
    """How `fact` reads in Chinese beside its own wording, "" when that is not certain.

    "12 亿美元（$1.2 billion）", "40 → 4 步", "23%", "94 分钟", "350 万用户（3.5 million users）".
    """
    if fact.kind == "change":
        return _change(fact)
    if fact.kind in {"money", "points", "multiple"} and fact.zh:
        return _beside(fact.zh, fact.text)
    if fact.kind == "percent":
        return fact.zh or (fact.text if fact.text.endswith("%") else "")
    if fact.kind == "count":
        # "77 invalid votes" are not 77 票: nothing may stand between number and unit.
        plain = fact.text.endswith(fact.unit) and _COUNTED.fullmatch(fact.text)
        return _beside(fact.zh, fact.text) if fact.zh and plain else _count(fact)
    return ""


def _beside(chinese: str, written: str) -> str:
    """The Chinese amount, with the original one where it has other digits: 94 分钟 needs none."""
    told = [_PLAIN.search(text) for text in (chinese, written)]
    same = all(told) and len({it.group() for it in told if it}) == 1
    rated = " a " in written or " per " in written or written.endswith((" each", " apiece"))
    return chinese if same and not rated else f"{chinese}（{written}）"


def chinese_measure(measure: str) -> str:
    """The Chinese name of a measure, "" for one that is not in the list."""
    words = measure.lower().removeprefix("of ").strip()
    return _MEASURES.get(words) or _MEASURES.get(words.split(" ")[-1], "")


def _who_and_what(headline: str, names: Sequence[Name]) -> Iterator[str]:
    titled = sorted(
        (name for name in names if _in_title(name, headline)),
        key=lambda it: headline.find(it.text),
    )
    whole = [name for name in titled if not _within_longer(name, titled)]
    actors = [
        name
        for name in whole
        if name.sentences and (name.kind in _ACTORS or (name.kind == "person" and name.zh))
    ]
    for name in actors[:_MOST_NAMES]:
        yield f"{name.zh} {name.text}" if name.zh else name.text
    products = [name for name in whole if name.kind == "product" and name.sentences]
    versioned = [name for name in products if _VERSIONED.search(name.text)]
    for name in (versioned or products)[:_MOST_NAMES]:
        yield f"{name.zh} {name.text}" if name.zh else name.text


def _in_title(name: Name, headline: str) -> bool:
    # Most names are not in the title: a pattern is made only for those that may be.
    return name.text in headline and bool(
        re.search(rf"(?<![\w\-]){re.escape(name.text)}(?![\w\-])", headline)
    )


def _within_longer(name: Name, others: Sequence[Name]) -> bool:
    return any(name.text != other.text and name.text in other.text for other in others)


def _amounts(
    headline: str,
    lang: str,
    numbers: Sequence[NumberFact],
    reading: Reading,
    shown: Collection[int],
) -> Iterator[str]:
    said = find_numbers(headline, lang)
    titled = [fact for fact in numbers if _says(said, fact)]
    changes = [
        fact
        for fact in numbers
        if fact.kind == "change" and fact.sentence in shown and chinese_measure(fact.measure)
    ]
    given = 0
    for fact in titled or changes[:1]:
        part = _amount_with_measure(fact, reading.sentences[fact.sentence].opening)
        if part and given < _MOST_NUMBERS:
            given += 1
            yield part


def _amount_with_measure(fact: NumberFact, sentence: str) -> str:
    amount = chinese_amount(fact)
    measure = chinese_measure(fact.measure) if fact.measure else ""
    if not amount:
        return ""
    if fact.kind in {"percent", "points"}:
        # "Sales rose 5%" and "a 5% share" differ: how it moved must stand right before it.
        before = sentence[: max(0, sentence.find(fact.text))]
        moved = _UP_BY.search(before) or _DOWN_BY.search(before)
        if moved and measure:
            return f"{measure}{'上升' if _UP_BY.search(before) else '下降'} {amount}"
        return f"{measure} {amount}" if measure in _RATES and not moved else ""
    if measure in _RATES or (fact.kind == "money" and measure in _SHARE_PRICES):
        return amount
    return f"{measure} {amount}" if measure and measure not in amount else amount


def _says(said: Sequence[FoundNumber], fact: NumberFact) -> bool:
    ends = {(one.value, one.unit) for one in said}
    if (fact.value, fact.unit) in ends:
        return True
    return fact.kind == "change" and any(one.value == fact.value for one in said)


def _change(fact: NumberFact) -> str:
    start, end = fact.start, fact.end
    if fact.zh.startswith("从 ") and " 到 " in fact.zh:
        start, end = fact.zh.removeprefix("从 ").split(" 到 ", 1)
        return f"{start} → {end}"
    unit = _UNITS.get(fact.unit, "")
    digits = [_PLAIN.match(written) for written in (start, end)]
    if unit and all(digits):
        first, second = (match.group() for match in digits if match)
        return f"{first} → {second} {unit}".replace(" %", "%")
    both_plain = all(_PLAIN.fullmatch(written) for written in (start, end))
    return f"{start} → {end}" if both_plain else ""


def _count(fact: NumberFact) -> str:
    unit = _UNITS.get(fact.unit, "")
    digits = _PLAIN.match(fact.text)
    if not unit or digits is None or fact.text.split(" ")[0] != digits.group():
        return ""
    if fact.text != f"{digits.group()} {fact.unit}":
        return ""
    return f"{digits.group()} {unit}"
