"""`trade_series`, `compare_mirror` and `trade_indicators` over a UN Comtrade that states a cell more than once."""

import json
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tradestat_sandbox import Sandbox
from tradestat_sandbox.world import World
from tradestat_server.mcp.context import sandbox_settings
from tradestat_tools.catalogue import catalogue
from tradestat_tools.codes.countries import area
from tradestat_tools.codes.periods import Period
from tradestat_tools.contract.context import Context
from tradestat_tools.contract.view import Breadth
from tradestat_tools.model.errors import NoData
from tradestat_tools.model.flow import FlowQuestion, read_product
from tradestat_tools.model.reasons import Reason
from tradestat_tools.open import in_memory
from tradestat_tools.research.mirror.evidence import Needed, gather
from tradestat_tools.upstream.http import Http

pytestmark = pytest.mark.anyio

Row = dict[str, Any]
Again = Callable[[Row], Sequence[Mapping[str, Any]]]
"""What else is stated of a row's cell: what differs from the row."""

JAPANESE_CARS = {"reporter": "Japan", "partner": "China", "product": "8703"}
LITHIUM = {"exporter": "China", "importer": "Korea", "product": "850760", "period": "2023", "sources": ["comtrade"]}
MANY = 608_499_941
REPORTED = {"isReported": True, "isAggregate": False}
SUMMED = {"isReported": False, "isAggregate": True}


class Repeating:
    """The stand-ins, but that UN Comtrade states some cells again."""

    def __init__(self, again: Again) -> None:
        self.sandbox = Sandbox()
        self._again = again

    async def app(self, scope: Any, receive: Any, send: Any) -> None:
        if "/get/" not in scope.get("path", ""):
            await self.sandbox.app(scope, receive, send)
            return
        start: dict[str, Any] = {}
        body = bytearray()

        async def held(message: Any) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
            else:
                body.extend(message.get("body", b""))

        await self.sandbox.app(scope, receive, held)
        said = json.loads(bytes(body))
        said["data"] = [one for row in said["data"] for one in (row, *({**row, **more} for more in self._again(row)))]
        said["count"] = len(said["data"])
        new = json.dumps(said).encode()
        headers = [(name, value) for name, value in start["headers"] if name.lower() != b"content-length"]
        await send({**start, "headers": [*headers, (b"content-length", str(len(new)).encode())]})
        await send({"type": "http.response.body", "body": new})


@asynccontextmanager
async def repeating(again: Again) -> AsyncGenerator[Context]:
    service = Repeating(again)
    today = service.sandbox.today
    http = Http(app=service.app)
    settings = sandbox_settings(catalogue().settings(_env_file=None))
    try:
        async with in_memory(
            http, settings, lambda: datetime(today.year, today.month, today.day, tzinfo=UTC)
        ) as opened:
            yield opened
    finally:
        await http.aclose()


def of(period: str, *more: Mapping[str, Any], flow: str = "X") -> Again:
    """Rows beside that of one period, of exports unless said otherwise."""
    return lambda row: more if (row["period"], row["flowCode"]) == (period, flow) else ()


def valued(value: float, **marks: Any) -> Row:
    return {"primaryValue": value, "fobvalue": value, **marks}


async def asked(context: Context, tool: str = "trade_series", **arguments: Any) -> dict[str, Any]:
    return (await context.call(tool, arguments)).structured()


def notes(answer: Mapping[str, Any], code: str) -> str:
    return " ".join(note["text"] for note in answer.get("notes", ()) if note["code"] == code)


def recorded(world: World, year: str) -> float:
    return world.truth("JP", "CN", "8703", year).exporter_reported or 0


