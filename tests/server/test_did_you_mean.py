"""A near miss in any coded argument of any tool is refused with the nearest valid value, and nothing is sent."""

from typing import Any

import pytest

from tradestat_tools.catalogue import catalogue
from tradestat_tools.contract.context import Context
from tradestat_tools.model.errors import InvalidQuery

pytestmark = pytest.mark.anyio

MONTHS = {"strtYymm": "202401", "endYymm": "202402"}
GOODS = {"country": "KOR", "product": "8507"}
SERVICES = {"country": "KOR", "service": "3"}
UN = {"reporterCode": "KOR", "period": "2023"}
UN_SERVICES = UN | {"typeCode": "S"}
LINES = UN | {"cmdCode": "850760"}
SERIES = {"reporter": "KOR"}
MIRROR = {"exporter": "CHN", "importer": "KOR"}
HANDLE = {"result": "rk3v7q2m5xa"}
HHI = HANDLE | {"indicator": "hhi"}

NEAR_MISSES: list[tuple[str, dict[str, Any], str, Any, str]] = [
    # Countries.
    ("goods_time_series", GOODS, "country", "Germny", "Germany"),
    ("goods_time_series", GOODS, "partner", "Congo", "CG, 178"),
    ("goods_trade_indicators", GOODS, "country", "Viet Nahm", "VN"),
    ("goods_trade_indicators", GOODS, "partner", "Japn", "Japan"),
    ("services_time_series", SERVICES, "country", "Untied States", "United States"),
    ("services_time_series", SERVICES, "partner", "Chian", "China"),
    ("trend", {"hsCode": "850760"}, "countryCode", "Japn", "116"),
    ("history", {"hsCode": "850760"}, "countryCode", "Sout Korea", "133"),
    ("getNitemtradeList", MONTHS, "cntyCd", "Vietnm", "VN"),
    ("getNationtradeList", MONTHS, "cntyCd", "Chinna", "China"),
    ("comtrade_data", UN, "reporterCode", ["KOR", "Germny"], "Germany"),
    ("comtrade_data", UN, "partnerCode", "Japn", "Japan"),
    ("comtrade_data", UN, "partner2Code", "Frnace", "France"),
    # Goods: a digit wrong, two swapped, a letter for a digit, words.
    ("goods_time_series", GOODS, "product", "850799", "850790"),
    ("goods_time_series", GOODS, "product", "lithium-ion accumulators", "850760"),
    ("goods_trade_indicators", GOODS, "product", "8571", "8517"),
    ("dashboard", {}, "hsCode", "85O760", "850760"),
    ("markets", {}, "hsCode", "lithium-ion accumulators", "850760"),
    ("trend", {}, "hsCode", "850706", "850760"),
    ("history", {"countryCode": "116"}, "hsCode", "850706", "850760"),
    ("growth", {}, "hsCode", "850706", "850760"),
    ("priceband", {}, "hsCode", "850706", "850760"),
    ("chapter", {}, "hsCode", "850706", "850760"),
    ("getItemtradeList", MONTHS, "hsSgn", "85l7", "8517"),
    ("getItemtradeList", MONTHS, "hsSgn", "lithium-ion accumulators", "850760"),
    ("getNitemtradeList", MONTHS, "hsSgn", "850706", "850760"),
    ("comtrade_data", UN, "cmdCode", ["TOTAL", "850706"], "850760"),
    ("comtrade_data", UN, "cmdCode", "lithium-ion accumulators", "850760"),
    # Services.
    ("services_time_series", SERVICES, "service", "freight", "3.1.2"),
    ("services_time_series", SERVICES, "service", "3.1.9", "3.1"),
    ("comtrade_data", UN_SERVICES, "cmdCode", "software licence", "8.3"),
    # Flows.
    ("goods_time_series", GOODS, "trade_flow", "exprots", "E (exports)"),
    ("goods_trade_indicators", GOODS, "trade_flow", "re-exprots", "RE (re-exports)"),
    ("services_time_series", SERVICES, "trade_flow", "imprts", "I (imports)"),
    ("comtrade_data", UN, "flowCode", "exprots", "X (exports)"),
    # Closed lists of words.
    ("goods_time_series", GOODS, "by", "byContry", "byCountry"),
    ("goods_trade_indicators", GOODS, "by", "byProdct", "byProduct"),
    ("services_time_series", SERVICES, "by", "byServce", "byService"),
    ("goods_time_series", GOODS, "sort_dir", "descending", "desc"),
    ("goods_trade_indicators", GOODS, "sort_dir", "ascending", "asc"),
    ("services_time_series", SERVICES, "sort_dir", "decs", "desc"),
    ("get_coverage", {}, "data_type", "servces", "services"),
    ("markets", {"hsCode": "850760"}, "sortBy", "amout", "amount"),
    ("markets", {"hsCode": "850760"}, "order", "descending", "desc"),
    ("topProducts", {}, "sortBy", "grwoth", "growth"),
    ("topProducts", {}, "regionFilter", "asiaa", "asia"),
    ("comtrade_data", UN, "typeCode", "CC", "C"),
    ("comtrade_data", UN, "freqCode", "AA", "A"),
    ("comtrade_data", UN, "clCode", "H66", "H6"),
    ("comtrade_reference", {}, "category", "quantityUnit", "quantityUnits"),
    ("search_codes", {"query": "rice"}, "kind", "ebop", "ebops"),
    # The further tools of UN Comtrade.
    ("comtrade_tariffline", LINES, "freqCode", "AA", "A"),
    ("comtrade_tariffline", LINES, "clCode", "H66", "H6"),
    ("comtrade_tariffline", LINES, "reporterCode", "Germny", "Germany"),
    ("comtrade_tariffline", LINES, "partnerCode", "Japn", "Japan"),
    ("comtrade_tariffline", LINES, "cmdCode", "lithium-ion accumulators", "850760"),
    ("comtrade_tariffline", LINES, "flowCode", "exprots", "X (exports)"),
    ("comtrade_availability", {}, "typeCode", "CC", "C"),
    ("comtrade_availability", {}, "freqCode", "AA", "A"),
    ("comtrade_availability", {}, "clCode", "H66", "H6"),
    ("comtrade_availability", {}, "reporterCode", "Germny", "Germany"),
    ("comtrade_metadata", UN, "typeCode", "CC", "C"),
    ("comtrade_metadata", UN, "freqCode", "AA", "A"),
    ("comtrade_metadata", UN, "reporterCode", "Germny", "Germany"),
    ("comtrade_trade_matrix", UN, "freqCode", "AA", "A"),
    ("comtrade_trade_matrix", UN, "reporterCode", "Germny", "Germany"),
    ("comtrade_trade_matrix", UN, "partnerCode", "Japn", "Japan"),
    ("comtrade_trade_matrix", UN, "flowCode", "exprots", "X (exports)"),
    ("comtrade_trade_balance", UN, "freqCode", "AA", "A"),
    ("comtrade_trade_balance", UN, "reporterCode", "Germny", "Germany"),
    ("comtrade_trade_balance", UN, "partnerCode", "Japn", "Japan"),
    ("comtrade_trade_balance", UN, "cmdCode", "850706", "850760"),
    ("comtrade_bilateral", UN | {"partnerCode": "CHN"}, "freqCode", "AA", "A"),
    ("comtrade_bilateral", {"period": "2023", "partnerCode": "CHN"}, "reporterCode", "Germny", "Germany"),
    ("comtrade_bilateral", UN, "partnerCode", "Japn", "Japan"),
    ("comtrade_bilateral", UN | {"partnerCode": "CHN"}, "cmdCode", "850706", "850760"),
    ("comtrade_bilateral", UN | {"partnerCode": "CHN"}, "flowCode", "exprots", "X (exports)"),
    ("comtrade_live_update", {}, "reporterCode", "Germny", "Germany"),
    # Tools over several sources.
    ("trade_series", {}, "reporter", "Germny", "Germany"),
    ("trade_series", SERIES, "partner", "Japn", "Japan"),
    ("trade_series", SERIES, "product", "850706", "850760"),
    ("trade_series", SERIES, "product", "lithium-ion accumulators", "850760"),
    ("trade_series", SERIES, "kind", "service", "services"),
    ("trade_series", SERIES, "flow", "exprots", "X (exports)"),
    ("trade_series", SERIES, "freq", "MM", "M"),
    ("trade_series", SERIES, "source", "comtrad", "comtrade"),
    ("trade_series", SERIES, "also", ["grwoth"], "growth"),
    ("trade_series", SERIES, "currency", "EUU", "EUR"),
    ("compare_mirror", {"importer": "KOR"}, "exporter", "Germny", "Germany"),
    ("compare_mirror", {"exporter": "CHN"}, "importer", "Sout Korea", "South Korea"),
    ("compare_mirror", MIRROR, "product", "850706", "850760"),
    ("compare_mirror", MIRROR, "product", "lithium-ion accumulators", "850760"),
    ("compare_mirror", MIRROR, "kind", "service", "services"),
    ("compare_mirror", MIRROR, "freq", "yaer", "year"),
    ("compare_mirror", MIRROR, "sources", ["comtrad"], "comtrade"),
    ("compare_mirror", MIRROR, "currency", "EUU", "EUR"),
    ("trade_indicators", HHI, "indicator", "hhii", "hhi"),
    ("trade_indicators", HHI, "by", "partnr", "partner"),
    ("trade_indicators", HHI, "flow", "exprots", "X (exports)"),
    ("trade_indicators", HHI, "missing", "skipp", "skip"),
    ("exchange_rate", {"quote": "USD"}, "base", "CNX", "CNY"),
    ("exchange_rate", {"base": "CNY"}, "quote", "USX", "USD"),
    ("exchange_rate", {"base": "CNY", "quote": "USD"}, "freq", "MM", "M"),
    ("import_file", {"file": "x.csv"}, "flow", "exprots", "X (exports)"),
    ("import_file", {"file": "x.csv"}, "layout", "china", "china_customs"),
    ("import_file", {"file": "x.csv"}, "encoding", "utf-9", "utf-8"),
    ("import_file", {"file": "x.csv"}, "unit", "yuann", "yuan"),
    ("export_data", HANDLE, "format", "exel", "xlsx"),
    ("cite", HANDLE, "style", "bibtx", "bibtex"),
    ("cite", HANDLE, "replay", "pyton", "python"),
    ("search_codes", {"query": "rice", "kind": "hs"}, "language", "kor", "ko"),
]


