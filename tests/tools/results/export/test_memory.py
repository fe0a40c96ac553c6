"""An export takes no memory that grows with the answer: measured in a process of its own for each format."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tradestat_tools.results.export.tool import FORMATS

ROOT = Path(__file__).parents[4]
MB = 1024 * 1024

OF_ROWS = sorted(set(FORMATS) - {"svg", "png"})
"""Without pictures, which hold one chart of bounded size."""

ROWS = dict.fromkeys(OF_ROWS, 100_000) | {"xlsx": 40_000, "parquet": 300_000}
"""Enough for the text of a whole file, 10 to 25 MB, to show; XLSX, which takes longest, unpacks to 8 MB."""

BOUNDS = dict.fromkeys(OF_ROWS, 6) | {"parquet": 80}
"""MB. DuckDB may hold 64 of them, and then writes to its folder."""


@pytest.mark.skipif(sys.platform == "win32", reason="the peak of a process's memory is told by POSIX systems only")
@pytest.mark.slow
@pytest.mark.parametrize("name", OF_ROWS)
def test_an_export_holds_no_second_copy_of_a_large_answer(name: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "bench.exports", name, str(ROWS[name]), str(tmp_path)]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", timeout=120, check=False)
    assert ran.returncode == 0, ran.stderr
    took = json.loads(ran.stdout)
    assert took["bytes"] > 1_000_000
    assert took["growth"] < BOUNDS[name] * MB
