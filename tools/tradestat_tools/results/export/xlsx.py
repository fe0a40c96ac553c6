"""XLSX, by XlsxWriter: it keeps one row in memory, needs no other package, and takes no text for a formula.

Openpyxl does the last, and takes 1.2 times as long (200,000 rows of 8 columns: 12.9 s against 10.6 s, November 2026).
"""

import re
from collections.abc import Sequence
from html import escape
from importlib import import_module
from typing import Any, BinaryIO

from tradestat_tools.model.answers import Cell, Table
from tradestat_tools.model.errors import TooLarge
from tradestat_tools.results.citation import SANDBOX
from tradestat_tools.results.export.report import Report, basis, cells, heading, plain
from tradestat_tools.results.export.xlsx_chart import DATA, ROWS, Charts, Exact

SUMMARY, SOURCES = "Summary", "Sources"
MOST_ROWS, MOST_COLUMNS = 1_048_576, 16_384
LONGEST_TEXT = 32_767
"""Characters of a cell, as UTF-16 counts them."""
LONGEST_NAME = 31
DIGITS = 15
"""Significant digits that Excel keeps of a number."""
LOOKED_AT = 200
"""Rows by which the width of columns is chosen."""

_UNREADABLE = re.compile("[\x00-\x1f\ufffe\uffff]")
"""Characters that XML can not hold. XlsxWriter escapes them in cells, but not in the names of sheets."""


def write_xlsx(report: Report, file: BinaryIO) -> None:
    """A sheet of what was found, one for each table, one of the sources. Texts stay texts, missing cells are empty.

    Raises:
        TooLarge: a table has more rows or columns than a sheet can have.
    """
    for _, number, table in report.sheets():
        if len(table.rows) >= MOST_ROWS or len(table.columns) > MOST_COLUMNS:
            raise TooLarge(
                f"{heading(number, table)} has {len(table.rows):,} rows and {len(table.columns):,} columns; a sheet of "
                f"XLSX holds {MOST_ROWS - 1:,} and {MOST_COLUMNS:,}.",
                remedy="Export it as csv or parquet.",
            )
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    # Loaded only where it is asked for; by name, because it has types for a part of itself only.
    book = import_module("xlsxwriter").Workbook(file, {**options, "strings_to_numbers": False})
    book.set_properties({"title": _text(report.title)[:255], "comments": _text("; ".join(_citations(report)))[:255]})
    first = book.add_worksheet(SUMMARY)
    formats = _Formats(book)
    sheets = list(report.sheets())
    names = sheet_names([table.title or f"Table {number}" for _, number, table in sheets])
    odd = sum(
        _write_table(book.add_worksheet(name), table, formats)
        for name, (_, _, table) in zip(names, sheets, strict=True)
    )
    if odd:
        report.remarks.append(
            f"{odd:,} cells are texts that are cut to {LONGEST_TEXT:,} characters, or whole numbers of more than "
            f"{DIGITS} digits, which Excel would round: those are written as text."
        )
    _write_summary(first, report, names, formats, Charts(book))
    _write_sources(book.add_worksheet(SOURCES), report, formats)
    book.close()


class _Formats:
    """The looks of cells: heads, plain amounts and amounts with a part below one."""

    def __init__(self, book: Any) -> None:
        self.head: Any = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self.text: Any = book.add_format({"num_format": "@"})
        self.wrapped: Any = book.add_format({"text_wrap": True, "valign": "top"})
        self.whole: Any = book.add_format({"num_format": "#,##0"})
        self.parts: Any = book.add_format({"num_format": "#,##0.00"})
        self.title: Any = book.add_format({"bold": True, "font_size": 16, "text_wrap": True, "valign": "top"})
        self.answer: Any = book.add_format({"bold": True, "font_size": 12, "text_wrap": True, "top": 1})
        self.basis: Any = book.add_format({"font_color": "#4A5560", "text_wrap": True, "valign": "top"})
        self.warning: Any = book.add_format({"bold": True, "font_color": "#B00020", "text_wrap": True})


def sheet_names(titles: Sequence[str]) -> list[str]:
    """Names of sheets that Excel takes: at most 31 characters, some excluded, none twice in any case."""
    taken = {SUMMARY.lower(), SOURCES.lower(), DATA.lower(), "history"}
    names: list[str] = []
    for title in titles:
        clean = " ".join(re.sub(r"[\[\]:*?/\\]", " ", _UNREADABLE.sub(" ", plain(title))).split()).strip("'") or "Table"
        name, number = _short(clean, LONGEST_NAME), 2
        while name.lower() in taken:
            end = f" ({number})"
            name = _short(clean, LONGEST_NAME - len(end)) + end
            number += 1
        taken.add(name.lower())
        names.append(name)
    return names


def _short(text: str, most: int) -> str:
    return _first(text, most).strip().strip("'")


