"""The table of areas against the sources of its columns, as scripts/areas.py compares them."""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ComtradeList = Callable[[str], list[dict[str, Any]]]

SCRIPT = Path(__file__).resolve().parents[3] / "scripts" / "areas.py"


def areas_script(*arguments: str) -> tuple[int, str]:
    """The script's exit status and what it printed."""
    command = [sys.executable, "-X", "utf8", str(SCRIPT), *arguments]
    run = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=60, check=False)
    assert run.stderr == ""
    return run.returncode, run.stdout


def summary(printed: str, column: str, source: str) -> str:
    """The line of a column and a source."""
    return next(line for line in printed.splitlines() if line.startswith(f"{column} - ") and source in line)


def test_every_difference_from_a_source_has_its_reason() -> None:
    status, printed = areas_script("--check")
    assert status == 0, printed
    assert summary(printed, "trademap", "comtrade column").endswith("268 agree, 0 differ, 0 of them unexplained")
    assert summary(printed, "korea", "iso2 column").endswith("249 agree, 1 differ, 0 of them unexplained")
    assert summary(printed, "schedule_c", "Schedule C").endswith(", 0 differ, 0 of them unexplained")
    assert "not checked" in summary(printed, "china_customs", "Customs")


def test_the_codes_of_eurostat_are_held_against_its_nomenclature_both_ways() -> None:
    _, printed = areas_script()
    codes, names = (summary(printed, "geonom", f"GEONOM, {what}") for what in ("codes", "names"))
    if "not checked" in codes:
        pytest.skip("no copy of the nomenclature is at hand")
    assert codes.endswith("239 agree, 13 differ, 0 of them unexplained")
    assert names.endswith("239 agree, 4 differ, 0 of them unexplained")


def test_a_column_is_held_against_its_package_where_that_is_installed() -> None:
    for column, package in [
        ("iso2", "pycountry"), ("m49", "pycountry"), ("name_en", "babel"), ("name_ko", "babel"),
    ]:  # fmt: skip
        pytest.importorskip(package, reason=f"{package} is not installed")
        _, printed = areas_script()
        agree = re.search(r": (\d+) agree", summary(printed, column, "pycountry" if package == "pycountry" else "CLDR"))
        assert agree is not None
        assert int(agree[1]) > 230


def test_what_is_not_at_hand_is_said_and_fails_nothing(tmp_path: Path) -> None:
    status, printed = areas_script("--check", "--recordings", str(tmp_path))
    assert status == 0, printed
    line = summary(printed, "comtrade", "codes")
    assert line.endswith("not checked, there is no reference_partnerAreas.json in the folder of recordings")


def test_a_difference_without_a_reason_fails_the_check(comtrade_list: ComtradeList, tmp_path: Path) -> None:
    reporters, partners = comtrade_list("Reporters"), comtrade_list("partnerAreas")
    next(row for row in reporters if row["reporterCode"] == 392)["reporterCodeIsoAlpha3"] = "JAP"
    for name, rows in (("Reporters", reporters), ("partnerAreas", partners)):
        (tmp_path / f"reference_{name}.json").write_text(json.dumps({"results": rows}), encoding="utf-8")
    status, printed = areas_script("--check", "--recordings", str(tmp_path))
    assert status == 1
    assert "JPN: JPN / JAP: NO REASON KNOWN" in printed
    assert areas_script("--recordings", str(tmp_path))[0] == 0


def test_a_reason_that_no_difference_needs_fails_the_check(comtrade_list: ComtradeList, tmp_path: Path) -> None:
    reporters, partners = comtrade_list("Reporters"), comtrade_list("partnerAreas")
    next(row for row in partners if row["PartnerCode"] == 412)["PartnerCodeIsoAlpha3"] = "XKX"
    next(row for row in reporters if row["reporterCode"] == 891)["entryExpiredDate"] = "2005-12-31T00:00:00"
    for name, rows in (("Reporters", reporters), ("partnerAreas", partners)):
        (tmp_path / f"reference_{name}.json").write_text(json.dumps({"results": rows}), encoding="utf-8")
    status, printed = areas_script("--check", "--recordings", str(tmp_path))
    assert status == 1
    assert "No difference needs the reason kept for until of 891." in printed
