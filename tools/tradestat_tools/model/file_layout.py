"""What a kind of file is: its columns, how their cells are read, and what figures its rows are."""

import re
import unicodedata
from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar, Literal, Protocol

from tradestat_tools.codes.countries import Area, area, label
from tradestat_tools.codes.periods import Period, period
from tradestat_tools.codes.words import CodeError, fold, shown, visible
from tradestat_tools.model.answers import Cell, Note, NoteCode
from tradestat_tools.model.observation import Observation

FlowSide = Literal["X", "M"]
Record = Mapping[str, Cell]
"""A row by field."""

TOOL = "import_file"

read_period = lru_cache(maxsize=4096)(period)
"""As `period`: a file has few of them, many times each."""


@dataclass(frozen=True, slots=True)
class Column:
    """What a column holds.

    Args:
        field: the layout's name for it.
        unit: of its figures, where the header says it: usd, thousand_usd, yuan, kg, tonnes.
        flow: which flow the header speaks of, where it does.
    """

    field: str
    unit: str = ""
    flow: FlowSide | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """What a caller says of a file because the file itself does not.

    Args:
        period: of every row, as text.
    """

    flow: FlowSide | None = None
    unit: str | None = None
    period: str | None = None


class Found(Protocol):
    """What the rows of a file hold, without the rows: there may be millions."""

    rows: int

    def distinct(self, *fields: str) -> list[Record]:
        """Each set of values of these fields once, in order, and under `rows` how many rows have it."""
        ...

    def counted(self, condition: str, fields: Mapping[str, str]) -> int:
        """How many rows meet a condition in SQL over fields by the names given them."""
        ...


@dataclass(frozen=True, slots=True)
class Trait:
    """What some fields of a row say together: it is read once for each set of their values.

    Args:
        fields: those of them that the file has are given.
        read: what they say, always under the same names; raises CellFault where they contradict each other.
    """

    fields: tuple[str, ...]
    read: Callable[[Record], Mapping[str, Cell]]


@dataclass(frozen=True, slots=True)
class InBulk:
    """The checks and figures of a kind of file in SQL, over the fields of a row and what its traits say (as texts).

    Args:
        key: expressions; no two rows have the same values of all.
        figures: by column of a figure, an expression; what is left out is NULL.
        where: which rows are figures of a flow.
        grouped: of which rows each figure is; empty where each row is one.
        nothing: how a figure's cell writes that there is none.
        signed: fields of figures that may be below zero.
    """

    traits: tuple[Trait, ...]
    key: tuple[str, ...]
    figures: Mapping[str, str]
    where: str = "true"
    grouped: tuple[str, ...] = ()
    nothing: frozenset[str] = frozenset({""})
    signed: frozenset[str] = frozenset()