# --- one flow over time ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", [5.0, 10.0**15])
async def test_a_series_takes_neither_of_two_rows_that_contradict_each_other_whichever_is_larger(
    world: World, value: float
) -> None:
    async with repeating(of("2022", valued(value))) as context:
        answer = await asked(context, **JAPANESE_CARS, period="2021-2023", also=["growth", "share", "index"])
    data = answer["data"]
    assert data["values"] == [recorded(world, "2021"), None, recorded(world, "2023")]
    assert data["status"][1] == "conflicting"
    (absent,) = data["absent"]
    assert (absent["periods"], absent["reason"]) == (["2022"], "conflicting_rows")
    for figure in (recorded(world, "2022"), value):
        assert f"{figure:,.0f} USD" in absent["text"]
        assert f"{figure:,.0f} USD" in notes(answer, "absent")
    assert data["growth_year"][1:] == [None, None]
    undefined = {(one["measure"], *one["periods"]): one["text"] for one in data["undefined"]}
    assert undefined["growth_year", "2022", "2023"] == "its rows contradict each other"
    assert data["index"] == [
        100,
        None,
        pytest.approx(100 * recorded(world, "2023") / recorded(world, "2021"), rel=1e-5),
    ]


async def test_a_row_as_it_was_reported_comes_before_one_that_was_added_up_and_both_are_named(world: World) -> None:
    told = {one: recorded(world, one) for one in ("2021", "2022")}

    def again(row: Row) -> Sequence[Row]:
        return [{**REPORTED, **valued(40)}] if row["period"] == "2022" and row["flowCode"] == "X" else []

    async with repeating(again) as context:  # in the stand-in, headings are sums of the service's own
        answer = await asked(context, **JAPANESE_CARS, period="2021-2022")
    assert answer["data"]["values"] == [told["2021"], 40]
    assert "absent" not in answer["data"]
    assert "40 USD (reported, FOB" in notes(answer, "flag")
    assert f"not {told['2022']:,.0f} USD (summed, FOB" in notes(answer, "flag")
    assert "a reporter's own figure comes before one that was summed or estimated" in notes(answer, "flag")


async def test_a_row_that_comes_twice_unchanged_is_one(context: Context) -> None:
    plain = await asked(context, **JAPANESE_CARS, period="2021-2023", also=["growth", "share"])
    async with repeating(lambda _: [{}]) as again:
        answer = await asked(again, **JAPANESE_CARS, period="2021-2023", also=["growth", "share"])
    assert answer["data"] == plain["data"]
    assert [note["code"] for note in answer["notes"]] == [note["code"] for note in plain["notes"]]


async def test_a_sum_of_months_has_no_value_where_one_month_is_stated_in_two_ways(world: World) -> None:
    flow = {"reporter": "Japan", "partner": "China", "product": "870380"}
    async with repeating(of("202302", valued(5))) as context:
        answer = await asked(context, **flow, period="2023Q1-2023Q2")
        month = await asked(context, **flow, period="2023-01..2023-03")
    assert [value is None for value in answer["data"]["values"]] == [True, False]
    assert answer["data"]["status"][0] == "conflicting"
    assert answer["data"]["absent"][0]["reason"] == "conflicting_rows"
    assert "in 2023-02: " in answer["data"]["absent"][0]["text"]
    assert [value is None for value in month["data"]["values"]] == [False, True, False]


async def test_where_every_figure_is_contradicted_there_is_no_series_and_the_reason_names_both() -> None:
    async with repeating(of("2022", valued(5), valued(MANY))) as context:
        with pytest.raises(NoData) as refused:
            await context.call("trade_series", {**JAPANESE_CARS, "period": "2022", "source": "comtrade"})
        national = await asked(context, **JAPANESE_CARS, period="2022", max_credits=1)
    assert national["data"]["source"] == "trademap"
    assert f"{MANY:,} USD" in notes(national, "absent")
    (why,) = refused.value.why
    assert (why.reason.value, why.sure) == ("conflicting_rows", True)
    assert "5 USD" in refused.value.message
    assert f"{MANY:,} USD" in refused.value.message


async def test_a_weight_that_is_stated_in_two_ways_is_dropped_and_the_value_stays(context: Context) -> None:
    flow = {"reporter": "China", "partner": "Korea", "product": "850760", "period": "2022-2023"}
    plain = (await asked(context, **flow))["data"]
    assert all(plain["net_kg"])
    async with repeating(of("2022", {"netWgt": 7.0})) as again:
        answer = await asked(again, **flow)
    assert answer["data"]["values"] == plain["values"]
    assert answer["data"]["net_kg"] == [None, plain["net_kg"][1]]
    assert "net weight: " in notes(answer, "absent")
    assert "7 kg" in notes(answer, "absent")


