"""What is sent for a question, and what is refused before anything is."""

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest

from tradestat_tools.codes.periods import Period
from tradestat_tools.model.errors import InvalidQuery, NoData, TooLarge, TradestatError
from tradestat_tools.sources.census.calendar import due, last_final, last_published, may_be_late

if TYPE_CHECKING:
    from conftest import Census

pytestmark = pytest.mark.anyio

KEY = "0a1b2c3d4e5f60718293a4b5c6d7e8f901234567"
VALUES = "GEN_VAL_MO,GEN_CIF_MO,GEN_CHA_MO,CON_VAL_MO,DUT_VAL_MO,CAL_DUT_MO,GEN_QY1_MO,GEN_QY2_MO"
QUANTITIES = "GEN_QY1_MO_FLAG,GEN_QY2_MO_FLAG,UNIT_QY1,UNIT_QY2"


async def sent(census: "Census", tool: str, **asked: Any) -> list[tuple[str, dict[str, str]]]:
    """What reaches a service that has nothing."""
    census.says(status=204)
    with pytest.raises(NoData):
        await census.call(tool, **asked)
    assert {params.pop("key") for _, params in census.sent} == {KEY}
    calls = census.sent[:]
    census.sent.clear()
    census.replies.clear()
    return calls


async def refused(census: "Census", tool: str, **asked: Any) -> TradestatError:
    census.says(status=204)
    with pytest.raises(TradestatError) as caught:
        await census.call(tool, **asked)
    assert census.sent == []
    return caught.value


async def test_one_code_and_country_in_a_year(census: "Census") -> None:
    ((path, params),) = await sent(census, "us_imports", product="8483.40", partner="Korea", period="2024")
    assert path == "/data/timeseries/intltrade/imports/hs"
    wanted = {"get": f"{VALUES},{QUANTITIES}", "I_COMMODITY": "848340", "CTY_CODE": "5800", "time": "2024"}
    assert params == wanted


@pytest.mark.parametrize(
    ("period", "time"),
    [
        ("2024-03", "2024-03"),
        ("2023-11..2024-02", "from 2023-11 to 2024-02"),
        ("2022-2023", "from 2022-01 to 2023-12"),
        ("2026", "from 2026-01 to 2026-09"),
        ("since 2026-05", "from 2026-05 to 2026-09"),
        ("latest", "2026-09"),
        ("2008-2010", "2010"),
    ],
)
async def test_months_years_and_ranges(census: "Census", period: str, time: str) -> None:
    ((_, params),) = await sent(census, "us_imports", product="848340", period=period)
    assert params["time"] == time


async def test_codes_below_one_are_asked_with_a_star_and_a_level(census: "Census") -> None:
    ((_, params),) = await sent(census, "us_exports", product="8483", level=10, partner="JP", period="2024-01")
    assert (params["E_COMMODITY"], params["COMM_LVL"]) == ("8483*", "HS10")
    assert "E_COMMODITY,E_COMMODITY_SDESC" in params["get"]


async def test_all_chapters_are_asked_with_the_level_alone(census: "Census") -> None:
    ((_, params),) = await sent(census, "us_imports", level=2, period="2024-01")
    assert params["COMM_LVL"] == "HS2"
    assert "I_COMMODITY" not in params


@pytest.mark.parametrize(
    ("partner", "code"),
    [
        ("KR", "5800"),
        ("410", "5800"),
        ("한국", "5800"),
        ("Kosovo", "4803"),
        ("5830", "5830"),
        ("0003", "0003"),
        ("5XXX", "5XXX"),
        ("World", None),
        ("all", None),
        ("EU", None),
    ],
)
async def test_partners(census: "Census", partner: str, code: str | None) -> None:
    ((_, params),) = await sent(census, "us_imports", product="848340", partner=partner, period="2024-01")
    assert params.get("CTY_CODE") == code
    assert ("CTY_CODE" in params["get"]) is (partner in ("all", "EU"))


@pytest.mark.parametrize(
    ("breakdown", "dataset", "columns"),
    [
        ("district", "hs", "DISTRICT,DIST_NAME"),
        ("port", "porths", "PORT,PORT_NAME"),
        ("state", "statehs", "STATE"),
        ("naics", "naics", "NAICS,NAICS_LDESC"),
        ("enduse", "enduse", "E_ENDUSE,E_ENDUSE_LDESC"),
    ],
)
async def test_a_breakdown_is_a_data_set_and_its_columns(
    census: "Census", breakdown: str, dataset: str, columns: str
) -> None:
    product = {} if breakdown in ("naics", "enduse") else {"product": "848340"}
    ((path, params),) = await sent(census, "us_exports", **product, breakdown=breakdown, period="2024-01")
    assert path == f"/data/timeseries/intltrade/exports/{dataset}"
    assert columns in params["get"]
    assert "QTY_2" in params["get"] if dataset == "hs" else params["get"].startswith("ALL_VAL_MO,")


