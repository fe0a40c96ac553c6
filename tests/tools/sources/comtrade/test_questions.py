"""What may be asked, what is sent for it, and what is refused before anything is sent."""

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tradestat_tools.codes.periods import Period
from tradestat_tools.contract.tool import Tool
from tradestat_tools.model.arguments import parse_arguments
from tradestat_tools.model.errors import InvalidQuery, TooLarge
from tradestat_tools.sources.comtrade import SOURCE
from tradestat_tools.sources.comtrade.arguments import TradeArguments
from tradestat_tools.sources.comtrade.calendar import periods_of, read_span
from tradestat_tools.sources.comtrade.codes import Places

if TYPE_CHECKING:
    from conftest import Comtrade

KEY = "0123456789abcdef0123456789abcdef"


async def sent(comtrade: "Comtrade", **arguments: Any) -> dict[str, str]:
    comtrade.gives_what_is_asked()
    await comtrade.ask(**arguments)
    return comtrade.sent[0].params


def parsed(**arguments: Any) -> TradeArguments:
    usual = {"reporterCode": "156", "partnerCode": "410", "cmdCode": "TOTAL", "flowCode": "X", "period": "2023"}
    return parse_arguments(TradeArguments, usual | arguments)


@pytest.mark.anyio
async def test_without_a_key_the_preview_is_asked_for_totals_only(comtrade: "Comtrade") -> None:
    assert await sent(comtrade, partnerCode="0") == {
        "reporterCode": "156",
        "period": "2023",
        "partnerCode": "0",
        "cmdCode": "850760",
        "flowCode": "X",
        "partner2Code": "0",
        "customsCode": "C00",
        "motCode": "0",
        "maxRecords": "500",
        "includeDesc": "true",
    }
    assert comtrade.sent[0].path == "/public/v1/preview/C/A/HS"
    assert "ocp-apim-subscription-key" not in comtrade.sent[0].headers


@pytest.mark.anyio
async def test_with_a_key_the_full_service_is_asked_and_the_key_is_in_the_header_only(keyed: "Comtrade") -> None:
    keyed.gives(keyed.row())
    answer = await keyed.ask(maxRecords=2000)
    assert keyed.sent[0].path == "/data/v1/get/C/A/HS"
    assert keyed.sent[0].headers["ocp-apim-subscription-key"] == KEY
    assert keyed.sent[0].params["maxRecords"] == "2000"
    assert KEY not in str(keyed.sent[0].params)
    assert KEY not in answer.model_dump_json()
    assert answer.source.address.startswith("http://comtrade.test/data/v1/get/C/A/HS?")


@pytest.mark.anyio
async def test_with_a_key_twelve_periods_are_not_cut_at_the_previews_limit(keyed: "Comtrade") -> None:
    assert (await sent(keyed, period="2012-2023"))["maxRecords"] == "5000"


@pytest.mark.anyio
async def test_without_a_key_more_than_the_preview_gives_is_not_asked_for(comtrade: "Comtrade") -> None:
    assert (await sent(comtrade, maxRecords=5000))["maxRecords"] == "500"


def test_areas_are_read_by_name_iso_code_and_number_as_list_text_or_json() -> None:
    for typed, codes in (
        ("USA", "842"),
        ("us", "842"),
        ("840", "842"),
        (842, "842"),
        ("France", "251"),
        ("India", "699"),
        ("356", "699"),
        (["USA", "DE", 392], "842,276,392"),
        ("USA, DE, 392", "842,276,392"),
        ('["USA", "DE", "392"]', "842,276,392"),
        ("Other Asia, nes", "490"),
        ("Korea, Rep. of", "410"),
        ("Japan, Korea, Dem. People's Rep. of, 842", "392,408,842"),
        ("USA,840,842", "842"),
    ):
        read = parsed(reporterCode=typed, partnerCode=typed)
        assert ",".join(Places.of(read.reporterCode).codes) == codes
        assert Places.of(read.partnerCode) == Places.of(read.reporterCode)
    for typed, codes in ((["World", "276"], "0,276"), (0, "0")):
        assert ",".join(Places.of(parsed(partnerCode=typed).partnerCode).codes) == codes


