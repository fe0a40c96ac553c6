"""Files of many rows: where their rows are, who reads them there, and what is left when it goes wrong."""

import csv
import json
import os
import signal
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from tests.support import bulk
from tests.support.disks import NoDisk, a_disk
from tests.tools.conftest import told
from tradestat_tools.catalogue import catalogue
from tradestat_tools.contract.context import Context
from tradestat_tools.contract.kept import LEFT_AFTER, MAKING, KeptRows, Tables
from tradestat_tools.model.errors import InvalidQuery, NoData
from tradestat_tools.model.file_layout import Said
from tradestat_tools.open import in_memory, open_context
from tradestat_tools.results.imports.reading import read_file
from tradestat_tools.upstream.http import Http

if TYPE_CHECKING:
    from conftest import Reader

ROOT = Path(__file__).parents[4]
NOW = datetime(2026, 10, 20, 12, 0, tzinfo=UTC)
ROWS = 1_000
pytestmark = [pytest.mark.anyio, pytest.mark.slow]  # large files

Lines = Callable[..., str]


@asynccontextmanager
async def context_in(folder: Path) -> AsyncGenerator[Context]:
    chosen = {"import_dir": folder, "export_dir": folder / "exports"}
    http = Http()
    try:
        async with in_memory(http, catalogue().settings().model_copy(update=chosen), lambda: NOW) as context:
            yield context
    finally:
        await http.aclose()


async def query(context: Context, handle: str | None, **asked: Any) -> Any:
    return (await context.call("query", {"result": [handle], **asked})).data


async def test_a_large_file_comes_back_as_a_summary_and_its_first_rows_and_query_reads_all(tmp_path: Path) -> None:
    bulk.write(tmp_path / "bulk.csv", ROWS)
    made = list(bulk.rows(ROWS))
    value = bulk.HEAD.index("primaryValue")
    async with context_in(tmp_path) as context:
        answer = await context.call("import_file", {"file": "bulk.csv"})
        assert (len(answer.data.rows), answer.data.kept.rows) == (100, ROWS)
        assert len(json.dumps(answer.structured())) < 40_000
        sums = {one.flow: (one.figures, one.sum) for one in answer.data.sums}
        expected: dict[str, list[float]] = defaultdict(list)
        for row in made:
            expected[str(row[9])].append(float(str(row[value])))
        assert sums == {flow: (len(found), sum(found)) for flow, found in expected.items()}

        asked = {"sql": "SELECT flow, sum(value) AS v FROM common GROUP BY flow ORDER BY flow"}
        assert dict((await query(context, answer.result, **asked)).rows) == {
            flow: sum(found) for flow, found in expected.items()
        }
        page = await query(context, answer.result, offset=ROWS - 2, limit=10, columns=["cmdCode", "primaryValue"])
        assert page.rows == [[row[20], row[value]] for row in made[-2:]]
        wanted = ["flowCode=x", "primaryValue>=3000", "partnerDesc~land", "netWgt!=7"]
        found = await query(context, answer.result, filter=wanted, sort="-primaryValue", limit=3)
        meant = [
            row
            for row in made
            if row[9] == "X" and float(str(row[value])) >= 3000 and "land" in str(row[13]).lower() and row[38] != 7
        ]
        assert found.total == len(meant)
        assert [row[found.columns.index("primaryValue")] for row in found.rows] == sorted(
            (float(str(row[value])) for row in meant), reverse=True
        )[:3]


@pytest.mark.parametrize("kind", ["csv", "parquet", "json", "xlsx", "markdown", "html"])
async def test_a_large_file_is_exported_whole_and_cell_for_cell(tmp_path: Path, kind: str) -> None:
    bulk.write(tmp_path / "bulk.csv", ROWS)
    async with context_in(tmp_path) as context:
        answer = await context.call("import_file", {"file": "bulk.csv"})
        stored = await context.results.find(answer.result or "")
        assert stored is not None
        table = stored.tables[0]
        assert isinstance(table.rows, KeptRows)
        asked = {"result": [answer.result], "format": kind, "table": "1"}
        (file, *_) = (await context.call("export_data", asked)).data.files
        assert file.rows == ROWS
        hold_against(table.columns, [list(row) for row in table.rows], Path(file.path), kind)


