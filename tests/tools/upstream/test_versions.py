"""Two versions of the program on one folder, and a ledger that can not be read any more."""

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from older import OlderCache, OlderLedger

from tradestat_tools.upstream.plan import UNLIMITED, Budget, Plan
from tradestat_tools.upstream.request import Response
from tradestat_tools.upstream.sqlite import SqliteCache, SqliteLedger
from tradestat_tools.upstream.sqlite.file import SqliteFile
from tradestat_tools.upstream.sqlite.ledger import SCHEMA
from tradestat_tools.upstream.store import Denial, Entry, Grant, StoreUnavailable

NOON = 1_800_000_000.0
DAY = 86_400.0
PLAN = Plan(budget=Budget(5, "rolling"))
WORKERS = str(Path(__file__).with_name("workers.py"))


def spend(ledger: SqliteLedger | OlderLedger, most: int, *, now: float = NOON, plan: Plan = PLAN) -> int:
    """How many of so many calls were granted and marked as sent."""
    sent = 0
    for _ in range(most):
        try:
            grant = ledger.reserve("shop", plan, 1, now=now, latest=now, lease=30)
            if isinstance(grant, Grant):
                ledger.mark_sent(grant)
                sent += 1
        except StoreUnavailable:
            continue
    return sent


def an_entry(body: bytes, stored_at: float = NOON) -> Entry:
    return Entry("shop", "a", "address", Response(200, {"a": "b"}, body), stored_at, NOON + 10, NOON + 20, NOON + 30)


def opened(folder: Path) -> SqliteLedger:
    return SqliteLedger(folder / "ledger.sqlite3", patience=1)


def version_4(folder: Path) -> SqliteFile:
    """The ledger of a program to come: one more table, and all that was there."""

    def carry(new: sqlite3.Connection, old: sqlite3.Connection) -> None:
        rows = old.execute("SELECT id, account, at, credits, sent, lapses FROM calls")
        new.executemany("INSERT OR REPLACE INTO calls VALUES (?, ?, ?, ?, ?, ?)", rows)

    more = SCHEMA.statements + "; CREATE TABLE more (x)"
    schema = replace(SCHEMA, version=4, statements=more, carry={**SCHEMA.carry, 3: carry})
    return SqliteFile(folder / "ledger.sqlite3", schema, exact=True)


def test_the_names_of_files_carry_the_version_of_their_schema(tmp_path: Path) -> None:
    cache, ledger = SqliteCache(tmp_path / "answers.sqlite3"), opened(tmp_path)
    cache.put("k", an_entry(b"{}"))
    spend(ledger, 1)
    assert cache.info().place == str(tmp_path / "answers-2.sqlite3")
    with closing(sqlite3.connect(tmp_path / "ledger-3.sqlite3")) as db:
        assert db.execute("SELECT count(*) FROM calls").fetchone() == (1,)
    cache.close()
    ledger.close()


def test_what_an_older_program_left_is_taken_over_to_the_last_call_and_answer(tmp_path: Path) -> None:
    older, answers = OlderLedger(tmp_path), OlderCache(tmp_path)
    assert spend(older, 3) == 3
    older.db.execute("INSERT INTO told VALUES ('other', ?)", (NOON + 60,))
    older.db.execute("INSERT INTO claims VALUES ('q', 'them', ?, NULL)", (NOON + 10,))
    answers.put("k", an_entry(b"paid for"))
    older.db.close()
    answers.db.close()
    cache, ledger = SqliteCache(tmp_path / "answers.sqlite3"), opened(tmp_path)
    assert ledger.used("shop", PLAN, NOON) == 3
    assert ledger.reserve("other", UNLIMITED, 1, now=NOON, latest=NOON, lease=1) == Denial("stay away", NOON + 60)
    assert ledger.claim("q", "us", now=NOON, lease=30).owner == "them"
    assert cache.get("k", NOON) == an_entry(b"paid for")
    assert not (tmp_path / "answers.sqlite3").exists(), "its place on the disk is free again"
    assert spend(ledger, 5) == 2
    assert (ledger.warning, cache.info().warning) == (None, None)
    cache.close()
    ledger.close()


def test_an_older_program_that_runs_on_spends_nothing_more_and_one_that_starts_again_neither(tmp_path: Path) -> None:
    older = OlderLedger(tmp_path)
    under_way = older.reserve("shop", PLAN, 1, now=NOON, latest=NOON, lease=30)
    sent = spend(older, 2)
    newer = opened(tmp_path)
    sent += spend(older, 9) + spend(newer, 1) + spend(older, 9)
    assert isinstance(under_way, Grant)
    with pytest.raises(StoreUnavailable):
        older.mark_sent(under_way)  # so it is not sent; its place is kept until it lapses
    assert (sent, newer.used("shop", PLAN, NOON)) == (3, 4)
    older.db.close()
    with pytest.raises(StoreUnavailable):
        OlderLedger(tmp_path)
    assert sent + spend(newer, 9, now=NOON + 31) == 5
    newer.close()


