"""What an answer says: figures in their places, zero apart from missing, and what a reader must know."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tradestat_tools.answers import Answer, NoteCode
from tradestat_tools.sources.comtrade.data import as_series
from tradestat_tools.sources.comtrade.wire import Row

if TYPE_CHECKING:
    from conftest import Comtrade

Notes = Callable[[Answer[Any], NoteCode], str]

DOUBLE = NoteCode.DOUBLE_COUNTING


@pytest.mark.anyio
async def test_one_series_gives_a_table_by_period_with_weight_quantity_and_edition(comtrade: "Comtrade") -> None:
    comtrade.gives(comtrade.row(period="2021", classificationCode="H5", primaryValue=900.5, netWgt=None, qty=0.0))
    comtrade.gives(comtrade.row(period="2022", primaryValue=1000.0))
    comtrade.gives(comtrade.row(period="2023", primaryValue=1100.0))
    answer = await comtrade.ask(period="2021-2023")
    (table,) = answer.data.tables()
    assert table.columns == ("period", "primaryValue", "netWgt, kg", "qty, u", "edition")
    assert table.rows == [
        ("2021", 900.5, None, None, "H5"),
        ("2022", 1000, 200, 50, "H6"),
        ("2023", 1100, 200, 50, "H6"),
    ]
    assert answer.what == (
        "China (156): exports, partner Rep. of Korea (410); "
        "HS 850760 Electric accumulators; lithium-ion, including separators; 2021 to 2023"
    )
    assert (answer.source.unit, answer.source.currency, answer.source.valuation) == ("US dollars", "USD", "exports FOB")
    assert answer.source.service == "UN Comtrade"


@pytest.mark.anyio
async def test_a_zero_quantity_beside_a_value_is_missing_and_a_zero_value_stays_zero(
    comtrade: "Comtrade", notes_of: Notes
) -> None:
    comtrade.gives(
        comtrade.row(flowCode="M", primaryValue=500.0, netWgt=0.0, qty=0.0, fobvalue=0.0, grossWgt=0.0),
        comtrade.row(flowCode="X", primaryValue=0.0, netWgt=0.0, qty=0.0),
    )
    answer = await comtrade.ask(flowCode="M,X")
    bought, sold = answer.data.records
    assert (bought.primaryValue, bought.cifvalue, bought.fobvalue, bought.netWgt, bought.qty) == (
        [500],
        [500],
        None,
        None,
        None,
    )
    assert (sold.primaryValue, sold.fobvalue, sold.netWgt, sold.qty) == ([0], [0], [0], [0])
    assert "1 of 2 rows" in notes_of(answer, NoteCode.ZERO)
    assert "No net weight for 1 of 2 rows, no quantity for 1 of 2 rows" in notes_of(answer, NoteCode.ABSENT)


@pytest.mark.anyio
async def test_a_missing_value_is_not_a_zero(comtrade: "Comtrade", notes_of: Notes) -> None:
    comtrade.gives(comtrade.row(primaryValue=None, fobvalue=None))
    answer = await comtrade.ask()
    assert answer.structured()["data"]["records"][0]["primaryValue"] == [None]
    assert not notes_of(answer, NoteCode.ZERO)


@pytest.mark.anyio
async def test_a_zero_quantity_beside_a_missing_value_is_missing(comtrade: "Comtrade", notes_of: Notes) -> None:
    comtrade.gives(
        comtrade.row(),
        comtrade.row(flowCode="M", primaryValue=None, cifvalue=None, fobvalue=0.0, qty=0.0, netWgt=0.0, grossWgt=0.0),
    )
    answer = await comtrade.ask(flowCode="M,X")
    bought = answer.data.records[0]
    assert (bought.qty, bought.netWgt, bought.grossWgt, bought.fobvalue) == (None, None, None, None)
    assert "No net weight for 1 of 2 rows, no quantity for 1 of 2 rows" in notes_of(answer, NoteCode.ABSENT)


@pytest.mark.anyio
async def test_numbers_sent_as_text_are_numbers(comtrade: "Comtrade") -> None:
    comtrade.gives(comtrade.row(primaryValue="1,234.50", netWgt=" 7 ", qty="", isReported="true", reporterCode="156"))
    (record,) = (await comtrade.ask()).data.records
    assert (record.primaryValue, record.netWgt, record.qty) == ([1234.5], [7], None)


@pytest.mark.anyio
async def test_cif_and_fob_of_imports_are_both_kept(comtrade: "Comtrade", notes_of: Notes) -> None:
    comtrade.gives(
        comtrade.row(flowCode="M", primaryValue=104.0, cifvalue=104.0, fobvalue=100.0),
        comtrade.row(flowCode="X", primaryValue=90.0, fobvalue=90.0),
    )
    answer = await comtrade.ask(flowCode="M,X")
    assert (answer.data.records[0].cifvalue, answer.data.records[0].fobvalue) == ([104], [100])
    assert answer.source.valuation == "imports CIF, exports FOB"
    assert "freight" in notes_of(answer, NoteCode.VALUATION)


@pytest.mark.anyio
async def test_imports_given_fob_only_are_not_called_cif(comtrade: "Comtrade", notes_of: Notes) -> None:
    comtrade.gives(comtrade.row(flowCode="M", primaryValue=100.0, cifvalue=None, fobvalue=100.0))
    answer = await comtrade.ask(flowCode="M")
    text = notes_of(answer, NoteCode.VALUATION)
    assert "China" in text
    assert "FOB value" in text
    assert answer.source.valuation == "imports FOB"


Fields = dict[str, Any]
OVERLAPS: list[tuple[tuple[Fields, Fields], Fields, str]] = [  # two rows, what was asked besides, why they overlap
    (({"partnerCode": 0, "partnerDesc": "World"}, {}), {"partnerCode": "0,410"}, "World contains every partner"),
    (({"cmdCode": "85"}, {}), {"cmdCode": "85,850760"}, "85 contains 850760"),
    (({"cmdCode": "TOTAL"}, {"cmdCode": "01"}), {"cmdCode": "TOTAL,01"}, "TOTAL contains every other code"),
    (({"flowCode": "RX"}, {}), {"flowCode": "X,RX"}, "exports (X) contain re-exports (RX)"),
    (({"flowCode": "M"}, {"flowCode": "RM"}), {"flowCode": "M,RM"}, "imports (M) contain re-imports (RM)"),
    (({}, {"motCode": 2100, "motDesc": "Sea"}), {"motCode": "all"}, "motCode=0 is the total"),
    (({}, {"customsCode": "C04"}), {"customsCode": "all"}, "customsCode=C00 is the total"),
    (({}, {"partner2Code": 344}), {"partner2Code": "all"}, "partner2Code=0 is the total"),
    (({"reporterCode": 97}, {"reporterCode": 276}), {"reporterCode": "97,276"}, "European Union (97)"),
    (({}, {}), {}, "1 cell came more than once"),
]


@pytest.mark.anyio
@pytest.mark.parametrize(("rows", "arguments", "reason"), OVERLAPS)
async def test_rows_that_overlap_are_not_to_be_added_up(
    comtrade: "Comtrade",
    notes_of: Notes,
    rows: tuple[Fields, Fields],
    arguments: Fields,
    reason: str,
) -> None:
    comtrade.gives(*(comtrade.row(**row) for row in rows))
    answer = await comtrade.ask(**arguments)
    assert reason in notes_of(answer, DOUBLE)
    assert len(answer.data.records) == 2
    assert [record.primaryValue for record in answer.data.records] == [[1000], [1000]]


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("codes", "reason"),
    [
        ("200,4", "200 contains every other code"),
        ("3,3.1.1", "3 contains 3.1.1"),
        ("3.1,3.10", "3.10 is an entry beside the items (alternative)"),
        ("3.1,4", ""),
        ("3.1,3a.1", "3a.1 is an entry beside the items"),
        ("4,C.2", "C.2 is an entry beside the items"),
    ],
)
async def test_services_overlap_as_ebops_nests_them(
    comtrade: "Comtrade", notes_of: Notes, codes: str, reason: str
) -> None:
    service = {"typeCode": "S", "classificationCode": "EB10", "partnerCode": 0, "netWgt": None, "qty": None}
    comtrade.gives(*(comtrade.row(**service, cmdCode=code) for code in codes.split(",")))
    answer = await comtrade.ask(typeCode="S", cmdCode=codes, partnerCode="0")
    assert answer.source.valuation is None
    assert not notes_of(answer, NoteCode.ABSENT)
    assert reason in notes_of(answer, DOUBLE)
    assert bool(notes_of(answer, DOUBLE)) == bool(reason)


@pytest.mark.anyio
async def test_rows_that_do_not_overlap_carry_no_such_warning(comtrade: "Comtrade", notes_of: Notes) -> None:
    comtrade.gives(
        comtrade.row(partnerCode=276, partnerDesc="Germany"),
        comtrade.row(cmdCode="851713"),
        comtrade.row(flowCode="M"),
    )
    answer = await comtrade.ask(partnerCode="276,410", cmdCode="850760,851713", flowCode="M,X")
    assert not notes_of(answer, DOUBLE)


@pytest.mark.anyio
async def test_a_broken_down_answer_says_on_each_series_which_part_it_is(comtrade: "Comtrade") -> None:
    comtrade.gives(
        comtrade.row(primaryValue=100.0),
        comtrade.row(primaryValue=60.0, motCode=2100, motDesc="Sea"),
        comtrade.row(primaryValue=40.0, motCode=1000, motDesc="Air"),
    )
    answer = await comtrade.ask(motCode="all")
    assert [(record.motCode, record.primaryValue) for record in answer.data.records] == [
        ("0", [100]),
        ("2100", [60]),
        ("1000", [40]),
    ]
    assert answer.data.common.customsCode == "C00"
    assert answer.data.tables()[0].columns == ("motCode", "2023")


@pytest.mark.anyio
async def test_a_series_over_two_editions_says_where_it_breaks(comtrade: "Comtrade", notes_of: Notes) -> None:
    for year, edition in (("2021", "H5"), ("2022", "H6"), ("2023", "H6")):
        comtrade.gives(comtrade.row(period=year, classificationCode=edition))
    answer = await comtrade.ask(period="2021-2023")
    text = notes_of(answer, NoteCode.EDITION_BREAK)
    assert "China: HS 2017 (H5) from 2021, HS 2022 (H6) from 2022" in text
    assert "split, merged" in text
    assert answer.data.records[0].classificationCode == ["H5", "H6", "H6"]
    assert answer.data.common.classificationCode is None


@pytest.mark.anyio
async def test_one_edition_is_said_once(comtrade: "Comtrade", notes_of: Notes) -> None:
    comtrade.gives(comtrade.row())
    answer = await comtrade.ask()
    assert answer.data.common.classificationCode == "H6"
    assert "classificationCode" not in answer.structured()["data"]["records"][0]
    assert not notes_of(answer, NoteCode.EDITION_BREAK)


@pytest.mark.anyio
async def test_estimates_and_sums_made_by_the_service_are_said_and_kept(comtrade: "Comtrade", notes_of: Notes) -> None:
    comtrade.gives(
        comtrade.row(isNetWgtEstimated=True, legacyEstimationFlag=4, isReported=False, isAggregate=True),
        comtrade.row(flowCode="M", isQtyEstimated=True, legacyEstimationFlag=2, isOriginalClassification=False),
    )
    answer = await comtrade.ask(flowCode="M,X")
    text = notes_of(answer, NoteCode.FLAG)
    assert "net weight of 1 of 2 rows, quantity of 1 of 2 rows" in text
    assert "1 of 2 rows were added up by UN Comtrade" in text
    assert "1 of 2 rows were converted" in text
    bought, sold = answer.data.records
    assert (bought.isQtyEstimated, sold.isNetWgtEstimated, sold.legacyEstimationFlag) == ([True], [True], [4])


@pytest.mark.anyio
async def test_a_full_preview_is_a_part_and_says_how_to_get_the_rest(comtrade: "Comtrade", notes_of: Notes) -> None:
    comtrade.gives(*(comtrade.row(partnerCode=code, period="2022") for code in range(1, 501)))
    comtrade.gives(comtrade.row(period="2023"))
    answer = await comtrade.ask(partnerCode="all", period="2022,2023", cmdCode="850760,01")
    assert "1 of 2 calls brought 500 rows" in notes_of(answer, NoteCode.SUBSET)
    assert "No rows for" not in notes_of(answer, NoteCode.ABSENT)
    assert "COMTRADE_API_KEY" in (answer.more or "")


@pytest.mark.anyio
async def test_an_answer_below_the_limit_is_no_part(comtrade: "Comtrade", notes_of: Notes) -> None:
    comtrade.gives(*(comtrade.row(partnerCode=code) for code in range(1, 500)))
    answer = await comtrade.ask(partnerCode="all")
    assert not notes_of(answer, NoteCode.SUBSET)
    assert answer.more is None


@pytest.mark.anyio
async def test_fewer_rows_than_the_service_counts_are_a_part(comtrade: "Comtrade", notes_of: Notes) -> None:
    comtrade.says(json.dumps({"count": 500, "data": [comtrade.row(partnerCode=276)], "error": ""}))
    answer = await comtrade.ask(partnerCode="276,410")
    assert "UN Comtrade counts 500 rows and sent 1 of them" in notes_of(answer, NoteCode.SUBSET)
    assert "the most that was allowed" not in notes_of(answer, NoteCode.SUBSET)
    assert not notes_of(answer, NoteCode.ABSENT)
    assert answer.more == "Ask for fewer reporters, partners, codes or periods at once."


@pytest.mark.anyio
async def test_a_limit_that_the_caller_set_is_to_be_raised(comtrade: "Comtrade") -> None:
    comtrade.gives(comtrade.row(partnerCode=1), comtrade.row(partnerCode=2))
    assert "maxRecords" in ((await comtrade.ask(partnerCode="all", maxRecords=2)).more or "")


@pytest.mark.anyio
async def test_what_was_asked_for_by_name_and_did_not_come_is_said(comtrade: "Comtrade", notes_of: Notes) -> None:
    comtrade.gives(comtrade.row(period="2019"))
    comtrade.gives()
    comtrade.now = datetime(2026, 10, 20, tzinfo=UTC)
    answer = await comtrade.ask(
        period="2019,2020", partnerCode="Korea,Japan", cmdCode="850760,TOTAL", flowCode="X,M", reporterCode="CN,DE"
    )
    text = notes_of(answer, NoteCode.ABSENT)
    for part in ("2020", "reporter Germany (276)", "partner Japan (392)", "cmdCode TOTAL", "flowCode M"):
        assert part in text
    assert answer.data.periods == ["2019", "2020"]
    assert answer.data.records[0].primaryValue == [1000, None]
    assert not notes_of(answer, NoteCode.LAG)


@pytest.mark.anyio
async def test_the_newest_period_without_rows_is_late_rather_than_absent(comtrade: "Comtrade", notes_of: Notes) -> None:
    comtrade.gives(comtrade.row(period="2024"))
    comtrade.gives()
    answer = await comtrade.ask(period="2024-2025")
    assert "2025" in notes_of(answer, NoteCode.LAG)
    assert "2025" not in notes_of(answer, NoteCode.ABSENT)


@pytest.mark.anyio
async def test_names_read_as_codes_are_said_and_codes_are_not(comtrade: "Comtrade", notes_of: Notes) -> None:
    comtrade.gives(comtrade.row(reporterCode=699, reporterDesc="India"))
    answer = await comtrade.ask(reporterCode="356", partnerCode="410")
    text = notes_of(answer, NoteCode.RESOLVED_CODE)
    assert "356 as India (699)" in text
    assert "410" not in text
    assert answer.data.reporters["699"].desc == "India"


@pytest.mark.anyio
async def test_partners_not_specified_are_named(comtrade: "Comtrade", notes_of: Notes) -> None:
    comtrade.gives(
        comtrade.row(partnerCode=899, partnerDesc="Areas, nes"),
        comtrade.row(partnerCode=490, partnerDesc="Other Asia, nes"),
        comtrade.row(partnerCode=608, partnerDesc="Philippines"),
    )
    text = notes_of(await comtrade.ask(partnerCode="all"), NoteCode.NOT_SPECIFIED_AREAS)
    assert "(Areas, nes)" in text


@pytest.mark.anyio
async def test_names_and_units_come_from_the_own_tables_where_the_service_leaves_them_out(
    comtrade: "Comtrade",
) -> None:
    bare = dict.fromkeys(("reporterDesc", "partnerDesc", "flowDesc", "cmdDesc", "partner2Desc", "qtyUnitAbbr"))
    comtrade.gives(comtrade.row(**bare))
    answer = await comtrade.ask(includeDesc=False)
    assert comtrade.sent[0].params["includeDesc"] == "false"
    assert answer.data.reporters["156"].desc == "China"
    assert answer.data.partners["410"].desc == "South Korea"
    assert "lithium-ion" in answer.data.commodities["850760"].cmdDesc.lower()
    assert answer.data.common.qtyUnitAbbr == "u"


@pytest.mark.anyio
async def test_many_series_make_one_row_each_with_the_largest_newest_value_first(comtrade: "Comtrade") -> None:
    comtrade.gives(
        comtrade.row(partnerCode=392, partnerDesc="Japan", primaryValue=5.0, netWgt=None),
        comtrade.row(partnerCode=842, partnerDesc="USA", primaryValue=50.0, netWgt=9.0),
        comtrade.row(partnerCode=276, partnerDesc="Germany", primaryValue=20.0, netWgt=None),
    )
    values, weights, quantities = (await comtrade.ask(partnerCode="all")).data.tables()
    assert values.columns == ("partner", "2023")
    assert values.rows == [("USA", 50), ("Germany", 20), ("Japan", 5)]
    assert (weights.title, weights.rows) == ("Net weight, kg", [("USA", 9)])
    assert quantities.title == "Quantity, u"


@pytest.mark.anyio
async def test_quantities_in_several_units_name_the_unit_of_each_row(comtrade: "Comtrade") -> None:
    comtrade.gives(
        comtrade.row(primaryValue=2.0), comtrade.row(cmdCode="440710", cmdDesc="Wood", qtyUnitAbbr="m³", qty=3.0)
    )
    table = (await comtrade.ask(cmdCode="850760,440710")).data.tables()[2]
    assert table.columns == ("code", "unit", "2023")
    assert {(row[1], row[2]) for row in table.rows} == {("u", 50), ("m³", 3)}


@settings(deadline=None)  # the first example loads the code tables
@given(
    st.lists(
        st.tuples(st.sampled_from(["2020", "2021"]), st.sampled_from(["1", "2", "0"]), st.sampled_from(["M", "X"]),
                  st.integers(0, 10**12)),
        min_size=1, max_size=40,
    )
)  # fmt: skip
def test_no_row_is_lost_doubled_or_added_to_another(cells: list[tuple[str, str, str, int]]) -> None:
    rows = [
        Row(period=period, reporterCode="156", partnerCode=partner, flowCode=flow, cmdCode="TOTAL", primaryValue=value)
        for period, partner, flow, value in cells
    ]
    data = as_series(rows, periods=["2020", "2021"], typeCode="C", freqCode="A", clCode="HS")
    back = [
        (period, record.partnerCode, record.flowCode, value)
        for record in data.records
        for period, value in zip(data.periods, record.primaryValue, strict=True)
        if value is not None
    ]
    assert sorted(back) == sorted(cells)
