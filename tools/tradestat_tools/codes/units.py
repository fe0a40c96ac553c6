"""Units of value, converted exactly, and numbers written for people."""

from decimal import Decimal, InvalidOperation
from typing import Literal, assert_never

from tradestat_tools.codes.errors import CodeError
from tradestat_tools.codes.words import fold, nearest, shown

YuanUnit = Literal["yuan", "million_yuan", "yi_yuan"]
DollarUnit = Literal["usd", "thousand_usd", "million_usd"]
Number = Decimal | int | float | str

MISSING = "–"
"""What stands where there is no figure; a true zero is written 0."""

UNIT_NAMES: dict[YuanUnit | DollarUnit, str] = {
    "yuan": "RMB yuan",
    "million_yuan": "million RMB yuan (百万元)",
    "yi_yuan": "100 million RMB yuan (亿元)",
    "usd": "US dollars",
    "thousand_usd": "thousand US dollars",
    "million_usd": "million US dollars",
}

_SPELLINGS: dict[str, YuanUnit | DollarUnit] = {
    "元": "yuan",
    "人民币": "yuan",
    "人民币元": "yuan",
    "yuan": "yuan",
    "rmb": "yuan",
    "cny": "yuan",
    "rmb yuan": "yuan",
    "百万元": "million_yuan",
    "百万": "million_yuan",
    "million yuan": "million_yuan",
    "million rmb": "million_yuan",
    "million rmb yuan": "million_yuan",
    "亿元": "yi_yuan",
    "亿": "yi_yuan",
    "yi yuan": "yi_yuan",
    "100 million yuan": "yi_yuan",
    "100 million rmb": "yi_yuan",
    "100 million rmb yuan": "yi_yuan",
    "usd": "usd",
    "us dollar": "usd",
    "us dollars": "usd",
    "美元": "usd",
    "달러": "usd",
    "thousand usd": "thousand_usd",
    "thousand us dollars": "thousand_usd",
    "us dollar thousand": "thousand_usd",
    "usd thousand": "thousand_usd",
    "千美元": "thousand_usd",
    "천달러": "thousand_usd",
    "million usd": "million_usd",
    "million us dollars": "million_usd",
    "百万美元": "million_usd",
}


def unit(text: str) -> YuanUnit | DollarUnit:
    """The unit meant by a service's or a person's spelling of it (`亿元`, `US Dollar thousand`).

    Raises:
        CodeError: not a unit this package converts.
    """
    found = _SPELLINGS.get(fold(text))
    if found is None:
        raise CodeError(
            f"{shown(text)} is not a known unit of value.",
            allowed=", ".join(UNIT_NAMES),
            nearest=nearest(text, _SPELLINGS),
        )
    return found


def exact(value: Number) -> Decimal:
    """A finite number as a Decimal, as it is written: 12.3 is 12.3, not the binary fraction next to it.

    Text may carry thousands commas and blanks around it, as service answers do.

    Raises:
        CodeError: not a number, or not a finite one.
    """
    if isinstance(value, bool):
        raise CodeError("A yes/no value is not a number.")
    text = str(value).strip().replace(",", "")
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise CodeError(f"{shown(str(value))} is not a number.", allowed="digits with an optional decimal point") from None
    if not number.is_finite():
        raise CodeError(f"{shown(str(value))} is not a finite number.", allowed="digits with an optional decimal point")
    return number


def to_yuan(value: Number, unit: YuanUnit) -> Decimal:
    """An amount in RMB yuan: 12.3 亿元 is exactly 1230000000 yuan, 12.3 百万元 exactly 12300000.

    Raises:
        CodeError: `value` is not a finite number.
    """
    match unit:
        case "yuan":
            factor = 1
        case "million_yuan":
            factor = 10**6
        case "yi_yuan":
            factor = 10**8
        case _:
            assert_never(unit)
    return _shift(exact(value), factor)


def to_usd(value: Number, unit: DollarUnit) -> Decimal:
    """An amount in US dollars, exactly.

    Raises:
        CodeError: `value` is not a finite number.
    """
    match unit:
        case "usd":
            factor = 1
        case "thousand_usd":
            factor = 10**3
        case "million_usd":
            factor = 10**6
        case _:
            assert_never(unit)
    return _shift(exact(value), factor)


def _shift(number: Decimal, factor: int) -> Decimal:
    """`number` times a power of ten, by moving the point: no digit is rounded, however many there are."""
    sign, digits, exponent = number.as_tuple()
    if not isinstance(exponent, int):
        raise CodeError("Not a finite number.")
    moved = Decimal((sign, digits, exponent + len(str(factor)) - 1))
    return moved.quantize(Decimal(1)) if moved == moved.to_integral_value() and abs(exponent) < 20 else moved


def format_number(value: Number | None, *, digits: int | None = None) -> str:
    """A figure for people: `1,234,567`, `0.034`, `–` for a missing one, `0` for a true zero.

    Without `digits`: whole numbers whole; from 100 up no decimals, below that about three significant digits, so that
    a small figure never reads as zero. With `digits`: that many decimals.
    """
    if value is None:
        return MISSING
    number = exact(value)
    if digits is None:
        digits = _sensible_decimals(number)
    rounded = number.__round__(digits) if digits else number.to_integral_value()
    if not rounded:
        rounded = abs(rounded)
    return f"{rounded:,.{digits}f}"
