"""Plans, as `plans/*.toml` has them, and how an answer is picked out of results.

    [question-id]
    calls = [["trade_series", {reporter = "KR", ...}], ["query", {result = "$1", sql = "..."}]]
    pick = {cell = "value", where = {period = "2024"}}

`$1` is the handle of the first call's answer. A pick is one of

- `cell`: the column; in the row that `where` names (`*` for any words), else the only one;
  `table` is a part of the table's title, where there are several with that column;
  `unit` is the number's where the table says it elsewhere than at the column: in the header, or beside the figure;
- `column`: the whole column as a list, or its first `rows`; `first`: the first of it alone;
- `words`: a regular expression on the text, whose group is the answer; `times` of all its matches a list;
- `reasons`: expressions on the text by reason: that of the first which matches is given, and no figure;
- `choices`: likewise by choice.

It is of the last result; with `of = "instructions"` of what the server says of itself, and no call is made. `lacking`
says why a question can not be answered yet.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence, Set
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, NamedTuple

FOLDER = Path(__file__).parent / "plans"


class Plan(NamedTuple):
    """The calls for one question, and where its answer stands."""

    calls: Sequence[tuple[str, Mapping[str, Any]]]
    pick: Mapping[str, Any]
    lacking: str = ""


class Result(NamedTuple):
    """What came of one call."""

    text: str
    structured: Mapping[str, Any]


class NotThere(Exception):
    """The answer does not stand where the plan looks for it."""


def plans(folder: Path = FOLDER) -> dict[str, Plan]:
    """Every plan by the id of its question."""
    found: dict[str, Plan] = {}
    for path in sorted(folder.glob("*.toml")):
        for name, entry in tomllib.loads(path.read_text(encoding="utf-8")).items():
            found[name] = Plan(entry.get("calls", []), entry["pick"], entry.get("lacking", ""))
    return found


def filled(arguments: Mapping[str, Any], results: Sequence[Result]) -> dict[str, Any]:
    """The arguments with `$1`, `$2` ... as the handles of the answers so far, also within text."""

    def put(value: Any) -> Any:
        if isinstance(value, list):
            return [put(one) for one in value]  # pyright: ignore[reportUnknownVariableType]
        if not isinstance(value, str):
            return value
        return re.sub(r"\$(\d)", lambda found: str(results[int(found[1]) - 1].structured.get("result", "")), value)

    return {name: put(value) for name, value in arguments.items()}


def picked(pick: Mapping[str, Any], results: Sequence[Result], instructions: str = "") -> dict[str, Any]:
    """The answer, as the runner wants it.

    Raises:
        NotThere: it does not stand where the pick says.
    """
    result = Result(instructions, {}) if pick.get("of") == "instructions" else results[-1]
    unit = {"unit": pick["unit"]} if "unit" in pick else {}
    if "cell" in pick:
        value, said = _cell(result, pick)
        return {"answer": value, **({"unit": said} if said else {}), **unit}
    if "column" in pick:
        return {"answer": _column(result, pick)[: pick.get("rows")]}
    if "first" in pick:
        return {"answer": _column(result, {**pick, "column": pick["first"]})[0]}
    if "words" in pick:
        found = re.findall(pick["words"], result.text, re.MULTILINE)
        if not found:
            raise NotThere(f"nothing matches {pick['words']!r}")
        return {"answer": found[: pick.get("rows")] if pick.get("times") == "all" else found[0], **unit}
    for word, expression in pick.get("reasons", {}).items():
        if re.search(expression, result.text, re.MULTILINE):
            return {"answer": None, "reason": word}
    for word, expression in pick.get("choices", {}).items():
        if re.search(expression, result.text, re.MULTILINE):
            return {"answer": word}
    raise NotThere("no expression matches")


def _table(result: Result, columns: Set[str], title: str) -> Mapping[str, Any]:
    for table in result.structured.get("tables", ()):
        if columns <= set(table["columns"]) and title in table.get("title", ""):
            return table
    raise NotThere(f"no table has the columns {sorted(columns)}")


def _column(result: Result, pick: Mapping[str, Any]) -> list[Any]:
    table = _table(result, {pick["column"]}, pick.get("table", ""))
    place = table["columns"].index(pick["column"])
    return [row[place] for row in table["rows"]]


def _cell(result: Result, pick: Mapping[str, Any]) -> tuple[Any, str]:
    table = _table(result, {pick["cell"], *pick.get("where", {})}, pick.get("table", ""))
    columns = table["columns"]
    where = {columns.index(name): str(text) for name, text in pick.get("where", {}).items()}
    rows = [row for row in table["rows"] if all(fnmatchcase(str(row[place]), text) for place, text in where.items())]
    if len(rows) != 1:
        raise NotThere(f"{len(rows)} rows where one was looked for")
    return rows[0][columns.index(pick["cell"])], table.get("units", {}).get(pick["cell"], "")
