"""Answers under their handles: kept whole, found by equal answers, gone when their time is over."""

import json
import sqlite3
from collections.abc import Generator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradestat_tools.contract.results import KEPT_FOR, Results, read_handle
from tradestat_tools.model.answers import Answer, Cell, Data, Note, NoteCode, Provenance, State, Table
from tradestat_tools.model.arguments import ArgumentError
from tradestat_tools.upstream.request import Response
from tradestat_tools.upstream.sqlite import SqliteCache
from tradestat_tools.upstream.store import Cache, Entry, StoreUnavailable

pytestmark = pytest.mark.anyio

NOON = datetime(2026, 10, 5, 12, tzinfo=UTC)


class Sheet(Data):
    """Data that is one table."""

    columns: tuple[str, ...]
    rows: list[tuple[Cell, ...]]
    title: str = ""

    def tables(self) -> list[Table]:
        return [Table(self.columns, self.rows, self.title, measures=frozenset({"2024"}))]


BEEF = Sheet(columns=("partner", "2024"), rows=[("Brazil", 463753), ("India", None), ("中国", 0.1)])


def an_answer(data: Sheet = BEEF, state: State = "fresh", **changed: Any) -> Answer[Sheet]:
    told: dict[str, Any] = {
        "service": "Test Service",
        "endpoint": "beef",
        "address": "https://service.invalid/beef",
        "retrieved_at": NOON,
        "unit": "USD",
    }
    source = Provenance(state=state, **(told | changed))
    notes = [Note(code=NoteCode.ROUNDING, text="Rounded by the service.")]
    return Answer[Sheet](what="Imports of beef", data=data, source=source, notes=notes)


class Hand:
    """A clock in the hand of a test."""

    now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def hand() -> Hand:
    return Hand()


@pytest.fixture
def store() -> Generator[SqliteCache]:
    made = SqliteCache(None)
    yield made
    made.close()


@pytest.fixture
def results(store: SqliteCache, hand: Hand) -> Results:
    return Results(store, now=hand)


async def test_an_answer_comes_back_whole(results: Results) -> None:
    answer = an_answer()
    handle = await results.keep("beef", {"country": "UAE", "years": [2024]}, answer)
    assert handle is not None
    found = await results.find(handle)
    assert found is not None
    assert (found.handle, found.tool, found.arguments) == (handle, "beef", {"country": "UAE", "years": [2024]})
    assert found.what == answer.what
    assert found.tables == tuple(answer.data.tables())
    assert found.source == answer.source
    assert found.notes == tuple(answer.notes)
    assert found.structured == answer.structured()


cells = st.none() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=40)


@given(rows=st.lists(st.tuples(cells, cells), max_size=6), heads=st.tuples(st.text(max_size=9), st.text(max_size=9)))
def test_every_cell_comes_back_as_it_was(rows: list[tuple[Cell, ...]], heads: tuple[str, str]) -> None:
    import anyio  # noqa: PLC0415 - hypothesis runs plain functions

    async def there_and_back() -> None:
        store = SqliteCache(None)
        try:
            results = Results(store)
            handle = await results.keep("beef", {}, an_answer(Sheet(columns=heads, rows=rows)))
            found = await results.find(handle or "")
        finally:
            store.close()
        assert found is not None
        assert found.tables[0].columns == heads
        assert [[(type(cell), cell) for cell in row] for row in found.tables[0].rows] == [
            [(type(cell), cell) for cell in row] for row in rows
        ]

    anyio.run(there_and_back)


async def test_equal_answers_have_one_handle_however_they_were_come_by(results: Results) -> None:
    first = await results.keep("beef", {"country": "UAE"}, an_answer())
    again = await results.keep("beef", {"country": "784"}, an_answer(state="cached", calls=0, remaining_quota=5))
    assert first == again


async def test_what_differs_has_another_handle(results: Results) -> None:
    for other in [
        an_answer(Sheet(columns=BEEF.columns, rows=[("Brazil", 463754)])), an_answer(unit="thousand USD"),
        an_answer(retrieved_at=datetime(2026, 10, 6, tzinfo=UTC)), an_answer(state="sandbox"),
    ]:  # fmt: skip
        assert await results.keep("beef", {}, an_answer()) != await results.keep("beef", {}, other)


