"""Why there is nothing, and what to ask instead."""

from datetime import datetime

from tradestat_tools.codes.editions import hs_break
from tradestat_tools.codes.hs import hs_status
from tradestat_tools.codes.periods import Period
from tradestat_tools.contract.tool import call_text
from tradestat_tools.model.errors import NoData
from tradestat_tools.model.reasons import Reason, Why, offered
from tradestat_tools.sources.eurostat.arguments import CN, Selection
from tradestat_tools.sources.eurostat.calendar import due, may_be_late
from tradestat_tools.sources.eurostat.codes import WORLD, name
from tradestat_tools.sources.eurostat.service import SERVICE, SOURCE_ID, Dataset

KNOWN_EDITIONS_FROM = 2012
"""Before it, codes of the Harmonized System that are not known here are passed on."""

KEPT_BACK = (
    "A row may also be lacking because it is confidential: such trade is under QX, QY or QZ, or under other codes."
)


def when_out(period: Period) -> str:
    """When a period comes out: a part of a sentence."""
    return f"{period} comes out about {due(period)}, at 11:00 in Brussels"


def out_of_reach(dataset: Dataset, first: Period, newest: Period) -> NoData:
    """The error where no period asked for can be there; nothing was sent.

    Args:
        first: the first of them that the data set may have; before its first year where there is none.
    """
    if first.year < dataset.first_year:
        why = Why(Reason.NOT_COVERED, f"{dataset.id} begins with {dataset.first_year}.", sure=True)
        remedy = f"Ask from {dataset.first_year} on."
    else:
        why = Why(Reason.NOT_YET_PUBLISHED, f"{when_out(first)}; the newest is {newest}.", sure=True)
        remedy = f"Ask up to {newest}."
    return NoData(f"{first} is not there; nothing was sent.", remedy=remedy, why=[why], source=SOURCE_ID)


def no_rows(selection: Selection, now: datetime) -> NoData:
    """The error where no row came."""
    of = ", ".join(selection.products[:6]) or "any product"
    whom = ", ".join(map(name, selection.named[:6])) or "any partner"
    span = str(selection.first) if selection.first == selection.last else f"{selection.first} to {selection.last}"
    return NoData(
        f"{SERVICE} has no rows of {', '.join(selection.reporters[:6])} with {whom} in {of}, {span}. No row is not a "
        "reported zero.",
        remedy=_next_call(selection),
        why=offered(_reasons(selection, now)),
        source=SOURCE_ID,
    )


def retired(code: str, year: int) -> str | None:
    """Why a code may have no rows in a year: it was not in force then; None where it was, as far as is known."""
    status = hs_status(code[:6])
    if status.editions and year >= KNOWN_EDITIONS_FROM and code.isdecimal():
        found = hs_break(code[:6], year, year)
        if found or status.kind == "older_edition":
            return found.text if found else status.text
    return None


def _reasons(selection: Selection, now: datetime) -> list[Why]:
    found: list[Why] = []
    if may_be_late(selection.last, now) and selection.first == selection.last:
        found.append(Why(Reason.NOT_YET_PUBLISHED, f"{when_out(selection.last)}, and may be late."))
    for code in selection.products:
        if text := retired(code, selection.last.year):
            found.append(Why(Reason.CODE_RETIRED, text))
        if len(code) == CN:
            found.append(
                Why(
                    Reason.CODE_RETIRED,
                    f"The CN changes every January; {code} may not be in that of {selection.last.year}.",
                )
            )
    found.append(Why(Reason.ZERO, "A row is given where trade was recorded, and there is none."))
    found.append(Why(Reason.SUPPRESSED, KEPT_BACK))
    return found


def _next_call(selection: Selection) -> str:
    code = selection.products[0] if selection.products else ""
    if len(code) == CN:
        asked = call_text("eu_reference", list="products", year=selection.last.year, search=code[:6])
        return f"See which CN codes had trade then: {asked}."
    if selection.partners != (WORLD,):
        reporters, products = list(selection.reporters), list(selection.products[:3])
        asked = call_text("eu_trade", reporter=reporters, partner="all", product=products, period=str(selection.last))
        return f"See which partners have rows: {asked}."
    return "Ask a shorter code, or other periods."
