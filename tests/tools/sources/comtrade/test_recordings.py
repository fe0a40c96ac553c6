"""Real answers of the service through the real tools, compared with sums made here from the JSON itself."""

import json
import math
from collections import defaultdict
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from tradestat_tools.model.answers import Answer, NoteCode
from tradestat_tools.model.errors import NoData

if TYPE_CHECKING:
    from conftest import Comtrade

pytestmark = pytest.mark.anyio

Read = Callable[[str], bytes]
Notes = Callable[[Answer[Any], NoteCode], str]
Cell = tuple[str, str, str, str, str]

FLAGS = (
    "classificationCode",
    "isOriginalClassification",
    "isQtyEstimated",
    "isAltQtyEstimated",
    "isNetWgtEstimated",
    "isGrossWgtEstimated",
    "legacyEstimationFlag",
    "isReported",
    "isAggregate",
)
AMOUNTS = ("primaryValue", "cifvalue", "fobvalue", "netWgt", "grossWgt", "qty", "altQty")


def raw_rows(body: bytes) -> list[dict[str, Any]]:
    return json.loads(body.decode("utf-8-sig"))["data"]


def raw_cells(rows: list[dict[str, Any]]) -> dict[Cell, dict[str, Any]]:
    names = ("reporterCode", "partnerCode", "flowCode", "cmdCode", "period")
    return {tuple(str(row[name]) for name in names): row for row in rows}  # type: ignore[misc]


def cells(structured: dict[str, Any]) -> dict[Cell, dict[str, Any]]:
    """The structured content of an answer taken apart again into one mapping a row."""
    data = structured["data"]
    found: dict[Cell, dict[str, Any]] = {}
    for record in data["records"]:
        for at, period in enumerate(data["periods"]):
            cell: dict[str, Any] = {}
            for name in (*AMOUNTS, *FLAGS, "qtyUnitAbbr", "altQtyUnitAbbr"):
                aligned = record.get(name)
                cell[name] = aligned[at] if aligned is not None else data["common"].get(name)
            if cell["primaryValue"] is not None:
                who = (record["reporterCode"], record["partnerCode"], record["flowCode"], record["cmdCode"], period)
                found[who] = cell
    return found


def assert_same(structured: dict[str, Any], rows: list[dict[str, Any]]) -> None:
    """Every row of the recording is there with its figures and flags, and nothing else is."""
    wanted, got = raw_cells(rows), cells(structured)
    assert len(wanted) == len(rows)
    assert got.keys() == wanted.keys()
    for where, row in wanted.items():
        for name in FLAGS:
            assert got[where][name] == row[name], (where, name)
        assert got[where]["primaryValue"] == row["primaryValue"], where
        for name in AMOUNTS[1:]:
            nothing_known = row[name] is None or (row[name] == 0 and row["primaryValue"] > 0)
            assert got[where][name] == (None if nothing_known else row[name]), (where, name)
        for name in ("qtyUnitAbbr", "altQtyUnitAbbr"):
            assert got[where][name] == (None if row[name] == "N/A" else row[name]), (where, name)


def sums(items: "list[tuple[Any, float]]") -> dict[Any, float]:
    parts: dict[Any, list[float]] = defaultdict(list)
    for key, value in items:
        parts[key].append(value)
    return {key: math.fsum(values) for key, values in parts.items()}


async def test_the_whole_body_for_china_in_2010_is_read_as_it_came(
    keyed: "Comtrade", recording: Read, notes_of: Notes
) -> None:
    body = recording("get_C_A_HS_reporter156_2010.json")
    keyed.says(body)
    answer = await keyed.ask(
        reporterCode="China", partnerCode="32,280,276", cmdCode="TOTAL", flowCode="M,X", period="2010"
    )
    assert_same(answer.structured(), raw_rows(body))
    assert [sent.path for sent in keyed.sent] == ["/data/v1/get/C/A/HS"]
    imports, exports = (
        {r.partnerCode: r.primaryValue[0] for r in answer.data.records if r.flowCode == flow} for flow in ("M", "X")
    )
    assert imports == {"276": 74251272075, "32": 6804128143}
    assert exports == {"276": 68047133397, "32": 6115764185}
    assert "280" in notes_of(answer, NoteCode.ABSENT)
    assert "CIF" in notes_of(answer, NoteCode.VALUATION)
    assert "No net weight for all 4 rows, no quantity for all 4 rows: left empty" in notes_of(answer, NoteCode.ABSENT)


