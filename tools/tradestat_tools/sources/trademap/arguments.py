"""The questions, checked before a credit is spent. Areas, products and years are held as what they mean."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Annotated, Any, ClassVar, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    GetPydanticSchema,
    PlainValidator,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import core_schema

from tradestat_tools.codes import periods
from tradestat_tools.codes.flows import flow_code
from tradestat_tools.codes.groups import Group
from tradestat_tools.codes.spans import Span, span
from tradestat_tools.codes.words import CodeError
from tradestat_tools.model.answers import Note, NoteCode
from tradestat_tools.model.arguments import ArgumentError, Arguments, Meaning
from tradestat_tools.sources.trademap.codes import (
    ALL,
    HS_LEVELS,
    TOTAL_CODES,
    WORLD,
    Coded,
    area_name,
    product_name,
    read_partner,
    read_product,
    read_reporter,
    read_reporter_or_group,
    read_service,
)

MAX_PAGE_SIZE = 500
MOST_CALLS = 50
"""Calls that one question may take at most; half of the smallest plan's month."""
DEFAULT_INDICATORS = ("VAL", "BAL", "GV5", "GV2", "GV5W")
INDICATOR_WORDS = {"VAL": "VALUES", "BAL": "BALANCES"}
"""What an indicator's code is short for, and often written as."""

BIG_PAGE = 100
"""Rows. Sorting services in ascending order is known to run into a time-out on large results; see `is_big`."""

Argument = Literal["country", "partner"]

_BY_WORDS = {
    **dict.fromkeys(("byproduct", "product", "products"), "byProduct"),
    **dict.fromkeys(("bycountry", "country", "countries", "bypartner", "partner", "partners"), "byCountry"),
    **dict.fromkeys(("byservice", "service", "services"), "byService"),
}


def _coded(read: Callable[[str], Coded], longest: int) -> GetPydanticSchema:
    """Text of so many characters at most, which is read once and held as what it means; a client sees the text."""
    return GetPydanticSchema(
        lambda _, handler: core_schema.no_info_after_validator_function(
            read, handler.generate_schema(Annotated[str, Field(max_length=longest)])
        )
    )


