"""One SELECT over stored answers, in DuckDB within this process, which can reach nothing else.

DuckDB reads no file and no network once `enable_external_access` is off, and keeps that while its configuration is
locked. It does not bound everything: `repeat` of a billion characters went on for 11 s after it was interrupted, and
`range(1000000000)` took 20 GB under a limit of 256 MB (seen with 2.0.1, November 2026). So a statement is parsed first,
and only functions that give no more than they take are let through.
"""

import datetime
import json
import math
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from tradestat_tools.codes.words import clean, nearest
from tradestat_tools.contract.kept import literal, quoted
from tradestat_tools.model.answers import Cell
from tradestat_tools.model.errors import InvalidQuery, TooLarge

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MOST_CHARS = 4_000
SECONDS = 5.0
MEGABYTES = 256
MOST_ROWS = 10_000
MOST_RESULT_CHARS = 5_000_000
ROWS_AT_ONCE = 20_000

FIGURES = (
    "+ - * / // % ^ ** @ abs ceil ceiling floor round round_even trunc sign sqrt cbrt exp ln log log10 log2 pow power "
    "greatest least mod divide add subtract multiply isnan isinf isfinite nullif ifnull coalesce"
)
TEXTS = (
    "|| concat lower upper lcase ucase trim ltrim rtrim length len strlen substring substr left right contains prefix "
    "suffix starts_with ends_with ~~ !~~ ~~* !~~* regexp_matches regexp_full_match regexp_extract position strpos "
    "instr split_part reverse strip_accents"
)
SUMS = (
    "sum avg mean count count_star min max median mode stddev stddev_samp stddev_pop variance var_samp var_pop "
    "quantile_cont quantile_disc corr covar_samp covar_pop regr_slope regr_intercept regr_r2 arg_max arg_min max_by "
    "min_by first last any_value bool_and bool_or count_if product fsum kahan_sum sumkahan string_agg group_concat "
    "listagg approx_count_distinct skewness kurtosis"
)
WINDOWS = (
    "row_number rank dense_rank percent_rank cume_dist ntile lag lead first_value last_value nth_value fill rank_dense"
)
ALLOWED = frozenset(f"{FIGURES} {TEXTS} {SUMS} {WINDOWS}".split())
"""Functions by name. None gives more than it takes, but for `||` and `string_agg`, which are counted."""

SERIES = frozenset(("range", "generate_series"))
"""Functions that stand for a table; they give their rows one after another."""

GATHERING = frozenset(("string_agg", "group_concat", "listagg"))
JOINING = frozenset(("||", "concat"))
MOST_JOINED = 6

NODES = frozenset(("SELECT_NODE", "SET_OPERATION_NODE", "CTE_NODE"))
PLACES = frozenset(("BASE_TABLE", "JOIN", "SUBQUERY", "EMPTY", "EXPRESSION_LIST", "TABLE_FUNCTION", "COLUMN_DATA"))
KINDS = frozenset(
    {
        *("FUNCTION", "WINDOW", "COLUMN_REF", "CONSTANT", "STAR", "CASE", "BETWEEN", "COMPARISON", "CONJUNCTION"),
        *("CAST", "OPERATOR", "SUBQUERY", "TYPE"),
    }
)
REFUSED_OPERATORS = frozenset(("ARRAY_CONSTRUCTOR", "STRUCT_CONSTRUCTOR", "OPERATOR_TRY"))

