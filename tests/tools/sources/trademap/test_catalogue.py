"""Wire names, method and price: assumed, and corrected from the service's public catalogue entry."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradestat_tools.model.errors import UpstreamChanged
from tradestat_tools.sources.trademap.wire.names import ALTERNATIVES, ASSUMED, OPTIONAL, match, read_catalogue
from tradestat_tools.upstream.request import Response

GOODS = {
    name: {"type": "string", "description": "d"}
    for name in ASSUMED["goods_time_series"]
    if name not in ("trade_flow", "period_from", "period_to")
}


@pytest.mark.anyio
async def test_names_that_the_catalogue_spells_otherwise_are_sent_as_it_spells_them(
    parsebot: Any, payloads: Any, note: Any
):
    renamed = {name: {"type": "string", "description": ""} for name in ("flow", "start_year", "endYear")}
    parsebot.describes_endpoints(goods_time_series={"input_params": GOODS | renamed})
    parsebot.gives(payloads.table([], [payloads.beef_total()]))
    answer = await parsebot.beef()
    sent = parsebot.sent[0].params
    assert (sent["flow"], sent["start_year"], sent["endYear"]) == ("I", "2024", "2024")
    assert not {"trade_flow", "period_from", "period_to"} & set(sent)
    assert note(answer, "shape") == ""


@pytest.mark.anyio
async def test_a_name_that_could_be_either_of_two_is_not_guessed(parsebot: Any, payloads: Any, note: Any):
    either = {name: {"type": "string"} for name in ("flow", "flow_code", "period_from", "period_to")}
    parsebot.describes_endpoints(goods_time_series={"input_params": GOODS | either})
    parsebot.gives(payloads.table([], [payloads.beef_total()]))
    answer = await parsebot.beef()
    assert parsebot.sent[0].params["trade_flow"] == "I"
    assert "no parameter for trade_flow" in note(answer, "shape")


@pytest.mark.anyio
async def test_without_the_catalogue_an_answer_says_which_names_are_assumed(parsebot: Any, payloads: Any, note: Any):
    asked = {"country": "784", "product": "020230", "trade_flow": "I"}
    parsebot.gives(payloads.table([], [payloads.beef_total()]))
    series = await parsebot.call("goods_time_series", **asked)
    parsebot.describes_endpoints(get_coverage={"input_params": {}})
    left_out = await parsebot.call("goods_time_series", **asked)
    parsebot.describes("", 500)
    cells = [{"indicatorCd": "VAL", "value": 713_748}]
    parsebot.gives(payloads.table([], [payloads.record("784", "000", "020230", {}, data=cells)], refYear=2024))
    indicators = await parsebot.call("goods_trade_indicators", **asked)
    for answer in (series, left_out):
        assert "trade_flow, period_from, period_to went out under assumed names" in note(answer, "shape")
        assert "does not repeat the flow" in note(answer, "shape")
        assert "tradestat-mcp doctor" in note(answer, "shape")
    assert "trade_flow went out under an assumed name" in note(indicators, "shape")
    assert "period_from" not in note(indicators, "shape")


@pytest.mark.anyio
async def test_a_catalogue_that_was_read_before_stays_in_force_without_a_note(parsebot: Any, payloads: Any, note: Any):
    parsebot.describes_endpoints(
        goods_time_series={"input_params": {name: {} for name in ASSUMED["goods_time_series"]}}
    )
    parsebot.gives(payloads.table([], [payloads.beef_total()]))
    async with parsebot.context() as context:
        for _ in range(2):
            answer = await context.call("goods_time_series", {"country": "784", "product": "020230", "trade_flow": "I"})
            assert note(answer, "shape") == ""
            parsebot.describes("", 500)
            parsebot.now += timedelta(days=4)
    assert len(parsebot.catalogue_sent) == 2


@pytest.mark.anyio
async def test_a_catalogue_that_says_post_is_asked_with_a_json_body(parsebot: Any, payloads: Any):
    types = {name: {"type": "integer" if name in ("page", "period_from", "period_to") else "string"} for name in GOODS}
    more = {name: {"type": "integer"} for name in ("trade_flow", "period_from", "period_to")}
    more["trade_flow"] = {"type": "string"}
    parsebot.describes_endpoints(goods_time_series={"method": "post", "input_params": types | more})
    parsebot.gives(payloads.table([], [payloads.record("784", "036", "020230", {2024: 1})]))
    await parsebot.beef(partner="036")
    (sent,) = parsebot.sent
    assert (sent.method, sent.params) == ("POST", {})
    assert sent.body["partner"] == "036", "a code keeps its zeros"
    assert (sent.body["page"], sent.body["period_from"], sent.body["page_size"]) == (1, 2024, "50")
    assert sent.headers["x-api-key"] == parsebot.key


@pytest.mark.anyio
@pytest.mark.parametrize(
    "body",
    [
        "",
        "<html>",
        "[]",
        "{}",
        '{"endpoints": null}',
        '{"endpoints": [{"endpoint_name": "other"}]}',
        "[" * 100_000,
        "9",
    ],
)
async def test_a_catalogue_that_reads_oddly_changes_nothing_and_fails_no_call(parsebot: Any, payloads: Any, body: str):
    parsebot.describes(body)
    parsebot.gives(payloads.table([], [payloads.beef_total()]))
    answer = await parsebot.beef()
    assert parsebot.sent[0].params["trade_flow"] == "I"
    assert answer.data.aggregateRecords[0].values == [713_748]


@pytest.mark.anyio
@pytest.mark.parametrize("params", [None, [], "country", {"country": None, "partner": 3}])
async def test_an_entry_with_odd_parameters_lists_what_can_be_read(
    parsebot: Any, payloads: Any, params: Any, note: Any
):
    parsebot.describes_endpoints(goods_time_series={"input_params": params, "price": "free", "method": None})
    parsebot.gives(payloads.table([], [payloads.beef_total()]))
    answer = await parsebot.beef()
    assert parsebot.sent[0].params["country"] == "784"
    assert "trade_flow" in note(answer, "shape")


@pytest.mark.anyio
async def test_the_catalogue_is_asked_once_for_days_and_again_soon_after_a_failure(parsebot: Any, payloads: Any):
    parsebot.describes("", 500)
    parsebot.gives(payloads.table([], [payloads.beef_total()]))
    asked = {"country": "784", "product": "020230", "trade_flow": "I"}
    counts: list[int] = []
    async with parsebot.context() as context:
        for later in (0, 1, 60):  # minutes
            parsebot.now += timedelta(minutes=later)
            await context.call("goods_time_series", asked)
            counts.append(len(parsebot.catalogue_sent))
        parsebot.describes_endpoints(goods_time_series={"input_params": {}})
        for hours in (1, 48, 48):
            parsebot.now += timedelta(hours=hours)
            await context.call("goods_time_series", asked)
            counts.append(len(parsebot.catalogue_sent))
    assert counts == [1, 1, 2, 3, 3, 4]


@pytest.mark.anyio
async def test_members_are_asked_for_only_where_the_catalogue_lists_a_parameter_for_them(parsebot: Any):
    parsebot.gives({"groups": [{"id": 42, "label": "EU 27", "type": "t", "note": None}]})
    await parsebot.call("get_country_groups")
    parsebot.describes_endpoints(get_country_groups={"input_params": {"include_members": {"type": "boolean"}}})
    await parsebot.call("get_country_groups")
    assert [sent.params for sent in parsebot.sent] == [{}, {"include_members": "true"}]


def test_the_entry_is_read_wherever_it_keeps_its_endpoints():
    entry = b'{"endpoint_name": "get_coverage", "method": "GET", "input_params": {"data_type": {}}, "price": 3}'
    for body in (b"[" + entry + b"]", b'{"data": {"api": {"endpoints": [' + entry + b"]}}}", entry):
        wire = read_catalogue(Response(200, {}, body))["get_coverage"]
        assert (wire.price, wire.published, wire.unlisted, wire.unused) == (3, True, (), ())


def test_what_the_catalogue_lists_and_nobody_sends_is_known():
    body = b'{"endpoint_name": "get_coverage", "input_params": {"kind": {}}}'
    wire = read_catalogue(Response(200, {}, body))["get_coverage"]
    assert (wire.unlisted, wire.unused) == (("data_type",), ("kind",))
    assert wire.names == {"data_type": "data_type"}


def test_no_spelling_stands_for_two_parameters_of_one_endpoint():
    for endpoint in ASSUMED:
        names = (*ASSUMED[endpoint], *OPTIONAL.get(endpoint, ()))
        spellings = [s for name in names for s in (ALTERNATIVES[name] | {name.replace("_", "")})]
        assert len(spellings) == len(set(spellings)), endpoint


@pytest.mark.parametrize("spelled", ["trade_flow", "tradeFlow", "TRADE-FLOW", "Trade Flow"])
def test_a_name_is_recognised_whatever_its_case_and_separators(spelled: str):
    assert match("trade_flow", {spelled: "", "flow": ""}) == spelled


@given(st.dictionaries(st.text(max_size=12), st.just(""), max_size=6), st.sampled_from(sorted(ALTERNATIVES)))
def test_a_match_is_always_one_of_the_listed_names(listed: dict[str, str], ours: str):
    found = match(ours, listed)
    assert found is None or found in listed


@given(st.recursive(st.none() | st.text(max_size=5), lambda i: st.lists(i) | st.dictionaries(st.text(max_size=5), i)))
def test_no_catalogue_entry_escapes_the_closed_set_of_errors(content: Any):
    import json  # noqa: PLC0415

    with pytest.raises(UpstreamChanged):
        read_catalogue(Response(200, {}, json.dumps(content).encode("utf-8")))
