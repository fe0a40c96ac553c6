"""Recorded lists of UN Comtrade, the yardstick of the code tables."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

RECORDINGS = Path(__file__).resolve().parents[4] / "shared" / "recordings" / "comtrade"

ComtradeList = Callable[[str], list[dict[str, Any]]]


@pytest.fixture
def comtrade_list() -> ComtradeList:
    """Reads the rows of a recorded reference list by its name, such as `H6`."""

    def read(name: str) -> list[dict[str, Any]]:
        path = RECORDINGS / f"reference_{name}.json"
        if not path.exists():
            pytest.skip(f"no recorded UN Comtrade list {name} beside the checkout (../shared/recordings)")
        rows: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8-sig"))["results"]
        return rows

    return read