def hold_against(columns: tuple[str, ...], rows: list[list[Any]], path: Path, kind: str) -> None:
    """An exported file, cell for cell."""
    if kind == "csv":
        head, *found = csv.reader(path.read_text(encoding="utf-8-sig").splitlines())
        assert head == list(columns)
        assert found == [["" if cell is None else str(cell) for cell in row] for row in rows]
    elif kind == "parquet":
        read = duckdb.connect().execute("SELECT * FROM read_parquet(?)", [str(path)])
        assert [column[0] for column in read.description or ()] == list(columns)
        assert [list(row) for row in read.fetchall()] == rows
    elif kind == "json":
        assert json.loads(path.read_text(encoding="utf-8"))["results"][0]["tables"][0]["rows"] == rows
    else:
        assert path.stat().st_size > 10_000


async def test_a_parquet_file_gives_the_same_rows_and_figures_as_a_csv_file(tmp_path: Path) -> None:
    bulk.write(tmp_path / "bulk.csv", ROWS)
    read = f"read_csv('{tmp_path / 'bulk.csv'}', types = {{'cmdCode': 'VARCHAR', 'customsCode': 'VARCHAR'}})"
    duckdb.connect().execute(f"COPY (SELECT * FROM {read}) TO '{tmp_path / 'bulk.parquet'}'")  # noqa: S608
    async with context_in(tmp_path) as context:
        text = await context.call("import_file", {"file": "bulk.csv"})
        packed = await context.call("import_file", {"file": "bulk.parquet"})
        assert packed.data.encoding == "parquet"
        assert list(packed.data.figures()) == list(text.data.figures())
        assert packed.data.rows[0][-1] == text.data.rows[0][-1]
        (tmp_path / "bad.parquet").write_bytes(b"PAR1 and no more")
        with pytest.raises(InvalidQuery, match="no sound Parquet file"):
            await context.call("import_file", {"file": "bad.parquet"})
        duckdb.connect().execute(f"COPY (SELECT 1 AS a, 2 AS b) TO '{tmp_path / 'other.parquet'}'")
        with pytest.raises(InvalidQuery, match="no header known here"):
            await context.call("import_file", {"file": "other.parquet"})


def test_a_parquet_file_is_read_a_column_at_a_time_as_it_is_row_by_row(tmp_path: Path) -> None:
    bulk.write(tmp_path / "bulk.csv", ROWS)
    read = f"read_csv('{tmp_path / 'bulk.csv'}', types = {{'cmdCode': 'VARCHAR', 'cifvalue': 'FLOAT'}})"
    duckdb.connect().execute(f"COPY (SELECT * FROM {read}) TO '{tmp_path / 'bulk.parquet'}'")  # noqa: S608
    how: dict[str, Any] = {"layouts": catalogue().files, "layout": None, "encoding": None, "said": Said()}
    with (tmp_path / "bulk.parquet").open("rb") as file:
        by_row = read_file(file, "bulk.parquet", into=Tables(), bulk_from=2**40, **how)
        by_column = read_file(file, "bulk.parquet", into=Tables(), bulk_from=0, **how)
    assert (by_row.in_bulk, by_column.in_bulk) == (False, True)
    assert told(by_column) == told(by_row)


async def test_the_provinces_of_a_file_of_china_customs_are_kept_and_summed_by_query(
    tmp_path: Path, lines: Lines
) -> None:
    head = "数据年月,商品编码,贸易伙伴编码,注册地编码,注册地名称,美元"
    rows = [
        f"202401,{85070000 + at},116,{11 + at % 3},{['北京市', '天津市', '河北省'][at % 3]},{at}" for at in range(300)
    ]
    (tmp_path / "china.csv").write_bytes(lines(head, *rows).encode("gb18030"))
    async with context_in(tmp_path) as context:
        answer = await context.call("import_file", {"file": "china.csv", "flow": "exports"})
        sql = 'SELECT "注册地名称", sum("美元") FROM shown GROUP BY ALL ORDER BY 2'
        found = await query(context, answer.result, sql=sql)
        assert found.rows == [["北京市", 14850], ["天津市", 14950], ["河北省", 15050]]


