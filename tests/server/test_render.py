"""Text blocks: what they say, and that nothing in a figure's surroundings can break them."""

import json
import re
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tradestat_server.text.cells import width
from tradestat_server.text.envelope import structured_content
from tradestat_server.text.render import MAX_CHARS, MIN_CHARS, SANDBOX_LABEL, render_answer, render_error
from tradestat_server.text.tables import cell_text
from tradestat_tools.codes.words import clean
from tradestat_tools.model.answers import Answer, Cell, Data, Note, NoteCode, Part, Provenance, State, Table
from tradestat_tools.model.errors import InvalidQuery, NoData, RateLimited


class Sheet(Data):
    """Data that is whatever tables a test needs."""

    def __init__(self, tables: list[Table]) -> None:
        super().__init__()
        self._tables = tables

    def tables(self) -> list[Table]:
        return self._tables


def answer(
    *tables: Table,
    what: str = "Imports of HS 020230 by United Arab Emirates, 2024",
    state: State = "fresh",
    notes: list[Note] | None = None,
    more: str | None = None,
    coverage: str | None = None,
    published: date | None = None,
    unit: str = "thousand USD",
    result: str | None = None,
) -> Answer[Data]:
    source = Provenance(
        service="ITC Trade Map",
        endpoint="goods_time_series",
        address="https://service.example/x",
        retrieved_at=datetime(2026, 10, 5, 23, 59, tzinfo=UTC),
        published_at=published,
        state=state,
        unit=unit,
        valuation="imports CIF",
        coverage=coverage,
    )
    return Answer[Data](what=what, data=Sheet(list(tables)), source=source, notes=notes or [], more=more, result=result)


BEEF = Table(
    ("partner", "2023", "2024"),
    [("Brazil", 401220, 463753), ("India", None, 161224), ("Taiwan (中国台湾)", 0, 0.5), ("All partners", 1, 713748)],
)


def test_an_answer_reads_header_table_notes_and_how_to_get_more() -> None:
    text = render_answer(
        answer(
            BEEF,
            notes=[Note(code=NoteCode.ROUNDING, text="Parts are rounded to thousands.")],
            more="page=2",
            coverage="27 partners",
            published=date(2026, 9, 30),
        )
    )
    assert text.split("\n") == [
        "Imports of HS 020230 by United Arab Emirates, 2024 · thousand USD, imports CIF · ITC Trade Map"
        " · published 2026-09-30 · retrieved 2026-10-05 · fresh",
        "partner               2023     2024",
        "Brazil             401,220  463,753",
        "India                    –  161,224",
        "Taiwan (中国台湾)        0      0.5",
        "All partners             1  713,748",
        "Coverage: 27 partners",
        "Notes:",
        "- rounding: Parts are rounded to thousands.",
        "More: page=2",
    ]


def test_zero_and_missing_are_different() -> None:
    assert cell_text(0) == "0"
    assert cell_text(0.0) == "0"
    assert cell_text(None) == "–"


def test_figures_are_legible_and_codes_stay_as_they_are() -> None:
    for value, text in [
        (1234567, "1,234,567"), (-1234567, "-1,234,567"), (713748.0, "713,748"), (1234.567, "1,234.57"), (12.3, "12.3"),
        (0.034567, "0.03457"), (-0.5, "-0.5"), (0.00001, "1e-05"), (2.5e20, "2.5e+20"), (float("nan"), "nan"),
        ("2024", "2024"), ("  8517.12 ", "8517.12"), (True, "yes"),
    ]:  # fmt: skip
        assert cell_text(value) == text


def test_a_long_label_is_cut_at_a_word() -> None:
    cut = cell_text("Telephone sets, including smartphones and other telephones for cellular networks")
    assert cut == "Telephone sets, including smartphones and other…"


def test_chinese_labels_are_aligned_by_the_columns_they_take() -> None:
    lines = render_answer(answer(BEEF)).split("\n")[1:]
    assert {width(line) for line in lines} == {35}


