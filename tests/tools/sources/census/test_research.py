"""Across sources: the United States' own report is asked first, and its own charges take an assumed margin's place."""

from collections.abc import AsyncGenerator
from dataclasses import replace

import pytest

from tradestat_sandbox import Sandbox
from tradestat_sandbox.settings import DEFAULT_TODAY
from tradestat_sandbox.world import world_on
from tradestat_server.mcp.context import open_context, sandbox_settings
from tradestat_tools.catalogue import catalogue
from tradestat_tools.codes.countries import area
from tradestat_tools.codes.periods import period
from tradestat_tools.contract.context import Context
from tradestat_tools.contract.view import View
from tradestat_tools.model.errors import NoData
from tradestat_tools.model.flow import FlowQuestion, read_product
from tradestat_tools.model.observation import Observation, Status
from tradestat_tools.open import in_memory
from tradestat_tools.research.mirror.causes import Kind, Rule, causes, estimate
from tradestat_tools.research.mirror.facts import OWN, Facts, in_one_unit
from tradestat_tools.research.views import Seen, views_of
from tradestat_tools.upstream.http import Http

pytestmark = pytest.mark.anyio

WORLD = world_on(DEFAULT_TODAY)
TOLERANCE = 0.03
"""How far a best FOB value may be from the truth: the noise of the world's importers and what is recorded late."""


@pytest.fixture(scope="module")
async def context() -> AsyncGenerator[Context]:
    async with open_context(catalogue().settings(_env_file=None, TRADESTAT_SANDBOX=True)) as opened:
        yield opened


def question(exporter: str, importer: str, code: str = "850760", when: str = "2024") -> FlowQuestion:
    return FlowQuestion(area(exporter), area(importer), read_product(code), period(when), period(when))


async def test_its_views_stand_before_those_of_every_countrys_reports(context: Context) -> None:
    views = [view.id for view in await views_of(question("US", "Korea"), context)]
    assert views[:2] == ["census:exporter", "comtrade:exporter"]
    views = [view.id for view in await views_of(question("Korea", "US"), context) if view.role == "importer"]
    assert views[:2] == ["census:importer", "comtrade:importer"]


@pytest.mark.parametrize(
    ("exporter", "importer", "code", "text"),
    [
        ("US", "Puerto Rico", "850760", "within the customs territory"),
        ("US", "China", "85076000", "8 digits"),
        ("US", "Bonaire, Sint Eustatius and Saba", "850760", "Schedule C has no code"),
    ],
)
async def test_what_it_never_has_is_said_and_not_asked(
    context: Context, exporter: str, importer: str, code: str, text: str
) -> None:
    asked = FlowQuestion(area(exporter), area(importer), read_product(code), period("2024"), period("2024"))
    (view,) = [view for view in await views_of(asked, context) if view.source == "census"]
    assert view.why is not None
    assert text in view.why.text
    assert view.arguments == ()


async def test_years_before_2010_are_not_its_own(context: Context) -> None:
    (view,) = [
        view for view in await views_of(question("US", "China", when="2005"), context) if view.source == "census"
    ]
    assert view.why is not None
    assert "begin with 2010-01" in view.why.text


async def test_a_series_of_the_united_states_is_taken_from_it_and_says_at_what_value(context: Context) -> None:
    asked = {"reporter": "US", "partner": "China", "product": "850760", "period": "2023-2024"}
    imports = await context.call("trade_series", {**asked, "flow": "M"})
    assert (imports.data.source, imports.data.valuation) == ("census", "FOB")
    texts = " ".join(note.text for note in imports.notes)
    assert "imports are at the customs value" in texts
    assert "not endorsed or certified by the Census Bureau" in texts
    exports = await context.call("trade_series", {**asked, "flow": "X"})
    assert exports.data.values == [
        WORLD.truth("US", "CN", "850760", year).exporter_reported for year in ("2023", "2024")
    ]
    assert "exports are FAS" in " ".join(note.text for note in exports.notes)
    both = await context.call("trade_series", {**asked, "flow": "X,M,TB"})
    texts = " ".join(note.text for note in both.notes)
    assert "imports are at the customs value" in texts
    assert "exports are FAS" in texts
    assert "imports CIF" not in texts


