"""The US Census Bureau's International Trade API: a list of lists of strings, and its ways to refuse.

Assumed where the service's form is not known: district, port and state come with a row of the total, `-`, as countries
do; a code of the HS that is neither asked for nor given a level stands for all goods; the text of a `time` that can not
be read; quantities of chapters, headings and of all goods are 0 with the unit `-` and the flag `N`, and so is every
second quantity; the names of the variables of `porths`, `statehs`, `naics` and `enduse`; a list of variables needs no
key. What a data set does not list is an unknown variable.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product as crossed

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from tradestat_sandbox.chance import Shares, cut, mix
from tradestat_sandbox.flows import FIRST_YEAR
from tradestat_sandbox.observers import Flow, Month
from tradestat_sandbox.products import CODES6, TOTAL, indexes_under
from tradestat_sandbox.products import label as hs_label
from tradestat_sandbox.records import ALL_PRODUCTS
from tradestat_sandbox.services.census.codes import (
    CODES,
    DISTRICTS,
    END_USES,
    GROUPS,
    INDEXES,
    INDUSTRIES,
    NAMES,
    PORTS,
    STATES,
    Places,
    end_use,
    industry,
)
from tradestat_sandbox.services.census.figures import (
    SIMPLE,
    exported,
    foreign_part,
    imported,
    national_codes,
    national_shares,
    year_cells,
)
from tradestat_sandbox.serving import admit, in_thread
from tradestat_sandbox.state import State

PATH = "/data/timeseries/intltrade/"

_MOST_VARIABLES = 50
_MOST_ROWS = 120_000  # beyond which the service gives up; where it does is not known

_LEVELS = {"HS2": 2, "HS4": 4, "HS6": 6, "HS10": 10}
_OTHER_LEVELS = {"naics": "NA4", "enduse": "EU5"}
_PLACES: dict[str, tuple[str, str, Places]] = {
    "hs": ("DISTRICT", "DIST_NAME", DISTRICTS),
    "porths": ("PORT", "PORT_NAME", PORTS),
    "statehs": ("STATE", "", STATES),
}
_BY_TRANSPORT = ("AIR_VAL", "AIR_WGT", "VES_VAL", "VES_WGT", "CNT_VAL", "CNT_WGT")
_MEASURES: dict[Flow, tuple[str, ...]] = {
    "M": (
        *(
            "GEN_VAL",
            "GEN_CIF",
            "GEN_CHA",
            "CON_VAL",
            "CON_CIF",
            "CON_CHA",
            "DUT_VAL",
            "CAL_DUT",
            "GEN_QY1",
            "CON_QY1",
            "GEN_QY2",
        ),
        *_BY_TRANSPORT,
        *("AIR_CHA", "VES_CHA", "CNT_CHA"),
    ),
    "X": ("ALL_VAL", "QTY_1", "QTY_2", *_BY_TRANSPORT),
}
_FEW: dict[Flow, tuple[str, ...]] = {"M": ("GEN_VAL", "CON_VAL", *_BY_TRANSPORT), "X": ("ALL_VAL", *_BY_TRANSPORT)}
_COUNTED = {"GEN_QY1", "CON_QY1", "QTY_1", "GEN_QY2", "QTY_2"}
_SECOND = {"GEN_QY2", "QTY_2"}
_LENGTHS = {"_MO": "", "_YR": "Year-to-Date "}

_DATASETS: dict[str, Flow] = {"imports": "M", "exports": "X"}


class _Refused(Exception):
    """A 400 in plain text."""


class _TooLarge(Exception):
    """A 500 in plain text."""


@dataclass(frozen=True, slots=True)
class _Dataset:
    """One data set of one flow, and the names that it knows."""

    flow: Flow
    name: str

    @property
    def commodity(self) -> str:
        letter = "I" if self.flow == "M" else "E"
        return {"naics": "NAICS", "enduse": f"{letter}_ENDUSE"}.get(self.name, f"{letter}_COMMODITY")

    @property
    def measures(self) -> tuple[str, ...]:
        return _MEASURES[self.flow] if self.name == "hs" else _FEW[self.flow]

    @property
    def place(self) -> tuple[str, str, Places] | None:
        return _PLACES.get(self.name)

    @property
    def dimensions(self) -> tuple[str, ...]:
        place = (self.place[0],) if self.place else ()
        return ("CTY_CODE", self.commodity, *place, *(("DF",) if self.flow == "X" else ()))

    @property
    def known(self) -> dict[str, str]:
        """Every variable with its label."""
        found = {"CTY_CODE": "4-character Country Code", "CTY_NAME": "50-character Country Name"}
        found |= {self.commodity: "Code", f"{self.commodity}_LDESC": "Description", f"{self.commodity}_SDESC": "Short"}
        found |= {"COMM_LVL": "Level", "SUMMARY_LVL": "Detail or group", "LAST_UPDATE": "Date", "YEAR": "", "MONTH": ""}
        if self.place:
            found |= {name: name for name in self.place[:2] if name}
        if self.flow == "X":
            found["DF"] = "1-character Domestic or Foreign Code"
        for measure in self.measures:
            for ending, length in _LENGTHS.items():
                found[f"{measure}{ending}"] = f"15-digit {length}{measure}"
                if measure in _COUNTED:
                    found[f"{measure}{ending}_FLAG"] = "1-character True Zero Flag"
        return found | (dict.fromkeys(("UNIT_QY1", "UNIT_QY2"), "3-character Unit") if self.name == "hs" else {})


def routes(sandbox: State) -> list[Route]:
    """Every data set of both flows, their lists of variables, and the pages that redirects lead to."""

    async def answer(request: Request) -> Response:
        flow, name = _DATASETS.get(request.path_params["flow"]), request.path_params["dataset"]
        if flow is None or name not in {*_PLACES, *_OTHER_LEVELS}:
            return PlainTextResponse("error: unknown dataset", 404)
        return _refused(sandbox, request) or await in_thread(lambda: _answer(sandbox, request, _Dataset(flow, name)))

    async def variables(request: Request) -> Response:
        dataset = _Dataset(_DATASETS[request.path_params["flow"]], request.path_params["dataset"])
        listed = {name: {"label": label, "concept": "Measures"} for name, label in dataset.known.items()}
        listed["time"] = {"label": "ISO-8601 Date/Time value", "concept": "Census API Date/Time Specification"}
        return JSONResponse({"variables": listed})

    async def page(request: Request) -> Response:
        title = "Missing Key" if "missing" in request.url.path else "Invalid Key"
        return HTMLResponse(
            f"<html><head><title>{title}</title></head><body>A valid key must be included.</body></html>"
        )

    return [
        Route(PATH + "{flow}/{dataset}", answer),
        Route(PATH + "{flow}/{dataset}/variables.json", variables),
        Route("/data/missing_key.html", page),
        Route("/data/invalid_key.html", page),
    ]


def _refused(sandbox: State, request: Request) -> Response | None:
    key = request.query_params.get("key")
    if key != sandbox.keys.census:
        page = "invalid_key.html" if key else "missing_key.html"
        return RedirectResponse(f"/data/{page}", 302, {"X-DataWebAPI-KeyError": "1"})
    if admit(sandbox, "census"):
        # Reads stall once too many came; what stands here for it is an answer that ends before its end.
        return Response(b'[["CTY_CODE"', media_type="application/json", headers={"content-length": "4096"})
    return None


def _answer(sandbox: State, request: Request, dataset: _Dataset) -> Response:
    asked = [(name, value) for name, value in request.query_params.multi_items() if name != "key"]
    try:
        table = _table(sandbox, dataset, asked)
    except _Refused as problem:
        return PlainTextResponse(str(problem), 400)
    except _TooLarge:
        return PlainTextResponse("There was an error while running your query.  We've logged the error.", 500)
    if len(table) == 1:
        return Response(status_code=204)
    head, *rows = (json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in table)
    rows.sort(key=lambda row: mix(*row.encode()))
    return Response("[" + ",\n".join([head, *rows]) + "]", media_type="application/json;charset=utf-8")


def _table(sandbox: State, dataset: _Dataset, asked: list[tuple[str, str]]) -> list[list[str]]:
    wanted = [name.strip() for key, value in asked if key == "get" for name in value.split(",") if name.strip()]
    given = [(name, value) for name, value in asked if name not in ("get", "time")]
    if not wanted:
        raise _Refused("error: missing 'get' argument")
    if len(wanted) > _MOST_VARIABLES:
        raise _Refused(f"error: there is a limit of {_MOST_VARIABLES} variables")
    for name in (*wanted, *(name for name, _ in given)):
        if name not in {*dataset.known, "time"}:
            raise _Refused(f"error: unknown variable '{name}'")
    times = [value for name, value in asked if name == "time"]
    if not times:
        raise _Refused("error: missing required variable/predicate: time")
    months = sorted({month for value in times for month in _months(value, sandbox.world.census_last)})
    echoed = dict.fromkeys([*(name for name, _ in given), "time"])
    head = [*wanted, *echoed]
    found = [head]
    for row in _rows(sandbox, dataset, months, wanted, given):
        found.append([row[name] for name in head])
        if len(found) > _MOST_ROWS:
            raise _TooLarge
    return found


def _months(text: str, newest: Month) -> list[Month]:
    span = re.fullmatch(r"from (\d{4})(?:-(\d\d))?(?: to (\d{4})(?:-(\d\d))?)?|(\d{4})(?:-(\d\d))?", text)
    if span is None:
        raise _Refused("error: invalid time argument")
    if span[5]:
        first, last = (int(span[5]), int(span[6] or 1)), (int(span[5]), int(span[6] or 12))
    else:
        first = (int(span[1]), int(span[2] or 1))
        last = (int(span[3]), int(span[4] or 12)) if span[3] else newest
    every = [(year, month) for year in range(FIRST_YEAR, newest[0] + 1) for month in range(1, 13)]
    return [month for month in every if first <= month <= min(last, newest)]


_Sums = dict[tuple[int, tuple[str, str, str, str]], dict[int, dict[str, int]]]
"""Amounts by month, by year and the codes of country, commodity, place, and domestic or foreign."""


@dataclass(slots=True)
class _Parts:
    """What one cell is spread over: (codes of a dimension, share first to last of it), for each dimension asked."""

    country: str
    commodities: tuple[tuple[str, int, int], ...]  # the code, and which of the national codes
    places: tuple[str, ...]
    domestic: tuple[str, ...]
    simple: bool

    @property
    def keys(self) -> list[tuple[str, str, str, str]]:
        """The codes of each part."""
        codes = [code for code, _, _ in self.commodities]
        return [(self.country, *rest) for rest in crossed(codes, self.places, self.domestic)]


def _rows(
    sandbox: State, dataset: _Dataset, months: list[Month], wanted: list[str], given: list[tuple[str, str]]
) -> Iterator[dict[str, str]]:
    """Every row with all its columns by name."""
    names = {*wanted, *(name for name, _ in given)}
    chosen: dict[str, set[str]] = {}
    for name, value in given:
        chosen.setdefault(name, set()).add(value)
    sums: _Sums = {}
    partners = tuple(sorted(CODES))
    if "CTY_CODE" in chosen:
        members = {index for code in chosen["CTY_CODE"] for index in _members(code)}
        partners = tuple(sorted(members))
    products = _products(dataset, chosen)
    by_year: dict[int, list[int]] = {}
    for year, number in months:
        by_year.setdefault(year, []).append(number)
    running = any(name.endswith("_YR") for name in wanted)
    needed = {year: range(1, max(of) + 1) if running else of for year, of in by_year.items()}
    for year in by_year:
        for partner, product, amounts in year_cells(sandbox.world, dataset.flow, year, partners, products):
            parts = _parts(dataset, names, chosen, partner, product)
            if any(value for value, _ in amounts):
                for keys in parts.keys:  # trade in any month of a year gives it a row in every one
                    sums.setdefault((year, keys), {})
            for number in needed[year]:
                value, kg = amounts[number - 1]
                if not value:
                    continue
                for keys, cell in _cells(sandbox, dataset, parts, (partner, product), (value, kg)):
                    of_year = sums.setdefault((year, keys), {})
                    held = of_year.setdefault(number, dict.fromkeys(cell, 0))
                    for name, amount in cell.items():
                        held[name] += amount
    if names & {"CTY_CODE", "CTY_NAME"}:
        sums = _with_groups(sums, chosen.get("CTY_CODE"))
    for (year, keys), by_month in sums.items():
        for month in (month for month in months if month[0] == year):
            yield _row(dataset, keys, month, by_month)


def _with_groups(sums: _Sums, chosen: set[str] | None) -> _Sums:
    """The sums of countries, and those of every group that has them; of all of these the chosen ones."""
    found: _Sums = {}
    for (year, (country, *rest)), by_month in sums.items():
        own = INDEXES[country]
        for one in (country, *(code for code, (_, members) in GROUPS.items() if own in members)):
            if chosen is not None and one not in chosen:
                continue
            whole = found.setdefault((year, (one, rest[0], rest[1], rest[2])), {})
            for number, amounts in by_month.items():
                held = whole.setdefault(number, dict.fromkeys(amounts, 0))
                for name, amount in amounts.items():
                    held[name] += amount
    return found


def _members(code: str) -> frozenset[int]:
    if code in GROUPS:
        return GROUPS[code][1]
    return frozenset({INDEXES[code]}) if code in INDEXES else frozenset()


def _products(dataset: _Dataset, chosen: dict[str, set[str]]) -> tuple[int, ...]:
    codes = [code.removesuffix("*") for code in chosen.get(dataset.commodity, ())]
    if not codes or dataset.name in _OTHER_LEVELS or "" in codes:
        return ALL_PRODUCTS
    return tuple(sorted({index for code in codes for index in indexes_under(code[: len(code[:6]) // 2 * 2])}))


def _parts(dataset: _Dataset, names: set[str], chosen: dict[str, set[str]], partner: int, product: int) -> _Parts:
    country = CODES[partner] if names & {"CTY_CODE", "CTY_NAME"} else "-"
    places: tuple[str, ...] = ("-",)
    if dataset.place and {*dataset.place[:2]} & names:
        every = (*dataset.place[2].names, "-")
        places = tuple(code for code in every if code in chosen.get(dataset.place[0], {*every}))
    domestic = ("-",)
    if "DF" in names:
        domestic = tuple(code for code in ("1", "2", "-") if code in chosen.get("DF", {"1", "2", "-"}))
    measured = {measure for measure in dataset.measures for name in names if name.startswith(measure)}
    commodities = tuple(_commodities(dataset, names, chosen, product))
    return _Parts(country, commodities, places, domestic, simple=measured <= SIMPLE)


def _commodities(
    dataset: _Dataset, names: set[str], chosen: dict[str, set[str]], product: int
) -> Iterator[tuple[str, int, int]]:
    levels = chosen.get("COMM_LVL", set())
    if dataset.name in _OTHER_LEVELS:
        code = industry(product) if dataset.name == "naics" else end_use(product)
        shown = names & {dataset.commodity, f"{dataset.commodity}_LDESC"}
        if not shown or levels <= {_OTHER_LEVELS[dataset.name]}:
            yield code if shown else "-", 0, 0
        return
    asked = chosen.get(dataset.commodity, set())
    if not asked and not levels:
        yield "-", 0, 0
        return
    ten = national_codes(product, dataset.flow)
    every = [(CODES6[product][:length], 0, 0) for length in (2, 4, 6)] + [
        (code, at, at) for at, code in enumerate(ten, 1)
    ]
    for code, first, last in every:
        if levels and len(code) not in {_LEVELS.get(level, 0) for level in levels}:
            continue
        if asked and not any(code.startswith(one[:-1]) if one.endswith("*") else code == one for one in asked):
            continue
        if dataset.name != "hs" and len(code) > 6:
            continue
        yield code, first, last


def _cells(
    sandbox: State, dataset: _Dataset, parts: _Parts, cell: tuple[int, int], amounts: tuple[int, int]
) -> Iterator[tuple[tuple[str, str, str, str], dict[str, int]]]:
    """The parts of a cell: their codes, and their amounts by what the variables begin with."""
    whole = _figures(sandbox, dataset, cell, amounts, simple=parts.simple)
    foreign: dict[str, int] = {}
    if parts.domestic != ("-",):
        again = (foreign_part(*cell, amount) for amount in amounts)
        foreign = exported(*cell, *again, simple=parts.simple)
    for code, first, last in parts.commodities:
        cuts = [(national_shares(cell[1], dataset.flow), first, last)] if first else []
        for place in parts.places:
            within = list(cuts)
            if dataset.place and place != "-":
                at = [*dataset.place[2].names].index(place) + 1
                within.append((dataset.place[2].shares(*cell), at, at))
            both, again = _cut(whole, within), _cut(foreign, within)
            made = {name: amount - again[name] for name, amount in both.items()} if foreign else {}
            for kind in parts.domestic:
                yield (parts.country, code, place, kind), {"-": both, "1": made, "2": again}[kind]


def _cut(amounts: dict[str, int], within: list[tuple[Shares, int, int]]) -> dict[str, int]:
    """The part of a cell's amounts; of imports value and charges still make up CIF."""
    for shares, first, last in within:
        amounts = {name: cut(amount, shares, first, last) for name, amount in amounts.items()}
    sums = {f"{of}_CIF": amounts[f"{of}_VAL"] + amounts[f"{of}_CHA"] for of in ("GEN", "CON") if f"{of}_CIF" in amounts}
    return amounts | sums


