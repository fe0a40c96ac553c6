"""CSV, JSON and Markdown."""

import csv
import io
import json
import re
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from itertools import chain
from typing import BinaryIO

from tradestat_tools.model.answers import Cell
from tradestat_tools.results.citation import SANDBOX
from tradestat_tools.results.export.report import Report, basis, cells, heading, numeric, plain

FORMULA = re.compile(r"'*\s*[=+\-@\uff0b\uff0d\uff1d\uff20]|'*[\t\r\n]")
"""How a text begins that a spreadsheet may take for a formula, also after the apostrophe that is put before it, so that
taking one away gives back every text. Wide forms too: Excel reads them so in Japanese (OWASP, "CSV Injection")."""

GUARDED = (
    "A text that a spreadsheet could take for a formula (it begins with = + - @, a tab or a line break) has an "
    "apostrophe before it. Numbers have none."
)
AS_TEXT = (
    "UTF-8 with a byte order mark, comma-separated, first line the columns. A spreadsheet that opens it by a double "
    "click drops the zeros before a code: import the columns of codes as text, or export xlsx."
)


@contextmanager
def text_layer(
    file: BinaryIO, encoding: str, *, errors: str = "strict", newline: str = "\n"
) -> Generator[io.TextIOWrapper]:
    """Text over a file, which stays open after it."""
    text = io.TextIOWrapper(file, encoding=encoding, errors=errors, newline=newline)
    try:
        yield text
    finally:
        text.detach()


def write_csv(report: Report, file: BinaryIO) -> None:
    """One table as RFC 4180 says, in UTF-8 with a byte order mark, by which Excel knows that it is UTF-8."""
    ((_, _, table),) = report.sheets()
    guarded = 0
    with text_layer(file, "utf-8-sig", newline="") as text:
        writer = csv.writer(text)
        for row in chain([table.columns], table.rows):
            kept = cells(row)
            written = [_csv_cell(cell) for cell in kept]
            guarded += written != kept
            writer.writerow(written)
    report.remarks.append(AS_TEXT)
    if guarded:
        report.remarks.append(GUARDED)


def write_about(report: Report, file: BinaryIO) -> None:
    """What is to be known about CSV files, which have no place for it: one `label: text` a line."""
    with text_layer(file, "utf-8") as text:
        text.writelines(f"{label}: {' '.join(about.split())}\n" for label, about in report.about())


def write_json(report: Report, file: BinaryIO) -> None:
    """Each answer whole: its structured content, and its tables row by row with null for a missing figure."""
    # Not by `json.dumps`: with the text of a large answer in memory there would be a second copy of it.
    encoder = json.JSONEncoder(ensure_ascii=False)
    with text_layer(file, "utf-8", errors="replace") as text:
        text.write("{\n")
        if report.sandbox:
            text.write(f'"warning": {encoder.encode(SANDBOX)},\n')
        text.write('"results": [')
        for position, answer in enumerate(report.answers):
            stored = answer.stored
            text.write(",\n{\n" if position else "\n{\n")
            for name, value in (
                ("result", stored.handle),
                ("tool", stored.tool),
                ("arguments", stored.arguments),
                ("citations", answer.citations),
            ):
                text.write(f'"{name}": {encoder.encode(value)},\n')
            text.write('"answer": ')
            text.writelines(encoder.iterencode(stored.structured))
            text.write(',\n"tables": [')
            for number, (_, table) in enumerate(answer.tables):
                text.write(",\n" if number else "\n")
                text.write(f'{{"title": {encoder.encode(table.title)}, "columns": {encoder.encode(table.columns)}, ')
                text.write('"rows": [')
                for at, row in enumerate(table.rows):
                    text.write(f"{',' if at else ''}\n{encoder.encode(cells(row))}")
                text.write("\n]}")
            text.write("\n]\n}")
        text.write("\n]\n}\n")


def write_markdown(report: Report, file: BinaryIO) -> None:
    """As the page: the tables, what to know, the sources, how to ask again. Nothing in a cell is Markdown or HTML."""
    with text_layer(file, "utf-8") as text:
        text.write(f"# {_markdown(report.title)}\n\n")
        if report.sandbox:
            text.write(f"{_markdown(SANDBOX)}\n\n")
        for at, answer in enumerate(report.answers, start=1):
            if len(report.answers) > 1:
                text.write(f"## {at}\\. {_markdown(answer.stored.what)}\n\n")
            if answer.figure:
                text.write(f"{_markdown(' '.join(answer.figure.finding))}\n\n")
            text.write(f"{_markdown(basis(answer))}\n")
            for number, table in answer.tables:
                text.write(f"\n### {_markdown(heading(number, table))}\n\n")
                text.write(_markdown_row(table.columns))
                text.write("|" + "|".join("---:" if right else "---" for right in numeric(table)) + "|\n")
                text.writelines(_markdown_row(cells(row)) for row in table.rows)
            text.write("\n")
            text.writelines(f"- {_markdown(note.text)}\n" for note in answer.stored.notes)
            text.write("\n")
        text.write("## Sources\n\n")
        text.writelines(f"{at}. {_markdown(one)}\n" for at, one in enumerate(report.references, start=1))
        text.write("\n## How to ask again\n\n")
        text.writelines(f"- {_markdown(label)}: {_markdown(about)}\n" for label, about in report.about())


def _csv_cell(cell: Cell) -> str | int | float | None:
    return f"'{cell}" if isinstance(cell, str) and FORMULA.match(cell) else cell


def _markdown_row(row: Iterable[Cell]) -> str:
    return "| " + " | ".join("" if cell is None else _markdown(str(cell)) for cell in row) + " |\n"


def _markdown(text: str) -> str:
    """What could mean something within a line is escaped; line ends become blanks."""
    return re.sub(r"([\\`*_{}\[\]<>|#!~&$])", r"\\\1", " ".join(plain(text).split()))
