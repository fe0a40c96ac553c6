"""Single figures as they are written: whole ones stay whole, decimals exact, and what may mean two things is none."""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from tradestat_tools.upstream.reading import MISSING_WORDS

Amount = int | Decimal

Figures = tuple[Amount | None, ...]
"""The figures of a row in the order of `Operation.measures`; None is "no figure given", which is not zero."""

_PLAIN = re.compile(r"-?[0-9]{1,15}")
"""How figures come but for commas and blanks."""

_ALL_PLAIN = re.compile(r"(?:-?[0-9]{1,15}\0)*")

_WRITTEN = re.compile(r"[-+]?([0-9]{1,15}|[0-9]{1,3}(?P<mark>[, ])[0-9]{3}((?P=mark)[0-9]{3}){0,3})(\.[0-9]{1,9})?")
_SCIENTIFIC = re.compile(r"[-+]?[0-9]\.[0-9]{1,15}[eE][0-9]{1,2}")
"""How Java writes a decimal number from ten million on: 1.2345678E7."""

_LARGEST = 10**15


def figure(text: str) -> Amount | None:
    """A figure, perhaps with commas or blanks between thousands; None where there is none or a dash.

    Raises:
        ValueError: no number, or one whose comma or blank parts no thousands and may be a decimal point.
    """
    if _PLAIN.fullmatch(text):
        return int(text)
    if text.lower() in MISSING_WORDS:
        return None
    if not (_WRITTEN.fullmatch(text) or _SCIENTIFIC.fullmatch(text)):
        raise ValueError("not a number")
    found = Decimal(text.replace(",", "").replace(" ", ""))
    if abs(found) >= _LARGEST:
        raise ValueError("not a figure of trade")
    return whole(found)


def all_plain(column: Sequence[Any]) -> bool:
    """Whether every value is the text of a whole figure, without commas and blanks."""
    try:
        return _ALL_PLAIN.fullmatch("\0".join([*column, ""])) is not None
    except TypeError:  # an element with others in it, or none
        return False


def whole(value: Amount) -> Amount:
    """The same number, as an integer where it is one."""
    return value if isinstance(value, int) else int(value) if value == int(value) else value


def plain(value: Amount | None) -> int | float | None:
    """A figure as JSON has it."""
    return float(value) if isinstance(value, Decimal) else value


def amount(value: float | None) -> Amount | None:
    """The figure that JSON has."""
    return Decimal(str(value)) if isinstance(value, float) else value


def added(rows: list[Figures], width: int) -> Figures:
    """The sums of the columns of rows; None where there is no row, or one of them has no figure."""
    if len(rows) == 1:  # most codes and countries of a month have one
        return tuple(None if x is None else whole(x) for x in rows[0])
    columns = zip(*rows, strict=True) if rows else [()] * width
    return tuple(map(_sum, columns))


def _sum(column: Sequence[Amount | None]) -> Amount | None:
    known = [x for x in column if x is not None]
    return whole(sum(known)) if known and len(known) == len(column) else None


def present(rows: list[Figures], width: int) -> tuple[Amount, ...]:
    """The sums of what is there, to be held against a total: what is not there counts nothing."""
    columns = zip(*rows, strict=True) if rows else [()] * width
    return tuple(whole(sum(x for x in column if x is not None)) for column in columns)