def test_hostile_text_stays_on_its_line_and_out_of_the_terminal() -> None:
    for hostile in [
        "a\nb", "a\r\nSANDBOX", "a\tb", "\x1b[31mred\x1b[0m", "\x1b]0;title\x07", "\u202eesrever", "a\u2028b",
        "a\u200b\u2066b", "\x9b31m", "\ud800", "a\x00b",
    ]:  # fmt: skip
        table = Table((hostile, "value"), [(hostile, 1), ("b", 2)], title=hostile)
        text = render_answer(
            answer(table, what=hostile, notes=[Note(code=NoteCode.FLAG, text=hostile)], more=hostile, coverage=hostile)
        )
        assert len(text.split("\n")) == 9
        assert all(char == "\n" or char.isprintable() for char in text)
        text.encode()


def test_a_table_too_large_is_cut_at_whole_rows_and_says_how_many_are_left() -> None:
    table = Table(("code", "value"), [(f"{n:06d}", n) for n in range(5000)])
    text = render_answer(answer(table, notes=[Note(code=NoteCode.LAG, text="Newest month missing.")]))
    lines = text.split("\n")
    shown = [line for line in lines if line[:6].isdigit()]
    left = next(line for line in lines if line.startswith("…"))
    assert left.startswith(f"… {5000 - len(shown):,} more rows not shown")
    assert all(line.split() == [f"{n:06d}", f"{n:,}"] for n, line in enumerate(shown))
    assert lines[-1] == "- lag: Newest month missing."
    assert MAX_CHARS * 0.8 < len(text) <= MAX_CHARS


def test_tables_after_a_large_one_are_still_named_and_counted() -> None:
    first = Table(("code", "value"), [(f"{n:06d}", n) for n in range(5000)], title="Products")
    second = Table(("month", "value"), [("2024-01", 1)] * 4000, title="By month")
    third = Table(("month", "value"), [("2024-01", 1)] * 30, title="By quarter")
    lines = render_answer(answer(first, second, third)).split("\n")
    assert "Products" in lines
    left = re.findall(r"… (?:[\w ]+: )?([\d,]+) (?:more )?rows not shown", "\n".join(lines))
    shown = sum(line.startswith("2024-01") for line in lines)
    assert sum(int(number.replace(",", "")) for number in left[1:]) + shown == 4030
    assert "… By quarter: 30 rows not shown: ask for less to see them." in lines


HANDLE = "rk3v7q2m5xa"


def test_a_long_description_takes_neither_the_unit_nor_the_handle_from_the_first_line() -> None:
    first = render_answer(answer(BEEF, what="x " * 400, state="sandbox", result=HANDLE)).split("\n")[0]
    assert first.startswith(SANDBOX_LABEL)
    assert "… · thousand USD, imports CIF · ITC Trade Map · " in first
    assert first.endswith(f"result {HANDLE}")
    assert len(first) <= 400


LARGE = Table(
    ("partner", "2024", "growth %", "netWgt kg"),
    [
        ("China", 70_626_601, 5.123, 81_234_567),
        ("Chad", 1_234, None, 12_000_000),
        ("Peru", 1_500_000, -3, None),
        ("Mali", 0, 0, 900),
    ],
    "Rows",
    measures=frozenset({"2024"}),
    weights=frozenset({"netWgt kg"}),
)


def test_large_figures_are_shown_in_a_power_of_a_thousand_that_is_said() -> None:
    assert render_answer(answer(LARGE, result=HANDLE)).split("\n")[1:] == [
        "Rows · in million USD, t (thousand kg), rounded",
        "partner    2024  growth %  netWgt t",
        "China    70,627      5.12    81,235",
        "Chad      1.234         –    12,000",
        "Peru      1,500        -3         –",
        "Mali          0         0    0.9000",
    ]
    assert (
        render_answer(answer(LARGE, result=HANDLE)).split("\n")[0].endswith(f"result {HANDLE} (exact figures: query)")
    )


