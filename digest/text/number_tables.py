"""Scales, currencies and counted things, in both languages, and how amounts read in Chinese."""

from decimal import Decimal

from digest.text.vocabulary import word_set

SCALES: dict[str, Decimal] = {  # Latin ones in small letters
    "hundred": Decimal(100),
    "thousand": Decimal(1000),
    "k": Decimal(1000),
    "lakh": Decimal(100_000),
    "million": Decimal(10**6),
    "mln": Decimal(10**6),
    "mn": Decimal(10**6),
    "m": Decimal(10**6),
    "crore": Decimal(10**7),
    "billion": Decimal(10**9),
    "bn": Decimal(10**9),
    "b": Decimal(10**9),
    "trillion": Decimal(10**12),
    "quadrillion": Decimal(10**15),
    "trn": Decimal(10**12),
    "tn": Decimal(10**12),
    "t": Decimal(10**12),
    "millionen": Decimal(10**6), "mio": Decimal(10**6), "millions": Decimal(10**6),
    "millones": Decimal(10**6), "milhões": Decimal(10**6), "milhão": Decimal(10**6),
    "milioni": Decimal(10**6), "milione": Decimal(10**6), "miljoen": Decimal(10**6),
    "milliarden": Decimal(10**9), "milliarde": Decimal(10**9), "mrd": Decimal(10**9),
    "milliards": Decimal(10**9), "milliard": Decimal(10**9),
    "miliardi": Decimal(10**9),
    "miliardo": Decimal(10**9), "mil millones": Decimal(10**9), "bilhões": Decimal(10**9),
    "bilhão": Decimal(10**9), "miljard": Decimal(10**9), "billionen": Decimal(10**12),
    "lakh crore": Decimal(10**12),
    "十": Decimal(10),
    "百": Decimal(100),
    "千": Decimal(1000),
    "万": Decimal(10**4),
    "萬": Decimal(10**4),
    "亿": Decimal(10**8),
    "億": Decimal(10**8),
    "兆": Decimal(10**12),
}  # fmt: skip

CURRENCIES: dict[str, str] = {
    "US$": "USD", "HK$": "HKD", "NT$": "TWD", "A$": "AUD", "AU$": "AUD", "C$": "CAD",
    "CA$": "CAD", "S$": "SGD", "R$": "BRL", "$": "USD", "€": "EUR", "£": "GBP", "₹": "INR",
    "₩": "KRW", "₽": "RUB", "¥": "¥", "￥": "¥", "RMB": "CNY", "CNY": "CNY", "USD": "USD",
    "EUR": "EUR", "GBP": "GBP", "JPY": "JPY", "HKD": "HKD", "INR": "INR", "KRW": "KRW",
    "AUD": "AUD", "CAD": "CAD", "CHF": "CHF", "Rs": "INR", "Rs.": "INR",
    "Euro": "EUR", "reais": "BRL",
    "dollar": "USD", "dollars": "USD", "euro": "EUR", "euros": "EUR",
    "yuan": "CNY",
    "renminbi": "CNY", "yen": "JPY", "rupees": "INR", "rubles": "RUB", "roubles": "RUB",
    "pounds sterling": "GBP",
    "美元": "USD", "美金": "USD", "欧元": "EUR", "英镑": "GBP", "日元": "JPY", "日圆": "JPY",
    "韩元": "KRW", "港元": "HKD", "港币": "HKD", "元人民币": "CNY", "人民币": "CNY",
    "新台币": "TWD", "新加坡元": "SGD", "澳元": "AUD", "加元": "CAD", "瑞士法郎": "CHF",
    "卢布": "RUB", "卢比": "INR", "雷亚尔": "BRL", "块钱": "CNY", "元": "CNY",
}  # fmt: skip
# These name a weight or are a verb unless a scale stands before them ("2 trillion won").
SCALED_CURRENCIES = {"pounds": "GBP", "pound": "GBP", "won": "KRW"}

CURRENCY_NAMES: dict[str, str] = {
    "USD": "美元", "EUR": "欧元", "GBP": "英镑", "CNY": "元", "JPY": "日元", "KRW": "韩元",
    "HKD": "港元", "TWD": "新台币", "AUD": "澳元", "CAD": "加元", "SGD": "新加坡元",
    "INR": "卢比", "RUB": "卢布", "BRL": "雷亚尔", "CHF": "瑞士法郎",
}  # fmt: skip

