"""Every tool still answers as it did when the golden answers were last written down.

A difference is no failure in itself: where it is meant, `python scripts/golden.py --write` writes the answers anew.
"""

import difflib
import json
import re
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from golden_answers.play import ANSWERS, Scene, play
from golden_answers.scenes import SCENES
from golden_answers.steps import ANY_HANDLE, Ask, Complete, Prompt, Read
from jsonschema import Draft202012Validator

from tradestat_server.mcp.listing import ENVELOPE_SCHEMA
from tradestat_tools.catalogue import catalogue
from tradestat_tools.model.errors import ERRORS, InvalidQuery
from tradestat_tools.model.reasons import Reason

LONG = frozenset({"trade_series", "compare_mirror", "chart", "trade_indicators", "korea_otherwise"})
"""Scenes that take the stand-ins seconds."""

FEWEST_CALLS = 550
MOST_BYTES = 4_000_000
HEAD = re.compile(r"^## (\w+) \| ([\w ]+) \| .*\n(\{.*\})$", re.MULTILINE)
NEAR_MISS = "a near miss of "
FREE = {
    ("comtrade_trade_matrix", "cmdCode"),  # SITC, whose codes are in no list here
    ("trade_series", "base"),  # a period
    ("trade_indicators", "base"),  # a period
    ("trade_indicators", "source"),  # whatever the answers name
    ("chart", "unit"),  # of what SQL computed, in any words
    ("eu_reference", "year"),  # a period
}
"""Arguments that take codes elsewhere under the same name."""

NOT_CODES = {
    *(
        "chain",
        "fill",
        "transport",
        "max_credits",
        "cif_margin",
        "n",
        "tariffline",
        "showHistory",
    ),  # yes or no, and numbers
    *("files", "file", "filename", "search", "query", "filter", "limit", "offset", "page", "page_size", "all_pages"),
    *("max_calls", "members", "level", "hs_level", "minAmount", "maxConcentration", "maxRecords", "includeDesc"),
    *("parent", "prefix", "result", "table", "sql", "only", "top", "log", "title"),
    *("columns", "sort", "sort_by", "indicators", "customsCode", "motCode"),  # not in any list here, or of free form
    *("currentMonth", "period", "period_from", "period_to", "strtYymm", "endYymm"),  # periods
}


class Asked(NamedTuple):
    """A call as the files have it."""

    tool: str
    outcome: str
    arguments: dict[str, Any]


def written(scene: Scene) -> str:
    return scene.file.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def asked() -> list[Asked]:
    """Every call that is written down."""
    heads = (found for scene in SCENES for found in HEAD.finditer(written(scene)))
    return [Asked(found[1], found[2], json.loads(found[3])) for found in heads]


@pytest.fixture(scope="module")
def everything() -> str:
    """All that is written down."""
    return "".join(written(scene) for scene in SCENES)


@pytest.mark.anyio
@pytest.mark.parametrize(
    "scene",
    [pytest.param(one, marks=[pytest.mark.slow] if one.name in LONG else [], id=one.name) for one in SCENES],
)
async def test_a_scene_plays_as_it_is_written_down(scene: Scene, tmp_path: Path) -> None:
    expected, found = written(scene), await play(scene, tmp_path)
    if found != expected:
        lines = difflib.unified_diff(
            expected.splitlines(), found.splitlines(), "written down", "found now", lineterm="", n=2
        )
        pytest.fail(f"{scene.name} differs:\n" + "\n".join(lines), pytrace=False)


def test_there_is_one_file_for_each_scene_and_no_other() -> None:
    assert len({scene.name for scene in SCENES}) == len(SCENES)
    assert {file.name for file in ANSWERS.iterdir()} == {scene.file.name for scene in SCENES}
    assert sum(file.stat().st_size for file in ANSWERS.iterdir()) < MOST_BYTES


def test_every_call_of_the_scenes_is_written_down(asked: list[Asked]) -> None:
    meant = [step.tool for scene in SCENES for step in scene.steps if isinstance(step, Ask)]
    assert [one.tool for one in asked] == meant
    assert len(meant) >= FEWEST_CALLS
    assert not [one for one in asked if one.outcome == "internal error"]


def test_every_tool_answers_its_example(asked: list[Asked]) -> None:
    def alike(one: Asked) -> bool:
        example = json.loads(json.dumps(dict(catalogue().tools[one.tool].example)))
        return re.sub(r'"r[a-z2-7]{10}"', f'"{ANY_HANDLE}"', json.dumps(one.arguments)) == json.dumps(example)

    known = catalogue().tools
    assert {one.tool for one in asked if one.tool in known and one.outcome == "answered" and alike(one)} == set(known)


