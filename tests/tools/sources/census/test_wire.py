"""What the service sends, and what becomes of it: each quirk on a body of its kind."""

import json
from typing import TYPE_CHECKING, Any

import pytest

from tradestat_tools.catalogue import catalogue
from tradestat_tools.contract.tool import Tool
from tradestat_tools.model.errors import (
    MissingKey,
    NoData,
    TooLarge,
    TradestatError,
    Unauthorized,
    UpstreamChanged,
    UpstreamDown,
    UpstreamRefused,
)
from tradestat_tools.upstream.http import Http

if TYPE_CHECKING:
    from conftest import Census

pytestmark = pytest.mark.anyio

KEY = "0a1b2c3d4e5f60718293a4b5c6d7e8f901234567"
HEAD = (
    "GEN_VAL_MO GEN_CIF_MO GEN_CHA_MO CON_VAL_MO DUT_VAL_MO CAL_DUT_MO GEN_QY1_MO GEN_QY2_MO GEN_QY1_MO_FLAG "
    "GEN_QY2_MO_FLAG UNIT_QY1 UNIT_QY2"
)
ALONE = f"{HEAD} I_COMMODITY CTY_CODE time"
EACH = f"{HEAD} CTY_CODE CTY_NAME I_COMMODITY time"


def catalogue_tool(name: str) -> Tool[Any, Any]:
    return catalogue().tools[name]


def figures(value: int, quantity: int = 10, flag: str = "-", unit: str = "NO") -> list[object]:
    charges = value // 10
    return [value, value + charges, charges, value, 0, 0, quantity, 0, flag, "N", unit, "-"]


def from_china(month: str, value: int, quantity: int = 10, flag: str = "-", unit: str = "NO") -> list[object]:
    return [*figures(value, quantity, flag, unit), "848340", "5700", month]


def from_each(code: str, name: str, value: int) -> list[object]:
    return [*figures(value), code, name, "848340", "2026-06"]


async def failure(census: "Census", **asked: object) -> TradestatError:
    with pytest.raises(TradestatError) as caught:
        await census.call("us_imports", **({"product": "848340", "partner": "CN", "period": "2026-06"} | asked))
    return caught.value


async def test_groups_continents_and_the_total_are_no_countries(census: "Census") -> None:
    census.gives(
        EACH,
        from_each("5XXX", "ASIA", 300),
        from_each("5700", "CHINA", 200),
        from_each("-", "TOTAL FOR ALL COUNTRIES", 350),
        from_each("0027", "ASEAN", 100),
        from_each("5520", "VIETNAM", 100),
        from_each("4803", "KOSOVO", 50),
        from_each("0003", "EUROPEAN UNION", 0),
    )
    answer = await census.call("us_imports", product="848340", partner="all", period="2026-06")
    rows = answer.data.rows
    assert dict(zip(rows.CTY_CODE, rows.figures["GEN_VAL_MO"], strict=True)) == {"5700": 200, "5520": 100, "4803": 50}
    assert answer.data.months.figures["GEN_VAL_MO"] == [350]
    assert [note.text for note in answer.notes if note.code == "total_mismatch"] == []


async def test_countries_that_do_not_add_up_to_the_total_are_told(census: "Census") -> None:
    census.gives(EACH, from_each("5700", "CHINA", 200), from_each("-", "TOTAL FOR ALL COUNTRIES", 999))
    answer = await census.call("us_imports", product="848340", partner="all", period="2026-06")
    assert [note.text for note in answer.notes if note.code == "total_mismatch"] == [
        "2026-06: the service's total GEN_VAL_MO is 999, its rows add up to 200."
    ]


async def test_a_group_is_picked_from_the_rows_of_all_in_one_call(census: "Census") -> None:
    rows = [from_each(*one) for one in (("2010", "MEXICO", 7), ("1220", "CANADA", 5), ("5700", "CHINA", 200))]
    census.gives(EACH, *rows, from_each("-", "TOTAL", 212))
    answer = await census.call("us_imports", product="848340", partner="USMCA", period="2026-06")
    assert answer.data.months.figures["GEN_VAL_MO"] == [12]
    assert answer.data.codes == ["1220", "2010"]
    assert "The United States, a member itself, is left out" in " ".join(note.text for note in answer.notes)
    assert [params.get("CTY_CODE") for _, params in census.sent] == [None]


