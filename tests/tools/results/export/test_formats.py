"""Exported files, read back by other libraries: equal cell for cell."""

import csv
import io
import json
import math
import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from importlib import import_module
from typing import Any, BinaryIO

import openpyxl
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from openpyxl.utils.escape import unescape

from tradestat_tools.catalogue import catalogue
from tradestat_tools.contract.results import StoredResult
from tradestat_tools.model.answers import Cell, Note, NoteCode, Provenance, Table
from tradestat_tools.model.errors import TooLarge
from tradestat_tools.results.citation import Cited, one_line, reference
from tradestat_tools.results.export.html_page import write_html
from tradestat_tools.results.export.parquet import write_parquet
from tradestat_tools.results.export.plain_text import FORMULA, write_about, write_csv, write_json, write_markdown
from tradestat_tools.results.export.report import Exported, Report
from tradestat_tools.results.export.xlsx import sheet_names, write_xlsx

pq: Any = import_module("pyarrow.parquet")

Row = tuple[Cell, ...]

COLUMNS = ("code", "name", "2024", "change %")
ROWS: list[Row] = [
    ("850760", "锂离子蓄电池", 9007199254740993, 12.3456789),
    ("007", "대한민국", 0, None),
    ("1e5", "=1+1", None, -3.5),
    ("TRUE", "@SUM(A1)", -250, 0.0),
    ("NaN", "+49", 10**30, 0.1 + 0.2),
    ("2024-01", "-5", -(10**15), 1e22),
    ("01/02/2024", "a|b \\ `c` *d* <script>alert(1)</script> &amp;", 999_999_999_999_999, -0.001),
    ("'007", "'=1+1", 5, 5.0),
    ("", "tab\tline\r\nreturn\rend", 1, 1.5),
    ("_x0041_", '"quoted", and comma', 1_234_567, 1e-300),
]

CITED = Cited(
    id="comtrade",
    author="United Nations",
    dataset="UN Comtrade, comtrade_data",
    what="China: exports",
    publisher="UNSD",
    retrieved=date(2026, 10, 5),
    published=None,
    addresses=("https://comtradeapi.un.org/one", "https://comtradeapi.un.org/two"),
    sandbox=False,
)
TERMS = catalogue().sources["comtrade"].terms


def stored(tables: Sequence[Table], **given: Any) -> StoredResult:
    source: dict[str, Any] = {
        "service": "UN Comtrade", "endpoint": "comtrade_data",
        "address": "https://comtradeapi.un.org/data/v1/get/C/A/HS?period=2024",
        "retrieved_at": datetime(2026, 10, 5, 12, tzinfo=UTC), "published_at": date(2026, 9, 1), "state": "fresh",
        "unit": "US dollars", "currency": "USD", "valuation": "exports FOB", "coverage": "China",
    }  # fmt: skip
    return StoredResult(
        handle="raaaaaaaaaa",
        tool="comtrade_data",
        arguments={"cmdCode": "850760"},
        what="China: exports of 锂离子蓄电池",
        tables=tuple(tables),
        source=Provenance.model_validate(source | given),
        notes=(Note(code=NoteCode.FLAG, text="Estimated by the service <b>."),),
        structured={"what": "China: exports of 锂离子蓄电池", "data": {"values": [None, 0, 10**30]}},
    )


def report_of(*tables: Table, **given: Any) -> Report:
    one = stored(tables, **given)
    return Report((Exported(one, tuple(enumerate(tables, start=1)), (CITED,), (TERMS,)),))


def written(write: Any, report: Report) -> io.BytesIO:
    file = io.BytesIO()
    write(report, file)
    file.seek(0)
    return file


def table(rows: Sequence[Row] = ROWS, columns: Sequence[str] = COLUMNS, title: str = "") -> Table:
    return Table(tuple(columns), list(rows), title, measures=frozenset({"2024"}))


ODD = [
    "=1+1", "007", "1e5", "NaN", "TRUE", "-5", "2024-01-01", "'=x", "_x000D_", "<r>x</r>", "<r><t>y</t></r>",
    " lead", "锂", "\ud800",
]  # fmt: skip
texts = st.text(max_size=12) | st.sampled_from(ODD)
cells = st.one_of(st.none(), st.integers(), st.integers(-(10**20), 10**20), st.floats(allow_nan=False), texts)
finite = cells.filter(lambda cell: not isinstance(cell, float) or math.isfinite(cell))


