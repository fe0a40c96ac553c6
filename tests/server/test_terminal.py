"""Tables in the terminal."""

import io
import re

import pytest
from rich.console import Console

from tradestat_sandbox import truth_report
from tradestat_server.cli.terminal import PLAIN_WIDTH, Terminal, draw, truth_table
from tradestat_tools.model.answers import Cell, Table

FIGURES: list[Cell] = [15_068_522, 16_639_953, 19_496_399, 26_305_144]
TABLE = Table(
    ("partnerCd", "partner", "productCd", "product", "2022", "2023", "2024", "2025"),
    [("000", "World", "850760", "Electric accumulators; lithium-ion, including separators", *FIGURES)],
)


def drawn(table: Table, width: int, most_rows: int = 10) -> str:
    """The table as text on a terminal of that width."""
    file = io.StringIO()
    draw(Console(file=file, width=width), table, most_rows=most_rows)
    return file.getvalue()


@pytest.mark.parametrize("width", [20, 40, 60, 80, 110, 200])
def test_a_narrow_terminal_cuts_words_but_never_figures(width: int) -> None:
    text = drawn(TABLE, width)
    for figure in ("15,068,522", "16,639,953", "19,496,399", "26,305,144"):
        assert figure in text


@pytest.mark.parametrize("width", [100, 110, 200])
def test_a_table_that_fits_is_no_wider_than_the_terminal(width: int) -> None:
    assert max(len(line) for line in drawn(TABLE, width).splitlines()) <= width


def test_missing_is_a_dash_and_zero_a_zero() -> None:
    text = drawn(Table(("partner", "value"), [("Chad", None), ("Togo", 0)]), 80)
    assert re.search(r"Chad +–", text)
    assert re.search(r"Togo +0", text)


def test_rows_that_are_not_shown_are_counted() -> None:
    rows: list[tuple[Cell, ...]] = [(f"partner {number}", number) for number in range(10)]
    assert "7 more rows" in drawn(Table(("partner", "value"), rows), 80, most_rows=3)
    assert "more rows" not in drawn(Table(("partner", "value"), rows), 80)


def test_foreign_text_is_neither_markup_nor_control() -> None:
    text = drawn(Table(("part\x1bner [bold]",), [("[red]x[/red]\x1b[31m",)], title="[blue]t\x07"), 80)
    assert "\x1b" not in text
    assert "\x07" not in text
    assert "[red]x[/red]" in text
    assert "[bold]" in text


def test_a_file_has_a_width_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    assert Terminal().width == PLAIN_WIDTH


def test_the_truth_shows_every_view_with_its_unit(capsys: pytest.CaptureFixture[str]) -> None:
    report = truth_report("CN", "KR", "850760", "202412")
    truth_table(Terminal(), report)
    text = capsys.readouterr().out
    assert f"{report['fob_usd']:,}" in text
    for seen in report["sources"].values():
        assert seen["value"] is None or f"{seen['value']:,}" in text
        assert seen["unit"].split()[0] in text
    assert "SANDBOX" in text.splitlines()[0]
