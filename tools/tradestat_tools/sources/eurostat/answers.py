"""The typed answers: columns of equal length, position i of each belongs together.

Money is whole euros, imports CIF and exports FOB; weight is kilograms net, also where the service has hundreds of them.
None is "no figure given", never zero.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from pydantic import BaseModel, ConfigDict, Field

from tradestat_tools.codes.labels import labels
from tradestat_tools.model.answers import Cell, Data, Table
from tradestat_tools.sources.eurostat.api import Table as Cells
from tradestat_tools.sources.eurostat.arguments import EXPORT, IMPORT, TOTAL, Selection
from tradestat_tools.sources.eurostat.codes import EXTRA, INTRA, UNIONS, WITHIN, WORLD, kind, name
from tradestat_tools.sources.eurostat.wire import Figures, Key

Column = list[int | float | None]
FLOW_NAMES = {IMPORT: "M", EXPORT: "X"}
LABEL = 44
"""Characters of a product's name in a table."""

GB = "GB"
VALUE, WEIGHT, QUANTITY = "value_eur", "weight kg", "supplementary_quantity"


class Rows(BaseModel):
    """One row a reporter, partner, product, flow and period."""

    model_config = ConfigDict(extra="forbid")

    reporter: list[str]
    partner: list[str] = Field(description="GEONOM; its name in `names`.")
    product: list[str]
    flow: list[str] = Field(description="M imports, X exports.")
    period: list[str]
    value_eur: Column = Field(description="Euros; imports CIF, exports FOB.")
    weight_kg: Column = Field(description="Net weight.")
    supplementary_quantity: Column = Field(description="In the unit of the CN code, which the service does not give.")
    made_here: list[bool] = Field(description="Whether a row was added up here, of XU and XI for the United Kingdom.")


class TradeData(Data):
    """Trade by reporter, partner, product, flow and period. Sums (WORLD, EXT_, INT_) stand beside what they hold."""

    dataset: str
    freq: str
    periods: list[str]
    names: dict[str, str] = Field(description="Of reporters and partners.")
    rows: Rows

    def tables(self) -> list[Table]:
        """Countries first, then the sums that hold them, then what is no country."""
        return _tables(self)


class ReferenceData(Data):
    """A list of the service."""

    list: str
    columns: "list[str]"
    rows: "list[list[str | int | float | None]]"

    def tables(self) -> "list[Table]":
        """The list."""
        money = frozenset({"imports EUR", "exports EUR"} & {*self.columns})
        return [Table(tuple(self.columns), [tuple(row) for row in self.rows], measures=money)]


@dataclass(frozen=True, slots=True)
class Row:
    """A cell with its figures as they are given."""

    key: Key
    value: int | float | None
    weight: int | float | None
    quantity: int | float | None
    made_here: bool = False


def rows_of(selection: Selection, table: Cells) -> list[Row]:
    """The rows of an answer, periods in order; the United Kingdom's parts only where its whole is not stated."""
    cells, made = _united_kingdom(selection, table.cells)
    order = {str(period): at for at, period in enumerate(selection.periods)}
    dataset = selection.dataset
    rows: list[Row] = []
    for key, figures in cells.items():
        weight = figures.get(dataset.weight)
        kilograms = None if weight is None else plain(weight * dataset.kilograms)
        quantity = plain(figures.get(dataset.supplementary))
        rows.append(Row(key, plain(figures.get(dataset.value)), kilograms, quantity, key in made))
    return sorted(rows, key=lambda row: (row.key[:4], order.get(row.key.when, 0)))


def plain(figure: Decimal | None) -> int | float | None:
    """A figure as JSON has it; whole ones stay whole."""
    if figure is None:
        return None
    return int(figure) if figure == figure.to_integral_value() else float(figure)


def _united_kingdom(selection: Selection, cells: dict[Key, Figures]) -> tuple[dict[Key, Figures], set[Key]]:
    """The cells with GB made of XU and XI where the service has these alone; they go where GB was asked for only.

    Whether GB still holds the United Kingdom after 2020 was in no recorded answer.
    """
    parts = [key for key in cells if kind(key.partner) == "part"]
    if not parts or not (selection.every_partner or GB in selection.named):
        return cells, set()
    made: dict[Key, Figures] = {}
    for key in parts:
        whole = key._replace(partner=GB)
        if whole in cells:
            continue
        sums = made.setdefault(whole, {})
        for indicator, figure in cells[key].items():
            before = sums.get(indicator, Decimal(0))
            sums[indicator] = None if figure is None or before is None else before + figure
    kept = {key: one for key, one in cells.items() if selection.every_partner or key.partner in selection.named}
    return kept | made, set(made)