async def test_exports_by_where_they_were_made(census: "Census") -> None:
    asked = {"product": "848340", "period": "2024-01"}
    ((_, foreign),) = await sent(census, "us_exports", **asked, origin="foreign")
    ((_, split),) = await sent(census, "us_exports", **asked, origin="split")
    ((_, total),) = await sent(census, "us_exports", **asked)
    assert foreign["DF"] == "2"
    assert "DF" not in split
    assert "DF" in split["get"].split(",")
    assert "DF" not in total["get"].split(",")


async def test_the_year_to_date_is_the_same_month_of_each_year(census: "Census") -> None:
    calls = await sent(census, "us_imports", product="848340", period="2024-05..2026-08", freq="ytd")
    assert [params["time"] for _, params in calls] == ["2024-08", "2025-08", "2026-08"]
    assert all("GEN_VAL_YR" in params["get"] and "GEN_VAL_MO" not in params["get"] for _, params in calls)
    calls = await sent(census, "us_imports", product="848340", period="2025-2026", freq="ytd")
    assert [params["time"] for _, params in calls] == ["2025-12", "2026-09"]


async def test_by_transport_values_weights_and_charges(census: "Census") -> None:
    ((_, params),) = await sent(census, "us_imports", product="848340", period="2024-01", transport=True)
    assert {"AIR_VAL_MO", "VES_WGT_MO", "CNT_CHA_MO"} <= set(params["get"].split(","))


async def test_a_wide_question_is_split_and_a_too_wide_one_is_refused(census: "Census") -> None:
    calls = await sent(census, "us_imports", level=10, partner="CN", period="2024-01..2024-04")
    assert [params["time"] for _, params in calls] == ["from 2024-01 to 2024-03", "2024-04"]
    error = await refused(census, "us_imports", level=10, partner="all", period="2024")
    assert isinstance(error, TooLarge)
    assert "a longer `product`" in error.remedy


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"product": "84834050"}, "has 8 digits"),
        ({"product": "848399"}, "848399"),
        ({"partner": "Puerto Rico"}, "within the customs territory"),
        ({"partner": "US Virgin Islands"}, "within the customs territory"),
        ({"partner": "United States"}, "within the customs territory"),
        ({"partner": "0009"}, "no known group"),
        ({"partner": "Bonaire"}, "Schedule C"),
        ({"product": "848340", "level": 4}, "more than 4 digits"),
        ({"level": 3}, "no codes of 3 digits"),
        ({"product": "8483408000", "breakdown": "port"}, "6 digits at most"),
        ({"product": "84", "breakdown": "naics"}, "all goods only"),
    ],
)
async def test_what_can_not_be_is_refused(census: "Census", asked: dict[str, Any], message: str) -> None:
    error = await refused(census, "us_imports", period="2024", **asked)
    assert isinstance(error, InvalidQuery)
    assert message in error.message


async def test_chapters_98_and_99_are_the_united_states_own(census: "Census") -> None:
    calls = await sent(census, "us_imports", product="9801", period="2024-01")
    assert calls[0][1]["I_COMMODITY"] == "9801"


async def test_months_that_are_not_out_and_those_before_2010(census: "Census") -> None:
    late = await refused(census, "us_imports", period="2026-10")
    assert isinstance(late, NoData)
    assert [why.text for why in late.why] == [
        "2026-10 comes out on 2026-12-08, 8:30 Eastern time; the newest month is 2026-09."
    ]
    early = await refused(census, "us_imports", period="2009")
    assert isinstance(early, NoData)
    assert [(why.reason, why.sure) for why in early.why] == [("not_covered", True)]


async def test_a_code_of_another_edition_has_no_rows_and_its_successors_are_named(census: "Census") -> None:
    census.says(status=204)
    with pytest.raises(NoData) as caught:
        await census.call("us_imports", product="851712", period="2024")
    assert [(why.reason, why.sure) for why in caught.value.why] == [("code_retired", True)]
    assert "851713" in caught.value.remedy


@pytest.mark.parametrize(
    ("now", "newest"),
    [
        (datetime(2026, 11, 4, 13, 29, tzinfo=UTC), "2026-08"),
        (datetime(2026, 11, 4, 13, 30, tzinfo=UTC), "2026-09"),  # 8:30 in Washington, in winter
        (datetime(2026, 10, 6, 12, 30, tzinfo=UTC), "2026-08"),  # in summer
        (datetime(2026, 12, 7, 15, 0, tzinfo=UTC), "2026-09"),
        (datetime(2027, 3, 8, 15, 0, tzinfo=UTC), "2027-01"),
    ],
)
def test_a_month_is_out_from_half_past_eight_in_washington(now: datetime, newest: str) -> None:
    assert str(last_published(now)) == newest


def test_days_of_publication_and_revision() -> None:
    assert due(Period(2026, "month", 10)) == date(2026, 12, 8)
    assert due(Period(2025, "month", 1)) == date(2025, 3, 7)
    assert may_be_late(Period(2026, "month", 9), datetime(2026, 11, 6, tzinfo=UTC))
    assert not may_be_late(Period(2026, "month", 9), datetime(2026, 11, 20, tzinfo=UTC))
    assert str(last_final(datetime(2026, 11, 20, tzinfo=UTC))) == "2025-12"
    assert str(last_final(datetime(2026, 5, 20, tzinfo=UTC))) == "2024-12"
