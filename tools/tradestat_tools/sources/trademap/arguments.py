"""The questions, checked before a credit is spent.

Codes stay in the arguments as the caller wrote them; `reporter_code` and its sisters give the service's spelling.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, PlainValidator, WithJsonSchema, model_validator

from tradestat_tools.codes import periods
from tradestat_tools.codes.flows import flow_code
from tradestat_tools.codes.spans import Span, span
from tradestat_tools.codes.words import CodeError
from tradestat_tools.model.answers import Note, NoteCode
from tradestat_tools.model.arguments import ArgumentError, Arguments, Meaning
from tradestat_tools.sources.trademap.codes import (
    ALL,
    HS_LEVELS,
    WORLD,
    area_label,
    is_group,
    named,
    partner_code,
    product_code,
    product_label,
    reporter_code,
    resolve,
    service_code,
    service_item,
)

MAX_PAGE_SIZE = 500
MOST_CALLS = 50
"""Calls that one question may take at most; half of the smallest plan's month."""
DEFAULT_INDICATORS = ("VAL", "BAL", "GV5", "GV2", "GV5W")
INDICATOR_WORDS = {"VAL": "VALUES", "BAL": "BALANCES"}
"""What an indicator's code is short for, and often written as."""

BIG_PAGE = 100
"""Rows. Sorting services in ascending order is known to run into a time-out on large results; see `is_big`."""

Flow = Literal["I", "E", "RE", "TB"]

_BY_WORDS = {
    **dict.fromkeys(("byproduct", "product", "products"), "byProduct"),
    **dict.fromkeys(("bycountry", "country", "countries", "bypartner", "partner", "partners"), "byCountry"),
    **dict.fromkeys(("byservice", "service", "services"), "byService"),
}


def _reporter_or_group(text: str) -> str:
    return text if is_group(text) else reporter_code(text)


def _partner_or_group(text: str) -> str:
    return text if is_group(text) else partner_code(text)


def _keep(check: Callable[[str], str]) -> AfterValidator:
    """Check the argument and keep it as written."""

    def checked(text: str) -> str:
        try:
            check(text)
        except CodeError as error:
            raise ArgumentError(error.message, allowed=error.allowed, nearest=error.nearest) from None
        return text

    return AfterValidator(checked)


def _word_of(words: dict[str, str]) -> BeforeValidator:
    def read(value: Any) -> Any:
        if not isinstance(value, str):
            return value
        return words.get("".join(char for char in value.lower() if char.isalnum()), value.strip())

    return BeforeValidator(read)


def _flow(value: Any) -> Any:
    try:
        return flow_code(value, "trademap") if isinstance(value, str) else value
    except CodeError as error:
        raise ArgumentError(error.message, allowed=error.allowed, nearest=error.nearest) from None


def _years(value: Any) -> int | Span:
    """A year as a number, 0 for none; whatever says more, or leans on the newest year, as it was meant."""
    if isinstance(value, bool) or not isinstance(value, str | int | Span):
        raise ArgumentError("A year is a whole number.", allowed="a year such as 2025")
    if isinstance(value, Span):
        return value
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
_PARTNER = "Partner: code, ISO code or name; 000 = all partners together."

