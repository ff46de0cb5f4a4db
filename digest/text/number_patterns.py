"""What numbers, their scales, units and neighbours look like in text."""

import re

from digest.regexes import regex
from digest.text.number_tables import (
    CHINESE_MEASURES,
    CURRENCIES,
    NUMBER_WORDS,
    UNIT_SYMBOLS,
)

# 1,000,000 or, as India groups it, 10,00,000.
ARABIC = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,2}(?:,\d{2})+,\d{3}(?:\.\d+)?|\d+(?:\.\d+)?"
HANZI = r"[零〇一二两三四五六七八九十百千万亿]+"
WORDS = "|".join(sorted(NUMBER_WORDS, key=len, reverse=True))
BASE = regex(
    rf"(?P<arabic>{ARABIC})|(?P<hanzi>{HANZI})"
    rf"|\b(?P<words>(?:(?:{WORDS}|a) hundred (?:and )?)?(?:{WORDS})(?:-(?:{WORDS}))?|half a|a)"
    r"(?=(?:[ -](?:hundred|thousand|[mb]illion|trillion|quadrillion|fold|times|per ?cent)|fold)\b)"
    r"|\b(?P<change>(?:doubl|tripl|quadrupl|halv)(?:ed|es|ing)"
    r"|(?:(?<=\bto )|(?<=\bwill )|(?<=\bwould ))(?:double|triple|quadruple|halve)"
    r"(?![ -](?:check|down|click|book|up)))\b"
    r"|(?P<zh_change>翻了?一?[倍番]|翻了?[两三四]番|减半|腰斩)",
    re.IGNORECASE,
)
SYMBOL_BEFORE = regex(
    r"(?:US\$|HK\$|NT\$|AU\$|CA\$|A\$|C\$|S\$|R\$|[$€£₹₩₽¥￥]"
    r"|\b(?:RMB|CNY|USD|EUR|GBP|JPY|HKD|INR|KRW|AUD|CAD|CHF|Rs\.?))\s?$"
)
LATIN_SCALE = regex(
    r"[\s\u00a0\u202f]?-?(?P<long>hundred|thousand|lakh crore|lakh|million|mln|crore|billion"
    r"|trillion|quadrillion|bn|mn|trn|tn|millionen|mio|millions|millones|milh(?:ões|ão)|milion[ei]|miljoen"
    r"|milliarden?|mrd|milliards?|miliard[io]|mil millones|bilh(?:ões|ão)|miljard|billionen)\b"
    r"|(?P<short>[kKmMbBtT])(?![\w])",
    re.IGNORECASE,
)
# 4亿5千万, 1万8千: a smaller part after a larger scale.
LOWER_PART = regex(
    r"零?(?P<digits>\d{1,4})\s?(?P<scale>千万|百万|[万千百])(?![瓦克米卡赫帕伏焦分度])"
)
# 56万5691: the last four digits after ten thousands.
LAST_PART = regex(r"\d{4}(?!\d|[.,]\d|\s?[年万萬亿億千百])")
# 1.234.567,8 and 1 234,5: the marks that other languages put where English has "," and ".".
CONTINENTAL = regex(
    r"(?<![\d.,])(?:\d{1,3}(?:[.\u00a0\u202f ]\d{3}){1,20}(?:,\d+)?|\d+,\d+)(?![\d.,]*\d)"
)
CHINESE_SCALE = regex(
    r"\s?[多余]?\s?"
    r"(?P<scale>[十百千]?[万萬]?[亿億]|[十百千]?[万萬]|千(?![瓦克米卡赫帕伏焦])|百(?![分度])|兆(?!瓦))[多余]?"
)
PERCENT = regex(
    r"[\s\u00a0\u202f]?(?:[%％]|per ?cent\b|pct\b|prozent\b|procent\b|por ciento\b"
    r"|pour cent\b|por cento\b|per cento\b)(?P<points>\s?points?\b)?",
    re.IGNORECASE,
)
POINTS = regex(
    r"[\s-]?(?:(?P<pp>percentage[ -]points?\b|pp\b|个百分点)"
    r"|(?P<bp>basis[ -]points?\b|bps\b|个基点|基点))",
    re.IGNORECASE,
)
MULTIPLE = regex(
    # A capital X ends names ("天选 7X") unless something became so many times faster.
    r"\s?(?P<sign>(?-i:[x×])(?!\w|\s\d)|(?-i:X)(?=\s(?:faster|more|cheaper|better|larger|smaller|higher|lower|less|the|increase|growth|return|speed))|倍)"
    r"|[\s-](?P<word>times|fold)\b|(?P<fold>fold)\b",
    re.IGNORECASE,
)
CURRENCY_AFTER = regex(
    r"\s?[多余]?(?:(?P<zh>"
    + "|".join(n for n in CURRENCIES if "\u4e00" <= n[-1] <= "\u9fff")
    + ")"
    r"|(?:d['’]|d[ei]\s)?(?P<en>US dollars|pounds sterling|dollars?|[Ee]uros?|reais|yuan|renminbi"
    r"|yen|rupees|ro?ubles|USD|EUR|CNY|RMB|GBP|JPY|HKD|INR|KRW|CHF)\b"
    r"|(?P<scaled>pounds?|won)\b)"
)
MEASURE = regex(
    rf"\s?[多余]?(?P<zh>{CHINESE_MEASURES})"
    # A lone g weighs unless it names a network: 201g, but 5g.
    rf"|[\s-]?(?P<symbol>{UNIT_SYMBOLS}|(?<!(?<![\d.])[2-6])g)(?![A-Za-z0-9])"
)
NOUNS = regex(r"[ -](?P<nouns>[a-z][a-z\-]*(?: [a-z][a-z\-]*){0,3})")
DATE_AFTER = regex(
    r"\s?(?:年(?!前|后|内|间|来|以)|月|日|号|时(?!代)|点(?!\d)|点\d{1,2}分|分(?![之钟])|:\d\d|：\d\d|(?:st|nd|rd|th)\b|\s?[ap]\.?m\b"
    r"|[/-]\d{1,4}|(?<=\d)s\b|\s(?:January|February|March|April|May|June|July|August|September"
    r"|October|November|December)\b)"
)
DATE_BEFORE = regex(
    r"(?:\b(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)[a-z]*\.?|\d[/:-]|\d年|\d月)\s?$"
)
ORDINAL_BEFORE = regex(
    r"(?:第|#|\b(?:no|nos|number|version|ver|section"
    r"|chapter|figure|fig|table|page|step|part|appendix|rule|article|grade|level|type|phase|q|fy)\.?\s|[图表]|公元)\s?$",
    re.IGNORECASE,
)
NAME_BEFORE = regex(r"(?:[A-Za-z_][\w.]*-|[A-Za-z_.])$")
OF_HUNDRED = regex(rf"百分之\s?(?P<percent>{ARABIC}|{HANZI}(?:点{HANZI})?)")
TENTHS = regex(
    r"(?<![统合归唯专划万二三四五六七八九十一化])(?P<tenths>[一二两三四五六七八九](?:[点\.][一二三四五六七八九])?)"
    r"成(?P<and>[一二三四五六七八九])?(?![不为员立熟功本长都果型绩就分交语效])"
)
RANGE = regex(r"\s?(?:[-–—~～至到]|to)\s?$")
SIGN_BEFORE = regex(r"(?:^|[\s比幅率增减降涨跌（(约为]|环)[+\-−]$")
UNIT_NEXT = regex(
    rf"(?:[-/~–—至到](?:{ARABIC}))?\s?(?:[%％]|per ?cent|[mb]illion|trillion|bn|万|亿|倍|个|x\b|x "
    r"|(?!年|周|月|股|期|届)(?:" + CHINESE_MEASURES + ")"
    r"|(?:seconds|minutes|hours|days|weeks|months|years|people|miles|metres|meters|feet|inches)\b)"
)