async def test_a_statement_reads_the_file_of_its_answer_and_no_other(tmp_path: Path) -> None:
    from tradestat_tools.results.query.sql import Database, SqlTable  # noqa: PLC0415

    bulk.write(tmp_path / "bulk.csv", 200)
    async with context_in(tmp_path) as context:
        answer = await context.call("import_file", {"file": "bulk.csv"})
        stored = await context.results.find(answer.result or "")
        assert stored is not None
        rows = stored.tables[0].rows
        assert isinstance(rows, KeptRows)
        other = rows.path.with_name("other.parquet")
        duckdb.connect().execute(f"COPY (SELECT 1 AS secret) TO '{other}'")
        held = SqlTable("shown", rows.columns, (), frozenset(), ((rows.path, rows.as_shown(rows.columns)),))
        with Database([held]) as db:
            assert db.lists("SELECT count(*) FROM shown") == [(200,)]
            for path in (other, rows.path.parent / "*", f"{rows.path.parent}/x/../{other.name}", tmp_path / "bulk.csv"):
                for attack in (f"FROM read_parquet('{path}')", f"FROM read_text('{path}')"):
                    with pytest.raises(InvalidQuery, match=r"file system operations are|Permission|Cannot access"):
                        db.lists(attack)  # past what is admitted: DuckDB itself refuses
                    with pytest.raises(InvalidQuery):
                        db.read(attack)
            for attack in (f"COPY shown TO '{rows.path}'", f"COPY shown TO '{tmp_path / 'out.csv'}'"):
                with pytest.raises(InvalidQuery):
                    db.lists(attack)
            with pytest.raises(InvalidQuery, match="locked"):
                db.lists(f"SET allowed_paths = ['{other}']")
        with pytest.raises(InvalidQuery):
            await query(context, answer.result, sql=f"FROM read_parquet('{rows.path}')")


async def test_rows_that_are_gone_are_told_and_come_back_under_the_same_handle(tmp_path: Path) -> None:
    bulk.write(tmp_path / "bulk.csv", 200)
    async with context_in(tmp_path) as context:
        first = await context.call("import_file", {"file": "bulk.csv"})
        context.results.tables.clear()
        with pytest.raises(NoData, match="not on this machine, or no longer") as caught:
            await query(context, first.result)
        assert "import_file again" in caught.value.remedy
        again = await context.call("import_file", {"file": "bulk.csv"})
        assert again.result == first.result
        assert (await query(context, first.result)).total == 200


async def test_a_file_that_an_older_version_stored_is_still_shown_and_says_to_import_it_again(tmp_path: Path) -> None:
    bulk.write(tmp_path / "bulk.csv", 5)
    async with context_in(tmp_path) as context:
        answer = await context.call("import_file", {"file": "bulk.csv"})
        older = answer.model_copy(update={"data": answer.data.model_copy(update={"kept": None})})
        handle = await context.results.keep("import_file", {}, older)
        assert handle != answer.result
        assert (await query(context, handle, table="1")).total == 5
        with pytest.raises(NoData, match="older version") as caught:
            await query(context, handle, sql="SELECT sum(value) FROM common")
        assert "import_file again" in caught.value.remedy


CHINA = "数据年月,商品编码,贸易伙伴编码,贸易伙伴名称,贸易方式编码,第一数量,第一计量单位,美元,"
OF_CHINA = '"202401"\t,"85076000",116,"日本",{mode},"1,{at:03}",千克,"{at}.5",'
TRADE = "period,reporterCode,flowCode,partnerCode,classificationCode,cmdCode,cmdDesc,primaryValue"
OF_TRADE = '2024,156,X,{at},H6,850760,{text},"1,{at:03}"'


def test_a_sound_file_is_read_a_column_at_a_time_and_what_only_python_reads_right_row_by_row(
    read: "Reader", lines: Lines
) -> None:
    def in_bulk(text: str, encoding: str = "utf-8", **said: Any) -> bool:
        read.whole(text.encode(encoding), **said)  # both ways give the same
        how: dict[str, Any] = {"layout": None, "encoding": None, "layouts": catalogue().files, "said": Said(**said)}
        return read.in_bulk(text.encode(encoding), **how).in_bulk

    china = [OF_CHINA.format(mode=10 + at % 2, at=at) for at in range(40, 42)]
    for encoding in ("gb18030", "utf-8", "utf-8-sig"):
        assert in_bulk(lines(CHINA, *china), encoding, flow="X")
    assert not in_bulk(lines(CHINA, *china, '202401,合计,116,日本,10,,,"81.0",'), "gb18030", flow="X")
    sound = lines(TRADE, *(OF_TRADE.format(at=at, text='"a ""b"", c"') for at in (410, 842)))
    assert in_bulk(sound)
    assert in_bulk(sound.replace("\r\n", "\n").replace("850760", " 850760 ").replace("842", "008"))
    assert in_bulk(lines("sep=,") + sound)
    assert not in_bulk(lines(TRADE, OF_TRADE.format(at=410, text=' "b"')))  # which DuckDB takes for "b"
    assert not in_bulk(lines("기간,국가,수출 금액(달러)", "202401,미국,5"))