Reporter = Annotated[str, _keep(reporter_code), Field(description=_REPORTER, max_length=80)]
ReporterOrGroup = Annotated[
    str,
    _keep(_reporter_or_group),
    Field(
        description=f"{_REPORTER} A group (EU, ASEAN) gives a row for each member; one call each, see max_calls.",
        max_length=80,
    ),
]
Partner = Annotated[
    str,
    _keep(_partner_or_group),
    Field(description=f"{_PARTNER} A group (EU, ASEAN) gives its members' rows, with byCountry.", max_length=80),
]
ProductCode = Annotated[
    str, _keep(product_code), Field(description="HS code of 2, 4 or 6 digits, or ALL for all goods.", max_length=20)
]
ServiceCode = Annotated[
    str,
    _keep(service_code),
    Field(description="EBOPS 2010 item: 3.1.1 or Trade Map's S03001001; ALL for all services.", max_length=30),
]
TradeFlow = Annotated[
    Flow,
    BeforeValidator(_flow),
    Field(description="I imports, E exports, RE re-exports, TB trade balance (exports less imports)."),
]
ServiceFlow = Annotated[
    Literal["I", "E", "TB"],
    BeforeValidator(_flow),
    Field(description="I imports, E exports, TB trade balance. Services have no re-exports."),
]
GoodsBy = Annotated[
    Literal["byCountry", "byProduct"],
    _word_of(_BY_WORDS),
    Field(description="Rows: byCountry = one per partner; byProduct = one per HS code below or beside `product`."),
]
ServicesBy = Annotated[
    Literal["byCountry", "byService"],
    _word_of(_BY_WORDS),
    Field(description="Rows: byCountry = one per partner; byService = one per EBOPS item below or beside `service`."),
]
HsLevel = Annotated[
    Literal[0, 2, 4, 6],
    BeforeValidator(integer),
    Field(description="Digits of the rows' HS codes with byProduct; 0 = the next level below `product`."),
]
_YEAR_SCHEMA = WithJsonSchema({"type": "integer", "minimum": 0, "maximum": periods.LAST_YEAR})
"""Words are taken as well; the schema stays the plain one, which clients and models handle best."""
YearOrSpan = Annotated[int | Span, PlainValidator(_years), _YEAR_SCHEMA]
PeriodFrom = Annotated[
    YearOrSpan,
    Field(description="First year; 0 = the service's choice. Also 'latest', 'last 5 years', '2018-2022', as text."),
]
PeriodTo = Annotated[YearOrSpan, Field(description="Last year; 0 = the service's choice. Also 'latest', as text.")]
PageNumber = Annotated[int, Field(ge=1, le=100_000, description="Page of the rows, from 1.")]
PageSize = Annotated[
    int,
    Field(ge=1, le=MAX_PAGE_SIZE, description="Rows a page; the service may give fewer. A page costs one call."),
]
AllPages = Annotated[
    bool,
    Field(description="true = every page, joined into one table; a call for each page that is not stored yet."),
]
MaxCalls = Annotated[
    int,
    Field(
        ge=1,
        le=MOST_CALLS,
        description="Calls that all_pages or a group may take; where one needs more, it stops and says how many.",
    ),
]
SortBy = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z0-9_]*$",
        max_length=30,
        description='What to sort by: a year, an indicator, or a code column; "" = the service\'s choice.',
    ),
]
SortDir = Annotated[Literal["desc", "asc"], Field(description="desc = largest first.")]
IndicatorCode = Annotated[
    str, BeforeValidator(_upper), Field(pattern=r"^[A-Z][A-Z0-9]{0,7}$"), AfterValidator(_not_mistyped)
]
Indicators = Annotated[
    list[IndicatorCode],
    Field(
        min_length=1,
        max_length=20,
        description="VAL value, BAL balance, GV5 and GV2 growth over 5 and 2 years, GV5W growth of the world.",
    ),
]


class Paged(Arguments):
    """Which rows of a table: one page, or all."""

    page: PageNumber = 1
    page_size: PageSize = 50
    all_pages: AllPages = False
    max_calls: MaxCalls = 5

    @model_validator(mode="after")
    def _from_the_first(self) -> "Paged":
        if self.all_pages and self.page > 1:
            raise ArgumentError("all_pages begins with page 1.", argument="page", allowed="1, or all_pages=false")
        return self


class _Table(Paged):
    """What every table takes."""

    country: Annotated[ReporterOrGroup, Meaning.AREA]
    partner: Annotated[Partner, Meaning.AREA] = WORLD
    sort_by: SortBy = ""
    sort_dir: SortDir = "desc"

    @model_validator(mode="after")
    def _groups_by_country(self) -> "_Table":
        """A group's rows are its members. Other rows, of each member, would be a table of tables."""
        groups = [name for name in ("country", "partner") if is_group(getattr(self, name))]
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


class _Years(_Table):
    """A table over years, of one reporter or of the members of a group."""

    period_from: Annotated[PeriodFrom, Meaning.PERIOD] = 0
    period_to: Annotated[PeriodTo, Meaning.PERIOD] = 0

    @model_validator(mode="after")
    def _order(self) -> "_Years":
        first, last = self.period_from, self.period_to
        if isinstance(first, int) and isinstance(last, int) and 0 < last < first:
            raise ArgumentError(
                f"The last year {last} lies before the first {first}.",
                argument="period_to",
                allowed=f"{first} or later",
            )
        return self


