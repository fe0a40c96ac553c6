"""Years in words, and years that are not out: what is read, what is sent, and what is said without sending."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradestat_tools.contract.context import Context
from tradestat_tools.model.answers import NoteCode
from tradestat_tools.model.arguments import parse_arguments
from tradestat_tools.model.errors import InvalidQuery, NoData
from tradestat_tools.model.reasons import Reason
from tradestat_tools.sources.trademap.arguments import GoodsTimeSeriesArguments
from tradestat_tools.sources.trademap.calendar import Newest, years_asked

WRITTEN: list[tuple[dict[str, Any], tuple[int, int]]] = [
    ({"period_from": 2020, "period_to": "2022"}, (2020, 2022)),
    ({"period_from": "latest"}, (2025, 2025)),
    ({"period_from": "newest year"}, (2025, 2025)),
    ({"period_to": "latest"}, (0, 2025)),
    ({"period_from": 2021, "period_to": "latest"}, (2021, 2025)),
    ({"period_from": "latest", "period_to": "latest"}, (2025, 2025)),
    ({"period_from": "last 5 years"}, (2021, 2025)),
    ({"period_to": "last 5 years"}, (2021, 2025)),
    ({"period_from": "last 5 years", "period_to": "latest"}, (2021, 2025)),
    ({"period_from": "最近3年"}, (2023, 2025)),
    ({"period_from": "최근 3년"}, (2023, 2025)),
    ({"period_from": "2018-2022"}, (2018, 2022)),
    ({"period_from": "2018 to 2022", "period_to": 2022}, (2018, 2022)),
    ({"period_from": "2018", "period_to": "2018-2022"}, (2018, 2022)),
    ({"period_from": "since 2019"}, (2019, 2025)),
    ({"period_from": "since 2019", "period_to": 2021}, (2019, 2021)),
    ({"period_from": "2019-latest"}, (2019, 2025)),
    ({"period_from": "2024年"}, (2024, 0)),
    ({"period_from": "null", "period_to": "0"}, (0, 0)),
]


@pytest.mark.parametrize(("said", "years"), WRITTEN, ids=lambda value: str(value))
def test_years_are_read_in_the_usual_spellings(said: dict[str, Any], years: tuple[int, int]):
    asked = parse_arguments(GoodsTimeSeriesArguments, {"country": "410"} | said)
    read = years_asked(asked.period_from, asked.period_to, lambda: Newest(2025, "As the list says."))
    assert (read.first, read.last) == years


def test_years_that_do_not_go_together_are_refused():
    for period_from, period_to, text in [
        ("2018-2022", 2024, "2018 to 2022"), (2020, "2018-2022", "2018 to 2022"), ("since 2020", 2018, "lies before"),
    ]:  # fmt: skip
        raw = {"country": "410", "period_from": period_from, "period_to": period_to}
        asked = parse_arguments(GoodsTimeSeriesArguments, raw)
        with pytest.raises(InvalidQuery, match=text) as refused:
            years_asked(asked.period_from, asked.period_to, lambda: Newest(2025, ""))
        assert refused.value.argument == "period_to"


def test_a_year_written_as_a_year_is_not_explained():
    asked = parse_arguments(GoodsTimeSeriesArguments, {"country": "410", "period_from": "2020", "period_to": 2022})
    assert years_asked(asked.period_from, asked.period_to, lambda: Newest(2025, "")).note is None


@given(st.text(max_size=30), st.text(max_size=30))
def test_free_text_is_read_as_years_or_refused(period_from: str, period_to: str):
    raw = {"country": "410", "period_from": period_from, "period_to": period_to}
    try:
        asked = parse_arguments(GoodsTimeSeriesArguments, raw)
        read = years_asked(asked.period_from, asked.period_to, lambda: Newest(2025, ""))
    except InvalidQuery as refused:
        assert refused.argument in ("period_from", "period_to")
        return
    assert read.first == 0 or read.last == 0 or read.first <= read.last


async def with_list(parsebot: Any, payloads: Any, context: Context, **periods: tuple[int, int]) -> None:
    """Ask get_countries."""
    parsebot.gives({"total": 1, "countries": [payloads.country("784", "United Arab Emirates", **periods)]})
    await context.call("get_countries", {})


@pytest.mark.anyio
async def test_latest_is_the_reporters_own_newest_year_where_its_list_is_stored(
    parsebot: Any, payloads: Any, note: Any
):
    async with parsebot.context() as context:
        await with_list(parsebot, payloads, context, yearly246=(2001, 2024), yearlyServices=(2000, 2023))
        parsebot.gives(payloads.table([], [payloads.beef_total()]))
        answer = await context.call(
            "goods_time_series", {"country": "784", "product": "020230", "period_from": "latest"}
        )
    sent = parsebot.sent[-1].params
    assert (sent["period_from"], sent["period_to"]) == ("2024", "2024")
    assert answer.what.endswith("2024")
    assert "read as 2024. By Trade Map's list of 2026-10-20 it is the reporter's newest" in note(
        answer, "resolved_code"
    )


@pytest.mark.anyio
@pytest.mark.parametrize("said", [{"period_from": 2026}, {"period_from": "since 2026"}, {"period_from": "2026-2028"}])
async def test_a_year_that_is_not_over_is_not_asked_for(parsebot: Any, said: dict[str, Any]):
    with pytest.raises(NoData) as refused:
        await parsebot.call("services_time_series", country="784", **said)
    (why,) = refused.value.why
    assert (why.reason, why.sure) == (Reason.NOT_YET_PUBLISHED, True)
    assert "before January 2027" in why.text
    call = 'services_time_series(country="784", trade_flow="E", period_from=2023, period_to=2025)'
    assert call in refused.value.remedy
    assert parsebot.sent == []
    assert parsebot.catalogue_sent == []


@pytest.mark.anyio
@pytest.mark.parametrize("group", [{"country": "ASEAN"}, {"country": "410", "partner": "ASEAN"}])
async def test_the_call_that_works_instead_keeps_the_group(parsebot: Any, group: dict[str, str]):
    with pytest.raises(NoData) as refused:
        await parsebot.call("goods_time_series", **group, period_from=2026)
    asked = ", ".join(f'{name}="{word}"' for name, word in group.items())
    assert f"goods_time_series({asked}, " in refused.value.remedy
    assert "ASEAN" in refused.value.message
    assert parsebot.sent == []


@pytest.mark.anyio
async def test_of_a_span_that_is_partly_out_the_part_that_is_out_is_answered(parsebot: Any, payloads: Any):
    parsebot.gives(payloads.table([], [payloads.record("784", "000", "020230", {2024: 713_748, 2025: 5})]))
    answer = await parsebot.beef(period_from=2024, period_to=2027)
    assert parsebot.sent[0].params["period_to"] == "2025"
    assert answer.data.periods == ["2024", "2025"]
    (lag,) = (n for n in answer.notes if n.code is NoteCode.LAG)
    assert lag.reason is Reason.NOT_YET_PUBLISHED
    assert "2026 to 2027 are not over: no figure of 2026 can be out before January 2027" in lag.text


@pytest.mark.anyio
async def test_a_year_after_the_reporters_own_last_is_refused_once_it_is_known(parsebot: Any, payloads: Any):
    async with parsebot.context() as context:
        await with_list(parsebot, payloads, context, yearly246=(2001, 2024), yearlyServices=(2000, 2023))
        asked = {"country": "784", "period_from": 2025}
        with pytest.raises(NoData) as goods:
            await context.call("goods_time_series", asked)
        with pytest.raises(NoData) as trade_in_services:
            await context.call("services_time_series", asked | {"period_from": 2024})
        assert [sent.endpoint for sent in parsebot.sent] == ["get_countries"]
        parsebot.now += timedelta(days=1)
        parsebot.gives(payloads.table([], [payloads.record("784", "000", "TOTAL", {2025: 4})]))
        answer = await context.call("goods_time_series", asked)
    assert (
        "United Arab Emirates (784) has goods up to 2024, by Trade Map's list of 2026-10-20" in goods.value.why[0].text
    )
    assert "services up to 2023" in trade_in_services.value.why[0].text
    assert "period_from=2024, period_to=2024" in goods.value.remedy
    assert answer.data.aggregateRecords[0].values == [4], "a last year that is a day old no longer decides"


@pytest.mark.anyio
async def test_a_year_after_the_reporters_own_last_beside_others_is_asked_for_and_explained(
    parsebot: Any, payloads: Any
):
    async with parsebot.context() as context:
        await with_list(parsebot, payloads, context, yearly246=(2010, 2024))
        parsebot.gives(payloads.table([], [payloads.record("784", "000", "TOTAL", {2010: 3, 2011: None, 2024: 4})]))
        asked = {"country": "784", "period_from": 2009, "period_to": 2025}
        answer = await context.call("goods_time_series", asked)
    reasons = {n.reason: n for n in answer.notes if n.code in (NoteCode.LAG, NoteCode.ABSENT) and n.reason}
    assert reasons[Reason.NOT_YET_PUBLISHED].text.startswith("No figure for 2025: missing, not zero.")
    assert reasons[Reason.NOT_COVERED].text.startswith("No figure for 2009: missing, not zero.")
    assert reasons[Reason.NOT_REPORTED].text.startswith("No figure for 2011, 2012, 2013, 2014 and 9 more")
    assert "the reporter has 2010 to 2024" in reasons[Reason.NOT_REPORTED].text