async def refusal(context: Context, tool: str, arguments: dict[str, Any]) -> dict[str, Any]:
    with pytest.raises(InvalidQuery) as refused:
        await context.call(tool, arguments)
    return refused.value.as_dict()


async def test_a_near_miss_names_the_nearest_valid_value(watched: Context, wire: Any) -> None:
    for tool, others, argument, given, nearest in NEAR_MISSES:
        error = await refusal(watched, tool, others | {argument: given})
        assert (error["kind"], error["argument"]) == ("InvalidQuery", argument), tool
        assert nearest in " ".join(error.get("nearest", [])), (tool, error)
    assert wire.sent == []


def test_every_coded_argument_of_every_tool_is_in_the_table() -> None:
    counted = {(tool, argument) for tool, _, argument, _, _ in NEAR_MISSES}
    missing = [
        (tool.name, name)
        for tool in catalogue().tools.values()
        for name in tool.arguments.model_fields
        if name not in NOT_CODES and (tool.name, name) not in counted | FREE
    ]
    assert missing == []


FREE = {
    ("comtrade_trade_matrix", "cmdCode"),  # SITC, whose codes are in no list here
    ("trade_series", "base"),  # a period
    ("trade_indicators", "base"),  # a period
    ("trade_indicators", "source"),  # whatever the answers name
}
"""Arguments that take codes elsewhere under the same name."""

