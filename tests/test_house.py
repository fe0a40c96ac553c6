"""The house keeps its shape: a forbidden import breaks its contract, and a circle of modules is found."""

import json
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
LINTER: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
CONTRACTS = [contract["name"] for contract in LINTER["contracts"]]

FORBIDDEN: Mapping[str, tuple[str, str]] = {
    "a floor imports only lower ones": (
        "tradestat_tools/research/views.py",
        "def late():\n    from tradestat_tools.catalogue import catalogue",
    ),
    "no source knows another": (
        "tradestat_tools/sources/korea/notes.py",
        "from tradestat_tools.sources.comtrade import calendar",
    ),
    "sources read what services send through upstream.reading, which cleans it": (
        "tradestat_tools/sources/korea/notes.py",
        "import json",
    ),
    "sources are known only by the catalogue": (
        "tradestat_server/text/render.py",
        "from tradestat_tools.sources.korea import SOURCE",
    ),
    "stand-ins and client do not know each other": (
        "tradestat_sandbox/world.py",
        "from tradestat_tools.sources.korea import wire",
    ),
    "the stand-ins know no server": ("tradestat_sandbox/app.py", "import tradestat_server.mcp.app"),
}
"""For each contract of pyproject.toml a file, and a line in it that the contract forbids."""

LINT = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"


def test_every_contract_has_an_import_that_it_forbids() -> None:
    assert sorted(FORBIDDEN) == sorted(CONTRACTS)


def test_no_contract_is_broken_by_the_code_as_it_is(tmp_path: Path) -> None:
    copy_packages(tmp_path)
    ran = run("-c", LINT, cwd=tmp_path)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert [name for name in CONTRACTS if f"{name} KEPT" not in ran.stdout] == []


def test_every_contract_is_broken_by_the_import_that_it_forbids(tmp_path: Path) -> None:
    copy_packages(tmp_path)
    for name, line in FORBIDDEN.values():
        with (tmp_path / name).open("a", encoding="utf-8") as file:
            file.write(f"\n{line}\n")
    ran = run("-c", LINT, cwd=tmp_path)
    assert ran.returncode == 1, ran.stdout + ran.stderr
    assert [name for name in CONTRACTS if f"{name} BROKEN" not in ran.stdout] == []


def test_a_circle_is_named_and_fails(tmp_path: Path) -> None:
    build(
        tmp_path,
        {
            "model/answers.py": "from tradestat_tools.codes import hs",
            "codes/hs.py": "import tradestat_tools.codes.words",
            # Put off into a function, yet an import.
            "codes/words.py": "def late():\n    import tradestat_tools.model.answers",
        },
    )
    ran = house(tmp_path)
    assert ran.returncode == 1, ran.stderr
    members = ("codes.hs", "codes.words", "model.answers")
    assert ", ".join(f"tradestat_tools.{name}" for name in members) in ran.stdout
    assert "tradestat_tools.codes.words → tradestat_tools.model.answers" in ran.stdout


def test_each_circle_has_its_own_size(tmp_path: Path) -> None:
    build(
        tmp_path,
        {
            **{f"codes/{name}.py": f"import tradestat_tools.codes.{to}" for name, to in ("ab", "bc", "ca")},
            "model/d.py": "import tradestat_tools.model.e, tradestat_tools.codes.a",
            "model/e.py": "import tradestat_tools.model.d",
        },
    )
    ran = house(tmp_path, "--json")
    found = next(table["rows"] for table in json.loads(ran.stdout) if table["title"] == "Circles")
    assert [(row["modules"], row["imports"].count("→")) for row in found] == [(3, 3), (2, 2)]


def test_without_a_circle_all_is_well(tmp_path: Path) -> None:
    build(
        tmp_path,
        {
            "model/answers.py": "import tradestat_tools.codes.hs",
            # For types only: nothing is loaded.
            "codes/hs.py": "from typing import TYPE_CHECKING\n\n"
            "if TYPE_CHECKING:\n    import tradestat_tools.model.answers",
        },
    )
    ran = house(tmp_path)
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_rooms_of_a_source_that_have_no_agreed_name_are_shown(tmp_path: Path) -> None:
    files = ("korea/__init__.py", "korea/wire/rows.py", "comtrade/api.py", "comtrade/asking.py")
    build(tmp_path, {f"sources/{name}": "" for name in files})
    tables = {table["title"]: table["rows"] for table in json.loads(house(tmp_path, "--json").stdout)}
    assert {row["source"]: row["their names"] for row in tables["Sources"]} == {"comtrade": "asking", "korea": ""}


@pytest.mark.slow
def test_the_walk_of_three_questions_is_measured() -> None:
    ran = house(ROOT, "--walk", "--json")
    tables = {table["title"]: table["rows"] for table in json.loads(ran.stdout)}
    walked = tables["The walk of a question"]
    assert [row["question"] for row in walked] == ["getNitemtradeList", "comtrade_data", "compare_mirror"]
    assert all(row["moves"] > row["files"] > 10 for row in walked)
    read = tables["What is read for compare_mirror"]
    assert {row["of"]: row["readings"] > 0 for row in read} == {"area": True, "period": True}


def copy_packages(folder: Path) -> None:
    """The packages that the contracts speak of, and the contracts."""
    for package in LINTER["root_packages"]:
        (place,) = ROOT.glob(f"*/{package}")
        shutil.copytree(place, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)


def build(root: Path, files: Mapping[str, str]) -> None:
    """A tree of the tools with these files."""
    package = root / "tools" / "tradestat_tools"
    for name, text in files.items():
        file = package / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{text}\n", encoding="utf-8")
        for folder in [parent for parent in file.parents if parent.is_relative_to(package)]:
            (folder / "__init__.py").touch()


def house(root: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Measure a tree."""
    return run(str(ROOT / "scripts" / "house.py"), "--root", str(root), *options, cwd=root)


def run(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run Python; the linter draws its marks in UTF-8."""
    env = {**os.environ, "PYTHONUTF8": "1"}
    return subprocess.run(
        [sys.executable, *words],
        cwd=cwd,
        env=env,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
