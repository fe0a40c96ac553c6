"""Values by year, against payloads in the service's own form."""

from typing import Any

import pytest

from tradestat_tools.model.errors import NoData, UpstreamChanged, UpstreamDown

pytestmark = pytest.mark.anyio


async def test_the_total_is_the_aggregate_and_not_the_sum_of_the_partners(parsebot: Any, payloads: Any, note: Any):
    parsebot.gives(payloads.table(payloads.beef_partners(), [payloads.beef_total()], per_page=500))
    answer = await parsebot.beef(page_size=500)
    assert [row.values for row in answer.data.aggregateRecords] == [[713_748]]
    by_partner = {row.partnerCd: row.values[0] for row in answer.data.records}
    assert (by_partner["076"], by_partner["699"], by_partner["842"]) == (463_753, 161_224, 47_252)
    assert sum(by_partner.values()) == 713_750
    assert "2024: rows 713,750, total 713,748" in note(answer, "rounding")
    assert note(answer, "total_mismatch") == ""


async def test_rows_that_miss_the_total_by_more_than_rounding_are_called_a_mismatch(
    parsebot: Any, payloads: Any, note: Any
):
    rows = [
        payloads.record("784", "076", "020230", {2024: 463_753}),
        payloads.record("784", "699", "020230", {2024: 9}),
    ]
    parsebot.gives(payloads.table(rows, [payloads.beef_total()]))
    answer = await parsebot.beef()
    assert "rows 463,762, total 713,748" in note(answer, "total_mismatch")
    assert answer.data.aggregateRecords[0].values == [713_748]


async def test_the_question_is_sent_in_the_services_names_and_the_key_only_in_the_header(parsebot: Any, payloads: Any):
    parsebot.gives(payloads.table(payloads.beef_partners(), [payloads.beef_total()]))
    answer = await parsebot.beef(partner="all", by="byCountry", page_size=100, sort_by="2024")
    (sent,) = parsebot.sent
    assert (sent.method, sent.path) == ("GET", "/scraper/scraper-1/goods_time_series")
    assert sent.params == {
        "country": "784", "partner": "000", "product": "020230", "by": "byCountry", "trade_flow": "I",
        "period_from": "2024", "period_to": "2024", "page": "1", "page_size": "100", "sort_by": "2024",
        "sort_dir": "desc",
    }  # fmt: skip
    assert sent.headers["x-api-key"] == parsebot.key
    assert parsebot.key not in answer.source.address
    assert parsebot.key not in answer.model_dump_json()
    assert all("x-api-key" not in asked.headers for asked in parsebot.catalogue_sent), "the catalogue needs no key"


async def test_the_usual_wording_of_the_unit_is_the_same_unit(parsebot: Any, payloads: Any, note: Any):
    cells = [{"period": 2024, "value": 713_748, "unit": "US Dollar thousand", "flag": None}]
    parsebot.gives(payloads.table([], [payloads.record("784", "000", "020230", {}, data=cells)]))
    answer = await parsebot.beef()
    assert answer.data.unit == "thousand USD"
    assert note(answer, "unit") == ""


async def test_another_unit_is_never_passed_off_as_thousand_dollars(parsebot: Any, payloads: Any, note: Any):
    cells = [{"period": 2024, "value": 140_000, "unit": "Tons", "flag": None}]
    parsebot.gives(payloads.table([], [payloads.record("784", "000", "020230", {}, data=cells)]))
    answer = await parsebot.beef()
    assert answer.data.unit == "Tons"
    assert answer.source.unit == "Tons"
    assert answer.source.currency is None
    assert "Tons" in note(answer, "unit")


async def test_codes_beside_the_one_asked_for_are_not_taken_for_its_parts(parsebot: Any, payloads: Any, note: Any):
    rows = [payloads.record("784", "000", code, {2024: v}) for code, v in (("020230", 713_748), ("020220", 5_000))]
    parsebot.gives(payloads.table(rows, [payloads.beef_total()]))
    answer = await parsebot.beef(by="byProduct")
    assert "020220 lie beside 020230" in note(answer, "double_counting")
    assert note(answer, "total_mismatch") == ""
    assert answer.data.aggregateRecords[0].values == [713_748]


async def test_codes_below_the_one_asked_for_are_its_parts(parsebot: Any, payloads: Any, note: Any):
    rows = [payloads.record("784", "000", code, {2024: v}) for code, v in (("020230", 713_748), ("020220", 5_000))]
    parsebot.gives(payloads.table(rows, [payloads.record("784", "000", "0202", {2024: 718_748})]))
    answer = await parsebot.beef(product="0202", by="byProduct")
    assert parsebot.sent[0].params["hs_level"] == "6"
    assert note(answer, "double_counting") == ""
    assert note(answer, "total_mismatch") == ""