Node = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class SqlTable:
    """A table that SQL sees: its name, columns and rows.

    Args:
        figures: the columns that hold figures even where all of them are missing.
        files: of rows that lie in files: each with the SELECT that reads it.
    """

    name: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[Cell, ...]]
    figures: frozenset[str] = frozenset()
    files: tuple[tuple[Path, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Computed:
    """What a statement gave.

    Args:
        more: whether there were more rows than are given.
    """

    columns: tuple[str, ...]
    rows: list[tuple[Cell, ...]]
    more: bool


class Database:
    """Tables in memory, and the files that their rows lie in, and nothing else. Blocks; a context manager.

    Args:
        tables: what SQL sees; names differ.
        seconds: after which a statement is ended.
    """

    def __init__(self, tables: Sequence[SqlTable], *, seconds: float = SECONDS) -> None:
        import duckdb  # noqa: PLC0415 - 65 MB that only those who compute need

        self._errors = duckdb.Error
        self._seconds = seconds
        self.tables = {table.name: table for table in tables}
        self._db: DuckDBPyConnection = duckdb.connect(
            ":memory:",
            config={
                "memory_limit": f"{MEGABYTES}MB",
                "threads": "1",
                "autoinstall_known_extensions": "false",
                "autoload_known_extensions": "false",
                "allow_community_extensions": "false",
            },
        )
        for table in tables:
            self._load(table)
        files = ", ".join(literal(str(path)) for table in tables for path, _ in table.files)
        for statement in (
            f"SET allowed_paths = [{files}]",
            "SET temp_directory = ''",
            "SET enable_external_access = false",
            "SET lock_configuration = true",
        ):
            self._db.execute(statement)

    def __enter__(self) -> "Database":
        return self

    def __exit__(self, *_: object) -> None:
        self._db.close()

    def read(self, sql: str) -> Node:
        """A statement as a tree, every part of it admitted.

        Raises:
            InvalidQuery: it is no one SELECT, or holds what is not admitted.
        """
        if len(sql) > MOST_CHARS:
            raise _refused(f"The statement has {len(sql):,} characters.", allowed=f"at most {MOST_CHARS:,}")
        (text,) = self._one("SELECT json_serialize_sql(?::VARCHAR)", [sql])
        tree: dict[str, Any] = json.loads(text)
        statements: list[dict[str, Any]] = tree.get("statements", [])
        if tree.get("error") or len(statements) != 1:
            said = tree.get("error_message", "") if "Only SELECT" not in tree.get("error_message", "") else ""
            raise _refused(
                f"That can not be read as SQL: {clean(said)}" if said else "That is not one SELECT.",
                allowed="one SELECT, in DuckDB's SQL; PIVOT, COPY, SET, ATTACH, PRAGMA and the like are not offered",
            )
        node: Node = statements[0]["node"]
        self._admit(node)
        return node

    def text_of(self, node: Node) -> str:
        """A tree as a statement again, without comments and what stood around it."""
        tree = json.dumps({"error": False, "statements": [{"node": node, "named_param_map": []}]})
        return str(self._one("SELECT json_deserialize_sql(?::JSON)", [tree])[0])

    def run(self, sql: str, *, most: int = MOST_ROWS) -> Computed:
        """What an admitted statement gives.

        Raises:
            InvalidQuery: DuckDB refuses it.
            TooLarge: it takes too long or too much memory.
        """
        overdue = threading.Timer(self._seconds, self._db.interrupt)
        overdue.start()
        try:
            cursor = self._db.execute(sql)
            columns = tuple(clean(str(column[0])) for column in cursor.description or ())
            rows: list[tuple[Cell, ...]] = []
            size = 0
            while len(rows) <= most and (some := cursor.fetchmany(1_000)):
                rows += [tuple(map(_plain, row)) for row in some]
                size += sum(len(cell) for row in rows[-len(some) :] for cell in row if isinstance(cell, str))
                if size > MOST_RESULT_CHARS:
                    raise TooLarge("The texts of the result are too long.", remedy="Select fewer columns or rows.")
        except self._errors as error:
            raise self._said(error) from None
        finally:
            overdue.cancel()
        return Computed(columns, rows[:most], len(rows) > most)

    def lists(self, sql: str) -> list[tuple[Any, ...]]:
        """The rows of a statement of our own over an admitted one, as DuckDB gives them. Raises as `run`."""
        overdue = threading.Timer(self._seconds, self._db.interrupt)
        overdue.start()
        try:
            return self._db.execute(sql).fetchall()
        except self._errors as error:
            raise self._said(error) from None
        finally:
            overdue.cancel()

    def texts_of(self, name: str) -> tuple[str, ...]:
        """The columns of texts of a table of ours."""
        held = self.lists(f"SELECT column_name, column_type FROM (DESCRIBE {name})")  # noqa: S608
        return tuple(str(column) for column, kind in held if kind == "VARCHAR")

    def _said(self, error: Exception) -> InvalidQuery | TooLarge:
        kind = type(error).__name__
        if kind in ("InterruptException", "OutOfMemoryException"):
            bound = f"{self._seconds:g} s" if kind == "InterruptException" else f"{MEGABYTES} MB"
            return TooLarge(
                f"The statement takes more than {bound}.",
                remedy="Join on columns instead of crossing whole tables, filter first, or ask for less at once.",
            )
        words = clean(str(error).partition("\n")[0])
        return _refused(f"DuckDB refuses it: {words}", allowed=self.described())

    def described(self) -> str:
        """Every table with its columns."""
        return "; ".join(f"{one.name}({', '.join(map(_short, one.columns))})" for one in self.tables.values())

    def _one(self, statement: str, values: Sequence[Any]) -> tuple[Any, ...]:
        return cast("tuple[Any, ...]", self._db.execute(statement, values).fetchone())

    def _load(self, table: SqlTable) -> None:
        if table.files:
            reads = [select for _, select in table.files]
            if table.rows:
                self._load(replace(table, name=f"{table.name}_in_memory", files=()))
                reads.append(f"SELECT * FROM {table.name}_in_memory")  # noqa: S608
            self._db.execute(f"CREATE VIEW {table.name} AS {' UNION ALL '.join(reads)}")
            return
        kinds = [
            kind_of([row[at] for row in table.rows], empty="DOUBLE" if column in table.figures else "VARCHAR")
            for at, column in enumerate(table.columns)
        ]
        named = [f"{quoted(name)} {kind}" for name, kind in zip(table.columns, kinds, strict=True)]
        self._db.execute(f"CREATE TABLE {table.name} ({', '.join(named)})")
        # Column by column: row by row took 80 times as long.
        lists = ", ".join(f"unnest(?::{kind}[])" for kind in kinds)
        for first in range(0, len(table.rows), ROWS_AT_ONCE):
            some = table.rows[first : first + ROWS_AT_ONCE]
            columns = [[_held(row[at], kind) for row in some] for at, kind in enumerate(kinds)]
            self._db.execute(f"INSERT INTO {table.name} SELECT {lists}", columns)

    def _admit(self, root: Node) -> None:
        known = {*self.tables, *(str(name).lower() for node in parts(root) for name in _named_here(node))}
        joined = gathered = 0
        for node in parts(root):
            kind, name = node.get("class"), str(node.get("function_name", "")).lower()
            what = str(node.get("type", ""))
            if kind is None and what.endswith("_NODE") and what not in NODES:
                raise _refused("Recursion is not offered." if "RECURSIVE" in what else f"{what} is not offered.")
            if kind is None and "alias" in node and "sample" in node and what not in PLACES:
                raise _refused(f"{what.replace('_', ' ').lower()} is not offered as a table.", allowed=self.described())
            if what == "BASE_TABLE":
                self._admit_table(node, known)
            elif what == "TABLE_FUNCTION":
                name = str(node["function"]["function_name"]).lower()
                if name not in SERIES:
                    raise _refused(f"{name} is no table here.", allowed=self.described())
            elif kind is not None and (kind not in KINDS or what in REFUSED_OPERATORS):
                raise _refused(f"{kind.lower()} is not offered.")
            elif kind in ("FUNCTION", "WINDOW") and not node.get("_of_table"):
                if name not in ALLOWED:
                    raise _refused(
                        f"The function {name} is not offered.",
                        allowed=" ".join(sorted(one for one in ALLOWED if one.isidentifier())),
                        near=nearest(name, sorted(ALLOWED)),
                    )
                joined += name in JOINING and max(1, len(node.get("arguments", ())) - 1)
                gathered += name in GATHERING
        if joined > MOST_JOINED or (joined and gathered):
            raise _refused(
                "So many texts are not put together.",
                allowed=f"at most {MOST_JOINED} times || or concat in a statement, and none beside string_agg",
            )

    def _admit_table(self, node: Node, known: set[str]) -> None:
        name = str(node["table_name"]).lower()
        if node.get("schema_name") or node.get("catalog_name") or name not in known:
            raise _refused(
                f"There is no table {clean(str(node['table_name']))}.",
                allowed=self.described(),
                near=nearest(name, sorted(self.tables)),
            )


def parts(node: Any) -> Iterator[Node]:
    """A tree's nodes, the outer ones first. The name of a function that stands for a table is no function."""
    if isinstance(node, dict):
        held = cast("dict[str, Any]", node)
        yield held
        for name, child in held.items():
            if name == "function" and held.get("type") == "TABLE_FUNCTION":
                yield from parts(child.get("arguments"))
            elif name != "literal":
                yield from parts(child)
    elif isinstance(node, list):
        for child in cast("list[Any]", node):
            yield from parts(child)


def kind_of(column: Sequence[Cell], *, empty: str = "VARCHAR") -> str:
    """The type that holds every cell of a column exactly; `empty` where there are none."""
    kinds = {type(cell) for cell in column if cell is not None}
    if not kinds:
        return empty
    if kinds <= {int, float}:
        whole = all(isinstance(cell, int) for cell in column if cell is not None)
        if whole:
            return "BIGINT" if all(-(2**63) <= (cell or 0) < 2**63 for cell in cast("list[int]", column)) else "DOUBLE"
        return "DOUBLE"
    return "VARCHAR"


def _held(cell: Cell, kind: str) -> Cell:
    if cell is None:
        return None
    return str(cell) if kind == "VARCHAR" else float(cell) if kind == "DOUBLE" else cell


def _named_here(node: Node) -> list[Any]:
    """The names that a WITH gives."""
    held = node.get("cte_map")
    return [one["key"] for one in cast("dict[str, Any]", held)["map"]] if isinstance(held, dict) else []


def _plain(value: Any) -> Cell:
    """A value as a cell; what is no number of the known kinds becomes text, and no number at all nothing."""
    if isinstance(value, Decimal):
        value = int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return value.isoformat() if isinstance(value, datetime.date | datetime.time) else str(value)


def _short(name: str) -> str:
    return name if name.isidentifier() and name.isascii() else quoted(name)


def _refused(message: str, *, allowed: str | None = None, near: Sequence[str] = ()) -> InvalidQuery:
    return InvalidQuery(message, argument="sql", allowed=allowed, nearest=near, remedy="Change the statement.")
