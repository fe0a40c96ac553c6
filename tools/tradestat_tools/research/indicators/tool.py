"""The tool `trade_indicators`: indicators of trade on the figures of stored answers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from tradestat_tools.codes.groups import Group, group_named
from tradestat_tools.codes.groups import group as read_group
from tradestat_tools.codes.hs import cut
from tradestat_tools.codes.names import Lang, group_name
from tradestat_tools.codes.spans import Span, span
from tradestat_tools.codes.units import SIGNIFICANT, significant
from tradestat_tools.codes.words import CodeError, fold
from tradestat_tools.contract.context import Context, merged
from tradestat_tools.contract.tool import Tool
from tradestat_tools.model.answers import Answer, Cell, Data, Note, NoteCode, Table
from tradestat_tools.model.arguments import ArgumentError, Arguments, Meaning, reads
from tradestat_tools.model.errors import NoData
from tradestat_tools.model.flow import Kind, read_product
from tradestat_tools.model.observation import Observation
from tradestat_tools.research.arguments import NOTHING_SAID, BasePeriod, FlowWord, Handles, NamesIn
from tradestat_tools.research.indicators import formulas as pure
from tradestat_tools.research.indicators import measures
from tradestat_tools.research.indicators.rows import (
    ALL,
    DIMENSIONS,
    Gathered,
    Line,
    Options,
    Outcome,
    gather,
    selected,
)
from tradestat_tools.research.indicators.together import domestic_exports
from tradestat_tools.research.repeats import Repeated, area_name, notes_on
from tradestat_tools.upstream.runtime import in_thread

Name = Literal[
    "share",
    "growth",
    "cagr",
    "index",
    "hhi",
    "hhi_normalised",
    "top_n",
    "rca",
    "rsca",
    "balance",
    "normalised_balance",
    "unit_value",
    "grubel_lloyd",
    "intensity",
    "contributions",
    "quantity_unit_value",
]


@dataclass(frozen=True, slots=True)
class Known:
    """An indicator.

    Args:
        formula: with x for exports, m for imports, v for values, q for quantities.
        reference: who defined it; "" for what needs none.
        unit: of the value; "" for money.
        run: works it out on rows.
    """

    formula: str
    reference: str
    unit: str
    run: Callable[[Sequence[Observation], Options], Outcome]


INDICATORS: dict[Name, Known] = {
    "share": Known("v / V", "", "fraction", measures.shares),
    "growth": Known("v1 / v0 - 1, on the same period a year before", "", "fraction", measures.growth),
    "cagr": Known("(v_n / v_0) ** (1 / n) - 1 over n years", "", "fraction a year", measures.compound_growth),
    "index": Known("100 v / v_base", "", "base = 100", measures.index),
    "hhi": Known(
        "Σ s², s the shares of all members",
        "Herfindahl (1950); Hirschman (1945)",
        "1/n to 1",
        partial(measures.concentration, measure=pure.herfindahl_hirschman),
    ),
    "hhi_normalised": Known(
        "(HHI - 1/n) / (1 - 1/n)",
        "Herfindahl (1950); Hirschman (1945)",
        "0 to 1",
        partial(measures.concentration, measure=pure.normalised_herfindahl_hirschman),
    ),
    "top_n": Known("sum of the n largest / sum of all", "concentration ratio", "fraction", measures.largest),
    "rca": Known(
        "(x_ij / X_i) / (x_wj / X_w)", "Balassa (1965)", "ratio", partial(measures.advantage, symmetric=False)
    ),
    "rsca": Known(
        "(RCA - 1) / (RCA + 1)",
        "Laursen (1998); Dalum, Laursen and Villumsen (1998)",
        "-1 to 1",
        partial(measures.advantage, symmetric=True),
    ),
    "balance": Known("x - m", "", "", lambda rows, _: measures.two_flows(rows, pure.balance)),
    "normalised_balance": Known(
        "(x - m) / (x + m)", "", "-1 to 1", lambda rows, _: measures.two_flows(rows, pure.normalised_balance)
    ),
    "unit_value": Known("v / q", "", "money for each unit", measures.unit_value),
    "grubel_lloyd": Known(
        "1 - |x - m| / (x + m); over all products 1 - Σ|x - m| / Σ(x + m)",
        "Grubel and Lloyd (1975)",
        "0 to 1",
        measures.grubel_lloyd,
    ),
    "intensity": Known(
        "(x_ij / X_i) / (M_j / M_w)",
        "Brown (1949); Kojima (1964)",
        "ratio",
        measures.intensity,
    ),
    "contributions": Known(
        "(v1 - v0) / V0 of each member; they add up to the growth of V", "", "fraction", measures.contributions
    ),
    "quantity_unit_value": Known(
        "Δv = mean(p) Δq + mean(q) Δp, p = v / q; the value is the part of quantity",
        "Bennet (1920)",
        "",
        measures.quantity_and_unit_value,
    ),
}

MONEY = frozenset(
    {"figure", "before", "after", "first", "last", "exports", "imports", "by_unit_value", "change", "of", "sum"}
)
"""Figures beside an indicator that are in the currency."""

COUNTS = {"members": "count", "lacking": "count", "products": "count", "years": "years", "on_period_before": "fraction"}
"""Units of the others."""

FEWEST_DIGITS = 3
"""Significant digits of an indicator, however small the figures behind it are."""

MOST_OF_NAME = 40

BOTH_FLOWS = frozenset({"balance", "normalised_balance", "grubel_lloyd"})


def _word(value: Any) -> Any:
    return fold(value).replace(" ", "_") if isinstance(value, str) else value


def _closed_span(text: str) -> Span:
    """A range with both of its ends.

    Raises:
        ArgumentError: it leans on the newest period, which stored figures have not.
    """
    meant = span(text)
    if meant.first is None or meant.last is None:
        raise ArgumentError("Stored figures have no newest period of their own.", allowed="2023, 2019-2023, 2024-03")
    return meant


class IndicatorArguments(Arguments):
    """Which indicator, of the figures of which answers."""

    indicator: Annotated[Name, BeforeValidator(_word)] = Field(description="What to work out.")
    result: Handles = Field(
        min_length=1,
        max_length=10,
        description="Handles (r…) of answers with figures, put together: comtrade_data, trade_series, import_file ...",
    )
    by: Annotated[Literal["", "partner", "product", "reporter", "period"], BeforeValidator(_word)] = Field(
        default="",
        description="What the members are, of share, hhi, top_n, contributions; left out, that of which there are "
        "several. grubel_lloyd by product is also over all products.",
    )
    flow: Annotated[Literal["", "X", "M", "RX", "DX"], FlowWord, Meaning.FLOW] = Field(
        default="", description="X exports, M imports, RX re-exports or DX domestic exports (X less RX) only."
    )
    group: Annotated[Group | None, reads(read_group, max_length=60)] = Field(
        default=None,
        description="For share: a group (ASEAN) taken together.",
        json_schema_extra=NOTHING_SAID,
    )
    period: Annotated[Span | None, reads(_closed_span, max_length=60), Meaning.PERIOD] = Field(
        default=None,
        description="Only figures of these periods: 2023, 2019-2023. cagr, contributions and quantity_unit_value go "
        "from the first to the last.",
        json_schema_extra=NOTHING_SAID,
    )
    level: int | None = Field(
        default=None, ge=1, le=10, description="Only products of that level: digits of an HS code (2, 4, 6)."
    )
    source: str = Field(
        default="", pattern=r"^[A-Za-z_]{0,40}$", description="Only figures of that source, where several have them."
    )
    n: int = Field(default=3, ge=1, le=1000, description="How many of the largest, for top_n.")
    base: BasePeriod = Field(
        default=None,
        description="The period that is 100, for index; left out, the first.",
        json_schema_extra=NOTHING_SAID,
    )
    missing: Annotated[Literal["refuse", "skip"], BeforeValidator(_word)] = Field(
        default="refuse",
        description="skip leaves out members without a figure, and measures members alone that are not all of the "
        "reported total; else both are undefined.",
    )
    lang: NamesIn = "en"

    def rows_of(self, gathered: Gathered) -> tuple[list[Observation], list[Repeated]]:
        """The figures that are meant, each cell once; and the cells that are stated more than once, differently."""
        flow = "" if self.flow == "DX" else self.flow
        return selected(gathered.rows, flow=flow, source=self.source.lower(), level=self.level, span=self.period)

    @property
    def options(self) -> Options:
        """What was asked beside the indicator."""
        return Options(self.by or None, self.n, self.base, self.missing == "skip", self.group, self.lang)


class IndicatorData(Data):
    """One row for each value; what all rows share stands in `common`. Null is not defined, and `why` says why."""

    indicator: Name
    formula: str
    reference: str | None = None
    unit: str
    common: dict[str, str] = Field(description="What all rows share: flow, reporter, partner, product, period.")
    columns: list[str]
    more_units: dict[str, str] = Field(default_factory=dict, description="Of the figures beside the indicator.")
    rows: list[list[str | int | float | None]] = Field(
        description="Worked-out figures have at most six significant digits, fewer where those behind them have fewer."
    )

    def tables(self) -> list[Table]:
        shared = ", ".join(f"{name} {what}" for name, what in self.common.items())
        percent = self.unit.startswith("fraction")
        of = {self.indicator, "on_period_before"} if percent else set[str]()
        rows: list[tuple[Cell, ...]] = [
            tuple(_percent(cell) if name in of else cell for name, cell in zip(self.columns, row, strict=True))
            for row in self.rows
        ]
        heads = tuple(f"{name} %" if name in of else name for name in self.columns)
        title = f"{self.indicator} = {self.formula}" + (f" ({self.reference})" if self.reference else "")
        units = {self.indicator: self.unit, **self.more_units}
        named = {
            head: "percent" if name in of else units.get(name) for head, name in zip(heads, self.columns, strict=True)
        }
        known = {head: unit for head, unit in named.items() if unit}
        return [Table(heads, rows, title=f"{title}; {shared}" if shared else title, units=known)]


async def trade_indicators(context: Context, asked: IndicatorArguments) -> Answer[IndicatorData]:
    """An indicator of the figures of stored answers. No service is asked.

    Raises:
        NoData: nothing is kept under a handle, or no figure is left to work with.
        InvalidQuery: the figures can not be put together, or lack what the indicator needs; with the call that gets it.
    """
    chosen = {"flow": asked.flow, "source": asked.source.lower()}
    wanted = {name: (text,) for name, text in chosen.items() if text}
    gathered = await gather(context, asked.result, **wanted)
    rows, repeated = await in_thread(partial(asked.rows_of, gathered))
    known = INDICATORS[asked.indicator]
    said = Outcome()
    if asked.flow == "DX":
        rows = domestic_exports(rows, said)
    outcome = await in_thread(partial(known.run, rows, asked.options))
    outcome.said = said.said | outcome.said
    if not outcome.lines:
        raise NoData(
            f"The figures hold nothing that {asked.indicator} could be worked out of.",
            remedy="It needs several members, or several periods, of one flow: " + known.formula,
        )
    data = _data(asked.indicator, known, outcome.lines, rows, asked.lang)
    if asked.flow == "DX":
        data.common["flow"] = "DX (X less RX)"
    source = merged(gathered.sources, "trade_indicators", gathered.handles, unit=data.unit.replace("fraction", "%"))
    return Answer(
        what=f"{asked.indicator} of {len(rows)} figures{_goods(rows, asked.lang)}, {_when(rows)}",
        data=data,
        source=source.model_copy(update={"calls": 0, "credits_charged": None}),  # nothing was asked
        notes=[*notes_on(repeated, gathered.places() if repeated else None), *_notes(asked, rows, outcome)],
    )


def _data(name: Name, known: Known, lines: Sequence[Line], rows: Sequence[Observation], lang: Lang) -> IndicatorData:
    currency, resolution = rows[0].currency, max(one.resolution for one in rows)
    dimensions = [one for one in DIMENSIONS if len({line.of[one] for line in lines}) > 1]
    more = list(dict.fromkeys(key for line in lines for key in line.more))
    why = any(line.found.value is None for line in lines)
    labels = {one: [_label(one, line.of[one], lang) for line in lines] for one in DIMENSIONS}
    kinds = {one.product: _kind(one) for one in rows}
    codes = [line.of["product"] for line in lines] if "product" in dimensions else []
    names = [_product_name(kinds.get(code), code, lang) for code in codes]
    return IndicatorData(
        indicator=name,
        formula=known.formula,
        reference=known.reference or None,
        unit=known.unit.replace("money", currency) or currency,
        common={one: labels[one][0] for one in DIMENSIONS if one not in dimensions},
        columns=[*dimensions, *(["product_name"] if names else []), name, *more, *(["why"] if why else [])],
        more_units={key: unit for key in more if (unit := currency if key in MONEY else COUNTS.get(key))},
        rows=[
            [
                *(labels[one][at] for one in dimensions),
                *names[at : at + 1],
                rounded(line, resolution, is_money=not known.unit),
                *(_beside(key, line.more.get(key)) for key in more),
                *([line.found.why] if why else []),
            ]
            for at, line in enumerate(lines)
        ],
    )


def rounded(line: Line, resolution: float, *, is_money: bool) -> float | None:
    """An indicator with no digits beyond those of the figures that stand beside it; money in cents at most."""
    value = line.found.value
    if value is None or is_money:
        return _in_cents(value)
    figures = [abs(figure) for key in MONEY & {*line.more} if isinstance(figure := line.more[key], int | float)]
    known = [len(str(int(figure / resolution))) for figure in figures if figure >= resolution]
    return significant(value, max(FEWEST_DIGITS, min([SIGNIFICANT, *known])))


def _beside(key: str, value: str | float | None) -> str | float | None:
    """A figure beside an indicator."""
    if not isinstance(value, float):
        return value
    return _in_cents(value) if key in MONEY else significant(value)


def _in_cents(value: float | None) -> float | None:
    return round(value, 2) if isinstance(value, float) else value


@cache
def _product_name(kind: Kind | None, code: str, lang: Lang) -> str | None:
    """What a code of goods or services is, cut where it is long; None of what stands for several."""
    try:
        if kind is None:
            return None
        label = read_product(code, kind).named(lang)
    except CodeError:  # a code of another list
        return None
    return label if len(label) <= MOST_OF_NAME else f"{label[: MOST_OF_NAME - 1]}…"


def _percent(cell: Cell) -> Cell:
    return round(100 * cell, 4) if isinstance(cell, int | float) else cell


def _kind(one: Observation) -> Kind:
    return "services" if one.classification.startswith("EB") else "goods"


def _label(dimension: str, code: str, lang: Lang) -> str:
    if dimension not in ("reporter", "partner") or code == ALL:
        return code
    group = group_named(code)
    return group_name(lang, group) if group and group.id == code else area_name(code, lang)


def _goods(rows: Sequence[Observation], lang: Lang) -> str:
    """What the figures are of: named where they are of one product, else how many."""
    codes = {one.product for one in rows}
    if len(codes) > 1:
        return f" of {len(codes)} products"
    code = next(iter(codes))
    try:
        product = read_product(code, _kind(rows[0]))
    except CodeError:  # a code of another list
        return f" of {code}"
    name = product.named(lang)
    return f" of {code} {cut(name, 60)}" if name != code else f" of {code}"


def _when(rows: Sequence[Observation]) -> str:
    first, last = min(one.period for one in rows), max(one.period for one in rows)
    return str(first) if first == last else f"{first} to {last}"


def _notes(asked: IndicatorArguments, rows: Sequence[Observation], outcome: Outcome) -> list[Note]:
    notes = [Note(code=NoteCode.SUBSET, text=text) for text in outcome.said]
    valuations = {(one.flow, one.valuation) for one in rows if one.valuation}
    if asked.indicator in BOTH_FLOWS and len({valuation for _, valuation in valuations}) > 1:
        text = "Exports FOB beside imports CIF: freight and insurance are on one side only."
        notes.append(Note(code=NoteCode.VALUATION, text=text))
    return notes


TRADE_INDICATORS = Tool(
    name="trade_indicators",
    title="Tradestat: indicators of trade",
    description=(
        "Works out an indicator on the figures of answers you already have, by their handles: share, growth, cagr, "
        "index, hhi, hhi_normalised, top_n, rca and rsca (revealed comparative advantage), balance, "
        "normalised_balance, unit_value, grubel_lloyd, intensity, contributions (to growth), quantity_unit_value (what "
        "each did to a change). Formula and reference in the answer; what is not defined says why; totals are never "
        "counted as members. Asks no service and costs nothing; where figures are lacking it names the call that gets "
        "them."
    ),
    arguments=IndicatorArguments,
    data=IndicatorData,
    run=trade_indicators,
    example={"indicator": "hhi", "result": ["rk3v7q2m5xa"], "by": "partner"},
    local=True,
    kept=True,
)