async def test_services_items_that_contain_each_other_may_not_be_added_up(parsebot: Any, payloads: Any, note: Any):
    rows = [payloads.record("792", "000", code, {2023: v}) for code, v in (("S03", 38_931_000), ("S03002", 20_000_000))]
    parsebot.gives(payloads.table(rows, [payloads.record("792", "000", "S00", {2023: 106_589_000})]))
    answer = await parsebot.call(
        "services_time_series", country="792", by="byService", period_from=2023, period_to=2023
    )
    assert parsebot.sent[0].params["service"] == "ALL"
    assert "contain others" in note(answer, "double_counting")
    assert answer.data.aggregateRecords[0].productLabel == "All services"
    assert answer.source.valuation is None, "services are not valued FOB or CIF"


async def test_another_breakdown_of_the_same_total_is_not_added_to_the_first(parsebot: Any, payloads: Any, note: Any):
    # 3.1 sea transport is a mode; 3.5 passenger transport of all modes breaks transport down another way.
    rows = [payloads.record("792", "000", code, {2023: v}) for code, v in (("S03001", 600), ("S03005", 300))]
    parsebot.gives(payloads.table(rows, [payloads.record("792", "000", "S03", {2023: 1000})]))
    answer = await parsebot.call(
        "services_time_series", country="792", service="S03", by="byService", period_from=2023, period_to=2023
    )
    assert "another way" in note(answer, "double_counting")
    assert note(answer, "total_mismatch") == ""


async def test_the_total_is_that_of_the_code_asked_for_among_several_aggregates(
    parsebot: Any, payloads: Any, note: Any
):
    rows = [payloads.record("784", "000", code, {2024: v}) for code, v in (("020230", 713_748), ("020220", 5_000))]
    everything = payloads.record("784", "000", "TOTAL", {2024: 300_000_000})
    chapter = payloads.record("784", "000", "0202", {2024: 718_747})
    parsebot.gives(payloads.table(rows, [everything, chapter]))
    parsebot.gives(payloads.table(rows, [everything]))
    answer = await parsebot.beef(product="0202", by="byProduct")
    only_everything = await parsebot.beef(product="0202", by="byProduct")
    assert "rows 718,748, total 718,747" in note(answer, "rounding")
    assert note(answer, "total_mismatch") == ""
    assert "no total of 0202 here" in note(only_everything, "absent")
    assert "aggregates of TOTAL" in note(only_everything, "absent")
    assert note(only_everything, "total_mismatch") == ""


async def test_an_empty_newest_year_is_missing_and_not_zero(parsebot: Any, payloads: Any, note: Any):
    total = payloads.record("784", "000", "020230", {2023: 650_000, 2024: 713_748, 2025: None})
    rows = [payloads.record("784", "076", "020230", {2023: 0, 2024: 463_753})]
    parsebot.gives(payloads.table(rows, [total]))
    answer = await parsebot.beef(period_from=2023, period_to=2025)
    assert answer.data.periods == ["2023", "2024", "2025"]
    assert answer.data.aggregateRecords[0].values == [650_000, 713_748, None]
    assert answer.data.records[0].values == [0, 463_753, None], "a reported zero stays a zero"
    assert "2025: missing, not zero" in note(answer, "lag")


async def test_an_older_year_without_a_column_is_named(parsebot: Any, payloads: Any, note: Any):
    parsebot.gives(payloads.table([], [payloads.record("784", "000", "020230", {2015: 1, 2016: 2})]))
    answer = await parsebot.beef(period_from=2014, period_to=2016)
    assert "2014: missing, not zero" in note(answer, "absent")
    assert answer.what.endswith("2015 to 2016"), "the line names the years that are there"


async def test_no_figure_at_all_is_no_data_and_not_an_empty_success(parsebot: Any, payloads: Any):
    for table in (
        payloads.table([], []),
        payloads.table([payloads.record("784", "076", "020230", {2024: None})], []),
    ):
        parsebot.gives(table)
        with pytest.raises(NoData, match="not a reported zero"):
            await parsebot.beef()


async def test_a_reported_zero_is_an_answer(parsebot: Any, payloads: Any):
    parsebot.gives(payloads.table([], [payloads.record("784", "000", "020230", {2024: 0})]))
    answer = await parsebot.beef()
    assert answer.data.aggregateRecords[0].values == [0]


