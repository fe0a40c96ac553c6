"""Tables for people, in the terminal. Without colour where NO_COLOR is set or the output is no terminal."""

from collections.abc import Sequence

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table as RichTable

from tradestat_server.render import cell_text, clean
from tradestat_tools.answers import Cell, Table
from tradestat_tools.source import KeyInfo
from tradestat_tools.sources import all_sources

PLAIN_WIDTH = 110
"""Columns where the output is a file or a pipe, which have no width of their own."""


class Terminal(Console):
    """The console that every command draws on: stdout, readable in a file as well."""

    def __init__(self) -> None:
        super().__init__(highlight=False)
        if not self.is_terminal:
            self.width = PLAIN_WIDTH


def draw(terminal: Terminal, table: Table, *, most_rows: int) -> None:
    """Draw a table of an answer, its first `most_rows` rows, and say how many more there are."""
    drawn = RichTable(box=box.SIMPLE_HEAD, title=escape(clean(table.title)) or None, title_justify="left")
    for index, column in enumerate(table.columns):
        is_figure = _holds_figures([row[index] for row in table.rows])
        drawn.add_column(escape(clean(column)), justify="right" if is_figure else "left", no_wrap=is_figure)
    for row in table.rows[:most_rows]:
        drawn.add_row(*(escape(cell_text(cell)) for cell in row))
    terminal.print(drawn)
    if len(table.rows) > most_rows:
        terminal.print(f"  ... and {len(table.rows) - most_rows} more rows", style="dim")


def tools_table(terminal: Terminal) -> None:
    """Draw every tool by source, with the source's key and each call's cost."""
    for source in all_sources():
        drawn = RichTable(box=box.SIMPLE_HEAD, title_justify="left", title_style="bold", expand=False)
        drawn.title = escape(f"{source.name} - {key_in_words(source.key)}")
        for column in ("tool", "what it gives", "cost of a call"):
            drawn.add_column(column, no_wrap=column == "tool")
        for endpoint in source.endpoints:
            drawn.add_row(endpoint.name, escape(endpoint.title), escape(endpoint.cost))
        terminal.print(drawn)


def key_in_words(key: KeyInfo | None) -> str:
    """Whether a source needs a key, and which variable holds it."""
    if key is None:
        return "no key"
    return f"key in {key.variable}" if key.required else f"optional key in {key.variable}"


def _holds_figures(cells: Sequence[Cell]) -> bool:
    return any(isinstance(cell, int | float) for cell in cells) and not any(isinstance(cell, str) for cell in cells)
