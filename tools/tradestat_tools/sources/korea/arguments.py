"""The questions of the four tools. Arguments carry the service's own names."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from tradestat_tools.codes.hs import hs_status, nearest_hs, normalise_hs
from tradestat_tools.codes.periods import Period, periods_between
from tradestat_tools.codes.words import CodeError
from tradestat_tools.contract.context import Context
from tradestat_tools.model.arguments import ArgumentError, Arguments, Meaning
from tradestat_tools.model.errors import InvalidQuery
from tradestat_tools.sources.korea import absence as why
from tradestat_tools.sources.korea import service as operations
from tradestat_tools.sources.korea.calendar import first_month, last_month, last_published, months_asked
from tradestat_tools.sources.korea.codes import EVERYONE, Partner, is_group, partner, partner_in
from tradestat_tools.sources.korea.service import POLICY, Operation
from tradestat_tools.sources.korea.wire import Page, Row
from tradestat_tools.upstream import Fetched

HS_LEVELS = (2, 4, 6, 10)


def _reader(read: Callable[[str], str]) -> Callable[[Any], str]:
    """A validator that passes on, as an argument's error, what `read` refuses."""

    def validate(value: Any) -> str:
        try:
            return read(str(value).strip())
        except CodeError as error:
            raise ArgumentError(error.message, allowed=error.allowed or None, nearest=error.nearest) from None

    return validate


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


def _country(text: str) -> str:
    if not is_group(text):
        partner(text)
    return text


# The pattern stands before the validator, so that it is part of the schema; the validator still runs first.
Start = Annotated[
    str,
    Field(
        description="First month, YYYYMM (202401); 2024-01, a year, latest, last 12 months are read too.",
        pattern=r"\w",
        max_length=40,
    ),
    BeforeValidator(_reader(first_month)),
]
End = Annotated[
    str,
    Field(
        description="Last month, YYYYMM, included, or latest; at most 120 months in all.",
        pattern=r"\w",
        max_length=40,
    ),
    BeforeValidator(_reader(last_month)),
]
Hs = Annotated[str, Field(pattern=r"^$|\d", max_length=20), BeforeValidator(_reader(_hs))]
Country = Annotated[str, Field(max_length=80), AfterValidator(_reader(_country))]


COUNTRY = (
    "Partner: ISO alpha-2 (US), or a name, ISO3 or M49 number; a group (EU, ASEAN) gives each member and the sum, at "
    "no more calls; left out, all countries."
)


class Span(Arguments):
    """Months, both ends included; `months.months_asked` says which."""

    strtYymm: Annotated[Start, Meaning.PERIOD]
    endYymm: Annotated[End, Meaning.PERIOD]


class ItemtradeArguments(Span):
    """A question to getItemtradeList."""

    hsSgn: Annotated[Hs, Meaning.HS] = Field(
        default="", description="HS code of 2, 4, 6 or 10 digits; left out, all goods (one year at most)."
    )


class NitemtradeArguments(Span):
    """A question to getNitemtradeList."""

    hsSgn: Annotated[Hs, Meaning.HS] = Field(
        default="", description="HS code of 2, 4, 6 or 10 digits. One of hsSgn and cntyCd is needed."
    )
    cntyCd: Annotated[Country, Meaning.AREA] = Field(default="", description=COUNTRY)

    @model_validator(mode="after")
    def _enough(self) -> "NitemtradeArguments":
        if not self.hsSgn and not is_group(self.cntyCd) and not partner(self.cntyCd).code:
            raise ArgumentError(
                "One of `hsSgn` and `cntyCd` is needed.",
                allowed="an HS code (850760), a country (CN), or both",
                argument="hsSgn",
            )
        return self


class NationtradeArguments(Span):
    """A question to getNationtradeList."""

    cntyCd: Annotated[Country, Meaning.AREA] = Field(default="", description=COUNTRY)


class NewtradeArguments(Span):
    """A question to getNewtradeList."""


KNOWN_EDITIONS_FROM = 2012
"""Older editions of the HS are not known here, so before this year an unknown code is passed on."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, as it has been read.

    Args:
        hs: digits, or "" for all goods.
        partner: with the code "" for all countries, and for a group, which is picked from all.
        wanted: the last month wanted, which may not be out; `end` is then the newest that is.
        months_note: what the words for the months were read as, if they were no months.
    """

    operation: Operation
    start: Period
    end: Period
    hs: str = ""
    partner: Partner = EVERYONE
    wanted: Period | None = None
    months_note: str | None = None

    @property
    def months(self) -> list[str]:
        """Every month asked for, as the service writes it."""
        return [f"{month.year:04d}.{month.number:02d}" for month in periods_between(self.start, self.end)]

    @property
    def wide(self) -> bool:
        """Whether the code or the country is left so open that a month has thousands of rows."""
        if not self.operation.by_item:
            return False
        if not self.operation.by_country:
            return not self.hs
        return not self.hs or (len(self.hs) == 2 and not self.partner.code)


@dataclass(frozen=True, slots=True)
class Part:
    """The answer to one run of months."""

    months: list[str]
    fetched: Fetched[Page]

    @property
    def page(self) -> Page:
        """The rows."""
        return self.fetched.value


def read_question(
    context: Context, operation: Operation, strt: str, end: str, *, hs: str = "", country: str = ""
) -> Question:
    """The question that arguments ask, of the months that are out; nothing is sent.

    Raises:
        InvalidQuery: the months do not go together, or the HS code was in no edition of their time.
        NoData: none of the months is out.
    """
    newest = last_published(context.now(), operation.published_on)
    asked = months_asked(strt, end, newest)
    _check_exists(hs, asked.start)
    last = min(asked.end, newest)
    question = Question(
        operation,
        min(asked.start, newest),
        last,
        hs,
        partner_in(country, asked.start.year, last.year),
        wanted=asked.end,
        months_note=asked.note,
    )
    if asked.start > newest:
        raise why.not_out(asked.start, question, context.now())
    return question


def rows_of(question: Question, parts: Sequence[Part]) -> list[Row]:
    """All rows asked for in the order of the months, of a group its members'; in a month as the service gave them."""
    members = question.partner.members
    found = (row for part in parts for row in part.page.rows if not members or row.statCd in members)
    return sorted(found, key=lambda row: row.year)


def _check_exists(hs: str, start: Period) -> None:
    if not hs or start.year < KNOWN_EDITIONS_FROM or (status := hs_status(hs)).kind != "unknown":
        return
    raise InvalidQuery(
        status.text,
        argument=operations.HS,
        allowed="codes of the Harmonized System",
        nearest=nearest_hs(hs[:6]),
        source=POLICY.source,
    )