def test_weights_by_period_are_in_the_unit_of_weights_of_one_period() -> None:
    years = ("2022", "2023")
    table = Table(("partner", *years), [("China", 81_234_567, 9)], "Net weight, kg", weights=frozenset(years))
    assert render_answer(answer(table, LARGE, result=HANDLE)).split("\n")[1:4] == [
        "Net weight · t (thousand kg), rounded",
        "partner    2022   2023",
        "China    81,235  0.009",
    ]
    assert structured_content(answer(table), max_chars=MAX_CHARS)["tables"][0]["units"] == dict.fromkeys(years, "kg")
    assert "Net weight, kg" in render_answer(answer(table))


def test_without_a_handle_figures_are_shown_as_they_are() -> None:
    text = render_answer(answer(LARGE))
    assert "70,626,601" in text
    assert "rounded" not in text


def test_all_tables_of_an_answer_are_shown_in_the_same_power() -> None:
    total = Table(("partner", "2024"), [("World", 9_000_000_000_000)], "Total", measures=frozenset({"2024"}))
    text = render_answer(answer(total, LARGE, result=HANDLE))
    assert text.count("in million USD") == 2
    assert "World    9,000,000,000" in text


def test_what_all_rows_share_is_said_once_above_the_table() -> None:
    rows: list[tuple[Cell, ...]] = [("China", "X", f"{year}", year) for year in range(2020, 2024)]
    table = Table(("reporter", "flow", "period", "value"), rows, "Series")
    assert render_answer(answer(table, result=HANDLE)).split("\n")[1:4] == [
        "Series · all rows: reporter China, flow X",
        "period  value",
        "2020    2,020",
    ]
    assert "reporter  flow  period  value" in render_answer(answer(table)), "whole where there is no handle"


def test_a_column_in_which_everything_is_missing_is_said_to_be_so_and_one_of_zeros_stays() -> None:
    table = Table(
        ("partner", "2022", "2023", "2024"), [("A", None, None, 0), ("B", None, None, 0), ("C", None, None, 0)]
    )
    lines = render_answer(answer(table, result=HANDLE)).split("\n")
    assert lines[1:4] == ["– in all rows: 2022, 2023", "partner  2024", "A           0"]


def test_a_table_in_which_nothing_else_is_left_stays_whole() -> None:
    nothing = Table(("partner", "2024"), [("A", None), ("A", None), ("A", None)])
    assert render_answer(answer(nothing, result=HANDLE)).split("\n")[1:3] == ["partner  2024", "A        –"]


def test_a_large_and_a_small_partner_are_told_in_one_unit() -> None:
    large = Table(
        ("year", "v"), [(f"{year}", 24_000_000 + year) for year in range(2015, 2024)], measures=frozenset("v")
    )
    small = Table(("year", "v"), [(f"{year}", 31_000 + year) for year in range(2015, 2024)], measures=frozenset("v"))
    for table in (large, small):
        assert "in million USD, rounded" in render_answer(answer(table, unit="thousand USD", result=HANDLE))


def test_the_few_figures_of_a_narrow_question_have_all_their_digits() -> None:
    rows: list[tuple[Cell, ...]] = [("2022", 6_853_007_329), ("2023", 6_695_382_302), ("2024", 2_711_966_125)]
    table = Table(("year", "v"), rows, measures=frozenset("v"))
    text = render_answer(answer(table, unit="USD", result=HANDLE))
    assert "2023  6,695,382,302" in text
    assert "rounded" not in text
    assert "exact figures" not in text.split("\n")[0]


def test_a_long_listing_is_not_shown_beside_its_sums_and_had_by_the_handle() -> None:
    sums = Table(("year", "value"), [("2024", 300)], title="By year")
    rows: list[tuple[Cell, ...]] = [(f"{n:06d}", n) for n in range(300)]
    given = answer(sums, Table(("code", "value"), rows, title="Every row", listing=True), result=HANDLE)
    rest = f'query(result="{HANDLE}", offset=0, table=2)'
    assert render_answer(given).split("\n")[1:] == [
        "By year",
        "year  value",
        "2024    300",
        f"… Every row: 300 rows: {rest}",
    ]
    structured = structured_content(given, max_chars=MAX_CHARS)["tables"][1]
    assert (structured["rows"], structured["left_out"], structured["rest"]) == ([], 300, rest)
    alone = answer(sums, Table(("code", "value"), rows, title="Every row", listing=True))
    assert "000299" in render_answer(alone), "whole where there is no handle"
    short = answer(sums, Table(("code", "value"), rows[:20], title="Every row", listing=True), result=HANDLE)
    assert "000019" in render_answer(short)