@st.composite
def tables(draw: st.DrawFn) -> Table:
    width = draw(st.integers(1, 4))
    columns = tuple(f"c{at}" for at in range(width))
    rows = draw(st.lists(st.tuples(*[finite] * width), max_size=6))
    return Table(columns, rows, measures=frozenset(columns[:1]))


def sound(text: str) -> str:
    """Text as UTF-8 can hold it: half a character is no text."""
    return text.encode("utf-8", "replace").decode("utf-8")


def read_csv(file: BinaryIO) -> list[list[str]]:
    return list(csv.reader(io.TextIOWrapper(file, encoding="utf-8-sig", newline="")))


def unguarded(text: str) -> str:
    """A text without the apostrophe that was put before it, by the rule that `GUARDED` tells."""
    return text[1:] if text.startswith("'") and FORMULA.match(text) else text


def as_csv(cell: Cell) -> str:
    return "" if cell is None else sound(cell) if isinstance(cell, str) else repr(cell)


@given(tables())
@example(table())
def test_csv_is_equal_cell_for_cell(one: Table) -> None:
    head, *rows = read_csv(written(write_csv, report_of(one)))
    assert head == list(one.columns)
    read = [
        [unguarded(text) if isinstance(cell, str) else text for text, cell in zip(row, cells, strict=True)]
        for row, cells in zip(rows, one.rows, strict=True)
    ]
    assert read == [[as_csv(cell) for cell in row] for row in one.rows]


@given(tables())
@example(table())
def test_no_text_of_a_csv_file_begins_as_a_formula_does(one: Table) -> None:
    rows = read_csv(written(write_csv, report_of(one)))[1:]
    for row, cells in zip(rows, one.rows, strict=True):
        for text, cell in zip(row, cells, strict=True):
            if isinstance(cell, str):
                assert not text.lstrip().startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠"))
                assert not text.startswith(("\t", "\r", "\n"))


def test_csv_says_that_it_is_utf_8_and_ends_its_lines_as_the_standard_says() -> None:
    body = written(write_csv, report_of(table())).getvalue()
    assert body.startswith(b"\xef\xbb\xbfcode,name,2024,change %\r\n850760,")
    assert "锂离子蓄电池".encode() in body
    assert b"\r\n1e5,'=1+1,,-3.5\r\n" in body
    assert b",-250,0.0\r\n" in body, "a negative number is no formula"


def test_a_missing_figure_is_empty_and_zero_is_zero_in_csv() -> None:
    rows = read_csv(written(write_csv, report_of(table())))
    assert (rows[2][2], rows[2][3], rows[3][2]) == ("0", "", "")


def test_a_head_that_could_be_a_formula_is_guarded_too() -> None:
    rows = read_csv(written(write_csv, report_of(table([(1,)], ["=cmd|' /C calc'!A0"]))))
    assert rows[0] == ["'=cmd|' /C calc'!A0"]


def expected_in_excel(cell: Cell) -> Any:
    if isinstance(cell, str):
        return sound(cell)
    if isinstance(cell, int) and int(float(f"{cell:.15g}")) != cell:
        return str(cell)
    return cell


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(tables())
@example(table())
def test_xlsx_is_equal_cell_for_cell_with_texts_as_texts(one: Table) -> None:
    book = openpyxl.load_workbook(written(write_xlsx, report_of(one)))
    sheet: Any = book["Table 1"]
    for number, row in enumerate(one.rows, start=2):
        for at, cell in enumerate(row, start=1):
            read = sheet.cell(number, at)
            value = unescape(read.value) if isinstance(read.value, str) else read.value
            expected = expected_in_excel(cell)
            assert value == expected
            assert type(value) is type(expected) or isinstance(cell, int | float)
            assert read.data_type in ("s", "inlineStr") if isinstance(expected, str) else read.data_type == "n"


def test_a_workbook_begins_with_what_was_found_and_ends_with_where_it_comes_from() -> None:
    one = report_of(table(title="Value, USD"), table(title="Value: USD?"), state="sandbox")
    book: Any = openpyxl.load_workbook(written(write_xlsx, one))
    assert book.sheetnames == ["Summary", "Value, USD", "Value USD", "Sources"]
    assert [row[0].value for row in book["Summary"].iter_rows()] == [
        "China: exports of 锂离子蓄电池",
        "SANDBOX, synthetic figures, not statistics",
        "US dollars · exports FOB · China · retrieved 2026-10-05 [1]",
        "Estimated by the service <b>.",
        "On the sheets: Value, USD; Value USD; Sources",
    ]
    told = [(row[0].value, row[1].value) for row in book["Sources"].iter_rows()]
    assert told[0] == ("[1]", reference(CITED))
    assert told[1] == ("SANDBOX", "SANDBOX, synthetic figures, not statistics. Do not cite them as such.")
    assert_provenance(dict(told))
    assert any(label == "About this file" and text.startswith("4 cells are texts") for label, text in told)
    sheet = book["Value, USD"]
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:D11"
    assert sheet["C5"].number_format == "#,##0"
    assert sheet["D5"].number_format == "General"


