"""What an answer says: figures in their places, zero apart from missing, and what a reader must know."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tradestat_tools.codes.periods import Period
from tradestat_tools.model.answers import Answer, NoteCode
from tradestat_tools.model.errors import NoData
from tradestat_tools.model.observation import Status
from tradestat_tools.sources.comtrade.answers import as_series
from tradestat_tools.sources.comtrade.flows import observe
from tradestat_tools.sources.comtrade.wire.rows import Row

if TYPE_CHECKING:
    from conftest import Comtrade

Notes = Callable[[Answer[Any], NoteCode], str]
Fields = dict[str, Any]

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
    assert "The value of the only row is missing: null as published, not zero." in notes_of(answer, NoteCode.ABSENT)
    (observed,) = observe(answer.data, answer.source)
    assert (observed.value, observed.status) == (None, Status.MISSING)


@pytest.mark.anyio
@pytest.mark.parametrize("level", [{"cmdCode": "TOTAL", "aggrLevel": 0}, {"cmdCode": "85", "aggrLevel": 2}])
@pytest.mark.parametrize(("value", "weight"), [(500.0, None), (500.0, 0.0), (0.0, None)])
async def test_sums_of_the_statistics_division_give_no_quantity_and_not_zero(
    comtrade: "Comtrade", level: Fields, value: float, weight: float | None
) -> None:
    unitless = {"qtyUnitCode": -1, "qtyUnitAbbr": "N/A", "qty": 0.0, "isAggregate": True, "isReported": False}
    comtrade.gives(comtrade.row(**level, **unitless, primaryValue=value, netWgt=weight))
    (record,) = (await comtrade.ask(cmdCode=level["cmdCode"])).data.records
    assert record.primaryValue == [value]
    assert (record.qty, record.altQty, record.netWgt) == (None, None, None)


@pytest.mark.anyio
async def test_no_content_is_an_empty_answer(comtrade: "Comtrade") -> None:
    comtrade.says("", 204)
    with pytest.raises(NoData) as caught:
        await comtrade.ask()
    assert "no rows for exports of China (156)" in caught.value.message


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
    assert answer.data.tables()[0].columns == ("motCode", "primaryValue", "netWgt, kg", "qty, u")


@pytest.mark.anyio
async def test_a_series_over_two_editions_says_where_it_breaks(comtrade: "Comtrade", notes_of: Notes) -> None:
    for year, edition in (("2021", "H5"), ("2022", "H6"), ("2023", "H6")):
        comtrade.gives(comtrade.row(period=year, classificationCode=edition))
    answer = await comtrade.ask(period="2021-2023")
    text = notes_of(answer, NoteCode.EDITION_BREAK)
    assert "China: HS 2017 (H5) from 2021, HS 2022 (H6) from 2022" in text
    assert "None of the codes is known here to have changed" in text
    assert answer.data.records[0].classificationCode == ["H5", "H6", "H6"]
    assert answer.data.common.classificationCode is None


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
async def test_many_series_of_one_period_make_one_table_with_the_largest_value_first(comtrade: "Comtrade") -> None:
    comtrade.gives(
        comtrade.row(partnerCode=392, partnerDesc="Japan", primaryValue=5.0, netWgt=None),
        comtrade.row(partnerCode=842, partnerDesc="USA", primaryValue=50.0, netWgt=9.0),
        comtrade.row(partnerCode=276, partnerDesc="Germany", primaryValue=20.0, netWgt=None, qty=0.0),
    )
    (table,) = (await comtrade.ask(partnerCode="all")).data.tables()
    assert table.columns == ("partner", "primaryValue", "netWgt, kg", "qty, u")
    assert table.rows == [("USA", 50, 9, 50), ("Germany", 20, None, None), ("Japan", 5, None, 50)]


@pytest.mark.anyio
async def test_one_period_without_weights_and_counts_has_values_only(comtrade: "Comtrade") -> None:
    comtrade.gives(*(comtrade.row(partnerCode=code, netWgt=None, qty=None) for code in (276, 410)))
    (table,) = (await comtrade.ask(partnerCode="276,410")).data.tables()
    assert table.columns[1:] == ("primaryValue",)


@pytest.mark.anyio
async def test_several_periods_of_many_series_make_a_table_for_each_measure(comtrade: "Comtrade") -> None:
    for year in ("2022", "2023"):
        comtrade.gives(
            *(comtrade.row(period=year, partnerCode=code, partnerDesc=name, netWgt=9.0 if code == 276 else None)
              for code, name in ((276, "Germany"), (392, "Japan")))
        )  # fmt: skip
    values, weights, quantities = (await comtrade.ask(partnerCode="276,392", period="2022-2023")).data.tables()
    assert (values.columns, values.title) == (("partner", "2022", "2023"), "Value, USD")
    assert (weights.columns, weights.title) == (("period", "Germany"), "Net weight, kg")
    assert weights.weights == {"Germany"}
    assert quantities.title == "Quantity, u"


@pytest.mark.anyio
@pytest.mark.parametrize(("qty", "heads"), [(9.0, ()), (8.0, ("qty, kg",))])
async def test_a_quantity_that_is_the_weight_stands_once_and_another_in_kilograms_is_a_weight(
    comtrade: "Comtrade", qty: float, heads: tuple[str, ...]
) -> None:
    comtrade.gives(comtrade.row(netWgt=9.0, qty=qty, qtyUnitAbbr="kg"))
    (table,) = (await comtrade.ask()).data.tables()
    assert table.columns[2:] == ("netWgt, kg", *heads)
    assert table.weights >= {"netWgt, kg", *heads}


@pytest.mark.anyio
async def test_quantities_in_several_units_name_the_unit_of_each_row(comtrade: "Comtrade") -> None:
    wood = {"cmdCode": "440710", "cmdDesc": "Wood", "qtyUnitAbbr": "m³", "qty": 3.0}
    for year in ("2022", "2023"):
        comtrade.gives(comtrade.row(period=year, primaryValue=2.0), comtrade.row(period=year, **wood))
    one = (await comtrade.ask(cmdCode="850760,440710", period="2022")).data.tables()[0]
    assert one.columns == ("code", "primaryValue", "netWgt, kg", "qty", "unit")
    assert {row[3:] for row in one.rows} == {(50, "u"), (3, "m³")}
    comtrade.replies.clear()
    for year in ("2022", "2023"):
        comtrade.gives(comtrade.row(period=year, primaryValue=2.0), comtrade.row(period=year, **wood))
    two = (await comtrade.ask(cmdCode="850760,440710", period="2022-2023")).data.tables()[2]
    assert two.columns == ("code", "unit", "2022", "2023")
    assert {row[1:] for row in two.rows} == {("u", 50, 50), ("m³", 3, 3)}


@pytest.mark.anyio
@pytest.mark.parametrize("typed", ["Taiwan", "158", "490", "Other Asia, nes"])
async def test_taiwan_is_named_as_the_service_names_it_wherever_it_is_named(
    comtrade: "Comtrade", notes_of: Notes, typed: str
) -> None:
    name = "Other Asia, nes (490; used for Taiwan)"
    comtrade.gives(comtrade.row(partnerCode=490, partnerDesc="Other Asia, nes"), comtrade.row())
    answer = await comtrade.ask(partnerCode=[typed, "410"])
    assert name in answer.what
    assert {row[0] for row in answer.data.tables()[0].rows} == {name, "Rep. of Korea"}
    assert (f"as {name}" in notes_of(answer, NoteCode.RESOLVED_CODE)) == (typed != "490")
    comtrade.replies.clear()
    comtrade.gives(comtrade.row())
    answer = await comtrade.ask(partnerCode=[typed, "410"])
    assert f"No rows for partner {name}:" in notes_of(answer, NoteCode.ABSENT)
    comtrade.replies.clear()
    comtrade.gives()
    with pytest.raises(NoData) as caught:
        await comtrade.ask(partnerCode=typed)
    assert f"partner {name}," in caught.value.message


@pytest.mark.anyio
async def test_taiwan_keeps_the_services_name_where_rows_come_without_names(comtrade: "Comtrade") -> None:
    comtrade.gives(comtrade.row(partnerCode=490, partnerDesc=None, partnerISO=None))
    answer = await comtrade.ask(partnerCode="Taiwan", includeDesc=False)
    assert answer.data.partners["490"].desc == "Other Asia, nes"
    assert "partner Other Asia, nes (490; used for Taiwan)" in answer.what


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"qty": 0.0}, "No quantity for the only row: left empty"),
        ({"netWgt": None}, "No net weight for the only row: left empty"),
        ({"qty": None, "netWgt": 0.0}, "No net weight for the only row, no quantity for the only row: left empty"),
        ({}, ""),
    ],
)
async def test_only_what_is_missing_is_called_missing(
    comtrade: "Comtrade", notes_of: Notes, row: Fields, said: str
) -> None:
    comtrade.gives(comtrade.row(**row))
    text = notes_of(await comtrade.ask(), NoteCode.ABSENT)
    assert text.startswith(said)
    assert bool(text) == bool(said)


@pytest.mark.anyio
async def test_notes_on_a_single_row_are_english(comtrade: "Comtrade", notes_of: Notes) -> None:
    comtrade.gives(comtrade.row(isReported=False, isAggregate=True, isOriginalClassification=False, primaryValue=0.0))
    answer = await comtrade.ask()
    assert "The only row was added up by UN Comtrade" in notes_of(answer, NoteCode.FLAG)
    assert "The only row was converted" in notes_of(answer, NoteCode.FLAG)
    assert notes_of(answer, NoteCode.ZERO) == "The value of the only row is 0 as published, not missing."


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("reporter", "partner", "said"),
    [
        ("China", "South Korea", ""),
        ("CN", "KOR", ""),
        ("中国", "한국", ""),
        ("China", "Korea", "Korea is read as the Republic of Korea (South Korea); North Korea is KP."),
        ("Korea", "Korea, Rep. of", "Korea is read as the Republic of Korea (South Korea); North Korea is KP."),
        ("156", "840", "Read 840 as United States (842)."),
    ],
)
async def test_only_readings_that_may_surprise_are_said(
    comtrade: "Comtrade", notes_of: Notes, reporter: str, partner: str, said: str
) -> None:
    comtrade.gives_what_is_asked()
    text = notes_of(await comtrade.ask(reporterCode=reporter, partnerCode=partner), NoteCode.RESOLVED_CODE)
    assert text.startswith(said)
    assert bool(text) == bool(said)
    assert text.count("Korea is read") <= 1


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
    data = as_series(rows, [Period(2020), Period(2021)], typeCode="C", freqCode="A", clCode="HS")
    back = [
        (period, record.partnerCode, record.flowCode, value)
        for record in data.records
        for period, value in zip(data.periods, record.primaryValue, strict=True)
        if value is not None
    ]
    assert sorted(back) == sorted(cells)
