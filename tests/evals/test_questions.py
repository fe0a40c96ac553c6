"""The questions, their truth and the plans: complete, in three languages, and worked out without the tools."""

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from evals.question import load
from evals.reference.plan import plans
from evals.truth import files, truth_of
from evals.truth.records import by_partner, recorded
from tradestat_sandbox.settings import DEFAULT_TODAY
from tradestat_sandbox.world import World

QUESTIONS = load()
ROOT = Path(__file__).parents[2]
POINTS = (
    *("budgets", "sixty months", "groups", "cite", "usage", "sibling labels", "totals beside parts", "several answers"),
    *("imports of a file", "periods together", "years from months", "year to date", "missing members", "balance"),
    *("unit value", "weight", "several partners", "several products", "shares", "ranks", "cagr", "change"),
    *(
        "calendar-month average",
        "hhi",
        "growth",
        "rca",
        "re-exports",
        "domestic exports",
        "words for codes",
        "ambiguity",
    ),
    *("nothing near", "chains of codes", "not yet published", "suppressed", "not a reporter", "inter-Korean"),
    *("members since when", "heading level", "firms, tariffs, forecasts", "mirror gaps", "mirror reasons"),
    *("China Customs by hand", "currencies", "FOB/CIF"),
)


@pytest.fixture(scope="module")
def world() -> World:
    return World(DEFAULT_TODAY)


def test_there_are_eighty_questions_and_two_dozen_of_them_in_chinese_and_korean() -> None:
    languages = Counter(question.language for question in QUESTIONS)
    assert len(QUESTIONS) >= 80
    assert languages["zh"] + languages["ko"] >= 24
    scripts = {"zh": r"[一-鿿]", "ko": r"[가-힯]"}
    wrong = [one.id for one in QUESTIONS if one.language != "en" and not re.search(scripts[one.language], one.text)]
    assert wrong == []


@pytest.mark.parametrize("point", POINTS)
def test_every_point_has_a_question(point: str) -> None:
    assert [one.id for one in QUESTIONS if point in one.point]


def test_every_question_has_a_plan_of_at_most_three_calls_and_every_plan_a_question() -> None:
    known = plans()
    assert sorted(known) == sorted(one.id for one in QUESTIONS)
    assert {name: len(plan.calls) for name, plan in known.items() if len(plan.calls) > 3} == {}


@pytest.mark.slow
def test_every_question_has_a_truth_of_its_kind(world: World) -> None:
    for question in QUESTIONS:
        truth = truth_of(world, question.truth)
        if question.kind == "number":
            assert isinstance(truth, int | float), question.id
            assert truth, question.id
        elif question.kind == "choice":
            assert truth in question.choices, question.id
        elif question.kind == "absent":
            assert truth not in {"available", "no_trade"}, question.id
        else:
            assert truth, question.id


def test_what_an_agent_is_asked_does_not_hold_the_answer(world: World) -> None:
    for question in QUESTIONS:
        asked = question.asked()
        assert "truth" not in asked
        if question.kind == "number":
            digits = f"{abs(float(truth_of(world, question.truth))):.0f}"  # type: ignore[arg-type]
            assert len(digits) < 5 or digits not in str(asked).replace(",", ""), question.id


def test_the_truth_loads_nothing_of_tools_server_or_what_stand_in_services_send() -> None:
    code = "import sys, evals.truth; print('\\n'.join(sys.modules))"
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = ran.stdout.split()
    assert "tradestat_sandbox.world" in loaded
    forbidden = ("tradestat_tools", "tradestat_server", "tradestat_sandbox.app", "mcp")
    assert [name for name in loaded if name.startswith(forbidden)] == []
    cards = re.compile(r"tradestat_sandbox\.services(\.\w+)?")  # where they live and how they fail
    services = [name for name in loaded if name.startswith("tradestat_sandbox.services")]
    assert [name for name in services if not cards.fullmatch(name)] == []


@pytest.mark.parametrize(
    ("product", "period"), [("850760", "2024"), ("8703", "2023"), ("TOTAL", "2022"), ("851713", "202403")]
)
def test_sums_of_cells_are_what_the_world_says_the_exporter_reported(world: World, product: str, period: str) -> None:
    told = world.truth("CN", "KR", product, period).exporter_reported
    assert recorded(world, "CN", "X", product, partner="KR", period=period, now=True).usd == told


def test_partners_add_up_to_the_world_and_months_to_the_year(world: World) -> None:
    whole = recorded(world, "DE", "X", "850760", partner="World", period="2024")
    assert sum(found.usd for found in by_partner(world, "DE", "X", "850760", "2024").values()) == whole.usd
    assert recorded(world, "DE", "X", "850760", partner="World", period="202401-202412") == whole


def test_a_group_is_those_of_its_members_that_the_world_has(world: World) -> None:
    members = ["VN", "TH", "MY", "SG", "ID", "PH", "KH"]
    asean, each = (recorded(world, "KR", "X", "850760", partner=who, period="2024") for who in ("ASEAN", members))
    assert asean == each


def test_a_code_of_an_older_edition_stands_for_its_goods_in_its_years_only(world: World) -> None:
    def phones(code: str, year: str) -> int:
        return recorded(world, "CN", "X", code, partner="KR", period=year).usd

    assert phones("851712", "2021") > 0
    assert phones("851712", "2022") == 0
    assert phones("851713", "2021") == 0
    assert phones("851713", "2022") > 0


def test_files_are_written_as_the_site_exports_them(world: World, tmp_path: Path) -> None:
    files.write(world, tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(files.EXPORTS)
    text = (tmp_path / "china_exports_phones_2026_rmb.csv").read_bytes().decode("gb18030")
    head, first, *_ = text.split("\r\n")
    assert head.endswith('"人民币"')
    assert first.startswith('"202601","85171300","智能手机","133","韩国"')
    assert first.endswith('\t"')
    assert "进出口" not in head
