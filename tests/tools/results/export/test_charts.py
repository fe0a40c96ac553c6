"""Charts in reports: the page's drawing and the workbook's own chart show the answer's figures, gaps included."""

import io
import re
import zipfile
from datetime import UTC, datetime
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tradestat_tools.contract.results import StoredResult
from tradestat_tools.model.answers import Provenance, Table
from tradestat_tools.results.chart.figure import Axis, Figure, Kind, Series
from tradestat_tools.results.export.html_page import write_html
from tradestat_tools.results.export.plain_text import write_markdown
from tradestat_tools.results.export.report import Exported, Report
from tradestat_tools.results.export.xlsx import write_xlsx

VALUES: list[int | float | None] = [1_500_000, None, 0, 2_250_000.5]
ROLES: dict[Kind, list[str]] = {
    "lines": ["value", "value"],
    "bars": ["value"],
    "shares": ["value", "rest", "total"],
    "treemap": ["value"],
    "balance": ["exports", "imports", "balance"],
    "mirror": ["exporter", "importer", "best"],
    "seasonality": ["value", "average"],
    "bubble": ["share", "growth", "value"],
    "map": ["value"],
}


def figure(kind: Kind, values: list[int | float | None] | None = None, **given: Any) -> Figure:
    rows = VALUES if values is None else values
    labels = [str(2021 + at) for at in range(len(rows))]
    series = [Series.model_validate({"name": role, "role": role, "values": rows}) for role in ROLES[kind]]
    return Figure(
        kind=kind,
        title="Korea's exports <b>",
        finding=["In 2024: 2.25 million US dollars."],
        unit="US dollars",
        power=2,
        axis=Axis(kind="periods", name="year", labels=labels),
        series=series,
        source="Korea Customs Service",
        results=["raaaaaaaaaa"],
        arguments={"result": ["raaaaaaaaaa"]},
        **given,
    )


def report(*figures: Figure) -> Report:
    source = Provenance(
        service="Korea Customs Service", endpoint="x", address="https://customs.invalid/x", state="fresh",
        retrieved_at=datetime(2026, 10, 5, tzinfo=UTC), unit="US dollars",
    )  # fmt: skip
    table = Table(("year", "value"), [("2024", 5)])
    stored = StoredResult("raaaaaaaaaa", "t", {}, "Korea's exports", (table,), source, (), {"data": {}})
    return Report(tuple(Exported(stored, ((1, table),), (), (), one) for one in figures))


def workbook(one: Report) -> tuple[Any, list[str]]:
    file = io.BytesIO()
    write_xlsx(one, file)
    with zipfile.ZipFile(file) as parts:
        charts = [parts.read(name).decode() for name in parts.namelist() if name.startswith("xl/charts/chart")]
    return openpyxl.load_workbook(file), charts


@pytest.mark.parametrize("kind", ROLES)
def test_a_workbook_draws_every_kind_of_chart_over_the_figures_own_values(kind: Kind) -> None:
    book, charts = workbook(report(figure(kind)))
    assert book.sheetnames == ["Summary", "Table 1", "Chart data", "Sources"]
    rows = [[cell.value for cell in row] for row in book["Chart data"].iter_rows(min_row=2)]
    assert rows[0] == ["year", *ROLES[kind]]
    assert [row[1] for row in rows[1:5]] == VALUES
    (chart,) = charts
    assert "dispBlanksAs" not in chart, "left out, it means a gap; the others would be a zero or a line across"
    drawn = set(re.findall(r"<c:val>.*?<c:f>'Chart data'!\$([A-Z])\$3:", chart)) | set(
        re.findall(r"<c:yVal>.*?<c:f>'Chart data'!\$([A-Z])\$3:", chart)
    )
    skipped = {"total"} if kind == "shares" else {"share", "value"} if kind == "bubble" else set[str]()
    assert drawn == {"BCDE"[at] for at, role in enumerate(ROLES[kind]) if role not in skipped}


@settings(deadline=None, max_examples=50)
@given(st.lists(st.none() | st.integers(-(10**14), 10**14) | st.floats(-1e14, 1e14), min_size=1, max_size=20))
def test_what_a_workbook_draws_is_what_the_figure_holds(values: list[int | float | None]) -> None:
    book, _ = workbook(report(figure("lines", values)))
    rows = book["Chart data"].iter_rows(min_row=3, max_row=2 + len(values), min_col=2, max_col=2, values_only=True)
    assert [row[0] for row in rows] == values


def test_synthetic_figures_are_called_so_in_a_workbooks_chart() -> None:
    _, charts = workbook(report(figure("lines", sandbox=True)))
    assert "SANDBOX, synthetic figures, not statistics: Korea" in charts[0]


def test_several_charts_lie_below_each_other_each_with_its_values() -> None:
    book, charts = workbook(report(figure("lines"), figure("bars", [7, 8])))
    assert len(charts) == 2
    column = [row[0].value for row in book["Chart data"].iter_rows()]
    assert column.index("2021", 6) > column.index("2024")
    anchors = [chart.anchor._from.row for chart in book["Summary"]._charts]
    assert anchors[1] - anchors[0] > 20


def test_a_page_and_a_text_say_what_was_found_before_the_chart_the_basis_and_the_table() -> None:
    file = io.BytesIO()
    write_html(report(figure("lines", sandbox=True)), file)
    body = file.getvalue().decode()
    places = [body.index(one) for one in ("In 2024: 2.25 million", "<svg", 'class="basis"', "<table>")]
    assert places == sorted(places)
    assert "Korea&#x27;s exports &lt;b&gt;" in body
    assert f'data-values="{" ".join("" if one is None else repr(one) for one in VALUES)}"' in body or "data-v" in body
    text = io.BytesIO()
    write_markdown(report(figure("lines")), text)
    assert "In 2024: 2.25 million US dollars." in text.getvalue().decode()


def test_two_drawings_on_a_page_share_no_name() -> None:
    file = io.BytesIO()
    write_html(report(figure("lines"), figure("bars")), file)
    names = re.findall(r'\bid="([^"]+)"', file.getvalue().decode())
    assert len(names) == len(set(names))
