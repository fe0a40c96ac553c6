"""A question's rows out of the stored answer to a wider one, which they are exactly."""

from collections.abc import Collection, Mapping, Sequence
from functools import partial
from typing import Any, cast

from tradestat_tools.sources.comtrade.wire.envelope import bare
from tradestat_tools.upstream import Response
from tradestat_tools.upstream.condensed import ABSENT, COLUMNS, FAULT, ROWS
from tradestat_tools.upstream.reading import json_of
from tradestat_tools.upstream.request import Take, Taken
from tradestat_tools.upstream.wider import codes, json_body

LISTED = ("reporterCode", "period", "partnerCode", "cmdCode", "flowCode")
"""What is asked for by lists of codes, each of which a row has one of; left open, it is all of them."""

LEVELS = {"AG2": 2, "AG4": 4, "AG6": 6}
"""Digits of the codes of the Harmonized System that each stands for."""


def within(wanted: Mapping[str, str], asked: Mapping[str, str], *, hs: bool) -> Take | None:
    """How the rows of a question are taken out of the answer to another one; None where they are not all in it.

    Whatever else was asked, such as how far rows are broken down, must have been asked alike.

    Args:
        wanted: the parameters of the question.
        asked: those of the other one, to the same kind of data, frequency and classification.
        hs: whether codes of products are those of the Harmonized System.
    """
    apart = dict.fromkeys((*LISTED, "maxRecords"), "")
    if {**wanted, **apart} != {**asked, **apart} or not asked.get("maxRecords", "").isdecimal():
        return None
    rows: dict[str, frozenset[str]] = {}
    for name in LISTED:
        ours, theirs = codes(wanted.get(name)), codes(asked.get(name))
        if ours is None:
            if theirs is not None:
                return None
            continue
        if theirs is not None and not ours <= theirs | (
            _in_levels(ours, theirs) if hs and name == "cmdCode" else set()
        ):
            return None
        if ours != theirs:
            rows[name] = frozenset(_code(name, code) for code in ours)
    # Not where a level or a pattern is wanted: which codes it stands for is the service's to say.
    if any(not code.isdigit() and code != "TOTAL" for code in rows.get("cmdCode", ())):
        return None
    # What is in an open list was seen and is in it; what is not may still be there if it is asked for by name.
    open_lists = [name for name in rows if not asked.get(name) or "AG" in asked[name]]
    return partial(
        _take, rows=rows, open_lists=open_lists, most=int(asked["maxRecords"]), fewer_than=int(wanted["maxRecords"])
    )


_NONE = frozenset[str]()


def _in_levels(ours: Collection[str], theirs: Collection[str]) -> frozenset[str]:
    digits = {LEVELS[code] for code in theirs if code in LEVELS}
    return frozenset(code for code in ours if code.isdigit() and len(code) in digits)


def _take(
    response: Response, *, rows: Mapping[str, frozenset[str]], open_lists: Sequence[str], most: int, fewer_than: int
) -> Taken | None:
    """The rows with these codes; None where rows were cut off, or would be here, or the body has another form."""
    try:
        body = json_of(response.body)
    except (ValueError, RecursionError):
        return None
    if response.status != 200 or not isinstance(body, dict):
        return None
    found = cast("dict[str, Any]", body)
    columns = _columns(found, rows)
    if columns is None:
        return None
    every, values = columns
    if every >= most or found.get("count") != every or found.get("error"):
        return None
    kept = [at for at in range(every) if all(values[name][at] in wanted for name, wanted in rows.items())]
    if len(kept) >= fewer_than or any(frozenset(values[name][at] for at in kept) != rows[name] for name in open_lists):
        return None
    return Taken(Response(200, response.headers, _written(found, kept, every)), not kept)


def _columns(body: Mapping[str, Any], names: Collection[str]) -> tuple[int, dict[str, list[str]]] | None:
    """How many rows a body has, and their codes, be it as it came or condensed; None where it is neither."""
    if COLUMNS in body:
        if body.get(FAULT):
            return None
        count, condensed = body[ROWS], body[COLUMNS]
        return count, {name: [_code(name, value) for value in _spread(condensed[name], count)] for name in names}
    data = body.get("data")
    if not isinstance(data, list):
        return None
    came = cast("list[Any]", data)
    if not all(isinstance(row, dict) for row in came):
        return None
    return len(came), {name: [_code(name, row.get(name)) for row in came] for name in names}


def _spread(column: Any, count: int) -> list[Any]:
    """A value for each row, of a column that recurring values stand in once or not."""
    if not isinstance(column, dict):
        return column
    held = cast("dict[str, Any]", column)
    return held["values"] * count if "at" not in held else [held["values"][at] for at in held["at"]]


def _code(name: str, value: object) -> str:
    """A code in one form: rows have some as numbers, and those of areas may begin with zeros."""
    code = "" if value in (None, ABSENT) else str(value).upper()
    return bare(code) if name in ("reporterCode", "partnerCode") else code


def _written(body: Mapping[str, Any], kept: Sequence[int], every: int) -> bytes:
    members = {**body, "count": len(kept)}
    if COLUMNS in body:
        columns = {name: _spread(column, every) for name, column in body[COLUMNS].items()}
        members |= {ROWS: len(kept), COLUMNS: {name: [column[at] for at in kept] for name, column in columns.items()}}
    else:
        members["data"] = [body["data"][at] for at in kept]
    return json_body(members)
