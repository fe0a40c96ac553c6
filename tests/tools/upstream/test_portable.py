"""Stored answers handed on as a file: whole, newer only, or refused."""

import base64
import gzip
import json
import zlib
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradestat_tools.upstream.portable import FORMAT, Imported, NotPortable, export_answers, import_answers
from tradestat_tools.upstream.request import Response
from tradestat_tools.upstream.sqlite import SqliteCache
from tradestat_tools.upstream.store import Entry

NOW = 1_800_000_000.0
KEYS = [f"{n:064x}" for n in range(40)]


def entry(body: bytes = b'{"v": 1}', at: float = NOW - 100, lasts: float = 1000, source: str = "shop") -> Entry:
    response = Response(200, {"content-type": "application/json", "x-kept": "한국"}, body)
    return Entry(source, "list", "https://shop.example/list?q=1", response, at, at + 10, at + 20, at + lasts)


@pytest.fixture
def cache() -> Generator[SqliteCache]:
    cache = SqliteCache(None)
    yield cache
    cache.close()


@pytest.fixture
def other() -> Generator[SqliteCache]:
    cache = SqliteCache(None)
    yield cache
    cache.close()


def zipped(content: bytes) -> bytes:
    """Without a time in its head: the bytes name test cases, and two processes must collect the same names."""
    return gzip.compress(content, mtime=0)


def lines(*parts: dict[str, Any]) -> bytes:
    return zipped("".join(json.dumps(part) + "\n" for part in parts).encode())


HEAD = {"format": FORMAT, "version": 1}
LINE = {
    "key": KEYS[1],
    "source": "shop",
    "endpoint": "list",
    "address": "https://shop.example/list",
    "status": 200,
    "headers": {"a": "b"},
    "times": [NOW - 5, NOW + 5, NOW + 10, NOW + 20],
    "body": base64.b64encode(b"{}").decode(),
}


def test_what_is_exported_is_what_is_imported(cache: SqliteCache, other: SqliteCache, tmp_path: Path) -> None:
    held = {KEYS[0]: entry(), KEYS[1]: entry(bytes(range(256)) * 5000, source="bank"), KEYS[2]: entry(b"")}
    for key, one in held.items():
        cache.put(key, one)
    assert export_answers(cache, tmp_path / "file") == 3
    assert import_answers(tmp_path / "file", other, NOW) == Imported(taken=3, not_newer=0, lapsed=0)
    assert dict(other.entries()) == held
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_an_answer_here_that_is_newer_or_as_new_stays(cache: SqliteCache, other: SqliteCache, tmp_path: Path) -> None:
    for number, (there, here) in enumerate([(NOW - 50, NOW - 40), (NOW - 50, NOW - 50), (NOW - 50, NOW - 60)]):
        cache.put(KEYS[number], entry(b"there", there))
        other.put(KEYS[number], entry(b"here", here))
    export_answers(cache, tmp_path / "file")
    assert import_answers(tmp_path / "file", other, NOW) == Imported(taken=1, not_newer=2, lapsed=0)
    bodies = [found.response.body for key in KEYS[:3] if (found := other.get(key, NOW))]
    assert bodies == [b"here", b"here", b"there"]


def test_an_answer_past_its_time_is_left_out(cache: SqliteCache, other: SqliteCache, tmp_path: Path) -> None:
    cache.put(KEYS[0], entry(lasts=50))
    export_answers(cache, tmp_path / "file")
    assert import_answers(tmp_path / "file", other, NOW) == Imported(taken=0, not_newer=0, lapsed=1)
    assert other.info().entries == 0


