"""The figures of stored answers as points: one value with what it is of, its period and its unit.

They are the answers' common rows; of an answer that has none, or where a table is named, the cells of that table.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, get_args

from tradestat_tools.codes.countries import Area, area, by_code
from tradestat_tools.codes.ebops import ebops_path
from tradestat_tools.codes.labels import labels
from tradestat_tools.codes.names import Lang, as_lang, goods_name, hs_name, service_name
from tradestat_tools.codes.names import area_name as name_of_area
from tradestat_tools.codes.periods import Period, period
from tradestat_tools.codes.words import CodeError, clean, fold
from tradestat_tools.contract.kept import KeptRows
from tradestat_tools.contract.results import StoredResult, figures_of
from tradestat_tools.contract.tool import Tool, call_text
from tradestat_tools.model.answers import Cell, Note, NoteCode, Table
from tradestat_tools.model.errors import InvalidQuery, NoData, TooLarge
from tradestat_tools.model.observation import Observation, Status
from tradestat_tools.results.chart.arguments import ChartArguments
from tradestat_tools.results.query.overlap import TOTALS
from tradestat_tools.results.query.selection import column_number, table_number

MOST_ROWS = 100_000
LABEL = 60

COMMON = ("flow", "reporter", "partner", "product", "source")
"""What a common row is told apart by, in the order in which titles name it."""

FLOWS = {"X": "exports", "M": "imports", "RX": "re-exports", "RM": "re-imports"}
CURRENCIES = {"USD": "US dollars", "CNY": "RMB yuan", "EUR": "euros", "KRW": "South Korean won"}
MONEY = ("value", "index")
ALL_GOODS, ALL_SERVICES, WORLD = "TOTAL", "S", "0"

_PERIOD = re.compile(r"\d{4}(-\d{2}|Q[1-4]|-Q[1-4]|\d{2})?")
_THESE = re.compile(r"these \d+ partners")
"""What `trade_series` calls the sum of several partners."""

_RANKS = frozenset({"#", "rank", "no", "row"})
_ABOUT = frozenset({"status", "flag", "valuation", "unit", "currency"})
"""Columns that say what kind of figure stands in a row, and not of what it is; folded."""


@dataclass(frozen=True, slots=True)
class Point:
    """One value.

    Args:
        of: what it is told apart by, in the order of the points' dimensions.
        unit: of the value, in words.
    """

    of: tuple[str, ...]
    period: Period | None
    value: int | float | None
    unit: str
    status: Status = Status.REPORTED
    valuation: str | None = None


@dataclass(frozen=True, slots=True)
class Points:
    """All points, and what their codes mean.

    Args:
        dimensions: names of what points are told apart by.
        names: of the codes of each dimension, for people.
        common: whether they are common rows.
        notes: what was done to get them.
    """

    dimensions: tuple[str, ...]
    points: list[Point]
    names: Mapping[str, Mapping[str, str]]
    common: bool
    notes: list[Note] = field(default_factory=list[Note])


def points_of(stored: Sequence[StoredResult], asked: ChartArguments, tools: Mapping[str, Tool[Any, Any]]) -> Points:
    """The points of stored answers. Blocks long for a large file.

    Raises:
        InvalidQuery: no figures, or figures that need to be chosen among.
        TooLarge: too many rows.
    """
    if asked.table is None and asked.columns is None:
        rows = [(one, _observed(one, tools)) for one in stored]
        if any(found for _, found in rows):
            return _common(rows, asked)
    if len(stored) > 1:
        raise InvalidQuery(
            "Several answers are drawn together by their common rows, and these have none that are asked for.",
            argument="result",
            allowed="one handle",
            remedy=call_text("query", result=[one.handle for one in stored], sql="SELECT …")
            + " puts tables together; chart its result.",
        )
    return _shown(stored[0], asked)


def _worked_out(stored: StoredResult) -> list[str]:
    """The sums and differences in an answer of several series, which are no common rows, by name."""
    names: list[str] = []
    for one in stored.structured["data"].get("series", ()):
        if one.get("members"):
            names.append(one["product_name"] if "partner" in one else one["partner_name"])
        if one.get("flow") == "DX":
            names.append("domestic exports")
    return [name for name in dict.fromkeys(names) if not _THESE.fullmatch(name)]


def _observed(stored: StoredResult, tools: Mapping[str, Tool[Any, Any]]) -> Sequence[Observation]:
    tool = tools.get(stored.tool)
    found = figures_of(stored, tool) if tool else ()
    if len(found) > MOST_ROWS:
        raise TooLarge(
            f"{stored.handle} has {len(found):,} figures.",
            remedy=_take_from(stored, "SELECT … FROM common"),
        )
    return found


def _take_from(stored: StoredResult, sql: str) -> str:
    how = call_text("query", result=[stored.handle], sql=sql)
    return f"Take from it what is to be drawn: {how}, then chart that result."


def _common(rows: Sequence[tuple[StoredResult, Sequence[Observation]]], asked: ChartArguments) -> Points:
    points: list[Point] = []
    for _, found in rows:
        for one in found:
            value, unit = _measured(one, asked.measure)
            status = one.status if value is not None or one.value is None else Status.MISSING
            of = (one.flow, one.reporter, one.partner, one.product, one.source)
            points.append(Point(of, one.period, value, unit, status, one.valuation if asked.measure in MONEY else None))
    lacking = [stored.handle for stored, found in rows if not found]
    text = f"{', '.join(lacking)} has no figures as common rows and is not drawn."
    notes = [Note(code=NoteCode.ABSENT, text=text)] if lacking else []
    for stored, _ in rows:
        if names := _worked_out(stored):
            how = call_text("chart", result=[stored.handle], table="By period", only=names[:4])
            text = f"What the answer has worked out is not drawn beside what it is of; {how} draws it."
            notes.append(Note(code=NoteCode.DOUBLE_COUNTING, text=text))
    codes = {name: sorted({one.of[at] for one in points}) for at, name in enumerate(COMMON)}
    services = {one.product for _, found in rows for one in found if one.classification == "EBOPS"}
    lang = _lang_of([stored for stored, _ in rows])
    sources = {one.source: stored.source.service for stored, found in rows for one in found}
    names = {
        "flow": FLOWS,
        "reporter": {code: area_name(code, lang) for code in codes["reporter"]},
        "partner": {code: area_name(code, lang) for code in codes["partner"]},
        "product": product_names(codes["product"], services, lang),
        "source": sources,
    }
    return Points(COMMON, points, names, common=True, notes=notes)


def currency_name(code: str) -> str:
    """A currency in words where it is a usual one."""
    return CURRENCIES.get(code, code)


def _measured(one: Observation, measure: str) -> tuple[int | float | None, str]:
    if measure == "weight":
        return one.net_kg, "kg"
    if measure == "quantity":
        return one.quantity, one.quantity_unit or ""
    return one.value, currency_name(one.currency)


def area_of(code: str) -> Area | None:
    """The area of UN Comtrade's code."""
    return by_code("comtrade").get(code)