NOT_CODES = {
    *("fill", "max_credits", "cif_margin", "n", "tariffline", "showHistory"),  # yes or no, and numbers
    *("files", "file", "filename"),
    *(
        "search",
        "query",
        "filter",
        "limit",
        "offset",
        "page",
        "page_size",
        "all_pages",
        "max_calls",
        "members",
        "level",
    ),
    *("hs_level", "minAmount", "maxConcentration", "maxRecords", "includeDesc", "parent", "prefix", "result", "table"),
    *("columns", "sort", "sort_by", "indicators", "customsCode", "motCode"),  # not in any list here, or of free form
    *("currentMonth", "period", "period_from", "period_to", "strtYymm", "endYymm"),  # periods
}


@pytest.mark.parametrize(
    ("tool", "arguments", "argument"),
    [
        ("goods_time_series", {"country": "KOR", "product": "freight"}, "product"),
        ("dashboard", {"hsCode": "software licence"}, "hsCode"),
        ("services_time_series", {"country": "KOR", "service": "lithium batteries"}, "service"),
        ("comtrade_data", UN | {"cmdCode": "software licence"}, "cmdCode"),
    ],
)
async def test_goods_asked_for_as_services_and_services_as_goods_are_said_to_be_the_other(
    watched: Context, tool: str, arguments: dict[str, Any], argument: str
) -> None:
    error = await refusal(watched, tool, arguments)
    assert error["argument"] == argument
    assert f"kind={'hs' if argument == 'service' else 'ebops'} (" in error["remedy"]


async def test_words_are_answered_with_choices_and_the_tool_that_finds_more(watched: Context) -> None:
    error = await refusal(watched, "getItemtradeList", MONTHS | {"hsSgn": "lithium batteries"})
    assert 'search_codes(kind="hs", query="lithium batteries")' in error["remedy"]
    assert len(error["nearest"]) > 1


@pytest.mark.parametrize(("tool", "others"), [("comtrade_trade_matrix", UN), ("comtrade_data", UN | {"clCode": "S4"})])
async def test_words_for_goods_of_another_classification_get_no_codes_of_the_hs(
    watched: Context, tool: str, others: dict[str, Any]
) -> None:
    error = await refusal(watched, tool, others | {"cmdCode": "lithium-ion accumulators"})
    assert error["argument"] == "cmdCode"
    assert "850760" not in str(error)
    assert "SITC" in error["allowed"]
    assert "comtrade_reference(category=S4" in error["remedy"]


async def test_a_float_that_is_whole_is_read_as_that_number_through_mcp(watched: Context) -> None:
    asked = GOODS | {"period_from": 2023.0, "period_to": 2022.0}
    error = await refusal(watched, "goods_time_series", asked)  # refused for their order: both were read as years
    assert "month" not in error["message"]
    assert "2022" in error["message"]


@pytest.mark.parametrize("given", [{}, {"hsSgn": "null"}, {"hsSgn": None}])
async def test_nothing_is_searched_for_an_argument_that_was_left_out(watched: Context, given: dict[str, Any]) -> None:
    error = await refusal(watched, "getNitemtradeList", MONTHS | given)
    assert "nearest" not in error
    assert "search_codes" not in error["remedy"]