def test_the_least_recently_used_tables_go_where_they_take_too_much_room(tmp_path: Path) -> None:
    tables = Tables(tmp_path, bound=250)
    for at, name in enumerate("abc"):
        with tables.making() as folder:
            (folder / "made").write_bytes(bytes(100))
            tables.keep({f"{name}.parquet": folder / "made"})
        os.utime(tmp_path / f"{name}.parquet", (at, at))
        if name == "b":
            tables.path("a.parquet")  # is used again
    assert sorted(one.name for one in tmp_path.iterdir()) == ["a.parquet", "c.parquet"]


@pytest.mark.skipif(sys.platform != "linux", reason="kills a process as Linux does")
def test_a_killed_import_leaves_nothing_half_read(tmp_path: Path) -> None:
    bulk.write(tmp_path / "bulk.csv", 60_000)
    env = {**os.environ, "TRADESTAT_CACHE_DIR": str(tmp_path / "cache"), "TRADESTAT_IMPORT_DIR": str(tmp_path)}
    command = [sys.executable, "-m", "tradestat_server", "call", "import_file", "file=bulk.csv"]
    process = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    tables = tmp_path / "cache" / "tables"
    until = time.monotonic() + 60
    while not any(tables.glob(f"{MAKING}*/raw-rows.parquet")) and process.poll() is None and time.monotonic() < until:
        os.sched_yield()
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    (left,) = tables.iterdir()
    assert left.name.startswith(MAKING), "nothing has the name of a table"
    for one in (left, *left.iterdir()):
        os.utime(one, (time.time() - LEFT_AFTER - 60, time.time() - LEFT_AFTER - 60))
    with Tables(tables).making():
        assert not left.exists()


async def test_a_full_disk_is_told_and_nothing_is_left_on_it(tmp_path: Path) -> None:
    bulk.write(tmp_path / "bulk.csv", 2_000)
    try:
        with a_disk(tmp_path / "cache" / "tables") as disk:
            disk.fill()
            settings = (
                catalogue().settings().model_copy(update={"import_dir": tmp_path, "cache_dir": tmp_path / "cache"})
            )
            async with open_context(settings) as context:
                with pytest.raises(InvalidQuery, match=r"can not be kept in .*No space left") as caught:
                    await context.call("import_file", {"file": "bulk.csv"})
                assert "TRADESTAT_CACHE_DIR" in caught.value.remedy
                assert [one.name for one in disk.folder.iterdir()] == ["filler"]
                disk.empty()
                assert (await context.call("import_file", {"file": "bulk.csv"})).data.kept.rows == 2_000
    except NoDisk as error:
        pytest.skip(str(error))


@pytest.mark.skipif(sys.platform != "linux", reason="reads the peak of memory from /proc")
def test_two_hundred_thousand_rows_are_imported_asked_and_exported_within_300_mb(tmp_path: Path) -> None:
    path = os.pathsep.join(str(ROOT / one) for one in (".", "tools", "server"))
    ran = subprocess.run(
        [sys.executable, "-m", "tests.support.bulk", "200000", str(tmp_path)],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    took = json.loads(ran.stdout)
    values: defaultdict[str, float] = defaultdict(float)
    for row in bulk.rows(200_000):
        values[str(row[9])] += float(str(row[43]))
    assert took["sums"] == [[flow, values[flow], 100_000] for flow in ("M", "X")]
    assert (took["rows"], took["exported"], took["page"], took["of"]) == (200_000, 200_000, 100, 100_000)
    assert took["series"]["values"] == [1407.25]
    assert took["peak"] < 300
