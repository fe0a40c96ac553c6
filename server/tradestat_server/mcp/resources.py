"""Code lists, source notes and a guide, for clients that read resources."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple, TypeVar

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ResourceError, ResourceNotFoundError
from mcp.server.mcpserver.resources import FunctionResource

from tradestat_server.mcp.door import Door
from tradestat_server.mcp.texts import index, text
from tradestat_server.text.render import render_answer
from tradestat_tools.codes import countries, ebops, groups, hs
from tradestat_tools.codes.flows import FLOWS
from tradestat_tools.codes.units import UNIT_NAMES, quantity_units
from tradestat_tools.codes.words import CodeError, nearest, shown
from tradestat_tools.contract.source import Source
from tradestat_tools.model.arguments import ArgumentError
from tradestat_tools.results.export.folder import ExportFolder
from tradestat_tools.results.export.tool import ADDRESS as EXPORTS_ADDRESS
from tradestat_tools.usage import ADDRESS as USAGE_ADDRESS

TSV = "text/tab-separated-values"
MARKDOWN = "text/markdown"

MOST_EXPORTED = 16 * 1024 * 1024
"""Bytes of a file that is read as a resource: it travels in one message, a third longer as base64."""

HS_LEVELS = (2, 4, 6, 8, 10)
AREA_COLUMNS = (
    *("name_en", "iso2", "iso3", "m49", "comtrade", "trademap", "china_customs", "korea", "schedule_c", "geonom"),
    *("name_zh", "name_ko", "kind", "until"),
)

T = TypeVar("T")


class Listed(NamedTuple):
    """A resource, or a template where the address holds a `{name}`.

    Args:
        uri: where it is read.
        title: for people.
        mime_type: of what is read.
        read: gives it; a template's takes what stands in the place of the name.
        name: if not the function's own.
        description: if not the first line of the function's own.
    """

    uri: str
    title: str
    mime_type: str
    read: Callable[..., Any]
    name: str = ""
    description: str = ""


def add_resources(server: MCPServer[Any], door: Door, costs: Mapping[str, str]) -> None:
    """Register every resource and template.

    Args:
        costs: what a call of each tool costs, by its name.
    """
    for one in (*LISTED, *_of_server(door, costs)):
        name = one.name or one.read.__name__
        about: dict[str, Any] = {
            "name": name,
            "title": one.title,
            "description": one.description or (one.read.__doc__ or "").partition("\n")[0],
            "mime_type": one.mime_type,
        }
        if "{" in one.uri:
            server.resource(one.uri, **about)(one.read)
        else:
            server.add_resource(FunctionResource(uri=one.uri, fn=one.read, **about))


def hs_chapters() -> str:
    """The chapters of HS 2022: code and description."""
    return _tsv(("code", "description"), ((entry.code, entry.description) for entry in hs.chapters()))


def hs_all() -> str:
    """Every chapter, heading and subheading of HS 2022: code and description (large, about 770 kB)."""
    return _tsv(("code", "description"), ((entry.code, entry.description) for entry in hs.hs_entries()))


def hs_code(code: str) -> str:
    """One HS code of 2 to 10 digits: its path, the codes below it, and what became of it if it is not in HS 2022.

    Raises:
        ResourceNotFoundError: not an HS code, or in no known edition; names the nearest.
    """
    digits = _known(lambda: hs.normalise_hs(code, levels=HS_LEVELS))
    status = hs.hs_status(digits)
    if status.kind == "unknown":
        raise _not_found(status.text, hs.nearest_hs(digits))
    path = [(entry.code, entry.description) for entry in hs.hs_path(digits)]
    return _entry(status.text, path, [(entry.code, entry.description) for entry in hs.hs_children(digits)])


def ebops_main_items() -> str:
    """The total and the twelve main items of services, EBOPS 2010, with UN Comtrade's and Trade Map's codes."""
    return _ebops_table(item for item in ebops.ebops_items() if item.role in ("total", "item") and item.level <= 1)


def ebops_all() -> str:
    """Every item of EBOPS 2010; only those whose role is `item` add up."""
    return _ebops_table(ebops.ebops_items())


def ebops_code(code: str) -> str:
    """One services item in any of its codes (3.1.1, S03001001, SC11): its path and the items below it.

    Raises:
        ResourceNotFoundError: not an item; names the nearest.
    """
    path = _known(lambda: ebops.ebops_path(code))
    item = path[-1]
    others = ", ".join(
        f"{system} {number}" for system, number in (("UN Comtrade", item.sdmx), ("Trade Map", item.trademap)) if number
    )
    return _entry(
        f"{item.code} {item.label} ({ebops.EDITION}; role: {item.role}; {others or 'no other codes known'})",
        [(step.code, step.label) for step in path],
        [(child.code, f"{child.label} [{child.role}]") for child in ebops.ebops_children(item.code)],
    )


def country_list() -> str:
    """Countries and areas with their codes in every service, and their names in English, Chinese and Korean."""
    return _tsv(AREA_COLUMNS, ([getattr(area, column) for column in AREA_COLUMNS] for area in countries.areas()))


def country(code: str) -> str:
    """One country or area by code or name: its codes in every service, names, groups and what to know.

    Raises:
        ResourceNotFoundError: unknown (names the nearest) or ambiguous (names the choices).
    """
    found = _known(lambda: countries.resolve_area(code))
    area = found.area
    codes = [f"{countries.SYSTEM_NAMES[system]}: {number}" for system, number in countries.codes_of(area).items()]
    member_of = [
        f"{known.id} ({', '.join(f'since {day}' for day in days)})" if (days := known.since(area.iso3)) else known.id
        for known in groups.groups()
        if area.iso3 and area.iso3 in known.members
    ]
    lines = [
        area.name_en,
        *codes,
        f"Names: {'; '.join(area.names)}",
        f"Kind: {area.kind}{f', until {area.until}' if area.until else ''}",
        f"Groups: {', '.join(member_of)}" if member_of else "",
        *dict.fromkeys(note for note in (area.note, found.note, *countries.to_know(area)) if note),
    ]
    return _lines(lines)


def group_list() -> str:
    """Groups of countries with their members (ISO alpha-3), the date of membership and the source."""
    return _tsv(
        ("id", "name", "kind", "as_of", "source", "members"),
        (
            (known.id, known.name, known.kind, known.as_of.isoformat(), known.source, " ".join(known.members))
            for known in groups.groups()
        ),
    )


def group(code: str) -> str:
    """One group of countries by id or name: its members with their codes, since when each is one, and who left.

    Raises:
        ResourceNotFoundError: unknown; names the nearest.
    """
    found = _known(lambda: groups.group(code))
    members = found.member_areas()
    head = f"{found.id}: {found.name} ({found.kind}; {len(members)} members as of {found.as_of}; {found.source})"
    columns = ("name_en", "iso2", "iso3", "comtrade", "trademap", "china_customs")
    rows = ([*(getattr(area, column) for column in columns), ", ".join(found.since(area.iso3))] for area in members)
    left = [f"A member until {one.date}: {countries.area(one.iso3, system='iso3').name_en}." for one in found.left]
    return _lines([head, _tsv((*columns, "since"), rows).rstrip("\n"), *left, found.note])


def flow_list() -> str:
    """Trade flows with each service's code, and the flow that each is part of."""
    columns = ("code", "label", "comtrade", "trademap", "korea", "part_of", "name_zh", "name_ko")
    return _tsv(
        columns,
        (
            (one.code, one.label, one.comtrade, one.trademap, one.korea, one.whole, one.name_zh, one.name_ko)
            for one in FLOWS.values()
        ),
    )