kinds = st.sampled_from([REPORTED, SUMMED])
extra = st.lists(st.tuples(st.integers(1, 3), kinds), max_size=3)


@pytest.mark.slow
@settings(max_examples=25)
@given(st.dictionaries(st.sampled_from(["2020", "2021", "2022", "2023"]), extra))
@example({year: [(1, SUMMED)] for year in ("2020", "2021", "2022", "2023")})
async def test_whatever_is_stated_again_each_figure_is_one_that_nothing_contradicts(
    extras: dict[str, list[tuple[int, Row]]],
) -> None:
    served: dict[str, list[tuple[float, bool]]] = {}

    def again(row: Row) -> Sequence[Row]:
        if (row["reporterCode"], row["flowCode"], row["cmdCode"]) != (392, "X", "8703"):
            return []
        more = [valued(value, **marks) for value, marks in extras.get(row["period"], ())]
        if row["partnerCode"] == 156:
            every: list[Row] = [{**row, **one} for one in ({}, *more)]
            served[row["period"]] = [(one["primaryValue"], one["isReported"]) for one in every]
        return more

    ends = {"exporter": "Japan", "importer": "China", "product": "8703", "sources": ["comtrade"]}
    async with repeating(again) as context:
        try:
            series = (await asked(context, **JAPANESE_CARS, period="2020-2023", also=["growth", "share"]))["data"]
        except NoData as nothing:
            assert [why.reason for why in nothing.why] == [Reason.CONFLICTING]
            assert all(len({value for value, _ in rows}) > 1 for year, rows in served.items() if year != "2019")
            return
        mirror = (await asked(context, "compare_mirror", **ends, period="2020-2023"))["data"]
    known: dict[str, float | None] = {}
    for year, rows in served.items():
        values = {value for value, reported in rows if reported} or {value for value, _ in rows}
        if year in series["periods"]:
            known[year] = values.pop() if len(values) == 1 else None
    assert dict(zip(series["periods"], series["values"], strict=True)) == known
    assert {gap["period"]: gap.get("exporter") for gap in mirror["gaps"] if gap["period"] != "all"} == known
    both = [known[gap["period"]] for gap in mirror["gaps"] if gap["period"] in known and "gap" in gap]
    assert [gap["exporter"] for gap in mirror["gaps"] if gap["period"] == "all"] in (
        [],
        [sum(value or 0 for value in both)],
    )
    for at, year in enumerate(series["periods"][1:], 1):
        now, before = known[year], known[str(int(year) - 1)]
        assert (series["growth_year"][at] is None) == (now is None or before is None)


# --- both ends ------------------------------------------------------------------------------------------------------


async def test_an_end_whose_rows_contradict_each_other_has_no_figure_and_hides_nothing(world: World) -> None:
    def again(row: Row) -> Sequence[Row]:
        mine = (row["reporterCode"], row["partnerCode"], row["flowCode"], row["period"]) == (156, 410, "X", "2023")
        return [valued(MANY)] if mine and row["cmdCode"] == "850760" else []

    async with repeating(again) as context:
        answer = await asked(context, "compare_mirror", **LITHIUM)
    (gap,) = answer["data"]["gaps"]
    truth = world.truth("CN", "KR", "850760", "2023")
    assert "exporter" not in gap
    assert gap["importer"] == truth.importer_reported
    assert gap["best_rule"].startswith("importer")
    assert [(one["side"], one["reason"]) for one in answer["data"]["missing"]] == [
        ("comtrade:exporter", "conflicting_rows")
    ]
    (figure,) = [one for one in answer["data"]["figures"] if one["side"] == "comtrade:exporter"]
    assert (figure.get("value"), figure["status"]) == (None, "conflicting")
    assert f"{MANY:,} USD" in notes(answer, "absent")
    assert f"{truth.exporter_reported:,.0f} USD" in notes(answer, "absent")
    assert not [one for one in answer["data"]["causes"] if one["kind"] in ("confidentiality", "not_reported")]


async def test_what_comes_twice_unchanged_makes_the_same_comparison(context: Context) -> None:
    flow = {"exporter": "Hong Kong", "importer": "China", "product": "850760", "period": "2023"}
    plain = [await asked(context, "compare_mirror", **one) for one in (LITHIUM, flow)]
    async with repeating(lambda _: [{}]) as again:
        twice = [await asked(again, "compare_mirror", **one) for one in (LITHIUM, flow)]
    assert [one["data"] for one in twice] == [one["data"] for one in plain]