def assert_provenance(told: dict[str, str]) -> None:
    assert told["Service"] == "UN Comtrade"
    assert told["Publisher"] == "United Nations Statistics Division"
    assert told["Address"] == "https://comtradeapi.un.org/data/v1/get/C/A/HS?period=2024"
    assert told["Retrieved"] == "2026-10-05T12:00:00+00:00"
    assert told["Published"] == "2026-09-01"
    assert (told["Unit"], told["Currency"], told["Valuation"]) == ("US dollars", "USD", "exports FOB")
    assert told["Coverage"] == "China"
    assert told["Note, flag"] == "Estimated by the service <b>."
    assert told["Cite"] == one_line(CITED)


def test_no_cell_of_a_workbook_is_a_formula_or_a_link() -> None:
    hostile: list[Row] = [('=HYPERLINK("http://x.invalid")', "http://x.invalid", "{=1}", "mailto:a@b.invalid")]
    file = written(write_xlsx, report_of(table(hostile)))
    book: Any = openpyxl.load_workbook(file)
    (_, row) = book["Table 1"].iter_rows()
    assert [cell.value for cell in row] == list(hostile[0])
    assert {cell.data_type for cell in row} <= {"s", "inlineStr"}
    assert [cell.hyperlink for cell in row] == [None] * 4


def test_a_text_longer_than_a_cell_takes_is_cut_and_that_is_said() -> None:
    one = report_of(table([("x" * 40_000, "😀" * 20_000, 1, 1.0), (f"<r>{'&' * 9_000}</r>", "", 1, 1.0)]))
    book: Any = openpyxl.load_workbook(written(write_xlsx, one))
    first, second, third = (book["Table 1"][at].value for at in ("A2", "B2", "A3"))
    assert third.startswith("<r>&&")
    assert third.endswith("&</r>…")
    assert (len(first), first[-1]) == (32_767, "…")
    assert len(second.encode("utf-16-le")) // 2 <= 32_767
    assert set(second) == {"😀", "…"}
    assert "3 cells are texts that are cut" in one.remarks[0]


def test_names_of_sheets_are_such_as_excel_takes() -> None:
    titles = ["Sources", "history", "a/b:c*d?e[f]g\\h", "", "'quoted'", "x" * 40, "X" * 40, "锂" * 40, "😀" * 30]
    names = sheet_names(titles)
    assert names[:5] == ["Sources (2)", "history (2)", "a b c d e f g h", "Table", "quoted"]
    assert len({name.lower() for name in names}) == len(names)
    for name in names:
        assert len(name.encode("utf-16-le")) // 2 <= 31
        assert not re.search(r"[\[\]:*?/\\]", name)


def test_more_rows_than_a_sheet_holds_are_refused_before_anything_is_written() -> None:
    with pytest.raises(TooLarge, match="1,048,575"):
        write_xlsx(report_of(table([("a", "b", 1, 1.0)] * 1_048_576)), io.BytesIO())


@settings(deadline=None)  # the first one loads all tools
@given(tables())
@example(table())
def test_json_is_equal_cell_for_cell(one: Table) -> None:
    report = report_of(one)
    read = json.load(written(write_json, report))
    (result,) = read["results"]
    rows = [[sound(cell) if isinstance(cell, str) else cell for cell in row] for row in one.rows]
    assert result["tables"] == [{"title": "", "columns": list(one.columns), "rows": rows}]
    assert result["answer"] == report.answers[0].stored.structured
    assert result["citations"] == [one_line(CITED)]
    assert "warning" not in read
    assert "SANDBOX" in json.load(written(write_json, report_of(one, state="sandbox")))["warning"]