async def test_the_recorded_empty_body_is_no_data_that_names_what_was_asked(keyed: "Comtrade", recording: Read) -> None:
    keyed.says(recording("get_S_A_EB_reporter156_2010_empty.json"))
    with pytest.raises(NoData) as caught:
        await keyed.ask(typeCode="S", clCode="EB", cmdCode="200", partnerCode="32,280,276", flowCode="M", period="2010")
    message = str(caught.value)
    assert "imports of China (156)" in message
    assert "Germany (276)" in message
    assert "EB 200" in message
    assert "2010" in message
    assert "EB10 or EB02" in caught.value.remedy
    assert "ends with 1990" in caught.value.remedy or "end with 1990" in caught.value.remedy
    assert keyed.sent[0].path == "/data/v1/get/S/A/EB"
    assert "motCode" not in keyed.sent[0].params


@pytest.mark.parametrize("name", ["data_example_1.json", "data_example_2.json", "data_eu_imports_world.json"])
async def test_every_row_keeps_its_figures_and_flags_and_nothing_is_added(
    keyed: "Comtrade", recording: Read, notes_of: Notes, name: str
) -> None:
    body = recording(name)
    rows = raw_rows(body)
    keyed.says(body)
    codes = {
        field: list(dict.fromkeys(str(row[field]) for row in rows))
        for field in ("reporterCode", "partnerCode", "cmdCode", "flowCode", "period")
    }
    answer = await keyed.ask(**codes, maxRecords=100_000)
    structured = answer.structured()
    assert_same(structured, rows)
    assert {field: keyed.sent[0].params[field].split(",") for field in ("reporterCode", "partnerCode", "cmdCode")} == {
        field: codes[field] for field in ("reporterCode", "partnerCode", "cmdCode")
    }
    assert sums([(where[0::4], cell["primaryValue"]) for where, cell in cells(structured).items()]) == sums(
        [((str(row["reporterCode"]), row["period"]), row["primaryValue"]) for row in rows]
    )
    for what, field in (("net weight", "netWgt"), ("quantity", "qty")):
        unknown = sum(not row[field] for row in rows)
        how_many = f"all {unknown}" if unknown == len(rows) else f"{unknown} of {len(rows)}"
        assert f"o {what} for {how_many} rows" in notes_of(answer, NoteCode.ABSENT)
    assert not notes_of(answer, NoteCode.DOUBLE_COUNTING)
    assert not notes_of(answer, NoteCode.RESOLVED_CODE)
    assert not notes_of(answer, NoteCode.SUBSET)
    if len(rows) > 1000:
        lean = json.dumps(structured, ensure_ascii=False, separators=(",", ":")).encode()
        assert len(lean) < 0.2 * len(body)


async def test_imports_of_the_usa_have_fob_values_as_far_as_they_are_known(
    keyed: "Comtrade", recording: Read, notes_of: Notes
) -> None:
    body = recording("data_example_1.json")
    keyed.says(body)
    partners, years = (sorted({str(row[name]) for row in raw_rows(body)}) for name in ("partnerCode", "period"))
    answer = await keyed.ask(
        reporterCode="USA", partnerCode=partners, cmdCode="TOTAL", flowCode="imports", period=years
    )
    for record in answer.data.records:
        assert record.fobvalue is not None
        assert [value is None for value in record.fobvalue[:2]] == [True, False]
    editions = notes_of(answer, NoteCode.EDITION_BREAK)
    assert "HS 2017 (H5) from 2018, HS 2022 (H6) from 2022" in editions
    assert "TOTAL is not affected" in editions
    assert answer.what.startswith("USA (842): imports")