async def test_without_its_key_a_series_is_taken_from_the_next_source_and_says_why(context: Context) -> None:
    http = Http(app=Sandbox().app)
    settings = sandbox_settings(catalogue().settings(_env_file=None)).model_copy(update={"census_api_key": None})
    try:
        async with in_memory(http, settings, context.now) as keyless:
            asked = {"reporter": "US", "partner": "China", "product": "850760", "flow": "M", "period": "2023"}
            answer = await keyless.call("trade_series", asked)
    finally:
        await http.aclose()
    assert (answer.data.source, answer.data.valuation) == ("comtrade", "CIF")
    assert "US Census Bureau needs a key, and none is set." in " ".join(note.text for note in answer.notes)


@pytest.mark.parametrize(("exporter", "importer"), [("CN", "US"), ("US", "CN"), ("KR", "US"), ("US", "KR")])
@pytest.mark.parametrize("code", ["850760", "854231", "870323", "300490"])
async def test_mirror_pairs_give_the_true_value_within_the_worlds_noise(
    context: Context, exporter: str, importer: str, code: str
) -> None:
    asked = {"exporter": exporter, "importer": importer, "product": code, "period": "2022-2024"}
    try:
        answer = await context.call("compare_mirror", asked)
    except NoData:
        assert all(not WORLD.truth(exporter, importer, code, year).fob_usd for year in ("2022", "2023", "2024"))
        return
    gaps = {gap.period: gap for gap in answer.data.gaps}
    for year in ("2022", "2023", "2024"):
        true, best = WORLD.truth(exporter, importer, code, year).fob_usd, gaps[year].best_fob
        assert best is not None
        assert abs(best - true) <= TOLERANCE * true, (year, best, true)
    assert any(figure.side.startswith("census:") for figure in answer.data.figures)


async def test_the_importers_own_charges_take_the_place_of_the_assumed_margin(context: Context) -> None:
    asked = {"exporter": "China", "importer": "US", "product": "850760", "period": "2024"}
    answer = await context.call("compare_mirror", asked)
    census = next(figure for figure in answer.data.figures if figure.side == "census:importer")
    assert census.fob == census.value
    assert census.fob_how.startswith("as reported; its own CIF is +")
    assert "assumed margin" not in " ".join(note.text for note in answer.notes)


SENTENCE = "This product uses the Census Bureau Data API but is not endorsed or certified by the Census Bureau."


@pytest.mark.parametrize("style", ["line", "apa", "bibtex", "csl-json"])
async def test_what_must_be_shown_is_in_every_citation_and_answer(context: Context, style: str) -> None:
    asked = {"product": "850760", "partner": "China", "period": "2024-01"}
    answer = await context.call("us_imports", asked)
    assert answer.citation is not None
    assert SENTENCE in answer.citation
    reference = await context.call("cite", {"result": answer.result, "style": style})
    assert SENTENCE.rstrip(".") in reference.data.text
    flow = {"exporter": "China", "importer": "US", "product": "850760", "period": "2024"}
    for each in (answer, await context.call("compare_mirror", flow)):
        assert SENTENCE in [note.text for note in each.notes]


async def test_a_script_repeats_the_call_with_the_key_as_a_variable(context: Context) -> None:
    asked = {"product": "850760", "partner": "China", "period": "2023-11..2024-02"}
    answer = await context.call("us_imports", asked)
    script = (await context.call("cite", {"result": answer.result, "replay": "curl"})).data.script
    assert "key=$CENSUS_API_KEY" in script
    assert "from 2023-11 to 2024-02" in script or "from+2023-11+to+2024-02" in script
    key = context.settings.pointed({}).secrets
    assert not any(one in script for one in key)