def test_a_float_that_is_no_number_is_a_missing_figure_in_every_format() -> None:
    rows: list[Row] = [("a", math.nan), ("b", math.inf), ("c", 1.5)]
    one = table(rows, ["k", "v"])
    assert [row[1] for row in read_csv(written(write_csv, report_of(one)))] == ["v", "", "", "1.5"]
    kept = json.load(written(write_json, report_of(one)))["results"][0]["tables"][0]["rows"]
    assert [row[1] for row in kept] == [None, None, 1.5]
    assert pq.read_table(written(write_parquet, report_of(one))).column("v").to_pylist() == [None, None, 1.5]
    book: Any = openpyxl.load_workbook(written(write_xlsx, report_of(one)))
    assert [cell.value for cell in book["Table 1"]["B"]] == ["v", None, None, 1.5]


@settings(deadline=None)
@given(tables())
@example(table())
def test_parquet_is_equal_cell_for_cell(one: Table) -> None:
    read = pq.read_table(written(write_parquet, report_of(one)))
    assert read.column_names == list(one.columns)
    for at, column in enumerate(read.columns):
        kind = str(column.type)
        held = [row[at] for row in one.rows]
        expected: list[Any] = [sound(cell) if isinstance(cell, str) else cell for cell in held]
        if kind == "string":
            expected = [None if cell is None else str(cell) for cell in expected]
        assert column.to_pylist() == expected
        numbers = all(isinstance(cell, int | float) for cell in expected if cell is not None)
        exact = all(float(cell) == cell for cell in expected if isinstance(cell, int) and abs(cell) <= 2**1000)
        if (
            numbers
            and exact
            and any(cell is not None for cell in expected)
            and all(abs(cell) <= 2**53 for cell in expected if isinstance(cell, int))
        ):
            assert kind in ("int64", "double"), "numbers that one type holds exactly stay numbers"


def test_the_metadata_of_a_parquet_file_say_where_the_figures_come_from() -> None:
    read = pq.read_table(written(write_parquet, report_of(table(columns=["a", "a", "b", "a"]), state="sandbox")))
    told = [tuple(line) for line in json.loads(read.schema.metadata[b"tradestat"])]
    assert told[0][0] == "SANDBOX"
    assert_provenance(dict(told))
    assert read.column_names == ["a", "a (2)", "b", "a (3)"], "names of columns are told apart"
    assert ("About this file", "Written as texts, because no one type of number holds them: b.") in told


def markdown_cells(file: BinaryIO) -> tuple[list[list[str]], set[str]]:
    """The cells of every row, heads included, as a reader sees them; and the kinds of all tokens."""
    rows: list[list[str]] = []
    kinds: set[str] = set()
    in_cell = False
    for token in (
        MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).parse(file.read().decode())
    ):
        kinds |= {token.type, *(child.type for child in token.children or ())}
        if token.type == "tr_open":
            rows.append([])
        in_cell = token.type in ("td_open", "th_open") or (in_cell and token.type == "inline")
        if token.type == "inline" and in_cell:
            rows[-1].append("".join(child.content for child in token.children or ()))
    return rows, kinds


@settings(deadline=None)  # the first one loads all tools
@given(tables())
@example(table())
def test_markdown_is_equal_cell_for_cell_and_nothing_in_it_is_markup(one: Table) -> None:
    rows, kinds = markdown_cells(written(write_markdown, report_of(one)))
    expected = [[" ".join(as_csv(cell).split()).replace("\x00", "�") for cell in row] for row in one.rows]
    assert rows == [list(one.columns), *expected]
    markup = {"link_open", "image", "html_inline", "html_block", "code_inline", "em_open", "strong_open", "fence"}
    assert not kinds & markup


