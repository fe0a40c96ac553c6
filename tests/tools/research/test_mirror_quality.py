"""`compare_mirror` against the truth of the sandbox world, on a sample of all its pairs."""

import importlib.util
import sys
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import anyio
import pytest

from tradestat_sandbox import DEFAULT_TODAY
from tradestat_sandbox.world import world_on

pytestmark = pytest.mark.slow

CELLS = 240


@cache
def quality() -> ModuleType:
    """The script that measures it."""
    path = Path(__file__).parents[3] / "scripts" / "mirror_quality.py"
    spec = importlib.util.spec_from_file_location("mirror_quality", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # its dataclasses look themselves up there
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def outcomes() -> list[Any]:
    """What the tool made of the cells."""
    drawn = quality().drawn(world_on(DEFAULT_TODAY), seed=7, count=CELLS, monthly=0.3, level=6)
    return anyio.run(quality().outcomes_of, list(drawn))


def test_the_best_fob_value_is_the_true_one_wherever_the_exporters_report_is_there(outcomes: list[Any]) -> None:
    """But for places of transit as importers: what only passes through them no service tells apart by origin.

    The first figures of the newest month are off by 2.8 % at most until they are revised, which nothing shows either.
    """
    seen = [one for one in outcomes if one.rule.startswith("exporter") and one.cell.importer not in ("HK", "SG", "AE")]
    assert len(seen) > CELLS * 0.7
    young = f"{quality().YEARS[-1]}-{quality().NEWEST:02d}"
    assert [one.cell for one in seen if one.cell.period != young and abs(one.error) > quality().NOISE] == []
    assert [one.cell for one in seen if one.cell.period == young and abs(one.error) > 0.028] == []


def test_nine_of_ten_best_fob_values_are_within_the_noise_of_the_world(outcomes: list[Any]) -> None:
    errors = [one.error for one in outcomes if one.error is not None]
    assert len(errors) > CELLS * 0.9
    assert sum(abs(error) <= quality().NOISE for error in errors) / len(errors) >= 0.9


def test_an_importers_report_alone_gives_years_within_a_few_percent(outcomes: list[Any]) -> None:
    """Its noise and its lag of December stay in the estimate: nothing that the services show takes them out."""
    years = [one for one in outcomes if one.rule == "importer_by_seen_margin" and "-" not in one.cell.period]
    assert years
    assert max(abs(one.error) for one in years) <= 0.08


def test_the_reason_named_first_is_the_one_that_dominates_in_nine_of_ten_cells(outcomes: list[Any]) -> None:
    decided = [one for one in outcomes if one.dominant and one.rule and one.shown]
    assert len(decided) > CELLS * 0.6
    assert {one.dominant for one in decided} >= {"cif_fob", "lag", "not_reported", "confidentiality"}
    assert sum(one.named == one.dominant for one in decided) / len(decided) >= 0.9


def test_no_reason_is_blamed_that_the_world_did_not_apply(outcomes: list[Any]) -> None:
    assert [(one.cell, one.blamed) for one in outcomes if one.blamed] == []


def test_routes_through_places_of_transit_are_found_and_only_where_there_are_any() -> None:
    """Every origin and destination that the world routes, and the same destinations from elsewhere."""
    make = quality().Cell
    routed = [make("CN", to, "851713", "2023") for to in ("US", "DE", "JP", "AU")]
    routed += [make("TH", "AU", "841430", "2023"), make("IN", "KE", "870332", "2023")]
    plain = [make(who, "US", "851713", "2023") for who in ("VN", "KR", "JP", "MX")]
    for one in anyio.run(quality().outcomes_of, [*routed, *plain]):
        applied = {effect.kind for effect in one.truth.effects}
        assert ("consignment" in applied) == (one.cell in routed)
        assert one.blamed == ()
        if one.dominant:
            assert one.named == one.dominant
        if one.rule == "exporter_by_importers_weight":
            assert abs(one.error) <= quality().NOISE
