"""Amounts that were written in Chinese, as English readers read them."""

from decimal import Decimal

from digest.regexes import regex
from digest.text.number_tables import CURRENCIES, CURRENCY_NAMES, plain
from digest.text.numbers import FoundNumber, find_numbers

_SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£", "HKD": "HK$"}
_SCALES = ((10**12, "trillion"), (10**9, "billion"), (10**6, "million"))
_LONGEST_FRACTION, _THOUSAND = 4, 1000
_BEYOND = 10**15  # nothing is worth as much, and floats keep no more digits

# Counted things whose English is the same in every sentence, by one and by many.
_COUNTED = {
    "个国家": "country countries", "个地区": "region regions", "个城市": "city cities",
    "个月": "month months", "个小时": "hour hours", "小时": "hour hours",
    "分钟": "minute minutes", "秒钟": "second seconds", "秒": "second seconds",
    "天": "day days", "周": "week weeks", "年": "year years", "个岗位": "job jobs",
    "公里": "km km", "千米": "km km", "海里": "nautical_mile nautical_miles",
    "英里": "mile miles", "英寸": "inch inches", "英尺": "foot feet", "厘米": "cm cm",
    "米": "m m", "毫米": "mm mm", "纳米": "nm nm", "微米": "μm μm", "公顷": "hectare hectares",
    "平方公里": "km² km²", "平方米": "m² m²", "立方米": "m³ m³", "吨": "tonne tonnes",
    "千克": "kg kg", "公斤": "kg kg", "千瓦时": "kWh kWh", "度电": "kWh kWh", "千瓦": "kW kW",
    "兆瓦": "MW MW", "吉瓦": "GW GW", "毫安时": "mAh mAh", "马力": "hp hp", "桶": "barrel barrels",
    "人": "person people", "名员工": "employee employees", "名用户": "user users",
    "用户": "user users", "家门店": "store stores", "家公司": "company companies",
    "家企业": "company companies", "辆": "vehicle vehicles", "股": "share shares",
    "参数": "parameter parameters", "像素": "pixel pixels", "行代码": "line_of_code lines_of_code",
}  # fmt: skip
# Measure words that English has none for: what is counted stands beside the number anyway.
_MUTE = frozenset(
    "个家款项次台部座架艘颗枚套件篇册份条张只头株户所例起宗场票片组杯瓶包箱盒单笔门种类名位"
)
_DIGIT = regex(r"[\d一二两三四五六七八九]")  # 百万颗 only says how large it is about
_YUAN = regex(r"元$")
_TRADITIONAL = regex(r"[億萬]")

_HAN = regex(r"[\u3400-\u9fff]")
_NUMERAL = r"[\d.,零〇一二两三四五六七八九十百千万萬亿億兆\s]*"
_MONEY = "|".join(sorted(filter(_HAN.search, CURRENCIES), key=len, reverse=True))
_PLAIN = {
    "money": regex(
        rf"(?P<sign>[$€£¥￥]|US\$|HK\$)?\s?{_NUMERAL}(?P<more>[多余]?)\s?(?:{_MONEY})?"
    ),
    "percent": regex(r"百分之.+|[\d.]+[%％]|[一二两三四五六七八九点]+成[一-九]?"),
    "points": regex(r"[\d.]+\s?个?(?:百分点|基点)"),
    "multiple": regex(rf"{_NUMERAL}(?P<more>多?)倍"),
    "count": regex(rf"{_NUMERAL}(?P<more>[多余]?)\s?(?P<unit>[^\d\s多余]*)"),
}  # fmt: skip
_ENDS = regex(r"\x00\s?[-–—~～至到]\s?\x00")
_CHANGE = regex(
    r"从?\s?\x00\s?(?:[升增涨提扩降减跌缩下上][高加长至到大低少跌调升涨降]{0,2}|[到至]|→|->)\s?\x00"
)


def in_english(written: str) -> str:
    """How an amount that was written in Chinese reads in English ("12 亿元": "CNY 1.2 billion").

    "" where it is not Chinese, or where anything of it has no English that is certain.
    """
    if not _HAN.search(written):
        return ""
    found = find_numbers(written, "zh")
    told = [_told(number) for number in found]
    frame = _without(written, found)
    if not all(told):
        return ""
    if frame in {"\x00", "-\x00", "−\x00"} and len(told) == 1:
        return frame[0].strip("\x00") + told[0]
    if _ENDS.fullmatch(frame):
        return f"{told[0]} to {told[1]}"
    return f"from {told[0]} to {told[1]}" if _CHANGE.fullmatch(frame) else ""


def _without(written: str, found: tuple[FoundNumber, ...]) -> str:
    """What stands around the numbers, each of which is one NUL."""
    rest, done = "", 0
    for number in found:
        rest += written[done : number.start] + "\x00"
        done = number.end
    return (rest + written[done:]).strip()


def _told(number: FoundNumber) -> str:
    known = _PLAIN.get(number.kind)
    match = known.fullmatch(number.text.strip()) if known else None
    if match is None or not _DIGIT.search(number.text):
        return ""
    groups = match.groupdict()
    value = Decimal(str(number.value))
    if abs(value) >= _BEYOND:
        return ""
    words = _in_unit(number, value, groups.get("sign") or "")
    return f"over {words}" if words and groups.get("more") else words


def _in_unit(number: FoundNumber, value: Decimal, sign: str) -> str:
    match number.kind:
        case "money":
            return _money(number, value, sign)
        case "percent":
            return f"{plain(value)}%"
        case "points":
            return f"{plain(value)} {_points(number.unit, value)}"
        case "multiple":
            return f"{_scaled(value)}x"
        case _:
            return _counted(number.unit, value)


def _money(number: FoundNumber, value: Decimal, sign: str) -> str:
    amount = _scaled(value)
    if sign:
        return f"{sign.replace('￥', '¥')}{amount}"
    # 元 in traditional characters may be the money of three places.
    if _YUAN.search(number.text) and number.unit == "CNY" and _TRADITIONAL.search(number.text):
        return ""
    if number.unit not in CURRENCY_NAMES:
        return ""
    symbol = _SYMBOLS.get(number.unit)
    return f"{symbol}{amount}" if symbol else f"{number.unit} {amount}"


def _points(unit: str, value: Decimal) -> str:
    name = {"pp": "percentage point", "bp": "basis point"}[unit]
    return name if value == 1 else f"{name}s"


def _counted(unit: str, value: Decimal) -> str:
    amount = _scaled(value)
    if not unit or unit in _MUTE:
        return amount
    one, _, many = _COUNTED.get(unit, "").partition(" ")
    name = one if value == 1 else many
    return f"{amount} {name.replace('_', ' ')}" if name else ""


def _scaled(value: Decimal) -> str:
    """`value` exactly: 1.2 billion, 35 million, 15,000."""
    for size, name in _SCALES:
        scaled = value / size
        fraction = plain(scaled).partition(".")[2]
        if 1 <= abs(scaled) < _THOUSAND and len(fraction) <= _LONGEST_FRACTION:
            return f"{plain(scaled)} {name}"
    return f"{value.normalize():,f}"
