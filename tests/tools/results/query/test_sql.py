"""SQL over stored answers: what it computes, what it can not reach, and what it says must not be added."""

import math
import resource
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tradestat_tools.contract.kept import COMMON_COLUMNS
from tradestat_tools.model.answers import Cell, NoteCode
from tradestat_tools.model.errors import InvalidQuery, TooLarge
from tradestat_tools.results.query.overlap import overlaps
from tradestat_tools.results.query.sql import Database, SqlTable
from tradestat_tools.results.query.tables import COMMON, FIGURES

NAMES = {"0": "World", "410": "South Korea", "392": "Japan", "156": "China", "842": "United States"}


def figure(**given: Any) -> tuple[Cell, ...]:
    """A common row: China's exports of batteries to Korea in 2024, but for what is given."""
    usual: dict[str, Any] = {
        "reporter_code": "156", "partner_code": "410", "product": "850760", "flow": "X", "period": "2024", "value": 100,
        "unit": "USD", "valuation": "FOB", "status": "reported", "source": "comtrade", "result": "rk3v7q2m5xa",
    }  # fmt: skip
    row = {**usual, **given}
    row["reporter"], row["partner"] = NAMES[row["reporter_code"]], NAMES[row["partner_code"]]
    row["year"] = int(row["period"][:4])
    row["month"] = int(row["period"][5:]) if len(row["period"]) == 7 else None
    return tuple(row.get(name) for name in COMMON_COLUMNS)


def database(*rows: tuple[Cell, ...], seconds: float = 5.0) -> Database:
    shown = SqlTable("shown", ("partner", "2024", "Share %"), [("World", 300, 100.0), ("Japan", 200, 66.7)])
    return Database([SqlTable(COMMON, COMMON_COLUMNS, rows or (figure(),), FIGURES), shown], seconds=seconds)


def run(db: Database, sql: str) -> list[tuple[Cell, ...]]:
    return db.run(db.text_of(db.read(sql))).rows


def said(sql: str, *rows: tuple[Cell, ...]) -> list[str]:
    with database(*rows) as db:
        notes = overlaps(db, db.read(sql))
    assert {note.code for note in notes} <= {NoteCode.DOUBLE_COUNTING, NoteCode.VALUATION}
    return [note.text for note in notes]


def test_a_statement_over_common_rows_and_the_table_as_it_was_shown_is_computed_exactly() -> None:
    large = 2**53 + 1
    with database(figure(value=large), figure(partner_code="392", value=1), figure(period="2023", value=None)) as db:
        assert run(db, "SELECT sum(value) FROM common") == [(large + 1,)]
        assert run(db, "SELECT partner, value FROM common WHERE year = 2024 ORDER BY value; -- the end") == [
            ("Japan", 1),
            ("South Korea", large),
        ]
        assert run(db, "SELECT count(*), count(value) FROM common") == [(3, 2)]
        assert run(db, 'SELECT partner, "Share %" FROM shown WHERE "2024" < 300') == [("Japan", 66.7)]
        assert run(db, "SELECT rank() OVER (ORDER BY value DESC) AS place FROM common WHERE value > 0 ORDER BY 1") == [
            (1,),
            (2,),
        ]
        assert run(db, "SELECT 1.0 / 0, 1 / 3.0 > 0.33") == [(None, True)]


