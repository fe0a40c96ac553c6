"""What the questions across sources have in common: products, flows, spans of periods, handles."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from tradestat_tools.codes.flows import flow
from tradestat_tools.codes.names import Lang, as_lang
from tradestat_tools.codes.periods import Frequency, Period, count_between, period
from tradestat_tools.codes.spans import Span, span
from tradestat_tools.codes.words import CodeError, fold
from tradestat_tools.contract.results import read_handle
from tradestat_tools.model.arguments import Arguments, Meaning, reads

MOST_PERIODS = 120

FREQUENCIES: dict[str, Frequency] = {"A": "year", "Q": "quarter", "M": "month"}

_FREQUENCY_WORDS = {
    **dict.fromkeys(("a", "y", "year", "years", "yearly", "annual", "annually"), "A"),
    **dict.fromkeys(("q", "quarter", "quarters", "quarterly"), "Q"),
    **dict.fromkeys(("m", "month", "months", "monthly"), "M"),
}


def read_frequency(value: Any) -> Any:
    """A, Q or M for the words that mean them; anything else as it is."""
    return _FREQUENCY_WORDS.get(fold(value), value) if isinstance(value, str) else value


def _lower(value: Any) -> Any:
    return value.strip().lower() if isinstance(value, str) else value


LOWER = BeforeValidator(_lower)


def _flow(value: Any) -> Any:
    """X or M; other flows are refused by name.

    Raises:
        CodeError: no flow at all.
    """
    return flow(value).code if isinstance(value, str) and value.strip() else value


def _handles(texts: list[str]) -> list[str]:
    return list(dict.fromkeys(map(read_handle, texts)))


ProductCode = Annotated[
    str,
    Meaning.HS,
    Field(
        max_length=30,
        description="HS code of 2, 4 or 6 digits (8 or 10: China's or Korea's own), a word for one code (coffee), or "
        "TOTAL; with kind=services an EBOPS 2010 item (3.1).",
    ),
]
"""The code as it is written; what it means depends on the kind."""

ProductKind = Annotated[Literal["goods", "services"], LOWER, Field(description="What `product` is a code of.")]
FlowWord = BeforeValidator(_flow)
FrequencyCode = Annotated[Literal["", "A", "Q", "M"], BeforeValidator(read_frequency)]
Periods = Annotated[Span | None, reads(span, max_length=60), Meaning.PERIOD]
BasePeriod = Annotated[Period | None, reads(period, max_length=20)]
NamesIn = Annotated[Lang, BeforeValidator(as_lang), Field(description="Language of the names of products and areas.")]
Handles = Annotated[list[str], AfterValidator(_handles)]

NOTHING_SAID: dict[str, Any] = {"default": ""}
"""The default in the schema of a field that is text there, and None where nothing is written."""


class OfProduct(Arguments):
    """A question whose `product` is of goods or of services, as `kind` says."""

    @classmethod
    def meaning(cls, argument: str, raw: Mapping[str, Any]) -> Meaning | None:
        if argument == "product" and str(raw.get("kind", "")).strip().lower() == "services":
            return Meaning.EBOPS
        return super().meaning(argument, raw)


def check_length(first: Period, last: Period) -> None:
    """Refuse more periods than one question may hold.

    Raises:
        CodeError: it is too many.
    """
    if count_between(first, last) > MOST_PERIODS:
        raise CodeError(f"{first} to {last} are too many {first.frequency}s.", allowed=f"at most {MOST_PERIODS}")