def area_name(code: str, lang: Lang = "en") -> str:
    """Its name; the code where there is none."""
    found = area_of(code)
    if found is None:
        try:
            found = area(code, system="comtrade")
        except CodeError:
            return code
    return name_of_area(lang, found)


def _lang_of(stored: Sequence[StoredResult]) -> Lang:
    """The language in which all answers were asked for."""
    found = {as_lang(one.arguments.get("lang", "en")) for one in stored}
    return next((lang for lang in get_args(Lang) if found == {lang}), "en")


def product_names(codes: Iterable[str], services: Collection[str] = (), lang: Lang = "en") -> dict[str, str]:
    """Products for people: `850760 Electric accumulators; lithium-ion`, `All goods`."""
    listed = list(codes)
    texts = labels((code for code in listed if code.isdecimal() and code not in services), LABEL)
    found: dict[str, str] = {}
    for code in listed:
        if code == ALL_GOODS:
            found[code] = hs_name(lang, code) or "all goods"
        elif code in services:
            found[code] = _service(code, lang)
        else:
            name = goods_name(lang, code, texts.get(code, "")).removesuffix(" > ")
            found[code] = f"{code} {name}" if name else code
    return found


def _service(code: str, lang: Lang) -> str:
    try:
        item = ebops_path(code)[-1]
    except CodeError:
        return "all services" if code == ALL_SERVICES else code
    name = service_name(lang, item)
    return f"{item.code} {name}" if code != ALL_SERVICES else name if lang != "en" else "all services"


