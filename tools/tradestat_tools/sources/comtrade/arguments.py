"""What may be asked, as typed values: areas, products, flows and periods are read here, once."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, cast

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    ValidationInfo,
    model_validator,
)
from pydantic_core import CoreSchema, core_schema

from tradestat_tools.codes.periods import LAST_YEAR, Frequency, Period
from tradestat_tools.codes.words import CodeError
from tradestat_tools.contract.context import Context
from tradestat_tools.model.arguments import ArgumentError, Arguments, Meaning
from tradestat_tools.sources.comtrade.api import DataCall, has_key
from tradestat_tools.sources.comtrade.calendar import AskedSpan, periods_of, read_span
from tradestat_tools.sources.comtrade.codes import (
    ALL,
    BREAKDOWNS,
    DEFAULT_CLASSIFICATION,
    FREQ_WORDS,
    TYPE_WORDS,
    WORLD,
    AskedArea,
    ClCode,
    FreqCode,
    Named,
    Places,
    TypeCode,
    asks_for_all,
    is_services,
    read_areas,
    read_cmd_code,
    read_flow_code,
    total_of,
)

PREVIEW_ROWS = 500
"""Rows that the service gives at most without a key, for each call."""
KEYED_ROWS = 100_000
"""Rows that the service gives at most with a key, for each call (documented, autumn 2026)."""
USUAL_ROWS = 5_000
"""Rows asked for unless the caller says otherwise: a keyed call brings up to 12 periods, for which 500 is little."""
MAX_LIST = 100
"""Codes in one argument: the address of a call must not outgrow what servers accept."""


def _word_to_code(words: dict[str, str]) -> BeforeValidator:
    def read(value: Any) -> Any:
        return words.get(value.strip().lower(), value.strip().upper()) if isinstance(value, str) else value

    return BeforeValidator(read)


def _as_text(values: Any) -> Any:
    """Codes sent as numbers are codes; zeros they may have lost are caught where the code is read."""
    if isinstance(values, list):
        items = cast("list[object]", values)
        return [str(v) if isinstance(v, int) and not isinstance(v, bool) else v for v in items]
    return values


def _unique(values: list[str]) -> list[str]:
    return list(dict.fromkeys(value.strip() for value in values if value.strip()))


_Codes = Annotated[list[str], Field(max_length=MAX_LIST), BeforeValidator(_as_text), AfterValidator(_unique)]


@dataclass(frozen=True, slots=True)
class Read:
    """Marks an argument that clients send as a list of texts, and which holds what they mean.

    Args:
        read: makes that of the texts and of the arguments before this one; raises CodeError or ArgumentError.
        may_be_empty: whether nothing is a question too.
    """

    read: Callable[[list[str], Mapping[str, Any]], tuple[object, ...]]
    may_be_empty: bool = False

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.with_info_after_validator_function(self._run, handler.generate_schema(_Codes))

    def _run(self, values: list[str], info: ValidationInfo) -> tuple[object, ...]:
        if not values and not self.may_be_empty:
            raise ArgumentError(f"`{info.field_name}` is empty.", allowed="at least one code")
        return self.read(values, info.data)


def usual(*texts: str) -> Any:
    """A default as a client would send it; it is read like everything sent."""
    return list(texts)


def _read_reporters(values: list[str], _: Mapping[str, Any]) -> tuple[Named, ...]:
    found = read_areas(values, "reporter")
    if any(isinstance(one, AskedArea) and one.code == WORLD for one in found):
        raise CodeError(
            "World is not a reporter: UN Comtrade publishes what countries report.",
            allowed="reporting countries, or all for every one of them",
            nearest=(ALL,),
        )
    return found


def named_reporters(why: str) -> Read:
    """Reporters by name or code; asking for all of them is refused, with the reason."""

    def read(values: list[str], before: Mapping[str, Any]) -> tuple[Named, ...]:
        if asks_for_all(values):
            raise ArgumentError(why, allowed="one or more named reporters")
        return _read_reporters(values, before)

    return Read(read)


def _read_spans(values: list[str], before: Mapping[str, Any]) -> tuple[AskedSpan, ...]:
    frequency = _frequency(before.get("freqCode", "A"))
    spans = tuple(read_span(text, frequency) for text in values)
    periods_of(spans, frequency, Period(LAST_YEAR, frequency))
    return spans


def _frequency(code: FreqCode) -> Frequency:
    return "year" if code == "A" else "month"


def _read_products(values: list[str], before: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(read_cmd_code(value, before.get("clCode", "HS")) for value in values))


def _codes_like(pattern: str, allowed: str) -> Read:
    """Codes of this form; none for all of them."""

    def read(values: list[str], _: Mapping[str, Any]) -> tuple[str, ...]:
        wrong = [value for value in values if not re.fullmatch(pattern, value.upper())]
        if not wrong:
            return tuple(value.upper() for value in values)
        if asks_for_all(values):
            return ()
        raise ArgumentError(f"{wrong[0][:40]!r} is not a code of this list.", allowed=allowed)

    return Read(read)


Reporters = Annotated[tuple[Named, ...], Read(_read_reporters)]
"""Who reports; none for all."""
Partners = Annotated[tuple[Named, ...], Read(lambda values, _: read_areas(values, "partner"))]
"""Trade with whom; none for all."""
Flows = Annotated[
    tuple[str, ...], Read(lambda values, _: tuple(dict.fromkeys(map(read_flow_code, values)))), Meaning.FLOW
]
Products = Annotated[tuple[str, ...], Read(_read_products), Meaning.HS]
"""Codes in the classification of `clCode`, HS where there is no such argument."""
Spans = Annotated[tuple[AskedSpan, ...], Read(_read_spans), Meaning.PERIOD]
AnySpans = Annotated[tuple[AskedSpan, ...], Read(_read_spans, may_be_empty=True), Meaning.PERIOD]
"""None for all that there are."""


def _usual_classification(before: dict[str, Any]) -> ClCode:
    return DEFAULT_CLASSIFICATION[before.get("typeCode", "C")]


def _check_classification(code: ClCode, info: ValidationInfo) -> ClCode:
    kind: TypeCode = info.data.get("typeCode", "S" if is_services(code) else "C")
    if is_services(code) != (kind == "S"):
        classified, other = ("services", "S") if is_services(code) else ("goods", "C")
        raise ArgumentError(
            f"clCode={code} classifies {classified}, typeCode={kind} asks for something else.",
            allowed="EB10, EB10S, EB02, EB with typeCode=S; HS, H0 to H6, S1 to S4, B4, B5 with typeCode=C",
            nearest=(f"typeCode={other}", f"clCode={DEFAULT_CLASSIFICATION[kind]}"),
        )
    return code


GoodsOrServices = Annotated[TypeCode, _word_to_code(TYPE_WORDS), Field(description="C for goods, S for services.")]
Frequencies = Annotated[FreqCode, _word_to_code(FREQ_WORDS)]
YearsOrMonths = Annotated[Frequencies, Field(description="A for years, M for months.")]
Classification = Annotated[
    ClCode,
    _word_to_code({"sitc": "S4", "bec": "B5", "ebops": "EB10"}),
    AfterValidator(_check_classification),
    Field(default_factory=_usual_classification, json_schema_extra={"default": "HS"}),
]
"""Left out, the usual one for goods or services."""


class Dated(Arguments):
    """What every question with periods has. Defaults are read like what is sent."""

    model_config = ConfigDict(validate_default=True)

    if TYPE_CHECKING:
        freqCode: FreqCode
        period: tuple[AskedSpan, ...]

    @cached_property
    def frequency(self) -> Frequency:
        """Of the periods asked for."""
        return _frequency(self.freqCode)

    @cached_property
    def leans_on_newest(self) -> bool:
        """Whether its periods depend on the newest published period."""
        return any(one.span.leans_on_newest for one in self.period)

    def periods(self, newest: Period) -> list[Period]:
        """The years or months asked for, in order, where `newest` is the newest published one.

        Raises:
            CodeError: they begin after `newest`, on which they lean.
        """
        return periods_of(self.period, self.frequency, newest)


class TradeArguments(Dated):
    """What `comtrade_data` can be asked."""

    typeCode: GoodsOrServices = "C"
    freqCode: YearsOrMonths = "A"
    clCode: Annotated[
        Classification,
        Field(
            description="Classification. Goods: HS (each year as reported; default) or one edition H0 (1992) to H6 "
            "(2022), SITC S1 to S4, BEC B4, B5. Services: EB10 (EBOPS 2010; default for S), EB10S (as in SDMX), EB02 "
            "(2002), EB.",
        ),
    ]
    reporterCode: Reporters = Field(
        description="Who reports: UN Comtrade code (842), ISO code (US, USA) or name, one or more; or all. A group "
        "(BRICS) is its members; EU and ASEAN report as one, their members are 'EU members'.",
    )
    period: Spans = Field(
        description="Years (2023) or, with freqCode=M, months (202301; a year means its 12 months); ranges (2018-2022, "
        "202301-202312), latest, last 5 years, since 2019.",
    )
    partnerCode: Partners = Field(
        default=usual(WORLD),
        description="Trade with whom: codes or names as for reporterCode. 0 or World is all partners in one figure "
        "(default); all is every partner on its own, with World beside them; a group (EU, ASEAN) is its members.",
    )
    cmdCode: Products = Field(
        default=usual("TOTAL"),
        description="Product codes of clCode: HS of 2, 4 or 6 digits (850760), EBOPS (3.1.1). TOTAL is everything "
        "(default); AG2, AG4, AG6 are all chapters, headings, subheadings; 27?? every heading of chapter 27.",
    )
    flowCode: Flows = Field(
        default=usual("M", "X"),
        description="M imports, X exports (default both); RX re-exports, RM re-imports, DX domestic exports, "
        "FM foreign imports, MIP, MOP, XIP, XOP (processing). Words are read too.",
    )
    partner2Code: Partners = Field(
        default=usual(WORLD),
        description="Second partner (consignment). 0 (default) is their total; all breaks rows down. Goods only.",
    )
    customsCode: Annotated[tuple[str, ...], _codes_like(r"[A-Z]\d{2}", "C00 for the total, other codes, or all")] = (
        Field(
            default=usual("C00"),
            description="Customs procedure. C00 (default) is their total; all breaks rows down. Goods only.",
        )
    )
    motCode: Annotated[tuple[str, ...], _codes_like(r"\d{1,4}", "0 for the total, 1000 to 9900, or all")] = Field(
        default=usual("0"),
        description="Mode of transport. 0 (default) is their total; all breaks rows down. Goods only.",
    )
    maxRecords: int = Field(
        default=USUAL_ROWS,
        ge=1,
        le=KEYED_ROWS,
        description="Rows a call may bring. Without a key the service stops at 500 whatever is asked.",
    )
    includeDesc: bool = Field(
        default=True, description="Ask for the service's own names. false makes very large answers smaller on the wire."
    )

    @classmethod
    def meaning(cls, argument: str, raw: Mapping[str, Any]) -> Meaning | None:
        services = [str(raw.get(name, "")).upper() for name in ("typeCode", "clCode")]
        if argument == "cmdCode" and (services[0].startswith("S") or is_services(services[1])):
            return Meaning.EBOPS
        if argument == "cmdCode" and services[1].startswith(("S", "B")):  # SITC and BEC, of which no words are known
            return None
        return super().meaning(argument, raw)

    @model_validator(mode="after")
    def _services_are_not_broken_down(self) -> "TradeArguments":
        if self.typeCode == "C":
            return self
        seconds = Places.of(self.partner2Code).codes
        asked = {"partner2Code": seconds, "customsCode": self.customsCode, "motCode": self.motCode}
        for name, codes in asked.items():
            if codes != (BREAKDOWNS[name],):
                raise ArgumentError(f"Services have no {name}.", argument=name, allowed="leave it out with typeCode=S")
        return self


@dataclass(frozen=True, slots=True)
class TradeQuery:
    """What `comtrade_data` is asked, with the groups of its areas taken apart as of the years asked for.

    Args:
        arguments: as they were given.
        reporters: who reports; none for all.
        partners: trade with whom; none for all.
        second_partners: the second partners; none for all.
        span: the periods that are over, in order.
        open: periods that were asked for too and are not over.
        limit: rows that a call may bring.
    """

    arguments: TradeArguments
    reporters: Places
    partners: Places
    second_partners: Places
    span: tuple[Period, ...]
    open: tuple[Period, ...]
    limit: int

    @staticmethod
    def of(
        context: Context, arguments: TradeArguments, span: tuple[Period, ...], later: tuple[Period, ...]
    ) -> "TradeQuery":
        """The question for these periods, and for `later` ones that are not over."""
        return TradeQuery(
            arguments=arguments,
            reporters=Places.of(arguments.reporterCode, span),
            partners=Places.of(arguments.partnerCode, span),
            second_partners=Places.of(arguments.partner2Code, span),
            span=span,
            open=later,
            limit=row_limit(context, arguments.maxRecords),
        )

    @property
    def total(self) -> str:
        """The code of everything: goods or services."""
        return total_of(self.arguments.clCode)

    @property
    def places(self) -> tuple[AskedArea, ...]:
        """Reporters and partners."""
        return (*self.reporters.asked, *self.partners.asked)

    def over(self, span: tuple[Period, ...]) -> "TradeQuery":
        """The same question for other periods."""
        return replace(self, span=span)

    def call(self, periods: tuple[Period, ...]) -> DataCall:
        """The call for some of its periods."""
        asked = self.arguments
        return DataCall(
            typeCode=asked.typeCode,
            freqCode=asked.freqCode,
            clCode=asked.clCode,
            reporters=self.reporters.codes,
            partners=self.partners.codes,
            commodities=asked.cmdCode,
            flows=asked.flowCode,
            periods=periods,
            maxRecords=self.limit,
            second_partners=self.second_partners.codes,
            customs=asked.customsCode,
            modes=asked.motCode,
            describe=asked.includeDesc,
        )


def row_limit(context: Context, wanted: int = USUAL_ROWS) -> int:
    """Rows that a call may bring: what was asked, within what the service gives without a key."""
    return wanted if has_key(context) else min(wanted, PREVIEW_ROWS)
