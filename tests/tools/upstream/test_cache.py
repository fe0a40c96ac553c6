"""Stored answers: what comes back, what goes first, and what happens to files that are not as they should be."""

import random
import sqlite3
import subprocess
import sys
import uuid
from collections.abc import Callable, Generator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tradestat_tools.upstream.redis.cache import RedisCache
from tradestat_tools.upstream.request import Response
from tradestat_tools.upstream.sqlite import SqliteCache
from tradestat_tools.upstream.store import LISTED, Cache, Entry

NOON = 1_800_000_000.0


def an_entry(body: bytes = b"{}", *, stored_at: float = NOON, usable: float = 1e6, source: str = "korea") -> Entry:
    response = Response(200, {"content-type": "application/json", "x-name": "한국"}, body)
    return Entry(source, "list", "https://service.invalid/list?hs=85", response, stored_at, NOON, NOON, NOON + usable)


OpenCache = Callable[[str], Cache]


@pytest.fixture(scope="module", params=["sqlite", "redis"])
def open_cache(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> OpenCache:
    """Opens the cache of a name, of the kind under test; another name is another cache."""
    if request.param == "sqlite":
        folder = tmp_path_factory.mktemp("caches")
        return lambda name: SqliteCache(folder / f"{name}.sqlite3")
    url: str = request.getfixturevalue("redis_url")
    begins = uuid.uuid4().hex
    return lambda name: RedisCache(url, prefix=f"{begins}[{name}]*?:")


@pytest.fixture
def cache(open_cache: OpenCache) -> Generator[Cache]:
    made = open_cache(uuid.uuid4().hex)
    yield made
    made.close()


@pytest.fixture
def small(tmp_path: Path) -> Generator[SqliteCache]:
    made = SqliteCache(tmp_path / "answers.sqlite3", bound=1_000_000)
    yield made
    made.close()


@settings(deadline=None, max_examples=50)
@given(st.binary(max_size=3000), st.dictionaries(st.text(max_size=8), st.text(max_size=20), max_size=4))
def test_an_answer_comes_back_byte_for_byte(open_cache: OpenCache, body: bytes, headers: dict[str, str]) -> None:
    cache = open_cache("examples")
    entry = Entry("s", "e", "a", Response(200, headers, body), NOON + 0.1, NOON + 1 / 3, NOON + 2e2, NOON + 3e2)
    try:
        cache.clear()
        cache.put("k", entry)
        assert cache.get("k", NOON) == entry
        assert dict(cache.entries()) == {"k": entry}
    finally:
        cache.close()


def test_an_answer_outlives_the_process(open_cache: OpenCache) -> None:
    name = uuid.uuid4().hex
    first = open_cache(name)
    first.put("k", an_entry())
    first.close()
    second = open_cache(name)
    assert second.get("k", NOON) == an_entry()
    second.close()


def test_a_new_answer_takes_the_place_of_the_old_one(cache: Cache) -> None:
    cache.put("k", an_entry(b"[1]"))
    cache.put("k", an_entry(b"[2]", stored_at=NOON + 1))
    assert cache.get("k", NOON) == an_entry(b"[2]", stored_at=NOON + 1)
    assert cache.info().entries == 1


def test_when_answers_were_stored_is_told_of_those_that_are_there(cache: Cache) -> None:
    cache.put("a", an_entry(stored_at=NOON + 1))
    cache.put("b", an_entry(stored_at=NOON + 2))
    assert cache.stored_at(["b", "missing", "a"]) == {"a": NOON + 1, "b": NOON + 2}
    assert cache.stored_at([]) == {}


def test_what_another_process_writes_shows_in_the_version_and_what_it_reads_does_not(open_cache: OpenCache) -> None:
    here, there = open_cache("shared"), open_cache("shared")
    try:
        here.put("a", an_entry())
        seen = here.version()
        for change in (lambda: there.put("b", an_entry()), lambda: there.clear(), lambda: here.put("a", an_entry())):
            assert here.get("a", NOON) == there.get("a", NOON)
            assert here.version() == seen
            change()
            assert here.version() != seen or seen is None
            seen = here.version()
        assert (seen is None) is isinstance(here, RedisCache)
    finally:
        here.close()
        there.close()


def test_the_version_waits_for_no_writer_and_is_another_once_the_file_is(tmp_path: Path) -> None:
    cache = SqliteCache(tmp_path / "answers.sqlite3")
    memory = SqliteCache(None)
    try:
        seen = cache.version()
        file = Path(cache.info().place)
        with sqlite3.connect(file, isolation_level=None) as other:
            other.execute("BEGIN IMMEDIATE")
            other.execute("DELETE FROM answers")
            assert cache.version() == seen, "nothing is committed"
            other.execute("COMMIT")
        other.close()
        assert cache.version() != seen
        seen = cache.version()
        for name in (file, *file.parent.glob(f"{file.name}-*")):
            name.unlink(missing_ok=True)
        assert cache.get("a", NOON) is None
        assert cache.version() != seen
        first = memory.version()
        memory.put("a", an_entry())
        assert memory.version() != first
    finally:
        cache.close()
        memory.close()
    assert cache.version() is None


def test_answers_are_exported_in_the_order_in_which_they_were_stored(cache: Cache) -> None:
    for key, stored_at in (("b", NOON + 2), ("c", NOON + 3), ("a", NOON + 1)):
        cache.put(key, an_entry(stored_at=stored_at))
    assert [key for key, _ in cache.entries()] == ["a", "b", "c"]


def test_what_was_asked_of_an_endpoint_is_listed_with_the_newest_first(cache: Cache) -> None:
    for at, key in enumerate(("b", "a", "c")):
        cache.put(key, replace(an_entry(stored_at=NOON + at), address=f"https://service.invalid/list?{key}=%ED%95%9C"))
    cache.put("other", an_entry(source="comtrade"))
    cache.put("b", replace(an_entry(stored_at=NOON + 9), address="https://service.invalid/list?b=%ED%95%9C"))
    assert cache.asked("korea", "list") == [(key, f"https://service.invalid/list?{key}=%ED%95%9C") for key in "bca"]
    assert cache.asked("korea", "others") == []


def test_no_more_is_listed_than_is_looked_through(cache: Cache) -> None:
    for at in range(LISTED + 5):
        cache.put(f"k{at}", an_entry(stored_at=NOON + at))
    assert [key for key, _ in cache.asked("korea", "list")] == [f"k{at}" for at in reversed(range(5, LISTED + 5))]


def test_what_is_held_is_counted(cache: Cache) -> None:
    assert (cache.info().entries, cache.info().bytes) == (0, 0)
    noise = random.Random(1).randbytes(10_000)
    cache.put("a", an_entry(noise))
    cache.put("b", an_entry(noise))
    info = cache.info()
    assert info.entries == 2
    assert 20_000 < info.bytes < 22_000
    assert info.warning is None


def test_an_answer_past_its_last_use_is_gone(cache: Cache) -> None:
    cache.put("k", an_entry(usable=100))
    assert cache.get("k", NOON + 99) is not None
    assert cache.get("k", NOON + 100) is None
    assert cache.info().entries == 0


class Meanwhile(float):
    """A moment that does something just when it is compared with the times of an answer that was read."""

    do: Callable[[], None]

    def __ge__(self, other: float) -> bool:
        self.do()
        return float(self) >= other


def test_an_old_answer_that_is_removed_does_not_take_a_newer_one_with_it(open_cache: OpenCache) -> None:
    name = uuid.uuid4().hex
    ours, theirs = open_cache(name), open_cache(name)
    ours.put("k", an_entry(b"[1]", usable=100))
    late = Meanwhile(NOON + 100)
    late.do = lambda: theirs.put("k", an_entry(b"[2]", stored_at=NOON + 100, usable=200))
    assert ours.get("k", late) is None
    assert ours.get("k", NOON + 101) == an_entry(b"[2]", stored_at=NOON + 100, usable=200)
    ours.close()
    theirs.close()


def test_the_least_recently_used_go_first_when_it_grows_too_large(small: SqliteCache) -> None:
    noise = [random.Random(i).randbytes(60_000) for i in range(40)]
    for i, body in enumerate(noise):
        small.put(f"k{i}", an_entry(body, stored_at=NOON + i * 10_000))
        assert small.get("k0", NOON + i * 10_000 + 5000) is not None, "the one in use went"
    info = small.info()
    assert info.bytes <= 1_000_000
    assert 3 < info.entries < 40
    assert small.get("k39", NOON + 500_000) is not None
    assert small.get("k1", NOON + 500_000) is None


def test_an_answer_larger_than_the_whole_cache_is_not_kept(tmp_path: Path) -> None:
    cache = SqliteCache(tmp_path / "answers.sqlite3", bound=100)
    cache.put("k", an_entry(bytes(range(256))))
    assert cache.get("k", NOON) is None
    cache.close()


def test_one_source_can_be_forgotten(cache: Cache) -> None:
    cache.put("a", an_entry(source="korea"))
    cache.put("b", an_entry(source="comtrade"))
    assert cache.clear("korea") == 1
    assert [key for key, _ in cache.entries()] == ["b"]
    assert cache.clear() == 1


@pytest.mark.parametrize("content", [b"not a database at all", b"SQLite format 3\x00" + b"\xff" * 5000, b"\x00" * 100])
def test_a_corrupt_file_is_set_aside_with_a_warning(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "answers.sqlite3"
    path.write_bytes(content)
    cache = SqliteCache(path)
    cache.put("k", an_entry())
    assert cache.get("k", NOON) == an_entry()
    warning = cache.info().warning
    cache.close()
    assert warning is not None
    assert "unusable" in warning
    (aside,) = tmp_path.glob("answers.sqlite3.aside-*")
    assert aside.read_bytes() == content


def test_somebody_elses_database_is_set_aside_whole(tmp_path: Path) -> None:
    path = tmp_path / "answers.sqlite3"
    foreign = sqlite3.connect(path)
    foreign.execute("CREATE TABLE answers (word TEXT)")
    foreign.execute("INSERT INTO answers VALUES ('kept')")
    foreign.commit()
    foreign.close()
    SqliteCache(path).close()
    (aside,) = tmp_path.glob("answers.sqlite3.aside-*")
    saved = sqlite3.connect(aside)
    assert saved.execute("SELECT word FROM answers").fetchall() == [("kept",)]
    saved.close()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows renames no file that is open")
def test_a_database_that_somebody_has_open_is_set_aside_with_what_is_in_its_log(tmp_path: Path) -> None:
    path = tmp_path / "answers.sqlite3"
    foreign = sqlite3.connect(path, isolation_level=None)
    foreign.execute("PRAGMA journal_mode=WAL")
    foreign.execute("CREATE TABLE answers (word TEXT)")
    foreign.execute("INSERT INTO answers VALUES ('kept')")
    SqliteCache(path).close()
    (aside,) = (found for found in tmp_path.glob("*.aside-*") if not found.name.endswith(("-wal", "-shm")))
    saved = sqlite3.connect(aside)
    assert saved.execute("SELECT word FROM answers").fetchall() == [("kept",)]
    saved.close()
    foreign.close()


def test_a_file_of_another_schema_version_is_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "answers.sqlite3"
    file = tmp_path / "answers-2.sqlite3"
    SqliteCache(path).close()
    later = sqlite3.connect(file)
    later.execute("PRAGMA user_version=99")
    later.close()
    cache = SqliteCache(path)
    assert "99" in (cache.info().warning or "")
    cache.close()


def test_a_folder_that_can_not_be_made_means_memory_with_a_warning(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    cache = SqliteCache(tmp_path / "file" / "answers.sqlite3")
    cache.put("k", an_entry())
    assert cache.get("k", NOON) == an_entry()
    assert cache.info().kind == "memory"
    assert "in memory" in (cache.info().warning or "")
    cache.close()


FULL_DISK = """
import random, resource, sys
from pathlib import Path
from tradestat_tools.upstream.plan import UNLIMITED
from tradestat_tools.upstream.request import Response
from tradestat_tools.upstream.sqlite import SqliteCache, SqliteLedger
from tradestat_tools.upstream.store import Entry, StoreUnavailable

folder = Path(sys.argv[1])
cache, ledger = SqliteCache(folder / "answers.sqlite3"), SqliteLedger(folder / "ledger.sqlite3")
for i in range(3):
    ledger.mark_sent(ledger.reserve("a", UNLIMITED, 1, now=i, latest=10, lease=9))
_, most = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, most))
body = random.Random(1).randbytes(900_000)
entry = Entry("s", "e", "a", Response(200, {}, body), 0, 1, 2, 3)
cache.put("k", entry)
recorded = 3
try:
    for i in range(3000):
        ledger.mark_sent(ledger.reserve("a", UNLIMITED, 1, now=3 + i / 1000, latest=10, lease=9))
        recorded += 1
except StoreUnavailable:
    pass
print(cache.get("k", 0) == entry, cache.info().kind, recorded < 3003, ledger.warning is not None)
resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
ledger.mark_sent(ledger.reserve("a", UNLIMITED, 1, now=7, latest=10, lease=9))
print(recorded + 1 <= ledger.used("a", UNLIMITED, 7) <= recorded + 2, ledger.warning)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="a limit on file sizes stands in for a full disk: POSIX only")
def test_on_a_full_disk_answers_go_on_in_memory_and_no_call_is_granted_until_there_is_room(
    tmp_path: Path,
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(tmp_path)], capture_output=True, text=True, check=False, timeout=120
    )
    assert done.stdout.split() == ["True", "sqlite", "True", "True", "True", "None"], done.stderr


def test_damage_that_shows_only_while_reading_is_set_aside_too(tmp_path: Path) -> None:
    path = tmp_path / "answers.sqlite3"
    file = tmp_path / "answers-2.sqlite3"
    first = SqliteCache(path)
    for i in range(50):
        first.put(f"k{i}", an_entry(random.Random(i).randbytes(5000)))
    first.close()
    whole = file.read_bytes()
    file.write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))
    cache = SqliteCache(path)
    assert cache.get("k0", NOON) is None
    cache.put("k", an_entry())
    assert cache.get("k", NOON) == an_entry()
    assert "unusable" in (cache.info().warning or "")
    cache.close()


def test_a_healthy_file_that_another_process_began_is_not_set_aside_for_the_damage_of_the_one_before(
    tmp_path: Path,
) -> None:
    path = tmp_path / "answers.sqlite3"
    file = tmp_path / "answers-2.sqlite3"
    first = SqliteCache(path)
    for i in range(50):
        first.put(f"k{i}", an_entry(random.Random(i).randbytes(5000)))
    first.close()
    whole = file.read_bytes()
    file.write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))
    one, other = SqliteCache(path), SqliteCache(path)  # as two processes that meet the same damage
    assert one.get("k0", NOON) is None
    one.put("paid for", an_entry())
    assert other.get("k0", NOON) is None
    assert other.get("paid for", NOON) == an_entry()
    assert len([name for name in tmp_path.iterdir() if ".aside-" in name.name and name.suffix[-1].isdigit()]) == 1
    one.close()
    other.close()


def test_a_file_that_another_process_holds_is_left_alone_and_used_again_later(tmp_path: Path) -> None:
    path = tmp_path / "answers.sqlite3"
    file = tmp_path / "answers-2.sqlite3"
    cache = SqliteCache(path, patience=0.05)
    cache.put("old", an_entry())
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    cache.put("new", an_entry(stored_at=NOON + 10_000))
    assert cache.get("new", NOON + 10_000) == an_entry(stored_at=NOON + 10_000), "from memory, until there is a chance"
    assert cache.get("old", NOON + 10_000) == an_entry(), "a read whose note of use is lost has its answer"
    other.execute("ROLLBACK")
    other.close()
    assert cache.info().unsaved == 1
    cache.put("newer", an_entry())
    assert (cache.info().kind, cache.info().unsaved) == ("sqlite", 0)
    cache.close()
