"""Whether a number of a statement is one of the source: value, scale, unit and kind."""

from math import floor, isclose, log10

from digest.verify.quantities import BARE, NUMBER, Quantity
from digest.verify.units import MONEY, MULTIPLE, PERCENT, POINTS, measure, tolerance

_SCALES = (10.0, 100.0, 1000.0, 1e4, 1e5, 1e6, 1e7, 1e8, 0.1, 0.01, 1e-3, 1e-4, 1e-5, 1e-6, 1e-8)
_DOLLARS = frozenset({"USD", "AUD", "CAD", "HKD", "SGD", "TWD", "NZD"})
_POUNDS = frozenset({"pound", "pounds"})
_LEAST_DIGITS = 2
_LOOSE = 0.02
# How far a converted number may be off, by the digits that it is told with.
_SLACK = {1: 0.06, 2: 0.03, 3: 0.01}
_EXACTLY = 0.002
_CLOCK_DIGITS = (3, 4)
_EXACT = frozenset({"year", "month", "day", "weekday", "clock", "ordinal"})  # never rounded
_WHOLE = frozenset({NUMBER, BARE})
# What is counted by these is a thing; 位 and 个 go with bits and hours as well, 名 with degrees.
_COUNTERS = frozenset("款家台只件部辆座架艘枚颗")
# Kinds that answer to each other besides themselves.
_ANSWERS: dict[str, frozenset[str]] = {
    NUMBER: frozenset({NUMBER, BARE, MONEY, MULTIPLE, "ordinal", "year"}),
    MONEY: frozenset({MONEY, BARE, NUMBER}),
    PERCENT: frozenset({PERCENT, "fraction", MULTIPLE}),
    POINTS: frozenset({POINTS}),
    MULTIPLE: frozenset({MULTIPLE, NUMBER, BARE, PERCENT, "fraction"}),
    "fraction": frozenset({"fraction", PERCENT, MULTIPLE, NUMBER, BARE, "ordinal"}),
    "ordinal": frozenset({"ordinal", BARE, NUMBER, "day", "decade"}),
    "year": frozenset({"year", BARE, NUMBER}),
    "month": frozenset({"month"}),
    "day": frozenset({"day", "ordinal"}),
    "weekday": frozenset({"weekday"}),
    "clock": frozenset({"clock"}),
    "decade": frozenset({"decade"}),
}


def same(claim: Quantity, source: Quantity) -> bool:
    """Whether `source` says what `claim` does, rounding and conversion included."""
    if source.kind == "decade" and measure(claim.unit).dimension == "time":
        return claim.value == source.value < 100  # noqa: PLR2004 - 40 多岁, in their 40s
    if claim.kind == "clock" and source.kind in _WHOLE:
        return _is_clock(claim, source)
    if source.kind not in _ANSWERS.get(claim.kind, frozenset({claim.kind})):
        return False
    if claim.kind == MONEY and not _same_currency(claim, source):
        return False
    if _counts_other(claim, source):
        return False
    if claim.kind == "decade":
        return _same_decade(claim.value, source.value)
    return any(_agree(claim, value, source, other) for value, other in _readings(claim, source))


def _same_decade(claim: float, source: float) -> bool:
    """The 1880s are no 1980s; the eighties may be either."""
    return claim == source or (min(claim, source) < 100 and claim % 100 == source % 100)  # noqa: PLR2004 - no century


def _counts_other(claim: Quantity, source: Quantity) -> bool:
    """The 29th minute is neither 29 hours nor the 29th hour, 1 款 neither a day nor the first."""
    one, two = measure(claim.unit), measure(source.unit)
    ordinal = source.kind == "ordinal"
    if claim.unit in _COUNTERS and (two.dimension or (ordinal and claim.value == 1)):
        return True
    if source.unit in _COUNTERS and one.dimension:
        return True
    ordinal = ordinal or claim.kind == "ordinal"
    return ordinal and bool(one.dimension and two.dimension and one != two)


def _is_clock(claim: Quantity, source: Quantity) -> bool:
    """0430 and 4.30 are times of day where one is looked for; six may be six o'clock."""
    if source.unit:
        return False
    digits = source.text.replace(".", "")
    hours, minutes = source.value, 0.0
    if digits.isdecimal() and len(digits) in _CLOCK_DIGITS:
        hours, minutes = float(digits[:-2]), float(digits[-2:])
    wanted = hours * 60 + minutes
    return any(value in {wanted, wanted + 720} for value in claim.values)


