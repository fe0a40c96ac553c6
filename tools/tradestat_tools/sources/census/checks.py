"""Does the live service still behave as assumed? A small question for each thing that no recorded answer shows."""

from collections.abc import AsyncIterator, Callable
from typing import Any

from tradestat_tools.contract.context import Context
from tradestat_tools.contract.source import Check
from tradestat_tools.model.answers import Answer, NoteCode
from tradestat_tools.model.errors import TradestatError
from tradestat_tools.sources.census.calendar import last_published
from tradestat_tools.sources.census.service import SOURCE_ID, VARIABLE, CensusSettings
from tradestat_tools.sources.census.tools import TOOLS

FOREIGN_2013 = 15_782_111_880
"""Foreign exports of January 2013 in the service's own guide; of all exports it has 123,031,879,061."""
NEAR = 0.05
"""By what share a figure may have been revised since."""


async def checks(context: Context) -> AsyncIterator[Check]:
    """The key, ranges of months, CIF, the rows of domestic and foreign exports, and each sister data set."""
    if context.settings.of(CensusSettings).census_api_key is None:
        yield Check(f"{SOURCE_ID}: key", ok=False, detail=f"not set: {VARIABLE}")
        return
    month = str(last_published(context.now()).shifted(-2))
    one = {"product": "850760", "period": month}
    two = {"product": "850760", "partner": "CN", "period": "2023-11..2024-02"}
    yield await _check(context, "each country adds up to the total", "us_imports", {**one, "partner": "all"})
    yield await _check(context, "a range of months with blanks, CIF", "us_imports", two, _cif)
    codes = {**one, "level": 10, "partner": "CN"}
    yield await _check(context, "codes of ten digits by a star and a level", "us_imports", codes)
    split = {"period": "2013-01", "origin": "split"}
    yield await _check(context, "domestic and foreign exports of 2013-01", "us_exports", split, _foreign)
    yield await _check(context, "year to date", "us_exports", {**one, "freq": "ytd"})
    for breakdown in ("district", "port", "state"):
        yield await _check(context, f"by {breakdown}", "us_imports", {**one, "breakdown": breakdown})
    for breakdown in ("naics", "enduse"):
        asked = {"period": month, "partner": "CN", "breakdown": breakdown}
        yield await _check(context, f"by {breakdown}", "us_exports", asked)
    yield await _check(context, "list of variables", "us_reference", {"category": "variables"}, lambda _: "")


async def _check(
    context: Context,
    name: str,
    tool: str,
    arguments: dict[str, Any],
    wrong: Callable[[Answer[Any]], str] = lambda _: "",
) -> Check:
    """Ask, and say what is not as assumed."""
    known = next(one for one in TOOLS if one.name == tool)
    try:
        answer: Answer[Any] = await context.call(known, arguments)
    except TradestatError as error:
        return Check(f"{SOURCE_ID}: {name}", ok=False, detail=f"{error.kind}: {error.message} {error.remedy}")
    found = [note.text for note in answer.notes if note.code is NoteCode.TOTAL_MISMATCH]
    if text := wrong(answer):
        found.append(text)
    rows = len(answer.data.codes) if tool == "us_reference" else len(answer.data.rows.time)
    return Check(f"{SOURCE_ID}: {name}", ok=not found, detail=" ".join(found) or f"{rows} rows, as assumed")


def _cif(answer: Answer[Any]) -> str:
    figures = answer.data.months.figures
    parts = zip(*(figures[f"GEN_{name}_MO"] for name in ("VAL", "CHA", "CIF")), strict=True)
    wrong = [cif for value, charges, cif in parts if None in (value, charges, cif) or value + charges != cif]
    months = len(answer.data.months.time)
    if months != 4:
        return f"{months} months came, 4 expected"
    return f"value and charges do not make up CIF in {len(wrong)} months" if wrong else ""


def _foreign(answer: Answer[Any]) -> str:
    if answer.source.state == "sandbox":
        return ""
    rows = answer.data.rows
    found = sum(value for kind, value in zip(rows.DF, rows.figures["ALL_VAL_MO"], strict=True) if kind == "2")
    far = abs(found - FOREIGN_2013) > NEAR * FOREIGN_2013
    return f"foreign exports of 2013-01 are {found:,}, in the guide {FOREIGN_2013:,}" if far else ""
