"""The questions of the four tools. Arguments carry the service's own names."""

from collections.abc import Callable
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from tradestat_tools.arguments import ArgumentError, Arguments
from tradestat_tools.codes.errors import CodeError
from tradestat_tools.codes.hs import hs_status, nearest_hs, normalise_hs
from tradestat_tools.codes.periods import Period, check_order, format_yyyymm, month, period
from tradestat_tools.sources.korea.areas import partner

HS_LEVELS = (2, 4, 6, 10)

KNOWN_EDITIONS_FROM = 2012
"""Older editions of the HS are not known here, so before this year an unknown code is passed on."""


def _reader(read: Callable[[str], str]) -> Callable[[Any], str]:
    """A validator that passes on, as an argument's error, what `read` refuses."""

    def validate(value: Any) -> str:
        try:
            return read(str(value).strip())
        except CodeError as error:
            raise ArgumentError(error.message, allowed=error.allowed or None, nearest=error.nearest) from None

    return validate


def _first_month(text: str) -> str:
    return format_yyyymm(period(text).first_month)


def _last_month(text: str) -> str:
    return format_yyyymm(period(text).last_month)


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
    partner(text)
    return text


# The pattern stands before the validator, so that it is part of the schema; the validator still runs first.
Start = Annotated[
    str,
    Field(
        description="First month, YYYYMM (202401); 2024-01 and a year are read too.", pattern=r"\d{4}", max_length=20
    ),
    BeforeValidator(_reader(_first_month)),
]
End = Annotated[
    str,
    Field(description="Last month, YYYYMM, included; at most 120 months in all.", pattern=r"\d{4}", max_length=20),
    BeforeValidator(_reader(_last_month)),
]
Hs = Annotated[str, Field(pattern=r"^$|\d", max_length=20), BeforeValidator(_reader(_hs))]
Country = Annotated[str, Field(max_length=80), AfterValidator(_reader(_country))]


class Span(Arguments):
    """Months, both ends included."""

    strtYymm: Start
    endYymm: End

    @property
    def start(self) -> Period:
        """The first month."""
        return month(self.strtYymm)

    @property
    def end(self) -> Period:
        """The last month."""
        return month(self.endYymm)

    @model_validator(mode="after")
    def _in_order(self) -> "Span":
        try:
            check_order(self.start, self.end)
        except CodeError as error:
            raise ArgumentError(
                error.message, allowed=error.allowed, nearest=(self.strtYymm,), argument="endYymm"
            ) from None
        return self


class ItemtradeArguments(Span):
    """A question to getItemtradeList."""

    hsSgn: Hs = Field(
        default="", description="HS code of 2, 4, 6 or 10 digits; left out, all goods (one year at most)."
    )

    @model_validator(mode="after")
    def _exists(self) -> "ItemtradeArguments":
        _check_exists(self.hsSgn, self.start)
        return self


class NitemtradeArguments(Span):
    """A question to getNitemtradeList."""

    hsSgn: Hs = Field(default="", description="HS code of 2, 4, 6 or 10 digits. One of hsSgn and cntyCd is needed.")
    cntyCd: Country = Field(
        default="", description="Partner: ISO alpha-2 (US), or a name, ISO3 or M49 number; left out, all countries."
    )

    @model_validator(mode="after")
    def _enough(self) -> "NitemtradeArguments":
        if not self.hsSgn and not partner(self.cntyCd).code:
            raise ArgumentError(
                "One of `hsSgn` and `cntyCd` is needed.",
                allowed="an HS code (850760), a country (CN), or both",
                argument="hsSgn",
            )
        _check_exists(self.hsSgn, self.start)
        return self


class NationtradeArguments(Span):
    """A question to getNationtradeList."""

    cntyCd: Country = Field(
        default="", description="Partner: ISO alpha-2 (US), or a name, ISO3 or M49 number; left out, all countries."
    )


class NewtradeArguments(Span):
    """A question to getNewtradeList."""


def _check_exists(hs: str, start: Period) -> None:
    if not hs or start.year < KNOWN_EDITIONS_FROM or hs_status(hs).kind != "unknown":
        return
    head = hs[:6]
    raise ArgumentError(
        hs_status(hs).text, allowed="codes of the Harmonized System", nearest=nearest_hs(head), argument="hsSgn"
    )
