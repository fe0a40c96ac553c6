"""The tools for Trade Map's own lists: countries, groups, HS codes, EBOPS items, and how far reporting has come.

The service takes no arguments for its lists; the filters here work on the whole list after it arrived, so that an
answer need not carry thousands of rows.
"""

from collections.abc import Callable, Sequence
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BeforeValidator, Field

from tradestat_tools.codes.groups import expand
from tradestat_tools.codes.words import fold
from tradestat_tools.contract.context import Context, provenance
from tradestat_tools.contract.tool import Tool
from tradestat_tools.model.answers import Answer, Data, Note, NoteCode
from tradestat_tools.model.arguments import Arguments
from tradestat_tools.model.errors import NoData
from tradestat_tools.model.reasons import Reason, Why
from tradestat_tools.sources.trademap.answers.data import (
    CountriesData,
    CountryGroup,
    CoverageData,
    CoverageRow,
    GroupsData,
    ProductsData,
    ServicesData,
)
from tradestat_tools.sources.trademap.api import DAY, ask, remember_countries
from tradestat_tools.sources.trademap.arguments import integer
from tradestat_tools.sources.trademap.codes import area_label, area_names
from tradestat_tools.sources.trademap.service import SERVICE, SOURCE_ID
from tradestat_tools.sources.trademap.wire import payloads
from tradestat_tools.upstream.request import REFERENCE, Fetched, Freshness

T = TypeVar("T")
D = TypeVar("D", bound=Data)

COST = "1 credit"
MOST = 1000
"""Rows in one answer: more than any HS chapter or other list has. All HS codes at once would be about a megabyte."""

Search = Annotated[
    str, Field(max_length=80, description="Local filter: words that the label or code must contain; empty = all.")
]
Prefix = Annotated[
    str, Field(pattern=r"^[A-Za-z0-9.]*$", max_length=15, description="Local filter: codes that begin so; empty = all.")
]
Limit = Annotated[int, Field(ge=1, le=MOST, description="Most rows to give back.")]


class GetCountriesArguments(Arguments):
    """Local filters only; the service takes none."""

    search: Search = ""
    limit: Limit = 300


class GetCountryGroupsArguments(Arguments):
    """Local filters only; the service takes none."""

    search: Search = ""
    members: Annotated[bool, Field(description="Whether to list the members of the groups found.")] = False


class GetProductsHsArguments(Arguments):
    """Local filters only; the service takes none."""

    search: Search = ""
    prefix: Prefix = ""
    hs_level: Annotated[
        Literal[0, 2, 4, 6],
        BeforeValidator(integer),
        Field(description="Digits of the codes; 0 = chapters without a filter, every level with one."),
    ] = 0
    limit: Limit = 100


class GetServicesEbopsArguments(Arguments):
    """Local filters only; the service takes none."""

    search: Search = ""
    prefix: Prefix = ""
    limit: Limit = 200


class GetCoverageArguments(Arguments):
    """Goods or services."""

    data_type: Annotated[Literal["goods", "services"], Field(description="Which statistics.")] = "goods"


async def get_countries(context: Context, asked: GetCountriesArguments) -> Answer[CountriesData]:
    """Countries and areas with their coverage."""
    fetched = await _list(context, "get_countries", payloads.parse_countries)
    everyone = fetched.value
    remember_countries(context, fetched)
    group = expand(asked.search)
    members = {area.trademap for area in group.areas} if group else set[str]()
    found = [
        c
        for c in everyone
        if c.countryCd in members or _matches(asked.search, c.countryCd, c.label, *area_names(c.countryCd))
    ]
    shown = _some_of(found, asked.limit, asked.search, everything=len(everyone))
    spans = {name: [c.coverage.get(name) for c in shown] for name in payloads.COVERAGE}
    data = CountriesData(
        total=len(everyone),
        countryCd=[c.countryCd for c in shown],
        label=[c.label for c in shown],
        nes=[c.countryCd for c in shown if c.nes],
        ti=[c.countryCd for c in shown if c.ti],
        **{name: column for name, column in spans.items() if any(column)},
    )
    notes = (
        [
            Note(
                code=NoteCode.NOT_SPECIFIED_AREAS,
                text="Areas not elsewhere specified (nes) are part of totals; leaving them out changes sums.",
            )
        ]
        if data.nes
        else []
    )
    if group:
        text = f"search was read as a group, and its members are listed. {group.note}"
        notes.append(Note(code=NoteCode.RESOLVED_CODE, text=text))
    return _answer(
        "Countries and areas of Trade Map with the periods they report",
        data,
        fetched,
        "get_countries",
        notes=notes,
        found=len(found),
        shown=len(shown),
    )