# Counted things whose Chinese is the same in every sentence. Others stay as the article has them.
UNIT_NAMES: dict[str, str] = {
    "users": "用户", "people": "人", "employees": "名员工", "workers": "名员工",
    "customers": "客户", "subscribers": "订阅用户", "developers": "名开发者",
    "downloads": "次下载", "parameters": "参数", "tokens": "个 token", "jobs": "个岗位",
    "barrels": "桶", "tonnes": "吨", "countries": "个国家", "companies": "家公司",
    "students": "名学生", "patients": "名患者", "researchers": "名研究人员",
    "years": "年", "months": "个月", "weeks": "周", "days": "天", "hours": "小时",
    "minutes": "分钟", "seconds": "秒", "miles": "英里", "kilometers": "公里",
    "kilometres": "公里", "km": "公里", "kg": "千克", "homes": "户家庭", "households": "户家庭",
    "stars": "个 star", "lines of code": "行代码", "votes": "票",
}  # fmt: skip

# Of these, the ones that a word between ("square kilometres") turns into another unit.
MEASURED_UNITS = word_set(
    "years months weeks days hours minutes seconds miles kilometers kilometres km ",
    "kg tonnes barrels ",
)

UNIT_SYMBOLS = (
    "TWh|GWh|MWh|kWh|mAh|GW|MW|kW|TB|GB|MB|KB|PB|Gbps|Mbps|GHz|MHz|kHz|Hz|TOPS|TFLOPS|FLOPS|fps|"
    "kg|km/h|mph|km|cm|mm|nm|μm|ms|°C|°F|℃|dB|ppm|PPI|ppi|dpi|rpm|nits|hr|Wh|AW|hp|Nm|N·m|cc|ml|mL"
    "|W|V"
)

CHINESE_MEASURES = (
    "马力|马赫|牛·米|牛米|赫兹|毫安时|毫安|安时|匹|"
    "个国家|个地区|个城市|个月|个小时|个工作日|个岗位|个百分位|小时|分钟|秒钟|秒|天|周岁|周年|周|年|岁|"
    "平方公里|平方米|立方米|公里|千米|海里|英里|英寸|英尺|厘米|毫米|纳米|微米|米|公顷|亩|吨|千克|公斤|克|"
    "千瓦时|千瓦|兆瓦|吉瓦|万千瓦|瓦时|瓦|度电|摄氏度|桶|升(?![至到为级值高温幅])|毫升|美分|"
    "名员工|名用户|用户|名|人次|人|位|家门店|家公司|家企业|家|台(?!式)|辆|部(?![分门])|款|项|次|座|架|艘|颗|枚|"
    "套|件|篇|册|份|条|张|只|头|株|户|所|例|起|宗|场|股|票|字|行代码|行|参数|像素|片|组|颗|期|回|届|杯|瓶|包|箱|盒|单|笔(?!记本)|门|种|类|层|集|个"
)

_DIGITS = {letter: value for value, letter in enumerate("零一二三四五六七八九")}
_DIGITS |= {"〇": 0, "两": 2}
_SMALL = {"十": 10, "百": 100, "千": 1000}
_LARGE = {"万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8, "兆": 10**12}
_LONGEST_FRACTION = 4
_LONGEST_NUMERAL = 32  # characters; nobody writes longer ones, and 亿亿亿… is beyond any float

NUMBER_WORDS: dict[str, int] = {
    word: value
    for value, word in enumerate(
        (
            "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
            "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen",
            "eighteen", "nineteen", "twenty",
        )
    )
} | {
    "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip


def chinese_value(numeral: str) -> Decimal | None:
    """The value of 一百五十万, 三千, 二〇二四 or 两; None for no numeral or an endless one."""
    if len(numeral) > _LONGEST_NUMERAL:
        return None
    if all(letter in _DIGITS for letter in numeral):
        return Decimal("".join(str(_DIGITS[letter]) for letter in numeral))
    total = section = digit = 0
    for letter in numeral:
        if letter in _DIGITS:
            digit = _DIGITS[letter]
        elif letter in _SMALL:
            section += (digit or 1) * _SMALL[letter]
            digit = 0
        elif letter in _LARGE:
            total = (total + section + digit or 1) * _LARGE[letter]
            section = digit = 0
        else:
            return None
    return Decimal(total + section + digit)


def in_chinese(value: Decimal) -> str:
    """`value` exactly, with 万, 亿 or 万亿 and a space before what follows ("12 亿")."""
    for size, name in ((10**12, "万亿"), (10**8, "亿"), (10**4, "万")):
        if abs(value) >= size:
            scaled = plain(value / size)
            if len(scaled.partition(".")[2]) <= _LONGEST_FRACTION:
                return f"{scaled} {name}"
    return f"{value.normalize():,f}"


def plain(value: Decimal) -> str:
    """`value` without an exponent and without idle zeros."""
    return f"{value.normalize():f}"