@pytest.mark.anyio
async def test_all_partners_are_asked_for_by_leaving_the_parameter_out(comtrade: "Comtrade") -> None:
    assert "partnerCode" not in await sent(comtrade, partnerCode="all")


@pytest.mark.anyio
async def test_left_out_arguments_mean_world_total_and_both_flows(comtrade: "Comtrade") -> None:
    comtrade.gives_what_is_asked()
    await comtrade.call("comtrade_data", reporterCode="156", period="2023")
    params = comtrade.sent[0].params
    assert (params["partnerCode"], params["cmdCode"], params["flowCode"]) == ("0", "TOTAL", "M,X")


def test_flows_are_read_as_codes_or_words() -> None:
    for typed, codes in (
        ("imports", "M"),
        ("Exports", "X"),
        (["import", "re-exports"], "M,RX"),
        ("m,x,M", "M,X"),
        ("rm", "RM"),
        ("I,E,RE", "M,X,RX"),
        ("DX,FM,MIP,MOP,XIP,XOP", "DX,FM,MIP,MOP,XIP,XOP"),
    ):
        assert ",".join(parsed(flowCode=typed).flowCode) == codes


def test_product_codes_are_read_in_their_classification() -> None:
    for classification, typed, codes in (
        ("HS", "85.07.60", "850760"),
        ("HS", "8507 60, 8517", "850760,8517"),
        ("HS", ["01", "total"], "01,TOTAL"),
        ("HS", "ag6", "AG6"),
        ("H4", "851712", "851712"),
        ("S4", "7781,ag3", "7781,AG3"),
        ("B5", "111", "111"),
    ):
        assert ",".join(parsed(clCode=classification, cmdCode=typed).cmdCode) == codes


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("given", "codes"), [("TOTAL", "200"), ("200", "200"), ("3.1.1", "3.1.1"), ("S03001001", "3.1.1"), ("4", "4")]
)
async def test_services_are_asked_in_ebops_2010_without_goods_breakdowns(
    comtrade: "Comtrade", given: str, codes: str
) -> None:
    params = await sent(comtrade, typeCode="services", cmdCode=given, partnerCode="0")
    assert params["cmdCode"] == codes
    assert comtrade.sent[0].path == "/public/v1/preview/S/A/EB10"
    assert params.keys().isdisjoint({"partner2Code", "customsCode", "motCode"})


@pytest.mark.anyio
async def test_breakdowns_are_asked_for_when_wanted(comtrade: "Comtrade") -> None:
    params = await sent(comtrade, motCode="all", customsCode="C04", partner2Code="Hong Kong")
    assert "motCode" not in params
    assert params["customsCode"] == "C04"
    assert params["partner2Code"] == "344"


@pytest.mark.anyio
async def test_months_take_one_call_each_without_a_key_and_twelve_together_with_one(
    comtrade: "Comtrade", keyed: "Comtrade"
) -> None:
    months = [f"2023{month:02d}" for month in range(1, 13)] + ["202401"]
    for service in (comtrade, keyed):
        service.gives_what_is_asked()
        await service.ask(freqCode="M", period="2023,2024-01")
    assert [one.params["period"] for one in comtrade.sent] == months
    assert [one.params["period"] for one in keyed.sent] == [",".join(months[:12]), "202401"]
    assert comtrade.sent[0].path == "/public/v1/preview/C/M/HS"