async def get_country_groups(context: Context, asked: GetCountryGroupsArguments) -> Answer[GroupsData]:
    """Country groups."""
    fetched = await _list(context, "get_country_groups", payloads.parse_groups, load_members="true")
    everything = fetched.value
    found = [g for g in everything if _matches(asked.search, g.id, g.label, g.note or "")]
    shown = _some_of(found, MOST, asked.search, everything=len(everything))
    groups = [
        CountryGroup(
            id=g.id,
            label=g.label,
            type=g.type,
            note=g.note,
            memberCount=len(g.members) if g.members is not None else None,
            members={code: label or area_label(code) or "" for code, label in g.members}
            if asked.members and g.members is not None
            else None,
        )
        for g in shown
    ]
    notes: list[Note] = []
    if asked.members and any(g.members is None for g in shown):
        text = "The service sent no members for some groups; that does not mean that they have none."
        notes.append(Note(code=NoteCode.ABSENT, text=text))
    if asked.members:
        text = "Members may include areas not elsewhere specified (EU 27 lists 28), which count in the group's totals."
        notes.append(Note(code=NoteCode.NOT_SPECIFIED_AREAS, text=text))
    return _answer(
        "Country groups of Trade Map",
        GroupsData(total=len(everything), groups=groups),
        fetched,
        "get_country_groups",
        notes=notes,
        found=len(found),
        shown=len(shown),
        narrower="" if asked.members else "members=true with search=... lists the members of a group.",
    )


async def get_products_hs(context: Context, asked: GetProductsHsArguments) -> Answer[ProductsData]:
    """HS codes."""
    fetched = await _list(context, "get_products_hs", payloads.parse_products)
    everything = fetched.value
    filtered = bool(asked.search or asked.prefix)
    level = asked.hs_level or (0 if filtered else 2)
    prefix = asked.prefix.replace(".", "")
    found = [
        p
        for p in everything
        if p.productCd.startswith(prefix)
        and (not level or len(p.productCd) == level)
        and _matches(asked.search, p.productCd, p.label)
    ]
    shown = _some_of(found, asked.limit, asked.search or asked.prefix, everything=len(everything))
    data = ProductsData(
        total=len(everything),
        productCd=[p.productCd for p in shown],
        label=[p.label for p in shown],
        revisions=[p.revisions for p in shown],
    )
    which = f"HS codes of {level} digits" if level else "HS codes"
    return _answer(
        f"{which} in Trade Map",
        data,
        fetched,
        "get_products_hs",
        found=len(found),
        shown=len(shown),
        narrower="" if filtered else "prefix=85 or search=... shows headings and subheadings.",
    )


async def get_services_ebops(context: Context, asked: GetServicesEbopsArguments) -> Answer[ServicesData]:
    """EBOPS items."""
    fetched = await _list(context, "get_services_ebops", payloads.parse_services)
    everything = fetched.value
    prefix = asked.prefix.upper()
    found = [
        s
        for s in everything
        if (s.productCd.startswith(prefix) or (s.displayCd or "").startswith(prefix))
        and _matches(asked.search, s.productCd, s.displayCd or "", s.label)
    ]
    shown = _some_of(found, asked.limit, asked.search or asked.prefix, everything=len(everything))
    data = ServicesData(
        total=len(everything),
        productCd=[s.productCd for s in shown],
        label=[s.label for s in shown],
        displayCd=[s.displayCd for s in shown],
        maxLevel=[s.maxLevel for s in shown],
    )
    note = Note(
        code=NoteCode.DOUBLE_COUNTING,
        text="Items contain one another, and some break the same total down another way: add up siblings only.",
    )
    return _answer(
        "EBOPS items in Trade Map",
        data,
        fetched,
        "get_services_ebops",
        notes=[note],
        found=len(found),
        shown=len(shown),
    )


async def get_coverage(context: Context, asked: GetCoverageArguments) -> Answer[CoverageData]:
    """Reporting countries and newest periods by frequency."""
    fetched = await _list(
        context, "get_coverage", payloads.parse_coverage, freshness=Freshness(fresh=DAY), data_type=asked.data_type
    )
    rows = [
        CoverageRow(dataType=r.dataType, nbCountries=r.nbCountries, latestPeriod=r.latestPeriod) for r in fetched.value
    ]
    note = Note(
        code=NoteCode.LAG, text="Countries report at different times; get_countries tells how far each has come."
    )
    return _answer(
        f"How many countries report {asked.data_type}, and up to when",
        CoverageData(data_type=asked.data_type, coverage=rows),
        fetched,
        "get_coverage",
        notes=[note],
    )