# Tables as they were shown.


def _shown(stored: StoredResult, asked: ChartArguments) -> Points:
    table = stored.tables[table_number(stored, asked.table)] if stored.tables else None
    if table is None or not len(table.rows):
        raise NoData(
            f"{stored.handle} has no rows that could be drawn.", remedy="Chart an answer that has figures in a table."
        )
    if isinstance(table.rows, KeptRows) and len(table.rows) > MOST_ROWS:
        raise TooLarge(
            f"The table has {len(table.rows):,} rows.",
            remedy=_take_from(stored, "SELECT … FROM shown"),
        )
    return _Reading(stored, table, list(table.rows), asked).points()


class _Reading:
    """How a table is read: which columns hold periods, figures and names."""

    def __init__(
        self, stored: StoredResult, table: Table, rows: Sequence[tuple[Cell, ...]], asked: ChartArguments
    ) -> None:
        self._stored, self._table, self._rows, self._asked = stored, table, rows, asked
        chosen = [column_number(table, name, "columns") for name in asked.columns or ()]
        self._columns = chosen or list(range(len(table.columns)))
        self._wide = [at for at in self._columns if _is_period(table.columns[at]) and self._is_numeric(at)]
        self._when = next((at for at in self._all(chosen) if at not in self._wide and self._holds_periods(at)), None)
        self._figures = self._wide or self._measures(asked=bool(chosen))

    def _all(self, chosen: Sequence[int]) -> Iterator[int]:
        yield from chosen
        yield from (at for at in range(len(self._table.columns)) if at not in chosen)

    def points(self) -> Points:
        units = {at: self._unit(at) for at in self._figures}
        if not self._figures:
            raise InvalidQuery(
                "The table has no column of figures.", argument="columns", allowed=", ".join(self._table.columns)
            )
        if len({fold(unit) for unit in units.values()}) > 1:
            given = {"result": [self._stored.handle], "table": self._number(), "columns": self._example()}
            how = call_text("chart", **given)
            said = "; ".join(f"{self._table.columns[at]} in {unit}" for at, unit in units.items())
            raise InvalidQuery(
                f"The columns are in different units: {said}.",
                argument="columns",
                allowed="columns of one unit",
                remedy=f"Choose: {how}.",
            )
        named = self._named()
        many = len(self._figures) > 1 and not self._wide
        dimensions = (*(self._table.columns[at] for at in named), *(("column",) if many else ()))
        points = [
            Point(
                (*(self._label(row, at) for at in named), *((self._table.columns[figure],) if many else ())),
                self._period(row, figure),
                _figure(row[figure]),
                units[figure],
                Status.REPORTED if _figure(row[figure]) is not None else Status.MISSING,
                self._valuation(figure),
            )
            for row in self._rows
            for figure in self._figures
        ]
        names = {name: {one.of[at]: one.of[at] for one in points} for at, name in enumerate(dimensions)}
        return Points(dimensions, points, names, common=False)

    def _number(self) -> str:
        return str(self._stored.tables.index(self._table) + 1)

    def _example(self) -> list[str]:
        first = self._figures[0]
        same = [at for at in self._figures if fold(self._unit(at)) == fold(self._unit(first))]
        return [self._table.columns[at] for at in (*self._named(), *same)]

    def _measures(self, *, asked: bool) -> list[int]:
        """The columns of figures: those asked for; else those of the answer's unit, then of weight, then others."""
        numeric = [at for at in self._columns if at != self._when and self._is_numeric(at)]
        if asked:
            return numeric
        heads = self._table.columns
        numeric = [at for at in numeric if fold(heads[at]) not in _RANKS]
        by_worth: list[Callable[[int], bool]] = [
            lambda at: heads[at] in self._table.measures,
            lambda at: heads[at] in self._table.weights,
            lambda at: heads[at] in self._table.units or "%" in heads[at],
        ]
        for is_one in by_worth:
            if found := [at for at in numeric if is_one(at)]:
                return found if is_one(found[0]) and len({self._unit(at) for at in found}) == 1 else found[:1]
        return numeric[:1]

    def _named(self) -> list[int]:
        """The columns that tell rows apart: one that does so alone, else all that have more than one text."""
        texts = [
            at
            for at in self._columns
            if at not in self._figures
            and at != self._when
            and self._is_text(at)
            and (self._asked.columns or fold(self._table.columns[at]) not in _ABOUT)
        ]
        varying = [at for at in texts if len({row[at] for row in self._rows}) > 1]
        for at in varying:
            if len({(row[at], self._when is not None and row[self._when]) for row in self._rows}) == len(self._rows):
                return [at]
        return varying or texts[:1]

    def _label(self, row: tuple[Cell, ...], at: int) -> str:
        """A cell that names a row; a code together with the name that stands beside it."""
        text = clean(str(row[at] if row[at] is not None else "–"))
        if text.isdecimal():
            for beside in range(at + 1, len(row)):
                said = row[beside]
                if isinstance(said, str) and said and self._is_text(beside) and not said.isdecimal():
                    return f"{text} {clean(said)}"[:LABEL]
        return text[:LABEL]

    def _period(self, row: tuple[Cell, ...], figure: int) -> Period | None:
        if self._wide:
            return period(self._table.columns[figure])
        return None if self._when is None else _read_period(row[self._when])

    def _valuation(self, at: int) -> str | None:
        said = self._stored.source.valuation
        return said if said in ("FOB", "CIF") and self._table.columns[at] in self._table.measures else None

    def _unit(self, at: int) -> str:
        head = self._table.columns[at]
        known = self._table.units_of(self._stored.source.unit).get(head)
        return known or self._asked.unit or head

    def _is_numeric(self, at: int) -> bool:
        cells = [row[at] for row in self._rows if row[at] is not None and row[at] != ""]
        return bool(cells) and all(isinstance(cell, int | float) and not isinstance(cell, bool) for cell in cells)

    def _is_text(self, at: int) -> bool:
        return any(isinstance(row[at], str) and row[at] for row in self._rows)

    def _holds_periods(self, at: int) -> bool:
        cells = [row[at] for row in self._rows]
        named = fold(self._table.columns[at]) in ("period", "year", "month", "quarter", "time")
        return all(_read_period(cell) is not None for cell in cells) and (
            named or all(isinstance(cell, str) for cell in cells)
        )


def _is_period(text: str) -> bool:
    return _read_period(text) is not None


def _read_period(cell: Cell) -> Period | None:
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    text = str(cell)
    if not _PERIOD.fullmatch(text):
        return None
    try:
        return period(text)
    except CodeError:
        return None


def _figure(cell: Cell) -> int | float | None:
    return cell if isinstance(cell, int | float) and not isinstance(cell, bool) else None


def is_total(dimension: str, code: str, *, common: bool) -> bool:
    """Whether a code holds all others of its dimension."""
    if not common:
        return fold(code.partition(" (")[0]) in TOTALS or _THESE.fullmatch(code) is not None
    return code in {"reporter": (WORLD,), "partner": (WORLD,), "product": (ALL_GOODS, ALL_SERVICES)}.get(dimension, ())