async def test_an_unknown_handle_finds_nothing(results: Results) -> None:
    assert await results.find("raaaaaaaaaa") is None


async def test_an_answer_is_gone_after_its_time_and_given_again_it_stays(results: Results, hand: Hand) -> None:
    handle = await results.keep("beef", {}, an_answer())
    assert handle is not None
    hand.now += KEPT_FOR - 1
    assert await results.find(handle) is not None
    assert await results.keep("beef", {}, an_answer()) == handle
    hand.now += KEPT_FOR - 1
    assert await results.find(handle) is not None
    hand.now += 2
    assert await results.find(handle) is None


async def test_results_outlive_the_process_and_the_oldest_go_first(tmp_path: Path, hand: Hand) -> None:
    def opened() -> SqliteCache:
        return SqliteCache(tmp_path / "results.sqlite3", bound=3_000)

    first = opened()
    handles: list[str] = []
    for n in range(12):
        hand.now += 1
        handle = await Results(first, now=hand).keep("beef", {}, an_answer(Sheet(columns=("n",), rows=[(n,)])))
        handles.append(handle or "")
    first.close()
    second = opened()
    there = [await Results(second, now=hand).find(handle) is not None for handle in handles]
    second.close()
    assert there[-1]
    assert not there[0]
    assert there == sorted(there)


async def test_where_nothing_can_be_written_results_are_kept_in_memory(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    store = SqliteCache(tmp_path / "file" / "results.sqlite3")
    try:
        handle = await Results(store).keep("beef", {}, an_answer())
        assert await Results(store).find(handle or "") is not None
        assert store.info().kind == "memory"
    finally:
        store.close()


async def test_a_result_in_another_format_is_as_good_as_none(results: Results, store: SqliteCache, hand: Hand) -> None:
    handle = await results.keep("beef", {}, an_answer())
    assert handle is not None
    entry = store.get(handle, hand.now)
    assert entry is not None
    later = json.loads(entry.response.body) | {"format": 0}
    store.put(handle, replace(entry, response=Response(200, {}, json.dumps(later).encode())))
    assert await results.find(handle) is None


class Unreachable(SqliteCache):
    """A store that other processes hold, or whose server is away."""

    def __init__(self) -> None:
        super().__init__(None)

    def get(self, key: str, now: float) -> None:
        raise StoreUnavailable("away")

    def put(self, key: str, entry: Entry) -> None:
        raise StoreUnavailable("away")


async def test_an_answer_that_can_not_be_kept_has_no_handle() -> None:
    away: Cache = Unreachable()
    try:
        assert await Results(away).keep("beef", {}, an_answer()) is None
        assert await Results(away).find("raaaaaaaaaa") is None
        assert await Results().keep("beef", {}, an_answer()) is None
    finally:
        away.close()


async def test_a_file_holds_what_was_asked_and_nothing_else_of_the_caller(tmp_path: Path) -> None:
    store = SqliteCache(tmp_path / "results.sqlite3")
    await Results(store).keep("beef", {"country": "UAE"}, an_answer())
    file = store.info().place
    store.close()
    with sqlite3.connect(file) as db:
        rows = db.execute("SELECT source, endpoint, address, headers FROM answers").fetchall()
    db.close()
    assert rows == [("beef", "beef", "https://service.invalid/beef", "{}")]


def test_a_handle_is_read_as_answers_write_it() -> None:
    for written in [
        "rk3v7q2m5xa", " RK3V7Q2M5XA ", "result rk3v7q2m5xa", "Result: rk3v7q2m5xa", "result=rk3v7q2m5xa",
        "rows result=rk3v7q2m5xa", 'rows(result="rk3v7q2m5xa"', '"rk3v7q2m5xa"',
    ]:  # fmt: skip
        assert read_handle(written) == "rk3v7q2m5xa"


def test_what_is_no_handle_is_refused_with_what_to_do() -> None:
    for written in ["", "result", "k3v7q2m5xa", "rk3v7q2m5xab", "rk3v7q2m5xa rk3v7q2m5xa", "r1111111111"]:
        with pytest.raises(ArgumentError, match="no handle") as caught:
            read_handle(written)
        assert "Copy it" in (caught.value.remedy or "")