async def test_palestine_is_the_gaza_strip_and_the_west_bank(census: "Census") -> None:
    rows = [from_each("5082", "GAZA STRIP ADMINISTERED BY ISRAEL", 3), from_each("5083", "WEST BANK", 4)]
    census.gives(EACH, *rows, from_each("-", "TOTAL", 7))
    answer = await census.call("us_imports", product="848340", partner="Palestine", period="2026-06")
    assert answer.data.months.figures["GEN_VAL_MO"] == [7]
    assert answer.data.names["5082"] == "GAZA STRIP ADMINISTERED BY ISRAEL"
    observe = catalogue_tool("us_imports").observe
    assert observe is not None
    assert [(one.partner, one.value) for one in observe(answer.data, answer.source)] == [("275", 7)]


async def test_a_column_echoed_twice_is_one_where_both_say_the_same(census: "Census") -> None:
    census.gives(f"{ALONE} CTY_CODE", [*from_china("2026-06", 5), "5700"])
    answer = await census.call("us_imports", product="848340", partner="CN", period="2026-06")
    assert answer.data.months.figures["GEN_VAL_MO"] == [5]
    census.replies.clear()
    census.gives(f"{ALONE} CTY_CODE", [*from_china("2026-06", 5), "5800"])
    error = await failure(census)
    assert isinstance(error, UpstreamChanged)
    assert "two columns CTY_CODE that differ" in error.message


async def test_rows_in_no_order_come_in_the_order_of_months(census: "Census") -> None:
    census.gives(ALONE, *(from_china(f"2026-{month:02d}", month) for month in (3, 1, 2)))
    answer = await census.call("us_imports", product="848340", partner="CN", period="2026-01..2026-03")
    assert answer.data.rows.time == ["2026-01", "2026-02", "2026-03"]
    assert answer.data.months.figures["GEN_VAL_MO"] == [1, 2, 3]


async def test_a_zero_row_is_a_true_zero_and_no_row_is_none(census: "Census") -> None:
    census.gives(ALONE, from_china("2026-01", 0, 0), from_china("2026-02", 9))
    answer = await census.call("us_imports", product="848340", partner="CN", period="2026-01..2026-03")
    assert answer.data.months.figures["GEN_VAL_MO"] == [0, 9, None]
    notes = {str(note.code): note for note in answer.notes}
    assert "had trade in another month of the same year" in notes["zero"].text
    assert notes["absent"].text == "No row for 2026-03: no trade is recorded there."
    assert answer.data.months.figures["GEN_QY1_MO"] == [0, 10, None]
    observe = catalogue_tool("us_imports").observe
    assert observe is not None
    found = {str(one.period): one.value for one in observe(answer.data, answer.source)}
    assert found == {"2026-01": 0, "2026-02": 9, "2026-03": 0}


async def test_the_newest_month_without_a_row_is_no_zero(census: "Census") -> None:
    census.gives(ALONE, from_china("2026-07", 5), from_china("2025-12", 3))
    answer = await census.call("us_imports", product="848340", partner="CN", period="2025-12..2026-09")
    observe = catalogue_tool("us_imports").observe
    assert observe is not None
    found = {str(one.period): one.value for one in observe(answer.data, answer.source)}
    assert "2026-09" not in found
    assert (found["2025-12"], found["2026-07"], found["2026-08"]) == (3, 5, 0)


async def test_a_quantity_of_zero_with_a_flag_or_without_a_unit_is_no_figure(census: "Census") -> None:
    rows = [
        from_china("2026-01", 100, 0, "N"),
        from_china("2026-02", 100, 0, "-", "X"),
        from_china("2026-03", 100, 0, "-"),
        from_china("2026-04", 100, 7, "N"),
    ]
    census.gives(ALONE, *rows)
    answer = await census.call("us_imports", product="848340", partner="CN", period="2026-01..2026-04")
    assert answer.data.rows.figures["GEN_QY1_MO"] == [None, None, 0, 7]
    assert answer.data.rows.figures["GEN_VAL_MO"] == [100] * 4
    (flag,) = [note.text for note in answer.notes if note.code == "flag"]
    assert flag.startswith("No quantity is given for GEN_QY1_MO in 2 rows")


