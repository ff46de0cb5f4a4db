"""Units as dimensions: 5 miles and 8 公里 are both lengths, 40 users and 40 名用户 both people."""

from dataclasses import dataclass
from math import log10

from digest.text.vocabulary import word_set

MONEY, PERCENT, POINTS, MULTIPLE = "money", "percent", "points", "multiple"

_DAY = 86_400.0
_YEAR = 365 * _DAY

_PEOPLE = word_set(
    "people employees workers users customers subscribers developers students patients ",
    "researchers children women men residents passengers soldiers voters members staff ",
    "officers fans migrants refugees victims civilians viewers ",
    "人 人次 名 名员工 名用户 用户 名学生 名患者 名研究人员 名开发者",
)
# Dimension → unit → its size in the dimension's base unit.
_MEASURED: dict[str, dict[str, float]] = {
    "time": {
        "s": 1, "second": 1, "seconds": 1, "sec": 1, "secs": 1, "秒": 1, "秒钟": 1, "ms": 1e-3,
        "millisecond": 1e-3, "milliseconds": 1e-3, "毫秒": 1e-3,
        "minute": 60, "minutes": 60, "min": 60, "mins": 60, "分钟": 60, "刻钟": 900,
        "hour": 3600, "hours": 3600, "hr": 3600, "hrs": 3600, "小时": 3600, "个小时": 3600,
        "钟头": 3600, "个钟头": 3600,
        "day": _DAY, "days": _DAY, "天": _DAY, "个工作日": _DAY, "昼夜": _DAY, "晚": _DAY,
        "night": _DAY, "nights": _DAY,
        "week": 7 * _DAY, "weeks": 7 * _DAY, "周": 7 * _DAY, "个星期": 7 * _DAY,
        "fortnight": 14 * _DAY, "星期": 7 * _DAY,
        "month": _YEAR / 12, "months": _YEAR / 12, "个月": _YEAR / 12,
        "quarter": _YEAR / 4, "quarters": _YEAR / 4, "个季度": _YEAR / 4,
        "year": _YEAR, "years": _YEAR, "年": _YEAR, "周年": _YEAR, "yr": _YEAR, "yrs": _YEAR,
        "岁": _YEAR, "周岁": _YEAR, "year-old": _YEAR, "载": _YEAR,
        "decade": 10 * _YEAR, "decades": 10 * _YEAR, "century": 100 * _YEAR,
        "centuries": 100 * _YEAR, "个世纪": 100 * _YEAR,
    },
    "length": {
        "nm": 1e-9, "纳米": 1e-9, "μm": 1e-6, "微米": 1e-6, "mm": 1e-3, "毫米": 1e-3,
        "millimetres": 1e-3, "millimeters": 1e-3, "cm": 0.01, "厘米": 0.01, "公分": 0.01,
        "centimetres": 0.01, "centimeters": 0.01, "m": 1, "米": 1, "metre": 1, "metres": 1,
        "meter": 1, "meters": 1, "km": 1000, "公里": 1000, "千米": 1000, "kilometre": 1000,
        "kilometres": 1000, "kilometer": 1000, "kilometers": 1000, "里": 500,
        "mile": 1609.344, "miles": 1609.344, "英里": 1609.344, "海里": 1852, "foot": 0.3048,
        "feet": 0.3048, "ft": 0.3048, "英尺": 0.3048, "inch": 0.0254, "inches": 0.0254,
        "英寸": 0.0254, "寸": 0.0254, "yard": 0.9144, "yards": 0.9144, "码": 0.9144,
    },
    "mass": {
        "g": 1e-3, "克": 1e-3, "grams": 1e-3, "gram": 1e-3, "kg": 1, "公斤": 1, "千克": 1,
        "kilos": 1, "kilo": 1, "kilograms": 1, "kilogram": 1, "斤": 0.5, "吨": 1000,
        "tonne": 1000, "tonnes": 1000, "ton": 1000, "tons": 1000, "pound": 0.4536,
        "pounds": 0.4536, "lb": 0.4536, "lbs": 0.4536, "磅": 0.4536, "ounces": 0.02835,
        "ounce": 0.02835, "oz": 0.02835, "盎司": 0.02835, "mg": 1e-6, "毫克": 1e-6,
    },
    "area": {
        "平方米": 1, "square metres": 1, "square meters": 1, "平方公里": 1e6,
        "square kilometres": 1e6, "square kilometers": 1e6, "square km": 1e6,
        "square miles": 2.59e6, "square feet": 0.0929, "平方英里": 2.59e6, "平方英尺": 0.0929,
        "公顷": 1e4, "hectares": 1e4, "hectare": 1e4, "acres": 4046.86, "acre": 4046.86,
        "英亩": 4046.86, "亩": 666.67,
    },
    "volume": {
        "升": 1, "litres": 1, "liters": 1, "litre": 1, "liter": 1, "毫升": 1e-3, "ml": 1e-3,
        "立方米": 1000, "cubic metres": 1000, "cubic meters": 1000, "gallons": 3.785,
        "gallon": 3.785, "加仑": 3.785, "barrels": 158.99, "barrel": 158.99, "桶": 158.99,
    },
    "bytes": {
        "KB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12, "PB": 1e15, "gigabytes": 1e9,
        "megabytes": 1e6, "terabytes": 1e12,
    },
    "power": {
        "W": 1, "瓦": 1, "watts": 1, "kW": 1e3, "千瓦": 1e3, "kilowatts": 1e3, "MW": 1e6,
        "兆瓦": 1e6, "megawatts": 1e6, "万千瓦": 1e7, "GW": 1e9, "吉瓦": 1e9, "gigawatts": 1e9,
    },
    "energy": {
        "瓦时": 1e-3, "kWh": 1, "千瓦时": 1, "度电": 1, "MWh": 1e3, "GWh": 1e6, "TWh": 1e9,
    },
    "frequency": {"Hz": 1, "kHz": 1e3, "MHz": 1e6, "GHz": 1e9},
    "speed": {"km/h": 1, "mph": 1.609344, "kph": 1},
    "charge": {"mAh": 1, "毫安时": 1},
    "celsius": {"°C": 1, "℃": 1, "摄氏度": 1},
    "fahrenheit": {"°F": 1, "华氏度": 1},
    "people": dict.fromkeys(_PEOPLE, 1),
}  # fmt: skip
_BY_UNIT = {
    unit: (dimension, float(size))
    for dimension, units in _MEASURED.items()
    for unit, size in units.items()
}
# Ages and anniversaries, nights and barrels convert badly; these convert as people do by habit.
_CONVERTED_LOOSELY = frozenset({"length", "mass", "area", "volume", "speed"})
_LOOSE, _CALENDAR = 0.06, 0.021  # 1,000 feet become 300 米; 12 months 365 days
_EXACT = 1e-9
_NO_UNIT = ("", 1.0)


@dataclass(frozen=True, slots=True)
class Measure:
    """A dimension ("" when unknown) and the size of the unit in its base unit."""

    dimension: str
    size: float = 1.0


def measure(unit: str) -> Measure:
    """What `unit`, a symbol or a word in either language, measures."""
    return Measure(*(_BY_UNIT.get(unit) or _BY_UNIT.get(unit.lower()) or _NO_UNIT))


def tolerance(dimension: str, one: float, other: float) -> float:
    """How far two sizes of a dimension may differ when their units do (`one`, `other`)."""
    if one == other:
        return 0.0
    if dimension in _CONVERTED_LOOSELY:
        # Within one system the arithmetic is exact: 2,000 metres are 2 km.
        power = log10(max(one, other) / min(one, other))
        return _EXACT if abs(power - round(power)) < _EXACT else _LOOSE
    return _CALENDAR if dimension == "time" else _EXACT