async def test_flags_and_sources_are_kept(parsebot: Any, payloads: Any, note: Any):
    cells = [{"period": 2024, "value": 10, "flag": "e"}, {"period": 2023, "value": 9, "flag": None}]
    parsebot.gives(payloads.table([payloads.record("784", "076", "020230", {}, data=cells)], [payloads.beef_total()]))
    answer = await parsebot.beef(period_from=2023)
    assert answer.data.records[0].flags == {"2024": "e"}
    assert answer.data.records[0].values == [9, 10]
    assert "'e' on 1 figure;" in note(answer, "flag")
    assert answer.data.sources[0].label == "Federal Competitiveness and Statistics Centre"


async def test_areas_not_elsewhere_specified_are_named(parsebot: Any, payloads: Any, note: Any):
    rows = [payloads.record("784", code, "020230", {2024: 5}) for code in ("076", "899")]
    parsebot.gives(payloads.table(rows, [payloads.beef_total()], total=27, pages=2))
    answer = await parsebot.beef()
    assert "Areas, nes (899)" in note(answer, "not_specified_areas")


async def test_missing_labels_are_joined_and_the_services_own_are_kept(parsebot: Any, payloads: Any):
    rows = [
        payloads.record("784", "076", "020230", {2024: 5}),
        payloads.record("784", "490", "020230", {2024: 4}, partnerLabel="Other Asia, nes"),
        payloads.record("784", "991", "020230", {2024: 3}),
    ]
    parsebot.gives(payloads.table(rows, []))
    answer = await parsebot.beef()
    assert [row.partnerLabel for row in answer.data.records] == ["Brazil", "Other Asia, nes", None]
    assert answer.data.reporterLabel == "United Arab Emirates"


async def test_taiwan_is_named_as_the_area_under_which_it_is_published(parsebot: Any, payloads: Any, note: Any):
    parsebot.gives(payloads.table([payloads.record("784", "490", "020230", {2024: 4})], []))
    answer = await parsebot.beef(partner="Taiwan")
    named = "Other Asia, nes (used for Taiwan)"
    assert answer.data.records[0].partnerLabel == named
    assert f"from {named} (490)" in answer.what
    assert f"'Taiwan' was read as {named} (490)" in note(answer, "resolved_code")
    assert note(answer, "not_specified_areas") == "", "it is one economy and no remainder"


async def test_a_total_that_the_service_does_not_give_is_absent_and_not_made_up(
    parsebot: Any, payloads: Any, note: Any
):
    parsebot.gives(payloads.table(payloads.beef_partners(), []))
    answer = await parsebot.beef()
    assert answer.data.aggregateRecords == []
    assert "no total of 020230" in note(answer, "absent")


async def test_an_answer_to_another_question_is_refused(parsebot: Any, payloads: Any):
    for record in (
        payloads.record("842", "000", "020230", {2024: 1}),
        payloads.record("784", "000", "TOTAL", {2024: 1}),
    ):
        parsebot.gives(payloads.table([record], []))
        with pytest.raises(UpstreamChanged, match="it seems to ignore"):
            await parsebot.beef()
    parsebot.gives(payloads.table([payloads.record("784", "076", "020230", {2024: 1})], []))
    with pytest.raises(UpstreamChanged, match=r"partnerCd \(asked 842; got '076'\)"):
        await parsebot.beef(partner="842")


async def test_years_that_were_not_asked_for_are_refused_if_there_are_no_others(parsebot: Any, payloads: Any):
    rows = [payloads.record("784", "076", "020230", {2023: 1, 2024: 2})]
    parsebot.gives(payloads.table(rows, [payloads.record("784", "000", "020230", {2023: 3, 2024: 4})]))
    for years in ({"period_from": 2010, "period_to": 2012}, {"period_from": 2025}, {"period_to": 2022}):
        with pytest.raises(UpstreamChanged, match="the years answered are 2023, 2024; it may have renamed period_from"):
            await parsebot.call("goods_time_series", country="784", product="020230", **years)


async def test_years_beside_those_asked_for_are_left_out_and_said(parsebot: Any, payloads: Any, note: Any):
    rows = [payloads.record("784", "076", "020230", {2022: 1, 2023: 2, 2024: 3})]
    rows[0]["data"][2]["flag"] = "e"
    parsebot.gives(payloads.table(rows, [payloads.record("784", "000", "020230", {2022: 4, 2023: 5, 2024: 6})]))
    answer = await parsebot.beef(period_from=2021, period_to=2023)
    assert answer.data.periods == ["2022", "2023"]
    assert answer.data.records[0].values == [1, 2]
    assert answer.data.aggregateRecords[0].values == [4, 5]
    assert answer.what.endswith("2022 to 2023")
    assert "also gave 2024; the period asked for, 2021 to 2023, may have been ignored" in note(answer, "shape")
    assert note(answer, "absent") == "", "2021 is not called missing: the service did not answer for the years asked"
    assert note(answer, "flag") == "", "a mark on a year that is left out is left out with it"