class _Goods(_Table):
    """A table of goods."""

    product: Annotated[ProductCode, Meaning.HS] = ALL
    by: GoodsBy = "byCountry"
    hs_level: HsLevel = 0
    trade_flow: Annotated[TradeFlow, Meaning.FLOW] = "E"

    @model_validator(mode="after")
    def _level_below_product(self) -> "_Goods":
        code = product_code(self.product)
        if self.by == "byProduct" and self.hs_level and code != ALL and self.hs_level < len(code):
            raise ArgumentError(
                f"HS level {self.hs_level} lies above the product {code}.",
                argument="hs_level",
                allowed=", ".join(str(level) for level in HS_LEVELS if level >= len(code)),
            )
        return self


class GoodsTimeSeriesArguments(_Goods, _Years):
    """Goods by year."""


class GoodsTradeIndicatorsArguments(_Goods):
    """Indicators of goods trade in the newest reference year, which need not be that of another reporter."""

    country: Annotated[Reporter, Meaning.AREA]
    indicators: Indicators = Field(default_factory=lambda: list(DEFAULT_INDICATORS))


class ServicesTimeSeriesArguments(_Years):
    """Services by year."""

    service: Annotated[ServiceCode, Meaning.EBOPS] = ALL
    by: ServicesBy = "byCountry"
    trade_flow: Annotated[ServiceFlow, Meaning.FLOW] = "E"

    @model_validator(mode="after")
    def _no_big_ascending_sort(self) -> "ServicesTimeSeriesArguments":
        if self.sort_dir == "asc" and is_big(self):
            raise ArgumentError(
                "Sorting a large services table in ascending order runs into a time-out at Trade Map, and is charged.",
                argument="sort_dir",
                allowed=f"desc; asc for one service with one partner or byService, page_size up to {BIG_PAGE}",
                nearest=("desc",),
            )
        return self


def is_big(question: ServicesTimeSeriesArguments) -> bool:
    """Whether a services table counts as large: all services, a row for every partner, or a page over `BIG_PAGE`.

    The service says only that ascending order times out "on large result sets"; this is the careful reading of it.
    """
    every_partner = question.by == "byCountry" and (
        is_group(question.partner) or partner_code(question.partner) == WORLD
    )
    return service_code(question.service) == ALL or every_partner or question.page_size > BIG_PAGE


FLOW_NAMES = {"I": "Imports", "E": "Exports", "RE": "Re-exports", "TB": "Trade balance"}

VALUATION = {
    "I": "imports as reported, mostly CIF",
    "E": "exports as reported, mostly FOB",
    "RE": "re-exports as reported, mostly FOB",
    "TB": "exports (mostly FOB) less imports (mostly CIF)",
}
"""Of goods. Services have no such difference."""

MOSTLY_FROM = {"yearly246": 2001, "yearlyReexport": 2001, "yearlyServices": 2000}
"""Where most countries' series begin (documented), by the period object that tells of them."""


@dataclass(frozen=True, slots=True)
class Question:
    """Codes as sent; `services` tells an EBOPS `product` from an HS one."""

    country: str
    partner: str
    product: str
    trade_flow: str
    by: str
    page: int
    page_size: int
    services: bool
    hs_level: int = 0
    period_from: int = 0
    period_to: int = 0

    @property
    def answer_codes(self) -> frozenset[str]:
        """The spellings of the product in answers: `ALL` comes back as `TOTAL` or `S00` (seen September 2026)."""
        return frozenset({"TOTAL", "S00", "ALL"}) if self.product == ALL else frozenset({self.product})

    @property
    def coverage(self) -> str:
        """Which of a country's period objects tells how far this goes."""
        return "yearlyServices" if self.services else "yearlyReexport" if self.trade_flow == "RE" else "yearly246"

    @property
    def years(self) -> str:
        """The years asked for, for people; nothing where the service chooses."""
        first, last = self.period_from, self.period_to
        if first and last:
            return str(first) if first == last else f"{first} to {last}"
        return f"from {first}" if first else f"until {last}" if last else ""

    def what(self, years: str, *, reporter: str = "", partner: str = "") -> str:
        """Who, whom, product, flow and period in one line; `reporter` or `partner` where it is a group."""
        everything = "all services" if self.services else "all goods"
        product = everything if self.product == ALL else named(self.product, product_label(self.product))
        preposition = {"I": "from", "TB": "with"}.get(self.trade_flow, "to")
        everyone = "all partners" if self.partner == WORLD else named(self.partner, area_label(self.partner))
        partner, reporter = partner or everyone, reporter or named(self.country, area_label(self.country))
        return f"{FLOW_NAMES[self.trade_flow]} of {product}, {reporter} {preposition} {partner}, {self.by}, {years}"


