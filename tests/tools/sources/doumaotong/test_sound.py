"""Figures that contradict each other: rows that come twice, and amounts in a unit that does not fit beside them."""

import json
from collections.abc import Callable
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as how
from hypothesis import strategies as st

from tradestat_tools.model.answers import Answer, NoteCode
from tradestat_tools.model.errors import TradestatError, UpstreamChanged
from tradestat_tools.sources.doumaotong.wire import read
from tradestat_tools.upstream import Response

if TYPE_CHECKING:
    from conftest import FakeService

Notes = Callable[[Answer[Any], NoteCode], str]

CODES = {"current": "85076000", "older": "85171200"}
LISTS = {
    ("current", "markets"): ("countryTable",),
    ("current", "growth"): ("growth",),
    ("current", "priceband"): ("priceBand", "list"),
    ("current", "chapter"): ("chapter", "list"),
    ("current", "dashboard"): ("blocs",),
    ("current", "topProducts"): ("products",),
    ("older", "markets"): (),
    ("older", "topProducts"): (),
    ("older", "history"): ("yearlySummary",),
}
"""Where the list of an answer stands, by form and tool."""
AMOUNTS = ("amt", "total", "recent12mTotal", "recent12mGlobalTotal", "totalAmount")


def rows_of(body: Any, path: tuple[str, ...]) -> list[dict[str, Any]]:
    for step in path:
        body = body[step]
    return body


async def ask(service: "FakeService", form: str, tool: str, body: Any) -> Answer[Any]:
    service.replies.clear()
    service.says(tool, body)
    if tool == "topProducts":
        return await service.ask(tool, minAmount=0, sortBy="growth")
    country = {"countryCode": "502"} if tool in {"trend", "history"} else {}
    return await service.ask(tool, hsCode=CODES[form], **country)


# --- rows that come twice


@pytest.mark.anyio
@pytest.mark.parametrize(("form", "tool"), LISTS)
async def test_a_row_that_comes_twice_is_one(
    service: "FakeService", forms: dict[str, dict[str, Any]], form: str, tool: str
) -> None:
    once = forms[form][tool]
    twice = deepcopy(once)
    rows = rows_of(twice, LISTS[form, tool])
    rows.append(deepcopy(rows[0]))
    expected, found = await ask(service, form, tool, once), await ask(service, form, tool, twice)
    assert found.structured()["data"] == expected.structured()["data"]
    assert [note.text for note in found.notes] == [note.text for note in expected.notes]


@pytest.mark.anyio
@pytest.mark.parametrize(("form", "tool"), LISTS)
async def test_two_rows_of_one_thing_with_other_figures_are_a_change(
    service: "FakeService", forms: dict[str, dict[str, Any]], form: str, tool: str
) -> None:
    body = deepcopy(forms[form][tool])
    rows = rows_of(body, LISTS[form, tool])
    other = deepcopy(rows[0])
    name = next(name for name in AMOUNTS if name in other)
    other[name] = float(other[name]) * 1.01
    rows.append(other)
    with pytest.raises(UpstreamChanged, match="once"):
        await ask(service, form, tool, body)


# --- units


def scaled(rows: list[dict[str, Any]], names: tuple[str, ...], factor: float) -> None:
    for row in rows:
        for name in names:
            if isinstance(row.get(name), int | float):
                row[name] *= factor


@pytest.mark.anyio
@pytest.mark.parametrize("factor", [100, 0.01, 1_000_000])
@pytest.mark.parametrize("which", ["metrics", "blocs"])
async def test_a_dashboard_whose_amounts_do_not_fit_its_shares_is_refused(
    service: "FakeService", current: dict[str, Any], which: str, factor: float
) -> None:
    body = current["dashboard"]
    scaled([body["metrics"]] if which == "metrics" else body["blocs"], ("amtYi", "total"), factor)
    with pytest.raises(UpstreamChanged, match="unit"):
        await ask(service, "current", "dashboard", body)


@pytest.mark.anyio
@pytest.mark.parametrize("factor", [100, 0.01])
async def test_a_chapter_whose_total_does_not_fit_its_headings_is_refused(
    service: "FakeService", current: dict[str, Any], factor: float
) -> None:
    current["chapter"]["chapter"]["chapterTotal"] *= factor
    with pytest.raises(UpstreamChanged, match="unit"):
        await ask(service, "current", "chapter", current["chapter"])