# --- indicators -----------------------------------------------------------------------------------------------------

PARTNERS = {"reporterCode": "DEU", "partnerCode": "CHN,JPN,KOR", "cmdCode": "8703", "flowCode": "X", "period": "2023"}


async def test_indicators_refuse_the_cell_that_one_answer_states_twice_and_say_so_of_that_answer() -> None:
    def again(row: Row) -> Sequence[Row]:
        return [valued(5)] if row["partnerCode"] == 410 else []

    async with repeating(again) as context:
        stored = await asked(context, "comtrade_data", **PARTNERS)
        answer = await asked(context, "trade_indicators", indicator="share", result=stored["result"], by="partner")
    columns, rows = answer["data"]["columns"], answer["data"]["rows"]
    shares = {row[0]: row[columns.index("share")] for row in rows}
    whys = {row[0]: row[columns.index("why")] for row in rows}
    assert shares["South Korea"] is None
    assert shares["China"] + shares["Japan"] == pytest.approx(1)
    assert whys["South Korea"] == "its rows contradict each other"
    said = notes(answer, "absent")
    assert "5 USD (reported, FOB" in said or "5 USD (summed, FOB" in said
    assert said.count(f"in {stored['result']}") == 2
    assert "two times" not in json.dumps(answer)


async def test_indicators_name_both_answers_where_two_of_them_contradict_each_other() -> None:
    value = 100.0

    def again(row: Row) -> Sequence[Row]:
        row.update(valued(value))
        return []

    async with repeating(again) as context:
        first = await asked(context, "comtrade_data", **(PARTNERS | {"partnerCode": "CHN"}))
        value = 200.0
        second = await asked(context, "comtrade_data", **PARTNERS)
        handles = [first["result"], second["result"]]
        answer = await asked(context, "trade_indicators", indicator="share", result=handles, by="partner")
    said = notes(answer, "absent")
    assert f"100 USD (summed, FOB, HS 2022) in {handles[0]}" in said
    assert f"200 USD (summed, FOB, HS 2022) in {handles[1]}" in said
    columns = answer["data"]["columns"]
    shares = {row[0]: row[columns.index("share")] for row in answer["data"]["rows"]}
    assert shares == {"China": None, "Japan": 0.5, "South Korea": 0.5}


# --- what explains a difference ---------------------------------------------------------------------------------------


async def test_a_month_in_two_figures_is_no_month_without_trade() -> None:
    asking = FlowQuestion(area("China"), area("Korea"), read_product("850760", "goods"), Period(2023), Period(2023))
    needed = Needed(Period(2023), missing=())

    def again(row: Row) -> Sequence[Row]:
        mine = (row["reporterCode"], row["flowCode"], row["period"], row["cmdCode"]) == (156, "X", "202305", "850760")
        return [valued(5)] if mine else []

    async with repeating(lambda _: ()) as context:
        plain = await gather(context, asking, needed)
    async with repeating(again) as context:
        found = await gather(context, asking, needed)
    may = Period(2023, "month", 5)
    assert plain.exported[may].value
    assert found.exported == {month: one for month, one in plain.exported.items() if month != may}
    assert [one.period for one in found.repeated] == [may]


async def test_a_way_through_a_third_place_is_counted_once_and_unknown_in_two_figures() -> None:
    asked_for = Breadth(["842"], ["156"], ["850760"], ["M"], Period(2024), Period(2024), by_second_partner=True)

    async def ways(again: Again) -> Mapping[tuple[str, Period], float]:
        async with repeating(again) as context:
            evidence = next(one.flows.evidence for one in context.sources.values() if one.flows and one.flows.evidence)
            return (await evidence.ask(context, asked_for)).by_second_partner

    plain = await ways(lambda _: ())
    assert plain
    assert await ways(lambda _: [{}]) == plain
    (hub, *_) = sorted(plain)
    unknown = await ways(lambda row: [{"primaryValue": 5.0}] if str(row["partner2Code"]) == hub[0] else [])
    assert unknown == {at: value for at, value in plain.items() if at != hub}
