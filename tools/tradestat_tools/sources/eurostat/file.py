"""SDMX-CSV of Comext as it is exported by hand or in bulk: one line a figure, as the service sends it too."""

from collections.abc import Hashable, Iterable, Iterator, Sequence

from tradestat_tools.codes.words import fold, shown
from tradestat_tools.model.answers import Cell, Note, NoteCode
from tradestat_tools.model.file_layout import (
    TOOL,
    CellFault,
    Column,
    Found,
    HeaderFault,
    Layout,
    Record,
    Said,
    hs_code,
    month_or_year,
    number,
    on_lengths,
    read_period,
)
from tradestat_tools.model.observation import Observation, Status
from tradestat_tools.sources.eurostat.arguments import EXPORT, IMPORT, TOTAL, read_flow
from tradestat_tools.sources.eurostat.codes import PARTS, current, kind, name
from tradestat_tools.sources.eurostat.flows import figure
from tradestat_tools.sources.eurostat.service import DATASETS, SOURCE_ID
from tradestat_tools.sources.eurostat.wire import MISSING, Key

_FIELDS = (
    *("DATAFLOW", "LAST UPDATE", "freq", "reporter", "partner", "product", "flow", "indicators"),
    *("TIME_PERIOD", "OBS_VALUE", "OBS_FLAG", "CONF_STATUS"),
)
"""The header of an answer of 2026, and SDMX-CSV's columns for what is said of a figure."""

_HEADS = {fold(field).replace(" ", ""): field for field in _FIELDS} | {"timeperiod": "period", "obsvalue": "figure"}
_REQUIRED = ("reporter", "partner", "product", "flow", "indicators", "period", "figure")

_VALUES = frozenset(one.value for one in DATASETS.values())
_WEIGHTS = {one.weight: one.kilograms for one in DATASETS.values()}
_INDICATORS = frozenset({"VALUE_NAC", *(name for one in DATASETS.values() for name in one.indicators)})


class Comext(Layout):
    """One line a figure; `indicators` says what it is."""

    id = "eurostat"
    name = "Eurostat Comext (SDMX-CSV)"
    source = SOURCE_ID
    encodings = ("utf-8",)
    expected = "the header of Comext's SDMX-CSV: reporter, partner, product, flow, indicators, TIME_PERIOD, OBS_VALUE"
    required = tuple(frozenset({one}) for one in _REQUIRED)
    measures = frozenset({"figure"})
    money = frozenset[str]()

    def __init__(self, columns: Sequence[Column], said: Said) -> None:
        super().__init__(columns, said)
        if said.period is not None:
            raise HeaderFault("The file says its periods.", "no period", argument="period", remedy="Leave it out.")
        if said.unit is not None:
            raise HeaderFault(
                "The file says by indicators what each figure is.", "no unit", argument="unit", remedy="Leave it out."
            )

    @classmethod
    def column(cls, head: str) -> Column | None:
        field = _HEADS.get(fold(head).replace(" ", ""))
        return Column(field) if field else None

    @property
    def currency(self) -> str:
        return "EUR"

    @property
    def unit(self) -> str:
        return "as `indicators` says: euros, hundreds of kilograms, kilograms, or the unit of the CN code"

    @property
    def valuation(self) -> str:
        return "imports CIF, exports FOB"

    def cell(self, field: str, text: str) -> Cell:
        if field == "figure":
            return None if text in MISSING else number(text, signed=True)
        if field == "period":
            month_or_year(text)
        elif field == "product" and text != TOTAL:
            hs_code(text, (2, 4, 6, 8))
        elif field == "flow" and text not in (IMPORT, EXPORT):
            raise CellFault(f"{shown(text)} is not a flow", "1 (import) or 2 (export)")
        elif field == "indicators" and text not in _INDICATORS:
            raise CellFault(f"{shown(text)} is not an indicator", ", ".join(sorted(_INDICATORS)))
        elif field in ("reporter", "partner") and not (text.isascii() and text.replace("_", "").isalnum()):
            raise CellFault(f"{shown(text)} is not a code of GEONOM", "a code such as DE, WORLD or EXT_EU27_2020")
        return text or None

    def check(self, record: Record) -> None:
        flow = read_flow(str(record["flow"]))
        if self.said.flow is not None and flow != self.said.flow:
            raise CellFault(
                f"{shown(str(record['flow']))} is not the flow that was said",
                "one flow, as said by the argument flow",
                field="flow",
                remedy="Leave flow out: the file says the flow of every row.",
            )

    def key(self, record: Record) -> Hashable:
        return (*_cell(record), record["indicators"])

    def observe(self, records: Iterable[Record]) -> Iterator[Observation]:
        """A figure for each value; its weight where that stands next to it, as the service sends them."""
        held: dict[Key, tuple[float | None, float | None]] = {}
        for record in records:
            at = _cell(record)
            if at not in held:
                yield from _figures(held)
                held = {at: (None, None)}
            value, kg = held[at]
            given, indicator = record["figure"], str(record["indicators"])
            if isinstance(given, int | float):
                value = given if indicator in _VALUES else value
                kg = round(given * _WEIGHTS[indicator], 2) if indicator in _WEIGHTS else kg
            held[at] = value, kg
        yield from _figures(held)

    def subject(self, found: Found) -> str:
        reporters = sorted({current(str(record["reporter"])) for record in found.distinct("reporter")})
        flows = sorted({read_flow(str(record["flow"])) for record in found.distinct("flow")})
        whose = f"{len(reporters)} reporters" if len(reporters) > 1 else name(reporters[0])
        return f"{' and '.join({'M': 'imports', 'X': 'exports'}[flow] for flow in flows)} of {whose}"

    def notes(self, found: Found) -> Iterator[Note]:
        text = "A figure is euros, a weight or a quantity, as `indicators` says: choose one before adding up."
        yield Note(code=NoteCode.UNIT, text=text)
        partners = {current(str(record["partner"])) for record in found.distinct("partner")}
        if sums := sorted(code for code in partners if kind(code) == "sum" or code in PARTS):
            text = f"{', '.join(sums)}: sums of other partners, or parts of GB (XU, XI), not to be added to them."
            yield Note(code=NoteCode.DOUBLE_COUNTING, text=text)
        if others := sorted(code for code in partners if kind(code) in ("secret", "unspecified", "stores")):
            named = ", ".join(f"{code} ({name(code)})" for code in others)
            yield Note(code=NoteCode.NOT_SPECIFIED_AREAS, text=f"No countries, and part of the sums: {named}.")
        periods = [str(record["period"]) for record in found.distinct("period")]
        if len({read_period(one).frequency for one in periods}) > 1:
            text = "Years and months stand side by side: a year contains its months."
            yield Note(code=NoteCode.DOUBLE_COUNTING, text=text)
        yield from on_lengths(found)


def _cell(record: Record) -> Key:
    """What a line is a figure of, sums under the names of today."""
    return Key(
        current(str(record["reporter"])),
        current(str(record["partner"])),
        str(record["product"]),
        read_flow(str(record["flow"])),
        str(read_period(str(record["period"]))),
    )


def _figures(held: dict[Key, tuple[float | None, float | None]]) -> Iterator[Observation]:
    for key, (value, kg) in held.items():
        if value is None and kg is None:
            continue
        status = Status.MISSING if value is None else Status.REPORTED
        if (found := figure(key, read_period(key.when), value, kg, status=status, tool=TOOL)) is not None:
            yield found
