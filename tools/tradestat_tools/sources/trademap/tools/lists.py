"""The tools for Trade Map's own lists: countries, groups, HS codes, EBOPS items, and how far reporting has come.

The service takes no arguments for its lists; the filters here work on the whole list after it arrived, so that an
answer need not carry thousands of rows.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Generic, Literal, TypeVar

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
from tradestat_tools.sources.trademap.codes import area_label, area_of
from tradestat_tools.sources.trademap.notes import unread_note
from tradestat_tools.sources.trademap.service import SERVICE, SOURCE_ID
from tradestat_tools.sources.trademap.wire import lists
from tradestat_tools.sources.trademap.wire.lists import Country, Group, Item, Latest, Listed
from tradestat_tools.upstream.request import REFERENCE, Fetched, Freshness

A = TypeVar("A", bound=Arguments)
E = TypeVar("E")
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


@dataclass(frozen=True, slots=True)
class Listing(Generic[A, E, D]):
    """One of the lists: how it is asked for, filtered and shown.

    Args:
        tool: the tool, which has the endpoint's name.
        parse: content of the envelope -> entries.
        what: what the answer is about.
        data: the answer's data, of how many entries there are and those that are shown.
        matches: the filter.
        notes: what to know of the entries that are shown.
        narrower: how to get a narrower list, or more of each entry.
        sent: what the service is sent.
        freshness: for how long the list is good.
        learn: what else to do with the whole list.
    """

    tool: str
    parse: Callable[[Any], Listed[E]]
    what: Callable[[A], str]
    data: Callable[[A, int, Sequence[E]], D]
    matches: Callable[[A, E], bool] = lambda _, __: True
    notes: Callable[[A, Sequence[E]], Sequence[Note]] = lambda _, __: ()
    narrower: Callable[[A], str] = lambda _: ""
    sent: Callable[[A], Mapping[str, str | int]] = lambda _: {}
    freshness: Freshness = REFERENCE
    learn: Callable[[Context, Fetched[Any]], Any] | None = None

    async def run(self, context: Context, asked: A) -> Answer[D]:
        """The entries that match, as many as are wanted.

        Raises:
            NoData: none matches.
        """
        fetched = (await ask(context, self.tool, self.sent(asked), self.parse, freshness=self.freshness)).fetched
        if self.learn:
            self.learn(context, fetched)
        found = [entry for entry in fetched.value if self.matches(asked, entry)]
        if not found:
            raise _nothing(getattr(asked, "search", "") or getattr(asked, "prefix", ""), fetched.value)
        shown = found[: getattr(asked, "limit", MOST)]
        notes, more = [*_whole_notes(fetched.value), *self.notes(asked, shown)], self.narrower(asked)
        if len(shown) < len(found):
            text = f"{len(shown)} of {len(found)} entries found."
            notes.append(Note(code=NoteCode.SUBSET, text=text, reason=Reason.FILTERED_OUT))
            rest = f"limit={len(found)} gives all that were found, search=... fewer."
            more = f"{rest if len(found) <= MOST else 'Narrow the filters.'} {more}".strip()
        return Answer(
            what=self.what(asked),
            data=self.data(asked, _stated(fetched.value), shown),
            source=provenance(SERVICE, self.tool, [fetched]),
            notes=notes,
            more=more or None,
        )


def _stated(found: Listed[Any]) -> int:
    """How many entries there are by the service's own count, else as many as came."""
    return len(found.entries) if found.stated is None else found.stated


def _whole_notes(found: Listed[Any]) -> list[Note]:
    """Whether all came that the service states, and what of it could not be read."""
    notes = [unread_note(found.unread)] if found.unread else []
    if found.stated is not None and found.stated != len(found.entries):
        text = f"The service states {found.stated:,} entries, and {len(found.entries):,} came that can be read"
        text += ": others are missing here." if found.stated > len(found.entries) else "."
        notes.append(Note(code=NoteCode.SUBSET, text=text))
    return notes


