"""The questions of the four tools, read once, and the rows they ask for. Arguments carry the service's own names."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Annotated

from pydantic import Field, model_validator

from tradestat_tools.codes.hs import normalise_hs
from tradestat_tools.codes.periods import Period
from tradestat_tools.codes.spans import Span, span
from tradestat_tools.codes.words import CodeError
from tradestat_tools.model.arguments import ArgumentError, Arguments, Meaning, reads
from tradestat_tools.sources.korea.calendar import months_written
from tradestat_tools.sources.korea.codes import EVERYONE, Partner, partner
from tradestat_tools.sources.korea.service import Operation
from tradestat_tools.sources.korea.wire.page import Page
from tradestat_tools.sources.korea.wire.rows import Row
from tradestat_tools.upstream import Fetched

HS_LEVELS = (2, 4, 6, 10)


def _hs(text: str) -> str:
    digits = "".join(char for char in text if char.isdecimal())
    if len(digits) == 8:
        # 8 digits are another country's subdivision, and so are its 7th and 8th digit.
        raise CodeError(
            "The HS code has 8 digits; Korea's own codes have 10.",
            allowed="HS codes of 2, 4, 6 or 10 digits",
            nearest=(digits[:6],),
        )
    return normalise_hs(text, levels=HS_LEVELS) if text else ""


Months = Annotated[Span, reads(span, max_length=40), Field(json_schema_extra={"pattern": r"\w"}), Meaning.PERIOD]
Hs = Annotated[str, reads(_hs, max_length=20), Meaning.HS]
"""Digits; "" for all goods."""
Country = Annotated[
    Partner,
    reads(partner, max_length=80),
    Meaning.AREA,
    Field(
        description="Partner: ISO alpha-2 (US), or a name, ISO3 or M49 number; a group (EU, ASEAN) gives each member "
        "and the sum, at no more calls; left out, all countries."
    ),
]


class TradeArguments(Arguments):
    """The months of a question, both ends included: `calendar.months_asked` says which; alone, all of Korea's trade."""

    strtYymm: Months = Field(
        description="First month, YYYYMM (202401); 2024-01, a year, latest, last 12 months are read too."
    )
    endYymm: Months = Field(description="Last month, YYYYMM, included, or latest; at most 120 months in all.")

    @property
    def hs(self) -> str:
        """The HS code; "" for all goods."""
        return getattr(self, "hsSgn", "")

    @property
    def partner(self) -> Partner:
        """The country or group."""
        return getattr(self, "cntyCd", EVERYONE)


class ItemtradeArguments(TradeArguments):
    """By HS code."""

    hsSgn: Hs = Field(
        default="", description="HS code of 2, 4, 6 or 10 digits; left out, all goods (one year at most)."
    )


class NitemtradeArguments(TradeArguments):
    """By HS code and partner."""

    hsSgn: Hs = Field(default="", description="HS code of 2, 4, 6 or 10 digits. One of hsSgn and cntyCd is needed.")
    cntyCd: Country = Field(default="", validate_default=True)

    @model_validator(mode="after")
    def _enough(self) -> "NitemtradeArguments":
        if not self.hs and not self.partner.id:
            raise ArgumentError(
                "One of `hsSgn` and `cntyCd` is needed.",
                allowed="an HS code (850760), a country (CN), or both",
                argument="hsSgn",
            )
        return self


class NationtradeArguments(TradeArguments):
    """By partner."""

    cntyCd: Country = Field(default="", validate_default=True)


@dataclass(frozen=True, slots=True)
class Selection:
    """The rows that a question selects, of the months that are out.

    Args:
        hs: digits, or "" for all goods.
        partner: with its members in these years, where it is a group.
        wanted: the last month asked for, which may not be out; `end` is then the newest that is.
        months_note: what the words for the months were read as, if they were no months.
        months: every month by how the service writes it.
    """

    operation: Operation
    start: Period
    end: Period
    hs: str
    partner: Partner
    wanted: Period
    months_note: str | None = None
    months: dict[str, Period] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "months", months_written(self.start, self.end))  # frozen, and asked for often

    @property
    def wide(self) -> bool:
        """Whether the code or the country is left so open that a month has thousands of rows."""
        if not self.operation.by_item:
            return False
        if not self.operation.by_country:
            return not self.hs
        return not self.hs or (len(self.hs) == 2 and not self.partner.code)

    def rows(self, replies: "Sequence[Reply]") -> list[Row]:
        """The rows in the order of the months, of a group its members'; in a month as the service gave them."""
        members = self.partner.members
        found = (row for reply in replies for row in reply.page.rows if not members or row.statCd in members)
        return sorted(found, key=lambda row: row.year)


@dataclass(frozen=True, slots=True)
class Reply:
    """The service's reply to one call, of twelve months at most.

    Args:
        months: those asked for, as the service writes them.
        page: the rows.
        fetched: the same, with how they were come by.
    """

    months: list[str]
    page: Page
    fetched: Fetched[Page]
