"""Tables for people, in the terminal. Without colour where NO_COLOR is set or the output is no terminal."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.measure import Measurement
from rich.table import Table as RichTable

from tradestat_server.mcp.listing import cards_of
from tradestat_server.text.tables import cell_text
from tradestat_tools.catalogue import Catalogue
from tradestat_tools.codes.words import clean
from tradestat_tools.contract.source import KeyInfo
from tradestat_tools.contract.tool import OWN_NAME
from tradestat_tools.model.answers import Cell, Table

LABEL_WIDTH = 28
"""Columns of a cell of text; a longer one goes on below."""

WORD_WIDTH = 10
"""Columns that a word keeps, so that codes stay whole."""

MOST_WIDTH = 1_000
"""More columns than any table here takes."""

PLAIN_WIDTH = 110
"""Columns where the output is a file or a pipe, which have no width of their own."""


class Terminal(Console):
    """The console that every command draws on: stdout, readable in a file as well."""

    def __init__(self) -> None:
        super().__init__(highlight=False)
        if not self.is_terminal:
            self.width = PLAIN_WIDTH


def draw(terminal: Console, table: Table, *, most_rows: int) -> None:
    """Draw a table of an answer, its first `most_rows` rows, and say how many more there are."""
    drawn = RichTable(box=box.SIMPLE_HEAD, title=escape(clean(table.title)) or None, title_justify="left")
    for index, column in enumerate(table.columns):
        cells = [row[index] for row in table.rows[:most_rows]]
        words = [cell_text(cell) for cell in cells] if _are_figures(cells) else _words(cells)
        longest = max((len(word) for word in words), default=0)
        if _are_figures(cells):
            drawn.add_column(escape(clean(column)), justify="right", min_width=longest)
        else:
            drawn.add_column(escape(clean(column)), min_width=min(longest, WORD_WIDTH), max_width=LABEL_WIDTH)
    for row in table.rows[:most_rows]:
        drawn.add_row(*(escape(cell_text(cell)) for cell in row))
    # Wider than a narrow terminal if need be, and never cut: part of a figure is another figure.
    least = Measurement.get(terminal, terminal.options.update_width(MOST_WIDTH), drawn).minimum
    terminal.print(drawn, width=max(terminal.width, least), crop=False)
    if len(table.rows) > most_rows:
        terminal.print(f"  ... and {len(table.rows) - most_rows} more rows", style="dim")


def tools_table(terminal: Console, offered: Catalogue) -> None:
    """Draw every tool by source, with the source's key and each call's cost."""
    cards = {card.name: card for card in cards_of(offered.tools)}
    of_sources = [(f"{one.name} - {key_in_words(one.key)}", one.offers) for one in offered.sources.values()]
    for title, names in (*of_sources, (OWN_NAME, tuple(offered.own))):
        drawn = RichTable(box=box.SIMPLE_HEAD, title=escape(title), title_justify="left", title_style="bold")
        for column in ("tool", "what it gives", "cost of a call"):
            drawn.add_column(column, no_wrap=column == "tool")
        for name in names:
            drawn.add_row(name, escape(cards[name].title), escape(cards[name].cost))
        terminal.print(drawn)


def truth_table(terminal: Console, report: Mapping[str, Any]) -> None:
    """Draw what really flowed in the synthetic world, and what each source of the sandbox shows of it."""
    terminal.print(f"SANDBOX: the synthetic world of {report['today']}, not statistics.", style="bold")
    flow = f"{report['exporter']} to {report['importer']}, {report['product']}, {report['period']}"
    rows: list[tuple[Cell, ...]] = [
        ("true value", "", report["fob_usd"], "USD", "FOB"),
        ("the exporter's record", report["exporter"], report["exporter_reported"], "USD", "FOB"),
        ("the importer's record", report["importer"], report["importer_reported"], "USD", "CIF"),
    ]
    for name, seen in report["sources"].items():
        rows.append((name, seen["reporter"], seen["value"], seen["unit"], seen["valuation"]))
    draw(terminal, Table(("view", "reporter", "value", "unit", "valuation"), rows, title=flow), most_rows=len(rows))
    for effect in report["effects"]:
        amount = cell_text(effect["amount_usd"])
        terminal.print(escape(f"  {effect['side']}: {effect['kind']} {amount} USD, {effect['detail']}"), style="dim")
    for note in report["notes"]:
        terminal.print(escape(f"  note: {note}"), style="dim")
    terminal.print("  A dash: that source has not published it, or never does for such a period.", style="dim")


def key_in_words(key: KeyInfo | None) -> str:
    """Whether a source needs a key, and which variable holds it."""
    if key is None:
        return "no key"
    return f"key in {key.variable}" if key.required else f"optional key in {key.variable}"


def _words(cells: Sequence[Cell]) -> list[str]:
    return [word for cell in cells for word in cell_text(cell).split()]


def _are_figures(cells: Sequence[Cell]) -> bool:
    return any(isinstance(cell, int | float) for cell in cells) and not any(isinstance(cell, str) for cell in cells)