def test_an_older_program_that_begins_in_a_newer_ones_folder_spends_nothing(tmp_path: Path) -> None:
    newer = opened(tmp_path)
    with pytest.raises(StoreUnavailable):
        OlderLedger(tmp_path)
    newer.close()


def test_an_older_ledger_that_comes_back_while_a_newer_program_runs_is_counted_too(tmp_path: Path) -> None:
    newer = opened(tmp_path)
    sent = spend(newer, 1)
    for file in tmp_path.glob("ledger.sqlite3*"):
        file.unlink()  # as a reset by the older program moves it away
    older = OlderLedger(tmp_path)
    sent += spend(older, 2)
    sent += spend(newer, 9) + spend(older, 9)
    assert sent == 5
    newer.close()


def test_answers_of_an_older_program_that_runs_on_are_found_at_the_next_start(tmp_path: Path) -> None:
    older = OlderCache(tmp_path)
    older.put("k", an_entry(b"first"))
    cache = SqliteCache(tmp_path / "answers.sqlite3")
    older.put("k", an_entry(b"second", NOON + 1))
    older.put("more", an_entry(b"more", NOON + 1))
    cache.put("ours", an_entry(b"ours"))
    cache.close()
    again = SqliteCache(tmp_path / "answers.sqlite3")
    found = {key: entry.response.body for key, entry in again.entries()}
    assert found == {"k": b"second", "more": b"more", "ours": b"ours"}
    again.close()
    older.db.close()


def test_a_program_killed_between_taking_over_and_emptying_counts_no_call_twice(tmp_path: Path) -> None:
    older = OlderLedger(tmp_path)
    spend(older, 3)
    older.db.close()
    before = tmp_path / "before"
    shutil.copy(tmp_path / "ledger.sqlite3", before)
    first = opened(tmp_path)
    assert spend(first, 1) == 1
    first.close()
    shutil.copy(before, tmp_path / "ledger.sqlite3")
    again = opened(tmp_path)
    assert again.used("shop", PLAN, NOON) == 4
    with pytest.raises(StoreUnavailable):
        OlderLedger(tmp_path)
    again.close()


def test_a_newer_program_takes_over_and_this_one_says_so_and_sends_nothing_paid(tmp_path: Path) -> None:
    ledger = opened(tmp_path)
    assert spend(ledger, 2) == 2
    newer = version_4(tmp_path)
    assert newer.rows("SELECT count(*) FROM calls") == [(2,)]
    assert spend(ledger, 9) == 0, "a file that it has open"
    assert spend(ledger, 9) == 0, "one that it opens"
    assert "newer version" in (ledger.warning or "")
    ledger.close()
    again = opened(tmp_path)
    assert "ledger-4.sqlite3" in (again.warning or "")
    assert spend(again, 9, now=NOON + 400 * DAY) == 0, "no time makes this version the newest"
    with pytest.raises(StoreUnavailable, match="newer"):
        again.reset({}, NOON)
    again.close()
    newer.close()


@pytest.mark.slow
def test_processes_that_take_over_an_older_ledger_together_lose_no_call(tmp_path: Path) -> None:
    command = [sys.executable, WORKERS, "found", str(tmp_path), ""]
    runs = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    for process in runs:
        assert process.stdout is not None
        process.stdout.readline()
    for run in range(10):
        folder = tmp_path / str(run)
        folder.mkdir()
        older = OlderLedger(folder)
        for _ in range(3):
            grant = older.reserve("a", UNLIMITED, 1, now=NOON, latest=NOON, lease=30)
            assert isinstance(grant, Grant)
            older.mark_sent(grant)
        older.db.close()
        for process in runs:
            assert process.stdin is not None
            process.stdin.write(f"{run}\n")
            process.stdin.flush()
        for process in runs:
            assert process.stdout is not None
            assert process.stdout.readline() == "false\n", "no warning"
        ledger = opened(folder)
        assert ledger.used("a", UNLIMITED, NOON) == 7, run
        ledger.close()
    for process in runs:
        process.communicate()


# A ledger that can not be read


def _noise(path: Path) -> None:
    path.write_bytes(bytes(range(256)) * 64)


def _folder(path: Path) -> None:
    path.mkdir()


