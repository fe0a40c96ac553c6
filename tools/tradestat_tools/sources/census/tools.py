"""The tools: imports, exports, and the lists of codes and variables."""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Literal

from pydantic import Field

from tradestat_tools.codes.countries import areas
from tradestat_tools.codes.hs import describe
from tradestat_tools.codes.words import fold
from tradestat_tools.contract.context import Context, own_provenance, provenance
from tradestat_tools.contract.tool import Tool
from tradestat_tools.model.answers import Answer, Cell, Data, Note, NoteCode, Table
from tradestat_tools.model.arguments import Arguments
from tradestat_tools.model.errors import NoData
from tradestat_tools.sources.census.answers import UsTradeData, laid_out, picked
from tradestat_tools.sources.census.api import ask, fetch, freshness_of, request_to, select
from tradestat_tools.sources.census.arguments import (
    ExportArguments,
    ImportArguments,
    Selection,
    TradeArguments,
    time_of,
)
from tradestat_tools.sources.census.calendar import last_published
from tradestat_tools.sources.census.codes import GROUPS, TOTAL, WITHIN
from tradestat_tools.sources.census.flows import observe
from tradestat_tools.sources.census.notes import notes_on
from tradestat_tools.sources.census.service import (
    EXPORTS,
    FLOWS_OF,
    GET,
    IMPORTS,
    LEVEL,
    MUST_BE_SHOWN,
    PARTS,
    PATH,
    SERVICE,
    SOURCE_ID,
    TERRITORY,
    Breakdown,
    Direction,
    Flow,
)
from tradestat_tools.sources.census.wire.page import read_page, read_variables
from tradestat_tools.upstream.request import REFERENCE


async def _run(context: Context, asked: TradeArguments, flow: Flow) -> Answer[UsTradeData]:
    """Ask, and lay out the rows."""
    selection = select(context, flow, asked)
    replies = await ask(context, selection)
    rows = picked(selection, replies)
    return Answer(
        what=_what(selection),
        data=laid_out(selection, replies, rows),
        source=provenance(
            SERVICE,
            f"us_{flow.direction}",
            [reply.fetched for reply in replies],
            unit="US dollars; weights in kg",
            currency="USD",
            valuation="customs value (FOB-like), CIF beside it" if flow is IMPORTS else "FAS",
            coverage=f"goods {'entering' if flow is IMPORTS else 'leaving'} {TERRITORY}",
        ),
        notes=list(notes_on(selection, replies, rows)),
        more=_more(selection),
    )


_BY: dict[Breakdown, str] = {
    "none": "",
    "district": " by customs district",
    "port": " by port",
    "state": " by state",
    "naics": " by industry (NAICS, 4 digits)",
    "enduse": " by end use",
}
_MADE = {"total": "", "domestic": "domestic ", "foreign": "foreign ", "split": "domestic and foreign "}


def _what(selection: Selection) -> str:
    """The answer's first line."""
    label = describe(selection.product[:6]) if selection.product else None
    goods = f"HS {selection.product}{f' ({label})' if label else ''}" if selection.product else "all goods"
    level = f" by code of {selection.level} digits" if selection.by_code else ""
    way = "from" if selection.flow is IMPORTS else "to"
    start, end = selection.start, selection.end
    span = str(end) if start == end else f"{start} to {end}"
    when = f"January to {selection.months[-1]}, year to date" if selection.ytd else f"{span}, monthly"
    made, flow = _MADE[selection.origin], selection.flow.direction
    return f"US {made}{flow} of {goods}{level} {way} {selection.partner.name}{_BY[selection.breakdown]}, {when}"


def _more(selection: Selection) -> str | None:
    hints: list[str] = []
    if not selection.partner.is_picked and not selection.partner.codes:
        hints.append("Each country: partner=all.")
    if selection.part.digits and not selection.by_code and len(selection.product) < selection.part.digits:
        hints.append("Codes below: level.")
    return " ".join(hints) or None


_EXAMPLE: Mapping[str, str] = {"product": "850760", "partner": "China", "period": "2024"}
_KINDS = "`breakdown`: customs district, port, state (HS 6 at most), or all goods by NAICS industry or end use."

US_IMPORTS = Tool(
    name="us_imports",
    title="US Census: imports of the United States",
    description=(
        "US imports by month from 2010, by HS code (10 digits: HTS) and country: customs value (FOB-like), CIF, "
        f"charges, duty, quantity. Out about 35 days after the month. {_KINDS} Both sides: compare_mirror."
    ),
    arguments=ImportArguments,
    data=UsTradeData,
    run=partial(_run, flow=IMPORTS),
    observe=observe,
    example=_EXAMPLE,
)

