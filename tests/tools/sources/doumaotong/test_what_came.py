"""What came is what is said to have come: the product, the number of rows, and which of two lists they stood in."""

from collections.abc import Callable
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import pytest

from tradestat_tools.model.answers import Answer, NoteCode
from tradestat_tools.model.errors import NoData, UpstreamChanged

if TYPE_CHECKING:
    from conftest import FakeService

pytestmark = pytest.mark.anyio

Notes = Callable[[Answer[Any], NoteCode], str]

HS = "85076000"


# --- an empty table beside a filled list


@pytest.mark.parametrize("table", [[], None, "--", "absent"])
async def test_the_light_list_answers_where_the_table_is_empty_and_the_answer_says_so(
    service: "FakeService", current: dict[str, Any], note: Notes, table: object
) -> None:
    body = {**current["markets"], "countryTable": table}
    if table == "absent":
        del body["countryTable"]
    service.says("markets", body)
    answer = await service.ask("markets", hsCode=HS)
    assert [m.country for m in answer.data.markets][:2] == ["United States", "Germany"]
    assert answer.data.markets[0].recent12mTotal == 8_826_630_000
    assert answer.data.markets[0].share is None
    subset = note(answer, NoteCode.SUBSET)
    assert "The 10 largest destinations" in subset
    assert "`top10`" in subset
    assert "at most 15" not in subset
    assert "`countryTable`, with shares and growth, came without rows" in note(answer, NoteCode.ABSENT)
    assert "`share` and `yoy` instead" not in note(answer, NoteCode.SHAPE)


async def test_no_destination_is_said_only_where_neither_list_has_one(service: "FakeService") -> None:
    bodies: list[dict[str, Any]] = [{"countryTable": [], "top10": []}, {"countryTable": []}, {"top10": None}]
    for body in bodies:
        service.replies.clear()
        service.says("markets", {"hsCode": HS, **body})
        with pytest.raises(NoData, match="lists no destination"):
            await service.ask("markets", hsCode=HS)


async def test_a_table_with_fewer_rows_than_the_light_list_is_said_to_lack_some(
    service: "FakeService", current: dict[str, Any], note: Notes
) -> None:
    body = {**current["markets"], "countryTable": current["markets"]["countryTable"][:3]}
    service.says("markets", body)
    answer = await service.ask("markets", hsCode=HS)
    assert len(answer.data.markets) == 3
    assert "`top10` has 10 destinations and `countryTable` 3" in note(answer, NoteCode.ABSENT)


# --- another product


@pytest.mark.parametrize("form", ["current", "older"])
async def test_an_answer_for_another_product_is_refused_by_every_tool(
    service: "FakeService", forms: dict[str, dict[str, Any]], form: str
) -> None:
    for tool, body in forms[form].items():
        if tool == "topProducts" or (form, tool) == ("older", "markets"):
            continue
        country = {"countryCode": "502"} if tool in {"trend", "history"} else {}
        for asked in ("85171300", "8528", "851714"):
            service.replies.clear()
            service.says(tool, body)
            with pytest.raises(UpstreamChanged, match=rf"hsCode \(asked {asked}; got {body['hsCode']}\)"):
                await service.ask(tool, hsCode=asked, **country)


@pytest.mark.parametrize(("form", "name"), [("current", "hs"), ("current", "hsCode"), ("older", "hsCode")])
async def test_rows_of_another_product_are_refused(
    service: "FakeService", forms: dict[str, dict[str, Any]], form: str, name: str
) -> None:
    body = deepcopy(forms[form]["markets"])
    rows = body["countryTable"] if form == "current" else body
    asked = HS if form == "current" else "85171200"
    for row in rows:
        row[name] = asked
    service.says("markets", body)
    assert len((await service.ask("markets", hsCode=asked)).data.markets) == len(rows)
    rows[1][name] = "85044014"
    service.replies.clear()
    service.says("markets", body)
    with pytest.raises(UpstreamChanged, match=rf"hsCode \(asked {asked}; got 85044014\)"):
        await service.ask("markets", hsCode=asked)


async def test_rows_of_two_products_below_the_code_asked_for_are_refused(
    service: "FakeService", current: dict[str, Any]
) -> None:
    body = deepcopy(current["markets"])
    for at, row in enumerate(body["countryTable"]):
        row["hs"] = "85076000" if at else "85071000"
    service.says("markets", body)
    with pytest.raises(UpstreamChanged, match="85071000"):
        await service.ask("markets", hsCode="8507")


async def test_growth_and_prices_of_another_product_are_refused(
    service: "FakeService", current: dict[str, Any]
) -> None:
    growth, priceband = deepcopy(current["growth"]), deepcopy(current["priceband"])
    growth["growth"][0]["hs"] = "85044014"
    priceband["priceBand"]["list"][0]["hsCode"] = "85044014"
    for tool, body in (("growth", growth), ("priceband", priceband)):
        service.says(tool, body)
        with pytest.raises(UpstreamChanged, match="got 85044014"):
            await service.ask(tool, hsCode=HS)


