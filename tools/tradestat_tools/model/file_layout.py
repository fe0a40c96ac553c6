"""What a kind of file is: its columns, how their cells are read, and what figures its rows are."""

from abc import ABC, abstractmethod
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar, Literal

from tradestat_tools.codes.periods import period
from tradestat_tools.codes.words import fold
from tradestat_tools.model.answers import Cell, Note
from tradestat_tools.model.observation import Observation

LayoutName = Literal["china_customs", "comtrade", "korea"]
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

    id: ClassVar[LayoutName]
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
        """Fields, in the file or not, by which rows are told apart, to check the file's own totals."""
        return ()

    @abstractmethod
    def subject(self, records: Sequence[Record]) -> str:
        """Whose trade it is and which flows: China's exports."""

    @abstractmethod
    def notes(self, records: Sequence[Record]) -> Iterator[Note]:
        """What to know about the figures."""

    def is_total(self, record: Mapping[str, str]) -> bool:
        """Whether a row, by its texts, is a sum of others."""
        return any(fold(record.get(field, "")).replace(" ", "") in self.total_words for field in self.total_fields)
