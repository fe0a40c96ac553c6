"""Every recorded answer, read to the figures and words that stand in it."""

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from comext import VALUE, WEIGHT, Comext, recorded

from tradestat_tools.model.errors import TooLarge, UpstreamChanged
from tradestat_tools.sources.eurostat.codes import WITHIN, current, kind, name
from tradestat_tools.sources.eurostat.flows import observe
from tradestat_tools.sources.eurostat.service import COMEXT
from tradestat_tools.sources.eurostat.wire import Key, NotAllowed, Page, Queued, read_data, read_structure
from tradestat_tools.upstream import Response

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 10, 20, tzinfo=UTC)
WHOLE = "sdmx_csv_EU27_84834030_2025-06.csv"


def read(name: str, status: int = 200) -> Page | Queued:
    return read_data(Response(status, {}, recorded(name)), NOW)


@pytest.mark.parametrize("name", ["sdmx_csv_excerpt.csv", WHOLE])
def test_every_figure_of_a_recorded_body_is_read_as_it_stands(name: str) -> None:
    page = read(name)
    assert isinstance(page, Page)
    lines = list(csv.DictReader(io.StringIO(recorded(name).decode(), newline="")))
    found = {(key.partner, indicator): one for key, cell in page.cells.items() for indicator, one in cell.items()}
    assert found == {(one["partner"], one["indicators"]): Decimal(one["OBS_VALUE"]) for one in lines}
    assert page.updated == date(2026, 8, 14)
    assert page.freqs == {"M"}
    assert not page.unsettled


@pytest.mark.parametrize("indicator", [VALUE, WEIGHT])
def test_the_sums_of_the_recorded_body_are_members_with_qv_and_all_others_with_qw(indicator: str) -> None:
    page = read(WHOLE)
    assert isinstance(page, Page)
    values = {key.partner: cell[indicator] or Decimal(0) for key, cell in page.cells.items()}
    inside = sum(value for code, value in values.items() if code in WITHIN)
    outside = sum(value for code, value in values.items() if code not in WITHIN and kind(code) != "sum")
    assert (inside, outside) == (values["INT_EU27_2020"], values["EXT_EU27_2020"])
    assert {"QV", "QW"} <= values.keys()


async def test_the_recorded_body_is_an_answer_in_kilograms_with_serbia_and_what_has_no_country(comext: Comext) -> None:
    comext.says(recorded("sdmx_csv_excerpt.csv"))
    answer = await comext.call("eu_trade", partner="all", product="84834030", flow="M", period="2025-06")
    rows = answer.data.rows
    found = dict(zip(rows.partner, zip(rows.value_eur, rows.weight_kg, strict=True), strict=True))
    assert found["CN"] == (1_066_047, 90_028), "900.28 hundreds of kilograms"
    assert found["LT"] == (10, 0)
    assert found["XS"] == (220, 19)
    assert answer.data.names["XS"] == "Serbia"
    assert answer.source.published_at == date(2026, 8, 14)
    tables = {table.title: [row[0] for row in table.rows] for table in answer.data.tables()}
    assert tables["Countries not specified"] == ["QW", "QV"]
    assert "QV" not in tables["Countries"]
    texts = " ".join(note.text for note in answer.notes)
    assert "QV, QW: 12,479 euros of imports not specified" in texts
    assert "less than half a kilogram" in texts
    assert {one.partner for one in observe(answer.data, answer.source)} == {"156", "276", "0", "440", "842", "688"}, (
        "EXT is the Union's World"
    )


@pytest.mark.parametrize(
    ("body", "status", "error", "words"),
    [
        ("ds-045409-fault-413.xml", 413, TooLarge, "estimated 17348292 rows, max authorised is 5000000"),
        ("comext-fault-413-full-extraction.xml", 413, TooLarge, "Full extraction of COMEXT datasets is forbidden"),
        ("ds-045409-extraction-too-big.json", 413, TooLarge, "estimated 10305182 rows"),
        ("ds-999999-data.xml", 404, UpstreamChanged, "DATA_SET:DS-999999 is not available"),
        ("ds-999999-statistics.json", 404, UpstreamChanged, "DS-999999 (DATA_FLOW:ALL,1.0) is not available"),
        ("main-host-fault-140-arity.xml", 400, UpstreamChanged, "Incorrect number of filters"),
        ("main-host-fault-150-value.xml", 400, NotAllowed, "UNIT=NOTAUNIT"),
    ],
)
def test_a_recorded_fault_is_what_it_says_with_whatever_status(
    body: str, status: int, error: type[Exception], words: str
) -> None:
    for given in (status, 200):
        with pytest.raises(error) as caught:
            read(body, given)
        assert words in str(caught.value)


def test_the_value_that_a_fault_names_is_known() -> None:
    with pytest.raises(NotAllowed) as caught:
        read("main-host-fault-150-value.xml", 400)
    assert caught.value.values == {"unit": "NOTAUNIT"}


def test_the_recorded_envelope_says_which_answer_is_queued() -> None:
    assert read("main-host-async-queue-envelope-http200.xml") == Queued(
        "e3d39a1b-27eb-4ce4-936d-8f95b23bf74f", "SUBMITTED"
    )


def test_a_recorded_constraint_lists_the_codes_of_each_dimension() -> None:
    body = recorded("ds-045409-constraint.TRIMMED-BY-ORIGIN.xml")
    codes = read_structure(Response(200, {}, body), NOW)
    assert codes["reporter"] == ("DE", "EU27_2020", "FR")
    assert codes["partner"] == ("CN", "EXT_EU27_2020", "US")
    assert codes["product"] == ("01", "0101", "01012100", "TOTAL")
    assert codes["indicators"] == (COMEXT.value, COMEXT.weight, COMEXT.supplementary)


def test_every_partner_of_the_recorded_list_has_a_name_here() -> None:
    rows = csv.DictReader(io.StringIO(recorded("partners_2024-01.csv").decode()))
    codes = [row["code"] for row in rows]
    past = {"EA19_EXTRA", "EA19_INTRA", "EA20_EXTRA", "EA20_INTRA"}
    assert {code for code in codes if name(current(code)) == code} == past, "sums of a euro area of the past"


def test_a_key_keeps_the_parts_of_a_row_apart() -> None:
    page = read("sdmx_csv_excerpt.csv")
    assert isinstance(page, Page)
    assert Key("EU27_2020", "US", "84834030", "1", "2025-06") in page.cells