ATTACKS = [
    # files
    "SELECT * FROM read_csv('/etc/passwd')", "SELECT * FROM '/etc/passwd'", "SELECT * FROM 'x.parquet'",
    "SELECT * FROM read_text('/etc/passwd')", "SELECT * FROM glob('/*')", "SELECT read_blob('/etc/passwd')",
    "SELECT * FROM sniff_csv('/etc/passwd')", "SELECT * FROM parquet_metadata('x')", "COPY common TO '/tmp/x.csv'",
    "COPY common FROM '/etc/passwd'", "EXPORT DATABASE '/tmp/x'", "IMPORT DATABASE '/tmp/x'",
    # network and extensions
    "SELECT * FROM 'http://127.0.0.1:1/x.csv'", "SELECT * FROM read_csv('https://service.invalid/x.csv')",
    "INSTALL httpfs", "LOAD httpfs", "FORCE INSTALL spatial", "SELECT * FROM sqlite_scan('a', 'b')",
    "SELECT * FROM postgres_query('a', 'b')",
    # other databases, secrets and settings
    "ATTACH '/tmp/other.db'", "ATTACH ':memory:' AS other", "USE memory", "DETACH memory",
    "CREATE SECRET s (TYPE s3)", "SELECT * FROM duckdb_secrets()", "SET memory_limit = '100GB'",
    "RESET lock_configuration", "PRAGMA enable_external_access = true", "PRAGMA database_list",
    "SELECT current_setting('home_directory')", "SELECT * FROM duckdb_settings()", "SELECT getenv('HOME')",
    "SELECT * FROM pragma_database_list()", "SELECT * FROM information_schema.tables", "SELECT * FROM sqlite_master",
    "SELECT * FROM duckdb_logs", "SHOW TABLES", "DESCRIBE common", "SUMMARIZE common", "SELECT getvariable('x')",
    # writing
    "CREATE TABLE x (a INT)", "CREATE MACRO sum(a) AS 1", "INSERT INTO common SELECT * FROM common",
    "DELETE FROM common", "UPDATE common SET value = 0", "DROP TABLE common", "ALTER TABLE common ADD COLUMN a INT",
    "CALL pragma_version()", "PREPARE p AS SELECT 1", "EXECUTE p", "EXPLAIN SELECT 1", "EXPLAIN ANALYZE SELECT 1",
    "BEGIN", "CHECKPOINT", "VACUUM",
    # statements in statements
    "SELECT 1; SELECT 2", "SELECT * FROM query('SELECT 1')", "SELECT * FROM query_table('common')",
    "SELECT json_execute_serialized_sql('{}')", "SELECT * FROM json_execute_serialized_sql('{}')", "",
    "SELECT", "-- nothing", "PIVOT common ON partner USING sum(value)", "x" * 5_000,
    # more than they take
    "SELECT repeat('x', 1000000000)", "SELECT range(1000000000)", "SELECT generate_series(1, 1000000000)",
    "SELECT lpad('x', 1000000000, 'y')", "SELECT rpad('x', 1000000000, 'y')", "SELECT list(value) FROM common",
    "SELECT array_agg(value) FROM common", "SELECT printf('%1000000000d', 1)", "SELECT format('{:1000000000}', 1)",
    "SELECT [value, value] FROM common", "SELECT {'a': value} FROM common", "SELECT unnest([1, 2])",
    "SELECT list_transform([1], lambda x: x)", "SELECT regexp_replace('aaa', 'a', 'aaaaaaaa', 'g')",
    "SELECT replace('aaa', 'a', 'aaaaaaaa')", "SELECT bar(1, 0, 1, 1000000000)", "SELECT sleep_ms(100000)",
    f"SELECT {'||'.join(['partner'] * 20)} FROM common",  # noqa: S608 - our own words
    "WITH a AS (SELECT string_agg(partner, '') AS s FROM common) SELECT s || s FROM a",
    "WITH RECURSIVE t AS (SELECT 1 AS a UNION ALL SELECT a + 1 FROM t) SELECT count(*) FROM t",
    "SELECT * FROM common, LATERAL (SELECT repeat(partner, 1000000))",
]  # fmt: skip


def test_nothing_but_the_answers_is_reached_and_nothing_is_written() -> None:
    with database() as db:
        for attack in ATTACKS:
            with pytest.raises(InvalidQuery) as refused:
                db.run(db.text_of(db.read(attack)))
            assert refused.value.argument == "sql", attack
            assert "root:" not in str(refused.value.as_dict()), attack
        assert run(db, "SELECT count(*), sum(value) FROM common") == [(1, 100)]


def test_behind_the_parser_duckdb_itself_is_shut() -> None:
    """The parser is one wall; this is the other, for what it may let through one day."""
    with database() as db:
        for attack in [
            "SELECT * FROM read_csv('/etc/passwd')", "COPY common TO '/tmp/tradestat-attack.csv'",
            "SELECT * FROM glob('/*')", "ATTACH '/tmp/tradestat-attack.db'", "INSTALL httpfs",
            "SET memory_limit = '100GB'", "SELECT * FROM 'http://127.0.0.1:1/x.csv'",
            "SET enable_external_access = true",
        ]:  # fmt: skip
            with pytest.raises(InvalidQuery):
                db.run(attack)


@pytest.mark.slow
def test_what_takes_too_long_or_too_much_memory_is_ended_in_bounds() -> None:
    rows = [figure(period=f"{2000 + n % 25}", value=n) for n in range(50_000)]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with database(*rows, seconds=1.0) as db:
        for attack in [
            "SELECT count(*) FROM common a, common b, common c",
            "SELECT a.value FROM common a, common b ORDER BY a.value * b.value",
            "SELECT DISTINCT a.value * b.value FROM common a, common b",
            "SELECT count(*) FROM range(100000000000)",
            "SELECT range FROM range(1000000000) ORDER BY range DESC",
            "SELECT string_agg(a.partner, ',') FROM common a, common b",
            "SELECT sum(a.value) OVER (ORDER BY b.value) FROM common a, common b",
            "SELECT count(*) FROM common a, common b WHERE a.partner LIKE '%e%_%e%_%e%_%x' OR a.value > b.value",
        ]:
            began = time.monotonic()
            with pytest.raises(TooLarge):
                run(db, attack)
            assert time.monotonic() - began < 8, attack
        assert run(db, "SELECT count(*) FROM common") == [(50_000,)]
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    assert grown < 600, f"{grown:.0f} MB"


def test_more_rows_than_are_kept_are_cut_and_said() -> None:
    with database() as db:
        computed = db.run(db.text_of(db.read("SELECT * FROM range(100)")), most=10)
    assert (len(computed.rows), computed.more) == (10, True)