def _first(text: str, most: int) -> str:
    """At most so many UTF-16 units, which is what Excel counts."""
    return text.encode("utf-16-le")[: 2 * most].decode("utf-16-le", "ignore")


def _write_summary(sheet: Any, report: Report, names: Sequence[str], formats: _Formats, charts: Charts) -> None:
    """What each answer is and shows, on what its figures rest, and what to know about them."""
    sheet.set_column(0, 0, 110)
    sheet.hide_gridlines(2)
    sheet.fit_to_pages(1, 0)
    sheet.set_row(0, 44)  # two lines of the title: no reader but Excel finds the height itself
    row = 0

    def write(said: str, look: Any) -> None:
        nonlocal row
        sheet.write_string(row, 0, _text(_first(plain(said), LONGEST_TEXT)), look)
        row += 1

    write(report.title, formats.title)
    if report.sandbox:
        write(SANDBOX, formats.warning)
    for answer in report.answers:
        if len(report.answers) > 1:
            write(answer.stored.what, formats.answer)
        if figure := answer.figure:
            for line in figure.finding:
                write(line, formats.wrapped)
            charts.insert(sheet, row, figure)
            row += ROWS
        cited = ", ".join(map(str, report.numbers(answer)))
        write(f"{basis(answer)} [{cited}]" if cited else basis(answer), formats.basis)
        for note in answer.stored.notes:
            write(note.text, formats.wrapped)
    write(f"On the sheets: {'; '.join([*names, *charts.sheets, SOURCES])}", formats.basis)


def _write_sources(sheet: Any, report: Report, formats: _Formats) -> None:
    """The numbered references, then all that is known of each answer's origin."""
    sheet.set_column(0, 0, 18)
    sheet.set_column(1, 1, 110)
    lines = [*((f"[{at}]", one) for at, one in enumerate(report.references, start=1)), *report.about()]
    for row, (label, said) in enumerate(lines):
        look = formats.warning if label == "SANDBOX" else formats.wrapped
        sheet.write_string(row, 0, label, look)
        sheet.write_string(row, 1, _text(_first(said, LONGEST_TEXT)), look)


def _write_table(sheet: Any, table: Table, formats: _Formats) -> int:
    """Write a table; says how many cells could not be written as they are."""
    sheet.freeze_panes(1, 0)
    for at, width in enumerate(_widths(table)):
        sheet.set_column(at, at, width)
    if table.rows:
        sheet.autofilter(0, 0, len(table.rows), len(table.columns) - 1)
        # The green corners that Excel puts on codes, which are texts of digits.
        sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{len(table.rows) + 1}"})
    for at, column in enumerate(table.columns):
        sheet.write_string(0, at, _text(column), formats.head)
    amounts = [column in table.measures or column in table.weights for column in table.columns]
    odd = 0
    for number, row in enumerate(table.rows, start=1):
        for at, cell in enumerate(cells(row)):
            odd += _write_cell(sheet, number, at, cell, formats, is_amount=amounts[at])
    return odd


def _write_cell(sheet: Any, row: int, at: int, cell: Cell, formats: _Formats, *, is_amount: bool) -> bool:
    if cell is None:
        return False
    if isinstance(cell, str):
        text = plain(cell)
        whole = _first(text, LONGEST_TEXT) == text and len(_text(text)) <= LONGEST_TEXT
        sheet.write_string(row, at, _text(text if whole else f"{_first(text, LONGEST_TEXT - 1)}…"), formats.text)
        return not whole
    if isinstance(cell, int) and int(float(f"{cell:.{DIGITS}g}")) != cell:
        sheet.write_string(row, at, str(cell), formats.text)
        return True
    look = (formats.whole if cell == int(cell) else formats.parts) if is_amount else None
    sheet.write_number(row, at, cell if isinstance(cell, int) else Exact(cell), look)
    return False


def _text(text: str) -> str:
    """Text as XlsxWriter takes it. It passes on a text between <r> and </r> as the XML that it looks like."""
    sound = plain(text)
    if sound.startswith("<r>") and sound.endswith("</r>"):
        return f'<r><t xml:space="preserve">{escape(sound, quote=False)}</t></r>'
    return sound


def _widths(table: Table) -> list[float]:
    """Widths of columns in characters; Chinese and Korean ones are twice as wide."""
    widest = [min(40, _columns(column)) for column in table.columns]
    for row in table.rows[:LOOKED_AT]:
        for at, cell in enumerate(row):
            shown = f"{cell:,}" if isinstance(cell, int | float) else cell or ""
            widest[at] = max(widest[at], min(60, _columns(shown)))
    return [width + 2 for width in widest]


def _columns(text: str) -> int:
    return sum(1 if char < "\u1100" else 2 for char in text)


def _citations(report: Report) -> list[str]:
    return [citation for answer in report.answers for citation in answer.citations]
