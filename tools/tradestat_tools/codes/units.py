"""Units of value, converted exactly; units of quantity by code and name; numbers written for people."""

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import cache
from typing import Literal

from tradestat_tools.codes.words import CodeError, bounded, fold, nearest, shown, table_rows

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

_YUAN_POWERS: dict[YuanUnit, int] = {"yuan": 0, "million_yuan": 6, "yi_yuan": 8}

MAX_MAGNITUDE = 40
"""Digits before or after the point beyond which a number is not a trade figure but a mistake."""

_NUMBER = f"digits with an optional decimal point, up to {MAX_MAGNITUDE} on either side"
_WIDE = Context(prec=3 * MAX_MAGNITUDE)

UNIT_WORDS: dict[YuanUnit | DollarUnit, tuple[str, ...]] = {
    "yuan": ("元", "人民币", "人民币元", "yuan", "rmb", "cny", "rmb yuan"),
    "million_yuan": ("百万元", "百万", "million yuan", "million rmb", "million rmb yuan"),
    "yi_yuan": ("亿元", "亿", "yi yuan", "100 million yuan", "100 million rmb", "100 million rmb yuan"),
    "usd": ("usd", "us dollar", "us dollars", "美元", "달러"),
    "thousand_usd": ("thousand usd", "thousand us dollars", "us dollar thousand", "usd thousand", "千美元", "천달러"),
    "million_usd": ("million usd", "million us dollars", "us dollar million", "usd million", "百万美元"),
}
"""How services and people write the units of value; the words as `fold` leaves them."""


@cache
def _by_word() -> dict[str, YuanUnit | DollarUnit]:
    return {word: code for code, words in UNIT_WORDS.items() for word in words}


def unit(text: str) -> YuanUnit | DollarUnit:
    """The unit of value meant by the words of a service or a person (`亿元`, `US Dollar thousand`).

    Raises:
        CodeError: not a unit this package converts.
    """
    found = _by_word().get(fold(text))
    if found is None:
        raise CodeError(
            f"{shown(text)} is not a known unit of value.",
            allowed=", ".join(UNIT_NAMES),
            nearest=lambda: nearest(text, _by_word()),
        )
    return found


@dataclass(frozen=True, slots=True)
class QuantityUnit:
    """A unit of quantity.

    `comtrade` is UN Comtrade's number (`qtyUnitCode`), `abbr` its abbreviation (`qtyUnitAbbr`), mostly that of the
    World Customs Organization. `korea` is the unit in Korea Customs' answers, which have weights alone; "" where it has
    none.
    """

    comtrade: str
    abbr: str
    name_en: str
    name_zh: str
    name_ko: str
    korea: str
    words: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The abbreviation, the names and what people write."""
        return (self.abbr, self.name_en, self.name_zh, self.name_ko, *self.words)


@cache
def quantity_units() -> tuple[QuantityUnit, ...]:
    """Every unit of quantity, the usual ones first."""
    return tuple(
        QuantityUnit(
            **{column: row[column] for column in ("comtrade", "abbr", "name_en", "name_zh", "name_ko", "korea")},
            words=tuple(word for word in row["words"].split(";") if word),
        )
        for row in table_rows("units.csv")
    )


def quantity_unit(text: str) -> QuantityUnit:
    """The unit meant by UN Comtrade's number or abbreviation, or by a name: `8`, `kg`, `kilograms`, `千克`.

    Raises:
        CodeError: not a unit of the table; names the nearest.
    """
    if found := _quantity_index().get(_unit_key(text)):
        return found
    raise CodeError(
        f"{shown(text)} is not a known unit of quantity.",
        allowed=", ".join(known.abbr for known in quantity_units()),
        nearest=lambda: tuple(dict.fromkeys(_quantity_index()[word].abbr for word in nearest(text, _quantity_index()))),
    )


@cache
def _quantity_index() -> dict[str, QuantityUnit]:
    index: dict[str, QuantityUnit] = {}
    for known in quantity_units():
        for word in (known.comtrade, *known.names):
            index.setdefault(_unit_key(word), known)
    return index


def _unit_key(text: str) -> str:
    """As `fold`, but -1, UN Comtrade's number for none, is not 1."""
    return bounded(text).strip() if text.strip().startswith("-") else fold(text)


_WRITTEN = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")
_THOUSANDS = re.compile(r"[+-]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?")


def written(text: str) -> str:
    """A number as services write it, without its commas for thousands.

    A comma parts thousands only where it stands as they do: 608499941,5 and 9012,34 are no numbers here, since whoever
    wrote them may have meant a decimal point. Nor are 1_000 and digits of other scripts, which Python reads.

    Raises:
        CodeError: not a number, or longer than any figure of trade.
    """
    text = text.strip()
    plain = text.replace(",", "") if _THOUSANDS.fullmatch(text) else text
    if len(plain) > 3 * MAX_MAGNITUDE or not _WRITTEN.fullmatch(plain):
        raise CodeError(f"{shown(text)} is not a number.", allowed=_NUMBER)
    return plain


def exact(value: Number) -> Decimal:
    """A finite number as a Decimal, as it is written: 12.3 is 12.3, not the binary fraction next to it.

    Text may carry thousands commas and blanks around it, as service answers do.

    Raises:
        CodeError: not a number, or not a finite one.
    """
    if isinstance(value, bool):
        raise CodeError("A yes/no value is not a number.")
    text = bounded(str(value)).strip()
    number = Decimal(written(text))
    exponent = number.as_tuple().exponent
    if abs(number.adjusted()) > MAX_MAGNITUDE or not -MAX_MAGNITUDE <= int(exponent) <= MAX_MAGNITUDE:
        raise CodeError(f"{shown(text)} is too large or too finely divided for a trade figure.", allowed=_NUMBER)
    return number


def to_yuan(value: Number, unit: YuanUnit) -> Decimal:
    """An amount in RMB yuan: 12.3 亿元 is exactly 1230000000 yuan, 12.3 百万元 exactly 12300000.

    Raises:
        CodeError: `value` is not a finite number.
    """
    # By moving the point: no digit is rounded, however many there are.
    sign, digits, exponent = exact(value).as_tuple()
    assert isinstance(exponent, int)  # noqa: S101  `exact` lets finite numbers through only
    exponent += _YUAN_POWERS[unit]
    if exponent > 0:  # written out, 1230000000 and not 1.23E+9
        digits, exponent = digits + (0,) * exponent, 0
    return Decimal((sign, digits, exponent))


SIGNIFICANT = 6
"""Significant digits of what is worked out: rates of exchange are published with as many."""


def significant(value: float, digits: int = SIGNIFICANT) -> float:
    """A worked-out figure with no more digits than stand behind it."""
    return float(f"{value:.{digits}g}")


def format_number(value: Number | None, *, decimals: int | None = None) -> str:
    """A figure for people: `1,234,567`, `0.034`, `–` for a missing one, `0` for a true zero.

    Without `decimals`, whole numbers stay whole, and others get as many as show three significant digits (none from
    100 up), so that a small figure never reads as zero.

    Raises:
        CodeError: `value` is not a finite number.
    """
    if value is None:
        return MISSING
    number = exact(value)
    if decimals is None:
        whole = number == number.to_integral_value()
        decimals = 0 if whole else max(0, 2 - number.adjusted())
    rounded = number.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP, context=_WIDE)
    return f"{abs(rounded) if rounded == 0 else rounded:,f}"
