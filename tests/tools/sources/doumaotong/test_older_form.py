"""The older documented form: plain RMB yuan, one country at a time."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from tradestat_tools.model.answers import Answer, NoteCode
from tradestat_tools.model.errors import NoData, UpstreamChanged

if TYPE_CHECKING:
    from conftest import FakeService

pytestmark = pytest.mark.anyio

Notes = Callable[[Answer[Any], NoteCode], str]


async def test_the_dashboard_is_taken_as_it_is(service: "FakeService", older: dict[str, Any]) -> None:
    service.says("dashboard", older["dashboard"], code=200, msg="success")
    answer = await service.ask("dashboard", hsCode="85171200", currentMonth=202503)
    assert answer.structured()["data"] == older["dashboard"]
    assert answer.source.coverage == "12 months to 2025-03"


async def test_months_of_one_country_are_taken_as_they_are(service: "FakeService", older: dict[str, Any]) -> None:
    for tool in ("trend", "history"):
        service.says(tool, older[tool])
        answer = await service.ask(tool, hsCode="85171200", countryCode="United States")
        assert answer.structured()["data"] == {**older[tool], "country": "United States"}
        assert "to United States (China Customs code 502)" in answer.what


async def test_a_quantity_of_0_without_a_unit_is_none_given(service: "FakeService", older: dict[str, Any]) -> None:
    service.says("dashboard", {**older["dashboard"], "secondUnit": "-", "secondQuantity": 0, "firstQuantity": 0})
    data = (await service.ask("dashboard", hsCode="85171200")).data
    assert data.secondQuantity is None
    assert data.firstQuantity == 0  # it has a unit, so 0 is a quantity


async def test_destinations_carry_continent_tags_and_growth(service: "FakeService", older: dict[str, Any]) -> None:
    service.says("markets", older["markets"])
    markets = (await service.ask("markets", hsCode="85171200")).data.markets
    assert markets[0].recent12mTotal == 9_876_543_210.12
    assert markets[0].monthlyAvg == 823_045_267.51
    assert markets[1].tradeTags == ["一带一路", "中东"]
    assert (markets[1].country, markets[1].countryCode) == ("United Arab Emirates", "138")
    assert markets[2].threeYearCAGR is None
    assert markets[3].country == "Afghanistan"


@pytest.mark.parametrize("holder", ["markets", "list", "records", "items"])
async def test_a_list_of_destinations_may_stand_in_a_member(
    service: "FakeService", older: dict[str, Any], holder: str
) -> None:
    service.says("markets", {"hsCode": "85171200", holder: older["markets"]})
    assert len((await service.ask("markets", hsCode="851712")).data.markets) == 4


async def test_no_destination_above_the_minimum_is_no_data(service: "FakeService", older: dict[str, Any]) -> None:
    service.says("markets", [])
    with pytest.raises(NoData, match="no destination of at least 5,000 yuan"):
        await service.ask("markets", hsCode="85171200", minAmount=5000)


async def test_a_month_without_record_is_0_and_the_note_says_what_that_means(
    service: "FakeService", older: dict[str, Any], note: Notes
) -> None:
    service.says("trend", older["trend"])
    answer = await service.ask("trend", hsCode="85171200", countryCode="502")
    assert answer.data.monthlyData[9].amount == 0
    assert note(answer, NoteCode.ZERO).startswith("0 in 202501: the service writes 0 both for no export record")


async def test_a_month_that_is_null_is_a_gap_and_not_0(
    service: "FakeService", older: dict[str, Any], note: Notes
) -> None:
    older["trend"]["monthlyData"][0]["amount"] = None
    service.says("trend", older["trend"])
    answer = await service.ask("trend", hsCode="85171200", countryCode="502")
    assert answer.data.monthlyData[0].amount is None
    assert "202404" in note(answer, NoteCode.ABSENT)
    assert "202404" not in note(answer, NoteCode.ZERO)


async def test_amounts_in_another_currency_are_refused(service: "FakeService", older: dict[str, Any]) -> None:
    service.says("trend", {**older["trend"], "currencyUnit": "万元"})
    with pytest.raises(UpstreamChanged, match=r"trend\.currencyUnit"):
        await service.ask("trend", hsCode="85171200", countryCode="502")


@pytest.mark.parametrize("tool", ["trend", "history"])
async def test_figures_of_another_country_than_asked_for_are_refused(
    service: "FakeService", older: dict[str, Any], tool: str
) -> None:
    service.says(tool, {**older[tool], "countryCode": 116})
    with pytest.raises(UpstreamChanged, match="expected country 502, found country 116"):
        await service.ask(tool, hsCode="85171200", countryCode="502")


async def test_a_total_that_is_not_the_sum_of_its_months_is_said(
    service: "FakeService", older: dict[str, Any], note: Notes
) -> None:
    service.says("history", older["history"])
    agrees = await service.ask("history", hsCode="85171200", countryCode="502")
    assert note(agrees, NoteCode.TOTAL_MISMATCH) == ""
    older["history"]["summaryStats"]["total24MonthAmount"] += 1_000_000
    service.replies.clear()
    service.says("history", older["history"])
    differs = await service.ask("history", hsCode="85171200", countryCode="502")
    assert "The months add up to 8,217,941,318 yuan" in note(differs, NoteCode.TOTAL_MISMATCH)


async def test_no_exports_is_understood_with_http_404_and_under_message_too(service: "FakeService") -> None:
    body = '{"code": 404, "message": "该商品对此国家暂无出口记录"}'.encode()
    service.raw("history", body, status=404)
    with pytest.raises(NoData, match="on record"):
        await service.ask("history", hsCode="85171200", countryCode="101")
