"""The questions of the four tools. Arguments carry the service's own names."""

from collections.abc import Callable
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from tradestat_tools.codes.hs import normalise_hs
from tradestat_tools.codes.words import CodeError
from tradestat_tools.model.arguments import ArgumentError, Arguments
from tradestat_tools.sources.korea.calendar import first_month, last_month
from tradestat_tools.sources.korea.codes import is_group, partner

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

    strtYymm: Start
    endYymm: End


class ItemtradeArguments(Span):
    """A question to getItemtradeList."""

    hsSgn: Hs = Field(
        default="", description="HS code of 2, 4, 6 or 10 digits; left out, all goods (one year at most)."
    )


class NitemtradeArguments(Span):
    """A question to getNitemtradeList."""

    hsSgn: Hs = Field(default="", description="HS code of 2, 4, 6 or 10 digits. One of hsSgn and cntyCd is needed.")
    cntyCd: Country = Field(default="", description=COUNTRY)

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

    cntyCd: Country = Field(default="", description=COUNTRY)


class NewtradeArguments(Span):
    """A question to getNewtradeList."""