def test_rows_that_are_left_out_are_had_by_the_handle() -> None:
    first = Table(("code", "value"), [(f"{n:06d}", n) for n in range(5000)], title="Products")
    second = Table(("month", "value"), [("2024-01", 1)] * 400, title="By month")
    lines = render_answer(answer(first, second, result=HANDLE), max_chars=MIN_CHARS).split("\n")
    shown = sum(line[:6].isdigit() for line in lines)
    assert f'… {5000 - shown:,} more rows: query(result="{HANDLE}", offset={shown}, table=1)' in lines
    assert lines[-1] == f'… By month: 400 rows: query(result="{HANDLE}", offset=0, table=2)'


def test_a_part_of_a_stored_table_is_exact_and_says_what_asks_for_the_rest() -> None:
    part = Part({"result": HANDLE, "sort": "-value"}, 200)
    table = Table(("code", "value"), [("01", 123456789.125)] * 500, measures=frozenset({"value"}), part=part)
    lines = render_answer(answer(table, result=HANDLE), max_chars=MIN_CHARS).split("\n")
    assert lines[2] == "01    123456789.125"
    shown = sum(line.startswith("01") for line in lines)
    assert lines[-1] == f'… {500 - shown} more rows: query(result="{HANDLE}", offset={200 + shown}, sort="-value")'


def test_a_few_long_labels_in_a_long_table_do_not_widen_every_row() -> None:
    rows: list[tuple[Cell, ...]] = [(f"Area {n:02d}", n) for n in range(40)]
    rows[7] = ("Saint Helena, Ascension and Tristan", 7)
    lines = render_answer(answer(Table(("partner", "2024"), rows))).split("\n")
    assert "Area 06                  6" in lines
    assert "Saint Helena…            7" in lines
    with_gap: list[tuple[Cell, ...]] = [(*row, "x") for row in rows]
    with_gap[7] = ("Saint Helena, Ascension and Tristan", 7, "")
    wide = render_answer(answer(Table(("partner", "2024", "flag"), with_gap))).split("\n")
    assert len({line.index("x") for line in wide if line.endswith("x")}) == 1, "under its head where a cell is empty"


def test_a_long_label_in_a_long_table_keeps_the_code_behind_it_and_its_row_in_column() -> None:
    rows: list[tuple[Cell, ...]] = [(f"Area {n:02d} ({n + 100})", n + 1000) for n in range(40)]
    rows[3] = ("Other Asia, nes (490; used for Taiwan)", 1003)
    rows[4] = ("United Kingdom of Great Britain (826)", 1004)
    rows[5] = ("俄罗斯联邦及其他未列名的国家和地区 (643)", 1005)
    lines = render_answer(answer(Table(("partner", "2024"), rows))).split("\n")
    assert "Other Asia… (490)     1,003" in lines
    assert "United Kingd… (826)   1,004" in lines
    assert any(line.startswith("俄罗斯联邦") and line.endswith("… (643)   1,005") for line in lines)


def test_long_labels_that_would_be_alike_once_cut_stay_whole() -> None:
    rows: list[tuple[Cell, ...]] = [(f"Area {n:02d}", n) for n in range(60)]
    rows[3] = ("Telephone sets and parts, for networks", 3)
    rows[4] = ("Telephone sets and parts, other", 4)
    text = render_answer(answer(Table(("product", "2024"), rows)))
    assert "Telephone sets and parts, for networks" in text
    assert "Telephone sets and parts, other" in text