def _by(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return _BY_WORDS.get("".join(char for char in value.lower() if char.isalnum()), value.strip())


def _flow(value: Any) -> Any:
    return flow_code(value, "trademap") if isinstance(value, str) else value


def _years(value: Any) -> int | Span:
    """A year as a number, 0 for none; whatever says more, or leans on the newest year, as it was meant."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise ArgumentError("A year is a whole number.", allowed="a year such as 2025")
    if str(value).strip() in ("", "0"):
        return 0
    try:
        meant = span(value)
        for said in (meant.first, meant.last):
            if said is not None:
                periods.year(str(said))
    except CodeError as error:
        raise ArgumentError(
            f"{error.message} These series are yearly.", allowed=error.allowed, nearest=error.nearest
        ) from None
    if meant.unit not in (None, "year"):
        raise ArgumentError(f"{value!r} counts {meant.unit}s; these series are yearly.", allowed="last 5 years")
    only = meant.first is not None and meant.first == meant.last
    return meant.first.year if only and meant.first else meant


def _upper(value: Any) -> Any:
    return value.strip().upper() if isinstance(value, str) else value


def _not_mistyped(code: str) -> str:
    """An indicator, unless it is certainly meant to be a documented one: others exist, and only the service knows them.

    A digit or letter more is no proof: GV2W may exist as GV5W does.
    """
    for known in DEFAULT_INDICATORS:
        if code == known:
            return code
        in_full = INDICATOR_WORDS.get(known, "")
        if sorted(code) == sorted(known) or (code.startswith(known) and in_full.startswith(code)):
            raise ArgumentError(f"{code} is not an indicator.", allowed=", ".join(DEFAULT_INDICATORS), nearest=(known,))
    return code


def integer(value: Any) -> Any:
    """A whole number sent as text; anything else is left for the type to refuse."""
    return int(value) if isinstance(value, str) and value.strip().isdecimal() else value


_REPORTER = "Reporter: three-digit code (410), ISO code (KR, KOR) or name. Not World (000)."

YearOrSpan = Annotated[
    int | Span,
    PlainValidator(_years),
    WithJsonSchema({"type": "integer", "minimum": 0, "maximum": periods.LAST_YEAR}),
    Meaning.PERIOD,
]
"""Words are taken as well; the schema stays the plain one, which clients and models handle best."""

IndicatorCode = Annotated[
    str, BeforeValidator(_upper), Field(pattern=r"^[A-Z][A-Z0-9]{0,7}$"), AfterValidator(_not_mistyped)
]


class Tabled(Arguments, ABC):
    """What every table takes."""

    tool: ClassVar[str]

    page: int = Field(1, ge=1, le=100_000, description="Page of the rows, from 1.")
    page_size: int = Field(
        50,
        ge=1,
        le=MAX_PAGE_SIZE,
        description="Rows a page, which costs one call. Left out with all_pages: 500.",
    )
    all_pages: bool = Field(False, description="Every page in one table; a call for each that is not stored yet.")
    max_calls: int = Field(
        5,
        ge=1,
        le=MOST_CALLS,
        description="Calls that all_pages or a group may take.",
    )
    country: Annotated[Coded, _coded(read_reporter_or_group, 80), Meaning.AREA] = Field(
        description=f"{_REPORTER} A group (EU, ASEAN) gives a row for each member; one call each, see max_calls."
    )
    partner: Annotated[Coded, _coded(read_partner, 80), Meaning.AREA] = Field(
        WORLD,
        validate_default=True,
        description="Partner: code, ISO code or name; 000 = all partners together. A group (EU, ASEAN) gives its "
        "members' rows, with byCountry.",
    )
    sort_by: str = Field(
        "",
        pattern=r"^[A-Za-z0-9_]*$",
        max_length=30,
        description='What to sort by: a year, an indicator, or a code column; "" = the service\'s choice.',
    )
    sort_dir: Literal["desc", "asc"] = Field("desc", description="desc = largest first.")

    @model_validator(mode="after")
    def _from_the_first(self) -> "Tabled":
        if self.all_pages and self.page > 1:
            raise ArgumentError("all_pages begins with page 1.", argument="page", allowed="1, or all_pages=false")
        return self

    @model_validator(mode="after")
    def _groups_by_country(self) -> "Tabled":
        """A group's rows are its members. Other rows, of each member, would be a table of tables."""
        groups = list(self.groups)
        if len(groups) == 2:
            raise ArgumentError(
                "country and partner are both groups of countries.",
                argument="partner",
                allowed="one of them a group, the other one country or area (or partner=000, all partners)",
            )
        if groups and getattr(self, "by", "byCountry") != "byCountry":
            raise ArgumentError(
                f"`{groups[0]}` is a group of countries, whose rows are its members.",
                argument="by",
                allowed="byCountry with a group; other rows for one member at a time",
                nearest=("byCountry",),
            )
        if groups and self.page > 1:
            raise ArgumentError("A group's members come in one table.", argument="page", allowed="1")
        return self

    @property
    def groups(self) -> "dict[Argument, Group]":
        """The group of countries that is asked by its members, under the argument that names it."""
        named: dict[Argument, Group | None] = {"country": self.country.group, "partner": self.partner.group}
        return {argument: group for argument, group in named.items() if group is not None}

    def readings(self) -> list[Note]:
        """What was read as something that the caller may not expect. Groups have notes of their own."""
        given = ((name, getattr(self, name, None)) for name in ("country", "partner", "product", "service"))
        texts = [f"{name} {meant.reading}" for name, meant in given if isinstance(meant, Coded) and meant.reading]
        return [Note(code=NoteCode.RESOLVED_CODE, text=text) for text in texts]

    @abstractmethod
    def query(self) -> "TableQuery":
        """What is asked, years to be put in; `country` is empty where it is a group."""

    @property
    def _rows_a_page(self) -> int:
        """As asked; as many as there can be where all rows are wanted anyway, since every page costs a call. Who says a
        number for all that gets it, as less at a time is what helps against a time-out."""
        left_to_us = self.all_pages and "page_size" not in self.model_fields_set and self.sort_dir == "desc"
        return MAX_PAGE_SIZE if left_to_us else self.page_size

    def _query(self, product: Coded, by: str, trade_flow: str, **more: Any) -> "TableQuery":
        return TableQuery(
            tool=self.tool,
            country=self.country.code,
            partner=self.partner.code or WORLD,
            product=product.code,
            by=by,
            trade_flow=trade_flow,
            page=self.page,
            page_size=self._rows_a_page,
            sort_by=self.sort_by,
            sort_dir=self.sort_dir,
            **more,
        )


class Yearly(Tabled):
    """A table over years, of one reporter or of the members of a group."""

    period_from: YearOrSpan = Field(
        0, description="First year; 0 = the service's choice. Also 'latest', 'last 5 years', '2018-2022', as text."
    )
    period_to: YearOrSpan = Field(0, description="Last year; 0 = the service's choice. Also 'latest', as text.")

    @model_validator(mode="after")
    def _order(self) -> "Yearly":
        first, last = self.period_from, self.period_to
        if isinstance(first, int) and isinstance(last, int) and 0 < last < first:
            raise ArgumentError(
                f"The last year {last} lies before the first {first}.",
                argument="period_to",
                allowed=f"{first} or later",
            )
        return self


class _Goods(Tabled):
    """A table of goods."""

    product: Annotated[Coded, _coded(read_product, 20), Meaning.HS] = Field(
        ALL, validate_default=True, description="HS code of 2, 4 or 6 digits, or ALL for all goods."
    )
    by: Annotated[Literal["byCountry", "byProduct"], BeforeValidator(_by)] = Field(
        "byCountry",
        description="Rows: byCountry = one per partner; byProduct = one per HS code below or beside `product`.",
    )
    hs_level: Annotated[Literal[0, 2, 4, 6], BeforeValidator(integer)] = Field(
        0, description="Digits of the rows' HS codes with byProduct; 0 = the next level below `product`."
    )
    trade_flow: Annotated[Literal["I", "E", "RE", "TB"], BeforeValidator(_flow), Meaning.FLOW] = Field(
        "E", description="I imports, E exports, RE re-exports, TB trade balance (exports less imports)."
    )

    @model_validator(mode="after")
    def _level_below_product(self) -> "_Goods":
        code = self.product.code
        if self.by == "byProduct" and self.hs_level and code != ALL and self.hs_level < len(code):
            raise ArgumentError(
                f"HS level {self.hs_level} lies above the product {code}.",
                argument="hs_level",
                allowed=", ".join(str(level) for level in HS_LEVELS if level >= len(code)),
            )
        return self

    def query(self) -> "TableQuery":
        """What is asked."""
        return self._query(self.product, self.by, self.trade_flow, hs_level=self.hs_level)


class GoodsTimeSeriesArguments(_Goods, Yearly):
    """Goods by year."""

    tool = "goods_time_series"


class GoodsTradeIndicatorsArguments(_Goods):
    """Indicators of goods trade in the newest reference year, which need not be that of another reporter."""

    tool = "goods_trade_indicators"

    country: Annotated[Coded, _coded(read_reporter, 80), Meaning.AREA] = Field(description=_REPORTER)
    indicators: list[IndicatorCode] = Field(
        default_factory=lambda: list(DEFAULT_INDICATORS),
        min_length=1,
        max_length=20,
        description="VAL value, BAL balance, GV5 and GV2 growth over 5 and 2 years, GV5W growth of the world.",
    )

    def query(self) -> "TableQuery":
        """What is asked, each indicator once."""
        return replace(super().query(), indicators=tuple(dict.fromkeys(self.indicators)))


class ServicesTimeSeriesArguments(Yearly):
    """Services by year."""

    tool = "services_time_series"

    service: Annotated[Coded, _coded(read_service, 30), Meaning.EBOPS] = Field(
        ALL,
        validate_default=True,
        description="EBOPS 2010 item: 3.1.1 or Trade Map's S03001001; ALL for all services.",
    )
    by: Annotated[Literal["byCountry", "byService"], BeforeValidator(_by)] = Field(
        "byCountry",
        description="Rows: byCountry = one per partner; byService = one per EBOPS item below or beside `service`.",
    )
    trade_flow: Annotated[Literal["I", "E", "TB"], BeforeValidator(_flow), Meaning.FLOW] = Field(
        "E", description="I imports, E exports, TB trade balance. Services have no re-exports."
    )

    @model_validator(mode="after")
    def _no_big_ascending_sort(self) -> "ServicesTimeSeriesArguments":
        if self.sort_dir == "asc" and self._is_big():
            raise ArgumentError(
                "Sorting a large services table in ascending order runs into a time-out at Trade Map, and is charged.",
                argument="sort_dir",
                allowed=f"desc; asc for one service with one partner or byService, page_size up to {BIG_PAGE}",
                nearest=("desc",),
            )
        return self

    def _is_big(self) -> bool:
        """Whether a services table counts as large: all services, a row for every partner, or a page over `BIG_PAGE`.

        The service says only that ascending order times out "on large result sets"; this is the careful reading of it.
        """
        every_partner = self.by == "byCountry" and (self.partner.group is not None or self.partner.code == WORLD)
        return self.service.code == ALL or every_partner or self.page_size > BIG_PAGE

    def query(self) -> "TableQuery":
        """What is asked."""
        return self._query(self.service, self.by, self.trade_flow)


FLOW_NAMES = {"I": "Imports", "E": "Exports", "RE": "Re-exports", "TB": "Trade balance"}

VALUATION = {
    "I": "imports as reported, mostly CIF",
    "E": "exports as reported, mostly FOB",
    "RE": "re-exports as reported, mostly FOB",
    "TB": "exports (mostly FOB) less imports (mostly CIF)",
}
"""Of goods. Services have no such difference."""

MOSTLY_FROM = {"yearly246": 2001, "yearlyReexport": 2001, "yearlyServices": 2000}
"""Where most countries' series begin (documented), by the period object that they are in."""


@dataclass(frozen=True, slots=True)
class TableQuery:
    """What one page of a table is asked with, in Trade Map's codes.

    Args:
        tool: the tool, which has the endpoint's name.
        partner: of a group of partners all partners, in whose table the members are.
        hs_level: digits of the rows' HS codes with byProduct; 0 = the next level below the product.
        period_from: first year; 0 = the service's choice; `period_to` likewise.
    """

    tool: str
    country: str
    partner: str
    product: str
    by: str
    trade_flow: str
    page: int = 1
    page_size: int = 50
    sort_by: str = ""
    sort_dir: str = "desc"
    hs_level: int = 0
    period_from: int = 0
    period_to: int = 0
    indicators: tuple[str, ...] = ()

    @property
    def services(self) -> bool:
        """Whether `product` is an EBOPS item and no HS code."""
        return self.tool == ServicesTimeSeriesArguments.tool

    @property
    def answer_codes(self) -> frozenset[str]:
        """The codes of the product in answers: `ALL` comes back as `TOTAL` or `S00` (seen September 2026)."""
        return TOTAL_CODES if self.product == ALL else frozenset({self.product})

    @property
    def coverage(self) -> str:
        """The country's period object that says how far this goes."""
        return "yearlyServices" if self.services else "yearlyReexport" if self.trade_flow == "RE" else "yearly246"

    @property
    def years(self) -> str:
        """The years asked for, for people; nothing where the service chooses."""
        first, last = self.period_from, self.period_to
        if first and last:
            return str(first) if first == last else f"{first} to {last}"
        return f"from {first}" if first else f"until {last}" if last else ""

    def what(self, years: str = "", *, reporter: str = "", partner: str = "") -> str:
        """Who, whom, product, flow and period in one line; `reporter` or `partner` where it is a group.

        The years are those asked for, unless others are given.
        """
        everything = "all services" if self.services else "all goods"
        product = everything if self.product == ALL else product_name(self.product)
        preposition = {"I": "from", "TB": "with"}.get(self.trade_flow, "to")
        partner = partner or ("all partners" if self.partner == WORLD else area_name(self.partner))
        flow, years = FLOW_NAMES[self.trade_flow], years or self.years or "any year"
        return f"{flow} of {product}, {reporter or area_name(self.country)} {preposition} {partner}, {self.by}, {years}"

    def sent(self) -> dict[str, str | int]:
        """The arguments by our names; what is unset is left to the service."""
        below = 2 if self.product == ALL else min(len(self.product) + 2, 6)
        optional: dict[str, str | int] = {
            "sort_by": self.sort_by,
            "period_from": self.period_from,
            "period_to": self.period_to,
            "service" if self.services else "product": self.product,
            "hs_level": (self.hs_level or below) if self.by == "byProduct" else 0,
            "indicators": ",".join(self.indicators),
        }
        return {
            "country": self.country,
            "partner": self.partner,
            "by": self.by,
            "trade_flow": self.trade_flow,
            "page": self.page,
            "page_size": self.page_size,
            "sort_dir": self.sort_dir,
        } | {name: value for name, value in optional.items() if value}