def unit_list() -> str:
    """Units of quantity with UN Comtrade's numbers and abbreviations, then units of value; names in three languages."""
    quantities = [(u.abbr, u.name_en, "quantity", u.comtrade, u.name_zh, u.name_ko) for u in quantity_units()]
    values = [(code, name, "value", "", "", "") for code, name in UNIT_NAMES.items()]
    return _tsv(("unit", "label", "measures", "comtrade", "name_zh", "name_ko"), [*quantities, *values])


def _of_server(door: Door, costs: Mapping[str, str]) -> tuple[Listed, ...]:
    sources, exports = door.sources, ExportFolder(door.settings.export_dir)

    async def usage() -> str:
        """Credits and calls left at every service, when they reset, and what is stored here."""
        return render_answer(await (await door.context()).call("usage", {}), sources=sources.values())

    def exported_file(name: str) -> bytes:
        """A file that export_data wrote, by its name, as bytes."""
        try:
            return exports.read(name, MOST_EXPORTED)
        except (ArgumentError, FileNotFoundError):
            raise _not_found(f"There is no exported file {shown(name)}. export_data makes one.") from None
        except ValueError as error:
            raise ResourceError(f"{error} Take it from the server's computer, or export a part of it.") from None

    def source_list() -> str:
        """The statistics services behind the tools: coverage, lag, units, keys and costs."""
        return "\n\n".join(_source_note(source, costs) for source in sources.values())

    def source_note(source: str) -> str:
        """One statistics service: coverage, lag, units, valuation, licence, privacy, disclaimer, tools and costs.

        Raises:
            ResourceNotFoundError: unknown; names the nearest.
        """
        if source not in sources:
            raise _not_found(
                f"{shown(source)} is not a source. The sources are {', '.join(sources)}.", nearest(source, sources)
            )
        return _source_note(sources[source], costs)

    return (
        Listed(f"{EXPORTS_ADDRESS}{{name}}", "An exported file", "application/octet-stream", exported_file),
        Listed(USAGE_ADDRESS, "What is left of the plans", "text/plain", usage),
        Listed("tradestat://sources", "Notes on the sources", MARKDOWN, source_list),
        Listed("tradestat://sources/{source}", "Notes on one source", MARKDOWN, source_note),
    )


