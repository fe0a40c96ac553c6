"""The question of `comtrade_data`, checked before anything is sent."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, cast

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from tradestat_tools.arguments import ArgumentError, Arguments
from tradestat_tools.codes import periods
from tradestat_tools.codes.countries import Area, resolve_area
from tradestat_tools.codes.errors import CodeError
from tradestat_tools.codes.periods import Period
from tradestat_tools.sources.comtrade.classifications import (
    DEFAULT_CLASSIFICATION,
    FREQ_WORDS,
    TYPE_WORDS,
    ClCode,
    FreqCode,
    TypeCode,
    is_services,
    read_cmd_code,
    read_flow_code,
)

ALL = "all"
ALL_WORDS = frozenset({"all", "*", "any", "every", "each"})
WORLD = "0"

PREVIEW_ROWS = 500
"""Rows that the service gives at most without a key, for each call."""
KEYED_ROWS = 100_000
"""Rows that the service gives at most with a key, for each call (documented, autumn 2026)."""
USUAL_ROWS = 5_000
"""Rows asked for unless the caller says otherwise: a keyed call brings up to 12 periods, for which 500 is little."""
MAX_LIST = 100
"""Codes in one argument: the address of a call must not outgrow what servers accept."""

LISTS = "A list, comma separated text or JSON text."


@dataclass(frozen=True, slots=True)
class Asked:
    """An area as it was asked for: its code in UN Comtrade, what was typed, and what the reader should know of it."""

    code: str
    typed: str
    area: Area
    note: str | None

    @property
    def spelled_as_code(self) -> bool:
        """Whether the caller typed the code itself."""
        return self.typed.lstrip("0") == self.code.lstrip("0")


def asks_for_all(values: list[str]) -> bool:
    """Whether a list of codes is the word for all of them."""
    return len(values) == 1 and values[0].strip().lower() in ALL_WORDS


def read_areas(values: list[str]) -> list[Asked]:
    """Areas by code or name, each once; a name with a comma in it ("Other Asia, nes") may have come apart in two.

    Raises:
        CodeError: unknown, ambiguous, or without a code in UN Comtrade.
    """
    found: dict[str, Asked] = {}
    rest = list(values)
    while rest:
        asked, used = _joined(rest) or (_asked(rest[0]), 1)
        found.setdefault(asked.code, asked)
        rest = rest[used:]
    return list(found.values())


def _joined(values: list[str]) -> tuple[Asked, int] | None:
    """The first two parts as one name, if the second is no area of its own ("Korea", "Rep. of")."""
    if len(values) < 2 or values[1].strip().isdigit() or _is_area(values[1]):
        return None
    try:
        return _asked(f"{values[0]}, {values[1]}"), 2
    except CodeError:
        return None


def _is_area(text: str) -> bool:
    try:
        resolve_area(text, system="comtrade")
    except CodeError:
        return False
    return True


def _asked(text: str) -> Asked:
    resolved = resolve_area(text, system="comtrade")
    code = resolved.area.comtrade
    if not code:
        raise CodeError(f"{resolved.area.name_en} has no code of its own in UN Comtrade. {resolved.area.note}".strip())
    return Asked(code, text, resolved.area, resolved.note)


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


def _code_errors(check: Callable[[list[str]], object]) -> AfterValidator:
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


def _check_reporters(values: list[str]) -> None:
    if asks_for_all(values):
        return
    for asked in read_areas(values):
        if asked.code == WORLD:
            raise CodeError(
                "World is not a reporter: UN Comtrade publishes what countries report.",
                allowed="reporting countries, or all for every one of them",
                nearest=(ALL,),
            )


def _check_partners(values: list[str]) -> None:
    if asks_for_all(values):
        return
    for asked in read_areas(values):
        if asked.area.kind == "group":
            raise CodeError(
                f"{asked.area.name_en} is no partner in UN Comtrade, only a reporter.",
                allowed="single areas, 0 for World, or all for every partner",
            )


def _read_flows(values: list[str]) -> list[str]:
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


class TradeArguments(Arguments):
    """What `comtrade_data` can be asked."""

    typeCode: Annotated[TypeCode, _word_to_code(TYPE_WORDS)] = Field(
        default="C", description="C for goods, S for services."
    )
    freqCode: Annotated[FreqCode, _word_to_code(FREQ_WORDS)] = Field(
        default="A", description="A for years, M for months."
    )
    clCode: Annotated[ClCode, _word_to_code({"sitc": "S4", "bec": "B5", "ebops": "EB10"})] = Field(
        default="HS",
        description="Classification. Goods: HS (each year as reported; default) or one edition H0 (1992) to H6 (2022), "
        "SITC S1 to S4, BEC B4, B5. Services: EB10 (EBOPS 2010; default for S), EB02 (2002), EB.",
    )
    reporterCode: Annotated[Codes, _code_errors(_check_reporters)] = Field(
        description=f"Who reports: UN Comtrade code (842), ISO code (US, USA) or name, one or more; or all. {LISTS}",
    )
    period: Codes = Field(
        description=f"Years (2023) or, with freqCode=M, months (202301; a year means its 12 months); ranges as "
        f"2018-2022 or 202301-202312. {LISTS}",
    )
    partnerCode: Annotated[Codes, _code_errors(_check_partners)] = Field(
        default=[WORLD],
        description="Trade with whom: codes or names as for reporterCode. 0 or World is all partners in one figure "
        "(default); all is every partner on its own, with World beside them.",
    )
    cmdCode: Codes = Field(
        default=["TOTAL"],
        description="Product codes of clCode: HS of 2, 4 or 6 digits (850760), EBOPS (3.1.1). TOTAL is everything "
        "(default); AG2, AG4, AG6 are all chapters, headings, subheadings.",
    )
    flowCode: Annotated[Codes, AfterValidator(_read_flows)] = Field(
        default=["M", "X"],
        description="M imports, X exports (default both); RX re-exports, RM re-imports, DX domestic exports, "
        "FM foreign imports, MIP, MOP, XIP, XOP (processing). Words are read too.",
    )
    partner2Code: Annotated[Codes, _code_errors(_check_partners)] = Field(
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

    @property
    def classification(self) -> ClCode:
        """`clCode`, or the usual one for goods or services where it was left out."""
        return self.clCode if "clCode" in self.model_fields_set else DEFAULT_CLASSIFICATION[self.typeCode]

    @property
    def reporters(self) -> list[Asked]:
        """Who reports; empty for all."""
        return [] if asks_for_all(self.reporterCode) else read_areas(self.reporterCode)

    @property
    def partners(self) -> list[Asked]:
        """Trade with whom; empty for all."""
        return [] if asks_for_all(self.partnerCode) else read_areas(self.partnerCode)

    @property
    def second_partners(self) -> list[Asked]:
        """The second partners; empty for all."""
        return [] if asks_for_all(self.partner2Code) else read_areas(self.partner2Code)

    @property
    def commodities(self) -> list[str]:
        """The product codes as the service writes them, each once."""
        return list(dict.fromkeys(read_cmd_code(code, self.classification) for code in self.cmdCode))

    @property
    def span(self) -> list[Period]:
        """The years or months asked for, in order, each once."""
        frequency = "year" if self.freqCode == "A" else "month"
        found = {one for text in self.period for one in read_periods(text, frequency)}
        return sorted(found)

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
        try:
            _ = self.span
        except CodeError as error:
            raise ArgumentError(
                error.message, argument="period", allowed=error.allowed or None, nearest=error.nearest
            ) from None
        return self


_RANGE = re.compile(r"(.+?)\s*(?:\.\.+|:|–|—|\bto\b|\bthrough\b|\buntil\b)\s*(.+)|(\d{4}|\d{6})\s*-\s*(\d{4}|\d{6})")


def read_periods(text: str, frequency: periods.Frequency) -> list[Period]:
    """One period or a range of them (`2018-2022`, `2023-01..2023-06`); where months are wanted, a year is its twelve.

    Raises:
        CodeError: not a period, of another frequency, or a range that ends before it starts.
    """
    ends = _RANGE.fullmatch(text.strip())
    first, last = (ends[1] or ends[3], ends[2] or ends[4]) if ends else (text, text)
    start, end = periods.period(first), periods.period(last)
    periods.check_order(start, end)
    for given in (start, end):
        if given.frequency != frequency and (frequency, given.frequency) != ("month", "year"):
            raise _wrong_frequency(given, frequency)
    if frequency == "month":
        start, end = start.first_month, end.last_month
    return list(periods.periods_between(start, end))


def _wrong_frequency(given: Period, frequency: periods.Frequency) -> CodeError:
    if frequency == "year":
        fixes = ("freqCode=M",) if given.frequency == "month" else ()
        return CodeError(
            f"{given} is a {given.frequency}, but freqCode=A asks for years.",
            allowed="years such as 2023",
            nearest=(*fixes, str(given.year)),
        )
    return CodeError(
        f"{given} is a {given.frequency}, but freqCode=M asks for months.", allowed="months such as 202301"
    )
