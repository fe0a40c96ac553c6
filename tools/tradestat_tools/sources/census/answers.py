"""The typed answers: columns under the service's own names of variables, each name said once.

All lists of one block have the same length; position i of each belongs together. Values, charges and duty are US
dollars, weights kilograms, quantities in their units. None is "no figure given", never zero.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from pydantic import BaseModel, ConfigDict, Field

from tradestat_tools.codes.hs import cut
from tradestat_tools.codes.labels import labels as of_hs
from tradestat_tools.codes.periods import Period
from tradestat_tools.model.answers import Cell, Data, Table
from tradestat_tools.sources.census.api import Reply
from tradestat_tools.sources.census.arguments import Selection
from tradestat_tools.sources.census.codes import DOMESTIC as KINDS
from tradestat_tools.sources.census.codes import english_name
from tradestat_tools.sources.census.wire.rows import Figures, Row, unit_of

Column = list[int | None]

LABEL = 44
"""Characters of a name in a table."""

LONG_SPAN = 24
"""Months beyond which sums by year stand before them."""

WEIGHTS = ("_WGT_MO", "_WGT_YR")


class _Block(BaseModel):
    model_config = ConfigDict(extra="forbid")

    time: list[str] = Field(description="Months, YYYY-MM; year to date, the last month.")
    figures: dict[str, Column] = Field(description="Columns by the service's names of variables.")


class Months(_Block):
    """Sums of `rows` by month; None where a row has no figure, or quantities differ in unit."""

    units: dict[str, str] = Field(description="The unit of each quantity that has one alone.")


class Rows(_Block):
    """One row a month and what rows differ by; a column of codes is left out where they do not."""

    code: list[str] | None = Field(default=None, description="Codes of the HS, of the HTS or Schedule B.")
    CTY_CODE: list[str] | None = None
    place: list[str] | None = Field(default=None, description="Code of district, port, state, industry or end use.")
    DF: list[str] | None = Field(default=None, description="1 domestic exports, 2 foreign ones.")
    units: dict[str, list[str]] | None = Field(default=None, description="The unit of each quantity of each row.")


class UsTradeData(Data):
    """Imports or exports of the United States."""

    flow: str
    product: str = Field(description="The code asked for; empty for all goods.")
    level: int
    partner: str = Field(description="Code, group, World or all.")
    codes: list[str] = Field(description="Codes of Schedule C that the rows are of; none for all.")
    freq: str
    breakdown: str
    origin: str
    months: Months
    names: dict[str, str] = Field(description="The name of each code in `rows`.")
    rows: Rows

    def tables(self) -> list[Table]:
        """By year where there are many months, by month, by what rows differ by, then every row."""
        return _tables(self)


def picked(selection: Selection, replies: Sequence[Reply]) -> list[Row]:
    """The rows asked for, of a group its members', in the order of months and codes."""
    wanted = selection.partner.wanted if selection.partner.is_picked else None
    every = (row for reply in replies for row in reply.read.rows)
    return sorted(row for row in every if wanted is None or row.country in wanted)


def laid_out(selection: Selection, replies: Sequence[Reply], rows: Sequence[Row]) -> UsTradeData:
    """The rows as columns."""
    shape, measures = selection.shape, selection.measures
    quantities = [name for name in measures if unit_of(name)]
    given = [i for i in range(len(measures)) if any(row.figures[i] is not None for row in rows)]
    kept = [measures[i] for i in given]
    by_month: dict[Period, list[Row]] = {month: [] for month in selection.months}
    for row in rows:
        by_month[row.month].append(row)
    mixed = {name for at, name in enumerate(quantities) if len({row.units[at] for row in rows}) > 1}
    sums = [_sums([row.figures for row in found], len(measures)) for found in by_month.values()]
    units = {name: [row.units[at] for row in rows] for at, name in enumerate(quantities) if name in kept}
    names: dict[str, str] = {}
    for reply in replies:
        names |= reply.read.names
    partner = selection.partner
    return UsTradeData(
        flow=selection.flow.direction,
        product=selection.product,
        level=selection.level,
        partner=partner.id,
        codes=list(partner.members or partner.codes),
        freq="ytd" if selection.ytd else "month",
        breakdown=selection.breakdown,
        origin=selection.origin,
        months=Months(
            time=[str(month) for month in by_month],
            figures={measures[i]: [None if measures[i] in mixed else one[i] for one in sums] for i in given},
            units={name: found[0] for name, found in units.items() if name not in mixed and found},
        ),
        names=_names(names, rows, selection),
        rows=Rows(
            time=[str(row.month) for row in rows],
            figures={measures[i]: [row.figures[i] for row in rows] for i in given},
            code=[row.code for row in rows] if shape.commodity else None,
            CTY_CODE=[row.country for row in rows] if shape.countries else None,
            place=[row.place for row in rows] if shape.place else None,
            DF=[row.kind for row in rows] if shape.domestic else None,
            units={name: found for name, found in units.items() if name in mixed} or None,
        ),
    )


def _sums(rows: Sequence[Figures], width: int) -> Figures:
    columns = zip(*rows, strict=True) if rows else [()] * width
    return tuple(_sum(column) for column in columns)


def _sum(column: Sequence[int | None]) -> int | None:
    known = [value for value in column if value is not None]
    return sum(known) if known and len(known) == len(column) else None


def _names(said: Mapping[str, str], rows: Iterable[Row], selection: Selection) -> dict[str, str]:
    codes: dict[str, None] = {}
    found: dict[str, str] = {}
    for row in rows:
        codes[row.code] = None
        if row.country:
            found[row.country] = english_name(row.country, said.get(row.country, ""))
        if row.place:
            found[row.place] = said.get(row.place, "")
        if row.kind:
            found[row.kind] = KINDS.get(row.kind, "")
    english = of_hs((code for code in codes if 0 < len(code) <= 6), LABEL) if selection.by_code else {}
    return found | {code: english.get(code) or said.get(code, "") for code in codes if code}


