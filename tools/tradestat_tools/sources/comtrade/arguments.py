"""The question of `comtrade_data`, checked before anything is sent."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any, cast

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from tradestat_tools.codes.periods import LAST_YEAR, Frequency, Period
from tradestat_tools.codes.spans import Span
from tradestat_tools.codes.words import CodeError
from tradestat_tools.contract.context import Context
from tradestat_tools.model.arguments import ArgumentError, Arguments, Meaning
from tradestat_tools.sources.comtrade.api import Wanted
from tradestat_tools.sources.comtrade.calendar import periods_of, read_span
from tradestat_tools.sources.comtrade.codes import (
    ALL,
    DEFAULT_CLASSIFICATION,
    FREQ_WORDS,
    TYPE_WORDS,
    WORLD,
    ClCode,
    FreqCode,
    Places,
    TypeCode,
    asks_for_all,
    is_services,
    read_cmd_code,
    read_flow_code,
    read_places,
)
from tradestat_tools.sources.comtrade.service import ComtradeSettings

PREVIEW_ROWS = 500
"""Rows that the service gives at most without a key, for each call."""
KEYED_ROWS = 100_000
"""Rows that the service gives at most with a key, for each call (documented, autumn 2026)."""
USUAL_ROWS = 5_000
"""Rows asked for unless the caller says otherwise: a keyed call brings up to 12 periods, for which 500 is little."""
MAX_LIST = 100
"""Codes in one argument: the address of a call must not outgrow what servers accept."""

LISTS = "A list, comma separated text or JSON text."


def word_to_code(words: dict[str, str]) -> BeforeValidator:
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


def code_errors(check: Callable[[list[str]], object]) -> AfterValidator:
    """Run a check of the codes on the values and keep them as they were typed."""

    def run(values: list[str]) -> list[str]:
        if not values:
            raise ArgumentError("Nothing is asked for.", allowed="at least one code")
        try:
            check(values)
        except CodeError as error:
            raise ArgumentError(error.message, allowed=error.allowed or None, nearest=error.nearest) from None
        return values

    return AfterValidator(run)


def check_reporters(values: list[str]) -> None:
    for asked in read_places(values, "reporter").asked:
        if asked.code == WORLD:
            raise CodeError(
                "World is not a reporter: UN Comtrade publishes what countries report.",
                allowed="reporting countries, or all for every one of them",
                nearest=(ALL,),
            )


def check_partners(values: list[str]) -> None:
    read_places(values, "partner")


def read_flows(values: list[str]) -> list[str]:
    return list(dict.fromkeys(read_flow_code(value) for value in values))


def _read_codes(pattern: str, example: str) -> AfterValidator:
    def read(values: list[str]) -> list[str]:
        if asks_for_all(values):
            return [ALL]
        for value in values:
            if not re.fullmatch(pattern, value.upper()):
                raise ArgumentError(f"{value[:40]!r} is not a code of this list.", allowed=example, nearest=())
        return [value.upper() for value in values]

    return AfterValidator(read)


Codes = Annotated[list[str], Field(max_length=MAX_LIST), BeforeValidator(_as_text), AfterValidator(_unique)]


class Dated:
    """What every question with periods has."""

    if TYPE_CHECKING:
        freqCode: FreqCode
        period: list[str]

    @property
    def frequency(self) -> Frequency:
        """Of the periods asked for."""
        return "year" if self.freqCode == "A" else "month"

    @property
    def spans(self) -> list[Span]:
        """The ranges of years or months as they were meant."""
        return [read_span(text, self.frequency) for text in self.period]

    def check_periods(self) -> None:
        """Refuse what is no period of the frequency.

        Raises:
            ArgumentError: naming what is allowed.
        """
        try:
            periods_of(self.spans, self.frequency, Period(LAST_YEAR, self.frequency))
        except CodeError as error:
            raise ArgumentError(
                error.message, argument="period", allowed=error.allowed or None, nearest=error.nearest
            ) from None


GoodsOrServices = Annotated[TypeCode, word_to_code(TYPE_WORDS), Field(description="C for goods, S for services.")]
YearsOrMonths = Annotated[FreqCode, word_to_code(FREQ_WORDS), Field(description="A for years, M for months.")]
Classification = Annotated[ClCode, word_to_code({"sitc": "S4", "bec": "B5", "ebops": "EB10"})]


def is_asked_for_services(raw: Mapping[str, Any]) -> bool:
    """Whether arguments as they were sent ask for services."""
    return str(raw.get("typeCode", "")).upper().startswith("S") or str(raw.get("clCode", "")).upper().startswith("EB")


class TradeArguments(Dated, Arguments):
    """What `comtrade_data` can be asked."""

    typeCode: GoodsOrServices = "C"
    freqCode: YearsOrMonths = "A"
    clCode: Classification = Field(
        default="HS",
        description="Classification. Goods: HS (each year as reported; default) or one edition H0 (1992) to H6 (2022), "
        "SITC S1 to S4, BEC B4, B5. Services: EB10 (EBOPS 2010; default for S), EB02 (2002), EB.",
    )
    reporterCode: Annotated[Codes, code_errors(check_reporters)] = Field(
        description="Who reports: UN Comtrade code (842), ISO code (US, USA) or name, one or more; or all. A group "
        f"(BRICS) is its members; EU and ASEAN report as one, their members are 'EU members'. {LISTS}",
    )
    period: Annotated[Codes, Meaning.PERIOD] = Field(
        description="Years (2023) or, with freqCode=M, months (202301; a year means its 12 months); ranges (2018-2022, "
        f"202301-202312), latest, last 5 years, since 2019. {LISTS}",
    )
    partnerCode: Annotated[Codes, code_errors(check_partners)] = Field(
        default=[WORLD],
        description="Trade with whom: codes or names as for reporterCode. 0 or World is all partners in one figure "
        "(default); all is every partner on its own, with World beside them; a group (EU, ASEAN) is its members.",
    )
    cmdCode: Annotated[Codes, Meaning.HS] = Field(
        default=["TOTAL"],
        description="Product codes of clCode: HS of 2, 4 or 6 digits (850760), EBOPS (3.1.1). TOTAL is everything "
        "(default); AG2, AG4, AG6 are all chapters, headings, subheadings.",
    )
    flowCode: Annotated[Codes, AfterValidator(read_flows), Meaning.FLOW] = Field(
        default=["M", "X"],
        description="M imports, X exports (default both); RX re-exports, RM re-imports, DX domestic exports, "
        "FM foreign imports, MIP, MOP, XIP, XOP (processing). Words are read too.",
    )
    partner2Code: Annotated[Codes, code_errors(check_partners)] = Field(
        default=[WORLD],
        description="Second partner (consignment). 0 (default) is their total; all breaks rows down. Goods only.",
    )
    customsCode: Annotated[Codes, _read_codes(r"[A-Z]\d{2}", "C00 for the total, other codes, or all")] = Field(
        default=["C00"],
        description="Customs procedure. C00 (default) is their total; all breaks rows down. Goods only.",
    )
    motCode: Annotated[Codes, _read_codes(r"\d{1,4}", "0 for the total, 1000 to 9900, or all")] = Field(
        default=["0"],
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
        if argument == "cmdCode" and is_asked_for_services(raw):
            return Meaning.EBOPS
        return super().meaning(argument, raw)

    @property
    def classification(self) -> ClCode:
        """`clCode`, or the usual one for goods or services where it was left out."""
        return self.clCode if "clCode" in self.model_fields_set else DEFAULT_CLASSIFICATION[self.typeCode]

    @property
    def commodities(self) -> list[str]:
        """The product codes as the service writes them, each once."""
        return list(dict.fromkeys(read_cmd_code(code, self.classification) for code in self.cmdCode))

    @model_validator(mode="after")
    def _fit_together(self) -> "TradeArguments":
        if is_services(self.classification) != (self.typeCode == "S"):
            kind, other = ("services", "S") if is_services(self.classification) else ("goods", "C")
            raise ArgumentError(
                f"clCode={self.classification} classifies {kind}, typeCode={self.typeCode} asks for something else.",
                argument="clCode",
                allowed="EB10, EB02, EB with typeCode=S; HS, H0 to H6, S1 to S4, B4, B5 with typeCode=C",
                nearest=(f"typeCode={other}", f"clCode={DEFAULT_CLASSIFICATION[self.typeCode]}"),
            )
        for name, total in (("partner2Code", WORLD), ("customsCode", "C00"), ("motCode", "0")):
            if self.typeCode == "S" and getattr(self, name) not in ([total], []):
                raise ArgumentError(f"Services have no {name}.", argument=name, allowed="leave it out with typeCode=S")
        for name in ("cmdCode", "period", "flowCode", "customsCode", "motCode"):
            if not getattr(self, name):
                raise ArgumentError(f"`{name}` is empty.", argument=name, allowed="at least one code")
        try:
            _ = self.commodities
        except ArgumentError as error:
            error.argument = "cmdCode"
            raise
        self.check_periods()
        return self


TOTALS = {"C": "TOTAL", "S": "200"}


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, resolved.

    Args:
        arguments: as they were given.
        reporters: who reports; none for all.
        partners: trade with whom; none for all.
        second_partners: the second partners; none for all.
        commodities: product codes as the service writes them, each once.
        span: the periods that are over, in order.
        open: periods that were asked for too and are not over.
        limit: rows that a call may bring.
    """

    arguments: TradeArguments
    reporters: Places
    partners: Places
    second_partners: Places
    commodities: tuple[str, ...]
    span: tuple[Period, ...]
    open: tuple[Period, ...]
    limit: int

    @property
    def total(self) -> str:
        """The code of everything: goods or services."""
        return TOTALS[self.arguments.typeCode]

    def over(self, span: tuple[Period, ...]) -> "Question":
        """The same question for other periods."""
        return replace(self, span=span)

    def wanted(self, periods: tuple[Period, ...]) -> Wanted:
        """The call for some of its periods."""
        asked = self.arguments
        return Wanted(
            typeCode=asked.typeCode,
            freqCode=asked.freqCode,
            clCode=asked.classification,
            reporters=self.reporters.codes,
            partners=self.partners.codes,
            commodities=self.commodities,
            flows=tuple(asked.flowCode),
            periods=periods,
            maxRecords=self.limit,
            second_partners=self.second_partners.codes,
            customs=() if asks_for_all(asked.customsCode) else tuple(asked.customsCode),
            modes=() if asks_for_all(asked.motCode) else tuple(asked.motCode),
            describe=asked.includeDesc,
        )


def row_limit(context: Context, arguments: TradeArguments) -> int:
    """Rows that a call may bring: what was asked, within what the service gives without a key."""
    keyed = context.settings.of(ComtradeSettings).comtrade_api_key is not None
    return arguments.maxRecords if keyed else min(arguments.maxRecords, PREVIEW_ROWS)


def resolved(
    context: Context, arguments: TradeArguments, span: tuple[Period, ...], later: tuple[Period, ...]
) -> Question:
    """The question with every word resolved; groups are taken as of the years of `span`."""
    years = {"first_year": span[0].year, "last_year": span[-1].year}
    return Question(
        arguments=arguments,
        reporters=read_places(arguments.reporterCode, "reporter", **years),
        partners=read_places(arguments.partnerCode, "partner", **years),
        second_partners=read_places(arguments.partner2Code, "partner", **years),
        commodities=tuple(arguments.commodities),
        span=span,
        open=later,
        limit=row_limit(context, arguments),
    )