def near(claim: Quantity, source: Quantity) -> bool:
    """Whether the article has it with another unit, currency, kind or scale."""
    if "weekday" in {claim.kind, source.kind} and claim.kind != source.kind:
        return False
    for value in claim.values:
        for other in source.values:
            if _rounded(value, other, hedged=claim.hedged):
                return True
            scaled = {claim.kind, source.kind} <= {NUMBER, MONEY, BARE} and value and other
            if scaled and any(isclose(value, other * by, rel_tol=1e-9) for by in _SCALES):
                return True
    return False


def _readings(claim: Quantity, source: Quantity) -> list[tuple[float, float]]:
    return [(value, other) for value in claim.values for other in _as_kind(claim, source)]


def _as_kind(claim: Quantity, source: Quantity) -> tuple[float, ...]:
    """The source's values as the claim's kind would put them: a half is 50 percent."""
    kinds = (claim.kind, source.kind)
    if kinds == (PERCENT, "fraction"):
        return tuple(value * 100 for value in source.values)
    if kinds == ("fraction", PERCENT):
        return tuple(value / 100 for value in source.values)
    if kinds == (PERCENT, MULTIPLE):
        return tuple(v for value in source.values for v in (value * 100, (value - 1) * 100))
    if kinds == (MULTIPLE, PERCENT):
        return tuple(v for value in source.values for v in (value / 100, value / 100 + 1))
    if kinds == ("fraction", MULTIPLE):
        return tuple(1 / value for value in source.values if value)
    if claim.kind == "fraction" and source.kind in {NUMBER, BARE, "ordinal"}:
        # "a fifth" is told as 五分之一: the ordinal is its lower half.
        return tuple(1 / value for value in source.values if value)
    return source.values


def _same_currency(claim: Quantity, source: Quantity) -> bool:
    if source.kind != MONEY:
        if claim.unit == "GBP" and source.unit in _POUNDS:
            return True  # 150,000 pounds may weigh or cost
        return not (source.kind == NUMBER and measure(source.unit).dimension)
    if claim.unit == source.unit or {claim.unit, source.unit} & {"", "¥"}:
        return True
    # "$" is written for every dollar.
    return "USD" in {claim.unit, source.unit} and {claim.unit, source.unit} <= _DOLLARS


def _agree(claim: Quantity, value: float, source: Quantity, other: float) -> bool:
    if _EXACT & {claim.kind, source.kind}:
        return isclose(value, other, rel_tol=1e-9)
    if claim.kind != NUMBER or source.kind != NUMBER:
        if claim.kind == NUMBER and source.kind == MONEY and measure(claim.unit).dimension:
            return False
        return _rounded(value, other, hedged=claim.hedged)
    one, two = measure(claim.unit), measure(source.unit)
    if not (one.dimension and two.dimension) or claim.unit == source.unit:
        return _rounded(value, other, hedged=claim.hedged)
    if one.dimension != two.dimension:
        dimensions = {one.dimension, two.dimension}
        if dimensions == {"length", "speed"}:  # 时速 85 英里 leaves the hour to another word
            per_hour = {"length": 1000.0, "speed": 1.0}
            value, other = (
                value * one.size / per_hour[one.dimension],
                other * two.size / per_hour[two.dimension],
            )
            return isclose(value, other, rel_tol=_LOOSE if one.size / 1000 != two.size else 1e-9)
        return dimensions == {"celsius", "fahrenheit"} and _degrees(value, other, one.dimension)
    if one.size == two.size:
        return _rounded(value, other, hedged=claim.hedged)
    told = min(tolerance(one.dimension, one.size, two.size), _SLACK.get(_digits(value), _EXACTLY))
    return isclose(value * one.size, other * two.size, rel_tol=told)


def _degrees(value: float, other: float, dimension: str) -> bool:
    celsius, fahrenheit = (value, other) if dimension == "celsius" else (other, value)
    return abs(celsius - (fahrenheit - 32) * 5 / 9) <= 1


def _rounded(value: float, other: float, *, hedged: bool) -> bool:
    """Equal, or `value` is `other` told with fewer digits ("1.2 billion" of 1.24 billion)."""
    if isclose(value, other, rel_tol=1e-9):
        return True
    if value <= 0 or other <= 0 or abs(value - other) > 0.5 * other:
        return False
    digits, exact = _digits(value), _digits(other)
    if digits >= exact or (digits < _LEAST_DIGITS and not hedged):
        return False
    step = 10.0 ** (floor(log10(value)) - digits + 1)
    slack = step if hedged else step / 2
    return abs(value - other) <= slack * (1 + 1e-9)


def _digits(value: float) -> int:
    """How many digits `value` needs, idle zeros apart."""
    return len(f"{value:.10g}".replace(".", "").partition("e")[0].strip("0"))
