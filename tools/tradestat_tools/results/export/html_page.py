"""A report as one HTML page: no script, nothing from elsewhere, and made to be printed."""

import io
from collections.abc import Sequence
from html import escape
from typing import BinaryIO

from tradestat_tools.model.answers import Cell, Table
from tradestat_tools.results.chart.drawing.draw import draw
from tradestat_tools.results.citation import SANDBOX
from tradestat_tools.results.export.plain_text import text_layer
from tradestat_tools.results.export.report import (
    MISSING,
    Exported,
    Report,
    basis,
    cells,
    heading,
    numeric,
    plain,
    repeat,
)

STYLE = """\
:root { color-scheme: light; }
body { font: 15px/1.5 system-ui, "Noto Sans", "Noto Sans CJK SC", sans-serif; color: #1b1f24; background: #fff;
  margin: 2.5em auto; max-width: 62em; padding: 0 1.25em; }
h1 { font-size: 1.6em; line-height: 1.25; margin: 0 0 .4em; } h2 { font-size: 1.2em; margin: 2.2em 0 .3em; }
h3 { font-size: 1em; margin: 1.6em 0 .4em; }
.sandbox { border: 2px solid #b00020; color: #b00020; padding: .5em 1em; font-weight: bold; }
.basis, .sources, .caveats, details { color: #4a5560; font-size: .9em; }
.basis { margin: 0 0 1em; } .finding { font-size: 1.1em; margin: .2em 0 .8em; }
.caveats li, .sources li { margin: .2em 0; overflow-wrap: anywhere; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .15em 1em; }
dt { font-weight: 600; } dd { margin: 0; overflow-wrap: anywhere; }
.chart { margin: 1em 0; } .chart svg { max-width: 100%; height: auto; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { border-bottom: 1px solid #dfe3e8; padding: .25em .8em; text-align: left; vertical-align: top; }
th { border-bottom: 2px solid #8a94a0; position: sticky; top: 0; background: #fff; }
:is(th, td):first-child { padding-left: 0; } .n { text-align: right; white-space: nowrap; }
summary { cursor: pointer; font-weight: 600; }
@page { margin: 16mm 14mm; }
@media print {
  body { font-size: 9.5pt; margin: 0; max-width: none; padding: 0; }
  .wide { overflow: visible; } th { position: static; }
  thead { display: table-header-group; } tr, svg, li { break-inside: avoid; } h2, h3 { break-after: avoid; }
  details::details-content { content-visibility: visible; display: block; height: auto; }
}
"""
"""No size of paper is named, so that A4 and Letter both print as the printer has it."""

POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def write_html(report: Report, file: BinaryIO) -> None:
    """What was found first, with its tables and caveats; then the sources, and folded, how to ask again.

    A figure that is shown with separators has its exact value in a `data` element around it.
    """
    with text_layer(file, "utf-8") as text:
        title = escape(report.title)
        text.write(
            '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
            '<meta name="viewport" content="width=device-width">\n'
            f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
            f"<title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>\n"
        )
        if report.sandbox:
            text.write(f'<p class="sandbox">{escape(SANDBOX)}</p>\n')
        several = len(report.answers) > 1
        if several:
            _write_summary(text, report)
        for at, answer in enumerate(report.answers, start=1):
            text.write(f'<section id="s{at}">\n')
            if several:
                text.write(f"<h2>{at}. {escape(plain(answer.stored.what))}</h2>\n")
            _write_answer(text, report, answer)
            text.write("</section>\n")
        _write_sources(text, report)
        _write_repeat(text, report)
        text.write("</body>\n</html>\n")


def _write_summary(text: io.TextIOWrapper, report: Report) -> None:
    """Of several answers: what each is, on what it rests, and from whom."""
    text.write('<div class="wide"><table class="summary">\n<thead><tr><th scope="col">Section</th>')
    text.write('<th scope="col">What</th><th scope="col">Basis</th></tr></thead>\n<tbody>\n')
    for at, answer in enumerate(report.answers, start=1):
        cited = _numbers(report, answer)
        what = escape(plain(answer.stored.what))
        text.write(f"<tr><td>{at}</td><td>{what}</td><td>{escape(basis(answer))}{cited}</td></tr>\n")
    text.write("</tbody>\n</table></div>\n")


def _write_answer(text: io.TextIOWrapper, report: Report, answer: Exported) -> None:
    if figure := answer.figure:
        text.write(f'<p class="finding">{"<br>".join(escape(plain(line)) for line in figure.finding)}</p>\n')
        text.write(f'<div class="chart">{draw(figure)}</div>\n')
    text.write(f'<p class="basis">{escape(basis(answer))}{_numbers(report, answer)}</p>\n')
    for number, table in answer.tables:
        if table.title or len(answer.tables) > 1:
            text.write(f"<h3>{escape(heading(number, table))}</h3>\n")
        _write_table(text, table)
    caveats = [note.text for note in answer.stored.notes]
    if caveats:
        text.write('<h3>What to know</h3>\n<ul class="caveats">\n')
        text.writelines(f"<li>{escape(plain(caveat))}</li>\n" for caveat in caveats)
        text.write("</ul>\n")


def _numbers(report: Report, answer: Exported) -> str:
    numbers = report.numbers(answer)
    return f" [{', '.join(map(str, numbers))}]" if numbers else ""


def _write_sources(text: io.TextIOWrapper, report: Report) -> None:
    """The numbered references, then what their publishers ask to be said."""
    text.write('<h2>Sources</h2>\n<div class="sources">\n')
    if report.references:
        text.write("<ol>\n")
        text.writelines(f'<li id="r{at}">{escape(one)}</li>\n' for at, one in enumerate(report.references, start=1))
        text.write("</ol>\n")
    every = [terms for answer in report.answers for terms in answer.terms]
    said = [one for terms in every for one in (terms.licence, terms.disclaimer)]
    text.writelines(f"<p>{escape(plain(one))}</p>\n" for one in dict.fromkeys([*said, MISSING]) if one)
    text.write("</div>\n")


def _write_repeat(text: io.TextIOWrapper, report: Report) -> None:
    text.write("<details>\n<summary>How to ask again</summary>\n")
    for answer in report.answers:
        text.write("<dl>\n")
        text.writelines(f"<dt>{escape(label)}</dt><dd>{escape(plain(one))}</dd>\n" for label, one in repeat(answer))
        text.write("</dl>\n")
    text.writelines(f"<p>{escape(plain(remark))}</p>\n" for remark in report.remarks)
    text.write("</details>\n")


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