@st.composite
def some_rows(draw: st.DrawFn) -> list[tuple[Cell, ...]]:
    values = st.none() | st.integers(-(2**60), 2**60) | st.floats(-1e12, 1e12, allow_nan=False)
    return [
        figure(
            partner_code=draw(st.sampled_from(["410", "392", "842"])),
            period=str(draw(st.integers(2020, 2024))),
            value=draw(values),
        )
        for _ in range(draw(st.integers(1, 40)))
    ]


@settings(deadline=None, max_examples=150)
@given(some_rows(), st.integers(2020, 2024))
@pytest.mark.slow
def test_sums_are_equal_to_those_of_python(rows: list[tuple[Cell, ...]], since: int) -> None:
    """By either column, in each of four ways: opening a database takes longer than what is asked of it."""
    value, year = (COMMON_COLUMNS.index(name) for name in ("value", "year"))
    exactly = all(isinstance(row[value], int | None) for row in rows)
    with database(*rows) as db:
        for by in ("partner", "year"):
            groups: dict[Any, list[Any]] = {}
            for row in rows:
                if int(str(row[year])) >= since:
                    groups.setdefault(row[COMMON_COLUMNS.index(by)], []).append(row[value])
            for how in ("sum", "min", "max", "count"):
                sql = f"SELECT {by}, {how}(value) FROM common WHERE year >= {since} GROUP BY {by}"  # noqa: S608
                found = {row[0]: row[1] for row in run(db, sql)}
                assert found == {group: computed(how, values, exactly=exactly) for group, values in groups.items()}


def computed(how: str, values: list[Any], *, exactly: bool) -> Any:
    known = [one for one in values if one is not None]
    if how == "count":
        return len(known)
    if not known:
        return None
    if exactly:
        return {"sum": sum, "min": min, "max": max}[how](known)
    wanted = {"sum": math.fsum, "min": min, "max": max}[how](known)
    return pytest.approx(wanted, rel=1e-12, abs=1e-12 * math.fsum(map(abs, known)))


def test_a_total_beside_its_parts_is_not_added_without_a_word() -> None:
    world = figure(partner_code="0", value=500)
    rows = (world, figure(), figure(partner_code="392"))
    (text,) = said("SELECT sum(value) FROM common", *rows)
    assert text == (
        "The sum holds World and single partners: leave one out with WHERE partner <> 'World', or GROUP BY partner."
    )
    assert said("SELECT year, avg(value) FROM common GROUP BY ALL", *rows) == [text]
    assert said("SELECT y, sum(value) FROM (SELECT year AS y, value, partner FROM common) GROUP BY y", *rows) == []
    assert said("WITH a AS (SELECT period, sum(value) AS s FROM common GROUP BY period) SELECT s FROM a", *rows) == [
        text
    ]
    for fine in [
        "SELECT sum(value) FROM common WHERE partner <> 'World'",
        "SELECT sum(value) FROM common WHERE partner_code = '0'",
        "SELECT partner, sum(value) FROM common GROUP BY partner",
        "SELECT partner AS p, sum(value) FROM common GROUP BY p",
        "SELECT partner, sum(value) FROM common GROUP BY 1",
        "SELECT max(value) FROM common",
        "SELECT value FROM common",
    ]:
        assert said(fine, *rows) == [], fine


def test_codes_within_codes_flows_periods_sources_and_valuations_are_told_apart() -> None:
    apart: list[tuple[dict[str, Any], str]] = [
        ({"product": "8507"}, "8507 and 850760"), ({"product": "TOTAL"}, "TOTAL and 850760"),
        ({"flow": "RX"}, "re-exports"), ({"flow": "M", "valuation": "CIF"}, "exports and imports"),
        ({"period": "2024-03"}, "years and parts"), ({"source": "korea"}, "several sources"),
        ({"valuation": "CIF"}, "FOB and CIF"), ({"reporter_code": "0"}, "World and single reporters"),
    ]  # fmt: skip
    for other, words in apart:
        texts = said("SELECT sum(value) FROM common", figure(), figure(**other))
        assert any(words in text for text in texts), (other, texts)
        assert said("SELECT sum(value) FROM common", figure(), figure(partner_code="392")) == []


def test_different_units_of_money_are_never_added() -> None:
    rows = (figure(), figure(unit="CNY", source="doumaotong"))
    with pytest.raises(InvalidQuery, match="CNY and USD"):
        said("SELECT sum(value) FROM common", *rows)
    assert said("SELECT unit, sum(value) FROM common GROUP BY unit", *rows) == []
    assert said("SELECT sum(value) FROM common WHERE unit = 'USD'", *rows) == []


def test_a_total_in_a_table_as_it_was_shown_is_seen_too() -> None:
    assert said('SELECT sum("2024") FROM shown') == [
        "The sum holds World and other rows of partner: leave one out in WHERE."
    ]
    assert said("""SELECT sum("2024") FROM shown WHERE partner <> 'World'""") == []