async def test_its_figures_are_queried_as_common_rows(context: Context) -> None:
    answer = await context.call("us_imports", {"product": "850760", "partner": "all", "period": "2024-01"})
    sql = "SELECT sum(value) AS value FROM common WHERE partner_code <> '0'"
    found = await context.call("query", {"result": [answer.result], "sql": sql})
    (table, *_) = found.data.tables()
    assert table.rows[0][0] == answer.data.months.figures["GEN_VAL_MO"][0]


# The same with figures made by hand


def a_view(source: str, role: str = "importer") -> View:
    asked = question("China", "US")
    return View(f"{source}:{role}", source, "tool", (), role, f"{source}'s figure", asked)  # type: ignore[arg-type]


def a_row(value: float, valuation: str, flow: str = "M", **more: float) -> Observation:
    return Observation(
        flow=flow,  # type: ignore[arg-type]
        reporter="842",
        partner="156",
        product="850760",
        classification="HS",
        period=period("2024"),
        value=value,
        currency="USD",
        valuation=valuation,  # type: ignore[arg-type]
        status=Status.REPORTED,
        source="any",
        tool="tool",
        **more,  # type: ignore[arg-type]
    )


def seen(source: str, row: Observation, role: str = "importer") -> Seen:
    return Seen(a_view(source, role), (row,), (row,))


def test_a_cif_figure_is_brought_to_fob_by_what_another_source_has_of_the_importer_both_ways() -> None:
    sides = (seen("both", a_row(1000, "FOB", cif=1080)), seen("cif", a_row(2160, "CIF")))
    unit = in_one_unit(sides, "USD", margin=6.0)
    cell = unit.cells["cif:importer"][period("2024")]
    assert cell.fob == pytest.approx(2000)
    assert cell.fob_how.startswith(OWN)
    assert unit.margins == {period("2024"): pytest.approx(0.08)}
    alone = in_one_unit(sides[1:], "USD", margin=6.0).cells["cif:importer"][period("2024")]
    assert alone.fob == pytest.approx(2160 / 1.06)
    assert alone.fob_how == "CIF / 1.06"


def test_the_exporters_figures_are_never_touched_by_the_importers_margin() -> None:
    exported = a_row(500, "FOB", flow="X")
    unit = in_one_unit((seen("a", exported, "exporter"), seen("both", a_row(1000, "FOB", cif=1080))), "USD", 6.0)
    cell = unit.cells["a:exporter"][period("2024")]
    assert (cell.fob, cell.fob_how) == (500, "as reported")


def test_between_two_fob_figures_no_freight_is_named_and_none_is_assumed() -> None:
    sides = (seen("a", a_row(950, "FOB", flow="X"), "exporter"), seen("both", a_row(1000, "FOB", cif=1080)))
    unit = in_one_unit(sides, "USD", 6.0)
    cells = {name: held[period("2024")] for name, held in unit.cells.items()}
    facts = Facts(period("2024"), "850760", cells["a:exporter"], cells["both:importer"], 0.06)
    assert [one.kind for one in causes(facts)] == [Kind.UNEXPLAINED]
    assert estimate(replace(facts, exporter=None)).rule is Rule.IMPORTER_FOB
    assert estimate(replace(facts, exporter=None)).value == 1000


def test_a_cif_figure_beside_the_importers_own_margin_shows_its_freight() -> None:
    sides = (
        seen("a", a_row(1900, "FOB", flow="X"), "exporter"),
        seen("both", a_row(1000, "FOB", cif=1080)),
        seen("cif", a_row(2160, "CIF")),
    )
    cells = {name: held[period("2024")] for name, held in in_one_unit(sides, "USD", 6.0).cells.items()}
    found = causes(Facts(period("2024"), "850760", cells["a:exporter"], cells["cif:importer"], 0.06))
    freight = next(one for one in found if one.kind is Kind.CIF_FOB)
    assert freight.amount == pytest.approx(160)
    assert "both ways" in freight.text
