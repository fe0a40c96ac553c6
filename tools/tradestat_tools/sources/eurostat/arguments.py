"""The questions of both tools, read once, and the figures that they ask for."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal, cast

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from tradestat_tools.codes.flows import flow
from tradestat_tools.codes.hs import normalise_hs
from tradestat_tools.codes.periods import LAST_YEAR, Frequency, Period
from tradestat_tools.codes.spans import Span, span
from tradestat_tools.codes.words import fold
from tradestat_tools.model.arguments import ArgumentError, Arguments, Meaning, reads
from tradestat_tools.sources.eurostat.codes import (
    EU,
    EVERY,
    MEMBERS,
    UNIONS,
    WORLD,
    Party,
    read_partner,
    read_reporter,
    united,
)
from tradestat_tools.sources.eurostat.service import COMEXT, NEIGHBOURS, Dataset

TOTAL = "TOTAL"
CN = 8
"""Digits of the Combined Nomenclature."""
ALL = "ALL"

IMPORT, EXPORT = "1", "2"
FLOWS = {"M": IMPORT, "X": EXPORT}


def read_flow(text: str) -> str:
    """M or X of the service's number, a code or a word.

    Raises:
        CodeError: no flow.
    """
    return {IMPORT: "M", EXPORT: "X"}.get(text.strip()) or flow(text).code


def _product(text: str) -> str:
    word = fold(text)
    if word in ("total", "all goods", "all products"):
        return TOTAL
    return ALL if word in ("all", "every", "each") else normalise_hs(text, levels=COMEXT.levels)


def _flows(value: Any) -> Any:
    several = cast("list[Any]", value) if isinstance(value, list) else [value]
    return [read_flow(one) if isinstance(one, str) else one for one in several]


def _latest() -> Span:
    return span("latest")


def _level(level: int) -> int:
    if level not in (0, *COMEXT.levels):
        raise ArgumentError(
            f"Codes have no {level} digits.", argument="level", allowed="2, 4, 6, or 8 (CN); or left out"
        )
    return level


Product = Annotated[str, reads(_product, max_length=30)]


class TradeArguments(Arguments):
    """A table of trade."""

    reporter: Annotated[list[Annotated[Party, reads(read_reporter, max_length=80)]], Meaning.AREA] = Field(
        default_factory=lambda: [Party((EU,))],
        min_length=1,
        max_length=30,
        description="EU27_2020, EA (euro area), members; CH, NO, TR, UA.",
        json_schema_extra={"default": [EU]},
    )
    partner: Annotated[list[Annotated[Party, reads(read_partner, max_length=80)]], Meaning.AREA] = Field(
        default_factory=lambda: [Party((WORLD,))],
        min_length=1,
        max_length=60,
        description="Countries, groups, WORLD, EXT_EU27_2020 (extra-EU), INT_EU27_2020 (intra-EU); all: each.",
        json_schema_extra={"default": [WORLD]},
    )
    product: Annotated[list[Product], Meaning.HS] = Field(
        default=[TOTAL],
        min_length=1,
        max_length=60,
        description="HS codes of 2, 4, 6 digits, CN codes of 8, TOTAL; all with level.",
    )
    level: Annotated[int, AfterValidator(_level)] = Field(
        default=0, description="2, 4, 6 or 8: the codes of that length below product."
    )
    flow: Annotated[list[Literal["M", "X"]], BeforeValidator(_flows), Meaning.FLOW] = Field(
        default=["M", "X"], min_length=1, description="M imports (CIF), X exports (FOB)."
    )
    period: Annotated[Span, reads(span, max_length=60), Meaning.PERIOD] = Field(
        default_factory=_latest,
        description="2024, 2019-2024, 2025-01..2025-06, last 12 months.",
        json_schema_extra={"default": "latest"},
    )
    freq: Literal["", "A", "M"] = Field(default="", description="A years, M months; left out, as `period` is written.")

    @model_validator(mode="after")
    def _go_together(self) -> "TradeArguments":
        if self.level and any(len(code) >= self.level for code in self.product if code.isdecimal()):
            raise ArgumentError(
                f"{self.product[0]} has no codes of {self.level} digits below it.",
                argument="level",
                allowed="more digits than `product` has, or left out",
            )
        deep = self.level == CN or any(len(code) == CN and code.isdecimal() for code in self.product)
        if deep and CN not in self.data.levels:
            raise ArgumentError(
                f"{self.data.id}, which has these reporters, has no CN codes.",
                argument="product",
                allowed="HS codes of 2, 4 or 6 digits",
            )
        return self

    @property
    def data(self) -> Dataset:
        """The data set that has all reporters; the members' own where it does."""
        own = all(code in MEMBERS or code in UNIONS or code == "GB" for code in united(self.reporter).codes)
        return COMEXT if own else NEIGHBOURS

    @property
    def frequency(self) -> Frequency:
        """Years, unless months are said."""
        if self.freq:
            return "year" if self.freq == "A" else "month"
        return "month" if self.period.said in ("month", "quarter") else "year"


class ReferenceArguments(Arguments):
    """Which list."""

    list: Literal["datasets", "reporters", "partners", "products"] = Field(
        description="datasets with the day of their last update; products: the codes that had trade in `year`."
    )
    year: Annotated[int, Field(ge=0, le=LAST_YEAR)] = Field(default=0, description="Of products; left out, the newest.")
    search: str = Field(default="", max_length=60, description="Begin of a code, or words of a name.")
    level: Annotated[int, AfterValidator(_level)] = Field(
        default=0, description="Products of 2, 4, 6 or 8 digits alone."
    )
    dataset: Literal["", "DS-045409", "DS-059341"] = Field(default="", description="Left out, the first, of members.")


@dataclass(frozen=True, slots=True)
class Selection:
    """The figures that a question selects, of the periods that can be out.

    Args:
        partners: codes; `EVERY` alone for each.
        wanted: the last period asked for, which may not be out.
        told: what the reader should know of how the question was read.
        named: the partners as they were asked for, without what is asked beside them.
        below: whether the products are all those below one, so that some have no trade.
    """

    dataset: Dataset
    freq: Literal["A", "M"]
    reporters: tuple[str, ...]
    partners: tuple[str, ...]
    products: tuple[str, ...]
    flows: tuple[str, ...]
    periods: tuple[Period, ...]
    wanted: Period
    told: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    below: bool = False

    @property
    def every_partner(self) -> bool:
        """Whether each partner is asked for."""
        return self.partners == (EVERY,)

    @property
    def first(self) -> Period:
        """The first period."""
        return self.periods[0]

    @property
    def last(self) -> Period:
        """The last period that can be out."""
        return self.periods[-1]
