"""Trade Map's own lists, their local filters, and its coverage."""

from typing import Any

import pytest

from tradestat_tools.model.errors import UpstreamChanged

pytestmark = pytest.mark.anyio


@pytest.fixture
def countries(payloads: Any) -> dict[str, Any]:
    """World and Türkiye as the service gave them in September 2026, and an area without coverage."""
    full = {
        "yearly246": (2001, 2025), "yearly10D": (2001, 2025), "yearlyServices": (2000, 2024),
        "quarterly": (200201, 202602), "quarterlyServices": (200501, 202304), "monthly": (200201, 202607),
    }  # fmt: skip
    return {
        "total": 3,
        "countries": [
            payloads.country("000", "World", yearly246=(2001, 2025), yearlyServices=(2000, 2024)),
            payloads.country("792", "Türkiye", **full),
            payloads.country("492", "European Union Nes"),
        ],
    }


async def test_no_coverage_is_null_and_not_year_zero(parsebot: Any, countries: dict[str, Any]):
    parsebot.gives(countries)
    data = (await parsebot.call("get_countries")).data
    assert data.total == 3
    assert data.countryCd == ["000", "792", "492"]
    assert data.monthly == [None, ("2002-01", "2026-07"), None]
    assert data.yearlyReexport is None, "a column that nobody has is absent"
    assert data.nes == ["492"]
    assert data.ti == ["000", "792"]


async def test_a_country_is_found_by_any_of_its_names_or_a_group(
    parsebot: Any, payloads: Any, countries: dict[str, Any], note: Any
):
    parsebot.gives(countries)
    for search in ("TUR", "turkey", "792", "土耳其"):
        assert (await parsebot.call("get_countries", search=search)).data.countryCd == ["792"]
    parsebot.gives({"countries": [payloads.country(code, "x") for code in ("699", "124", "484", "842")]})
    assert (await parsebot.call("get_countries", search="356")).data.countryCd == ["699"], "by its number in M49 too"
    members = await parsebot.call("get_countries", search="USMCA")
    assert members.data.countryCd == ["124", "484", "842"]
    assert "its members are listed" in note(members, "resolved_code")


async def test_a_period_that_does_not_exist_costs_its_cell_and_not_the_list(parsebot: Any, payloads: Any, note: Any):
    odd = payloads.country("792", "Türkiye", quarterly=(200201, 202607), yearly246=(2001, 2025))
    parsebot.gives({"countries": [odd, payloads.country("784", "UAE", quarterly=(200201, 202602))]})
    answer = await parsebot.call("get_countries")
    assert answer.data.quarterly == [None, ("2002Q1", "2026Q2")]
    assert answer.data.yearly246 == [("2001", "2025"), None]
    assert "`quarterly` of 792: '202607' where a period of frequency Q was expected" in note(answer, "shape")


@pytest.fixture
def groups() -> list[dict[str, Any]]:
    members = [{"countryCd": "040", "label": "Austria"}, {"countryCd": "492", "label": "European Union Nes"}]
    return [
        {"id": 42, "label": "EU 27", "type": "economicGrouping", "note": "European Union", "members": members},
        {"id": 7, "label": "Africa", "type": "geographicRegion", "note": None},
    ]


async def test_group_ids_stay_as_they_are_and_members_come_on_request(
    parsebot: Any, groups: list[dict[str, Any]], note: Any
):
    parsebot.gives(groups)
    plain = await parsebot.call("get_country_groups")
    asked = await parsebot.call("get_country_groups", search="eu 27", members=True)
    assert [(g.id, g.memberCount, g.members) for g in plain.data.groups] == [("42", 2, None), ("7", None, None)]
    assert asked.data.groups[0].members == {"040": "Austria", "492": "European Union Nes"}
    assert "not elsewhere specified" in note(asked, "not_specified_areas")
    assert asked.data.tables()[1].rows[0] == ("040", "Austria")


async def test_members_that_were_not_sent_are_absent_and_not_none(
    parsebot: Any, groups: list[dict[str, Any]], note: Any
):
    parsebot.gives({"groups": groups})
    answer = await parsebot.call("get_country_groups", search="Africa", members=True)
    assert answer.data.groups[0].members is None
    assert "no members" in note(answer, "absent")


async def test_more_codes_than_one_answer_holds_are_to_be_narrowed(parsebot: Any, note: Any):
    codes = [{"productCd": f"{n:06d}", "label": "Goods", "revisions": "1"} for n in range(10_000, 11_500)]
    parsebot.gives({"products": codes})
    answer = await parsebot.call("get_products_hs", search="goods", limit=1000)
    assert len(answer.data.productCd) == 1000
    assert "1000 of 1500" in note(answer, "subset")
    assert answer.more == "Narrow the filters."


async def test_a_list_among_other_members_is_not_guessed_between_two(parsebot: Any):
    entry = {"dataType": "Y", "nbCountries": 1, "latestPeriod": 2025}
    parsebot.gives({"latest": [entry], "title": "x"})
    assert (await parsebot.call("get_coverage")).data.coverage[0].latestPeriod == "2025"
    parsebot.gives({"a": [entry], "b": [entry]})
    with pytest.raises(UpstreamChanged, match="no list of coverage"):
        await parsebot.call("get_coverage")
