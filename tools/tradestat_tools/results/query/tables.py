"""Stored answers as the tables that SQL sees: each as it was shown, and the figures of all as common rows."""

from collections.abc import Mapping, Sequence
from typing import Any

from tradestat_tools.codes.countries import area
from tradestat_tools.codes.words import CodeError
from tradestat_tools.contract.kept import COMMON_COLUMNS, KeptFigures, KeptRows
from tradestat_tools.contract.results import StoredResult, figures_of
from tradestat_tools.contract.tool import Tool
from tradestat_tools.model.answers import Cell, Table
from tradestat_tools.model.observation import Observation
from tradestat_tools.results.query.sql import SqlTable

SHOWN = "shown"
COMMON = "common"

FIGURES = frozenset(("year", "month", "value", "weight", "quantity"))
"""`value` is in whole units of the currency that `unit` names, `weight` in kilograms; `month` is of months only."""


def sql_tables(
    stored: Sequence[StoredResult], chosen: Sequence[int], tools: Mapping[str, Tool[Any, Any]]
) -> list[SqlTable]:
    """What SQL sees of stored answers.

    `shown` is the chosen table of the first; every answer's chosen table has the name of its handle, each of its tables
    the handle with `_1`, `_2` after it. `common` has the figures of all that have any as common rows.

    Args:
        chosen: the number of each answer's table, from 0.
    """
    tables: list[SqlTable] = []
    for one, number in zip(stored, chosen, strict=True):
        if one.tables:
            tables.append(_named(one.handle, one.tables[number]))
        tables += [_named(f"{one.handle}_{at}", table) for at, table in enumerate(one.tables, 1) if len(one.tables) > 1]
    if stored[0].tables:
        tables.insert(0, _named(SHOWN, stored[0].tables[chosen[0]]))
    observed = {one.handle: figures_of(one, tools[one.tool]) for one in stored if one.tool in tools}
    rows = [
        _row(figure, handle)
        for handle, figures in observed.items()
        if not isinstance(figures, KeptFigures)
        for figure in figures
    ]
    files = tuple(
        (figures.path, figures.as_common(handle))
        for handle, figures in observed.items()
        if isinstance(figures, KeptFigures)
    )
    if rows or files:
        tables.insert(0, SqlTable(COMMON, COMMON_COLUMNS, rows, FIGURES, files))
    return tables


def _named(name: str, table: Table) -> SqlTable:
    columns: list[str] = []
    for column in table.columns:
        wanted, number = column or "column", 1
        while any(wanted.lower() == known.lower() for known in columns):  # SQL knows no case in names
            number += 1
            wanted = f"{column or 'column'} ({number})"
        columns.append(wanted)
    named = zip(table.columns, columns, strict=True)
    figures = frozenset(column for wanted, column in named if wanted in table.measures | table.weights)
    rows = table.rows
    files = ((rows.path, rows.as_shown(columns)),) if isinstance(rows, KeptRows) else ()
    return SqlTable(name, tuple(columns), () if files else rows, figures, files)


def _row(one: Observation, handle: str) -> tuple[Cell, ...]:
    period = one.period
    return (
        *(_name(one.reporter), one.reporter, _name(one.partner), one.partner, one.product, one.flow, str(period)),
        *(period.year, period.number if period.frequency == "month" else None, one.value, one.currency, one.net_kg),
        *(one.quantity, one.quantity_unit, one.valuation, one.status.value, one.source, handle),
    )


def _name(code: str) -> str:
    try:
        return area(code, system="comtrade").name_en
    except CodeError:
        return code
