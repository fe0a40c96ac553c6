"""Stores on a disk that takes no writes."""

import random
import shutil
from collections.abc import Generator
from pathlib import Path

import pytest
from commands import run
from disks import Disk, NoDisk, a_disk
from older import OlderCache

from tradestat_tools.upstream.plan import Budget, Plan
from tradestat_tools.upstream.request import Response
from tradestat_tools.upstream.sqlite import SqliteCache, SqliteLedger
from tradestat_tools.upstream.store import Entry, Grant, StoreUnavailable

NOON = 1_800_000_000.0
PLAN = Plan(budget=Budget(5, "rolling"))


def an_entry(seed: int, size: int = 1000, stored_at: float = NOON) -> Entry:
    body = random.Random(seed).randbytes(size)
    return Entry("shop", "a", "address", Response(200, {}, body), stored_at, NOON + 100, NOON + 200, NOON + 300)


@pytest.fixture
def disk(tmp_path: Path) -> Generator[Disk]:
    try:
        with a_disk(tmp_path / "disk") as made:
            yield made
    except NoDisk as error:
        pytest.skip(str(error))


def opened(folder: Path) -> SqliteCache:
    return SqliteCache(folder / "answers.sqlite3")


def used_up_and_left(folder: Path) -> None:
    """Two answers and two calls, by a program that has ended."""
    cache, ledger = opened(folder), SqliteLedger(folder / "ledger.sqlite3")
    for i in range(2):
        cache.put(f"old {i}", an_entry(i))
        grant = ledger.reserve("shop", PLAN, 1, now=NOON, latest=NOON, lease=9)
        assert isinstance(grant, Grant)
        ledger.mark_sent(grant)
    cache.close()
    ledger.close()


def check_it_is_read_on(folder: Path) -> None:
    """What is stored is found, what is new too, and the ledger says what is left but lets nothing pass."""
    cache, ledger = opened(folder), SqliteLedger(folder / "ledger.sqlite3")
    assert [cache.get(f"old {i}", NOON + 50) for i in range(2)] == [an_entry(0), an_entry(1)]
    cache.put("new", an_entry(7))
    assert cache.get("new", NOON + 50) == an_entry(7), "paid for, and not to be bought again"
    assert sorted(key for key, _ in cache.entries()) == ["new", "old 0", "old 1"]
    info = cache.info()
    assert (info.kind, info.entries, info.unsaved) == ("sqlite", 3, 1)
    assert "kept in memory" in (info.warning or "")
    assert ledger.used("shop", PLAN, NOON) == 2
    with pytest.raises(StoreUnavailable):
        ledger.reserve("shop", PLAN, 1, now=NOON, latest=NOON, lease=9)
    assert "can not be used" in (ledger.warning or "")
    assert ledger.used("shop", PLAN, NOON) == 2
    cache.close()
    ledger.close()


def test_answers_on_a_read_only_disk_are_read_and_new_ones_kept_on_top(disk: Disk) -> None:
    used_up_and_left(disk.folder)
    disk.make("ro")
    check_it_is_read_on(disk.folder)


@pytest.mark.parametrize("index", ["with its index", "without"])
def test_a_file_whose_program_was_killed_is_read_from_a_read_only_disk_too(
    disk: Disk, tmp_path: Path, index: str
) -> None:
    living = tmp_path / "living"
    living.mkdir()
    cache, ledger = opened(living), SqliteLedger(living / "ledger.sqlite3")
    cache.put("old 0", an_entry(0))
    cache.put("old 1", an_entry(1))
    for _ in range(2):
        ledger.reserve("shop", PLAN, 1, now=NOON, latest=NOON, lease=9)
    for file in living.iterdir():
        shutil.copy(file, disk.folder / file.name)  # as they are: with their logs, which nobody took in
    cache.close()
    ledger.close()
    assert (disk.folder / "answers-2.sqlite3-wal").stat().st_size > 0
    if index == "without":
        for file in disk.folder.glob("*-shm"):
            file.unlink()
    disk.make("ro")
    check_it_is_read_on(disk.folder)


def test_what_an_older_program_stored_is_read_from_a_read_only_disk(disk: Disk) -> None:
    older = OlderCache(disk.folder)
    older.put("old", an_entry(1))
    older.db.close()
    disk.make("ro")
    cache = opened(disk.folder)
    assert cache.get("old", NOON) == an_entry(1)
    cache.close()


def test_a_disk_without_a_byte_left_is_read_on(disk: Disk) -> None:
    used_up_and_left(disk.folder)
    disk.fill()
    check_it_is_read_on(disk.folder)


def test_a_disk_that_fills_up_and_has_room_again_gets_what_was_kept_in_memory(disk: Disk) -> None:
    cache = opened(disk.folder)
    cache.put("old", an_entry(0))
    disk.fill()
    for i in range(20):
        cache.put(f"{i}", an_entry(i, 5000))
    assert cache.info().unsaved > 0
    assert all(cache.get(key, NOON) for key in ("old", *map(str, range(20))))
    disk.empty()
    cache.put("last", an_entry(99))
    assert (cache.info().unsaved, cache.info().warning) == (0, None)
    cache.close()
    again = opened(disk.folder)
    assert again.info().entries == 22
    again.close()


def test_a_read_only_disk_that_is_made_writable_gets_what_was_kept_in_memory(disk: Disk) -> None:
    used_up_and_left(disk.folder)
    disk.make("ro")
    cache, ledger = opened(disk.folder), SqliteLedger(disk.folder / "ledger.sqlite3")
    cache.put("new", an_entry(7))
    disk.make("rw")
    cache.put("newer", an_entry(8))
    assert (cache.info().unsaved, cache.info().warning) == (0, None)
    assert isinstance(ledger.reserve("shop", PLAN, 1, now=NOON, latest=NOON, lease=9), Grant)
    assert ledger.warning is None
    cache.close()
    ledger.close()
    again = opened(disk.folder)
    assert again.info().entries == 4
    again.close()


def test_what_is_kept_in_memory_is_bounded(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    cache = SqliteCache(tmp_path / "file" / "answers.sqlite3", bound=100_000)
    for i in range(50):
        cache.put(f"{i}", an_entry(i, 10_000, NOON + i))
    assert cache.info().bytes <= 100_000
    assert cache.get("49", NOON) == an_entry(49, 10_000, NOON + 49)
    cache.close()


def test_an_import_that_the_disk_does_not_take_is_not_said_to_be_taken(disk: Disk, tmp_path: Path) -> None:
    import time  # noqa: PLC0415

    now = time.time()
    there = SqliteCache(tmp_path / "there" / "answers.sqlite3")
    body = Response(200, {}, random.Random(1).randbytes(100_000))
    there.put("a" * 64, Entry("korea", "a", "address", body, now, now + 900, now + 900, now + 900))
    there.close()
    folder, file = {"TRADESTAT_CACHE_DIR": str(disk.folder)}, str(tmp_path / "file")
    assert run("cache", "export", file, TRADESTAT_CACHE_DIR=str(tmp_path / "there")).exit_code == 0
    opened(disk.folder).close()
    disk.fill()
    said = run("cache", "import", file, **folder)
    assert said.exit_code == 1
    assert "can not be stored here" in said.stderr