@pytest.mark.parametrize(
    ("text", "frequency", "first", "last", "count"),
    [
        ("2018-2022", "year", "2018", "2022", 5),
        ("2022", "year", "2022", "2022", 1),
        ("202211-202302", "month", "2022-11", "2023-02", 4),
        ("2022-12", "month", "2022-12", "2022-12", 1),
        ("2022", "month", "2022-01", "2022-12", 12),
        ("2022-2023", "month", "2022-01", "2023-12", 24),
        ("2023Q1", "month", "2023-01", "2023-03", 3),
        ("2023Q4-2024Q1", "month", "2023-10", "2024-03", 6),
        ("latest", "year", "2025", "2025", 1),
        ("latest", "month", "2026-08", "2026-08", 1),
        ("last 5 years", "year", "2021", "2025", 5),
        ("last 12 months", "month", "2025-09", "2026-08", 12),
        ("since 2022", "year", "2022", "2025", 4),
        ("2022-", "year", "2022", "2025", 4),
    ],
)
def test_ranges_of_periods_are_read(text: str, frequency: Any, first: str, last: str, count: int) -> None:
    newest = Period(2025) if frequency == "year" else Period(2026, "month", 8)
    found = periods_of([read_span(text, frequency)], frequency, newest)
    assert (str(found[0]), str(found[-1]), len(found)) == (first, last, count)


@given(st.integers(1990, 2020), st.integers(0, 30))
def test_any_range_of_years_has_every_year_once(first: int, more: int) -> None:
    span = read_span(f"{first}-{first + more}", "year")
    assert periods_of([span], "year", Period(1990)) == [Period(first + n) for n in range(more + 1)]


@settings(deadline=None)  # the first example loads the code tables
@given(
    st.sampled_from(["reporterCode", "partnerCode", "cmdCode", "period", "flowCode", "clCode", "motCode"]),
    st.one_of(st.text(max_size=40), st.integers(), st.lists(st.text(max_size=10), max_size=4), st.booleans()),
)
def test_whatever_an_argument_is_it_is_read_or_refused_by_name(name: str, value: Any) -> None:
    question = {"reporterCode": "156", "period": "2023", name: value}
    try:
        read = parse_arguments(TradeArguments, question)
    except InvalidQuery as error:
        assert error.argument == name
    else:
        assert read.period
        assert read.cmdCode


@pytest.mark.parametrize(
    ("arguments", "argument", "in_message", "nearest"),
    [
        ({"reporterCode": "Untied States"}, "reporterCode", "Untied States", None),
        ({"reporterCode": "World"}, "reporterCode", "World is not a reporter", ("all",)),
        ({"reporterCode": "0"}, "reporterCode", "World is not a reporter", ("all",)),
        ({"reporterCode": []}, "reporterCode", "empty", ()),
        ({"reporterCode": "Congo"}, "reporterCode", "several areas", None),
        ({"partnerCode": "Wonderland members"}, "partnerCode", "not a known group", None),
        ({"partnerCode": "Midway, nowhere"}, "partnerCode", "Midway", None),
        ({"typeCode": "S", "clCode": "HS"}, "clCode", "classifies goods", ("typeCode=C", "clCode=EB10")),
        ({"clCode": "EB10"}, "clCode", "classifies services", ("typeCode=S", "clCode=HS")),
        ({"clCode": "H9"}, "clCode", "H9", None),
        ({"typeCode": "X"}, "typeCode", "'X'", None),
        ({"freqCode": "Q"}, "freqCode", "'Q'", None),
        ({"cmdCode": "85076"}, "cmdCode", "5 digits", None),
        ({"cmdCode": 1}, "cmdCode", "leading zero", None),
        ({"cmdCode": "850799"}, "cmdCode", "no edition", None),
        ({"cmdCode": "85076010"}, "cmdCode", "8 digits", ("850760",)),
        ({"cmdCode": "851712", "clCode": "H6"}, "cmdCode", "older edition", ("851713", "851714")),
        ({"cmdCode": "../../x"}, "cmdCode", "not an HS code", None),
        ({"cmdCode": "85' OR 1=1"}, "cmdCode", "not an HS code", None),
        ({"clCode": "S4", "cmdCode": "123456"}, "cmdCode", "not a code of S4", ()),
        ({"typeCode": "S", "cmdCode": "850760"}, "cmdCode", "not an item of EBOPS", ()),
        ({"typeCode": "S", "cmdCode": "TOTAL", "motCode": "1000"}, "motCode", "Services have no motCode", ()),
        ({"flowCode": "TB"}, "flowCode", "has no trade balance", ("X (exports)", "M (imports)")),
        ({"flowCode": []}, "flowCode", "empty", ()),
        ({"customsCode": "0"}, "customsCode", "'0'", ()),
        ({"motCode": "sea"}, "motCode", "'sea'", ()),
        ({"period": "2022-2018"}, "period", "before", None),
        ({"period": "202301"}, "period", "freqCode=A asks for years", ("freqCode=M", "2023")),
        ({"period": "2023Q1"}, "period", "freqCode=A asks for years", ("2023",)),
        ({"period": "last 5 months"}, "period", "no whole number of years", ()),
        ({"period": "202313", "freqCode": "M"}, "period", "13", None),
        ({"period": "1850"}, "period", "1850", None),
        ({"period": "last year"}, "period", "last year", None),
        ({"maxRecords": 0}, "maxRecords", "maxRecords", None),
        ({"maxRecords": 100_001}, "maxRecords", "maxRecords", None),
        ({"partnerCode": ["276"] * 101}, "partnerCode", "100", None),
        ({"reporter": "156"}, "reporter", "no argument `reporter`", ("reporterCode",)),
        ({"cmdCode": "8" * 10_000}, "cmdCode", "10000 characters", ()),
        ({"reporterCode": "US\x00A"}, "reporterCode", "control characters", ()),
    ],
)
def test_a_wrong_question_is_refused_by_the_argument_at_fault(
    arguments: dict[str, Any], argument: str, in_message: str, nearest: tuple[str, ...] | None
) -> None:
    with pytest.raises(InvalidQuery) as caught:
        parsed(**arguments)
    assert caught.value.argument == argument
    assert caught.value.allowed
    assert in_message in caught.value.message
    assert nearest is None or caught.value.nearest == nearest