async def test_quantities_in_different_units_are_not_added_up(census: "Census") -> None:
    head = f"{HEAD} I_COMMODITY I_COMMODITY_SDESC COMM_LVL CTY_CODE time"
    one = [*figures(5, 10, unit="NO"), "8483408000", "GEARS", "HS10", "5700", "2026-06"]
    other = [*figures(6, 11, unit="KG"), "8483409000", "OTHER", "HS10", "5700", "2026-06"]
    census.gives(head, one, other)
    answer = await census.call("us_imports", product="848340", level=10, partner="CN", period="2026-06")
    assert answer.data.months.figures["GEN_QY1_MO"] == [None]
    assert answer.data.months.figures["GEN_VAL_MO"] == [11]
    assert answer.data.rows.units == {"GEN_QY1_MO": ["NO", "KG"]}
    assert answer.data.names == {"8483408000": "GEARS", "8483409000": "OTHER"}


async def test_domestic_and_foreign_exports_are_counted_once(census: "Census") -> None:
    rows = [["15782111880", "2"], ["123031879061", "-"], ["107249767181", "1"]]
    head = "ALL_VAL_MO QTY_1_MO QTY_2_MO DF QTY_1_MO_FLAG QTY_2_MO_FLAG UNIT_QY1 UNIT_QY2 time"
    census.gives(head, *([value, 0, 0, kind, "N", "N", "-", "-", "2013-01"] for value, kind in rows))
    answer = await census.call("us_exports", period="2013-01", origin="split")
    assert answer.data.months.figures["ALL_VAL_MO"] == [123_031_879_061]
    assert dict(zip(answer.data.rows.DF, answer.data.rows.figures["ALL_VAL_MO"], strict=True))["2"] == 15_782_111_880
    observe = catalogue_tool("us_exports").observe
    assert observe is not None
    found = observe(answer.data, answer.source)
    assert sorted((one.flow, one.value) for one in found) == [("RX", 15_782_111_880), ("X", 123_031_879_061)]


async def test_a_row_twice_counts_once_and_two_that_differ_are_refused(census: "Census") -> None:
    census.gives(ALONE, from_china("2026-06", 5), from_china("2026-06", 5))
    answer = await census.call("us_imports", product="848340", partner="CN", period="2026-06")
    assert answer.data.months.figures["GEN_VAL_MO"] == [5]
    assert "1 row came twice" in " ".join(note.text for note in answer.notes)
    census.replies.clear()
    census.gives(ALONE, from_china("2026-06", 5), from_china("2026-06", 6))
    assert isinstance(await failure(census), UpstreamChanged)


async def test_nothing_found_is_204_and_says_so(census: "Census") -> None:
    census.says(status=204)
    error = await failure(census)
    assert isinstance(error, NoData)
    assert [(why.reason, why.sure) for why in error.why] == [("zero", False)]
    assert "No row is not a reported zero" in error.message


async def test_a_month_that_came_out_just_now_may_not_be_there_yet(census: "Census") -> None:
    census.now = census.now.replace(day=5)
    census.says(status=204)
    error = await failure(census, period="2026-09")
    assert isinstance(error, NoData)
    assert "not_yet_published" in [why.reason for why in error.why]
    census.replies.clear()
    census.gives(ALONE, from_china("2026-08", 5))
    answer = await census.call("us_imports", product="848340", partner="CN", period="2026-08..2026-09")
    late = [note.text for note in answer.notes if note.code == "lag"]
    assert late == ["2026-09 has no row: it comes out about now, and may not be out yet. That is not zero."]