async def _list(
    context: Context,
    endpoint: str,
    parse: Callable[[Any], T],
    *,
    freshness: Freshness = REFERENCE,
    **arguments: str | int,
) -> Fetched[T]:
    return (await ask(context, endpoint, arguments, parse, freshness=freshness)).fetched


def _matches(search: str, *texts: str) -> bool:
    """Whether every word of `search` is in one of the texts, without case and accents."""
    whole = " ".join(fold(text) for text in texts)
    return all(word in whole for word in fold(search).split())


def _some_of(found: Sequence[T], limit: int, searched: str, *, everything: int) -> Sequence[T]:
    """At most `limit` of what was found in a list of `everything`.

    Raises:
        NoData: nothing was found.
    """
    if not found:
        raise NoData(
            f"No entry of the list matches {searched!r}." if searched else "No entry of the list has that level.",
            remedy="Use fewer or other words, or leave the filter out.",
            why=[
                Why(Reason.FILTERED_OUT, f"The list has {everything:,} entries; the filter is applied here.", sure=True)
            ],
            source=SOURCE_ID,
        )
    return found[:limit]


def _answer(
    what: str,
    data: D,
    fetched: Fetched[Any],
    endpoint: str,
    *,
    notes: Sequence[Note] = (),
    found: int = 0,
    shown: int = 0,
    narrower: str = "",
) -> Answer[D]:
    listed = list(notes)
    more = narrower or None
    if shown < found:
        text = f"{shown} of {found} entries found."
        listed.append(Note(code=NoteCode.SUBSET, text=text, reason=Reason.FILTERED_OUT))
        rest = f"limit={found} gives all that were found, search=... fewer." if found <= MOST else "Narrow the filters."
        more = f"{rest} {narrower}".strip()
    return Answer(what=what, data=data, source=provenance(SERVICE, endpoint, [fetched]), notes=listed, more=more)


GET_COUNTRIES = Tool(
    name="get_countries",
    title="Trade Map: countries and coverage",
    description=(
        "Countries and areas of Trade Map with their three-digit codes and the periods for which each reports goods "
        "and services. Use it before a series to see how far a reporter's data go. Codes are UN Comtrade areas, not "
        "ISO numbers (251 France, 699 India, 757 Switzerland, 842 United States). The other tools also take names and "
        "ISO codes, so no call is needed only to find a code."
    ),
    arguments=GetCountriesArguments,
    data=CountriesData,
    run=get_countries,
    example={"search": "korea"},
    cost=COST,
)

GET_COUNTRY_GROUPS = Tool(
    name="get_country_groups",
    title="Trade Map: country groups",
    description=(
        "Economic groupings, regions and customs unions of Trade Map (EU 27, ASEAN, BRICS, OECD, Africa ...) with, on "
        "request, their members' codes. Use it to pick the countries of a group. A group's id is not a country code; "
        "the time series take a group by its name (EU, ASEAN) and ask its official members."
    ),
    arguments=GetCountryGroupsArguments,
    data=GroupsData,
    run=get_country_groups,
    example={"search": "ASEAN", "members": True},
    cost=COST,
)

GET_PRODUCTS_HS = Tool(
    name="get_products_hs",
    title="Trade Map: HS product codes",
    description=(
        "The HS codes that Trade Map knows, 2, 4 and 6 digits, with their labels. Use it to see whether a code can be "
        "asked for. Chapters only, unless filtered by prefix, search or level. The HS nomenclature itself is also "
        "here as a resource, which costs nothing."
    ),
    arguments=GetProductsHsArguments,
    data=ProductsData,
    run=get_products_hs,
    example={"prefix": "8507"},
    cost=COST,
)

GET_SERVICES_EBOPS = Tool(
    name="get_services_ebops",
    title="Trade Map: EBOPS service codes",
    description=(
        "The EBOPS services items that Trade Map knows: productCd (S03001001) as services_time_series takes it, "
        "displayCd (3.1.1) as EBOPS and UN Comtrade number it, label and deepest level. S00 is all services, asked "
        "for as ALL."
    ),
    arguments=GetServicesEbopsArguments,
    data=ServicesData,
    run=get_services_ebops,
    example={"search": "transport"},
    cost=COST,
)

GET_COVERAGE = Tool(
    name="get_coverage",
    title="Trade Map: reporting coverage",
    description=(
        "How many countries have reported goods or services to Trade Map and the newest period, by frequency (Y "
        "yearly, Q quarterly, M monthly). Use it to see whether a year is worth asking for; get_countries tells it "
        "for one country. The series tools serve yearly figures only."
    ),
    arguments=GetCoverageArguments,
    data=CoverageData,
    run=get_coverage,
    example={"data_type": "goods"},
    cost=COST,
)