def test_an_empty_cache_makes_a_file_that_can_be_imported(
    cache: SqliteCache, other: SqliteCache, tmp_path: Path
) -> None:
    assert export_answers(cache, tmp_path / "file") == 0
    assert import_answers(tmp_path / "file", other, NOW) == Imported(0, 0, 0)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "ends too early"),
        (b"SQLite format 3\0", "not one that `cache export` wrote"),
        (zipped(b"hello\n"), "not one that `cache export` wrote"),
        (zipped(b"[1]\n"), "not one that `cache export` wrote"),
        (lines({"format": "other"}), "not one that `cache export` wrote"),
        (lines(HEAD | {"version": 2}), "of version 2, and this program reads version 1"),
        (lines(HEAD, LINE), "ends too early"),
        (lines(HEAD, LINE, {"end": 2}), "as many answers as it says"),
        (lines(HEAD, LINE, {"end": 1}, LINE), "as many answers as it says"),
        (lines(HEAD, LINE, LINE | {"key": "../etc/passwd"}, {"end": 2}), "damaged"),
        (lines(HEAD, LINE, LINE | {"body": "%%%"}, {"end": 2}), "damaged"),
        (lines(HEAD, LINE, LINE | {"status": "200"}, {"end": 2}), "damaged"),
        (lines(HEAD, LINE, LINE | {"headers": {"a": 1}}, {"end": 2}), "damaged"),
        (lines(HEAD, LINE, LINE | {"times": [1, 2, 3]}, {"end": 2}), "damaged"),
        (lines(HEAD, LINE, LINE | {"times": [1, 2, 3, float("inf")]}, {"end": 2}), "damaged"),
        (lines(HEAD, LINE, LINE | {"times": [4, 3, 2, 1]}, {"end": 2}), "damaged"),
        (lines(HEAD, LINE, {"key": KEYS[2]}, {"end": 2}), "damaged"),
        (lines(HEAD, LINE, LINE | {"times": [NOW + 9e5] * 4}, {"end": 2}), "from the future"),
    ],
)
def test_a_file_that_is_not_whole_and_sound_is_refused_and_nothing_is_taken(
    content: bytes, said: str, other: SqliteCache, tmp_path: Path
) -> None:
    (tmp_path / "file").write_bytes(content)
    with pytest.raises(NotPortable, match=said):
        import_answers(tmp_path / "file", other, NOW)
    assert other.info().entries == 0


def exported(count: int) -> bytes:
    return lines(HEAD, *(LINE | {"key": KEYS[n]} for n in range(count)), {"end": count})


@given(st.data())
def test_a_file_with_any_byte_changed_or_cut_off_is_never_half_taken(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    whole = exported(20)
    at = data.draw(st.integers(0, len(whole) - 1))
    changed = data.draw(st.sampled_from(["cut", "flip"]))
    content = whole[:at] if changed == "cut" else whole[:at] + bytes([whole[at] ^ 0x55]) + whole[at + 1 :]
    path = tmp_path_factory.mktemp("import") / "file"
    path.write_bytes(content)
    other = SqliteCache(None)
    try:
        try:
            import_answers(path, other, NOW)
        except NotPortable:
            assert other.info().entries == 0
        else:  # the head of a gzip file has bytes that mean nothing: the time and the system
            assert zlib.decompress(content, wbits=31) == zlib.decompress(whole, wbits=31)
            assert other.info().entries == 20
    finally:
        other.close()


def test_a_line_larger_than_any_answer_is_refused_unread(other: SqliteCache, tmp_path: Path) -> None:
    bomb = zlib.compressobj(9, wbits=31)
    with (tmp_path / "file").open("wb") as file:
        for _ in range(100):
            file.write(bomb.compress(b" " * 1024 * 1024))
        file.write(bomb.flush())
    assert (tmp_path / "file").stat().st_size < 200_000
    with pytest.raises(NotPortable, match="too large"):
        import_answers(tmp_path / "file", other, NOW)


def test_an_export_that_fails_leaves_the_older_file_as_it_was(cache: SqliteCache, tmp_path: Path) -> None:
    cache.put(KEYS[0], entry())
    (tmp_path / "file").write_bytes(b"older")
    (tmp_path / "file.part").mkdir()
    with pytest.raises(OSError, match="directory"):
        export_answers(cache, tmp_path / "file")
    assert (tmp_path / "file").read_bytes() == b"older"