class HeaderFault(Exception):
    """What keeps a file from being read as a whole.

    Args:
        argument: what the caller may say about it; "file" where only another file helps.
    """

    def __init__(self, message: str, allowed: str, *, argument: str = "file", remedy: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.allowed = allowed
        self.argument = argument
        self.remedy = remedy


class Layout(ABC):
    """One file of a kind, from its header on.

    Args:
        columns: in the order of the file.
        said: what the caller says of the file.

    Raises:
        HeaderFault: something is not in the file and was not said, or was said otherwise than the file says it.
    """

    id: ClassVar[str]
    name: ClassVar[str]
    source: ClassVar[str]
    """Id of the source whose figures these are."""
    encodings: ClassVar[tuple[str, ...]]
    """Those that such a file can have without a mark at its beginning, the likeliest first."""
    expected: ClassVar[str]
    """Its header, for an error."""
    required: ClassVar[tuple[frozenset[str], ...]]
    """Fields without which it is not this kind; of each set one is enough."""
    measures: ClassVar[frozenset[str]]
    """Fields of figures that can be summed."""
    money: ClassVar[frozenset[str]]
    total_words: ClassVar[frozenset[str]] = frozenset()
    of: ClassVar[str] = ""
    """Whose statistics these are, by UN Comtrade's code, where they are one reporter's that no source here asks for."""
    by_hand: ClassVar[str] = ""
    """How to get them, for those who asked for that reporter's figures."""
    summed: ClassVar[bool] = False
    """Whether several rows make one figure."""
    total_fields: ClassVar[frozenset[str]] = frozenset()
    """Fields that hold a word for "total" where a row is a sum of others."""

    def __init__(self, columns: Sequence[Column], said: Said) -> None:
        self.columns = tuple(columns)
        self.fields = {column.field: column for column in columns}
        self.said = said

    @classmethod
    @abstractmethod
    def column(cls, head: str) -> Column | None:
        """What a column of this header holds; None where this kind of file has no such column."""

    @classmethod
    def missing(cls, fields: Iterable[str]) -> list[str]:
        """Required fields that are not there, the first of each set."""
        there = set(fields)
        return [sorted(one)[0] for one in cls.required if not one & there]

    @abstractmethod
    def cell(self, field: str, text: str) -> Cell:
        """A cell, cleaned, as data; None where it holds nothing.

        Raises:
            CellFault: it is not what the column holds.
        """

    @abstractmethod
    def check(self, record: Record) -> None:
        """Hold the cells of a row against each other.

        Raises:
            CellFault: they contradict each other; names the field.
        """

    @abstractmethod
    def key(self, record: Record) -> Hashable:
        """What only one row may have."""

    @abstractmethod
    def observe(self, records: Iterable[Record]) -> Iterator[Observation]:
        """The figures of all rows as common rows, in whole units of the currency."""

    def in_bulk(self) -> InBulk | None:
        """The same by SQL, for files of millions of rows; None where such a file is read row by row."""
        return None

    @property
    @abstractmethod
    def currency(self) -> str:
        """ISO 4217, of the figures of money."""

    @property
    @abstractmethod
    def unit(self) -> str:
        """Of the figures of money in the file, in words."""

    @property
    @abstractmethod
    def valuation(self) -> str:
        """FOB, CIF, or which flow is which."""

    @property
    def rounding(self) -> float:
        """By how much each figure of money may be off in the file's unit, so that sums need not agree."""
        return 0.0

    @property
    def dimensions(self) -> tuple[str, ...]:
        """Fields, in the file or not, by which rows differ, to check the file's own totals."""
        return ()

    @abstractmethod
    def subject(self, found: Found) -> str:
        """Whose trade it is and which flows: China's exports."""

    @abstractmethod
    def notes(self, found: Found) -> Iterator[Note]:
        """What to know about the figures."""

    def is_total(self, record: Mapping[str, str]) -> bool:
        """Whether a row, by its texts, is a sum of others."""
        return any(fold(record.get(field, "")).replace(" ", "") in self.total_words for field in self.total_fields)


_NUMBER = re.compile(r"[-+]?(\d{1,3}(,\d{3})+|\d{1,30})(\.\d{1,20})?", re.ASCII)
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
    return visible(text).strip()


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
        CellFault: no digits, or of another length: a lost leading zero is never put back, since a digit may as
            well be lost elsewhere.
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


def period_trait(text: str) -> dict[str, Cell]:
    """What a period says of a figure, see `InBulk`."""
    found = read_period(text)
    month = found.number if found.frequency == "month" else None
    return {"when_text": str(found), "when_year": found.year, "when_month": month}


@lru_cache(maxsize=1024)
def area_name(code: str) -> str:
    """The name of an area by UN Comtrade's code; the code itself where it is not known."""
    try:
        return area(code, system="comtrade").name_en
    except CodeError:
        return code


def one_area(
    code: str | None, coded: Area | None, name: str | None, named: Area | None, remedy: str | None = None
) -> Area:
    """The area of a code and of a name, or of the one that is given.

    Raises:
        CellFault: they are two areas.
    """
    if coded and named and coded != named:
        raise CellFault(
            f"{shown(name or '')} is {label(named)}, and the code {code} is {label(coded)}",
            f"the name of {coded.name_en}",
            field="partner_name",
            remedy=remedy,
        )
    found = coded or named
    if found is None:
        raise CellFault("it is empty", "a trading partner", field="partner")
    return found


def on_lengths(found: Found) -> Iterator[Note]:
    """That some product codes contain others, where they differ in length."""
    lengths = sorted({len(str(record["product"])) for record in found.distinct("product") if record.get("product")})
    if len(lengths) > 1:
        text = f"Codes of {', '.join(map(str, lengths))} digits stand side by side: a code contains the longer ones."
        yield Note(code=NoteCode.DOUBLE_COUNTING, text=text)