class Page(HTMLParser):
    """The cells of a page, exact values before shown ones; its elements and their attributes."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.rows: list[list[str]] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self._cell: str | None = None
        self._exact: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self._cell, self._exact = "", None
        if tag == "data":
            self._exact = dict(attrs)["value"]

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self.rows[-1].append(self._exact if self._exact is not None else self._cell or "")
            self._cell = None

    def handle_data(self, data: str) -> None:
        if self._cell is not None:
            self._cell += data


def page(file: BinaryIO) -> Page:
    read = Page()
    read.feed(file.read().decode())
    read.close()
    return read


@settings(deadline=None)  # the first one loads all tools
@given(tables())
@example(table())
def test_html_is_equal_cell_for_cell(one: Table) -> None:
    read = page(written(write_html, report_of(one)))
    assert read.rows == [list(one.columns), *([as_csv(cell) for cell in row] for row in one.rows)]


def test_a_page_holds_no_script_and_nothing_from_elsewhere() -> None:
    hostile = "</td><script>alert(1)</script><img src=x onerror=alert(1)>\" onmouseover='x'"
    one = report_of(table([(hostile, hostile, 1, 1.0)], [hostile, "b", "2024", "d"], hostile), state="sandbox")
    body = written(write_html, one).getvalue().decode()
    read = page(io.BytesIO(body.encode()))
    allowed = {"html", "head", "meta", "title", "style", "body", "h1", "h2", "p", "div", "dl", "dt", "dd"}
    allowed |= {"table", "thead", "tbody", "tr", "th", "td", "data"}
    allowed |= {"section", "h3", "ul", "ol", "li", "details", "summary"}
    assert {tag for tag, _ in read.elements} <= allowed
    for _, attributes in read.elements:
        assert not any(name.startswith("on") or name in ("src", "href", "style") for name in attributes)
    assert "url(" not in body
    assert "@import" not in body
    assert "default-src 'none'" in body
    assert '<p class="sandbox">SANDBOX, synthetic figures, not statistics</p>' in body
    assert read.rows[1][0] == hostile


def test_a_page_shows_amounts_with_separators_and_is_made_to_be_printed() -> None:
    body = written(write_html, report_of(table())).getvalue().decode()
    assert '<td class="n"><data value="1234567">1,234,567</data></td>' in body
    assert "@media print" in body
    assert "thead { display: table-header-group; }" in body


def test_a_page_begins_with_the_figures_and_ends_with_how_to_ask_again() -> None:
    report = report_of(table())
    body = written(write_html, report).getvalue().decode()
    in_order = [
        "<h1>China: exports of 锂离子蓄电池</h1>",
        "US dollars · exports FOB · China · retrieved 2026-10-05 [1]",
        "<table>",
        "Estimated by the service &lt;b&gt;.",
        '<li id="r1">United Nations. UN Comtrade, comtrade_data: China: exports. Retrieved 2026-10-05. '
        "https://comtradeapi.un.org/one and 1 more</li>",
        "<details>\n<summary>How to ask again</summary>",
        "<dt>Retrieved</dt><dd>2026-10-05T12:00:00+00:00</dd>",
    ]
    places = [body.index(one) for one in in_order]
    assert places == sorted(places)
    assert "comtradeapi.un.org" not in body[: places[4]]
    assert body.index("comtradeapi.un.org/data/v1/get") > places[5]


def test_several_answers_are_sections_after_a_table_of_what_they_are_and_share_their_references() -> None:
    first, second = report_of(table()), report_of(table(), unit="kg")
    body = written(write_html, Report((*first.answers, *second.answers))).getvalue().decode()
    read = page(io.BytesIO(body.encode()))
    assert read.rows[:3] == [
        ["Section", "What", "Basis"],
        ["1", "China: exports of 锂离子蓄电池", "US dollars · exports FOB · China · retrieved 2026-10-05 [1]"],
        ["2", "China: exports of 锂离子蓄电池", "kg · exports FOB · China · retrieved 2026-10-05 [1]"],
    ]
    assert body.count('<li id="r') == 1
    assert [attributes["id"] for tag, attributes in read.elements if tag == "section"] == ["s1", "s2"]


def test_what_is_to_be_known_of_csv_files_stands_in_lines_of_a_text() -> None:
    report = report_of(table(title="Value"), table(title="Weight"), state="sandbox")
    for name, part in zip(("x-table1.csv", "x-table2.csv"), report.one_each(), strict=True):
        written(write_csv, part)
        report.add_part(name, part)
    lines = written(write_about, report).getvalue().decode().splitlines()
    told = dict(line.split(": ", 1) for line in lines)
    assert lines[0].startswith("SANDBOX: ")
    assert_provenance(told)
    assert "File: x-table1.csv: Value of raaaaaaaaaa, 10 rows" in lines
    assert "File: x-table2.csv: Weight of raaaaaaaaaa, 10 rows" in lines
    assert sum("apostrophe" in line for line in lines) == 1, "said once for both"


def test_a_table_without_rows_is_written_with_its_heads() -> None:
    for write in [write_csv, write_xlsx, write_json, write_parquet, write_markdown, write_html]:
        body = written(write, report_of(table([]))).getvalue()
        assert body
        if write is write_csv:
            assert body == b"\xef\xbb\xbfcode,name,2024,change %\r\n"
        if write is write_parquet:
            assert pq.read_table(io.BytesIO(body)).num_rows == 0