def _nothing(searched: str, whole: Listed[Any]) -> NoData:
    entries = f"The list has {len(whole.entries):,} entries"
    if not whole.is_whole:
        entries = f"{len(whole.entries):,} of {_stated(whole):,} entries came and can be read"
    return NoData(
        f"No entry of the list matches {searched!r}." if searched else "No entry of the list has that level.",
        remedy="Use fewer or other words, or leave the filter out.",
        why=[Why(Reason.FILTERED_OUT, f"{entries}; the filter is applied here.", sure=whole.is_whole)],
        source=SOURCE_ID,
    )


def _has_words(search: str, *texts: str) -> bool:
    """Whether every word of `search` is in one of the texts, without case and accents."""
    whole = " ".join(fold(text) for text in texts)
    return all(word in whole for word in fold(search).split())


def _columns(entries: Sequence[Any], *names: str) -> dict[str, list[Any]]:
    return {name: [getattr(entry, name) for entry in entries] for name in names}


def _country_matches(asked: GetCountriesArguments, country: Country) -> bool:
    """By any name or international code of the area, or as a member of the group that the words name."""
    area, group = area_of(country.countryCd), expand(asked.search)
    if group and area in group.areas:
        return True
    others = (*area.names, area.iso2, area.iso3, area.m49) if area else ()
    return _has_words(asked.search, country.countryCd, country.label, *others)


def _countries_data(_: GetCountriesArguments, total: int, shown: Sequence[Country]) -> CountriesData:
    spans = {name: [country.coverage.get(name) for country in shown] for name in lists.COVERAGE}
    return CountriesData(
        total=total,
        countryCd=[country.countryCd for country in shown],
        label=[country.label for country in shown],
        nes=[country.countryCd for country in shown if country.nes],
        ti=[country.countryCd for country in shown if country.ti],
        **{name: column for name, column in spans.items() if any(column)},
    )


def _countries_notes(asked: GetCountriesArguments, shown: Sequence[Country]) -> list[Note]:
    notes: list[Note] = []
    if any(country.nes for country in shown):
        text = "Areas not elsewhere specified (nes) are part of totals; leaving them out changes sums."
        notes.append(Note(code=NoteCode.NOT_SPECIFIED_AREAS, text=text))
    if group := expand(asked.search):
        text = f"search was read as a group, and its members are listed. {group.note}"
        notes.append(Note(code=NoteCode.RESOLVED_CODE, text=text))
    return notes


def _groups_data(asked: GetCountryGroupsArguments, total: int, shown: Sequence[Group]) -> GroupsData:
    groups: list[CountryGroup] = []
    for one in shown:
        members = None if one.members is None else {code: name or area_label(code) or "" for code, name in one.members}
        groups.append(
            CountryGroup(
                id=one.id,
                label=one.label,
                type=one.type,
                note=one.note,
                memberCount=None if one.members is None else len(one.members),
                members=members if asked.members else None,
            )
        )
    return GroupsData(total=total, groups=groups)


def _groups_notes(asked: GetCountryGroupsArguments, shown: Sequence[Group]) -> list[Note]:
    notes: list[Note] = []
    if asked.members and any(group.members is None for group in shown):
        text = "The service sent no members for some groups; that does not mean that they have none."
        notes.append(Note(code=NoteCode.ABSENT, text=text))
    if asked.members:
        text = "Members may include areas not elsewhere specified (EU 27 lists 28), which count in the group's totals."
        notes.append(Note(code=NoteCode.NOT_SPECIFIED_AREAS, text=text))
    return notes


def _level(asked: GetProductsHsArguments) -> int:
    """Digits of the codes wanted; 0 = all levels."""
    return asked.hs_level or (0 if asked.search or asked.prefix else 2)