async def test_an_empty_year_beside_those_asked_for_is_left_out_without_a_word(parsebot: Any, payloads: Any, note: Any):
    parsebot.gives(payloads.table([], [payloads.record("784", "000", "020230", {2024: 713_748, 2025: None})]))
    answer = await parsebot.beef()
    assert answer.data.periods == ["2024"]
    assert "also gave" not in note(answer, "shape")


async def test_empty_years_asked_for_are_no_data_whatever_stands_beside_them(parsebot: Any, payloads: Any):
    parsebot.gives(payloads.table([], [payloads.record("784", "000", "020230", {2023: 5, 2024: None})]))
    with pytest.raises(NoData, match="not a reported zero"):
        await parsebot.beef()


async def test_an_answer_without_the_code_asked_for_is_refused(parsebot: Any, payloads: Any):
    chapters = [payloads.record("784", "000", code, {2024: 1}) for code in ("27", "71")]
    everything = payloads.record("784", "000", "TOTAL", {2024: 90})
    for table, by in (
        (payloads.table(chapters, [everything]), "byProduct"),
        (payloads.table([], [everything]), "byProduct"),
        (payloads.table([], [everything]), "byCountry"),
    ):
        parsebot.gives(table)
        with pytest.raises(UpstreamChanged, match=r"productCd \(asked 8507; got .*TOTAL"):
            await parsebot.beef(product="8507", by=by)


async def test_months_in_a_yearly_series_are_not_taken_for_years(parsebot: Any, payloads: Any):
    parsebot.gives(payloads.table([], [payloads.record("784", "000", "020230", {202401: 1})]))
    with pytest.raises(UpstreamChanged, match="not a year"):
        await parsebot.beef()


async def test_what_is_remembered_of_one_service_does_not_reach_another(parsebot: Any, payloads: Any):
    parsebot.gives({"total": 1, "countries": [payloads.country("784", "UAE", yearly246=(2001, 2020))]})
    await parsebot.call("get_countries")
    parsebot.gives(payloads.table([], [payloads.beef_total()]))
    answer = await parsebot.beef()
    assert answer.data.aggregateRecords[0].values == [713_748]


async def test_a_call_without_an_answer_says_that_it_may_be_charged(parsebot: Any):
    parsebot.hangs = True
    parsebot.timeout = 0.02
    with pytest.raises(UpstreamDown, match="may be charged although no answer came") as down:
        await parsebot.beef()
    assert "page_size" in down.value.remedy
    assert not down.value.transient


async def test_an_aggregate_of_another_code_is_not_titled_total(parsebot: Any, payloads: Any):
    rows = [payloads.record("784", "000", code, {2024: value}) for code, value in (("8507", 40), ("850760", 30))]
    everything = payloads.record("784", "000", "TOTAL", {2024: 90})
    parsebot.gives(payloads.table(rows, [everything, payloads.record("784", "000", "85", {2024: 80})]))
    parsebot.gives(payloads.table(rows, [everything, payloads.record("784", "000", "8507", {2024: 40})]))
    several, _ = (await parsebot.beef(product="8507", by="byProduct")).data.tables()
    total, other, _ = (await parsebot.beef(product="8507", by="byProduct")).data.tables()
    assert several.title == "Aggregates, not of 8507"
    assert [row[2] for row in several.rows] == ["TOTAL", "85"]
    assert total.title.startswith("Total (aggregateRecords): ")
    assert total.title.endswith("(8507)")
    assert [row[-1] for row in total.rows] == [40]
    assert other.title == "Aggregates, not of 8507: All goods (TOTAL)"
    assert [row[-1] for row in other.rows] == [90]


async def test_an_aggregate_of_another_partner_is_not_titled_total(parsebot: Any, payloads: Any):
    parsebot.gives(payloads.table(payloads.beef_partners()[:1], [payloads.beef_total()]))
    of_all_goods = [payloads.record("784", partner, "TOTAL", {2024: 90}) for partner in ("076", "000")]
    parsebot.gives(payloads.table(of_all_goods[:1], of_all_goods[1:]))
    answer = await parsebot.beef(partner="076")
    all_goods = await parsebot.beef(partner="076", product="ALL")
    assert all_goods.data.tables()[0].title == "Aggregates, not of ALL with 076: All goods (TOTAL)"
    other, _ = answer.data.tables()
    assert other.title.startswith("Aggregates, not of 020230 with 076: ")
    assert list(other.rows) == [("000", "World", 713_748)]
    assert (answer.data.product, answer.data.partner) == ("020230", "076")
