"""A report as one HTML page: no script, nothing from elsewhere, and made to be printed."""

import io
from collections.abc import Sequence
from html import escape
from typing import BinaryIO

from tradestat_tools.model.answers import Cell, Table
from tradestat_tools.results.chart.drawing.draw import draw
from tradestat_tools.results.citation import SANDBOX
from tradestat_tools.results.export.picture import figure_in
from tradestat_tools.results.export.plain_text import text_layer
from tradestat_tools.results.export.report import Report, cells, heading, numeric, plain

STYLE = """\
body { font: 14px/1.45 system-ui, sans-serif; margin: 2em auto; max-width: 75em; padding: 0 1em; color: #1b1b1b; }
h1 { font-size: 1.5em; } h2 { font-size: 1.15em; margin-top: 2em; }
.sandbox { border: 2px solid #b00020; color: #b00020; padding: .5em 1em; font-weight: bold; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .15em 1em; }
dt { font-weight: 600; } dd { margin: 0; overflow-wrap: anywhere; }
.wide { overflow-x: auto; }
figure { margin: 1.5em 0; } figure svg { max-width: 100%; height: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { border-bottom: 1px solid #ddd; padding: .2em .7em; text-align: left; vertical-align: top; }
th { border-bottom: 2px solid #888; position: sticky; top: 0; background: #fff; }
.n { text-align: right; white-space: nowrap; }
@page { size: A4 landscape; margin: 14mm; }
@media print {
  body { font-size: 9pt; margin: 0; max-width: none; padding: 0; }
  .wide { overflow: visible; } th { position: static; }
  thead { display: table-header-group; } tr { break-inside: avoid; } h2 { break-after: avoid; }
}
"""

POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def write_html(report: Report, file: BinaryIO) -> None:
    """The page. A figure that is shown with separators has its exact value in a `data` element around it."""
    with text_layer(file, "utf-8") as text:
        title = escape(report.title)
        text.write(
            '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
            f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
            f"<title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>\n"
        )
        if report.sandbox:
            text.write(f'<p class="sandbox">{escape(SANDBOX)}</p>\n')
        text.write("<h2>About these figures</h2>\n<dl>\n")
        text.writelines(f"<dt>{escape(label)}</dt><dd>{escape(about)}</dd>\n" for label, about in report.about())
        text.write("</dl>\n")
        for answer in report.answers:
            if (figure := figure_in(answer)) is not None:
                text.write(f"<figure>\n{draw(figure)}</figure>\n")
        for _, number, table in report.sheets():
            text.write(f"<h2>{escape(heading(number, table))}</h2>\n")
            _write_table(text, table)
        text.write("</body>\n</html>\n")


def _write_table(text: io.TextIOWrapper, table: Table) -> None:
    amounts = [column in table.measures or column in table.weights for column in table.columns]
    right = numeric(table)
    heads = "".join(
        f'<th scope="col"{_CLASS[is_right]}>{escape(plain(column))}</th>'
        for column, is_right in zip(table.columns, right, strict=True)
    )
    text.write(f'<div class="wide"><table>\n<thead><tr>{heads}</tr></thead>\n<tbody>\n')
    text.writelines(_row(cells(row), amounts) for row in table.rows)
    text.write("</tbody>\n</table></div>\n")


_CLASS = {True: ' class="n"', False: ""}


def _row(row: Sequence[Cell], amounts: Sequence[bool]) -> str:
    shown = (f"<td{_CLASS[_is_number(one)]}>{_cell(one, is_amount)}</td>" for one, is_amount in zip(row, amounts))  # noqa: B905 - as long as each other
    return f"<tr>{''.join(shown)}</tr>\n"


def _is_number(cell: Cell) -> bool:
    return isinstance(cell, int | float)


def _cell(cell: Cell, is_amount: bool) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return escape(cell)
    return f'<data value="{cell!r}">{cell:,}</data>' if is_amount and abs(cell) >= 1000 else repr(cell)
