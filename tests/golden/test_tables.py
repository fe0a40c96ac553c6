"""What is true of every table of every answer: its figures have units, and its rows an order."""

import json
import re
from collections.abc import Iterator
from itertools import groupby, pairwise
from typing import Any

import pytest
from golden_answers.play import ANSWERS
from golden_answers.scenes import SCENES
from golden_answers.steps import Ask

from tradestat_server.mcp.context import open_context
from tradestat_tools.catalogue import catalogue
from tradestat_tools.model.answers import Cell, Table
from tradestat_tools.model.errors import TradestatError

WITHOUT_UNIT = {"year", "Year", "aggrLevel", "level", "since"}
"""Columns of numbers that are years and levels."""

RECORDS = {"Measure", "Summary", "what", "column", "what shows it", "prefer", "side and reason"}
"""Heads of tables that are one record, or sentences, and no list."""

LISTS = {"search_codes", "comtrade_reference", "get_products_hs", "get_services_ebops", "usage", "import_file", "query"}
"""Tools whose rows are in the order of relevance, of a classification or of a file, or as the caller asked."""

AS_ASKED = {"markets", "topProducts", "priceband", "growth"}
"""Tools whose rows are in the order that was asked for, or that the service ranks them by."""

FEWEST = 300


def structured() -> Iterator[tuple[str, dict[str, Any]]]:
    for file in sorted(ANSWERS.iterdir()):
        for page in re.split("^## ", file.read_text(encoding="utf-8"), flags=re.MULTILINE):
            tool, _, rest = page.partition(" | ")
            found = rest.partition("-- structured\n")[2].replace('"<bytes>"', "1").partition("-- data\n")[0]
            if found.startswith("{") and "characters in all, sha256" not in found:
                yield tool, json.JSONDecoder().raw_decode(found)[0]


def is_number(cell: object) -> bool:
    return isinstance(cell, int | float) and not isinstance(cell, bool)


def test_every_column_of_figures_of_every_golden_answer_names_its_unit() -> None:
    lacking: set[tuple[str, str]] = set()
    seen = 0
    for tool, answer in structured():
        if str(answer["what"]).startswith("Computed by SQL"):
            continue  # what a statement computes has whatever unit it makes
        for table in answer["tables"]:
            rows: list[list[Any]] = [row for row in table["rows"] if isinstance(row, list)]
            for at, column in enumerate(table["columns"]):
                cells: list[Any] = [row[at] for row in rows if row[at] is not None]
                if cells and all(map(is_number, cells)) and column not in WITHOUT_UNIT:
                    seen += 1
                    if not table.get("units", {}).get(column):
                        lacking.add((tool, column))
    assert not lacking
    assert seen > 2 * FEWEST


def test_percentages_are_called_percent() -> None:
    heads = {
        (column, table["units"].get(column))
        for _, answer in structured()
        for table in answer["tables"]
        for column in table["columns"]
        if "%" in column and column in table.get("units", {})
    }
    assert len(heads) > 5
    assert {unit for _, unit in heads} == {"percent"}


@pytest.mark.slow
@pytest.mark.anyio
async def test_the_rows_of_every_table_are_by_time_by_code_or_the_largest_first() -> None:
    seen, faults = 0, set[tuple[str, str, tuple[str, ...]]]()
    settings = catalogue().settings(_env_file=None, TRADESTAT_SANDBOX=True)
    async with open_context(settings) as context:
        asked = [step for scene in SCENES for step in scene.steps if isinstance(step, Ask)]
        for step in {(step.tool, json.dumps(step.arguments)): step for step in asked}.values():
            if step.tool in LISTS | AS_ASKED or step.tool not in context.tools:
                continue
            try:
                answer = await context.call(step.tool, dict(step.arguments))
            except TradestatError:
                continue
            seen += 1
            first: list[Cell] = []
            for table in answer.data.tables():
                labels = [row[0] for row in table.rows]
                if not is_ordered(table) and labels != [one for one in first if one in labels]:
                    faults.add((step.tool, table.title, table.columns))
                first = first or labels
    assert not faults
    assert seen > FEWEST


def is_ordered(table: Table) -> bool:
    """Whether some column, or exports and imports together, rises or falls from row to row as far as it has cells."""
    # All others together stand last, however large they are.
    rows = table.rows[:-1] if table.rows and "other" in str(table.rows[-1][:2]).lower() else table.rows
    if len(rows) < 3 or table.columns[0] in RECORDS:
        return True
    columns: list[list[Cell]] = [list(column) for column in zip(*rows, strict=True)]
    named = dict(zip(table.columns, columns, strict=True))
    if "expDlr" in named and "impDlr" in named:
        both = zip(named["expDlr"], named["impDlr"], strict=True)
        columns.append([sum(float(cell or 0) for cell in pair) for pair in both])
    if "amount" in named:
        columns.append([abs(float(cell or 0)) for cell in named["amount"]])
    return any(map(is_monotone, columns)) or in_blocks(table)


def in_blocks(table: Table) -> bool:
    """Whether the rows of each series stand together, by time; which series comes first is told by their totals."""
    if "period" not in table.columns:
        return False
    at = table.columns.index("period")
    blocks = [(labels, [row[at] for row in block]) for labels, block in groupby(table.rows, key=lambda row: row[:at])]
    together = len({labels for labels, _ in blocks}) == len(blocks)
    return together and all(len(periods) == 1 or is_monotone(periods) for _, periods in blocks)


def is_monotone(cells: list[Cell]) -> bool:
    there: list[Any] = [cell for cell in cells if cell is not None and cell != ""]
    if len({type(cell) is str for cell in there}) != 1 or len(set(there)) < 2:
        return False
    pairs = list(pairwise(there))
    return all(a <= b for a, b in pairs) or all(a >= b for a, b in pairs)
