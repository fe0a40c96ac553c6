"""What is refused before a credit is spent, and how it is said."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradestat_tools.model.arguments import parse_arguments
from tradestat_tools.model.errors import InvalidQuery
from tradestat_tools.sources.trademap import SOURCE
from tradestat_tools.sources.trademap.arguments import GoodsTimeSeriesArguments, ServicesTimeSeriesArguments
from tradestat_tools.sources.trademap.codes import read_partner, read_product, read_reporter, read_service

GOODS, SERVICES, INDICATORS = "goods_time_series", "services_time_series", "goods_trade_indicators"

REFUSED: list[tuple[str, dict[str, Any], str, str]] = [
    (GOODS, {}, "country", "missing"),
    (GOODS, {"country": "000"}, "country", "not available as the reporter"),
    (GOODS, {"country": "World"}, "country", "not available as the reporter"),
    (GOODS, {"country": 0}, "country", "not available as the reporter"),
    (GOODS, {"country": "899"}, "country", "does not report"),
    (GOODS, {"country": "Wakanda"}, "country", "not a known country"),
    (GOODS, {"country": "China; DROP TABLE"}, "country", "not a known country"),
    (GOODS, {"country": "../../etc"}, "country", "not a known country"),
    (GOODS, {"country": "x" * 10_000}, "country", "characters long"),
    (GOODS, {"country": "CN\x00"}, "country", "control characters"),
    (GOODS, {"country": ["156"]}, "country", ""),
    (GOODS, {"country": "EU", "partner": "ASEAN"}, "partner", "both groups of countries"),
    (GOODS, {"country": "EU", "by": "byProduct"}, "by", "group of countries"),
    (GOODS, {"country": "156", "partner": "EU", "by": "byProduct"}, "by", "group of countries"),
    (GOODS, {"country": "156", "partner": "BRICS", "page": 2}, "page", "one table"),
    (SERVICES, {"country": "156", "partner": "EU", "by": "byService"}, "by", "group of countries"),
    (INDICATORS, {"country": "EU"}, "country", "group of countries"),
    (GOODS, {"country": "Congo"}, "country", "several"),
    (GOODS, {"country": "156", "partner": "Congo"}, "partner", "several"),
    (GOODS, {"country": "156", "partner": "9999"}, "partner", "not a known country"),
    (GOODS, {"country": "156", "product": "8517123"}, "product", "7 digits"),
    (GOODS, {"country": "156", "product": "8"}, "product", "1 digit"),
    (GOODS, {"country": "156", "product": "850799"}, "product", "no edition"),
    (GOODS, {"country": "156", "product": "77"}, "product", ""),
    (GOODS, {"country": "156", "product": "batteries"}, "product", "not an HS code"),
    (GOODS, {"country": "156", "trade_flow": "sideways"}, "trade_flow", "not a trade flow"),
    (GOODS, {"country": "156", "by": "byService"}, "by", "can not be"),
    (GOODS, {"country": "156", "hs_level": 5}, "hs_level", ""),
    (GOODS, {"country": "156", "product": "8507", "by": "byProduct", "hs_level": 2}, "hs_level", "above the product"),
    (GOODS, {"country": "156", "page_size": 501}, "page_size", "500"),
    (GOODS, {"country": "156", "page_size": 0}, "page_size", ""),
    (GOODS, {"country": "156", "page": 0}, "page", ""),
    (GOODS, {"country": "156", "page": 1.5}, "page", ""),
    (GOODS, {"country": "156", "sort_dir": "up"}, "sort_dir", ""),
    (GOODS, {"country": "156", "sort_by": "value desc; --"}, "sort_by", ""),
    (GOODS, {"country": "156", "period_from": 2024, "period_to": 2020}, "period_to", "lies before"),
    (GOODS, {"country": "156", "period_from": "2024-03"}, "period_from", "month, not a year"),
    (GOODS, {"country": "156", "period_from": "2024Q1"}, "period_from", "quarter, not a year"),
    (GOODS, {"country": "156", "period_from": "lately"}, "period_from", "not a period"),
    (GOODS, {"country": "156", "period_from": True}, "period_from", "whole number"),
    (GOODS, {"country": "156", "period_from": 1200}, "period_from", "not a year"),
    (GOODS, {"country": "156", "period_from": "last 12 months"}, "period_from", "yearly"),
    (GOODS, {"country": "156", "period_from": "2018-2022", "period_to": 2024}, "period_to", "2018 to 2022"),
    (GOODS, {"country": "156", "period_from": 2020, "period_to": "2018-2022"}, "period_to", "2018 to 2022"),
    (GOODS, {"country": "156", "period_from": "since 2020", "period_to": 2018}, "period_to", "lies before"),
    (GOODS, {"country": "156", "tradeflow": "I"}, "tradeflow", "no argument"),
    (GOODS, {"country": "156", "service": "S03"}, "service", "no argument"),
    (SERVICES, {"country": "156", "service": "85"}, "service", "not services"),
    (SERVICES, {"country": "156", "service": "S99"}, "service", "not an item"),
    (SERVICES, {"country": "156", "service": "3a.1"}, "service", "does not carry"),
    (SERVICES, {"country": "156", "trade_flow": "RE"}, "trade_flow", "can not be"),
    (SERVICES, {"country": "156", "sort_dir": "asc"}, "sort_dir", "time-out"),
    (SERVICES, {"country": "156", "service": "S03", "sort_dir": "asc"}, "sort_dir", "time-out"),
    (SERVICES, {"country": "156", "by": "byService", "sort_dir": "asc"}, "sort_dir", "time-out"),
    (
        SERVICES,
        {"country": "156", "service": "S03", "by": "byService", "sort_dir": "asc", "page_size": 101},
        "sort_dir",
        "time-out",
    ),
    (INDICATORS, {"country": "000"}, "country", "not available as the reporter"),
    (INDICATORS, {"country": "156", "indicators": ["VAL", "a b"]}, "indicators", ""),
    (INDICATORS, {"country": "156", "indicators": []}, "indicators", ""),
    (INDICATORS, {"country": "156", "indicators": ["VAL", "VALUE"]}, "indicators", "VALUE is not an indicator"),
    (INDICATORS, {"country": "156", "indicators": ["balance"]}, "indicators", "BALANCE is not an indicator"),
    (INDICATORS, {"country": "156", "indicators": ["GVW5"]}, "indicators", "GVW5 is not an indicator"),
    (INDICATORS, {"country": "156", "period_from": 2024}, "period_from", "no argument"),
    ("get_countries", {"limit": 0}, "limit", ""),
    ("get_countries", {"country": "156"}, "country", "no argument"),
    ("get_products_hs", {"hs_level": 3}, "hs_level", ""),
    ("get_products_hs", {"prefix": "85%"}, "prefix", ""),
    ("get_coverage", {"data_type": "people"}, "data_type", "can not be"),
]


@pytest.mark.anyio
@pytest.mark.parametrize(("tool", "arguments", "argument", "said"), REFUSED)
async def test_a_bad_question_is_refused_by_argument_and_nothing_is_sent(
    parsebot: Any, tool: str, arguments: dict[str, Any], argument: str, said: str
):
    with pytest.raises(InvalidQuery) as refused:
        await parsebot.call(tool, **arguments)

    assert refused.value.argument == argument
    assert said in f"{refused.value} {refused.value.allowed}"
    assert refused.value.allowed or refused.value.nearest or refused.value.remedy
    assert len(str(refused.value)) < 400
    assert parsebot.sent == []
    assert parsebot.catalogue_sent == []


def test_a_mistyped_code_or_name_is_answered_with_the_nearest():
    for raw, near in (({"country": "Germny"}, "Germany"), ({"country": "156", "product": "8507601"}, "850760")):
        with pytest.raises(InvalidQuery) as refused:
            parse_arguments(GoodsTimeSeriesArguments, raw)
        assert any(near in candidate for candidate in refused.value.nearest)


def test_what_models_write_for_unset_is_unset():
    read = parse_arguments(
        GoodsTimeSeriesArguments,
        {"country": "156", "partner": "null", "product": None, "period_from": "", "sort_by": "undefined"},
    )

    assert (read.partner.code, read.product.code, read.period_from, read.sort_by) == ("000", "ALL", 0, "")


@pytest.mark.parametrize(
    ("spelled", "flow"),
    [("import", "I"), ("Imports", "I"), ("M", "I"), ("EXPORT", "E"), ("x", "E"), ("re-exports", "RE"), ("TB", "TB")],
)
def test_flows_may_be_written_as_words(spelled: str, flow: str):
    assert parse_arguments(GoodsTimeSeriesArguments, {"country": "156", "trade_flow": spelled}).trade_flow == flow


@pytest.mark.parametrize(
    ("spelled", "code"), [("CN", "156"), ("chn", "156"), ("中国", "156"), ("4", "004"), ("356", "699"), ("757", "757")]
)
def test_reporters_are_three_digit_comtrade_areas(spelled: str, code: str):
    assert read_reporter(spelled).code == code


@pytest.mark.parametrize("spelled", ["000", "0", "World", "all", "全球"])
def test_all_partners_together_are_000(spelled: str):
    assert read_partner(spelled).code == "000"


@pytest.mark.parametrize(
    ("spelled", "code"),
    [("all", "ALL"), ("Total", "ALL"), ("8517.12", "851712"), ("8507 60", "850760"), ("HS 85", "85"), ("01", "01")],
)
def test_products_are_read_in_their_usual_spellings(spelled: str, code: str):
    assert read_product(spelled).code == code


@pytest.mark.parametrize(
    ("spelled", "code"), [("ALL", "ALL"), ("S00", "ALL"), ("3", "S03"), ("3.1.1", "S03001001"), ("s03001", "S03001")]
)
def test_services_are_read_by_number_or_code(spelled: str, code: str):
    assert read_service(spelled).code == code


def test_ascending_order_is_allowed_where_the_table_is_small():
    asked = {"country": "156", "service": "S03", "by": "byService", "sort_dir": "asc", "page_size": 100}
    assert parse_arguments(ServicesTimeSeriesArguments, asked).sort_dir == "asc"
    one_partner = {"country": "156", "service": "S03", "partner": "842", "sort_dir": "asc"}
    assert parse_arguments(ServicesTimeSeriesArguments, one_partner).sort_dir == "asc"
    assert parse_arguments(GoodsTimeSeriesArguments, {"country": "156", "sort_dir": "asc"}).sort_dir == "asc"


@given(
    st.text(max_size=40), st.sampled_from(["country", "partner", "product", "trade_flow", "by", "sort_by", "period_to"])
)
def test_free_text_is_read_or_refused_and_never_breaks(text: str, argument: str):
    try:
        read = parse_arguments(GoodsTimeSeriesArguments, {"country": "156"} | {argument: text})
    except InvalidQuery as refused:
        assert refused.argument == argument
        return
    assert read.country.code.isdigit() or read.country.group
    assert read.product.code == "ALL" or read.product.code.isdigit()


@pytest.mark.parametrize("endpoint", SOURCE.tools, ids=lambda e: e.name)
def test_schemas_are_flat_and_described(endpoint: Any):
    schema = endpoint.arguments.model_json_schema()

    assert "$ref" not in json.dumps(schema)
    assert "anyOf" not in json.dumps(schema)
    for name, about in schema["properties"].items():
        assert about.get("description"), name
    assert len(endpoint.description) < 600
    assert endpoint.title.startswith("Trade Map: ")
    parse_arguments(endpoint.arguments, endpoint.example)
