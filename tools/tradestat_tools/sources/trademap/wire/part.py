"""A question's table out of the stored answer to a wider one: fewer years, one partner of all, a page of the whole.

Only out of a table that is there whole, on one page. Every question is a credit, so what is in doubt is rather asked.
"""

import math
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple, cast

from tradestat_tools.model.errors import TradestatError
from tradestat_tools.sources.trademap.codes import WORLD
from tradestat_tools.sources.trademap.service import CREDITS_HEADER
from tradestat_tools.sources.trademap.wire.envelope import content_of
from tradestat_tools.upstream.request import Response, Take, Taken
from tradestat_tools.upstream.wider import json_body

PAGED = ("page", "page_size")
YEARS = ("period_from", "period_to")
BY_COUNTRY = "byCountry"


class Wanted(NamedTuple):
    """What is to be picked.

    Args:
        years: first and last; None where all of the wider table's are wanted.
        ends_alike: whether the last is that of the wider table, by which its rows are sorted.
        partner: the one whose row is wanted; "" for all rows.
        page: of the rows, from 1; `size` rows each.
        descending: whether rows are sorted with the largest first.
    """

    years: tuple[int, int] | None
    ends_alike: bool
    partner: str
    page: int
    size: int
    descending: bool


def within(wanted: Mapping[str, str], asked: Mapping[str, str], names: Mapping[str, str]) -> Take | None:
    """How a table is taken out of the answer to another question; None where it is not in it.

    Args:
        wanted: the parameters of the question.
        asked: those of the other one, to the same endpoint.
        names: the service's names of the parameters, by ours.
    """
    apart = {names.get(name, name): "" for name in (*PAGED, *YEARS, "partner")}
    if {**wanted, **apart} != {**asked, **apart}:
        return None

    def of(params: Mapping[str, str], name: str) -> str:
        return params.get(names.get(name, name), "")

    numbers = [of(params, name) for params in (wanted, asked) for name in PAGED]
    ours, theirs = ([of(params, name) for name in YEARS] for params in (wanted, asked))
    fewer = ours != theirs
    partner = of(wanted, "partner")
    picks = partner != of(asked, "partner")
    if not all(one.isdecimal() for one in (*numbers, *((*ours, *theirs) if fewer else ()))) or int(numbers[2]) != 1:
        return None
    if fewer and not int(theirs[0]) <= int(ours[0]) <= int(ours[1]) <= int(theirs[1]):
        return None
    # Growth of a partner's row and of a partner that is asked for alone need not be growth of the same.
    if picks and (of(asked, "partner") != WORLD or of(asked, "by") != BY_COUNTRY or of(asked, "indicators")):
        return None
    if fewer and of(asked, "sort_by"):
        return None
    years = (int(ours[0]), int(ours[1])) if fewer else None
    descending = of(asked, "sort_dir") != "asc"
    what = Wanted(years, ours[1] == theirs[1], partner if picks else "", int(numbers[0]), int(numbers[1]), descending)
    return partial(_take, wanted=what)


def _take(response: Response, *, wanted: Wanted) -> Taken | None:
    """The table; None where the wider one is not whole, or what the service would give of it is not certain."""
    try:
        body = content_of(response)
        content = body.get("data", body)
        records, totals = _records(content, "records"), _records(content, "aggregateRecords")
        whole = content.get("nbPages") == 1 and content.get("nbRecords") == len(records) and content.get("page") == 1
        if response.status != 200 or not whole:
            return None
        if wanted.partner:
            records = [record for record in records if record["partnerCd"] == wanted.partner]
            if len(records) != 1:
                return None
            totals = records
        if wanted.years:
            records, totals = ([_in_years(one, wanted.years) for one in some] for some in (records, totals))
            # Whether a row without trade in these years is one of the service's is not known.
            if not totals or not all(map(_has_trade, records)):
                return None
        if wanted.years and not wanted.ends_alike and not wanted.partner:
            if len(records) > wanted.size or wanted.page > 1:
                return None
            records = sorted(records, key=_newest, reverse=wanted.descending)
        pages = math.ceil(len(records) / wanted.size)
        first = (wanted.page - 1) * wanted.size
        table = {
            **content,
            "nbRecords": len(records),
            "nbPages": pages,
            "page": wanted.page,
            "nbRecordPerPage": wanted.size,
            "records": records[first : first + wanted.size],
            "aggregateRecords": totals,
        }
    except (TradestatError, AttributeError, KeyError, TypeError, ValueError):
        return None  # in a form that is not the known one
    made = json_body({"status": "success", "data": table})
    headers = {name: value for name, value in response.headers.items() if name != CREDITS_HEADER}  # nothing was charged
    return Taken(Response(200, headers, made), empty=not records)


def _records(content: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    return cast("list[dict[str, Any]]", content[name])


def _in_years(record: Mapping[str, Any], years: tuple[int, int]) -> dict[str, Any]:
    data = [cell for cell in _cells(record) if years[0] <= int(cell["period"]) <= years[1]]
    return {**record, "data": data}


def _cells(record: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    return cast("Sequence[Mapping[str, Any]]", record["data"])


def _has_trade(record: Mapping[str, Any]) -> bool:
    return any(cell["value"] for cell in _cells(record))


def _newest(record: Mapping[str, Any]) -> float:
    """A row's newest figure."""
    cells = sorted(_cells(record), key=lambda cell: int(cell["period"]), reverse=True)
    return next((float(cell["value"]) for cell in cells if cell["value"] is not None), 0.0)
