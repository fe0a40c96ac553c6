"""Why there is no figure: each reason through a real call, and what is known never said to be more than it is."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pytest

from tradestat_tools.model.answers import Answer
from tradestat_tools.model.errors import NoData
from tradestat_tools.model.reasons import Reason, Why

if TYPE_CHECKING:
    from conftest import FakeService

pytestmark = pytest.mark.anyio

NO_RECORD = "该商品对此国家暂无出口记录"


def found(why: Sequence[Why]) -> list[tuple[str, bool]]:
    return [(one.reason.value, one.sure) for one in why]


def noted(answer: Answer[Any], code: str) -> list[Reason | None]:
    return [note.reason for note in answer.notes if note.code == code]


async def empty(service: "FakeService", tool: str, **asked: Any) -> NoData:
    with pytest.raises(NoData) as caught:
        await service.ask(tool, **asked)
    return caught.value


@pytest.mark.parametrize(
    ("code", "expected", "remedy"),
    [
        ("8507", [("zero", False), ("suppressed", False)], 'cmdCode="8507"'),
        ("85076000", [("code_retired", False), ("zero", False), ("suppressed", False)], 'dashboard(hsCode="850760")'),
        ("85171200", [("code_retired", True)], 'dashboard(hsCode="851713")'),
        ("851712", [("code_retired", True)], 'dashboard(hsCode="851713")'),
    ],
)
async def test_a_code_without_anything_names_its_reasons_and_the_next_call(
    service: "FakeService", code: str, expected: list[tuple[str, bool]], remedy: str
) -> None:
    service.says("dashboard", None, code=404, msg="暂无数据")
    error = await empty(service, "dashboard", hsCode=code)
    assert found(error.why) == expected
    assert remedy in error.remedy


@pytest.mark.parametrize("tool", ["trend", "history"])
async def test_no_record_with_a_country_may_be_nothing_exported_or_kept_back(service: "FakeService", tool: str) -> None:
    service.says(tool, None, code=404, msg=NO_RECORD)
    error = await empty(service, tool, hsCode="850760", countryCode="KR")
    assert found(error.why) == [("zero", False), ("suppressed", False)]
    assert "the one 8-digit code that it takes for 850760" in error.why[0].text
    assert 'markets(hsCode="850760")' in error.remedy
    assert 'endYymm="latest", hsSgn="850760", cntyCd="CN")' in error.remedy


async def test_nulls_are_figures_that_were_not_reported(service: "FakeService") -> None:
    service.says("dashboard", {"hsCode": "85076000", "metrics": {"amtYi": None}})
    error = await empty(service, "dashboard", hsCode="850760")
    assert error.why[0].reason == "not_reported"


async def test_a_minimum_that_nothing_reaches_is_a_filter_for_certain(
    service: "FakeService", current: dict[str, Any]
) -> None:
    service.says("markets", current["markets"])
    error = await empty(service, "markets", hsCode="85076000", minAmount=1e14)
    assert found(error.why) == [("filtered_out", True)]
    assert 'markets(hsCode="85076000")' in error.remedy
    service.says("topProducts", current["topProducts"])
    error = await empty(service, "topProducts", minAmount=1e14)
    assert found(error.why) == [("filtered_out", True)]
    assert 'topProducts(sortBy="growth", minAmount=0)' in error.remedy


async def test_a_minimum_that_the_service_applied_itself_is_only_likely_the_reason(service: "FakeService") -> None:
    service.says("markets", {"markets": []})
    error = await empty(service, "markets", hsCode="85076000", minAmount=1e14)
    assert found(error.why)[0] == ("filtered_out", False)
    service.says("topProducts", {"products": []})
    assert found((await empty(service, "topProducts")).why) == [("filtered_out", False)]


async def test_a_product_without_growing_destinations_is_below_the_ranking(service: "FakeService") -> None:
    service.says("growth", {"hsCode": "85076000", "growth": []})
    error = await empty(service, "growth", hsCode="850760")
    assert found(error.why) == [("below_ranking", False)]
    assert 'markets(hsCode="850760")' in error.remedy


async def test_rows_left_out_as_asked_are_filtered_out(service: "FakeService", older: dict[str, Any]) -> None:
    service.says("markets", older["markets"])
    answer = await service.ask("markets", hsCode="85171200", minAmount=1000, limit=1)
    assert noted(answer, "subset") == ["filtered_out", "filtered_out"]


async def test_rows_left_out_of_a_ranking_as_asked_are_not_those_below_it(
    service: "FakeService", current: dict[str, Any]
) -> None:
    service.says("markets", current["markets"])
    answer = await service.ask("markets", hsCode="85076000", limit=1)
    assert noted(answer, "subset") == ["below_ranking", "filtered_out"]
    service.says("topProducts", current["topProducts"])
    least = min(one["amt"] for one in current["topProducts"]["products"]) * 1e8 + 1
    answer = await service.ask("topProducts", minAmount=least)
    assert noted(answer, "subset") == ["below_ranking", "filtered_out"]


async def test_a_month_later_than_the_newest_is_not_out_and_an_earlier_one_not_covered(
    service: "FakeService", current: dict[str, Any]
) -> None:
    service.says("dashboard", current["dashboard"])  # up to 202509
    later = await service.ask("dashboard", hsCode="85076000", currentMonth="202510")
    assert noted(later, "absent") == ["not_yet_published"]
    assert any("2025-10 comes out about 2025-11-20" in note.text for note in later.notes)
    earlier = await service.ask("dashboard", hsCode="85076000", currentMonth="202403")
    assert noted(earlier, "absent") == ["not_covered"]


async def test_what_a_form_never_has_is_not_covered(
    service: "FakeService", current: dict[str, Any], older: dict[str, Any]
) -> None:
    service.says("trend", current["trend"])
    assert "not_covered" in noted(await service.ask("trend", hsCode="85076000", countryCode="116"), "absent")
    assert noted(await service.ask("history", hsCode="85076000", countryCode="116"), "absent") == ["not_covered"]
    service.raw("growth", b"", status=404)
    assert noted(await service.ask("growth", hsCode="85076000"), "absent") == ["not_covered"]
    service.says("priceband", {"hsCode": "85076000", "priceBand": None, "priceTrend1": None, "priceTrend2": None})
    assert noted(await service.ask("priceband", hsCode="85076000"), "absent") == ["not_covered"]


async def test_a_zero_is_not_a_gap(service: "FakeService", older: dict[str, Any]) -> None:
    months = [
        {"month": "202401", "amount": 5},
        {"month": "202402", "amount": 0},
        {"month": "202403", "amount": None},
    ]
    service.says("trend", {**older["trend"], "monthlyData": months})
    answer = await service.ask("trend", hsCode="85171200", countryCode=older["trend"]["countryCode"])
    assert noted(answer, "zero") == ["zero"]
    assert noted(answer, "absent") == ["not_reported"]
