"""What is refused before a credit is spent, and how it is said."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradestat_tools.model.arguments import parse_arguments
from tradestat_tools.model.errors import InvalidQuery
from tradestat_tools.sources.trademap import SOURCE
from tradestat_tools.sources.trademap.arguments import GoodsTimeSeriesArguments, ServicesTimeSeriesArguments
from tradestat_tools.sources.trademap.codes import read_partner, read_product, read_reporter, read_service

TOOLS = {tool.name: tool for tool in SOURCE.tools}
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
    (GOODS, {"country": "156", "page": 2, "all_pages": True}, "page", "begins with page 1"),
    (GOODS, {"country": "156", "max_calls": 51}, "max_calls", "50"),
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


@pytest.mark.parametrize(("tool", "arguments", "argument", "said"), REFUSED)
def test_a_bad_question_is_refused_by_argument(tool: str, arguments: dict[str, Any], argument: str, said: str):
    with pytest.raises(InvalidQuery) as refused:
        parse_arguments(TOOLS[tool].arguments, arguments)
    assert refused.value.argument == argument
    assert said in f"{refused.value} {refused.value.allowed}"
    assert refused.value.allowed or refused.value.nearest or refused.value.remedy
    assert len(str(refused.value)) < 400


LOOSE: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "goods_time_series": (
        {
            "country": 410, "partner": "null", "product": 85, "by": "null", "hs_level": "null", "trade_flow": "import",
            "period_from": "2023", "period_to": "2024", "page": "1", "page_size": "5", "all_pages": "false",
            "max_calls": "3", "sort_by": "null", "sort_dir": "null",
        },
        {
            "country": "410", "product": "85", "trade_flow": "I", "period_from": 2023, "period_to": 2024,
            "page_size": 5, "max_calls": 3,
        },
    ),
    "services_time_series": (
        {
            "country": "KR", "partner": "0", "service": "null", "by": "byService", "trade_flow": "exports",
            "period_from": "2023", "period_to": "2023", "page": "1", "page_size": "10", "all_pages": "true",
            "max_calls": "2", "sort_by": "", "sort_dir": None,
        },
        {
            "country": "410", "by": "byService", "trade_flow": "E", "period_from": 2023, "period_to": 2023,
            "page_size": 10, "all_pages": True, "max_calls": 2,
        },
    ),
    "goods_trade_indicators": (
        {
            "country": "kor", "partner": "none", "product": "85", "by": "byProduct", "hs_level": "4",
            "trade_flow": "E", "indicators": '["VAL", "gv5"]', "page": "1", "page_size": "3", "all_pages": "false",
            "max_calls": "5", "sort_by": "null", "sort_dir": "desc",
        },
        {"country": "410", "product": "85", "by": "byProduct", "hs_level": 4, "page_size": 3}
        | {"indicators": ["VAL", "GV5"]},
    ),
    "get_countries": ({"search": "null", "limit": "3"}, {"limit": 3}),
    "get_country_groups": ({"search": "asean", "members": "true"}, {"search": "asean", "members": True}),
    "get_products_hs": (
        {"search": "null", "prefix": 8507, "hs_level": "6", "limit": "2"}, {"prefix": "8507", "hs_level": 6, "limit": 2}
    ),
    "get_services_ebops": ({"search": "null", "prefix": "S03", "limit": "4"}, {"prefix": "S03", "limit": 4}),
    "get_coverage": ({"data_type": "null"}, {}),
}  # fmt: skip


@pytest.mark.parametrize("tool", sorted(TOOLS))
def test_arguments_as_models_write_them_ask_the_same(tool: str):
    (loose, plain), model = LOOSE[tool], TOOLS[tool].arguments
    assert set(loose) == set(model.model_fields), "every argument of the tool is tried"
    assert parse_arguments(model, loose) == parse_arguments(model, plain)


def test_a_mistyped_code_or_name_is_answered_with_the_nearest():
    for raw, near in (({"country": "Germny"}, "Germany"), ({"country": "156", "product": "8507601"}, "850760")):
        with pytest.raises(InvalidQuery) as refused:
            parse_arguments(GoodsTimeSeriesArguments, raw)
        assert any(near in candidate for candidate in refused.value.nearest)


def test_flows_may_be_written_as_words():
    for spelled, flow in [
        ("import", "I"), ("Imports", "I"), ("M", "I"), ("EXPORT", "E"), ("x", "E"), ("re-exports", "RE"), ("TB", "TB"),
    ]:  # fmt: skip
        assert parse_arguments(GoodsTimeSeriesArguments, {"country": "156", "trade_flow": spelled}).trade_flow == flow


KOREA = ("KR", "kor", "410", "South Korea", "Korea, Rep. of", "韩国", "한국")


def test_codes_are_read_in_their_usual_spellings():
    for read, codes in [
        (read_reporter, {"CN": "156", "chn": "156", "中国": "156", "4": "004", "356": "699", "757": "757"}),
        (read_reporter, dict.fromkeys((*KOREA, "Korea"), "410")),
        (read_partner, dict.fromkeys(("000", "0", "World", "all", "全球"), "000")),
        (read_product, {"all": "ALL", "Total": "ALL", "8517.12": "851712", "8507 60": "850760", "HS 85": "85"}),
        (read_product, {"01": "01", **dict.fromkeys(("0202300000", "0202.30.00", "０２０２３０００"), "020230")}),
        (read_service, {"ALL": "ALL", "S00": "ALL", "3": "S03", "3.1.1": "S03001001", "s03001": "S03001"}),
    ]:  # fmt: skip
        assert {word: read(word).code for word in codes} == codes


def test_what_the_caller_may_not_expect_is_said():
    for read, word, reading in [
        (read_partner, "China", "'China' was read as China (156). China here is mainland China"),
        (read_partner, "356", "'356' was read as India (699). "),
        (read_partner, "Taiwan", "'Taiwan' was read as Other Asia, nes (used for Taiwan) (490)"),
        (read_reporter, "Korea", "'Korea' was read as South Korea (410). "),
        (read_service, "SC11", "'SC11' was read as Sea transport: passenger (S03001001)."),
        (read_product, "0202.30.00", "(020230). The digits after the sixth are a country's own"),
    ]:  # fmt: skip
        assert reading in read(word).reading


def test_what_means_one_thing_needs_no_word():
    usual = [
        *(read_reporter(word) for word in KOREA),
        read_partner("all"),
        read_product("0202.30"),
        read_service("3.1"),
    ]
    assert not any(one.reading for one in usual)


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
