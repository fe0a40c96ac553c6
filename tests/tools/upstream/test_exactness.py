"""Processes that race for a budget or are killed while they write, on real files and a real Redis."""

import json
import subprocess
import sys
import uuid
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

WORKERS = str(Path(__file__).with_name("workers.py"))
RUNS = 20
PROCESSES = 6


@pytest.fixture(params=["sqlite", "redis"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where the processes keep what they share."""
    return str(tmp_path) if request.param == "sqlite" else request.getfixturevalue("redis_url")


def test_processes_that_race_for_a_budget_get_all_of_it_and_no_more(place: str) -> None:
    command = [sys.executable, WORKERS, "race", place, f"{uuid.uuid4().hex}:"]
    with ExitStack() as stack:
        racers = [
            stack.enter_context(
                subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8")
            )
            for _ in range(PROCESSES)
        ]
        assert [hear(racer) for racer in racers] == ["ready"] * PROCESSES
        for run in range(RUNS):
            said: list[float | str] = []
            for _ in range(4):
                for racer in racers:
                    assert racer.stdin is not None
                    racer.stdin.write(f"account{run}\n")
                    racer.stdin.flush()
                said += [hear(racer) for racer in racers]
            starts = sorted(start for start in said if isinstance(start, float))
            assert len(starts) == 20, f"run {run}"
            assert said.count("budget") == 4, f"run {run}"
            assert all(eighth - first > 60 for first, eighth in zip(starts, starts[7:], strict=False)), f"run {run}"


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
