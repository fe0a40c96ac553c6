"""The synthetic world: sums, effects, determinism, and what moving its day does."""

import os
import subprocess
import sys
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tradestat_sandbox import truth_report
from tradestat_sandbox.chance import cumulate, cut
from tradestat_sandbox.ebops import MAIN
from tradestat_sandbox.economies import ECONOMIES
from tradestat_sandbox.observers import Span
from tradestat_sandbox.products import CODES2, CODES6, NES_INDEX, PRODUCTS, all_hs, all_national_codes
from tradestat_sandbox.records import ALL_PARTNERS, ALL_PRODUCTS
from tradestat_sandbox.world import World

WORLD = World()
ISO2 = st.sampled_from([economy.iso2 for economy in ECONOMIES])
CODES = st.sampled_from([*CODES6, *CODES2, "8517", "TOTAL"])
PERIODS = st.sampled_from(
    [str(year) for year in range(2012, 2027)] + ["201201", "201801", "202006", "202412", "202609"]
)


def test_every_code_is_a_real_hs_2022_code() -> None:
    assert set(CODES6) <= all_hs().keys()


def test_national_codes_of_comtrade_areas_differ_from_m49_where_they_do() -> None:
    known = {economy.iso2: (economy.code, economy.m49, economy.customs) for economy in ECONOMIES}
    assert known["US"] == ("842", "840", "502")
    assert known["FR"] == ("251", "250", "305")
    assert known["AF"] == ("004", "004", "101")
    assert known["TW"][0] == "490"


@given(exporter=ISO2, importer=ISO2, product=CODES, period=PERIODS)
@settings(max_examples=60, deadline=None)
def test_truth_plus_effects_is_what_each_side_reports(exporter: str, importer: str, product: str, period: str) -> None:
    truth = WORLD.truth(exporter, importer, product, period)
    assert truth.fob_usd >= 0
    for side, reported in (("exporter", truth.exporter_reported), ("importer", truth.importer_reported)):
        moved = sum(effect.amount_usd for effect in truth.effects if effect.side == side)
        if reported is not None:
            assert truth.fob_usd + moved == reported


@pytest.mark.parametrize("product", ["850760", "8517", "61", "TOTAL", "999999"])
@pytest.mark.parametrize(
    ("exporter", "importer"), [("CN", "KR"), ("KR", "CN"), ("CN", "HK"), ("HK", "US"), ("US", "DE")]
)
def test_months_sum_to_the_year_for_truth_and_both_reports(exporter: str, importer: str, product: str) -> None:
    year = WORLD.truth(exporter, importer, product, "2024")
    months = [WORLD.truth(exporter, importer, product, f"2024{month:02d}") for month in range(1, 13)]
    assert sum(month.fob_usd for month in months) == year.fob_usd
    assert sum(month.exporter_reported or 0 for month in months) == (year.exporter_reported or 0)
    assert sum(month.importer_reported or 0 for month in months) == (year.importer_reported or 0)


def test_the_running_year_sums_to_its_last_month() -> None:
    year = WORLD.truth("KR", "US", "87", "2026")
    months = [WORLD.truth("KR", "US", "87", f"2026{month:02d}") for month in range(1, 11)]
    assert not year.complete
    assert sum(month.fob_usd for month in months) == year.fob_usd
    assert sum(month.exporter_reported or 0 for month in months) == year.exporter_reported


def test_codes_sum_to_headings_chapters_and_total() -> None:
    def fob(product: str) -> tuple[int, int | None]:
        truth = WORLD.truth("JP", "TH", product, "2023")
        return truth.fob_usd, truth.exporter_reported

    assert fob("8517")[0] == fob("851713")[0] + fob("851714")[0] + fob("851762")[0]
    chapters = [fob(code) for code in CODES2]
    assert sum(usd for usd, _ in chapters) == fob("TOTAL")[0] > 0
    assert sum(usd or 0 for _, usd in chapters) == fob("TOTAL")[1]