def _figures(
    sandbox: State, dataset: _Dataset, cell: tuple[int, int], amounts: tuple[int, int], *, simple: bool
) -> dict[str, int]:
    (partner, product), (value, kg) = cell, amounts
    if dataset.flow == "M":
        return imported(sandbox.world, partner, product, value, kg, simple=simple)
    return exported(partner, product, value, kg, simple=simple)


def _row(
    dataset: _Dataset, keys: tuple[str, str, str, str], month: Month, by_month: dict[int, dict[str, int]]
) -> dict[str, str]:
    country, code, place, kind = keys
    year, number = month
    row = {"CTY_CODE": country, "CTY_NAME": GROUPS[country][0] if country in GROUPS else NAMES[country]}
    row |= {dataset.commodity: code, **_described(dataset, code)}
    row |= {"COMM_LVL": _level(dataset, code), "SUMMARY_LVL": "CGP" if country in GROUPS else "DET", "LAST_UPDATE": "0"}
    row |= {"YEAR": str(year), "MONTH": f"{number:02d}", "time": f"{year}-{number:02d}"}
    if dataset.place:
        column, name, places = dataset.place
        row |= {column: place, **({name: places.names.get(place, "TOTAL FOR ALL")} if name else {})}
    if dataset.flow == "X":
        row["DF"] = kind
    measured = len(code) >= 6
    row |= {"UNIT_QY1": "KG" if measured else "-", "UNIT_QY2": "-"}
    for measure in dataset.measures:
        now = by_month.get(number, {}).get(measure, 0)
        running = sum(amounts.get(measure, 0) for at, amounts in by_month.items() if at <= number)
        for ending, amount in (("_MO", now), ("_YR", running)):
            counted = measure in _COUNTED
            row[f"{measure}{ending}"] = str(amount if measured or not counted else 0)
            if counted:
                row[f"{measure}{ending}_FLAG"] = "-" if measured and measure not in _SECOND else "N"
    return row


def _described(dataset: _Dataset, code: str) -> dict[str, str]:
    text = {"naics": INDUSTRIES, "enduse": END_USES}.get(dataset.name, {}).get(code) or _goods(code)
    return {f"{dataset.commodity}_LDESC": text[:150], f"{dataset.commodity}_SDESC": text[:50]}


def _goods(code: str) -> str:
    return "TOTAL FOR ALL COMMODITIES" if code in ("-", TOTAL) else hs_label(code[:6]).upper()


def _level(dataset: _Dataset, code: str) -> str:
    if code == "-":
        return "-"
    return _OTHER_LEVELS.get(dataset.name) or f"HS{len(code)}"
