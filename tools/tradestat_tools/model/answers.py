"""What a tool gives back: data, where it comes from, and what to know about it."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr

from tradestat_tools.model.reasons import Reason

Cell = str | int | float | None
"""One cell of a table. None is "the service gave no value", which is not zero."""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows for people and models to read, in the unit that the answer names.

    Args:
        columns: column heads; a unit that differs from the answer's stands in the head.
        rows: one tuple a row, as long as `columns`.
        title: what the table shows, where an answer has more than one.
        measures: the columns whose figures are in the answer's unit and may be shown in thousands or millions of it;
            no percentages, ranks, codes or quantities.
        weights: the columns of kilograms, as their heads or the title end with; they too may be shown in thousands.
        part: where the rows are a part of a stored table, what asks for it.
        units: of other columns of figures by their heads; those with "%" in the head are percent anyway.
        listing: that the tables before it sum up what it lists, so that it is shown only where it is short.
        kept: where all rows are, if these are only the first of them.
    """

    columns: tuple[str, ...]
    rows: Sequence[tuple[Cell, ...]]
    title: str = ""
    measures: frozenset[str] = frozenset()
    weights: frozenset[str] = frozenset()
    part: "Part | None" = None
    units: Mapping[str, str] = field(default_factory=dict[str, str])
    listing: bool = False
    kept: "Kept | None" = None

    @property
    def beyond(self) -> int:
        """How many rows follow these in the stored table, which an answer does not hold."""
        return self.kept.rows - len(self.rows) if self.kept else 0

    def units_of(self, unit: str | None) -> dict[str, str]:
        """The unit of each column of figures, as far as it is known; `unit` is the answer's."""
        named: dict[str, str] = {}
        for column in self.columns:
            if column in self.measures and unit:
                named[column] = unit.partition(";")[0]  # what follows is about other columns
            elif column in self.weights:
                named[column] = "kg"
            elif column in self.units:
                named[column] = self.units[column]
            elif "%" in column:
                named[column] = "percent"
        return named


class Kept(BaseModel):
    """Where the rows of a table are that is too large for an answer: files on the server's computer."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    file: str
    rows: int
    at: list[str] = Field(description="The columns in it, in the order of the table's.")
    kinds: list[str] = Field(description="Their SQL types.")
    figures_file: str = Field(description="The same rows as common rows.")
    figures: int = Field(description="How many of these.")


@dataclass(frozen=True, slots=True)
class Part:
    """Rows of a stored table, which are shown exactly.

    Args:
        asked: the arguments of the tool `query` that select and order them, but for the offset.
        first: how many rows stand before them.
    """

    asked: Mapping[str, Any]
    first: int


@dataclass(frozen=True, slots=True)
class Link:
    """A file that a client can read as a resource; `size` in bytes."""

    uri: str
    name: str
    mime_type: str
    size: int


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that goes beside the text of an answer.

    Args:
        name: without folder, with its ending.
        body: of a text format its UTF-8.
    """

    name: str
    mime_type: str
    body: bytes


class Data(BaseModel, ABC):
    """The typed payload of an answer. Field names are the upstream service's own."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    def verbatim(self) -> str:
        """What the text block shows as it is, such as a script; line ends and tabs are its only control characters."""
        return ""

    def links(self) -> "list[Link]":
        """Files that the answer is about."""
        return []

    def pictures(self) -> "list[Picture]":
        """Pictures that were asked for."""
        return []

    def beside(self) -> dict[str, Any]:
        """What the structured content holds beside tables, for a page to draw; its listings are then left out of it."""
        return {}

    @abstractmethod
    def tables(self) -> list[Table]:
        """The same data as tables for the text block, most important first."""


class NoteCode(StrEnum):
    """What a note is about. A closed set, so that code can act on it."""

    SUBSET = "subset"
    """The service gives a ranked or paged part of the whole."""
    REVISED = "revised"
    """Figures are provisional or have been revised."""
    LAG = "lag"
    """The newest periods are not out yet."""
    EDITION_BREAK = "edition_break"
    """The product code means something else in another HS edition."""
    RESOLVED_CODE = "resolved_code"
    """A code or name was read as another one."""
    TOTAL_MISMATCH = "total_mismatch"
    """The service's total is not the sum of its rows."""
    ROUNDING = "rounding"
    """Figures are rounded by the service, so parts need not add up."""
    ABSENT = "absent"
    """The service did not give something that was asked for."""
    ZERO = "zero"
    """A zero here is a reported zero, or may stand for "no record"."""
    UNIT = "unit"
    """Figures were brought from one unit to another."""
    VALUATION = "valuation"
    """FOB and CIF stand side by side."""
    DOUBLE_COUNTING = "double_counting"
    """Rows overlap and must not be added up."""
    NOT_SPECIFIED_AREAS = "not_specified_areas"
    """Areas not elsewhere specified are part of the totals."""
    FLAG = "flag"
    """The service marked figures (estimated, mirror data, confidential ...)."""
    COST = "cost"
    """What the answer cost, or what more would cost."""
    STALE = "stale"
    """An older stored answer, because the service could not be asked."""
    STORE = "store"
    """Something is wrong with where answers and calls are kept."""
    SHAPE = "shape"
    """The service answered in another documented form."""
    DISCLAIMER = "disclaimer"
    """What the source asks to be said with its figures."""


class Note(BaseModel):
    """One thing to know about an answer."""

    code: NoteCode
    text: str
    reason: Reason | None = Field(default=None, description="Why figures are missing or zero, where that is known.")


State = Literal["fresh", "cached", "stale", "offline", "sandbox"]


class Provenance(BaseModel):
    """Where an answer comes from. What the service did not say stays absent."""

    service: str
    endpoint: str
    address: str = Field(description="The upstream address, without any key.")
    addresses: list[str] | None = Field(default=None, description="All of them, where it took several.")
    retrieved_at: datetime
    published_at: date | None = None
    state: State
    unit: str | None = None
    currency: str | None = None
    valuation: str | None = Field(default=None, description="FOB, CIF, or which flow is which.")
    coverage: str | None = None
    calls: int = Field(default=1, description="Upstream calls that this answer took.")
    credits_charged: float | None = None
    remaining_quota: float | None = None
    results: list[str] | None = Field(default=None, description="Handles of the answers that this one is made of.")


D = TypeVar("D", bound=Data)


class Answer(BaseModel, Generic[D]):
    """Data with its provenance and notes."""

    what: str = Field(description="What the figures are, in one line.")
    data: D
    source: Provenance
    notes: list[Note] = Field(default_factory=list[Note])
    more: str | None = Field(default=None, description="How to get what is left out.")
    result: str | None = Field(default=None, description="Handle of this answer for the tool `query`.")
    citation: str | None = Field(default=None, description="How to cite the figures, in one line.")

    _tables: tuple[D, list[Table]] | None = PrivateAttr(default=None)

    def tables(self) -> list[Table]:
        """The tables of its data, which are shared by all who ask: made once to be kept, shown and sent."""
        if self._tables is None or self._tables[0] is not self.data:
            self._tables = self.data, self.data.tables()
        return self._tables[1]

    def structured(self) -> dict[str, Any]:
        """The answer as lean plain data: absent fields are left out, nulls inside lists stay."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)
