"""What is sent, and what is not."""

from typing import TYPE_CHECKING, Any

import pytest

from tradestat_tools.model.errors import InvalidQuery, NoData

if TYPE_CHECKING:
    from conftest import FakeService

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("month", "reason", "says"),
    [
        ("202511", "not_yet_published", "comes out about 2025-12-20, China time"),
        ("2026", "not_yet_published", "has published is about 2025-09"),
        ("2020-12", "not_covered", "lies before 2021-01"),
    ],
)
async def test_a_month_that_can_not_be_there_is_not_asked_for(
    service: "FakeService", month: str, reason: str, says: str
) -> None:
    with pytest.raises(NoData) as caught:
        await service.ask("dashboard", hsCode="85076000", currentMonth=month)
    (why,) = caught.value.why
    assert (why.reason, why.sure) == (reason, True)
    assert says in why.text
    assert service.sent == []


async def test_a_month_that_is_over_is_asked_for_before_its_day(
    service: "FakeService", current: dict[str, Any]
) -> None:
    service.says("dashboard", current["dashboard"])
    await service.ask("dashboard", hsCode="85076000", currentMonth="202510")
    assert service.sent == [("/skill/dashboard", {"hsCode": "85076000", "currentMonth": "202510"})]


@pytest.mark.parametrize(
    ("tool", "arguments", "argument"),
    [
        ("dashboard", {"hs_code": "8507"}, "hs_code"),
        ("markets", {"hsCode": "8507", "limit": 0}, "limit"),
        ("markets", {"hsCode": "8507", "limit": 10_000}, "limit"),
        ("markets", {"hsCode": "8507", "minAmount": -1}, "minAmount"),
        ("markets", {"hsCode": "8507", "minAmount": "NaN"}, "minAmount"),
        ("markets", {"hsCode": "8507", "minAmount": "1e400"}, "minAmount"),
        ("markets", {"hsCode": "8507", "sortBy": "size"}, "sortBy"),
        ("markets", {"hsCode": "8507", "order": "down"}, "order"),
        ("topProducts", {"sortBy": "grwth"}, "sortBy"),
        ("topProducts", {"regionFilter": "mars"}, "regionFilter"),
        ("topProducts", {"limit": 101}, "limit"),
        ("topProducts", {"offset": -1}, "offset"),
        ("topProducts", {"maxConcentration": 101}, "maxConcentration"),
        ("topProducts", {"minAmount": "lots"}, "minAmount"),
    ],
)
async def test_every_other_bad_argument_is_named_and_nothing_is_sent(
    service: "FakeService", tool: str, arguments: dict[str, Any], argument: str
) -> None:
    with pytest.raises(InvalidQuery) as caught:
        await service.ask(tool, **arguments)
    assert caught.value.argument == argument
    assert caught.value.allowed
    assert service.sent == []


@pytest.mark.parametrize(
    ("region", "near"), [("Japan", ("asia",)), ("Viet Nam", ("asean", "asia")), ("France", ("eu", "europe"))]
)
async def test_a_country_as_a_region_gets_the_regions_that_it_lies_in(
    service: "FakeService", region: str, near: tuple[str, ...]
) -> None:
    with pytest.raises(InvalidQuery, match="is one country") as caught:
        await service.ask("topProducts", regionFilter=region)
    assert set(near) <= set(caught.value.nearest)
    assert "comtrade_data(" in caught.value.remedy
    assert service.sent == []


@pytest.mark.parametrize(
    ("word", "sent"),
    [
        ("EU", "eu"),
        ("European Union", "eu"),
        ("ASEAN", "asean"),
        ("东盟", "asean"),
        ("아세안", "asean"),
        ("Belt and Road", "beltRoad"),
        ("一带一路", "beltRoad"),
        ("BRI", "beltRoad"),
        ("Asia", "asia"),
        ("North America", "northAmerica"),
        ("middleEast", "middleEast"),
    ],
)
async def test_regions_are_read_by_name_and_named_in_the_answer(
    service: "FakeService", older: dict[str, Any], word: str, sent: str
) -> None:
    service.says("topProducts", older["topProducts"])
    answer = await service.ask("topProducts", regionFilter=word)
    assert service.sent[0][1]["regionFilter"] == sent
    assert "of those that sell in" in answer.what


async def test_a_group_that_the_service_has_no_region_for_is_refused_with_those_it_has(service: "FakeService") -> None:
    with pytest.raises(InvalidQuery) as caught:
        await service.ask("topProducts", regionFilter="BRICS")
    assert "beltRoad" in str(caught.value.allowed)
    assert service.sent == []


@pytest.mark.parametrize(
    ("tool", "loose", "sent"),
    [
        ("dashboard", {"hsCode": 85076000, "currentMonth": "null"}, {"hsCode": "85076000"}),
        ("dashboard", {"hsCode": "8507.60", "currentMonth": 202509}, {"hsCode": "850760", "currentMonth": "202509"}),
        (
            "markets",
            {"hsCode": " 850760 ", "limit": "5", "minAmount": "1,000", "sortBy": "null", "order": "none"},
            {"hsCode": "850760", "sortBy": "amount", "order": "desc", "limit": "5", "minAmount": "1000"},
        ),
        ("trend", {"hsCode": 8507, "countryCode": "undefined"}, {"hsCode": "8507"}),
        ("trend", {"hsCode": 8507, "countryCode": 116}, {"hsCode": "8507", "countryCode": "116"}),
        ("history", {"hsCode": "850760", "countryCode": 133}, {"hsCode": "850760", "countryCode": "133"}),
        ("growth", {"hsCode": 850760}, {"hsCode": "850760"}),
        ("priceband", {"hsCode": 850760}, {"hsCode": "850760"}),
        ("chapter", {"hsCode": 850760}, {"hsCode": "850760"}),
        (
            "topProducts",
            {
                "sortBy": "null",
                "regionFilter": "null",
                "minAmount": "20,000,000",
                "maxConcentration": "60",
                "limit": "10",
                "offset": "0",
            },
            {"sortBy": "growth", "limit": "50", "minAmount": "20000000", "maxConcentration": "60"},
        ),
    ],
)
async def test_numbers_for_text_text_for_numbers_and_null_for_nothing_are_understood(
    service: "FakeService", current: dict[str, Any], tool: str, loose: dict[str, Any], sent: dict[str, str]
) -> None:
    if tool in current:
        service.says(tool, current[tool])
    await service.ask(tool, **loose)
    assert service.sent[0] == (f"/skill/{tool}", sent)