@pytest.mark.anyio
@pytest.mark.parametrize("factor", [100, 0.01])
@pytest.mark.parametrize("name", ["countryTable", "top10"])
async def test_a_table_that_does_not_fit_the_light_list_is_refused(
    service: "FakeService", current: dict[str, Any], name: str, factor: float
) -> None:
    scaled(current["markets"][name], ("amt", "v"), factor)
    with pytest.raises(UpstreamChanged, match="unit"):
        await ask(service, "current", "markets", current["markets"])


@pytest.mark.anyio
@pytest.mark.parametrize("tool", ["dashboard", "markets"])
async def test_the_older_form_is_held_against_its_own_parts_too(
    service: "FakeService", older: dict[str, Any], tool: str
) -> None:
    await ask(service, "older", tool, older[tool])
    places = [older["dashboard"]] if tool == "dashboard" else older["markets"]
    scaled(places, ("recent12mGlobalTotal", "recent12mTotal"), 1e-6)
    with pytest.raises(UpstreamChanged, match="unit"):
        await ask(service, "older", tool, older[tool])


@pytest.mark.anyio
@pytest.mark.parametrize(
    "at",
    [
        ("current", "dashboard", ("metrics",), "amtYi"),
        ("current", "trend", ("monthly", 3), "v"),
        ("current", "growth", ("growth", 0), "amt"),
        ("older", "trend", ("monthlyData", 0), "amount"),
        ("older", "markets", (2,), "recent12mTotal"),
    ],
)
async def test_exports_of_less_than_nothing_are_a_change(
    service: "FakeService", forms: dict[str, dict[str, Any]], at: tuple[str, str, tuple[Any, ...], str]
) -> None:
    form, tool, path, name = at
    place: Any = forms[form][tool]
    for step in path:
        place = place[step]
    place[name] = -place[name]
    with pytest.raises(UpstreamChanged, match="not below zero"):
        await ask(service, form, tool, forms[form][tool])


@pytest.mark.anyio
async def test_a_part_that_does_not_fit_its_share_is_named(
    service: "FakeService", current: dict[str, Any], note: Notes
) -> None:
    assert not note(await ask(service, "current", "markets", current["markets"]), NoteCode.TOTAL_MISMATCH)
    current["markets"]["countryTable"][1]["amt"] *= 3
    answer = await ask(service, "current", "markets", current["markets"])
    said = note(answer, NoteCode.TOTAL_MISMATCH)
    assert "Germany" in said
    assert "United States" not in said
    current["dashboard"]["blocs"][0]["total"] *= 3
    assert "东盟" in note(await ask(service, "current", "dashboard", current["dashboard"]), NoteCode.TOTAL_MISMATCH)


@pytest.mark.anyio
async def test_shares_of_more_than_the_whole_are_not_called_a_part_of_it(
    service: "FakeService", current: dict[str, Any], note: Notes
) -> None:
    for row in current["markets"]["countryTable"]:
        row["share"] *= 2
    answer = await ask(service, "current", "markets", current["markets"])
    assert "% of the total" not in note(answer, NoteCode.SUBSET)
    assert "The shares add up to" in note(answer, NoteCode.TOTAL_MISMATCH)


# --- whatever is done to a documented answer


@how(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(data=st.data())
def test_a_destination_never_counts_twice_and_never_gets_the_amount_of_another(
    current: dict[str, Any], data: st.DataObject
) -> None:
    body = deepcopy(current["markets"])
    true = {row["name"]: row["amt"] for row in body["countryTable"]}
    picked = data.draw(st.lists(st.sampled_from(body["countryTable"]), min_size=1, max_size=20))
    rows = [dict(row) for row in picked]
    for row in rows:
        if data.draw(st.booleans()):
            row["amt"] = data.draw(st.sampled_from([row["amt"], str(row["amt"]), f"{row['amt']:,}", None, "--"]))
    body["countryTable"] = data.draw(st.permutations(rows))
    raw = json.dumps({"code": 0, "data": body}).encode()
    try:
        found = read.markets(Response(200, {}, raw), asked="85076000").data
    except TradestatError:
        return
    names = [market.countryName for market in found.markets]
    assert len(names) == len(set(names))
    for market in found.markets:
        assert market.recent12mTotal in (None, round(true[market.countryName] * 1_000_000))