def test_partners_sum_to_world() -> None:
    world = WORLD.truth("VN", "World", "61", "2024")
    parts = [WORLD.truth("VN", economy.iso2, "61", "2024") for economy in ECONOMIES if economy.iso2 != "VN"]
    assert sum(part.fob_usd for part in parts) == world.fob_usd > 0
    assert sum(part.exporter_reported or 0 for part in parts) == world.exporter_reported


@pytest.mark.parametrize(("product", "owner", "other"), [("850760", "KR", "CN"), ("854232", "CN", "KR")])
def test_national_codes_sum_to_the_subheading_every_month(product: str, owner: str, other: str) -> None:
    digits = 10 if owner == "KR" else 8
    endings = {8: ("00", "10", "20", "90"), 10: ("0000", "1000", "2000", "9000")}[digits]
    whole = WORLD.truth(owner, other, product, "202403")
    parts = 0
    for ending in endings:
        try:
            parts += WORLD.truth(owner, other, product + ending, "202403").exporter_reported or 0
        except KeyError:
            continue
    assert parts == whole.exporter_reported
    assert parts > 0


def test_most_of_chinas_subheadings_are_one_code_that_ends_in_00() -> None:
    codes = all_national_codes(8)
    undivided = [code for code in codes if code.endswith("00")]
    assert len(codes) > len(CODES6) > len(undivided) > len(CODES6) / 2
    for six in CODES6:
        endings = [code[6:] for code in codes if code.startswith(six)]
        assert endings in (["00"], ["10", "90"], ["10", "20", "90"])


def test_each_effect_exists_somewhere() -> None:
    kinds: set[str] = set()
    for flow in (("CN", "HK", "61", "2024"), ("HK", "US", "61", "2024"), ("CN", "KR", "999999", "2024")):
        kinds |= {effect.kind for effect in WORLD.truth(*flow).effects}
    kinds |= {effect.kind for effect in WORLD.truth("KR", "US", "TOTAL", "202609").effects}
    kinds |= {effect.kind for effect in WORLD.truth("IQ", "CN", "27", "2024").effects}
    assert kinds >= {"cif_fob", "lag", "noise", "consignment", "reexport", "revision", "confidential"}
    assert kinds >= {"not_reported", "exchange_rate"}


def test_some_flows_are_truly_zero_and_some_only_hidden() -> None:
    zero = hidden = 0
    for product in range(NES_INDEX):
        truth = WORLD.truth("KR", "CN", PRODUCTS[product].code, "2024")
        zero += truth.fob_usd == 0
        hidden += truth.fob_usd > 0 and truth.exporter_reported == 0
    assert zero
    assert hidden


def test_a_late_reporter_has_reported_nothing_and_not_zero() -> None:
    late = WORLD.truth("AF", "IN", "08", "2025")
    assert late.fob_usd > 0
    assert late.exporter_reported is None
    assert WORLD.truth("AF", "IN", "08", "2023").exporter_reported is not None


def test_moving_the_day_revises_recent_months_and_leaves_the_truth() -> None:
    later = World(date(2027, 3, 1))
    before, after = (world.truth("KR", "US", "870380", "202609") for world in (WORLD, later))
    assert before.fob_usd == after.fob_usd
    assert before.exporter_reported != after.exporter_reported
    assert any(effect.kind == "revision" for effect in before.effects)
    assert not any(effect.kind == "revision" for effect in after.effects)
    with pytest.raises(ValueError, match="outside 201201 to 202610"):
        WORLD.truth("KR", "US", "870380", "202611")


@given(
    amount=st.integers(0, 10**13),
    weights=st.lists(st.floats(0.01, 100), min_size=1, max_size=12),
)
def test_cut_amounts_always_add_up(amount: int, weights: list[float]) -> None:
    shares = cumulate(weights)
    assert sum(cut(amount, shares, place, place) for place in range(1, len(weights) + 1)) == amount
    assert cut(amount, shares, 1, len(weights)) == amount