LISTED = (
    Listed("tradestat://hs", "HS 2022 chapters", TSV, hs_chapters),
    Listed("tradestat://hs/all", "HS 2022, whole list", TSV, hs_all),
    Listed("tradestat://hs/{code}", "One HS code", MARKDOWN, hs_code),
    Listed("tradestat://ebops", "Services: main items (EBOPS 2010)", TSV, ebops_main_items),
    Listed("tradestat://ebops/all", "Services: whole list (EBOPS 2010)", TSV, ebops_all),
    Listed("tradestat://ebops/{code}", "One services item", MARKDOWN, ebops_code),
    Listed("tradestat://countries", "Countries and areas", TSV, country_list),
    Listed("tradestat://countries/{code}", "One country or area", MARKDOWN, country),
    Listed("tradestat://groups", "Country groups", TSV, group_list),
    Listed("tradestat://groups/{code}", "One country group", MARKDOWN, group),
    Listed("tradestat://flows", "Trade flows", TSV, flow_list),
    Listed("tradestat://units", "Units of quantity and value", TSV, unit_list),
    *(
        Listed(
            f"tradestat://guide/{guide['name']}",
            guide["title"],
            MARKDOWN,
            partial(text, guide["name"]),
            f"{guide['name'].replace('-', '_')}_guide",
            guide["description"],
        )
        for guide in index()["guides"]
    ),
)
"""A list is found before the template that its address would fit."""


def _source_note(source: Source, costs: Mapping[str, str]) -> str:
    terms = source.terms
    key = "no key"
    if source.key:
        key = f"{source.key.variable} ({'required' if source.key.required else 'optional'}). {source.key.get_it}"
    tools = ", ".join(f"`{name}` ({costs[name]})" for name in source.offers)
    return _lines(
        [
            f"# {source.name}",
            f"- Publisher: {terms.publisher}, <{terms.homepage}>",
            f"- Coverage: {terms.coverage}",
            f"- Lag: {terms.lag}",
            f"- Units: {terms.units}",
            f"- Valuation: {terms.valuation}",
            f"- Key: {key}",
            f"- Tools and cost of a call: {tools}",
            f"- Licence: {terms.licence}",
            f"- Privacy: {terms.privacy}",
            f"- Disclaimer: {terms.disclaimer}",
        ]
    )


def _ebops_table(items: Iterable[ebops.EbopsItem]) -> str:
    return _tsv(
        ("code", "label", "role", "sdmx (EB10S)", "trademap"),
        ((item.code, item.label, item.role, item.sdmx, item.trademap) for item in items),
    )


def _entry(head: str, path: Sequence[tuple[str, str]], children: Sequence[tuple[str, str]]) -> str:
    """A code with what is above it and directly below it."""
    steps = [f"{'  ' * depth}- {code} {text}" for depth, (code, text) in enumerate(path)]
    below = [f"- {code} {text}" for code, text in children]
    return _lines([head, "Path:", *steps, f"Below it ({len(below)}):" if below else "Nothing below it.", *below])


def _tsv(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = ["\t".join(columns)]
    lines += ["\t".join("" if cell is None else str(cell) for cell in row) for row in rows]
    return "\n".join(lines) + "\n"


def _lines(lines: Iterable[str]) -> str:
    return "\n".join(line for line in lines if line) + "\n"


def _known(look_up: Callable[[], T]) -> T:
    try:
        return look_up()
    except CodeError as error:
        raise _not_found(error.message, error.nearest, error.allowed) from None


def _not_found(message: str, suggestions: Sequence[str] = (), allowed: str = "") -> ResourceNotFoundError:
    allowed = f" Allowed: {allowed}." if allowed else ""
    did_you_mean = f" Nearest: {', '.join(suggestions)}." if suggestions else ""
    return ResourceNotFoundError(f"{message}{allowed}{did_you_mean}")
