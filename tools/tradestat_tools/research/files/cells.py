"""One cell of a file, read exactly or refused: nothing is guessed and nothing is repaired."""

import re
import unicodedata

from tradestat_tools.codes.errors import CodeError
from tradestat_tools.codes.periods import Period, period
from tradestat_tools.codes.words import shown

_NUMBER = re.compile(r"[-+]?(\d{1,3}(,\d{3})+|\d{1,30})(\.\d{1,12})?", re.ASCII)
_SCIENTIFIC = re.compile(r"[-+]?\d+(\.\d+)?[eE][-+]?\d+", re.ASCII)

SPREADSHEET = "A spreadsheet rewrote the file: export it again and import it without opening and saving it first."


class CellFault(Exception):
    """A cell that is not what its column holds.

    Args:
        message: what is wrong, as the end of a sentence that begins with the place.
        expected: what the column holds.
        remedy: what to do about it, where that is known.
        field: the field at fault, where it is not the one being read.
    """

    def __init__(self, message: str, expected: str, *, remedy: str | None = None, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.expected = expected
        self.remedy = remedy
        self.field = field


def cleaned(text: str) -> str:
    """A cell without the blanks around it and without characters that show nothing, such as those that turn text round.

    Raises:
        CellFault: a control character, which no export has.
    """
    text = text.strip()
    if text.isascii() and text.isprintable():
        return text
    for char in text:
        if unicodedata.category(char) in ("Cc", "Cs"):
            raise CellFault(f"it holds the control character U+{ord(char):04X}", "text on one line")
    return "".join(char for char in text if unicodedata.category(char) != "Cf").strip()


def number(text: str, *, signed: bool = False) -> int | float:
    """A number with or without thousands commas and decimal point; a whole one stays whole.

    Raises:
        CellFault: anything else: other groupings, decimal commas, powers of ten, a sign where there can be none.
    """
    if not _NUMBER.fullmatch(text):
        expected = "a number such as 1234567, 1,234,567 or 1234.5"
        if _SCIENTIFIC.fullmatch(text):
            raise CellFault(f"{shown(text)} is rounded to a power of ten", expected, remedy=SPREADSHEET)
        raise CellFault(f"{shown(text)} is not a number", expected)
    plain = text.replace(",", "")
    if plain.startswith("-") and not signed:
        raise CellFault(f"{shown(text)} is below zero", "a number of zero or more")
    if "." not in plain:
        return int(plain)
    read = float(plain)
    return int(plain.partition(".")[0]) if read.is_integer() and not plain.partition(".")[2].strip("0") else read


def hs_code(text: str, lengths: tuple[int, ...]) -> str:
    """The digits of a product code, of one of the lengths that the file can have.

    Raises:
        CellFault: no digits, or of another length: a lost leading zero is never put back, since it can not be told
            from a digit lost elsewhere.
    """
    allowed = f"{', '.join(map(str, lengths[:-1]))} or {lengths[-1]} digits"
    if _SCIENTIFIC.fullmatch(text):
        raise CellFault(f"{shown(text)} is rounded to a power of ten", allowed, remedy=SPREADSHEET)
    code = text.replace(".", "") if re.fullmatch(r"\d{2,4}(\.\d{2})+(\.\d{4})?", text, re.ASCII) else text
    if not re.fullmatch(r"\d+", code, re.ASCII):
        raise CellFault(f"{shown(text)} is not a product code", allowed)
    if len(code) not in lengths:
        odd = len(code) % 2 == 1
        hint = ", so that a leading zero was lost" if odd and len(code) + 1 in lengths else ""
        raise CellFault(
            f"{shown(text)} has {len(code)} digit{'s' * (len(code) != 1)}{hint}",
            allowed,
            remedy=SPREADSHEET if hint else None,
        )
    if code.startswith("00"):
        raise CellFault(f"{shown(text)} is of chapter 00, which does not exist", allowed)
    return code


def month_or_year(text: str) -> Period:
    """The period of a row.

    Raises:
        CellFault: no period, or a quarter.
    """
    expected = "a month such as 202401 or 2024-01, or a year such as 2024"
    try:
        found = period(text)
    except CodeError as error:
        raise CellFault(error.message.rstrip("."), error.allowed if "or" in error.allowed else expected) from None
    if found.frequency == "quarter":
        raise CellFault(f"{shown(text)} is a quarter", expected)
    return found