@pytest.mark.anyio
async def test_all_reporters_with_all_partners_are_refused_without_a_key(comtrade: "Comtrade") -> None:
    with pytest.raises(InvalidQuery, match="All reporters with all partners") as caught:
        await comtrade.ask(reporterCode="all", partnerCode="all")
    assert (caught.value.argument, caught.value.nearest) == ("partnerCode", ("0",))
    assert comtrade.sent == []


@pytest.mark.anyio
async def test_a_question_for_too_many_calls_says_how_many_it_would_take(
    comtrade: "Comtrade", keyed: "Comtrade"
) -> None:
    with pytest.raises(TooLarge) as caught:
        await comtrade.ask(freqCode="M", period="2015-2024")
    assert "120 periods would take 120 calls" in caught.value.message
    assert "at most 24" in caught.value.message
    assert "COMTRADE_API_KEY" in caught.value.remedy
    assert "10 calls" in caught.value.remedy
    with pytest.raises(TooLarge) as caught:
        await keyed.ask(freqCode="M", period="1990-2024")
    assert "420 periods would take 35 calls" in caught.value.message
    assert comtrade.sent == keyed.sent == []


@pytest.mark.anyio
async def test_all_reporters_with_all_partners_can_be_asked_with_a_key(keyed: "Comtrade") -> None:
    params = await sent(keyed, reporterCode="all", partnerCode="all", maxRecords=100_000)
    assert params.keys().isdisjoint({"reporterCode", "partnerCode"})


@pytest.mark.parametrize("endpoint", SOURCE.tools, ids=lambda endpoint: endpoint.name)
def test_a_tools_description_and_schema_keep_the_rules_of_the_house(endpoint: Tool[Any, Any]) -> None:
    assert len(endpoint.description) < 600
    schema = endpoint.arguments.model_json_schema()
    assert not {"anyOf", "oneOf", "allOf"} & schema.keys()
    for name, described in schema["properties"].items():
        assert described["description"], name
        assert not {"anyOf", "oneOf"} & described.keys(), name