def test_every_answer_that_is_written_down_whole_fits_the_schema_and_its_data_the_type_of_its_tool(
    everything: str,
) -> None:
    envelope = Draft202012Validator(ENVELOPE_SCHEMA)
    fitting = 0
    for page in re.split("^## ", everything, flags=re.MULTILINE):
        tool, _, rest = page.partition(" | ")
        if not rest.startswith("answered | ") or "characters in all, sha256" in page:
            continue
        text, _, rest = page.partition("-- structured\n")[2].replace('"<bytes>"', "1").partition("-- data\n")
        answer, data = json.loads(text), json.JSONDecoder().raw_decode(rest)[0]
        for table in answer["tables"]:
            table["rows"] = [row for row in table["rows"] if isinstance(row, list)]
        faults: list[Any] = list(envelope.iter_errors(answer))  # pyright: ignore
        assert faults == [], f"{tool}: {answer['what']}"
        catalogue().tools[tool].data.model_validate(data)
        fitting += 1
    assert fitting > FEWEST_CALLS / 2


def test_every_argument_of_every_tool_is_used_in_a_call_that_is_answered(asked: list[Asked]) -> None:
    used = {(one.tool, name) for one in asked if one.outcome == "answered" for name in one.arguments}
    missing = [
        f"{tool.name}({name})"
        for tool in catalogue().tools.values()
        for name in tool.arguments.model_json_schema()["properties"]
        if (tool.name, name) not in used
    ]
    assert not missing


def test_a_near_miss_in_every_coded_argument_of_every_tool_names_the_nearest_and_sends_nothing(everything: str) -> None:
    missed: set[tuple[str, str]] = set()
    for page in re.split("^## ", everything, flags=re.MULTILINE):
        tool, _, rest = page.partition(" | InvalidQuery | " + NEAR_MISS)
        if rest:
            argument = rest.partition("\n")[0]
            error, _ = json.JSONDecoder().raw_decode(page.partition("-- error\n")[2])
            assert (error["argument"], "\nsent " in page) == (argument, False), page
            assert error["nearest"], page
            missed.add((tool, argument))
    coded = {(tool.name, name) for tool in catalogue().tools.values() for name in tool.arguments.model_fields}
    assert {one for one in coded if one[1] not in NOT_CODES} == missed | FREE


def test_every_tool_with_arguments_also_refuses_or_finds_nothing(asked: list[Asked]) -> None:
    failing = {one.tool for one in asked if one.outcome != "answered"}
    assert not {name for name, tool in catalogue().tools.items() if tool.arguments.model_fields} - failing


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_for_a_missing_figure_occurs(everything: str, reason: Reason) -> None:
    assert f'"reason": "{reason.value}"' in everything


@pytest.mark.parametrize("kind", [error.kind for error in ERRORS])
def test_every_kind_of_failure_occurs(asked: list[Asked], everything: str, kind: str) -> None:
    assert kind in {one.outcome for one in asked}
    assert f'"kind": "{kind}"' in everything


@pytest.mark.parametrize("said", ['"argument": ', '"allowed": ', '"nearest": ', '"retry_after": ', '"why": '])
def test_everything_that_an_error_may_say_occurs(everything: str, said: str) -> None:
    assert said in everything


@pytest.mark.parametrize(
    "step",
    [
        "Call once for each: ",  # several countries where one is meant
        "Ask for what came after it",  # a former country
        "shows which services have a code for it",  # a country that the service does not have
        "in digits: 2024, 2024-03",  # a period in words
        "Try 202401.",  # a period with a fraction
        "Try X (exports)",  # a flow mistyped
        "Do: Try ",
        f"Do: {InvalidQuery('').remedy}",
    ],
)
def test_every_way_to_lead_on_after_a_refusal_occurs(everything: str, step: str) -> None:
    assert step in everything


def test_resources_prompts_and_completions_are_written_down_too() -> None:
    steps = [step for scene in SCENES for step in scene.steps]
    assert sum(isinstance(step, Read) for step in steps) >= 30
    assert sum(isinstance(step, Prompt) for step in steps) >= 10
    assert sum(isinstance(step, Complete) for step in steps) >= 20
    lists = written(next(scene for scene in SCENES if scene.name == "lists"))
    assert all(f'"name": "{name}"' in lists for name in catalogue().tools)


def test_nothing_of_the_machine_is_written_down(everything: str, tmp_path: Path) -> None:
    assert str(tmp_path.parent) not in everything
    assert not re.search(r"/(tmp|home|Users|var/folders)/", everything)