def test_twelve_months_at_once_are_the_twelve_records() -> None:
    for reporter, flow, partner in [(1, "X", 5), (1, "X", 50), (2, "M", 1), (5, "M", 1), (5, "RX", 50), (5, "X", 50)]:
        observers = WORLD.observers
        for product in range(0, NES_INDEX, 9):
            for year in (2012, 2018, 2024, 2026):
                months = observers.months(reporter, flow, partner, product, year)  # type: ignore[arg-type]
                single = [
                    observers.record(reporter, flow, partner, product, Span(year, month, month))  # type: ignore[arg-type]
                    for month in range(1, 13)
                ]
                assert months == single


def test_the_records_of_a_month_are_the_same_however_many_are_asked_for_at_once() -> None:
    """Few are made alone, those of a pair are cut out of its year, and those of many pairs out of the reporter's."""
    pairs = ((1, "X", 5), (2, "M", 1), (5, "RX", 50))
    for reporter, flow, partner in pairs:
        for year, month in ((2018, 1), (2024, 12), (2026, 9)):
            span = Span(year, month, month)
            alone = list(WORLD.observers.cells(reporter, flow, span, (partner,), ALL_PRODUCTS))  # type: ignore[arg-type]
            assert alone
            assert WORLD.cells(reporter, flow, span, (partner,), ALL_PRODUCTS) == alone  # type: ignore[arg-type]
            every = WORLD.cells(reporter, flow, span, ALL_PARTNERS, ALL_PRODUCTS)  # type: ignore[arg-type]
            assert [cell for cell in every if cell.partner == partner] == alone


def test_the_world_is_the_same_in_every_process() -> None:
    script = (
        "from tradestat_sandbox import truth_report as t;"
        "print(t('CN','KR','850760','2024')['fob_usd'], t('US','World','TOTAL','202505')['exporter_reported'])"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", script],
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=True,
        ).stdout
        for seed in ("1", "4711")
    }
    here = truth_report("CN", "KR", "850760", "2024")["fob_usd"]
    assert len(outputs) == 1
    assert outputs.pop().split()[0] == str(here)


def test_what_the_world_does_not_have_is_an_error() -> None:
    for flow, error in [
        (("XX", "KR", "TOTAL", "2024"), KeyError), (("CN", "KR", "999998", "2024"), KeyError),
        (("CN", "KR", "TOTAL", "2011"), ValueError), (("CN", "KR", "TOTAL", "24"), ValueError),
        (("World", "World", "TOTAL", "2024"), ValueError), (("CN", "KR", "S03", "202401"), ValueError),
        (("CN", "US", "8507601000", "2024"), KeyError),
    ]:  # fmt: skip
        with pytest.raises(error):
            WORLD.truth(*flow)


def test_services_components_sum_to_their_item_and_to_all_services() -> None:
    def fob(code: str) -> int:
        return WORLD.truth("US", "DE", code, "2022").fob_usd

    assert fob("S03") == fob("3.1") + fob("3.2") + fob("3.3") + fob("3.4") > 0
    assert fob("S00") == sum(fob(item.code) for item in MAIN)


def test_a_truth_report_gives_every_source_in_its_unit() -> None:
    report = truth_report("CN", "KR", "850760", "202405")
    assert report["sources"]["korea"] == {
        "value": report["importer_reported"],
        "unit": "USD",
        "valuation": "CIF",
        "reporter": "Rep. of Korea",
        "published": True,
    }
    yuan = report["sources"]["doumaotong"]["value"]
    assert 6 < yuan / report["exporter_reported"] < 8
    year = truth_report("CN", "KR", "850760", "2024")
    thousands = year["sources"]["trademap_exporter"]["value"]
    assert thousands * 1000 == pytest.approx(year["exporter_reported"], abs=501)