def _foreign(path: Path) -> None:
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE theirs (x)")


SPOILED: list[tuple[str, Callable[[Path], object]]] = [
    (name, spoil) for name in ("ledger.sqlite3", "ledger-3.sqlite3") for spoil in (_noise, _folder, _foreign)
]
PERIODS = {"day": 1.0, "month": 31.0, "rolling": 30.0}


@pytest.mark.parametrize(("name", "spoil"), SPOILED, ids=lambda one: getattr(one, "__name__", one))
def test_paid_calls_go_on_with_the_first_period_that_can_hold_no_lost_call(
    tmp_path: Path, name: str, spoil: Callable[[Path], object]
) -> None:
    for period, days in PERIODS.items():
        plan = Plan(budget=Budget(5, period))  # pyright: ignore[reportArgumentType]
        folder = tmp_path / period
        folder.mkdir()
        spoil(folder / name)
        ends = NOON + days * DAY + 1 if period == "rolling" else Budget(5, period).bounds(NOON)[1]  # pyright: ignore[reportArgumentType]
        for moment in (NOON, NOON + 60, ends - 2):
            ledger = opened(folder)  # a start of the program each
            assert spend(ledger, 9, now=moment, plan=plan) == 0, (period, moment)
            assert list(folder.glob("*.aside-*")) == []
            ledger.close()
        ledger = opened(folder)
        assert spend(ledger, 9, now=ends, plan=plan) == 5, period
        assert "unusable" in (ledger.warning or "")
        assert len([one for one in folder.iterdir() if ".aside-" in one.name and one.name[-1].isdigit()]) == 1
        ledger.close()


def test_an_account_with_a_longer_period_waits_for_its_own(tmp_path: Path) -> None:
    _noise(tmp_path / "ledger-3.sqlite3")
    ledger = opened(tmp_path)
    assert spend(ledger, 1) == 0
    tomorrow = NOON + DAY
    assert spend(ledger, 9, now=tomorrow, plan=Plan(budget=Budget(5, "day"))) == 5
    assert spend(ledger, 9, now=tomorrow) == 0
    with pytest.raises(StoreUnavailable):
        ledger.used("shop", PLAN, tomorrow)  # unknown, not zero
    ledger.close()
    again = opened(tmp_path)
    assert spend(again, 9, now=tomorrow) == 0
    assert "could not be read" in (again.warning or "")
    assert spend(again, 9, now=NOON + 30 * DAY + 1) == 0, "the five of tomorrow count for it as well"
    assert spend(again, 9, now=NOON + 32 * DAY) == 5
    again.close()


def test_a_clock_that_is_wrong_neither_ends_the_wait_nor_makes_it_longer_than_a_period(tmp_path: Path) -> None:
    for behind in (NOON - 2000 * DAY, NOON - 40 * DAY):
        folder = tmp_path / f"{behind}"
        folder.mkdir()
        _noise(folder / "ledger-3.sqlite3")
        ledger = opened(folder)
        moments = (NOON, behind, behind + 29 * DAY, NOON + 1, NOON + 29 * DAY)
        assert [spend(ledger, 9, now=moment) for moment in moments] == [0] * 5
        assert spend(ledger, 9, now=NOON + 30 * DAY + 1) == 5
        ledger.close()
    ahead = tmp_path / "ahead"
    ahead.mkdir()
    _noise(ahead / "ledger-3.sqlite3")
    ledger = opened(ahead)
    assert spend(ledger, 9, now=NOON + 400 * DAY) == 0
    assert spend(ledger, 9) == 0
    assert spend(ledger, 9, now=NOON + 30 * DAY + 1) == 5
    ledger.close()


def test_a_reset_ends_the_wait_and_counts_what_the_user_says(tmp_path: Path) -> None:
    _noise(tmp_path / "ledger.sqlite3")
    ledger = opened(tmp_path)
    assert spend(ledger, 1) == 0
    names = ledger.reset({"shop": 3.0}, NOON)
    assert any(name.startswith("ledger.sqlite3.aside-") for name in names)
    assert ledger.used("shop", PLAN, NOON) == 3
    assert spend(ledger, 9) == 2
    assert "could not be read" not in (ledger.warning or "")
    ledger.close()


def test_a_file_that_was_moved_away_under_a_running_program_is_not_written_on(tmp_path: Path) -> None:
    one, other = opened(tmp_path), opened(tmp_path)
    assert spend(one, 2) == 2
    other.reset({"shop": 2.0}, NOON)
    assert spend(one, 9) + spend(other, 9) == 3
    one.close()
    other.close()