def test_an_empty_table_says_so() -> None:
    assert "\nNo rows." in render_answer(answer(Table(("a",), [])))
    assert "\nBy month: no rows" in render_answer(answer(Table(("a",), [], title="By month")))


def test_a_bound_too_small_for_header_and_notes_is_refused() -> None:
    with pytest.raises(ValueError, match="at least"):
        render_answer(answer(BEEF), max_chars=MIN_CHARS - 1)


cells = st.one_of(st.none(), st.integers(), st.floats(), st.text(max_size=80), st.booleans())


@st.composite
def tables(draw: st.DrawFn) -> Table:
    columns = draw(st.lists(st.text(max_size=60), min_size=1, max_size=5))
    row = st.tuples(*[cells] * len(columns))
    rows = draw(st.lists(row, max_size=8)) * draw(st.sampled_from([1, 1, 40]))
    measures = draw(st.frozensets(st.sampled_from(columns)))
    return Table(tuple(columns), rows, draw(st.text(max_size=200)), measures)


@settings(deadline=None, max_examples=60)
@given(
    sheets=st.lists(tables(), max_size=12),
    what=st.text(max_size=900),
    notes=st.lists(st.builds(Note, code=st.sampled_from(NoteCode), text=st.text(max_size=900)), max_size=30),
    more=st.none() | st.text(max_size=900),
    sandbox=st.booleans(),
    max_chars=st.integers(MIN_CHARS, 8_000),
    result=st.none() | st.just(HANDLE),
)
def test_no_answer_passes_the_bound_or_loses_its_header_or_its_notes(
    *,
    sheets: list[Table],
    what: str,
    notes: list[Note],
    more: str | None,
    sandbox: bool,
    max_chars: int,
    result: str | None,
) -> None:
    state: State = "sandbox" if sandbox else "fresh"
    given = answer(*sheets, what=what, notes=notes, more=more, state=state, result=result)
    text = render_answer(given, max_chars=max_chars)
    lines = text.split("\n")
    assert len(text) <= max_chars
    assert lines[0].startswith(SANDBOX_LABEL) == sandbox
    assert all(char == "\n" or char.isprintable() for char in text)
    codes = [line[2:].partition(":")[0].rstrip("…") for line in lines if line.startswith("- ")]
    for note, shown in zip(notes[:24], codes[-min(len(notes), 24) - (len(notes) > 24) :], strict=False):
        assert shown
        assert note.code.value.startswith(shown)
    assert (lines[-1].startswith("More:")) == bool(more)
    structured = structured_content(given, max_chars=max_chars)
    assert len(json.dumps(structured, ensure_ascii=False)) <= max_chars * 1.2  # blanks after commas
    assert len(json.dumps(structured, ensure_ascii=False, separators=(",", ":"))) <= max_chars
    assert structured["source"]["state"] == state
    assert [note["code"] for note in structured["notes"]] == [note.code.value for note in notes[:24]] if notes else True
    counted = [len(table["rows"]) + table.get("left_out", 0) for table in structured["tables"]]
    assert counted == [len(sheet.rows) for sheet in sheets[: len(counted)]]
    assert len(counted) + structured.get("tables_left_out", 0) == len(sheets)


@given(st.text(max_size=500))
def test_clean_text_is_one_printable_line(text: str) -> None:
    once = clean(text)
    assert once.isprintable()
    assert clean(once) == once


def test_the_nearest_values_are_given_once() -> None:
    error = InvalidQuery("No `x`.", nearest=["y"], remedy="Use `flow`.")
    assert "Nearest: y" in render_error(error)


def test_an_error_says_when_to_come_back() -> None:
    assert render_error(RateLimited("Too many.", remedy="Wait.", retry_after=0.2)).endswith("\nRetry after: 1 s")


def test_an_error_stays_one_line_a_part_whatever_the_service_wrote() -> None:
    text = render_error(NoData("no\nrows\x1b[2J", remedy="x\r\ny" * 900))
    assert len(text.split("\n")) == 2
    assert len(text) < 1300