US_EXPORTS = Tool(
    name="us_exports",
    title="US Census: exports of the United States",
    description=(
        "US exports by month from 2010, by HS code (10 digits: Schedule B) and country: FAS value, quantity; domestic "
        f"and re-exports by `origin`. Out about 35 days after the month. {_KINDS}"
    ),
    arguments=ExportArguments,
    data=UsTradeData,
    run=partial(_run, flow=EXPORTS),
    observe=observe,
    example=_EXAMPLE,
)


# Lists

List = Literal["countries", "groups", "districts", "ports", "states", "naics", "enduse", "variables"]

_PART_OF: dict[List, Breakdown] = {
    "districts": "district",
    "ports": "port",
    "states": "state",
    "naics": "naics",
    "enduse": "enduse",
}


class ReferenceArguments(Arguments):
    """Which list."""

    category: List = Field(description="Which list; countries and groups take no call.")
    flow: Direction = Field(default="imports", description="Whose list, where the flows differ.")
    search: str = Field(default="", max_length=60, description="Words of the name, or the beginning of the code.")


class ReferenceData(Data):
    """A list of codes and their names."""

    category: str
    flow: str
    count: int = Field(description="Entries of the whole list.")
    codes: dict[str, str] = Field(description="Names by code.")

    def tables(self) -> list[Table]:
        """The one table."""
        rows: list[tuple[Cell, ...]] = list(self.codes.items())
        return [Table(("code", "name"), rows)]


async def _reference(context: Context, asked: ReferenceArguments) -> Answer[ReferenceData]:
    """A list of ours, or read off the newest month."""
    notes = [Note(code=NoteCode.DISCLAIMER, text=MUST_BE_SHOWN)]
    if asked.category in ("countries", "groups"):
        source = own_provenance(context, "us_reference", "tradestat://countries")
        codes = GROUPS if asked.category == "groups" else _countries()
    elif asked.category == "variables":
        fetched = await fetch(
            context,
            request_to(
                context,
                f"{PATH}/{asked.flow}/hs/variables.json",
                f"{asked.flow}/hs/variables",
                {},
                REFERENCE,
                needs_key=False,
            ),
            partial(read_variables, now=context.now()),
        )
        source, codes = provenance(SERVICE, "us_reference", [fetched]), fetched.value
    else:
        source, codes = await _live(context, asked)
        text = "The codes with trade in the newest month; others may have trade in other months."
        notes.append(Note(code=NoteCode.SUBSET, text=text))
    found = dict(sorted(_found(codes, asked.search)))
    if not found:
        raise NoData(
            f"Nothing in the list of {asked.category} has {asked.search!r} in it.",
            remedy="Leave `search` out for the whole list.",
            source=SOURCE_ID,
        )
    what = f"{asked.category} of the US Census Bureau, {len(found)} of {len(codes)}"
    data = ReferenceData(category=asked.category, flow=asked.flow, count=len(codes), codes=found)
    return Answer(what=what, data=data, source=source, notes=notes)


def _countries() -> dict[str, str]:
    names: dict[str, str] = {}
    for area in areas():
        for code in area.schedule_c.split():
            within = ", within the customs territory" if area.iso3 in WITHIN else ""
            names[code] = f"{area.name_en} ({area.iso2}){within}"
    return names


async def _live(context: Context, asked: ReferenceArguments):
    flow, part = FLOWS_OF[asked.flow], PARTS[_PART_OF[asked.category]]
    code, name = part.code.format(flow.letter), part.name.format(flow.letter)
    newest, now = last_published(context.now()), context.now()
    params = {GET: ",".join(one for one in (f"{flow.value}_MO", code, name) if one), **time_of(newest, newest)}
    if part.level:
        params[LEVEL] = part.level
    endpoint = f"{asked.flow}/{part.dataset}"
    request = request_to(context, f"{PATH}/{endpoint}", endpoint, params, freshness_of(newest, now))
    fetched = await fetch(context, request, partial(read_page, now=now))
    page = fetched.value
    names = page.column(name) if name else page.column(code)
    codes = {one: text for one, text in zip(page.column(code), names, strict=True) if one != TOTAL}
    return provenance(SERVICE, "us_reference", [fetched]), codes


def _found(codes: Mapping[str, str], search: str) -> Iterable[tuple[str, str]]:
    words = fold(search).split()
    for code, name in codes.items():
        text = fold(name)
        if code.lower().startswith(search.lower()) or all(word in text for word in words):
            yield code, name


US_REFERENCE = Tool(
    name="us_reference",
    title="US Census: countries, groups, districts, ports, states, industries, end uses, variables",
    description=(
        "Lists behind us_imports and us_exports: Schedule C countries, the service's own groups of them, customs "
        "districts, ports, states, NAICS industries, end uses, and the variables. HS codes: search_codes."
    ),
    arguments=ReferenceArguments,
    data=ReferenceData,
    run=_reference,
    example={"category": "districts"},
)

TOOLS = (US_IMPORTS, US_EXPORTS, US_REFERENCE)