async def test_exports_of_china_asked_year_by_year_without_a_key_join_to_the_same_rows(
    comtrade: "Comtrade", recording: Read
) -> None:
    rows = raw_rows(recording("data_example_2.json"))
    years = sorted({row["period"] for row in rows})
    for year in years:
        comtrade.gives(*(row for row in rows if row["period"] == year))
    partners = sorted({str(row["partnerCode"]) for row in rows})
    answer = await comtrade.ask(partnerCode=partners, cmdCode="TOTAL", period=years)
    assert_same(answer.structured(), rows)
    assert [sent.path for sent in comtrade.sent] == ["/public/v1/preview/C/A/HS"] * len(years)
    assert [sent.params["period"] for sent in comtrade.sent] == years == answer.data.periods
    assert answer.source.calls == len(years)


async def test_rows_at_the_limit_are_the_whole_where_as_many_were_counted(
    keyed: "Comtrade", recording: Read, notes_of: Notes
) -> None:
    body = recording("data_eu_imports_world.json")
    keyed.says(body)
    limit = len(raw_rows(body))
    question = {"reporterCode": "all", "partnerCode": "0", "cmdCode": "AG2,AG4,AG6", "flowCode": "M"}
    answer = await keyed.ask(**question, period="2018-2022", maxRecords=limit)
    assert not notes_of(answer, NoteCode.SUBSET)
    assert answer.more is None
    assert "reporterCode" not in keyed.sent[0].params


LISTS = {
    "reporters": "Reporters",
    "partners": "partnerAreas",
    "HS": "HS",
    "H4": "H4",
    "H6": "H6",
    "EB10": "EB10",
    "modesOfTransport": "ModeOfTransportCodes",
    "dataItems": "TradeDataItems",
}


async def test_every_entry_of_a_list_is_given_page_by_page(comtrade: "Comtrade", recording: Read) -> None:
    for category, file in LISTS.items():
        body = recording(f"reference_{file}.json")
        comtrade.replies.clear()
        comtrade.says(body)
        raw = json.loads(body.decode("utf-8-sig"))["results"]
        last = range(0, len(raw), 500)[-1]
        for offset in {0, last}:
            answer = await comtrade.call("comtrade_reference", category=category, limit=500, offset=offset)
            assert answer.data.count == len(raw)
            ids = [entry.id for entry in answer.data.results]
            page = raw[offset : offset + 500]
            assert ids == [str(entry.get("id", entry.get("dataItem"))).strip() for entry in page]
            assert all(entry.text for entry in answer.data.results)
            assert (answer.more is None) == (offset == last)
        assert comtrade.sent[-1].path == f"/files/v1/app/reference/{file}.json"


async def test_recorded_lists_say_what_a_code_is_and_was(comtrade: "Comtrade", recording: Read) -> None:
    comtrade.says(recording("reference_Reporters.json"))
    india = (await comtrade.call("comtrade_reference", category="reporters", search="India")).data.results
    assert {(entry.id, entry.entryExpiredDate) for entry in india} >= {("699", None), ("356", "1974-12-31")}
    comtrade.replies.clear()
    body = recording("reference_H4.json")
    comtrade.says(body)
    phones = (await comtrade.call("comtrade_reference", category="H4", search="851712")).data.results
    assert [(entry.id, entry.parent, entry.aggrLevel, entry.isLeaf) for entry in phones] == [
        ("851712", "8517", 6, True)
    ]
    chapters = (await comtrade.call("comtrade_reference", category="H4", level=2, limit=500)).data
    assert chapters.count == sum(entry["aggrLevel"] == 2 for entry in json.loads(body.decode("utf-8-sig"))["results"])
    assert chapters.results[0].text == "Live animals"
    below = (await comtrade.call("comtrade_reference", category="H4", parent="8507")).data.results
    assert {entry.parent for entry in below} == {"8507"}
    assert "850760" in {entry.id for entry in below}


async def test_recorded_ebops_levels_follow_the_dots(comtrade: "Comtrade", recording: Read) -> None:
    comtrade.says(recording("reference_EB10.json"))
    main = (await comtrade.call("comtrade_reference", category="ebops", level=1, limit=500)).data
    assert {"1", "3", "9"} <= {entry.id for entry in main.results} <= {str(n) for n in range(1, 13)}
    total = (await comtrade.call("comtrade_reference", category="EB10", level=0)).data.results
    assert [(entry.id, entry.text) for entry in total] == [("200", "Total EBOPS 2010 Services")]
    found = (await comtrade.call("comtrade_reference", category="EB10", search="computer software")).data.results
    assert "9.2.1" in {entry.id for entry in found}