Spell = Callable[[Question], Mapping[str, str | int]]
"""The arguments, by our names, that a question is sent with."""


def goods_question(asked: GoodsTimeSeriesArguments | GoodsTradeIndicatorsArguments) -> Question:
    """A question about goods. With byProduct and no `hs_level`, the rows are the codes of the next level.

    Of a group as the partner the members are taken from the table of all partners. Years are put in later, and so is
    the reporter, where that is a group.
    """
    product = product_code(asked.product)
    below = 2 if product == ALL else min(len(product) + 2, 6)
    return Question(
        country="" if is_group(asked.country) else reporter_code(asked.country),
        partner=WORLD if is_group(asked.partner) else partner_code(asked.partner),
        product=product,
        trade_flow=asked.trade_flow,
        by=asked.by,
        page=asked.page,
        page_size=asked.page_size,
        services=False,
        hs_level=(asked.hs_level or below) if asked.by == "byProduct" else 0,
    )


def services_question(asked: ServicesTimeSeriesArguments) -> Question:
    """A question about services; groups and years as with goods."""
    return Question(
        country="" if is_group(asked.country) else reporter_code(asked.country),
        partner=WORLD if is_group(asked.partner) else partner_code(asked.partner),
        product=service_code(asked.service),
        trade_flow=asked.trade_flow,
        by=asked.by,
        page=asked.page,
        page_size=asked.page_size,
        services=True,
    )


def common_arguments(question: Question, sort_by: str, sort_dir: str) -> dict[str, str | int]:
    """What every table is asked with, by our names; what is unset is left to the service."""
    sent: dict[str, str | int] = {
        "country": question.country,
        "partner": question.partner,
        "by": question.by,
        "trade_flow": question.trade_flow,
        "page": question.page,
        "page_size": question.page_size,
        "sort_dir": sort_dir,
    }
    optional = {"sort_by": sort_by, "period_from": question.period_from, "period_to": question.period_to}
    return sent | {name: value for name, value in optional.items() if value}


def product_arguments(question: Question) -> dict[str, str | int]:
    """What tables of goods are asked with besides."""
    return {"product": question.product} | ({"hs_level": question.hs_level} if question.hs_level else {})


def resolved_notes(**given: str) -> list[Note]:
    """What was read as something that the reader may not expect: `country`, `partner`, `product`, `service` as written.

    Names, ISO codes and other spellings of the same code are not among them: the first line names what was read, with
    its code. Of HS codes only those are that lost national digits. Groups have notes of their own.
    """
    notes: list[Note] = []
    for argument, written in given.items():
        word = written.strip()
        if argument == "service":
            code, said = service_code(word), None
            item = service_item(code)
            label = product_label(code)
            expected = item is None or word.upper() in (item.code.upper(), item.trademap.upper())
        elif argument == "product":
            code = product_code(word)
            label = product_label(code)
            expected = code == ALL or sum(char.isdecimal() for char in word) == len(code)
            said = "The digits after the sixth are a country's own, and zeros stand for all of the subheading."
        elif is_group(word):
            continue
        else:
            resolved = resolve(word)
            code, said = resolved.area.trademap, resolved.note
            label = area_label(code)
            expected = word == code or (said is None and label == resolved.area.name_en)
        if not expected:
            text = f"{argument} {word!r} was read as {named(code, label)}.{f' {said}' if said else ''}"
            notes.append(Note(code=NoteCode.RESOLVED_CODE, text=text))
    return notes
