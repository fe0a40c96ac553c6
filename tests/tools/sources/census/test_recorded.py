"""A recorded answer and the recorded lists of variables are read as they stand."""

import ast
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from tradestat_tools.codes.countries import areas
from tradestat_tools.sources.census.codes import GROUPS, TOTAL, is_country
from tradestat_tools.sources.census.service import EXPORTS, IMPORTS, UNIT, Flow
from tradestat_tools.sources.census.wire.page import read_page, read_variables
from tradestat_tools.sources.census.wire.rows import Shape, read_rows
from tradestat_tools.upstream import Response

Recorded = Callable[[str], str]
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
BODY = "imports_hs_8483408000_2026-06.json"
SHAPE = Shape(measures=("GEN_VAL_MO", "GEN_QY1_MO"), commodity="I_COMMODITY", countries=True)


def response(body: str) -> Response:
    return Response(200, {}, body.encode())


def test_a_recorded_answer_is_read_to_its_figures(recorded: Recorded) -> None:
    body = recorded(BODY)
    read = read_rows(read_page(response(body), now=NOON), SHAPE)
    head, *rows = json.loads(body)
    wanted = {
        row[head.index("CTY_CODE")]: (int(row[head.index("GEN_VAL_MO")]), int(row[head.index("GEN_QY1_MO")]))
        for row in rows
        if is_country(row[head.index("CTY_CODE")])
    }
    assert {row.country: row.figures for row in read.rows} == wanted
    assert wanted["5800"] == (82_766, 324)
    assert {row.units for row in read.rows} == {("NO",)}
    assert read.names["5800"] == "KOREA, SOUTH"


def test_its_countries_add_up_to_its_total_and_all_of_its_rows_to_far_more(recorded: Recorded) -> None:
    body = recorded(BODY)
    read = read_rows(read_page(response(body), now=NOON), SHAPE)
    assert [row.figures for row in read.totals] == [(13_482_077, 626_176)]
    assert tuple(map(sum, zip(*(row.figures for row in read.rows), strict=True))) == (13_482_077, 626_176)
    assert sum(int(row[2]) for row in json.loads(body)[1:]) > 5 * 13_482_077


def test_every_code_of_it_is_known(recorded: Recorded) -> None:
    codes = {row[0] for row in json.loads(recorded(BODY))[1:]}
    known = {code for area in areas() for code in area.schedule_c.split()}
    assert codes <= known | {*GROUPS, TOTAL}


@pytest.mark.parametrize("flow", [IMPORTS, EXPORTS])
def test_every_variable_that_is_asked_for_is_in_the_recorded_list(recorded: Recorded, flow: Flow) -> None:
    listed = read_variables(response(recorded(f"{flow.direction}_hs_variables.json")), now=NOON)
    measures = [f"{name}{ending}" for name in (*flow.measures, *flow.transport) for ending in ("_MO", "_YR")]
    shapes: list[dict[str, Any]] = [
        {"commodity": flow.commodity, "commodity_name": f"{flow.commodity}_SDESC", "countries": True},
        {"place": "DISTRICT", "place_name": "DIST_NAME"},
    ]
    asked = {name for shape in shapes for name in Shape(measures=tuple(measures), **shape).asked}
    assert asked <= listed.keys()
    assert {"COMM_LVL", "time", *UNIT.values()} <= listed.keys()
    assert ("DF" in listed) is (flow is EXPORTS)


@pytest.mark.anyio
async def test_the_recorded_page_of_a_missing_key_is_no_answer(recorded: Recorded, census: Any) -> None:
    page = ast.literal_eval(recorded("missing_key_page_excerpt.txt").splitlines()[-1])
    assert "Missing Key" in page
    census.says(page, content_type="text/html")
    with pytest.raises(Exception, match="found no key in the request") as caught:
        await census.call("us_imports", product="850760")
    assert type(caught.value).__name__ == "Unauthorized"
