"""The service may be in either form at any call, and no call breaks on that."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from tradestat_tools.model.answers import Answer, NoteCode
from tradestat_tools.model.errors import UpstreamChanged, UpstreamDown, UpstreamRefused

if TYPE_CHECKING:
    from conftest import FakeService

pytestmark = pytest.mark.anyio

Notes = Callable[[Answer[Any], NoteCode], str]


async def test_trend_for_one_country_gives_the_total_apart_and_says_so(
    service: "FakeService", current: dict[str, Any], note: Notes
) -> None:
    service.says("trend", current["trend"])
    answer = await service.ask("trend", hsCode="85076000", countryCode="116")
    structured = answer.structured()["data"]
    assert "monthlyData" not in structured
    assert structured["country"] == "Japan"
    assert structured["allDestinationsMonthly"]["periods"][-1] == "202509"
    assert "ALL destinations" in answer.what
    assert "Japan" not in answer.what
    assert "No series for Japan alone" in note(answer, NoteCode.ABSENT)
    assert "comtrade_data" in str(answer.more)


async def test_trend_without_a_country_where_one_is_needed_is_absent_and_says_so(
    service: "FakeService", note: Notes
) -> None:
    service.says("trend", None, code=400, msg="缺少必填参数 countryCode")
    answer = await service.ask("trend", hsCode="85076000")
    assert answer.structured()["data"] == {"hsCode": "85076000"}
    assert "Call again with countryCode" in note(answer, NoteCode.SHAPE)
    assert note(answer, NoteCode.ABSENT)


async def test_trend_refused_although_a_country_was_named_is_a_refusal(service: "FakeService") -> None:
    service.says("trend", None, code=400, msg="缺少必填参数")
    with pytest.raises(UpstreamRefused, match="缺少必填参数"):
        await service.ask("trend", hsCode="85076000", countryCode="116")


@pytest.mark.parametrize(
    "gone",
    [
        (404, b'{"timestamp": "2026-10-01T00:00:00", "status": 404, "error": "Not Found", "path": "/skill/history"}'),
        (404, b"<html><body>404</body></html>"),
        (410, b""),
        (200, '{"code": 404, "msg": "暂无数据", "data": null}'.encode()),
    ],
)
async def test_a_history_that_is_gone_is_absent_and_names_what_to_use(
    service: "FakeService", note: Notes, gone: tuple[int, bytes]
) -> None:
    service.raw("history", gone[1], status=gone[0])
    answer = await service.ask("history", hsCode="85076000", countryCode="133")
    assert answer.structured()["data"] == {"hsCode": "85076000", "countryCode": "133", "country": "South Korea"}
    assert answer.data.tables() == []
    assert "no longer lists" in note(answer, NoteCode.SHAPE)
    assert "neither zero nor a sign of no exports" in note(answer, NoteCode.ABSENT)
    for tool in ("trend", "comtrade_data", "getNitemtradeList"):
        assert tool in str(answer.more)


@pytest.mark.parametrize("tool", ["growth", "priceband", "chapter"])
async def test_what_the_older_form_never_had_is_absent_and_says_so(
    service: "FakeService", note: Notes, tool: str
) -> None:
    service.raw(tool, b'{"status": 404, "error": "Not Found"}', status=404)
    answer = await service.ask(tool, hsCode="85076000")
    assert answer.structured()["data"] == {"hsCode": "85076000"}
    assert answer.data.tables() == []
    assert f"it has no {tool}" in note(answer, NoteCode.SHAPE)
    assert "not given" in answer.what


@pytest.mark.parametrize("tool", ["dashboard", "markets", "trend", "topProducts"])
async def test_an_address_that_both_forms_have_is_not_silently_missing(service: "FakeService", tool: str) -> None:
    asked = {} if tool == "topProducts" else {"hsCode": "85076000"}
    with pytest.raises(UpstreamChanged, match=f"has no /skill/{tool}"):
        await service.ask(tool, **asked)


async def test_a_month_that_was_not_answered_is_set_apart(
    service: "FakeService", current: dict[str, Any], note: Notes
) -> None:
    service.says("dashboard", current["dashboard"])
    answer = await service.ask("dashboard", hsCode="85076000", currentMonth="2024-03")
    structured = answer.structured()["data"]
    assert "recent12mGlobalTotal" not in structured
    assert structured["newestInstead"]["recent12mGlobalTotal"] == 47_126_000_000
    assert structured["newestInstead"]["currentMonth"] == 202509
    assert "(not to 2024-03, which was asked for)" in answer.what
    assert "no figures for the 12 months to 2024-03" in note(answer, NoteCode.ABSENT)
    assert answer.data.tables()[0].title == "Not to the month asked for, but to 202509"


async def test_the_newest_month_asked_for_by_name_is_answered(service: "FakeService", current: dict[str, Any]) -> None:
    service.says("dashboard", current["dashboard"])
    answer = await service.ask("dashboard", hsCode="85076000", currentMonth="Sep 2025")
    assert answer.data.recent12mGlobalTotal == 47_126_000_000
    assert answer.data.newestInstead is None
    assert service.sent == [("/skill/dashboard", {"hsCode": "85076000", "currentMonth": "202509"})]


async def test_a_short_code_of_which_the_service_does_not_say_the_product_is_not_called_whole(
    service: "FakeService", older: dict[str, Any], note: Notes
) -> None:
    service.says("markets", older["markets"])
    answer = await service.ask("markets", hsCode="851712")
    assert "did not say which 8-digit code" in note(answer, NoteCode.RESOLVED_CODE)


# --- topProducts: the two forms call their rankings otherwise ---


def sort_names(service: "FakeService") -> list[str]:
    return [params["sortBy"] for _, params in service.sent]


@pytest.mark.parametrize("asked", ["amount", "scale"])
async def test_the_ranking_by_amount_is_asked_in_the_current_words_in_one_call(
    service: "FakeService", current: dict[str, Any], asked: str
) -> None:
    service.says("topProducts", current["topProducts"])
    answer = await service.ask("topProducts", sortBy=asked)
    assert sort_names(service) == ["scale"]
    assert answer.source.calls == 1
    assert answer.data.sortBy == asked


async def test_where_the_older_form_answers_the_ranking_is_asked_again_in_its_words(
    service: "FakeService", older: dict[str, Any]
) -> None:
    service.says("topProducts", [{**older["topProducts"][0], "momentumScore": 1}])  # by growth, whatever was asked
    service.says("topProducts", older["topProducts"])
    answer = await service.ask("topProducts", sortBy="amount")
    assert sort_names(service) == ["scale", "amount"]
    assert len(answer.data.products) == 2
    assert answer.source.calls == 2


async def test_where_the_ranking_is_refused_it_is_asked_again_in_the_other_words(
    service: "FakeService", older: dict[str, Any]
) -> None:
    service.says("topProducts", None, code=400, msg="sortBy")
    service.says("topProducts", older["topProducts"])
    answer = await service.ask("topProducts", sortBy="scale")
    assert sort_names(service) == ["scale", "amount"]
    assert answer.data.products[0].rank == 1


async def test_a_refusal_that_no_other_words_can_help_is_passed_on(service: "FakeService") -> None:
    service.says("topProducts", None, code=400, msg="bad")
    with pytest.raises(UpstreamRefused):
        await service.ask("topProducts", sortBy="growth")
    assert len(service.sent) == 1


async def test_a_service_that_changes_its_form_with_every_call_is_asked_only_so_often(
    service: "FakeService", older: dict[str, Any], current: dict[str, Any]
) -> None:
    for form in (older, current, older):
        service.says("topProducts", form["topProducts"])
    with pytest.raises(UpstreamDown, match="from call to call"):
        await service.ask("topProducts", sortBy="amount")
    assert sort_names(service) == ["scale", "amount"]  # the third question is the first again, and stored


@pytest.mark.parametrize(
    "row",
    [
        ({"sortBy": "marketBreadth"}, "current", "no ranking by marketBreadth"),
        ({"sortBy": "chance"}, "older", "no ranking by chance"),
        ({"sortBy": "season"}, "older", "no ranking by season"),
        ({"regionFilter": "asean"}, "current", "no regionFilter"),
        ({"offset": 50}, "current", "the first 50 rows only"),
    ],
)
async def test_a_ranking_that_the_answering_form_does_not_have_is_absent(
    service: "FakeService",
    forms: dict[str, dict[str, Any]],
    note: Notes,
    row: tuple[dict[str, Any], str, str],
) -> None:
    asked, form, reason = row
    service.says("topProducts", forms[form]["topProducts"])
    answer = await service.ask("topProducts", **asked)
    assert "products" not in answer.structured()["data"]
    assert answer.data.tables() == []
    assert reason in note(answer, NoteCode.SHAPE)
    assert note(answer, NoteCode.ABSENT)
    assert len(service.sent) == 1


async def test_a_refused_ranking_of_the_other_form_is_absent(service: "FakeService", note: Notes) -> None:
    service.raw("topProducts", b"Bad Request", status=400, content_type="text/plain")
    answer = await service.ask("topProducts", sortBy="marketBreadth")
    assert "no ranking by marketBreadth" in note(answer, NoteCode.SHAPE)


async def test_amount_and_concentration_are_filtered_here_where_the_service_does_not(
    service: "FakeService", current: dict[str, Any], note: Notes
) -> None:
    service.says("topProducts", current["topProducts"])
    answer = await service.ask("topProducts", maxConcentration=45)
    assert [(p.rank, p.hsCode) for p in answer.data.products] == [(1, "85076000"), (3, "87038000")]
    assert "2 of the 4 given were left out here" in note(answer, NoteCode.SUBSET)
    every = await service.ask("topProducts", minAmount=0)
    assert len(every.data.products) == 4


async def test_rows_beyond_the_current_forms_50_are_asked_of_the_older_one_by_offset(
    service: "FakeService", older: dict[str, Any]
) -> None:
    service.says("topProducts", older["topProducts"])
    await service.ask("topProducts", limit=20, offset=40)
    assert [(p["limit"], p.get("offset")) for _, p in service.sent] == [("50", None), ("20", "40")]


async def test_pages_within_the_first_50_are_cut_here(service: "FakeService", current: dict[str, Any]) -> None:
    service.says("topProducts", current["topProducts"])
    answer = await service.ask("topProducts", limit=1, offset=1)
    assert [p.rank for p in answer.data.products] == [2]
    assert str(answer.more).startswith("Next rows: offset=2.")
    last = await service.ask("topProducts", limit=1, offset=2)
    assert "Next rows" not in str(last.more)
