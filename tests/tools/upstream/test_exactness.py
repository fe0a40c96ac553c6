"""Processes that race for a budget or are killed while they write, on real files and a real Redis."""

import json
import subprocess
import sys
import uuid
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from tradestat_tools.open import ANSWERS_FILE as ANSWERS
from tradestat_tools.open import LEDGER_FILE as LEDGER
from tradestat_tools.upstream.plan import UNLIMITED
from tradestat_tools.upstream.sqlite import SqliteLedger

pytestmark = pytest.mark.slow
WORKERS = str(Path(__file__).with_name("workers.py"))
RUNS = 20
PROCESSES = 6
NOON = 1_800_000_000.0


@contextmanager
def racing(command: list[str]) -> Generator[list[subprocess.Popen[str]]]:
    """The same program in several processes, all of them ready to read lines."""
    with ExitStack() as stack:
        racers = [
            stack.enter_context(
                subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8")
            )
            for _ in range(PROCESSES)
        ]
        assert [hear(racer) for racer in racers] == ["ready"] * PROCESSES
        yield racers


def test_processes_that_race_for_a_budget_get_all_of_it_and_no_more(place: str) -> None:
    command = [sys.executable, WORKERS, "race", place, f"{uuid.uuid4().hex}:"]
    with racing(command) as racers:
        for run in range(RUNS):
            said: list[float | str] = []
            for _ in range(4):
                for racer in racers:
                    tell(racer, f"account{run}")
                said += [hear(racer) for racer in racers]
            starts = sorted(start for start in said if isinstance(start, float))
            assert len(starts) == 20, f"run {run}"
            assert said.count("budget") == 4, f"run {run}"
            assert all(eighth - first > 60 for first, eighth in zip(starts, starts[7:], strict=False)), f"run {run}"


@pytest.mark.parametrize("there", [None, b"no database"], ids=["nothing", "unusable"])
def test_processes_that_find_nothing_or_what_is_unusable_begin_new_files_together(
    there: bytes | None, tmp_path: Path
) -> None:
    command = [sys.executable, WORKERS, "found", str(tmp_path), ""]
    with racing(command) as finders:
        for run in range(RUNS):
            folder = tmp_path / str(run)
            folder.mkdir()
            if there:
                (folder / ANSWERS).write_bytes(there)  # the ledger is never begun anew
            for finder in finders:
                tell(finder, str(run))
            assert [hear(finder) for finder in finders].count(True) == bool(there), f"run {run}"
            ledger = SqliteLedger(folder / LEDGER)
            assert ledger.used("a", UNLIMITED, NOON) == PROCESSES, f"run {run}: counted where nobody looks any more"
            ledger.close()
            aside = [path.read_bytes() for path in folder.glob("*.aside-*")]
            assert aside == [there] * bool(there), f"run {run}"


def tell(process: subprocess.Popen[str], line: str) -> None:
    assert process.stdin is not None
    process.stdin.write(f"{line}\n")
    process.stdin.flush()


def hear(process: subprocess.Popen[str]) -> Any:
    assert process.stdout is not None
    return json.loads(process.stdout.readline())


def credits_after(steps: int, *, later: bool) -> float:
    """What is spent after so many steps of store, reserve (1), send and settle (2); later, what was not sent lapsed."""
    rounds, within = divmod(steps, 4)
    return 2.0 * rounds + [0, 0, 0 if later else 1, 1][within]


@pytest.mark.skipif(sys.platform == "win32", reason="forks and kills: POSIX only")
def test_a_process_killed_while_it_writes_leaves_whole_answers_and_no_lost_credits(place: str) -> None:
    command = [sys.executable, WORKERS, "crash", place, f"{uuid.uuid4().hex}:", "200", "4711"]
    ended = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False, timeout=120)
    found = [json.loads(line) for line in ended.stdout.splitlines()]
    assert len(found) == 200, ended.stderr
    for run in found:
        done: int = run["done"]
        assert run["killed"] == 9, ended.stderr
        assert run["kind"] == ("redis" if place.startswith("redis:") else "sqlite")
        assert run["warning"] is None
        assert run["whole"] == run["listed"] > 0
        assert run["last"], "an answer that was stored is gone"
        # The step under way was done or not, and nothing between.
        under_way = (done, done + 1)
        assert run["used"] in [credits_after(steps, later=False) for steps in under_way]
        assert run["used_later"] in [credits_after(steps, later=True) for steps in under_way]
    assert {run["done"] % 4 for run in found} == {0, 1, 2, 3}, "not every step was interrupted"