@pytest.mark.parametrize(("name", "value"), [("chapter", "84"), ("selfH4", "8471"), ("selfH4", 8471)])
async def test_the_chapter_of_another_product_is_refused(
    service: "FakeService", current: dict[str, Any], name: str, value: object
) -> None:
    body = deepcopy(current["chapter"])
    body["chapter"][name] = value
    service.says("chapter", body)
    with pytest.raises(UpstreamChanged, match="asked 85"):
        await service.ask("chapter", hsCode=HS)


@pytest.mark.parametrize("written", ["01061910", 1061910, "1061910", "0106.19.10", "0106 1910"])
async def test_a_code_without_its_leading_zero_is_the_same_product(
    service: "FakeService", current: dict[str, Any], written: object
) -> None:
    service.says("markets", {**current["markets"], "hsCode": written})
    answer = await service.ask("markets", hsCode="0106.19.10")
    assert answer.data.hsCode == "01061910"
    service.says("topProducts", {"products": [{**current["topProducts"]["products"][3], "hs": written}]})
    ranking = await service.ask("topProducts", minAmount=0)
    assert [p.hsCode for p in ranking.data.products] == ["01061910"]


async def test_a_code_that_is_none_is_a_change(service: "FakeService", current: dict[str, Any]) -> None:
    for wrong in ("batteries", "85-x", "85"):
        service.replies.clear()
        service.says("dashboard", {**current["dashboard"], "hsCode": wrong})
        with pytest.raises(UpstreamChanged, match="HS code"):
            await service.ask("dashboard", hsCode=HS)


# --- more rows than documented


def more(rows: list[dict[str, Any]], count: int, **each: Callable[[int], object]) -> list[dict[str, Any]]:
    """So many rows after the pattern of the first ones."""
    return [{**rows[at % len(rows)], **{name: value(at) for name, value in each.items()}} for at in range(count)]


async def test_twenty_destinations_are_not_at_most_fifteen(
    service: "FakeService", current: dict[str, Any], note: Notes
) -> None:
    body = deepcopy(current["markets"])
    body["countryTable"] = more(
        body["countryTable"], 20, name=lambda at: f"某地{at}", amt=lambda at: 900 - at, share=lambda _: 1.5
    )
    service.says("markets", body)
    answer = await service.ask("markets", hsCode=HS)
    assert len(answer.data.markets) == 20
    subset = note(answer, NoteCode.SUBSET)
    assert "20 destinations" in subset
    assert "at most" not in subset
    assert "more than the 15 that are documented" in subset
    body["countryTable"] = body["countryTable"][:15]
    service.replies.clear()
    service.says("markets", body)
    assert "at most 15" in note(await service.ask("markets", hsCode=HS), NoteCode.SUBSET)


PLACES: dict[str, tuple[tuple[str, ...], int, dict[str, Callable[[int], object]]]] = {
    "growth": (("growth",), 10, {"name": lambda at: f"某地{at}"}),
    "priceband": (("priceBand", "list"), 15, {"name": lambda at: f"某地{at}"}),
    "chapter": (("chapter", "list"), 10, {"h4": lambda at: f"85{at + 1:02d}", "self": lambda at: at == 6}),
}
"""Where the list of a ranking stands, how many rows it has by the documentation, and what tells rows apart."""


@pytest.mark.parametrize("tool", PLACES)
async def test_other_rankings_say_how_many_came(
    service: "FakeService", current: dict[str, Any], note: Notes, tool: str
) -> None:
    (*outer, last), documented, each = PLACES[tool]
    for count in (documented, documented + 5):
        body = deepcopy(current[tool])
        place = body
        for step in outer:
            place = place[step]
        place[last] = more(place[last], count, **each)
        service.replies.clear()
        service.says(tool, body)
        subset = note(await service.ask(tool, hsCode=HS), NoteCode.SUBSET)
        assert str(count) in subset
        assert (f"at most {documented}" in subset) is (count == documented)
        assert (f"more than the {documented} that are documented" in subset) is (count > documented)


async def test_sixty_products_are_not_at_most_fifty(
    service: "FakeService", current: dict[str, Any], note: Notes
) -> None:
    rows = more(current["topProducts"]["products"], 60, hs=lambda at: f"8507{at:04d}")
    service.says("topProducts", {"products": rows})
    answer = await service.ask("topProducts", minAmount=0, limit=100)
    assert len(answer.data.products) == 60
    assert "at most 50" not in note(answer, NoteCode.SUBSET)
    assert "more than the 50 that are documented" in note(answer, NoteCode.SUBSET)