def _product_matches(asked: GetProductsHsArguments, product: Item) -> bool:
    code, level = product.productCd, _level(asked)
    begins = code.startswith(asked.prefix.replace(".", ""))
    return begins and level in (0, len(code)) and _has_words(asked.search, code, product.label)


def _service_matches(asked: GetServicesEbopsArguments, service: Item) -> bool:
    codes, prefix = (service.productCd, service.displayCd or ""), asked.prefix.upper()
    return any(code.startswith(prefix) for code in codes) and _has_words(asked.search, *codes, service.label)


def _coverage_data(asked: GetCoverageArguments, _: int, shown: Sequence[Latest]) -> CoverageData:
    rows = [CoverageRow(dataType=r.dataType, nbCountries=r.nbCountries, latestPeriod=r.latestPeriod) for r in shown]
    return CoverageData(data_type=asked.data_type, coverage=rows)


_COUNTRIES: Listing[GetCountriesArguments, Country, CountriesData] = Listing(
    tool="get_countries",
    parse=lists.parse_countries,
    what=lambda _: "Countries and areas of Trade Map with the periods they report",
    matches=_country_matches,
    data=_countries_data,
    notes=_countries_notes,
    learn=remember_countries,
)
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
    run=_COUNTRIES.run,
    example={"search": "korea"},
    cost=COST,
)

_COUNTRY_GROUPS: Listing[GetCountryGroupsArguments, Group, GroupsData] = Listing(
    tool="get_country_groups",
    parse=lists.parse_groups,
    what=lambda _: "Country groups of Trade Map",
    matches=lambda asked, group: _has_words(asked.search, group.id, group.label, group.note or ""),
    data=_groups_data,
    notes=_groups_notes,
    narrower=lambda asked: "" if asked.members else "members=true with search=... lists the members of a group.",
    sent=lambda _: {"load_members": "true"},
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
    run=_COUNTRY_GROUPS.run,
    example={"search": "ASEAN", "members": True},
    cost=COST,
)

_PRODUCTS_HS: Listing[GetProductsHsArguments, Item, ProductsData] = Listing(
    tool="get_products_hs",
    parse=lists.parse_products,
    what=lambda asked: f"HS codes{f' of {_level(asked)} digits' if _level(asked) else ''} in Trade Map",
    matches=_product_matches,
    data=lambda _, total, shown: ProductsData(total=total, **_columns(shown, "productCd", "label", "revisions")),
    narrower=lambda asked: (
        "" if asked.search or asked.prefix else "prefix=85 or search=... shows headings and subheadings."
    ),
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
    run=_PRODUCTS_HS.run,
    example={"prefix": "8507"},
    cost=COST,
)

_SERVICES_EBOPS: Listing[GetServicesEbopsArguments, Item, ServicesData] = Listing(
    tool="get_services_ebops",
    parse=lists.parse_services,
    what=lambda _: "EBOPS items in Trade Map",
    matches=_service_matches,
    data=lambda _, total, shown: ServicesData(
        total=total, **_columns(shown, "productCd", "label", "displayCd", "maxLevel")
    ),
    notes=lambda _, __: [
        Note(
            code=NoteCode.DOUBLE_COUNTING,
            text="Items contain one another, and some break the same total down another way: add up siblings only.",
        )
    ],
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
    run=_SERVICES_EBOPS.run,
    example={"search": "transport"},
    cost=COST,
)

_COVERAGE: Listing[GetCoverageArguments, Latest, CoverageData] = Listing(
    tool="get_coverage",
    parse=lists.parse_coverage,
    what=lambda asked: f"How many countries report {asked.data_type}, and up to when",
    data=_coverage_data,
    notes=lambda _, __: [
        Note(code=NoteCode.LAG, text="Countries report at different times; get_countries tells how far each has come.")
    ],
    sent=lambda asked: {"data_type": asked.data_type},
    freshness=Freshness(fresh=DAY),
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
    run=_COVERAGE.run,
    example={"data_type": "goods"},
    cost=COST,
)
