"""Countries, groups and arguments in every usual spelling, and the days on which months come out."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradestat_tools.codes.periods import Period
from tradestat_tools.model.answers import Answer, NoteCode
from tradestat_tools.model.errors import InvalidQuery
from tradestat_tools.sources.doumaotong.calendar import CHINA, due, newest_published
from tradestat_tools.sources.doumaotong.notes import resolved_code

if TYPE_CHECKING:
    from conftest import FakeService

Notes = Callable[[Answer[Any], NoteCode], str]


@pytest.mark.anyio
@pytest.mark.parametrize("tool", ["trend", "history"])
@pytest.mark.parametrize("word", ["133", "KR", "KOR", "Korea", "South Korea", "Korea, Rep.", "韩国", "한국"])
async def test_korea_is_known_by_every_code_and_name_and_the_code_is_echoed(
    service: "FakeService", older: dict[str, Any], note: Notes, tool: str, word: str
) -> None:
    service.says(tool, {**older[tool], "countryCode": "133"})
    answer = await service.ask(tool, hsCode="85171200", countryCode=word)
    assert service.sent[0][1]["countryCode"] == "133"
    assert answer.data.country == "South Korea"
    assert ("China Customs code 133" in note(answer, NoteCode.RESOLVED_CODE)) is (word != "133")


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("number", "read"),
    [("410", ("Brazil", "South Korea (133)")), ("116", ("Japan", "Cambodia (107)")), ("156", ("China", None))],
)
async def test_a_number_with_two_meanings_is_the_services_own_code_and_the_other_is_told(
    service: "FakeService", older: dict[str, Any], note: Notes, number: str, read: tuple[str, str | None]
) -> None:
    country, elsewhere = read
    sent = number if elsewhere else "142"  # 156 is no code of China Customs
    service.says("trend", {**older["trend"], "countryCode": sent})
    answer = await service.ask("trend", hsCode="85171200", countryCode=number)
    assert service.sent[0][1]["countryCode"] == sent
    assert answer.data.country == country
    said = note(answer, NoteCode.RESOLVED_CODE)
    assert (
        (f"in M49 or UN Comtrade {number} is {elsewhere}" in said) if elsewhere else "is no China Customs code" in said
    )


@pytest.mark.anyio
@pytest.mark.parametrize("word", ["Congo", "刚果", "Virgin Islands"])
async def test_a_word_for_several_countries_is_answered_with_the_choices(service: "FakeService", word: str) -> None:
    with pytest.raises(InvalidQuery) as caught:
        await service.ask("trend", hsCode="85171200", countryCode=word)
    assert len(caught.value.nearest) == 2
    assert service.sent == []


@pytest.mark.anyio
@pytest.mark.parametrize("tool", ["trend", "history"])
@pytest.mark.parametrize(
    ("word", "group"), [("EU", "EU"), ("东盟", "ASEAN"), ("Belt and Road", "BRI"), ("BRICS", "BRICS")]
)
async def test_a_group_is_refused_with_the_calls_that_have_its_members(
    service: "FakeService", tool: str, word: str, group: str
) -> None:
    with pytest.raises(InvalidQuery, match="one country at a time") as caught:
        await service.ask(tool, hsCode="85171200", countryCode=word)
    assert caught.value.argument == "countryCode"
    assert f'partnerCode="{group}"' in caught.value.remedy
    assert "`dashboard`" in caught.value.remedy
    assert service.sent == []


@pytest.mark.anyio
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


@pytest.mark.anyio
async def test_a_group_that_the_service_has_no_region_for_is_refused_with_those_it_has(service: "FakeService") -> None:
    with pytest.raises(InvalidQuery) as caught:
        await service.ask("topProducts", regionFilter="BRICS")
    assert "beltRoad" in str(caught.value.allowed)
    assert service.sent == []


@pytest.mark.anyio
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


@given(st.datetimes(datetime(2021, 1, 1), datetime(2090, 1, 1)))
def test_the_newest_month_is_the_last_one_whose_day_has_come(naive: datetime) -> None:
    now = naive.replace(tzinfo=UTC)
    newest, in_china = newest_published(now), now.astimezone(CHINA).date()
    assert due(newest) <= in_china < due(newest.shifted(1))


def test_a_december_is_due_in_the_next_year() -> None:
    assert due(Period(2025, "month", 12)) == date(2026, 1, 20)


def test_the_one_8_digit_code_below_a_subheading_is_all_of_it() -> None:
    (whole,) = resolved_code("850760", "85076000")
    (part,) = resolved_code("851712", "85171210")
    assert "all of it" in whole.text
    assert "not all of 851712" in part.text