async def test_what_was_empty_is_asked_again_soon(census: "Census") -> None:
    census.says(status=204)
    http = Http(app=census.app)
    asked = {"product": "848340", "partner": "CN", "period": "2026-06"}
    try:
        async with census.context(http) as context:
            with pytest.raises(NoData):
                await context.call("us_imports", asked)
            census.now = census.now.replace(hour=census.now.hour + 1)
            census.replies.clear()
            census.gives(ALONE, from_china("2026-06", 5))
            answer = await context.call("us_imports", asked)
    finally:
        await http.aclose()
    assert answer.data.months.figures["GEN_VAL_MO"] == [5]


@pytest.mark.parametrize(
    ("page", "said"), [("missing_key.html", "found no key in the request"), ("invalid_key.html", "key is not valid")]
)
async def test_a_redirect_for_the_key_is_not_followed(census: "Census", page: str, said: str) -> None:
    census.says(status=302, location=f"/data/{page}?key={KEY}", x_datawebapi_keyerror="1")
    error = await failure(census)
    assert isinstance(error, Unauthorized)
    assert said in error.message
    assert len(census.sent) == 1
    assert KEY not in f"{error.as_dict()}"


async def test_a_redirect_elsewhere_is_no_matter_of_the_key(census: "Census") -> None:
    census.says(status=301, location="https://example.invalid/")
    error = await failure(census)
    assert isinstance(error, UpstreamChanged)
    assert "example.invalid" not in f"{error.as_dict()}"


async def test_without_a_key_nothing_is_sent(census: "Census") -> None:
    census.key = None
    census.says()
    error = await failure(census)
    assert isinstance(error, MissingKey)
    assert "key_signup" in error.remedy
    assert census.sent == []


async def test_a_400_is_quoted_without_anything_like_a_key(census: "Census") -> None:
    census.says(f"error: invalid time argument of {KEY}", 400, content_type="text/plain")
    error = await failure(census)
    assert isinstance(error, UpstreamRefused)
    assert "It says: error: invalid time argument" in error.message
    assert KEY not in f"{error.as_dict()}"
    census.replies.clear()
    census.says("error: unknown variable 'GEN_CHA_MO'", 400)
    assert isinstance(await failure(census), UpstreamChanged)


async def test_a_query_that_could_not_be_run_is_too_large(census: "Census") -> None:
    census.says("There was an error while running your query.  We've logged the error.", 500)
    error = await failure(census)
    assert isinstance(error, TooLarge)
    assert "fewer months" in error.remedy
    census.replies.clear()
    census.says("oops", 500)
    assert isinstance(await failure(census), UpstreamDown)


@pytest.mark.parametrize(
    "body",
    [
        "{}",
        "[]",
        "[[]]",
        '[["time"], [["2026-06"]]]',
        '[["time"], ["2026-06", "1"]]',
        '[["GEN_VAL_MO", "time"], ["many", "2026-06"]]',
        json.dumps([ALONE.split(), [*map(str, from_china("sometime", 5))]]),
        json.dumps([ALONE.split(), [*map(str, from_china("2026-06", 5))][::-1]]),
    ],
)
async def test_a_body_of_another_form_is_refused(census: "Census", body: str) -> None:
    census.says(body)
    assert isinstance(await failure(census), UpstreamChanged)


@pytest.mark.parametrize("body", ["", "<html><body>Maintenance</body></html>", '[["GEN_VAL_MO","ti'])
async def test_a_body_that_is_none_is_a_service_that_is_down(census: "Census", body: str) -> None:
    census.says(body)
    assert isinstance(await failure(census), UpstreamDown)


@pytest.mark.parametrize(
    ("row", "name"),
    [
        ([*figures(5), "848340", "5800", "2026-06"], "CTY_CODE"),
        ([*figures(5), "848350", "5700", "2026-06"], "I_COMMODITY"),
        ([*figures(5), "848340", "5700", "2026-05"], "time"),
    ],
)
async def test_rows_that_were_not_asked_for_are_refused(census: "Census", row: list[object], name: str) -> None:
    census.gives(ALONE, row)
    error = await failure(census)
    assert isinstance(error, UpstreamChanged)
    assert f"it seems to ignore {name}" in error.message