# Tables


def _tables(data: UsTradeData) -> list[Table]:
    rows, months = data.rows, data.months
    found = [*_by_year(data), _by_month(data)]
    heads = [name for name in ("code", "CTY_CODE", "place", "DF") if getattr(rows, name) is not None]
    if not heads:
        return found
    groups: list[tuple[str, ...]] = list(zip(*(getattr(rows, name) for name in heads), strict=True))
    figures: list[Figures] = list(zip(*rows.figures.values(), strict=True))
    measures = list(rows.figures)
    ranked = _ranked(groups, figures, len(measures))
    if len(ranked) < 2 and len(set(rows.time)) < 2:
        return [*found, _table(data, heads, [(*group, *cells) for group, cells in ranked])]
    summed = data.freq == "month"
    last = len(months.time) - 1
    span = f"{months.time[0]} to {months.time[last]}" if last else months.time[0]
    if summed and len(ranked) > 1:
        named = [(*group, *cells) for group, cells in ranked]
        found.append(_table(data, heads, named, f"{span}{' added up' if last else ''}, largest value first"))
    if last or not summed:
        order = {group: at for at, (group, _) in enumerate(ranked)}
        every = sorted(zip(rows.time, groups, figures, strict=True), key=lambda row: (row[0], order[row[1]]))
        title = "Every row, by month and value" if summed else "Every row, January to the month, largest value first"
        table = _table(data, [*heads, "time"], [(*group, when, *cells) for when, group, cells in every], title)
        found.append(replace(table, listing=summed))
    return found


def _ranked(
    groups: Sequence[tuple[str, ...]], figures: Sequence[Figures], width: int
) -> list[tuple[tuple[str, ...], Figures]]:
    by_group: dict[tuple[str, ...], list[Figures]] = {}
    for group, cells in zip(groups, figures, strict=True):
        by_group.setdefault(group, []).append(cells)
    sums = {group: _sums(cells, width) for group, cells in by_group.items()}
    return sorted(sums.items(), key=lambda one: -(one[1][0] or 0))


def _head(data: UsTradeData, measure: str) -> str:
    """A column's head: the variable's name, with its unit where that is not dollars."""
    if measure.endswith(WEIGHTS):
        return f"{measure} kg"
    if unit_of(measure):
        return f"{measure} {data.months.units.get(measure, 'of each row')}"
    return measure


def _measures(data: UsTradeData) -> list[str]:
    """Those of the months, and those that rows alone have."""
    return list(dict.fromkeys([*data.months.figures, *data.rows.figures]))


def _kinds(data: UsTradeData) -> tuple[frozenset[str], frozenset[str]]:
    """The heads of values, and those of weights."""
    heads = {measure: _head(data, measure) for measure in _measures(data)}
    weights = frozenset(head for measure, head in heads.items() if measure.endswith(WEIGHTS))
    quantities = {head for measure, head in heads.items() if unit_of(measure)}
    return frozenset(heads.values()) - weights - quantities, weights


def _units(data: UsTradeData) -> dict[str, str]:
    found = {_head(data, m): data.months.units.get(m, "of each row") for m in _measures(data) if unit_of(m)}
    return found | {"months": "count"}


def _by_month(data: UsTradeData) -> Table:
    months = data.months
    heads = ("time", *(_head(data, measure) for measure in months.figures))
    cells: list[tuple[Cell, ...]] = list(zip(months.time, *months.figures.values(), strict=True))
    title = "January to the month" if data.freq == "ytd" else "By month"
    return Table(heads, cells, title, *_kinds(data), units=_units(data))


def _by_year(data: UsTradeData) -> list[Table]:
    """The sums of the months that have figures, and how many those are; nothing for a span that is not long."""
    months = data.months
    if data.freq == "ytd" or len(months.time) <= LONG_SPAN:
        return []
    by_year: dict[str, list[Figures]] = {}
    for when, *cells in zip(months.time, *months.figures.values(), strict=True):
        of_year = by_year.setdefault(when[:4], [])
        if any(cell is not None for cell in cells):
            of_year.append(tuple(cells))
    rows: list[tuple[Cell, ...]] = [
        (year, len(found), *_sums(found, len(months.figures))) for year, found in by_year.items()
    ]
    heads = ("year", "months", *(_head(data, measure) for measure in months.figures))
    return [Table(heads, rows, "By year, the sum of its months with figures", *_kinds(data), units=_units(data))]


_COLUMNS = {"code": ("code", "goods"), "CTY_CODE": ("CTY_CODE", "country"), "DF": ("DF", "exports")}


def _table(data: UsTradeData, heads: Sequence[str], rows: Sequence[tuple[Cell, ...]], title: str = "") -> Table:
    """A table whose columns of codes have their names beside them."""
    columns: list[str] = []
    for head in heads:
        columns += _COLUMNS.get(head, (data.breakdown, "name")) if head != "time" else ("time",)
    named = len(heads)
    nameless = not any(data.names.get(place) for place in data.rows.place or ())
    cells: list[tuple[Cell, ...]] = []
    for row in rows:
        found: list[Cell] = []
        for head, cell in zip(heads, row[:named], strict=True):
            found.append(cell)
            if head != "time" and not (head == "place" and nameless):
                found.append(cut(data.names.get(str(cell), ""), LABEL))
        cells.append((*found, *row[named:]))
    if "place" in heads and nameless:
        columns.remove("name")
    columns += [_head(data, measure) for measure in data.rows.figures]
    return Table(tuple(columns), cells, title, *_kinds(data), units=_units(data))
