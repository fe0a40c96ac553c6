"""What is sent, and what is refused before anything is sent."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradestat_tools.model.answers import Answer, NoteCode
from tradestat_tools.model.arguments import parse_arguments
from tradestat_tools.model.errors import InvalidQuery, NoData
from tradestat_tools.sources.doumaotong import SOURCE
from tradestat_tools.sources.doumaotong.arguments import DashboardArguments, ProductArguments, TrendArguments

if TYPE_CHECKING:
    from conftest import FakeService

Notes = Callable[[Answer[Any], NoteCode], str]

CODE_TOOLS = ["dashboard", "markets", "trend", "growth", "priceband", "chapter"]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("85076000", "85076000"),
        (85076000, "85076000"),
        ("8507.60.00", "85076000"),
        ("85.07.60", "850760"),
        ("8507 60", "850760"),
        ("HS 8507", "8507"),
        ("8507600000", "85076000"),
        ("0106.19.10", "01061910"),
        ("85171200", "85171200"),
    ],
)
def test_a_product_code_is_read_in_every_usual_spelling(written: object, read: str) -> None:
    assert parse_arguments(ProductArguments, {"hsCode": written}).hsCode == read


@pytest.mark.anyio
@pytest.mark.parametrize("tool", CODE_TOOLS)
@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("85", "2 digits"),
        ("850", "3 digits"),
        ("8507601", "7 digits"),
        ("8507600010", "8 digits"),
        ("850799", "no edition"),
        ("990099", "no edition"),
        ("battery", "not an HS code"),
        ("8507; DROP TABLE x", "not an HS code"),
        ("../../etc/passwd", "not an HS code"),
        ("8" * 10_000, "characters long"),
        ("8507\x0060", "control characters"),
        ("", "missing"),
        (None, "missing"),
        (True, "hsCode"),
        (["850760"], "hsCode"),
    ],
)
async def test_a_code_that_can_not_be_is_refused_and_nothing_is_sent(
    service: "FakeService", tool: str, code: object, says: str
) -> None:
    with pytest.raises(InvalidQuery, match=says) as caught:
        await service.ask(tool, hsCode=code)
    assert caught.value.argument == "hsCode"
    assert caught.value.allowed
    assert service.sent == []


def test_a_mistyped_code_gets_the_nearest_ones() -> None:
    with pytest.raises(InvalidQuery) as caught:
        parse_arguments(ProductArguments, {"hsCode": "850799"})
    assert caught.value.nearest[0].startswith("8507")
    with pytest.raises(InvalidQuery) as caught:
        parse_arguments(ProductArguments, {"hsCode": "8507600010"})
    assert caught.value.nearest == ("85076000",)


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("written", "sent"),
    [("116", "116"), (116, "116"), ("Japan", "116"), ("JP", "116"), ("JPN", "116"), ("日本", "116"), ("KOR", "133")],
)
async def test_a_bare_number_is_a_china_customs_code_and_names_resolve_to_one(
    service: "FakeService", older: dict[str, Any], written: object, sent: str, note: Notes
) -> None:
    service.says("trend", {**older["trend"], "countryCode": sent})
    answer = await service.ask("trend", hsCode="85171200", countryCode=written)
    assert service.sent == [("/skill/trend", {"hsCode": "85171200", "countryCode": sent})]
    assert answer.data.country == {"116": "Japan", "133": "South Korea"}[sent]
    read = f"China Customs code {sent}" in note(answer, NoteCode.RESOLVED_CODE)
    assert read == (str(written) != sent)


@pytest.mark.anyio
@pytest.mark.parametrize("tool", ["trend", "history"])
async def test_an_m49_number_that_is_no_china_customs_code_is_read_as_m49_and_the_note_says_so(
    service: "FakeService", older: dict[str, Any], tool: str, note: Notes
) -> None:
    service.says(tool, {**older[tool], "countryCode": "116"})
    answer = await service.ask(tool, hsCode="85171200", countryCode="392")
    assert service.sent[0][1]["countryCode"] == "116"
    assert "392 is no China Customs code; it is Japan in M49" in note(answer, NoteCode.RESOLVED_CODE)


@pytest.mark.anyio
@pytest.mark.parametrize("number", ["999", "010", "1234"])
async def test_a_number_that_is_no_code_of_a_destination_is_refused(service: "FakeService", number: str) -> None:
    with pytest.raises(InvalidQuery) as caught:
        await service.ask("trend", hsCode="85171200", countryCode=number)
    assert caught.value.argument == "countryCode"
    assert "116 Japan" in str(caught.value.allowed)
    assert service.sent == []


@pytest.mark.anyio
async def test_a_mistyped_country_gets_the_nearest_by_china_customs_code(service: "FakeService") -> None:
    with pytest.raises(InvalidQuery) as caught:
        await service.ask("trend", hsCode="85171200", countryCode="Jappan")
    assert caught.value.nearest[0] == "Japan (116)"
    assert service.sent == []


@pytest.mark.anyio
async def test_a_country_without_a_known_china_customs_code_is_refused(service: "FakeService") -> None:
    with pytest.raises(InvalidQuery, match="no known China Customs code"):
        await service.ask("history", hsCode="85171200", countryCode="Antarctica")
    assert service.sent == []


@pytest.mark.anyio
async def test_history_answers_for_one_country_only(service: "FakeService") -> None:
    for country in ("world", "All"):
        with pytest.raises(InvalidQuery, match="one country at a time"):
            await service.ask("history", hsCode="85171200", countryCode=country)
    with pytest.raises(InvalidQuery, match="missing"):
        await service.ask("history", hsCode="85171200")
    assert service.sent == []


@pytest.mark.anyio
@pytest.mark.parametrize("country", ["", "null", "world", "All countries"])
async def test_trend_for_the_world_is_asked_without_a_country(
    service: "FakeService", current: dict[str, Any], country: str
) -> None:
    service.says("trend", current["trend"])
    answer = await service.ask("trend", hsCode="85076000", countryCode=country)
    assert service.sent == [("/skill/trend", {"hsCode": "85076000"})]
    assert not [n for n in answer.notes if n.code == NoteCode.ABSENT]


@pytest.mark.anyio
@pytest.mark.parametrize("month", ["2025Q3", "soon", "202513", "1949-10", "2024-01 to 2024-06", "last 5 years"])
async def test_what_is_no_month_and_no_twelve_months_is_refused(service: "FakeService", month: str) -> None:
    with pytest.raises(InvalidQuery) as caught:
        await service.ask("dashboard", hsCode="85076000", currentMonth=month)
    assert caught.value.argument == "currentMonth"
    assert service.sent == []


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("month", "when"), [("202511", "2025-12-20"), ("2025-12", "2026-01-20"), ("2026", "2027-01-20")]
)
async def test_a_month_that_is_not_over_is_told_with_its_day_and_nothing_is_sent(
    service: "FakeService", month: str, when: str
) -> None:
    with pytest.raises(NoData) as caught:
        await service.ask("dashboard", hsCode="85076000", currentMonth=month)
    (why,) = caught.value.why
    assert (why.reason, why.sure) == ("not_yet_published", True)
    assert f"comes out about {when}, China time" in why.text
    assert "has published is about 2025-09" in why.text
    assert service.sent == []


@pytest.mark.anyio
async def test_a_month_before_the_services_first_is_not_covered_and_nothing_is_sent(service: "FakeService") -> None:
    with pytest.raises(NoData) as caught:
        await service.ask("dashboard", hsCode="85076000", currentMonth="2020-12")
    assert [(why.reason, why.sure) for why in caught.value.why] == [("not_covered", True)]
    assert 'comtrade_data(reporterCode="CN", flowCode="X", cmdCode="850760", period="2020")' in caught.value.remedy
    assert service.sent == []


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("month", "sent"),
    [
        ("202510", "202510"),  # over, and due in 17 days: the service may have it
        ("2024", "202412"),
        ("2024-10 to 2025-09", "202509"),
        ("latest", None),
        ("最新", None),
        ("last 12 months", None),
        ("null", None),
    ],
)
async def test_the_twelve_months_may_be_said_by_their_last_one_by_both_ends_or_as_the_newest(
    service: "FakeService", current: dict[str, Any], month: str, sent: str | None
) -> None:
    service.says("dashboard", current["dashboard"])
    await service.ask("dashboard", hsCode="85076000", currentMonth=month)
    assert service.sent[0][1].get("currentMonth") == sent


@pytest.mark.anyio
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


@pytest.mark.anyio
async def test_all_arguments_are_passed_on_in_the_documented_words(
    service: "FakeService", older: dict[str, Any]
) -> None:
    service.says("markets", older["markets"])
    await service.ask("markets", hsCode="85171200", sortBy="name", order="asc", minAmount=1_000_000, limit=20)
    service.says("topProducts", older["topProducts"])
    await service.ask("topProducts", regionFilter="asia", minAmount=5_000_000.5, maxConcentration=60)
    assert service.sent == [
        (
            "/skill/markets",
            {"hsCode": "85171200", "sortBy": "name", "order": "asc", "limit": "20", "minAmount": "1000000"},
        ),
        (
            "/skill/topProducts",
            {
                "sortBy": "growth",
                "limit": "50",
                "minAmount": "5000000.5",
                "regionFilter": "asia",
                "maxConcentration": "60",
            },
        ),
    ]


@pytest.mark.parametrize("endpoint", SOURCE.tools, ids=lambda e: e.name)
def test_schemas_are_flat_and_described(endpoint: Any) -> None:
    schema = endpoint.arguments.model_json_schema()
    assert not {"anyOf", "oneOf", "allOf", "$defs"} & set(schema)
    for name, field in schema["properties"].items():
        assert field.get("description"), name
        assert not {"anyOf", "oneOf"} & set(field), name
    assert len(endpoint.description) < 600
    assert endpoint.title.startswith("China's exports: ")


@given(st.text(max_size=80))
def test_no_text_as_a_product_code_does_anything_but_resolve_or_say_why(text: str) -> None:
    try:
        code = parse_arguments(ProductArguments, {"hsCode": text}).hsCode
    except InvalidQuery as error:
        assert error.argument == "hsCode"
    else:
        assert code.isascii()
        assert code.isdigit()
        assert len(code) in (4, 6, 8)


@given(st.text(max_size=80))
def test_no_text_as_a_country_does_anything_but_resolve_or_say_why(text: str) -> None:
    try:
        found = parse_arguments(TrendArguments, {"hsCode": "8507", "countryCode": text}).destination
    except InvalidQuery as error:
        assert error.argument == "countryCode"
    else:
        assert found is None or len(found.china_customs) == 3


@given(st.dates().map(lambda day: day.isoformat()[:7]) | st.text(max_size=20))
def test_no_text_as_a_month_does_anything_but_resolve_or_say_why(text: str) -> None:
    try:
        month = parse_arguments(DashboardArguments, {"hsCode": "8507", "currentMonth": text}).currentMonth
    except InvalidQuery as error:
        assert error.argument == "currentMonth"
    else:
        assert month == "" or (len(month) == 6 and month.isdigit())


@pytest.mark.anyio
@pytest.mark.parametrize("tool", CODE_TOOLS)
async def test_a_code_that_was_cut_is_told_as_it_was_asked(
    service: "FakeService", current: dict[str, Any], note: Notes, tool: str
) -> None:
    service.says(tool, current[tool])
    answer = await service.ask(tool, hsCode="8507.60.0000")
    assert service.sent[0][1]["hsCode"] == "85076000"
    assert "8507.60.0000 was asked as 85076000" in note(answer, NoteCode.RESOLVED_CODE)
    answer = await service.ask(tool, hsCode="8507.60.00")
    assert "was asked as" not in note(answer, NoteCode.RESOLVED_CODE)


@pytest.mark.anyio
@pytest.mark.parametrize("tool", CODE_TOOLS)
async def test_a_whole_chapter_is_pointed_to_the_tool_and_the_code_that_rank_it(
    service: "FakeService", tool: str
) -> None:
    with pytest.raises(InvalidQuery) as caught:
        await service.ask(tool, hsCode="85")
    assert 'chapter(hsCode="8501")' in caught.value.remedy
    assert 'cmdCode="85"' in caught.value.remedy


@pytest.mark.anyio
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


@pytest.mark.anyio
async def test_history_of_the_world_points_to_the_tools_that_have_it(service: "FakeService") -> None:
    with pytest.raises(InvalidQuery) as caught:
        await service.ask("history", hsCode="850760", countryCode="World")
    assert "trend" in caught.value.remedy
    assert "markets" in caught.value.remedy