def laid_out(selection: Selection, rows: Sequence[Row]) -> TradeData:
    """The rows as columns."""
    keys = [row.key for row in rows]
    parties = dict.fromkeys([*(key.reporter for key in keys), *(key.partner for key in keys)])
    return TradeData(
        dataset=selection.dataset.id,
        freq=selection.freq,
        periods=[str(period) for period in selection.periods],
        names={code: name(code) for code in parties},
        rows=Rows(
            reporter=[key.reporter for key in keys],
            partner=[key.partner for key in keys],
            product=[key.product for key in keys],
            flow=[FLOW_NAMES.get(key.flow, key.flow) for key in keys],
            period=[key.when for key in keys],
            value_eur=[row.value for row in rows],
            weight_kg=[row.weight for row in rows],
            supplementary_quantity=[row.quantity for row in rows],
            made_here=[row.made_here for row in rows],
        ),
    )


# Tables

_Line = tuple[str, str, str, str, str, int | float | None, int | float | None, int | float | None]


def _tables(data: TradeData) -> list[Table]:
    rows = data.rows
    lines: list[_Line] = list(
        zip(
            *(rows.reporter, rows.partner, rows.product, rows.flow, rows.period),
            *(rows.value_eur, rows.weight_kg, rows.supplementary_quantity),
            strict=True,
        )
    )
    by_kind = {what: [line for line in lines if kind(line[1]) == what] for what in _TITLES}
    countries, sums = by_kind["area"], by_kind["sum"]
    shares = _shares(countries, lines) if len({line[1] for line in countries}) > 1 else {}
    found = [_table(data, countries, "Countries" if sums else "", shares)] if countries else []
    found += [
        _table(data, part, _TITLES[what] if countries else "")
        for what, part in by_kind.items()
        if part and what != "area"
    ]
    return found


_TITLES = {
    "area": "Countries",
    "sum": "Sums that hold the countries: not to be added to them",
    "part": "Parts of the United Kingdom, which GB holds",
    "unspecified": "Countries not specified",
    "secret": "Secret countries: kept back for commercial or military reasons",
    "stores": "Stores, provisions and high seas",
}


def _shares(countries: Sequence[_Line], lines: Sequence[_Line]) -> dict[tuple[str, ...], float]:
    """Each country's part in percent: of a union's trade with the outside, of a country's with the world."""
    sums = {Key(*line[:5]): line[5] for line in lines if kind(line[1]) == "sum"}
    found: dict[tuple[str, ...], float] = {}
    for line in countries:
        key = Key(*line[:5])
        of_union = key.reporter in UNIONS
        if of_union and key.partner in WITHIN:
            continue
        whole = sums.get(key._replace(partner=EXTRA if of_union else WORLD))
        if whole is None and not of_union:
            outside, inside = (sums.get(key._replace(partner=one)) for one in (EXTRA, INTRA))
            whole = None if outside is None or inside is None else outside + inside
        if whole and line[5] is not None:
            found[line[:5]] = round(100 * line[5] / whole, 2)
    return found


def _table(
    data: TradeData,
    lines: Sequence[_Line],
    title: str,
    shares: dict[tuple[str, ...], float] | None = None,
) -> Table:
    """Rows without the codes in which all agree; the largest first, a single series in the order of its periods."""
    products = {line[2] for line in lines}
    named = labels([code for code in products if code != TOTAL and len(code) <= 6], LABEL) if len(products) > 1 else {}
    if len({line[:4] for line in lines}) > 1:
        lines = sorted(lines, key=lambda line: (line[4], -(line[5] or 0)))
    heads = ["reporter", "partner", "name", "product", "label", "flow", "period", VALUE, WEIGHT, QUANTITY, "share %"]
    cells: list[tuple[Cell, ...]] = [
        (
            *(line[0], line[1], data.names.get(line[1], line[1]), line[2], named.get(line[2], ""), line[3], line[4]),
            *(line[5], line[6], line[7], (shares or {}).get(line[:5])),
        )
        for line in lines
    ]
    of_all = {
        "reporter": data.rows.reporter,
        "partner": data.rows.partner,
        "product": data.rows.product,
        "flow": data.rows.flow,
    }
    several = {head for head, column in of_all.items() if len(set(column)) > 1}
    several |= {"name"} if "partner" in several else set()
    several |= {"label"} if named else set()
    several |= {"period"} if len(data.periods) > 1 else set()
    several |= {head for at, head in enumerate(heads) if at > 6 and any(row[at] is not None for row in cells)} | {VALUE}
    kept = [at for at, head in enumerate(heads) if head in several]
    return Table(
        tuple(heads[at] for at in kept),
        [tuple(row[at] for at in kept) for row in cells],
        title,
        frozenset({VALUE}),
        frozenset({WEIGHT}),
        units={QUANTITY: "unit of the CN code"},
    )
