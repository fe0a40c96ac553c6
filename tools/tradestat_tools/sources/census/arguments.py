"""The questions of the tools, read once, and the rows they ask for."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator, model_validator

from tradestat_tools.codes.hs import normalise_hs
from tradestat_tools.codes.periods import Period, months_between, periods_between
from tradestat_tools.codes.spans import Span, span
from tradestat_tools.codes.words import CodeError
from tradestat_tools.model.arguments import ArgumentError, Arguments, Meaning, reads
from tradestat_tools.sources.census.codes import Partner, partner
from tradestat_tools.sources.census.service import (
    COUNTRY,
    DOMESTIC,
    GET,
    LEVEL,
    PARTS,
    PATH,
    TIME,
    Breakdown,
    Flow,
    Part,
)
from tradestat_tools.sources.census.wire.rows import Shape

LEVELS = (2, 4, 6, 10)
ALL_GOODS = frozenset({"total", "all", "all goods"})

CODES_AT = {0: 1, 2: 99, 4: 1_250, 6: 5_600, 10: 19_000}
"""About how many codes a level has; of ten digits in the HTS, more than in Schedule B."""
COUNTRIES = 260
"""Rows of countries and groups of them, for what all of them trade."""
SPARSE = 10
"""One in so many pairs of a code and a country has trade, taken low rather than high."""


def _hs(text: str) -> str:
    if not text or text.lower() in ALL_GOODS:
        return ""
    digits = "".join(char for char in text if char.isdecimal())
    if len(digits) == 8:
        raise CodeError(
            "The code has 8 digits; the HTS and Schedule B have 10.",
            allowed="codes of 2, 4, 6 or 10 digits",
            nearest=(digits[:6],),
        )
    return normalise_hs(text, levels=LEVELS)


Hs = Annotated[str, reads(_hs, max_length=20), Meaning.HS]
"""Digits; "" for all goods."""
Who = Annotated[Partner, reads(partner, max_length=80), Meaning.AREA]
Months = Annotated[Span, reads(span, max_length=40), Meaning.PERIOD]

Frequency = Literal["month", "ytd"]
Origin = Literal["total", "domestic", "foreign", "split"]


class TradeArguments(Arguments):
    """What, with whom, when, and broken down by what."""

    product: Hs = Field(default="", description="2, 4, 6 or 10 digits; left out, all goods.")
    level: int = Field(default=0, description="2, 4, 6, 10: rows by code of so many digits under `product`.")
    partner: Who = Field(
        default="World",
        validate_default=True,
        description="Country or code; all: each country; a group (EU): members and sum.",
    )
    period: Months = Field(
        default="latest",
        validate_default=True,
        description="2024-03, a year (its months), a range, latest, last 12 months.",
    )
    freq: Frequency = Field(default="month", description="ytd: January to the last month.")
    breakdown: Breakdown = Field(default="none", description="A row for each of these.")
    transport: bool = Field(default=False, description="By air, vessel, container.")

    @field_validator("level")
    @classmethod
    def _known(cls, level: int) -> int:
        if level not in (0, *LEVELS):
            raise ArgumentError(f"There are no codes of {level} digits.", allowed="2, 4, 6, 10, or 0")
        return level

    @model_validator(mode="after")
    def _fit(self) -> "TradeArguments":
        part = PARTS[self.breakdown]
        longest = max(self.level, len(self.product))
        if longest > part.digits:
            has = f"codes of {part.digits} digits at most" if part.digits else "all goods only, by its own codes"
            raise ArgumentError(
                f"The data set by {self.breakdown} has {has}.",
                argument="level" if self.level > part.digits else "product",
                allowed=f"up to {part.digits} digits" if part.digits else "no product and no level",
            )
        if self.level and self.level < len(self.product):
            raise ArgumentError(
                f"{self.product} has more than {self.level} digits.",
                argument="level",
                allowed=f"0, or more than {len(self.product)}",
            )
        return self


class ImportArguments(TradeArguments):
    """Imports."""


class ExportArguments(TradeArguments):
    """Exports, which are domestic or foreign."""

    origin: Origin = Field(default="total", description="foreign: re-exports; split: both apart.")


@dataclass(frozen=True, slots=True)
class Selection:
    """The rows that a question selects, of the months that are out.

    Args:
        level: digits of the codes of the rows; 0 where they are of `product` alone.
        wanted: the last month asked for, which may not be out; `end` is then the newest that is.
        months_note: what the words for the months were read as, if they were no months.
    """

    flow: Flow
    product: str
    level: int
    partner: Partner
    start: Period
    end: Period
    wanted: Period
    ytd: bool
    breakdown: Breakdown
    transport: bool
    origin: Origin = "total"
    months_note: str | None = None

    @property
    def part(self) -> Part:
        """By what the figures are broken down, and the data set that has it."""
        return PARTS[self.breakdown]

    @property
    def months(self) -> list[Period]:
        """The months of the rows; year to date, the last one of each year."""
        if not self.ytd:
            return periods_between(self.start, self.end)
        years = range(self.start.year, self.end.year + 1)
        return [min(self.end, Period(year, "month", self.wanted.number)) for year in years]

    @property
    def by_code(self) -> bool:
        """Whether rows differ by code of the HS."""
        return self.level > len(self.product)

    @property
    def measures(self) -> tuple[str, ...]:
        """The variables of the figures."""
        flow, ending = self.flow, "_YR" if self.ytd else "_MO"
        if self.part.dataset == "hs":
            names = flow.transport if self.transport else flow.measures
        else:  # the sister data sets have fewer
            names = tuple(n for n in flow.transport if not n.endswith("CHA")) if self.transport else (flow.value,)
        return tuple(name + ending for name in names)

    @property
    def shape(self) -> Shape:
        """The columns that an answer has."""
        part, letter, commodity = self.part, self.flow.letter, self.flow.commodity
        described = self.by_code and self.level == LEVELS[-1]
        return Shape(
            measures=self.measures,
            commodity=commodity if self.by_code else "",
            commodity_name=f"{commodity}_SDESC" if described else "",
            countries=self.partner.is_picked,
            place=part.code.format(letter),
            place_name=part.name.format(letter),
            domestic=self.origin == "split",
        )

    @property
    def predicates(self) -> dict[str, str]:
        """What is sent beside the months."""
        found: dict[str, str] = {GET: ",".join(self.shape.asked)}
        if self.by_code:
            found[LEVEL] = f"HS{self.level}"
            if self.product:
                found[self.flow.commodity] = f"{self.product}*"
        elif self.product:
            found[self.flow.commodity] = self.product
        if self.part.level:
            found[LEVEL] = self.part.level
        if not self.partner.is_picked and self.partner.codes:
            found[COUNTRY] = self.partner.codes[0]
        if self.origin in ("domestic", "foreign"):
            found[DOMESTIC] = "1" if self.origin == "domestic" else "2"
        return found

    @property
    def rows_a_month(self) -> int:
        """How many rows a month has at most, about."""
        codes = 1
        if self.by_code:  # some codes have more below them than others
            codes = max(1, CODES_AT[self.level] * (2 if self.product else 1) // CODES_AT[len(self.product)])
        countries = COUNTRIES if self.partner.is_picked else 1
        rows = codes * countries // (SPARSE if codes > SPARSE and countries > 1 else 1)
        return rows * self.part.size * (3 if self.origin == "split" else 1)

    @property
    def endpoint(self) -> str:
        """The data set's name, as in its address."""
        return f"{self.flow.direction}/{self.part.dataset}"

    @property
    def path(self) -> str:
        """The address below the service's host."""
        return f"{PATH}/{self.endpoint}"

    def as_call(self, **other: Any) -> dict[str, Any]:
        """The arguments of the tool that ask for this, with some changed; what a tool leaves out by itself is."""
        months = str(self.start) if self.start == self.end else f"{self.start}..{self.end}"
        known: dict[str, Any] = {
            "product": self.product,
            "level": self.level,
            "partner": self.partner.id,
            "period": months,
            "freq": "ytd" if self.ytd else "month",
            "breakdown": self.breakdown,
            "transport": self.transport,
            "origin": self.origin,
        } | other
        usual = {"product": "", "level": 0, "partner": "World", "freq": "month", "breakdown": "none", "origin": "total"}
        return {name: value for name, value in known.items() if value not in (usual.get(name), None, False)}


def time_of(start: Period, end: Period) -> dict[str, str]:
    """How months are asked for: one, the twelve of a year, or a range with blanks in it."""
    if start == end:
        return {TIME: str(start)}
    if start.number == 1 and months_between(start, end) == 12:
        return {TIME: str(start.year)}
    return {TIME: f"from {start} to {end}"}
