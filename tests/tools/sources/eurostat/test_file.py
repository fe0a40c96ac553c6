"""SDMX-CSV of Comext, exported by hand or in bulk, as an imported file."""

from typing import TYPE_CHECKING

import pytest
from comext import HEADER, PIECES, VALUE, WEIGHT, cell, line, recorded, rows

from tradestat_tools.model.answers import NoteCode

if TYPE_CHECKING:
    from tests.tools.conftest import Reader


def test_the_recorded_body_is_read_to_the_same_figures_as_when_it_is_asked_for(read: "Reader") -> None:
    body = recorded("sdmx_csv_excerpt.csv")
    found = {one.partner: one for one in read.figures(body)}
    assert {partner: (one.value, one.net_kg) for partner, one in found.items()} == {
        "156": (1_066_047, 90_028),
        "276": (6_972_809, 328_125),
        "0": (9_914_131, 326_755),
        "440": (10, 0),
        "842": (477_072, 1_689),
        "688": (220, 19),
    }
    one = found["156"]
    assert (one.reporter, one.flow, one.product, str(one.period)) == ("97", "M", "84834030", "2025-06")
    assert (one.currency, one.valuation, one.source, one.tool) == ("EUR", "CIF", "eurostat", "import_file")
    codes = [note.code for note in read.whole(body).notes]
    assert {NoteCode.UNIT, NoteCode.DOUBLE_COUNTING, NoteCode.NOT_SPECIFIED_AREAS} <= set(codes)


@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_sums_under_either_name_and_both_ends_of_line_are_the_same(read: "Reader", end: str) -> None:
    older = read.figures(rows(cell("EU27_2020_EXTRA", "7", reporter="EU27_2020"), end=end))
    newer = read.figures(rows(cell("EXT_EU27_2020", "7", reporter="EU27_2020"), end=end))
    assert [(one.partner, one.value) for one in older] == [(one.partner, one.value) for one in newer] == [("0", 7)]


def test_a_quantity_in_the_codes_own_unit_is_no_value_and_no_weight(read: "Reader") -> None:
    found = read.figures(
        rows(cell("CN", "12.00", indicator=PIECES), cell("CN", "5"), cell("CN", ":", indicator=WEIGHT))
    )
    assert [(one.value, one.net_kg, one.quantity) for one in found] == [(5, None, None)]


def test_kilograms_of_the_neighbours_data_set_stay_as_they_are(read: "Reader") -> None:
    at = ("A", "CH", "CN", "850760", "2")
    found = read.figures(rows(line(*at, "QUANTITY_KG", "2024", "7.00"), line(*at, "VALUE_EUR", "2024", "9")))
    assert [(one.reporter, one.value, one.net_kg, one.valuation) for one in found] == [("757", 9, 7, "FOB")]


def test_years_beside_months_and_codes_of_several_lengths_are_said_to_overlap(read: "Reader") -> None:
    body = rows(cell("CN", "5"), cell("CN", "2", when="2024-01"), cell("CN", "9", product="8507"))
    texts = " ".join(note.text for note in read.whole(body).notes)
    assert "a year contains its months" in texts
    assert "Codes of 4, 6 digits" in texts


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (cell("CN", "many"), "not a number"),
        (cell("CN", "5", product="850"), "3 digits"),
        (cell("CN", "5", flow="3"), "not a flow"),
        (cell("CN", "5", indicator="VALUE_IN_ECU"), "not an indicator"),
        (cell("C N", "5"), "not a code of GEONOM"),
    ],
)
def test_a_cell_that_is_not_what_its_column_holds_is_refused_by_row_and_column(
    read: "Reader", row: str, words: str
) -> None:
    error = read.refused(rows(cell("US", "1"), row))
    assert "Row 3" in error.message
    assert words in error.message


def test_what_the_file_says_itself_can_not_be_said_otherwise(read: "Reader") -> None:
    body = rows(cell("CN", "5"))
    assert read.refused(body, unit="usd").argument == "unit"
    assert read.refused(body, period="2024").argument == "period"
    assert "flow" in read.refused(body, flow="X").message
    assert read.figures(body, flow="M")[0].value == 5


def test_flags_are_kept_as_columns(read: "Reader") -> None:
    body = rows(cell("CN", "5") + ",c,N", header=f"{HEADER},OBS_FLAG,CONF_STATUS")
    assert read.figures(body)[0].value == 5
    assert VALUE in body.decode()
