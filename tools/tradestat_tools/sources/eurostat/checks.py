"""Does the live service still behave as assumed? Small questions, one after the other."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from typing import Any

from tradestat_tools.contract.context import Context
from tradestat_tools.contract.source import Check
from tradestat_tools.model.errors import NoData, TradestatError
from tradestat_tools.sources.eurostat.api import Table, ask, structure
from tradestat_tools.sources.eurostat.arguments import EXPORT, IMPORT, Selection
from tradestat_tools.sources.eurostat.calendar import last_published, newest
from tradestat_tools.sources.eurostat.codes import EU, EVERY, EXTRA, INTRA, OLDER, SECRET, WITHIN, WORLD, kind
from tradestat_tools.sources.eurostat.service import COMEXT, DATASETS, NEIGHBOURS
from tradestat_tools.sources.eurostat.wire import NotAllowed
from tradestat_tools.upstream import Fetched

CARS = "8703"
"""Traded by all, within the Union and beyond: a small question, where all goods are a large one."""

YEAR_OF_PARTS = 2022
"""The United Kingdom's parts are stated since 2021."""


async def checks(context: Context) -> AsyncIterator[Check]:
    """Address and form; sums; names of sums; partners kept back; the United Kingdom; codes without trade; the codes of
    a year; the data set of neighbours; the constraint."""
    year = newest(context.now(), "A").shifted(-1)
    one = Selection(COMEXT, "A", ("DE",), (WORLD, INTRA, EXTRA), (CARS,), (IMPORT,), (year,), year)
    yield await _check("sums: WORLD is INT and EXT", ask(context, one), _sums)
    older = replace(one, partners=(OLDER[EXTRA],))
    yield await _check(
        "names: the sums' names of 2024 are gone", _outcome(context, older, wanted="refused by name"), str
    )
    bad = replace(one, partners=("ZY",))
    yield await _check("refusal: an unknown code is named", _outcome(context, bad, wanted="refused by name"), str)
    every = replace(one, partners=(EVERY,), products=("2710",))
    yield await _check("partners: INT is the members with QR, QV and QY", ask(context, every), _parts)
    then = year.__class__(YEAR_OF_PARTS)
    kingdom = replace(one, partners=("GB", "XU", "XI"), periods=(then,), wanted=then)
    yield await _check("United Kingdom: whether GB holds XU and XI since 2021", ask(context, kingdom), _kingdom)
    none = replace(one, reporters=("MT",), partners=("NU",), products=("8601",), flows=(EXPORT,))
    yield await _check("nothing: no trade is a header without rows", _outcome(context, none, wanted="no rows"), str)
    month = last_published(context.now()).shifted(-1)
    monthly = replace(one, freq="M", periods=(month,), wanted=month, reporters=(EU,))
    yield await _check("months: the newest but one is out", ask(context, monthly), _sums)
    others = Selection(NEIGHBOURS, "A", ("CH",), (WORLD,), (CARS,), (EXPORT,), (year,), year)
    yield await _check("neighbours: a year of Switzerland", ask(context, others), _rows)
    for dataset in DATASETS.values():
        yield await _check(f"constraint of {dataset.id}", structure(context, dataset), _codes)


async def _check(name: str, asked: Awaitable[Any], judge: Callable[[Any], str]) -> Check:
    try:
        said = judge(await asked)
    except TradestatError as error:
        return Check(f"eurostat: {name}", ok=False, detail=f"{error.kind}: {error.message} {error.remedy}")
    return Check(f"eurostat: {name}", ok=not said.startswith("not "), detail=said)


async def _outcome(context: Context, selection: Selection, *, wanted: str) -> str:
    """What comes of a question; "not" before it where that is not as wanted."""
    said = "rows"
    try:
        await ask(context, selection)
    except NotAllowed as error:
        said = "refused by name" if error.values else "refused"
    except NoData:
        said = "no rows"
    return said if said == wanted else f"not {wanted}: {said}"


def _values(table: Table) -> dict[str, int]:
    return {key.partner: int(one.get(COMEXT.value) or 0) for key, one in table.cells.items()}


def _sums(table: Table) -> str:
    values = _values(table)
    whole, parts = values.get(WORLD, 0), values.get(INTRA, 0) + values.get(EXTRA, 0)
    return f"WORLD {whole:,}, its parts {parts:,}" if abs(whole - parts) <= 2 else f"not equal: {whole:,} and {parts:,}"


def _parts(table: Table) -> str:
    values = _values(table)
    secret = {code: value for code, value in values.items() if code in SECRET}
    inside = sum(value for code, value in values.items() if code in WITHIN)
    outside = sum(value for code, value in values.items() if code not in WITHIN and kind(code) not in ("sum", "part"))
    off = [
        code for code, found in ((INTRA, inside), (EXTRA, outside)) if abs(values.get(code, 0) - found) > len(values)
    ]
    return f"not the sum of its parts: {', '.join(off)}" if off else f"{len(values)} partners add up, secret {secret}"


def _kingdom(table: Table) -> str:
    found = _values(table)
    parts = found.get("XU", 0) + found.get("XI", 0)
    whole = found.get("GB")
    if whole is None:
        return f"GB has no row; XU and XI have {parts:,}"
    return (
        f"GB {whole:,}, XU and XI {parts:,}" if parts in (0, whole) else f"not equal: GB {whole:,}, XU and XI {parts:,}"
    )


def _rows(table: Table) -> str:
    return f"{len(table.cells)} rows, last update {table.updated}"


def _codes(found: Fetched[dict[str, tuple[str, ...]]]) -> str:
    return ", ".join(f"{len(values)} {name}" for name, values in found.value.items())
