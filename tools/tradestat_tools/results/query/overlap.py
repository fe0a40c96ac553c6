"""What a statement adds up that must not be added: totals beside parts, one thing twice, different units."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

from tradestat_tools.codes.words import fold
from tradestat_tools.model.answers import Note, NoteCode
from tradestat_tools.model.errors import InvalidQuery, TradestatError
from tradestat_tools.results.query.sql import Database, Node, parts
from tradestat_tools.results.query.tables import COMMON

ADDING = frozenset(("sum", "avg", "mean", "fsum", "kahan_sum", "sumkahan", "product"))
MOST_GROUPS = 2_000

DIMENSIONS = ("partner_code", "reporter_code", "product", "flow", "period", "unit", "valuation", "source")
TOTALS = frozenset(
    map(fold, ("World", "All partners", "All countries", "Total", "TOTAL", "All products", "总计", "合计", "총계"))
)
"""How rows that hold all the others are named, folded."""


def overlaps(db: Database, root: Node) -> list[Note]:
    """Notes on what an admitted statement adds up that overlaps.

    Looked at for each SELECT with a sum over one table of ours, within its WHERE and its groups. Where a statement is
    of another form, such as a join, nothing is said.

    Raises:
        InvalidQuery: it adds up different units of money.
    """
    found: dict[str, Note] = {}
    for node in parts(root):
        table: Node = node.get("from_table") or {}
        if node.get("type") != "SELECT_NODE" or table.get("type") != "BASE_TABLE":
            continue
        name = str(table["table_name"]).lower()
        if name in db.tables and any(_adds(item) for item in node["select_list"]):
            dimensions = DIMENSIONS if name == COMMON else _texts(db, name)
            for note in _of(_groups(db, node, dimensions), common=name == COMMON):
                found.setdefault(note.text, note)
    return list(found.values())


def _adds(item: Any) -> bool:
    return any(node.get("class") == "FUNCTION" and str(node["function_name"]).lower() in ADDING for node in parts(item))


def _texts(db: Database, name: str) -> tuple[str, ...]:
    """The columns of a table as shown that name something."""
    table = db.tables[name]
    if table.files:
        return db.texts_of(name)
    return tuple(
        column for at, column in enumerate(table.columns) if any(isinstance(row[at], str) for row in table.rows[:200])
    )


def _groups(db: Database, node: Node, dimensions: Sequence[str]) -> Iterator[Mapping[str, set[Any]]]:
    """For each group that is added up: what it holds of every dimension that it is not grouped by."""
    by = _grouped_by(node)
    free = [name for name in dimensions if not _names(by, name)]
    if not free:
        return
    asked = {
        **node,
        "select_list": [
            *({**one, "alias": f"g{at}"} for at, one in enumerate(by)),
            *({**_COLUMN, "alias": f"d{at}", "column_names": [name]} for at, name in enumerate(free)),
        ],
        "group_expressions": [],
        "group_sets": [],
        "aggregate_handling": "STANDARD_HANDLING",
        "having": None,
        "qualify": None,
        "modifiers": [],
    }
    with suppress(TradestatError):  # of a form that can not be looked into
        inner = db.text_of(asked)
        groups = ", ".join(f"g{at}" for at in range(len(by))) or "()"
        held = ", ".join(f"list(DISTINCT d{at})" for at in range(len(free)))
        # Our own statement over an admitted one; `run` would turn lists into text.
        for row in db.lists(f"SELECT {held} FROM ({inner}) GROUP BY {groups} LIMIT {MOST_GROUPS}"):  # noqa: S608
            yield {name: set(values or ()) for name, values in zip(free, row, strict=True)}


def _grouped_by(node: Node) -> list[Node]:
    """The expressions of the groups: as written, by number or name of a column, or all that are no sums."""
    items: list[Node] = node["select_list"]
    if node.get("aggregate_handling") == "FORCE_AGGREGATES":  # GROUP BY ALL
        return [item for item in items if not _aggregates(item)]
    found: list[Node] = []
    for one in node.get("group_expressions", ()):
        literal: Node = one.get("literal") or {}
        if literal.get("kind") == "INTEGER" and 1 <= int(literal["text"]) <= len(items):
            found.append(items[int(literal["text"]) - 1])
        elif one.get("class") == "COLUMN_REF":
            named = [item for item in items if item.get("alias") == one["column_names"][-1] and not _aggregates(item)]
            found.append(named[0] if named else one)
        else:
            found.append(one)
    return found


def _aggregates(item: Any) -> bool:
    known = {*ADDING, "count", "count_star", "min", "max", "median", "any_value", "first", "last", "arg_max", "arg_min"}
    return any(node.get("class") == "FUNCTION" and str(node["function_name"]).lower() in known for node in parts(item))


def _names(by: Iterable[Node], column: str) -> bool:
    """Whether rows are grouped by a column, or by its name in words."""
    meant = {column, column.removesuffix("_code")}
    return any(one.get("class") == "COLUMN_REF" and str(one["column_names"][-1]).lower() in meant for one in by)


_COLUMN: Mapping[str, Any] = {
    "class": "COLUMN_REF",
    "type": "COLUMN_REF",
    "query_location": 0,
    "query_location_length": 0,
}


def _of(groups: Iterable[Mapping[str, set[Any]]], *, common: bool) -> Iterator[Note]:
    for group in groups:
        yield from _common(group) if common else _shown(group)


def _common(group: Mapping[str, set[Any]]) -> Iterator[Note]:
    units = group.get("unit", set())
    if len(units) > 1:
        raise InvalidQuery(
            f"It adds up {' and '.join(sorted(units))}.",
            argument="sql",
            remedy="GROUP BY unit, or choose one: WHERE unit = 'USD'. exchange_rate converts one into another.",
        )
    for name, text in (("partner_code", "World and single partners"), ("reporter_code", "World and single reporters")):
        if "0" in group.get(name, ()) and len(group[name]) > 1:
            column = name.removesuffix("_code")
            yield _double(f"The sum holds {text}: leave one out with WHERE {column} <> 'World', or GROUP BY {column}.")
    products = group.get("product", set())
    if (nested := _nested(products)) is not None:
        yield _double(
            f"The sum holds {nested[0]} and {nested[1]}, which is a part of it: choose codes of one length, or "
            "GROUP BY product."
        )
    flows = group.get("flow", set())
    if {"X", "RX"} <= flows or {"M", "RM"} <= flows:
        yield _double(
            "The sum holds exports and re-exports (or imports and re-imports), which they contain: WHERE flow."
        )
    if flows & {"X", "RX"} and flows & {"M", "RM"}:
        yield _double("The sum holds exports and imports: GROUP BY flow, or choose one with WHERE flow = 'X'.")
    if len({len(period) for period in group.get("period", ())}) > 1:
        yield _double("The sum holds years and parts of years: choose one with WHERE month IS NULL, or IS NOT NULL.")
    if len(group.get("source", ())) > 1:
        yield _double("The sum holds several sources' figures, perhaps of the same flow: GROUP BY source.")
    if len(group.get("valuation", set()) - {None}) > 1:
        yield Note(code=NoteCode.VALUATION, text="The sum holds FOB and CIF figures: GROUP BY valuation.")


def _shown(group: Mapping[str, set[Any]]) -> Iterator[Note]:
    for column, values in group.items():
        texts = {value for value in values if isinstance(value, str)}
        totals = [text for text in texts if fold(text.partition(" (")[0]) in TOTALS]
        if totals and len(texts) > 1:
            yield _double(f"The sum holds {totals[0]} and other rows of {column}: leave one out in WHERE.")
        elif (nested := _nested(texts)) is not None:
            yield _double(
                f"The sum holds {nested[0]} and {nested[1]}, which is a part of it: choose codes of one length."
            )


def _nested(products: set[Any]) -> tuple[str, str] | None:
    """A code and one that is a part of it, if there are any among codes of goods."""
    codes = {str(code) for code in products if isinstance(code, str)}
    goods = {code for code in codes if code.isdecimal() and code.isascii() and len(code) in (2, 4, 6, 8, 10)}
    if "TOTAL" in codes and goods:
        return "TOTAL", min(goods)
    for code in sorted(goods):
        for length in (2, 4, 6, 8):
            if length < len(code) and code[:length] in goods:
                return code[:length], code
    return None


def _double(text: str) -> Note:
    return Note(code=NoteCode.DOUBLE_COUNTING, text=text)
