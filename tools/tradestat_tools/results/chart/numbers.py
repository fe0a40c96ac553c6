"""Figures in words: four significant digits, and the power of a thousand with the unit."""

import math
from collections.abc import Iterable
from decimal import Decimal

from tradestat_tools.codes.units import MISSING, format_number

POWERS = ("", "thousand", "million", "billion", "trillion")
DIGITS = 4
PURE = ("percent",)
"""Units that no power of a thousand stands before."""


def is_pure(unit: str) -> bool:
    """Whether values have no unit but percent, or a base of 100."""
    return unit in PURE or unit.endswith("= 100")


def power_of(unit: str, values: Iterable[float | None]) -> int:
    """The power of a thousand in which an axis for these is written: the largest is at least one of it."""
    largest = max((abs(one) for one in values if one is not None and math.isfinite(one)), default=0)
    if is_pure(unit) or largest < 10_000:
        return 0
    return min(len(POWERS) - 1, int(math.log10(largest) // 3))


def in_power(value: float, power: int, digits: int = DIGITS) -> str:
    """A value in a power of a thousand: significant digits, or as many as stand before the point; zero is 0."""
    if value == 0:
        return "0"
    divided = Decimal(value).scaleb(-3 * power)
    before = divided.adjusted() + 1
    if power == 0 and divided == divided.to_integral_value():
        return f"{divided:,.0f}"
    if before < -2:
        return f"{divided:.{digits}g}"
    return f"{divided:,.{max(0, digits - max(before, 1))}f}"


def unit_in(unit: str, power: int) -> str:
    """A unit with its power: `billion US dollars`; weights in tonnes and the like."""
    return f"{POWERS[power]} {unit}".strip()


def amount(value: float | None, unit: str = "") -> str:
    """A figure in a sentence: `6.695 billion US dollars`, `14.4 %`, `–` for none."""
    if value is None:
        return MISSING
    if unit == "percent":
        return f"{format_number(value, decimals=1)} %"
    power = power_of(unit, [value])
    said = in_power(value, power)
    if is_pure(unit):
        return said
    return f"{said} {unit_in(unit, power)}".strip()


def percent(fraction: float | None, *, signed: bool = False) -> str:
    """A fraction in percent: `+26.7 %`."""
    if fraction is None:
        return MISSING
    return f"{100 * fraction:+,.1f} %" if signed else f"{100 * fraction:,.1f} %"
